"""Queries that compare two things said of one node, such as two dates of an event, without trying every pair.

An engine joins all that the one pattern matches with all that the other does, and filters then: a hundred
million pairs where ten thousand articles name the chair of a body.  Here each pattern is asked for alone, and
what they find is divided at the comparisons, so that hardly a pair is put together that does not fit:
n (log n)^k steps for n solutions and k comparisons, and one for each result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

import pyoxigraph as ox
from rdflib import URIRef, Variable

from khabar.graph.selects import THIS, algebra, is_plain

Row = Mapping[str, Any]  # a term of pyoxigraph for each variable
Key = tuple[str, ...]  # what the comparisons look at, in their order
Pair = tuple[Key, Key]

_SIGNS: Final = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge, "!=": ne}
_ORDER: Final = tuple(_SIGNS)  # in which they are applied: what leaves out most comes first
_TURNED: Final = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}
_FEW: Final = 64  # pairs that are tried one by one


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two patterns."""

    variables: frozenset[str]
    select: str  # finds $this, and all of them


@dataclass(frozen=True, slots=True)
class Pairs:
    """A query of two patterns, and how their solutions are joined."""

    left: Side
    right: Side
    shared: tuple[str, ...]  # variables of both, $this among them: the same term on either side
    comparisons: tuple[tuple[str, str, str], ...]  # STR of the one's variable, sign, STR of the other's
    listed: Mapping[str, frozenset[ox.NamedNode]]  # what a variable may be
    projected: tuple[str, ...]
    is_distinct: bool

    def joined(self, left: Iterable[Row], right: Iterable[Row]) -> list[dict[str, Any]]:
        """The solutions of the query, from those of its sides; in no order."""
        rights = self._grouped(right, 2)
        found = [
            {**one, **other}
            for shared, keys in self._grouped(left, 0).items()
            for a, b in fitting(list(keys), list(rights.get(shared, ())), self._signs())
            for one, other in product(keys[a], rights[shared][b])
        ]
        rows = [tuple(row[name] for name in self.projected) for row in found]
        told = dict.fromkeys(rows) if self.is_distinct else rows
        return [dict(zip(self.projected, row, strict=True)) for row in told]

    def _signs(self) -> tuple[str, ...]:
        return tuple(sign for _, sign, _ in self.comparisons)

    def _grouped(self, rows: Iterable[Row], side: int) -> Mapping[tuple[Any, ...], Mapping[Key, list[Row]]]:
        """Rows by their shared terms, and by what is compared; STR of a blank node is an error."""
        names = [comparison[side] for comparison in self.comparisons]
        found: defaultdict[tuple[Any, ...], defaultdict[Key, list[Row]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for row in rows:
            terms = [row[name] for name in names]
            if any(isinstance(term, ox.BlankNode) for term in terms):
                continue
            if all(row[name] in allowed for name, allowed in self.listed.items() if name in row):
                found[tuple(row[name] for name in self.shared)][tuple(t.value for t in terms)].append(row)
        return found


@lru_cache(maxsize=256)
def pairs(select: str) -> Pairs | None:
    """A query as two patterns that are compared; None for every other query."""
    parsed = algebra(select)
    if parsed is None or not is_plain(select) or parsed.name != "SelectQuery":
        return None
    part = parsed["p"]
    is_distinct = part.name == "Distinct"
    part = part["p"] if is_distinct else part
    if part.name != "Project" or part["p"].name != "Filter" or part["p"]["p"].name != "BGP":
        return None
    sides = _sides(part["p"]["p"]["triples"])
    if sides is None:
        return None
    left, right = sides
    shared = left.variables & right.variables
    conditions = _conditions(part["p"]["expr"], left.variables - shared, right.variables - shared)
    if conditions is None:
        return None
    comparisons, listed = conditions
    projected = tuple(map(str, part["PV"]))
    if not {*projected, *listed} <= left.variables | right.variables:
        return None
    return Pairs(left, right, tuple(sorted(shared)), comparisons, listed, projected, is_distinct)


def _sides(triples: Iterable[tuple[Any, ...]]) -> tuple[Side, Side] | None:
    """The triples of each of two variables, where every one is of one of them and both speak of $this."""
    stars: defaultdict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for triple in triples:
        stars[triple[0]].append(triple)
    terms = {term for star in stars.values() for triple in star for term in triple}
    is_simple = all(isinstance(term, URIRef | Variable) for term in terms)
    if len(stars) != 2 or not is_simple or not all(isinstance(node, Variable) for node in stars):
        return None
    first, second = (_side(star) for star in stars.values())
    both = first.variables & second.variables
    if str(THIS) not in both or not both.isdisjoint(map(str, stars)):
        return None
    return first, second


def _side(star: Iterable[tuple[Any, ...]]) -> Side:
    star = sorted(star, key=lambda triple: (THIS not in triple, triple))
    variables = sorted({str(term) for triple in star for term in triple if isinstance(term, Variable)})
    patterns = " ".join(f"{' '.join(term.n3() for term in triple)} ." for triple in star)
    return Side(frozenset(variables), f"SELECT {' '.join(f'?{name}' for name in variables)} {{ {patterns} }}")


Conditions = tuple[tuple[tuple[str, str, str], ...], dict[str, frozenset[ox.NamedNode]]]


def _conditions(expression: Any, left: frozenset[str], right: frozenset[str]) -> Conditions | None:
    """The parts of a filter, if each compares STR of a variable of LEFT and of RIGHT, or lists IRIs."""
    comparisons = []
    listed: dict[str, frozenset[ox.NamedNode]] = {}
    for one in _conjuncts(expression):
        if getattr(one, "name", "") != "RelationalExpression":
            return None
        sign, said, other = one["op"], one["expr"], one["other"]
        if sign == "IN" and isinstance(said, Variable) and all(isinstance(x, URIRef) for x in other):
            iris = frozenset(map(ox.NamedNode, other))
            listed[str(said)] = listed.get(str(said), iris) & iris
            continue
        names = tuple(str(x["arg"]) if getattr(x, "name", "") == "Builtin_STR" else "" for x in (said, other))
        if names[0] in right:
            sign, names = _TURNED.get(sign, ""), names[::-1]
        if sign not in _SIGNS or names[0] not in left or names[1] not in right:
            return None
        comparisons.append((names[0], str(sign), names[1]))
    return tuple(sorted(comparisons, key=lambda one: _ORDER.index(one[1]))), listed


def _conjuncts(expression: Any) -> Iterator[Any]:
    if getattr(expression, "name", "") == "ConditionalAndExpression":
        yield from _conjuncts(expression["expr"])
        for one in expression["other"]:
            yield from _conjuncts(one)
    else:
        yield expression


# --- joining


def fitting(left: Sequence[Key], right: Sequence[Key], signs: Sequence[str], at: int = 0) -> Iterator[Pair]:
    """The pairs of LEFT and RIGHT whose parts from AT on compare as SIGNS say; each once, in no order.

    SIGNS are in the order of _ORDER.  Strings compare by code points, as in SPARQL:
    https://www.w3.org/TR/sparql11-query/#func-compare
    """
    if not left or not right:
        return
    if at == len(signs):
        yield from product(left, right)
    elif signs[at] == "!=" or len(left) * len(right) <= _FEW:
        rest = [(place, _SIGNS[signs[place]]) for place in range(at, len(signs))]
        for a, b in product(left, right):
            if all(holds(a[place], b[place]) for place, holds in rest):
                yield a, b
    elif signs[at] == "=":
        groups = _by(right, at)
        for value, keys in _by(left, at).items():
            yield from fitting(keys, groups.get(value, ()), signs, at + 1)
    else:
        yield from _divided(left, right, signs, at)


def _divided(left: Sequence[Key], right: Sequence[Key], signs: Sequence[str], at: int) -> Iterator[Pair]:
    """The pairs of which one part is less than the other: what the middle parts needs no further look."""
    values = sorted({key[at] for key in left} | {key[at] for key in right})
    if len(values) == 1:
        if "=" in signs[at]:
            yield from fitting(left, right, signs, at + 1)
        return
    middle = values[len(values) // 2]
    (low_left, high_left), (low_right, high_right) = (
        ([key for key in keys if key[at] < middle], [key for key in keys if key[at] >= middle])
        for keys in (left, right)
    )
    if "<" in signs[at]:
        yield from fitting(low_left, high_right, signs, at + 1)
    else:
        yield from fitting(high_left, low_right, signs, at + 1)
    yield from fitting(low_left, low_right, signs, at)
    yield from fitting(high_left, high_right, signs, at)


def _by(keys: Iterable[Key], at: int) -> Mapping[str, list[Key]]:
    groups: defaultdict[str, list[Key]] = defaultdict(list)
    for key in keys:
        groups[key[at]].append(key)
    return groups
