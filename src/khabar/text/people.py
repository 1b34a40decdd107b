"""Who is a person: runs of words that nobody knows, and what their context makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from khabar.knowledge.inflection import NOMINATIVE
from khabar.text.chunk import Chunk, Chunker, Recognised
from khabar.text.line import Line
from khabar.text.naming import OBLIQUE, Base, base_of
from khabar.vocab import KH, LEXINFO

_BRACKETED: Final = 3  # chunks: brackets with one name in them
_LONGEST_PERSON: Final = 5  # words


class People(Chunker):
    """Finds the people of one article, by title, given name, office or the shape of a last name."""

    def found(self, line: Line, chunks: list[Chunk]) -> Iterator[Chunk]:
        """Runs of unknown words that context makes people, each as one chunk."""
        i = 0
        while i < len(chunks):
            run = self._run(chunks, i, awaited=self._after_title(line, chunks, i))
            person = self._person(line, chunks, i, run) if run else None
            if person is None:
                yield chunks[i]
                i += 1
                continue
            start, end = person
            yield from chunks[i:start]
            yield self._merge(line, chunks[start:end], chunks[start - 1] if start else None)
            if end < len(chunks) and chunks[end].owns:
                chunks[end] = replace(chunks[end], owns=False)  # what follows a person is not his
            i = end

    def _run(self, chunks: Sequence[Chunk], i: int, *, awaited: bool) -> int:
        """How many chunks from I on could be the words of one name, which a title may have announced."""
        for j in range(i, min(len(chunks), i + _LONGEST_PERSON + 3)):
            word = chunks[j].kind == "word" and not chunks[j].has(KH.title)
            doubtful = word and chunks[j].surface in self.index.doubtful
            if j > i + 1 and self._nisba(chunks[j]):
                return j - i + 1  # «سالم رائد السوداني»: here it is no adjective
            if j > i and self._house(chunks[j - 1]) and chunks[j].kind in ("word", "unknown"):
                continue  # «حمد بن راشد آل | الشيخ»
            # «وزير النقل علي حسن» is a name; anywhere else its first word is a preposition.
            if not (doubtful and (awaited or j > i)) and not self._may_be_name(chunks[j], first=j == i):
                while j > i and self._particle(chunks[j - 1]):
                    j -= 1
                return j - i
        return min(len(chunks) - i, _LONGEST_PERSON + 3)

    def _house(self, chunk: Chunk) -> bool:
        """Whether a particle stands there after which a name must go on."""
        folded = chunk.head.token.folded if chunk.head is not None else ""
        return chunk.kind == "unknown" and folded in self.index.particles

    def _nisba(self, chunk: Chunk) -> bool:
        """Whether a definite adjective of nationality stands there, as last names of Arabic do."""
        if chunk.kind != "demonym" or chunk.joined or chunk.head is None or chunk.governors:
            return False
        return any(self.language.proclitics[p].role == KH.article for p in chunk.head.best.proclitics)

    def _may_be_name(self, chunk: Chunk, *, first: bool) -> bool:
        if chunk.kind == "unknown":
            return first or not chunk.joined
        if chunk.kind in ("word", "name") and self._given(chunk):
            small = chunk.surface != chunk.surface.upper() and not chunk.surface[0].isupper()
            return (first or not chunk.joined) and not small and (chunk.kind == "word" or first)
        return not first and self._particle(chunk)

    def _particle(self, chunk: Chunk) -> bool:
        """Whether a small word stands there that may be amid a name: "Anna | von | der Heide"."""
        folded = chunk.head.token.folded if chunk.head is not None else ""
        return chunk.kind == "word" and chunk.surface.islower() and folded in self.index.particles

    def _person(self, line: Line, chunks: Sequence[Chunk], i: int, length: int) -> tuple[int, int] | None:
        """The stretch [start, end) of chunks inside the run that is a person, if context says so."""
        end = i + length
        held = i > 0 and chunks[i - 1].kind == "post" and length > 1  # «советник Виктория Громан»
        if chunks[i].kind == "name" and not (held or self._named_like(chunks, i, end)):
            return None  # «Дания» is a country, «Дания Еспаева» is not
        titled = self._after_title(line, chunks, i)
        if titled or length > 1 and chunks[i].surface.endswith("."):  # «И. Громов»
            return i, self._stop(line, chunks, i, end)
        given = next((k for k in range(i, end) if self._given(chunks[k])), None)
        if given is not None and end - given > 1:
            start = given - (given > i and self._last_name_first(chunks[given - 1], chunks[given]))
            return start, self._stop(line, chunks, start, end)
        if self._named_like(chunks, i, end):
            return i, self._stop(line, chunks, i, end)
        if self._before_post(chunks, end):
            start = max(i, end - 3) if given is None else given
            return start, end
        if self._speaks(line, chunks, i) and 1 < length <= 4 and self._words_follow(chunks, end):
            return i, end
        return None

    def _named_like(self, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether the run ends in what can only be a last name, with no adjective before it."""
        words = [c.head.token.folded for c in chunks[start:end] if c.head is not None]
        if len(words) < 2 or any(self.language.adjective_cases(w) for w in words[:-1]):
            return False
        shape = self.language.shapes[KH.surnameShape]
        return any(shape.fullmatch(base) for base, _ in self.language.name_bases(words[-1]))

    def _last_name_first(self, chunk: Chunk, given: Chunk) -> bool:
        """Whether a last name stands before the given name: «Громов Иван Петрович»."""
        if self.language.phrases != KH.genitive or chunk.head is None or self._given(chunk):
            return False
        shape = self.language.shapes[KH.surnameShape]
        bases = self.language.name_bases(chunk.head.token.folded)
        return not given.governors and any(shape.fullmatch(base) for base, _ in bases)

    def _given(self, chunk: Chunk) -> bool:
        bases = self.language.name_bases(chunk.head.best.stem) if chunk.head is not None else ()
        return any(base in self.index.given_names for base, _ in bases)

    def _stop(self, line: Line, chunks: Sequence[Chunk], start: int, end: int) -> int:
        """Names end before a word that looks like a verb, and after five words; a particle is half a word."""
        particles = 0
        for k in range(start, min(end, start + _LONGEST_PERSON)):
            stem = line.lexemes[chunks[k].first].token.folded
            particles += stem in self.index.particles
            if k - start - particles >= 2 and self.language.shapes[KH.verbShape].fullmatch(stem):
                return k
        return min(end, start + _LONGEST_PERSON)

    def _after_title(self, line: Line, chunks: Sequence[Chunk], i: int) -> bool:
        if i == 0:
            return False
        before = chunks[i - 1]
        if before.surface == ")" and i > _BRACKETED and chunks[i - 3].surface == "(":
            before = chunks[i - 4]  # «секретарь Союза городов (СГ) | Чжан Лунь»
        if before.kind == "demonym" and i > 1 and chunks[i - 2].has(KH.title):
            before = chunks[i - 2]  # «الطبيبة المغربية …»
        if before.kind == "mark" and before.surface in "،," and i > 1 and chunks[i - 2].kind == "post":
            return not chunks[i].joined and not self._apposed(chunks, i - 2)
        titled = before.has(KH.title) or before.has(KH.introduces)
        if not (titled or before.kind == "post") or chunks[i].joined or chunks[i].governors:
            return False
        return self._given(chunks[i]) or not line.definite(chunks[i].first)

    def _apposed(self, chunks: Sequence[Chunk], post: int) -> bool:
        """Whether the post already stands after the name of its holder and a comma."""
        if post < 2 or chunks[post - 1].kind != "mark" or chunks[post - 1].surface not in "،,":
            return False
        return chunks[post - 2].kind in ("unknown", "person", "name")

    def _before_post(self, chunks: Sequence[Chunk], end: int) -> bool:
        if end + 1 >= len(chunks) or not (chunks[end].comma or chunks[end].has(KH.copula)):
            return end > 1 and chunks[end].has(KH.human) if end < len(chunks) else False
        if chunks[end].comma and chunks[end + 1].has(KH.human):
            return True  # "…, who": somebody
        after = end + 1
        while after + 1 < len(chunks) and chunks[after].has(KH.determines):
            after += 1  # "…, the deputy director of …"
        return chunks[after].kind == "post" and not chunks[after].joined and not chunks[after].governors

    def _speaks(self, line: Line, chunks: Sequence[Chunk], i: int) -> bool:
        return i > 0 and chunks[i - 1].has(KH.speech)

    def _words_follow(self, chunks: Sequence[Chunk], end: int) -> bool:
        return end < len(chunks) and chunks[end].has(KH.opensWords)

    def _merge(self, line: Line, parts: Sequence[Chunk], before: Chunk | None = None) -> Chunk:
        made = self.make(line, parts[0].first, parts[-1].last, "person", KH.Person, parts[0].governors)
        person = self._person_named(made, before)
        held = before is not None and before.kind == "post" and before.owns  # «отставка министра Громова»
        return replace(person, owns=person.owns or parts[-1].owns or held)

    def _person_named(self, chunk: Chunk, before: Chunk | None) -> Chunk:
        """The person with the base form of the name; what stands before may rule the nominative out."""
        post = before.cases if before is not None and before.kind == "post" else frozenset()
        ruled_out = bool(chunk.governors) or bool(post) and LEXINFO.nominativeCase not in post
        words = self.language.fold(chunk.surface).split()
        oblique = post or OBLIQUE if ruled_out else frozenset()
        if before is not None and before.kind == "word" and before.head is not None and not oblique:
            noun = any(w.speech == LEXINFO.noun for w in before.head.words)
            unknown = self.noun_like(before)
            # «встреча Ивана Громова», «кандидатура Адылбека Громова»
            oblique = frozenset({LEXINFO.genitiveCase}) if noun or unknown else oblique
        base = base_of(words, self.language, self.index, oblique=oblique)
        if post == NOMINATIVE.cases and len(words) > 1 and not (base.known or base.cases & post):
            base = Base(tuple(words), post)  # «председатель Виорика Мунтяну» stands in no dative
        if words[0].endswith(".") and base.cases == NOMINATIVE.cases:
            base = Base(base.words, frozenset())  # «А. Громан» may be a woman, whose name does not inflect
        named = replace(chunk, kind="person", type=KH.Person, base=" ".join(base.words), cases=base.cases)
        owned = before is not None and self.after_noun(before, named)  # «кандидатура | Ивана Громова»
        return replace(named, numbers=frozenset({LEXINFO.singular}), owns=named.owns or owned)

    # -------------------------------------------------------------------------------------------- last names
    def surnames(self, recognised: Iterable[Recognised]) -> frozenset[str]:
        """The last words of the full names of the article, folded."""
        cased = self.language.phrases == KH.capitals  # there "Mr Smith" tells that "Joe Smith" is somebody
        people = [c for r in recognised for c in r.chunks if c.kind == "person" and (cased or " " in c.base)]
        names = [n.split() for c in people for n in (c.base, self.language.fold(c.surface))]
        return frozenset(word for n in names for word in self.language.last_names(n, self.index.given_names))

    def with_surnames(self, recognised: Recognised, surnames: frozenset[str]) -> Recognised:
        """The sentence with lone last names as people."""
        before = (None, *recognised.chunks)
        chunks = tuple(self._surname(c, b, surnames) for b, c in zip(before, recognised.chunks, strict=False))
        if self.language.phrases == KH.capitals:
            chunks = tuple(self._places(recognised.line, list(self._full_names(recognised.line, chunks))))
        return replace(recognised, chunks=chunks)

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
                yield replace(made, owns=chunks[j - 1].owns)
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
            return replace(person, base=bases[0][0], cases=cases)
        return person
