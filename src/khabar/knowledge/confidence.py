"""Confidence: how often each frame was right where people had judged it, as tests/confidence.py measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rdflib import URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.language import Frame
from khabar.knowledge.turtle import Term, Turtle
from khabar.vocab import DEFAULT_BASE, KH

POOLS: Final = DEFAULT_BASE + "lexicon/pool#"  # the frames of one relation taken together, or of all
ALL: Final = URIRef(POOLS + "all")

_FIX: Final = "measure again with tests/confidence.py"


@dataclass(frozen=True)
class Confidences:
    """The measured precision of the frames: lower bounds, from 0 to 1."""

    frames: Mapping[URIRef, float]
    overall: float  # of all frames together: for one that was written since

    @classmethod
    def load(cls, path: Path) -> Confidences:
        """Read ontology/confidence.ttl; raises KnowledgeError if it is missing or gives no such numbers."""
        turtle = Turtle.read(path)
        found = {URIRef(str(s)): _number(turtle, s) for s in turtle.subjects}
        if ALL not in found:
            raise KnowledgeError(where=path.name, problem="says nothing of all frames together", fix=_FIX)
        return cls(found, found[ALL])

    def of(self, frame: Frame) -> float:
        """What a fact of FRAME is worth; the frame's own kh:confidence is the most that it can be."""
        measured = self.frames.get(frame.iri, self.overall)
        return measured if frame.confidence is None else min(measured, frame.confidence)


def _number(turtle: Turtle, subject: Term) -> float:
    stated = str(turtle.value(subject, KH.confidence))
    try:
        number = float(stated)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        problem = f"has the kh:confidence {stated}, which is no number from 0 to 1"
        raise KnowledgeError(where=turtle.place(subject), problem=problem, fix=_FIX)
    return number
