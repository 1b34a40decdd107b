"""The statements of an article with their evidence, as its named graph holds them: for tables and views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from khabar.graph.lines import Batch
from khabar.graph.serialise import literal_text, split
from khabar.vocab import KH, NIF, RDF, rebase

Described = Mapping[str, Sequence[str]]  # the objects of each predicate, as N-Triples writes them

TYPE: Final = f"<{RDF.type}>"
SUBJECT: Final = f"<{RDF.subject}>"
PREDICATE: Final = f"<{RDF.predicate}>"
OBJECT: Final = f"<{RDF.object}>"
WORDS: Final = f"<{NIF.anchorOf}>"
BEGIN: Final = f"<{NIF.beginIndex}>"
END: Final = f"<{NIF.endIndex}>"


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement; every term is as N-Triples writes it."""

    iri: str
    said: Described
    evidence: tuple[tuple[str, Described], ...]  # spans with what is said of each, in the order of the text

    def one(self, term: str) -> str:
        """The object of TERM, which a statement has once; nothing if it has none."""
        return next(iter(self.said.get(term, ())), "")


class Reader:
    """Finds the statements among the triples of an article, below one base."""

    def __init__(self, base: str) -> None:
        self._statement = f"<{rebase(KH.Statement, base)}>"
        self._evidence = f"<{rebase(KH.evidence, base)}>"

    def statements(self, article: Iterable[Batch]) -> Iterator[Stated]:
        """The statements of one article, in the order of their IRIs; its batches are those of its graph."""
        spans: dict[str, Described] = {}
        for batch in article:
            for subject, lines in groupby(map(split, batch), key=lambda line: line[0]):
                said = _described(lines)
                if self._statement in said.get(TYPE, ()):
                    # The IRI of a span begins as that of its article, which comes before those of statements.
                    known = ((span, spans[span]) for span in said.get(self._evidence, ()) if span in spans)
                    yield Stated(subject, said, tuple(sorted(known, key=_begin)))
                elif BEGIN in said:
                    spans[subject] = said


def _begin(span: tuple[str, Described]) -> int:
    return int(literal_text(span[1][BEGIN][0]))


def _described(lines: Iterable[tuple[str, str, str]]) -> Described:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for _, predicate, value in lines:
        found[predicate].append(value)
    return dict(found)
