"""The ontology drawn: which class is a kind of which, and what the relations lead from and to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from khabar.publish.terms import Definition
from khabar.publish.views import Thing

ROW: Final = 26  # between two names, in units of the drawing, as ontology.html has it


class Box(NamedTuple):
    """A class in the tree."""

    term: Definition
    depth: int
    row: int
    above: int  # the row of the class that it stands below; its own at the top

    @property
    def y(self) -> int:
        """Where its name stands."""
        return self.row * ROW + ROW // 2


@dataclass(frozen=True, slots=True)
class Tree:
    """Classes, each below one that it is a kind of."""

    boxes: tuple[Box, ...]

    @property
    def height(self) -> int:
        """Of the drawing."""
        return len(self.boxes) * ROW


class Relation(NamedTuple):
    """A property with the class that it leads from, and the one that it leads to."""

    term: Definition
    domain: Thing
    range: Thing


def tree(terms: Sequence[Definition]) -> Tree:
    """The classes that stand below a class of ours, or above one; the largest trees first.

    A class that is a kind of several stands below the first of them that has a place.
    """
    classes = {term.thing.iri: term for term in terms if term.kind == "classes"}
    above = {iri: _above(term, classes) for iri, term in classes.items()}
    below = {iri: [other for other in classes if iri in above[other]] for iri in classes}
    sizes = {iri: len(_all_below(iri, below)) for iri in classes}
    roots = [iri for iri in classes if not above[iri] and below[iri]]
    boxes: dict[str, Box] = {}

    def place(iri: str, depth: int, parent: int) -> None:
        if iri not in boxes:
            row = len(boxes)
            boxes[iri] = Box(classes[iri], depth, row, parent)
            for child in sorted(below[iri], key=lambda child: (-sizes[child], -classes[child].used, child)):
                place(child, depth + 1, row)

    for root in sorted(roots, key=lambda iri: (-sizes[iri], iri)):
        if any(child not in boxes for child in below[root]):
            place(root, 0, len(boxes))
    return Tree(tuple(boxes.values()))


def _above(term: Definition, classes: Mapping[str, Definition]) -> list[str]:
    return [other.iri for other in _related(term, "subClassOf") if other.iri in classes]


def _all_below(iri: str, below: Mapping[str, Sequence[str]]) -> set[str]:
    return set(below[iri]).union(*(_all_below(child, below) for child in below[iri]))


def relations(terms: Iterable[Definition]) -> list[Relation]:
    """The properties that statements use, with what they lead from and to, those most used first."""
    found = [
        Relation(term, domains[0], ranges[0])
        for term in terms
        if term.kind == "properties" and term.used
        if (domains := _related(term, "domain")) and (ranges := _related(term, "range"))
    ]
    return sorted(found, key=lambda relation: (-relation.term.used, relation.term.local_name))


def _related(term: Definition, name: str) -> tuple[Thing, ...]:
    return next((things for relation, things in term.relations if relation == name), ())
