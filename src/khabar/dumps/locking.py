"""One process at a time in a folder of dumps; the operating system frees it when that process dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from khabar.errors import LockedError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only one who writes into FOLDER; raises LockedError while another one does."""
    with (folder / ".lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LockedError(
                where=str(folder), problem="is being written by another process", fix="wait until it is done"
            ) from error
        yield
