"""What a language file may name: only frames, classes and relations that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from khabar.errors import KnowledgeError
from khabar.knowledge.language import Language
from khabar.knowledge.ontology import Ontology
from khabar.knowledge.turtle import Term, Turtle
from khabar.knowledge.vocabulary import place
from khabar.vocab import KH, ORG, RDF

_TIMES: Final = frozenset({KH.Month, KH.Weekday, KH.TimeUnit})
_CLASS: Final = "use a class of ontology/khabar.ttl, or declare it there"
_STATABLE: Final = frozenset({RDF.type, ORG.postIn})


def check(turtle: Turtle, language: Language, ontology: Ontology) -> None:
    """Raise KnowledgeError for the first thing that a language file names and nobody declares."""
    for error in _errors(turtle, language, ontology):
        raise error


def _errors(turtle: Turtle, language: Language, ontology: Ontology) -> Iterator[KnowledgeError]:
    yield from _groups(turtle, language, ontology)
    yield from _frames(turtle, language, ontology)


def _groups(turtle: Turtle, language: Language, ontology: Ontology) -> Iterator[KnowledgeError]:
    for group in language.groups.values():
        for iri in group.frames:
            if iri not in language.frames:
                problem = f"behaves as {turtle.short(iri)}, which is no frame of this file"
                yield _wrong(
                    turtle, group.iri, problem, "declare it as a synsem:SyntacticFrame, or correct it"
                )
        if group.denotes is not None and group.denotes not in ontology.classes | _TIMES:
            problem = f"denotes {turtle.short(group.denotes)}, which the ontology does not declare"
            yield _wrong(turtle, group.iri, problem, _CLASS)


def _frames(turtle: Turtle, language: Language, ontology: Ontology) -> Iterator[KnowledgeError]:
    for frame in language.frames.values():
        if frame.states not in _STATABLE and frame.states not in ontology.relations:
            states = turtle.short(frame.states)
            problem = f"states {states}, which the ontology does not declare"
            fix = f"declare {states} in ontology/khabar.ttl with domain and range, or correct it"
            yield _wrong(turtle, frame.iri, problem, fix)
        classes = [t for element in frame.elements for t in element.types]
        for cls in (*classes, *filter(None, (frame.creates, frame.implied_type))):
            if cls not in ontology.classes:
                problem = f"asks for {turtle.short(cls)}, which the ontology does not declare"
                yield _wrong(turtle, frame.iri, problem, _CLASS)


def _wrong(turtle: Turtle, subject: Term, problem: str, fix: str) -> KnowledgeError:
    return KnowledgeError(where=place(turtle, subject), problem=problem, fix=fix)
