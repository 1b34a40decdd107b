"""The chunk that begins at a token; the offices among them, with the bodies and states that they are of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from khabar.text.cased import past_count
from khabar.text.chunk import Chunk
from khabar.text.cutting import Cutting, is_initial
from khabar.text.genitive import longer_name
from khabar.text.line import Line, Phrase
from khabar.text.phrases import phrase_at
from khabar.text.topic import portfolio_end
from khabar.vocab import KH, LEXINFO

_INITIAL: Final = 2  # tokens: a letter and its full stop
_SHORTEST_PERSON: Final = 2  # words of a full name
_OPENING: Final = frozenset('“«"')


class Offices(Cutting):
    """Makes chunks of whatever begins at a token; a post holds what it is the post of."""

    def _chunk(self, line: Line, i: int, governors: tuple[str, ...]) -> Chunk:
        if i in line.times:
            time = line.times[i]
            made = self.make(line, i, time.last, "time", governors=governors)
            return made._replace(period=time.period, span=time.period.span)
        if line.is_mark(i) and not self._called(line, i):
            made = self.make(line, i, i + 1, "mark")
            once = len(made.surface) == 1
            return made if once else made._replace(surface=made.surface[0])  # «،،» is a comma
        if self.language.phrases is KH.capitals and (counted := past_count(line, i)) > i:
            return self.make(line, i, counted, "word", governors=governors)  # "the | 53-member | union"
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
        # «г.» is a year, but «Г. Громова» somebody; "H.E. Smith" has a title of two letters
        titled = several is not None and several[1] > _INITIAL and KH.title in several[0].features
        if several and (titled or not is_initial(line, i)):
            return self._several(line, i, several, governors)
        return self._word(line, i, governors)

    def _called(self, line: Line, i: int) -> bool:
        """Whether a name in quotation marks and the word for what it names begin here."""
        capitals = self.language.phrases is KH.capitals and line.quoted_name(i) is not None
        return capitals and phrase_at(line, i) is not None

    def _phrase(self, line: Line, phrase: Phrase, governors: tuple[str, ...]) -> Chunk:
        first, last = phrase.first, phrase.last
        kind = "class" if first > 0 and line.has(first - 1, KH.oneOf) else "phrase"
        made = self.make(line, first, last, kind, phrase.words.denotes, governors)
        others = [k for k in range(first, last) if not phrase.head <= k < phrase.after]
        bare = all(line.has(k, KH.generic) for k in others) and line.definite(first)
        inner = tuple(self._inside(line, first, last))
        if (
            self.language.phrases is KH.genitive
            and line.has(phrase.head, KH.membership)
            and phrase.after < last
        ):
            group = self._body(line, phrase.after)  # «членами | Совета оазисов»: nobody need have listed it
            inner = (group,) if group is not None and group.last <= last else inner
        return self._headed(line, made, phrase, inner, bare=bare)

    def _post(self, line: Line, phrase: Phrase, governors: tuple[str, ...]) -> Chunk:
        """A post with the body it is in: «نائبة رئيس [مجلس النواب في البرلمان الكازاخي]»."""
        body = self._body(line, phrase.body) if phrase.body is not None and phrase.body < len(line) else None
        # An algorithm that looks past the body knows better: «посол Казахстана | в Германии».
        end = max(body.last, phrase.last) if body is not None else phrase.last
        while self._demonym(line, end) or end < len(line) and line.has(end, KH.inside):
            end = line.names[end][1] if end in line.names else end + 1
        end += self._described(line, end)
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
        accredited = line.has(end, KH.accredits) if end < len(line) else False
        end = place.last if place is not None else end
        if accredited and place is not None and place.type is KH.Country:
            place = None  # «السفير لدى كينيا» is not Kenya's
        own = self._own_body(line, phrase) if body is None and not self._with_body(before) else None
        inner = tuple(c for c in (body, own, *before, *after, place) if c is not None)
        made = self.make(line, phrase.first, end, "post", KH.Post, governors)
        return self._headed(line, made, phrase, inner)

    def _described(self, line: Line, i: int) -> bool:
        """Whether an adjective goes on behind one of nationality: «المندوبة البريطانية | الدائمة»."""
        before = line.names.get(i - 1)
        if before is None or before[0].kind != "demonym" or self.language.phrases is not KH.idafa:
            return False
        if i >= len(line) or i in line.names or not line.definite(i):
            return False
        if line.proclitics(i, KH.conjunction) or any(w.marks is not None for w in line.lexemes[i].words):
            return False
        last, here = line.lexemes[i - 1].token.folded, line.lexemes[i].token.folded
        shaped = self.language.shapes[KH.surelyAdjectiveShape].fullmatch(last) is not None
        agrees = shaped and last[-1] == here[-1] and not line.lexemes[i].given
        return LEXINFO.adjective in line.speech(i) or agrees

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
        end = self._charge(line, self._past_brackets(line, self._under_office(line, self._owned(line, end))))
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

    def _owned(self, line: Line, end: int) -> int:
        """One past what its body or another office owns: "head of the Prime Minister | 's Office"."""
        owned = end + 1
        if owned >= len(line) or not line.has(end, KH.genitive) or owned in line.names or owned in line.times:
            return end
        noun = line.noun(owned)
        body = noun is not None and noun[0].denotes is KH.Organization
        if not line.surface(owned)[0].isupper() or line.is_mark(owned) or not (body or noun is None):
            return end
        last = noun[1] if noun is not None else owned + 1
        closed = (
            last >= len(line)
            or line.is_mark(last)
            or self._name_follows(line, last)
            or line.lexemes[last].given
        )
        return last if closed else end

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
        where = self.language.phrases is KH.capitals and self._where(line, j)
        if where and chunk.type is not None and self.ontology.is_a(chunk.type, KH.Event):
            return None  # "elected chair | at the summit"
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

    def _where(self, line: Line, i: int) -> bool:
        """Whether a preposition of place stands before I and its article."""
        return any(line.has(k, KH.locative) and not line.has(k, KH.of) for k in range(max(0, i - 2), i))

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
