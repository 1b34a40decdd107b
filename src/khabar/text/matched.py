"""A frame found in a sentence: what fills its slots, and how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import URIRef

from khabar.knowledge.language import Frame


@dataclass(frozen=True, slots=True)
class Filler:
    """One thing that fills a slot, with the period that belongs to it alone."""

    index: int  # of its chunk
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A frame found in a sentence: the chunks of its slots, and its first and last chunk."""

    frame: Frame
    head: int | None
    slots: dict[URIRef, tuple[Filler, ...]]
    first: int
    last: int  # inclusive
    pronouns: frozenset[URIRef] = frozenset()  # slots that an attached pronoun fills
