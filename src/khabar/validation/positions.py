"""Where each triple of a document stands: the line and the column of its terms.

No parser in Python says it; so a document with results is read a second time, by a reader that is only meant
for what pyoxigraph has accepted before.  Lines and columns count from 1; columns count code points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.graph.documents import LINED, Document
from khabar.graph.triples import Term, Triples
from khabar.validation import jsonld, rdfxml, turtle
from khabar.validation.placed import FORGIVEN

Reader = turtle.Reader | rdfxml.Reader | jsonld.Reader
READERS: Final[dict[str, Callable[[str, str], Reader]]] = {
    **dict.fromkeys(LINED, turtle.Reader),
    "rdfxml": rdfxml.Reader,
    "jsonld": jsonld.Reader,
}


class Position(NamedTuple):
    """A place in a document."""

    line: int
    column: int


class Positions:
    """The places of the triples of one document."""

    def __init__(self, document: Document) -> None:
        self._blank = document.blank
        self._text = document.content.decode("utf-8-sig", "replace")
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", self._text))]
        self._triples: dict[tuple[Term, Term, Term], int] = {}
        self._pairs: defaultdict[tuple[Term, Term], list[int]] = defaultdict(list)
        self._subjects: dict[Term, int] = {}
        self._objects: dict[Term, int] = {}
        reader = READERS[document.format](self._text, document.base or "")
        try:
            for (s, at_s), p, (o, at_o) in reader.triples():
                self._triples.setdefault((s, p, o), at_o)
                self._pairs[s, p].append(at_o)
                self._subjects.setdefault(s, at_s)
                self._objects.setdefault(o, at_o)
        except FORGIVEN:
            return  # what was found up to here still holds

    def triple(self, subject: Term, predicate: Term, value: Term) -> Position | None:
        """Where the object of a triple stands."""
        return self._position(self._triples.get((subject, predicate, value)))

    def pair(self, subject: Term, predicate: Term, *, last: bool = False) -> Position | None:
        """Where the first object of a subject and a predicate stands, or the LAST."""
        found = self._pairs.get((subject, predicate))
        return self._position(found[-1 if last else 0]) if found else None

    def subject(self, term: Term) -> Position | None:
        """Where something is first said of a term."""
        return self._position(self._subjects.get(term))

    def object(self, term: Term) -> Position | None:
        """Where a term is first the object of something."""
        return self._position(self._objects.get(term))

    def known(self, term: Term, data: Triples) -> Term:
        """What TERM of the data is called here: a node without a name goes by what is said of it."""
        if not isinstance(term, ox.BlankNode):
            return term
        label = term.value.removeprefix(f"{self._blank}l")
        if label != term.value and (labelled := ox.BlankNode(label)) in self._subjects | self._objects:
            return labelled
        wanted = _signature(data.by_subject.get(term, {}))
        return next((node for node, said in self._unnamed().items() if said == wanted), term)

    def _unnamed(self) -> dict[Term, frozenset[tuple[Term, Term]]]:
        said: defaultdict[Term, dict[Term, dict[Term, None]]] = defaultdict(dict)
        for s, p, o in self._triples:
            if isinstance(s, ox.BlankNode):
                said[s].setdefault(p, {})[o] = None
        return {node: _signature(described) for node, described in said.items()}

    def line(self, number: int) -> str:
        """The text of a line."""
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        return self._text[self._starts[number - 1] : end].rstrip("\r\n")

    def _position(self, offset: int | None) -> Position | None:
        if offset is None:
            return None
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)


def _signature(said: dict[Term, dict[Term, None]]) -> frozenset[tuple[Term, Term]]:
    return frozenset((p, o) for p, values in said.items() for o in values if not isinstance(o, ox.BlankNode))
