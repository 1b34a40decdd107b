"""Where sources disagree: two answers that cannot both hold, one answer more exact than another, a denial.

Which properties have one answer only, and for what, the ontology says by kh:singleValuedPer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.publish.dataset import Row, Snapshot
from khabar.publish.interface import Text
from khabar.publish.views import Fact, Thing, View, value
from khabar.vocab import RDF

MOST_FACTS: Final = 3  # shown of one answer
KINDS: Final = ("contradiction", "denial", "refinement")  # texts of the interface, the gravest first


class Claim(NamedTuple):
    """What one statement says, as far as others may say otherwise."""

    statement: str
    article: str
    answer: str  # the part that should be settled: an IRI of ours, or a literal
    earliest: str  # of xsd:date, or ""
    latest: str


class Dispute(NamedTuple):
    """Statements of several articles that do not say the same."""

    kind: str
    about: str  # the IRI of the thing
    predicate: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the answers, and who gives it."""

    answer: Thing | Text
    facts: tuple[Fact, ...]  # the first few; never empty
    sources: int  # how many articles give it


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A question with several answers."""

    kind: str
    about: Thing
    question: Text  # the property, read from the thing asked about
    sides: tuple[Side, ...]  # the one with most sources first

    @property
    def name(self) -> str:
        """An identifier for links to it."""
        return self.sides[0].facts[0].iri.rpartition("/")[2]


@lru_cache(maxsize=2)  # a snapshot never changes; the one before may still be in use
def disputes(snapshot: Snapshot) -> tuple[Dispute, ...]:
    """All disputes of a snapshot, the gravest first."""
    per: defaultdict[str, set[str]] = defaultdict(set)
    for row in snapshot.select("single-valued.rq"):
        per[value(row["predicate"])].add(value(row["part"]))
    same = _same(snapshot)
    found = [*_denials(snapshot)]
    for predicate, parts in sorted(per.items()):
        by_thing: defaultdict[str, list[Claim]] = defaultdict(list)
        by_subject = str(RDF.subject) in parts
        for row in snapshot.select("claims.rq", predicate=ox.NamedNode(predicate)):
            thing, answer = value(row["subject"]), value(row["object"])
            if not by_subject:
                thing, answer = answer, same.get(thing, thing)
            times = value(row.get("earliest")), value(row.get("latest"))
            claim = Claim(value(row["statement"]), value(row["article"]), answer, *times)
            by_thing[same.get(thing, thing)].append(claim)
        for thing, claims in sorted(by_thing.items()):
            found += _settled_by_subject(thing, predicate, claims) if by_subject else []
            found += [] if by_subject else _settled_by_time(thing, predicate, claims)
    return tuple(sorted(found, key=lambda dispute: (KINDS.index(dispute.kind), dispute)))


def _same(snapshot: Snapshot) -> dict[str, str]:
    """The first IRI of each thing that has several: an IRI -> the first of those that mean the same."""
    first: dict[str, str] = {}

    def find(iri: str) -> str:
        while first.get(iri, iri) != iri:
            iri = first[iri]
        return iri

    for row in snapshot.select("same.rq"):
        one, other = sorted((find(value(row["one"])), find(value(row["other"]))))
        first[other] = one
    return {iri: find(iri) for iri in first}


def _settled_by_subject(thing: str, predicate: str, claims: Sequence[Claim]) -> Iterator[Dispute]:
    """A thing has one answer, a time: two that cannot both be meant contradict each other, others refine."""
    dated = [claim for claim in claims if claim.earliest and claim.latest]
    pairs = [pair for pair in combinations(dated, 2) if _is_between_sources(*pair)]
    if not pairs:
        return
    is_refined = all(_overlap(one, other) for one, other in pairs)
    kind = "refinement" if is_refined else "contradiction"
    yield Dispute(kind, thing, predicate, tuple(sorted(dated)))


def _settled_by_time(thing: str, predicate: str, claims: Sequence[Claim]) -> Iterator[Dispute]:
    """A thing has one answer at a time: other answers for the same days contradict it."""
    joined: dict[Claim, set[Claim]] = {}
    for pair in combinations([claim for claim in claims if claim.earliest and claim.latest], 2):
        if _is_between_sources(*pair) and _overlap(*pair):
            together = set().union(*(joined.get(claim, {claim}) for claim in pair))
            joined.update(dict.fromkeys(together, together))
    for together in {id(claims): claims for claims in joined.values()}.values():
        yield Dispute("contradiction", thing, predicate, tuple(sorted(together)))


def _denials(snapshot: Snapshot) -> Iterator[Dispute]:
    """What one source denies and another states, for the same time where both tell one."""
    sides: defaultdict[tuple[str, str, str], set[Claim]] = defaultdict(set)
    for row in snapshot.select("denials.rq"):
        denied, stated = (_claim_of(row, name) for name in ("denied", "stated"))
        if not (denied.earliest and stated.earliest) or _overlap(denied, stated):
            key = (value(row["subject"]), value(row["predicate"]), value(row["object"]))
            sides[key] |= {denied, stated}
    for (subject, predicate, _), claims in sides.items():
        yield Dispute("denial", subject, predicate, tuple(sorted(claims)))


def _claim_of(row: Row, name: str) -> Claim:
    times = (value(row.get(f"{name}{bound}")) for bound in ("Earliest", "Latest"))
    return Claim(value(row[name]), value(row[f"{name}In"]), name, *times)


def _is_between_sources(one: Claim, other: Claim) -> bool:
    return one.article != other.article and one.answer != other.answer


def _overlap(one: Claim, other: Claim) -> bool:
    return one.earliest <= other.latest and other.earliest <= one.latest


def disagreements(view: View, found: Iterable[Dispute]) -> Iterator[Disagreement]:
    """Disputes as a page shows them, with their facts and sentences."""
    for dispute in found:
        about, predicate = view.thing(dispute.about), view.thing(dispute.predicate)
        by_answer: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in dispute.claims:
            by_answer[claim.answer].append(claim)
        shown = {
            answer: tuple(view.facts_of(claim.statement for claim in claims[:MOST_FACTS]))
            for answer, claims in by_answer.items()
        }
        first = [facts[0] for facts in shown.values() if facts]
        is_subject = all(view.same(fact.subject.iri) == view.same(about.iri) for fact in first)
        sides = [
            Side(
                facts[0].object if is_subject else facts[0].subject,
                facts,
                len({claim.article for claim in by_answer[answer]}),
            )
            for answer, facts in shown.items()
            if facts
        ]
        question = predicate.name if is_subject else view.inverse(predicate)
        in_order = sorted(sides, key=lambda side: (-side.sources, side.facts[0].earliest, side.facts[0].iri))
        if len(in_order) > 1:
            yield Disagreement(dispute.kind, about, question, tuple(in_order))
