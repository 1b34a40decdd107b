"""The first solutions of a query, for people: JSON, a line each, after a line with the variables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyoxigraph as ox


def lines(result: ox.QuerySolutions | ox.QueryBoolean, rows: int) -> Iterator[bytes]:
    """At most so many ROWS; of ASK the answer, after a line with nothing."""
    if isinstance(result, ox.QueryBoolean):
        found: Iterator[Any] = iter([None, bool(result)])
    else:
        found = iter([[variable.value for variable in result.variables]])
    for line in found:
        yield json.dumps(line).encode() + b"\n"
    if isinstance(result, ox.QuerySolutions):
        for solution in islice(result, rows):
            yield json.dumps([_described(term) for term in solution]).encode() + b"\n"


def _described(term: Any) -> dict[str, str] | None:
    """One term of a solution: an IRI with its value, a literal with its language or datatype."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return {"iri": term.value}
    if isinstance(term, ox.Literal):
        return {"value": term.value, "language": term.language or "", "datatype": term.datatype.value}
    return {"value": str(term), "language": "", "datatype": ""}
