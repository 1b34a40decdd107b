"""Articles that are not in the graph, as they were read, each with the reason, to be tried again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from khabar.graph.files import reporting, write_atomically

NAME: Final = "quarantine"


class Aside(NamedTuple):
    """An article in quarantine."""

    key: str
    path: Path  # it as it was read
    reason: str


def put_aside(folder: Path, key: str, article: str, reason: str) -> str:
    """Keep an ARTICLE and the REASON why it is not in the graph; returns the file that tells it."""
    name = quote(key, safe="")
    with reporting(folder / NAME):
        (folder / NAME).mkdir(exist_ok=True)
        write_atomically(folder / NAME / f"{name}.txt", reason.rstrip("\n") + "\n")
        write_atomically(folder / NAME / f"{name}.json", article)
    return f"{NAME}/{name}.txt"


def forget(folder: Path, key: str) -> None:
    """Drop an article that is in the graph now, or shall not be."""
    for suffix in ("json", "txt"):
        (folder / NAME / f"{quote(key, safe='')}.{suffix}").unlink(missing_ok=True)


def aside(folder: Path) -> Iterator[Aside]:
    """The articles in quarantine, sorted by key."""
    for path in sorted((folder / NAME).glob("*.json")):
        reason = path.with_suffix(".txt")
        text = reason.read_text("utf-8") if reason.is_file() else ""
        yield Aside(unquote(path.name.removesuffix(".json")), path, text.strip())
