"""What became different between two snapshots, as batches of SPARQL Update that may be sent twice.

A batch takes out and puts in triples that it names, and nothing else: no engine has to work anything out,
and to do it a second time changes nothing.  The same two snapshots give the same batches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from khabar.graph.checkpoint import is_shown

LARGEST: Final = 1 << 20  # characters of an update, about; a batch is as large as its profile says, or this

Graph = str  # an IRI, or "" for the default graph


@dataclass(frozen=True, slots=True)
class View:
    """What of a snapshot is to be in another store."""

    base: str
    with_texts: bool
    facts: Graph  # the graph that the triples of the default graph go into

    def graphs(self, store: ox.Store) -> dict[Graph, ox.NamedNode | ox.DefaultGraph]:
        """The graphs to be sent, by where they go, the default graph last."""
        named = (graph for graph in store.named_graphs() if isinstance(graph, ox.NamedNode))
        texts = self.with_texts
        shown = {g.value: g for g in named if is_shown(g.value, self.base, publish_text=texts)}
        return {**dict(sorted(shown.items())), self.facts: ox.DefaultGraph()}


@dataclass(frozen=True, slots=True)
class Change:
    """One triple, as it is written, that comes into a graph or goes out of it."""

    graph: Graph
    comes: bool
    triple: str


def changes(old: ox.Store | None, old_view: View, new: ox.Store | None, new_view: View) -> Iterator[Change]:
    """What is to be done to what is seen of OLD so that it becomes what is seen of NEW, graph by graph."""
    before = old_view.graphs(old) if old is not None else {}
    after = new_view.graphs(new) if new is not None else {}
    for graph in dict.fromkeys((*before, *after)):
        was = (old, before[graph]) if old is not None and graph in before else None
        is_ = (new, after[graph]) if new is not None and graph in after else None
        yield from _lacking(is_, was, graph, new_view.base, comes=True)
        yield from _lacking(was, is_, graph, old_view.base, comes=False)


Held = tuple[ox.Store, ox.NamedNode | ox.DefaultGraph]


def _lacking(
    here: Held | None, there: Held | None, graph: Graph, base: str, *, comes: bool
) -> Iterator[Change]:
    """The triples of one graph HERE that it has not THERE."""
    if here is None:
        return
    store, name = here
    for quad in store.quads_for_pattern(None, None, None, name):
        if there is None or ox.Quad(quad.subject, quad.predicate, quad.object, there[1]) not in there[0]:
            yield Change(graph, comes, _triple(quad, base))


def _triple(quad: ox.Quad, base: str) -> str:
    terms = (quad.subject, quad.predicate, quad.object)
    return " ".join(_skolem(term, base) if isinstance(term, ox.BlankNode) else str(term) for term in terms)


def _skolem(node: ox.BlankNode, base: str) -> str:
    """A name for a blank node, which no update could mean: https://www.w3.org/TR/rdf11-concepts/#section-skolemization"""
    return f"<{base}.well-known/genid/{node.value}>"


def batches(found: Iterable[Change], triples: int) -> Iterator[list[Change]]:
    """The changes, at most so many TRIPLES at a time."""
    batch: list[Change] = []
    size = 0
    for change in found:
        if batch and (len(batch) == triples or size + len(change.triple) > LARGEST):
            yield batch
            batch, size = [], 0
        batch.append(change)
        size += len(change.triple)
    if batch:
        yield batch


def as_update(batch: Iterable[Change]) -> str:
    """A batch as SPARQL Update: https://www.w3.org/TR/sparql11-update/#insertData

    What comes is put in before what goes is taken out, so that a reader in between misses nothing.
    """
    by_kind: dict[bool, defaultdict[Graph, list[str]]] = {True: defaultdict(list), False: defaultdict(list)}
    for change in batch:
        by_kind[change.comes][change.graph].append(f"{change.triple} .")
    parts = []
    for comes, graphs in by_kind.items():
        blocks = [
            "\n".join((f"GRAPH <{graph}> {{", *lines, "}") if graph else lines)
            for graph, lines in graphs.items()
        ]
        if blocks:
            parts.append(f"{'INSERT' if comes else 'DELETE'} DATA {{\n" + "\n".join(blocks) + "\n}")
    return " ;\n".join(parts)
