"""What arrives in folders and feeds, built as it comes: rounds of looking, reading and publishing."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from khabar.building import BuildReport, build
from khabar.dumps.remote import Remote
from khabar.errors import KhabarError, ReadError
from khabar.knowledge import Knowledge
from khabar.model import Article
from khabar.text.read import is_readable, read
from khabar.vocab import DEFAULT_BASE

LARGEST_FEED: Final = 10 << 20  # bytes

State = tuple[int, int]  # when a file was changed, in nanoseconds, and its bytes


class Watch:
    """Folders and feeds that are looked at again and again."""

    def __init__(self, sources: Iterable[str], knowledge: Knowledge, language: str | None = None) -> None:
        given = list(sources)
        self._feeds = [source for source in given if source.startswith(("http://", "https://"))]
        self._folders = [Path(source) for source in given if source not in self._feeds]
        self._knowledge, self._language = knowledge, language
        self._read: dict[Path, State] = {}  # what was built, as it was then
        self._looked: dict[Path, State] = {}  # what was there at the last look
        for path in self._folders:
            if not path.exists():
                raise ReadError(
                    where=str(path), problem="does not exist", fix="name a folder, a file or a feed"
                )

    def round(
        self, out: Path, *, base: str = DEFAULT_BASE, jobs: int = 1, tell: Callable[[str], object]
    ) -> BuildReport | None:
        """Build what is new since the last round, and publish it; None if there is nothing.

        What cannot be read or fetched is told, and so is an error of the build; it is tried again.
        """
        fresh = dict(self._fresh())
        articles = list(self._articles(fresh, tell))
        if not articles:
            self._read |= fresh
            return None
        try:
            report = build(articles, out, knowledge=self._knowledge, base=base, jobs=jobs)
        except KhabarError as error:  # the folder is being written, the disk is full
            tell(str(error))
            return None
        self._read |= fresh
        return report

    def _fresh(self) -> Iterator[tuple[Path, State]]:
        """The files that are new or changed, unless they may still be growing."""
        is_first = not self._looked and not self._read
        looked = {path: state for path in _files(self._folders) if (state := _state(path)) is not None}
        for path, state in looked.items():
            if self._read.get(path) != state and (is_first or self._looked.get(path) == state):
                yield path, state
        self._looked = looked

    def _articles(self, paths: Iterable[Path], tell: Callable[[str], object]) -> Iterator[Article]:
        found = read(paths, languages=self._knowledge.languages, language=self._language)
        yield from _told(found, tell)
        for feed in self._feeds:
            base, _, name = feed.rpartition("/")
            try:
                data = Remote(base).read(name, LARGEST_FEED)
            except KhabarError as error:
                tell(f"{error.where}: {error.problem}\n  it is asked again in the next round")
                continue
            entries = read(
                ["-"], languages=self._knowledge.languages, language=self._language, stdin=io.BytesIO(data)
            )
            yield from _told(entries, tell)


def _told(found: Iterable[Article | ReadError], tell: Callable[[str], object]) -> Iterator[Article]:
    for one in found:
        if isinstance(one, ReadError):
            tell(str(one))
        else:
            yield one


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if not folder.is_dir():
            yield folder
            continue
        for parent, below, names in os.walk(folder):
            below[:] = sorted(name for name in below if not name.startswith("."))
            yield from (Path(parent) / name for name in sorted(names) if is_readable(name))


def _state(path: Path) -> State | None:
    try:
        found = path.stat()
    except OSError:  # it has just been moved away
        return None
    return found.st_mtime_ns, found.st_size
