"""The facts of a thing in the order of a page: now, before, planned, denied; within each, by property."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from khabar.publish.interface import Text
from khabar.publish.views import Fact, Thing, View

TIMES: Final = ("now", "before", "planned", "denied")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact as several articles may state it, read from one of its ends."""

    value: Thing | Text
    facts: tuple[Fact, ...]  # alike but for their article; never empty

    @property
    def sources(self) -> int:
        """How many articles state it."""
        return len({fact.article.iri for fact in self.facts})


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one property, under its label or, read backwards, its inverse label."""

    label: Text
    predicate: Thing
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The facts of a thing that belong to one time: now, before, planned or denied."""

    name: str  # of a text of the interface
    groups: tuple[Group, ...]


def sections(view: View, iris: Collection[str], facts: Iterable[Fact]) -> list[Section]:
    """The facts at whose ends a thing stands, under whichever of its IRIS, by time and property."""
    named: dict[str, dict[tuple[bool, str], list[Fact]]] = {name: {} for name in TIMES}
    for fact in facts:
        if is_quote(view, fact) or fact.ends.isdisjoint(iris):
            continue
        is_inverse = fact.subject.iri not in iris
        named[time(view, fact)].setdefault((is_inverse, fact.predicate.iri), []).append(fact)
    return [
        Section(
            name,
            tuple(_group(view, same, is_inverse) for (is_inverse, _), same in sorted(groups.items())),
        )
        for name, groups in named.items()
        if groups
    ]


def time(view: View, fact: Fact) -> str:
    """Whether a fact holds now, held before, is planned or denied, as the newest articles tell it."""
    if fact.state in ("planned", "denied"):
        return fact.state
    # The day of a change (appointed, joined, handed over) is when a fact began, not how long it held.
    is_past = bool(fact.latest and view.today and fact.latest < view.today and not fact.change)
    is_over = fact.state == "ended" or is_past
    return "before" if is_over else "now"


def _group(view: View, facts: Sequence[Fact], is_inverse: bool) -> Group:
    predicate = facts[0].predicate
    label = view.inverse(predicate) if is_inverse else predicate.name
    alike: dict[object, list[Fact]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.earliest or "9", fact.iri)):
        value = fact.subject if is_inverse else fact.object
        alike.setdefault((value, fact.status, fact.period, fact.attributed_to, fact.change), []).append(fact)
    lines = (Line(same[0].subject if is_inverse else same[0].object, tuple(same)) for same in alike.values())
    return Group(label, predicate, tuple(lines))


def is_quote(view: View, fact: Fact) -> bool:
    """Whether its object is words that somebody said."""
    return isinstance(fact.object, Text) and fact.predicate.iri == f"{view.vocabulary}said"


def elsewhere(iris: Collection[str], facts: Iterable[Fact]) -> list[Fact]:
    """The facts in which a thing takes part without standing at one of their ends."""
    return [fact for fact in facts if fact.ends.isdisjoint(iris)]
