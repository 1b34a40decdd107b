"""The W3C's tests of SHACL, each through `khabar validate`; known failures are named with their reason.

The tests stay outside the repository: KHABAR_W3C_TESTS names the folder, or the archive is in ../shared/w3c.
"""

from __future__ import annotations

import os
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from rdflib import RDF, SH, BNode, Graph, Namespace
from rdflib.term import Node

from khabar.cli import main
from khabar.graph.load import load_data
from khabar.graph.paths import written
from khabar.graph.terms import to_ox
from khabar.graph.triples import Triples

ARCHIVE: Final = Path(__file__).parents[2] / "shared" / "w3c" / "shacl-tests.tar.gz"
MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT: Final = Namespace("http://www.w3.org/ns/shacl-test#")
SUITES: Final = {"core": 98, "sparql": 22}

SHAPES_GRAPH: Final = "pyshacl does not offer $shapesGraph, which a processor may leave out (SHACL 5.3.2)"
KNOWN: Final = {  # engine -> test -> why it fails
    "compiled": {"sparql/pre-binding/shapesGraph-001": SHAPES_GRAPH},
    "pyshacl": {
        "sparql/pre-binding/shapesGraph-001": SHAPES_GRAPH,
        "core/property/uniqueLang-002": 'pyshacl takes "1"^^xsd:boolean for true',
    },
}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("KHABAR_W3C_TESTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("w3c")
    if not named:
        if not ARCHIVE.exists():
            pytest.skip(f"the W3C's tests are not here: no KHABAR_W3C_TESTS, no {ARCHIVE}")
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(folder, filter="data")
    return next(folder.rglob("data-shapes-test-suite")) / "tests"


class Case:
    """One test of a manifest."""

    def __init__(self, path: Path, graph: Graph, node: Node, root: Path) -> None:
        self.name = str(path.relative_to(root).with_suffix(""))
        self.graph = graph
        action = graph.value(node, MF.action)
        self.data, self.shapes = (
            file(graph.value(action, part), path) for part in (SHT.dataGraph, SHT.shapesGraph)
        )
        self.expected = graph.value(node, MF.result)


def file(iri: Node | None, beside: Path) -> Path:
    path = Path(unquote(str(iri).removeprefix("file://").partition("#")[0]))
    return path if path.suffix else beside


def cases(path: Path, root: Path, seen: set[Path]) -> Iterator[Case]:
    path = path.resolve()
    if path in seen:
        return
    seen.add(path)
    graph = load_data([path])
    for node in graph.subjects(RDF.type, SHT.Validate):
        yield Case(path, graph, node, root)
    for include in sorted(graph.objects(None, MF.include), key=str):
        yield from cases(file(include, path), root, seen)


Results = Counter[tuple[str, ...]]


def results(graph: Graph, report: Node | None) -> Results:
    """What has to agree: https://w3c.github.io/data-shapes/data-shapes-test-suite/#Validate"""
    triples = Triples(ox.Triple(*map(to_ox, triple)) for triple in graph)  # type: ignore[arg-type]
    told = []
    for node in graph.objects(report, SH.result):
        path = graph.value(node, SH.resultPath)
        parts = [
            graph.value(node, p)
            for p in (SH.focusNode, SH.value, SH.resultSeverity, SH.sourceConstraintComponent)
        ]
        named = ["" if p is None else "_" if isinstance(p, BNode) else p.n3() for p in parts]
        told.append((*named, "" if path is None else written(triples, to_ox(path), str)))
    return Counter(told)


def verdict(case: Case, engine: str, tmp_path: Path, *more: str) -> tuple[object, Results] | None:
    """What khabar says; None where it says that it could not check."""
    output = tmp_path / "report.ttl"
    command = ["validate", str(case.data), "--shapes", str(case.shapes), "--engine", engine]
    command += ["--format", "turtle", "--output", str(output), "--fail-on", "info", *more]
    done = CliRunner().invoke(main, command)
    if done.exit_code == 2:
        assert done.stderr.startswith("khabar: ")
        return None
    assert done.exit_code in (0, 1), done.exception
    graph = load_data([output])
    report = graph.value(None, RDF.type, SH.ValidationReport)
    assert (done.exit_code == 0) == (not list(graph.objects(report, SH.result)))
    return graph.value(report, SH.conforms), results(graph, report)


@pytest.mark.parametrize("engine", KNOWN)
def test_the_w3c_suite(engine: str, suite: Path, tmp_path: Path) -> None:
    found = list(cases(suite / "manifest.ttl", suite.resolve(), set()))
    assert Counter(case.name.partition("/")[0] for case in found) == SUITES
    failed = set()
    for case in found:
        said = verdict(case, engine, tmp_path, "--no-check-shapes")
        if case.expected == SHT.Failure:
            good = said is None
        else:
            expected = case.graph.value(case.expected, SH.conforms), results(case.graph, case.expected)
            good = said == expected
        if not good:
            failed.add(case.name)
    assert failed == set(KNOWN[engine])


def test_what_the_shapes_for_shapes_refuse(suite: Path, tmp_path: Path) -> None:
    """One test has a path that is valid and invalid at once, and by SHACL's own shapes invalid."""
    found = cases(suite / "manifest.ttl", suite.resolve(), set())
    good = (case for case in found if case.expected != SHT.Failure and case.name not in KNOWN["compiled"])
    refused = [case.name for case in good if verdict(case, "compiled", tmp_path) is None]
    assert refused == ["core/path/path-strange-002"]
