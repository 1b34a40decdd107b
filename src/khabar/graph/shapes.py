"""Shapes: the rules in shapes/, read once and taken apart by who evaluates them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.paths import MulPath, SequencePath

from khabar.errors import KnowledgeError
from khabar.graph.compiled import Compiler, Malformed, Shape
from khabar.graph.documents import Document, open_document
from khabar.graph.pairs import Pairs, pairs
from khabar.graph.report import local
from khabar.graph.selects import finds_this, is_plain, queried
from khabar.graph.terms import OxTerm, Term, copied, described, from_ox, moved, objects, subjects, to_ox
from khabar.graph.triples import Triples
from khabar.vocab import DEFAULT_BASE, OWL, RDF, RDFS, SH

ARTICLE: Final = "article"  # what kh:scope says of a shape that one article's graphs are enough for
CORPUS: Final = "corpus"  # and of one that has to see all of them together

NO_MESSAGE: Final = (Literal("The shape has no message."),)

# The predicates whose objects are properties that a constraint looks at (rdf:first: steps of a path).
SPOKEN: Final = (
    SH.path, SH.inversePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath, RDF.first,
    SH.lessThan, SH.lessThanOrEquals, SH.equals, SH.disjoint, SH.targetSubjectsOf, SH.targetObjectsOf,
)  # fmt: skip

_DECLARING: Final = SequencePath(SH.prefixes, MulPath(OWL.imports, "*"))

# How a shape refers to another, in a list too.
REFERRING: Final = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape, RDF.first)

TARGETS: Final = (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)


@dataclass(frozen=True, slots=True)
class Rule:
    """One `sh:sparql` constraint of a shape that has targets of its own."""

    shape: Term
    node: Term  # the constraint itself
    select: str  # with its prefixes
    severity: Term
    messages: tuple[Literal, ...]

    @property
    def finds_this(self) -> bool:
        """Whether the query, asked of many nodes at once, finds the same for every one."""
        return finds_this(self.select)

    @property
    def pairs(self) -> Pairs | None:
        """The query as two patterns that are compared, if it is one."""
        return pairs(self.select) if self.finds_this else None


@dataclass(frozen=True, slots=True)
class Aim:
    """The targets of a shape: https://www.w3.org/TR/shacl/#targets"""

    nodes: tuple[OxTerm, ...]
    classes: tuple[OxTerm, ...]  # those that are shapes themselves included
    subjects_of: tuple[OxTerm, ...]
    objects_of: tuple[OxTerm, ...]


@dataclass(frozen=True)
class Shapes:
    """A shapes graph, parsed and taken apart once."""

    graph: Graph
    base: str = DEFAULT_BASE  # of the data that they are for
    scope: str | None = None  # ARTICLE or CORPUS; None for both
    chosen: frozenset[Term] | None = None  # the only ones that look for focus nodes; None for all

    @cached_property
    def aims(self) -> dict[Term, Aim]:
        """Where each targeted shape looks for its focus nodes."""
        return {shape: self._aim(shape) for shape in self.targeted()}

    def _aim(self, shape: Term) -> Aim:
        nodes, classes, subjects_of, objects_of = (
            tuple(to_ox(value) for value in objects(self.graph, shape, target))
            for target in (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
        )
        implicit = (to_ox(shape),) if (shape, RDF.type, RDFS.Class) in self.graph else ()
        return Aim(nodes, (*classes, *implicit), subjects_of, objects_of)

    @cached_property
    def queried(self) -> frozenset[URIRef] | None:
        """The properties that the rules ask for; None where that may be any."""
        asked = [queried(rule.select) for rule in self.rules]
        found = [verbs for verbs in asked if verbs is not None]
        return None if len(found) < len(asked) else frozenset().union(*found)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """What pyoxigraph evaluates."""
        return tuple(sorted(self._rules(), key=lambda rule: (str(rule.shape), str(rule.node))))

    @cached_property
    def triples(self) -> Triples:
        """The shapes graph as the compiler reads it."""
        return Triples(ox.Triple(*map(to_ox, triple)) for triple in self.graph)  # type: ignore[arg-type]

    @cached_property
    def compiled(self) -> tuple[Shape, ...]:
        """The targeted shapes that need nothing beyond the core language and sh:sparql of their own."""
        foreign = set(self.foreign)
        return tuple(self._compiler(to_ox(shape)) for shape in self.targeted() if shape not in foreign)

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler(self.triples)

    def examine(self) -> None:
        """Compile every shape that is reached, whoever evaluates it; raises Malformed."""
        for shape in self.targeted():
            self._compiler(to_ox(shape))

    @cached_property
    def foreign(self) -> tuple[Term, ...]:
        """The targeted shapes that only pyshacl can evaluate."""
        mine = {rule.node for rule in self.rules}
        return tuple(shape for shape in self.targeted() if self._beyond(shape, mine))

    def _beyond(self, shape: Term, mine: set[Term]) -> bool:
        """Whether a shape, or one inside it, uses SPARQL that is not MINE, or a component of its own."""
        beyond = {SH.sparql, *self._parameters()}
        used = [(p, o) for _, p, o in self._reached([shape]) if p in beyond]
        return any(o not in mine or not is_plain(str(self.graph.value(o, SH.select))) for _, o in used)

    def _parameters(self) -> set[Term]:
        """The parameters of components that the shapes graph declares itself."""
        declared = (p for _, p in self.graph.subject_objects(SH.parameter) if isinstance(p, URIRef | BNode))
        return {path for parameter in declared for path in objects(self.graph, parameter, SH.path)}

    def for_pyshacl(self, shapes: Iterable[Term]) -> Graph:
        """The shapes graph in which only these SHAPES look for focus nodes."""
        graph = copied(self.graph)
        graph.namespace_manager = self.graph.namespace_manager
        for shape in self._active() - set(shapes):
            graph.add((shape, SH.deactivated, Literal(True)))
        return graph

    def scoped(self, scope: str) -> Shapes:
        """The shapes that kh:scope gives to ARTICLE or to CORPUS; one without a scope is for the corpus."""
        return replace(self, scope=scope)

    def targeted(self) -> list[Term]:
        """The active shapes of the scope that look for focus nodes themselves, sorted."""
        mine = (shape for shape in self._active() if self.scope in (None, self._scope(shape) or CORPUS))
        return sorted((shape for shape in mine if self.chosen is None or shape in self.chosen), key=str)

    def only(self, shapes: Iterable[Term]) -> Shapes:
        """These shapes alone."""
        return replace(self, chosen=frozenset(shapes))

    def saying(self, scope: str) -> Shapes:
        """The shapes that name that scope themselves."""
        return self.only(shape for shape in self.targeted() if self._scope(shape) == scope)

    def without(self, scope: str) -> Shapes:
        """The shapes that do not name that scope themselves."""
        return self.only(shape for shape in self.targeted() if self._scope(shape) != scope)

    def _active(self) -> set[Term]:
        found: set[Term] = set().union(*(subjects(self.graph, target) for target in TARGETS))
        found |= subjects(self.graph, RDF.type, RDFS.Class) & subjects(self.graph, RDF.type, SH.NodeShape)
        return found - subjects(self.graph, SH.deactivated, Literal(True))

    def constrains(self, shape: Term) -> bool:
        """Whether a compiled shape can be at fault itself, and not only its parts."""
        made = self._compiler(to_ox(shape))
        return bool(made.checks) or made.closed is not None

    def paths(self) -> set[Term]:
        """The properties that constraints and targets of the core language look at, the class apart."""
        return {value for _, predicate, value in self._reached() if predicate in SPOKEN}

    def classes(self) -> set[Term]:
        """The classes that the core language asks of a node, or targets."""
        asked = (SH.targetClass, SH["class"])
        implicit = subjects(self.graph, RDF.type, RDFS.Class)
        return implicit | {value for _, predicate, value in self._reached() if predicate in asked}

    def looked_at(self) -> set[URIRef] | None:
        """Every property that the shapes look at, queries included; None where that may be any."""
        found = {path for path in self.paths() if isinstance(path, URIRef)}
        asked = self.queried
        return None if self.closed() or self.foreign or asked is None else found | asked

    def closed(self) -> bool:
        """Whether a shape looks at every property of its nodes."""
        return any(predicate == SH.closed for _, predicate, _ in self._reached())

    def _reached(self, shapes: Iterable[Term] | None = None) -> list[tuple[Term, Term, Term]]:
        """What the SHAPES say, or those of the scope, and the shapes and lists inside them."""
        found: dict[tuple[Term, Term, Term], None] = {}
        nodes = dict.fromkeys(self.targeted() if shapes is None else shapes)
        waiting = list(nodes)
        for node in waiting:  # grows as further nodes are reached
            for predicate, value in described(self.graph, node):
                found[node, predicate, value] = None
                if value not in nodes:
                    nodes[value] = None
                    waiting.append(value)
        return list(found)

    def _scope(self, shape: Term) -> str:
        return str(next(iter(objects(self.graph, shape, URIRef(f"{self.base}ont#scope"))), ""))

    def _rules(self) -> Iterator[Rule]:
        for shape in self.targeted():
            if (
                any((None, verb, shape) in self.graph for verb in REFERRING)
                or (shape, SH.path, None) in self.graph
            ):
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
            for declaring in self.graph.objects(node, _DECLARING)
            for d in self.graph.objects(declaring, SH.declare)
        }
        return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(declared))


def load_shapes(paths: Sequence[Path], base: str = DEFAULT_BASE) -> Shapes:
    """Read shapes from Turtle files, for data under BASE; raises KnowledgeError.

    A file without a shape that looks for anything is an error: with it, everything would conform.
    """
    return shapes_of([open_document(path) for path in paths], base)


def shapes_of(documents: Sequence[Document], base: str = DEFAULT_BASE) -> Shapes:
    """The shapes of DOCUMENTS, for data under BASE; raises KhabarError."""
    graph = Graph()
    for document in documents:
        for quad in document.quads():
            subject, predicate, value = (from_ox(t) for t in (quad.subject, quad.predicate, quad.object))
            graph.add((moved(subject, base), moved(predicate, base), moved(value, base)))
        for prefix, namespace in document.prefixes().items():
            graph.bind(prefix, namespace)  # pyshacl falls back on these in sh:sparql
    where = ", ".join(Path(document.name).name for document in documents) or "the shapes"
    shapes = Shapes(graph, base)
    if not any(subjects(graph, target) for target in TARGETS) and not shapes.targeted():
        raise KnowledgeError(
            where=where,
            problem="holds no shape with a target, so any data would conform to it",
            fix="check the prefix sh: and that a shape has sh:targetClass or another target",
        )
    for rule in shapes.rules:
        _check_query(rule)  # now, not when data first needs it
    try:
        shapes.examine()
    except Malformed as error:
        named = (
            "a shape without an IRI" if isinstance(error.node, ox.BlankNode) else local(from_ox(error.node))
        )
        raise KnowledgeError(
            where=f"{where}, {named}", problem=error.problem, fix="correct the shape"
        ) from error
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
