"""The articles of a snapshot, as a list for people and programs."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.vocab import RDF, SCHEMA

_TOLD: Final = {
    ox.NamedNode(SCHEMA.inLanguage): "language",
    ox.NamedNode(SCHEMA.datePublished): "published",
    ox.NamedNode(SCHEMA.headline): "title",
    ox.NamedNode(SCHEMA.url): "address",
}


class Listed(NamedTuple):
    """An article of a graph."""

    key: str
    language: str
    published: str | None
    title: str | None
    address: str | None
    statements: int  # that it makes


def listed(snapshot: ox.Store, base: str) -> list[Listed]:
    """The articles of a SNAPSHOT, sorted by key."""
    graph, article = f"{base}graph/", f"{base}article/"
    told: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for predicate, name in _TOLD.items():
        for quad in snapshot.quads_for_pattern(None, predicate, None, ox.NamedNode(f"{graph}meta")):
            told[_value(quad.subject).removeprefix(article)][name] = _value(quad.object)
    made = snapshot.quads_for_pattern(None, ox.NamedNode(RDF.predicate), None, None)
    stated = Counter(_value(quad.graph_name) for quad in made)
    return [
        Listed(
            key, said["language"], said.get("published"), said.get("title"), said.get("address"),
            stated[f"{graph}{key}"],
        )
        for key, said in sorted(told.items())
    ]  # fmt: skip


def _value(term: object) -> str:
    return str(getattr(term, "value", ""))
