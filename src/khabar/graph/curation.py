"""What named people have decided: two things are one, or are not; a statement is right, or is not.

Decisions are a graph of their own, which builds leave alone.  A later decision on the same takes the
place of the earlier.  A refuted statement stays, with its evidence; only its plain triple goes, unless
another statement of the article asserts it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rdflib import Literal, URIRef

from khabar.errors import KhabarError
from khabar.graph.entities import ENTITIES
from khabar.graph.folder import describe
from khabar.graph.store import Store
from khabar.model import Quad
from khabar.vocab import BASE, KH, OWL, RDF, digest

CURATION: Final = BASE["graph/curation"]
OF_TWO: Final = {KH.same: OWL.sameAs, KH.different: OWL.differentFrom}


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; IRIs are under the default base, as everywhere inside the program."""

    verdict: URIRef  # a kh:Verdict
    concerns: tuple[URIRef, ...]  # one statement, or two things
    by: str
    reason: str

    @property
    def iri(self) -> URIRef:
        """Made of what it concerns: there is one decision on each question."""
        return BASE[f"id/d-{digest(*sorted(self.concerns))}"]

    def quads(self) -> Iterator[Quad]:
        """The decision, and what it says of two things in terms of OWL."""
        yield Quad(self.iri, RDF.type, KH.Decision, CURATION)
        yield from (Quad(self.iri, KH.concerns, concerned, CURATION) for concerned in self.concerns)
        yield Quad(self.iri, KH.verdict, self.verdict, CURATION)
        yield Quad(self.iri, KH.decidedBy, Literal(self.by), CURATION)
        yield Quad(self.iri, KH.reason, Literal(self.reason), CURATION)
        if self.verdict in OF_TWO:
            one, other = sorted(self.concerns)
            yield Quad(one, OF_TWO[self.verdict], other, CURATION)


def decide(folder: Path, decision: Decision) -> int:
    """Write DECISION into a built FOLDER and publish it; returns the number of the snapshot.

    Raises KhabarError if what it concerns is not in the graph, or is of the wrong kind.
    """
    with Store.open(folder, describe(folder).base) as store:
        _check(store, decision)
        held = list(store.quads(CURATION))
        before = [q for q in held if q.subject == decision.iri or _is_of_two(q, decision)]
        before += [
            q for q in store.quads(ENTITIES) if _is_of_two(q, decision)
        ]  # which khabar linked by itself
        plain = _plain(store, decision)
        gone = plain if decision.verdict == KH.refuted else []
        come = plain if decision.verdict == KH.confirmed else []
        store.change([*before, *gone], [*decision.quads(), *come])
        return store.publish()


def without_refuted(quads: Iterable[Quad], refuted: frozenset[URIRef]) -> tuple[Quad, ...]:
    """The QUADS of an article without the plain triples of REFUTED statements."""
    quads = tuple(quads)
    if not refuted:
        return quads
    plain = [(_triple(quads, s), s in refuted) for s in _asserted(quads)]
    kept = {triple for triple, is_refuted in plain if not is_refuted}
    gone = {triple for triple, is_refuted in plain if is_refuted} - kept
    return tuple(quad for quad in quads if quad[:3] not in gone)


def refuted(store: Store) -> frozenset[URIRef]:
    """The statements that somebody has refuted."""
    held = list(store.quads(CURATION))
    decisions = {q.subject for q in held if q[1:3] == (KH.verdict, KH.refuted)}
    return frozenset(URIRef(q.object) for q in held if q.subject in decisions and q.predicate == KH.concerns)


def _plain(store: Store, decision: Decision) -> list[Quad]:
    """The plain triple of the statement that a decision concerns, as far as it alone asserts it."""
    if decision.verdict in OF_TWO:
        return []
    (statement,) = decision.concerns
    graph = store.graph_of(statement)
    if graph is None:
        return []
    quads = list(store.quads(graph))
    asserted = _asserted(quads)
    if statement not in asserted:
        return []
    triple = _triple(quads, statement)
    others = asserted - refuted(store) - {statement}
    return [] if any(_triple(quads, o) == triple for o in others) else [Quad(*triple, graph)]


def _asserted(quads: Iterable[Quad]) -> set[URIRef]:
    return {q.subject for q in quads if q[1:3] == (KH.status, KH.asserted)}


def _triple(quads: Iterable[Quad], statement: URIRef) -> tuple[URIRef, URIRef, URIRef | Literal]:
    said = {q.predicate: q.object for q in quads if q.subject == statement}
    return URIRef(said[RDF.subject]), URIRef(said[RDF.predicate]), said[RDF.object]


def _is_of_two(quad: Quad, decision: Decision) -> bool:
    return quad.predicate in OF_TWO.values() and {quad.subject, quad.object} == set(decision.concerns)


def _check(store: Store, decision: Decision) -> None:
    for concerned in decision.concerns:
        classes = store.classes(concerned)
        if not classes:
            problem, fix = "is not in this graph", "give the IRI as khabar merges or a query shows it"
        elif (KH.Statement in classes) == (decision.verdict in OF_TWO):
            kind = "a thing" if decision.verdict in OF_TWO else "a statement"
            problem, fix = f"is no {kind[2:]} that could be decided so", f"give {kind}"
        else:
            continue
        raise KhabarError(where=str(concerned), problem=problem, fix=fix)
