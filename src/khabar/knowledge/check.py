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
    {RDF.type, RDF.first, RDF.rest, RDFS.label, RDFS.comment, LEXINFO.partOfSpeech, ONTOLEX.denotes, SYNSEM.synBehavior}
    | {
        KH[name]
        for name in (
            "abbreviation", "adjectiveShape", "affix", "change", "confidence", "creates", "demonymInflects",
            "enclitic", "expands", "feature", "folds", "form", "ignores", "implies", "impliedType", "inflects",
            "language", "marks", "nameInflects", "nameShape", "nounShape", "number", "opens", "optional", "order",
            "parts", "phrases", "principalParts", "rank", "role", "script", "slot", "splits", "states", "status",
            "surelyAdjectiveShape", "type", "unit", "verbShape",
        )
    }
)  # fmt: skip
_STATABLE: Final = frozenset({RDF.type, ORG.postIn})


def check(turtle: Turtle, language: Language, ontology: Ontology) -> None:
    """Raise KnowledgeError for the first thing in a language file that is unknown or does not exist."""
    for error in _errors(turtle, language, ontology):
        raise error


def _errors(turtle: Turtle, language: Language, ontology: Ontology) -> Iterator[KnowledgeError]:
    for subject, described in turtle.subjects.items():
        for predicate in described:
            if predicate not in _READ:
                yield _wrong(turtle, subject, f"uses {turtle.short(predicate)}, which nothing reads",
                             "correct the spelling; docs/new-language.md lists the properties")  # fmt: skip
    for group in language.groups.values():
        for iri in group.frames:
            if iri not in language.frames:
                yield _wrong(turtle, group.iri, f"behaves as {turtle.short(iri)}, which is no frame of this file",
                             "declare it as a synsem:SyntacticFrame, or correct its name")  # fmt: skip
        if group.denotes is not None and not _names(turtle, ontology, group.denotes):
            yield _wrong(turtle, group.iri, f"denotes {turtle.short(group.denotes)}, which the ontology does not declare",
                         "use a class of ontology/khabar.ttl, or declare it there")  # fmt: skip
    for frame in language.frames.values():
        if frame.states not in _STATABLE and frame.states not in ontology.relations:
            yield _wrong(turtle, frame.iri, f"states {turtle.short(frame.states)}, which the ontology does not declare",
                         "write a relation of ontology/khabar.ttl, or declare it there with domain and range")  # fmt: skip
        for cls in (*(t for e in frame.elements for t in e.types), *((frame.creates,) if frame.creates else ())):
            if cls not in ontology.classes:
                yield _wrong(turtle, frame.iri, f"asks for {turtle.short(cls)}, which is no class of the ontology",
                             "use a class of ontology/khabar.ttl, or declare it there")  # fmt: skip


def _names(turtle: Turtle, ontology: Ontology, cls: URIRef) -> bool:
    return cls in ontology.classes or cls in (KH.Month, KH.Weekday, KH.TimeUnit)


def _wrong(turtle: Turtle, subject: Term, problem: str, fix: str) -> KnowledgeError:
    owner = next((s for s, d in turtle.subjects.items() if any(subject in o for o in d.values())), subject)
    named = owner if isinstance(subject, BNode) and not isinstance(owner, BNode) else subject
    return KnowledgeError(where=turtle.place(named), problem=problem, fix=fix)
