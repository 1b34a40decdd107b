"""A store made again from the records of a journal, and sums by which both can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from khabar.graph.checkpoint import AT, BOOKS, Checkpoint
from khabar.graph.records import Change
from khabar.vocab import is_text_graph

DEFAULT: Final = ox.DefaultGraph()
MODULUS: Final = 1 << 128


def make_store(path: Path, changes: Iterable[tuple[int, Change]], base: str) -> Checkpoint:
    """Make a store at PATH, which must not exist, of numbered changes; returns how far it has come."""
    made = ox.Store(path)
    at = Checkpoint()
    for number, change in changes:
        for quad in change.gone:
            made.remove(quad)
        made.bulk_extend(change.come)
        at = Checkpoint(number, change.articles)
    for graph in list(made.named_graphs()):
        if next(made.quads_for_pattern(None, None, None, graph), None) is None:
            made.remove_graph(graph)
    held = made.quads_for_pattern(None, None, None, None)
    made.bulk_extend(ox.Quad(*quad.triple) for quad in held if is_published(quad, base))
    made.add(at.quad)
    made.flush()
    return at


def is_published(quad: ox.Quad, base: str) -> bool:
    """Whether the triple of a quad is in the default graph, too."""
    graph = quad.graph_name
    return isinstance(graph, ox.NamedNode) and graph != BOOKS and not is_text_graph(graph.value, base)


def total(quads: Iterable[ox.Quad]) -> int:
    """A sum of some quads of named graphs, the same in any order; checkpoints do not count."""
    found = 0
    for quad in quads:
        if quad.graph_name != DEFAULT and quad.predicate != AT:
            digest = hashlib.blake2b(str(quad).encode(), digest_size=16).digest()
            found += int.from_bytes(digest, "little")
    return found % MODULUS


def total_of(changes: Iterable[Change]) -> int:
    """The sum of what is held after some changes."""
    return sum(total(change.come) - total(change.gone) for change in changes) % MODULUS


def underived(store: ox.Store, base: str) -> Iterator[ox.Quad]:
    """What the default graph lacks of the named ones, and what it holds beside them."""
    for quad in store.quads_for_pattern(None, None, None, None):
        if quad.graph_name == DEFAULT:
            holding = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
            if not any(is_published(other, base) for other in holding):
                yield quad
        elif is_published(quad, base) and ox.Quad(*quad.triple) not in store:
            yield quad
