"""Article graphs into the store: through the journal as it is, and with a disk that is not waited for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unittest.mock import patch

from generate import generated
from measure import RUNS, Row, cpu, show, wall

from khabar.building import BATCH
from khabar.examining import Checked, Examiner
from khabar.graph.shapes import load_shapes
from khabar.graph.store import Store, Taken
from khabar.knowledge import load
from khabar.model import Article
from khabar.resources import folder

ARTICLES: Final = int(os.environ.get("KHABAR_ARTICLES", "640"))
WANTED: Final = 400  # article graphs a second


def examined(number: int) -> list[Checked]:
    """So many invented articles, extracted, assembled and validated."""
    knowledge = load()
    examine = Examiner(knowledge, load_shapes(sorted(folder("shapes").glob("*.ttl"))))
    told = generated(number)
    articles = [Article(str(one["id"]), str(one["lang"]), str(one["text"])) for one in told]
    return [examine(article) for article in articles]


def stored(checked: Sequence[Checked]) -> None:
    """Put what was CHECKED into a new store, as a build does."""
    with TemporaryDirectory(prefix="khabar-") as scratch, Store.create(Path(scratch) / "graph") as store:
        waiting = iter(checked)
        while batch := list(islice(waiting, BATCH)):
            store.take({one.article.key: Taken(one.quads, "read", None) for one in batch})


@contextmanager
def unsynced() -> Iterator[None]:
    """A disk that is not waited for: what a crash would lose."""
    with patch("os.fsync", lambda _: None), patch("os.fdatasync", lambda _: None):
        yield


def main() -> None:
    """By turns, so that both meet the same machine."""
    checked = examined(ARTICLES)
    quads = sum(len(one.quads) for one in checked)
    synced = wall(lambda: stored(checked), RUNS)
    with unsynced():
        loose = wall(lambda: stored(checked), RUNS)
    one_core = cpu(lambda: stored(checked), RUNS)
    rows: list[Row] = [("journal", "time", "articles/s")]
    timed = {
        "on disk before it counts": synced,
        "not waited for": loose,
        "on disk, processor time alone": one_core,
    }
    rows += [(name, f"{time:.2f} s", f"{len(checked) / time:.0f}") for name, time in timed.items()]
    show(f"{len(checked)} article graphs, {quads:,} quads, into the store", rows)
    print(f"\nwanted: {WANTED} a second, and 0.9 of the rate without waiting; it is {loose / synced:.2f}")


if __name__ == "__main__":
    main()
