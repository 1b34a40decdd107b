"""The Turtle, loaded and checked once, as indexes; nothing else knows its vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from khabar.knowledge.check import check
from khabar.knowledge.confidence import Confidences
from khabar.knowledge.gazetteer import Gazetteer
from khabar.knowledge.language import Language
from khabar.knowledge.lexicon import read_languages
from khabar.knowledge.names import NameIndex, NameIndexes
from khabar.knowledge.ontology import Ontology
from khabar.knowledge.turtle import Turtle
from khabar.knowledge.vocabulary import Vocabulary
from khabar.resources import folder as shipped

__all__ = ["Gazetteer", "Knowledge", "Language", "NameIndex", "Ontology", "load", "load_language"]


@dataclass(frozen=True)
class Knowledge:
    """All that is known before the first article is read."""

    ontology: Ontology
    gazetteer: Gazetteer
    languages: Mapping[str, Language]  # by tag
    names: Mapping[str, NameIndex]  # by tag
    confidences: Confidences  # of the frames
    folder: Path  # where it was read from


def load(folder: Path | None = None) -> Knowledge:
    """Read and check the Turtle of FOLDER (the shipped one by default); raises KnowledgeError."""
    return _load((folder or shipped("ontology")).resolve())


@cache
def _load(folder: Path) -> Knowledge:
    ontology = Ontology.load(folder / "khabar.ttl")
    gazetteer = Gazetteer.load(Turtle.read(folder / "gazetteer.ttl", folder / "names.ttl"))
    vocabulary = Vocabulary.load(folder / "lexicon.ttl")
    languages = {}
    for path in sorted((folder / "languages").glob("*.ttl")):
        turtle = Turtle.read(path)
        vocabulary.check(turtle)
        for tag, language in read_languages([turtle]).items():
            check(turtle, language, ontology)
            languages[tag] = language
    names = NameIndexes(gazetteer, languages, ontology)
    confidences = Confidences.load(folder / "confidence.ttl")
    return Knowledge(ontology, gazetteer, languages, names, confidences, folder)


@cache
def load_language(tag: str) -> Language | None:
    """One shipped language without all else, enough to find sentences; None if there is no such file."""
    path = shipped("ontology") / "languages" / f"{tag}.ttl"
    return read_languages([Turtle.read(path)]).get(tag) if path.is_file() else None
