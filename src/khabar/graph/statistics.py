"""What is in a graph, counted: for VoID and for whoever wants to know what to expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

TOTALS: Final = "totals.rq"
CLASSES: Final = "class-counts.rq"
PROPERTIES: Final = "property-counts.rq"
LINKS: Final = "link-counts.rq"
_QUERIES: Final = Path(__file__).with_name("queries")


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much of what the default graph of a snapshot holds; each mapping is sorted by IRI."""

    triples: int
    classes: Mapping[str, int]  # how many things are of each
    properties: Mapping[str, int]  # how many triples have each
    links: Mapping[str, int]  # owl:sameAs to other data sets, by what the IRIs there begin with

    def instances(self, cls: str) -> int:
        """How many things are of the class CLS itself."""
        return self.classes.get(cls, 0)


@cache
def counting(name: str) -> str:
    """The query that counts what its NAME says: TOTALS, or ?number for each ?term."""
    return (_QUERIES / name).read_text(encoding="utf-8")


def statistics(snapshot: ox.Store, base: str) -> Statistics:
    """Count the default graph of a snapshot whose IRIs begin with BASE."""
    properties = _counted(snapshot, PROPERTIES, base)
    return Statistics(
        triples=sum(properties.values()),
        classes=_counted(snapshot, CLASSES, base),
        properties=properties,
        links=_counted(snapshot, LINKS, base),
    )


def _counted(snapshot: ox.Store, name: str, base: str) -> dict[str, int]:
    solutions = snapshot.query(counting(name), base_iri=base)
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError("counting is done by SELECT")
    found = ((row["term"], row["number"]) for row in solutions)
    return {
        term.value: int(number.value)
        for term, number in found
        if isinstance(term, ox.NamedNode | ox.Literal) and isinstance(number, ox.Literal)
    }
