"""An ontology and data under it, as a reasoner and as disjointness see them: results like those of shapes.

HermiT decides whether the axioms hold together; it knows neither dates nor missing values, so all else is for
shapes (ontology/quality.ttl).  https://www.w3.org/TR/owl2-direct-semantics/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyoxigraph as ox
from rdflib import Literal, Namespace, URIRef

from khabar.graph.documents import Document
from khabar.graph.report import Result, local
from khabar.graph.shapes import Shapes, by_language
from khabar.graph.terms import Term, from_ox, objects
from khabar.graph.triples import BELOW, TYPE, Triples
from khabar.graph.triples import Term as OxTerm
from khabar.graph.wording import Names, filled
from khabar.knowledge.ontology import prove_consistent
from khabar.validation.found import Found, Place, identify
from khabar.validation.positions import Positions
from khabar.vocab import OWL, SH

QUALITY: Final = Namespace("https://w3id.org/khabar/quality#")
APART: Final = ox.NamedNode(OWL.disjointWith)


class Axioms:
    """The axioms of one ontology, and what they say of data."""

    def __init__(self, document: Document, quality: Shapes) -> None:
        self._document = document
        self._quads = document.quads()
        self._triples = Triples(self._quads)
        self._positions = Positions(document)
        self._names = Names(self._triples)
        self._quality = quality

    def reasoned(self, seconds: float, sample: Iterable[ox.Quad] = ()) -> Iterator[Found]:
        """What HermiT finds in the axioms, with the SAMPLE of data if there is one; raises KnowledgeError."""
        given = list(sample)
        with TemporaryDirectory(prefix="khabar-") as folder:
            path = Path(folder) / "axioms.ttl"
            lines = [*self._quads, *given]
            text = ox.serialize((quad.triple for quad in lines), format=ox.RdfFormat.N_TRIPLES)
            path.write_bytes(text or b"")
            consistent, unsatisfiable = prove_consistent(path, seconds=seconds)
        if not consistent:
            rule = "sample-consistent" if given else "consistent"
            yield self._found(rule, self._ontology(), None, Place(self._document.name))
        for cls in unsatisfiable:
            yield self._found("satisfiable", cls, cls, self._place(ox.NamedNode(cls)))

    def conflicts(self, document: Document) -> Iterator[Found]:
        """The nodes of a document that are of two classes which exclude each other."""
        data = Triples(document.quads(), beside=self._triples)
        own = Triples(document.quads())
        positions = Positions(document)
        names = Names(data)
        for node in own.subjects_of(TYPE):
            for one, other in combinations(sorted(own.objects(node, TYPE), key=str), 2):
                if self._apart(one, other):
                    position = positions.triple(node, TYPE, other) or positions.subject(node)
                    place = Place(document.name)
                    if position is not None:
                        place = Place(document.name, *position, positions.line(position.line))
                    this = from_ox(node)
                    yield self._found("apart", this, from_ox(one), place, names(this), other=from_ox(other))

    def _apart(self, one: OxTerm, other: OxTerm) -> bool:
        above, beyond = self._above(one), self._above(other)
        return any(
            b in self._triples.objects(a, APART) or a in self._triples.objects(b, APART)
            for a in above
            for b in beyond
        )

    def _above(self, cls: OxTerm) -> list[OxTerm]:
        found = [cls]
        for node in found:  # grows on the way
            found.extend(c for c in self._triples.objects(node, BELOW) if c not in found)
        return found

    def _ontology(self) -> Term:
        named = self._triples.subjects(TYPE, ox.NamedNode(OWL.Ontology))
        return next((from_ox(node) for node in named), URIRef(self._document.base or "file:///"))

    def _place(self, node: OxTerm) -> Place:
        position = self._positions.subject(node)
        if position is None:
            return Place(self._document.name)
        return Place(self._document.name, *position, self._positions.line(position.line))

    def _found(
        self,
        rule: str,
        focus: Term,
        value: Term | None,
        place: Place,
        name: str | None = None,
        **more: Term,
    ) -> Found:
        found = {"this": focus, **({} if value is None else {"value": value}), **more}
        stated = [
            m for m in objects(self._quality.graph, QUALITY[rule], SH.message) if isinstance(m, Literal)
        ]
        result = Result(
            focus=focus,
            name=name or self._names(focus),
            path=None,
            value=value,
            shape=QUALITY[rule],
            component=QUALITY[rule],
            severity=SH.Violation,
            messages=by_language(filled(message, found, self._named) for message in stated),
        )
        return Found(result, identify(result), place)

    def _named(self, term: Term, language: str) -> str:
        return self._names(term, language) if isinstance(term, URIRef) else local(term)


def sample_of(documents: Iterable[Document], most: int) -> list[ox.Quad]:
    """What the first MOST nodes of documents say of themselves, literals left out: HermiT knows no dates."""
    found: list[ox.Quad] = []
    nodes: dict[object, None] = {}
    for document in documents:
        for quad in document.quads():
            if isinstance(quad.object, ox.Literal) or (quad.subject not in nodes and len(nodes) >= most):
                continue
            nodes[quad.subject] = None
            found.append(quad)
    return found
