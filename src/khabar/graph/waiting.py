"""Articles that were accepted and are not read yet: in the journal, and so in the books of the store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.graph.checkpoint import BOOKS

_WAITING: Final = ox.NamedNode("urn:khabar:waiting")


class Waiting(NamedTuple):
    """An article that waits."""

    text: str  # as JSON
    quad: ox.Quad  # that keeps it


def waiting(store: ox.Store) -> list[Waiting]:
    """The articles that wait, in the order in which they came."""
    held = store.quads_for_pattern(None, _WAITING, None, BOOKS)
    ordered = sorted(held, key=lambda quad: str(quad.subject))
    return [Waiting(quad.object.value, quad) for quad in ordered if isinstance(quad.object, ox.Literal)]


def queued(texts: Iterable[str], record: int) -> set[ox.Quad]:
    """What keeps articles, given as JSON, until they are read; it comes with a RECORD of the journal."""
    return {
        ox.Quad(
            ox.NamedNode(f"urn:khabar:waiting:{record:012}-{place:06}"), _WAITING, ox.Literal(text), BOOKS
        )
        for place, text in enumerate(texts)
    }
