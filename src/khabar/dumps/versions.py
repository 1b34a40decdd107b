"""How versions and their files are named, and which versions a folder of dumps holds.

A version is a day, as in 2026.11.23; a second one of that day is 2026.11.23.1.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Final

from khabar.errors import KhabarError

LATEST: Final = "latest"  # a symbolic link to the newest version
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
FEED: Final = "feed"  # a folder within a version

_VERSION: Final = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)(?:\.([1-9]\d{0,3}))?", re.ASCII)
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,99}")


class DumpError(KhabarError):
    """A dump, a version or a mirror is not what it should be."""


def is_version(name: str) -> bool:
    """Whether NAME can be a version: a day that exists, and a number if it is not the first of that day."""
    return _parts(name) is not None


def is_file_name(name: str) -> bool:
    """Whether NAME can be a file of a version: no path, and not hidden."""
    return _FILE.fullmatch(name) is not None and ".." not in name


def order(version: str) -> tuple[date, int]:
    """What versions are sorted by; raises DumpError."""
    if (parts := _parts(version)) is None:
        raise DumpError(
            where=f"version {version}",
            problem="is not the name of a version",
            fix="name it after a day, such as 2026.11.23, or 2026.11.23.1 for another one of that day",
        )
    return parts


def _parts(version: str) -> tuple[date, int] | None:
    match = _VERSION.fullmatch(version)
    try:
        return match and (date(int(match[1]), int(match[2]), int(match[3])), int(match[4] or 0))
    except ValueError:
        return None


def versions(dumps: Path) -> list[str]:
    """The complete versions in the folder DUMPS, the oldest first."""
    if not dumps.is_dir():
        return []
    found = (path.name for path in dumps.iterdir() if path.is_dir() and not path.is_symlink())
    return sorted((name for name in found if is_version(name)), key=order)


def newest(dumps: Path) -> str | None:
    """The version that is published now."""
    try:
        name = os.readlink(dumps / LATEST)
    except OSError:
        return None
    return name if is_version(name) and (dumps / name).is_dir() else None


def next_version(day: date, last: str | None) -> str:
    """The first free name of a DAY that comes after LAST; raises DumpError if there is none."""
    name = f"{day:%Y.%m.%d}"
    if last is None or order(last) < order(name):
        return name
    last_day, number = order(last)
    if last_day > day:
        raise DumpError(
            where=f"version {name}",
            problem=f"would come before {last}, which is published",
            fix="set the clock right, or name a later version with --as",
        )
    return f"{name}.{number + 1}"
