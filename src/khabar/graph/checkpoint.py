"""How far the store has followed the journal, kept in the store itself: it changes with the same transaction.

A graph of its own holds it, which is shown to nobody: the number of the last record that was applied and
how many articles there are then, and of each article what it was read from and by what.  Whoever counts
other articles than the checkpoint says knows that the store has lost some.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.vocab import is_text_graph

BOOKS: Final = ox.NamedNode("urn:khabar:journal")  # the graph
AT: Final = ox.NamedNode("urn:khabar:at")
_READ: Final = ox.NamedNode("urn:khabar:read")


class Checkpoint(NamedTuple):
    """Up to where the journal was followed."""

    number: int = 0  # of the last record
    articles: int = 0

    @property
    def quad(self) -> ox.Quad:
        """It, as the store holds it."""
        return ox.Quad(BOOKS, AT, ox.Literal(f"{self.number} {self.articles}"), BOOKS)


def checkpoints(store: ox.Store) -> list[Checkpoint]:
    """The checkpoints of a store, of which the highest counts: an addition leaves those before it."""
    found = (quad.object for quad in store.quads_for_pattern(BOOKS, AT, None, BOOKS))
    return [Checkpoint(*map(int, literal.value.split())) for literal in found]  # type: ignore[union-attr]


def is_shown(graph: str, base: str, *, publish_text: bool) -> bool:
    """Whether a named graph is for others to see: the books never are, texts of articles only on request."""
    return graph != BOOKS.value and (publish_text or not is_text_graph(graph, base))


def reading(graph: ox.NamedNode, told: str) -> ox.Quad:
    """What the article of a GRAPH was read from, and by what: who finds the same need not read it again."""
    return ox.Quad(graph, _READ, ox.Literal(told), BOOKS)


def readings(store: ox.Store, graphs: Iterable[ox.NamedNode] | None = None) -> dict[str, ox.Quad]:
    """What the articles of some GRAPHS, or of all, were read from, by graph."""
    found = (
        quad
        for graph in ([None] if graphs is None else graphs)
        for quad in store.quads_for_pattern(graph, _READ, None, BOOKS)
    )
    return {quad.subject.value: quad for quad in found}  # type: ignore[union-attr]
