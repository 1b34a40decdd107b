"""Which words may be part of somebody's name, by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rdflib import URIRef

from khabar.text.chunk import Chunk, Chunker
from khabar.text.line import Line
from khabar.vocab import KH, LEXINFO

_SHORT_NOUN: Final = 2  # letters; behind a clitic fewer are none


class NameWords(Chunker):
    """Says which chunks of one article may be words of somebody's name."""

    def _may_be_name(self, chunk: Chunk, *, first: bool) -> bool:
        if chunk.kind == "unknown" or first and self._city(chunk):
            return first or not chunk.joined
        if chunk.kind in ("word", "name") and self._given(chunk):
            small = chunk.surface != chunk.surface.upper() and not chunk.surface[0].isupper()
            return (first or not chunk.joined) and not small and (chunk.kind == "word" or first)
        return not first and self._particle(chunk)

    def _given(self, chunk: Chunk) -> bool:
        return chunk.head is not None and self.index.given_forms[chunk.head.best.stem]

    def _doubtful(self, chunk: Chunk) -> bool:
        return not chunk.joined and chunk.surface in self.index.doubtful

    def _particle(self, chunk: Chunk) -> bool:
        """Whether a small word stands there that may be amid a name: "Anna | von | der Heide"."""
        folded = chunk.head.token.folded if chunk.head is not None else ""
        return chunk.kind == "word" and chunk.surface.islower() and folded in self.index.particles

    def _house(self, chunk: Chunk) -> bool:
        """Whether a particle stands there after which a name must go on."""
        folded = chunk.head.token.folded if chunk.head is not None else ""
        return chunk.kind == "unknown" and folded in self.index.particles

    def _city(self, chunk: Chunk) -> bool:
        """Whether a city of one word stands bare there, as somebody may be called, too: "Florence"."""
        city = chunk.kind == "name" and chunk.type is KH.City and chunk.bare_head
        return city and self.language.phrases is KH.capitals and not (chunk.governors or chunk.owns)

    def _nisba(self, chunk: Chunk) -> bool:
        """Whether a definite adjective of nationality stands there, as last names of Arabic do."""
        if chunk.kind != "demonym" or chunk.joined or chunk.head is None or chunk.governors:
            return False
        return any(self.language.proclitics[p].role is KH.article for p in chunk.head.best.proclitics)

    def _ends_name(self, chunks: Sequence[Chunk], j: int) -> bool:
        """Whether an adjective with its article stands at J and nothing that goes on with it: a last name."""
        chunk, following = chunks[j], chunks[j + 1 : j + 2]
        if (
            self.language.phrases is not KH.idafa
            or chunk.kind != "word"
            or chunk.head is None
            or chunk.joined
        ):
            return False
        roles = [self.language.proclitics[p].role for p in chunk.head.best.proclitics]
        if roles != [KH.article] or LEXINFO.adjective not in chunk.head.speech or chunk.has(KH.title):
            return False
        if any(w.marks is not None for w in chunk.head.words):
            return False  # «سامي الخطيب | السابق»
        closed = bool(following) and following[0].kind in ("mark", "post")
        return closed or bool(following) and following[0].has(KH.opensWords)

    def _people_of(self, chunk: Chunk) -> bool:
        """Whether a word for somebody's nationality stands there, bare of any article or preposition."""
        bare = chunk.kind == "demonym" and not (chunk.joined or chunk.governors) and chunk.head is not None
        return bare and self.language.phrases is KH.idafa and not self._nisba(chunk)

    def _like_adjective(self, chunk: Chunk) -> bool:
        """Whether the word looks like an adjective before the name of one body; «Ульрих» would be of many."""
        none: frozenset[URIRef] = frozenset()
        cases = self.language.adjective_cases(chunk.head.token.folded) if chunk.head is not None else none
        several = frozenset({LEXINFO.genitiveCase, LEXINFO.locativeCase, LEXINFO.accusativeCase})
        telling = (LEXINFO.nominativeCase, LEXINFO.genitiveCase)
        return cases != several and not cases.isdisjoint(telling)

    def _verb_like(self, chunk: Chunk) -> bool:
        """Whether what nobody knows looks like a verb, in a language where a verb may begin a clause."""
        if self.language.phrases is not KH.idafa or chunk.head is None or self._given(chunk):
            return False
        return bool(self.language.shapes[KH.verbShape].fullmatch(chunk.head.token.folded))

    def _action(self, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether a verbal noun stands there before another noun."""
        head, following = chunks[i].head, chunks[i + 1 : i + 2]
        if head is None or self._given(chunks[i]) or self._doubtful(chunks[i]) or not following:
            return False
        after = following[0]
        nominal = (
            after.kind in ("unknown", "phrase", "name", "demonym")
            or after.kind == "word"
            and (after.head is not None and not after.has(KH.functional) and not after.has(KH.ends))
        )
        if not nominal or after.joined or after.governors or self._given(after) or self._doubtful(after):
            return False
        verb = after.head is not None and LEXINFO.verb in after.head.speech
        shape = self.language.shapes[KH.actionShape]
        return not (verb or self._house(after)) and bool(shape.fullmatch(head.best.stem))

    def _begins(self, chunk: Chunk) -> bool:
        """Whether a noun of action stands there, be it after a preposition: «ليلى المنصوري | حرص بلادها»."""
        if chunk.kind != "unknown" or chunk.head is None or self._given(chunk):
            return False
        shape = self.language.shapes[KH.actionShape]
        parts = (a for a in chunk.head.analyses if a.enclitic is None and len(a.proclitics) < 2)
        roles = (
            a.stem
            for a in parts
            if all(self.language.proclitics[p].role is KH.preposition for p in a.proclitics)
        )
        return any(shape.fullmatch(stem) for stem in roles)

    def _led_noun(self, line: Line, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether a noun with a preposition stands there, before its genitive: «علي حسن | بقرار الجمعية»."""
        chunk, following = chunks[i], chunks[i + 1 : i + 2]
        if self.language.phrases is not KH.idafa or chunk.kind != "unknown" or chunk.head is None:
            return False
        if not following or following[0].joined or following[0].governors or self._given(chunk):
            return False
        definite = following[0].kind == "phrase" or line.definite(following[0].first)
        if not definite or following[0].kind not in ("phrase", "unknown", "word"):
            return False
        return any(self._led(a.proclitics) and len(a.stem) > _SHORT_NOUN for a in chunk.head.analyses)

    def _led(self, proclitics: Sequence[str]) -> bool:
        """Whether the clitics of a word are one preposition and nothing else."""
        return [self.language.proclitics[p].role for p in proclitics] == [KH.preposition]

    def _surname_shaped(self, stem: str) -> bool:
        """Whether a word that looks like a verb ends as only last names do: «قاسم جومارت | توكاييف»."""
        idafa = self.language.phrases is KH.idafa
        return idafa and bool(self.language.shapes[KH.surnameShape].fullmatch(stem))

    def _named_like(self, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether the run ends in what can only be a last name, with no adjective before it."""
        words = [c.head.token.folded for c in chunks[start:end] if c.head is not None]
        if len(words) < 2 or any(self.language.adjective_cases(w) for w in words[:-1]):
            return False
        shape = self.language.shapes[KH.surnameShape]
        return any(shape.fullmatch(base) for base, _ in self.language.name_bases(words[-1]))

    def _last_name_first(self, chunk: Chunk, given: Chunk) -> bool:
        """Whether a last name stands before the given name: «Громов Иван Петрович»."""
        if self.language.phrases is not KH.genitive or chunk.head is None or self._given(chunk):
            return False
        shape = self.language.shapes[KH.surnameShape]
        bases = self.language.name_bases(chunk.head.token.folded)
        return not given.governors and any(shape.fullmatch(base) for base, _ in bases)

    def _named_anew(self, last: Chunk, chunk: Chunk) -> bool:
        """Whether a first name stands there in no case of the last name before it: another name begins."""
        if self.language.phrases is not KH.genitive or not self._given(chunk):
            return False
        if last.head is None or chunk.head is None or last.kind != "unknown":
            return False
        shape = self.language.shapes[KH.surnameShape]
        names = self.index.given_names
        ends = [i.cases for b, i in self.language.name_bases(last.head.token.folded) if shape.fullmatch(b)]
        begins = [i.cases for b, i in self.language.name_bases(chunk.head.token.folded) if b in names]
        return bool(ends and begins) and frozenset().union(*ends).isdisjoint(frozenset().union(*begins))

    def _full_name(self, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether a given name stands at I and a name that nobody knows after it."""
        return self._given(chunks[i]) and chunks[i + 1].kind == "unknown" and not chunks[i].governors
