"""Shapes: the rules in shapes/, read once and taken apart by who evaluates them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef

from khabar.errors import KnowledgeError
from khabar.graph.report import local
from khabar.graph.terms import Term, copied, described, moved, objects, subjects
from khabar.knowledge.turtle import Turtle
from khabar.vocab import DEFAULT_BASE, RDF, RDFS, SH

ARTICLE: Final = "article"  # what kh:scope says of a shape that one article's graphs are enough for
CORPUS: Final = "corpus"  # and of one that has to see all of them together

NO_MESSAGE: Final = (Literal("The shape has no message."),)

# The predicates whose objects are properties that a constraint looks at (rdf:first: steps of a path).
SPOKEN: Final = (
    SH.path, SH.inversePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath, RDF.first,
    SH.lessThan, SH.lessThanOrEquals, SH.equals, SH.disjoint, SH.targetSubjectsOf, SH.targetObjectsOf,
)  # fmt: skip

WORDS: Final = (SH.message, SH.name, SH.description, SH.order, SH.group, RDFS.label, RDFS.comment)

TARGETS: Final = (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)


@dataclass(frozen=True, slots=True)
class Rule:
    """One `sh:sparql` constraint of a shape that has targets of its own."""

    shape: Term
    node: Term  # the constraint itself
    select: str  # with its prefixes
    severity: Term
    messages: tuple[Literal, ...]


@dataclass(frozen=True)
class Shapes:
    """A shapes graph, parsed and taken apart once."""

    graph: Graph
    base: str = DEFAULT_BASE  # of the data that they are for
    scope: str | None = None  # ARTICLE or CORPUS; None for both

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """What pyoxigraph evaluates."""
        return tuple(sorted(self._rules(), key=lambda rule: (str(rule.shape), str(rule.node))))

    @cached_property
    def core(self) -> Graph:
        """What pyshacl evaluates: all the rest, without the words, which only slow it down.

        At each focus node it looks up every predicate of a shape in a list of forty parameters;
        messages are three quarters of those, and a report takes them from `graph`.
        """
        core = copied(triple for triple in self.graph if triple[1] not in WORDS)
        for rule in self.rules:
            core.remove((rule.shape, SH.sparql, rule.node))
        for shape in self._active() - set(self.targeted()):
            core.add((shape, SH.deactivated, Literal(True)))
        return core

    def scoped(self, scope: str) -> Shapes:
        """The shapes that kh:scope gives to ARTICLE or to CORPUS; one without a scope is for the corpus."""
        return replace(self, scope=scope)

    def targeted(self) -> list[Term]:
        """The active shapes of the scope that look for focus nodes themselves, sorted."""
        mine = (shape for shape in self._active() if self.scope in (None, self._scope(shape)))
        return sorted(mine, key=str)

    def _active(self) -> set[Term]:
        found: set[Term] = set().union(*(subjects(self.graph, target) for target in TARGETS))
        found |= subjects(self.graph, RDF.type, RDFS.Class) & subjects(self.graph, RDF.type, SH.NodeShape)
        return found - subjects(self.graph, SH.deactivated, Literal(True))

    def paths(self) -> set[Term]:
        """The properties that constraints and targets of the core language look at, the class apart."""
        return {value for _, predicate, value in self._reached() if predicate in SPOKEN}

    def classes(self) -> set[Term]:
        """The classes that the core language asks of a node, or targets."""
        asked = (SH.targetClass, SH["class"])
        implicit = subjects(self.graph, RDF.type, RDFS.Class)
        return implicit | {value for _, predicate, value in self._reached() if predicate in asked}

    def closed(self) -> bool:
        """Whether a shape looks at every property of its nodes."""
        return any(predicate == SH.closed for _, predicate, _ in self._reached())

    def _reached(self) -> list[tuple[Term, Term, Term]]:
        """What the shapes of the scope say, and the shapes and lists inside them."""
        found: dict[tuple[Term, Term, Term], None] = {}
        nodes = dict.fromkeys(self.targeted())
        waiting = list(nodes)
        for node in waiting:  # grows as further nodes are reached
            for predicate, value in described(self.graph, node):
                found[node, predicate, value] = None
                if value not in nodes:
                    nodes[value] = None
                    waiting.append(value)
        return list(found)

    def _scope(self, shape: Term) -> str:
        return str(next(iter(objects(self.graph, shape, URIRef(f"{self.base}ont#scope"))), CORPUS))

    def _rules(self) -> Iterator[Rule]:
        for shape in self.targeted():
            if (None, None, shape) in self.graph or (shape, SH.path, None) in self.graph:
                continue  # what another shape refers to, or a path leads to, has focus nodes of that one
            for node in objects(self.graph, shape, SH.sparql):
                if (node, SH.deactivated, Literal(True)) not in self.graph:
                    yield self._rule(shape, node)

    def _rule(self, shape: Term, node: Term) -> Rule:
        select = f"{self._prefixes(node)}{self.graph.value(node, SH.select) or ''}"
        severity = next(iter(objects(self.graph, shape, SH.severity)), SH.Violation)
        messages = objects(self.graph, node, SH.message) or objects(self.graph, shape, SH.message)
        return Rule(shape, node, select, severity, by_language(messages))

    def _prefixes(self, node: Term) -> str:
        declared = {
            (str(self.graph.value(d, SH.prefix)), str(self.graph.value(d, SH.namespace)))
            for declaring in self.graph.objects(node, SH.prefixes)
            for d in self.graph.objects(declaring, SH.declare)
        }
        return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(declared))


def load_shapes(paths: Sequence[Path], base: str = DEFAULT_BASE) -> Shapes:
    """Read shapes from Turtle files, for data under BASE; raises KnowledgeError.

    A file without a shape that looks for anything is an error: with it, everything would conform.
    """
    turtle = Turtle.read(*paths)
    graph = Graph()
    for subject, said in turtle.subjects.items():
        for predicate, values in said.items():
            for value in values:
                graph.add((moved(subject, base), moved(predicate, base), moved(value, base)))
    shapes = Shapes(graph, base)
    if not shapes.targeted():
        raise KnowledgeError(
            where=", ".join(path.name for path in paths) or "the shapes",
            problem="holds no shape with a target, so any data would conform to it",
            fix="check the prefix sh: and that a shape has sh:targetClass or another target",
        )
    for rule in shapes.rules:
        _check_query(rule)  # now, not when data first needs it
    return shapes


def _check_query(rule: Rule) -> None:
    try:
        ox.Store().query(rule.select)
    except SyntaxError as error:
        raise KnowledgeError(
            where=f"the shapes, {local(rule.node)}",
            problem=f"has a sh:select that is not SPARQL: {str(error).splitlines()[0][:100]}",
            fix="correct the query; prefixes come from sh:prefixes and sh:declare",
        ) from error


def by_language(messages: Iterable[Term]) -> tuple[Literal, ...]:
    """Messages in the order of their languages; one that says that there is none, if there is none."""
    found = {text for text in messages if isinstance(text, Literal)}
    return tuple(sorted(found, key=lambda text: (text.language or "", str(text)))) or NO_MESSAGE
