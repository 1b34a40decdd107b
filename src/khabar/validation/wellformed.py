"""Whether shapes are shapes: SHACL's own shapes for shapes, names that SHACL does not know, imports.

https://www.w3.org/TR/shacl/#shacl-shacl  pyshacl ships those shapes; they are applied by our engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import URIRef

from khabar.errors import KnowledgeError
from khabar.graph.documents import Document, open_document
from khabar.graph.report import local
from khabar.graph.shapes import Shapes, shapes_of
from khabar.graph.triples import Triples
from khabar.graph.validate import validate_quads
from khabar.validation.found import locate
from khabar.validation.positions import Positions
from khabar.vocab import OWL, SH

SHOWN: Final = 5  # faults of one set of shapes
# Of advanced features and of versions to come; they are not evaluated, and not complained of.
_LATER: Final = frozenset({"rule", "target", "js", "expression", "reifierShape", "shape", "codeIdentifier"})


@cache
def _vocabulary(name: str) -> Document:
    """A file that pyshacl ships."""
    package = find_spec("pyshacl")
    assert package is not None
    assert package.origin is not None
    return open_document(Path(package.origin).parent / "assets" / f"{name}.ttl")


@cache
def _shapes_for_shapes() -> Shapes:
    return shapes_of([_vocabulary("shacl-shacl")])


@cache
def _terms() -> frozenset[str]:
    quads = _vocabulary("shacl").quads()
    return frozenset(str(quad.subject.value) for quad in quads if isinstance(quad.subject, ox.NamedNode))


def examine(documents: Sequence[Document], *, strict: bool = True) -> tuple[str, ...]:
    """Notes on the shapes in DOCUMENTS; raises KnowledgeError where they break the rules of SHACL, if STRICT.

    The notes name what would silently be left out: parameters that SHACL does not know, and imports.
    """
    notes: dict[str, None] = {}
    for document in documents:
        quads = document.quads()
        if strict:
            _check(document, quads)
        for quad in quads:
            verb = quad.predicate.value
            name = verb.removeprefix(str(SH))
            if verb.startswith(str(SH)) and verb not in _terms() and name not in _LATER:
                notes[
                    f"Note: {document.name} uses sh:{name}, which SHACL does not have; it has no effect."
                ] = None
            if quad.predicate == ox.NamedNode(OWL.imports):
                notes[f"Note: {document.name} imports {quad.object}, which was not followed."] = None
    return tuple(notes)


def _check(document: Document, quads: list[ox.Quad]) -> None:
    shapes = _shapes_for_shapes()
    report = validate_quads([ox.Quad(q.subject, q.predicate, q.object) for q in quads], shapes)
    if not report.results:
        return
    data, positions = Triples(quads), Positions(document)
    lines = []
    for result in report.results[:SHOWN]:
        place = locate(result, document.name, positions, shapes.triples, data)
        node = local(result.focus) if isinstance(result.focus, URIRef) else "a shape without an IRI"
        at = f"line {place.line}, " if place.line is not None else ""
        path = f"{result.path}: " if result.path else ""
        value = (
            f" ({local(result.value)})" if result.value is not None and result.value != result.focus else ""
        )
        lines.append(f"{at}{node}: {path}{result.message()}{value}")
    more = f"\n    and {len(report.results) - SHOWN} more" if len(report.results) > SHOWN else ""
    raise KnowledgeError(
        where=document.name,
        problem="its shapes break the rules of SHACL:\n    " + "\n    ".join(lines) + more,
        fix="correct the shapes; https://www.w3.org/TR/shacl/#syntax-rules lists the rules",
    )
