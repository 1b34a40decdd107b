"""The words of the pages, in every language of the interface: ontology/interface.ttl, loaded once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit
from rdflib import Literal, Namespace, URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.turtle import Term, Turtle
from khabar.vocab import RDFS

UNITS: Final = (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3), ("byte", 1))  # bytes in each
UI: Final = Namespace("https://w3id.org/khabar/interface#")
WHERE: Final = "ontology/interface.ttl"
_DATE: Final = re.compile(r"(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class Text:
    """Words to show: their language, and the direction in which it is written."""

    value: str
    language: str = ""  # a BCP 47 tag, or "" when it is not known
    direction: str = "auto"  # of HTML's `dir`: ltr, rtl or auto

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface."""

    tag: str
    direction: str
    name: Text


class Interface:
    """The texts of the pages by name, and what there is to know of writing them down."""

    def __init__(self, turtle: Turtle) -> None:
        self._turtle = turtle
        self._texts: dict[tuple[str, str], Text] = {}
        self._right_to_left = {str(tag) for tag in turtle.values(UI.scripts, UI.rightToLeft)}
        self.languages = tuple(self._language(language) for language in turtle.of_type(UI.Language))
        if not self.languages:
            raise KnowledgeError(where=WHERE, problem="has no ui:Language", fix="declare at least one")
        self.example_language = str(turtle.value(UI.example, UI.language) or self.languages[0].tag)
        self._check()

    @classmethod
    def load(cls, folder: Path) -> Interface:
        """Read interface.ttl in FOLDER; raises KnowledgeError when a text lacks a language."""
        return cls(Turtle.read(folder / "interface.ttl"))

    def _language(self, iri: object) -> Language:
        subject = URIRef(str(iri))
        tag, direction = self._turtle.value(subject, UI.tag), self._turtle.value(subject, UI.direction)
        name = self._turtle.value(subject, RDFS.label)
        if tag is None or direction is None or name is None:
            raise KnowledgeError(
                where=self._turtle.place(subject), problem="is a language without tag, direction or label",
                fix="give it ui:tag, ui:direction and rdfs:label",
            )  # fmt: skip
        return Language(str(tag), str(direction), Text(str(name), str(tag), str(direction)))

    def _check(self) -> None:
        """Every text has a label in every language, so that no page can meet a gap."""
        names = {language.name.value for language in self.languages}
        for subject in self._turtle.subjects:
            labels = [
                label for label in self._turtle.values(subject, RDFS.label) if isinstance(label, Literal)
            ]
            if any(str(label) in names for label in labels) and len(labels) == 1:
                continue
            missing = {language.tag for language in self.languages} - {label.language for label in labels}
            if self._turtle.value(subject, UI.other) is not None:
                self._check_forms(subject)
            if labels and missing:
                raise KnowledgeError(
                    where=self._turtle.place(subject),
                    problem=f"has no label in {', '.join(sorted(missing))}",
                    fix="add one: every text is shown in every language of the interface",
                )

    def _check_forms(self, subject: Term) -> None:
        """A text that counts has each form that numbers take in each language."""
        for language in self.languages:
            for form in _forms(language.tag):
                if self.name(str(subject), UI[form], language) is None:
                    raise KnowledgeError(
                        where=self._turtle.place(subject), problem=f"has no ui:{form} in {language.tag}",
                        fix="add it: numbers of that language take this form, too",
                    )  # fmt: skip

    def language(self, tag: str) -> Language | None:
        """The language of the interface with that tag, or None."""
        return next((language for language in self.languages if language.tag == tag), None)

    def text(self, name: str, language: Language) -> Text:
        """One text of the pages; raises KeyError for a name that interface.ttl does not hold."""
        known = self._texts.get((name, language.tag))
        if known is None:
            known = self._texts[name, language.tag] = self._text(name, language)
        return known

    def _text(self, name: str, language: Language) -> Text:
        found = self.find(name, language)
        if found is None:
            raise KeyError(name)
        return found

    def find(self, name: str, language: Language) -> Text | None:
        """One text of the pages, or None if interface.ttl does not hold it."""
        return self.name(str(UI[name]), RDFS.label, language)

    def name(self, iri: str, predicate: URIRef, language: Language) -> Text | None:
        """A literal of a term that interface.ttl describes, in that very language."""
        values = self._turtle.values(URIRef(iri), predicate)
        found = (
            str(value) for value in values if isinstance(value, Literal) and value.language == language.tag
        )
        value = next(found, None)
        return None if value is None else Text(value, language.tag, language.direction)

    def counted(self, name: str, number: int, language: Language) -> Text:
        """A text with a number in it, in the form that the number asks for; raises KeyError as text does."""
        form = plural_form(language.tag, number)
        found = self.name(str(UI[name]), UI[form], language)
        if found is None:
            raise KeyError(name)
        return replace(found, value=found.value.replace("{n}", self.number(number, language)))

    def number(self, number: float | Decimal, language: Language) -> str:
        """A number with its thousands and its fraction set apart as the language does."""
        return written_number(number, language.tag)

    def decimal(self, value: str, language: Language) -> str:
        """A decimal of XML Schema as the language writes it; what is none stays as it is."""
        try:
            return self.number(Decimal(value), language)
        except InvalidOperation:
            return value

    def age(self, seconds: int, language: Language) -> Text:
        """How long ago, in the largest unit of which there are two: 39 minutes, 47 hours, 3 days."""
        age = timedelta(seconds=seconds)
        words = format_timedelta(age, granularity="minute", threshold=2, locale=language.tag)
        return Text(words, language.tag, language.direction)

    def moment(self, time: datetime, language: Language) -> Text:
        """A day and a time of day, to the minute, in UTC."""
        day = self.date(time.date().isoformat(), language)
        return replace(day, value=f"{day} {time:%H:%M} UTC")

    def size(self, number: int, language: Language) -> Text:
        """A number of bytes as people read it."""
        unit, one = next(((name, one) for name, one in UNITS if number >= one), UNITS[-1])
        rounded = round(number / one, 1 if one > 1 and number < 10 * one else None)
        shown = format_unit(rounded, f"digital-{unit}", "short", locale=language.tag)
        return Text(shown, language.tag, language.direction)

    def written(self, value: str, language: str) -> Text:
        """Words in any language, with the direction of its script."""
        if not language:
            return Text(value)
        right_to_left = language.partition("-")[0].lower() in self._right_to_left
        return Text(value, language, "rtl" if right_to_left else "ltr")

    def best(self, names: Sequence[Text], language: Language) -> Text | None:
        """The name for a reader: in their language, else in the first other of the interface, else any."""
        order = [language.tag, *(other.tag for other in self.languages if other != language)]
        for tag in order:
            for name in names:
                if name.language.partition("-")[0] == tag:
                    return name
        return names[0] if names else None

    def period(self, earliest: str, latest: str, language: Language) -> Text:
        """The time between two days of XML Schema, either of which may be "": a year if it is a whole one."""
        first, last = _DATE.match(earliest), _DATE.match(latest)
        if first and last and first[2] == first[3] == "01" and (last[2], last[3]) == ("12", "31"):
            earliest, latest = first[1], last[1]
        days = [str(self.date(day, language)) for day in (earliest, latest) if day]
        return Text(" – ".join(dict.fromkeys(days)), language.tag, language.direction)

    def date(self, value: str, language: Language) -> Text:
        """A year, month or day of XML Schema as one writes it: 2023, December 2023, 4 December 2023."""
        parts = _DATE.match(value)
        if parts is None:
            return Text(value)
        year, month, day = parts.groups()
        if month is None:
            return Text(year, language.tag, language.direction)
        key = f"month-{int(month)}"
        name = self.text(key, language)
        if day is not None:
            inflected = self.name(str(UI[key]), UI.inDate, language) or name
            return Text(f"{int(day)} {inflected} {year}", language.tag, language.direction)
        return Text(f"{name} {year}", language.tag, language.direction)


@lru_cache(maxsize=10_000)
def plural_form(tag: str, number: int) -> str:
    """The form that a number takes in a language: Babel works it out anew each time."""
    return str(Locale.parse(tag).plural_form(number))


@lru_cache(maxsize=10_000)
def written_number(number: float | Decimal, tag: str) -> str:
    """A number with its thousands and its fraction set apart."""
    return str(format_decimal(number, locale=tag))


def _forms(tag: str) -> list[str]:
    """The forms that whole numbers take in a language, in the words of CLDR's plural rules
    (https://unicode.org/reports/tr35/tr35-numbers.html#Language_Plural_Rules): each turns up below 200.
    """
    locale = Locale.parse(tag)
    return sorted({locale.plural_form(number) for number in range(200)})
