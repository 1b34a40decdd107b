"""Who is somebody: what a title, an office, a verb or a mark beside a name says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rdflib import URIRef

from khabar.text.chunk import Chunk
from khabar.text.line import Line
from khabar.text.namewords import NameWords
from khabar.vocab import KH, LEXINFO

_LONG_OFFICE: Final = 2  # words of an office that is more than its class
_QUOTES: Final = frozenset('“«"')


class Somebody(NameWords):
    """Says where the words around a name that nobody knows make it somebody's."""

    def _after_title(self, line: Line, chunks: Sequence[Chunk], i: int) -> bool:
        if i == 0:
            return False
        before = chunks[i - 1]
        if before.surface in (".", "/") and i > 1 and chunks[i - 2].has(KH.title):
            before = chunks[i - 2]  # "Mr. Smith", «السيد/ علي حسن»
        if before.surface == ")" and i > 3 and chunks[i - 3].surface == "(" and chunks[i - 4].kind == "post":
            before = chunks[i - 4]
        bracketed = before.comma and i > 4 and chunks[i - 2].surface == ")" and chunks[i - 4].surface == "("
        if bracketed and chunks[i - 5].kind == "post":
            return True  # "leader of the Green Party (GP), | Ann Smith"
        if before.kind == "demonym" and i > 1 and chunks[i - 2].has(KH.title):
            before = chunks[i - 2]  # «الطبيبة المغربية …»
        if before.surface in _QUOTES and i > 1 and chunks[i - 2].kind == "post":
            return not chunks[i].joined and not line.definite(chunks[i].first)  # «الرئيس | "سامي الخطيب"»
        if before.kind == "mark" and before.surface in "،," and i > 1 and chunks[i - 2].kind == "post":
            return not chunks[i].joined and not self._apposed(chunks, i - 2)
        if self._kind_of(line, chunks, i - 1):
            before = chunks[i - 2]  # «الدبلوماسي العربي | سامي الخطيب»
        if self._kind_of(line, chunks, i):
            return False
        titled = before.has(KH.title) or before.has(KH.introduces)
        governed = chunks[i].governors and not (titled and chunks[i].governors == before.governors)
        if not (titled or before.kind == "post") or chunks[i].joined or governed:
            return False  # «مع السيد | علي حسن» is governed by what stands before the title
        named = self._given(chunks[i]) or chunks[i].surface in self.index.doubtful
        first = self._articled(line, chunks, i) or self._called_after(chunks, i)
        return named or not line.definite(chunks[i].first) or first

    def _kind_of(self, line: Line, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether a known adjective stands there after what somebody does: «الدبلوماسي | العربي | …»."""
        if i < 1 or self.language.phrases is not KH.idafa or not chunks[i - 1].has(KH.title):
            return False
        occupied = LEXINFO.commonNoun in line.speech(chunks[i - 1].first)
        definite = line.definite(chunks[i].first) and line.definite(chunks[i - 1].first)
        return occupied and definite and LEXINFO.adjective in line.speech(chunks[i].first)

    def _articled(self, line: Line, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether the definite word is a first name, for what follows is no more definite nor given."""
        following = chunks[i + 1 : i + 2]
        if chunks[i].kind != "unknown" or not following or following[0].kind != "unknown":
            return False
        if following[0].joined or self._given(following[0]) or following[0].surface in self.index.doubtful:
            return False
        return chunks[i - 1].kind == "post" and not line.definite(following[0].first)

    def _called_after(self, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether a title stands before a first name like a last one: «الدكتور | الرفاعي مبارك»."""
        head, following = chunks[i].head, chunks[i + 1 : i + 2]
        if self.language.phrases is not KH.idafa or head is None or not chunks[i - 1].has(KH.title):
            return False
        shaped = bool(self.language.shapes[KH.originShape].fullmatch(head.token.folded))
        go_on = bool(following) and following[0].kind in ("unknown", "post", "mark")
        return chunks[i].kind == "unknown" and shaped and go_on and not following[0].joined

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

    def _acts_in_office(self, line: Line, chunks: Sequence[Chunk], i: int, end: int) -> bool:
        """Whether unknown words stand between a verb and an office: «تسلم | صقر غباش | رئيس المجلس …»."""
        if self.language.phrases is not KH.idafa or not i or end >= len(chunks) or not 1 < end - i < 5:
            return False
        before, post = chunks[i - 1], chunks[end]
        verb = before.kind == "word" and before.head is not None and not before.has(KH.copula)
        verb = verb and before.head is not None and LEXINFO.verb in before.head.speech
        if not (verb or before.has(KH.opensWords)) or post.kind != "post" or post.joined or post.governors:
            return False
        if line.definite(post.first) or post.last - post.first < _LONG_OFFICE or self._action(chunks, i):
            return False
        return not any(line.definite(c.first) or c.governors for c in chunks[i:end])

    def _speaks(self, line: Line, chunks: Sequence[Chunk], i: int) -> bool:
        return i > 0 and chunks[i - 1].has(KH.speech)

    def _joined_by_particle(self, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether a small particle of names joins capitalised words: "Salem | bin | Rashid"."""
        particles = self.index.particles
        return any(c.kind == "unknown" and c.surface in particles for c in chunks[start + 1 : end - 1])

    def _heads_line(self, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether names open a line of a list that ends with an office: «– صابري علوي | وزيرا للعدل»."""
        if self.language.phrases is not KH.idafa or not start or not 1 < end - start < 5:
            return False
        listed = all(c.kind == "mark" for c in chunks[:start]) and end < len(chunks)
        office = listed and chunks[end].kind == "post" and not (chunks[end].joined or chunks[end].governors)
        return office and (end + 1 == len(chunks) or chunks[end + 1].kind == "mark")

    def _opens_with_particle(self, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether a name of three words begins with what only names begin with: «عبد | المنعم | عنان»."""
        return self.language.phrases is KH.idafa and end - start > 2 and self._house(chunks[start])

    def _acts(self, line: Line, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether two or three capitalised words that nobody knows do what only somebody does."""
        if self.language.phrases is not KH.capitals or not 1 < end - start < 4 or end + 1 >= len(chunks):
            return False
        names = (c.surface for c in chunks[start:end])
        unknown = all(c.kind == "unknown" for c in chunks[start + 1 : end])
        unknown = unknown and (chunks[start].kind == "unknown" or self._city(chunks[start]))
        if not unknown or any(n.isupper() for n in names):
            return False
        k = end
        while k + 1 < len(chunks) and chunks[k].kind == "word" and self._helps(line, chunks[k]):
            k += 1
        if chunks[k].kind == "word" and (chunks[k].has(KH.speech) or chunks[k].has(KH.human)):
            return True
        if k > end and chunks[k - 1].has(KH.copula) and self._office_at(chunks, k):
            return True  # "has been | Kenya's envoy"
        if k > end and chunks[k - 1].has(KH.copula) and self._states(chunks[k], KH.hosts):
            return False  # "Oslo Marathon will be held": no people are
        return self._of_people(chunks[k]) or start > 0 and self._of_people(chunks[start - 1], KH.holdsPost)

    def _helps(self, line: Line, chunk: Chunk) -> bool:
        """Whether the word helps a verb or denies it: "will", "has", "not"."""
        denies = chunk.head is not None and any(w.marks is KH.denied for w in chunk.head.words)
        return denies or LEXINFO.auxiliary in line.speech(chunk.first)

    def _office_at(self, chunks: Sequence[Chunk], k: int) -> bool:
        """Whether a post stands there, be it after an article."""
        while k + 1 < len(chunks) and chunks[k].has(KH.determines):
            k += 1
        return chunks[k].kind == "post" and not chunks[k].governors

    def _presiding(self, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether two or three words stand where only who presides does: "chaired by | Mona Fares"."""
        if self.language.phrases is not KH.capitals or not 1 < end - start < 4 or start < 2:
            return False
        if any(c.kind != "unknown" or c.surface.isupper() for c in chunks[start:end]):
            return False
        verb = chunks[start - 2]
        if verb.kind != "word" or verb.head is None or not chunks[start].governors:
            return False
        return any(self.language.frames[f].states is KH.chairs for w in verb.head.words for f in w.frames)

    def _inverted(self, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether somebody ends the sentence who has spoken: "…," said | Mona Fares."."""
        verb, ended = chunks[start - 1], end == len(chunks) or chunks[end].kind == "mark"
        marked = start == 1 or chunks[start - 2].kind == "mark"
        if self.language.phrases is not KH.capitals or not 1 < end - start < 4:
            return False
        if any(c.kind != "unknown" or c.surface.isupper() for c in chunks[start:end]):
            return False
        return verb.has(KH.speech) and marked and ended

    def _stands_for_somebody(self, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether two or three names that nobody knows stand where only somebody does, as cases tell.

        «…», — сказала Наджва Хамди; «встреча Дины Шауки с …»; «Карл Шмидт и Анна Громова».
        """
        if self.language.phrases is not KH.genitive or not 0 < end - start < 4:
            return False
        names = chunks[start:end]
        if end - start == 1:
            return self._last_name_speaks(chunks, start)
        if any(c.kind != "unknown" or not c.surface[0].isupper() or c.surface.isupper() for c in names):
            return False
        if any(self._like_adjective(c) for c in names[:-1]):
            return False  # «сообщила Вечерняя Москва»
        before = chunks[start - 1] if start else None
        if before is not None and before.kind == "word" and self._before_somebody(before):
            return True
        if end >= len(chunks):
            return self._beside_given(chunks, start, end)
        did = chunks[end].kind == "word" and (chunks[end].has(KH.speech) or chunks[end].has(KH.human))
        free = before is None or not names[0].governors
        return free and (did or self._of_people(chunks[end])) or self._beside_given(chunks, start, end)

    def _last_name_speaks(self, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether the word at I can only be a last name, and speaks: «Громов | заявил»."""
        head = chunks[i].head
        word = head.token.folded if head is not None else ""
        if chunks[i].governors or not self.language.shapes[KH.surnameShape].fullmatch(word):
            return False
        beside = (*chunks[max(0, i - 1) : i], *chunks[i + 1 : i + 2])
        return any(c.kind == "word" and c.has(KH.speech) for c in beside)

    def _before_somebody(self, chunk: Chunk) -> bool:
        """Whether the word is followed by who speaks, meets, presides or takes office."""
        if chunk.has(KH.speech):
            return True
        words = chunk.head.words if chunk.head is not None else ()
        states = {self.language.frames[f].states for w in words for f in w.frames}
        return not states.isdisjoint((KH.holdsPost, KH.tookPartIn, KH.chairs))

    def _beside_given(self, chunks: Sequence[Chunk], start: int, end: int) -> bool:
        """Whether a conjunction joins the name to one that begins with a given name."""
        after = end + 2 < len(chunks) and chunks[end].has(KH.and_) and self._full_name(chunks, end + 1)
        joined = start > 2 and (chunks[start - 1].has(KH.and_) or chunks[start - 1].comma)
        return after or joined and self._full_name(chunks, start - 3)

    def _states(self, chunk: Chunk, state: URIRef) -> bool:
        """Whether the word has a frame of that relation."""
        words = chunk.head.words if chunk.head is not None else ()
        return any(self.language.frames[f].states == state for w in words for f in w.frames)

    def _of_people(self, chunk: Chunk, *states: URIRef) -> bool:
        """Whether the word tells of an office, a visit or a meeting, as only somebody's verbs do."""
        if chunk.kind != "word" or chunk.head is None:
            return False
        frames = (
            self.language.frames[f] for w in chunk.head.words for f in w.frames if w.speech is LEXINFO.verb
        )
        return any(
            f.states in (states or (KH.holdsPost, KH.visited, KH.tookPartIn, KH.chairs)) for f in frames
        )

    def _words_follow(self, chunks: Sequence[Chunk], end: int) -> bool:
        return end < len(chunks) and chunks[end].has(KH.opensWords)
