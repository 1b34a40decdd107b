"""What the benchmarks share: articles to read, time as a median of several runs, and rows to show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from khabar.building import build
from khabar.errors import ReadError
from khabar.knowledge import Knowledge
from khabar.model import Article
from khabar.resources import folder
from khabar.text.read import read

RUNS: Final = 5
Row = tuple[str, ...]


def articles(knowledge: Knowledge, copies: int = 1) -> list[Article]:
    """The examples, each COPIES times under different keys; the texts of the copies are the same."""
    sources = sorted(folder("examples").glob("*.md"))
    found = read(sources, languages=knowledge.languages)
    read_well = [article for article in found if not isinstance(article, ReadError)]
    return [replace(article, key=f"{article.key}-{n}") for n in range(copies) for article in read_well]


@contextmanager
def built(knowledge: Knowledge, copies: int) -> Iterator[Path]:
    """A folder with the graph of the examples, each COPIES times; it is gone afterwards."""
    with TemporaryDirectory(prefix="khabar-") as scratch:
        graph = Path(scratch) / "graph"
        build(articles(knowledge, copies), graph, knowledge=knowledge)
        yield graph


def cpu(function: Callable[[], object], runs: int = RUNS) -> float:
    """The median processor time of this process, in seconds, over RUNS of FUNCTION after one to warm up."""
    return _timed(function, runs, process_time)


def wall(function: Callable[[], object], runs: int = RUNS, *, warm: bool = True) -> float:
    """The median time on the clock, in seconds, over RUNS of FUNCTION, after one to WARM up."""
    return _timed(function, runs, perf_counter, warm=warm)


def _timed(
    function: Callable[[], object], runs: int, clock: Callable[[], float], *, warm: bool = True
) -> float:
    if warm:
        function()
    times = []
    for _ in range(runs):
        start = clock()
        function()
        times.append(clock() - start)
    return median(times)


def show(title: str, rows: Iterable[Row]) -> None:
    """Print ROWS, the first of which is the head, under TITLE: the first column left, the others right."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print(f"\n{title}\n")
    for first, *others in table:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        print("  ".join([first.ljust(widths[0]), *cells]))


def seconds(time: float) -> str:
    """A time in the unit that leaves a number to read."""
    return f"{time:.2f} s" if time >= 1 else f"{1000 * time:.1f} ms"


def times(ratio: float) -> str:
    """How many times as much."""
    return f"{ratio:.1f}×" if ratio < 10 else f"{ratio:.0f}×"
