"""Drawings of what a query has found: bars, bands over the years, countries, things and their links.

Which of them there are follows from the terms alone: numbers give bars, days a timeline, countries a
map, and two things in a row a link.  Everything is drawn by the server, so it needs no script.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final, NamedTuple

from khabar.publish.bands import NARROWEST, WIDTH, ticks
from khabar.publish.interface import Text
from khabar.publish.solutions import Cell, Row, Table
from khabar.publish.views import Thing

MOST_BARS: Final = 40
MOST_NODES: Final = 24  # on a side
LANE: Final = 34  # between two names, in units of the drawing
LONGEST: Final = 38  # letters of a name in the drawing
SHADES: Final = 4
PREDICATES: Final = ("p", "predicate", "property", "pred", "relation")  # variables that name a link


class Bar(NamedTuple):
    """A number, and how long it is."""

    labels: tuple[Thing | Text, ...]
    number: Text
    width: int  # of WIDTH


class Lane(NamedTuple):
    """A time, and where it lies between the first year and the last."""

    labels: tuple[Thing | Text, ...]
    time: str
    start: int  # of WIDTH
    width: int


@dataclass(frozen=True, slots=True)
class Lanes:
    """Times over whole years, those that begin first on top."""

    first_year: int
    last_year: int
    lanes: tuple[Lane, ...]
    is_cut: bool

    @property
    def ticks(self) -> tuple[int, ...]:
        """Where each year begins, but for the first."""
        return ticks(self.first_year, self.last_year)


class Shaded(NamedTuple):
    """A country, and how much there is of it."""

    thing: Thing
    code: str  # of ISO 3166-1
    number: float
    shade: int  # from 1 to SHADES


class Node(NamedTuple):
    """A thing in a drawing of links."""

    thing: Thing
    y: int

    @property
    def short(self) -> str:
        """Its name, cut to the room there is."""
        name = self.thing.name.value
        return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


class Edge(NamedTuple):
    """A link from the left to the right, and what it is called, if that is known."""

    start: Node
    end: Node
    label: Text | None


@dataclass(frozen=True, slots=True)
class Links:
    """Things on the left, things on the right, and the links between them."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    edges: tuple[Edge, ...]
    is_cut: bool

    @property
    def height(self) -> int:
        """Of the drawing."""
        return max(len(self.left), len(self.right), 2) * LANE


def bars(table: Table) -> tuple[Bar, ...]:
    """A bar for each row with a number: the first column that holds only such, none below zero."""
    column = _column(table, lambda cell: cell.number is not None and isfinite(cell.number))
    if column is None:
        return ()
    rows = [(row, cell) for row in table.rows if (cell := row[column]) is not None]
    numbers = [cell.number or 0.0 for _, cell in rows]
    if min(numbers) < 0 or max(numbers) == 0:
        return ()
    return tuple(
        Bar(_labels(row), _words(cell), round(WIDTH * number / max(numbers)))
        for (row, cell), number in zip(rows[:MOST_BARS], numbers, strict=False)
    )


def lanes(table: Table) -> Lanes | None:
    """A band for each row with a day: from the first column of days to the last one; None for one year."""
    columns = _columns(table, lambda cell: bool(cell.day))
    timed = sorted(_timed(table.rows, columns), key=lambda found: found[:2])
    years = {day.year for first, last, *_ in timed for day in (first, last)}
    if len(years) < 2:
        return None
    begin, end = date(min(years), 1, 1).toordinal(), date(max(years), 12, 31).toordinal() + 1
    placed = []
    for first, last, written, row in timed[:MOST_BARS]:
        start = round(WIDTH * (first.toordinal() - begin) / (end - begin))
        width = max(round(WIDTH * (last.toordinal() + 1 - begin) / (end - begin)) - start, NARROWEST)
        placed.append(Lane(_labels(row), written, min(start, WIDTH - width), width))
    return Lanes(min(years), max(years), tuple(placed), len(timed) > MOST_BARS)


def countries(table: Table, codes: Mapping[str, str]) -> tuple[Shaded, ...]:
    """The countries of the first column that holds any, the more rows or the larger the number, the darker.

    CODES gives the code of ISO 3166-1 by the IRI of a country.
    """
    columns = range(len(table.variables))
    column = next((c for c in columns if any(cell and cell.iri in codes for cell in _at(table, c))), None)
    if column is None:
        return ()
    counted = _column(table, lambda cell: cell.number is not None and cell.number >= 0)
    found: dict[Thing, float] = {}
    for row in table.rows:
        cell, number = row[column], row[counted] if counted is not None else None
        if cell is not None and isinstance(cell.shown, Thing) and cell.iri in codes:
            found[cell.shown] = found.get(cell.shown, 0) + (number.number or 0 if number else 1)
    most = max(found.values()) or 1
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0].iri))
    return tuple(
        Shaded(thing, codes[thing.iri], number, max(1, int(-(-SHADES * number // most))))
        for thing, number in ranked
    )


def links(table: Table) -> Links | None:
    """The links between the first two columns of things; None where no row has two.

    A column between them that is named for it says what a link is called.
    """
    columns = _columns(table, lambda cell: bool(cell.iri))
    named = [c for c in columns if table.variables[c] in PREDICATES]
    ends = [c for c in columns if c not in named][:2]
    if len(ends) < 2:
        return None
    found = dict.fromkeys(
        (start.shown, end.shown, _label(row[named[0]]) if named else None)
        for row in table.rows
        if (start := row[ends[0]]) is not None and (end := row[ends[1]]) is not None
        if isinstance(start.shown, Thing) and isinstance(end.shown, Thing)
    )
    if not found:
        return None
    starts = list(dict.fromkeys(start for start, _, _ in found))
    ends_ = list(dict.fromkeys(end for start, end, _ in found if start in starts[:MOST_NODES]))
    rows = max(*(min(len(side), MOST_NODES) for side in (starts, ends_)), 2)
    left, right = (_placed(side[:MOST_NODES], rows) for side in (starts, ends_))
    edges = tuple(
        Edge(left[start], right[end], label) for start, end, label in found if start in left and end in right
    )
    return Links(
        tuple(left.values()), tuple(right.values()), edges, max(len(starts), len(ends_)) > MOST_NODES
    )


def _placed(side: Sequence[Thing], rows: int) -> dict[Thing, Node]:
    """The things of a side one below the other, in the middle of the height."""
    top = (rows - len(side)) * LANE / 2
    return {thing: Node(thing, round(top + (index + 0.5) * LANE)) for index, thing in enumerate(side)}


def _at(table: Table, column: int) -> Iterator[Cell | None]:
    return (row[column] for row in table.rows)


def _columns(table: Table, is_one: Callable[[Cell], bool]) -> list[int]:
    """The columns that hold something, and nothing that IS_ONE denies."""
    return [
        column
        for column in range(len(table.variables))
        if (cells := [cell for cell in _at(table, column) if cell is not None]) and all(map(is_one, cells))
    ]


def _column(table: Table, is_one: Callable[[Cell], bool]) -> int | None:
    return next(iter(_columns(table, is_one)), None)


def _labels(row: Row) -> tuple[Thing | Text, ...]:
    """What a row is about: at most two of its terms that are neither numbers nor days."""
    found = (cell.shown for cell in row if cell is not None and cell.number is None and not cell.day)
    return tuple(found)[:2]


def _label(cell: Cell | None) -> Text | None:
    return None if cell is None else _words(cell)


def _words(cell: Cell) -> Text:
    return cell.shown.name if isinstance(cell.shown, Thing) else cell.shown


def _timed(rows: Sequence[Row], columns: list[int]) -> Iterator[tuple[date, date, str, Row]]:
    """The rows with a time: its first and last day, and how it is written."""
    for row in rows:
        written = [cell.day for column in columns[:1] + columns[1:][-1:] if (cell := row[column]) is not None]
        days = [found for day in written if (found := _days(day)) is not None]
        if days:
            first, last = days[0][0], max(days[0][0], days[-1][1])
            yield first, last, " – ".join(dict.fromkeys(written)), row


def _days(written: str) -> tuple[date, date] | None:
    """The first and the last day of a year, month or day of XML Schema, if the calendar has it."""
    year, *more = written[:10].split("-")
    try:
        numbers = [int(part) for part in (year, *more)]
        if len(numbers) == 3:
            return date(*numbers), date(*numbers)
        month = numbers[1] if len(numbers) == 2 else 0
        first, last = date(numbers[0], month or 1, 1), monthrange(numbers[0], month or 12)[1]
        return first, date(numbers[0], month or 12, last)
    except (ValueError, TypeError, IndexError):  # before the year 1, with a time zone, or no such day
        return None
