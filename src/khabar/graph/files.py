"""Files that last: written whole or not at all, and errors of the disk that say what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from khabar.errors import StoreError


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
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file on disk, or the names in a folder: a new file lasts only with its name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def swap(folder: Path, other: Path) -> None:
    """Put OTHER, a folder beside it that is complete and on disk, into the place of FOLDER.

    Killed in between, it leaves what `settle` can finish.
    """
    old = folder.with_name(f"{folder.name}.old")
    with reporting(folder):
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        other.rename(folder)
        sync(folder.parent)
        shutil.rmtree(old, ignore_errors=True)


def settle(folder: Path) -> None:
    """Finish what `swap` had begun when it was killed, or clear away what was being made for it."""
    other, old = (folder.with_name(f"{folder.name}.{suffix}") for suffix in ("new", "old"))
    with reporting(folder):
        if not folder.exists() and old.exists():
            (other if other.exists() else old).rename(folder)
        for left in (other, old):
            shutil.rmtree(left, ignore_errors=True)


def damaged(path: Path, problem: str) -> StoreError:
    """What to say of a file that is not as it was written."""
    owners = (parent for parent in (path, *path.parents) if (parent / "khabar.json").is_file())
    folder = next(owners, path.parent)
    return StoreError(where=str(path), problem=f"is damaged: {problem}", fix=f"khabar repair {folder}")


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
