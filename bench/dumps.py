"""Dumps: all files of a million quads against what pyoxigraph writes once, and rdflib beside our writers."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyoxigraph as ox
from measure import Row, built, cpu, seconds, show, times
from rdflib import Dataset, Graph

from khabar.dumps.manifest import read
from khabar.dumps.packing import BLOCK, Content, unpacked
from khabar.graph import folder as folders
from khabar.graph.folder import FORMAT, describe, open_snapshot
from khabar.graph.lines import graphs, is_article_graph
from khabar.graph.serialise import dump, nquads
from khabar.knowledge import load
from khabar.vocab import DEFAULT_BASE

COPIES: Final = 4
RUNS: Final = 3
QUADS: Final = 1_000_000
AT_ONCE: Final = 20  # copies that are loaded in one go


def dumped(snapshot: ox.Store, format: str) -> bytes:
    """What khabar writes."""
    stream = io.BytesIO()
    dump(snapshot, format, stream, DEFAULT_BASE)
    return stream.getvalue()


def compared(snapshot: ox.Store) -> Iterator[Row]:
    """A row for each format; what it takes to load the data into rdflib is not counted."""
    yield "", "triples", "khabar, sorted", "rdflib", "ratio"
    for format, data in (("nquads", Dataset(default_union=False)), ("trig", Dataset()), ("turtle", Graph())):
        data.parse(data=dumped(snapshot, format), format=format)
        ours = cpu(lambda format=format: dumped(snapshot, format), RUNS)  # type: ignore[misc]
        peer = cpu(lambda f=format, data=data: data.serialize(format=f), RUNS)  # type: ignore[misc]
        number = sum(1 for _ in (data.quads() if isinstance(data, Dataset) else data))
        yield format, f"{number:,}", seconds(ours), seconds(peer), times(peer / ours)


# --- a large graph


def multiplied(graph: Path, target: Path) -> int:
    """Write a built folder into TARGET that holds the articles of GRAPH many times; returns its quads.

    Copies have keys, statements and unknown things of their own, with their names; known things they share.
    """
    snapshot, base = open_snapshot(graph), describe(graph).base
    parts = {name: "".join(nquads(b, name) for b in found) for name, found in graphs(snapshot, base)}
    once = "".join(text for name, text in parts.items() if not is_article_graph(name, base))
    keys = sorted(name.rpartition("/")[2] for name in parts if is_article_graph(name, base))
    own = tuple(f"<{base}{kind}" for kind in ("article/", "id/x-"))
    articles = "".join(
        line
        for name, text in parts.items()
        for line in text.splitlines(keepends=True)
        if is_article_graph(name, base) or line.startswith(own)
    )
    copies = (QUADS - once.count("\n")) // articles.count("\n") + 1
    target.mkdir()
    (target / "snapshots").mkdir()
    store = ox.Store(str(target / "store"))
    store.bulk_load(_with_default(once), ox.RdfFormat.N_QUADS)
    for start in range(0, copies, AT_ONCE):
        some = "".join(_copy(articles, keys, n) for n in range(start, min(copies, start + AT_ONCE)))
        store.bulk_load(_with_default(some), ox.RdfFormat.N_QUADS)
    store.backup(str(target / "snapshots" / "1"))
    folders.show(target, 1)
    described = {"format": FORMAT, "base": base, "dataset": f"{base}dataset"}
    (target / "khabar.json").write_text(json.dumps(described))
    return once.count("\n") + copies * articles.count("\n")


def _copy(text: str, keys: list[str], number: int) -> str:
    for key in keys:
        text = text.replace(f"/{key}", f"/{key}-{number}")
    return re.sub(r"(/id/[sx]-[a-z2-7]{12})[a-z2-7]{4}>", rf"\g<1>{number:04d}>", text)


def _with_default(text: str) -> str:
    return text + re.sub(r" <[^<>]*> \.\n", " .\n", text)


def once(snapshot: ox.Store) -> None:
    """What pyoxigraph does to write the named graphs once, neither sorted nor packed."""
    for graph in snapshot.named_graphs():
        snapshot.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)


# A process of its own in between: a child's memory is first counted as that of the process it was made from.
LAUNCH: Final = """
import os, subprocess, sys
running = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(running.pid, 0)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def publishing(graph: Path, version: str, *options: str) -> tuple[float, float]:
    """The processor time of khabar publish in seconds, and its memory in MB."""
    command = [sys.executable, "-m", "khabar", "publish", str(graph), "--as", version, *options]
    launched = subprocess.run([sys.executable, "-c", LAUNCH, *command], check=True, capture_output=True)
    status, taken, memory = map(float, launched.stdout.split())
    if status:
        raise RuntimeError("khabar publish failed")
    return taken, memory


def packing(version: Path, scratch: Path) -> None:
    """Pack again what is packed in a version and its feed, as it was."""
    contents: dict[str, tuple[str | None, ...]] = {}
    for file in read(version).files:
        contents[file.content] = (*contents.get(file.content, ()), file.encoding)
    for name, encodings in contents.items():
        if encodings != (None,):
            _repack(version / f"{name}.gz", scratch, name, encodings)
    for page in (version / "feed").glob("*.gz"):
        _repack(page, scratch, page.stem, ("gzip",))


def _repack(path: Path, scratch: Path, name: str, encodings: tuple[str | None, ...]) -> None:
    with unpacked(path) as stream, Content(scratch, name, "", "", encodings) as content:
        while block := stream.read(BLOCK):
            content.write_bytes(block)


def files(graph: Path, number: int) -> Iterator[Row]:
    """All files of one graph; the time to pack them is taken by packing them once more."""
    yield f"{number:,} quads", "time", "of it packing", "the rest, ratio", "memory"
    snapshot = open_snapshot(graph)
    base = cpu(lambda: once(snapshot), RUNS)
    yield "pyoxigraph, N-Quads once", seconds(base), "", "1.0×", ""
    cases = (("khabar publish --no-views", ("--no-views",)), ("khabar publish", ()))
    for day, (name, options) in enumerate(cases, 1):
        version = f"2026.01.{day:02d}"
        taken, memory = publishing(graph, version, "--keep", "1", *options)
        with TemporaryDirectory(prefix="khabar-") as scratch:
            packed = cpu(lambda v=version: packing(graph / "dumps" / v, Path(scratch)), 1)  # type: ignore[misc]  # noqa: B023
        rest = times((taken - packed) / base)
        yield name, seconds(taken), seconds(packed), rest, f"{memory:.0f} MB"


def main() -> None:
    """Turtle is the default graph, N-Quads and TriG the named ones."""
    with built(load(), COPIES) as folder:
        show("Dumps of the same dataset, processor time", compared(open_snapshot(folder)))
        large = folder.with_name("large")
        number = multiplied(folder, large)
        show("All files of a version, processor time", files(large, number))


if __name__ == "__main__":
    main()
