"""How far a noun phrase reaches: one algorithm for each way that languages build them, named in Turtle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from rdflib import URIRef

from khabar.text.capitals import capitals
from khabar.text.idafa import idafa
from khabar.text.line import Line
from khabar.vocab import KH

_ALGORITHMS: Final[Mapping[URIRef, Callable[[Line, int, int, bool], int]]] = {
    KH.idafa: idafa,
    KH.capitals: capitals,
}


def extent(line: Line, start: int, after: int, *, topical: bool) -> int:
    """One past the last token of the phrase whose head is the tokens [START, AFTER).

    TOPICAL phrases (events, works, bodies) go on through what they are about; a post does not.
    """
    return _ALGORITHMS[line.language.phrases](line, start, after, topical)
