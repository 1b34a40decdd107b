"""A report as SARIF 2.1.0, which code hosts show beside the lines.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from khabar.graph.report import local
from khabar.graph.shapes import Shapes
from khabar.graph.terms import Term, objects
from khabar.validation.found import Found, Place
from khabar.validation.verdict import Verdict
from khabar.version import __version__
from khabar.vocab import SH

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Final = {"violation": "error", "warning": "warning", "info": "note"}


def as_sarif(verdict: Verdict, shapes: Shapes) -> str:
    """One run; its rules are the shapes that were broken, its fingerprints the ids of the results."""
    results = verdict.outcome.found if verdict.before is not None else verdict.shown
    rules = sorted({found.rule for found in results}, key=str)
    index = {rule: n for n, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "khabar",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(rule, shapes) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, index[found.rule], verdict) for found in results],
    }
    return (
        json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)
        + "\n"
    )


def _rule(rule: Term, shapes: Shapes) -> dict[str, Any]:
    def said(*predicates: Term) -> list[str]:
        return [str(value) for predicate in predicates for value in objects(shapes.graph, rule, predicate)]  # type: ignore[arg-type]

    told: dict[str, Any] = {"id": str(rule), "name": local(rule)}
    if words := said(SH.description, SH.message, SH.name):
        told["shortDescription"] = {"text": min(words, key=lambda text: (not text.isascii(), text))}
        told["help"] = {"text": "\n".join(sorted(words))}
    return told


def _result(found: Found, index: int, verdict: Verdict) -> dict[str, Any]:
    result = found.result
    told: dict[str, Any] = {
        "ruleId": str(found.rule),
        "ruleIndex": index,
        "level": LEVELS[found.level],
        "message": {"text": f"{result.name}: {verdict.message(found)}"},
        "partialFingerprints": {"khabar/v1": found.id},
        "locations": [_location(found.place, str(result.focus))],
    }
    if verdict.before is not None:
        told["baselineState"] = "unchanged" if verdict.is_known(found) else "new"
    if found.quote is not None:
        told["properties"] = {name: getattr(found.quote, name) for name in found.quote.__slots__}
    return told


def _location(place: Place | None, node: str) -> dict[str, Any]:
    told: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": node, "kind": "object"}]}
    if place is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
        if place.line is not None:
            region: dict[str, Any] = {"startLine": place.line}
            if place.column is not None:
                region["startColumn"] = place.column
            if place.text is not None:
                region["snippet"] = {"text": place.text}
            physical["region"] = region
        told["physicalLocation"] = physical
    return told


def _uri(file: str) -> str:
    """A relative reference for a relative path, as viewers want it."""
    return quote(PurePath(file).as_posix(), safe="/:") if "://" not in file else file
