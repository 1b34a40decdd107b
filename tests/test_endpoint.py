"""The SPARQL endpoint over a real built folder: formats, refusals, limits, and what must not leak."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from web import built, served
from werkzeug.test import TestResponse

from khabar.errors import ServeError, StoreError
from khabar.graph.folder import show
from khabar.publish import pool
from khabar.publish.app import create_app
from khabar.publish.serving import serve

CHAIRS = """
PREFIX kh: <https://w3id.org/khabar/ont#>
SELECT ?chair ?year WHERE {
  ?statement a kh:Statement ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> ?chair ;
             <http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate> kh:chairs ; kh:status kh:asserted ;
             kh:when ?year .
} ORDER BY ?year ?statement
"""
SUPPORTS = "CONSTRUCT WHERE { ?a <https://w3id.org/khabar/ont#supports> ?b }"
KH = "https://w3id.org/khabar/"
SUPPORT = f"<{KH}id/undp> <{KH}ont#supports> <{KH}id/dialogue> .\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("web") / "graph")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(folder, workers=1)
    yield app.test_client()
    app.extensions["khabar"].close()


def ask(client: FlaskClient, query: str, accept: str | None = None, **arguments: str) -> TestResponse:
    headers = {} if accept is None else {"Accept": accept}
    return client.get("/sparql", query_string={"query": query, **arguments}, headers=headers)


# --- answers


def test_chairs(client: FlaskClient) -> None:
    answer = ask(client, CHAIRS)
    rows = json.loads(answer.data)["results"]["bindings"]
    assert answer.content_type == "application/sparql-results+json; charset=utf-8"
    assert [(row["chair"]["value"].rpartition("/")[2], row["year"]["value"]) for row in rows] == [
        ("uzbekistan", "2021"), ("kazakhstan", "2023"), ("kazakhstan", "2023"), ("kazakhstan", "2023"),
    ]  # fmt: skip


SOLUTION_FORMATS = {
    "json": ("application/sparql-results+json", '{"head":{"vars":["x"]},"results":{"bindings":[{"x":'
             '{"type":"literal","value":"خبر","xml:lang":"ar"}}]}}'),
    "xml": ("application/sparql-results+xml", '<?xml version="1.0"?>'
            '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head>'
            '<results><result><binding name="x"><literal xml:lang="ar">خبر</literal></binding></result>'
            "</results></sparql>"),
    "csv": ("text/csv", "x\r\nخبر\r\n"),
    "tsv": ("text/tab-separated-values", '?x\n"خبر"@ar\n'),
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), SOLUTION_FORMATS.items())
def test_solutions_in_every_format(client: FlaskClient, name: str, expected: tuple[str, str]) -> None:
    media_type, body = expected
    query = "SELECT ('خبر'@ar AS ?x) {}"
    for answer in (ask(client, query, media_type), ask(client, query, "image/png", format=name)):
        assert answer.status_code == 200
        assert answer.content_type == f"{media_type}; charset=utf-8"
        assert answer.text == body
        assert answer.content_length == len(body.encode())


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("ttl", ox.RdfFormat.TURTLE), ("nt", ox.RdfFormat.N_TRIPLES),
        ("jsonld", ox.RdfFormat.JSON_LD), ("rdf", ox.RdfFormat.RDF_XML),
    ],
)  # fmt: skip
def test_triples_in_every_format(client: FlaskClient, name: str, format_: ox.RdfFormat) -> None:
    for answer in (ask(client, SUPPORTS, format_.media_type), ask(client, SUPPORTS, format=name)):
        assert answer.content_type == f"{format_.media_type}; charset=utf-8"
        triples = [quad.triple for quad in ox.parse(answer.data, format=format_)]
        assert (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode() == SUPPORT


def test_the_three_ways_to_ask(client: FlaskClient) -> None:
    query = "ASK { ?a ?b 'حوار نساء آسيا الوسطى'@ar }"
    answers = [
        client.get("/sparql", query_string={"query": query}),
        client.post("/sparql", data={"query": query}),
        client.post("/sparql", data=query.encode(), content_type="application/sparql-query"),
    ]
    assert [answer.json for answer in answers] == [{"head": {}, "boolean": True}] * 3


def test_iris_in_arabic_letters_are_decoded_once(client: FlaskClient) -> None:
    answer = client.get("/sparql?query=" + quote("SELECT (<http://example.org/%D9%83/ك> AS ?x) {}"))
    assert answer.json is not None
    assert answer.json["results"]["bindings"][0]["x"]["value"] == "http://example.org/%D9%83/ك"


def test_a_triple_that_two_articles_state_counts_once(client: FlaskClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a <https://w3id.org/khabar/ont#supports> ?b }"
    assert ask(client, query, "text/csv").text == "n\r\n1\r\n"


def test_head_has_the_headers_of_get(client: FlaskClient) -> None:
    query = {"query": "ASK {}"}
    head, get = client.head("/sparql", query_string=query), client.get("/sparql", query_string=query)
    assert head.data == b""
    assert dict(head.headers) == dict(get.headers)


# --- the dataset of a query


ONE = "https://w3id.org/khabar/graph/dialogue-en"


def count(clause: str) -> str:
    """How many statements there are in the graphs that CLAUSE chooses."""
    return f"SELECT (COUNT(?s) AS ?n) {clause} {{ ?s a <https://w3id.org/khabar/ont#Statement> }}"


def test_a_query_may_choose_among_the_graphs(client: FlaskClient) -> None:
    assert ask(client, count(""), "text/csv").text == "n\r\n16\r\n"
    assert ask(client, count(f"FROM <{ONE}>"), "text/csv").text == "n\r\n4\r\n"
    assert ask(client, count("FROM <graph/dialogue-en>"), "text/csv").text == "n\r\n4\r\n"
    chosen = ask(client, count(""), "text/csv", **{"default-graph-uri": ONE})
    assert chosen.text == "n\r\n4\r\n"
    named = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert ask(client, named, "text/csv", **{"named-graph-uri": ONE}).text == f"g\r\n{ONE}\r\n"


TEXT = "https://w3id.org/khabar/graph/text/dialogue-ar"
IS_STRING = "<http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#isString>"
READ_TEXT = [
    f"SELECT * {{ ?s {IS_STRING} ?text }}",
    f"SELECT * {{ GRAPH ?g {{ ?s {IS_STRING} ?text }} }}",
    f"SELECT * {{ GRAPH <{TEXT}> {{ ?s ?p ?text }} }}",
    f"SELECT * FROM <{TEXT}> {{ ?s ?p ?text }}",
    f"SELECT * FROM NAMED <{TEXT}> {{ GRAPH ?g {{ ?s ?p ?text }} }}",
    f"SELECT * FROM<{TEXT}>{{ ?s ?p ?text }}",
    f"DESCRIBE <{TEXT.replace('graph/text', 'article')}#text>",
]


@pytest.mark.parametrize("query", READ_TEXT)
def test_texts_that_are_not_published_are_not_found(client: FlaskClient, query: str) -> None:
    answer = ask(client, query)
    assert answer.status_code in (200, 403)
    assert "تختتم كازاخستان رئاستها لحوار نساء آسيا الوسطى لعام 2023 في مؤتمر" not in answer.text
    if answer.json and "results" in answer.json:
        assert answer.json["results"]["bindings"] == []


def test_texts_are_found_when_they_are_published(folder: Path) -> None:
    app = create_app(folder, publish_text=True, workers=1)
    assert ask(app.test_client(), READ_TEXT[3], "text/csv").text.count("\r\n") == 3
    app.extensions["khabar"].close()


# --- refusals


REFUSED = [
    ({"query": "SELECT * {"}, 400, "syntax"),
    ({"query": "SELECT * { ?s x:p ?o }"}, 400, "syntax"),
    ({"query": "SELECT (<x:f>(1) AS ?x) {}"}, 400, "query"),
    ({"query": "SELECT * { SERVICE <https://example.org/> {} }"}, 403, "service"),
    ({"query": "LOAD <https://example.org/>"}, 403, "read-only"),
    ({"update": "CLEAR ALL"}, 403, "read-only"),
    ({"query": "SELECT * FROM <https://example.org/> {}"}, 403, "graph"),
    ({"query": "SELECT * FROM <file:///etc/passwd> {}"}, 403, "graph"),
    ({"query": "ASK {}", "default-graph-uri": "not an IRI"}, 403, "graph"),
    ({"query": "ASK {}", "format": "pdf"}, 406, "format"),
    ({"query": "ASK { ?s ?p '" + "x" * 70_000 + "' }"}, 413, "size"),
]


@pytest.mark.parametrize(("arguments", "status", "code"), REFUSED)
def test_refusals_are_problems_of_rfc_9457(
    client: FlaskClient, arguments: dict[str, str], status: int, code: str
) -> None:
    answer = client.get("/sparql", query_string=arguments)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["type"] == f"https://w3id.org/khabar/problem/{code}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["fix"]


def test_a_syntax_error_names_line_and_column(client: FlaskClient) -> None:
    answer = ask(client, "SELECT *\nWHERE { ?s ?p }")
    problem = json.loads(answer.data)
    assert (answer.status_code, problem["line"], problem["column"]) == (400, 2, 16)
    assert problem["excerpt"] == "WHERE { ?s ?p }\n               ^"


def test_methods(client: FlaskClient) -> None:
    answer = client.put("/sparql", data=b"")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert answer.content_type == "application/problem+json"


def test_bodies(client: FlaskClient) -> None:
    assert client.post("/sparql", data=b"ASK {}", content_type="text/plain").status_code == 415
    assert (
        client.post("/sparql", data=b"CLEAR ALL", content_type="application/sparql-update").status_code == 403
    )
    large = b"ASK {} #" + b"x" * 300_000
    assert client.post("/sparql", data=large, content_type="application/sparql-query").status_code == 413


def test_any_website_may_ask(client: FlaskClient) -> None:
    preflight = client.options("/sparql", headers={"Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    for answer in (preflight, ask(client, "ASK {}"), ask(client, "nonsense")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_nothing_is_fetched(client: FlaskClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.3)
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/x"
        for query in (
            f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}",
            f"PREFIX : <{address}> SELECT * {{ service:y {{ ?s ?p ?o }} }}",
            f"SELECT * FROM <{address}> {{ ?s ?p ?o }}",
            f"LOAD <{address}>",
        ):
            assert ask(client, query).status_code == 403
        with pytest.raises(TimeoutError):
            trap.accept()


# --- limits


PRODUCT = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SMALL = pool.Limits(seconds=1.0, size=64 << 10, wait=0.2)
LIMITED = {
    "deadline": (f"SELECT (COUNT(*) AS ?n) {PRODUCT}", 503, "deadline"),
    "memory": (f"SELECT * {PRODUCT} ORDER BY ?c ?f", 507, "too-large"),
    "size": (f"SELECT * {PRODUCT}", 507, "too-large"),
    "stack": ("SELECT (" + "!" * 9_000 + "true AS ?x) {}", 200, ""),
}


@pytest.mark.parametrize(("query", "status", "code"), LIMITED.values(), ids=LIMITED)
def test_a_query_that_takes_too_much_is_ended(folder: Path, query: str, status: int, code: str) -> None:
    limits = SMALL if code == "deadline" else SMALL._replace(seconds=20.0)
    app = create_app(folder, workers=1, run_limits=limits)
    client = app.test_client()
    begin = time.monotonic()
    answer = ask(client, query)
    assert answer.status_code == status
    assert time.monotonic() - begin < limits.seconds + 2
    if code:
        assert json.loads(answer.data)["type"].endswith(f"/{code}")
        assert (answer.headers.get("Retry-After") is not None) == (status == 503)
    assert ask(client, "ASK {}").json == {"head": {}, "boolean": True}  # the next one finds a worker
    app.extensions["khabar"].close()


def test_when_all_workers_are_busy_the_server_says_so(folder: Path) -> None:
    app = create_app(folder, workers=1, run_limits=SMALL)
    answers: list[int] = []
    slow = LIMITED["deadline"][0]
    threads = [
        threading.Thread(target=lambda: answers.append(ask(app.test_client(), slow).status_code))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [503] * 3
    app.extensions["khabar"].close()


def test_a_worker_that_dies_is_replaced(folder: Path) -> None:
    app = create_app(folder, workers=1)
    client = app.test_client()
    workers = app.extensions["khabar"].pool
    assert ask(client, "ASK {}").status_code == 200
    worker = workers._idle.pop()
    worker.process.kill()
    worker.process.wait()
    workers._idle.append(worker)
    assert ask(client, "ASK {}").status_code == 200
    workers.close()


def test_a_new_snapshot_is_served_without_a_restart(tmp_path: Path) -> None:
    folder = built(tmp_path / "graph")
    app = create_app(folder, workers=1)
    client = app.test_client()
    query = "ASK { <x:a> <x:b> <x:c> }"
    assert ask(client, query).json == {"head": {}, "boolean": False}
    opened = ox.Store(folder / "store")
    opened.add(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:b"), ox.NamedNode("x:c")))
    opened.backup(folder / "snapshots" / "2")
    show(folder, 2)
    assert ask(client, query).json == {"head": {}, "boolean": True}
    app.extensions["khabar"].close()


# --- a real server


def test_over_http(folder: Path) -> None:
    with served(folder, workers=1, run_limits=SMALL._replace(seconds=20.0)) as address:
        url = f"{address}/sparql?query=" + quote("SELECT * { ?s ?p ?o } LIMIT 50")
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert len(json.load(answer)["results"]["bindings"]) == 50
            assert "Server" not in answer.headers
        url = f"{address}/sparql?query=" + quote(LIMITED["size"][0])
        with pytest.raises(urllib.error.HTTPError) as caught:  # no part of an answer passes for the whole
            urllib.request.urlopen(url, timeout=10)
        assert caught.value.code == 507


def test_a_port_that_is_taken_is_an_error_of_ours(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError) as caught:
            serve(create_app(folder), "127.0.0.1", port)
    assert str(caught.value) == (
        f"127.0.0.1:{port}: cannot be listened on: Address already in use\n  choose another --host or --port"
    )


def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        create_app(tmp_path)


def test_the_module_for_wsgi_servers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (Path(__file__).parents[1] / "server.py").read_text(encoding="utf-8")
    monkeypatch.delenv("KHABAR_DIR", raising=False)
    with pytest.raises(ServeError) as caught:
        exec(compile(source, "server.py", "exec"), {})
    assert str(caught.value).startswith("environment: KHABAR_DIR is not set\n")
    monkeypatch.setenv("KHABAR_DIR", os.fspath(folder))
    module: dict[str, object] = {}
    exec(compile(source, "server.py", "exec"), module)
    assert "app" in module


# --- in a browser


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_browser_gets_a_form_and_a_table(client: FlaskClient) -> None:
    form = client.get("/sparql", headers={"Accept": BROWSER})
    assert (form.status_code, form.mimetype) == (200, "text/html")
    assert "<textarea" in form.text
    table = ask(client, CHAIRS, BROWSER)
    assert '<a href="/id/uzbekistan"><bdi lang="en" dir="ltr">Uzbekistan</bdi></a>' in table.text
    assert table.text.count("<tr>") == 5
    assert "Yes" in ask(client, "ASK {}", BROWSER).text
    assert "id:undp kh:supports id:dialogue" in ask(client, SUPPORTS, BROWSER).text
    assert ask(client, "SELECT * { ?s ?p <x:nothing> }", BROWSER).status_code == 200


def test_a_page_says_when_it_shows_only_the_first_rows(client: FlaskClient) -> None:
    page = ask(client, "SELECT * { ?s ?p ?o }", BROWSER).text
    assert page.count("<tr>") == 501
    assert "Only the first rows are shown" in page


def test_a_browser_sees_where_the_query_is_wrong(client: FlaskClient) -> None:
    page = ask(client, "SELECT *\nWHERE { ?s ?p }", BROWSER)
    assert page.status_code == 400
    assert "query, line 2, column 16" in page.text
    assert "WHERE { ?s ?p }\n               ^" in page.text
