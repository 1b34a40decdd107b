"""Facts as JSON lines: what one article states, flat, in the shape of the gold files.

Which facts make a line, and what each slot shows, is said in ontology/records.ttl; docs/jsonl.md
shows the result, and ontology/facts.schema.json checks it.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from rdflib import Literal, URIRef

from khabar.knowledge.records import REC, Path_, Record, Records, Slot, Step
from khabar.model import Entity, Fact, Mention, Period, Reading, Span
from khabar.vocab import KH, RDF

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]
Line = dict[str, JSON]
Node = Fact | Period | URIRef | Literal

END: Final = "_end"  # what the last day or year of an interval adds to the key of the first


def lines(reading: Reading, records: Records) -> list[Line]:
    """The lines of one article, in the order in which it states them.

    Offsets are half-open ranges of code points in Article.text.  IRIs are under the default base.
    """
    view = _View(reading, records)
    drafts = [draft for record in records.records for draft in view.drafts(record)]
    return [view.line(draft) for draft in sorted(drafts, key=lambda draft: view.order[id(draft.facts[0])])]


class _Reached(NamedTuple):
    """Where a path has led, and the facts it went along."""

    node: Node
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line before it is written: what it is about, and the facts that make it."""

    record: Record
    root: Node  # the fact, or the thing that gathers facts
    facts: tuple[Fact, ...]  # those without which there is no line; never empty, in reading order
    status: URIRef  # the firmest of their statuses


class _Named:
    """An entity, with its mentions indexed by place: an article may name it thousands of times."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.surfaces = list(dict.fromkeys(mention.surface for mention in entity.mentions))
        self._starts = [mention.span.start for mention in entity.mentions]
        self._ranks = {str(name): rank for rank, name in reversed(list(enumerate(entity.labels)))}

    def mention(self, evidence: Sequence[Span]) -> Mention:
        """The best name inside the evidence; where that has only a pronoun, the last one before it."""
        mentions = self.entity.mentions
        for span in evidence:
            near = mentions[bisect_left(self._starts, span.start) : bisect_left(self._starts, span.end)]
            inside = [mention for mention in near if span.covers(mention.span)]
            if inside:
                return max(inside, key=self._worth)
        start = min((span.start for span in evidence), default=0)
        return mentions[max(bisect_left(self._starts, start) - 1, 0)]

    def _worth(self, mention: Mention) -> tuple[bool, int, int]:
        """A name before the office that stands for its holder, the usual name before others, a long one."""
        return (
            mention.type == self.entity.type,
            -self._ranks.get(mention.surface, len(self._ranks)),
            len(mention.surface),
        )


class _View:
    """One reading, indexed so that paths can be followed through it."""

    def __init__(self, reading: Reading, records: Records) -> None:
        self.reading = reading
        self.records = records
        self.order = {id(fact): number for number, fact in enumerate(reading.facts)}
        self.named = {entity.iri: _Named(entity) for entity in reading.entities}
        self.forward: defaultdict[tuple[Node, URIRef], list[Fact]] = defaultdict(list)
        self.backward: defaultdict[tuple[Node, URIRef], list[Fact]] = defaultdict(list)
        for fact in reading.facts:
            self.forward[fact.subject, fact.predicate].append(fact)
            self.backward[fact.object, fact.predicate].append(fact)

    # --- which lines there are

    def drafts(self, record: Record) -> Iterator[_Draft]:
        """The lines that RECORD makes of the reading."""
        if record.gathers:
            yield from self._gathered(record)
            return
        for fact in self.reading.facts:
            if fact.predicate == record.states and self._wanted(record, fact):
                yield _Draft(record, fact, (fact,), fact.status)

    def _gathered(self, record: Record) -> Iterator[_Draft]:
        for entity in self.reading.entities:
            if entity.type not in record.gathers:
                continue
            reached = self.follow(entity.iri, record.path, floor=0)
            facts = {self.order[id(fact)]: fact for _, along in reached for fact in along}
            if facts:
                ordered = [fact for _, fact in sorted(facts.items())]
                status = max((fact.status for fact in ordered), key=self._firmness)
                firm = [f for f in ordered if self._firmness(f.status) >= self._firmness(status)]
                yield _Draft(record, entity.iri, tuple(firm), status)

    def _wanted(self, record: Record, fact: Fact) -> bool:
        floor = self._firmness(fact.status)
        required = record.requires is None or self._holds(fact, record.requires, floor)
        return required and not (record.unless is not None and self._holds(fact, record.unless, floor))

    def _holds(self, node: Node, path: Path_, floor: int) -> bool:
        """Whether PATH leads from NODE to anything other than false."""
        reached = self.follow(node, path, floor)
        return any(not isinstance(value, Literal) or value.value is not False for value, _ in reached)

    def _firmness(self, status: URIRef) -> int:
        return self.records.firmness[status]

    # --- paths

    def follow(self, node: Node, path: Path_, floor: int) -> Iterator[_Reached]:
        """Where PATH leads from NODE, along facts whose status is claimed at least as firmly as FLOOR."""
        for sequence in path:
            reached: Iterable[_Reached] = [_Reached(node, ())]
            for step in sequence:
                reached = [
                    _Reached(after, (*before.facts, *facts))
                    for before in reached
                    for after, facts in self._step(before.node, step, floor)
                ]
            yield from reached

    def _step(self, node: Node, step: Step, floor: int) -> Iterator[_Reached]:
        if isinstance(node, Fact):
            yield from (_Reached(value, ()) for value in _parts(node, step.predicate))
            return
        index = self.backward if step.inverse else self.forward
        for fact in index.get((node, step.predicate), ()):
            if self._firmness(fact.status) < floor:
                continue
            if step.statements:
                yield _Reached(fact, (fact,))
            elif step.inverse:
                yield _Reached(fact.subject, (fact,))
            else:
                # "The forum is held on 2 and 3 May": the period knows both days, the literal one.
                timed = isinstance(fact.object, Literal) and fact.when is not None
                yield _Reached(fact.when if timed and fact.when else fact.object, (fact,))

    # --- what a line shows

    def line(self, draft: _Draft) -> Line:
        """DRAFT, written out."""
        first = draft.facts[0]
        values, used = self._slots(draft)
        facts = list({id(fact): fact for fact in (*draft.facts, *used)}.values())
        return {
            "article": self.reading.article.key,
            "type": draft.record.type,
            **values,
            "evidence": [self._passage(span) for span in _outermost(s for f in facts for s in f.evidence)],
            "status": _local(draft.status),
            "kind": next((_local(v) for p, v in first.qualifiers if p == KH.change), None),
            "attributed_to": self._entity(first.attributed_to, first.evidence),
            "property": str(first.predicate),
            "confidence": min(fact.confidence for fact in facts),
            "rule": str(first.frame),
        }

    def _slots(self, draft: _Draft) -> tuple[Line, list[Fact]]:
        """The slots of the line, and the facts along which their values were found."""
        floor = self._firmness(draft.status)
        evidence = tuple(span for fact in draft.facts for span in fact.evidence)
        values: Line = {}
        used: list[Fact] = []
        for slot in draft.record.slots:
            reached = self._values(draft.root, slot, floor)
            spans = (*evidence, *(span for r in reached for f in r.facts for span in f.evidence))
            values.update(self._shown(slot, [r.node for r in reached], spans))
            used += [fact for r in reached for fact in r.facts]
        return values, used

    def _values(self, root: Node, slot: Slot, floor: int) -> list[_Reached]:
        if slot.shows == REC.nothing or (slot.requires and not self._holds(root, slot.requires, floor)):
            return []
        # An entity may be reached along two facts, and is still one participant.
        distinct = {r.node: r for r in reversed(list(self.follow(root, slot.path, floor)))}
        found = list(reversed(distinct.values()))
        return found if slot.shows == REC.entities else found[:1]

    def _shown(self, slot: Slot, nodes: list[Node], evidence: tuple[Span, ...]) -> Line:
        if slot.shows == REC.entities:
            return {slot.key: [self._entity(node, evidence) for node in nodes if isinstance(node, URIRef)]}
        node = nodes[0] if nodes else None
        if slot.shows == REC.date:
            first, last = _days(node)
            return {slot.key: first, slot.key + END: last}
        if slot.shows == REC.year:
            start, end = _years(node)
            return {slot.key: start, slot.key + END: end}
        shown: Mapping[URIRef, Callable[[Node | None, tuple[Span, ...]], JSON]] = {
            REC.entity: self._entity,
            REC.words: self._words,
            REC.gloss: self._gloss,
        }
        return {slot.key: shown[slot.shows](node, evidence) if slot.shows in shown else None}

    def _entity(self, node: Node | None, evidence: tuple[Span, ...]) -> JSON:
        if not isinstance(node, URIRef):
            return None
        named = self.named[node]
        entity, chosen = named.entity, named.mention(evidence)
        return {
            "text": chosen.surface,
            "start": chosen.span.start,
            "end": chosen.span.end,
            "type": self.records.type_name(entity.type),
            "iri": str(entity.iri),
            "mentions": [surface for surface in named.surfaces if surface != chosen.surface],
            self.records.gloss_language: self._gloss(node, evidence),
        }

    def _words(self, node: Node | None, evidence: tuple[Span, ...]) -> JSON:
        if isinstance(node, URIRef):
            return self.named[node].mention(evidence).surface
        return str(node) if isinstance(node, Literal) else None

    def _gloss(self, node: Node | None, evidence: tuple[Span, ...]) -> JSON:
        if not isinstance(node, URIRef) or not self.named[node].entity.curated:
            return None
        language = self.records.gloss_language
        return next((str(n) for n in self.named[node].entity.labels if n.language == language), None)

    def _passage(self, span: Span) -> JSON:
        text = self.reading.article.text[span.start : span.end]
        return {"text": text, "start": span.start, "end": span.end}


def _parts(fact: Fact, predicate: URIRef) -> Iterator[Node]:
    """The values of one property of the statement that FACT is."""
    if predicate == RDF.subject:
        yield fact.subject
    elif predicate == RDF.object:
        yield fact.object
    elif predicate == KH.when:
        if fact.when is not None:
            yield fact.when
    else:
        yield from (value for name, value in fact.qualifiers if name == predicate)


def _local(iri: URIRef | Literal) -> str:
    return iri.rpartition("#")[2]


def _outermost(spans: Iterable[Span]) -> Iterator[Span]:
    """SPANS in reading order, without those that lie inside another one."""
    end = 0
    for span in sorted(set(spans), key=lambda span: (span.start, -span.end)):
        if span.end > end:
            yield span
            end = span.end


# --- time


def _days(node: Node | None) -> tuple[str | None, str | None]:
    """A time as ISO dates, partial if the article is: its first, and its last where it is an interval."""
    if isinstance(node, Literal):
        return str(node), None
    if not isinstance(node, Period):
        return None, None
    if node.when is not None:
        return str(node.when), None
    return _interval(node.earliest, node.latest)


def _interval(first: date | None, last: date | None) -> tuple[str | None, str | None]:
    if first is None or last is None:
        return first.isoformat() if first else None, last.isoformat() if last else None
    start, end = first.isoformat(), last.isoformat()
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        start, end = start[:4], end[:4]
    elif first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        start, end = start[:7], end[:7]
    return start, end if end != start else None


def _years(node: Node | None) -> tuple[int | None, int | None]:
    """A time in whole years: its first, and its last where that is another."""
    first, last = _days(node)
    start, end = int(first[:4]) if first else None, int(last[:4]) if last else None
    return start, end if end != start else None
