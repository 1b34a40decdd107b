"""`make reliability`: all hostile queries and a hundred thousand fuzzed requests, at the real limits.

It ends with status 1 if something was not as it must be.  What depends on how busy the machine is
(how much slower others are served meanwhile) is printed and judged, but does not count.
"""

from __future__ import annotations

import http.client
import os
import random
import socket
import statistics
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

import hostile
import pyoxigraph as ox
from hostile import ACCEPTED, Bystander, Connection
from web import serving

INPUTS: Final = int(os.environ.get("KHABAR_FUZZ", "100000"))
FUZZERS: Final = 3
DEADLINE: Final = 10.0  # seconds, as by default
ARCHIVE: Final = Path(__file__).parents[2] / "shared" / "w3c" / "rdf-tests-sparql.tar.gz"
MANIFEST: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
STALLED: Final = 500  # clients that stop in the middle
ENOUGH: Final = ("--budget", "1000000", "--burst", "1000000", "--proxy", "127.0.0.1", "--metrics", "all")


class Verdicts:
    """What was found, a line each."""

    def __init__(self) -> None:
        self.failed = False

    def add(self, name: str, *, holds: bool, figures: str, counts: bool = True) -> None:
        """Print one line; what COUNTS and does not hold is a failure."""
        self.failed |= counts and not holds
        print(f"{'yes' if holds else 'NO ':3}  {name}: {figures}", flush=True)


@contextmanager
def attacked(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """A server with its real limits; gives its address and process."""
    with serving(folder, *ENOUGH, *options) as (process, port):
        yield f"http://127.0.0.1:{port}", process.pid
        if process.poll() is not None:
            raise SystemExit("reliability: the front has ended by itself")


def hostile_queries(folder: Path, verdicts: Verdicts) -> None:
    """Each query of the list, at each depth, one after the other, while somebody else asks small things."""
    items = list(hostile.corpus(hostile.PARSE_DEPTHS, hostile.DEPTH_DEPTHS))
    with attacked(folder, "--workers", "2", "--cache", "0") as (address, process):
        quiet = Bystander(address)
        with quiet.watching():
            time.sleep(10)
        before = hostile.resident(process)
        statuses: Counter[int] = Counter()
        wrong, slowest = [], ("", 0.0)
        busy = Bystander(address)
        with busy.watching():
            connection = Connection(address, "203.0.113.2")
            for name, query in items:
                try:
                    asked = connection.query(query)
                except (OSError, http.client.HTTPException) as error:
                    wrong.append(f"{name}: {error!r}")
                    continue
                statuses[asked.status] += 1
                slowest = max(slowest, (name, asked.seconds), key=lambda one: one[1])
                if asked.status not in ACCEPTED or asked.seconds > DEADLINE + 1:
                    wrong.append(f"{name}: {asked.status} after {asked.seconds:.1f} s")
        grown = (hostile.resident(process) - before) / 2**20
    verdicts.add(
        f"{len(items)} hostile queries answered within {DEADLINE + 1:g} s", holds=not wrong,
        figures=f"{dict(sorted(statuses.items()))}, slowest {slowest[1]:.1f} s ({slowest[0]}) {wrong or ''}",
    )  # fmt: skip
    verdicts.add("memory of the front grew by less than 20 MiB", holds=grown < 20, figures=f"{grown:.1f} MiB")
    verdicts.add("nobody else was refused", holds=not busy.failed, figures=f"{len(busy.seconds)} requests")
    verdicts.add(
        "99 of 100 others waited at most twice as long", counts=False,
        holds=busy.percentile(0.99) <= 2 * quiet.percentile(0.99),
        figures=f"{times(quiet)} before, {times(busy)} meanwhile",
    )  # fmt: skip


def fetching(folder: Path, verdicts: Verdicts) -> None:
    """Each way to have the server fetch something, against an address that listens."""
    with attacked(folder) as (address, _), socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(1.0)
        target = f"http://127.0.0.1:{trap.getsockname()[1]}/x"
        connection = Connection(address, "203.0.113.4")
        statuses = Counter(connection.query(query.format(target)).status for query in hostile.FETCHING)
        try:
            trap.accept()
            came = True
        except TimeoutError:
            came = False
    holds = set(statuses) <= {400, 403} and not came
    verdicts.add(f"{len(hostile.FETCHING)} ways to fetch are none", holds=holds, figures=str(dict(statuses)))


def fuzz(folder: Path, verdicts: Verdicts) -> None:
    """Requests that nobody would send."""
    seeds = hostile.seeds(w3c())
    statuses: Counter[int] = Counter()
    wrong: list[str] = []
    lost: list[str] = []
    with attacked(folder, "--deadline", "1", "--workers", "2", "--memory", "256") as (address, process):

        def run(number: int) -> None:
            chance = random.Random(number)
            connection = Connection(address, f"203.0.113.{number + 10}")
            for _ in range(INPUTS // FUZZERS):
                asked = hostile.request(seeds, chance)
                try:
                    status = connection.ask(*asked).status
                except (OSError, http.client.HTTPException) as error:
                    lost.append(f"{error!r}: {asked}")
                    connection.close()
                    continue
                statuses[status] += 1
                if status >= 500 and status not in (503, 507):
                    wrong.append(f"{status}: {asked}")

        before = hostile.resident(process)
        begin = time.monotonic()
        threads = [threading.Thread(target=run, args=(number,)) for number in range(FUZZERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        grown = (hostile.resident(process) - before) / 2**20
        metrics = Connection(address, "203.0.113.9").ask("GET", "/metrics").body.decode()
        bugs = 'khabar_workers_ended_total{reason="bug"} 0.0' in metrics
    verdicts.add(
        f"{sum(statuses.values()):,} fuzzed requests, no 5xx but 503 and 507", holds=not wrong and bugs,
        figures=f"{dict(sorted(statuses.items()))} in {time.monotonic() - begin:.0f} s {wrong[:3] or ''}",
    )  # fmt: skip
    verdicts.add("no connection was lost", holds=not lost, figures=f"{len(lost)} {lost[:2] or ''}")
    verdicts.add("memory after it, with a full cache", holds=grown < 60, figures=f"{grown:.1f} MiB more")


def negative_syntax(folder: Path, verdicts: Verdicts) -> None:
    """The queries of the W3C that are none."""
    suites = w3c()
    if suites is None:
        verdicts.add("negative syntax", holds=False, figures="name the suites in KHABAR_W3C_TESTS")
        return
    queries = list(bad_queries(suites / "sparql11"))
    with attacked(folder) as (address, _):
        connection = Connection(address, "203.0.113.4")
        accepted = [path.name for path in queries if connection.query(path.read_text("utf-8")).status != 400]
    verdicts.add(
        "queries of SPARQL 1.1 that are none get 400", holds=bool(queries) and not accepted,
        figures=f"{len(queries) - len(accepted)} of {len(queries)} {accepted or ''}",
    )  # fmt: skip


def bad_queries(suite: Path) -> Iterator[Path]:
    """The files that the manifests of a suite call no queries."""
    for manifest in sorted(suite.rglob("manifest.ttl")):
        graph = ox.Store()
        graph.load(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri=manifest.as_uri())
        for test in graph.quads_for_pattern(None, None, ox.NamedNode(f"{MANIFEST}NegativeSyntaxTest11")):
            for action in graph.quads_for_pattern(test.subject, ox.NamedNode(f"{MANIFEST}action"), None):
                name = str(getattr(action.object, "value", ""))
                if name.endswith(".rq"):  # the others are updates
                    yield Path(name.removeprefix("file://"))


@cache
def w3c() -> Path | None:
    """The folder with the test suites: where KHABAR_W3C_TESTS says, else out of the archive in ../shared."""
    if given := os.environ.get("KHABAR_W3C_TESTS"):
        return Path(given) / "sparql"
    if not ARCHIVE.is_file():
        return None
    scratch = Path(tempfile.mkdtemp(prefix="w3c-"))
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(scratch, filter="data")
    return scratch / "sparql"


def slow_clients(folder: Path, verdicts: Verdicts) -> None:
    """Clients that stop in the middle of a body, or never read their answer."""
    with attacked(folder) as (address, _):
        host, _, port = address.removeprefix("http://").partition(":")
        stalled = [socket.create_connection((host, int(port))) for _ in range(STALLED)]
        for number, client in enumerate(stalled):
            if number % 5:
                client.sendall(
                    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
                    b"Content-Length: 60000\r\n\r\nSELECT"
                )
            else:
                large = quote("SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 20000")
                client.sendall(f"GET /sparql?query={large} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(3)
        others = Bystander(address)
        with others.watching():
            time.sleep(5)
        for client in stalled:
            client.close()
    verdicts.add(
        f"with {STALLED} stalled clients others are served", holds=bool(others.seconds) and not others.failed,
        figures=times(others),
    )  # fmt: skip


def clients_that_leave(folder: Path, verdicts: Verdicts) -> None:
    """A hundred that ask for the longest query and go: all workers are free again at once."""
    with attacked(folder) as (address, _):
        host, _, port = address.removeprefix("http://").partition(":")
        bomb = quote(hostile.BOMBS["product, counted"])
        begin = time.monotonic()
        for _ in range(100):
            with socket.create_connection((host, int(port))) as client:
                client.sendall(f"GET /sparql?query={bomb} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                time.sleep(0.02)
        status = 0
        while status != 200 and time.monotonic() - begin < 60:
            status = Connection(address, "203.0.113.4").query("ASK {}").status
        took = time.monotonic() - begin
    holds = status == 200 and took < 30
    verdicts.add("a hundred clients that left hold nothing", holds=holds, figures=f"{took:.1f} s")


def times(client: Bystander) -> str:
    """How long a client waited: in the middle, and the slowest of a hundred."""
    return f"{1000 * statistics.median(client.seconds):.1f} / {1000 * client.percentile(0.99):.1f} ms"


def main() -> int:
    """Run all of it, or what the arguments name."""
    parts = [hostile_queries, fetching, negative_syntax, slow_clients, clients_that_leave, fuzz]
    wanted = set(sys.argv[1:])
    verdicts = Verdicts()
    with tempfile.TemporaryDirectory(prefix="khabar-") as scratch:
        folder = hostile.built(Path(scratch) / "graph")
        for part in parts:
            if not wanted or part.__name__ in wanted:
                part(folder, verdicts)
    return int(verdicts.failed)


if __name__ == "__main__":
    sys.exit(main())
