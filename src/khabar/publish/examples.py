"""Example queries: one file of Turtle each, as shape libraries and catalogues of queries keep them.

They are sh:SPARQLExecutable (https://www.w3.org/TR/shacl/#sparql-constraints), with their words in
every language of the pages; the form offers them, and /examples serves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rdflib import Literal

from khabar.knowledge.turtle import Turtle
from khabar.publish.dataset import QUERIES
from khabar.publish.interface import Language, Text
from khabar.vocab import DEFAULT_BASE, RDFS, SH

FOLDER: Final = QUERIES / "questions"


@dataclass(frozen=True, slots=True)
class Example:
    """A query that says something of the graph, and what it asks."""

    iri: str
    order: int
    labels: Mapping[str, str]  # by language
    comments: Mapping[str, str]
    query: str

    def label(self, language: Language) -> Text:
        """What it asks, in a language of the pages."""
        return Text(self.labels[language.tag], language.tag, language.direction)

    def comment(self, language: Language) -> Text:
        """What its rows are, in a language of the pages."""
        return Text(self.comments[language.tag], language.tag, language.direction)


def load(base: str) -> tuple[Example, ...]:
    """All examples in their order, under BASE."""
    turtle = Turtle.read(*sorted(FOLDER.glob("*.ttl")))
    found = [
        Example(
            iri=str(subject).replace(DEFAULT_BASE, base),
            order=int(str(turtle.value(subject, SH.order))),
            labels=_by_language(turtle.values(subject, RDFS.label)),
            comments=_by_language(turtle.values(subject, RDFS.comment)),
            query=str(turtle.value(subject, SH.select)).strip().replace(DEFAULT_BASE, base),
        )
        for subject in turtle.of_type(SH.SPARQLExecutable)
    ]
    return tuple(sorted(found, key=lambda example: example.order))


def _by_language(values: object) -> dict[str, str]:
    found = values if isinstance(values, list) else []
    return {value.language or "": str(value) for value in found if isinstance(value, Literal)}
