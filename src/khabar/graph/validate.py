"""Data against SHACL shapes: pyshacl for the core language, pyoxigraph for `sh:sparql`.

pyshacl hands `sh:sparql` to rdflib, which parses the query anew at every focus node: measured, nine
tenths of all its time, and 0.2 s before the first answer.  pyoxigraph substitutes `$this` just as
SHACL pre-binds it, so the constraints of shapes with targets of their own run there instead; what is
nested inside other shapes stays with pyshacl.  tests/test_validate.py holds the two to one verdict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, Literal, URIRef

from khabar.errors import KhabarError, KnowledgeError
from khabar.graph.report import Report, Result, local, merge, short
from khabar.graph.shapes import Rule, Shapes, by_language
from khabar.graph.terms import Term, copied, from_ox, objects, to_ox
from khabar.vocab import NIF, RDF, RDFS, SH, SKOS

# What a shape may ask of the ontology: the classes of a class, and what a property relates.
AXIOMS: Final = (RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range)

FocusNode = ox.NamedNode | ox.Literal  # pyoxigraph substitutes no blank node; our own data has none

# A place in a message for what a query found: {$this} or {?value}.
_PLACE: Final = re.compile(r"\{[?$](\w+)\}")


def validate(data: Graph, shapes: Shapes, ontology: Graph | None = None) -> Report:
    """Check DATA against SHAPES, with the axioms of the ONTOLOGY beside it; raises KhabarError.

    DATA stays as it is.  An error means that the check could not be made, never that it failed.
    """
    whole = data if ontology is None else copied(chain(data, axioms(ontology)))
    store = ox.Store()
    store.bulk_extend(_quad(triple) for triple in whole)
    return _validated(whole, store, shapes)


def axioms(ontology: Graph) -> Graph:
    """What shapes may ask of an ontology: all that need be beside the data."""
    return copied(chain.from_iterable(ontology.triples((None, axiom, None)) for axiom in AXIOMS))


def validate_store(store: ox.Store, shapes: Shapes) -> Report:
    """Check the default graph of a STORE, which holds the ontology too, against SHAPES of its base.

    Only what the shapes look at is copied for pyshacl, which for rules of the corpus is very little.
    """
    data = Graph()
    type_, below = ox.NamedNode(RDF.type), ox.NamedNode(RDFS.subClassOf)
    patterns: list[tuple[ox.NamedNode | None, ox.NamedNode | None]] = [(below, None)]
    patterns += [(None, None)] if shapes.closed() else []
    patterns += [(ox.NamedNode(path), None) for path in shapes.paths() if isinstance(path, URIRef)]
    patterns += [(type_, cls) for top in shapes.classes() for cls in _subclasses(store, ox.NamedNode(top))]
    for predicate, value in patterns:
        for quad in store.quads_for_pattern(None, predicate, value, ox.DefaultGraph()):
            data.add((from_ox(quad.subject), from_ox(quad.predicate), from_ox(quad.object)))
    return _validated(data, store, shapes)


def _validated(data: Graph, store: ox.Store, shapes: Shapes) -> Report:
    names = _Names(store)
    results = [*_core_results(data, shapes, names), *_rule_results(store, shapes, names)]
    found = merge([Report(tuple(results))])
    return replace(found, notes=_notes(store))


def _notes(store: ox.Store) -> tuple[str, ...]:
    span, text = (ox.NamedNode(iri) for iri in (NIF.anchorOf, NIF.isString))
    if any(store.quads_for_pattern(None, span, None, None)) and not any(
        store.quads_for_pattern(None, text, None, None)
    ):
        return ("Note: the data holds no texts, so the words of spans were not compared with them.",)
    return ()


# --- the core language, by pyshacl


def _core_results(data: Graph, shapes: Shapes, names: _Names) -> Iterator[Result]:
    try:
        _, report, _ = pyshacl.validate(
            data, shacl_graph=shapes.core, inference="none", js=False, inplace=True
        )
    except (
        Exception
    ) as error:  # whatever pyshacl stumbles over: data it cannot compare, shapes it cannot load
        raise _crash(error) from error
    if not isinstance(report, Graph):  # a ValidationFailure comes back as a value
        raise _crash(report)
    for node in objects(report, None, SH.result):
        yield _core_result(report, node, shapes, names)


def _core_result(report: Graph, node: Term, shapes: Shapes, names: _Names) -> Result:
    shape = _one(report, node, SH.sourceShape)
    focus = _one(report, node, SH.focusNode)
    stated = objects(shapes.graph, shape, SH.message) or objects(report, node, SH.resultMessage)
    return Result(
        focus=focus,
        name=names(focus),
        path=next((_path(shapes.graph, path) for path in objects(report, node, SH.resultPath)), None),
        value=next(iter(objects(report, node, SH.value)), None),
        shape=shape,
        component=_one(report, node, SH.sourceConstraintComponent),
        severity=_one(report, node, SH.resultSeverity),
        messages=by_language(stated),
    )


def _one(report: Graph, node: Term, predicate: URIRef) -> Term:
    for value in objects(report, node, predicate):
        return value
    raise _crash(f"a result without {predicate}")


def _crash(error: object) -> KhabarError:
    problem = f"pyshacl could not finish: {type(error).__name__}: {error}"
    return KhabarError(where="validation", problem=problem, fix="correct the shape or the data it names")


def _path(graph: Graph, path: Term) -> str:
    """A property path as SPARQL writes it."""
    if isinstance(path, URIRef):
        return local(path)
    for predicate, form in _PATHS.items():
        for inner in objects(graph, path, predicate):
            return form.format(_path(graph, inner))
    for choice in objects(graph, path, SH.alternativePath):
        return f"({'|'.join(_steps(graph, choice))})"
    return "/".join(_steps(graph, path))


def _steps(graph: Graph, head: Term) -> Iterator[str]:
    for step in objects(graph, head, RDF.first):
        yield _path(graph, step)
    for rest in objects(graph, head, RDF.rest):
        yield from _steps(graph, rest)


_PATHS: Final = {
    SH.inversePath: "^{}",
    SH.zeroOrMorePath: "({})*",
    SH.oneOrMorePath: "({})+",
    SH.zeroOrOnePath: "({})?",
}


# --- sh:sparql, by pyoxigraph


def _rule_results(store: ox.Store, shapes: Shapes, names: _Names) -> Iterator[Result]:
    for rule in shapes.rules:
        for focus in _focus_nodes(store, shapes.graph, rule.shape):
            solutions = store.query(rule.select, substitutions={ox.Variable("this"): focus})
            if not isinstance(solutions, ox.QuerySolutions):
                raise KnowledgeError(
                    where=f"the shapes, {local(rule.node)}",
                    problem="has a sh:select that is not a SELECT query",
                    fix="begin it with SELECT $this",
                )
            variables = [variable.value for variable in solutions.variables]
            for solution in solutions:
                bound = dict(zip(variables, solution, strict=True))
                yield _rule_result(rule, focus, bound, names)


def _rule_result(
    rule: Rule, focus: ox.NamedNode | ox.Literal, bound: dict[str, object], names: _Names
) -> Result:
    """https://www.w3.org/TR/shacl/#sparql-constraints-validation"""
    found = {name: from_ox(term) for name, term in bound.items() if term is not None}
    this = from_ox(focus)
    path = found.get("path")
    said = found.get("message")
    messages = [said] if isinstance(said, Literal) else rule.messages
    return Result(
        focus=this,
        name=names(this),
        path=None if path is None else local(path),
        value=found.get("value", this),
        shape=rule.shape,
        component=SH.SPARQLConstraintComponent,
        severity=rule.severity,
        messages=by_language(_filled(message, {**found, "this": this}, names) for message in messages),
    )


def _filled(message: Literal, found: dict[str, Term], names: Callable[[Term], str]) -> Literal:
    def fill(place: re.Match[str]) -> str:
        term = found.get(place[1])
        return place[0] if term is None else names(term)

    return Literal(_PLACE.sub(fill, message), lang=message.language)


def _focus_nodes(store: ox.Store, shapes: Graph, shape: Term) -> list[FocusNode]:
    """https://www.w3.org/TR/shacl/#targets"""
    found: set[object] = {to_ox(node) for node in objects(shapes, shape, SH.targetNode)}
    for predicate in objects(shapes, shape, SH.targetSubjectsOf):
        found |= {quad.subject for quad in _with(store, predicate)}
    for predicate in objects(shapes, shape, SH.targetObjectsOf):
        found |= {quad.object for quad in _with(store, predicate)}
    classes = objects(shapes, shape, SH.targetClass)
    for cls in [*classes, shape] if (shape, RDF.type, RDFS.Class) in shapes else classes:
        found |= _instances(store, ox.NamedNode(cls))
    return sorted((node for node in found if isinstance(node, FocusNode)), key=str)


def _with(store: ox.Store, predicate: Term) -> Iterator[ox.Quad]:
    return store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())


def _instances(store: ox.Store, cls: ox.NamedNode) -> set[object]:
    type_, default = ox.NamedNode(RDF.type), ox.DefaultGraph()
    classes = _subclasses(store, cls)
    return {quad.subject for c in classes for quad in store.quads_for_pattern(None, type_, c, default)}


def _subclasses(store: ox.Store, cls: ox.NamedNode) -> set[ox.NamedNode]:
    """The class itself and all below it."""
    below = ox.NamedNode(RDFS.subClassOf)
    found, waiting = {cls}, [cls]
    while waiting:
        quads = store.quads_for_pattern(None, below, waiting.pop(), ox.DefaultGraph())
        more = {quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)} - found
        found |= more
        waiting.extend(more)
    return found


# --- words for people


class _Names:
    """What to call a node in a message: its label, a statement's three parts, or the end of its IRI."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def __call__(self, term: Term) -> str:
        if not isinstance(term, URIRef):
            return short(term)
        parts = [self._value(term, part) for part in (RDF.subject, RDF.predicate, RDF.object)]
        if all(part is not None for part in parts):
            return "«" + " ".join(self._label(part) for part in parts if part is not None) + "»"
        return self._label(term)

    def _label(self, term: Term) -> str:
        labels = (self._value(term, verb) for verb in (RDFS.label, SKOS.altLabel))
        return short(next((label for label in labels if label is not None), term))

    def _value(self, term: Term, predicate: URIRef) -> Term | None:
        if not isinstance(term, URIRef):
            return None
        node, verb = ox.NamedNode(term), ox.NamedNode(predicate)
        quads = self._store.quads_for_pattern(node, verb, None, ox.DefaultGraph())
        # Of several always the same one: Latin letters first, for a terminal, then by the alphabet.
        terms = (from_ox(quad.object) for quad in quads)
        found = sorted(terms, key=lambda term: (not term.isascii(), str(term)))
        return next(iter(found), None)


def _quad(triple: tuple[object, ...]) -> ox.Quad:
    subject, predicate, value = triple
    return ox.Quad(to_ox(subject), to_ox(predicate), to_ox(value))  # type: ignore[arg-type]
