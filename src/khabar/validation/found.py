"""A result with all that a person needs to act on it: where it is, and the words of the article behind it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef

from khabar.graph.report import SEVERITIES, Result, local
from khabar.graph.terms import Term, from_ox, to_ox
from khabar.graph.triples import TYPE, Triples
from khabar.graph.triples import Term as OxTerm
from khabar.validation.positions import Position, Positions
from khabar.vocab import ITSRDF, NIF, SH

Sentences = Callable[
    [str, str], Sequence[tuple[int, int]]
]  # of a text in a language: where each begins and ends
LATER = (SH.MaxCountConstraintComponent, SH.UniqueLangConstraintComponent)  # the last value is one too many


@dataclass(frozen=True, slots=True)
class Place:
    """Where the triple at fault stands."""

    file: str
    line: int | None = None  # from 1
    column: int | None = None  # in code points, from 1
    text: str | None = None  # of the line


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of an article behind a result."""

    article: str  # its IRI
    begin: int  # code points of the article's text, half-open
    end: int
    words: str
    language: str
    sentence: str  # in which the words stand; the words alone where the text is withheld


@dataclass(frozen=True, slots=True)
class Found:
    """One result, placed."""

    result: Result
    id: str  # twelve hexadecimal digits that stay the same as long as the fault does
    place: Place | None = None
    quote: Quote | None = None

    @property
    def level(self) -> str:
        """violation, warning or info"""
        severity = self.result.severity
        return local(severity).lower() if severity in SEVERITIES else "violation"

    @property
    def rule(self) -> Term:
        """What was broken: the shape, or the constraint inside it where that has an IRI."""
        constraint = self.result.constraint
        return constraint if isinstance(constraint, URIRef) else self.result.shape


def numbered(found: Iterable[Found]) -> tuple[Found, ...]:
    """The same, an id that comes several times told apart by a number, in the order of the files."""
    seen: Counter[str] = Counter()
    told = []
    for one in sorted(found, key=_order):
        seen[one.id] += 1
        told.append(one if seen[one.id] == 1 else replace(one, id=f"{one.id}-{seen[one.id]}"))
    return tuple(told)


def _order(one: Found) -> tuple[object, ...]:
    place = one.place or Place("")
    result = one.result
    return (
        place.file,
        place.line or 0,
        place.column or 0,
        str(result.shape),
        str(result.focus),
        str(result.value),
    )


def identify(result: Result) -> str:
    """The id of a result: of its shape, constraint, component, focus node, path and value.

    A blank node has no name that lasts, so it counts as any other.
    """
    parts = (result.shape, result.constraint, result.component, result.focus, result.path, result.value)
    named = ("_" if isinstance(part, BNode) else "" if part is None else _written(part) for part in parts)
    return hashlib.sha256("\x1f".join(named).encode()).hexdigest()[:12]


def _written(part: Term | str) -> str:
    return part.n3() if isinstance(part, Literal) else str(part)


# --- where it stands


def locate(result: Result, file: str, positions: Positions, shapes: Triples, data: Triples) -> Place:
    """The place of the triple that RESULT is about, as exactly as it can be told."""
    position = _position(result, positions, shapes, data)
    if position is None:
        return Place(file)
    return Place(file, position.line, position.column, positions.line(position.line))


def _position(result: Result, positions: Positions, shapes: Triples, data: Triples) -> Position | None:
    focus = positions.known(to_ox(result.focus), data)
    value = None if result.value is None else positions.known(to_ox(result.value), data)
    verb = None if result.predicate is None else ox.NamedNode(result.predicate)
    if verb is not None:
        return (
            _of_path(result, positions, focus, verb, value)
            or positions.subject(focus)
            or positions.object(focus)
        )
    if value is not None and value != focus and (said := positions.subject(value)):
        return said  # a rule of SPARQL on one node, which found fault with another
    for predicate in shapes.objects(to_ox(result.shape), ox.NamedNode(SH.targetSubjectsOf)):
        if pair := positions.pair(focus, predicate):
            return pair
    for predicate in shapes.objects(to_ox(result.shape), ox.NamedNode(SH.targetObjectsOf)):
        for subject in data.subjects(predicate, to_ox(result.focus)):
            if triple := positions.triple(positions.known(subject, data), predicate, focus):
                return triple
    return positions.subject(focus) or positions.object(focus)


def _of_path(
    result: Result, positions: Positions, focus: OxTerm, verb: OxTerm, value: OxTerm | None
) -> Position | None:
    if value is not None:
        triple = positions.triple(focus, verb, value) or positions.triple(value, verb, focus)
        if triple is not None:
            return triple
    return positions.pair(focus, verb, last=result.component in LATER)


# --- what the article says


def quote(result: Result, data: Triples, sentences: Sentences) -> Quote | None:
    """The words behind the node at fault, where the DATA is a graph of ours that gives them."""
    for term in (result.value, result.focus):
        span = None if not isinstance(term, URIRef) else _span(to_ox(term), data)
        if span is not None and (found := _quoted(span, data, sentences)) is not None:
            return found
    return None


def _span(node: OxTerm, data: Triples) -> OxTerm | None:
    """The span itself, the first that is evidence of a statement, or the first that names an entity."""
    begin = ox.NamedNode(NIF.beginIndex)
    if data.objects(node, begin):
        return node
    types = data.objects(node, TYPE)
    base = next((t.value.removesuffix("Statement") for t in types if _is_statement(t)), None)
    spans = data.objects(node, ox.NamedNode(f"{base}evidence")) if base else ()
    named = spans or data.subjects(ox.NamedNode(ITSRDF.taIdentRef), node)
    return min((span for span in named if data.objects(span, begin)), key=str, default=None)


def _is_statement(type_: OxTerm) -> bool:
    return isinstance(type_, ox.NamedNode) and type_.value.endswith("ont#Statement")


def _quoted(span: OxTerm, data: Triples, sentences: Sentences) -> Quote | None:
    def value(predicate: URIRef) -> OxTerm | None:
        return data.object(span, ox.NamedNode(predicate))

    words, context = value(NIF.anchorOf), value(NIF.referenceContext)
    try:
        begin, end = (int(str(from_ox(value(p)))) for p in (NIF.beginIndex, NIF.endIndex))
    except (TypeError, ValueError):
        return None
    if not isinstance(words, ox.Literal) or context is None:
        return None
    text = data.object(context, ox.NamedNode(NIF.isString))
    language = words.language or ""
    around = words.value
    if isinstance(text, ox.Literal):
        around = _sentence(text.value, begin, end, sentences(text.value, text.language or language)) or around
    article = str(from_ox(context)).partition("#")[0]
    return Quote(article, begin, end, words.value, language, around)


def _sentence(text: str, begin: int, end: int, ranges: Sequence[tuple[int, int]]) -> str:
    touched = [(first, last) for first, last in ranges if first < end and begin < last]
    return text[touched[0][0] : touched[-1][1]] if touched else ""
