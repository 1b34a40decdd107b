"""What a pronoun may mean: the people and the matters that its sentence, or the last one, is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rdflib import URIRef

from khabar.text.chunk import Chunk
from khabar.text.discourse import Discourse
from khabar.vocab import KH, LEXINFO

_FOCUS: Final = 8  # things of one sentence that a pronoun may mean
_OPENS: Final = frozenset('“«„"')
_CLOSES: Final = frozenset('”»"')


class Focus:
    """The things that a pronoun may mean, of the sentence at hand or else of the last one that names any."""

    def __init__(self) -> None:
        self._arguments: list[URIRef] = []  # of verbs
        self._others: list[URIRef] = []  # under prepositions
        self._last: list[URIRef] = []
        self._before: list[URIRef] = []  # the arguments of that last sentence

    def next_sentence(self) -> None:
        """Begin a sentence; the last one keeps its things until this one names others."""
        if self._arguments or self._others:
            self._last, self._before = self.likeliest, self._arguments
        self._arguments, self._others = [], []

    def add(self, iri: URIRef, governed: bool) -> None:
        """A thing that the sentence names; GOVERNED says that it is no argument of its verb."""
        group = self._others if governed else self._arguments
        if len(group) < _FOCUS and iri not in group:
            group.append(iri)

    @property
    def likeliest(self) -> list[URIRef]:
        """The likeliest first."""
        return [*self._arguments, *self._others] or self._last

    @property
    def only(self) -> URIRef | None:
        """The one that no other rivals."""
        rivals = self._arguments or self._others or self._before
        return rivals[0] if len(rivals) == 1 else None


class Pronouns:
    """Keeps in mind what a pronoun may mean while one article is read."""

    def __init__(self, discourse: Discourse) -> None:
        self.d = discourse
        self.language = discourse.language
        self.people = Focus()  # whom a pronoun may mean
        self.matters = Focus()  # what "it" may mean

    def _notice(self, chunk: Chunk) -> None:
        """Keep in mind what a pronoun may mean from here on."""
        if chunk.iri is None or chunk.kind not in ("person", "pronoun", "name", "phrase"):
            return
        thing = self.d.things[chunk.iri].type
        if thing is KH.Person:
            self.people.add(chunk.iri, bool(chunk.governors) or chunk.owns)
        elif any(self.d.ontology.is_a(thing, c) for c in (KH.Organization, KH.Country, KH.Event, KH.Work)):
            self.matters.add(chunk.iri, bool(chunk.governors) or chunk.owns)

    def _antecedent(self, pronoun: Chunk) -> Chunk:
        """The pronoun with the likeliest thing that it may mean; it names nothing anew."""
        told = _gender(pronoun)
        if pronoun.has(LEXINFO.neuter):
            found = self.matters.only
        else:
            people = self.people.likeliest
            found = next((p for p in people if not told or self.d.genders.get(p, told) == told), None)
        if found is None:
            return pronoun
        self._tell(found, pronoun)
        return pronoun._replace(iri=found, type=self.d.things[found].type)

    def _tell(self, person: URIRef, word: Chunk) -> None:
        """Remember the gender that a pronoun or a title gives a person."""
        if gender := _gender(word):
            self.d.genders.setdefault(person, gender)


def quoted_in(chunks: Sequence[Chunk]) -> frozenset[int]:
    """The chunks inside quotation marks, which an earlier sentence may have opened or a later one closes."""
    found: set[int] = set()
    start: int | None = 0
    opened = False
    for i, chunk in enumerate(chunks):
        ended = i > 0 and chunks[i - 1].kind == "mark" and chunks[i - 1].surface not in ":("
        if chunk.surface in _OPENS and not ((opened or ended) and chunk.surface in _CLOSES):
            start, opened = i, True
        elif chunk.surface in _CLOSES and start is not None:
            found.update(range(start, i))
            start, opened = None, False
    return frozenset(found | set(range(start or 0, len(chunks)))) if opened else frozenset(found)


def _gender(chunk: Chunk) -> frozenset[URIRef]:
    return frozenset(g for g in (LEXINFO.masculine, LEXINFO.feminine) if chunk.has(g))
