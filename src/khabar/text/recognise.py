"""Sentences to chunks: names, phrases, posts, periods, and the words between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from khabar.knowledge import Knowledge
from khabar.knowledge.language import Words
from khabar.model import Article, Span
from khabar.text.chunk import Chunk, Chunker, Recognised
from khabar.text.dates import find_periods
from khabar.text.genitive import longer_name
from khabar.text.lex import Lexeme, find_names, lex
from khabar.text.line import Line, Phrase
from khabar.text.people import People
from khabar.text.phrases import phrase_at
from khabar.text.seated import Seated
from khabar.text.segment import Sentence
from khabar.text.topic import portfolio_end
from khabar.vocab import KH, LEXINFO

_SHORTEST_PERSON: Final = 2  # words of a full name
_SITES: Final = frozenset({KH.City, KH.Place})
_OPENING: Final = frozenset('“«"')


def recognise(
    article: Article, sentences: Iterable[Sentence], knowledge: Knowledge
) -> tuple[Recognised, ...]:
    """The chunks of every sentence; people named once by their full name are known by their last name."""
    reader = Recogniser(article, knowledge)
    first = tuple(reader.mended(reader.sentence(s) for s in sentences))
    surnames, neighbours = reader.people.surnames(first), reader.people.neighbours(first)
    return tuple(reader.people.with_surnames(r, surnames, neighbours) for r in first)


class Recogniser(Chunker):
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
        chunks = tuple(self._governed(self.people.found(line, list(self._chunks(line)))))
        if self.language.phrases is KH.idafa:
            chunks = tuple(self.seated.joined(chunks))
        return Recognised(sentence, line, chunks)

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

    def _chunk(self, line: Line, i: int, governors: tuple[str, ...]) -> Chunk:
        if i in line.times:
            time = line.times[i]
            made = self.make(line, i, time.last, "time", governors=governors)
            return made._replace(period=time.period, span=time.period.span)
        if line.is_mark(i) and not self._called(line, i):
            made = self.make(line, i, i + 1, "mark")
            once = len(made.surface) == 1
            return made if once else made._replace(surface=made.surface[0])  # «،،» is a comma
        named = line.names.get(i)
        longer = longer_name(line, i)
        phrase = longer or phrase_at(line, i)
        # "UN Security Council session" is no Security Council.
        inside = named is not None and phrase is not None and phrase.head >= named[1]
        if (
            named is not None
            and not inside
            and (phrase is None or len(named[0].words) > phrase.after - phrase.head)
            and longer is None
        ):
            return self._name(line, i, governors)
        if phrase is not None:
            make = self._post if phrase.words.denotes is KH.Post else self._phrase
            return make(line, phrase, governors)
        several = line.lexemes[i].several
        if several and not _is_initial(line, i):  # «г.» is a year, but «Г. Громова» somebody
            return self._several(line, i, several, governors)
        return self._word(line, i, governors)

    def _called(self, line: Line, i: int) -> bool:
        """Whether a name in quotation marks and the word for what it names begin here."""
        capitals = self.language.phrases is KH.capitals and line.quoted_name(i) is not None
        return capitals and phrase_at(line, i) is not None

    def _name(self, line: Line, i: int, governors: tuple[str, ...]) -> Chunk:
        name, end, _ = line.names[i]
        kind = "demonym" if name.kind == "demonym" else "name"
        made = self.make(line, i, end, kind, name.type, governors)
        return made._replace(iri=name.iri, cases=name.cases)

    def _several(self, line: Line, i: int, several: tuple[Words, int], governors: tuple[str, ...]) -> Chunk:
        """A word of the lexicon that is written as several."""
        words, length = several
        token, best, given = line.lexemes[i].token, line.lexemes[i].best, line.lexemes[i].given
        best = best._replace(words=(words,))
        head = Lexeme(token, *self.language.judged(best, (best,), given), several)
        return self.make(line, i, i + length, "word", governors=governors)._replace(head=head)

    def _word(self, line: Line, i: int, governors: tuple[str, ...]) -> Chunk:
        lexeme = line.lexemes[i]
        if lexeme.has(KH.refers) and not (lexeme.has(KH.title) and self._capital_at(line, i + 1)):
            return self.make(line, i, i + 1, "pronoun", KH.Person)
        if _is_initial(line, i):
            return self.make(line, i, i + 2, "unknown", governors=governors)
        strange = not lexeme.known or self._spelt_as_name(line, i)
        unknown = lexeme.token.kind == "word" and strange and self._name_like(line, i)
        return self.make(line, i, i + 1, "unknown" if unknown else "word", governors=governors)

    def _spelt_as_name(self, line: Line, i: int) -> bool:
        """Whether a small word stands amid the sentence as only a name is spelt: «посол | Ли | Сунь»."""
        if self.language.phrases is KH.idafa or i == 0 or line.is_mark(i - 1) or i + 1 >= len(line):
            return False
        if self.language.phrases is KH.capitals:  # "President | To Lam"
            office = line.noun(i - 1)
            if office is None or office[0].denotes != KH.Post:
                return False
        if not line.has(i, KH.functional) or len(line.surface(i)) == 1 or line.surface(i).isupper():
            return False
        return self._capital_at(line, i) and self._capital_at(line, i + 1) and not line.lexemes[i + 1].known

    def _capital_at(self, line: Line, i: int) -> bool:
        """Whether a capitalised word stands at I: after «дипломат» he is named."""
        return i < len(line) and line.surface(i)[0].isupper()

    def _name_like(self, line: Line, i: int) -> bool:
        surface = line.surface(i)
        cased = surface.upper() != surface.lower()
        if cased:
            return surface[0].isupper() or self._particle(line, i)
        return bool(self.language.shapes[KH.nameShape].fullmatch(line.lexemes[i].token.folded))

    def _particle(self, line: Line, i: int) -> bool:
        """Whether a small word goes on with a name: "Salem | bin | Rashid", "Walid | al-Hariri"."""
        surface, particles = line.surface(i), self.index.particles
        prefix, hyphen, rest = surface.partition("-")
        if hyphen:
            return prefix in particles and rest[:1].isupper()
        between = 0 < i < len(line) - 1 and line.surface(i - 1)[:1].isupper()
        return between and surface in particles and line.surface(i + 1)[:1].isupper()

    def _phrase(self, line: Line, phrase: Phrase, governors: tuple[str, ...]) -> Chunk:
        first, last = phrase.first, phrase.last
        kind = "class" if first > 0 and line.has(first - 1, KH.oneOf) else "phrase"
        made = self.make(line, first, last, kind, phrase.words.denotes, governors)
        others = [k for k in range(first, last) if not phrase.head <= k < phrase.after]
        bare = all(line.has(k, KH.generic) for k in others) and line.definite(first)
        return self._headed(line, made, phrase, tuple(self._inside(line, first, last)), bare=bare)

    def _headed(
        self, line: Line, chunk: Chunk, phrase: Phrase, inner: tuple[Chunk, ...], *, bare: bool = False
    ) -> Chunk:
        """The chunk of a phrase with its head, and its own words alone: "Norway's | foreign minister"."""
        words, span, head = phrase.words, chunk.span, line.lexemes[phrase.head]
        if phrase.after - phrase.head > 1:  # what the noun is marked with, no word of it is
            head = head._replace(features=head.features | words.features)
        ruled = (k for k in range(phrase.after, chunk.last) if line.has(k, KH.presided))
        if words.denotes is KH.Organization and any(
            ruled
        ):  # the council of an assembly is presided over, too
            head = head._replace(features=head.features | {KH.presided})
        if phrase.shown is not None and phrase.shown != phrase.first:
            span = Span(line.lexemes[phrase.shown].token.span.start, span.end)
        return chunk._replace(
            span=span,
            surface=self.article.text[span.start : span.end],
            head=head,
            cases=words.cases,
            numbers=words.numbers,
            base=self._base(line, phrase, chunk.last),
            inner=inner,
            bare=bare,
        )

    def _base(self, line: Line, phrase: Phrase, last: int) -> str:
        """Its name with head and adjectives in one form, where the paradigm of the head tells."""
        if not phrase.words.lemma:
            return ""
        start = phrase.first if phrase.shown is None else phrase.shown
        before = (self.language.adjective_stem(x.token.folded) for x in line.lexemes[start : phrase.head])
        after = (x.token.folded for x in line.lexemes[phrase.after : last])
        return " ".join((*before, phrase.words.lemma, *after))

    def _post(self, line: Line, phrase: Phrase, governors: tuple[str, ...]) -> Chunk:
        """A post with the body it is in: «نائبة رئيس [مجلس النواب في البرلمان الكازاخي]»."""
        body = self._body(line, phrase.body) if phrase.body is not None and phrase.body < len(line) else None
        # An algorithm that looks past the body knows better: «посол Казахстана | в Германии».
        end = max(body.last, phrase.last) if body is not None else phrase.last
        while self._demonym(line, end) or end < len(line) and line.has(end, KH.inside):
            end = line.names[end][1] if end in line.names else end + 1
        if self.language.phrases is KH.capitals:
            end = self._whole_office(line, end)
        before = tuple(self._inside(line, phrase.first, phrase.head))
        rest = self._inside(line, body.last if body is not None else phrase.after, end)
        after = tuple(
            c for c in rest if not (self._sent_to(line, c.first) or c.joined and c.kind == "demonym")
        )
        if body is None and not before:
            place = self._accredited(line, end) or self._located_body(line, end)
            place = place or self._posted(line, phrase.head, end)
        else:
            place = self._accredited(line, end) or self._state_of(line, end)
            place = place or self._serving(line, phrase.head, end)
        if place is None and self.language.phrases is KH.idafa and end < len(line) and line.has(end, KH.to):
            place = self._state_of(line, end + 1) or self._sent(line, phrase.head, end + 1)
        end = place.last if place is not None else end
        own = self._own_body(line, phrase) if body is None and not self._with_body(before) else None
        inner = tuple(c for c in (body, own, *before, *after, place) if c is not None)
        made = self.make(line, phrase.first, end, "post", KH.Post, governors)
        return self._headed(line, made, phrase, inner)

    def _with_body(self, chunks: Iterable[Chunk]) -> bool:
        return any(c.type is not None and self.ontology.is_a(c.type, KH.Organization) for c in chunks)

    def _own_body(self, line: Line, phrase: Phrase) -> Chunk | None:
        """The body that stands before the office: "Jordanian Senate | president", "Sinn Fein | leader"."""
        if self.language.phrases is not KH.capitals:
            return None
        start = phrase.first if phrase.shown is None else phrase.shown
        nouns = ((k, n) for k in range(start, phrase.head) if (n := line.noun(k)) is not None)
        end = max((n[1] for _, n in nouns if n[0].denotes is KH.Organization), default=start)
        if start < end <= phrase.head:
            small = end - start == 1 and line.surface(start).islower()
            return None if small else self.make(line, start, end, "body", KH.Organization)
        unknown = all(
            self._name_follows(line, k) and "-" not in line.surface(k) for k in range(start, phrase.head)
        )
        enough = phrase.head - start > (start == 0)
        if unknown and enough and line.surface(phrase.head).islower():
            return self.make(line, start, phrase.head, "body", KH.Organization)
        return None

    def _whole_office(self, line: Line, end: int) -> int:
        """One past what follows the body of a post: "… of the Mejlis | of Norway", "… of Cuba | to Chad".

        Where it is seated belongs to it only if somebody's name follows: "envoy in Mali | Ann Smith"; where
        one is sent, also before a mark: "ambassador of Cuba | to the United Nations, …".
        """
        end = self._charge(line, self._past_brackets(line, self._under_office(line, end)))
        while end + 1 < len(line) and (start := self._past_article(line, end + 1)) in line.names:
            name, last, _ = line.names[start]
            if name.kind == "demonym" or name.type is None:
                break
            sent = line.has(end, KH.to) and (last == len(line) or line.is_mark(last))
            seated = line.has(end, KH.locative) or line.has(end, KH.to)
            state = name.type in (KH.Country, KH.City)
            if not (state and line.has(end, KH.of) or sent or seated and self._name_follows(line, last)):
                break
            if not (state or self.ontology.is_a(name.type, KH.Organization)):
                break
            end = last
        return end

    def _charge(self, line: Line, end: int) -> int:
        """One past what an office is for, behind its body: "representative of the EU | for Foreign Affairs".

        The name of its holder, or a mark, must follow.
        """
        if end + 1 >= len(line) or not (line.has(end, KH.extends) and line.has(end, KH.at)):
            return end
        start = self._past_article(line, end + 1)
        named = line.names.get(start)
        land = named is not None and named[1] if named is not None and named[0].kind != "demonym" else None
        last = land or portfolio_end(line, start)
        closed = (
            last is not None and last < len(line) and (line.is_mark(last) or self._name_follows(line, last))
        )
        return last if closed and last is not None else end

    def _under_office(self, line: Line, end: int) -> int:
        """One past the office that one for something is under: "Envoy | of the President | for Water"."""
        if end + 1 >= len(line) or not line.has(end, KH.of):
            return end
        start = self._past_article(line, end + 1)
        above = line.noun(start) if start > end + 1 and start < len(line) else None
        if above is None or above[0].denotes is not KH.Post:
            return end
        return above[1] if self._charge(line, above[1]) > above[1] else end

    def _past_brackets(self, line: Line, end: int) -> int:
        """One past the other name of a body in brackets: "the Mejlis | (Parliament) | of Norway"."""
        closed = next((k for k in range(end + 2, min(len(line), end + 5)) if line.surface(k) == ")"), None)
        bracketed = closed is not None and line.surface(end) == "(" and closed + 1 < len(line)
        return closed + 1 if bracketed and closed is not None and line.has(closed + 1, KH.of) else end

    def _past_article(self, line: Line, i: int) -> int:
        return i + 1 if i < len(line) and line.has(i, KH.article) else i

    def _name_follows(self, line: Line, i: int) -> bool:
        """Whether a capitalised word that nobody knows stands at I."""
        if i >= len(line) or i in line.times or i in line.names or line.is_mark(i):
            return False
        return line.surface(i)[0].isupper() and not line.lexemes[i].known

    def _sent_to(self, line: Line, i: int) -> bool:
        """Whether the post only leads to the name at I: "ambassador to the | Netherlands"."""
        return any(line.has(k, KH.to) for k in range(max(0, i - 2), i))

    def _accredited(self, line: Line, i: int) -> Chunk | None:
        """Where an ambassador is accredited: «سفير العراق لدى السعودية»."""
        return self._body(line, i + 1) if i + 1 < len(line) and line.has(i, KH.accredits) else None

    def _sent(self, line: Line, head: int, i: int) -> Chunk | None:
        """The country to which an envoy is one, whatever follows: «…، المبعوث الخاص | إلى اليمن»."""
        chunk = self._body(line, i) if line.has(head, KH.accredits) and i < len(line) else None
        return chunk if chunk is not None and chunk.type in (KH.Country, KH.Region) else None

    def _serving(self, line: Line, head: int, i: int) -> Chunk | None:
        """The country where somebody becomes an ambassador: «سفيرة لبولندا | في كينيا»."""
        if self.language.phrases is not KH.idafa or not line.has(head, KH.courtesy) or line.definite(head):
            return None
        chunk = self._located_body(line, i)
        return chunk if chunk is not None and chunk.type is KH.Country else None

    def _posted(self, line: Line, head: int, i: int) -> Chunk | None:
        """The city where an ambassador serves, before his name: «السفير الروسي | في بيروت | …»."""
        if self.language.phrases is not KH.idafa or not line.has(head, KH.courtesy) or i + 1 >= len(line):
            return None
        chunk = self._body(line, i + 1 if line.has(i, KH.locative) and i not in line.names else i)
        if chunk is None or chunk.type is not KH.City or chunk.last >= len(line):
            return None
        located = line.has(i, KH.locative) or bool(line.proclitics(i, KH.preposition))
        return chunk if located and self._named_at(line, chunk.last) else None

    def _state_of(self, line: Line, i: int) -> Chunk | None:
        """The country after the body of a post and before its holder: «رئيس المجلس | في الأردن | السيد …»."""
        chunk = (
            self._body(line, i) if line.has(i - 1, KH.to) and i < len(line) else self._located_body(line, i)
        )
        if chunk is None or chunk.type not in (KH.Country, KH.Region) or chunk.last >= len(line):
            return None
        if line.is_mark(chunk.last) and line.surface(chunk.last) in "،," and chunk.last + 1 < len(line):
            return chunk if self._named_at(line, chunk.last + 1) else None  # «المبعوث إلى اليمن، | السفير …»
        return chunk if self._named_at(line, chunk.last) or line.has(chunk.last, KH.courtesy) else None

    def _named_at(self, line: Line, i: int) -> bool:
        """Whether a person is named at I: a title, or a given name, be it a word too."""
        if self.language.phrases is KH.idafa and line.surface(i) in _OPENING and i + 1 < len(line):
            return not line.lexemes[i + 1].known  # «سفيرة المغرب بفرنسا | "سميرة …"»
        return line.has(i, KH.title) or line.lexemes[i].given or line.surface(i) in self.index.doubtful

    def _located_body(self, line: Line, i: int) -> Chunk | None:
        """The country or body that a preposition of place joins to a post: «وزيرة التعليم في الأردن»."""
        if i + 1 < len(line) and i not in line.names and line.has(i, KH.locative):
            i += 1
        elif i >= len(line) or not line.proclitics(i, KH.preposition):
            return None
        chunk = self._body(line, i)
        if chunk is None or chunk.type is None:
            return None
        whose = any(
            KH.extends in self.language.proclitics[p].features for p in line.proclitics(i, KH.preposition)
        )
        classes = (
            KH.Country,
            KH.Organization,
            *((KH.Place,) if whose else ()),
        )  # «المديرة السابقة | لمتحف فاس»
        return chunk if any(self.ontology.is_a(chunk.type, c) for c in classes) else None

    def _demonym(self, line: Line, i: int) -> bool:
        """Whether an adjective of nationality at I goes on with the phrase before it."""
        named = line.names.get(i)
        return named is not None and named[0].kind == "demonym" and not line.proclitics(i, KH.conjunction)

    def _body(self, line: Line, j: int) -> Chunk | None:
        """The body, country or place whose post it is, right after the words of the post."""
        if line.proclitics(j, KH.conjunction) or j in line.times or line.is_mark(j):
            return None
        chunk = self._chunk(line, j, ())
        if chunk.kind == "unknown" and self.language.phrases is KH.capitals and line.has(j - 1, KH.article):
            return self._unknown_body(line, j)
        if chunk.kind == "unknown" and self.language.phrases is KH.genitive:
            return self.make(line, j, j + 1, "body", KH.Organization)  # «глава МАГАТЭ»
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
        return self.make(line, j, last, "body", KH.Organization)

    def _inside(self, line: Line, start: int, end: int) -> Iterator[Chunk]:
        i = start
        while i < end:
            if i in line.names and line.names[i][1] <= end:
                yield self._name(line, i, ())
                i = line.names[i][1]
            else:
                i += 1


def _is_initial(line: Line, i: int) -> bool:
    """Whether an initial stands at I, with its full stop and before the rest of the name: «И. И. Иванов»."""
    if i in line.names or not _initial_at(line, i):
        return False
    after = i + 4 if _initial_at(line, i + 2) else i + 2
    if after >= len(line) or line.lexemes[after].known:
        return False
    following = line.surface(after)
    return len(following) > 1 and following[0].isupper()


def _initial_at(line: Line, i: int) -> bool:
    """Whether one capital letter and a full stop stand at I, side by side."""
    if i + 1 >= len(line) or line.surface(i + 1) != ".":
        return False
    letter = line.lexemes[i].token
    beside = letter.span.end == line.lexemes[i + 1].token.span.start
    return beside and len(letter.surface) == 1 and letter.surface.isupper()
