"""A damaged folder made whole from what is whole in it: the journal, the store, a snapshot, in this order."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pyoxigraph as ox

from khabar.errors import StoreError
from khabar.graph import intact, journal, records
from khabar.graph.checkpoint import Checkpoint, checkpoints
from khabar.graph.files import reporting, swap
from khabar.graph.folder import BUILT, Description, describe, hold, snapshot_path
from khabar.graph.plain import Plain
from khabar.graph.rebuilding import make_store
from khabar.graph.rewriting import write_journal, write_store
from khabar.graph.store import Store
from khabar.graph.verify import JOURNAL, SNAPSHOT, STORE, Damage, Expected, examine, last_shown


class Repaired(NamedTuple):
    """What a repair did."""

    snapshot: int
    done: tuple[str, ...]  # for people; empty where nothing was damaged
    lost: tuple[str, ...]  # what could not be saved


def repair(folder: Path) -> Repaired:
    """Make a FOLDER whole again; raises StoreError if there is nothing left to make it from."""
    folder = folder.resolve()
    described = describe(folder)
    with hold(folder):
        damage = examine(folder, described).damage
        mending = _Mending(folder, described, damage)
        if damage:
            mending.run()
    opened = Store if described.kind == BUILT else Plain
    with opened.open(folder, described.base) as whole:
        snapshot = whole.republish() if damage else whole.publish()
    return Repaired(snapshot, tuple(mending.done), tuple(mending.lost))


class _Mending:
    """One repair on its way."""

    def __init__(self, folder: Path, described: Description, damage: Iterable[Damage]) -> None:
        self.folder, self.described = folder, described
        self.parts = {found.part for found in damage}
        self.bad = {Path(found.where) for found in damage if found.part == SNAPSHOT}
        self.done: list[str] = []
        self.lost: list[str] = []

    def run(self) -> None:
        """Mend what is damaged, but for the snapshots: they are made anew from the rest."""
        snapshot = self._snapshot()
        if self.described.kind != BUILT:
            if STORE in self.parts:
                self._take(snapshot)
        elif JOURNAL not in self.parts:
            if STORE in self.parts:
                self._follow()
            self._write_files()
        elif STORE not in self.parts:
            self._write_journal(self.folder / "store")
        elif snapshot is not None:
            self._return(snapshot)
        else:
            self._salvage()
        (self.folder / "store" / intact.NAME).unlink(missing_ok=True)
        if not self._is_shown():
            (self.folder / "current").unlink(missing_ok=True)
        for path in (self.folder / "snapshots").iterdir():
            if path in self.bad or any(path in bad.parents for bad in self.bad):
                shutil.rmtree(path, ignore_errors=True)

    def _snapshot(self) -> Path | None:
        """The newest snapshot that is whole."""
        paths = (path for path in (self.folder / "snapshots").iterdir() if path.name.isdecimal())
        for path in sorted(paths, key=lambda path: -int(path.name)):
            if not any(path == bad or path in bad.parents for bad in self.bad):
                return path
        return None

    def _is_shown(self) -> bool:
        try:
            return snapshot_path(self.folder) == self._snapshot()
        except StoreError:
            return False

    def _follow(self) -> None:
        other = self.folder / "store.new"
        shutil.rmtree(other, ignore_errors=True)
        records_ = journal.read(self.folder / journal.NAME, self.described.id)
        with reporting(other):
            make_store(other, ((r.number, records.decode(r.payload)) for r in records_), self.described.base)
            swap(self.folder / "store", other)
        self.done.append("the store was made again from the journal")

    def _take(self, snapshot: Path | None) -> None:
        if snapshot is None:
            raise StoreError(
                where=str(self.folder),
                problem="has neither a store nor a snapshot that is whole",
                fix="begin anew from a dump",
            )
        other = self.folder / "store.new"
        shutil.rmtree(other, ignore_errors=True)
        with reporting(other):
            held = ox.Store.read_only(str(snapshot))
            write_store(self.folder, held, max(checkpoints(held), default=None))
            swap(self.folder / "store", other)
        self.done.append(f"the store was made again from snapshot {snapshot.name}")

    def _write_journal(self, store: Path, *more: bytes) -> None:
        with reporting(store):
            held = ox.Store.read_only(str(store))
            last = max(checkpoints(held), default=Checkpoint()).number
            write_journal(self.folder, held, self.described.id, last + 1, more)
        self.done.append("the journal was written anew from the store")

    def _return(self, snapshot: Path) -> None:
        """Go back to a snapshot, and forward again with the records that follow it and are whole."""
        self._take(snapshot)
        at = max(checkpoints(ox.Store.read_only(str(snapshot))), default=Checkpoint()).number
        whole = {record.number: record.payload for record in journal.salvage(self.folder / journal.NAME)}
        more: list[bytes] = []
        while at + 1 + len(more) in whole:
            more.append(whole[at + 1 + len(more)])
        self._tell_lost(at + len(more), max(whole, default=0))
        self._write_journal(self.folder / "store", *more)

    def _salvage(self) -> None:
        """Make do with the records that are whole, whatever stood between them."""
        other = self.folder / "store.new"
        shutil.rmtree(other, ignore_errors=True)
        whole = list(journal.salvage(self.folder / journal.NAME))
        if not whole:
            raise StoreError(
                where=str(self.folder),
                problem="has no journal, store or snapshot that is whole",
                fix="build the articles again into another folder, or begin anew from a dump",
            )
        numbers = {record.number for record in whole}
        missing = [n for n in range(min(numbers), max(numbers)) if n not in numbers]
        changes = ((r.number, records.decode(r.payload)) for r in whole)
        with reporting(other):
            make_store(other, changes, self.described.base)
            swap(self.folder / "store", other)
        self._write_journal(self.folder / "store")
        self.lost.append(
            f"records {', '.join(map(str, missing)) or 'after ' + str(max(numbers))}: build the articles of "
            "that time again"
        )

    def _tell_lost(self, saved: int, last: int) -> None:
        known = max(last, last_shown(self.folder))
        if known > saved:
            self.lost.append(f"records {saved + 1} to {known}: build the articles of that time again")

    def _write_files(self) -> None:
        kept = Expected(self.folder, self.described).kept
        for key, text in kept.items():
            path = self.folder / "articles" / f"{quote(key, safe='')}.json"
            if not path.is_file() or path.read_bytes() != text.encode():
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
                self.done.append(f"{path.relative_to(self.folder)} was written again")
