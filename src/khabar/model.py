"""The values that travel between the stages: immutable, and nothing but data.

Positions are half-open ranges [start, end) of Unicode code points in Article.text as it was read
(NFC), never in a folded or trimmed copy.  So article.text[span.start:span.end] is always the
surface form, and the same two numbers go into nif:beginIndex and nif:endIndex unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rdflib import Literal, URIRef


class Span(NamedTuple):
    """A half-open range [start, end) of code points."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        """Whether OTHER lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as it was read."""

    key: str  # identifies the article in every IRI made from it
    language: str  # a BCP 47 tag of a language that ontology/languages knows
    text: str  # NFC, without title and front matter; every offset counts from its first code point
    title: str | None = None
    published: date | None = None  # relative dates are resolved from it, never from today
    address: str | None = None  # the canonical address on the web, if one is known
    publisher: str | None = None
    author: str | None = None
    origin: str = ""  # the file it was read from, for messages; never written to the graph


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of one article that names something."""

    span: Span
    surface: str  # as printed: neither folded nor lemmatised
    type: URIRef  # a class of the ontology, such as kh:Person


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that an article names, with every stretch that names it."""

    iri: URIRef
    type: URIRef  # its most specific class
    labels: tuple[Literal, ...]  # the best name first; curated ones in every language, others as printed
    mentions: tuple[Mention, ...]  # in reading order; never empty
    curated: bool = False  # whether the gazetteer holds it


@dataclass(frozen=True, slots=True)
class Period:
    """A time as precisely as the article puts it, with its first and last day."""

    text: str  # the words, as printed
    span: Span
    when: Literal | None  # xsd:gYear, xsd:gYearMonth or xsd:date; None for an interval or an unresolved date
    earliest: date | None
    latest: date | None  # inclusive
    nearest: bool = False  # whether no year is told, and that nearest to the publication is taken


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement that an article makes, and the words that make it."""

    subject: URIRef  # an entity of the same Reading
    predicate: URIRef
    object: URIRef | Literal
    status: URIRef  # kh:asserted, kh:reported, kh:planned, kh:denied or kh:ended
    evidence: tuple[Span, ...]  # each a clause, from the first to the last word of the matched frame
    frame: URIRef  # the lexicon's frame that matched: the reason to believe it
    when: Period | None = None
    attributed_to: URIRef | None = None  # who says so, when the article only reports it
    qualifiers: tuple[tuple[URIRef, URIRef | Literal], ...] = ()  # sorted; such as (kh:change, kh:handover)
    confidence: float = 0.5  # measured precision of the frame, lower bound


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found in one article."""

    article: Article
    entities: tuple[Entity, ...]  # sorted by IRI
    facts: tuple[Fact, ...]  # in reading order


class Quad(NamedTuple):
    """One triple in one named graph; no blank node is ever published."""

    subject: URIRef
    predicate: URIRef
    object: URIRef | Literal
    graph: URIRef
