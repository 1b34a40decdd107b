"""Validation: files of articles against pyshacl on one graph, growth, memory, one article of ten thousand.

The articles are made up (planted.py), one file each, every twentieth with errors.  Each figure is of a whole
process.  pyshacl takes minutes for what takes us a second, and more than in proportion to the triples, so it
is measured on a small graph; what it would take for a large one is reckoned in proportion, in its favour.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import pyoxigraph as ox
from measure import Row, seconds, show, times
from planted import article, faulty

from khabar.graph import folder as folders
from khabar.resources import folder
from khabar.vocab import DEFAULT_BASE

SMALL: Final = 2_000  # triples that pyshacl is given
LARGE: Final = (100_000, 200_000, 500_000)
ARTICLES: Final = 10_000  # of the graph in which one is checked again
EACH: Final = 62  # triples of an article, about
ALONE: Final = """
import glob, json, sys
import pyshacl, rdflib
rdflib.NORMALIZE_LITERALS = False  # as the files write them
data = rdflib.Graph()
for file in glob.glob(sys.argv[1] + "/*.ttl"):
    data.parse(file)
shapes = rdflib.Graph()
for file in glob.glob(sys.argv[2] + "/*.ttl"):
    shapes.parse(file)
_, report, _ = pyshacl.validate(data, shacl_graph=shapes, ont_graph=rdflib.Graph().parse(sys.argv[3]))
SH = rdflib.SH
parts = (SH.focusNode, SH.value, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity)
told = []
for result in report.objects(None, SH.result):
    values = [report.value(result, part) for part in parts]
    told.append(["" if value is None else str(value) for value in values])
print(json.dumps(sorted(told)))
"""


class Run(NamedTuple):
    """What one process took, and what it said."""

    cpu: float  # seconds of processor time, its children's included
    memory: int  # bytes, at most
    said: str


def run(*command: str) -> Run:
    """Run a command to its end."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"validation: {command} ended with {process.returncode}")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, said)


def made(path: Path, triples: int) -> str:
    """A folder of articles with about so many TRIPLES."""
    path.mkdir()
    for n in range(triples // EACH):
        text = (article(n) if n % 20 else faulty(n)).turtle()[0]
        (path / f"{n:06}.ttl").write_text(text, encoding="utf-8")
    return str(path)


def ours(*arguments: str) -> Run:
    """khabar validate, as a process."""
    return run(sys.executable, "-m", "khabar", "validate", "--format", "json", *arguments)


def results(said: str) -> list[list[str]]:
    """The results in a report of ours, as ALONE tells them."""
    told = []
    for result in json.loads(said)["results"]:
        terms = (result["focus"], result["value"], result["shape"])
        values = ["" if term is None else term["value"] for term in terms]
        told.append([*values, result["component"], result["severity"]])
    return sorted(told)


def built(path: Path) -> str:
    """A graph as khabar build leaves it, of ARTICLES articles; the last one has an error."""
    (path / "snapshots").mkdir(parents=True)
    store, default = ox.Store(path / "snapshots" / "1"), ox.DefaultGraph()
    meta = ox.NamedNode(f"{DEFAULT_BASE}graph/meta")

    def quads() -> object:
        for n in range(ARTICLES):
            found = article(n) if n < ARTICLES - 1 else faulty(n)
            graph = ox.NamedNode(f"{DEFAULT_BASE}graph/{found.key}")
            for quad in ox.parse(found.turtle()[0], format=ox.RdfFormat.TURTLE):
                about = str(quad.subject).rstrip(">").endswith((f"article/{found.key}", f"graph/{found.key}"))
                for name in (meta if about else graph, default):
                    yield ox.Quad(quad.subject, quad.predicate, quad.object, name)
        for quad in ox.parse((folder("ontology") / "khabar.ttl").read_bytes(), format=ox.RdfFormat.TURTLE):
            yield quad

    store.bulk_extend(quads())  # type: ignore[arg-type]
    store.optimize()
    folders.show(path, 1)
    folders.Description(DEFAULT_BASE, f"{DEFAULT_BASE}dataset").write(path)
    return str(path)


def main() -> None:
    """Against pyshacl, then alone."""
    with TemporaryDirectory(prefix="khabar-") as scratch:
        here = Path(scratch)
        small = made(here / "small", SMALL)
        start = ours("--each", made(here / "one", EACH)).cpu
        mine = ours("--each", small)
        peer = run(
            sys.executable, "-c", ALONE, small, str(folder("shapes")), str(folder("ontology") / "khabar.ttl")
        )
        if results(mine.said) != json.loads(peer.said):
            raise SystemExit("validation: khabar and pyshacl do not agree; see tests/test_engines.py")
        rows: list[Row] = [("", "processor time", "a triple", "ratio")]
        rows += [
            (name, seconds(cpu), seconds(cpu / SMALL), times(cpu / mine.cpu))
            for name, cpu in (("khabar", mine.cpu), ("pyshacl, one graph", peer.cpu))
        ]
        show(f"{SMALL:,} triples; both find the same {len(results(mine.said))} results", rows)
        rows = [("triples", "processor time", "less the start", "memory", "pyshacl, reckoned", "ratio")]
        for size in LARGE:
            took = ours("--each", made(here / str(size), size))
            reckoned = peer.cpu * size / SMALL
            rows.append(
                (
                    f"{size:,}", seconds(took.cpu), seconds(took.cpu - start), f"{took.memory >> 20} MiB",
                    seconds(reckoned), times(reckoned / took.cpu),
                )
            )  # fmt: skip
        show("khabar validate --each, one process", rows)
        graph = built(here / "graph")
        key = article(ARTICLES - 1).key
        again = ours(graph, "--article", key)
        rows = [("", "processor time", "results"), (key, seconds(again.cpu), str(len(results(again.said))))]
        show(f"One article of {ARTICLES:,}, with what it names", rows)


if __name__ == "__main__":
    main()
