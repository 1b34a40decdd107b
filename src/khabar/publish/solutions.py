"""What a query has found, for people to read: solutions with their names, and triples."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.publish.interface import Text
from khabar.publish.views import PREFIXES, Thing, View, short

MOST_ROWS: Final = 500  # of a page; files have them all

_NUMBERS: Final = frozenset(
    PREFIXES["xsd"] + name for name in (
        "integer", "decimal", "double", "float", "long", "int", "short", "byte", "nonNegativeInteger",
        "positiveInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_DAYS: Final = frozenset(PREFIXES["xsd"] + name for name in ("date", "dateTime", "gYear", "gYearMonth"))


class Cell(NamedTuple):
    """One term of a solution, and what it is good for in a drawing."""

    shown: Thing | Text
    number: float | None = None
    day: str = ""  # of XML Schema: a year, month or day

    @property
    def iri(self) -> str:
        """Of a thing; of words none."""
        return self.shown.iri if isinstance(self.shown, Thing) else ""


Row = Sequence[Cell | None]


class Table(NamedTuple):
    """Solutions; a single cell and no variable for a yes or no."""

    variables: Sequence[str]
    rows: Sequence[Row]
    is_whole: bool


def table(answer: Iterable[bytes], view: View) -> Table:
    """Read what rows.py has written."""
    variables, *rows = map(json.loads, answer)
    if variables is None:  # ASK
        return Table((), [[Cell(Text("yes" if rows[0] else "no"))]], True)
    shown = [[_cell(term, view) for term in row] for row in rows[:MOST_ROWS]]
    return Table(variables, shown, len(rows) <= MOST_ROWS)


def triples(turtle: str, view: View) -> Table:
    """The triples of a graph that lead from one thing to another."""
    found = [
        [_cell({"iri": term.value}, view) for term in (triple.subject, triple.predicate, triple.object)]
        for triple in ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=view.snapshot.base)
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode)
    ]
    return Table(("subject", "predicate", "object"), found[:MOST_ROWS], len(found) <= MOST_ROWS)


def _cell(term: dict[str, str] | None, view: View) -> Cell | None:
    if term is None:
        return None
    if "iri" in term:
        iri = term["iri"]
        is_ours = iri.startswith(view.snapshot.base)
        known = Text(short(iri, view.snapshot.base), direction="ltr")
        return Cell(view.thing(iri) if is_ours else Thing(iri, known))
    value, datatype = term["value"], term["datatype"]
    shown = view.interface.written(value, term["language"])
    return Cell(shown, _number(value) if datatype in _NUMBERS else None, value if datatype in _DAYS else "")


def _number(written: str) -> float | None:
    try:
        return float(written)
    except ValueError:  # such a literal may stand in a dataset of which we know nothing
        return None
