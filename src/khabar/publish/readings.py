"""The text of an article cut where its facts stand, so that their words can be marked and numbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from khabar.publish.views import Fact


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a text, and the facts that begin and lie there."""

    words: str
    numbers: tuple[int, ...]  # from 1, of the facts that rest on these words
    begins: tuple[int, ...]  # of those, the facts whose first words these are


def paragraphs(text: str, facts: Sequence[Fact]) -> list[list[Piece]]:
    """TEXT by paragraphs, each in pieces; a piece ends where the evidence of a fact begins or ends."""
    spans = [
        (q.begin, q.end, number)
        for number, fact in enumerate(facts, start=1)
        for q in fact.quotations
        if 0 <= q.begin < q.end <= len(text)  # a span beyond the end marks nothing
    ]
    first = {number: min(begin for begin, _, n in spans if n == number) for number in {s[2] for s in spans}}
    found, start = [], 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            edges = {start, end} | {edge for span in spans for edge in span[:2] if start < edge < end}
            found.append(_pieces(text, sorted(edges), spans, first))
        start = end + 1
    return found


def _pieces(
    text: str, edges: Sequence[int], spans: Sequence[tuple[int, int, int]], first: dict[int, int]
) -> list[Piece]:
    pieces = []
    for begin, end in zip(edges, edges[1:], strict=False):
        numbers = sorted({number for start, stop, number in spans if start <= begin and end <= stop})
        begins = tuple(number for number in numbers if first[number] == begin)
        pieces.append(Piece(text[begin:end], tuple(numbers), begins))
    return pieces
