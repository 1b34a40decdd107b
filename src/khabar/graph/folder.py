"""A folder of ours on disk: what marks it, its one writer, and the snapshots that readers see.

A folder is made inside `.building` and moved into place when it is complete, so that a build that
fails leaves nothing behind.  What it holds is for others to say: store.py for a graph that is built
from articles, plain.py for any RDF dataset.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Final, Self

import pyoxigraph as ox

from khabar.errors import StoreError
from khabar.graph import index
from khabar.graph.locking import lock
from khabar.vocab import DEFAULT_BASE

FORMAT: Final = 1  # of the folder; a change that an older khabar cannot read counts it up
KEPT_SNAPSHOTS: Final = 3  # a server may still be reading the one before the last
BUILDING: Final = ".building"
TRIAL: Final = ".trial"  # a copy in which an update is tried out
UNPUBLISHED: Final = "unpublished"  # a file that is there while the store holds what no snapshot shows yet
PARTS: Final = ("store", "snapshots", "current", "articles", "quarantine", "reports", UNPUBLISHED)
ALLOWED: Final = frozenset({"khabar.toml", "lost+found"})  # may be there before the first build
BUILT: Final = "built"  # from articles: the default graph is made of the named ones
PLAIN: Final = "plain"  # any RDF dataset, as it is


@dataclass(frozen=True, slots=True)
class Description:
    """What khabar.json says of a folder."""

    base: str  # every IRI of ours starts with it; ends with a slash
    dataset: str  # the IRI of the dataset as a whole
    kind: str = BUILT  # or PLAIN


class Folder:
    """A folder open for writing.  A context manager: leaving it closes and unlocks the folder."""

    kind: ClassVar[str]

    def __init__(self, folder: Path, path: Path, base: str, lock: IO[str]) -> None:
        self.folder = folder  # where the dataset is, or will be
        self.path = path  # where it is written now: inside `.building` until a first build is complete
        self.base = base
        self._lock = lock
        with reporting(path / "store"):
            self.dataset = ox.Store(path / "store")  # to be read; whatever changes it is a method of ours
        self._changed = not (path / "current").exists() or (path / UNPUBLISHED).exists()

    # --- opening and closing

    @classmethod
    def create(cls, folder: Path, base: str = DEFAULT_BASE) -> Self:
        """Begin a dataset in a FOLDER that is missing or empty; raises StoreError."""
        _check_base(base)
        folder = folder.resolve()
        with reporting(folder):
            folder.mkdir(parents=True, exist_ok=True)
            _refuse_foreign(folder)  # before a lock is put there
        lock = _lock(folder)
        try:
            _clear_unfinished(folder)
            _refuse_foreign(folder)
            with reporting(folder):
                (folder / BUILDING / "snapshots").mkdir(parents=True)
            return cls(folder, folder / BUILDING, base, lock)
        except BaseException:
            shutil.rmtree(folder / BUILDING, ignore_errors=True)
            _unlock(lock)
            raise

    @classmethod
    def open(cls, folder: Path, base: str | None = DEFAULT_BASE) -> Self:
        """Open a FOLDER of ours to change it; raises StoreError if it is not ours, or of another base.

        Raises LockedError while another process writes it.  The base None is whatever it was made with.
        """
        folder = folder.resolve()
        described = describe(folder, kind=cls.kind)
        if base not in (None, described.base):
            raise StoreError(
                where=str(folder),
                problem=f"was built with the base {described.base}, not {base}",
                fix=f"build with --base {described.base}, or into another folder",
            )
        lock = _lock(folder)
        try:
            opened = cls(folder, folder, described.base, lock)
            opened._check()
            return opened
        except BaseException:
            _unlock(lock)
            raise

    def _check(self) -> None:
        """Raise StoreError when what was opened cannot be what was written."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del self.dataset  # RocksDB lets go of its files only when nothing refers to it any more
        first_build = self.path != self.folder
        try:
            if first_build and kind is None and (self.path / "current").exists():
                self._settle()
        finally:
            if first_build:
                shutil.rmtree(self.path, ignore_errors=True)
            _unlock(self._lock, keep=is_ours(self.folder))

    def _settle(self) -> None:
        """Move a complete first build into its place; khabar.json, which makes it ours, comes last."""
        described = {"format": FORMAT, "base": self.base, "dataset": f"{self.base}dataset"}
        if self.kind != BUILT:
            described["kind"] = self.kind
        with reporting(self.folder):
            for part in sorted(self.path.iterdir()):
                part.rename(self.folder / part.name)
            write_atomically(self.folder / "khabar.json", json.dumps(described, indent=2) + "\n")

    # --- changing and publishing

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Around every change of the dataset: from now on it holds what no snapshot shows."""
        with reporting(self.path / "store"):
            self._mark()
            yield

    def _mark(self) -> None:
        if not self._changed:
            (self.path / UNPUBLISHED).touch()
            self._changed = True

    def _index(self, snapshot: Path, before: Path | None) -> None:
        """Put beside a SNAPSHOT what its words can be searched by; the one BEFORE it may save work."""
        index.write(self.dataset, snapshot, before, everywhere=self.kind == PLAIN, hidden=self._hidden())

    def _hidden(self) -> str:
        """How the IRIs begin that nobody looks for by words."""
        return ""

    def publish(self) -> int:
        """Make what is held visible to readers; returns the number of the snapshot."""
        current = _current(self.path)
        if not self._changed and current is not None:
            return current
        number = (current or 0) + 1
        with reporting(self.path):
            self.dataset.flush()
            target = self.path / "snapshots" / str(number)
            shutil.rmtree(
                target, ignore_errors=True
            )  # left by a build that was killed before the pointer moved
            self.dataset.backup(target)
            self._index(target, self.path / "snapshots" / str(current) if current else None)
            write_atomically(self.path / "current", f"{number}\n")
            (self.path / UNPUBLISHED).unlink(missing_ok=True)
        for old in (self.path / "snapshots").iterdir():
            if old.name.isdecimal() and int(old.name) <= number - KEPT_SNAPSHOTS:
                shutil.rmtree(old, ignore_errors=True)
        self._changed = False
        return number


# --- reading


def is_built(folder: Path) -> bool:
    """Whether FOLDER holds a graph that khabar has built."""
    return is_ours(folder) and describe(folder).kind == BUILT


def is_ours(folder: Path) -> bool:
    """Whether FOLDER holds a dataset that khabar has written."""
    return (folder / "khabar.json").is_file()


def describe(folder: Path, *, kind: str | None = None) -> Description:
    """What khabar.json says of a FOLDER of ours; raises StoreError when it is none, or of another KIND."""
    path = folder / "khabar.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        format_, described = found["format"], Description(found["base"], found["dataset"])
        described = Description(described.base, described.dataset, found.get("kind", BUILT))
    except FileNotFoundError as error:
        raise StoreError(
            where=str(folder),
            problem="is not a graph that khabar has built" if folder.exists() else "does not exist",
            fix="name the folder that was given to khabar build --out",
        ) from error
    except OSError as error:
        raise StoreError(
            where=str(path), problem=f"cannot be read: {error.strerror}", fix="check its permissions"
        ) from error
    except (ValueError, LookupError, TypeError) as error:
        raise damaged(path, "it does not say format, base and dataset") from error
    if format_ != FORMAT:
        raise StoreError(
            where=str(folder),
            problem=f"has the format {format_}; this khabar reads format {FORMAT}",
            fix="build it again with this khabar, or use the one that built it",
        )
    if kind is not None and described.kind != kind:
        is_plain = described.kind == PLAIN
        raise StoreError(
            where=str(folder),
            problem="holds a plain dataset, not a built graph" if is_plain else "holds a built graph",
            fix="serve it with --dataset plain" if is_plain else "serve it without --dataset plain",
        )
    return described


def open_snapshot(folder: Path) -> ox.Store:
    """The published snapshot of a FOLDER of ours, read-only; raises StoreError.

    It never changes: open it again to see what has been published since.
    """
    describe(folder)
    path = snapshot_path(folder)
    with reporting(path):
        return ox.Store.read_only(str(path))


def snapshot_path(folder: Path) -> Path:
    """Where the published snapshot of a FOLDER of ours lies; raises StoreError."""
    number = _current(folder)
    if number is None or not (folder / "snapshots" / str(number)).is_dir():
        raise damaged(folder, "it has no published snapshot")
    return folder / "snapshots" / str(number)


# --- files


def write_atomically(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write a whole file or none, and make it last: what a reader finds there is never half of it."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        if mode is not None:
            beside.chmod(mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)  # the rename itself lasts only once the folder is on disk
    finally:
        os.close(parent)


def _current(folder: Path) -> int | None:
    try:
        text = (folder / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if not text.isdecimal():
        raise damaged(folder / "current", "it does not name a snapshot")
    return int(text)


def _check_base(base: str) -> None:
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`?#]+/", base):
        raise StoreError(
            where=f"base {base}",
            problem="is not an address that IRIs can be made from",
            fix="give one that begins with http:// or https:// and ends with a slash",
        )


def _clear_unfinished(folder: Path) -> None:
    """Clear away a first build that was killed; only one that has `.building` is known to be ours."""
    if is_ours(folder) or not (folder / BUILDING).is_dir():
        return
    for part in (*PARTS, BUILDING):
        path = folder / part
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _refuse_foreign(folder: Path) -> None:
    """Raise StoreError for a folder that holds a graph already, or anything that is not ours."""
    ours = {*ALLOWED, *PARTS, BUILDING} if (folder / BUILDING).is_dir() else ALLOWED
    others = sorted(
        path.name for path in folder.iterdir() if path.name not in ours and not _is_our_lock(path)
    )
    if is_ours(folder):
        problem, fix = "already holds a graph", "open it, or choose another folder"
    elif others:
        problem = f"is not empty and was not made by khabar: it holds {others[0]}"
        fix = "choose an empty folder, or one that does not exist yet"
    else:
        return
    raise StoreError(where=str(folder), problem=problem, fix=fix)


def _is_our_lock(path: Path) -> bool:
    # RocksDB and others use the same name; theirs must not be emptied.
    return (
        path.name == "LOCK" and re.match(r"process \d+ on |$", path.read_text("utf-8", "replace")) is not None
    )


def _lock(folder: Path) -> IO[str]:
    """Become the one writer of FOLDER; the operating system lets go of the lock when we die."""
    with reporting(folder):
        file = (folder / "LOCK").open("a+", encoding="utf-8")
    lock(file, folder)
    return file


def _unlock(lock: IO[str], *, keep: bool = False) -> None:
    """Let go; a folder that never became ours goes too, if it is empty."""
    path = Path(lock.name)
    if keep or is_ours(path.parent):
        lock.truncate(0)
    else:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # what else is in there is not ours
            path.parent.rmdir()
    lock.close()


def damaged(path: Path, problem: str) -> StoreError:
    return StoreError(
        where=str(path), problem=f"is damaged: {problem}", fix="delete the folder and build it again"
    )


@contextmanager
def reporting(path: Path) -> Iterator[None]:
    """Tell what the disk and RocksDB have to say of PATH as an error that a person can act on."""
    try:
        yield
    except OSError as error:
        problem = error.strerror or str(error).splitlines()[0]
        raise StoreError(
            where=str(path), problem=f"cannot be used: {problem}", fix="check permissions and free space"
        ) from error
    except RuntimeError as error:  # so pyoxigraph reports corruption
        raise damaged(path, str(error).splitlines()[0]) from error
