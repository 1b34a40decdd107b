"""Frames against chunks: where a frame's words stand in a sentence, and what fills its slots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rdflib import URIRef

from khabar.knowledge.language import Element, Frame
from khabar.text.chunk import Chunk, Recognised
from khabar.text.clauses import COMMAS, NAMING, REACH, Clauses
from khabar.vocab import KH, LEXINFO

_MOST: Final = 40  # coordinated fillers of one slot; a longer list is a table, not a sentence
_TRIES: Final = 3  # fillers of one slot that are looked at for what must stand near them
DASHES: Final = frozenset("—–")
_FEWEST: Final = 3  # chunks before a verb in a relative clause: the name, a comma, the pronoun
_GENITIVE: Final = frozenset({LEXINFO.genitiveCase})
_NOMINATIVE: Final = frozenset({LEXINFO.nominativeCase})


@dataclass(frozen=True, slots=True)
class Filler:
    """One thing that fills a slot, with the period that belongs to it alone."""

    index: int  # of its chunk
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A frame found in a sentence: the chunks of its slots, and its first and last chunk."""

    frame: Frame
    head: int | None
    slots: dict[URIRef, tuple[Filler, ...]]
    first: int
    last: int  # inclusive
    pronouns: frozenset[URIRef] = frozenset()  # slots that an attached pronoun fills


Fits = Callable[[Chunk, Element, Frame], bool]


class Matcher(Clauses):
    """Matches frames in one sentence; FITS says whether a chunk may fill a slot."""

    def __init__(self, recognised: Recognised, fits: Fits) -> None:
        super().__init__(recognised)
        self.fits = fits

    # -------------------------------------------------------------------------------- headed frames
    def headed(self) -> Iterator[Match]:
        """The matches of frames whose head stands in the sentence, in reading order.

        Of several that state the same of one head, the one that asks for most is meant.
        """
        for i, chunk in enumerate(self.chunks):
            if chunk.kind != "word" or chunk.head is None:
                continue
            stated: dict[URIRef, Match] = {}
            for frame in chunk.head.frames:
                if frame.states is KH.inception and KH.launched in stated:
                    continue  # «أطلقت الوزارة يوم الأحد منصة …»: the ministry has not begun then
                if frame.states not in stated and (match := self.match(frame, i)):
                    stated[frame.states] = match
            yield from stated.values()

    def match(self, frame: Frame, head: int) -> Match | None:
        """The frame with its head at that chunk, if all its elements are there."""
        place = frame.head
        assert place is not None
        element = frame.elements[place]
        if element.governors and not set(element.governors) & set(self.chunks[head].governors):
            return None
        if place and frame.elements[place - 1].kind == "slot" and self._breaks(head):
            return None  # «… وأعلن»: what stands before the conjunction belongs to another clause
        if self._noun_here(frame, head):
            return None  # "thanks for the | support he received"
        if self._describes(frame, head):
            return None  # «جلسة مفتوحة يرأسها …»: she is no body named before
        if KH.needsPronoun in frame.features and not self.attached(head):
            return None
        if KH.opensSentence in frame.features and any(c.kind in NAMING for c in self.chunks[:head]):
            return None  # "… said during a visit to Oslo": only what opens the sentence awaits its subject
        if KH.afterMark in frame.features and not self._after_mark(head):
            return None  # "…," said the minister; not "claims of the minister"
        if KH.finite in frame.features and self._passive(head):
            return None
        slots: dict[URIRef, tuple[Filler, ...]] = {}
        pronouns: set[URIRef] = set()
        before, after = frame.before, frame.after
        if frame.enclitic is not None and self.attached(head):
            if (described := self._described(frame, head)) is not None:
                slots[frame.enclitic] = (Filler(described),)
            else:
                pronouns.add(frame.enclitic)
            after = tuple(e for e in after if e.slot != frame.enclitic)
        last = self._run(frame, after, head, 1, slots, pronouns)
        if self._dependent(head) and len(before) == 1 and before[0].slot and not before[0].near:
            first = self._main(frame, before[0], head, slots)
        else:
            verb = self._verb_before(head)
            shared = verb is not None and self._shares_subject(head)
            first = None if shared else self._run(frame, before, head, -1, slots, pronouns)
            if first is None and verb is not None:
                first = self._run(frame, before, verb, -1, slots, pronouns)
        if last is None or first is None or not self._agrees(frame, head, slots):
            return None
        if self._participle_between(head, slots) or self._led_instead(frame, head, slots):
            return None
        return self._gapped(Match(frame, head, slots, first, last, frozenset(pronouns)))

    def _noun_here(self, frame: Frame, head: int) -> bool:
        """Whether the frame takes the word for a verb, but right after an article it is a noun."""
        if self.language.phrases is not KH.capitals or not head or not self.chunks[head - 1].has(KH.article):
            return False
        word = self.chunks[head].head
        return word is not None and any(
            frame.iri in words.frames and words.speech is LEXINFO.verb for words in word.words
        )

    def _breaks(self, head: int) -> bool:
        """Whether a conjunction on the head begins another clause; on a preposition never: «وبرئاسة»."""
        chunk = self.chunks[head]
        return chunk.joined and not (self.language.phrases is KH.idafa and chunk.governors)

    def _describes(self, frame: Frame, head: int) -> bool:
        """Whether the pronoun on the verb stands for the noun right before it, which names nothing."""
        if frame.enclitic is None or not head or self.language.phrases is not KH.idafa:
            return False
        before = head - 2 if head > 1 and self.relative(head - 1) else head - 1  # «المسار | الذي | ترعاه …»
        return self.attached(head) and not self.chunks[head].joined and self.chunks[before].kind == "unknown"

    def _described(self, frame: Frame, head: int) -> int | None:
        """The indefinite noun right before the verb, which the pronoun on it means: «جلسة | ترأستها …»."""
        if self.language.phrases is not KH.idafa or not head or self.chunks[head].joined:
            return None
        related = head > 1 and self.relative(head - 1)  # «المنصة | التي ترأستها …»
        place = head - 2 if related else head - 1
        before = self.chunks[place]
        bare = before.kind in ("phrase", "name") and (related or not self._determined(before))
        element = next((e for e in frame.elements if e.slot == frame.enclitic), None)
        fits = bare and element is not None and self.fits(before, element, frame)
        return place if fits else None

    def _passive(self, head: int) -> bool:
        """Whether the verb stands in the passive: "is widely expected" is said by nobody."""
        i = head - 1
        while i > 0 and self.chunks[i].kind == "word" and not (self.verbal(i) or self.conjunction(i)):
            i -= 1
        return i >= 0 and self.chunks[i].has(KH.copula)

    def _participle_between(self, head: int, slots: dict[URIRef, tuple[Filler, ...]]) -> bool:
        """Whether a word that nobody knows follows the copula: «был встречен | министром», who is another."""
        if self.language.phrases is not KH.genitive or not self.chunks[head].has(KH.copula):
            return False
        posts = [f.index for f in slots.get(KH.object, ())]
        between = self.chunks[head + 1 : posts[0]] if posts else ()
        return any(c.kind != "time" and not (c.head is not None and c.head.known) for c in between)

    def _led_instead(self, frame: Frame, head: int, slots: dict[URIRef, tuple[Filler, ...]]) -> bool:
        """Whether another body stands nearer to the presidency: «الدورة | بوفد من المجلس برئاسة …»."""
        events = [f.index for f in slots.get(KH.object, ()) if f.index < head]
        noun = self.language.phrases is KH.idafa and frame.states is KH.chairs and self.chunks[head].governors
        if not noun or not events or self.chunks[head].joined:
            return False
        between = self.chunks[events[-1] + 1 : head]
        return any(c.kind == "phrase" and c.type is KH.Organization for c in between)

    def _agrees(self, frame: Frame, head: int, slots: dict[URIRef, tuple[Filler, ...]]) -> bool:
        """Whether verb and subject are of one number, where both tell: «Форум поддержали две страны»."""
        asks = any(e.slot is KH.subject and e.cases == _NOMINATIVE for e in frame.elements)
        verb, fillers = self.chunks[head].head, slots.get(KH.subject, ())
        words = [w for w in verb.words if w.speech is LEXINFO.verb] if verb is not None else []
        numbers = {n for w in words for n in w.numbers}
        if not asks or len(numbers) != 1 or len(fillers) != 1:
            return True
        subject = self.chunks[fillers[0].index].numbers
        if not subject or not subject.isdisjoint(numbers):
            return True
        # «Президент и первая леди прибыли»: somebody whom nobody knows is one of them.
        first, last = sorted((head, fillers[0].index))
        return LEXINFO.plural in numbers and any(self.conjunction(i) for i in range(first, last))

    def _names_holder(self, i: int) -> bool:
        """Whether the chunk is a post, and right after it stands who holds it."""
        person = i + 1 < len(self.chunks) and self.chunks[i + 1].kind == "person"
        return person and self.chunks[i].kind == "post"

    def _appoints(self, frame: Frame) -> bool:
        """Whether the frame is one where the subject of the verb is not who takes office."""
        return frame.states is KH.holdsPost and self.language.phrases is KH.idafa

    def _after_mark(self, i: int) -> bool:
        return i > 0 and self.chunks[i - 1].kind == "mark" and self.chunks[i - 1].surface != ")"

    def _verb_before(self, head: int) -> int | None:
        """The verb to which a conjunction joins the head: "was founded in 2017 and is chaired by …"."""
        if self.language.phrases is KH.idafa or self.speech(head) is not LEXINFO.verb:
            return None
        i = head - 1
        while i > 0 and self.chunks[i].kind == "word" and not self.conjunction(i) and not self.closes(i):
            i -= 1
        if i < 0 or not self.conjunction(i):
            return None
        verbs = (k for k in range(i - 1, max(-1, i - REACH), -1) if self.closes(k))
        return next((k for k in verbs if not self._dependent(k)), None)  # "told her to go and | said"

    def _shares_subject(self, head: int) -> bool:
        """Whether "and" stands right before the verb and its helpers: "told Ann Smith … and has | urged"."""
        i = head - 1
        while i > 0 and self.speech(i) is LEXINFO.auxiliary:
            i -= 1
        return i > 0 and self.conjunction(i)

    def _dependent(self, head: int) -> bool:
        """Whether the verb depends on another clause by a preposition: "before chairing", "to sign"."""
        capitals = self.language.phrases is KH.capitals
        return capitals and self.speech(head) is LEXINFO.verb and bool(self.chunks[head].governors)

    def _main(
        self, frame: Frame, element: Element, head: int, slots: dict[URIRef, tuple[Filler, ...]]
    ) -> int | None:
        """Who does what a dependent verb says: the first argument of the sentence."""
        start = max(0, head - REACH)
        start = max((i for i in range(start, head) if self.chunks[i].has(KH.opensWords)), default=start)
        named = (i for i in range(start, head) if self.chunks[i].kind in NAMING)
        first = next((i for i in named if not (self.chunks[i].governors or self.chunks[i].owns)), None)
        if first is None or element.slot is None or not self.fits(self.chunks[first], element, frame):
            return None
        slots[element.slot] = (Filler(first),)
        return first

    def _gapped(self, match: Match) -> Match:
        """The match with what follows it without a verb: «ترأس المغرب المجلس عام 2019، ثم تونس عام 2020»."""
        element = next((e for e in match.frame.elements if e.slot is KH.subject), None)
        own = self.time_of(match)
        if element is None or own is None or len(match.slots.get(KH.subject, ())) != 1:
            return match
        fillers = [Filler(match.slots[KH.subject][0].index, own)]
        position = max(own, match.last)
        while (found := self._joined(match.frame, element, position + 1)) is not None and len(
            fillers
        ) < _MOST:
            time = next((i for i in self.clause(found, 1) if self.chunks[i].kind == "time"), None)
            if time is None:
                break
            fillers.append(Filler(found, time))
            position = time
        while (gap := self._time_first(match.frame, element, position + 1)) is not None:
            fillers.append(gap)
            position = gap.index
        if len(fillers) == 1:
            return match
        return replace(match, slots={**match.slots, KH.subject: tuple(fillers)}, last=position)

    def _time_first(self, frame: Frame, element: Element, i: int) -> Filler | None:
        """What a period and a dash join to the clause: «…, в 2022 году – Туркменистан»."""
        if i >= len(self.chunks) or not self.chunks[i].comma:
            return None
        i += 1
        while i < len(self.chunks) and self.speech(i) is LEXINFO.preposition:
            i += 1
        if i + 2 >= len(self.chunks) or self.chunks[i].kind != "time":
            return None
        dash, other = self.chunks[i + 1], self.chunks[i + 2]
        if dash.surface not in DASHES or other.kind not in NAMING or not _in_case(element, other):
            return None
        return Filler(i + 2, i) if self.fits(other, element, frame) else None

    def _run(
        self,
        frame: Frame,
        elements: Sequence[Element],
        start: int,
        step: int,
        slots: dict[URIRef, tuple[Filler, ...]],
        pronouns: set[URIRef],
    ) -> int | None:
        """Match ELEMENTS one after the other from START on; the last chunk reached, or None."""
        position = start
        for n, element in enumerate(elements):
            owned = n > 0 and elements[n - 1].kind == "words" and self.attached(position)
            if owned and element.slot is not None and not element.governors and step > 0:
                pronouns.add(element.slot)  # «تولت تونس رئاسته»
                continue
            found = self._find(frame, element, position, step)
            if found is not None and step > 0 and element.kind == "slot":
                found = self._followed(frame, element, elements[n + 1 : n + 2], found)
            if found is None:
                if element.optional:
                    continue
                return None
            position = found
            if element.kind == "slot" and element.slot is not None:
                coordinated = self._coordinated if step > 0 else self._coordinated_before
                fillers = coordinated(frame, element, found)
                if step < 0 and element.governors:  # «между A | и B подписан …»: the preposition is said once
                    further = self._coordinated(frame, element, found)[1:]
                    fillers = (*fillers, *(f for f in further if f.index < start))
                slots[element.slot] = (*slots.get(element.slot, ()), *fillers)
                if step < 0:
                    position = fillers[0].index
                elif n + 1 < len(elements) and self._held_next(elements[n + 1], frame, fillers[-1].index):
                    position = fillers[-1].index
                elif self._held_later(frame, elements[n + 1 :]):
                    position = max(position, fillers[-1].index)  # «принял отставку министра | Громова»
                else:
                    position = self._past_apposition(max(position, fillers[-1].time or fillers[-1].index))
        return position

    def _followed(
        self, frame: Frame, element: Element, following: Sequence[Element], found: int
    ) -> int | None:
        """The filler at FOUND, or the first behind it that has near it what must follow.

        «عيّن الملك سامي الخطيب | علي حسن وزيرا»: whoever appoints may stand between the verb and who is meant.
        """
        if self.language.phrases is not KH.idafa or not following or not following[0].near:
            return found
        place: int | None = found
        for _ in range(_TRIES):
            if place is None:
                return None
            last = self._past_apposition(self._coordinated(frame, element, place)[-1].index)
            if self._find(frame, following[0], last, 1) is not None:
                return place
            place = self._find(frame, element, last, 1)
        return None

    def _held_next(self, element: Element, frame: Frame, post: int) -> bool:
        """Whether the next element is the holder of the post: "sacked minister | Ann Smith"."""
        return element.kind == "slot" and frame.states is KH.holdsPost and self._names_holder(post)

    def _past_apposition(self, i: int) -> int:
        """The last chunk of a name with its apposition: «رئيس البرلمان كمال العابد», «…، وزيرة التعليم،»."""
        in_idafa = self.language.phrases is KH.idafa
        if in_idafa and self.chunks[i].kind == "post" and (holder := self._holder_after(i)) is not None:
            i = holder
        kinds = {"post": "person", "person": "post"}
        j = i + 1
        if j < len(self.chunks) and self._seat(i):
            i, j = j, j + 1  # «العاصمة الموريتانية نواكشوط»
        comma = j < len(self.chunks) and self.chunks[j].kind == "mark" and self.chunks[j].surface in COMMAS
        j += comma
        if (
            j >= len(self.chunks)
            or self.chunks[j].kind != kinds.get(self.chunks[i].kind)
            or self.chunks[j].joined
        ):
            return i
        if self.chunks[i].kind == "person" and not comma:
            own = (
                in_idafa and self._determined(self.chunks[j]) and self._holder_after(j, commas=False) is None
            )
            return self._last_post(j) if own else i  # «… سامي الخطيب | سفيرا»: that is what he becomes
        closed = j + 1 < len(self.chunks) and comma and self.chunks[j + 1].surface in COMMAS
        return j + 1 if closed else j

    def _seat(self, i: int) -> bool:
        """Whether the chunk at I and the name right after it name one city."""
        chunk, following = self.chunks[i], self.chunks[i + 1]
        same = chunk.iri is not None and chunk.iri == following.iri
        return same and chunk.kind == "phrase" and following.kind == "name"

    def _holder_after(self, post: int, *, commas: bool = True) -> int | None:
        """The person after a post, behind titles and other posts: «نائب الرئيس وزير المالية السيد | …»."""
        i = post + 1
        while i < len(self.chunks) and not self.chunks[i].joined:
            chunk = self.chunks[i]
            if chunk.kind == "person":
                return i
            following = self.chunks[i + 1].kind if i + 1 < len(self.chunks) else ""
            if commas and chunk.comma and following in ("post", "person"):
                i += 1  # «وزير الدولة، وزير الخارجية، | …»
                continue
            if chunk.kind != "post" and not (chunk.kind == "word" and chunk.has(KH.title)):
                return None
            i += 1
        return None

    def _last_post(self, i: int) -> int:
        """The last of the posts of one person that stand side by side from I on."""
        while (
            i + 1 < len(self.chunks) and self.chunks[i + 1].kind == "post" and not self.chunks[i + 1].joined
        ):
            i += 1
        return i

    def _find(self, frame: Frame, element: Element, start: int, step: int) -> int | None:
        if step < 0 and (told := self._told_of(frame, element, start)) is not None:
            return told
        passed: int | None = None
        for i in self.reach(start, step, KH.reduced in frame.features):
            if step < 0 and self.opens(i) and self.speech(start) is LEXINFO.verb:
                return None
            if element.near and not self.near(start, i):
                return None
            if passed is not None and any(c.kind == "mark" for c in self.chunks[passed:i]):
                return None  # in a list, what follows the first genitive is governed as well
            if i != start + 1 and self._in_genitive(i):
                passed = i if step > 0 else None
                continue
            verdict = self._accepts(frame, element, i, step)
            if verdict is not None:
                return i if verdict else None
            if element.optional and abs(i - start) > 1:
                return None
        return None

    def _told_of(self, frame: Frame, element: Element, verb: int) -> int | None:
        """What a relative pronoun before the verb means, in any case: «Латвию, которая | возглавила …»."""
        if self.language.phrases is not KH.genitive or element.cases != _NOMINATIVE or verb < _FEWEST:
            return None
        named = self.chunks[verb - 3]
        apart = self.relative(verb - 1) and self.chunks[verb - 2].comma and named.kind in NAMING
        return verb - 3 if apart and self.fits(named, element, frame) else None

    def _in_genitive(self, i: int) -> bool:
        """Whether the chunk at I is the genitive of a governed noun: «رحّبت بجهود | الاتحاد»."""
        if self.language.phrases is not KH.idafa or i == 0 or self.chunks[i].joined:
            return False
        before = self.chunks[i - 1]
        nouns = before.head is not None and any(w.speech is LEXINFO.noun for w in before.head.words)
        return (
            before.kind == "word"
            and nouns
            and bool(before.governors)
            and not self.line.definite(before.first)
        )

    def _accepts(self, frame: Frame, element: Element, i: int, step: int) -> bool | None:
        """Whether the chunk is the element; None to look further, False where the search must end."""
        chunk = self.chunks[i]
        if element.kind == "words":
            return True if self._is_words(element, chunk) else None
        if element.slot is KH.when:
            return True if chunk.kind == "time" else None
        if chunk.kind not in NAMING:
            return False if self._somebody(chunk) and not element.governors and not element.anywhere else None
        closed = self.language.phrases is KH.idafa and chunk.kind == "post" and self._determined(chunk)
        if (
            element.indefinite
            and (closed or self._definite(chunk))
            or element.definite
            and not self._determined(chunk)
        ):
            return None
        if not _in_case(element, chunk):
            return None
        if step > 0 and chunk.owns and element.cases == _GENITIVE and chunk.kind != "person":
            return False  # «запуск подготовки | саммита организации»: what follows belongs to it
        if element.anywhere:
            return True if self.fits(chunk, element, frame) else None
        if element.governors and (chunk.governors or "" not in element.governors):
            governed = not (chunk.owns or set(chunk.governors).isdisjoint(element.governors))
            return True if governed and self.fits(chunk, element, frame) else None
        fits = self.fits(chunk, element, frame)
        if not fits and step > 0 and (self._names_holder(i) or self._appoints(frame)):
            return None  # «избран мэр Омска Иван Петров»: the person is meant
        if chunk.governors or chunk.owns or (chunk.joined and i > 0):
            if step < 0 and fits and self._lists(frame, element, i):
                return True  # «كانت بريطانيا وأستراليا وقعت …»
            # Behind a governed name of the right kind lies another clause: «بوفد من المجلس برئاسة …»,
            # where the verb comes first.
            return False if step < 0 and fits and self.language.phrases is KH.idafa else None
        return fits

    def _lists(self, frame: Frame, element: Element, i: int) -> bool:
        """Whether conjunctions join the name at I to a bare one before it, and all between fit as well."""
        for k in range(i, max(0, i - _MOST), -1):
            chunk, other = self.chunks[k], self.chunks[k - 1]
            if not chunk.joined or chunk.governors or chunk.owns or other.kind not in NAMING:
                return False
            if other.governors or other.owns or not self.fits(other, element, frame):
                return False
            if not other.joined:
                return True
        return False

    def _definite(self, chunk: Chunk) -> bool:
        """Whether the article or the genitive after it makes the head of a chunk definite."""
        line, after = self.line, chunk.first + 1
        return line.definite(chunk.first) or (
            after < chunk.last and line.definite(after) and not line.proclitics(after, KH.preposition)
        )

    def becomes(self, i: int) -> bool:
        """Whether somebody only takes the post at I, for it is indefinite: «سفيرا في باريس»."""
        return self.language.phrases is KH.idafa and not self._determined(self.chunks[i])

    def _determined(self, chunk: Chunk) -> bool:
        """Whether a definite noun or a name closes the genitives of a chunk before any preposition."""
        line = self.line
        for i in range(chunk.first, chunk.last):
            if i > chunk.first and (
                line.proclitics(i, KH.preposition) or LEXINFO.preposition in line.speech(i)
            ):
                return False
            if line.definite(i) or i in line.names:
                return True
        return False

    def _somebody(self, chunk: Chunk) -> bool:
        """Whether a bare noun that nobody knows stands there: it, not a name further on, is the argument."""
        noun = chunk.kind == "word" and chunk.head and any(w.speech is LEXINFO.noun for w in chunk.head.words)
        if not (chunk.kind == "unknown" or noun) or chunk.governors or chunk.joined or chunk.head is None:
            return False
        if self.language.phrases is KH.idafa and chunk.has(KH.of):
            return False  # «عقد الوزير | مساء الأحد | اجتماعا»
        stem = chunk.head.best.stem
        return not stem.endswith(self.language.adverbials)

    def _is_words(self, element: Element, chunk: Chunk) -> bool:
        if chunk.head is None or chunk.kind == "time":
            return False
        if element.group is not None:
            governed = not element.governors or bool(set(element.governors) & set(chunk.governors))
            return governed and chunk.head.of(element.group)
        return not {chunk.head.token.folded, chunk.head.best.stem}.isdisjoint(
            element.governors or element.words
        )

    # --------------------------------------------------------------------------------- coordination
    def _coordinated(self, frame: Frame, element: Element, first: int) -> tuple[Filler, ...]:
        """The filler at FIRST with those joined to it, each with the period that follows it.

        «ترأستها أوزبكستان في عام 2021 وتركمانستان في عام 2022»: the verb is said once.
        """
        fillers = [first]
        times: dict[int, int] = {}
        i = self._past_apposition(first) + 1
        while i < len(self.chunks) and len(fillers) < _MOST:
            step = self._joined(frame, element, i)
            if step is None:
                if self.chunks[i].kind == "time":
                    times.setdefault(fillers[-1], i)
                elif not self._between(i):
                    break
                i = self.after_brackets(i)
                continue
            fillers.append(step)
            i = self._past_apposition(step) + 1
        return tuple(Filler(f, times.get(f) if len(fillers) > 1 else None) for f in fillers)

    def _coordinated_before(self, frame: Frame, element: Element, last: int) -> tuple[Filler, ...]:
        """The filler at LAST with those joined to it before: "Finland, Norway and | Sweden signed"."""
        fillers = [last]
        conjunction = False
        if self._lists(frame, element, last):
            while self.chunks[fillers[-1]].joined:
                fillers.append(fillers[-1] - 1)
        i = self._before_determiners(fillers[-1])
        while i > 0 and len(fillers) < _MOST:
            conjunction = conjunction or self.conjunction(i)
            i = i - 1 if self.conjunction(i) and self.chunks[i - 1].surface in COMMAS else i
            if not conjunction or not (self.conjunction(i) or self.chunks[i].surface in COMMAS):
                break
            other = self.chunks[i - 1]
            bare = not (other.governors or other.owns) and other.kind in NAMING
            if not (bare and self.fits(other, element, frame)):
                break
            fillers.append(i - 1)
            i = self._before_determiners(i - 1)
        return tuple(Filler(f) for f in reversed(fillers))

    def _before_determiners(self, i: int) -> int:
        """The chunk before the name at I, its article and the post that stands before a person."""
        before = i - 1
        if before > 0 and self.chunks[i].kind == "person" and self.chunks[before].kind == "post":
            before -= 1
        while before > 0 and (self.chunks[before].has(KH.determines) or self.chunks[before].has(KH.title)):
            before -= 1
        return before

    def _joined(self, frame: Frame, element: Element, i: int) -> int | None:
        """The next conjunct at I, or right after the comma or the conjunction at I."""
        if i >= len(self.chunks):
            return None
        chunk = self.chunks[i]
        comma = chunk.kind == "mark" and chunk.surface in "،,."
        conjunction = chunk.head is not None and chunk.kind == "word" and chunk.has(KH.and_)
        j = i + 1 if comma or conjunction else i
        while j < len(self.chunks) and comma and self.conjunction(j):
            j, conjunction = j + 1, True
        if comma or conjunction:
            j, repeated = self._past_determiners(element, j)
            conjunction = conjunction or repeated
        if j >= len(self.chunks) or self.chunks[j].kind not in NAMING - {"alias"}:
            return None
        other = self.chunks[j]
        listed = comma and (self._list_goes_on(j) or self._elided(j)) and self.past_country(i) == i
        if not (other.joined or conjunction or listed):
            return None
        if element.governors and other.governors and not set(other.governors) & set(element.governors):
            return None
        if other.governors and not element.governors:
            return None
        return j if _in_case(element, other) and self.fits(other, element, frame) else None

    def _past_determiners(self, element: Element, j: int) -> tuple[int, bool]:
        """Past the preposition said again ("by A, by B") and the article; whether one was said again."""
        repeated = False
        while j < len(self.chunks) and self.chunks[j].kind == "word":
            chunk = self.chunks[j]
            again = (
                chunk.head is not None
                and self.speech(j) is LEXINFO.preposition
                and chunk.head.best.stem in element.governors
            )
            if not (again or chunk.has(KH.determines) or chunk.has(KH.title)):
                break
            j, repeated = j + 1, repeated or again
        return j, repeated

    def _list_goes_on(self, j: int) -> bool:
        """Whether a comma or a conjunction follows the name at J, so that a list is under way."""
        j += self._names_holder(j) and self.language.phrases is not KH.idafa  # "…, President | Ann Smith and"
        if j + 1 >= len(self.chunks):
            return False
        comma = self.chunks[j + 1].surface in COMMAS
        if comma and self.language.phrases is KH.idafa:  # «استقبل سامي الخطيب، …، علي حسن، سفير …»
            following = self.chunks[j + 2 : j + 3]
            comma = bool(following) and (following[0].joined or following[0].kind == self.chunks[j].kind)
        return comma or self.conjunction(j + 1) or self.chunks[j + 1].joined

    def _elided(self, j: int) -> bool:
        """Whether a dash after the name at J stands for the verb: «…, Туркменистан — в 2022 году»."""
        return j + 1 < len(self.chunks) and self.chunks[j + 1].surface in DASHES

    def _between(self, i: int) -> bool:
        """What may stand between two conjuncts: brackets, an alias, the preposition of a period."""
        chunk = self.chunks[i]
        if chunk.kind == "alias" or chunk.surface in "()":
            return True
        if chunk.kind == "mark" and chunk.surface in COMMAS:
            following = self.chunks[i + 1] if i + 1 < len(self.chunks) else None
            return following is not None and following.has(KH.alias)
        if chunk.has(KH.alias):
            return True
        if chunk.kind == "name" and not self.language.locatives.isdisjoint(chunk.governors):
            return self.language.phrases is KH.capitals and self._list_goes_on(i)
        beyond = self.chunks[i + 1] if i + 1 < len(self.chunks) else None
        place = beyond is not None and beyond.kind == "name" and self._between(i + 1)
        time_next = beyond is not None and beyond.kind == "time"
        return self.speech(i) is LEXINFO.preposition and (time_next or place)

    # ------------------------------------------------------------------------------ headless frames
    def headless(self, frame: Frame) -> Iterator[Match]:
        """Every place where a frame without a head stands, its elements right after each other."""
        for start in self.named if frame.opens_named else range(len(self.chunks)):
            if match := self._adjacent(frame, start):
                yield match

    def _held_later(self, frame: Frame, following: Sequence[Element]) -> bool:
        """Whether the holder of a post is looked for behind it, where cases tell."""
        held = frame.states is KH.holdsPost and self.language.phrases is KH.genitive
        return held and any(element.kind == "slot" for element in following)

    def _past_ranks(self, i: int) -> int:
        """Where titles end that stand bare between post and name: «министр | генерал-полковник | Громов»."""
        while (
            self.language.phrases is KH.genitive and i + 1 < len(self.chunks) and self.chunks[i].has(KH.title)
        ):
            i += 1
        return i

    def _adjacent(self, frame: Frame, start: int) -> Match | None:
        slots: dict[URIRef, tuple[Filler, ...]] = {}
        i = start
        for element in frame.elements:
            if element.kind == "slot" and i > start:
                i = self._past_acronym(i)
            if (
                element.kind == "slot" and element.governors
            ):  # here a mark, such as the comma of an apposition
                if i < len(self.chunks) and self.chunks[i].surface in element.governors:
                    i += 1
                elif "" not in element.governors:
                    return None
            i = self._past_ranks(i) if i > start else i
            cased = self.language.phrases is KH.genitive and element.kind == "slot"
            if cased and i > start and self._bracketed(i):
                i += 3  # «секретарь Союза городов (СГ) Иван Громов»
            if i < len(self.chunks) and self._stands(frame, element, i):
                if element.slot is not None:
                    slots[element.slot] = (Filler(i),)
                i += 1
                if (
                    i < len(self.chunks)
                    and self.chunks[i - 1].has(KH.title)
                    and self.chunks[i].surface == "."
                ):
                    i += 1  # "Mr. Smith"
            elif not element.optional:
                return None
        return Match(frame, None, slots, start, i - 1) if slots else None

    def _past_acronym(self, i: int) -> int:
        """Past one word in brackets: "director of the World Bank (WB) | Ann Smith"."""
        cased = self.language.phrases is KH.capitals and i + 2 < len(self.chunks)
        closed = cased and self.chunks[i].surface == "(" and self.chunks[i + 2].surface == ")"
        return i + 3 if closed else i

    def _bracketed(self, i: int) -> bool:
        """Whether brackets with one name in them open at I."""
        return [c.surface for c in self.chunks[i : i + 3 : 2]] == ["(", ")"]

    def _stands(self, frame: Frame, element: Element, i: int) -> bool:
        chunk = self.chunks[i]
        if element.kind == "words":
            if chunk.joined:
                return False  # «رئيس الدولة، | وفخامة …»: here somebody else is named
            return chunk.surface in (element.governors or element.words) or self._is_words(element, chunk)
        if chunk.kind not in NAMING or element.definite and not self._determined(chunk):
            return False
        return _in_case(element, chunk) and self.fits(chunk, element, frame)

    # -------------------------------------------------------------------------------------- periods
    def time_of(self, match: Match) -> int | None:
        """The period that the matched clause gives: inside it, after it, or before its head."""
        own = match.first if match.head is None else self._clause_start(match.first, match.head)
        inside = [
            i
            for i in range(own, match.last + 1)
            if self.chunks[i].kind == "time" and not self._aside(i, match)
        ]
        after = next((i for i in self.clause(match.last, 1) if self.chunks[i].kind == "time"), None)
        if inside:
            return inside[0]
        if after is not None:
            return after
        if match.head == match.first and self.speech(match.first) is LEXINFO.noun:
            before = match.first - 1
            if self.language.phrases is KH.genitive and before >= 0 and self.chunks[before].kind == "time":
                return before  # «В 2019 году | председательство … перешло к …»
            return None  # «يوم 19 يونيو، في إطار رئاسة …»: the day is that of another clause
        return next((i for i in self.clause(match.first, -1) if self.chunks[i].kind == "time"), None)

    def _clause_start(self, first: int, head: int) -> int:
        """Where the clause of a verb begins that a conjunction joins to another of the same subject."""
        joined = (i for i in range(head - 1, first, -1) if self.conjunction(i))
        conjunction = next(joined, first)
        verbs = any(self.closes(i) for i in range(first, conjunction))
        return conjunction if verbs and self.language.phrases is not KH.idafa else first

    def times_of(self, match: Match) -> tuple[int, ...]:
        """The period of the clause, with those joined to it: "in 2020 and 2021"."""
        time = self.time_of(match)
        times = [] if time is None else [time]
        while times and times[-1] + 2 < len(self.chunks):
            joined = self.conjunction(times[-1] + 1)
            if not joined or self.chunks[times[-1] + 2].kind != "time":
                break
            times.append(times[-1] + 2)
        while times and times[0] > 1 and self._shares_unit(times[0]):
            times.insert(0, times[0] - 2)  # «В 2014 и | 2015 годах …»
        return tuple(times)

    def _shares_unit(self, i: int) -> bool:
        """Whether a conjunction joins to the period at I one before it that shares its noun."""
        cased = self.language.phrases is KH.genitive
        return cased and self.conjunction(i - 1) and self.chunks[i - 2].kind == "time"

    def _aside(self, i: int, match: Match) -> bool:
        """Whether the chunk belongs to a participle after a comma: «…, созданная в 2016 году, …»."""
        before = range(i - 1, match.first, -1)
        comma = next((k for k in before if self.chunks[k].comma), None)
        return comma is not None and comma + 1 != match.head and self.speech(comma + 1) is LEXINFO.participle


def _in_case(element: Element, chunk: Chunk) -> bool:
    """Whether the chunk may stand in a case that the element asks for, as far as both tell."""
    return not element.cases or not chunk.cases or not element.cases.isdisjoint(chunk.cases)
