"""Folders of older formats, brought to today's: one step for each format, and each can be done again."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from khabar.errors import StoreError
from khabar.graph import intact
from khabar.graph.checkpoint import Checkpoint
from khabar.graph.files import reporting
from khabar.graph.folder import BUILT, FORMAT, Description, describe, hold
from khabar.graph.plain import Plain
from khabar.graph.rewriting import write_journal
from khabar.graph.store import Store
from khabar.vocab import PROV


def upgrade(folder: Path) -> tuple[int, int]:
    """Bring a FOLDER of ours to today's format; returns the format that it had, and its snapshot.

    Killed in between, it leaves what can be upgraded again.  Raises StoreError.
    """
    folder = folder.resolve()
    before = _format(folder)
    if before in STEPS:
        with hold(folder):
            STEPS[before](folder, json.loads((folder / "khabar.json").read_text("utf-8")))
    described = describe(folder)
    with (Store if described.kind == BUILT else Plain).open(folder, described.base) as opened:
        snapshot = opened.republish() if before != FORMAT else opened.publish()
    for path in (folder / "snapshots").iterdir():
        if not (path / intact.NAME).exists():
            shutil.rmtree(path)
    return before, snapshot


def _format(folder: Path) -> int:
    try:
        found: Any = json.loads((folder / "khabar.json").read_text("utf-8"))["format"]
    except (OSError, ValueError, LookupError, TypeError):
        describe(folder)  # which says what is wrong with it
        raise
    return found if isinstance(found, int) else 0


def _to_two(folder: Path, told: dict[str, Any]) -> None:
    """Format 2 has a journal, which begins with all that the store holds, and seals."""
    described = Description(told["base"], told["dataset"], told.get("kind", BUILT), secrets.token_hex(8))
    with reporting(folder):
        if described.kind == BUILT:
            shutil.rmtree(folder / "journal", ignore_errors=True)  # of an upgrade that was killed
            held = ox.Store(folder / "store")
            meta = ox.NamedNode(f"{described.base}graph/meta")
            sources = held.quads_for_pattern(None, ox.NamedNode(PROV.wasDerivedFrom), None, meta)
            articles = sum(1 for _ in sources)
            if not articles and any((folder / "articles").glob("*.json")):
                raise StoreError(
                    where=str(folder / "store"),
                    problem="is damaged: it holds none of the articles",
                    fix=f"build {folder / 'articles'} again, into another folder",
                )
            last = write_journal(folder, held, described.id, 1)
            held.add(Checkpoint(last, articles).quad)
            held.flush()
            del held
        (folder / "current").unlink(missing_ok=True)  # it names a snapshot without a seal
        described.write(folder)


STEPS: Final[dict[int, Callable[[Path, dict[str, Any]], None]]] = {1: _to_two}
