"""What a literal is worth: whether it is well-formed, and which of two is the smaller."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import pyoxigraph as ox
from rdflib import Literal, URIRef

from khabar.vocab import XSD

KEPT: Final = 100_000  # answers remembered
INTEGER: Final = ox.NamedNode(XSD.integer)
BOOLEAN: Final = ox.NamedNode(XSD.boolean)
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")  # pyoxigraph counts in 64 bits
_TRUE: Final = {"true": True, "1": True, "false": False, "0": False}
_NOWHERE: Final = ox.Store()


@lru_cache(KEPT)
def well_formed(literal: ox.Literal) -> bool:
    """Whether the text of a literal is one that its datatype knows, as rdflib judges it."""
    if literal.datatype == INTEGER and _WHOLE.fullmatch(literal.value):
        return True
    datatype = URIRef(literal.datatype.value)
    return not Literal(literal.value, datatype=datatype, normalize=False).ill_typed


def less(one: object, other: object, *, or_equal: bool = False) -> bool:
    """Whether ONE comes before OTHER, as SPARQL compares; False where it cannot."""
    if not isinstance(one, ox.Literal) or not isinstance(other, ox.Literal):
        return False
    if (a := _number(one)) is not None and (b := _number(other)) is not None:
        return a <= b if or_equal else a < b
    if one.datatype == BOOLEAN == other.datatype:  # which pyoxigraph does not order
        c, d = _TRUE.get(one.value), _TRUE.get(other.value)
        return c is not None and d is not None and (c <= d if or_equal else c < d)
    return _asked(one, other, "<=" if or_equal else "<")


def _number(literal: ox.Literal) -> int | None:
    if literal.datatype == INTEGER and _WHOLE.fullmatch(literal.value):
        return int(literal.value)
    return None


@lru_cache(KEPT)
def _asked(one: ox.Literal, other: ox.Literal, operator: str) -> bool:
    """https://www.w3.org/TR/sparql11-query/#OperatorMapping"""
    solutions = _NOWHERE.query(f"SELECT ({one} {operator} {other} AS ?is) {{}}")
    rows = [row["is"] for row in solutions]  # type: ignore[union-attr]
    return rows == [_YES]


_YES: Final = ox.Literal(True)
