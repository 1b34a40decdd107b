"""Property paths: https://www.w3.org/TR/shacl/#property-paths"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pyoxigraph as ox

from khabar.graph.triples import FIRST, NIL, Term, Terms, Triples
from khabar.vocab import SH

Path = Callable[[Triples, Term], Terms]  # the value nodes of a focus node, each once

INVERSE: Final = ox.NamedNode(SH.inversePath)
ALTERNATIVE: Final = ox.NamedNode(SH.alternativePath)
REPEATED: Final = {  # whether none counts, and whether more than one may follow
    ox.NamedNode(SH.zeroOrMorePath): (True, True),
    ox.NamedNode(SH.oneOrMorePath): (False, True),
    ox.NamedNode(SH.zeroOrOnePath): (True, False),
}
_SIGNS: Final = {(True, True): "*", (False, True): "+", (True, False): "?"}


def compiled(shapes: Triples, node: Term, *, backwards: bool = False, within: tuple[Term, ...] = ()) -> Path:
    """The path that NODE of the shapes stands for; raises ValueError where it is none."""
    if isinstance(node, ox.NamedNode) and node != NIL:
        return _predicate(node, backwards=backwards)
    if node in within:
        raise ValueError("holds a path that contains itself")

    def inner(part: Term, *, backwards: bool = backwards) -> Path:
        return compiled(shapes, part, backwards=backwards, within=(*within, node))

    if shapes.objects(node, FIRST):
        steps = [inner(step) for step in _several(shapes, node)]
        return _sequence(steps[::-1] if backwards else steps)
    for value in shapes.objects(node, INVERSE):
        return inner(value, backwards=not backwards)
    for value in shapes.objects(node, ALTERNATIVE):
        return _either([inner(step) for step in _several(shapes, value)])
    for predicate, (none, more) in REPEATED.items():
        for value in shapes.objects(node, predicate):
            return _repeated(inner(value), none=none, more=more)
    raise ValueError("holds a path that SHACL does not know")


def _several(shapes: Triples, head: Term) -> list[Term]:
    steps = shapes.items(head)
    if len(steps) < 2:
        raise ValueError("holds a path of fewer than two steps")
    return steps


def _predicate(predicate: Term, *, backwards: bool) -> Path:
    if backwards:
        return lambda data, focus: data.subjects(predicate, focus)
    return lambda data, focus: data.objects(focus, predicate)


def _either(choices: list[Path]) -> Path:
    return lambda data, focus: {value: None for path in choices for value in path(data, focus)}


def _sequence(steps: list[Path]) -> Path:
    def values(data: Triples, focus: Term) -> Terms:
        found: Terms = {focus: None}
        for path in steps:
            found = {value: None for node in found for value in path(data, node)}
        return found

    return values


def _repeated(path: Path, *, none: bool, more: bool) -> Path:
    def values(data: Triples, focus: Term) -> Terms:
        found: Terms = {focus: None} if none else {}
        waiting = [focus]
        for node in waiting:  # grows on the way
            for value in path(data, node):
                if value not in found:
                    found[value] = None
                    if more:
                        waiting.append(value)
        return found

    return values


# --- as SPARQL writes them


def written(shapes: Triples, node: Term, name: Callable[[Term], str]) -> str:
    """The path that NODE stands for, in the syntax of SPARQL, each property by its NAME."""
    if isinstance(node, ox.NamedNode):
        return name(node)
    if shapes.objects(node, FIRST):
        return "/".join(written(shapes, step, name) for step in shapes.items(node))
    for value in shapes.objects(node, INVERSE):
        return f"^{written(shapes, value, name)}"
    for value in shapes.objects(node, ALTERNATIVE):
        return f"({'|'.join(written(shapes, step, name) for step in shapes.items(value))})"
    for predicate, kind in REPEATED.items():
        for value in shapes.objects(node, predicate):
            return f"({written(shapes, value, name)}){_SIGNS[kind]}"
    raise ValueError("holds a path that SHACL does not know")


def predicates(shapes: Triples, node: Term) -> Iterator[ox.NamedNode]:
    """Every property that the path goes along, first to last."""
    if isinstance(node, ox.NamedNode):
        yield node
        return
    heads = [node] if shapes.objects(node, FIRST) else [*shapes.objects(node, ALTERNATIVE)]
    for head in heads:
        for step in shapes.items(head):
            yield from predicates(shapes, step)
    for predicate in () if heads else (INVERSE, *REPEATED):
        for value in shapes.objects(node, predicate):
            yield from predicates(shapes, value)
