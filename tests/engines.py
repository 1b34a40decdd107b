"""Two engines compared: what each says of a graph, result by result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rdflib import BNode
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor
from rdflib.plugins.sparql.sparql import Query

from khabar.graph.report import Report

Verdict = Counter[tuple[str | None, ...]]


def verdict(report: Report) -> Verdict:
    """Focus node, path, value, shape, constraint, component and severity of each result, and how often."""
    return Counter(
        tuple(
            "_" if isinstance(part, BNode) else part if isinstance(part, str | None) else part.n3()
            for part in (
                result.focus, result.path, result.value, result.shape, result.constraint,
                result.component, result.severity,
            )
        )
        for result in report.results
    )  # fmt: skip


@contextmanager
def parsed_once() -> Iterator[None]:
    """pyshacl has rdflib parse a constraint anew at each focus node: most of the time of these tests."""
    answer = SPARQLProcessor.query
    parsed = cache(prepareQuery)

    def query(self: SPARQLProcessor, text: str | Query, *args: Any, **named: Any) -> Any:
        return answer(self, parsed(text) if isinstance(text, str) else text, *args, **named)

    SPARQLProcessor.query = query  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        SPARQLProcessor.query = answer  # type: ignore[method-assign]
