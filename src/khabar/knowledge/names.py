"""NameIndex: the gazetteer's names as one language writes them, found by their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rdflib import URIRef

from khabar.knowledge.gazetteer import Gazetteer
from khabar.knowledge.language import Language, inflect
from khabar.knowledge.ontology import Ontology


class Name(NamedTuple):
    """One way to write the name of one thing."""

    words: tuple[str, ...]  # folded
    iri: URIRef
    type: URIRef
    kind: str  # "label", "alternative", "hidden", "demonym" or "acronym"
    cases: frozenset[URIRef] = frozenset()  # that this form of it may stand in; empty: it does not tell


@dataclass(frozen=True)
class NameIndex:
    """Names by their first folded word, the longest first."""

    by_first: Mapping[str, tuple[Name, ...]]
    given_names: frozenset[str]
    particles: frozenset[str]

    def longest(self, words: Sequence[str], start: int, first: str) -> Name | None:
        """The longest name at WORDS[start], whose first word (perhaps without clitics) is FIRST."""
        for name in self.by_first.get(first, ()):
            more = name.words[1:]
            if not more or tuple(words[start + 1 : start + 1 + len(more)]) == more:
                return name
        return None


def index_names(gazetteer: Gazetteer, language: Language, ontology: Ontology) -> NameIndex:
    """The index of one language; a name of two things goes to the first in the gazetteer."""
    found: defaultdict[str, dict[tuple[str, ...], Name]] = defaultdict(dict)
    for text, iri, kind in gazetteer.names(language.tag):
        spellings = inflect(text, language.demonym_affixes) if kind == "demonym" else (text,)
        for spelling in spellings:
            words = tuple(language.fold(spelling[a:b]) for a, b in language.words(spelling))
            if words:
                found[words[0]].setdefault(words, Name(words, iri, gazetteer.entries[iri].type, kind))
    return NameIndex(
        by_first={w: tuple(sorted(n.values(), key=lambda n: -len(n.words))) for w, n in found.items()},
        given_names=frozenset(language.fold(n) for n in gazetteer.given_names(language.tag)),
        particles=frozenset(language.fold(n) for n in gazetteer.particles(language.tag)),
    )
