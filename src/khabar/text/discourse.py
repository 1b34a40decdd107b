"""The things that one article has named so far, and where."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rdflib import Literal, URIRef

from khabar.knowledge import Knowledge
from khabar.model import Article, Entity, Mention, Span
from khabar.text.chunk import Chunk
from khabar.text.naming import as_printed
from khabar.vocab import KH, LEXINFO

_CLITICS: Final = 4  # letters; more before a word than «وال» make another
_MEMORY: Final = 400  # mentions: what was named further back is not what a short form means


@dataclass
class Thing:
    """What is known so far of one entity while its article is being read."""

    iri: URIRef
    type: URIRef
    head: str  # the folded head noun, by which a short form finds it again
    names: list[str]  # as printed, the first full name first
    mentions: dict[Span, Mention] = field(default_factory=dict)
    curated: bool = False
    country: URIRef | None = None  # of a post, or of the person who holds it


class Discourse:
    """The things an article has named so far, and where."""

    def __init__(self, article: Article, knowledge: Knowledge) -> None:
        self.article = article
        self.knowledge = knowledge
        self.language = knowledge.languages[article.language]
        self.index = knowledge.names[article.language]
        self.ontology = knowledge.ontology
        self.things: dict[URIRef, Thing] = {}
        self.genders: dict[URIRef, frozenset[URIRef]] = {}  # as pronouns and titles have told them
        self._by_name: dict[str, URIRef] = {}
        self._timeline: list[tuple[int, URIRef]] = []  # every mention, in reading order
        self._people: defaultdict[str, list[URIRef]] = defaultdict(list)  # by the last word of a name, folded

    # --------------------------------------------------------------------------------------- asking
    def recent(
        self,
        before: int,
        types: Iterable[URIRef],
        *,
        since: int = 0,
        head: str | None = None,
        inside: str | None = None,
    ) -> URIRef | None:
        """The thing named last before a position that is of one of TYPES (and has that head noun).

        INSIDE is a word that its first name, or one that it is known by, must hold, perhaps under clitics.
        """
        allowed = tuple(types)
        end = bisect_left(self._timeline, (before, URIRef("")))
        for position, iri in reversed(self._timeline[max(0, end - _MEMORY) : end]):
            if position < since:
                return None
            thing = self.things[iri]
            meant = (head is None or thing.head == head) and self.fits(iri, allowed)
            if meant and (inside is None or self._holds(thing, inside)):
                return iri
        return None

    def _holds(self, thing: Thing, word: str) -> bool:
        entry = self.knowledge.gazetteer.entries.get(thing.iri)
        known = (
            [n for n in (*entry.labels, *entry.alternatives) if n.language == self.language.tag]
            if entry
            else []
        )
        words = (w for name in (*thing.names[:1], *known) for w in self.language.fold(name).split())
        return any(w.endswith(word) and len(w) - len(word) < _CLITICS for w in words)

    def fits(self, iri: URIRef, types: Sequence[URIRef]) -> bool:
        """Whether the thing is of one of TYPES; no types allow everything."""
        return not types or any(self.ontology.is_a(self.things[iri].type, t) for t in types)

    # --------------------------------------------------------------------------------------- naming
    def name(
        self, iri: URIRef, cls: URIRef, chunk: Chunk, *, head: str = "", curated: bool = False
    ) -> URIRef:
        """Record that CHUNK names the thing; a post stands for its holder, but is no name of his."""
        thing = self.things.get(iri)
        if thing is None:
            thing = self.things[iri] = Thing(iri, cls, head, [], curated=curated)
        stands_in = chunk.kind == "post" and cls is not KH.Post
        if not (stands_in and thing.names):
            self._label(thing, chunk)
        mentioned = KH.Post if stands_in else thing.type
        thing.mentions.setdefault(chunk.span, Mention(chunk.span, chunk.surface, mentioned))
        for known in (self.language.fold(chunk.surface), chunk.base):
            if known:
                self._by_name.setdefault(known, iri)
        insort(self._timeline, (chunk.span.start, iri))
        return iri

    def _label(self, thing: Thing, chunk: Chunk) -> None:
        """Add a name: of a person in its base form, of all else as printed, a full nominative first."""
        person = chunk.kind == "person" and bool(chunk.base)
        first_noun = bool(chunk.base) and chunk.head is not None and chunk.base.split()[0] == chunk.head.lemma
        plain = person or first_noun and chunk.type is not KH.Agent  # no adjective that would have to agree
        name = as_printed(chunk.surface, chunk.base.split(), self.language) if plain else chunk.surface
        if name in thing.names:
            return
        better = bool(thing.names) and (
            self._is_base(name, thing.names[0]) if person else LEXINFO.nominativeCase in chunk.cases
        )
        first = better and len(name.split()) >= len(thing.names[0].split())
        thing.names.insert(0 if first else len(thing.names), name)
        if thing.type is KH.Person:
            words = self.language.fold(chunk.surface).split()
            for word in self.language.last_names(words, self.index.given_names):
                for base, _ in self.language.name_bases(word):
                    self._people[base].append(thing.iri)
            if len(words) > 1 and self.language.phrases is KH.capitals:
                self._people[words[0]].append(thing.iri)
                bare = self.index.without_particle(words[-1])
                if bare != words[-1]:
                    self._people[bare].append(thing.iri)

    def _is_base(self, name: str, form: str) -> bool:
        """Whether each word of FORM may be a form of that of NAME."""
        words = zip(self.language.fold(name).split(), self.language.fold(form).split(), strict=False)
        return all(any(base == n for base, _ in self.language.name_bases(f)) for n, f in words)

    def record(self, iri: URIRef, cls: URIRef, mention: Mention) -> None:
        """Record a thing that no name names, only a clause that tells of it."""
        thing = self.things.setdefault(iri, Thing(iri, cls, "", [mention.surface]))
        thing.mentions.setdefault(mention.span, mention)

    def known_as(self, folded: str) -> URIRef | None:
        """The thing already named so in this article."""
        return self._by_name.get(folded)

    def people(self, last: str) -> Iterator[URIRef]:
        """The people of whose names that folded word, or what it is a form of, is the last."""
        for base, _ in self.language.name_bases(last):
            yield from self._people.get(base, ())[:_MEMORY]

    def entities(self, used: Iterable[URIRef]) -> tuple[Entity, ...]:
        """The entities with those IRIs, sorted by IRI."""
        return tuple(self._entity(self.things[iri]) for iri in sorted(set(used) & self.things.keys()))

    def _entity(self, thing: Thing) -> Entity:
        mentions = tuple(sorted(thing.mentions.values(), key=lambda m: m.span))
        entry = self.knowledge.gazetteer.entries.get(thing.iri)
        labels = (
            tuple(entry.labels)
            if entry
            else tuple(Literal(n, lang=self.article.language) for n in thing.names)
        )
        return Entity(thing.iri, thing.type, labels, mentions, entry is not None)
