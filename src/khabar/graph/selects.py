"""What a `sh:select` asks: for which properties, of which nodes, and whether of many of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import pyoxigraph as ox
from rdflib import URIRef, Variable
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue

THIS: Final = Variable("this")

# Where pre-binding is more than putting a value for $this, or the value has to reach an inner group:
# pyoxigraph does not do what https://www.w3.org/TR/shacl/#pre-binding asks, or forbids.
_UNCERTAIN: Final = re.compile(
    r"\b(MINUS|VALUES|SERVICE|GROUP|HAVING|LIMIT|OFFSET)\b|\{\s*SELECT\b|[$?](currentShape|shapesGraph)\b"
    r"|\bAS\s+[$?]this\b|\b(BIND|BOUND)\s*\([^)]*[$?]this\b",
    re.IGNORECASE,
)
_THIS: Final = re.compile(r"[$?]this\b")


@lru_cache(maxsize=256)
def algebra(select: str) -> CompValue | None:
    """A query as rdflib takes it apart; None for one that it cannot read, though pyoxigraph may."""
    try:
        found: CompValue = prepareQuery(select).algebra
    except Exception:  # its parser and its translation raise what they like
        return None
    return found


def finds_this(select: str) -> bool:
    """Whether a plain query has $this in a pattern that every solution must match, and projects it."""
    parsed = algebra(select)
    return (
        parsed is not None
        and any(THIS in triple for part in _patterns(parsed) for triple in part["triples"])
        and is_plain(select)
        and THIS in parsed["PV"]
    )


def queried(select: str) -> set[URIRef] | None:
    """The properties that a query asks for; None where a variable stands for one, or nobody knows."""
    parsed = algebra(select)
    if parsed is None:
        return None
    found: set[URIRef] = set()
    for part in _patterns(parsed):
        for _, predicate, _ in part["triples"]:
            if isinstance(predicate, URIRef):
                found.add(predicate)
            elif isinstance(predicate, PropertyPath):
                found.update(_steps(predicate))
            else:
                return None
    return found


def is_plain(select: str) -> bool:
    """Whether $this stands for its value only where pyoxigraph puts it."""
    if _UNCERTAIN.search(select):
        return False
    head, _, body = select.partition("{")
    if re.search(r"\bAS\b", head, re.IGNORECASE):
        return False
    places = (body[: match.start()] for match in _THIS.finditer(body))
    return all(before.count("{") == before.count("}") for before in places)


def among(select: str, nodes: Iterable[ox.NamedNode]) -> str:
    """A query that finds $this, asked of these NODES alone.

    pyoxigraph plans a query before it puts a value for a variable, so over a large store it looks at all that
    the other terms match; VALUES it takes into the plan.
    """
    head, _, body = select.partition("{")
    return f"{head}{{ VALUES $this {{ {' '.join(map(str, nodes))} }} {body}"


def _patterns(parsed: CompValue) -> list[CompValue]:
    """The basic graph patterns of a query."""
    found: list[CompValue] = []

    def visit(part: object) -> None:
        if isinstance(part, CompValue) and part.name == "BGP":
            found.append(part)

    traverse(parsed, visitPre=visit)
    return found


def _steps(path: object) -> Iterator[URIRef]:
    if isinstance(path, URIRef):
        yield path
    for part in (getattr(path, "path", None), getattr(path, "arg", None), *getattr(path, "args", ())):
        if part is not None:
            yield from _steps(part)
