"""Which shapes to check by where the user names none: those of the profile that the data names, or our own.

https://www.w3.org/TR/dx-prof/ for dct:conformsTo, https://www.w3.org/TR/shacl/#sh-shapes-graph
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

from khabar.errors import KhabarError
from khabar.graph.documents import Document, open_document
from khabar.resources import folder
from khabar.vocab import SH

CONFORMS_TO: Final = ox.NamedNode("http://purl.org/dc/terms/conformsTo")
NAMING: Final = (CONFORMS_TO, ox.NamedNode(SH.shapesGraph))
OURS: Final = "https://w3id.org/khabar/shapes"


def own_shapes() -> tuple[Document, ...]:
    """The shapes that ship with khabar."""
    return tuple(open_document(path) for path in sorted(folder("shapes").glob("*.ttl")))


def named(documents: Sequence[Document]) -> tuple[Document, ...] | None:
    """The shapes that DOCUMENTS name; None where they name none but ours.

    A profile that is a file beside the data is read; one that lies anywhere else is an error, for nothing is
    fetched.
    """
    found: dict[str, Document] = {}
    for document in documents:
        for iri in _named(document.quads()):
            if iri.rstrip("#/") != OURS:
                found[iri] = _opened(iri, document)
    return tuple(found.values()) or None


def _named(quads: Iterable[ox.Quad]) -> list[str]:
    values = {quad.object for quad in quads if quad.predicate in NAMING}
    return sorted(value.value for value in values if isinstance(value, ox.NamedNode))


def _opened(iri: str, document: Document) -> Document:
    parts = urlsplit(iri)
    if parts.scheme != "file" or parts.netloc:
        raise KhabarError(
            where=document.name,
            problem=f"names the profile <{iri}>, whose shapes are not here, and nothing is fetched",
            fix="give its shapes with --shapes FILE",
        )
    return open_document(Path(unquote(parts.path)))
