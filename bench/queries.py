"""Queries: three that the site asks, on the snapshot by pyoxigraph, and on the same triples by rdflib."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox
from measure import Row, built, cpu, seconds, show, times
from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from khabar.graph.folder import open_snapshot
from khabar.graph.terms import from_ox
from khabar.knowledge import load
from khabar.publish.dataset import query_text
from khabar.vocab import DEFAULT_BASE

COPIES: Final = 12
RUNS: Final = 3
QUERIES: Final = ("questions/chairs.rq", "questions/posts.rq", "questions/disputed.rq")
Rows = Counter[tuple[str | None, ...]]


def by_pyoxigraph(snapshot: ox.Store, query: str) -> Rows:
    """The solutions; the query is parsed each time, as on the site."""
    found = snapshot.query(query, base_iri=DEFAULT_BASE)
    assert isinstance(found, ox.QuerySolutions)
    return Counter(tuple(None if t is None else str(from_ox(t)) for t in solution) for solution in found)


def by_rdflib(graph: Graph, query: Query) -> Rows:
    """The solutions; the query was parsed before."""
    return Counter(tuple(None if t is None else str(t) for t in row) for row in graph.query(query))  # type: ignore[union-attr]


def compared(snapshot: ox.Store) -> Iterator[Row]:
    """A row for each query: the same solutions, once each way."""
    graph = Graph()
    for quad in snapshot.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        graph.add((from_ox(quad.subject), from_ox(quad.predicate), from_ox(quad.object)))
    yield "", "rows", "pyoxigraph", "rdflib", "ratio"
    for name in QUERIES:
        text = query_text(name).replace("LIMIT 100", "")  # which solutions are the first hundred may differ
        query = prepareQuery(text, base=DEFAULT_BASE)
        rows = by_pyoxigraph(snapshot, text)
        if rows != by_rdflib(graph, query):
            raise SystemExit(f"queries: pyoxigraph and rdflib do not agree on {name}")
        ours = cpu(lambda text=text: by_pyoxigraph(snapshot, text), RUNS)  # type: ignore[misc]
        peer = cpu(lambda query=query: by_rdflib(graph, query), RUNS)  # type: ignore[misc]
        yield name, str(rows.total()), seconds(ours), seconds(peer), times(peer / ours)


def main() -> None:
    """The snapshot is on disk; rdflib has the same triples in memory."""
    with built(load(), COPIES) as folder:
        show("Queries of the site, processor time", compared(open_snapshot(folder)))


if __name__ == "__main__":
    main()
