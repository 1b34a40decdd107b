"""RDF from files and built folders, for validation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rdflib import Graph

from khabar.graph.checkpoint import BOOKS
from khabar.graph.documents import open_document
from khabar.graph.folder import is_built, open_snapshot
from khabar.graph.terms import copied, from_ox, moved
from khabar.vocab import DEFAULT_BASE, RDF


def load_data(paths: Sequence[Path]) -> Graph:
    """All triples of files (by their extension) and of built folders, graphs merged; raises KhabarError."""
    data = Graph()
    for path in paths:
        for quad in open_snapshot(path) if is_built(path) else open_document(path).quads():
            if quad.graph_name != BOOKS:
                data.add((from_ox(quad.subject), from_ox(quad.predicate), from_ox(quad.object)))
    return data


def base_of(data: Graph) -> str:
    """The base that DATA of ours was built with; the default one where nothing tells."""
    for cls in sorted(map(str, set(data.objects(None, RDF.type)))):
        if cls.endswith(("/ont#Statement", "/ont#Article")):
            return cls.rpartition("ont#")[0]
    return DEFAULT_BASE


def moved_graph(graph: Graph, base: str) -> Graph:
    """A graph under the default base, such as the ontology, under another."""
    if base == DEFAULT_BASE:
        return graph
    return copied(tuple(moved(term, base) for term in triple) for triple in graph)  # type: ignore[arg-type, misc]
