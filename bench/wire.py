"""Pages over HTTP: how long until the first byte of one, how much comes, and how long a search takes."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

import newsgraph
from dumps import COPIES, multiplied
from measure import Row, built, seconds, show, times
from service import EMPTY, Server, khabar, running

from khabar.graph import index
from khabar.graph.folder import open_snapshot, snapshot_path
from khabar.knowledge import load
from khabar.vocab import DEFAULT_BASE, KH, RDF

NAMES: Final = 100_000
RUNS: Final = 15
MOST: Final = 60  # things of one kind, each asked for once
BROWSER: Final = {"Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "ar"}


class Answer(NamedTuple):
    """What came."""

    first: float  # seconds until the first byte, of a connection that is open
    size: int  # bytes of the body, as they came
    body: bytes


def ask(server: Server, path: str) -> Answer:
    """One page, as a browser asks for it."""
    parts = urlsplit(server.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    connection.connect()
    begin = perf_counter()
    connection.request("GET", path, headers=BROWSER)
    answer = connection.getresponse()
    first, body = perf_counter() - begin, answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"wire: {path}: {answer.status}")
    return Answer(first, len(body), body)


def pages(folder: Path) -> Iterator[Row]:
    """First bytes and sizes; the first request of each kind is not counted."""
    kinds = {
        "home": ["/"] * RUNS,
        "Kazakhstan, 50 of its facts": ["/id/kazakhstan.html"] * RUNS,
        "a thing, another each time": _some(folder, f"[] <{RDF.subject}> ?it", "id/x-"),
        "an article, another each time": _some(folder, f"?it a <{KH.Article}>", "article/"),
        "all people": ["/class/Person"] * RUNS,
        "what disagrees": ["/compare"] * RUNS,
    }
    with (
        running([sys.executable, "-c", EMPTY, "{port}", "24"], "/") as empty,
        khabar(folder) as server,
    ):
        nothing = median(ask(empty, "/").first for _ in range(4 * RUNS))
        yield "", "first byte, median", "of an empty view", "slowest", "kB over the wire"
        yield "an empty Flask view", seconds(nothing), "1.0×", "", ""
        for kind, paths in kinds.items():
            found = [ask(server, path) for path in paths][1:]
            first, largest = median(one.first for one in found), max(one.size for one in found)
            slowest = seconds(max(one.first for one in found))
            yield kind, seconds(first), times(first / nothing), slowest, f"{largest / 1000:.1f}"
        files = ("style.css", "naskh.css", "icon.svg")
        style = sum(ask(server, f"/static/{name}").size for name in files)
        yield "style and icon, fetched once", "", "", "", f"{style / 1000:.1f}"


def _some(folder: Path, pattern: str, path: str) -> Sequence[str]:
    """The pages of what is ?it in a pattern and lies below a path, in no order that means anything."""
    wanted = f'FILTER(STRSTARTS(STR(?it), "{DEFAULT_BASE}{path}"))'
    query = f"SELECT DISTINCT ?it {{ {pattern} {wanted} }} ORDER BY SHA1(STR(?it)) LIMIT {MOST}"
    rows = open_snapshot(folder).query(query)
    return ["/" + row[0].value.removeprefix(DEFAULT_BASE) + ".html" for row in rows]  # type: ignore[union-attr]


def searches(folder: Path) -> Iterator[Row]:
    """Other words each time: a name, its beginning, a name with a number, and what is nowhere."""
    kinds = {
        "one frequent word": list(newsgraph.FIRST),
        "two words": [f"{first} {last}" for first in newsgraph.FIRST for last in newsgraph.LAST[:3]],
        "a whole name": [f"{newsgraph.LAST[n % 12]} {1000 + 7 * n}" for n in range(MOST)],
        "a beginning": [name[:3] for name in newsgraph.LAST],
        "what is nowhere": [f"zzz{n}" for n in range(RUNS)],
    }
    with khabar(folder) as server:
        ask(server, "/search?q=x")
        yield f"{NAMES:,} names", "answer, median", "slowest", "kB over the wire"
        for kind, words in kinds.items():
            found = [ask(server, f"/search?q={quote(one)}") for one in words]
            first = [one.first for one in found]
            largest = max(one.size for one in found)
            yield kind, seconds(median(first)), seconds(max(first)), f"{largest / 1000:.1f}"


def main() -> None:
    """A graph of a million quads for the pages, one of many names for the search."""
    with TemporaryDirectory(prefix="khabar-") as scratch:
        large, named = Path(scratch) / "large", Path(scratch) / "named"
        with built(load(), COPIES) as folder:
            quads = multiplied(folder, large)
        newsgraph.names(named, NAMES)
        for folder in (large, named):
            store, path = open_snapshot(folder), snapshot_path(folder)
            index.write(store, path, None, everywhere=False, hidden="")
        show(f"Pages over HTTP, {quads:,} quads", pages(large))
        show("Search over HTTP", searches(named))


if __name__ == "__main__":
    main()
