"""A report as RDF: https://www.w3.org/TR/shacl/#validation-report"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef

from khabar.graph.report import Result
from khabar.graph.shapes import Shapes
from khabar.graph.terms import Term, objects, to_ox
from khabar.validation.verdict import Verdict
from khabar.vocab import RDF, SH


def as_turtle(verdict: Verdict, shapes: Shapes) -> str:
    """A sh:ValidationReport of all results.

    sh:conforms is false if there is any, as the specification has it, whatever --fail-on says.
    """
    graph = report_graph((found.result for found in verdict.outcome.found), shapes)
    prefixes = {prefix: str(namespace) for prefix, namespace in graph.namespaces() if prefix}
    used = {prefix: iri for prefix, iri in prefixes.items() if any(iri in str(t) for s in graph for t in s)}
    triples = sorted((ox.Triple(*map(to_ox, triple)) for triple in graph), key=_place)  # type: ignore[arg-type]
    # rdflib would write a literal that is ill-formed as something that is no Turtle.
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=used) or b"").decode()


def _place(triple: ox.Triple) -> tuple[object, ...]:
    subject = str(triple.subject)
    return len(subject), subject, str(triple.predicate), str(triple.object)


def report_graph(results: Iterable[Result], shapes: Shapes) -> Graph:
    """The report as a graph."""
    graph = Graph()
    for prefix, namespace in shapes.graph.namespaces():
        graph.bind(prefix, namespace)
    graph.bind("sh", SH)
    report = BNode("report")
    graph.add((report, RDF.type, SH.ValidationReport))
    number = 0
    for number, result in enumerate(results, 1):
        node = BNode(f"result{number}")
        graph.add((report, SH.result, node))
        _describe(graph, node, result, shapes)
    graph.add((report, SH.conforms, Literal(number == 0)))
    return graph


def _describe(graph: Graph, node: BNode, result: Result, shapes: Shapes) -> None:
    graph.add((node, RDF.type, SH.ValidationResult))
    path = next(iter(objects(shapes.graph, result.shape, SH.path)), result.predicate)
    if result.component == SH.ClosedConstraintComponent:
        path = result.predicate
    said: dict[URIRef, Term | None] = {
        SH.focusNode: result.focus,
        SH.resultPath: path,
        SH.value: result.value,
        SH.sourceShape: result.shape,
        SH.sourceConstraint: result.constraint,
        SH.sourceConstraintComponent: result.component,
        SH.resultSeverity: result.severity,
    }
    for predicate, value in said.items():
        if value is not None:
            graph.add((node, predicate, value))
    if isinstance(path, BNode):
        _copy(path, shapes.graph, graph)
    for message in result.messages:
        graph.add((node, SH.resultMessage, message))
    for number, detail in enumerate(result.details, 1):
        inner = BNode(f"{node}d{number}")
        graph.add((node, SH.detail, inner))
        _describe(graph, inner, detail, shapes)


def _copy(node: BNode, source: Graph, target: Graph) -> None:
    """What is said of a path, and of the paths and lists inside it."""
    for subject, predicate, value in source.triples((node, None, None)):
        if (subject, predicate, value) not in target:
            target.add((subject, predicate, value))
            if isinstance(value, BNode):
                _copy(value, source, target)
