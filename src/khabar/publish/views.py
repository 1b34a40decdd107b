"""What the pages show, as values: things with their best names, facts with their sources, quotations.

Nothing here knows of HTTP or HTML.  One View serves one request: it asks one snapshot, for one reader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.publish.dataset import Row, Snapshot, Term
from khabar.publish.interface import UI, Interface, Language, Text
from khabar.vocab import RDFS

# Of the vocabularies that ours is aligned to; for files of ours, and for names of terms that have no other.
PREFIXES: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "synsem": "http://www.w3.org/ns/lemon/synsem#",
    "itsrdf": "http://www.w3.org/2005/11/its/rdf#",
}

FACTS_OF_A_PAGE: Final = 100
_PARTS_OF_ALL: Final = ("subject", "predicate", "object", "status", "statedIn")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with an IRI, and the name that a reader knows it by."""

    iri: str
    name: Text


class Identity(NamedTuple):
    """A thing under another IRI that means the same."""

    thing: Thing
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of an article, cut into pieces; those that are marked name what the fact is about."""

    begin: int  # code points of the article's text
    end: int
    pieces: tuple[tuple[str, bool], ...]  # words, and whether they are marked
    language: str
    direction: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of one article."""

    iri: str
    subject: Thing
    predicate: Thing
    object: Thing | Text
    status: Thing
    article: Thing
    period: Text | None
    earliest: str  # of xsd:date, or "" when it is not known
    latest: str
    as_of: Text | None
    confidence: str
    change: Thing | None
    attributed_to: Thing | None
    by: Thing | None
    said_at: Thing | None
    frame: str  # the IRI of the rule that read it, or ""
    quotations: tuple[Quotation, ...]

    @property
    def is_quoted(self) -> bool:
        """Whether its object is words that the quotations hold, too."""
        words = self.object.value if isinstance(self.object, Text) else ""
        is_said = self.predicate.iri.endswith("ont#said")
        return is_said and any(words in "".join(piece for piece, _ in q.pieces) for q in self.quotations)

    @property
    def begin(self) -> int:
        """Where its first words stand in the article."""
        return self.quotations[0].begin if self.quotations else 0

    @property
    def state(self) -> str:
        """The local name of its status: asserted, reported, planned, denied or ended."""
        return self.status.iri.rpartition("#")[2]

    @property
    def ends(self) -> frozenset[str]:
        """The IRIs of the things that it relates."""
        other = {self.object.iri} if isinstance(self.object, Thing) else set()
        return frozenset({self.subject.iri} | other)


class Facts(NamedTuple):
    """One page of the facts about a thing, those of the newest articles first."""

    facts: tuple[Fact, ...]
    total: int  # of all pages
    page: int  # from 1
    pages: int


class View:
    """One snapshot as one reader sees it."""

    def __init__(self, snapshot: Snapshot, interface: Interface, language: Language) -> None:
        self.snapshot, self.interface, self.language = snapshot, interface, language
        self.vocabulary = f"{snapshot.base}ont#"
        self._things: dict[str, Thing] = {}
        self._same: dict[str, tuple[str, ...]] = {}
        self._places: dict[tuple[str, str], list[tuple[int, int]]] = {}

    @cached_property
    def today(self) -> str:
        """The day of the newest article; pages have no other clock."""
        return next((value(row.get("day")) for row in self.snapshot.once("latest.rq")), "")

    # --- names

    def names(self, iri: str) -> list[Text]:
        """All names of a thing: the curated before the printed, longer before shorter."""
        named = self.snapshot.names(iri)
        return list(dict.fromkeys(self.interface.written(text, tag) for text, tag in named if text.strip()))

    def thing(self, iri: str) -> Thing:
        """A thing by its best name; without any, by the end of its IRI."""
        if iri not in self._things:
            name = self.interface.name(iri, RDFS.label, self.language)
            name = name or self.interface.best(self.names(iri), self.language)
            self._things[iri] = Thing(iri, name or Text(short(iri, self.snapshot.base), direction="ltr"))
        return self._things[iri]

    def inverse(self, predicate: Thing) -> Text:
        """What a property is called from object to subject; without such a name, its label with an arrow."""
        name = self.interface.name(predicate.iri, UI.inverse, self.language)
        if name is None:
            rows = self.snapshot.select("inverse-labels.rq", this=ox.NamedNode(predicate.iri))
            names = sorted((self.interface.written(*_written(row["name"])) for row in rows), key=str)
            name = self.interface.best(names, self.language)
        return name or Text(f"← {predicate.name}", predicate.name.language, predicate.name.direction)

    def classes(self, iri: str) -> list[Thing]:
        """The most specific classes of a thing that are ours."""
        rows = self.snapshot.select("classes.rq", this=ox.NamedNode(iri))
        ours = sorted(value(row["class"]) for row in rows if value(row["class"]).startswith(self.vocabulary))
        return [self.thing(cls) for cls in ours]

    def identities(self, iri: str) -> list[Identity]:
        """The other IRIs of the same thing: those of this graph, by links of links, then the web's."""
        found, waiting = {iri: None}, [iri]
        while waiting:
            rows = self.snapshot.select("identities.rq", this=ox.NamedNode(waiting.pop()))
            fresh = [other for row in rows if (other := value(row["other"])) not in found]
            found.update(dict.fromkeys(fresh))
            waiting += [other for other in fresh if self._is_ours(other)]
        del found[iri]
        ours = [Identity(self.thing(other), True) for other in sorted(found) if self._is_ours(other)]
        elsewhere = (other for other in sorted(found) if not self._is_ours(other))
        return ours + [Identity(Thing(other, Text(other, direction="ltr")), False) for other in elsewhere]

    def same(self, iri: str) -> tuple[str, ...]:
        """All IRIs of a thing in this graph, sorted: alike for each of them."""
        if iri not in self._same:
            others = (other.thing.iri for other in self.identities(iri) if other.is_ours)
            self._same[iri] = tuple(sorted({iri, *others}))
        return self._same[iri]

    def _is_ours(self, iri: str) -> bool:
        return iri.startswith(self.snapshot.base)

    def shown(self, term: Term) -> Thing | Text:
        """A term of the graph: a thing by its name, a date as one writes it, any other literal as it is."""
        if isinstance(term, ox.NamedNode):
            return self.thing(term.value)
        if term.datatype.value.rpartition("#")[2] in ("date", "gYear", "gYearMonth"):
            return self.interface.date(term.value, self.language)
        return self.interface.written(*_written(term))

    # --- facts

    def facts(self, iris: Collection[str], page: int = 1) -> Facts:
        """The statements in which a thing, under any of its IRIS, takes part, or which an article makes."""
        rows = [row for iri in iris for row in self.snapshot.select("statements.rq", this=ox.NamedNode(iri))]
        dated = {value(row["statement"]): value(row.get("asOf")) for row in rows}
        newest_first = sorted(sorted(dated), key=dated.__getitem__, reverse=True)
        pages = max(1, -(-len(newest_first) // FACTS_OF_A_PAGE))
        page = min(max(page, 1), pages)
        shown = newest_first[(page - 1) * FACTS_OF_A_PAGE : page * FACTS_OF_A_PAGE]
        return Facts(tuple(self.facts_of(shown)), len(newest_first), page, pages)

    def facts_of(self, statements: Iterable[str]) -> Iterator[Fact]:
        """The facts that the statements with these IRIs make, in that order."""
        return (fact for iri in statements if (fact := self.fact(iri)) is not None)

    def fact(self, iri: str) -> Fact | None:
        """What one statement says; None if it is no statement, or lacks one of the parts that all have."""
        parts: defaultdict[str, list[Term]] = defaultdict(list)
        for property_, term in self.snapshot.about(iri):
            parts[property_.rpartition("#")[2]].append(term)
        first = {name: min(terms, key=str) for name, terms in parts.items()}
        is_whole = all(name in first for name in _PARTS_OF_ALL)
        return self._fact(iri, first) if is_whole else None

    def _fact(self, iri: str, parts: Mapping[str, Term]) -> Fact:
        return Fact(
            iri=iri,
            subject=self.thing(value(parts["subject"])),
            predicate=self.thing(value(parts["predicate"])),
            object=self.shown(parts["object"]),
            status=self.thing(value(parts["status"])),
            article=self.thing(value(parts["statedIn"])),
            period=self._period(parts),
            earliest=value(parts.get("earliest")),
            latest=value(parts.get("latest")),
            as_of=self.interface.date(value(parts["asOf"]), self.language) if "asOf" in parts else None,
            confidence=self.interface.decimal(value(parts.get("confidence")), self.language),
            change=self._optional(parts, "change"),
            attributed_to=self._optional(parts, "attributedTo"),
            by=self._optional(parts, "by"),
            said_at=self._optional(parts, "saidAt"),
            frame=value(parts.get("frame")),
            quotations=self._quotations(iri, parts),
        )

    def _optional(self, parts: Mapping[str, Term], name: str) -> Thing | None:
        term = parts.get(name)
        return self.thing(term.value) if isinstance(term, ox.NamedNode) else None

    def _period(self, parts: Mapping[str, Term]) -> Text | None:
        """When a fact holds, as precisely as it is known."""
        if "when" in parts:
            return self.interface.date(value(parts["when"]), self.language)
        if "earliest" in parts or "latest" in parts:
            bounds = (value(parts.get("earliest")), value(parts.get("latest")))
            return self.interface.period(*bounds, self.language)
        return self.interface.written(*_written(parts["whenText"])) if "whenText" in parts else None

    # --- quotations

    def _quotations(self, iri: str, parts: Mapping[str, Term]) -> tuple[Quotation, ...]:
        article = value(parts["statedIn"])
        ends = (term for end in ("subject", "object") if isinstance(term := parts[end], ox.NamedNode))
        mentions = [place for term in ends for place in self.mentions(article, term.value)]
        literals = [
            parts.get("whenText"),
            parts["object"] if isinstance(parts["object"], ox.Literal) else None,
        ]
        words = [term.value for term in literals if term is not None]
        return tuple(self._quotation(*span, mentions, words) for span in self.snapshot.spans(iri))

    def mentions(self, article: str, iri: str) -> Sequence[tuple[int, int]]:
        """Where an article names a thing: ranges of code points."""
        key = (article, iri)
        if key not in self._places:
            graph = article.replace(f"{self.snapshot.base}article/", f"{self.snapshot.base}graph/")
            self._places[key] = self.snapshot.mentions(iri, graph)
        return self._places[key]

    def _quotation(
        self, begin: int, end: int, term: Term, mentions: Iterable[tuple[int, int]], also: Iterable[str]
    ) -> Quotation:
        text, tag = _written(term)
        marks = {(start - begin, stop - begin) for start, stop in mentions if begin <= start and stop <= end}
        marks |= {
            (text.index(words), text.index(words) + len(words))
            for words in also
            if words in text and words != text
        }
        return Quotation(begin, end, cut(text, marks), tag, self.interface.written(text, tag).direction)


def short(iri: str, base: str) -> str:
    """An IRI as it can be read: without our base, or with the prefix of a vocabulary that we know."""
    if iri.startswith(base):
        return iri.rpartition("#")[2].rpartition("/")[2] or iri
    for prefix, start in PREFIXES.items():
        if iri.startswith(start):
            return f"{prefix}:{iri.removeprefix(start)}"
    return iri


def cut(text: str, marks: Iterable[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """TEXT in pieces, those within MARKS marked; of marks that overlap, the first and longest counts."""
    pieces: list[tuple[str, bool]] = []
    done = 0
    for start, end in sorted(marks, key=lambda mark: (mark[0], -mark[1])):
        if done <= start < end <= len(text):
            pieces += [(text[done:start], False), (text[start:end], True)]
            done = end
    pieces.append((text[done:], False))
    return tuple(piece for piece in pieces if piece[0])


def value(term: Term | None) -> str:
    """The characters of a term; none where there is no term."""
    return "" if term is None else term.value


def _written(term: Term) -> tuple[str, str]:
    return term.value, (term.language or "") if isinstance(term, ox.Literal) else ""


def _range(row: Row) -> tuple[int, int]:
    return int(value(row["begin"])), int(value(row["end"]))
