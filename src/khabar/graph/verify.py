"""Whether a folder holds what was written: every byte of it is read, and all is compared with the journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from urllib.parse import quote

import pyoxigraph as ox

from khabar.errors import StoreError
from khabar.graph import intact, journal, records
from khabar.graph.checkpoint import Checkpoint, checkpoints
from khabar.graph.files import reporting
from khabar.graph.folder import BUILT, Description, describe, hold, snapshot_path
from khabar.graph.rebuilding import MODULUS, make_store, total, total_of, underived
from khabar.graph.records import Change

JOURNAL: Final = "journal"
STORE: Final = "store"
SNAPSHOT: Final = "snapshot"
FILE: Final = "file"


class Damage(NamedTuple):
    """Something that is not as it was written."""

    part: str  # which of the above
    where: str
    problem: str


class Verified(NamedTuple):
    """What was read, and what is wrong with it."""

    articles: int
    record: int  # the last of the journal
    damage: tuple[Damage, ...]


def verify(folder: Path) -> Verified:
    """Read all that a FOLDER of ours holds; raises StoreError if it is none, or is being written."""
    described = describe(folder)
    with hold(folder):
        return examine(folder, described)


def examine(folder: Path, described: Description) -> Verified:
    """As verify, for who holds the folder."""
    found = list(_snapshots(folder))
    expected = Expected(folder, described)
    at, damage = _store(folder, described, expected)
    found += [*expected.damage, *_short(folder, at, expected), *_files_of_store(folder / "store"), *damage]
    if not expected.damage:
        found += _files(folder, expected.kept)
    return Verified(at.articles, expected.last, tuple(found))


class Expected:
    """What the journal says that there must be; of a plain dataset it says nothing."""

    def __init__(self, folder: Path, described: Description) -> None:
        self.last = self.articles = self.sum = 0
        self.kept: dict[str, str] = {}
        self.damage: list[Damage] = []
        self.folder, self.described = folder, described
        if described.kind != BUILT:
            return
        try:
            if not journal.segments(folder / journal.NAME):
                self.damage.append(Damage(JOURNAL, str(folder / journal.NAME), "is missing"))
            for number, change in self.changes():
                self.last, self.articles = number, change.articles
                self.sum += total_of([change])
                self.kept |= change.files.kept
                for key in change.files.dropped:
                    self.kept.pop(key, None)
        except StoreError as error:
            self.damage.append(Damage(JOURNAL, error.where, error.problem))

    @property
    def is_known(self) -> bool:
        """Whether the journal can be held against the store."""
        return self.described.kind == BUILT and not self.damage

    def changes(self) -> Iterator[tuple[int, Change]]:
        for record in journal.read(self.folder / journal.NAME, self.described.id):
            yield record.number, records.decode(record.payload)


def _snapshots(folder: Path) -> Iterator[Damage]:
    for path in sorted((folder / "snapshots").iterdir()):
        if not (path / intact.NAME).exists():
            continue  # it was being made or deleted when a writer was killed; nobody is shown it
        try:
            for file, problem in intact.differing(path, thorough=True):
                yield Damage(SNAPSHOT, str(file), f"is damaged: {problem}")
        except StoreError as error:
            yield Damage(SNAPSHOT, error.where, error.problem)
    try:
        snapshot_path(folder)
    except StoreError as error:
        yield Damage(SNAPSHOT, error.where, error.problem)


def _store(folder: Path, described: Description, expected: Expected) -> tuple[Checkpoint, list[Damage]]:
    path = folder / "store"
    found: list[Damage] = []
    at = Checkpoint()
    try:
        with reporting(path):
            store = ox.Store.read_only(str(path))
            if described.kind == BUILT:
                at = max(checkpoints(store), default=at)
                problems = _differences(folder, store, at, described.base, expected)
                found += (Damage(STORE, str(path), told) for told in problems)
            else:
                sum(1 for _ in store)  # the engine checks each block that it reads
    except StoreError as error:
        found.append(Damage(STORE, error.where, error.problem))
    except ValueError as error:  # a checkpoint that is none
        found.append(Damage(STORE, str(path), f"is damaged: {error}"))
    return at, found


def _short(folder: Path, at: Checkpoint, expected: Expected) -> Iterator[Damage]:
    """What to say of a journal that ends, whole as it is, before what is known to have been in it."""
    known = max(at.number, last_shown(folder))
    if expected.is_known and known > expected.last:
        told = f"is damaged: it ends with record {expected.last}, and there was a record {known}"
        yield Damage(JOURNAL, str(folder / journal.NAME), told)


def _files_of_store(store: Path) -> Iterator[Damage]:
    """The engine's own files, if nobody was killed who had it open: a scan does not read all of them."""
    if (store / intact.NAME).exists():
        try:
            for path, problem in intact.differing(store, thorough=True):
                yield Damage(STORE, str(path), f"is damaged: {problem}")
        except StoreError as error:
            yield Damage(STORE, error.where, error.problem)


def _differences(
    folder: Path, store: ox.Store, at: Checkpoint, base: str, expected: Expected
) -> Iterator[str]:
    if at.number < (shown := last_shown(folder)):
        yield f"is damaged: it holds {at.number} records, and {shown} were published"
    elif expected.is_known and at.number == expected.last:
        if at.articles != expected.articles:
            yield f"is damaged: it holds {at.articles} articles, not {expected.articles}"
        if total(store) != expected.sum % MODULUS:
            yield from _in_full(store, base, expected)
    if (broken := next(underived(store, base), None)) is not None:
        yield f"is damaged: the default graph does not follow from the others: {broken}"


def last_shown(folder: Path) -> int:
    """The highest record that a snapshot has shown, as far as their seals can be read."""
    found = 0
    for path in (folder / "snapshots").iterdir():
        with suppress(StoreError):
            found = max(found, int(intact.told(path).get("record", 0)))
    return found


def _in_full(store: ox.Store, base: str, expected: Expected) -> Iterator[str]:
    """What differs when both are compared quad by quad: the engine spells some literals anew."""
    with TemporaryDirectory(prefix="khabar-") as scratch:
        made_path = Path(scratch) / "store"
        make_store(made_path, expected.changes(), base)
        made = ox.Store.read_only(str(made_path))
        if total(made) != total(store):
            lacking = sum(quad not in store for quad in made)
            extra = sum(quad not in made for quad in store)
            yield f"is damaged: it lacks {lacking} quads, and holds {extra} that nobody has written"


def _files(folder: Path, kept: dict[str, str]) -> Iterator[Damage]:
    for key, text in kept.items():
        path = folder / "articles" / f"{quote(key, safe='')}.json"
        if not path.is_file():
            yield Damage(FILE, str(path), "is missing")
        elif path.read_bytes() != text.encode():
            yield Damage(FILE, str(path), "is not what was written")
