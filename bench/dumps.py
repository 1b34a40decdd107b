"""Dumps: our sorted N-Quads and Turtle against what rdflib writes of the same dataset."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox
from measure import Row, built, cpu, seconds, show, times
from rdflib import Dataset, Graph

from khabar.graph.folder import open_snapshot
from khabar.graph.serialise import dump
from khabar.knowledge import load
from khabar.vocab import DEFAULT_BASE

COPIES: Final = 4
RUNS: Final = 3


def dumped(snapshot: ox.Store, format: str) -> bytes:
    """What khabar writes."""
    stream = io.BytesIO()
    dump(snapshot, format, stream, DEFAULT_BASE)
    return stream.getvalue()


def compared(snapshot: ox.Store) -> Iterator[Row]:
    """A row for each format; what it takes to load the data into rdflib is not counted."""
    yield "", "triples", "khabar, sorted", "rdflib", "ratio"
    for format, data in (("nquads", Dataset(default_union=False)), ("turtle", Graph())):
        data.parse(data=dumped(snapshot, format), format=format)
        ours = cpu(lambda format=format: dumped(snapshot, format), RUNS)  # type: ignore[misc]
        peer = cpu(lambda f=format, data=data: data.serialize(format=f), RUNS)  # type: ignore[misc]
        number = sum(1 for _ in (data.quads() if isinstance(data, Dataset) else data))
        yield format, f"{number:,}", seconds(ours), seconds(peer), times(peer / ours)


def main() -> None:
    """Turtle is the default graph, N-Quads the named ones."""
    with built(load(), COPIES) as folder:
        show("Dumps of the same dataset, processor time", compared(open_snapshot(folder)))


if __name__ == "__main__":
    main()
