"""What lies next to a thing in the graph: what it does on one side, what is done with it on the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from khabar.publish.interface import Text
from khabar.publish.views import Fact, Thing, View

MOST: Final = 16  # neighbours on a side
LONGEST: Final = 34  # letters of a name in the drawing
ROW: Final = 36  # between two names, in units of the drawing
WIDTH: Final = 1040


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing at the other end of facts, and by which property."""

    thing: Thing
    label: Text  # of the property, as one reads it from the thing in the middle
    facts: tuple[Fact, ...]
    y: int = 0

    @property
    def short(self) -> str:
        """Its name, cut to the room there is."""
        name = self.thing.name.value
        return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


@dataclass(frozen=True, slots=True)
class Around:
    """The neighbours on both sides."""

    leading: tuple[Neighbour, ...]  # what the thing does
    following: tuple[Neighbour, ...]  # what is done with it
    is_cut: bool

    @property
    def height(self) -> int:
        """Of the drawing."""
        return max(len(self.leading), len(self.following), 3) * ROW


def around(view: View, iris: Collection[str], facts: Iterable[Fact]) -> Around:
    """The neighbours of the thing with these IRIS, by its facts."""
    found: dict[tuple[bool, Thing, str], list[Fact]] = {}
    for fact in facts:
        if isinstance(fact.object, Thing) and not fact.ends.isdisjoint(iris) and fact.state != "denied":
            is_inverse = fact.subject.iri not in iris
            other = fact.subject if is_inverse else fact.object
            found.setdefault((is_inverse, other, fact.predicate.iri), []).append(fact)
    sides: tuple[list[Neighbour], list[Neighbour]] = ([], [])
    for (is_inverse, thing, _), same in sorted(found.items(), key=lambda item: _rank(*item)):
        predicate = same[0].predicate
        label = view.inverse(predicate) if is_inverse else predicate.name
        sides[is_inverse].append(Neighbour(thing, label, tuple(same)))
    rows = max(*(min(len(side), MOST) for side in sides), 3)
    leading, following = (_placed(side[:MOST], rows) for side in sides)
    return Around(leading, following, any(len(side) > MOST for side in sides))


def _rank(key: tuple[bool, Thing, str], facts: list[Fact]) -> tuple[object, ...]:
    _, thing, predicate = key
    return predicate, -len(facts), thing.iri


def _placed(side: list[Neighbour], rows: int) -> tuple[Neighbour, ...]:
    top = (rows - len(side)) * ROW / 2
    return tuple(
        Neighbour(n.thing, n.label, n.facts, round(top + (index + 0.5) * ROW)) for index, n in enumerate(side)
    )
