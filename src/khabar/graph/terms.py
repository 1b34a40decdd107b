"""Terms of rdflib, which the stages speak, and of pyoxigraph, which the store speaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from khabar.model import Quad
from khabar.vocab import DEFAULT_BASE, rebase

REMEMBERED: Final = 100_000  # IRIs
Term = URIRef | Literal | BNode
OxTerm = ox.NamedNode | ox.Literal | ox.BlankNode


def to_ox(term: object) -> OxTerm:
    """A term of rdflib as one of pyoxigraph; raises TypeError for anything else."""
    if isinstance(term, Literal):
        return literal_to_ox(term)
    if isinstance(term, URIRef):
        return ox.NamedNode(term)
    if isinstance(term, BNode):
        return ox.BlankNode(term)
    raise TypeError(f"not a term that we use: {term!r}")


def literal_to_ox(literal: Literal) -> ox.Literal:
    """A literal of rdflib as one of pyoxigraph."""
    if literal.language:
        return ox.Literal(str(literal), language=literal.language)
    if literal.datatype is None:
        return ox.Literal(str(literal))
    return ox.Literal(str(literal), datatype=ox.NamedNode(literal.datatype))


def from_ox(term: object) -> Term:
    """A term of pyoxigraph as one of rdflib, in the same lexical form; raises TypeError for a triple."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        return literal_from_ox(term)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise TypeError(f"not a term that we use: {term!r}")


def literal_from_ox(literal: ox.Literal) -> Literal:
    """A literal of pyoxigraph as one of rdflib; a plain one has no datatype there."""
    if literal.language:
        return Literal(literal.value, lang=literal.language)
    if literal.datatype == _STRING:
        return Literal(literal.value)
    return Literal(literal.value, datatype=URIRef(literal.datatype.value), normalize=False)


_STRING = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")


class Terms:
    """rdflib's terms under the default base as pyoxigraph's under another one, each IRI converted once."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._nodes: dict[str, ox.NamedNode] = {}

    def node(self, iri: URIRef) -> ox.NamedNode:
        """An IRI."""
        node = self._nodes.get(iri)
        if node is None:
            if len(self._nodes) > REMEMBERED:  # most are of one article, and never met again
                self._nodes.clear()
            node = self._nodes[iri] = ox.NamedNode(rebase(iri, self._base))
        return node

    def quad(self, quad: Quad) -> ox.Quad:
        """A quad."""
        value = quad.object
        term = literal_to_ox(value) if isinstance(value, Literal) else self.node(value)
        return ox.Quad(self.node(quad.subject), self.node(quad.predicate), term, self.node(quad.graph))


# --- graphs of rdflib, whose own methods hand out terms without a type


def objects(graph: Graph, subject: Term | None, predicate: URIRef) -> list[Term]:
    """The objects of a subject, or of any, and a predicate."""
    return [term for term in graph.objects(subject, predicate) if isinstance(term, URIRef | Literal | BNode)]


def subjects(graph: Graph, predicate: URIRef, value: Term | None = None) -> set[Term]:
    """The subjects that have a predicate with that value, or with any."""
    found = graph.subjects(predicate, value)
    return {term for term in found if isinstance(term, URIRef | Literal | BNode)}


def described(graph: Graph, subject: Term) -> list[tuple[Term, Term]]:
    """The predicates and objects of a subject."""
    found = graph.predicate_objects(subject)
    return [(p, o) for p, o in found if isinstance(p, URIRef) and isinstance(o, URIRef | Literal | BNode)]


def copied(graph: Iterable[tuple[Node, Node, Node]]) -> Graph:
    """A graph of its own with the same triples."""
    found = Graph()
    for triple in graph:
        found.add(triple)
    return found


def moved(term: Term, base: str) -> Term:
    """A term under another base than the default one, the namespaces that sh:declare spells out included."""
    if isinstance(term, URIRef):
        return rebase(term, base)
    if isinstance(term, Literal) and term.datatype is not None and term.startswith(DEFAULT_BASE):
        return Literal(rebase(URIRef(term), base), datatype=term.datatype)
    return term
