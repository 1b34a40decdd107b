"""Writing over HTTP: who may, what may be written, what follows in a built graph, and what a crash leaves."""

from __future__ import annotations

import json
import random
import re
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from values import DIALOGUE, ID, arabic, russian
from w3c import local, manifests, quads, suites
from werkzeug.test import TestResponse

from khabar.cli import main
from khabar.errors import StoreError
from khabar.graph.assemble import assemble
from khabar.graph.checkpoint import BOOKS
from khabar.graph.folder import KEPT_SNAPSHOTS, open_snapshot
from khabar.graph.plain import Plain, prepared
from khabar.graph.store import Store
from khabar.publish import gate, keys, updates
from khabar.publish.app import create_app
from khabar.publish.dataset import Dataset, Snapshot
from khabar.publish.protocol import Refusal, problem_details
from khabar.vocab import DEFAULT_BASE, KH

TODAY: Final = date(2026, 1, 1)
NOTES: Final = "http://example.org/notes"
CHAIRS: Final = f"<{ID['kazakhstan']}> <{KH.chairs}> <{DIALOGUE}>"
TURTLE: Final = {"Content-Type": "text/turtle"}
UPDATE: Final = {"Content-Type": "application/sparql-update"}


class Server:
    """A writable server of a folder, as one with a key sees it."""

    def __init__(self, folder: Path, dataset: str, *, check: bool = False, name: str = "editor") -> None:
        self.folder = folder
        self.key = keys.add(folder, name, ("update",), TODAY)
        self.app = create_app(folder, dataset=dataset, writable=True, check=check, workers=1)
        self.client: FlaskClient = self.app.test_client()
        self.parts = self.app.extensions["khabar"]

    def send(self, method: str, path: str, body: str = "", **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        return self.client.open(path, method=method, data=body.encode(), headers=headers, **more)

    def update(self, text: str, **arguments: str) -> TestResponse:
        return self.send("POST", "/update", text, headers=UPDATE, query_string=arguments)

    def put(self, graph: str, turtle: str) -> TestResponse:
        return self.send("PUT", "/data", turtle, headers=TURTLE, query_string={"graph": graph})

    def ask(self, text: str) -> bool:
        answer = self.client.get("/sparql", query_string={"query": text})
        assert answer.json is not None
        found: bool = answer.json["boolean"]
        return found

    def count(self, pattern: str) -> int:
        query = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        answer = self.client.get("/sparql", query_string={"query": query, "format": "csv"})
        return int(answer.text.split()[1])


@pytest.fixture
def built(tmp_path: Path) -> Iterator[Server]:
    """A graph in which three articles state one chair."""
    with Store.create(tmp_path / "graph") as store:
        for reading in (arabic(), russian(), russian("again")):
            store.replace(reading.article.key, assemble(reading))
        store.publish()
    server = Server(tmp_path / "graph", "built")
    yield server
    server.parts.close()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Server]:
    with prepared(tmp_path / "data", "plain", writable=True) as folder:
        server = Server(folder, "plain")
        yield server
        server.parts.close()


def problem(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.data)["type"].rpartition("/")[2]


# --- a built graph: its default graph follows


def assert_derived(folder: Path) -> None:
    """The default graph is every published named graph, each triple once."""
    store = open_snapshot(folder)
    text = f"{DEFAULT_BASE}graph/text/"
    hidden = (text, BOOKS.value)
    named = {q.triple for q in store if not getattr(q.graph_name, "value", text).startswith(hidden)}
    assert {q.triple for q in store.quads_for_pattern(None, None, None, ox.DefaultGraph())} == named


def test_a_triple_of_three_articles_counts_once_until_the_last_is_gone(built: Server) -> None:
    graphs = [f"{DEFAULT_BASE}graph/{key}" for key in ("dialogue-ar", "dialogue-ru", "again")]
    assert (built.count(CHAIRS), built.count(f"GRAPH ?g {{ {CHAIRS} }}")) == (1, 3)
    assert built.update(f"DELETE DATA {{ GRAPH <{graphs[0]}> {{ {CHAIRS} }} }}").status_code == 204
    assert (built.count(CHAIRS), built.count(f"GRAPH ?g {{ {CHAIRS} }}")) == (1, 2)
    assert built.send("DELETE", "/data", query_string={"graph": graphs[1]}).status_code == 204
    assert built.put(graphs[2], "<urn:x:a> <urn:x:b> <urn:x:c> .").status_code == 204
    assert (built.count(CHAIRS), built.count("<urn:x:a> ?p ?o")) == (0, 1)
    assert_derived(built.folder)


def test_one_update_may_change_several_graphs_and_say_which_by_a_variable(built: Server) -> None:
    text = f"DELETE {{ GRAPH ?g {{ {CHAIRS} }} }} INSERT {{ GRAPH <{NOTES}> {{ ?g a <urn:x:Graph> }} }}"
    assert built.update(f"{text} WHERE {{ GRAPH ?g {{ {CHAIRS} }} }}").status_code == 204
    assert (built.count(CHAIRS), built.count("?g a <urn:x:Graph>")) == (0, 3)
    assert_derived(built.folder)


def test_blank_nodes_become_iris(built: Server) -> None:
    assert built.put(NOTES, "[] <urn:x:b> [ <urn:x:c> 1 ] .").status_code == 201
    assert built.update(f"INSERT DATA {{ GRAPH <{NOTES}> {{ _:a <urn:x:b> 2 }} }}").status_code == 204
    assert built.count(f"GRAPH <{NOTES}> {{ ?s ?p ?o FILTER(isBlank(?s) || isBlank(?o)) }}") == 0
    assert built.count(f"GRAPH <{NOTES}> {{ ?s ?p ?o FILTER(CONTAINS(STR(?s), '/genid/')) }}") == 3


def test_what_another_build_makes_of_it(built: Server) -> None:
    """A build has its turn when nobody writes, and keeps the graphs that others have put there."""
    assert built.put(NOTES, "<urn:x:a> <urn:x:b> <urn:x:c> .").status_code == 201
    for _ in range(100):
        try:
            with Store.open(built.folder) as store:
                store.remove("again")
                store.publish()
            break
        except StoreError:
            time.sleep(0.1)
    assert (built.count(f"GRAPH ?g {{ {CHAIRS} }}"), built.count("<urn:x:a> ?p ?o")) == (2, 1)
    assert built.update(f"CLEAR GRAPH <{NOTES}>").status_code == 204
    assert built.count("<urn:x:a> ?p ?o") == 0


TRIPLE: Final = "<urn:x:a> <urn:x:b> <urn:x:c>"
PROTECTED = [
    f"INSERT DATA {{ {TRIPLE} }}",
    "DELETE WHERE { ?s ?p ?o }",
    f"INSERT {{ {TRIPLE} }} WHERE {{}}",
    "CLEAR DEFAULT",
    "DROP ALL",
    "DROP NAMED",
    f"COPY <{NOTES}> TO DEFAULT",
    f"MOVE DEFAULT TO <{NOTES}>",
    *(f"INSERT DATA {{ GRAPH <{DEFAULT_BASE}graph/{name}> {{ {TRIPLE} }} }}"
      for name in ("meta", "ontology", "lexicon", "entities", "curation", "text/dialogue-ar")),
    f"CLEAR GRAPH <{DEFAULT_BASE}graph/text/dialogue-ar>",
    f"BASE <{DEFAULT_BASE}> WITH <graph/meta> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    f"INSERT {{ GRAPH ?g {{ {TRIPLE} }} }} WHERE {{ GRAPH ?g {{ ?s a ?c }} }}",  # all, so graph/meta, too
    f"PREFIX g: <{DEFAULT_BASE}graph/> INSERTDATA{{GRAPHg:meta{{{TRIPLE}}}}}",  # the engine needs no spaces
    "CLEARALL",
]  # fmt: skip


@pytest.mark.parametrize("text", PROTECTED)
def test_what_is_not_for_others_to_write_stays(built: Server, text: str) -> None:
    before = set(open_snapshot(built.folder))
    answer = built.update(text)
    assert problem(answer) == (403, "protected")
    assert json.loads(answer.data)["title"]
    assert set(open_snapshot(built.folder)) == before


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("graph", ["default", f"graph={DEFAULT_BASE}graph/meta"])
def test_nor_by_the_graph_store_protocol(built: Server, method: str, graph: str) -> None:
    answer = built.send(method, f"/data?{graph}", f"{TRIPLE} .", headers=TURTLE)
    assert problem(answer) == (403, "protected")


# --- what cannot be done


@pytest.mark.parametrize("text", [
    "LOAD <http://127.0.0.1:9/>", f"CREATE GRAPH <{NOTES}> ; LOAD <http://127.0.0.1:9/> INTO GRAPH <{NOTES}>",
    "PREFIX a:<urn:a:>LOADa:b", "LOADSILENT<http://127.0.0.1:9/>", "\\u004cOAD <http://127.0.0.1:9/>",
])  # fmt: skip
def test_load_is_refused(plain: Server, text: str) -> None:
    assert problem(plain.update(text))[0] in (400, 403)
    assert plain.count("?s ?p ?o") == 0


def test_load_silent_does_nothing_and_says_nothing(plain: Server) -> None:
    text = f"LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <{NOTES}> ; INSERT DATA {{ {TRIPLE} }}"
    assert plain.update(text).status_code == 204
    assert plain.count("?s ?p ?o") == 1


def test_service_is_refused_in_an_update(plain: Server) -> None:
    text = f"INSERT {{ {TRIPLE} }} WHERE {{ SERVICE <http://127.0.0.1:9/> {{ ?s ?p ?o }} }}"
    assert problem(plain.update(text)) == (403, "service")


def test_an_update_that_fails_changes_nothing(plain: Server) -> None:
    assert plain.update(f"INSERT DATA {{ {TRIPLE} }}").status_code == 204
    answer = plain.update(f"DELETE DATA {{ {TRIPLE} }} ; CLEAR GRAPH <{NOTES}>")
    assert problem(answer) == (400, "update")
    assert plain.count("?s ?p ?o") == 1


def test_a_syntax_error_shows_line_and_caret(built: Server) -> None:
    answer = built.update("PREFIX : <urn:x:>\nINSERT DATA { GRAPH :g { :a :b } }")
    told = json.loads(answer.data)
    assert (answer.status_code, told["where"]) == (400, "update, line 2, column 32")
    assert told["excerpt"] == "INSERT DATA { GRAPH :g { :a :b } }\n                               ^"


def test_a_graph_that_is_not_rdf(plain: Server) -> None:
    assert problem(plain.put(NOTES, "<a> <b>")) == (400, "syntax")
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><rdf:RDF/>'
    answer = plain.send("PUT", f"/data?graph={NOTES}", bomb, headers={"Content-Type": "application/rdf+xml"})
    assert problem(answer) == (400, "syntax")
    answer = plain.send("PUT", f"/data?graph={NOTES}", "x", headers={"Content-Type": "text/html"})
    assert problem(answer) == (415, "media-type")
    for graphs in ("", "?graph=a&default", f"?graph={NOTES}&graph=urn:x:b", "?graph=no%20iri"):
        assert problem(plain.send("PUT", f"/data{graphs}", "", headers=TURTLE)) == (400, "request")


# --- what the front tells of an update before it is done


def changed(before: set[ox.Quad], after: set[ox.Quad]) -> set[str]:
    return {getattr(quad.graph_name, "value", "") for quad in before ^ after}


def w3c_updates() -> Iterator[tuple[str, set[ox.Quad]]]:
    """The updates of the W3C, each with the data it is for."""
    for manifest in manifests(suites() / "manifest-sparql11-update.ttl"):
        for case in manifest.tests():
            ut = "http://www.w3.org/2009/sparql/tests/test-update#"
            action = manifest.value(case.node, f"{case_prefix}action")
            path = local(manifest.value(action, f"{ut}request") or action)
            data = {q for iri in manifest.values(action, f"{ut}data") for q in quads(local(iri))}
            for graph in manifest.values(action, f"{ut}graphData"):
                name = manifest.text(graph, "http://www.w3.org/2000/01/rdf-schema#label")
                data |= set(quads(local(manifest.value(graph, f"{ut}graph")), name))
            yield f"BASE <{path.as_uri()}>\n{path.read_bytes().decode()}", data


case_prefix: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"


def test_the_graphs_that_an_update_changes_are_those_that_were_told() -> None:
    """Whatever the engine does is within what updates.py says, by all updates of the W3C."""
    ran = 0
    for text, data in w3c_updates():
        with suppress(Refusal):
            told = updates.inspect(text, "http://example.org/")
            if told.refusal is not None:
                continue  # LOAD: the engine must never see it, for it would ask for the address
            store = ox.Store()
            store.extend(data)
            with suppress(SyntaxError, RuntimeError, OSError):
                store.update(told.text)
                ran += 1
            found = changed(data, set(store))
            assert told.is_default_changed or told.graphs is None or "" not in found, text
            assert told.graphs is None or found - {""} <= told.graphs, text
    assert ran > 100


@given(st.text(alphabet="{}<>;.?:\"'# aGRPHLODINSETUWclearTO", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Refusal):
        updates.inspect(text, "http://example.org/")


USING = [
    ("INSERT { <a:a> <a:b> ?o } WHERE { ?s ?p ?o }",
     "INSERT { <a:a> <a:b> ?o } USING <urn:x:1> USING NAMED <urn:x:2> WHERE { ?s ?p ?o }"),
    ("DELETE WHERE { ?s ?p ?o } ; DROP ALL",
     "DELETE { ?s ?p ?o }USING <urn:x:1> USING NAMED <urn:x:2> WHERE { ?s ?p ?o }  ; DROP ALL"),
    ("INSERT DATA { <a:a> <a:b> 'WHERE {}' }", "INSERT DATA { <a:a> <a:b> 'WHERE {}' }"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), USING)
def test_the_dataset_of_a_request_is_written_into_the_update(text: str, expected: str) -> None:
    told = updates.inspect(text, "http://example.org/", ("urn:x:1",), ("urn:x:2",))
    assert told.text == expected
    ox.Store().update(told.text)


# --- keys


def test_only_a_key_for_updates_in_a_header_may_write(built: Server) -> None:
    folder, client = built.folder, built.client
    reader, admin = (keys.add(folder, scope, (scope,), TODAY) for scope in ("read", "admin"))
    text = f"INSERT DATA {{ GRAPH <{NOTES}> {{ {TRIPLE} }} }}"

    def post(**headers: str) -> TestResponse:
        return client.post("/update", data=text, headers=UPDATE | headers)

    assert problem(post()) == (401, "key")
    assert post().headers["WWW-Authenticate"] == 'Bearer realm="khabar"'
    wrong = post(Authorization="Bearer khabar_wrong")
    assert problem(wrong) == (401, "key")
    assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]
    assert problem(post(Authorization="Basic dTpw")) == (401, "key")
    assert problem(post(Authorization=f"Bearer {reader}")) == (403, "scope")
    # A form, an address and a cookie are what another website could send.
    assert problem(client.post("/update", data={"update": text, "access_token": built.key})) == (401, "key")
    client.set_cookie("Authorization", f"Bearer {built.key}")
    assert problem(client.post(f"/update?key={built.key}", data={"update": text})) == (401, "key")
    assert built.count("<urn:x:a> ?p ?o") == 0
    assert post(Authorization=f"Bearer {admin}").status_code == 204
    keys.revoke(folder, "admin")
    assert problem(post(Authorization=f"Bearer {admin}")) == (401, "key")


@pytest.mark.parametrize(("method", "path"), [("POST", "/update"), ("PUT", "/data"), ("DELETE", "/data/x")])
def test_where_one_may_write_there_is_no_cors(built: Server, method: str, path: str) -> None:
    site = {"Origin": "https://example.org", "Access-Control-Request-Method": method}
    for answer in (
        built.client.open(path, method=method, headers=site),
        built.send(method, path, headers=site),
        built.client.options(path, headers=site | {"Access-Control-Request-Headers": "authorization"}),
    ):
        assert method not in answer.headers.get("Access-Control-Allow-Methods", "")
        assert answer.request.method == "OPTIONS" or "Access-Control-Allow-Origin" not in answer.headers
    assert built.client.options(path).status_code == 200  # before any key is asked for


def test_nothing_is_written_where_it_is_not_allowed(tmp_path: Path) -> None:
    with prepared(tmp_path / "data", "plain", writable=True) as folder:
        key = keys.add(folder, "editor", ("admin",), TODAY)
        app = create_app(folder, dataset="plain", workers=1)
        client, headers = app.test_client(), {"Authorization": f"Bearer {key}"}
        assert problem(client.post("/update", data={"update": "DROP ALL"}, headers=headers)) == (
            403,
            "read-only",
        )
        assert problem(client.put("/data?default", data=b"", headers=headers | TURTLE)) == (403, "read-only")
        app.extensions["khabar"].close()


def test_a_private_server_answers_only_those_with_a_key(tmp_path: Path) -> None:
    with prepared(tmp_path / "data", "plain", writable=True) as folder:
        key = keys.add(folder, "reader", ("read",), TODAY)
        app = create_app(folder, dataset="plain", private=True, workers=1)
        client, headers = app.test_client(), {"Authorization": f"Bearer {key}"}
        for _ in range(2):  # no answer is kept that a stranger could be given
            answer = client.get("/sparql?query=ASK{}", headers=headers)
            assert (answer.status_code, answer.headers["Cache-Control"].partition(",")[0]) == (200, "private")
            for path in ("/", "/sparql?query=ASK{}", "/data?default", "/.well-known/void"):
                assert problem(client.get(path)) == (401, "key")
        preflight = client.options("/sparql", headers={"Access-Control-Request-Headers": "authorization"})
        assert preflight.status_code == 200
        assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
        assert client.get("/healthz").status_code == 200
        app.extensions["khabar"].close()


def khabar(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return done.exit_code, done.stdout, done.stderr


def test_a_key_is_shown_once_and_kept_as_a_hash(plain: Server) -> None:
    folder = plain.folder
    status, key, _ = khabar("key", "add", folder, "ci", "--scope", "ingest", "--scope", "update")
    assert status == 0
    assert re.fullmatch(r"khabar_[\w-]{43}\n", key)
    kept = (folder / "keys.json").read_text("utf-8")
    assert key.strip() not in kept
    assert keys.hashed(key.strip()) in kept
    assert stat.S_IMODE((folder / "keys.json").stat().st_mode) == 0o600
    status, shown, _ = khabar("key", "list", folder)
    assert [line.split()[:3] for line in shown.splitlines()[2:]] == [
        ["editor", "update", "2026-01-01"], ["ci", "ingest,", "update"],
    ]  # fmt: skip
    assert khabar("key", "add", folder, "ci", "--scope", "read") == (
        2, "", "khabar: key ci: is there already\n  revoke it first, or choose another name\n"
    )  # fmt: skip
    assert khabar("key", "revoke", folder, "ci") == (0, "", "revoked ci\n")
    assert khabar("key", "revoke", folder, "ci")[0] == 2
    assert khabar("key", "add", folder, "a b", "--scope", "read")[0] == 2
    assert khabar("key", "list", folder / "none")[0] == 2


# --- crashes and other writers


def test_a_crash_leaves_the_state_before_or_after(built: Server) -> None:
    """Each update puts one number into two graphs; killed at any moment, both have the same one."""
    server, chance, ended = built, random.Random(4), 0
    graphs = [f"{DEFAULT_BASE}graph/dialogue-ru", NOTES]
    blocks = " ".join(f"GRAPH <{graph}> {{ <urn:x:n> <urn:x:is> ?n }}" for graph in graphs)

    def write(number: int) -> TestResponse:
        data = blocks.replace("?n", str(number))
        return server.update(f"DELETE {{ {blocks} }} WHERE {{ {blocks} }} ; INSERT DATA {{ {data} }}")

    assert write(0).status_code == 204
    last = 0
    for number in range(1, 13):
        process = server.parts.writer._process
        delay = chance.uniform(0, 0.12)
        killer = threading.Timer(delay, process.kill if process else lambda: None)
        killer.start()
        status = write(number).status_code
        killer.join()
        ended += status != 204
        assert server.update("CLEAR SILENT GRAPH <urn:x:none>").status_code in (204, 507)
        assert server.update("CLEAR SILENT GRAPH <urn:x:none>").status_code == 204
        store = open_snapshot(server.folder)
        held = {
            (getattr(q.graph_name, "value", ""), q.object.value)
            for q in store.quads_for_pattern(ox.NamedNode("urn:x:n"), None, None)
            if isinstance(q.object, ox.Literal)
        }
        found = {value for _, value in held}
        assert {graph for graph, _ in held} == {"", *graphs}
        assert found in ({str(number)}, {str(last)}), held
        assert status != 204 or found == {str(number)}
        last = int(found.pop())
        assert_derived(server.folder)
    assert ended, "no update was interrupted: the test shows nothing"


def test_a_change_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with prepared(tmp_path / "data", "plain", writable=True) as folder:
        server = Server(folder, "plain")
        rows = " ".join(f"<urn:x:{n}> <urn:x:p> {n} ." for n in range(400))
        assert server.update(f"INSERT DATA {{ {rows} }}").status_code == 204
        limits = server.parts.writer.limits  # with time enough to start the process that writes
        server.parts.writer.limits = limits._replace(seconds=2.0)
        product = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
        answer = server.update(
            f"INSERT {{ <urn:x:n> <urn:x:is> ?n }} WHERE {{ SELECT (COUNT(*) AS ?n) {{ {product} }} }}"
        )
        assert problem(answer) == (503, "deadline")
        server.parts.writer.limits = limits
        assert server.update(f"INSERT DATA {{ {TRIPLE} }}").status_code == 204
        assert server.count("?s ?p ?o") == 401
        server.parts.close()


def test_while_another_process_writes_it_says_so(plain: Server) -> None:
    hold = "import sys, time; from pathlib import Path; from khabar.graph.plain import Plain\n"
    hold += "with Plain.open(Path(sys.argv[1]), None): print(1, flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", hold, str(plain.folder)], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        answer = plain.update(f"INSERT DATA {{ {TRIPLE} }}")
        assert problem(answer) == (503, "busy")
        assert answer.headers["Retry-After"] == "5"
    finally:
        other.kill()
        other.wait()
    assert plain.update(f"INSERT DATA {{ {TRIPLE} }}").status_code == 204


def test_changes_of_many_clients_are_made_one_after_the_other(plain: Server) -> None:
    assert plain.update("INSERT DATA { <urn:x:n> <urn:x:is> 0 }").status_code == 204
    text = "DELETE { ?s ?p ?n } INSERT { ?s ?p ?m } WHERE { ?s ?p ?n BIND(?n + 1 AS ?m) }"
    told: list[int] = []

    def change() -> None:
        for _ in range(5):
            told.append(plain.update(text).status_code)

    threads = [threading.Thread(target=change) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [204] * 20
    assert plain.ask("ASK { <urn:x:n> <urn:x:is> 20 }")


class Outrun(Dataset):
    """Others publish so often that what it first opens is cleared away before it is open."""

    def _open(self, path: Path, pointer: tuple[int, int] | None) -> Snapshot:
        if path.name == "1":
            with Store.open(self.folder) as store:
                for n in range(KEPT_SNAPSHOTS):
                    store.replace(f"more-{n}", assemble(russian(f"more-{n}")))
                    store.publish()
            assert not path.exists()
        return super()._open(path, pointer)


def test_a_snapshot_that_is_cleared_away_while_it_is_opened_is_no_error(tmp_path: Path) -> None:
    with Store.create(tmp_path / "graph") as store:
        store.replace("first", assemble(russian("first")))
        store.publish()
    dataset = Outrun(tmp_path / "graph")
    assert dataset.snapshot().path.name == str(1 + KEPT_SNAPSHOTS)


# --- plain datasets


def test_a_folder_of_rdf_files(tmp_path: Path) -> None:
    (tmp_path / "rdf" / "more").mkdir(parents=True)
    files = {
        "a.ttl": "<#it> <urn:x:name> 'خبر'@ar . _:b <urn:x:p> 1 .",
        "more/b.nt": "_:b <urn:x:p> <urn:x:o> .\n",
        "c.trig": "<urn:x:g> { <urn:x:s> <urn:x:p> <urn:x:o> }",
        ".hidden.ttl": "nonsense",
        "d.txt": "nonsense",
    }
    for name, text in files.items():
        (tmp_path / "rdf" / name).write_text(text, "utf-8")
    before = sorted(tmp_path.rglob("*"))
    with prepared(tmp_path / "rdf", "plain") as folder:
        app = create_app(folder, dataset="plain", workers=1)
        query = (
            "SELECT ?s ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER(!isBlank(?s)) } ORDER BY ?s"
        )
        answer = app.test_client().get("/sparql", query_string={"query": query, "format": "csv"})
        assert answer.text == "s,g\r\nhttp://localhost/a.ttl#it,\r\nurn:x:s,urn:x:g\r\n"
        count = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <urn:x:p> ?o }"  # blank nodes of two files are two
        answer = app.test_client().get("/sparql", query_string={"query": count, "format": "csv"})
        assert answer.text == "n\r\n2\r\n"
        assert app.test_client().get("/", headers={"Accept": "text/html"}).headers["Location"] == "/sparql"
        for path in ("/sparql", "/none"):
            answer = app.test_client().get(path, headers={"Accept": "text/html"})
            assert (answer.status_code, answer.mimetype) == (404 if path == "/none" else 200, "text/html")
        app.extensions["khabar"].close()
    assert not folder.exists()
    assert sorted(tmp_path.rglob("*")) == before


def refused(folder: Path, kind: str, *, writable: bool = False) -> str:
    with pytest.raises(StoreError) as caught, prepared(folder, kind, writable=writable) as path:
        create_app(path, dataset=kind, writable=writable)
    return caught.value.problem


def test_a_folder_of_another_kind_is_refused(tmp_path: Path, built: Server) -> None:
    (tmp_path / "rdf").mkdir()
    assert refused(tmp_path / "rdf", "plain") == "holds no RDF files"
    assert refused(tmp_path / "none", "plain") == "is not a folder"
    (tmp_path / "rdf" / "a.ttl").write_text("<urn:x:a> <urn:x:b> 1 .")
    assert (
        refused(tmp_path / "rdf", "plain", writable=True) == "holds RDF files, which khabar does not rewrite"
    )
    assert refused(tmp_path / "rdf", "built") == "is not a graph that khabar has built"
    assert refused(built.folder, "plain") == "holds a built graph"
    with Plain.create(tmp_path / "data") as data:
        data.publish()
    assert refused(tmp_path / "data", "built") == "holds a plain dataset, not a built graph"
    (tmp_path / "rdf" / "a.ttl").write_text("<urn:x:a> <urn:x:b>")
    status, _, told = khabar("serve", tmp_path / "rdf", "--dataset", "plain")
    assert (status, told.splitlines()[0].partition(": is not Turtle")[0]) == (
        2,
        f"khabar: {tmp_path}/rdf/a.ttl",
    )


def test_an_example_of_the_help_is_true() -> None:
    assert "khabar key add graph editor --scope update" in khabar("key", "add", "--help")[1]
    assert "--dataset" in khabar("serve", "--help")[1]


def test_limits_of_size() -> None:
    with pytest.raises(Refusal) as caught:
        updates.inspect("#" * 2_000_000, DEFAULT_BASE)
    assert problem_details(caught.value)["status"] == 413
    long = "INSERT DATA { " + " ".join(f"<urn:x:{n}> <urn:x:p> {n} ." for n in range(10_000)) + " }"
    assert updates.inspect(long, DEFAULT_BASE).is_default_changed
    with pytest.raises(Refusal):
        gate.inspect(long.replace("INSERT DATA", "ASK"), DEFAULT_BASE)


# --- checked by the shapes


@pytest.fixture
def checked(tmp_path: Path) -> Iterator[Server]:
    with Store.create(tmp_path / "graph") as store:
        for reading in (arabic(), russian()):
            store.replace(reading.article.key, assemble(reading))
        store.publish()
    server = Server(tmp_path / "graph", "built", check=True)
    yield server
    server.parts.close()


ARABIC: Final = f"{DEFAULT_BASE}graph/dialogue-ar"
SURE: Final = f"?s <{KH.confidence}> ?sure"


def as_sure_as(number: str) -> str:
    """An update after which every statement of the article is that sure."""
    new = f"?s <{KH.confidence}> {number}"
    return f"WITH <{ARABIC}> DELETE {{ {SURE} }} INSERT {{ {new} }} WHERE {{ {SURE} }}"


def test_a_change_that_breaks_a_rule_is_refused_whole(checked: Server) -> None:
    before = checked.count("?s ?p ?o")
    answer = checked.update(as_sure_as("7.5"))
    assert problem(answer) == (422, "shapes")
    told = json.loads(answer.data)
    assert {result["shape"].rpartition("#")[2] for result in told["results"]} == {"Statement-confidence"}
    assert all(set(result["messages"]) == {"ar", "en", "ru"} for result in told["results"])
    assert (checked.count("?s ?p ?o"), checked.count(f"?s <{KH.confidence}> 7.5")) == (before, 0)
    assert_derived(checked.folder)


def test_a_change_that_keeps_the_rules_is_made(checked: Server) -> None:
    assert checked.update(as_sure_as("0.5")).status_code == 204
    assert checked.put(NOTES, "<urn:x:a> <urn:x:b> <urn:x:c> .").status_code == 201
    assert checked.send("DELETE", "/data", query_string={"graph": NOTES}).status_code == 204
    assert_derived(checked.folder)


def test_rules_of_all_articles_hold_for_other_graphs_too(checked: Server) -> None:
    """An entity of two classes that exclude each other."""
    wrong = f"<{ID['uzbekistan']}> a <{KH.Event}> , <{KH.Work}> ."
    answer = checked.put(NOTES, wrong)
    assert problem(answer) == (422, "shapes")
    page = checked.send(
        "PUT", "/data", wrong,
        headers={**TURTLE, "Accept": "text/html"}, query_string={"graph": NOTES},
    )  # fmt: skip
    assert (page.status_code, "An event is no work, post or place." in page.text) == (422, True)
    assert checked.count(f"GRAPH <{NOTES}> {{ ?s ?p ?o }}") == 0


def test_a_graph_that_breaks_a_rule_already_can_be_mended(tmp_path: Path) -> None:
    with Store.create(tmp_path / "graph") as store:
        store.replace("dialogue-ar", assemble(arabic()))
        store.publish()
    open_ = Server(tmp_path / "graph", "built")
    assert open_.update(as_sure_as("7.5")).status_code == 204
    open_.parts.close()
    checked = Server(tmp_path / "graph", "built", check=True, name="mender")
    wrong = checked.count(f"?s <{KH.confidence}> 7.5")
    add = (
        f"INSERT {{ GRAPH <{ARABIC}> {{ ?s <urn:x:seen> true }} }} WHERE {{ GRAPH <{ARABIC}> {{ {SURE} }} }}"
    )
    assert (wrong > 0, checked.update(add).status_code) == (True, 204)
    assert checked.update(as_sure_as("0.75")).status_code == 204
    assert checked.count(f"?s <{KH.confidence}> 7.5") == 0
    checked.parts.close()


def test_no_rules_are_known_of_any_rdf(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["serve", str(tmp_path), "--dataset", "plain", "--writable", "--check"])
    assert (done.exit_code, done.stderr) == (
        2,
        "khabar: --check: is for a built graph: of any RDF no rules are known\n  leave it out\n",
    )
