"""Turtle without blank nodes: each gets an IRI from its owner and its position.

`ar:chair synsem:synBehavior [ kh:order ( … ) ]` becomes `ar:chair.synBehavior-1` and so on, so that
the published ontology and lexicon can be cited, diffed and rebuilt to the same bytes.  They are the
largest graphs of a small build, and go from the file to the store as lines of N-Triples: a triple
made of objects costs some ten times as much.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import URIRef

from khabar.knowledge.turtle import parsed
from khabar.vocab import DEFAULT_BASE, RDF, rebase

_REST: Final = f"<{RDF.rest}>"

Described = Mapping[str, Mapping[str, Sequence[str]]]  # the objects of a subject and predicate


def skolemise(paths: Iterable[Path], graph: URIRef, base: str = DEFAULT_BASE) -> frozenset[str]:
    """The triples of Turtle files as N-Triples writes them, without the full stop, moved under BASE.

    GRAPH is what they will be in: it names those who have no owner.  Where literals spell out IRIs of
    ours, as examples do, they are moved too.  Raises KnowledgeError.
    """
    named = rebase(graph, base)
    return frozenset(line for path in paths for line in _skolemised(path, f"{named}/{path.stem}", base))


def _skolemised(path: Path, file: str, base: str) -> Iterator[str]:
    text = ox.serialize(parsed(path, base=base), format=ox.RdfFormat.N_TRIPLES) or b""
    triples = [tuple(line.removesuffix(" .").split(" ", 2)) for line in text.decode().splitlines()]
    names = _names(_described(triples), file)
    for subject, predicate, value in triples:
        yield f"{names[subject]} {predicate} {names.get(value, value)}"


def _described(triples: Iterable[tuple[str, ...]]) -> Described:
    found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples:
        found[subject][predicate].append(value)
    return found


def _names(described: Described, file: str) -> dict[str, str]:
    """An IRI for each subject: a blank one is named after the first that points to it, or after its file."""
    owned = {v for said in described.values() for values in said.values() for v in values if _is_blank(v)}
    number = count(1)
    tops = (node for node in described if node not in owned)
    named = {node: f"<{file}#node-{next(number)}>" if _is_blank(node) else node for node in tops}
    waiting = list(named)
    for owner in waiting:  # grows as blank nodes are reached
        for node, name in _children(described.get(owner, {}), named[owner][1:-1]):
            if node not in named:
                named[node] = f"<{name}>"
                waiting.append(node)
    rest = (node for node in described if node not in named)  # rings of blank nodes; no file of ours has one
    return named | {node: f"<{file}#ring-{i}>" for i, node in enumerate(rest, 1)}


def _children(said: Mapping[str, Sequence[str]], owner: str) -> Iterator[tuple[str, str]]:
    for predicate, values in said.items():
        for position, value in enumerate(values, 1):
            if _is_blank(value):
                yield value, _child(owner, predicate, position)


def _child(owner: str, predicate: str, position: int) -> str:
    if predicate == _REST:  # the cells of a list are counted: x.order-1, x.order-1.2, x.order-1.3
        counted = re.fullmatch(r"(.+-\d+)\.(\d+)", owner)
        head, number = (counted[1], int(counted[2])) if counted else (owner, 1)
        return f"{head}.{number + 1}"
    return f"{owner}{'.' if '#' in owner else '#'}{_local(predicate)}-{position}"


def _is_blank(term: str) -> bool:
    return term.startswith("_:")


@cache
def _local(predicate: str) -> str:
    return re.split(r"[/#]", predicate[1:-1])[-1]
