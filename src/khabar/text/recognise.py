"""Sentences to chunks: names, phrases, posts, people, periods, and the words between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rdflib import URIRef

from khabar.knowledge import Knowledge
from khabar.knowledge.language import Language, Words
from khabar.knowledge.ontology import Ontology
from khabar.model import Article, Period, Span
from khabar.text.dates import find_periods
from khabar.text.lex import Lexeme, find_names, lex, multiword, role_of
from khabar.text.line import Line, Phrase
from khabar.text.naming import OBLIQUE, base_of
from khabar.text.phrases import phrase_at
from khabar.text.segment import Sentence
from khabar.vocab import KH, LEXINFO

_LONGEST_PERSON: Final = 5  # words
_SHORTEST_PERSON: Final = 2  # words of a full name
_SHORTEST_ALIAS: Final = 2  # letters of an acronym in brackets


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one sentence that frames see as one thing: tokens [first, last)."""

    first: int
    last: int
    kind: str  # "name", "phrase", "post", "person", "pronoun", "demonym", "unknown", "time", "word" or "mark"
    span: Span  # without the clitics before it
    surface: str
    type: URIRef | None = None  # of what it names
    governors: tuple[str, ...] = ()  # the preposition before it or written on to it, folded
    joined: bool = False  # whether a conjunction is written on to it
    iri: URIRef | None = None  # what it names, if the gazetteer says so
    head: Lexeme | None = None
    period: Period | None = None
    inner: tuple[Chunk, ...] = ()  # what is named inside: the body of a post, the country of an adjective
    bare: bool = False  # a head without a name of its own: «المؤتمر», "the ministry"
    owns: bool = False  # the genitive of the noun before it, and so no argument of a verb
    cases: frozenset[URIRef] = frozenset()  # that its form may stand in; empty: it does not tell
    base: str = ""  # what it names in its base form, folded; empty: as printed
    numbers: frozenset[URIRef] = frozenset()  # as a subject; empty: it does not tell

    @property
    def comma(self) -> bool:
        """Whether it is a comma, Arabic or Latin."""
        return self.kind == "mark" and self.surface in "،,"

    def has(self, feature: URIRef) -> bool:
        """Whether its head word carries that feature."""
        return self.head is not None and self.head.has(feature)


@dataclass(frozen=True, slots=True)
class Recognised:
    """One sentence with its chunks, which cover its tokens in order."""

    sentence: Sentence
    line: Line
    chunks: tuple[Chunk, ...]
    whole: bool = True  # False for one mended from two


def recognise(
    article: Article, sentences: Iterable[Sentence], knowledge: Knowledge
) -> tuple[Recognised, ...]:
    """The chunks of every sentence; people named once by their full name are known by their last name."""
    reader = Recogniser(article, knowledge)
    first = tuple(reader.mended(reader.sentence(s) for s in sentences))
    surnames = reader.surnames(first)
    return tuple(reader.with_surnames(r, surnames) for r in first)


class Recogniser:
    """The recognisers of one article's language, bound to what they need."""

    def __init__(self, article: Article, knowledge: Knowledge) -> None:
        self.article = article
        self.language: Language = knowledge.languages[article.language]
        self.index = knowledge.names[article.language]
        self.ontology: Ontology = knowledge.ontology

    def sentence(self, sentence: Sentence) -> Recognised:
        """The chunks of one sentence, people included."""
        lexemes = lex(sentence.tokens, self.language, self.index)
        times = {
            t.first: t
            for t in find_periods(self.article.text, lexemes, self.language, self.article.published)
        }
        names = find_names(lexemes, self.language, self.index)
        line = Line(lexemes, names, times, self.language, self.index)
        chunks = tuple(self._people(line, list(self._chunks(line))))
        return Recognised(sentence, line, chunks)

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
        while i < len(line):
            chunk = self._chunk(line, i, governors)
            if chunk.kind != "word" and i > 0 and line.has(i - 1, KH.genitive):
                chunk = replace(chunk, governors=())  # an owner governs no name: "July's | G20 summit"
            governors = self._governs(line, chunk)
            if chunk.last < len(line) and line.has(chunk.last, KH.genitive):
                chunk = replace(chunk, owns=True)
            if chunk.kind in ("name", "phrase", "person") and i > 0 and self._in_idafa(line, i):
                chunk = replace(chunk, owns=True)
            yield chunk
            i = chunk.last

    def _in_idafa(self, line: Line, i: int) -> bool:
        """Whether an indefinite noun that names nothing stands right before: «ضيف تركيا» is not Turkey."""
        if (
            self.language.phrases != KH.idafa
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
        if chunk.kind == "word" and chunk.head is not None:
            if (
                LEXINFO.preposition in line.speech(chunk.first)
                and chunk.last == chunk.first + 1
                or chunk.has(KH.genitive)
            ):
                return (chunk.head.best.stem,)
            if any(w.speech == LEXINFO.preposition for w in chunk.head.words):
                return (self.language.fold(chunk.surface),)
            if chunk.has(KH.article) or chunk.has(KH.passes):
                return chunk.governors
        return ()

    def _chunk(self, line: Line, i: int, governors: tuple[str, ...]) -> Chunk:
        if i in line.times:
            time = line.times[i]
            made = self._make(line, i, time.last, "time", governors=governors)
            return replace(made, period=time.period, span=time.period.span)
        if line.is_mark(i):
            made = self._make(line, i, i + 1, "mark")
            return replace(made, surface=made.surface[0])  # «،،» is a comma
        named = line.names.get(i)
        phrase = phrase_at(line, i)
        # "UN Security Council session" is no Security Council.
        inside = named is not None and phrase is not None and phrase.head >= named[1]
        if (
            named is not None
            and not inside
            and (phrase is None or len(named[0].words) > phrase.after - phrase.head)
        ):
            return self._name(line, i, governors)
        if phrase is not None:
            make = self._post if phrase.words.denotes == KH.Post else self._phrase
            return make(line, phrase, governors)
        several = multiword(line.lexemes, i, self.language)
        return self._several(line, i, several, governors) if several else self._word(line, i, governors)

    def _name(self, line: Line, i: int, governors: tuple[str, ...]) -> Chunk:
        name, end, _ = line.names[i]
        kind = "demonym" if name.kind == "demonym" else "name"
        return replace(self._make(line, i, end, kind, name.type, governors), iri=name.iri, cases=name.cases)

    def _several(self, line: Line, i: int, several: tuple[Words, int], governors: tuple[str, ...]) -> Chunk:
        """A word of the lexicon that is written as several."""
        words, length = several
        best = line.lexemes[i].best._replace(words=(words,))
        made = self._make(line, i, i + length, "word", governors=governors)
        return replace(made, head=replace(line.lexemes[i], best=best, analyses=(best,)))

    def _word(self, line: Line, i: int, governors: tuple[str, ...]) -> Chunk:
        lexeme = line.lexemes[i]
        if lexeme.has(KH.refers):
            return self._make(line, i, i + 1, "pronoun", KH.Person)
        unknown = lexeme.token.kind == "word" and not lexeme.known and self._name_like(line, i)
        return self._make(line, i, i + 1, "unknown" if unknown else "word", governors=governors)

    def _name_like(self, line: Line, i: int) -> bool:
        surface = line.surface(i)
        cased = surface.upper() != surface.lower()
        if cased:
            return surface[0].isupper()
        return bool(self.language.shapes[KH.nameShape].fullmatch(line.lexemes[i].token.folded))

    def _phrase(self, line: Line, phrase: Phrase, governors: tuple[str, ...]) -> Chunk:
        first, last = phrase.first, phrase.last
        kind = "class" if first > 0 and line.has(first - 1, KH.oneOf) else "phrase"
        made = self._make(line, first, last, kind, phrase.words.denotes, governors)
        others = [k for k in range(first, last) if not phrase.head <= k < phrase.after]
        bare = all(line.has(k, KH.generic) for k in others) and line.definite(first)
        inner = tuple(self._inside(line, first, last))
        made = self._inflected(line, self._shown(line, made, phrase), phrase)
        return replace(made, inner=inner, bare=bare)

    def _inflected(self, line: Line, chunk: Chunk, phrase: Phrase) -> Chunk:
        """The chunk with its head, its cases, and its name with head and adjectives in one form."""
        words = phrase.words
        made = replace(chunk, head=line.lexemes[phrase.head], cases=words.cases, numbers=words.numbers)
        if not phrase.words.lemma:
            return made
        start = phrase.first if phrase.shown is None else phrase.shown
        folded = [x.token.folded for x in line.lexemes]
        before = (self.language.adjective_stem(word) for word in folded[start : phrase.head])
        return replace(made, base=" ".join((*before, phrase.words.lemma, *folded[phrase.after : chunk.last])))

    def _shown(self, line: Line, chunk: Chunk, phrase: Phrase) -> Chunk:
        """The chunk with its own words alone as surface: "Norway's | foreign minister"."""
        if phrase.shown is None or phrase.shown == phrase.first:
            return chunk
        span = Span(line.lexemes[phrase.shown].token.span.start, chunk.span.end)
        return replace(chunk, span=span, surface=self.article.text[span.start : span.end])

    def _post(self, line: Line, phrase: Phrase, governors: tuple[str, ...]) -> Chunk:
        """A post with the body it is in: «نائبة رئيس [مجلس النواب في البرلمان الكازاخي]»."""
        body = self._body(line, phrase.body) if phrase.body is not None and phrase.body < len(line) else None
        # An algorithm that looks past the body knows better: «посол Казахстана | в Германии».
        end = max(body.last, phrase.last) if body is not None else phrase.last
        while self._demonym(line, end):
            end = line.names[end][1]
        before = tuple(self._inside(line, phrase.first, phrase.head))
        rest = self._inside(line, body.last if body is not None else phrase.after, end)
        after = tuple(c for c in rest if not self._sent_to(line, c.first))
        place = self._located_body(line, end) if body is None and not before else None
        end = place.last if place is not None else end
        inner = tuple(c for c in (body, *before, *after, place) if c is not None)
        made = self._make(line, phrase.first, end, "post", KH.Post, governors)
        return replace(self._inflected(line, self._shown(line, made, phrase), phrase), inner=inner)

    def _sent_to(self, line: Line, i: int) -> bool:
        """Whether the post only leads to the name at I: "ambassador to the | Netherlands"."""
        return any(line.has(k, KH.to) for k in range(max(0, i - 2), i))

    def _located_body(self, line: Line, i: int) -> Chunk | None:
        """The country or body that a preposition of place joins to a post: «وزيرة التعليم في الأردن»."""
        if i + 1 < len(line) and i not in line.names and line.has(i, KH.locative):
            i += 1
        elif i >= len(line) or not line.proclitics(i, KH.preposition):
            return None
        chunk = self._body(line, i)
        if chunk is None or chunk.type is None:
            return None
        return (
            chunk if any(self.ontology.is_a(chunk.type, c) for c in (KH.Country, KH.Organization)) else None
        )

    def _demonym(self, line: Line, i: int) -> bool:
        """Whether an adjective of nationality at I goes on with the phrase before it."""
        named = line.names.get(i)
        return named is not None and named[0].kind == "demonym" and not line.proclitics(i, KH.conjunction)

    def _body(self, line: Line, j: int) -> Chunk | None:
        """The body, country or place whose post it is, right after the words of the post."""
        if line.proclitics(j, KH.conjunction) or j in line.times or line.is_mark(j):
            return None
        chunk = self._chunk(line, j, ())
        if chunk.kind == "unknown" and self.language.phrases == KH.capitals and line.has(j - 1, KH.article):
            return self._unknown_body(line, j)
        if chunk.kind not in ("name", "phrase") or chunk.type is None:
            return None
        fits = any(
            self.ontology.is_a(chunk.type, c) for c in (KH.Organization, KH.Country, KH.Place, KH.Event)
        )
        return chunk if fits else None

    def _unknown_body(self, line: Line, j: int) -> Chunk:
        """A body that nobody knows, after a post and the article: "head of the | Riigikogu | Ann Smith"."""
        last = j + 1
        while (
            last < len(line) and not line.lexemes[last].given and self._word(line, last, ()).kind == "unknown"
        ):
            last += 1
        named = last < len(line) and line.lexemes[last].given
        last = last if named or last - j < _SHORTEST_PERSON + 1 else j + 1
        return self._make(line, j, last, "body", KH.Organization)

    def _inside(self, line: Line, start: int, end: int) -> Iterator[Chunk]:
        i = start
        while i < end:
            if i in line.names and line.names[i][1] <= end:
                yield self._name(line, i, ())
                i = line.names[i][1]
            else:
                i += 1

    def _make(
        self,
        line: Line,
        first: int,
        last: int,
        kind: str,
        cls: URIRef | None = None,
        governors: tuple[str, ...] = (),
    ) -> Chunk:
        lexeme = line.lexemes[first]
        proclitics = line.names[first][2] if first in line.names else lexeme.best.proclitics
        start = self._start(lexeme, proclitics)
        span = Span(start, line.lexemes[last - 1].token.span.end)
        roles = {p: role_of(self.language, p) for p in proclitics}
        own = tuple(p for p, role in roles.items() if role == KH.preposition)
        return Chunk(
            first, last, kind, span, self.article.text[span.start : span.end], cls, own or governors,
            any(role == KH.conjunction for role in roles.values()), None, lexeme,
        )  # fmt: skip

    def _start(self, lexeme: Lexeme, proclitics: Sequence[str]) -> int:
        """Where a name starts after its conjunction and preposition; «للمنظمة» keeps what melted into it."""
        token = lexeme.token
        separable = [p for p in proclitics if role_of(self.language, p) in (KH.conjunction, KH.preposition)]
        while separable and not token.folded.startswith(
            "".join(proclitics[: len(separable)]) + _rest(proclitics, separable)
        ):
            separable.pop()
        drop = len("".join(separable))
        position = token.span.start
        while drop > 0 and position < token.span.end:
            drop -= len(self.language.fold(self.article.text[position]))
            position += 1
        return position

    # -------------------------------------------------------------------------------------------- people
    def _people(self, line: Line, chunks: list[Chunk]) -> Iterator[Chunk]:
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
            doubtful = chunks[j].kind == "word" and chunks[j].surface in self.index.doubtful
            # «وزير النقل علي حسن» is a name; anywhere else its first word is a preposition.
            if not (doubtful and (awaited or j > i)) and not self._may_be_name(chunks[j], first=j == i):
                return j - i
        return min(len(chunks) - i, _LONGEST_PERSON + 3)

    def _may_be_name(self, chunk: Chunk, *, first: bool) -> bool:
        if chunk.kind == "unknown":
            return first or not chunk.joined
        if chunk.kind in ("word", "name") and self._given(chunk):
            small = chunk.surface != chunk.surface.upper() and not chunk.surface[0].isupper()
            return (first or not chunk.joined) and not small and (chunk.kind == "word" or first)
        return False

    def _person(self, line: Line, chunks: Sequence[Chunk], i: int, length: int) -> tuple[int, int] | None:
        """The stretch [start, end) of chunks inside the run that is a person, if context says so."""
        end = i + length
        if chunks[i].kind == "name" and not self._named_like(chunks, i, end):
            return None  # «Дания» is a country, «Дания Еспаева» is not
        titled = self._after_title(line, chunks, i)
        if titled:
            return i, self._stop(line, chunks, i, end)
        given = next((k for k in range(i, end) if self._given(chunks[k])), None)
        if given is not None and end - given > 1:
            return given, self._stop(line, chunks, given, end)
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
            return chunks[end].has(KH.human) if end < len(chunks) else False
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
        made = self._make(line, parts[0].first, parts[-1].last, "person", KH.Person, parts[0].governors)
        return replace(self._person_named(made, before), owns=parts[-1].owns)

    def _person_named(self, chunk: Chunk, before: Chunk | None) -> Chunk:
        """The person with the base form of the name; what stands before may rule the nominative out."""
        post = before.cases if before is not None and before.kind == "post" else frozenset()
        ruled_out = bool(chunk.governors) or bool(post) and LEXINFO.nominativeCase not in post
        words = self.language.fold(chunk.surface).split()
        oblique = post or OBLIQUE if ruled_out else frozenset()
        if before is not None and before.kind == "word" and before.head is not None and not oblique:
            noun = any(w.speech == LEXINFO.noun for w in before.head.words)
            oblique = frozenset({LEXINFO.genitiveCase}) if noun else oblique  # «встреча Ивана Громова»
        base = base_of(words, self.language, self.index, oblique=oblique)
        named = replace(chunk, kind="person", type=KH.Person, base=" ".join(base.words), cases=base.cases)
        return replace(named, numbers=frozenset({LEXINFO.singular}))

    # -------------------------------------------------------------------------------------------- last names
    def surnames(self, recognised: Iterable[Recognised]) -> frozenset[str]:
        """The last words of the full names of the article, folded."""
        cased = self.language.phrases == KH.capitals  # there "Mr Smith" tells that "Joe Smith" is somebody
        people = [c for r in recognised for c in r.chunks if c.kind == "person" and (cased or " " in c.base)]
        return frozenset(n.split()[-1] for c in people for n in (c.base, self.language.fold(c.surface)))

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
                made = self._make(
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
        if any(base in surnames for base, _ in self.language.name_bases(chunk.head.token.folded)):
            return self._person_named(chunk, before)
        return chunk


def _rest(proclitics: Sequence[str], separable: Sequence[str]) -> str:
    """What must follow the separable clitics for them not to have melted into the next."""
    following = proclitics[len(separable) :]
    return following[0] if following else ""
