"""The short way of a plain query: it answers what the usual way answers, and leaves the rest to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest
from web import built
from werkzeug.test import Client

from khabar.publish.app import create_app
from khabar.publish.front import FRONT
from khabar.publish.lane import Lane

KH: Final = "https://w3id.org/khabar/"
ALL: Final = quote("SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o")
TRIPLES: Final = quote(f"CONSTRUCT WHERE {{ ?a <{KH}ont#supports> ?b }}")
JSON: Final = "application/sparql-results+json"
ASKED: Final = {  # a query string, and the headers
    "json": (f"query={ALL}", {"Accept": JSON}),
    "any format": (f"query={ALL}", {}),
    "by name": (f"query={ALL}&format=csv", {}),
    "blanks for plus": ("query=ASK+%7B+%3Fs+%3Fp+%3Fo+%7D", {}),
    "triples": (f"query={TRIPLES}", {"Accept": "text/turtle;q=0.5, application/n-triples"}),
    "zstd": (f"query={ALL}", {"Accept-Encoding": "zstd"}),
    "gzip": (f"query={ALL}", {"Accept-Encoding": "gzip"}),
    "not repeatable": ("query=" + quote("SELECT ?x { BIND(1 AS ?x) FILTER(RAND() < 2) }"), {}),
    "a graph": (f"query={ALL}&default-graph-uri={KH}graph/meta", {}),
    "one more argument": (f"query={ALL}&color=red&timeout=5000", {}),
    "no argument": (f"query={ALL}&&=", {}),
    "search": (
        "query=" + quote(
            "PREFIX search: <https://w3id.org/khabar/search#> "
            "SELECT ?t ?l { SERVICE search:text { ?t search:words 'حوار' ; search:literal ?l } } ORDER BY ?l"
        ),
        {},
    ),
    "a page": (f"query={ALL}", {"Accept": "text/html"}),
    "a description": ("", {"Accept": "text/turtle"}),
    "syntax": ("query=" + quote("SELECT ?s { ?s ?p }"), {}),
    "a refusal as a page": ("query=" + quote("SELECT ?s { ?s ?p }"), {"Accept": "text/html,*/*;q=0.1"}),
    "the gate": ("query=" + quote("SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } }"), {}),
    "the engine": ("query=" + quote("SELECT (<http://example.org/unknown>(1) AS ?x) {}"), {}),
    "an update": ("query=" + quote("DELETE WHERE { ?s ?p ?o }"), {}),
    "two queries": (f"query={ALL}&query={ALL}", {}),
    "another graph": (f"query={ALL}&default-graph-uri=http://example.org/g", {}),
    "no such format": (f"query={ALL}&format=docx", {}),
    "not acceptable": (f"query={ALL}", {"Accept": "image/png"}),
    "a wrong timeout": (f"query={ALL}&timeout=soon", {}),
    "not UTF-8": ("query=%FF%FE", {}),
    "too long": ("query=" + quote("ASK {} #" + "x" * 70_000), {}),
    "a key": (f"query={ALL}", {"Authorization": "Bearer none"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lane]:
    folder = built(tmp_path_factory.mktemp("web") / "graph")
    app = create_app(folder, workers=1, front=FRONT._replace(cache=0))
    found = app.extensions["khabar"].door.inner
    assert isinstance(found, Lane)
    yield found
    app.extensions["khabar"].close()


def said(application: Any, query: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    answer = Client(application).get("/sparql", query_string=query, headers=headers)
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    return answer.status_code, headers, answer.data


@pytest.mark.parametrize(("query", "headers"), ASKED.values(), ids=ASKED)
def test_both_ways_say_the_same(lane: Lane, query: str, headers: dict[str, str]) -> None:
    usual = said(lane.inner, query, headers)
    assert said(lane, query, headers) == usual
    if etag := usual[1].get("ETag"):
        known = {**headers, "If-None-Match": etag}
        again = said(lane.inner, query, known)
        assert again[0] == 304
        assert said(lane, query, known) == again


def test_a_plain_query_does_without_flask(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = lane.inner
    passed: list[str] = []

    def watched(environ: dict[str, Any], start_response: Any) -> Any:
        passed.append(environ["QUERY_STRING"])
        return usual(environ, start_response)

    monkeypatch.setattr(lane, "inner", watched)
    for name in ("json", "triples", "gzip", "a graph", "one more argument"):
        assert said(lane, *ASKED[name])[0] == 200
    assert passed == []
    assert said(lane, *ASKED["syntax"])[0] == 400
    assert passed == []
    assert said(lane, *ASKED["a refusal as a page"])[0] == 400
    assert passed == [ASKED["syntax"][0]]
