"""People as chunks with the base forms of their names, and last names that stand alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from khabar.knowledge.inflection import NOMINATIVE
from khabar.text.chunk import Chunk, Recognised
from khabar.text.line import Line
from khabar.text.namewords import NameWords
from khabar.text.naming import OBLIQUE, Base, base_of
from khabar.vocab import KH, LEXINFO


class Surnames(NameWords):
    """Makes chunks of people, and finds those who are called by their last names alone."""

    def _merge(self, line: Line, parts: Sequence[Chunk], before: Chunk | None = None) -> Chunk:
        made = self.make(line, parts[0].first, parts[-1].last, "person", KH.Person, parts[0].governors)
        person = self._person_named(made, before)
        held = before is not None and before.kind == "post" and before.owns  # «отставка министра Громова»
        return person._replace(owns=person.owns or parts[-1].owns or held)

    def _person_named(self, chunk: Chunk, before: Chunk | None) -> Chunk:
        """The person with the base form of the name; what stands before may rule the nominative out."""
        post = before.cases if before is not None and before.kind == "post" else frozenset()
        ruled_out = bool(chunk.governors) or bool(post) and LEXINFO.nominativeCase not in post
        words = self.language.fold(chunk.surface).split()
        oblique = post or OBLIQUE if ruled_out else frozenset()
        if before is not None and before.kind == "word" and before.head is not None and not oblique:
            noun = LEXINFO.noun in before.head.speech
            unknown = self.noun_like(before)
            # «встреча Ивана Громова», «кандидатура Адылбека Громова»
            oblique = frozenset({LEXINFO.genitiveCase}) if noun or unknown else oblique
        base = base_of(words, self.language, self.index, oblique=oblique)
        if post and ruled_out and base.cases == NOMINATIVE.cases:
            # «назначил министром | Сергея Громова»: the name need not stand in the case of the post.
            other = base_of(words, self.language, self.index, oblique=OBLIQUE)
            base = base if other.cases == NOMINATIVE.cases else other
        if post == NOMINATIVE.cases and len(words) > 1 and not (base.known or base.cases & post):
            base = Base(tuple(words), post)  # «председатель Виорика Мунтяну» stands in no dative
        if words[0].endswith(".") and base.cases == NOMINATIVE.cases:
            base = Base(base.words, frozenset())  # «А. Громан» may be a woman, whose name does not inflect
        named = chunk._replace(kind="person", type=KH.Person, base=" ".join(base.words), cases=base.cases)
        owned = before is not None and self.after_noun(before, named)  # «кандидатура | Ивана Громова»
        return named._replace(numbers=frozenset({LEXINFO.singular}), owns=named.owns or owned)

    def surnames(self, recognised: Iterable[Recognised]) -> frozenset[str]:
        """The last words of the full names of the article, folded."""
        cased = self.language.phrases is KH.capitals  # there "Mr Smith" tells that "Joe Smith" is somebody
        people = [c for r in recognised for c in r.chunks if c.kind == "person" and (cased or " " in c.base)]
        names = [n.split() for c in people for n in (c.base, self.language.fold(c.surface)) if n]
        given = self.index.given_names
        last = (word for n in names for word in self.language.last_names(n, given))
        first = (n[0] for n in names if cased and len(n) > 1 and self._may_come_first(n[0]))
        bare = (self.index.without_particle(n[-1]) for n in names if cased)
        return frozenset((*last, *first, *bare))

    def _may_come_first(self, word: str) -> bool:
        """Whether somebody may be called by the first word of the name: "Xin", "Wanja", not "al" or "D."."""
        return word.isalpha() and word not in self.index.particles

    def neighbours(self, recognised: Iterable[Recognised]) -> frozenset[tuple[str, str]]:
        """Each two words that stand side by side in a full name of the article, folded."""
        if self.language.phrases is not KH.idafa:
            return frozenset()
        people = (c for r in recognised for c in r.chunks if c.kind == "person")
        names = (self.language.fold(c.surface).split() for c in people)
        return frozenset(pair for name in names for pair in pairwise(name))

    def with_surnames(
        self, recognised: Recognised, surnames: frozenset[str], neighbours: frozenset[tuple[str, str]]
    ) -> Recognised:
        """The sentence with lone last names as people, and with full names said again."""
        before = (None, *recognised.chunks)
        chunks = tuple(self._surname(c, b, surnames) for b, c in zip(before, recognised.chunks, strict=False))
        if self.language.phrases is KH.capitals:
            chunks = tuple(self._places(recognised.line, list(self._full_names(recognised.line, chunks))))
        if neighbours:
            chunks = tuple(self._again(recognised.line, chunks, neighbours))
        return replace(recognised, chunks=chunks)

    def _again(
        self, line: Line, chunks: Sequence[Chunk], neighbours: frozenset[tuple[str, str]]
    ) -> Iterator[Chunk]:
        """A word that nobody knows goes with the last name after it, as in the name said before."""
        i = 0
        while i < len(chunks):
            j = i
            while j + 1 < len(chunks) and self._side_by_side(chunks[j], chunks[j + 1], neighbours):
                j += 1
            named = j > i and chunks[j].kind == "person" and chunks[j].bare_head
            yield self._merge(line, chunks[i : j + 1], chunks[i - 1] if i else None) if named else chunks[i]
            i = j + 1 if named else i + 1

    def _side_by_side(self, one: Chunk, other: Chunk, neighbours: frozenset[tuple[str, str]]) -> bool:
        if one.kind != "unknown" or one.head is None or other.head is None or other.joined:
            return False
        first = self.language.fold(one.surface)
        return other.kind in ("unknown", "person") and (first, other.head.token.folded) in neighbours

    def _full_names(self, line: Line, chunks: Sequence[Chunk]) -> Iterator[Chunk]:
        """A capitalised word that nobody knows right before a last name goes with it."""
        waiting: Chunk | None = None
        for chunk in chunks:
            if waiting is not None and chunk.kind == "person" and chunk.last == chunk.first + 1:
                chunk, waiting = self._merge(line, (waiting, chunk)), None
            if waiting is not None:
                yield waiting
            waiting = chunk if chunk.kind == "unknown" else None
            if waiting is None:
                yield chunk
        if waiting is not None:
            yield waiting

    def _places(self, line: Line, chunks: Sequence[Chunk]) -> Iterator[Chunk]:
        """Capitalised names that nobody knows after a preposition of place: "in | Port Vila"."""
        i = 0
        while i < len(chunks):
            j = i
            while j < len(chunks) and chunks[j].kind == "unknown" and self._located(chunks[i]):
                j += 1
            if j > i:
                made = self.make(
                    line, chunks[i].first, chunks[j - 1].last, "place", KH.Place, chunks[i].governors
                )
                yield made._replace(owns=chunks[j - 1].owns)
            else:
                yield chunks[i]
            i = max(j, i + 1)

    def _located(self, chunk: Chunk) -> bool:
        capitals = not chunk.surface.isupper()
        groups = (w for g in chunk.governors for w in self.language.lexicon.get(g, ()))
        return capitals and any({KH.locative, KH.at} <= w.features for w in groups)

    def _surname(self, chunk: Chunk, before: Chunk | None, surnames: frozenset[str]) -> Chunk:
        if chunk.kind != "unknown" or chunk.head is None:
            return chunk
        bases = [x for x in self.language.name_bases(chunk.head.token.folded) if x[0] in surnames]
        if not bases:
            return chunk
        person = self._person_named(chunk, before)
        if (
            bases[0][0] != chunk.head.token.folded and not person.cases
        ):  # «Громана», of whom «Громан» is known
            cases = frozenset().union(*(i.cases for _, i in bases))
            return person._replace(base=bases[0][0], cases=cases)
        return person
