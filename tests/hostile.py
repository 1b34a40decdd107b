"""Queries made to harm: bombs, shapes that take long to parse, shapes that are deep, and SERVICE in disguise.

The list is that of our study of the engine (pyoxigraph 0.5): each once ended the process, filled the
memory or took more than ten seconds, or could have.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

import pyoxigraph as ox

from khabar.graph import folder as folders
from khabar.publish.dataset import QUERIES
from khabar.vocab import DEFAULT_BASE

TRIPLES: Final = 2000  # of each kind, in the graph that is asked
ACCEPTED: Final = frozenset({200, 400, 403, 413, 503, 507})  # what a hostile query may be answered with


def built(folder: Path) -> Path:
    """A folder as khabar build leaves it, with links that go in circles, and as many labels."""
    (folder / "snapshots").mkdir(parents=True)
    opened = ox.Store(folder / "store")
    things = [ox.NamedNode(f"http://s/{number}") for number in range(TRIPLES)]
    link, label = ox.NamedNode("http://p"), ox.NamedNode("http://l")
    for number, thing in enumerate(things):
        opened.add(ox.Quad(things[number % 200], link, things[(number * 7 + 1) % 200]))
        opened.add(ox.Quad(things[number % 200], link, things[(number * 13 + number // 200) % 200]))
        opened.add(ox.Quad(thing, label, ox.Literal(f"label {number}")))
    opened.backup(folder / "snapshots" / "1")
    folders.show(folder, 1)
    described = {"format": folders.FORMAT, "base": DEFAULT_BASE, "dataset": f"{DEFAULT_BASE}dataset"}
    (folder / "khabar.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


# --- the corpus


def _labels(n: int) -> str:
    return "".join(f"?a{i} <http://l> ?b{i} . " for i in range(n))


def _nested(opening: str, inner: str, closing: str) -> Callable[[int], str]:
    return lambda n: opening * n + inner + closing * n


def _chain(n: int) -> str:
    return "".join(f"?x{i} <http://p> ?x{i + 1} . " for i in range(n))


BOMBS: Final = {
    "product, counted": f"SELECT (COUNT(*) AS ?c) {{{_labels(3)}}}",
    "product, sorted": f"SELECT * {{{_labels(3)}}} ORDER BY ?b0 LIMIT 1",
    "product, distinct": f"SELECT DISTINCT ?b0 ?b1 ?b2 {{{_labels(3)}}} LIMIT 1000000000",
    "product, concatenated": f"SELECT (GROUP_CONCAT(?b0) AS ?c) {{{_labels(2)}}}",
    "product, grouped": f"SELECT ?b0 ?b1 ?b2 (COUNT(*) AS ?c) {{{_labels(3)}}} GROUP BY ?b0 ?b1 ?b2",
    "path of paths": "SELECT (COUNT(*) AS ?c) {?s ((<http://p>*)/(<http://p>*))* ?o}",
    "negated path, twice": "SELECT (COUNT(*) AS ?c) {?s (!<http://x>)* ?o . ?t (!<http://x>)* ?u}",
    "REPLACE to 10^9 characters": (
        "SELECT (STRLEN(" + "REPLACE(" * 8 + '"aaaaaaaaaa"' + ',"a","aaaaaaaaaa")' * 8 + ") AS ?n) {}"
    ),
    "CONCAT to 2^32 characters": (
        "SELECT (STRLEN(?v32) AS ?n) {BIND('x' AS ?v0)"
        + "".join(f"BIND(CONCAT(?v{i},?v{i}) AS ?v{i + 1})" for i in range(32)) + "}"
    ),
    "regular expression, backtracking": f"SELECT * {{BIND('{'a' * 40}!' AS ?x) FILTER(REGEX(?x,'^(a+)+$'))}}",
    "regular expression, reference": "SELECT * {BIND('aa' AS ?x) FILTER(REGEX(?x,'(a)\\\\1'))}",
    "regular expression, a million": "SELECT * {BIND('aa' AS ?x) FILTER(REGEX(?x,'(a{1000}){1000}'))}",
    "regular expression, classes": (
        "SELECT * {BIND('aa' AS ?x) FILTER(REGEX(?x,'(\\\\p{L}{0,500}\\\\p{N}){20}'))}"
    ),
    "regular expression of each row": f"SELECT (COUNT(*) AS ?c) {{{_labels(2)} FILTER(REGEX(?b0,?b1))}}",
    "VALUES times VALUES": (
        "SELECT (COUNT(*) AS ?c) {VALUES ?a {" + " ".join(map(str, range(4500)))
        + "} VALUES ?b {" + " ".join(map(str, range(4500))) + "} VALUES ?c {1 2 3 4 5 6 7 8 9}}"
    ),
    "IN of fifty thousand": "SELECT * {?s ?p ?o FILTER(?o IN (" + ",".join(map(str, range(50000))) + "))}",
    "50 patterns in a chain": f"SELECT * {{{_chain(50)}}} LIMIT 1",
    "200 patterns in a chain": f"SELECT * {{{_chain(200)}}} LIMIT 1",
    "400 patterns in a chain": f"SELECT * {{{_chain(400)}}} LIMIT 1",
    "140 patterns without a link": (
        "SELECT * {" + "".join(f"?a{i} <http://p> ?x{i} ." for i in range(140)) + "} LIMIT 1"
    ),
    "400 patterns without a link": (
        "SELECT * {" + "".join(f"?a{i} <http://p> ?x{i} ." for i in range(400)) + "} LIMIT 1"
    ),
    "path of 140 steps": "SELECT * {?s " + "/".join(["<http://p>"] * 140) + " ?o} LIMIT 1",
    "path of 400 steps": "SELECT * {?s " + "/".join(["<http://p>"] * 400) + " ?o} LIMIT 1",
    "MINUS of products": f"SELECT * {{{_labels(2)} MINUS {{{_labels(2)}}}}} LIMIT 1",
    "NOT EXISTS in a product": (
        f"SELECT (COUNT(*) AS ?n) {{{_labels(2)} FILTER NOT EXISTS {{?q <http://l> ?b0 FILTER(?q != ?a0)}}}}"
    ),
    "DESCRIBE of everything": "DESCRIBE ?s {?s ?p ?o}",
    "CONSTRUCT of a product": f"CONSTRUCT {{?a0 ?b2 ?a1}} {{{_labels(2)} ?q ?b2 ?z }}",
    "a number of 40,000 digits": "SELECT (" + "*".join(["99999999999999999999"] * 2000) + " AS ?x) {}",
    "four million UUIDs": f"SELECT (COUNT(DISTINCT ?u) AS ?c) {{{_labels(2)} BIND(UUID() AS ?u)}}",
}  # fmt: skip

PARSES: Final[dict[str, Callable[[int], str]]] = {
    "SUBSTR of two": lambda n: "SELECT (" + "SUBSTR(" * n + '"abc"' + ",1)" * n + " AS ?x) {}",
    "SUBSTR of three": lambda n: "SELECT (" + "SUBSTR(" * n + '"abc"' + ",1,2)" * n + " AS ?x) {}",
    "SUBSTR, cut": lambda n: "SELECT (" + "SUBSTR(" * n,
    "SUBSTR with spaces": lambda n: "SELECT ?s ?str (" + "SUBSTR (" * n + "?str",
    "STR, cut": lambda n: "SELECT (" + "STR(" * n,
    "REPLACE, cut": lambda n: "SELECT (" + "REPLACE(" * n,
    "REGEX, cut": lambda n: "SELECT (" + "REGEX(" * n,
    "REGEX": lambda n: "SELECT (" + "REGEX(" * n + '"a"' + ',"a")' * n + " AS ?x) {}",
    "IF, cut": lambda n: "SELECT (" + "IF(" * n,
    "COALESCE, cut": lambda n: "SELECT (" + "COALESCE(" * n,
    "CONCAT": lambda n: "SELECT (" + "CONCAT(" * n + '"a"' + ")" * n + " AS ?x) {}",
    "function, cut": lambda n: "SELECT (" + "<http://f>(" * n,
    "BNODE": lambda n: "SELECT (" + "BNODE(" * n + '"a"' + ")" * n + " AS ?x) {}",
    "COUNT, cut": lambda n: "SELECT (" + "COUNT(" * n,
    "GROUP_CONCAT": lambda n: "SELECT (" + "GROUP_CONCAT(" * n + '"a"' + ")" * n + " AS ?x) {}",
    "brackets, cut": lambda n: "SELECT * {FILTER " + "(" * n,
    "braces, cut": lambda n: "SELECT * " + "{" * n,
    "UNION": lambda n: "SELECT * {" + "{" * n + "?s ?p ?o" + "} UNION {}" * n + "}",
    "SELECT in SELECT, cut": lambda n: "SELECT * " + "{SELECT * {" * n,
    "path, cut": lambda n: "SELECT * {?s " + "(" * n,
    "negated path, cut": lambda n: "SELECT * {?s " + "!(" * n,
    "inverse path": lambda n: "SELECT * {?s " + "^(" * n + "<p:p>" + ")" * n + " ?o}",
    "blank node, cut": lambda n: "SELECT * {" + "[<p:p> " * n,
    "list, cut": lambda n: "SELECT * {" + "(" * n,
    "annotation": lambda n: "SELECT * {?s ?p ?o " + "{| ?p ?o " * n + "|}" * n + "}",
    "annotation, cut": lambda n: "SELECT * {?s ?p ?o " + "{| ?p ?o " * n,
    "triple term": lambda n: "SELECT * {?s ?p " + "<<( ?s ?p " * n + "?o" + " )>>" * n + "}",
    "triple term, cut": lambda n: "SELECT * {?s ?p " + "<<( ?s ?p " * n,
    "reified triple": lambda n: "SELECT * {" + "<< " * n + "?s ?p ?o" + " >> ?p ?o" * n + "}",
    "reified object": lambda n: "SELECT * {" + "<< ?s ?p " * n + "?o" + " >>" * n + " ?p ?o}",
    "reified triple, cut": lambda n: "SELECT * {" + "<< ?s ?p " * n,
    "NOT EXISTS, cut": lambda n: "SELECT * {" + "FILTER NOT EXISTS {" * n,
    "GRAPH, cut": lambda n: "SELECT * {" + "GRAPH ?g {" * n,
    "OPTIONAL, cut": lambda n: "SELECT * {" + "OPTIONAL {" * n,
    "MINUS, cut": lambda n: "SELECT * {" + "MINUS {" * n,
    "IN, cut": lambda n: "SELECT * {FILTER(" + "1 IN (" * n,
    "IN": lambda n: "SELECT * {FILTER(" + "1 IN (" * n + "1" + ")" * n + ")}",
    "NOT, cut": lambda n: "SELECT * {FILTER(" + "!" * n,
    "GROUP BY, cut": lambda n: "SELECT * {} GROUP BY " + "(" * n,
    "ORDER BY, cut": lambda n: "SELECT * {} ORDER BY " + "ASC(" * n,
    "HAVING, cut": lambda n: "SELECT * {} HAVING " + "(" * n,
    "ORDER BY": lambda n: "SELECT * {?s ?p ?o} ORDER BY " + "(" * n + "?s" + ")" * n,
}
PARSE_DEPTHS: Final = (6, 8, 12, 16, 20, 24, 40, 100)

DEPTHS: Final[dict[str, Callable[[int], str]]] = {
    "brackets": lambda n: "SELECT * {?s ?p ?o FILTER(" + "(" * n + "1=1" + ")" * n + ")}",
    "NOT": lambda n: "SELECT * {?s ?p ?o FILTER(" + "!" * n + "true)}",
    "minus": lambda n: "SELECT * {?s ?p ?o FILTER(" + "- " * n + "1)}",
    "sum": lambda n: "SELECT (" + "+".join(["1"] * n) + " AS ?x) {}",
    "and": lambda n: "SELECT * {?s ?p ?o FILTER(" + "&&".join(["true"] * n) + ")}",
    "groups": lambda n: "SELECT * " + "{" * n + "?s ?p ?o" + "}" * n,
    "OPTIONAL": lambda n: "SELECT * {" + "OPTIONAL{" * n + "?s ?p ?o" + "}" * n + "}",
    "SELECT in SELECT": lambda n: "SELECT * {" + "{SELECT * {" * n + "?s ?p ?o" + "}}" * n + "}",
    "UNION": lambda n: "SELECT * {" + "UNION".join(["{?s ?p ?o}"] * n) + "}",
    "path in path": lambda n: "SELECT * {?s " + "(" * n + "<http://p>" + ")*" * n + " ?o}",
    "path of steps": lambda n: "SELECT * {?s " + "/".join(["<http://p>"] * n) + " ?o}",
    "path of choices": lambda n: "SELECT * {?s " + "|".join(["<http://p>"] * n) + " ?o}",
    "blank nodes": lambda n: "SELECT * {" + "[<http://p> " * n + "1" + "]" * n + "}",
    "lists": lambda n: "SELECT * {" + "(" * n + "1" + ")" * n + " <http://p> 1}",
    "EXISTS": lambda n: "SELECT * {" + "?s ?p ?o FILTER EXISTS{" * n + "?s ?p ?o" + "}" * n + "}",
    "STR": lambda n: "SELECT (" + "STR(" * n + "1" + ")" * n + " AS ?x) {}",
    "BIND": lambda n: (
        "SELECT * {BIND(1 AS ?v0)" + "".join(f"BIND(?v{i} AS ?v{i + 1})" for i in range(n)) + "}"
    ),
    "patterns": lambda n: "SELECT * {" + "".join(f"?s{i} ?p{i} ?o{i}." for i in range(n)) + "} LIMIT 1",
}
DEPTH_DEPTHS: Final = (20, 60, 100, 1000, 10000)

FETCHING: Final = (  # {} is an address of ours that must never be asked
    "SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }}",
    "SELECT*{{sErViCe<{}>{{}}}}",
    "SELECT * {{ \\u0053ERVICE <{}> {{}} }}",
    "SELECT * {{ SERVICE#c\n<{}>{{}} }}",
    "SELECT * {{ VALUES ?e {{ <{}> }} SERVICE SILENT ?e {{ ?s ?p ?o }} }}",
    "BASE <{}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "PREFIX : <{}> SELECT * {{ SERVICE : {{ ?s ?p ?o }} }}",
    "PREFIX : <{}> SELECT * {{ service:x {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p trueSERVICE<{}>{{}} }}",
    "SELECT * {{ ?s ?p 1eSERVICE <{}> {{}} }}",
    "SELECT * {{ ?s ?p 'a\\\\'SERVICE<{}>{{}} }}",
    "SELECT * {{ ?s ?p '''a''''SERVICE<{}>{{}} }}",
    'SELECT * {{ """ " """ SERVICE <{}> {{}} }}',
    "SELECT * {{ ?x<?y&&SERVICE<{}>{{}} }}",
    "SELECT * {{ FILTER NOT EXISTS {{ SERVICE <{}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }} }} }}",
    "SELECT * FROM <{}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "LOAD <{}>",
    "load silent <{}>",
    "INSERT {{ ?s ?p 1 }} WHERE {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }}",
)


def corpus(parse_depths: Sequence[int], depths: Sequence[int]) -> Iterator[tuple[str, str]]:
    """A name and a text for each hostile query, each shape at each depth."""
    yield from ((f"bomb: {name}", query) for name, query in BOMBS.items())
    for name, shape in PARSES.items():
        yield from ((f"parse: {name}, {n}", shape(n)) for n in parse_depths)
    for name, shape in DEPTHS.items():
        yield from ((f"depth: {name}, {n}", shape(n)) for n in depths)


# --- asking


class Asked(NamedTuple):
    """What came of one request."""

    status: int
    seconds: float
    body: bytes


class Connection:
    """One client with an address of its own, which keeps its connection as long as the server does."""

    def __init__(self, address: str, client: str, timeout: float = 60.0) -> None:
        parts = urlsplit(address)
        self._http = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
        self._client = client

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Asked:
        """Send one request and read the whole answer; a connection that is reset raises."""
        begin = time.monotonic()
        self._http.request(method, path, body, {"X-Forwarded-For": self._client} | (headers or {}))
        answer = self._http.getresponse()
        content = answer.read()
        return Asked(answer.status, time.monotonic() - begin, content)

    def query(self, text: str) -> Asked:
        """Ask one query, in the body, where it may be as long as it likes."""
        headers = {"Content-Type": "application/sparql-query"}
        return self.ask("POST", "/sparql", text.encode("utf-8", "surrogatepass"), headers)

    def close(self) -> None:
        """End the connection."""
        self._http.close()


@dataclass
class Bystander:
    """A client that asks something small again and again while others do their worst."""

    address: str
    pause: float = 0.02  # seconds between two requests

    def __post_init__(self) -> None:
        self.seconds: list[float] = []
        self.failed: list[int] = []

    @contextmanager
    def watching(self) -> Iterator[Bystander]:
        """Ask until the block ends."""
        done = threading.Event()
        thread = threading.Thread(target=self._ask, args=(done,))
        thread.start()
        try:
            yield self
        finally:
            done.set()
            thread.join()

    def _ask(self, done: threading.Event) -> None:
        connection = Connection(self.address, "203.0.113.1")
        number = 0
        while not done.wait(self.pause):
            number += 1  # another query each time, so that none comes from the cache
            asked = connection.query(f"SELECT ?o {{ <http://s/{number % TRIPLES}> ?p ?o }} # {number}")
            self.seconds.append(asked.seconds)
            if asked.status != 200:
                self.failed.append(asked.status)
        connection.close()

    def percentile(self, share: float) -> float:
        """The seconds that so large a SHARE of the requests took at most."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


def resident(process: int) -> int:
    """The bytes of memory that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


# --- fuzzing

PIECES: Final = (
    b"SERVICE", b"{", b"}", b"(", b")", b"<<", b">>", b"\\u0000", b"\\uD800", b"\\U00110000", b"\xff",
    b"\x00", b"^", b"*", b"+", b"!", b'"""', b"'''", b"<http://e/%>", b"_:", b"@ar--rtl", b"1e999999",
    b"MINUS", b"99999999999999999999", b"\xe2\x80\xae", b"EXISTS", b"VALUES", b"LATERAL", b"FILTER(",
    b"SUBSTR(",
    b'"P99999999999Y"^^<http://www.w3.org/2001/XMLSchema#duration>', b"GRAPH ?g {", b"#", b"<", b"'",
    b"NOW()",
)  # fmt: skip
ACCEPTS: Final = (
    "*/*", "text/html", "text/csv", "application/sparql-results+xml", "text/turtle", "application/ld+json",
    "a/b;q=x, */*;q=0.1", ",,;;==", "text/*;q=1.0001", "\t", "é", "*/*" * 300,
)  # fmt: skip
PATHS: Final = (
    "/id/", "/article/", "/graph/", "/ont.", "/dump/", "/search?q=", "/", "/sparql?query=", "/static/",
    "/update", "/sparql?format=", "/sparql?timeout=", "/sparql?query=ASK{}&default-graph-uri=",
    "/data?graph=", "/metrics",
)  # fmt: skip


def seeds(more: Path | None = None) -> list[bytes]:
    """Queries to begin with: ours, the hostile ones, and those in a folder with MORE."""
    ours = [path.read_bytes() for path in sorted(QUERIES.rglob("*.rq"))]
    shapes = [text.encode() for _, text in corpus((6,), (20,)) if len(text) < 2000]
    found = sorted(more.rglob("*.r[qu]")) if more else []
    return ours + shapes + [path.read_bytes() for path in found if path.stat().st_size < 20_000]


def mutated(seed: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A query with some of its bytes changed, removed, doubled, or taken from another one."""
    text = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(6):
            case 0 if text:
                text[min(at, len(text) - 1)] ^= 1 << chance.randrange(8)
            case 1:
                del text[at : at + chance.choice((1, 1, 4, 40))]
            case 2:
                text[at:at] = chance.choice(PIECES)
            case 3:
                start = chance.randrange(len(text) + 1)
                text[at:at] = text[start : start + chance.randrange(1, 60)]
            case 4:
                text[at:at] = text[at : at + 8] * chance.choice((2, 5, 50))
            case _:
                text[at:] = chance.choice(others)[at:]
    return bytes(text)


def request(seeds_: Sequence[bytes], chance: random.Random) -> tuple[str, str, bytes | None, dict[str, str]]:
    """A request that nobody would send: method, path, body and headers."""
    text = mutated(chance.choice(seeds_), seeds_, chance)
    headers = {"Accept": chance.choice(ACCEPTS)} if chance.random() < 0.4 else {}
    if chance.random() < 0.2:
        headers["Accept-Encoding"] = chance.choice(("gzip", "zstd;q=0.5, *;q=0", "gzip;q=", "br, zstd"))
    if chance.random() < 0.1:
        headers["If-None-Match"] = chance.choice(('"x"', "W/", "*", '"', "a,b,c" * 50))
    match chance.randrange(10):
        case 0 | 1 | 2 | 3 | 4:
            headers["Content-Type"] = "application/sparql-query"
            return "POST", "/sparql", text, headers
        case 5 | 6:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return "POST", "/sparql", b"query=" + quote(text).encode(), headers
        case 7:
            return "GET", "/sparql?query=" + quote(text[:3000]), None, headers
        case 8:
            headers["Content-Type"] = chance.choice(("text/plain", "multipart/form-data", "", "a" * 300))
            return (
                chance.choice(("POST", "PUT", "DELETE", "PATCH", "OPTIONS")),
                "/sparql",
                text[:2000],
                headers,
            )
        case _:
            return chance.choice(("GET", "HEAD")), chance.choice(PATHS) + quote(text[:200]), None, headers
