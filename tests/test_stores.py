"""The site and the endpoint over Virtuoso and the oxigraph server: the same answers as over our own store."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from generate import generated
from service import MIX, PREFIXES
from stores import REAL, lying, rows, say
from test_mirror import published

from khabar import knowledge
from khabar.building import build
from khabar.errors import StoreError
from khabar.graph.folder import snapshot_path
from khabar.knowledge import Knowledge
from khabar.publish.app import Application, create_app
from khabar.publish.dataset import QUERIES, Snapshot, query_text
from khabar.publish.front import FRONT
from khabar.publish.keys import add
from khabar.remote.client import Client
from khabar.remote.mirror import mirror
from khabar.remote.profile import CutError
from khabar.remote.reading import Reader
from khabar.resources import folder as resource_folder
from khabar.text.read import read
from khabar.vocab import DEFAULT_BASE

BASE: Final = DEFAULT_BASE
KH: Final = f"PREFIX kh: <{BASE}ont#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
PAGES: Final = 25  # of the site, in the order in which its links lead to them
NEW: Final = count(12, 2)  # invented articles that no store has yet
UNLIMITED: Final = FRONT._replace(budget=0)


@pytest.fixture(scope="module")
def knowledge_() -> Knowledge:
    return knowledge.load()


def made(numbers: range, knowledge_: Knowledge) -> list[Any]:
    lines = "\n".join(json.dumps(a) for a in generated(len(numbers), start=numbers.start))
    return list(read(["-"], languages=knowledge_.languages, stdin=io.BytesIO(lines.encode())))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, knowledge_: Knowledge) -> Path:
    """The examples, and invented articles."""
    path = tmp_path_factory.mktemp("elsewhere") / "graph"
    found = [
        *read([resource_folder("examples")], languages=knowledge_.languages),
        *made(range(12), knowledge_),
    ]
    build(found, path, knowledge=knowledge_)
    return path


@pytest.fixture(scope="module", params=sorted(REAL))
def store(
    request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    with REAL[request.param](tmp_path_factory.mktemp(request.param)) as client:
        told = mirror(folder, client)
        assert told.sent > 50_000
        yield client


@pytest.fixture(scope="module")
def here(folder: Path) -> Iterator[FlaskClient]:
    with ExitStack() as stack:
        yield _client(create_app(folder, front=UNLIMITED), stack)


@pytest.fixture(scope="module")
def there(folder: Path, store: Client) -> Iterator[FlaskClient]:
    with ExitStack() as stack:
        yield _client(create_app(folder, front=UNLIMITED, remote=store), stack)


def _client(app: Application, stack: ExitStack) -> FlaskClient:
    stack.callback(app.extensions["khabar"].close)
    return app.test_client()


def test_store_holds_what_is_published(store: Client, folder: Path) -> None:
    reader = Reader(store, BASE)
    assert set(_quads(reader)) == published(folder)


def numbers(store: Client) -> dict[str, int]:
    """How many triples there are in each graph of ours."""
    reader = Reader(store, BASE)
    default = rows(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default=reader.default())
    named = rows(store, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    shown = {graph.value for graph in reader.named_graphs()}
    return {"": int(default[0]["n"]), **{row["g"]: int(row["n"]) for row in named if row["g"] in shown}}


def counted(quads: set[ox.Quad]) -> dict[str, int]:
    return dict(Counter(getattr(quad.graph_name, "value", "") for quad in quads))


def _quads(reader: Reader) -> Iterator[ox.Quad]:
    yield from reader.quads_for_pattern(None, None, None, ox.DefaultGraph())
    for graph in reader.named_graphs():
        yield from reader.quads_for_pattern(None, None, None, graph)


def test_every_query_of_the_site(store: Client, folder: Path) -> None:
    path = snapshot_path(folder)
    ours = Snapshot(path, BASE, publish_text=False)
    theirs = Snapshot(path, BASE, publish_text=False, store=Reader(store, BASE))
    asked = 0
    for name in sorted(path.name for path in QUERIES.glob("*.rq")):
        for bindings in _bindings(query_text(name), ours):
            asked += 1
            found = _plain(theirs.select(name, **bindings))
            assert found == _plain(ours.select(name, **bindings)), (name, bindings)
    assert asked > 100


def _bindings(query: str, snapshot: Snapshot) -> list[dict[str, Any]]:
    """What to ask a query of: for each variable that a page binds, some that there are."""
    if "?subject ?object ?statement" in query:
        names = [BASE + name for name in ("id/jordan", "id/kazakhstan")]
        return [{part: ox.NamedNode(name)} for name in names for part in ("subject", "object")]
    if "?this" not in query:
        return [{}]
    things = [
        *("id/jordan", "id/kazakhstan", "ont#chairs", "ont#Person", "article/en-glacier-council"),
        *(row["statement"].value.removeprefix(BASE) for row in snapshot.select("happenings.rq")[:3]),
        *(row["thing"].value.removeprefix(BASE) for row in snapshot.select("chaired.rq")[:3]),
    ]
    found: list[dict[str, Any]] = [{"this": ox.NamedNode(BASE + thing)} for thing in things]
    if "?graph" in query:
        graph = ox.NamedNode(f"{BASE}graph/en-glacier-council")
        return [{**bindings, "graph": graph} for bindings in found]
    return found


def _plain(found: list[Any]) -> list[list[tuple[str, str]]]:
    """Solutions in one order: where a query leaves it open, stores differ."""
    return sorted(sorted((name, str(term)) for name, term in row.items()) for row in found)


def test_every_page(here: FlaskClient, there: FlaskClient) -> None:
    waiting, seen = ["/", "/articles", "/ontology", "/search?q=council&lang=en"], set[str]()
    html = {"Accept": "text/html"}
    while waiting and len(seen) < PAGES:
        path = waiting.pop(0)
        if path in seen or path.startswith(("/static", "/dump", "/sparql")):
            continue
        seen.add(path)
        ours, theirs = (client.get(path, headers=html) for client in (here, there))
        assert (theirs.status_code, theirs.text) == (ours.status_code, ours.text), path
        if ours.status_code == 303:
            waiting.insert(0, urlsplit(ours.headers["Location"]).path)
        waiting += [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)"', ours.text)]
    assert len(seen) == PAGES


FORMATS: Final = {
    "SELECT": ("json", "xml", "csv", "tsv"),
    "ASK": ("json", "xml"),
    "CONSTRUCT": ("ttl", "nt", "jsonld", "rdf"),
}
FORMS: Final = {
    "SELECT": f"{KH} SELECT ?s ?q ?when ?n {{ ?s kh:quotation ?q OPTIONAL {{ ?s kh:when ?when }} "
    "OPTIONAL { ?s kh:no ?n } }",
    "ASK": f"{KH} ASK {{ ?s kh:status kh:denied }}",
    "CONSTRUCT": f"{KH} CONSTRUCT {{ ?s kh:chairs ?o ; kh:confidence ?c }} "
    "WHERE { ?x rdf:predicate kh:chairs ; rdf:subject ?s ; rdf:object ?o ; kh:confidence ?c }",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_format(here: FlaskClient, there: FlaskClient, form: str) -> None:
    for name in FORMATS[form]:
        ours, theirs = (
            client.get("/sparql", query_string={"query": FORMS[form], "format": name})
            for client in (here, there)
        )
        assert theirs.status_code == ours.status_code == 200, theirs.text
        assert theirs.content_type == ours.content_type
        assert _unordered(theirs.data, name) == _unordered(ours.data, name)


def _unordered(content: bytes, name: str) -> object:
    """An answer without the order that its query has left open."""
    if name in ("csv", "tsv"):
        return sorted(content.splitlines())
    if name in ("json", "xml"):
        found = ox.parse_query_results(content, format=ox.QueryResultsFormat.from_extension(f"sr{name[0]}"))
        return bool(found) if isinstance(found, ox.QueryBoolean) else sorted(map(str, found))
    format_ = ox.RdfFormat.from_extension(name)
    assert format_ is not None
    return {str(quad) for quad in ox.parse(content, format=format_)}


GRAPHS: Final = {
    "named": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s a <ont#Statement> } } GROUP BY ?g ORDER BY ?g",
    "one": "SELECT ?s { GRAPH <graph/en-glacier-council> { ?s a <ont#Statement> } } ORDER BY ?s",
    "from": "SELECT ?s FROM <graph/en-glacier-council> { ?s a <ont#Statement> } ORDER BY ?s",
    "from named": "SELECT ?s FROM NAMED <graph/en-glacier-council> "
    "{ GRAPH ?g { ?s a <ont#Statement> } } ORDER BY ?s",
    "no named": "SELECT ?s FROM <graph/en-glacier-council> { GRAPH ?g { ?s a <ont#Statement> } } ORDER BY ?s",
    "default": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "provenance": "SELECT ?g ?s { <id/kazakhstan> <ont#chairs> ?body "
    "GRAPH ?g { ?s <ont#evidence> ?e } } ORDER BY ?g ?s",
}


@pytest.mark.parametrize("name", GRAPHS)
def test_every_dataset(here: FlaskClient, there: FlaskClient, name: str) -> None:
    ours, theirs = (
        client.get("/sparql", query_string={"query": GRAPHS[name], "format": "csv"})
        for client in (here, there)
    )
    assert theirs.status_code == ours.status_code == 200, theirs.text
    assert theirs.text == ours.text


@pytest.mark.parametrize("name", MIX)
def test_the_mix_of_the_benchmark(here: FlaskClient, there: FlaskClient, name: str) -> None:
    """The same fourteen queries, asked of what there is here."""
    query = PREFIXES + MIX[name]
    for number, thing in (("person-3", "kazakhstan"), ("person-5", "jordan"), ("person-0", "un")):
        query = query.replace(f"id:{number} ", f"id:{thing} ")
    query = query.replace("id:body-2", "id:un").replace("id:place-2", "id:jordan")
    name = "nt" if "CONSTRUCT" in query else "csv"
    ours, theirs = (client.post("/sparql", data={"query": query, "format": name}) for client in (here, there))
    assert theirs.status_code == ours.status_code == 200, theirs.text
    if "LIMIT" not in query or "ORDER BY" in query:
        assert _unordered(theirs.data, name) == _unordered(ours.data, name)
    assert len(theirs.data.splitlines()) == len(ours.data.splitlines())


def test_wrong_query_is_the_clients_fault(there: FlaskClient) -> None:
    answer = there.get("/sparql", query_string={"query": "SELECT * { ?s ?p }"})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["type"].endswith("problem/query")


def test_store_that_gives_a_part_only(there: FlaskClient, store: Client) -> None:
    """Virtuoso gives 10,000 rows and says so in a header; nobody takes them for all."""
    answer = there.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }", "format": "csv"})
    if store.profile.rows:
        assert answer.status_code == 507
        assert "gives only a part of the answer" in answer.text
        with pytest.raises(CutError):
            rows(store, "SELECT * { ?s ?p ?o }")
    else:
        assert answer.status_code == 200
        assert len(answer.text.splitlines()) > 20_000


def test_second_build_sends_what_is_new(folder: Path, store: Client, knowledge_: Knowledge) -> None:
    """The last of its module: others ask what was there before."""
    before = published(folder)
    first = next(NEW)
    build(made(range(first, first + 2), knowledge_), folder, knowledge=knowledge_)
    after = published(folder)
    assert after != before
    told = mirror(folder, store)
    assert told.sent == len(after ^ before)
    assert numbers(store) == counted(after)


def test_what_is_written_is_in_the_store(folder: Path, store: Client) -> None:
    secret = add(folder, f"editor-{store.profile.name}", ("update",), date.today())
    mirror(folder, store)
    with ExitStack() as stack:
        there = _client(create_app(folder, front=UNLIMITED, remote=store, writable=True), stack)
        note = "<urn:a> <urn:b> 'c', 1.5, true, '2023'^^<http://www.w3.org/2001/XMLSchema#gYear> ."
        answer = there.put(
            "/data?graph=http://example.org/notes", data=note, content_type="text/turtle",
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
        for query in ("SELECT ?o { <urn:a> <urn:b> ?o }", "SELECT ?o { GRAPH ?g { <urn:a> <urn:b> ?o } }"):
            asked = there.get("/sparql", query_string={"query": query, "format": "csv"})
            assert sorted(asked.text.split()) == ["1.5", "2023", "c", "o", "true"]
        answer = there.delete(
            "/data?graph=http://example.org/notes", headers={"Authorization": f"Bearer {secret}"}
        )
        assert answer.status_code == 204
    assert numbers(store) == counted(published(folder))


# --- a store that fails its readers


def test_store_that_fails_its_readers(folder: Path) -> None:
    with lying() as liar, ExitStack() as stack:
        with pytest.raises(StoreError, match="holds no graph that khabar build has sent there"):
            create_app(folder, remote=liar.client())
        mirror(folder, liar.client())
        there = _client(create_app(folder, remote=liar.client()), stack)
        for answer in (lambda h: say(h, 500, "out of threads"), lambda h: say(h, 200, '{"head": {}}')):
            liar.answers = [answer]
            told = there.get("/sparql", query_string={"query": "ASK { ?s ?p 1 }", "format": "json"})
            assert (told.status_code, told.headers["Retry-After"]) == (503, "60"), told.text
        mirror(folder, liar.client(), with_texts=True)
        with pytest.raises(StoreError, match="holds the texts of the articles, too"):
            create_app(folder, remote=liar.client())
