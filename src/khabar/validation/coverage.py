"""What the shapes cover: which of them data put to the test, and which terms of the ontology have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import URIRef

from khabar.graph.report import local
from khabar.graph.shapes import Shapes
from khabar.graph.terms import Term, objects
from khabar.graph.triples import Triples
from khabar.validation.checking import Outcome
from khabar.vocab import OWL, RDF, SH


@dataclass(frozen=True)
class Coverage:
    """All lists are sorted."""

    focus: dict[Term, int]  # focus nodes of each targeted shape
    results: dict[Term, int]  # results of each rule: a shape, a part of one, or a constraint
    classes: tuple[URIRef, ...]  # of the ontology, that no shape targets
    properties: tuple[URIRef, ...]  # of the ontology, that no shape looks at

    @property
    def unused(self) -> tuple[Term, ...]:
        """The shapes that found nothing to look at."""
        return tuple(shape for shape, number in self.focus.items() if not number)

    @property
    def unbroken(self) -> tuple[Term, ...]:
        """The rules that nothing broke."""
        return tuple(rule for rule, number in self.results.items() if not number)


def cover(outcome: Outcome, shapes: Shapes, ontology: Triples) -> Coverage:
    """What a validation put to the test, and what there is no shape for."""
    found = Counter(one.rule for one in outcome.found)
    focus = {shape: outcome.looked.get(shape, 0) for shape in shapes.targeted()}
    rules = sorted(set(_rules(shapes)), key=str)
    return Coverage(
        focus,
        {rule: found[rule] for rule in rules},
        _classes(shapes, ontology),
        _properties(shapes, ontology),
    )


def _rules(shapes: Shapes) -> Iterator[Term]:
    """Every rule that can be the source of a result."""
    for shape in shapes.targeted():
        parts = objects(shapes.graph, shape, SH.property)
        constraints = objects(shapes.graph, shape, SH.sparql)
        yield from (part for part in (*parts, *constraints) if isinstance(part, URIRef))
        if shapes.constrains(shape):
            yield shape


def _classes(shapes: Shapes, ontology: Triples) -> tuple[URIRef, ...]:
    targeted = {cls for aim in shapes.aims.values() for cls in aim.classes}
    covered = {below for cls in targeted for below in ontology.below(cls)}
    return _declared(ontology, (OWL.Class,), covered, shapes.base)


def _properties(shapes: Shapes, ontology: Triples) -> tuple[URIRef, ...]:
    looked = shapes.paths()
    return _declared(ontology, (OWL.ObjectProperty, OWL.DatatypeProperty), looked, shapes.base)


def _declared(
    ontology: Triples, kinds: tuple[URIRef, ...], covered: Iterable[object], base: str
) -> tuple[URIRef, ...]:
    type_ = ox.NamedNode(RDF.type)
    terms = {t for kind in kinds for t in ontology.subjects(type_, ox.NamedNode(kind))}
    names = {t.value for t in terms if isinstance(t, ox.NamedNode) and t.value.startswith(f"{base}ont#")}
    known = {getattr(t, "value", str(t)) for t in covered}
    return tuple(URIRef(name) for name in sorted(names - known))


def as_text(coverage: Coverage) -> str:
    """The coverage for people."""
    looked, broken = (
        len(coverage.focus) - len(coverage.unused),
        len(coverage.results) - len(coverage.unbroken),
    )
    lines = [
        f"{looked} of {len(coverage.focus)} shapes found something to look at",
        f"{broken} of {len(coverage.results)} rules were broken by something",
    ]
    for title, terms in (
        ("Shapes without a focus node", coverage.unused),
        ("Rules that nothing broke", coverage.unbroken),
        ("Classes without a shape", coverage.classes),
        ("Properties without a shape", coverage.properties),
    ):
        lines += ["", f"{title}: {len(terms)}", *(f"  {local(term)}" for term in terms)]
    return "".join(f"{line}\n" for line in lines)
