"""Turtle without blank nodes: each gets an IRI from its owner and its position.

`ar:chair synsem:synBehavior [ kh:order ( … ) ]` becomes `ar:chair.synBehavior-1` and so on, so that
the published ontology and lexicon can be cited, diffed and rebuilt to the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdflib import RDF, BNode, Literal, URIRef

from khabar.knowledge.turtle import Term, Turtle
from khabar.model import Quad
from khabar.vocab import DEFAULT_BASE


def skolemise(paths: Iterable[Path], graph: URIRef, base: str = DEFAULT_BASE) -> tuple[Quad, ...]:
    """The triples of Turtle files as quads of one GRAPH, in the order of the files; raises KnowledgeError.

    Where literals spell out IRIs of ours, as examples do, they spell them under BASE.
    """
    quads: dict[Quad, None] = {}
    for path in paths:
        for quad in _skolemised(Turtle.read(path), f"{graph}/{path.stem}", graph):
            quads[quad._replace(object=_spelt(quad.object, base))] = None
    return tuple(quads)


def _spelt(term: URIRef | Literal, base: str) -> URIRef | Literal:
    if isinstance(term, URIRef) or base == DEFAULT_BASE or DEFAULT_BASE not in term:
        return term
    return Literal(term.replace(DEFAULT_BASE, base), lang=term.language, datatype=term.datatype)


def _skolemised(turtle: Turtle, file: str, graph: URIRef) -> Iterator[Quad]:
    names = dict(_names(turtle, file))
    for subject, described in turtle.subjects.items():
        for predicate, values in described.items():
            for value in values:
                yield Quad(_named(subject, names), predicate, _term(value, names), graph)


def _names(turtle: Turtle, file: str) -> Iterator[tuple[BNode, URIRef]]:
    """An IRI for each blank node: from the first that points to it, or else from its file."""
    owned = {v for described in turtle.subjects.values() for values in described.values() for v in values}
    tops = [s for s in turtle.subjects if isinstance(s, BNode) and s not in owned]
    named: dict[Term, URIRef] = {top: URIRef(f"{file}#node-{i}") for i, top in enumerate(tops, 1)}
    named |= {s: s for s in turtle.subjects if isinstance(s, URIRef)}
    waiting = list(named)
    for owner in waiting:  # grows as blank nodes are reached
        for node, name in _children(turtle, owner, named[owner]):
            if node not in named:
                named[node] = name
                waiting.append(node)
    rest = [s for s in turtle.subjects if s not in named]  # rings of blank nodes, which no file of ours has
    named |= {node: URIRef(f"{file}#ring-{i}") for i, node in enumerate(rest, 1)}
    yield from ((node, name) for node, name in named.items() if isinstance(node, BNode))


def _children(turtle: Turtle, owner: Term, name: URIRef) -> Iterator[tuple[BNode, URIRef]]:
    for predicate, values in turtle.subjects.get(owner, {}).items():
        for position, value in enumerate(values, 1):
            if isinstance(value, BNode):
                yield value, _child(name, predicate, position)


def _child(owner: URIRef, predicate: URIRef, position: int) -> URIRef:
    if predicate == RDF.rest:  # the cells of a list are counted: x.order-1, x.order-1.2, x.order-1.3
        counted = re.fullmatch(r"(.+-\d+)\.(\d+)", owner)
        head, number = (counted[1], int(counted[2])) if counted else (owner, 1)
        return URIRef(f"{head}.{number + 1}")
    local = re.split(r"[/#]", predicate)[-1]
    return URIRef(f"{owner}{'.' if '#' in owner else '#'}{local}-{position}")


def _named(term: Term, names: dict[BNode, URIRef]) -> URIRef:
    if isinstance(term, BNode):
        return names[term]
    if isinstance(term, URIRef):
        return term
    raise TypeError(f"a literal cannot be a subject: {term!r}")


def _term(term: Term, names: dict[BNode, URIRef]) -> URIRef | Literal:
    return term if isinstance(term, Literal) else _named(term, names)
