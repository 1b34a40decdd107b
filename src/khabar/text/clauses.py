"""The chunks of one sentence as clauses: where one ends, what stands aside, how far words may reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rdflib import URIRef

from khabar.text.chunk import Chunk, Recognised
from khabar.vocab import KH, LEXINFO, RDF

REACH: Final = 24  # chunks between two elements of a frame: further apart they belong to other clauses
NAMING: Final = frozenset({"name", "phrase", "person", "post", "alias", "pronoun"})
COMMAS: Final = frozenset("،,")
_VERBAL: Final = frozenset({LEXINFO.verb, LEXINFO.auxiliary})
_SMALL: Final = frozenset(
    {LEXINFO.preposition, LEXINFO.conjunction, LEXINFO.subordinatingConjunction, LEXINFO.particle}
)
_CLOSE: Final = 5  # chunks between two elements that must stand near each other
_QUOTES: Final = frozenset('“«"”»')
_STOPS: Final = frozenset(';؛:!?؟…“«„"')


class Clauses:
    """One sentence, and the ways through it."""

    def __init__(self, recognised: Recognised) -> None:
        self.chunks: Sequence[Chunk] = recognised.chunks
        self.line = recognised.line
        self.start = recognised.sentence.span.start
        self.language = recognised.line.language
        self._speech = [_speech(chunk) for chunk in self.chunks]
        self._closing: list[bool | None] = [None] * len(self.chunks)
        self.named = [i for i, chunk in enumerate(self.chunks) if chunk.kind in NAMING]

    def speech(self, i: int) -> URIRef | None:
        """The part of speech of the word at chunk I."""
        return self._speech[i]

    def verbal(self, i: int) -> bool:
        """Whether a verb stands at chunk I, be it only one that helps another."""
        return self.speech(i) in _VERBAL

    def closes(self, i: int) -> bool:
        """Whether a new clause begins at chunk I: a verb, or what opens reported words."""
        known = self._closing[i]
        if known is None:  # it is asked of a chunk for each frame that looks past it
            known = self._closing[i] = self._begins_clause(i)
        return known

    def _begins_clause(self, i: int) -> bool:
        head = self.chunks[i].head
        if self.chunks[i].kind != "word" or head is None:
            return False
        if self.speech(i) is LEXINFO.verb and self._nominal(i):
            return False
        if self.speech(i) is LEXINFO.verb and self._helps(i):
            return False
        if self.speech(i) is LEXINFO.verb or head.has(KH.opensWords):
            return True
        if i and self.speech(i - 1) is LEXINFO.auxiliary and LEXINFO.verb in head.speech:
            return True  # "will chair" has no chair in it
        word, shape = head.token, self.language.shapes[KH.surelyVerbShape]
        return not head.known and word.surface[0].islower() and bool(shape.fullmatch(word.folded))

    def _helps(self, i: int) -> bool:
        """Whether the copula at I only belongs to the participle after it: «форум | был | организован …»."""
        if self.language.phrases is not KH.genitive or not self.chunks[i].has(KH.copula):
            return False
        i += 1
        while i < len(self.chunks) and self.speech(i) is LEXINFO.adverb:
            i += 1
        return i < len(self.chunks) and self.speech(i) is LEXINFO.verb

    def _nominal(self, i: int) -> bool:
        """Whether what may be a verb is a noun, for it stands under a preposition: «منذ | استضافتها»."""
        head = self.chunks[i].head
        if self.language.phrases is not KH.idafa or not self.chunks[i].governors or head is None:
            return False
        return any(w.speech is LEXINFO.noun for a in head.analyses for w in a.words)

    def attached(self, i: int) -> bool:
        """Whether a pronoun is written on to the word at chunk I."""
        head = self.chunks[i].head
        return head is not None and head.best.enclitic is not None

    def relative(self, i: int) -> bool:
        """Whether a relative pronoun stands there."""
        return i < len(self.chunks) and self.speech(i) is LEXINFO.relativePronoun

    def conjunction(self, j: int) -> bool:
        """Whether the word at chunk J joins two others."""
        head = self.chunks[j].head
        return self.chunks[j].kind == "word" and head is not None and head.has(KH.and_)

    def reach(self, start: int, step: int, reduced: bool = False) -> Iterator[int]:
        """The chunks that an element may be looked for in, from START outwards.

        Brackets and relative clauses between commas are stepped over; a verb, a colon or a semicolon is
        the last chunk that can still be meant.
        """
        i = start + step
        excused = False  # after «الذي», the next verb belongs to the name before it: «المؤتمر الذي انعقد …»
        while 0 <= i < len(self.chunks) and abs(i - start) <= REACH:
            chunk = self.chunks[i]
            if chunk.kind == "mark":
                beyond = self._over(start, i, step, reduced)
                if beyond is None:
                    return
                i = beyond
                continue
            yield i
            if self.closes(i) and not (excused or step < 0 and i > 0 and self._tells_which(i, start)):
                return
            excused = step > 0 and self.relative(i)
            i += step

    def _tells_which(self, verb: int, start: int) -> bool:
        """Whether the verb before START only tells which thing is meant: "the forum | held in Oslo".

        A participle stands right after the thing and before a preposition, and the verb at START has no other
        subject.
        """
        if self.relative(verb - 1):
            return True
        if self.language.phrases is not KH.capitals or self.chunks[verb - 1].kind != "phrase":
            return False
        head = self.chunks[verb].head
        words = head.words if head is not None else ()
        frames = [self.language.frames[f] for w in words for f in w.frames]
        reduced = any(KH.reduced in f.features for f in frames)
        led = self.speech(verb + 1) is LEXINFO.preposition and self.speech(start) is LEXINFO.verb
        return reduced and led and not self._bare_named(verb + 1, start)

    def _bare_named(self, first: int, last: int) -> bool:
        """Whether something is named there under no preposition."""
        return any(c.kind in NAMING and not (c.governors or c.owns) for c in self.chunks[first:last])

    def _over(self, start: int, i: int, step: int, reduced: bool) -> int | None:
        """Where to go on at the mark I; None where the clause ends.

        REDUCED says that the head may be a participle right after what it is about and a comma.
        """
        surface = self.chunks[i].surface
        if self._around_name(i):
            return i + step
        if surface == ":" and step > 0 and self.chunks[i - 1].has(KH.announces):
            return i + step  # "has three members: | Libya, Niger and Chad"
        if surface in _STOPS:
            return None
        opening, closing = ("(", ")") if step > 0 else (")", "(")
        if surface == opening:
            return self.find_mark(i, step, closing)
        if surface in COMMAS and step > 0 and self.relative(i + 1):
            return self.find_mark(i + 1, step, "،,")
        if (
            surface in COMMAS
            and step < 0
            and self.language.phrases is not KH.idafa
            and self._bare(i + 1, start)
        ):
            aside = self._before_parenthesis(i)
            if aside is None and self._dated(i):
                return i - 1
            if self.relative(i + 1) or reduced and self._led(i + 1, start) and aside is None:
                return i - 1  # "the school, which was founded …", "the school, founded …"
            return aside
        if surface in COMMAS and step < 0 and (before := self.find_mark(i, -1, "،,")) is not None:
            return before if self.relative(before + 2) else i - 1
        return i + step

    def _without_dates(self, between: list[Chunk]) -> list[Chunk]:
        """The chunks without dates and places between commas: «أعلن المجلس، | اليوم (السبت)، | عن …»."""
        while self.language.phrases is KH.idafa and len(between) > 2 and between[0].comma:
            last = next((k for k in range(1, len(between)) if between[k].comma), 0)
            if last < 2 or not all(self._adverbial(c) for c in between[1:last]):
                break
            further = last + 1 < len(between) and self._adverbial(between[last + 1])
            between = between[last if further else last + 1 :]
        return between

    def _adverbial(self, chunk: Chunk) -> bool:
        """Whether it only says when or where: a date, a place with its preposition, a bracket."""
        place = chunk.kind in ("name", "phrase") and not self.language.locatives.isdisjoint(chunk.governors)
        small = chunk.kind == "word" and (chunk.has(KH.locative) or chunk.has(KH.of))
        return chunk.kind == "time" or place or small or chunk.surface in "()"

    def _quotes(self, i: int) -> bool:
        """Whether one of the marks around a name stands there, or one that parts it from its title."""
        titled = self.chunks[i].surface == "/" and i > 0 and self.chunks[i - 1].has(KH.title)
        return self.chunks[i].kind == "mark" and (titled or self._around_name(i))

    def _around_name(self, i: int) -> bool:
        """Whether the mark at I is one of two around a person's name: «رئيس المجلس "سامي الخطيب"»."""
        if self.language.phrases is not KH.idafa or self.chunks[i].surface not in _QUOTES:
            return False
        chunks, around = self.chunks, ((i + 1, i + 2), (i - 1, i - 2))
        within = ((name, other) for name, other in around if 0 <= other < len(chunks))
        return any(chunks[n].kind == "person" and chunks[o].surface in _QUOTES for n, o in within)

    def _led(self, first: int, last: int) -> bool:
        """Whether nothing but a preposition and its article stand there: "…, with the | support of"."""
        small = (
            self.speech(k) is LEXINFO.preposition or self.chunks[k].has(KH.determines)
            for k in range(first, last)
        )
        return all(small)

    def _dated(self, comma: int) -> bool:
        """Whether the mark at COMMA closes a date that has one inside: «X сегодня, 7 февраля, | прибыл»."""
        before = self.chunks[comma - 1]
        return comma > 0 and before.kind == "time" and not COMMAS.isdisjoint(before.surface)

    def _bare(self, first: int, last: int) -> bool:
        """Whether nothing is named from FIRST up to LAST: "…, has said", "…, was chaired"."""
        return not any(c.kind in NAMING or c.kind == "unknown" for c in self.chunks[first:last])

    def _before_parenthesis(self, comma: int) -> int | None:
        """The chunk before what a pair of commas encloses: "X, the director of Y in Z, Norway, said"."""
        found = comma - 1 if self.apposed(comma) else None
        for k in range(comma - 1, max(0, comma - REACH), -1):
            if self.chunks[k].surface in _STOPS:
                break
            if (
                self.chunks[k].surface in COMMAS
                and (self.chunks[k - 1].kind in NAMING or self.relative(k + 1))
                and (self._opens_parenthesis(k + 1) or self._small_words(k + 1, comma))
            ):
                found = k - 1
                if self.chunks[found].kind == "person" and self.chunks[k + 1].kind == "post":
                    break  # "…, which costs 3 million, | Ann Smith, minister of trade, said"
        return found

    def _small_words(self, first: int, comma: int) -> bool:
        """Whether only small words stand between two commas: «Посол, в свою очередь, отметил …»."""
        small = (LEXINFO.conjunction, LEXINFO.adverb, LEXINFO.subordinatingConjunction)
        return all(self.speech(i) in small for i in range(first, comma))

    def apposed(self, comma: int) -> bool:
        """Whether commas enclose the holder of the post before them: "the minister, Ann Smith, said".

        An acronym in brackets may stand behind the post: "leader of the Green Party (GP), Ann Smith, said".
        """
        opening = comma - 2
        if opening <= 0 or self.chunks[opening].surface not in COMMAS:
            return False
        before = opening - 1
        if before > 2 and self.chunks[before].surface == ")" and self.chunks[before - 2].surface == "(":
            before -= 3
        return self.chunks[comma - 1].kind == "person" and self.chunks[before].kind == "post"

    def _opens_parenthesis(self, i: int) -> bool:
        while self.chunks[i].has(KH.determines) or self._once(i):
            i += 1
        opening = (LEXINFO.relativePronoun, LEXINFO.preposition, LEXINFO.verb, LEXINFO.participle)
        return (
            self.chunks[i].kind == "post"
            or self.speech(i) in opening
            or self.chunks[i - 1].has(KH.determines)
        )

    def _once(self, i: int) -> bool:
        """Whether a word for a time stands before a participle: «Громов, | ранее | занимавший пост, …»."""
        small = self.speech(i) in (LEXINFO.conjunction, LEXINFO.adverb) and not self.chunks[i].has(KH.and_)
        return small and i + 1 < len(self.chunks) and self.speech(i + 1) is LEXINFO.participle

    def near(self, start: int, i: int) -> bool:
        """Whether only small words and periods stand between the two chunks."""
        lowest = min(start, i) + 1
        if (after := self._past_brackets(lowest)) > lowest and after <= max(start, i):
            lowest = after  # «ليلى المنصوري (61 عاما) | رئيسة للحكومة»
        between = [
            c for k, c in enumerate(self.chunks[lowest : max(start, i)], lowest) if not self._quotes(k)
        ]
        between = self._without_dates(between)
        if len(between) == 1 and self._sets_off(between[0]) and self.relative(max(start, i)):
            return True  # «الاتحاد - | الذي تأسس …», «الشبكة، التي …»
        aside = bool(between) and all(c.comma or c.kind == "time" for c in between)
        if aside and self._takes_office(lowest - 1, max(start, i)):
            return True  # «انتخب سامي الخطيب، أمس الجمعة، | رئيسا للمجلس»
        if (
            between
            and between[-1 if i > start else 0].kind == "post"
            and self.chunks[max(start, i)].kind == "person"
        ):
            between = between[:-1] if i > start else between[1:]  # "elected former minister | Ann Smith"
        small = all(c.kind in ("word", "time") for c in between)
        closed = any(
            self.closes(k) or self.relative(k) or self.conjunction(k) for k in range(lowest, max(start, i))
        )
        return small and not closed and len(between) <= _CLOSE

    def _takes_office(self, person: int, post: int) -> bool:
        """Whether somebody takes an indefinite office behind a comma: «تعيين سامي الخطيب، | رئيسا للمجلس»."""
        if self.language.phrases is not KH.idafa or self.chunks[person].kind != "person":
            return False
        chunk = self.chunks[post]
        if chunk.kind != "post" or chunk.head is None:
            return False
        return chunk.head.token.folded.endswith(self.language.adverbials)

    def _sets_off(self, mark: Chunk) -> bool:
        """Whether a comma or a dash stands there, before which Arabic may set off a relative clause."""
        return self.language.phrases is KH.idafa and mark.kind == "mark" and mark.surface in "،,-–—"

    def opens(self, i: int) -> bool:
        """Whether a conjunction on a small word at I begins another clause: «… علي حسن، وبعد ذلك …»."""
        return self.chunks[i].joined and self.speech(i) in _SMALL

    def _past_brackets(self, i: int) -> int:
        opened = i < len(self.chunks) and self.chunks[i].surface == "("
        return self.find_mark(i, 1, ")") or i if opened else i

    def find_mark(self, i: int, step: int, marks: str) -> int | None:
        """Where to go on beyond the next of MARKS, within reach; None if there is none."""
        for j in range(i + step, i + step * REACH, step):
            if not 0 <= j < len(self.chunks):
                return None
            if self.chunks[j].kind == "mark" and self.chunks[j].surface in marks:
                return j + step
        return None

    def opening(self, first: int) -> int:
        """Where the clause opens before the noun at FIRST: «В Осло 5 мая | состоялась встреча …»."""
        verb = first - 1
        if self.language.phrases is not KH.genitive or verb < 0 or self.speech(verb) is not LEXINFO.verb:
            return first
        head = self.chunks[verb].head
        words = head.words if head is not None else ()
        happens = any(self.language.frames[f].states is RDF.type for w in words for f in w.frames)
        return verb if happens else first

    def after_brackets(self, i: int) -> int:
        """The chunk after the one at I, or after the brackets that open there."""
        if self.chunks[i].surface != "(":
            return i + 1
        return self.find_mark(i, 1, ")") or i + 1

    def past_country(self, i: int) -> int:
        """The last chunk of ", Norway," after a place, where a comma at I opens it; else I itself."""
        if self.language.phrases is not KH.capitals or not self.chunks[i].comma:
            return i
        j = i + 1
        while j < len(self.chunks) and self.chunks[j].has(KH.determines):
            j += 1
        enclosed = j + 1 < len(self.chunks) and self.chunks[j + 1].comma
        country = (
            enclosed and self.chunks[j].kind == "name" and self.chunks[j].type in (KH.Country, KH.Region)
        )
        city = i > 0 and self.chunks[i - 1].type in (KH.City, KH.Place)
        return j + 1 if country and city else i

    def clause(self, start: int, step: int) -> Iterator[int]:
        """The chunks of the same clause beyond START: up to a verb, a second comma or a colon."""
        commas = 0
        i = start + step
        while 0 <= i < len(self.chunks) and abs(i - start) <= REACH:
            if step > 0 and (beyond := self.past_country(i)) > i:
                i = beyond + 1
                continue
            chunk = self.chunks[i]
            if chunk.kind == "mark":
                commas += chunk.surface in COMMAS
                if chunk.surface in _STOPS or commas > (1 if step < 0 else 0):
                    return
            elif self.closes(i):
                return
            yield i
            i += step


def _speech(chunk: Chunk) -> URIRef | None:
    head = chunk.head
    return head.words[0].speech if chunk.kind == "word" and head is not None and head.words else None
