"""Who is a person: runs of words that nobody knows, and what their context makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from rdflib import URIRef

from khabar.knowledge.inflection import NOMINATIVE
from khabar.text.chunk import Chunk, Chunker, Recognised
from khabar.text.line import Line
from khabar.text.naming import OBLIQUE, Base, base_of
from khabar.vocab import KH, LEXINFO

_BY_MANY: Final = frozenset({LEXINFO.instrumentalCase})  # in the plural
_LONGEST_PERSON: Final = 5  # words
_QUOTES: Final = frozenset('“«"')
_LONG_OFFICE: Final = 2  # words of an office that is more than its class


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
                chunks[end] = chunks[end]._replace(owns=False)  # what follows a person is not his
            i = end

    def _run(self, chunks: Sequence[Chunk], i: int, *, awaited: bool) -> int:
        """How many chunks from I on could be the words of one name, which a title may have announced."""
        for j in range(i, min(len(chunks), i + _LONGEST_PERSON + 3)):
            word = chunks[j].kind == "word" and not chunks[j].has(KH.title)
            doubtful = word and self._doubtful(chunks[j])
            awaited = awaited or doubtful and j == i and self._name_follows(chunks, j + 1)
            awaited = awaited or doubtful and j == i and self._does(chunks, j)
            if j > i and self._governed_anew(chunks, i, j):
                return j - i  # «التقى أحمد المهدي | بديفيد روس»
            if j > i + 1 and self._nisba(chunks[j]):
                return j - i + 1  # «سالم رائد السوداني»: here it is no adjective
            if j == i + 1 and self._given(chunks[i]) and self._people_of(chunks[j]):
                return 2  # «ماركو روسي»: without an article it is no adjective of a name
            if j > i and self._house(chunks[j - 1]) and chunks[j].kind in ("word", "unknown"):
                continue  # «حمد بن راشد آل | الشيخ»
            # «وزير النقل علي حسن» is a name; anywhere else its first word is a preposition.
            if not (doubtful and (awaited or j > i)) and not self._may_be_name(chunks[j], first=j == i):
                while j > i and self._particle(chunks[j - 1]):
                    j -= 1
                return j - i
        return min(len(chunks) - i, _LONGEST_PERSON + 3)

    def _doubtful(self, chunk: Chunk) -> bool:
        return not chunk.joined and chunk.surface in self.index.doubtful

    def _name_follows(self, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether the chunk can be the second word of a name whose first is a word too: «علي | حسن»."""
        if i >= len(chunks) or chunks[i].has(KH.of):
            return False  # «قصر بيان | صباح اليوم»
        return self._doubtful(chunks[i]) or self._given(chunks[i])

    def _does(self, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether what may be a name stands where somebody does something: «ستتولى | آنا هولم | منصب …»."""
        if self.language.phrases is not KH.idafa or not 0 < i < len(chunks) - 1:
            return False
        last, before = chunks[i + 1], chunks[i - 1]
        if last.kind != "unknown" or last.joined or last.governors or self._begins(last):
            return False
        if before.has(KH.opensWords):  # «… أن | عمر بكري | زار …»
            return i + 2 < len(chunks) and self._of_people(chunks[i + 2])
        if before.kind != "word" or before.head is None:
            return False
        nouns = (LEXINFO.noun, LEXINFO.commonNoun)
        head = chunks[i].head
        if last.head is not None and self.language.shapes[KH.originShape].fullmatch(last.head.token.folded):
            led = bool(chunks[i].governors) and before.head is not None  # «بحضور | سمير النحاوي»
            return led or before.has(KH.speech) or self._of_people(before)  # «قالت | أمينة الراشدي»
        if head is None or any(w.speech in nouns for w in head.words):
            return before.has(KH.speech) or self._of_people(before)
        adjective = (
            self.language.shapes[KH.adjectiveShape].fullmatch(last.head.best.stem) if last.head else None
        )
        verb = any(w.speech is LEXINFO.verb for w in before.head.words)
        return before.has(KH.speech) or self._of_people(before) or verb and adjective is None

    def _governed_anew(self, chunks: Sequence[Chunk], i: int, j: int) -> bool:
        """Whether a given name with a preposition on it stands at J, amid words that have none."""
        new = bool(chunks[j].governors) and chunks[j].governors != chunks[i].governors
        new = new and not self._doubtful(chunks[j - 1])  # «عبدالله علي | اليحيا»
        return new and self.language.phrases is KH.idafa and self._given(chunks[j])

    def _house(self, chunk: Chunk) -> bool:
        """Whether a particle stands there after which a name must go on."""
        folded = chunk.head.token.folded if chunk.head is not None else ""
        return chunk.kind == "unknown" and folded in self.index.particles

    def _nisba(self, chunk: Chunk) -> bool:
        """Whether a definite adjective of nationality stands there, as last names of Arabic do."""
        if chunk.kind != "demonym" or chunk.joined or chunk.head is None or chunk.governors:
            return False
        return any(self.language.proclitics[p].role is KH.article for p in chunk.head.best.proclitics)

    def _people_of(self, chunk: Chunk) -> bool:
        """Whether a word for somebody's nationality stands there, bare of any article or preposition."""
        bare = chunk.kind == "demonym" and not (chunk.joined or chunk.governors) and chunk.head is not None
        return bare and self.language.phrases is KH.idafa and not self._nisba(chunk)

    def _may_be_name(self, chunk: Chunk, *, first: bool) -> bool:
        if chunk.kind == "unknown" or first and self._city(chunk):
            return first or not chunk.joined
        if chunk.kind in ("word", "name") and self._given(chunk):
            small = chunk.surface != chunk.surface.upper() and not chunk.surface[0].isupper()
            return (first or not chunk.joined) and not small and (chunk.kind == "word" or first)
        return not first and self._particle(chunk)

    def _city(self, chunk: Chunk) -> bool:
        """Whether a city of one word stands bare there, as somebody may be called, too: "Florence"."""
        city = chunk.kind == "name" and chunk.type is KH.City and chunk.bare_head
        return city and self.language.phrases is KH.capitals and not (chunk.governors or chunk.owns)

    def _particle(self, chunk: Chunk) -> bool:
        """Whether a small word stands there that may be amid a name: "Anna | von | der Heide"."""
        folded = chunk.head.token.folded if chunk.head is not None else ""
        return chunk.kind == "word" and chunk.surface.islower() and folded in self.index.particles

    def _person(self, line: Line, chunks: Sequence[Chunk], i: int, length: int) -> tuple[int, int] | None:
        """The stretch [start, end) of chunks inside the run that is a person, if context says so."""
        end = i + length
        held = i > 0 and chunks[i - 1].kind == "post" and length > 1  # «советник Виктория Громан»
        if chunks[i].kind == "name" and not (held or self._named_like(chunks, i, end)):
            if length == 2 and self._city(chunks[i]) and self._acts(line, chunks, i, end):
                return i, end  # "Florence" is a city, "Florence Bloom will meet …" is not
            return None  # «Дания» is a country, «Дания Еспаева» is not
        titled = self._after_title(line, chunks, i)
        if titled:
            return None if self._common(chunks, i, end) else (i, self._stop(line, chunks, i, end))
        if length > 1 and _initial(chunks[i]):  # «И. Громов», "I. Gromov"
            return i, self._stop(line, chunks, i, end)
        given = next((k for k in range(i, end) if self._given(chunks[k]) or _initial(chunks[k])), None)
        doubtful = self._doubtful(chunks[i]) and (given is None or self._doubled(chunks, i, given))
        if doubtful and (self._name_follows(chunks, i + 1) or self._does(chunks, i)):
            given = i
        if given is not None and end - given > 1:
            start = given - (given > i and self._last_name_first(chunks[given - 1], chunks[given]))
            return start, self._stop(line, chunks, start, end)
        if self._named_like(chunks, i, end):
            return i, self._stop(line, chunks, i, end)
        if self._before_post(chunks, end):
            start = max(i, end - 3) if given is None else given
            return start, end
        if self._acts_in_office(line, chunks, i, end):
            return i, end
        if self._joined_by_particle(chunks, i, end) or self._acts(line, chunks, i, end):
            return i, end
        if i and (self._presiding(chunks, i, end) or self._inverted(chunks, i, end)):
            return i, end
        if self._stands_for_somebody(chunks, i, end):
            return i, end
        if self._speaks(line, chunks, i) and 1 < length <= 4 and self._words_follow(chunks, end):
            return i, end
        return None

    def _doubled(self, chunks: Sequence[Chunk], i: int, given: int) -> bool:
        """Whether a given name that is a word too, and no verb, stands right before another: «سالم | طه»."""
        head = chunks[i].head
        verb = head is not None and any(w.speech is LEXINFO.verb for w in head.words)
        return self.language.phrases is KH.idafa and given == i + 1 and not verb

    def _common(self, chunks: Sequence[Chunk], i: int, end: int) -> bool:
        """Whether the one word that no list of names has is no name even after a post.

        An accusative («أصدر الملك | مرسوما»), or what goes on after a comma («…، بصفته رئيسا، | أهمية …»).
        """
        head = chunks[i].head
        if not chunks[i - 1].comma and self._action(chunks, i):
            return True  # «أكد رئيس البرلمان | استمرار جهود …»
        if end - i == 1 and chunks[i - 1].comma and self._verb_like(chunks[i]):
            return True  # «…, رئيسة المجلس، | ستنفذ»
        if end - i == 1 and self._begins(chunks[i]):
            return True  # «كلف رئيس المجلس | بتمثيل البلاد»
        if head is not None and self.language.adjective_cases(head.token.folded) == _BY_MANY:
            return True  # «командующий | Военно-воздушными силами»
        if end - i > 1 or head is None or self._given(chunks[i]) or self.language.phrases is not KH.idafa:
            return False
        if end < len(chunks) and chunks[end].has(KH.of):
            return True  # «تسلم الوزير | نسخة من الوثيقة»
        if chunks[i - 1].comma:
            return not (end < len(chunks) and chunks[end].kind == "mark")
        return chunks[i - 1].kind == "post" and head.best.stem.endswith(self.language.adverbials)

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
        verb = after.head is not None and any(w.speech is LEXINFO.verb for w in after.head.words)
        shape = self.language.shapes[KH.actionShape]
        return not (verb or self._house(after)) and bool(shape.fullmatch(head.best.stem))

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

    def _given(self, chunk: Chunk) -> bool:
        return chunk.head is not None and self.index.given_forms[chunk.head.best.stem]

    def _stop(self, line: Line, chunks: Sequence[Chunk], start: int, end: int) -> int:
        """Names end before a word that looks like a verb, and after five words; particles are no words."""
        particles = 0
        for k in range(start, end):
            stem = line.lexemes[chunks[k].first].token.folded
            particles += stem in self.index.particles
            if k - start - particles >= _LONGEST_PERSON:
                return k
            full = k - start - particles >= 2
            verb = self.language.shapes[KH.verbShape].fullmatch(stem) and not self._surname_shaped(stem)
            if full and (verb or self._begins(chunks[k])):
                return k
        return end

    def _surname_shaped(self, stem: str) -> bool:
        """Whether a word that looks like a verb ends as only last names do: «قاسم جومارت | توكاييف»."""
        idafa = self.language.phrases is KH.idafa
        return idafa and bool(self.language.shapes[KH.surnameShape].fullmatch(stem))

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

    def _after_title(self, line: Line, chunks: Sequence[Chunk], i: int) -> bool:
        if i == 0:
            return False
        before = chunks[i - 1]
        if before.surface == "." and i > 1 and chunks[i - 2].has(KH.title):
            before = chunks[i - 2]  # "Mr. Smith"
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
        titled = before.has(KH.title) or before.has(KH.introduces)
        governed = chunks[i].governors and not (titled and chunks[i].governors == before.governors)
        if not (titled or before.kind == "post") or chunks[i].joined or governed:
            return False  # «مع السيد | علي حسن» is governed by what stands before the title
        named = self._given(chunks[i]) or chunks[i].surface in self.index.doubtful
        return named or not line.definite(chunks[i].first) or self._articled(line, chunks, i)

    def _articled(self, line: Line, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether the definite word is a first name, for what follows is no more definite nor given."""
        following = chunks[i + 1 : i + 2]
        if chunks[i].kind != "unknown" or not following or following[0].kind != "unknown":
            return False
        if following[0].joined or self._given(following[0]) or following[0].surface in self.index.doubtful:
            return False
        return chunks[i - 1].kind == "post" and not line.definite(following[0].first)

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
        verb = verb and before.head is not None and any(w.speech is LEXINFO.verb for w in before.head.words)
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

    def _like_adjective(self, chunk: Chunk) -> bool:
        """Whether the word looks like an adjective before the name of one body; «Ульрих» would be of many."""
        none: frozenset[URIRef] = frozenset()
        cases = self.language.adjective_cases(chunk.head.token.folded) if chunk.head is not None else none
        several = frozenset({LEXINFO.genitiveCase, LEXINFO.locativeCase, LEXINFO.accusativeCase})
        telling = (LEXINFO.nominativeCase, LEXINFO.genitiveCase)
        return cases != several and not cases.isdisjoint(telling)

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

    def _full_name(self, chunks: Sequence[Chunk], i: int) -> bool:
        """Whether a given name stands at I and a name that nobody knows after it."""
        return self._given(chunks[i]) and chunks[i + 1].kind == "unknown" and not chunks[i].governors

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
            noun = any(w.speech is LEXINFO.noun for w in before.head.words)
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

    # -------------------------------------------------------------------------------------------- last names
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

    def with_surnames(self, recognised: Recognised, surnames: frozenset[str]) -> Recognised:
        """The sentence with lone last names as people."""
        before = (None, *recognised.chunks)
        chunks = tuple(self._surname(c, b, surnames) for b, c in zip(before, recognised.chunks, strict=False))
        if self.language.phrases is KH.capitals:
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


def _initial(chunk: Chunk) -> bool:
    """Whether the first letter of a name stands there: "D. | Smith"."""
    return chunk.kind == "unknown" and len(chunk.surface) == 2 and chunk.surface[1] == "."
