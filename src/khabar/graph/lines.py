"""The triples of a snapshot as sorted lines of N-Triples, in bounded memory however large a graph is.

The order is that of code points, which is that of the bytes of UTF-8.  A graph of one article is small
and is sorted as it is; a larger one goes through runs on disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from heapq import merge
from io import BytesIO
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO, Final

import pyoxigraph as ox

from khabar.graph.checkpoint import is_shown
from khabar.vocab import ONTOLEX, RDFS, RESERVED_KEYS, SKOS

Batch = list[str]  # sorted lines without their newline; all lines of a subject are in one batch

RUN: Final = 4 * 2**20  # bytes that are sorted in memory at a time
BATCH: Final = 10_000  # lines
NO_QUOTATION: Final = tuple(f"<{space}" for space in (RDFS, SKOS, ONTOLEX))
QUOTED: Final = re.compile(r'(\S+ \S+ ")(.*)("@\S+ \.)', re.DOTALL)


def graphs(
    snapshot: ox.Store, base: str, *, publish_text: bool = False, limit: int | None = None
) -> Iterator[tuple[str, Iterator[Batch]]]:
    """The published named graphs in the order of their IRIs, each with its triples.

    Words are cut to LIMIT code points, as by shortened.
    """
    named = {graph.value for graph in snapshot.named_graphs() if isinstance(graph, ox.NamedNode)}
    for graph in sorted(named):
        if is_article_graph(graph, base):
            yield graph, _article(snapshot, graph, limit)
        elif is_shown(graph, base, publish_text=publish_text):
            yield graph, batches(snapshot, ox.NamedNode(graph), limit)


def is_article_graph(graph: str, base: str) -> bool:
    """Whether a graph holds what one article states."""
    key = graph.removeprefix(f"{base}graph/")
    return key != graph and key not in RESERVED_KEYS and "/" not in key


def batches(
    snapshot: ox.Store, graph: ox.NamedNode | ox.DefaultGraph, limit: int | None = None
) -> Iterator[Batch]:
    """The triples of one graph in their order, their words cut to LIMIT code points."""
    with TemporaryDirectory(prefix="khabar-") as scratch:
        path = Path(scratch) / "graph.nt"
        snapshot.dump(str(path), ox.RdfFormat.N_TRIPLES, from_graph=graph)
        with path.open("rb") as stream:
            for batch in cut(sorted_lines(stream)):
                yield shortened(batch, limit)


def _article(snapshot: ox.Store, graph: str, limit: int | None) -> Iterator[Batch]:
    """The graph of an article, which is small: as one batch, without a file."""
    data = snapshot.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)) or b""
    # Not splitlines(): a literal may hold U+2028, which Python takes for the end of a line.
    lines = sorted(data.decode().split("\n"))[1:]  # what follows the last newline is empty, and sorts first
    yield shortened(lines, limit)


def sorted_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream, each with its newline, in the order of their bytes."""
    first = stream.readlines(RUN)
    first.sort()
    with ExitStack() as stack:
        runs: list[BinaryIO] = []
        while more := stream.readlines(RUN):
            more.sort()
            runs.append(_run(stack, more))
        if not runs:
            yield from first
            return
        runs.append(_run(stack, first))
        del first
        yield from merge(*runs)


def _run(stack: ExitStack, lines: list[bytes]) -> BinaryIO:
    run = stack.enter_context(TemporaryFile())  # noqa: SIM115
    run.writelines(lines)
    run.seek(0)
    return run


class Sorter:
    """Lines that come in any order and leave sorted, each once; what is many of them waits on disk."""

    def __init__(self) -> None:
        self._stream: BinaryIO = TemporaryFile()  # noqa: SIM115  closed when the lines have left

    def add(self, lines: Iterable[str]) -> None:
        """Take LINES in, none of which holds a newline."""
        self._stream.write("".join(f"{line}\n" for line in lines).encode())

    def batches(self) -> Iterator[Batch]:
        """All lines in their order, once."""
        with self._stream as stream:
            stream.seek(0)
            yield from cut(line for line, _ in groupby(sorted_lines(stream)))


def cut(lines: Iterable[bytes]) -> Iterator[Batch]:
    """Batches of lines, none of which ends within a subject."""
    batch: list[bytes] = []
    subject = b""
    for line in lines:
        if len(batch) >= BATCH and not line.startswith(subject):
            yield decoded(batch)
            batch = []
        batch.append(line)
        if len(batch) == BATCH:
            subject = line[: line.index(b" ") + 1]
    if batch:
        yield decoded(batch)


def decoded(lines: Iterable[bytes]) -> Batch:
    """Lines of bytes, each with its newline, as strings without."""
    return b"".join(lines).decode().split("\n")[:-1]


def shortened(batch: Batch, limit: int | None) -> Batch:
    """BATCH with the words of every literal in a language cut to LIMIT code points, if there is one.

    Names and comments are no quotations and stay as they are.
    """
    if limit is None or all(len(line) <= limit for line in batch):
        return batch
    return sorted({_shortened(line, limit) for line in batch})


def _shortened(line: str, limit: int) -> str:
    if len(line) <= limit or (match := QUOTED.fullmatch(line)) is None or len(match[2]) <= limit:
        return line
    if match[1].partition(" ")[2].startswith(NO_QUOTATION):
        return line
    words = next(ox.parse(BytesIO(line.encode()), format=ox.RdfFormat.N_TRIPLES)).object.value
    if len(words) <= limit:  # its escapes made it look longer
        return line
    kept = words[: limit - 1]
    kept = kept[: kept.rfind(" ")] if " " in kept else kept
    text = str(ox.Literal(kept.rstrip() + "…"))
    return f"{match[1][:-1]}{text}{match[3][1:]}"
