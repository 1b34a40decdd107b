"""Turtle without blank nodes: each gets an IRI from its owner and its position.

`ar:chair synsem:synBehavior [ kh:order ( … ) ]` becomes `ar:chair.synBehavior-1` and so on, so that
the published ontology and lexicon can be cited, diffed and rebuilt to the same bytes.  The terms are
pyoxigraph's from the file to the store: these are the two largest graphs of a small build.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import URIRef

from khabar.knowledge.turtle import parsed
from khabar.vocab import DEFAULT_BASE, RDF, rebase

_REST: Final = ox.NamedNode(RDF.rest)

Node = ox.NamedNode | ox.BlankNode
Described = Mapping[Node, Mapping[ox.NamedNode, list[object]]]  # the objects of a subject and predicate


def skolemise(paths: Iterable[Path], graph: URIRef, base: str = DEFAULT_BASE) -> set[ox.Quad]:
    """The triples of Turtle files as quads of one GRAPH, moved under BASE; raises KnowledgeError.

    Where literals spell out IRIs of ours, as examples do, they are moved too.
    """
    named = ox.NamedNode(rebase(graph, base))
    return {quad for path in paths for quad in _skolemised(path, named, base)}


def _skolemised(path: Path, graph: ox.NamedNode, base: str) -> Iterator[ox.Quad]:
    triples = list(parsed(path, base=base))
    names = _names(_described(triples), f"{graph.value}/{path.stem}")
    for triple in triples:
        subject, value = triple.subject, triple.object
        named = names[subject] if isinstance(subject, ox.BlankNode) else subject
        object_ = names[value] if isinstance(value, ox.BlankNode) else value
        yield ox.Quad(named, triple.predicate, object_, graph)


def _described(triples: Iterable[ox.Quad]) -> Described:
    found: defaultdict[Node, defaultdict[ox.NamedNode, list[object]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        assert not isinstance(triple.subject, ox.Triple)  # RDF 1.1
        found[triple.subject][triple.predicate].append(triple.object)
    return found


def _names(described: Described, file: str) -> dict[Node, ox.NamedNode]:
    """An IRI for each node: a blank one is named after the first that points to it, or after its file."""
    owned = {v for said in described.values() for values in said.values() for v in values}
    number = count(1)
    named = {
        node: node if isinstance(node, ox.NamedNode) else ox.NamedNode(f"{file}#node-{next(number)}")
        for node in described
        if isinstance(node, ox.NamedNode) or node not in owned
    }
    waiting = list(named)
    for owner in waiting:  # grows as blank nodes are reached
        for node, name in _children(described.get(owner, {}), named[owner].value):
            if node not in named:
                named[node] = name
                waiting.append(node)
    rest = (
        node for node in described if node not in named
    )  # rings of blank nodes, which no file of ours has
    return named | {node: ox.NamedNode(f"{file}#ring-{i}") for i, node in enumerate(rest, 1)}


def _children(said: Mapping[ox.NamedNode, list[object]], owner: str) -> Iterator[tuple[Node, ox.NamedNode]]:
    for predicate, values in said.items():
        for position, value in enumerate(values, 1):
            if isinstance(value, ox.BlankNode):
                yield value, ox.NamedNode(_child(owner, predicate, position))


def _child(owner: str, predicate: ox.NamedNode, position: int) -> str:
    if predicate == _REST:  # the cells of a list are counted: x.order-1, x.order-1.2, x.order-1.3
        counted = re.fullmatch(r"(.+-\d+)\.(\d+)", owner)
        head, number = (counted[1], int(counted[2])) if counted else (owner, 1)
        return f"{head}.{number + 1}"
    return f"{owner}{'.' if '#' in owner else '#'}{_local(predicate.value)}-{position}"


@cache
def _local(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]
