"""Gazetteer: a name -> the things it may name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Final

from rdflib import Literal, URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.turtle import Term, Turtle
from khabar.vocab import KH, OWL, RDF, RDFS, SKOS, interned

TYPES: Final = frozenset(
    KH[name]
    for name in (
        "Person", "Organization", "NewsAgency", "Platform", "Country", "Place", "City", "Region", "Post",
        "Event", "Conference", "Forum", "Summit", "Session", "Campaign", "Exhibition", "Meeting", "Ceremony",
        "Election", "Work", "Agreement", "Topic",
    )
)  # fmt: skip

# Every property that may describe a thing, and whether its value is a text with or without a language
# tag, a thing of the gazetteer, or an IRI of someone else's.
PROPERTIES: Final[Mapping[URIRef, str]] = MappingProxyType(
    {
        RDF.type: "class",
        RDFS.label: "text",
        SKOS.altLabel: "text",
        SKOS.hiddenLabel: "text",
        KH.demonym: "text",
        KH.ambiguousName: "text",
        KH.acronym: "any text",
        SKOS.notation: "any text",
        KH.partOf: "thing",
        KH.capital: "thing",
        KH.ambiguousWith: "thing",
        OWL.sameAs: "iri",
    }
)
# The lists of names.ttl are no things: one of these on a subject makes it a list.
WORDS: Final = frozenset({KH.givenName, KH.ambiguousGivenName, KH.nameParticle})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of general knowledge, with its names exactly as the Turtle writes them."""

    iri: URIRef
    type: URIRef  # its most specific class
    labels: tuple[Literal, ...]  # one a language
    alternatives: tuple[Literal, ...]  # official long names and other spellings
    hidden: tuple[Literal, ...]  # inflected forms: good for finding, never for showing
    demonyms: tuple[Literal, ...]  # base adjectives, such as "Kazakh"@en; not yet inflected
    acronyms: tuple[Literal, ...]  # in upper case; without a language tag they hold in every language
    same_as: tuple[URIRef, ...]  # the same thing at Wikidata
    part_of: tuple[URIRef, ...]
    capital: tuple[URIRef, ...]  # of a country; a few have two
    notation: str | None  # of a country: ISO 3166-1 alpha-2
    ambiguous: frozenset[Literal]  # those of its names that are common words too
    ambiguous_with: frozenset[URIRef]  # the things that share one of its names


Name = tuple[str, URIRef, str]  # text, thing, and "label", "alternative", "hidden", "demonym" or "acronym"


@dataclass(frozen=True)
class Gazetteer:
    """The things known before the first article is read, in the order of the file."""

    entries: Mapping[URIRef, Entry]
    _given_names: Mapping[str, frozenset[str]]
    _ambiguous_given_names: Mapping[str, frozenset[str]]
    _particles: Mapping[str, frozenset[str]]

    @classmethod
    def load(cls, turtle: Turtle) -> Gazetteer:
        """Index the things and name lists of TURTLE; raises KnowledgeError at the first that is wrong."""
        lists = [s for s, described in turtle.subjects.items() if not WORDS.isdisjoint(described)]
        listed = frozenset(lists)
        things = [s for s in turtle.subjects if s not in listed]
        entries = {entry.iri: entry for entry in (_entry(turtle, thing) for thing in things)}
        _check_links(turtle, entries)
        _check_names(turtle, entries)
        _check_unique(turtle, entries, "the Wikidata id", lambda entry: entry.same_as)
        _check_unique(turtle, entries, "the code", lambda entry: (entry.notation,) if entry.notation else ())
        return cls(
            entries=MappingProxyType(entries),
            _given_names=_words(turtle, lists, KH.givenName, SKOS.hiddenLabel),
            _ambiguous_given_names=_words(turtle, lists, KH.ambiguousGivenName),
            _particles=_words(turtle, lists, KH.nameParticle),
        )

    @cached_property
    def seats(self) -> Mapping[URIRef, URIRef]:
        """The capitals, each with its country."""
        return {capital: entry.iri for entry in self.entries.values() for capital in entry.capital}

    def names(self, language: str, *, ambiguous: bool = False) -> Iterator[Name]:
        """The names in LANGUAGE (a tag), in the order of the file, labels first within a thing.

        A name of two things comes twice, the likelier first; acronyms without a language come in each.
        Names that are common words too (Nice, Tyre; in Arabic Mali is "financial") come only with
        AMBIGUOUS: to find them takes a cue that they stand for a thing.
        """
        wanted = (language, None)
        for entry in self.entries.values():
            doubtful = frozenset() if ambiguous else entry.ambiguous
            for name, kind in _named(entry):
                if name.language in wanted and not (doubtful and name in doubtful):
                    yield str(name), entry.iri, kind

    def ambiguous(self, language: str) -> frozenset[str]:
        """The names in LANGUAGE that are common words too."""
        return frozenset(str(n) for e in self.entries.values() for n in e.ambiguous if n.language == language)

    def given_names(self, language: str, *, ambiguous: bool = False) -> frozenset[str]:
        """Given names of people in LANGUAGE, in all their cases.

        Names that are common words or places too (Chad, Grace) come only with AMBIGUOUS.
        """
        empty: frozenset[str] = frozenset()
        sure = self._given_names.get(language, empty)
        return sure | self._ambiguous_given_names.get(language, empty) if ambiguous else sure

    def particles(self, language: str) -> frozenset[str]:
        """The small words inside names of people, such as "bin" and "von", in LANGUAGE."""
        return self._particles.get(language, frozenset())


def _named(entry: Entry) -> Iterator[tuple[Literal, str]]:
    for names, kind in (
        (entry.labels, "label"),
        (entry.alternatives, "alternative"),
        (entry.hidden, "hidden"),
        (entry.demonyms, "demonym"),
        (entry.acronyms, "acronym"),
    ):
        for name in names:
            yield name, kind


def _entry(turtle: Turtle, thing: Term) -> Entry:
    _check_values(turtle, thing)
    types = _iris(turtle, thing, RDF.type)
    if len(types) != 1 or types[0] not in TYPES:
        raise KnowledgeError(
            where=turtle.place(thing),
            problem=f"is {_listed(turtle, types)}, not one thing of a class that the gazetteer holds",
            fix=f"give it one of {_listed(turtle, sorted(TYPES))}",
        )
    entry = Entry(
        iri=interned(str(thing)),
        type=types[0],
        labels=_texts(turtle, thing, RDFS.label),
        alternatives=_texts(turtle, thing, SKOS.altLabel),
        hidden=_texts(turtle, thing, SKOS.hiddenLabel),
        demonyms=_texts(turtle, thing, KH.demonym),
        acronyms=_texts(turtle, thing, KH.acronym),
        same_as=_iris(turtle, thing, OWL.sameAs),
        part_of=_iris(turtle, thing, KH.partOf),
        capital=_iris(turtle, thing, KH.capital),
        notation=next((str(v) for v in turtle.values(thing, SKOS.notation)), None),
        ambiguous=frozenset(_texts(turtle, thing, KH.ambiguousName)),
        ambiguous_with=frozenset(_iris(turtle, thing, KH.ambiguousWith)),
    )
    _check_labels(turtle, entry)
    return entry


def _check_values(turtle: Turtle, thing: Term) -> None:
    for predicate, values in turtle.subjects[thing].items():
        expected = PROPERTIES.get(predicate)
        if expected is None:
            raise KnowledgeError(
                where=turtle.place(thing),
                problem=f"says {turtle.short(predicate)}, which the gazetteer does not know",
                fix=f"use a, {_listed(turtle, (p for p in PROPERTIES if p != RDF.type))}",
            )
        for value in values:
            _check_value(turtle, thing, predicate, expected, value)


def _check_value(turtle: Turtle, thing: Term, predicate: URIRef, expected: str, value: Term) -> None:
    if expected in ("text", "any text"):
        if not isinstance(value, Literal) or not value or str(value) != " ".join(value.split()):
            raise KnowledgeError(
                where=turtle.place(thing),
                problem=f"gives {turtle.short(predicate)} the value {value.n3()}, which is no name",
                fix="write a text in quotes, without spaces at its ends or two in a row",
            )
        if expected == "text" and value.language is None:
            raise KnowledgeError(
                where=turtle.place(thing),
                problem=f"gives {turtle.short(predicate)} {value.n3()} without a language",
                fix=f"write its language after it, as in {value.n3()}@en",
            )
    elif not isinstance(value, URIRef):
        raise KnowledgeError(
            where=turtle.place(thing),
            problem=f"gives {turtle.short(predicate)} the value {value.n3()}, which is no IRI",
            fix="write a prefixed name, as in id:kazakhstan or wd:Q232",
        )


def _check_labels(turtle: Turtle, entry: Entry) -> None:
    if not entry.labels:
        raise KnowledgeError(
            where=turtle.place(entry.iri),
            problem="has no rdfs:label",
            fix="give it one in each language that is known, at least in English",
        )
    languages = [label.language for label in entry.labels]
    for label in entry.labels:
        if languages.count(label.language) > 1:
            raise KnowledgeError(
                where=turtle.place(entry.iri),
                problem=f"has {languages.count(label.language)} labels in the language {label.language}",
                fix="keep the best as rdfs:label, and make the others skos:altLabel",
            )
    for name in sorted(entry.ambiguous and entry.ambiguous.difference(name for name, _ in _named(entry))):
        raise KnowledgeError(
            where=turtle.place(entry.iri),
            problem=f"marks {name.n3()} as ambiguous, which is none of its names",
            fix="write it also as rdfs:label, skos:altLabel or kh:demonym, or drop the mark",
        )


def _check_links(turtle: Turtle, entries: Mapping[URIRef, Entry]) -> None:
    for entry in entries.values():
        for predicate, targets in (
            (KH.partOf, entry.part_of),
            (KH.capital, entry.capital),
            (KH.ambiguousWith, sorted(entry.ambiguous_with)),
        ):
            for target in targets:
                if target not in entries:
                    name = turtle.short(target)
                    raise KnowledgeError(
                        where=turtle.place(entry.iri),
                        problem=f"says {turtle.short(predicate)} {name}, which the gazetteer does not hold",
                        fix=f"correct the name, or add {name}",
                    )


def _check_names(turtle: Turtle, entries: Mapping[URIRef, Entry]) -> None:
    owners: dict[str, list[tuple[str | None, Entry]]] = {}
    for entry in entries.values():
        for name, _ in _named(entry):
            known = owners.setdefault(str(name), [])
            for language, other in known:
                if other is not entry and (name.language == language or None in (name.language, language)):
                    _check_shared(turtle, name, other, entry)
            known.append((name.language, entry))


def _check_shared(turtle: Turtle, name: Literal, first: Entry, second: Entry) -> None:
    if second.iri in first.ambiguous_with and first.iri in second.ambiguous_with:
        return
    raise KnowledgeError(
        where=turtle.place(second.iri),
        problem=f"has the name {name.n3()}, which {turtle.short(first.iri)} has too",
        fix="take it from one of them, or let each say kh:ambiguousWith the other",
    )


def _check_unique(
    turtle: Turtle, entries: Mapping[URIRef, Entry], what: str, values: Callable[[Entry], Iterable[str]]
) -> None:
    owners: dict[str, URIRef] = {}
    for entry in entries.values():
        for value in values(entry):
            owner = owners.setdefault(value, entry.iri)
            if owner != entry.iri:
                raise KnowledgeError(
                    where=turtle.place(entry.iri),
                    problem=f"has {what} {value}, which {turtle.short(owner)} has too",
                    fix="look it up, and correct the wrong one",
                )


def _words(turtle: Turtle, lists: Iterable[Term], *predicates: URIRef) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for subject, predicate in product(lists, predicates):
        for value in turtle.values(subject, predicate):
            if not isinstance(value, Literal) or value.language is None:
                raise KnowledgeError(
                    where=turtle.place(subject),
                    problem=f"gives {turtle.short(predicate)} the value {value.n3()}, which has no language",
                    fix='write the text and its language, as in "Askar"@en',
                )
            found.setdefault(value.language, set()).add(str(value))
    return {language: frozenset(texts) for language, texts in found.items()}


def _texts(turtle: Turtle, thing: Term, predicate: URIRef) -> tuple[Literal, ...]:
    return tuple(v for v in turtle.values(thing, predicate) if isinstance(v, Literal))


def _iris(turtle: Turtle, thing: Term, predicate: URIRef) -> tuple[URIRef, ...]:
    return tuple(v for v in turtle.values(thing, predicate) if isinstance(v, URIRef))


def _listed(turtle: Turtle, terms: Iterable[Term]) -> str:
    return ", ".join(turtle.short(term) for term in terms) or "nothing"
