"""Noun phrases: where one stands, what its head is, and how far it reaches.

Each way that languages build them is one algorithm, which the language asks for by name in Turtle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from rdflib import URIRef

from khabar.text.capitals import capitals
from khabar.text.genitive import genitive
from khabar.text.idafa import idafa
from khabar.text.line import Line, Phrase
from khabar.vocab import KH

_ALGORITHMS: Final[Mapping[URIRef, Callable[[Line, int], Phrase | None]]] = {
    KH.idafa: idafa,
    KH.capitals: capitals,
    KH.genitive: genitive,
}


def phrase_at(line: Line, i: int) -> Phrase | None:
    """The noun phrase that begins at token I, or None."""
    return _ALGORITHMS[line.language.phrases](line, i)
