"""Triples with the places where they stand: what the reader of each syntax hands out."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin

from khabar.graph.triples import Term

Placed = tuple[Term, int]  # a term, and the offset at which it stands: code points from the start
PlacedTriple = tuple[Placed, Term, Placed]


class Unreadable(ValueError):
    """The document has something that the reader does not know."""


def resolved(iri: str, base: str) -> str:
    """An IRI as it is meant: https://www.rfc-editor.org/rfc/rfc3986#section-5"""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri):
        return iri
    return base if not iri else urljoin(base, iri)


# What a reader may stumble on where it does not understand a document; what it has found by then still holds.
FORGIVEN: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
