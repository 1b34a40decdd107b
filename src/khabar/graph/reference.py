"""pyshacl, the reference: alone where a user asks for it, and for the shapes that are not compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyshacl
from rdflib import Graph, URIRef

from khabar.errors import KhabarError
from khabar.graph import paths
from khabar.graph.report import Result, local
from khabar.graph.shapes import Shapes, by_language
from khabar.graph.terms import Term, from_ox, objects, to_ox
from khabar.graph.triples import Term as OxTerm
from khabar.graph.wording import default_message
from khabar.vocab import SH


def results(data: Graph, chosen: Graph, shapes: Shapes, names: Callable[[Term], str]) -> Iterator[Result]:
    """What pyshacl finds in DATA by the CHOSEN ones of the SHAPES; raises KhabarError if it cannot finish."""
    data.namespace_manager = shapes.graph.namespace_manager  # a query without sh:prefixes falls back on these
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=chosen, inference="none", js=False, inplace=True)
    except Exception as error:  # whatever it stumbles over: data it cannot compare, shapes it cannot load
        raise _crash(error) from error
    if not isinstance(report, Graph):  # a ValidationFailure comes back as a value
        raise _crash(report)
    for node in objects(report, None, SH.result):
        yield _result(report, node, shapes, names)


def _result(report: Graph, node: Term, shapes: Shapes, names: Callable[[Term], str]) -> Result:
    shape = _one(report, node, SH.sourceShape)
    focus = _one(report, node, SH.focusNode)
    component = _one(report, node, SH.sourceConstraintComponent)
    path = next(iter(objects(report, node, SH.resultPath)), None)
    stated = objects(shapes.graph, shape, SH.message) or objects(report, node, SH.resultMessage)
    constraint = next(iter(objects(report, node, SH.sourceConstraint)), None)
    if constraint is not None:
        stated = objects(report, node, SH.resultMessage)
    stated = stated or [default_message(shapes.triples, to_ox(shape), to_ox(component))]
    inside = (_result(report, detail, shapes, names) for detail in objects(report, node, SH.detail))
    return Result(
        focus=focus,
        name=names(focus),
        path=None if path is None else path_of(shapes, to_ox(path)),
        value=next(iter(objects(report, node, SH.value)), None),
        shape=shape,
        component=component,
        severity=_one(report, node, SH.resultSeverity),
        messages=by_language(stated),
        predicate=None if path is None else leading(shapes, to_ox(path)),
        constraint=constraint,
        details=tuple(inside),
    )


def path_of(shapes: Shapes, node: OxTerm) -> str:
    """A property path as SPARQL writes it, the properties by the ends of their IRIs."""
    return paths.written(shapes.triples, node, lambda term: local(from_ox(term)))


def leading(shapes: Shapes, node: OxTerm) -> URIRef | None:
    """The property that the path begins with."""
    first = next(paths.predicates(shapes.triples, node), None)
    return None if first is None else URIRef(first.value)


def _one(report: Graph, node: Term, predicate: URIRef) -> Term:
    for value in objects(report, node, predicate):
        return value
    raise _crash(f"a result without {predicate}")


def _crash(error: object) -> KhabarError:
    problem = f"pyshacl could not finish: {type(error).__name__}: {error}"
    return KhabarError(where="validation", problem=problem, fix="correct the shape or the data it names")
