"""How a complete version takes its place, and how old ones leave: never so that half of one is seen."""

from __future__ import annotations

import shutil
from pathlib import Path

from khabar.dumps.versions import LATEST, newest, order, versions
from khabar.graph.files import sync


def recover(dumps: Path) -> None:
    """Clear away what a run that was killed has left; a version that it had completed becomes the newest."""
    for left in dumps.glob(".*.new"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    complete, last = versions(dumps), newest(dumps)
    if complete and (last is None or order(last) < order(complete[-1])):
        _point(dumps, complete[-1])


def settle(work: Path, target: Path) -> None:
    """Move a complete version into its place, and `latest` to it."""
    for folder in (*(path for path in work.iterdir() if path.is_dir()), work):
        sync(folder)
    work.rename(target)
    sync(target.parent)
    _point(target.parent, target.name)


def _point(dumps: Path, version: str) -> None:
    pointer = dumps / f".{LATEST}.new"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(version)
    pointer.rename(dumps / LATEST)
    sync(dumps)


def prune(dumps: Path, keep: int) -> tuple[str, ...]:
    """Remove all but the newest versions; returns those that are gone."""
    old = tuple(versions(dumps)[: -max(keep, 1)])
    for version in old:
        hidden = dumps / f".{version}.new"  # so that nobody finds half of it
        (dumps / version).rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)
    return old
