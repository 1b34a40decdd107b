"""Who chaired a body, year by year: with gaps, and years that two sources give to two chairs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from khabar.publish.sections import Line
from khabar.publish.views import Fact, View, value

LONGEST: Final = 60  # years of a strip
HELD: Final = ("asserted", "reported", "ended")  # that somebody chairs or chaired, not that one might


@dataclass(frozen=True, slots=True)
class Seat:
    """One year of a body, or several in which nobody is named."""

    first_year: int
    last_year: int
    chairs: tuple[Line, ...]  # empty where no source names one
    is_doubled: bool  # two chairs for the same days


@dataclass(frozen=True, slots=True)
class Strip:
    """The chairs of a body by year, and those of whom no source says when."""

    seats: tuple[Seat, ...]
    undated: tuple[Line, ...]
    denied: tuple[Line, ...]


def strip(view: View, iris: Collection[str]) -> Strip:
    """The chairs of the body with these IRIS."""
    rows = [row for iri in iris for row in view.snapshot.select("chairs.rq", this=ox.NamedNode(iri))]
    facts = list(view.facts_of(sorted({value(row["statement"]) for row in rows})))
    told = [fact for fact in facts if fact.state != "denied"]
    dated = [fact for fact in told if _year(fact.earliest) and _year(fact.latest)]
    return Strip(
        tuple(_seats(view, dated)),
        _lines(view, [fact for fact in told if fact not in dated]),
        _lines(view, [fact for fact in facts if fact.state == "denied"]),
    )


def _seats(view: View, facts: Sequence[Fact]) -> Iterable[Seat]:
    years = {year for fact in facts for year in (_year(fact.earliest), _year(fact.latest))}
    if not years:
        return
    first, last = max(min(years), max(years) - LONGEST + 1), max(years)
    empty: int | None = None
    for year in range(first, last + 1):
        in_year = [fact for fact in facts if _year(fact.earliest) <= year <= _year(fact.latest)]
        if not in_year:
            empty = year if empty is None else empty
            continue
        if empty is not None:
            yield Seat(empty, year - 1, (), False)
            empty = None
        yield Seat(year, year, _lines(view, in_year), _is_doubled(view, in_year))


def _lines(view: View, facts: Iterable[Fact]) -> tuple[Line, ...]:
    """One line for each chair, the one that most articles name first."""
    alike: dict[object, list[Fact]] = {}
    for fact in facts:
        key = (view.same(fact.subject.iri), fact.status)
        alike.setdefault(key, []).append(fact)
    lines = [Line(same[0].subject, tuple(same)) for same in alike.values()]
    return tuple(sorted(lines, key=lambda line: (-line.sources, line.facts[0].earliest, line.facts[0].iri)))


def _is_doubled(view: View, facts: Sequence[Fact]) -> bool:
    held = [fact for fact in facts if fact.state in HELD]
    return any(
        view.same(one.subject.iri) != view.same(other.subject.iri)
        and one.earliest <= other.latest
        and other.earliest <= one.latest
        for one in held
        for other in held
    )


def _year(day: str) -> int:
    """The year of an xsd:date after Christ; 0 where there is none."""
    year = day.partition("-")[0]
    return int(year) if year.isdecimal() and len(year) == 4 else 0
