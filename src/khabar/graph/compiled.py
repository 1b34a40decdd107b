"""Shapes as functions: what the core language says of a node, taken apart once and then only applied.

pyshacl looks the parameters of a shape up again, and builds its constraints anew, at every focus node: nearly
all the time of validating an article went there.  What is compiled here gives the same results, as
tests/test_engines.py proves; a shape that uses anything beyond the core language is left to pyshacl.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.graph import constraints, paths
from khabar.graph.constraints import Check, Conforms
from khabar.graph.report import local
from khabar.graph.triples import TYPE, Term, Triples
from khabar.vocab import RDFS, SH


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(str(SH) + name)


class Finding(NamedTuple):
    """One result, in the terms of pyoxigraph."""

    focus: Term
    path: Term | None  # a property, or the node of the shapes that describes the path
    value: Term | None
    shape: Term
    component: Term
    severity: Term
    inside: tuple[Finding, ...] = ()  # what made a sh:node fail


class Malformed(ValueError):
    """A shape that says what SHACL does not allow."""

    def __init__(self, node: Term, problem: str) -> None:
        super().__init__(problem)
        self.node = node
        self.problem = problem


@dataclass(slots=True)
class Shape:
    """A node shape or a property shape, ready to be applied."""

    node: Term
    path: paths.Path | None
    path_node: Term | None
    severity: Term
    checks: list[tuple[Term, Check]] = field(default_factory=list)
    nested: list[Shape] = field(default_factory=list)  # of sh:node, whose findings explain its own
    parts: list[Shape] = field(default_factory=list)  # of sh:property
    closed: frozenset[Term] | None = None  # the properties that a node may have

    def findings(self, data: Triples, focus: Term) -> Iterator[Finding]:
        """What FOCUS does not hold."""
        values = {focus: None} if self.path is None else self.path(data, focus)
        for component, check in self.checks:
            for value in check(data, focus, values):
                inside = self._inside(data, value) if component == _NODE and value is not None else ()
                yield Finding(focus, self.path_node, value, self.node, component, self.severity, inside)
        if self.closed is not None:
            for predicate, value in constraints.unforeseen(data, values, self.closed):
                yield Finding(focus, predicate, value, self.node, _CLOSED, self.severity)
        for part in self.parts:
            for value in values:
                yield from part.findings(data, value)

    def conforms(self, data: Triples, node: Term) -> bool:
        """Whether NODE holds all of it."""
        return next(self.findings(data, node), None) is None

    def _inside(self, data: Triples, value: Term) -> tuple[Finding, ...]:
        return tuple(finding for shape in self.nested for finding in shape.findings(data, value))


_NODE: Final = _sh("NodeConstraintComponent")
_CLOSED: Final = _sh("ClosedConstraintComponent")

# What needs only its value: parameter -> component, maker of the check.
_PLAIN: Final[dict[Term, tuple[Term, Callable[[Term], Check]]]] = {
    _sh(parameter): (_sh(f"{parameter[0].upper()}{parameter[1:]}ConstraintComponent"), make)
    for parameter, make in {
        "class": constraints.of_class, "datatype": constraints.of_datatype, "nodeKind": constraints.of_kind,
        "minCount": constraints.at_least, "maxCount": constraints.at_most,
        "minExclusive": constraints.above, "minInclusive": constraints.from_,
        "maxExclusive": constraints.below, "maxInclusive": constraints.to,
        "minLength": constraints.as_long_as, "maxLength": constraints.no_longer_than,
        "uniqueLang": constraints.unique_languages, "hasValue": constraints.having,
        "equals": constraints.same_as, "disjoint": constraints.apart_from,
        "lessThan": lambda other: constraints.before(other, or_equal=False),
        "lessThanOrEquals": lambda other: constraints.before(other, or_equal=True),
    }.items()
}  # fmt: skip
_LISTS: Final[dict[Term, tuple[Term, Callable[[list[Conforms]], Check]]]] = {
    _sh("and"): (_sh("AndConstraintComponent"), constraints.all_of),
    _sh("or"): (_sh("OrConstraintComponent"), constraints.any_of),
    _sh("xone"): (_sh("XoneConstraintComponent"), constraints.one_of),
}
SINGLE: Final = frozenset(map(_sh, (
    "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive",
    "maxInclusive", "minLength", "maxLength", "uniqueLang", "in", "languageIn", "closed", "ignoredProperties",
    "path", "severity", "deactivated", "qualifiedValueShapesDisjoint", "qualifiedMinCount",
    "qualifiedMaxCount",
)))  # fmt: skip
_ONLY_WITH_PATH: Final = frozenset(map(_sh, (
    "minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape",
)))  # fmt: skip
REFERRING: Final = tuple(map(_sh, ("property", "node", "not", "qualifiedValueShape")))
_PATTERN, _FLAGS, _IN, _LANGUAGES = _sh("pattern"), _sh("flags"), _sh("in"), _sh("languageIn")
_PROPERTY, _NOT, _QUALIFIED = _sh("property"), _sh("not"), _sh("qualifiedValueShape")
_CLOSE, _IGNORED, _PATH, _REFERS = _sh("closed"), _sh("ignoredProperties"), _sh("path"), _sh("node")

# What says nothing that has to be checked, or is said to pyoxigraph and pyshacl.
_SILENT: Final = frozenset({
    TYPE, _PATH, _FLAGS, _IGNORED, _sh("severity"), _sh("deactivated"), _sh("message"), _sh("sparql"),
    _sh("targetNode"), _sh("targetClass"), _sh("targetSubjectsOf"), _sh("targetObjectsOf"), _sh("target"),
    _sh("name"), _sh("description"), _sh("order"), _sh("group"), _sh("defaultValue"), _sh("declare"),
    _sh("prefixes"), _sh("qualifiedMinCount"), _sh("qualifiedMaxCount"), _sh("qualifiedValueShapesDisjoint"),
    ox.NamedNode(RDFS.label), ox.NamedNode(RDFS.comment),
})  # fmt: skip


class Compiler:
    """Makes each shape of a shapes graph once."""

    def __init__(self, shapes: Triples) -> None:
        self.shapes = shapes
        self._made: dict[Term, Shape] = {}
        self._making: list[Term] = []

    def __call__(self, node: Term) -> Shape:
        """The shape of that name; raises Malformed, also where it leads back to itself."""
        if node in self._making:
            raise Recursive(node, tuple(self._making[self._making.index(node) :]))
        made = self._made.get(node)
        if made is None:
            self._making.append(node)
            try:
                made = self._made[node] = self._make(node)
            except Malformed:
                raise
            except ValueError as error:
                raise Malformed(node, str(error)) from error
            finally:
                self._making.pop()
        return made

    def _make(self, node: Term) -> Shape:
        said = self.shapes.by_subject.get(node, {})
        for predicate in said.keys() & SINGLE:
            if len(said[predicate]) > 1:
                raise Malformed(
                    node, f"has {len(said[predicate])} values of {_short(predicate)}, and may have one"
                )
        path_node = self.shapes.object(node, _PATH)
        path = None if path_node is None else paths.compiled(self.shapes, path_node)
        severity = self.shapes.object(node, _sh("severity")) or _sh("Violation")
        shape = Shape(node, path, path_node, severity)
        if self._is(node, "deactivated"):
            return shape
        if path is None and (wrong := said.keys() & _ONLY_WITH_PATH):
            raise Malformed(node, f"has {_short(min(wrong, key=str))}, which needs sh:path beside it")
        for predicate, values in said.items():
            for value in values:
                self._take(shape, predicate, value)
        return shape

    def _take(self, shape: Shape, predicate: Term, value: Term) -> None:
        if predicate in _SILENT:
            return
        if predicate in _PLAIN:
            component, make = _PLAIN[predicate]
            shape.checks.append((component, make(value)))
        elif predicate in _LISTS:
            component, combine = _LISTS[predicate]
            shape.checks.append(
                (component, combine([self(member).conforms for member in self.shapes.items(value)]))
            )
        elif predicate == _PROPERTY:
            if self.shapes.object(value, _PATH) is None:
                raise Malformed(shape.node, "has a sh:property that is no property shape: it has no sh:path")
            shape.parts.append(self(value))
        elif predicate == _REFERS:
            shape.nested.append(self(value))
            shape.checks.append((_NODE, constraints.conforming(self(value).conforms)))
        elif predicate == _NOT:
            shape.checks.append(
                (_sh("NotConstraintComponent"), constraints.not_conforming(self(value).conforms))
            )
        else:
            self._take_rest(shape, predicate, value)

    def _take_rest(self, shape: Shape, predicate: Term, value: Term) -> None:
        if predicate == _IN:
            check = constraints.listed(self.shapes.items(value))
            shape.checks.append((_sh("InConstraintComponent"), check))
        elif predicate == _PATTERN:
            check = constraints.like(value, self.shapes.object(shape.node, _FLAGS))
            shape.checks.append((_sh("PatternConstraintComponent"), check))
        elif predicate == _LANGUAGES:
            check = constraints.in_language(self.shapes.items(value))
            shape.checks.append((_sh("LanguageInConstraintComponent"), check))
        elif predicate == _CLOSE:
            shape.closed = self._foreseen(shape.node) if self._is(shape.node, "closed") else None
        elif predicate == _QUALIFIED:
            shape.checks.extend(self._qualified(shape.node, value))

    def _foreseen(self, node: Term) -> frozenset[Term]:
        parts = self.shapes.objects(node, _PROPERTY)
        own = {path for part in parts for path in self.shapes.objects(part, _PATH)}
        lists = self.shapes.objects(node, _IGNORED)
        return frozenset(own.union(*(self.shapes.items(head) for head in lists)))

    def _qualified(self, node: Term, value: Term) -> Iterator[tuple[Term, Check]]:
        shape = self(value).conforms
        siblings: list[Conforms] = [self(other).conforms for other in self._siblings(node, value)]
        for count in self.shapes.objects(node, _sh("qualifiedMinCount")):
            least = constraints.whole(count)
            check = constraints.qualified(shape, siblings, least.__le__)
            yield _sh("QualifiedMinCountConstraintComponent"), check
        for count in self.shapes.objects(node, _sh("qualifiedMaxCount")):
            most = constraints.whole(count)
            check = constraints.qualified(shape, siblings, most.__ge__)
            yield _sh("QualifiedMaxCountConstraintComponent"), check

    def _siblings(self, node: Term, value: Term) -> list[Term]:
        """https://www.w3.org/TR/shacl/#dfn-sibling-shapes"""
        if not self._is(node, "qualifiedValueShapesDisjoint"):
            return []
        parents = self.shapes.subjects(_PROPERTY, node)
        parts = (part for parent in parents for part in self.shapes.objects(parent, _PROPERTY))
        found = dict.fromkeys(shape for part in parts for shape in self.shapes.objects(part, _QUALIFIED))
        return [shape for shape in found if shape != value]

    def _is(self, node: Term, flag: str) -> bool:
        return constraints.TRUE in self.shapes.objects(node, _sh(flag))


class Recursive(Malformed):
    """A shape that leads back to itself, which SHACL leaves undefined."""

    def __init__(self, node: Term, circle: tuple[Term, ...]) -> None:
        super().__init__(node, f"leads back to itself: {' → '.join(map(_short, (*circle, node)))}")


def _short(term: Term) -> str:
    value = constraints.text(term)
    if value is None:
        return "a shape without an IRI"
    return f"sh:{value[len(SH) :]}" if value.startswith(str(SH)) else local(value)
