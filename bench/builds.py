"""Build: articles a second, what each stage takes of it, and what a second process brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from measure import Row, articles, seconds, show, times, wall

from khabar.building import build
from khabar.examining import Examiner
from khabar.extraction import extract
from khabar.graph.assemble import assemble
from khabar.graph.shapes import load_shapes
from khabar.knowledge import Knowledge, load
from khabar.model import Article
from khabar.resources import folder

COPIES: Final = 6
RUNS: Final = 3


def built(found: Sequence[Article], knowledge: Knowledge, jobs: int) -> None:
    """Build FOUND in a folder of its own, once."""
    with TemporaryDirectory(prefix="khabar-") as scratch:
        build(found, Path(scratch) / "graph", knowledge=knowledge, jobs=jobs)


def stages(found: Sequence[Article], knowledge: Knowledge, whole: float) -> Iterator[Row]:
    """A row for each stage; WHOLE is the time of all, and what is left over is the store's."""
    examine = Examiner(knowledge, load_shapes(sorted(folder("shapes").glob("*.ttl"))))
    readings = [extract(article, knowledge) for article in found]
    read = wall(lambda: [extract(article, knowledge) for article in found], RUNS, warm=False)
    put = wall(lambda: [assemble(reading) for reading in readings], RUNS, warm=False)
    examined = wall(lambda: [examine(article) for article in found], RUNS, warm=False)
    parts = {
        "extract": read,
        "assemble": put,
        "validate": max(0.0, examined - read - put),
        "store, entities, rules of the corpus, publish": max(0.0, whole - examined),
    }
    yield "stage", "time", "share"
    for name, part in parts.items():
        yield name, seconds(part), f"{100 * part / whole:.0f} %"


def main() -> None:
    """One process, then two."""
    knowledge = load()
    found = articles(knowledge, COPIES)
    one, two = (wall(lambda j=jobs: built(found, knowledge, j), RUNS, warm=False) for jobs in (1, 2))  # type: ignore[misc]
    rows = [("--jobs", "time", "articles/s", "to one")]
    rows += [
        (name, seconds(t), f"{len(found) / t:.0f}", times(one / t)) for name, t in (("1", one), ("2", two))
    ]
    show(f"Build of {len(found)} articles", rows)
    show("Where the time of one process goes", stages(found, knowledge, one))


if __name__ == "__main__":
    main()
