"""A folder of ours on disk: what marks it, its one writer, and the snapshots that readers see.

A folder is made inside `.building` and moved into place when it is complete, so that nobody sees half of
it; a first build that was stopped goes on from there.  What it holds is for others to say: store.py for a
graph that is built from articles, plain.py for any RDF dataset.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Final, Self

import pyoxigraph as ox

from khabar.errors import StoreError
from khabar.graph import index, intact
from khabar.graph.files import damaged, reporting, settle, sync, write_atomically
from khabar.graph.locking import lock
from khabar.vocab import DEFAULT_BASE

FORMAT: Final = 2  # of the folder; a change that an older khabar cannot read counts it up
KEPT_SNAPSHOTS: Final = 3  # a server may still be reading the one before the last
BUILDING: Final = ".building"
TRIAL: Final = ".trial"  # a copy in which an update is tried out
UNPUBLISHED: Final = "unpublished"  # a file that is there while the store holds what no snapshot shows yet
PARTS: Final = (
    "store", "snapshots", "current", "articles", "quarantine", "reports", "journal", UNPUBLISHED,
)  # fmt: skip
WAL: Final = 32 << 20  # bytes of RocksDB's own log from which on it is written away: memory grows with it
ALLOWED: Final = frozenset({"khabar.toml", "lost+found"})  # may be there before the first build
BUILT: Final = "built"  # from articles: the default graph is made of the named ones
PLAIN: Final = "plain"  # any RDF dataset, as it is


@dataclass(frozen=True, slots=True)
class Description:
    """What khabar.json says of a folder."""

    base: str  # every IRI of ours starts with it; ends with a slash
    dataset: str  # the IRI of the dataset as a whole
    kind: str = BUILT  # or PLAIN
    id: str = ""  # of this folder and no other

    def write(self, folder: Path) -> None:
        """Make FOLDER ours."""
        told = {"format": FORMAT, "base": self.base, "dataset": self.dataset, "id": self.id}
        if self.kind != BUILT:
            told["kind"] = self.kind
        write_atomically(folder / "khabar.json", json.dumps(told, indent=2) + "\n")


class Folder:
    """A folder open for writing.  A context manager: leaving it closes and unlocks the folder."""

    kind: ClassVar[str]

    def __init__(self, folder: Path, path: Path, described: Description, lock: IO[str]) -> None:
        self.folder = folder  # where the dataset is, or will be
        self.path = path  # where it is written now: inside `.building` until a first build is complete
        self.base = described.base
        self.id = described.id
        self._lock = lock
        with reporting(path / "store"):
            settle(path / "store")
            _sweep(path / "store")
            intact.unseal(path / "store")
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
        path = folder / BUILDING
        try:
            described = _unfinished(folder, base, cls.kind)
            if described is None:
                _clear_unfinished(folder)
                _refuse_foreign(folder)
                described = Description(base, f"{base}dataset", cls.kind, secrets.token_hex(8))
                with reporting(folder):
                    (path / "snapshots").mkdir(parents=True)
                    described.write(path)
            return cls._opened(folder, path, described, lock)
        except BaseException:
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
            return cls._opened(folder, folder, described, lock)
        except BaseException:
            _unlock(lock)
            raise

    @classmethod
    def _opened(cls, folder: Path, path: Path, described: Description, lock: IO[str]) -> Self:
        opened = cls(folder, path, described, lock)
        try:
            opened._begin()
        except BaseException:
            opened._end()
            raise
        return opened

    def _begin(self) -> None:
        """Raise StoreError when what was opened cannot be what was written."""

    def _end(self) -> None:
        """Let go of all files."""
        del self.dataset  # RocksDB lets go of its files only when nothing refers to it any more

    @property
    def _is_worth_keeping(self) -> bool:
        """Whether a first build has got so far that the next one should go on from there."""
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        if kind is None:
            with reporting(self.path):
                current = _current(self.path)
                before = self.path / "snapshots" / str(current) if current else None
                intact.seal(self.path / "store", before, {})
        first_build = self.path != self.folder
        is_kept = self._is_worth_keeping
        try:
            if first_build and kind is None and (self.path / "current").exists():
                self._settle()
                is_kept = False
        finally:
            if first_build and not is_kept:
                shutil.rmtree(self.path, ignore_errors=True)
            _unlock(self._lock, keep=is_kept or is_ours(self.folder))

    def _settle(self) -> None:
        """Move a complete first build into its place; khabar.json, which makes it ours, comes last."""
        with reporting(self.folder):
            for part in sorted(self.path.iterdir()):
                if part.name != "khabar.json":
                    part.rename(self.folder / part.name)
            sync(self.folder)
            (self.path / "khabar.json").rename(self.folder / "khabar.json")
            sync(self.folder)

    # --- changing and publishing

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Around every change of the dataset: from now on it holds what no snapshot shows."""
        with reporting(self.path / "store"):
            self._mark()
            yield
            if _written_ahead(self.path / "store") > WAL:
                self.dataset.flush()

    def _mark(self) -> None:
        if not self._changed:
            (self.path / UNPUBLISHED).touch()
            self._changed = True

    def _index(self, snapshot: Path, before: Path | None) -> None:
        """Put beside a SNAPSHOT what its words can be searched by; the one BEFORE it may save work."""
        index.write(self.dataset, snapshot, before, everywhere=self.kind == PLAIN, hidden=self._hidden())

    def republish(self) -> int:
        """Make what is held visible in a snapshot that shares nothing with those before it."""
        self._changed = True
        return self.publish(anew=True)

    def _told(self) -> dict[str, int]:
        """What the seal of a snapshot says beside its files."""
        return {}

    def _hidden(self) -> str:
        """How the IRIs begin that nobody looks for by words."""
        return ""

    def publish(self, *, anew: bool = False) -> int:
        """Make what is held visible to readers; returns the number of the snapshot.

        ANEW: nothing is taken over from the snapshot before it.
        """
        current = _current(self.path)
        if not self._changed and current is not None:
            return current
        number = (current or _highest(self.path / "snapshots")) + 1
        with reporting(self.path):
            self.dataset.flush()
            target = self.path / "snapshots" / str(number)
            shutil.rmtree(
                target, ignore_errors=True
            )  # left by a build that was killed before the pointer moved
            self.dataset.backup(target)
            before = self.path / "snapshots" / str(current) if current and not anew else None
            self._index(target, before)
            show(self.path, number, before, self._told())
            (self.path / UNPUBLISHED).unlink(missing_ok=True)
        for old in (self.path / "snapshots").iterdir():
            is_whole = (old / intact.NAME).exists()  # else it was being made or deleted when we were killed
            if old.name.isdecimal() and (int(old.name) <= number - KEPT_SNAPSHOTS or not is_whole):
                shutil.rmtree(old, ignore_errors=True)
        self._changed = False
        return number


def show(
    folder: Path, number: int, before: Path | None = None, told: Mapping[str, int] | None = None
) -> None:
    """Let readers see the snapshot of that NUMBER, once all of it is on disk, with a seal of what it is."""
    sealed = intact.seal(folder / "snapshots" / str(number), before, told or {})
    sync(folder / "snapshots")
    write_atomically(folder / "current", f"{number} {sealed}\n")


# --- reading


def is_built(folder: Path) -> bool:
    """Whether FOLDER holds a graph that khabar has built."""
    return is_ours(folder) and describe(folder).kind == BUILT


def is_ours(folder: Path) -> bool:
    """Whether FOLDER holds a dataset that khabar has written."""
    return (folder / "khabar.json").is_file()


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Be the one writer of a FOLDER of ours without opening it; raises LockedError."""
    lock_ = _lock(folder)
    try:
        yield
    finally:
        _unlock(lock_, keep=True)


def describe(folder: Path, *, kind: str | None = None) -> Description:
    """What khabar.json says of a FOLDER of ours; raises StoreError when it is none, or of another KIND."""
    path = folder / "khabar.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        format_, described = found["format"], Description(found["base"], found["dataset"])
        described = Description(
            described.base, described.dataset, found.get("kind", BUILT), found.get("id", "")
        )
        if described.kind not in (BUILT, PLAIN) or described.dataset != f"{described.base}dataset":
            raise ValueError
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
            fix=f"khabar upgrade {folder}"
            if format_ == 1
            else "use the khabar that built it, or a later one",
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
    intact.check(path)
    with reporting(path):
        return ox.Store.read_only(str(path))


def snapshot_path(folder: Path) -> Path:
    """Where the published snapshot of a FOLDER of ours lies; raises StoreError."""
    number = _current(folder)
    if number is None or not (folder / "snapshots" / str(number)).is_dir():
        raise damaged(folder, "it has no published snapshot")
    return folder / "snapshots" / str(number)


# --- files


def _current(folder: Path) -> int | None:
    """The number of the published snapshot; the hash of its seal keeps a flipped bit from naming another."""
    path = folder / "current"
    try:
        number, _, sealed = path.read_text(encoding="utf-8").removesuffix("\n").partition(" ")
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise damaged(path, "it does not name a snapshot") from error
    if not number.isdecimal() or not intact.is_sealed(folder / "snapshots" / number, sealed):
        raise damaged(path, "it does not name a snapshot")
    return int(number)


def _highest(snapshots: Path) -> int:
    return max((int(path.name) for path in snapshots.iterdir() if path.name.isdecimal()), default=0)


def _check_base(base: str) -> None:
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`?#]+/", base):
        raise StoreError(
            where=f"base {base}",
            problem="is not an address that IRIs can be made from",
            fix="give one that begins with http:// or https:// and ends with a slash",
        )


def _unfinished(folder: Path, base: str, kind: str) -> Description | None:
    """What a first build said that was stopped and can go on; raises StoreError if it was another one."""
    path = folder / BUILDING
    if is_ours(folder) or not is_ours(path):
        return None
    described = describe(path, kind=kind)
    if described.base != base:
        raise StoreError(
            where=str(folder),
            problem=f"holds a first build that was not finished, with the base {described.base}",
            fix=f"finish it with --base {described.base}, or delete the folder",
        )
    with reporting(folder):  # it may have been on its way into its place
        for part in PARTS:
            if (folder / part).exists():
                (folder / part).rename(path / part)
    return described


def _clear_unfinished(folder: Path) -> None:
    """Clear away a first build that was killed at its very beginning, and so left `.building`."""
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


def _sweep(store: Path) -> None:
    """Delete what killed loads have left: the engine would keep it for ever."""
    for path in store.glob("bulk-*.sst"):
        path.unlink()


def _written_ahead(store: Path) -> int:
    return sum(path.stat().st_size for path in store.glob("*.log"))
