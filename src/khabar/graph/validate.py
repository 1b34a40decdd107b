"""Data against SHACL shapes: the core language compiled, `sh:sparql` by pyoxigraph, the rest by pyshacl.

pyshacl is the reference, and ENGINES names it for those who want nothing else.  Left alone it takes the
shapes apart anew at each focus node, and parses each query anew there too: measured, that is all its time but
a twentieth.  pyoxigraph puts a value for `$this` just as SHACL pre-binds it, where the query is plain; where
it is not, and for whatever a shape says beyond the core language, pyshacl is asked.  tests/test_engines.py
holds them to one verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef

from khabar.errors import KhabarError, KnowledgeError
from khabar.graph import reference
from khabar.graph.compiled import Finding
from khabar.graph.pairs import Pairs
from khabar.graph.report import Report, Result, in_order, local
from khabar.graph.selects import among
from khabar.graph.shapes import Rule, Shapes, by_language
from khabar.graph.terms import Term, copied, from_ox, objects, to_ox
from khabar.graph.triples import Term as OxTerm
from khabar.graph.triples import Triples
from khabar.graph.wording import Names, default_message, filled
from khabar.vocab import NIF, RDF, RDFS, SH

# What a shape may ask of the ontology: the classes of a class, and what a property relates.
AXIOMS: Final = (RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range)

MANY: Final = 5_000  # quads from which on loading in bulk is faster
AT_ONCE: Final = 500  # focus nodes of which one query asks
COMPILED: Final = "compiled"
PYSHACL: Final = "pyshacl"
ENGINES: Final = (COMPILED, PYSHACL)


def validate(data: Graph, shapes: Shapes, ontology: Graph | None = None, *, engine: str = COMPILED) -> Report:
    """Check DATA against SHAPES, with the axioms of the ONTOLOGY beside it; raises KhabarError.

    DATA stays as it is.  An error means that the check could not be made, never that it failed.
    """
    beside = None if ontology is None else Beside(as_quads(axioms(ontology)))
    return validate_quads(as_quads(data), shapes, beside, engine=engine)


def axioms(ontology: Graph) -> Graph:
    """What shapes may ask of an ontology: all that need be beside the data."""
    return copied(chain.from_iterable(ontology.triples((None, axiom, None)) for axiom in AXIOMS))


def as_quads(triples: Iterable[tuple[object, ...]]) -> list[ox.Quad]:
    """Triples of rdflib's terms as pyoxigraph takes them, each term converted once."""
    known: dict[object, object] = {}
    found = []
    for triple in triples:
        terms = []
        for term in triple[:3]:
            made = known.get(term)
            if made is None:
                made = known[term] = to_ox(term)
            terms.append(made)
        found.append(ox.Quad(*terms))  # type: ignore[arg-type]
    return found


class Beside:
    """What is beside the data in every check: the axioms, indexed once."""

    def __init__(self, quads: list[ox.Quad]) -> None:
        self.quads = quads
        self.triples = Triples(quads)
        self._asked: dict[frozenset[URIRef] | None, list[ox.Quad]] = {None: quads}

    def asked(self, verbs: frozenset[URIRef] | None) -> list[ox.Quad]:
        """What queries may ask for that name no properties but these; all, where they may name any."""
        known = self._asked.get(verbs)
        if known is None:
            named = {ox.NamedNode(verb) for verb in verbs or ()}
            known = self._asked[verbs] = [quad for quad in self.quads if quad.predicate in named]
        return known


def validate_quads(
    quads: list[ox.Quad], shapes: Shapes, beside: Beside | None = None, *, engine: str = COMPILED
) -> Report:
    """Check QUADS of the default graph, with what is BESIDE them, against SHAPES; raises KhabarError."""
    data = Triples(quads, beside=None if beside is None else beside.triples)
    return _Check(data, shapes, quads, beside).report(engine)


def validate_store(
    store: ox.Store,
    shapes: Shapes,
    *,
    engine: str = COMPILED,
    around: Iterable[ox.NamedNode] | None = None,
) -> Report:
    """Check the default graph of a STORE, which holds the ontology too, against SHAPES of its base.

    Only what the shapes look at is taken out of it, which for rules of the corpus is very little.  With
    AROUND, only these nodes are focus nodes, and those that point to them: all that a change in what is said
    of them can concern, as long as no path of the shapes is longer than one step.
    """
    if around is not None:
        return _Around(store, shapes, around).report(COMPILED)
    data = Triples()
    type_, below = ox.NamedNode(RDF.type), ox.NamedNode(RDFS.subClassOf)
    patterns: list[tuple[ox.NamedNode | None, ox.NamedNode | None]] = [(below, None)]
    patterns += [(None, None)] if shapes.closed() else []
    patterns += [(ox.NamedNode(path), None) for path in shapes.paths() if isinstance(path, URIRef)]
    patterns += [(type_, cls) for top in shapes.classes() for cls in subclasses(store, ox.NamedNode(top))]
    for predicate, value in patterns:
        data.add(store.quads_for_pattern(None, predicate, value, ox.DefaultGraph()))
    return _Check(data, shapes, store).report(engine)


def subclasses(store: ox.Store, cls: ox.NamedNode) -> set[ox.NamedNode]:
    """The class itself and all below it."""
    below = ox.NamedNode(RDFS.subClassOf)
    found, waiting = {cls}, [cls]
    while waiting:
        quads = store.quads_for_pattern(None, below, waiting.pop(), ox.DefaultGraph())
        more = {quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)} - found
        found |= more
        waiting.extend(more)
    return found


class _Check:
    """One check: the data as triples, and as a store when a query wants one."""

    def __init__(
        self,
        data: Triples,
        shapes: Shapes,
        source: list[ox.Quad] | ox.Store,
        beside: Beside | None = None,
    ) -> None:
        self._data = data
        self._shapes = shapes
        self._source = source
        self._beside = beside
        self._store: ox.Store | None = None
        self._names = Names(data if isinstance(source, list) else _Stored(source))
        self._looked: dict[Term, int] = {}

    def report(self, engine: str) -> Report:
        """All results."""
        found = self._by_pyshacl(self._shapes.targeted()) if engine == PYSHACL else self._by_all()
        return Report(in_order(found), self._notes(), self._looked)

    def _by_pyshacl(self, chosen: Iterable[Term]) -> Iterator[Result]:
        nodes = list(chosen)
        self._looked.update({node: len(self._focus_nodes(node)) for node in nodes})
        data, shapes = self._graph(), self._shapes
        yield from reference.results(data, shapes.for_pyshacl(nodes), shapes, self._names)

    def _graph(self) -> Graph:
        source = self._source
        default = ox.DefaultGraph()
        more = [] if self._beside is None else self._beside.quads
        quads = (
            chain(source, more)
            if isinstance(source, list)
            else source.quads_for_pattern(None, None, None, default)
        )
        return copied((from_ox(q.subject), from_ox(q.predicate), from_ox(q.object)) for q in quads)

    def _by_all(self) -> Iterator[Result]:
        foreign = list(self._shapes.foreign)
        rules: dict[Term, list[Rule]] = {}
        for rule in self._shapes.rules:
            rules.setdefault(rule.shape, []).append(rule)
        for shape in self._shapes.compiled:
            node = from_ox(shape.node)
            nodes = self._focus_nodes(node)
            self._looked[node] = len(nodes)
            if any(isinstance(focus, ox.BlankNode) for focus in nodes) and node in rules:
                foreign.append(node)  # pyoxigraph puts no blank node for a variable; pyshacl does
                continue
            for focus in nodes:
                for finding in shape.findings(self._data, focus):
                    yield self._core_result(finding)
            for rule in rules.get(node, ()):
                yield from self._rule_results(rule, nodes)
        if foreign:
            yield from self._by_pyshacl(foreign)

    def _focus_nodes(self, shape: Term) -> list[OxTerm]:
        """https://www.w3.org/TR/shacl/#targets"""
        aim, data = self._shapes.aims[shape], self._data
        found: dict[OxTerm, None] = dict.fromkeys(aim.nodes)
        for predicate in aim.subjects_of:
            found.update(data.subjects_of(predicate))
        for predicate in aim.objects_of:
            found.update(data.objects_of(predicate))
        for cls in aim.classes:
            found.update(data.instances(cls))
        return list(found)

    def _core_result(self, finding: Finding) -> Result:
        shapes, shape = self._shapes, from_ox(finding.shape)
        stated = objects(shapes.graph, shape, SH.message)
        path = finding.path
        return Result(
            focus=(focus := from_ox(finding.focus)),
            name=self._names(focus),
            path=None if path is None else reference.path_of(shapes, path),
            value=None if finding.value is None else from_ox(finding.value),
            shape=shape,
            component=from_ox(finding.component),
            severity=from_ox(finding.severity),
            messages=by_language(
                stated or [default_message(shapes.triples, finding.shape, finding.component)]
            ),
            predicate=None if path is None else reference.leading(shapes, path),
            details=tuple(map(self._core_result, finding.inside)),
        )

    def _asked(self) -> ox.Store:
        """The data as the queries see it."""
        if isinstance(self._source, ox.Store):
            return self._source
        if self._store is None:
            self._store = ox.Store()
            more = [] if self._beside is None else self._beside.asked(self._shapes.queried)
            quads = [*self._source, *more]
            if len(quads) < MANY:
                self._store.extend(quads)
            else:
                self._store.bulk_extend(quads)
        return self._store

    def _rule_results(self, rule: Rule, nodes: list[OxTerm]) -> Iterator[Result]:
        """What the query finds of focus NODES: of many at once where that is the same, else of each."""
        named = [node for node in nodes if isinstance(node, ox.NamedNode)] if rule.finds_this else []
        for start in range(0, len(named), AT_ONCE):
            some = named[start : start + AT_ONCE]
            for bound in self._compared(rule, rule.pairs, some) if rule.pairs else self._found(rule, some):
                yield self._rule_result(rule, bound["this"], bound)
        done = frozenset(named)
        for focus in nodes:
            if focus not in done:
                for bound in self._answers(rule, rule.select, {ox.Variable("this"): focus}):
                    yield self._rule_result(rule, focus, bound)

    def _found(self, rule: Rule, nodes: list[ox.NamedNode]) -> list[dict[str, Any]]:
        return self._answers(rule, among(rule.select, nodes))

    def _compared(self, rule: Rule, pairs: Pairs, nodes: list[ox.NamedNode]) -> list[dict[str, Any]]:
        left, right = (self._answers(rule, among(side.select, nodes)) for side in (pairs.left, pairs.right))
        return pairs.joined(left, right)

    def _answers(
        self, rule: Rule, select: str, given: dict[ox.Variable, Any] | None = None
    ) -> list[dict[str, Any]]:
        """All solutions at once: an iterator of pyoxigraph's may only end in the thread that began it."""
        solutions = self._asked().query(select, substitutions=given)
        if not isinstance(solutions, ox.QuerySolutions):
            raise KnowledgeError(
                where=f"the shapes, {local(rule.node)}",
                problem="has a sh:select that is not a SELECT query",
                fix="begin it with SELECT $this",
            )
        variables = [variable.value for variable in solutions.variables]
        try:
            return [dict(zip(variables, solution, strict=True)) for solution in solutions]
        except RuntimeError as error:
            raise KhabarError(
                where=f"the shapes, {local(rule.node)}",
                problem=f"its query could not be answered: {error}",
                fix="correct the query",
            ) from error

    def _rule_result(self, rule: Rule, focus: OxTerm, bound: dict[str, Any]) -> Result:
        """https://www.w3.org/TR/shacl/#sparql-constraints-validation"""
        found = {name: from_ox(term) for name, term in bound.items() if term is not None}
        this = from_ox(focus)
        path = found.get("path")
        said = found.get("message")
        messages = [said] if isinstance(said, Literal) else rule.messages
        return Result(
            focus=this,
            name=self._names(this),
            path=None if path is None else local(path),
            value=found.get("value", this),
            shape=rule.shape,
            component=SH.SPARQLConstraintComponent,
            severity=rule.severity,
            messages=by_language(filled(m, {**found, "this": this}, self._names) for m in messages),
            predicate=path if isinstance(path, URIRef) else None,
            constraint=rule.node,
        )

    def _notes(self) -> tuple[str, ...]:
        span, text = (ox.NamedNode(iri) for iri in (NIF.anchorOf, NIF.isString))
        source = self._source
        if isinstance(source, ox.Store):
            spans, texts = (any(source.quads_for_pattern(None, p, None, None)) for p in (span, text))
        else:
            spans, texts = (any(p in said for said in self._data.by_subject.values()) for p in (span, text))
        if spans and not texts:
            return ("Note: the data holds no texts, so the words of spans were not compared with them.",)
        return ()


class _Around(_Check):
    """One check of some nodes of a store."""

    def __init__(self, store: ox.Store, shapes: Shapes, around: Iterable[ox.NamedNode]) -> None:
        super().__init__(_Stored(store), shapes, store)
        self._nodes: dict[OxTerm, None] = dict.fromkeys(around)
        default = ox.DefaultGraph()
        for path in shapes.paths():
            for node in list(self._nodes):
                pointing = store.quads_for_pattern(None, ox.NamedNode(str(path)), node, default)
                self._nodes.update((quad.subject, None) for quad in pointing)  # type: ignore[misc]

    def _focus_nodes(self, shape: Term) -> list[OxTerm]:
        aim, data = self._shapes.aims[shape], self._data
        return [
            node
            for node in self._nodes
            if node in aim.nodes
            or any(data.objects(node, verb) for verb in aim.subjects_of)
            or any(data.subjects(verb, node) for verb in aim.objects_of)
            or any(data.is_a(node, cls) for cls in aim.classes)
        ]


class _Stored(Triples):
    """The default graph of a store, asked for one name at a time."""

    def __init__(self, store: ox.Store) -> None:
        super().__init__()
        self._store = store

    def objects(self, subject: OxTerm, predicate: OxTerm) -> dict[OxTerm, None]:
        """The objects of a subject and a predicate."""
        quads = self._store.quads_for_pattern(subject, predicate, None, ox.DefaultGraph())  # type: ignore[arg-type]
        return {quad.object: None for quad in quads}  # type: ignore[misc]

    def subjects(self, predicate: OxTerm, value: OxTerm) -> dict[OxTerm, None]:
        """The subjects of a predicate and an object."""
        quads = self._store.quads_for_pattern(None, predicate, value, ox.DefaultGraph())  # type: ignore[arg-type]
        return {quad.subject: None for quad in quads}  # type: ignore[misc]
