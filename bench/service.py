"""The web front under load, beside what else could serve the same graph, over eight connections.

`python bench/service.py` measures on a million quads; the names of parts as arguments measure only these:
small, medium, mix, memory, overload, servers.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from operator import ne
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from urllib.parse import quote

import newsgraph
import pyoxigraph as ox
import virtuoso
from measure import Row, show, times
from traffic import Rate, arrivals, get, rate, rows

from khabar.vocab import DEFAULT_BASE

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent
PEERS: Final = Path(os.environ.get("KHABAR_PEERS", ROOT / ".venv" / "peers")) / "bin"
QUADS: Final = int(os.environ.get("KHABAR_QUADS", "1000000"))
WORKERS: Final = os.cpu_count() or 1
ROUNDS: Final = 3
START: Final = 600.0  # seconds: some load all of the data before they listen
PATIENCE: Final = 20.0  # seconds for one query of a peer
UNLIMITED: Final = ("--budget", "0", "--deadline", "60", "--metrics", "all")
JSON: Final = "application/sparql-results+json"

PREFIXES: Final = f"""PREFIX kh: <{DEFAULT_BASE}ont#> PREFIX id: <{DEFAULT_BASE}id/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
"""
SMALL: Final = "SELECT ?p ?o { id:person-%d ?p ?o } LIMIT 20"
MEDIUM: Final = """SELECT ?year (COUNT(?s) AS ?n) { ?s rdf:object id:place-%d ; kh:when ?year }
  GROUP BY ?year"""
MIX: Final = {  # what people ask of such a graph, in the order of the study's fourteen
    "all of one person": "SELECT ?p ?o { id:person-3 ?p ?o }",
    "who chaired it in 2015": """SELECT ?who ?name { ?s rdf:predicate kh:chairs ; rdf:object id:body-2 ;
      rdf:subject ?who ; kh:status kh:asserted ; kh:earliest ?a ; kh:latest ?z . ?who rdfs:label ?name
      FILTER(?a <= "2015-12-31"^^xsd:date && ?z >= "2015-01-01"^^xsd:date) }""",
    "chairs whose body hosted somewhere": """SELECT DISTINCT ?who ?event { ?who kh:chairs ?body .
      ?body kh:hosts ?event . ?event kh:tookPlaceIn id:place-2 }""",
    "chairs of the parts of a body": """SELECT ?body (COUNT(?who) AS ?n) { ?body kh:partOf+ id:body-2 .
      ?who kh:chairs ?body } GROUP BY ?body""",
    "statements of each year": """SELECT ?year (COUNT(?s) AS ?n) { ?s a kh:Statement ; kh:when ?year }
      GROUP BY ?year ORDER BY ?year""",
    "names with a word": """SELECT DISTINCT ?p ?l { ?p a kh:Person ; rdfs:label ?l
      FILTER(CONTAINS(?l, "مريم")) } LIMIT 100""",
    "headlines by expression": """SELECT (COUNT(*) AS ?n) { ?a schema:headline ?h
      FILTER(REGEX(?h, "تعيين .{0,20}رئيس")) }""",
    "evidence of one person": """CONSTRUCT { ?s ?p ?o . ?e nif:anchorOf ?w ; nif:beginIndex ?b }
      WHERE { ?s rdf:subject id:person-3 ; ?p ?o ; kh:evidence ?e .
      ?e nif:anchorOf ?w ; nif:beginIndex ?b }""",
    "sure and recent": """SELECT ?s ?who ?z { ?s a kh:Statement ; rdf:subject ?who ; kh:confidence ?c ;
      kh:earliest ?a OPTIONAL { ?s kh:latest ?z }
      FILTER(?a >= "2018-01-01"^^xsd:date && ?c > 0.9) } LIMIT 1000""",
    "articles on one person": """SELECT ?article ?day ?headline { ?s rdf:subject id:person-5 ;
      kh:statedIn ?article . ?article schema:datePublished ?day ; schema:headline ?headline }""",
    "who is named beside": """SELECT ?other (COUNT(?x) AS ?n) { ?s rdf:subject id:person-0 ; kh:statedIn ?a .
      ?x kh:statedIn ?a ; rdf:subject ?other FILTER(?other != id:person-0) }
      GROUP BY ?other ORDER BY DESC(?n) ?other LIMIT 20""",
    "how many of each class": """SELECT ?class (COUNT(?x) AS ?n) { ?x a ?class }
      GROUP BY ?class ORDER BY ?class""",
    "one page of articles": """SELECT ?a ?h ?day { ?a a kh:Article ; schema:headline ?h ;
      schema:datePublished ?day } ORDER BY DESC(?day) ?a LIMIT 50 OFFSET 100""",
    "all chairs as triples": "CONSTRUCT { ?who kh:chairs ?body } WHERE { ?who kh:chairs ?body }",
}

EMPTY: Final = """
import sys
from flask import Flask
from waitress import serve
app = Flask("empty")
@app.get("/")
def empty(): return "x" * 350
serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=int(sys.argv[2]), ident=None)
"""


class Server(NamedTuple):
    """Something that answers queries."""

    address: str
    process: int
    path: str  # of its endpoint, with a place for the query


def asked(server: Server, query: str) -> str:
    """The path that asks a query of a server."""
    return server.path + quote(PREFIXES + query, safe="")


@contextmanager
def running(command: Sequence[object], path: str, *, probe: str = "/") -> Iterator[Server]:
    """A command that serves at the port {port}, once it does."""
    port = _free_port()
    words = [str(word).replace("{port}", str(port)) for word in command]
    silent = subprocess.DEVNULL
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}:{_libraries()}"}
    process = subprocess.Popen(words, stdout=silent, stderr=silent, env=environment, start_new_session=True)
    server = Server(f"http://127.0.0.1:{port}", process.pid, path)
    try:
        end = time.monotonic() + START
        while get(server.address, probe)[0] == 0:
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"service: {words[0]} does not serve")
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _libraries() -> str:
    """Where our own libraries are, for a server of the peers' environment that runs our application."""
    return next(path for path in sys.path if path.endswith("site-packages"))


@contextmanager
def khabar(folder: Path, *options: str) -> Iterator[Server]:
    """`khabar serve`, its limits for each client off, for all come from one address here."""
    command = [sys.executable, "-m", "khabar", "serve", folder, "--port", "{port}"]
    limits = ["--workers", str(WORKERS), *UNLIMITED]
    with running([*command, *limits, *options], "/sparql?query=", probe="/readyz") as server:
        yield server


@contextmanager
def native(folder: Path) -> Iterator[Server]:
    """The server that the makers of the engine ship, over a copy of the same snapshot."""
    copy = folder.parent / "native"
    if not copy.exists():
        shutil.copytree(folder / "snapshots" / "1", copy)
    command = [PEERS / "oxigraph", "serve-read-only", "-l", copy, "-b", "127.0.0.1:{port}"]
    with running(command, "/query?query=") as server:
        yield server


def triples_of(folder: Path) -> Path:
    """The default graph as a file, for those who load one."""
    triples = folder.parent / "default.nt"
    if not triples.exists():
        opened = ox.Store.read_only(str(folder / "snapshots" / "1"))
        opened.dump(str(triples), format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return triples


@contextmanager
def installed(folder: Path) -> Iterator[Server]:
    """Virtuoso, as Debian ships it."""
    http, sql = _free_port(), _free_port()
    with virtuoso.loaded(triples_of(folder), folder.parent / "virtuoso", http, sql) as process:
        graph = quote(virtuoso.GRAPH, safe="")
        yield Server(f"http://127.0.0.1:{http}", process, f"/sparql?default-graph-uri={graph}&query=")


@contextmanager
def endpoint(folder: Path) -> Iterator[Server]:
    """rdflib-endpoint, with the triples of the default graph, as its command serves a file."""
    triples = triples_of(folder)
    command = [PEERS / "rdflib-endpoint", "serve", "--host", "127.0.0.1", "--port", "{port}"]
    with running([*command, "--store", "Oxigraph", triples], "/?query=", probe="/?query=ASK%7B%7D") as server:
        yield server


def small(folder: Path) -> Iterator[Row]:
    """Twenty triples of a person: another person each time, or a hundred again and again."""
    people = list(range(min(4000, QUADS // newsgraph.A_QUAD_EACH // 3)))
    random.Random(1).shuffle(people)
    empty = running([sys.executable, "-c", EMPTY, "{port}", "24"], "/")
    also: Contestants = (
        {"Virtuoso": (installed(folder), [SMALL % n for n in people])} if virtuoso.is_installed() else {}
    )
    found = _by_turns({
        "an empty Flask view": (empty, None),
        **also,
        "native oxigraph": (native(folder), [SMALL % n for n in people]),
        "khabar, never cached": (khabar(folder, "--cache", "0"), [SMALL % n for n in people]),
        "khabar, cached": (khabar(folder), [SMALL % n for n in people[:100]]),
    })  # fmt: skip
    yield "small queries", "requests/s", "median", "of empty view", "of native"
    for name, one in found.items():
        shares = (
            one.per_second / found[peer].per_second for peer in ("an empty Flask view", "native oxigraph")
        )
        yield name, _per_second(one), f"{1000 * one.median:.1f} ms", *(f"{share:.2f}" for share in shares)


def medium(folder: Path) -> Iterator[Row]:
    """What is told of a place, by years: five milliseconds and more, another place each time."""
    queries = [MEDIUM % n for n in range(40)]
    also: Contestants = {"Virtuoso": (installed(folder), queries)} if virtuoso.is_installed() else {}
    found = _by_turns({
        **also,
        "native oxigraph": (native(folder), queries),
        "khabar, never cached": (khabar(folder, "--cache", "0"), queries),
        "khabar, cached": (khabar(folder), queries),
    })  # fmt: skip
    yield "medium queries", "requests/s", "median", "of native"
    for name, one in found.items():
        share = one.per_second / found["native oxigraph"].per_second
        yield name, _per_second(one), f"{1000 * one.median:.1f} ms", f"{share:.2f}"


Contestants = Mapping[str, tuple[AbstractContextManager[Server], Sequence[str] | None]]


def _by_turns(contestants: Contestants) -> dict[str, Rate]:
    """What each server does with its queries (or with its first page), the median of rounds by turns."""
    rounds: dict[str, list[Rate]] = {name: [] for name in contestants}
    with ExitStack() as stack:
        up = {name: stack.enter_context(serving) for name, (serving, _) in contestants.items()}
        for _ in range(ROUNDS):
            for name, (_, queries) in contestants.items():
                paths = ["/"] if queries is None else [asked(up[name], query) for query in queries]
                rounds[name].append(rate(up[name].address, paths, accept=JSON))
    return {name: sorted(found)[len(found) // 2] for name, found in rounds.items()}


def mix(folder: Path) -> Iterator[Row]:
    """Each of fourteen queries once, by turns: how long each server takes, and for all of them together."""
    fresh = khabar(folder, "--cache", "0")
    servers = {"khabar": fresh, "native": native(folder), "rdflib-endpoint": endpoint(folder)}
    if virtuoso.is_installed():
        servers["Virtuoso"] = installed(folder)
    taken: dict[str, list[float]] = {}
    solutions: dict[str, list[int]] = {}
    for name, serving in servers.items():
        with serving as server:
            found = [_asked_once(server, query) for query in MIX.values()]
        taken[name], solutions[name] = [one[0] for one in found], [one[1] for one in found]
    yield "fourteen queries", *servers
    for number, name in enumerate(MIX):
        yield name, *(_shown(taken[peer][number]) for peer in servers)
    yield "all", *(_shown(sum(taken[peer])) for peer in servers)
    yield "of khabar", *(times(sum(taken[peer]) / sum(taken["khabar"])) for peer in servers)
    differing = (sum(map(ne, solutions[peer], solutions["native"])) for peer in servers)
    yield "other numbers of solutions than native", *map(str, differing)
    if solutions["khabar"] != solutions["native"]:
        raise SystemExit("service: khabar and oxigraph do not agree")


def _asked_once(server: Server, query: str) -> tuple[float, int]:
    """The seconds of the median of three, and how many solutions; what takes too long counts as that long."""
    accept = "text/turtle" if query.startswith("CONSTRUCT") else JSON
    seconds, body = [], b""
    for _ in range(3):
        begin = time.monotonic()
        status, body = get(server.address, asked(server, query), accept, PATIENCE)
        seconds.append(time.monotonic() - begin)
        if status != 200:
            return max(PATIENCE, seconds[-1]), -1
    return median(seconds), rows(body) if accept == JSON else -2


def _shown(seconds: float) -> str:
    return f"over {PATIENCE:g} s" if seconds == PATIENCE else f"{1000 * seconds:.1f} ms"


def memory(folder: Path) -> Iterator[Row]:
    """What the front and the largest worker hold after the fourteen queries, and after a full cache."""
    with khabar(folder) as server:
        for query in MIX.values():
            _asked_once(server, query)
        rate(server.address, [asked(server, SMALL % n) for n in range(4000)], accept=JSON)
        children = Path(f"/proc/{server.process}/task/{server.process}/children").read_text().split()
        front, workers = _resident(server.process), max(_resident(int(child)) for child in children)
    yield "memory", "MiB", "at most"
    yield "front", f"{front / 2**20:.0f}", "150"
    yield "largest worker", f"{workers / 2**20:.0f}", "1024"


def _resident(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


HEAVY: Final = "SELECT (COUNT(?h) AS ?n) { ?a schema:headline ?h FILTER(CONTAINS(?h, 'رئيس %d')) }"


def overload(folder: Path) -> Iterator[Row]:
    """Ten times as many requests as can be answered, from 250 clients, for ten seconds."""
    options = "--cache 0 --queue 0 --proxy 127.0.0.1 --budget 6000".split()
    with khabar(folder, *options) as server:
        paths = [asked(server, HEAVY % n) for n in range(1900, 2000)]
        alone = [_asked_once(server, HEAVY % n)[0] for n in range(20)]
        capacity = WORKERS / median(alone)
        calm = arrivals(server.address, paths, capacity * 0.7, 10)
        storm = arrivals(server.address, paths, capacity * 10, 10)
        begin = time.monotonic()
        while _asked_once(server, HEAVY % 1)[0] > 2 * max(alone):
            pass
        recovery = time.monotonic() - begin
    before = [one.seconds for one in calm if one.status == 200]
    admitted = [one.seconds for one in storm if one.status == 200]
    refused = [one.seconds for one in storm if one.status in (429, 503)]
    yield "overload", "requests", "median", "99th of 100"
    for name, found in (("at 0.7 of what it can do", before), ("at ten times: admitted", admitted),
                        ("at ten times: refused", refused)):  # fmt: skip
        yield name, str(len(found)), f"{1000 * median(found):.1f} ms", f"{1000 * _slowest(found):.1f} ms"
    others = len(storm) - len(admitted) - len(refused)
    yield "neither: lost", str(others), "", ""
    yield "as before again", f"after {recovery:.1f} s", "", ""


def _slowest(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(0.99 * (len(seconds) - 1))]


def servers(folder: Path) -> Iterator[Row]:
    """The same application behind three servers, each one process with eighteen threads."""
    os.environ["KHABAR_DIR"], os.environ["KHABAR_BUDGET"] = str(folder), "0"
    os.environ["KHABAR_WORKERS"], os.environ["KHABAR_QUEUE"] = str(WORKERS), "8"
    here, port = "127.0.0.1", "{port}"
    wsgi: dict[str, list[object]] = {
        "waitress": [sys.executable, "-m", "khabar", "serve", folder, "--port", port],
        "gunicorn": [
            PEERS / "gunicorn", "-k", "gthread", "-w", "1", "--threads", "18", "-b", f"{here}:{port}",
            "server:app",
        ],
        "granian": [
            PEERS / "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "18",
            "--host", here, "--port", port, "server:app",
        ],
    }  # fmt: skip
    yield "which server, requests/s", "/healthz", "cached", "never cached", "medium"
    for name, command in wsgi.items():
        with running(command, "/sparql?query=", probe="/readyz") as server:
            cells = [rate(server.address, ["/healthz"])]
            cells.append(rate(server.address, [asked(server, SMALL % n) for n in range(100)], accept=JSON))
        os.environ["KHABAR_CACHE"] = "0"
        with running(command, "/sparql?query=", probe="/readyz") as server:
            cells.append(rate(server.address, [asked(server, SMALL % n) for n in range(4000)], accept=JSON))
            cells.append(rate(server.address, [asked(server, MEDIUM % n) for n in range(40)], accept=JSON))
        del os.environ["KHABAR_CACHE"]
        yield name, *map(_per_second, cells)


def _per_second(one: Rate) -> str:
    return f"{one.per_second:.0f}" + (f" ({one.failed} failed)" if one.failed else "")


PARTS: Final = (small, medium, mix, memory, overload, servers)


def main() -> None:
    """All parts, or those that are named."""
    wanted = set(sys.argv[1:])
    with TemporaryDirectory(prefix="khabar-") as scratch:
        folder = Path(os.environ.get("KHABAR_NEWS") or Path(scratch) / "graph")
        if not folder.exists():
            newsgraph.build(folder, QUADS)
        for part in PARTS:
            if not wanted or part.__name__ in wanted:
                show((part.__doc__ or "").strip(), part(folder))


if __name__ == "__main__":
    main()
