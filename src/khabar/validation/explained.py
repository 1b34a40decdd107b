"""One result at length: the rule as it is written, the data around the fault, every language."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import BNode, Graph, URIRef

from khabar.errors import KhabarError
from khabar.graph.report import local
from khabar.graph.shapes import Shapes
from khabar.graph.terms import Term, described
from khabar.validation.found import Found
from khabar.validation.render.text import where
from khabar.validation.verdict import Verdict


def explain(verdict: Verdict, id_: str, shapes: Shapes) -> str:
    """All of the result with that id, or of the only one that begins with it; raises KhabarError."""
    matching = [found for found in verdict.outcome.found if found.id == id_]
    matching = matching or [found for found in verdict.outcome.found if found.id.startswith(id_)]
    if len(matching) != 1:
        raise KhabarError(
            where=f"--explain {id_}",
            problem="fits several results" if matching else "fits no result",
            fix="give an id as the report prints it, in brackets after the rule",
        )
    return "".join(f"{line}\n" for line in _lines(matching[0], verdict, shapes))


def _lines(found: Found, verdict: Verdict, shapes: Shapes) -> Iterator[str]:
    result = found.result
    yield f"{where(found.place)}{local(result.severity)}: {result.name}"
    yield ""
    for message in result.messages:
        yield f"  {message.language or '--'}  {message}"
    yield ""
    yield f"  node       <{result.focus}>" if isinstance(result.focus, URIRef) else "  node       has no IRI"
    if result.path:
        yield f"  path       {result.path}"
    if result.value is not None:
        yield f"  value      {result.value.n3()}"
    yield f"  component  sh:{local(result.component)}"
    yield f"  rule       <{found.rule}>" if isinstance(found.rule, URIRef) else "  rule       has no IRI"
    if found.place is not None and found.place.text is not None:
        yield f"  line       {found.place.text.strip()}"
    if found.quote is not None:
        quote = found.quote
        yield f"  sentence   «{quote.sentence}»"
        yield f"             <{quote.article}>, characters {quote.begin} to {quote.end}"
    for detail in result.details:
        yield f"  because    {detail.message(verdict.language)} ({local(detail.shape)})"
    yield ""
    yield "  The rule, as it is written:"
    yield ""
    for line in _source(found.rule, shapes).splitlines():
        yield f"    {line}" if line else ""


def _source(rule: Term, shapes: Shapes) -> str:
    """What the shapes say of a rule, with the nodes inside it that have no IRI."""
    graph = Graph()
    for prefix, namespace in shapes.graph.namespaces():
        graph.bind(prefix, namespace)
    waiting, seen = [rule], {rule}
    for node in waiting:  # grows on the way
        for predicate, value in described(shapes.graph, node):
            graph.add((node, predicate, value))
            if isinstance(value, BNode) and value not in seen:
                seen.add(value)
                waiting.append(value)
    lines = graph.serialize(format="turtle").splitlines()
    return "\n".join(line for line in lines if not line.startswith("@prefix")).strip()
