"""The journal and the store of a folder written anew from what the store holds, and from nothing else.

What was removed is not in them any more, not even as bytes: the engine keeps the words of what it has
forgotten, and a journal all that was ever written to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import unquote

import pyoxigraph as ox

from khabar.graph import journal, records
from khabar.graph.checkpoint import AT, BOOKS, Checkpoint
from khabar.graph.files import reporting, swap
from khabar.graph.journal import Journal
from khabar.graph.records import Change, Files
from khabar.vocab import PROV

AT_ONCE: Final = 4 << 20  # characters of N-Quads in a record
# A line without a graph; those of the default graph follow from the others.
DERIVED: Final = re.compile(r'\S+ \S+ (?:<[^>]*>|"(?:[^"\\]|\\.)*"(?:@\S+|\^\^<[^>]*>)?) \.\n')
PASSED: Final = f"{BOOKS} {AT} "
ARTICLE: Final = re.compile(rf"(?m)^\S+ <{re.escape(PROV.wasDerivedFrom)}> \S+ <\S+/graph/meta> \.$")


def write_journal(path: Path, dataset: ox.Store, id_: str, first: int, more: Iterable[bytes] = ()) -> int:
    """Write a journal of all that a DATASET holds, beginning with the number FIRST, to its place below PATH.

    MORE are payloads that follow.  Returns the number of the last record of what DATASET holds.
    """
    other = path / f"{journal.NAME}.new"
    written = Journal(other, id_, first=first)
    articles = 0
    with TemporaryDirectory(dir=path, prefix=".dump-") as scratch:
        for text in _chunks(dataset, Path(scratch) / "all.nq"):
            articles += sum(1 for _ in ARTICLE.finditer(text))
            written.append(records.encode_lines(text, articles))
    for file in sorted((path / "articles").glob("*.json")):
        kept = {unquote(file.stem): file.read_text("utf-8")}
        written.append(records.encode(Change(articles=articles, files=Files(kept))))
    last = written.last
    for payload in more:
        written.append(payload)
    written.close()
    swap(path / journal.NAME, other)
    return last


def write_store(path: Path, dataset: ox.Store, at: Checkpoint | None) -> None:
    """Write a store that holds what DATASET does, and follows the journal to AT, beside the one below PATH.

    It is put into its place by `swap`, when nobody has DATASET open any more.
    """
    other = path / "store.new"
    with TemporaryDirectory(dir=path, prefix=".dump-") as scratch, reporting(other):
        file = Path(scratch) / "all.nq"
        dataset.dump(str(file), ox.RdfFormat.N_QUADS)
        made = ox.Store(other)
        made.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
        for passed in list(made.quads_for_pattern(BOOKS, AT, None, BOOKS)):
            made.remove(passed)
        if at is not None:
            made.add(at.quad)
        made.flush()
        made.optimize()


def _chunks(dataset: ox.Store, file: Path) -> Iterator[str]:
    """The named graphs as N-Quads, some megabytes at a time, without the checkpoints."""
    dataset.dump(str(file), ox.RdfFormat.N_QUADS)
    chunk: list[str] = []
    size = 0
    with file.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if DERIVED.fullmatch(line) or line.startswith(PASSED):
                continue
            chunk.append(line)
            size += len(line)
            if size > AT_ONCE:
                yield "".join(chunk)
                chunk, size = [], 0
    if chunk:
        yield "".join(chunk)
