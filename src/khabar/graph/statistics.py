"""What is in a graph, counted: for VoID and for whoever wants to know what to expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

_PROPERTIES: Final = "SELECT ?term (COUNT(*) AS ?n) WHERE { ?s ?term ?o } GROUP BY ?term"
_CLASSES: Final = "SELECT ?term (COUNT(*) AS ?n) WHERE { ?s a ?term } GROUP BY ?term"
_LINKS: Final = """
SELECT ?term (COUNT(*) AS ?n) WHERE {
  ?s <http://www.w3.org/2002/07/owl#sameAs> ?o FILTER(!STRSTARTS(STR(?o), ?base))
  BIND(REPLACE(STR(?o), "[^/#]*$", "") AS ?term)
} GROUP BY ?term
"""


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


def statistics(snapshot: ox.Store, base: str) -> Statistics:
    """Count the default graph of a snapshot whose IRIs begin with BASE."""
    properties = dict(_counted(snapshot, _PROPERTIES, base))
    return Statistics(
        triples=sum(properties.values()),
        classes=dict(_counted(snapshot, _CLASSES, base)),
        properties=properties,
        links=dict(_counted(snapshot, _LINKS, base)),
    )


def _counted(snapshot: ox.Store, query: str, base: str) -> Iterator[tuple[str, int]]:
    text = query.replace("?base", str(ox.Literal(base)))
    solutions = snapshot.query(text)
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError("counting is done by SELECT")
    found = ((row["term"], row["n"]) for row in solutions)
    yield from sorted(
        (term.value, int(n.value))
        for term, n in found
        if isinstance(term, ox.NamedNode | ox.Literal) and isinstance(n, ox.Literal)
    )
