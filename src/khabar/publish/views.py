"""What the pages show, as values: things with their best names, facts with their sources, quotations.

Nothing here knows of HTTP or HTML.  One View serves one request: it asks one snapshot, for one reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    "itsrdf": "http://www.w3.org/2005/11/its/rdf#",
}

KINDS: Final = ("classes", "properties", "values")
MOST_FACTS: Final = 500  # of a page


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with an IRI, and the name that a reader knows it by."""

    iri: str
    name: Text


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


class Facts(NamedTuple):
    """The facts about a thing, and whether there are more than a page can show."""

    facts: tuple[Fact, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One fact as several articles may state it, read from one of its ends."""

    value: Thing | Text
    facts: tuple[Fact, ...]  # alike but for their article; never empty


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one property, under its label or, read backwards, its inverse label."""

    label: Text
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The facts of a thing that belong to one time: now, before, planned or denied."""

    name: str  # of a text of the interface
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A class, property or value of the ontology, and what the ontology says of it."""

    thing: Thing
    local_name: str
    kind: str  # classes, properties or values: a text of the interface
    meaning: Text | None
    relations: tuple[tuple[str, tuple[Thing, ...]], ...]  # a text of the interface, and what it leads to
    inverse: Text | None


class View:
    """One snapshot as one reader sees it."""

    def __init__(self, snapshot: Snapshot, interface: Interface, language: Language) -> None:
        self.snapshot, self.interface, self.language = snapshot, interface, language
        self.vocabulary = f"{snapshot.base}ont#"
        self._things: dict[str, Thing] = {}
        self._places: dict[tuple[str, str], list[tuple[int, int]]] = {}

    # --- names

    def names(self, iri: str) -> list[Text]:
        """All names of a thing: the curated before the printed, longer before shorter."""
        rows = self.snapshot.select("labels.rq", this=ox.NamedNode(iri))
        ranked = sorted(
            {(_value(row["rank"]), -len(_value(row["name"])), *self._written(row["name"])) for row in rows}
        )
        return list(dict.fromkeys(self.interface.written(value, tag) for _, _, value, tag in ranked))

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
            names = sorted((self.interface.written(*self._written(row["name"])) for row in rows), key=str)
            name = self.interface.best(names, self.language)
        return name or Text(f"← {predicate.name}", predicate.name.language, predicate.name.direction)

    def classes(self, iri: str) -> list[Thing]:
        """The most specific classes of a thing that are ours."""
        rows = self.snapshot.select("classes.rq", this=ox.NamedNode(iri))
        ours = sorted(
            _value(row["class"]) for row in rows if _value(row["class"]).startswith(self.vocabulary)
        )
        return [self.thing(cls) for cls in ours]

    def identities(self, iri: str) -> tuple[list[Thing], list[str]]:
        """The same thing under other IRIs of this graph, by its names there, and its IRIs elsewhere."""
        rows = self.snapshot.select("identities.rq", this=ox.NamedNode(iri))
        others = [_value(row["other"]) for row in rows]
        ours = [self.thing(other) for other in others if other.startswith(self.snapshot.base)]
        return ours, [other for other in others if not other.startswith(self.snapshot.base)]

    def shown(self, term: Term) -> Thing | Text:
        """A term of the graph: a thing by its name, a date as one writes it, any other literal as it is."""
        if isinstance(term, ox.NamedNode):
            return self.thing(term.value)
        if term.datatype.value.rpartition("#")[2] in ("date", "gYear", "gYearMonth"):
            return self.interface.date(term.value, self.language)
        return self.interface.written(*self._written(term))

    @staticmethod
    def _written(term: Term) -> tuple[str, str]:
        return term.value, (term.language or "") if isinstance(term, ox.Literal) else ""

    # --- facts

    def facts(self, iri: str) -> Facts:
        """The statements in which a thing takes part, or which an article makes, or the statement itself."""
        statements = self.snapshot.select("statements.rq", this=ox.NamedNode(iri))
        found = (
            self._fact(_value(row["statement"]), parts)
            for row in statements[:MOST_FACTS]
            for parts in self.snapshot.select("statement.rq", this=row["statement"])
        )
        return Facts(tuple(found), is_cut=len(statements) > MOST_FACTS)

    def _fact(self, iri: str, row: Row) -> Fact:
        return Fact(
            iri=iri,
            subject=self.thing(_value(row["subject"])),
            predicate=self.thing(_value(row["predicate"])),
            object=self.shown(row["object"]),
            status=self.thing(_value(row["status"])),
            article=self.thing(_value(row["article"])),
            period=self._period(row),
            earliest=_value(row.get("earliest")),
            latest=_value(row.get("latest")),
            as_of=self.interface.date(_value(row["asOf"]), self.language) if "asOf" in row else None,
            confidence=_value(row.get("confidence")),
            change=self._optional(row, "change"),
            attributed_to=self._optional(row, "attributedTo"),
            by=self._optional(row, "by"),
            said_at=self._optional(row, "saidAt"),
            quotations=self._quotations(row),
        )

    def _optional(self, row: Row, name: str) -> Thing | None:
        term = row.get(name)
        return self.thing(term.value) if isinstance(term, ox.NamedNode) else None

    def _period(self, row: Row) -> Text | None:
        """When a fact holds, as precisely as it is known."""
        if "when" in row:
            return self.interface.date(_value(row["when"]), self.language)
        days = [
            self.interface.date(_value(row[name]), self.language)
            for name in ("earliest", "latest")
            if name in row
        ]
        if days:
            return Text(" – ".join(dict.fromkeys(map(str, days))), self.language.tag, self.language.direction)
        return self.interface.written(*self._written(row["whenText"])) if "whenText" in row else None

    def _quotations(self, row: Row) -> tuple[Quotation, ...]:
        article = _value(row["article"])
        mentions = [
            place
            for end in ("subject", "object")
            if isinstance(term := row[end], ox.NamedNode)
            for place in self._mentions(article, term.value)
        ]
        found = self.snapshot.select("evidence.rq", this=row["this"])
        literals = [row.get("whenText"), row["object"] if isinstance(row["object"], ox.Literal) else None]
        words = [term.value for term in literals if term is not None]
        return tuple(self._quotation(span, mentions, words) for span in found)

    def _mentions(self, article: str, iri: str) -> list[tuple[int, int]]:
        """Where an article names a thing: ranges of code points."""
        key = (article, iri)
        if key not in self._places:
            graph = article.replace(f"{self.snapshot.base}article/", f"{self.snapshot.base}graph/")
            rows = self.snapshot.select("mentions.rq", this=ox.NamedNode(iri), graph=ox.NamedNode(graph))
            self._places[key] = [_range(row) for row in rows]
        return self._places[key]

    def _quotation(self, span: Row, mentions: Iterable[tuple[int, int]], also: Iterable[str]) -> Quotation:
        (begin, end), (text, tag) = _range(span), self._written(span["words"])
        marks = {(start - begin, stop - begin) for start, stop in mentions if begin <= start and stop <= end}
        marks |= {
            (text.index(words), text.index(words) + len(words))
            for words in also
            if words in text and words != text
        }
        return Quotation(begin, end, cut(text, marks), tag, self.interface.written(text, tag).direction)

    # --- the facts of a thing, in order

    @cached_property
    def today(self) -> str:
        """The day of the newest article; pages have no other clock."""
        return next((_value(row.get("day")) for row in self.snapshot.once("latest.rq")), "")

    def sections(self, iri: str, facts: Sequence[Fact]) -> list[Section]:
        """The facts at whose ends a thing stands, by time and property."""
        named: dict[str, dict[tuple[bool, str], list[Fact]]] = {
            name: {} for name in ("now", "before", "planned", "denied")
        }
        for fact in facts:
            if self.is_quote(fact) or iri not in _ends(fact):
                continue
            is_inverse = fact.subject.iri != iri
            named[self._time(fact)].setdefault((is_inverse, fact.predicate.iri), []).append(fact)
        return [
            Section(
                name, tuple(self._group(is_inverse, same) for (is_inverse, _), same in sorted(groups.items()))
            )
            for name, groups in named.items()
            if groups
        ]

    def _time(self, fact: Fact) -> str:
        status = fact.status.iri.removeprefix(self.vocabulary)
        if status in ("planned", "denied"):
            return status
        # The day of a change (appointed, joined, handed over) is when a fact began, not how long it held.
        is_past = bool(fact.latest and self.today and fact.latest < self.today and not fact.change)
        is_over = status == "ended" or is_past
        return "before" if is_over else "now"

    def _group(self, is_inverse: bool, facts: Sequence[Fact]) -> Group:
        predicate = facts[0].predicate
        label = self.inverse(predicate) if is_inverse else predicate.name
        alike: dict[object, list[Fact]] = {}
        for fact in sorted(facts, key=lambda fact: (fact.earliest or "9", fact.iri)):
            value = fact.subject if is_inverse else fact.object
            alike.setdefault((value, fact.status, fact.period, fact.attributed_to, fact.change), []).append(
                fact
            )
        lines = (
            Line(same[0].subject if is_inverse else same[0].object, tuple(same)) for same in alike.values()
        )
        return Group(label, tuple(lines))

    def is_quote(self, fact: Fact) -> bool:
        """Whether its object is words that somebody said."""
        return isinstance(fact.object, Text) and fact.predicate.iri == f"{self.vocabulary}said"

    def elsewhere(self, iri: str, facts: Sequence[Fact]) -> list[Fact]:
        """The statements in which a thing takes part without standing at one of their ends."""
        return [fact for fact in facts if iri not in _ends(fact)]

    # --- the ontology

    def definitions(self) -> list[Definition]:
        """The terms of the ontology, classes first, each kind in the order of its names."""
        rows = self.snapshot.once("terms.rq")
        found = [self._definition(_value(row["term"]), _value(row["kind"])) for row in rows]
        return sorted(found, key=lambda term: (KINDS.index(term.kind), term.local_name))

    def _definition(self, iri: str, kind: str) -> Definition:
        rows = self.snapshot.select("term.rq", this=ox.NamedNode(iri))
        by_relation: dict[str, list[Term]] = {}
        for row in rows:
            by_relation.setdefault(_value(row["relation"]).rpartition("#")[2], []).append(row["value"])
        meanings = [self.interface.written(*self._written(term)) for term in by_relation.pop("comment", [])]
        links = {
            name: tuple(
                sorted((self.thing(term.value) for term in terms if isinstance(term, ox.NamedNode)), key=_iri)
            )
            for name, terms in sorted(by_relation.items())
        }
        thing = self.thing(iri)
        is_relation = kind.endswith("ObjectProperty")
        return Definition(
            thing=thing,
            local_name=iri.removeprefix(self.vocabulary),
            kind="classes" if kind.endswith("Class") else "properties" if "Property" in kind else "values",
            meaning=self.interface.best(meanings, self.language),
            relations=tuple((name, things) for name, things in links.items() if things),
            inverse=self.inverse(thing) if is_relation else None,
        )


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


def _ends(fact: Fact) -> set[str]:
    return {fact.subject.iri} | ({fact.object.iri} if isinstance(fact.object, Thing) else set())


def _iri(thing: Thing) -> str:
    return thing.iri


def _range(row: Row) -> tuple[int, int]:
    return int(_value(row["begin"])), int(_value(row["end"]))


def _value(term: Term | None) -> str:
    return "" if term is None else term.value
