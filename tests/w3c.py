"""The SPARQL 1.1 test suites of the W3C, run over HTTP against a server of ours.

The suites are not ours to ship: they are read from the folder that KHABAR_W3C_TESTS names, or from
the archive in ../shared; where there is neither, the tests are skipped, which in CI fails them.
"""

from __future__ import annotations

import csv
import http.client
import io
import os
import re
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import pyoxigraph as ox
import pytest

ARCHIVE: Final = Path(__file__).parents[2] / "shared" / "w3c" / "rdf-tests-sparql.tar.gz"
MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT: Final = "http://www.w3.org/2009/sparql/tests/test-update#"
RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
HT: Final = "http://www.w3.org/2011/http#"
CNT: Final = "http://www.w3.org/2011/content#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
NUMBERS: Final = frozenset(f"{XSD}{name}" for name in (
    "integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger",
    "positiveInteger", "negativeInteger", "nonPositiveInteger", "unsignedInt", "unsignedLong",
    "unsignedShort", "unsignedByte",
))  # fmt: skip

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = Mapping[str, Any]  # of terms


@cache
def suites() -> Path:
    """The folder sparql11/ of the suites; skips the test when they are not there."""
    if given := os.environ.get("KHABAR_W3C_TESTS"):
        return Path(given) / "sparql" / "sparql11"
    if not ARCHIVE.is_file():
        pytest.skip("the test suites of the W3C are not here: name their folder in KHABAR_W3C_TESTS")
    scratch = Path(tempfile.mkdtemp(prefix="w3c-"))
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(scratch, filter="data")
    return scratch / "sparql" / "sparql11"


# --- manifests


class Manifest:
    """One file that lists tests, as a graph."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.graph = ox.Store()
        self.graph.load(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri())

    def values(self, subject: Term | None, predicate: str) -> list[Term]:
        """The objects of a subject and predicate."""
        if isinstance(subject, ox.Literal):
            return []
        found = self.graph.quads_for_pattern(subject, ox.NamedNode(predicate), None)
        return [quad.object for quad in found]

    def value(self, subject: Term | None, predicate: str) -> Term | None:
        """One object of a subject and predicate, or None."""
        return next(iter(self.values(subject, predicate)), None)

    def text(self, subject: Term | None, predicate: str) -> str:
        """The characters of one object, or ""."""
        return getattr(self.value(subject, predicate), "value", "")

    def items(self, head: Term | None) -> Iterator[Term]:
        """The members of a list."""
        while head is not None and getattr(head, "value", "") != f"{RDF}nil":
            first = self.value(head, f"{RDF}first")
            if first is not None:
                yield first
            head = self.value(head, f"{RDF}rest")

    def tests(self) -> Iterator[Case]:
        """The tests that it lists."""
        for entries in self.values(None, f"{MF}entries"):
            for node in self.items(entries):
                kinds = {k.value.rpartition("#")[2] for k in self.values(node, f"{RDF}type")}  # type: ignore[union-attr]
                yield Case(self, node, self.text(node, f"{MF}name"), frozenset(kinds))


@dataclass(frozen=True)
class Case:
    """One test."""

    manifest: Manifest
    node: Term
    name: str
    kinds: frozenset[str]

    @property
    def label(self) -> str:
        """Its name among all tests of SPARQL 1.1; no two have the same in one folder but by its IRI."""
        return f"{self.manifest.path.parent.name}/{getattr(self.node, 'value', '').rpartition('#')[2]}"


def manifests(path: Path) -> Iterator[Manifest]:
    """A manifest and those that it includes."""
    manifest = Manifest(path)
    yield manifest
    for head in manifest.values(None, f"{MF}include"):
        for included in manifest.items(head):
            yield from manifests(local(included))


def local(iri: Term | None) -> Path:
    """The file that a file: IRI names."""
    return Path(unquote(urlsplit(getattr(iri, "value", "")).path))


# --- talking to the server


class Answer(NamedTuple):
    """What a server says."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()


@dataclass
class Client:
    """A client of one server, with a key that may write."""

    address: str
    key: str
    state: object = field(default=None)  # the data that it has put there last

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send one request as it is, with the key."""
        place = urlsplit(urljoin(self.address, path))
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        try:
            given = {"Authorization": f"Bearer {self.key}", **(headers or {})}
            target = place.path + (f"?{place.query}" if place.query else "")
            connection.request(method, target, body, given)
            answer = connection.getresponse()
            return Answer(
                answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
            )
        finally:
            connection.close()

    def query(self, text: str, base: str, accept: str) -> Answer:
        """Ask a query whose relative IRIs are to be resolved against BASE."""
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self.send("POST", "/sparql", headers, f"BASE <{base}>\n{text}".encode())

    def update(self, text: str, base: str = "") -> Answer:
        """Do an update."""
        headers = {"Content-Type": "application/sparql-update"}
        return self.send("POST", "/update", headers, f"{f'BASE <{base}>' * bool(base)}\n{text}".encode())

    def reset(self, default: Sequence[Path], named: Sequence[tuple[str, Path]]) -> None:
        """Make these files the whole dataset."""
        state = (tuple(default), tuple(named))
        if state == self.state:
            return
        self.state = None
        blocks = [triples for file in default for triples in [block(file)] if triples]
        blocks += [f"GRAPH <{name}> {{ {block(file)} }}" for name, file in named]
        creations = "".join(f"; CREATE SILENT GRAPH <{name}>" for name, _ in named)
        answer = self.update(f"DROP ALL {creations} ; INSERT DATA {{ {' '.join(blocks)} }}")
        assert answer.status == 204, answer.body.decode()
        self.state = state

    def dataset(self) -> list[ox.Quad]:
        """All that the server holds, empty graphs apart."""
        text = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
        rows: list[dict[str, Any]] = rows_of(
            self.query(text, "http://example.org/", "application/sparql-results+json")
        )
        return [ox.Quad(row["s"], row["p"], row["o"], row.get("g", ox.DefaultGraph())) for row in rows]


def block(file: Path) -> str:
    """The triples of a file, for INSERT DATA."""
    return " ".join(f"{quad.triple} ." for quad in quads(file))


def quads(file: Path, graph: str = "") -> Iterator[ox.Quad]:
    """The triples of a file, in a graph."""
    format_ = ox.RdfFormat.from_extension(file.suffix.removeprefix("."))
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    for quad in ox.parse(path=str(file), format=format_, base_iri=file.as_uri(), rename_blank_nodes=True):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, name)


# --- comparing: a result becomes a graph, whose blank nodes are then named alike


def canonical(given: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Quads with blank nodes named by what they are."""
    dataset = ox.Dataset(given)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def same_rows(some: Sequence[Row], others: Sequence[Row]) -> bool:
    """Whether two results are the same; numbers by value, for the engine may write them differently."""
    if len(some) != len(others):
        return False
    return canonical(as_graph(some)) == canonical(as_graph(others))


def as_graph(rows: Sequence[Row]) -> Iterator[ox.Quad]:
    for row in rows:
        node = ox.BlankNode()
        yield ox.Quad(node, ox.NamedNode("urn:x:row"), ox.Literal(""))
        for name, term in row.items():
            yield ox.Quad(node, ox.NamedNode(f"urn:x:{name}"), by_value(term))


def by_value(term: Term) -> Term:
    """A number or boolean by its value, any other term as it is."""
    if isinstance(term, ox.Literal) and term.datatype.value in NUMBERS:
        try:
            return ox.Literal(repr(float(term.value)))
        except ValueError:
            return term
    if isinstance(term, ox.Literal) and term.datatype.value == f"{XSD}boolean":
        return ox.Literal(term.value in ("1", "true"))
    return term


def rows_of(answer: Answer) -> list[dict[str, Any]]:
    """The solutions of an answer; raises AssertionError when there are none."""
    assert answer.status == 200, answer.body.decode()
    found = ox.parse_query_results(
        answer.body, format=ox.QueryResultsFormat.from_media_type(answer.media_type)
    )
    assert isinstance(found, ox.QuerySolutions)
    return solutions(found)


def solutions(found: ox.QuerySolutions) -> list[dict[str, Any]]:
    names = [variable.value for variable in found.variables]
    return [{name: term for name, term in zip(names, row, strict=True) if term is not None} for row in found]


def table(text: str) -> list[list[tuple[str, str]]]:
    """CSV as rows of cells with their heads: SELECT * leaves the order of columns open."""

    def cell(written: str) -> str:
        try:
            return repr(float(written))
        except ValueError:
            return "_:" if written.startswith("_:") else written

    rows = list(csv.reader(io.StringIO(text, newline="")))
    return sorted(sorted(zip(rows[0], map(cell, row), strict=True)) for row in rows[1:] if row)


# --- evaluation and syntax

ACCEPTS: Final = {  # of each file of results, what a client asks for who wants just that
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
}


def run(case: Case, client: Client) -> str:
    """What is wrong with the server, by one test; "" when it passes, "skipped" when it is not for us."""
    if syntax := next((kind for kind in case.kinds if "Syntax" in kind), None):
        return _syntax(case, client, syntax)
    if "UpdateEvaluationTest" in case.kinds:
        return _update(case, client)
    return _query(case, client)


def _syntax(case: Case, client: Client, kind: str) -> str:
    path = local(case.manifest.value(case.node, f"{MF}action"))
    text, base = path.read_bytes().decode(), path.as_uri()
    client.state = None
    if path.suffix == ".ru":
        answer = client.update(text, base)
    else:
        answer = client.query(text, base, "application/sparql-results+json, application/n-triples")
    told = answer.body.decode() if answer.status >= 400 else ""
    if "Negative" in kind:
        is_refused = answer.status == 400 and "problem/syntax" in told
        return "" if is_refused else f"accepted with status {answer.status}"
    # What is SPARQL but cannot be done (a graph is missing), or is not allowed (LOAD), has been read.
    was_read = answer.status < 400 or any(f"problem/{code}" in told for code in ("query", "update", "load"))
    return "" if was_read else f"refused: {told}"


def _query(case: Case, client: Client) -> str:
    manifest = case.manifest
    action = manifest.value(case.node, f"{MF}action")
    if manifest.value(action, f"{QT}serviceData") is not None:
        return "skipped"  # it needs another server
    path = local(manifest.value(action, f"{QT}query"))
    default = [local(iri) for iri in manifest.values(action, f"{QT}data")]
    named = [(iri.value, local(iri)) for iri in manifest.values(action, f"{QT}graphData")]  # type: ignore[union-attr]
    if not default and not named:  # the query names the files that it is about
        files = re.findall(r"FROM(?:\s+NAMED)?\s+<([^>]+)>", path.read_text("utf-8"))
        named = [(urljoin(path.as_uri(), name), path.parent / name) for name in sorted(set(files))]
    client.reset(default, named)
    result = local(manifest.value(case.node, f"{MF}result"))
    rdf = "application/n-triples"
    accept = ACCEPTS.get(result.suffix, f"application/sparql-results+json, {rdf}")
    answer = client.query(path.read_bytes().decode(), path.as_uri(), accept)
    if answer.status != 200:
        return f"status {answer.status}: {answer.body.decode()}"
    return _compare(answer, result)


def _compare(answer: Answer, result: Path) -> str:
    if result.suffix == ".csv":
        wanted = result.read_bytes().decode()
        return "" if table(answer.body.decode()) == table(wanted) else "the table differs"
    expected = expectation(result)
    if isinstance(expected, bool):
        format_ = ox.QueryResultsFormat.from_media_type(answer.media_type)
        found = ox.parse_query_results(answer.body, format=format_)
        return "" if isinstance(found, ox.QueryBoolean) and bool(found) == expected else "not so"
    if answer.media_type == "application/n-triples":
        got = ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES)
        return "" if canonical(got) == canonical(quads(result)) else "the graph differs"
    return "" if same_rows(rows_of(answer), expected) else "the rows differ"


def expectation(result: Path) -> bool | list[dict[str, Any]]:
    """What a file of results holds; a file of plain RDF holds no rows."""
    if result.suffix in ACCEPTS:
        format_ = ox.QueryResultsFormat.from_media_type(ACCEPTS[result.suffix])
        found = ox.parse_query_results(path=str(result), format=format_)
        return bool(found) if isinstance(found, ox.QueryBoolean) else solutions(found)
    graph = Manifest(result) if result.suffix == ".ttl" else None
    if graph is None or (truth := graph.value(None, f"{RS}boolean")) is None:
        sets = graph.values(None, f"{RS}solution") if graph else []
        return [
            {graph.text(b, f"{RS}variable"): value
             for b in graph.values(s, f"{RS}binding") if (value := graph.value(b, f"{RS}value")) is not None}
            for s in sets
        ] if graph else []  # fmt: skip
    return getattr(truth, "value", "") in ("true", "1")


def _update(case: Case, client: Client) -> str:
    manifest = case.manifest

    def graphs(node: Term | None) -> list[tuple[str, Path]]:
        found = manifest.values(node, f"{UT}graphData")
        return [(manifest.text(g, f"{RDFS}label"), local(manifest.value(g, f"{UT}graph"))) for g in found]

    action, result = (manifest.value(case.node, f"{MF}{name}") for name in ("action", "result"))
    client.reset([local(iri) for iri in manifest.values(action, f"{UT}data")], graphs(action))
    client.state = None
    path = local(manifest.value(action, f"{UT}request"))
    answer = client.update(path.read_bytes().decode(), path.as_uri())
    if answer.status != 204:
        return f"status {answer.status}: {answer.body.decode()}"
    wanted = [quad for iri in manifest.values(result, f"{UT}data") for quad in quads(local(iri))]
    wanted += [quad for name, file in graphs(result) for quad in quads(file, name)]
    return "" if canonical(client.dataset()) == canonical(wanted) else "the dataset differs"


# --- protocol

STATUS: Final = {
    "OK": 200, "Created": 201, "NoContent": 204, "BadRequest": 400, "NotFound": 404,
    "MethodNotAllowed": 405, "NotAcceptable": 406, "UnsupportedMediaType": 415,
}  # fmt: skip
TABULAR: Final = frozenset(ACCEPTS.values())


def exchange(case: Case, client: Client) -> str:
    """What is wrong with the answers to the requests of one test, one after the other; "" if nothing."""
    manifest = case.manifest
    client.update("DROP ALL")
    for data in manifest.values(case.node, f"{UT}graphData"):
        name, file = manifest.text(data, f"{RDFS}label"), local(manifest.value(data, f"{UT}graph"))
        client.update(f"INSERT DATA {{ GRAPH <{name}> {{ {block(file)} }} }}")
    action, location = manifest.value(case.node, f"{MF}action"), ""
    for request in manifest.items(manifest.value(action, f"{HT}requests")):
        answer = _send(manifest, request, client, location)
        location = answer.headers.get("location", location)
        expected = manifest.value(request, f"{HT}resp")
        if wrong := _judge(manifest, expected, answer):
            path = manifest.text(request, f"{HT}absolutePath")
            return f"{manifest.text(request, f'{HT}methodName')} {path}: {wrong}"
    return ""


def _send(manifest: Manifest, request: Term, client: Client, location: str) -> Answer:
    path, method = manifest.text(request, f"{HT}absolutePath"), manifest.text(request, f"{HT}methodName")
    headers = {
        manifest.text(header, f"{HT}fieldName"): manifest.text(header, f"{HT}fieldValue")
        for header in manifest.items(manifest.value(request, f"{HT}headers"))
    }
    content = manifest.value(request, f"{HT}body")
    body = None
    if content is not None:
        charset = manifest.text(content, f"{CNT}characterEncoding") or "utf-8"
        body = manifest.text(content, f"{CNT}chars").encode(charset)
    if path == "$LOCATION$":
        path = location
    elif path.startswith("/gsp"):
        path = "/data" + path.removeprefix("/gsp").replace("$LOCATION$", quote(location, safe=""))
    else:  # the suite has one address for both; ours are two
        kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        is_update = "sparql-update" in kind or (body or b"").startswith(b"update=") or "?update=" in path
        path = path.replace("/sparql/", "/update" if is_update else "/sparql")
    return client.send(method, path, headers, body)


def _judge(manifest: Manifest, expected: Term | None, answer: Answer) -> str:
    wanted = {v.value.rpartition("#")[2] for v in manifest.values(expected, f"{MF}expectedStatus")}  # type: ignore[union-attr]
    allowed = {STATUS.get(name) for name in wanted}
    classes = {name.removeprefix("StatusCode")[0] for name in wanted if name.startswith("StatusCode")}
    if wanted and answer.status not in allowed and str(answer.status)[0] not in classes:
        return f"status {answer.status} instead of {', '.join(sorted(wanted))}: {answer.body.decode()}"
    kind = manifest.text(expected, f"{MF}expectedFormat")
    if kind in ("boolean", "tabular") and answer.media_type not in TABULAR:
        return f"{kind} came as {answer.media_type}"
    if kind == "RDF" and ox.RdfFormat.from_media_type(answer.media_type) is None:
        return f"RDF came as {answer.media_type}"
    truth = manifest.text(expected, f"{MF}expectedBoolean")
    if truth and answer.body != b'{"head":{},"boolean":' + truth.encode() + b"}":
        return f"{answer.body.decode()} instead of {truth}"
    part = manifest.value(expected, f"{HT}body")
    if part is not None:
        content = manifest.text(part, f"{CNT}chars")
        if ox.RdfFormat.from_media_type(answer.media_type) is None:
            return f"RDF came as {answer.media_type}: {answer.body.decode()}"
        got = ox.parse(
            answer.body,
            format=ox.RdfFormat.from_media_type(answer.media_type),
            base_iri="http://example.org/",
        )
        want = ox.parse(content, format=ox.RdfFormat.TURTLE, base_iri="http://example.org/")
        return "" if canonical(got) == canonical(want) else f"{answer.body.decode()} instead of {content}"
    return ""
