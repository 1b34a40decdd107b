"""Whether a store still is what was written: its seal names each of its files, with size and SHA-256.

A snapshot is sealed before it is shown; the store of the writer when it is closed, and the seal is broken
when it is opened.

The engine tells a flipped bit when it reads the block, but opens a truncated list of files as if nothing
were there.  So no snapshot is opened before its small files are hashed and the large ones measured; the
large ones, which no query changes, are hashed by `thorough` checks.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from khabar.graph.files import damaged, reporting, sync, write_atomically

NAME: Final = "seal.json"
IDLE: Final = ("LOCK", "LOG", NAME)  # what files begin with that tell nothing of the data
SMALL: Final = 1 << 17  # bytes of a file that is hashed each time


def seal(snapshot: Path, before: Path | None, told: Mapping[str, int]) -> str:
    """Write down what the files of a SNAPSHOT are, and have all of them on disk; returns a hash of it.

    What is TOLD stands beside them.  Files that it shares with the snapshot BEFORE are not hashed again.
    """
    known = _read(before)["files"] if before is not None and (before / NAME).is_file() else {}
    files = {}
    for path in sorted(path for path in snapshot.iterdir() if not path.name.startswith(IDLE)):
        size = path.stat().st_size
        if path.name in known and before is not None and _is_same(path, before / path.name):
            files[path.name] = known[path.name]
        else:
            files[path.name] = [size, hashed(path)]
            sync(path)
    text = json.dumps({**told, "files": files}, indent=1) + "\n"
    write_atomically(snapshot / NAME, text + _digest(text.encode()) + "\n")
    return _digest(text.encode())


def unseal(store: Path) -> None:
    """Break the seal of a store that is to be written, if it has one; raises StoreError if it is damaged."""
    if (store / NAME).exists():
        check(store)
        with reporting(store):
            (store / NAME).unlink()
            sync(store)


def told(snapshot: Path) -> dict[str, Any]:
    """What the seal of a snapshot says; raises StoreError."""
    with reporting(snapshot):
        return _read(snapshot)


def is_sealed(snapshot: Path, digest: str) -> bool:
    """Whether the seal of a snapshot is the one with that hash."""
    path = snapshot / NAME
    return path.is_file() and path.read_bytes().endswith(f"\n{digest}\n".encode())


def check(snapshot: Path, *, thorough: bool = False) -> None:
    """Raise StoreError if a SNAPSHOT is not what was sealed.  THOROUGH: hash every byte of it."""
    for path, problem in differing(snapshot, thorough=thorough):
        raise damaged(path, problem)


def differing(snapshot: Path, *, thorough: bool) -> Iterator[tuple[Path, str]]:
    """The files of a snapshot that are not as they were sealed, each with what is wrong with it."""
    with reporting(snapshot):
        files = _read(snapshot)["files"]
        for name, (size, digest) in files.items():
            path = snapshot / name
            if not path.is_file():
                yield path, "it is missing"
            elif path.stat().st_size != size:
                yield path, f"it has {path.stat().st_size} bytes, not {size}"
            elif (thorough or size < SMALL) and hashed(path) != digest:
                yield path, "its bytes are not those that were written"


def _read(snapshot: Path) -> dict[str, Any]:
    path = snapshot / NAME
    try:
        text, _, digest = path.read_bytes().rstrip(b"\n").rpartition(b"\n")
        found = json.loads(text)
        if digest.decode() != _digest(text + b"\n"):
            raise ValueError
        files = {str(name): (int(size), str(digest)) for name, (size, digest) in found["files"].items()}
    except FileNotFoundError as error:
        raise damaged(path, "it is missing") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise damaged(path, "its bytes are not those that were written") from error
    return {**found, "files": files}


def _is_same(path: Path, other: Path) -> bool:
    return other.exists() and os.path.samefile(path, other)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def hashed(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
