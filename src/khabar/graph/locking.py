"""One writer at a time: a file that a process holds, and that the operating system frees when it dies."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from khabar.errors import LockedError


def lock(file: IO[str], folder: Path) -> None:
    """Become the one writer of FOLDER by holding a FILE in it; raises LockedError, with the file closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "another process"
        file.close()
        raise LockedError(
            where=str(folder), problem=f"is being written by {holder}", fix="wait until it is done"
        ) from error
    file.truncate(0)
    file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
    file.flush()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only one who writes into FOLDER for a while; raises LockedError while another one does."""
    with (folder / ".lock").open("a+", encoding="utf-8") as file:
        lock(file, folder)
        yield
