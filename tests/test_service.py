"""What makes the web front a service: caching, limits, operation, and how it ends."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from backports import zstd
from egress import outgoing
from flask.testing import FlaskClient
from web import built, served, serving
from werkzeug.test import TestResponse

from khabar.commands.serve import from_settings
from khabar.errors import ServeError
from khabar.graph.folder import show
from khabar.publish import clients, encoding, keys, pool
from khabar.publish.app import create_app
from khabar.publish.budget import Budget
from khabar.publish.cache import Cache
from khabar.publish.front import ALL, OFF, Front
from khabar.publish.metrics import QueryLog
from khabar.publish.protocol import Refusal

ALL_TRIPLES = "SELECT * { ?s ?p ?o }"
FOR_EVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
# About two and a half million pairs: some tenths of a second, and it ends.
FOR_A_WHILE = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(STR(?f)) > 10000) }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("web") / "graph")


@contextmanager
def client_of(folder: Path, **settings: Any) -> Iterator[FlaskClient]:
    app = create_app(folder, **({"workers": 1} | settings))
    try:
        yield app.test_client()
    finally:
        app.extensions["khabar"].close()


@pytest.fixture
def client(folder: Path) -> Iterator[FlaskClient]:
    with client_of(folder, front=Front(metrics=ALL)) as found:
        yield found


Headers = Mapping[str, str] | None


def ask(client: FlaskClient, query: str, headers: Headers = None, **more: str) -> TestResponse:
    return client.get("/sparql", query_string={"query": query, **more}, headers=headers or {})


def ran(client: FlaskClient) -> int:
    """How many queries workers have run."""
    text = client.get("/metrics").text
    return int(
        float(
            next(
                line.split()[1] for line in text.splitlines() if line.startswith("khabar_query_seconds_count")
            )
        )
    )


# --- caching


def test_what_was_asked_before_is_not_run_again(client: FlaskClient) -> None:
    first = ask(client, "SELECT ?s { ?s a ?class } LIMIT 3")
    for same in (
        ask(client, "SELECT ?s { ?s a ?class } LIMIT 3"),
        ask(client, "SELECT ?s # who\n{ ?s  a\t?class }  LIMIT 3"),
        client.post("/sparql", data={"query": "SELECT ?s { ?s a ?class } LIMIT 3"}),
        client.head("/sparql", query_string={"query": "SELECT ?s { ?s a ?class } LIMIT 3"}),
    ):
        assert same.status_code == 200
        assert same.headers["ETag"] == first.headers["ETag"]
        assert same.headers["Content-Length"] == first.headers["Content-Length"]
        assert same.data in (first.data, b"")
    assert ran(client) == 1


def test_a_client_that_has_the_answer_is_told_so(client: FlaskClient) -> None:
    first = ask(client, ALL_TRIPLES)
    assert first.last_modified is not None
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f'"other", W/{first.headers["ETag"]}'},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = ask(client, ALL_TRIPLES, headers)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert "Content-Type" not in again.headers
    assert ask(client, ALL_TRIPLES, {"If-None-Match": '"other"'}).status_code == 200
    assert ran(client) == 1


def test_nothing_runs_for_a_client_that_has_the_answer(folder: Path) -> None:
    with client_of(folder) as first:
        etag = ask(first, ALL_TRIPLES).headers["ETag"]
    with client_of(folder, front=Front(metrics=ALL)) as another:  # after a restart
        assert ask(another, ALL_TRIPLES, {"If-None-Match": etag}).status_code == 304
        assert ran(another) == 0


def test_an_entity_tag_tells_apart_what_differs(client: FlaskClient) -> None:
    graph = "https://w3id.org/khabar/graph/dialogue-en"
    answers = [
        ask(client, ALL_TRIPLES),
        ask(client, "SELECT * { ?s ?p ?O }"),
        ask(client, ALL_TRIPLES, format="csv"),
        ask(client, ALL_TRIPLES, {"Accept-Encoding": "gzip"}),
        ask(client, ALL_TRIPLES, {"Accept-Encoding": "zstd"}),
        ask(client, ALL_TRIPLES, None, **{"default-graph-uri": graph}),
        ask(client, ALL_TRIPLES, None, **{"named-graph-uri": graph}),
    ]
    assert len({answer.headers["ETag"] for answer in answers}) == len(answers)
    for answer in answers:
        assert {"Accept", "Accept-Encoding"} <= {name.strip() for name in answer.headers["Vary"].split(",")}


def test_the_same_query_gives_the_same_bytes_in_another_process(folder: Path) -> None:
    queries = [
        ALL_TRIPLES,
        "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
        "SELECT DISTINCT ?o { ?s ?p ?o }",
        "CONSTRUCT { ?o ?p ?s } WHERE { ?s ?p ?o FILTER(isIRI(?o)) }",
        "DESCRIBE <https://w3id.org/khabar/id/kazakhstan>",
    ]
    bodies = []
    for _ in range(2):
        with client_of(folder) as fresh:
            bodies.append([ask(fresh, query).data for query in queries])
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?x) {}", "SELECT (rand() AS ?x) {}", "SELECT (UUID() AS ?x) {}",
        "SELECT (STRUUID() AS ?x) {}", "SELECT (BNODE() AS ?x) {}",
        "CONSTRUCT { _:a ?p ?o } WHERE { ?s ?p ?o }", "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }",
    ],
)  # fmt: skip
def test_what_is_never_the_same_is_not_kept(client: FlaskClient, query: str) -> None:
    first, second = ask(client, query), ask(client, query)
    assert (first.status_code, "ETag" in first.headers) == (200, False)
    assert first.headers["Cache-Control"] == "no-store"
    assert first.data != second.data
    assert ran(client) == 2


def test_a_new_snapshot_has_new_entity_tags(tmp_path: Path) -> None:
    folder = built(tmp_path / "graph")
    with client_of(folder) as client:
        before = ask(client, ALL_TRIPLES)
        publish(folder, 2)
        after = ask(client, ALL_TRIPLES, {"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.headers["ETag"] != before.headers["ETag"]
        assert b"urn:new:2" in after.data


def publish(folder: Path, number: int) -> None:
    """Publish a snapshot with one triple more."""
    store = ox.Store(folder / "store")
    store.add(ox.Quad(ox.NamedNode(f"urn:new:{number}"), ox.NamedNode("urn:is"), ox.NamedNode("urn:there")))
    store.backup(folder / "snapshots" / str(number))
    show(folder, number)


def test_a_cache_keeps_within_its_room() -> None:
    cache = Cache[str](1000)
    for number in range(20):
        cache.put(number, "x", 100)
        cache.get(0)
    assert cache.taken == 1000
    assert [number for number in range(20) if cache.get(number)] == [0, *range(11, 20)]
    cache.put("large", "x", 126)
    assert cache.get("large") is None


# --- encodings


@pytest.mark.parametrize(
    "path", ["/sparql?query=" + urllib.parse.quote(ALL_TRIPLES), "/", "/ont.ttl", "/id/kazakhstan.ttl"]
)
def test_every_encoding_holds_the_same(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    assert "Content-Encoding" not in plain.headers
    for name, decode in (("gzip", gzip.decompress), ("zstd", zstd.decompress)):
        coded = client.get(path, headers={"Accept-Encoding": name})
        assert coded.headers["Content-Encoding"] == name
        assert decode(coded.data) == plain.data
        assert int(coded.headers["Content-Length"]) == len(coded.data) < len(plain.data)
        assert coded.headers["ETag"] != plain.headers["ETag"]
        assert not coded.headers["ETag"].startswith("W/")


def test_an_answer_too_large_to_keep_is_encoded_too(folder: Path) -> None:
    large = "SELECT * { ?s ?p ?o . ?a a ?b } LIMIT 20000"
    with client_of(folder) as client:
        plain = ask(client, large)
        assert len(plain.data) > 2 << 20
        for name, decode in (("gzip", gzip.decompress), ("zstd", zstd.decompress)):
            coded = ask(client, large, {"Accept-Encoding": name})
            assert decode(coded.data) == plain.data
            assert int(coded.headers["Content-Length"]) == len(coded.data)


ACCEPTED = [
    ("", ""), ("identity", ""), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "zstd"), ("GZIP;q=0.5", "gzip"),
    ("zstd;q=0, gzip", "gzip"), ("zstd;q=0.3, gzip;q=0.8", "gzip"), ("*", "zstd"), ("*;q=0", ""), ("br", ""),
    ("gzip;q=0.2, identity", ""), ("gzip;q=nonsense", ""),
]  # fmt: skip


@pytest.mark.parametrize(("header", "expected"), ACCEPTED)
def test_the_encoding_that_is_liked_best(header: str, expected: str) -> None:
    assert encoding.choose(header) == expected


# --- limits


def test_a_client_may_shorten_its_deadline(folder: Path) -> None:
    with client_of(folder, run_limits=pool.LIMITS._replace(seconds=20.0)) as client:
        begin = time.monotonic()
        answer = ask(client, FOR_EVER, timeout="300")
        assert answer.status_code == 503
        assert json.loads(answer.data)["title"] == "it was stopped after 0.3 seconds"
        assert time.monotonic() - begin < 10
        assert ask(client, "ASK {}", timeout="999999999").status_code == 200


@pytest.mark.parametrize("written", ["0", "-1", "1.5", "5s", "x"])
def test_a_deadline_that_is_no_number_is_refused(client: FlaskClient, written: str) -> None:
    answer = ask(client, "ASK {}", timeout=written)
    assert answer.status_code == 400
    assert "milliseconds" in json.loads(answer.data)["title"]


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv", "ttl", "nt", "jsonld", "rdf"])
def test_an_answer_has_no_more_rows_than_allowed(folder: Path, name: str) -> None:
    triples = name in ("ttl", "nt", "jsonld", "rdf")
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }" if triples else ALL_TRIPLES
    with client_of(folder, run_limits=pool.LIMITS._replace(rows=900)) as client:
        assert ask(client, f"{query} LIMIT 900", format=name).status_code == 200
        answer = ask(client, f"{query} LIMIT 901", format=name)
        assert answer.status_code == 507
        assert json.loads(answer.data)["title"] == "the answer has more than 900 rows or triples"
        assert ask(client, "ASK {}").status_code == 200


def test_work_is_counted_by_its_seconds() -> None:
    now = [0.0]
    budget = Budget(60, 120, clock=lambda: now[0])
    assert budget.wait("a") == 0
    budget.charge("a", 121.0)
    assert (budget.wait("a"), budget.wait("b")) == (2, 0)
    now[0] = 3.0
    assert budget.wait("a") == 0
    for _ in range(200_000):  # two hundred seconds in queries of nothing
        budget.charge("b", 0.0)
    assert budget.wait("b") > 0
    budget.charge("a", 10_000.0)
    assert budget.wait("a") <= 121  # nobody is shut out for longer than it takes to fill the bucket
    assert Budget(0).wait("a") == 0


def test_a_client_that_asked_for_too_much_waits_and_others_do_not(folder: Path) -> None:
    front = Front(budget=1, burst=1, proxies=clients.networks(["127.0.0.1"]))
    with client_of(folder, front=front) as client:
        greedy, modest = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
        assert ask(client, FOR_EVER, greedy, timeout="1500").status_code == 503
        answer = ask(client, "ASK {}", greedy)
        assert answer.status_code == 429
        assert answer.content_type == "application/problem+json"
        assert 1 <= int(answer.headers["Retry-After"]) <= 61
        assert client.get("/", headers=greedy).status_code == 429
        assert ask(client, "ASK {}", modest).status_code == 200
        assert client.get("/healthz", headers=greedy).status_code == 200


def test_a_proxy_is_believed_behind_a_real_server_too(folder: Path) -> None:
    front = Front(budget=1, burst=1, proxies=clients.networks(["127.0.0.1"]))
    with served(folder, workers=1, front=front) as address:
        for client, query, status in (
            ("203.0.113.7", FOR_EVER, 503), ("203.0.113.7", "ASK {}", 429), ("203.0.113.8", "ASK {}", 200),
        ):  # fmt: skip
            url = f"{address}/sparql?timeout=1500&query={urllib.parse.quote(query)}"
            assert status_of(urllib.request.Request(url, headers={"X-Forwarded-For": client})) == status


def status_of(asked: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_key_has_a_budget_of_its_own(tmp_path: Path) -> None:
    folder = built(tmp_path / "graph")
    secret = keys.add(folder, "one", ("read",), date(2026, 1, 1))
    with client_of(folder, front=Front(budget=1, burst=1, cache=0)) as client:
        assert ask(client, FOR_EVER, timeout="1500").status_code == 503
        assert ask(client, "ASK {}").status_code == 429
        shown = {"Authorization": f"Bearer {secret}"}
        answer = ask(client, "ASK {}", shown)
        assert (answer.status_code, answer.headers["Cache-Control"].split(",")[0]) == (200, "private")
        assert ask(client, "ASK {}", {"Authorization": "Bearer khabar_wrong"}).status_code == 429
        assert ask(client, FOR_EVER, shown, timeout="1500").status_code == 503
        assert ask(client, "ASK {}", shown).status_code == 429


ADDRESSES = [
    ("192.0.2.1", "", (), "192.0.2.1"),
    ("192.0.2.1", "203.0.113.7", (), "192.0.2.1"),  # anybody can write that
    ("10.0.0.1", "203.0.113.7", ("10.0.0.0/8",), "203.0.113.7"),
    ("10.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.9", ("10.0.0.0/8",), "203.0.113.7"),
    ("10.0.0.1", "10.0.0.3", ("10.0.0.0/8",), "10.0.0.3"),
    ("10.0.0.1", "nonsense", ("10.0.0.0/8",), "unknown"),
    ("2001:db8:1:2:3:4:5:6", "", (), "2001:db8:1:2::/64"),
    ("2001:db8:1:2::9", "", (), "2001:db8:1:2::/64"),
    ("::ffff:192.0.2.1", "", (), "192.0.2.1"),
    ("", "", (), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("peer", "forwarded", "proxies", "expected"), ADDRESSES)
def test_whom_work_is_counted_for(peer: str, forwarded: str, proxies: tuple[str, ...], expected: str) -> None:
    environ = {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    assert clients.address(environ, clients.networks(proxies)) == expected


def test_a_proxy_that_is_no_network_is_an_error() -> None:
    with pytest.raises(ServeError) as caught:
        clients.networks(["localhost"])
    assert "write an address such as 127.0.0.1" in str(caught.value)


def test_nobody_alone_has_all_workers(folder: Path) -> None:
    workers = pool.Pool(2, pool.LIMITS._replace(seconds=1.5, wait=5.0, queue=4))
    slow, quick = request(folder, FOR_EVER), request(folder, "ASK {}")
    ended: list[str] = []

    def run(name: str, work: pool.Request) -> None:
        try:
            workers.run(work, client=name).close()
            ended.append(f"{name} answered")
        except Refusal as refusal:
            ended.append(f"{name} {refusal.status} {refusal.code}")

    greedy = [threading.Thread(target=run, args=("greedy", slow)) for _ in range(4)]
    for thread in greedy:
        thread.start()
        time.sleep(0.05)  # so that they come one after the other: one runs, two wait, one is too many
    run("modest", quick)
    assert ended == ["greedy 429 busy", "modest answered"]
    for thread in greedy:
        thread.join()
    assert ended[2:] == ["greedy 503 deadline"] * 3
    workers.close()


def request(folder: Path, query: str) -> pool.Request:
    store = str(folder / "snapshots" / "1")
    return pool.Request(query, store, "1", "https://w3id.org/khabar/", "text/csv", ())


def test_the_queue_is_bounded(folder: Path) -> None:
    workers = pool.Pool(1, pool.LIMITS._replace(seconds=1.0, wait=5.0, queue=1))
    statuses: list[str] = []

    def run() -> None:
        try:
            workers.run(request(folder, FOR_EVER))
        except Refusal as refusal:
            statuses.append(refusal.code)

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert statuses == ["busy"] * 3 + ["deadline"] * 2
    assert workers.waiting == workers.busy == 0
    workers.close()


# --- the jail


def test_the_kernel_keeps_a_worker_from_the_network(folder: Path) -> None:
    """Past the gate: as if it had let SERVICE through."""
    workers = pool.Pool(1)
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.3)
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        with pytest.raises(Refusal) as caught:
            workers.run(request(folder, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"))
        assert (caught.value.status, caught.value.code) == (400, "query")
        with pytest.raises(TimeoutError):
            trap.accept()
    assert workers.held_by in ("seccomp", "network namespace")
    workers.close()


CONFINED = """
import os, socket, subprocess
from khabar.publish import jail
print(jail.confine(1 << 31), flush=True)
for forbidden in (lambda: socket.socket(), lambda: subprocess.run(["true"]), lambda: bytearray(1 << 31),
                  lambda: os.write(os.open("written", os.O_CREAT | os.O_WRONLY), b"x")):
    try:
        forbidden()
    except (OSError, MemoryError) as error:
        print(type(error).__name__, flush=True)
"""


def test_what_a_confined_process_cannot_do(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CONFINED]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stdout.split() == ["seccomp", "PermissionError", "PermissionError", "MemoryError", "OSError"]


def test_a_connection_to_another_machine_is_noticed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        '7 connect(3<UNIX-STREAM:[9]>, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0\n'
        '7 connect(3<TCP:[9]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")})\n'
        '7 connect(3<UDP:[9]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")})\n'
        "8 connect(4<TCPv6:[9]>, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
        'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = -1\n',
        encoding="utf-8",
    )
    assert outgoing(log) == {"192.0.2.1": 1, "2001:db8::1": 1}


# --- operation


def test_health_is_told_without_asking_for_anything(tmp_path: Path) -> None:
    folder = built(tmp_path / "graph")
    with client_of(folder) as client:
        assert client.get("/healthz").json == {"status": "alive"}
        ready = client.get("/readyz")
        state = ready.json or {}
        assert (ready.status_code, state["status"], state["jail"]) == (200, "ready", "seccomp")
        (folder / "current").unlink()
        assert client.get("/healthz").status_code == 200
        unready = client.get("/readyz")
        assert (unready.status_code, unready.json and unready.json["status"]) == (503, "unready")
        assert str(tmp_path) not in unready.text


def test_metrics_are_for_those_the_operator_names(folder: Path) -> None:
    for front, headers, status in (
        (Front(), {}, 200),
        (Front(), {"X-Forwarded-For": "127.0.0.1"}, 404),  # a proxy that nobody has named
        (Front(proxies=clients.networks(["127.0.0.1"])), {"X-Forwarded-For": "203.0.113.7"}, 404),
        (Front(metrics=ALL), {"X-Forwarded-For": "203.0.113.7"}, 200),
        (Front(metrics=OFF), {}, 404),
    ):
        with client_of(folder, front=front) as client:
            assert client.get("/metrics", headers=headers).status_code == status


def test_metrics_count_what_happens(client: FlaskClient) -> None:
    ask(client, "ASK {}")
    ask(client, "ASK {}")
    ask(client, "nonsense")
    client.get("/id/kazakhstan.ttl")
    text = client.get("/metrics").text
    for line in (
        'khabar_requests_total{route="/sparql",status="200"} 2.0',
        'khabar_requests_total{route="/sparql",status="400"} 1.0',
        'khabar_requests_total{route="/<any(id, article):kind>/<name>",status="200"} 1.0',
        'khabar_answers_total{cache="hit"} 1.0',
        'khabar_answers_total{cache="miss"} 1.0',
        "khabar_query_seconds_count 1.0",
        "khabar_workers 1.0",
        'khabar_workers_ended_total{reason="deadline"} 0.0',
    ):
        assert line in text.splitlines()


def test_the_log_has_a_line_for_each_query_and_no_text(folder: Path) -> None:
    file = io.StringIO()
    with client_of(folder, front=Front(log=QueryLog(file, lambda: 1_700_000_000.5))) as client:
        ask(client, "ASK { 'secret' ?p ?o }")
        ask(client, "ASK { 'secret' ?p ?o }")
        ask(client, "SELECT * { SERVICE <http://example.org/> {} }")
        client.get("/")
    first, second, third = map(json.loads, file.getvalue().splitlines())
    assert first | {"ms": 0} == {
        "time": "2023-11-14T22:13:20.500+00:00", "status": 200, "ms": 0, "bytes": 27, "form": "ASK",
        "format": "json", "snapshot": first["snapshot"], "query": first["query"], "cache": "miss",
    }  # fmt: skip
    assert second | {"ms": 0, "time": 0} == first | {"ms": 0, "time": 0, "cache": "hit"}
    assert third["status"] == 403
    assert "secret" not in file.getvalue()


def test_the_log_has_the_text_when_asked_for(folder: Path) -> None:
    file = io.StringIO()
    with client_of(folder, front=Front(log=QueryLog(file, time.time, with_text=True))) as client:
        ask(client, "ASK { 'خبر' ?p ?o }")
    assert json.loads(file.getvalue())["text"] == "ASK { 'خبر' ?p ?o }"


def paths(client: FlaskClient) -> dict[str, str]:
    """An address for each rule of the application."""
    examples = {
        "kind": "id", "name": "kazakhstan.ttl", "suffix": "ttl", "filename": "khabar.css", "version": "0.1.0",
        "part": 1,
    }  # fmt: skip
    named = {
        "/graph/<path:name>": "/graph/dialogue-en.nt", "/dump/<path:name>": "/dump/none.nt",
        "/<any(dataset, maintainers):name>": "/dataset",
        "/validation.<any(txt, json):form>": "/validation.txt",
        "/<any(dataset, maintainers):name>.<suffix>": "/dataset.ttl",
    }  # fmt: skip
    for root in ("/reconcile", "/reconcile/1.0-draft"):
        named[f"{root}/suggest/<any(entity, property, type):kind>"] = f"{root}/suggest/type"
    found = {}
    for rule in client.application.url_map.iter_rules():
        path = named.get(rule.rule, rule.rule)
        if path == rule.rule and rule.arguments:
            adapter = client.application.url_map.bind("localhost")
            path = adapter.build(rule.endpoint, {name: examples[name] for name in rule.arguments})
        found[rule.rule] = path
    return found


def test_every_route_is_protected_and_open(client: FlaskClient) -> None:
    for rule, path in paths(client).items():
        for method in ("GET", "HEAD", "OPTIONS", "DELETE"):
            answer = client.open(path, method=method, headers={"Origin": "https://example.org"})
            assert answer.headers["X-Content-Type-Options"] == "nosniff", rule
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), rule
            assert answer.headers["Referrer-Policy"] == "no-referrer", rule
            writes = rule in ("/update", "/articles") or (rule.startswith("/data") and method == "DELETE")
            assert answer.headers.get("Access-Control-Allow-Origin") == (None if writes else "*"), rule
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert "Set-Cookie" not in answer.headers
            assert answer.status_code != 500


def test_head_has_the_headers_of_get_everywhere(client: FlaskClient) -> None:
    for rule, path in paths(client).items():
        get, head = client.get(path), client.head(path)
        assert head.status_code == get.status_code, rule
        assert head.data == b"", rule
        differing = {"Date", "Content-Length"} if rule == "/metrics" else {"Date"}  # a second may pass
        assert {name for name, _ in set(get.headers) ^ set(head.headers)} <= differing, rule


def test_every_route_answers_a_preflight(client: FlaskClient) -> None:
    wanted = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    for path in paths(client).values():
        answer = client.options(path, headers=wanted | {"Access-Control-Request-Headers": "authorization"})
        assert answer.status_code == 200
        if path in ("/update", "/articles"):
            assert not [name for name in answer.headers if name[0].startswith("Access-Control")]
            continue
        assert "GET" in answer.headers["Access-Control-Allow-Methods"]
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_settings_of_another_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHABAR_DEADLINE", "3.5")
    monkeypatch.setenv("KHABAR_PROXY", "10.0.0.0/8 127.0.0.1")
    (folder / "khabar.toml").write_text("deadline = 4\nworkers = 1\nanswer_rows = 7\nbudget = 0\n")
    try:
        site = from_settings(str(folder)).extensions["khabar"]
        assert (site.pool.limits.seconds, site.pool.workers, site.pool.limits.rows) == (3.5, 1, 7)
        assert not site.door.budget.is_limited
        assert len(site.front.proxies) == 2
        monkeypatch.setenv("KHABAR_DEADLINE", "soon")
        with pytest.raises(ServeError) as caught:
            from_settings(str(folder))
        assert "deadline" in str(caught.value)
    finally:
        (folder / "khabar.toml").unlink()


# --- clients that leave, snapshots that change, an end that cuts nothing


def test_the_worker_of_a_client_that_left_is_ended(folder: Path) -> None:
    app_settings = {"workers": 1, "run_limits": pool.LIMITS._replace(seconds=30.0)}
    with served(folder, **app_settings) as address:
        host, port = address.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)))
        asked = urllib.parse.quote(FOR_EVER)
        connection.sendall(f"GET /sparql?query={asked} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_for(lambda: metric(address, "khabar_workers_busy") == 1)
        connection.close()
        wait_for(lambda: metric(address, "khabar_workers_busy") == 0)
        assert metric(address, 'khabar_workers_ended_total{reason="client"}') == 1


def metric(address: str, name: str) -> float:
    with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.rpartition(" ")[0] == name)


def wait_for(condition: Any, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def everyone_is_answered_again(counts: list[int]) -> None:
    before = list(counts)
    wait_for(lambda: all(now > then for now, then in zip(counts, before, strict=True)), 60)


def test_snapshots_change_under_load_without_a_failed_request(tmp_path: Path) -> None:
    folder = built(tmp_path / "graph")
    done = threading.Event()
    failures: list[str] = []
    counts = [0] * 4

    def load(address: str, number: int) -> None:
        while not done.is_set():
            query = f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(?s != <urn:{number}:{counts[number]}>) }}"
            try:
                url = f"{address}/sparql?query={urllib.parse.quote(query)}"
                with urllib.request.urlopen(url, timeout=10) as answer:
                    json.load(answer)
            except (OSError, ValueError) as error:
                failures.append(repr(error))
            counts[number] += 1

    with served(folder, workers=2, front=Front(budget=0)) as address:
        threads = [threading.Thread(target=load, args=(address, number), daemon=True) for number in range(4)]
        for thread in threads:
            thread.start()
        for number in range(2, 14):
            publish(folder, number)
            everyone_is_answered_again(counts)
            for old in (folder / "snapshots").iterdir():  # as the writer does, and sooner
                if int(old.name) < number - 1:
                    for file in old.iterdir():
                        file.unlink()
                    old.rmdir()
        done.set()
        for thread in threads:
            thread.join()
        query = urllib.parse.quote("SELECT (COUNT(*) AS ?n) { ?s <urn:is> ?o }")
        with urllib.request.urlopen(f"{address}/sparql?query={query}&format=csv", timeout=10) as answer:
            assert answer.read() == b"n\r\n12\r\n"
    assert failures == []


def test_the_end_cuts_no_answer(folder: Path) -> None:
    with serving(folder, "--workers", "1") as (process, port):
        waiting = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        idle = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        idle.connect()
        waiting.request("GET", "/sparql?format=csv&query=" + urllib.parse.quote(FOR_A_WHILE))
        wait_for(lambda: metric(f"http://127.0.0.1:{port}", "khabar_workers_busy") == 1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.send_signal(signal.SIGTERM)
        answer = waiting.getresponse()
        assert (answer.status, answer.read()) == (200, b"n\r\n0\r\n")
        assert process.wait(15) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        assert children
        wait_for(lambda: not any(os.path.exists(f"/proc/{child}") for child in children))


def test_what_comes_after_the_end_is_told_to_come_later(folder: Path) -> None:
    with client_of(folder) as client:
        client.application.extensions["khabar"].door.is_closing = True
        answer = ask(client, "ASK {}")
        assert (answer.status_code, answer.headers["Connection"]) == (503, "close")
        assert json.loads(answer.data)["type"].endswith("/closing")
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200


def test_more_connections_than_select_knows(folder: Path) -> None:
    """1,100 clients that say nothing, and one that asks."""
    with served(folder, workers=1) as address:
        host, port = address.removeprefix("http://").split(":")
        silent = [socket.create_connection((host, int(port))) for _ in range(1100)]
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
                assert answer.status == 200
        finally:
            for connection in silent:
                connection.close()
