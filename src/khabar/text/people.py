"""Who is a person: runs of words that nobody knows, and what their context makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from khabar.text.chunk import Chunk
from khabar.text.line import Line
from khabar.text.somebody import Somebody
from khabar.text.surnames import Surnames
from khabar.vocab import KH, LEXINFO

_BY_MANY: Final = frozenset({LEXINFO.instrumentalCase})  # in the plural
_LONGEST_PERSON: Final = 5  # words


class People(Somebody, Surnames):
    """Finds the people of one article, by title, given name, office or the shape of a last name."""

    def found(self, line: Line, chunks: list[Chunk]) -> Iterator[Chunk]:
        """Runs of unknown words that context makes people, each as one chunk."""
        i = 0
        while i < len(chunks):
            begins = self._may_be_name(chunks[i], first=True) or self._doubtful(chunks[i])
            run = self._run(chunks, i, awaited=self._after_title(line, chunks, i)) if begins else 0
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
            if j > i and self._named_anew(chunks[j - 1], chunks[j]):
                return j - i  # «с Иваном Громовым | Анна Берг»
            if j > i + 1 and self._nisba(chunks[j]):
                return j - i + 1  # «سالم رائد السوداني»: here it is no adjective
            if j == i + 1 and self._given(chunks[i]) and self._people_of(chunks[j]):
                return 2  # «ماركو روسي»: without an article it is no adjective of a name
            if j > i and self._house(chunks[j - 1]) and chunks[j].kind in ("word", "unknown", "demonym"):
                continue  # «حمد بن راشد آل | الشيخ»
            if j > i + 1 and doubtful and self._framed(chunks[j]):
                return j - i  # «أجرى سامي الخطيب | لقاء مع …»
            crowned = j == i + 1 and awaited and self._given(chunks[i])  # «الملك محمد | السادس، …»
            if (j > i + 1 or crowned) and self._ends_name(chunks, j):
                return j - i + 1  # «محمد علي | النفطي، …»: an adjective of nothing
            # «وزير النقل علي حسن» is a name; anywhere else its first word is a preposition.
            if not (doubtful and (awaited or j > i)) and not self._may_be_name(chunks[j], first=j == i):
                while j > i and self._particle(chunks[j - 1]):
                    j -= 1
                return j - i
        return min(len(chunks) - i, _LONGEST_PERSON + 3)

    def _framed(self, chunk: Chunk) -> bool:
        """Whether the lexicon knows a fact that the word may state."""
        return chunk.head is not None and any(w.frames for w in chunk.head.words)

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
            # «بحضور | سمير النحاوي», «زيارة | سامي البوسعيدي»
            led = bool(chunks[i].governors) or self._framed(before)
            return led or before.has(KH.speech) or self._of_people(before)  # «قالت | أمينة الراشدي»
        if head is None or any(w.speech in nouns for w in head.words):
            return before.has(KH.speech) or self._of_people(before)
        adjective = (
            self.language.shapes[KH.adjectiveShape].fullmatch(last.head.best.stem) if last.head else None
        )
        verb = LEXINFO.verb in before.head.speech
        return before.has(KH.speech) or self._of_people(before) or verb and adjective is None

    def _governed_anew(self, chunks: Sequence[Chunk], i: int, j: int) -> bool:
        """Whether a given name with a preposition on it stands at J, amid words that have none."""
        new = bool(chunks[j].governors) and chunks[j].governors != chunks[i].governors
        new = new and not self._doubtful(chunks[j - 1])  # «عبدالله علي | اليحيا»
        return new and self.language.phrases is KH.idafa and self._given(chunks[j])

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
        if self._heads_line(chunks, i, end):
            return i, end
        if self._opens_with_particle(chunks, i, end):
            return i, self._stop(line, chunks, i, end)
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
        verb = head is not None and LEXINFO.verb in head.speech
        return self.language.phrases is KH.idafa and given == i + 1 and not verb

    def _common(self, chunks: Sequence[Chunk], i: int, end: int) -> bool:
        """Whether the one word that no list of names has is no name even after a post.

        An accusative («أصدر الملك | مرسوما»), or what goes on after a comma («…، بصفته رئيسا، | أهمية …»).
        """
        head = chunks[i].head
        if not chunks[i - 1].comma and self._action(chunks, i):
            return True  # «أكد رئيس البرلمان | استمرار جهود …»
        if end - i == 1 and chunks[i].has(KH.of) and end < len(chunks) and chunks[end].kind == "time":
            return True  # «رئيس المجلس | صباح اليوم»
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
            verb = verb and not self._given(chunks[k])  # «محمود علي | يوسف»
            if full and (verb or self._begins(chunks[k]) or self._led_noun(line, chunks, k)):
                return k
        return end


def _initial(chunk: Chunk) -> bool:
    """Whether the first letter of a name stands there: "D. | Smith"."""
    return chunk.kind == "unknown" and len(chunk.surface) == 2 and chunk.surface[1] == "."
