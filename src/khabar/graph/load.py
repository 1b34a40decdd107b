"""RDF from files and built folders, for validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph

from khabar.errors import KhabarError
from khabar.graph.folder import is_built, open_snapshot
from khabar.graph.terms import copied, from_ox, moved
from khabar.vocab import DEFAULT_BASE, RDF


def load_data(paths: Sequence[Path]) -> Graph:
    """All triples of files (by their extension) and of built folders, graphs merged; raises KhabarError."""
    data = Graph()
    for path in paths:
        for quad in open_snapshot(path) if is_built(path) else _parsed(path):
            data.add((from_ox(quad.subject), from_ox(quad.predicate), from_ox(quad.object)))
    return data


def _parsed(path: Path) -> Iterator[ox.Quad]:
    format_ = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
    if format_ is None:
        raise KhabarError(
            where=str(path),
            problem="is neither RDF by its name nor a folder that khabar has built",
            fix="name a file ending in .ttl, .nt, .nq, .trig, .jsonld or .rdf",
        )
    try:
        data = path.read_bytes()
        if not data.strip():
            raise KhabarError(where=str(path), problem="is empty", fix="name a file that holds triples")
        yield from ox.parse(data, format=format_)
    except OSError as error:
        raise KhabarError(
            where=str(path),
            problem=f"cannot be read: {error.strerror}",
            fix="check its name and permissions",
        ) from error
    except (SyntaxError, ValueError) as error:
        raise KhabarError(
            where=str(path), problem=f"is not {format_.name}: {error.args[0]}", fix="correct the file"
        ) from error


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
