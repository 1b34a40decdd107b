"""Vocabulary: which properties may describe what in a language file, and with which values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final, NamedTuple

from rdflib import BNode, Literal, URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.turtle import Term, Turtle
from khabar.vocab import KH, OWL, RDF, RDFS, SCHEMA, XSD

# What Turtle itself brings along, and what describes anything.
_ANYWHERE: Final = frozenset({RDF.type, RDF.first, RDF.rest, RDFS.label, RDFS.comment})
# A node without a type is a set of rules or an element of a frame.
_UNTYPED: Final = (KH.Rules, KH.FrameElement)
_DATATYPES: Final[dict[Term | None, str]] = {
    XSD.string: "a text in quotes, without a language",
    XSD.integer: "a whole number",
}


class _Property(NamedTuple):
    domains: frozenset[Term]
    range: Term | None
    members: frozenset[Term]  # of a closed list: the values it may have; empty: any


class Vocabulary:
    """The terms that ontology/lexicon.ttl declares."""

    def __init__(self, turtle: Turtle) -> None:
        self._turtle = turtle
        self._kinds: dict[tuple[Term, ...], frozenset[Term]] = {}  # types -> they and the classes above
        self._properties: dict[URIRef, _Property] = {}

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read the Turtle file PATH; raises KnowledgeError."""
        return cls(Turtle.read(path))

    def check(self, file: Turtle) -> None:
        """Raise KnowledgeError for the first term of a language FILE that nothing reads."""
        for subject, described in file.subjects.items():
            kinds = self._above(tuple(described.get(RDF.type, _UNTYPED)))
            for predicate, values in described.items():
                if predicate in _ANYWHERE:
                    continue
                found = self._property(predicate)
                if kinds.isdisjoint(found.domains):
                    raise self._misplaced(file, subject, predicate, found)
                wrong = next((v for v in values if not _fits(v, found)), None)
                if wrong is not None:
                    raise self._unreadable(file, subject, predicate, wrong, found)

    def _above(self, types: tuple[Term, ...]) -> frozenset[Term]:
        if types not in self._kinds:
            waiting = [OWL.Thing, *types]
            for cls in waiting:  # grows as classes are reached
                waiting.extend(c for c in self._turtle.values(cls, RDFS.subClassOf) if c not in waiting)
            self._kinds[types] = frozenset(waiting)
        return self._kinds[types]

    def _property(self, predicate: URIRef) -> _Property:
        if predicate not in self._properties:
            values = self._turtle.values
            domains = (*values(predicate, RDFS.domain), *values(predicate, SCHEMA.domainIncludes))
            kind = self._turtle.value(predicate, RDFS.range)
            members = self._turtle.of_type(kind) if isinstance(kind, URIRef) else ()
            self._properties[predicate] = _Property(frozenset(domains), kind, frozenset(members))
        return self._properties[predicate]

    def _misplaced(self, file: Turtle, subject: Term, predicate: URIRef, found: _Property) -> KnowledgeError:
        known = f"; it describes {', '.join(self._short(found.domains))}" if found.domains else ""
        return KnowledgeError(
            where=place(file, subject),
            problem=f"uses {file.short(predicate)}, which nothing reads there{known}",
            fix="correct the spelling; ontology/lexicon.ttl declares what is read",
        )

    def _unreadable(
        self, file: Turtle, subject: Term, predicate: URIRef, value: Term, found: _Property
    ) -> KnowledgeError:
        shown = value.n3() if isinstance(value, Literal) else file.short(value)
        known = self._short(found.members)
        near = get_close_matches(shown, known) or known
        expected = _DATATYPES.get(found.range) or f"{', '.join(near)}, or declare it in ontology/lexicon.ttl"
        problem = f"gives {file.short(predicate)} the value {shown}, which nothing reads"
        return KnowledgeError(where=place(file, subject), problem=problem, fix=f"use {expected}")

    def _short(self, terms: Iterable[Term]) -> list[str]:
        return sorted(map(self._turtle.short, terms))


def _fits(value: Term, found: _Property) -> bool:
    if found.range in _DATATYPES:
        return isinstance(value, Literal) and not value.language and _datatype(value) == found.range
    return not found.members or value in found.members or value == KH.when  # a slot, and a property


def _datatype(value: Literal) -> URIRef:
    return XSD.string if value.datatype is None else value.datatype


def place(file: Turtle, subject: Term) -> str:
    """Where SUBJECT stands, for messages; of a nameless one where the term that it belongs to does."""
    while isinstance(subject, BNode):
        owners: Iterator[Term] = (
            s for s, described in file.subjects.items() if any(subject in v for v in described.values())
        )
        subject = next(owners, URIRef(subject))
    return file.place(subject)
