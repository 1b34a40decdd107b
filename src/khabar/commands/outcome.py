"""How a command ends: its exit status, and what it has to complain of."""

from __future__ import annotations

import sys
from enum import IntEnum

import click


class Status(IntEnum):
    """What a command exits with."""

    GOOD = 0
    PARTLY = 1  # done, but not all of it is good
    FAILED = 2  # could not do it
    INTERRUPTED = 130  # as shells say it


def complain(message: str) -> None:
    """Say what went wrong, on a line of its own even where a progress bar stands."""
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    click.echo(f"{start}khabar: {message}", err=True)
