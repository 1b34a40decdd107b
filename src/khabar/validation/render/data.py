"""A report for programs, as JSON; docs/validate.md describes it."""

from __future__ import annotations

import json
from typing import Any

from rdflib import BNode, Literal

from khabar.graph.report import Result
from khabar.graph.shapes import Shapes
from khabar.graph.terms import Term
from khabar.validation.found import Found
from khabar.validation.verdict import VERSION, Verdict
from khabar.version import __version__


def as_json(verdict: Verdict, shapes: Shapes) -> str:
    """One object; its results are all results, known ones too."""
    outcome = verdict.outcome
    report = {
        "version": VERSION,
        "tool": f"khabar {__version__}",
        "conforms": verdict.conforms,
        "failOn": verdict.fail_on,
        "summary": {
            **verdict.counts,
            "known": verdict.known,
            "gone": len(verdict.gone),
            "graphs": outcome.graphs,
            "triples": outcome.triples,
            "focusNodes": outcome.targeted,
        },
        "results": [{**result_of(found), "known": verdict.is_known(found)} for found in outcome.found],
        "gone": list(verdict.gone),
        "notes": list(verdict.notes),
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def result_of(found: Found) -> dict[str, Any]:
    """One result."""
    place, quote = found.place, found.quote
    return {
        "id": found.id,
        "level": found.level,
        **_plain(found.result),
        "place": None if place is None else {name: getattr(place, name) for name in place.__slots__},
        "quote": None if quote is None else {name: getattr(quote, name) for name in quote.__slots__},
        "details": [_plain(detail) for detail in found.result.details],
    }


def _plain(result: Result) -> dict[str, Any]:
    return {
        "severity": str(result.severity),
        "shape": _term(result.shape),
        "constraint": _term(result.constraint),
        "component": str(result.component),
        "focus": _term(result.focus),
        "name": result.name,
        "path": result.path,
        "value": _term(result.value),
        "messages": {message.language or "": str(message) for message in result.messages},
    }


def _term(term: Term | None) -> dict[str, str] | None:
    """As SPARQL's results in JSON write it: https://www.w3.org/TR/sparql11-results-json/#select-encode-terms"""
    if term is None:
        return None
    if isinstance(term, BNode):
        return {"type": "bnode", "value": str(term)}
    if not isinstance(term, Literal):
        return {"type": "uri", "value": str(term)}
    more = {"xml:lang": term.language, "datatype": None if term.datatype is None else str(term.datatype)}
    return {"type": "literal", "value": str(term), **{key: value for key, value in more.items() if value}}
