"""Frames against chunks: where a frame's words stand in a sentence, and what fills its slots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rdflib import URIRef

from khabar.knowledge.language import Element, Frame
from khabar.text.beside import Beside
from khabar.text.clauses import NAMING, REACH
from khabar.text.coordination import DASHES, Coordination
from khabar.text.filling import MOST, NOMINATIVE, in_case
from khabar.text.matched import Filler, Match
from khabar.text.periods import Periods
from khabar.vocab import KH, LEXINFO

_TRIES: Final = 3  # fillers of one slot that are looked at for what must stand near them
_CLAUSE: Final = 8  # chunks between a verb and its object: a subject with title, post and name
_FEWEST: Final = 3  # chunks before a verb in a relative clause: the name, a comma, the pronoun


class Matcher(Coordination, Beside, Periods):
    """Matches frames in one sentence."""

    def headed(self) -> Iterator[Match]:
        """The matches of frames whose head stands in the sentence, in reading order.

        Of several that state the same of one head, the one that asks for most is meant.
        """
        office = any(chunk.kind == "post" for chunk in self.chunks)
        for i, chunk in enumerate(self.chunks):
            if chunk.kind != "word" or chunk.head is None:
                continue
            stated: dict[URIRef, Match] = {}
            for frame in chunk.head.frames:
                if frame.asks_office and not office:
                    continue  # most sentences with "as" or «как» name no office
                if frame.states is KH.inception and KH.launched in stated:
                    continue  # «أطلقت الوزارة يوم الأحد منصة …»: the ministry has not begun then
                if frame.states not in stated and (match := self.match(frame, i)):
                    stated[frame.states] = match
            for match in stated.values():
                yield match
                yield from self._taken_too(match)

    def _taken_too(self, match: Match) -> Iterator[Match]:
        """Who takes office by the same verb: «عُيّن سامي الخطيب وزيرا للعدل، | وعلي حسن وزيرا للمالية»."""
        elements = {e.slot: e for e in match.frame.elements if e.slot is not None}
        post, holder = elements.get(KH.object), elements.get(KH.subject)
        takes = match.frame.states is KH.holdsPost and match.frame.status is not KH.ended
        if (
            self.language.phrases is not KH.idafa
            or not takes
            or post is None
            or holder is None
            or KH.object not in match.slots
        ):
            return
        i = match.slots[KH.object][-1].index + 1
        while i < len(self.chunks) and self.chunks[i].kind == "post" and self.chunks[i].joined:
            i += 1  # «… نائبا للوزير | ورئيسا للأركان، وعلي حسن وزيرا للعدل»
        i = self._past_predecessor(i)
        while (found := self._taken_next(match.frame, i)) is not None:
            person, office = found
            slots = {**match.slots, KH.subject: (Filler(person),), KH.object: (Filler(office),)}
            yield replace(match, slots=slots, first=person, last=office)
            i = self._past_predecessor(office + 1)

    def _past_predecessor(self, i: int) -> int:
        """Past who held the office before: «وزيرا للدفاع | خلفا لعلي حسن | ، وسامي الخطيب وزيرا للعدل»."""
        here = self.chunks[i : i + 2]
        states = {f.states for f in here[0].head.frames} if here and here[0].head is not None else set()
        led = len(here) > 1 and here[0].kind == "word" and KH.holdsPost in states
        return i + 2 if led and here[1].kind == "person" and here[1].governors else i

    def _taken_next(self, frame: Frame, i: int) -> tuple[int, int] | None:
        """The person and the office that go on with a list at I."""
        joined = False
        while i < len(self.chunks):
            chunk = self.chunks[i]
            joined = joined or chunk.joined or chunk.comma or self.conjunction(i)
            small = chunk.comma or self._quotes(i) or self.conjunction(i) or chunk.has(KH.title)
            if chunk.kind == "person" or not (small or chunk.kind == "post" and chunk.has(KH.courtesy)):
                break
            i += 1
        if not joined or i >= len(self.chunks) or self.chunks[i].kind != "person" or self.chunks[i].governors:
            return None
        office = i + 1
        while office < len(self.chunks) and self._quotes(office):
            office += 1
        if office >= len(self.chunks) or self.chunks[office].kind != "post" or self.chunks[office].joined:
            return None
        chunk = self.chunks[office]
        taken = chunk.head is not None and chunk.head.token.folded.endswith(self.language.adverbials)
        return (i, office) if (taken or self.becomes(office)) and not chunk.governors else None

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
        """Whether the frame takes the word for a verb, but after an article or «بعد | توليه» it is a noun."""
        cased = self.language.phrases is KH.capitals
        if not cased and self._masdar(frame, head):
            return True
        if not (head and self.chunks[head - 1].has(KH.article) if cased else self._nominal(head)):
            return False
        word = self.chunks[head].head
        words = (w for analysis in word.analyses for w in analysis.words) if word is not None else ()
        verbs = [w.speech is LEXINFO.verb for w in words if frame.iri in w.frames]
        return any(verbs) if cased else bool(verbs) and all(verbs)

    def _masdar(self, frame: Frame, head: int) -> bool:
        """Whether an earlier verb has taken the subject: «جدد الوزير سامي الخطيب | دعم مصر لـ…»."""
        word = self.chunks[head].head
        if self.language.phrases is not KH.idafa or word is None or not frame.before:
            return False
        speech = {w.speech for a in word.analyses for w in a.words}
        verb = any(w.speech is LEXINFO.verb and frame.iri in w.frames for w in word.words)
        if not verb or LEXINFO.noun not in speech or self.chunks[head].joined:
            return False
        for k in range(head - 1, max(-1, head - _CLAUSE), -1):
            if self.verbal(k):
                return True
            if self.chunks[k].kind not in NAMING and not self.chunks[k].has(KH.title):
                return False
        return False

    def _breaks(self, head: int) -> bool:
        """Whether a conjunction on the head begins another clause; on a preposition never: «وبرئاسة»."""
        chunk = self.chunks[head]
        return chunk.joined and not (self.language.phrases is KH.idafa and chunk.governors)

    def _describes(self, frame: Frame, head: int) -> bool:
        """Whether the pronoun on the verb stands for the noun right before it, which names nothing."""
        if frame.enclitic is None or not head or self.language.phrases is not KH.idafa:
            return False
        before = head - 2 if head > 1 and self.relative(head - 1) else head - 1  # «المسار | الذي | ترعاه …»
        nothing = self.chunks[before].kind == "unknown" or self.chunks[before].has(KH.delegates)
        return self.attached(head) and not self.chunks[head].joined and nothing

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
        """Whether the verb is no finite one: "is widely expected" is said by nobody, nor is "to | expect"."""
        i = head - 1
        while i > 0 and self.chunks[i].kind == "word" and not (self.verbal(i) or self.conjunction(i)):
            if self.chunks[i].has(KH.to) and self.language.phrases is KH.capitals:
                return True  # "asked Uganda | to further | continue with …"
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
        asks = any(e.slot is KH.subject and e.cases == NOMINATIVE for e in frame.elements)
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
        led = (w for g in self.chunks[head].governors for w in self.language.lexicon.get(g, ()))
        if any(KH.byObject in w.features for w in led):
            return None  # "congratulated Peru for | assuming …": who is congratulated has done so
        start = max(0, head - REACH)
        start = max((i for i in range(start, head) if self.chunks[i].has(KH.opensWords)), default=start)
        if (owner := self._owner_of_plan(head)) is not None:
            start = owner
        named = (i for i in range(start, head) if self.chunks[i].kind in NAMING)
        bare = (i for i in named if i == owner or not (self.chunks[i].governors or self.chunks[i].owns))
        first = next(bare, None)
        if first is None or element.slot is None or not self.fits(self.chunks[first], element, frame):
            return None
        slots[element.slot] = (Filler(first),)
        return first

    def _owner_of_plan(self, head: int) -> int | None:
        """Whose the noun is that the verb goes on with: "backed | Finland's bid to | join the union"."""
        i = head - 2  # before "to"
        while i > 0 and self.chunks[i].kind == "word" and not self.chunks[i].has(KH.genitive):
            if self.closes(i):
                return None
            i -= 1
        owned = i > 0 and self.chunks[i].has(KH.genitive) and self.chunks[i - 1].owns
        return i - 1 if owned and i < head - 2 else None

    def _gapped(self, match: Match) -> Match:
        """The match with what follows it without a verb: «ترأس المغرب المجلس عام 2019، ثم تونس عام 2020»."""
        element = next((e for e in match.frame.elements if e.slot is KH.subject), None)
        own = self.time_of(match)
        if element is None or own is None or len(match.slots.get(KH.subject, ())) != 1:
            return match
        fillers = [Filler(match.slots[KH.subject][0].index, own)]
        position = max(own, match.last)
        while (found := self._joined(match.frame, element, position + 1)) is not None and len(fillers) < MOST:
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
        if dash.surface not in DASHES or other.kind not in NAMING or not in_case(element, other):
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
            last = self._coordinated(frame, element, place)[-1].index
            if self._held_next(following[0], frame, last):
                return place  # «إقالة وزير العدل | سامي الخطيب»
            last = self._past_apposition(last)
            if self._find(frame, following[0], last, 1) is not None:
                return place
            place = self._find(frame, element, last, 1)
        return None

    def _held_next(self, element: Element, frame: Frame, post: int) -> bool:
        """Whether the next element is the holder of the post: "sacked minister | Ann Smith"."""
        return element.kind == "slot" and frame.states is KH.holdsPost and self._names_holder(post)

    def _find(self, frame: Frame, element: Element, start: int, step: int) -> int | None:
        if step < 0 and (told := self._told_of(frame, element, start)) is not None:
            return told
        passed: int | None = None
        own = self._past_passing(start + 1)  # «برئاسة | كل من | تونس …»: the genitive of the head itself
        for i in self.reach(start, step, KH.reduced in frame.features):
            if step < 0 and self.opens(i) and self.speech(start) is LEXINFO.verb:
                return None
            if element.near and not self.near(start, i):
                return None
            if passed is not None and any(c.kind == "mark" for c in self.chunks[passed:i]):
                return None  # in a list, what follows the first genitive is governed as well
            if i not in (start + 1, own) and (
                self._in_genitive(i) or passed == i - 1 and self._goes_along(i)
            ):
                passed = i if step > 0 else None
                continue
            verdict = self._accepts(frame, element, i, step)
            if verdict is not None:
                return self._named_city(i) if verdict else None
            if element.optional and abs(i - start) > 1:
                return None
        return None

    def _named_city(self, i: int) -> int:
        """The name right after the chunk at I that says which city it is: «العاصمة المصرية | القاهرة»."""
        chunk, following = self.chunks[i], self.chunks[i + 1 : i + 2]
        city = chunk.kind == "phrase" and chunk.type is KH.City and chunk.has(KH.classifier)
        if not city or not following or self.language.phrases is not KH.idafa:
            return i
        named = following[0].kind == "name" and following[0].type is KH.City and not following[0].joined
        return i + 1 if named else i

    def _past_passing(self, i: int) -> int:
        """The first chunk from I on that lets no preposition through."""
        while i < len(self.chunks) and self.chunks[i].kind == "word" and self.chunks[i].has(KH.passes):
            i += 1
        return i

    def _goes_along(self, i: int) -> bool:
        """Whether the chunk at I is in the genitive with the one before it, as its holder or conjunct."""
        if self.language.phrases is not KH.idafa:
            return False
        holder = self.chunks[i - 1].kind == "post" and self.chunks[i].kind == "person"
        return holder or self.chunks[i].joined and self.chunks[i].kind in NAMING

    def _told_of(self, frame: Frame, element: Element, verb: int) -> int | None:
        """What a relative pronoun before the verb means, in any case: «Латвию, которая | возглавила …»."""
        if self.language.phrases is KH.capitals:
            return self._told_of_governed(frame, element, verb)
        if self.language.phrases is not KH.genitive or element.cases != NOMINATIVE or verb < _FEWEST:
            return None
        named = self.chunks[verb - 3]
        apart = self.relative(verb - 1) and self.chunks[verb - 2].comma and named.kind in NAMING
        return verb - 3 if apart and self.fits(named, element, frame) else None

    def _told_of_governed(self, frame: Frame, element: Element, verb: int) -> int | None:
        """What a relative pronoun means under a preposition: "from | Chile, which chaired …"."""
        i = verb - 1
        while i > 0 and self.speech(i) is LEXINFO.auxiliary:
            i -= 1
        if i < _FEWEST - 1 or not self.relative(i) or element.kind != "slot" or element.governors:
            return None
        told = i - 2 if self.chunks[i - 1].comma else i - 1
        named, people = self.chunks[told], self.chunks[i].has(KH.human)
        governed = named.kind in ("name", "phrase", "person") and (named.governors or named.owns)
        fits = governed and people == (named.type is KH.Person) and not element.anywhere
        return told if fits and self.fits(named, element, frame) else None

    def _held_later(self, frame: Frame, following: Sequence[Element]) -> bool:
        """Whether the holder of a post is looked for behind it, where cases tell."""
        held = frame.states is KH.holdsPost and self.language.phrases is KH.genitive
        return held and any(element.kind == "slot" for element in following)
