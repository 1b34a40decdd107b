"""The keys of a folder: who may do more than read, kept as hashes in keys.json.

A key is 256 random bits, so one round of SHA-256 keeps it as safe as a slow hash would, and the
comparison takes the same time whatever is wrong with a key.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

from khabar.errors import KhabarError, StoreError
from khabar.graph.files import write_atomically
from khabar.graph.folder import describe

NAME: Final = "keys.json"
SCOPES: Final = ("read", "ingest", "update", "admin")  # the last includes the others; every key may read
PREFIX: Final = "khabar_"  # so that a key is known for one where it should not be


class KeyProblem(KhabarError):
    """A key cannot be added or revoked as asked."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key: never the key."""

    name: str
    scopes: tuple[str, ...]  # sorted as SCOPES
    sha256: str  # of the key, in hexadecimal
    created: str  # YYYY-MM-DD

    def allows(self, scope: str) -> bool:
        """Whether its bearer may do what needs SCOPE."""
        return scope == "read" or scope in self.scopes or "admin" in self.scopes


class Keys:
    """The keys of one folder, read anew when the file has changed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._stamp: tuple[int, int] | None = None
        self._keys: tuple[Key, ...] = ()

    def find(self, secret: str) -> Key | None:
        """The key that SECRET is; every key is compared, and each comparison takes as long as any other."""
        offered = hashed(secret)
        found = None
        for key in self.all():
            if hmac.compare_digest(key.sha256, offered):
                found = key
        return found

    def all(self) -> tuple[Key, ...]:
        """All keys, in the order in which they were added; raises StoreError."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return ()
        if (stamp := (status.st_mtime_ns, status.st_ino)) != self._stamp:
            self._keys, self._stamp = read(self._path), stamp
        return self._keys


def hashed(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def read(path: Path) -> tuple[Key, ...]:
    """The keys in a keys.json; raises StoreError."""
    try:
        listed = json.loads(path.read_text("utf-8"))["keys"]
        return tuple(Key(k["name"], tuple(k["scopes"]), k["sha256"], k["created"]) for k in listed)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StoreError(
            where=str(path), problem=f"cannot be read: {error.strerror}", fix="check its permissions"
        ) from error
    except (ValueError, LookupError, TypeError) as error:
        raise StoreError(
            where=str(path), problem="is damaged: it does not list keys", fix="delete it, and add keys anew"
        ) from error


def kept(folder: Path) -> tuple[Key, ...]:
    """The keys of a FOLDER of ours; raises StoreError."""
    describe(folder)
    return read(folder / NAME)


def add(folder: Path, name: str, scopes: tuple[str, ...], today: date) -> str:
    """Add a key to a FOLDER of ours; returns it, for nobody can later.  Raises KeyProblem, StoreError."""
    if not re.fullmatch(r"[\w.@-]{1,64}", name):
        raise KeyProblem(
            where=f"name {name!r}",
            problem="cannot name a key",
            fix="use up to 64 letters, digits and the marks . @ _ -",
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    kept = tuple(scope for scope in SCOPES if scope in scopes)
    with _changing(folder) as keys:
        if any(key.name == name for key in keys):
            raise KeyProblem(
                where=f"key {name}", problem="is there already", fix="revoke it first, or choose another name"
            )
        keys.append(Key(name, kept, hashed(secret), today.isoformat()))
    return secret


def revoke(folder: Path, name: str) -> None:
    """Take a key away; a running server refuses it from now on.  Raises KeyProblem, StoreError."""
    with _changing(folder) as keys:
        left = [key for key in keys if key.name != name]
        if len(left) == len(keys):
            raise KeyProblem(
                where=f"key {name}", problem="is not there", fix="khabar key list shows those that are"
            )
        keys[:] = left


@contextmanager
def _changing(folder: Path) -> Iterator[list[Key]]:
    """The keys of a folder to be changed, by one process at a time; a server may be writing meanwhile."""
    describe(folder)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / NAME
        keys = list(read(path))
        yield keys
        text = json.dumps({"keys": [asdict(key) for key in keys]}, indent=2) + "\n"
        write_atomically(path, text, mode=0o600)
    finally:
        os.close(lock)
