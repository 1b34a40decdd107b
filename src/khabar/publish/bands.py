"""Facts as bands over the years: where each begins and ends, in thousandths of the width of a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from khabar.publish.interface import Text
from khabar.publish.views import Fact, Thing

WIDTH: Final = 1000  # of a drawing, in its own units
NARROWEST: Final = 8  # of a band: a day must be seen, too
MOST_LANES: Final = 24


@dataclass(frozen=True, slots=True)
class Band:
    """One fact with a time, from the start of the drawing (left or right, as one reads)."""

    fact: Fact
    label: Thing | Text  # what the fact relates the thing to
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The bands of a thing, those that begin first on top, over whole years."""

    first_year: int
    last_year: int
    bands: tuple[Band, ...]
    is_cut: bool

    @property
    def ticks(self) -> tuple[int, ...]:
        """Where each year begins, but for the first."""
        return ticks(self.first_year, self.last_year)


def ticks(first_year: int, last_year: int) -> tuple[int, ...]:
    """Where each year begins in a drawing of whole years, but for the first; of many years, some."""
    years = last_year - first_year + 1
    step = -(-years // 12)
    return tuple(round(WIDTH * year / years) for year in range(step, years, step))


def chart(facts: Iterable[tuple[Thing | Text, Fact]]) -> Chart | None:
    """The bands of labelled facts; None unless their times lie in different years."""
    dated = [(label, fact, days) for label, fact in facts if (days := _days(fact)) is not None]
    years = {day.year for _, _, days in dated for day in days}
    if len(years) < 2:
        return None
    first, last = min(years), max(years)
    dated.sort(key=lambda item: (item[2], item[1].iri))
    bands = _bands(dated, date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal() + 1)
    return Chart(first, last, tuple(bands[:MOST_LANES]), len(bands) > MOST_LANES)


def _bands(dated: Sequence[tuple[Thing | Text, Fact, tuple[date, date]]], begin: int, end: int) -> list[Band]:
    """One band for what several articles state alike."""
    bands: dict[object, Band] = {}
    for label, fact, (first, last) in dated:
        start = round(WIDTH * (first.toordinal() - begin) / (end - begin))
        stop = round(WIDTH * (last.toordinal() + 1 - begin) / (end - begin))
        width = max(stop - start, NARROWEST)
        key = (label, fact.predicate, fact.state, first, last)
        bands.setdefault(key, Band(fact, label, min(start, WIDTH - width), width))
    return list(bands.values())


def _days(fact: Fact) -> tuple[date, date] | None:
    try:
        return date.fromisoformat(fact.earliest), date.fromisoformat(fact.latest)
    except ValueError:  # no time, one that is open, or one that the calendar does not have
        return None
