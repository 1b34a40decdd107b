"""Sentences to chunks: names, phrases, posts, periods, and the words between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from khabar.knowledge import Knowledge
from khabar.model import Article, Span
from khabar.text.chunk import Chunk, Recognised
from khabar.text.dates import find_periods
from khabar.text.elided import completed
from khabar.text.lex import find_names, lex
from khabar.text.line import Line
from khabar.text.offices import Offices
from khabar.text.people import People
from khabar.text.seated import Seated
from khabar.text.segment import Sentence
from khabar.vocab import KH, LEXINFO

_RESPECTIVE: Final = 2  # countries whose officials are named in their order: «президенты Кении и Чада»
_SITES: Final = frozenset({KH.City, KH.Place})


def recognise(
    article: Article, sentences: Iterable[Sentence], knowledge: Knowledge
) -> tuple[Recognised, ...]:
    """The chunks of every sentence; people named once by their full name are known by their last name."""
    reader = Recogniser(article, knowledge)
    first = tuple(reader.mended(reader.sentence(s) for s in sentences))
    surnames, neighbours = reader.people.surnames(first), reader.people.neighbours(first)
    return tuple(reader.people.with_surnames(r, surnames, neighbours) for r in first)


class Recogniser(Offices):
    """The recognisers of one article's language, bound to what they need."""

    def __init__(self, article: Article, knowledge: Knowledge) -> None:
        super().__init__(article, knowledge)
        self.people = People(article, knowledge)
        self.seated = Seated(article, knowledge)

    def sentence(self, sentence: Sentence) -> Recognised:
        """The chunks of one sentence, people included."""
        lexemes = lex(sentence.tokens, self.language, self.index)
        times = {
            t.first: t
            for t in find_periods(self.article.text, lexemes, self.language, self.article.published)
        }
        names = find_names(lexemes, self.language, self.index)
        line = Line(lexemes, names, times, self.language, self.index)
        found = tuple(self.people.found(line, list(self._chunks(line))))
        chunks = tuple(self._governed(self._held(found)))
        if self.language.phrases is KH.idafa:
            chunks = completed(tuple(self.seated.joined(chunks)), self.language)
        return Recognised(sentence, line, chunks)

    def _held(self, chunks: Sequence[Chunk]) -> Iterator[Chunk]:
        """The office of several as an office, where they are named after it: «депутаты | Громов и Ким»."""
        for i, chunk in enumerate(chunks):
            several = chunk.kind == "phrase" and chunk.type == KH.Agent and chunk.has(KH.eachHolds)
            several = several and sum(c.type == KH.Country for c in chunk.inner) < _RESPECTIVE
            following = chunks[i + 1 : i + 4]
            named = [c.kind for c in following[::2]] == ["person", "person"] if several else False
            joined = named and (following[1].comma or following[1].has(KH.and_))
            # "were elected | deputy speakers", «вице-спикерами | избраны»
            beside = (*chunks[max(0, i - 1) : i], *following[:1])
            taken = several and any(c.has(KH.introduces) for c in beside)
            yield chunk._replace(kind="post", type=KH.Post) if joined or taken else chunk

    def _governed(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """A person under the preposition of the post before the name: "greetings of Minister | Ann Smith"."""
        before: tuple[str, ...] = ()
        last: tuple[Chunk, ...] = ()
        for chunk in chunks:
            if self._shares_governor(last, chunk):
                chunk = chunk._replace(governors=last[0].governors)  # «между Кенией и | ОБСЕ»
            if chunk.kind == "person" and before and not chunk.governors:
                chunk = chunk._replace(governors=before)
            if self._lies_in(last, chunk):
                chunk = chunk._replace(governors=last[0].governors)  # "to Oslo, | Norway"
            last = (*last[-1:], chunk)
            if not (chunk.kind == "word" and chunk.has(KH.title)):
                led = chunk.kind == "post" or chunk.kind == "demonym" and self.language.phrases is KH.idafa
                before = chunk.governors if led else ()  # «خلفا للتشادي | موسى فقي»
            yield chunk

    def _shares_governor(self, last: tuple[Chunk, ...], chunk: Chunk) -> bool:
        """Whether a conjunction joins a name that does not inflect to one under a preposition."""
        if chunk.kind != "name" or len(last) < len("ab") or self.language.phrases is not KH.genitive:
            return False
        bare = not (chunk.governors or chunk.cases)
        return bare and last[0].kind == "name" and bool(last[0].governors) and last[1].has(KH.and_)

    def _lies_in(self, last: tuple[Chunk, ...], chunk: Chunk) -> bool:
        """Whether a country follows its city and a comma."""
        if chunk.kind != "name" or chunk.type is not KH.Country or self.language.phrases is not KH.capitals:
            return False
        city = len(last) > 1 and last[0].type in _SITES and bool(last[0].governors)
        return city and last[1].comma and not chunk.governors

    def mended(self, recognised: Iterable[Recognised]) -> Iterator[Recognised]:
        """A sentence of nothing but names goes on with the list before it: a stray full stop cut it off."""
        before: Recognised | None = None
        for now in recognised:
            if before is not None and before.whole and self._only_names(now) and self._ends_in_name(before):
                span = Span(before.sentence.span.start, now.sentence.span.end)
                mended = self.sentence(Sentence(span, before.sentence.tokens + now.sentence.tokens))
                before = replace(mended, whole=False)
                continue
            if before is not None:
                yield before
            before = now
        if before is not None:
            yield before

    def _only_names(self, recognised: Recognised) -> bool:
        names = [c for c in recognised.chunks if c.kind in ("name", "phrase")]
        return len(names) > 1 and all(c.kind in ("name", "phrase", "mark") for c in recognised.chunks)

    def _ends_in_name(self, recognised: Recognised) -> bool:
        words = [c for c in recognised.chunks if c.kind != "mark"]
        return bool(words) and words[-1].kind in ("name", "phrase") and len(words) > 1

    def _chunks(self, line: Line) -> Iterator[Chunk]:
        i = 0
        governors: tuple[str, ...] = ()
        before: Chunk | None = None
        owner: Chunk | None = None
        while i < len(line):
            chunk = self._chunk(line, i, governors)
            if chunk.kind != "word" and i > 0 and line.has(i - 1, KH.genitive):
                # An owner governs no name ("July's | G20 summit"): what governs the owner does.
                chunk = chunk._replace(governors=owner.governors if owner is not None else ())
            governors = self._governs(line, chunk)
            if chunk.kind == "word" and chunk.has(KH.title) and i > 0 and line.has(i - 1, KH.genitive):
                governors = ()  # "Norway's Mr | Smith"
            if chunk.last < len(line) and line.has(chunk.last, KH.genitive):
                chunk = owner = chunk._replace(owns=True)
            if chunk.kind in ("name", "phrase", "person") and i > 0 and self._in_idafa(line, i):
                chunk = chunk._replace(owns=True)
            if before is not None and self.after_noun(before, chunk):
                chunk = chunk._replace(owns=True)
            before = chunk
            yield chunk
            i = chunk.last

    def _in_idafa(self, line: Line, i: int) -> bool:
        """Whether an indefinite noun that names nothing stands right before: «ضيف تركيا» is not Turkey."""
        if (
            self.language.phrases is not KH.idafa
            or line.proclitics(i, KH.conjunction)
            or line.proclitics(i, KH.preposition)
        ):
            return False
        before = line.lexemes[i - 1]
        if (
            before.token.kind != "word"
            or before.known
            or i - 1 in line.names
            or line.definite(i - 1)
            or before.given
        ):
            return False
        stem = before.best.stem
        return not stem.endswith(self.language.adverbials) and not self.language.shapes[
            KH.verbShape
        ].fullmatch(stem)

    def _governs(self, line: Line, chunk: Chunk) -> tuple[str, ...]:
        """The preposition that governs what follows CHUNK; articles let it through."""
        if chunk.kind == "phrase" and chunk.type is KH.City and chunk.bare_head:
            return chunk.governors  # «в городе | Ташкенте»
        if chunk.kind == "phrase" and chunk.type is KH.City and self.language.phrases is KH.idafa:
            return chunk.governors  # «بالعاصمة العمانية | مسقط»
        if chunk.kind == "word" and chunk.head is not None:
            if chunk.head.token.kind == "number" and not chunk.bare_head:
                return chunk.governors
            if chunk.head.best.enclitic is not None and self.language.phrases is KH.idafa:
                return ()  # «خلالها»: a pronoun is governed already
            if (
                LEXINFO.preposition in line.speech(chunk.first)
                and chunk.last == chunk.first + 1
                or chunk.has(KH.genitive)
            ):
                return (chunk.head.best.stem,)
            if LEXINFO.preposition in chunk.head.speech:
                return (self.language.fold(chunk.surface),)
            if chunk.has(KH.article) or chunk.has(KH.passes):
                return chunk.governors
        return ()
