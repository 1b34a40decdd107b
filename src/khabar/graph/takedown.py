"""Articles that must not come back: known by hashes, for not even a name of theirs may stay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from khabar.graph.checkpoint import BOOKS
from khabar.model import Article

_TAKEN_DOWN: Final = ox.NamedNode("urn:khabar:taken-down")


def marks(article: Article) -> frozenset[str]:
    """The hashes by which an article is known: of its key, of its address and of its words."""
    told = {"key": article.key, "address": article.address, "text": article.text}
    return frozenset(_mark(name, value) for name, value in told.items() if value)


def key_mark(key: str) -> str:
    """The hash by which an article is known of which nothing but the key is left."""
    return _mark("key", key)


def _mark(name: str, value: str) -> str:
    return hashlib.sha256(f"{name} {value}".encode()).hexdigest()


def tombstones(found: Iterable[str]) -> set[ox.Quad]:
    """What the store keeps of articles that were taken down."""
    return {ox.Quad(BOOKS, _TAKEN_DOWN, ox.Literal(mark), BOOKS) for mark in found}


def taken_down(store: ox.Store) -> frozenset[str]:
    """The marks of all articles that were taken down."""
    held = store.quads_for_pattern(BOOKS, _TAKEN_DOWN, None, BOOKS)
    return frozenset(quad.object.value for quad in held)  # type: ignore[union-attr]
