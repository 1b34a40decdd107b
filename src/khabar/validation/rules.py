"""What to check by: shapes and the ontology's axioms, and which shapes have to see how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import URIRef

from khabar.graph.documents import Document
from khabar.graph.report import Report
from khabar.graph.shapes import ARTICLE, CORPUS, Shapes, shapes_of
from khabar.graph.triples import TYPE
from khabar.graph.validate import AXIOMS, COMPILED, subclasses, validate_store
from khabar.knowledge.turtle import parsed
from khabar.vocab import DEFAULT_BASE, RDFS, SKOS

_AXIOMS: Final = frozenset(map(ox.NamedNode, AXIOMS))
ALL: Final = "all"  # everything together, by all shapes
ARTICLES: Final = (
    "articles"  # one article at a time by those that need no more, then everything by the others
)
EACH: Final = "each"  # one file at a time by all but those that say that they need everything


@dataclass(frozen=True)
class Rules:
    """What to check by, and how."""

    documents: tuple[Document, ...]  # the shapes
    ontology: Path  # only its axioms are asked for
    ours: bool = True  # whether the shapes are khabar's own
    engine: str = COMPILED

    def shapes(self, base: str | None) -> Shapes:
        """The shapes, for data under BASE; raises KhabarError."""
        return _taken_apart(self.documents, base or DEFAULT_BASE)

    def axioms(self, base: str | None) -> list[ox.Quad]:
        """The axioms to put beside data under BASE: of our ontology, if the data or the shapes are ours."""
        if base is None and not self.ours:
            return []
        return [
            quad for quad in parsed(self.ontology, base=base or DEFAULT_BASE) if quad.predicate in _AXIOMS
        ]


@lru_cache(maxsize=2)  # the same ones are asked for by who checks and by who reports
def _taken_apart(documents: tuple[Document, ...], base: str) -> Shapes:
    return shapes_of(documents, base)


def local(shapes: Shapes, split: str) -> Shapes:
    """The shapes that look at one unit at a time."""
    if split == ALL:
        return shapes
    return shapes.scoped(ARTICLE) if split == ARTICLES else shapes.without(CORPUS)


def general(shapes: Shapes, split: str) -> Shapes:
    """The shapes that look at everything together."""
    if split == ALL:
        return shapes.only(())
    return shapes.scoped(CORPUS) if split == ARTICLES else shapes.saying(CORPUS)


class Corpus:
    """What the shapes that look at everything may look at, gathered while the units go by."""

    def __init__(self, shapes: Shapes, beside: list[ox.Quad]) -> None:
        self.shapes = shapes
        self._store = ox.Store()
        self._store.bulk_extend(beside)
        self.keeps = self._filter() if shapes.targeted() else lambda quad: False

    def _filter(self) -> Callable[[ox.Quad], bool]:
        """Whether a triple may matter: by its predicate, and a class by what is asked of classes."""
        paths = self.shapes.looked_at()
        if paths is None:
            return lambda quad: True
        named = {ox.NamedNode(p) for p in (*paths, RDFS.label, SKOS.altLabel, RDFS.subClassOf)}
        named.discard(TYPE)
        tops = [ox.NamedNode(cls) for cls in self.shapes.classes() if isinstance(cls, URIRef)]
        classes = set().union(*(subclasses(self._store, top) for top in tops))
        return lambda quad: quad.predicate in named or (quad.predicate == TYPE and quad.object in classes)

    def add(self, triples: Iterable[ox.Quad]) -> None:
        """Take in what the filter keeps, all in the default graph."""
        self._store.bulk_extend(quad for quad in triples if self.keeps(quad))

    def load(self, lines: bytes) -> None:
        """Take in N-Triples that were kept elsewhere."""
        if lines:
            self._store.bulk_load(lines, ox.RdfFormat.N_TRIPLES)

    def report(self, engine: str) -> Report:
        """What the shapes find."""
        return validate_store(self._store, self.shapes, engine=engine) if self.shapes.targeted() else Report()
