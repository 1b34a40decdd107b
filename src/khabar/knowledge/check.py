"""What a language file may say: only terms that are read, and only things that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rdflib import RDF, RDFS, BNode, URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.language import Language
from khabar.knowledge.ontology import Ontology
from khabar.knowledge.turtle import Term, Turtle
from khabar.vocab import KH, LEXINFO, ONTOLEX, ORG, SYNSEM

# Every property that a language file may use; one that nobody reads is a typo.
_READ: Final = frozenset(
    {
        RDF.type,
        RDF.first,
        RDF.rest,
        RDFS.label,
        RDFS.comment,
        LEXINFO.case,
        LEXINFO.gender,
        LEXINFO.partOfSpeech,
        ONTOLEX.denotes,
        SYNSEM.synBehavior,
    }
    | {
        KH[name]
        for name in (
            "abbreviation", "adjectiveInflects", "adjectiveShape", "adverbEnding", "affix", "change", "confidence", "creates", "demonymInflects",
            "enclitic", "expands", "feature", "folds", "form", "forms", "genitiveShape", "ignores", "implies", "impliedType",
            "inflects", "language", "marks", "nameInflects", "nameShape", "nounShape", "number", "opens",
            "optional", "order", "parts", "phrases", "principalParts", "rank", "role", "script", "slot",
            "splits", "states", "status", "surelyAdjectiveShape", "surelyVerbShape", "surnameShape", "type", "unit", "verbShape",
        )
    }
)  # fmt: skip
_TIMES: Final = frozenset({KH.Month, KH.Weekday, KH.TimeUnit})
_CLASS: Final = "use a class of ontology/khabar.ttl, or declare it there"
_STATABLE: Final = frozenset({RDF.type, ORG.postIn})


def check(turtle: Turtle, language: Language, ontology: Ontology) -> None:
    """Raise KnowledgeError for the first thing in a language file that is unknown or does not exist."""
    for error in _errors(turtle, language, ontology):
        raise error


def _errors(turtle: Turtle, language: Language, ontology: Ontology) -> Iterator[KnowledgeError]:
    for subject, described in turtle.subjects.items():
        for predicate in described:
            if predicate not in _READ:
                problem = f"uses {turtle.short(predicate)}, which nothing reads"
                yield _wrong(
                    turtle, subject, problem, "correct the spelling; docs/new-language.md lists them"
                )
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
            problem = f"states {turtle.short(frame.states)}, which the ontology does not declare"
            fix = f"declare {turtle.short(frame.states)} in ontology/khabar.ttl with domain and range, or correct it"
            yield _wrong(turtle, frame.iri, problem, fix)
        classes = [t for element in frame.elements for t in element.types]
        for cls in (*classes, *filter(None, (frame.creates, frame.implied_type))):
            if cls not in ontology.classes:
                problem = f"asks for {turtle.short(cls)}, which the ontology does not declare"
                yield _wrong(turtle, frame.iri, problem, _CLASS)


def _wrong(turtle: Turtle, subject: Term, problem: str, fix: str) -> KnowledgeError:
    """The error at SUBJECT, or at the term that a nameless SUBJECT belongs to."""
    while isinstance(subject, BNode):
        nodes = turtle.subjects.items()
        subject = next(
            (s for s, d in nodes if any(subject in objects for objects in d.values())), URIRef(subject)
        )
    return KnowledgeError(where=turtle.place(subject), problem=problem, fix=fix)
