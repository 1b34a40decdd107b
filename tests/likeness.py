"""Where the lines that a text gives differ from the facts that a case expects."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from casebook import ANY, Case, Expected, Wanted
from reading import UNSHOWN, facts_of, short

from khabar import knowledge
from khabar.jsonlines import JSON, Line
from khabar.scoring.words import Comparer, Forms

_BRACKETS: Final = re.compile(r"\(([^)]*)\)")
_QUOTED_OFF: Final = " .,،؟?!…\"'«»“”"
_ENDING: Final = 3  # letters by which forms of one word may differ at their end
_SHARE: Final = 0.6  # of the longer form that they have in common


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the facts of a case, and of the lines that its text gives in one language."""

    missing: tuple[Expected, ...]
    right: tuple[Line, ...]
    wrong: tuple[Line, ...]  # without those that may be there and need not


def judge(case: Case, language: str) -> Verdict:
    """Pair the facts of a case with the lines that its text gives."""
    found = facts_of(case.texts[language], language, case.published)
    reader = Reader(case, language)
    pairs = _pairs([[reader.fits(fact, line) for line in found] for fact in case.facts])
    tolerated = [fact for fact in case.expected if fact.optional]
    taken = set(pairs.values())
    return Verdict(
        missing=tuple(fact for n, fact in enumerate(case.facts) if n not in pairs),
        right=tuple(line for n, line in enumerate(found) if n in taken),
        wrong=tuple(
            line
            for n, line in enumerate(found)
            if n not in taken and not any(reader.fits(fact, line) for fact in tolerated)
        ),
    )


def differences(case: Case, language: str) -> list[str]:
    """What is missing and what is too much, in words; nothing where the case is right."""
    verdict, reader = judge(case, language), Reader(case, language)
    missing = [f"missing: {reader.words(fact)}" for fact in verdict.missing]
    return missing + [f"too much: {short(line)}" for line in verdict.wrong]


def _pairs(fits: Sequence[Sequence[bool]]) -> dict[int, int]:
    """As many rows as can have a column of their own, each with its column."""
    taken: dict[int, int] = {}  # column -> row

    def place(row: int, tried: set[int]) -> bool:
        for column, fit in enumerate(fits[row]):
            if fit and column not in tried:
                tried.add(column)
                if column not in taken or place(taken[column], tried):
                    taken[column] = row
                    return True
        return False

    for row in range(len(fits)):
        place(row, set())
    return {row: column for column, row in taken.items()}


class Reader:
    """Reads the expected facts of one case in one language."""

    def __init__(self, case: Case, language: str) -> None:
        self.names = {name: forms[language] for name, forms in case.names.items()}
        self.comparer = _comparer(language)

    def absent(self, text: str) -> list[str]:
        """The names of which no form stands in TEXT."""
        words = self.comparer.words(text)

        def stands(form: str) -> bool:
            needed = self.comparer.words(_BRACKETS.sub(" ", form))
            return all(any(_same_word(a, b) for b in words) for a in needed)

        return [name for name, forms in self.names.items() if not any(map(stands, forms))]

    def words(self, fact: Expected) -> str:
        """A line of the case with the names as this language has them."""
        return re.sub(r"(?<==)[A-Z]+\d*\b|(?<=\+ )[A-Z]+\d*\b", lambda m: self.names[m[0]][0], fact.words)

    def fits(self, fact: Expected, line: Line) -> bool:
        if line["status"] != fact.status or fact.type not in ("any", line["type"]):
            return False
        if fact.type == "any":
            return True
        stated = {k: v for k, v in line.items() if k not in UNSHOWN and v not in (None, [], "")}
        needed = {k for k, wanted in fact.slots.items() if not wanted.optional and wanted.values != (ANY,)}
        if not needed <= stated.keys():
            return False
        return all(key in fact.slots and self._holds(fact.slots[key], value) for key, value in stated.items())

    def _holds(self, wanted: Wanted, value: JSON) -> bool:
        if wanted.values == (ANY,):
            return True
        values = value if isinstance(value, list) else [value]
        if len(values) != len(wanted.values):
            return False
        fits = [[self._same(one, v) for v in values] for one in wanted.values]
        return len(_pairs(fits)) == len(values)

    def _same(self, wanted: str, value: JSON) -> bool:
        if isinstance(value, dict):
            if wanted.startswith("@"):
                return str(value["iri"]).endswith(f"/id/{wanted[1:]}")
            mentions = value["mentions"] if isinstance(value["mentions"], list) else []
            return any(self._named(wanted, str(name)) for name in (value["text"], *mentions))
        return self._named(wanted, str(value)) if wanted in self.names else wanted == str(value)

    def _named(self, wanted: str, text: str) -> bool:
        return any(self._alike(form, text) for form in self.names.get(wanted, ()))

    def _alike(self, form: str, text: str) -> bool:
        """Whether TEXT has each word of FORM, and besides at most those that FORM has in brackets."""
        if _plain(form) == _plain(text):
            return True
        needed = self.comparer.words(_BRACKETS.sub(" ", form))
        spare = [word for part in _BRACKETS.findall(form) for word in self.comparer.words(part)]
        found = self.comparer.words(text)
        if len(_pairs([[_same_word(a, b) for b in found] for a in needed])) < len(needed):
            return False
        return len(_pairs([[_same_word(a, b) for b in (*needed, *spare)] for a in found])) == len(found)


@cache
def _comparer(language: str) -> Comparer:
    return Comparer(knowledge.load().languages[language])


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip(_QUOTED_OFF)


def _same_word(a: Forms, b: Forms) -> bool:
    return any(_inflected(x, y) for x in a for y in b)


def _inflected(a: str, b: str) -> bool:
    shared = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    longer = max(len(a), len(b))
    return longer - shared <= _ENDING and shared >= _SHARE * longer


def summary(cases: Sequence[Case], found: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """Cases and facts of each type, and how many are right in each language.

    FOUND has the differences of each case in each language.
    """
    languages = sorted({language for _, language in found})
    rows = [f"{'':12}{'cases':>7}{'facts':>7}" + "".join(f"{language:>14}" for language in languages)]
    for kind in [*sorted({case.kind for case in cases}), "all"]:
        chosen = [case for case in cases if kind in (case.kind, "all")]
        facts = sum(len(case.facts) for case in chosen)
        right = (sum(not found[case.name, language] for case in chosen) for language in languages)
        shares = "".join(f"{_share(n, len(chosen)):>14}" for n in right)
        rows.append(f"{kind:12}{len(chosen):>7}{facts:>7}{shares}")
    wrong = {lang: [w for case in cases for w in found[case.name, lang]] for lang in languages}
    missing = {lang: sum(w.startswith("missing") for w in wrong[lang]) for lang in languages}
    shares = "".join(f"{_share(facts - missing[lang], facts):>14}" for lang in languages)
    rows.append(f"{'facts found':26}{shares}")
    rows.append(f"{'too much':26}" + "".join(f"{len(wrong[lang]) - missing[lang]:>14}" for lang in languages))
    return "\n".join(rows)


def _share(right: int, all_: int) -> str:
    return f"{right}/{all_} {100 * right / all_:3.0f} %" if all_ else "–"
