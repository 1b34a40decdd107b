"""Chunks and entities to facts, by the frames of the language."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rdflib import RDF, Literal, URIRef

from khabar.knowledge import Knowledge
from khabar.knowledge.language import Element, Frame
from khabar.model import Article, Fact, Mention, Period, Span
from khabar.text.line import Line
from khabar.text.link import Discourse
from khabar.text.match import Filler, Match, Matcher
from khabar.text.recognise import Chunk, Recognised
from khabar.text.segment import Quotation
from khabar.vocab import KH, LEXINFO, ORG, entity_iri

_CONFIDENCE: Final = 0.8  # of a frame that no measurement has graded yet
_SENTENCES_BACK: Final = 3  # how far a speaker carries over
_SPEECHES_BACK: Final = 8  # stretches of speech that may still cover a place
_FEWEST: Final = 2  # who meets nobody has not met
_SHORTEST_QUOTE: Final = 3  # words; a shorter quotation is a name or a hedge


@dataclass(frozen=True, slots=True)
class Speech:
    """A stretch in which somebody else's words stand."""

    span: Span
    speaker: URIRef


def relate(
    article: Article,
    linked: Sequence[Recognised],
    discourse: Discourse,
    quotes: Sequence[Quotation],
    knowledge: Knowledge,
) -> tuple[Fact, ...]:
    """The facts of one article in reading order; equal ones are merged, their evidence kept."""
    relater = Relater(article, linked, discourse, quotes, knowledge)
    return merge(relater.facts())


class Relater:
    """Finds the facts of one article."""

    def __init__(
        self,
        article: Article,
        linked: Sequence[Recognised],
        discourse: Discourse,
        quotes: Sequence[Quotation],
        knowledge: Knowledge,
    ) -> None:
        self.article = article
        self.linked = linked
        self.d = discourse
        self.quotes = quotes
        self.language = knowledge.languages[article.language]
        self.ontology = knowledge.ontology
        self.holders: dict[URIRef, URIRef] = {}  # post -> the person who holds it here
        self.paired: dict[Span, URIRef] = {}  # the span of a post that stands beside its holder -> the holder
        self.speech: list[Speech] = []
        self._bodies: list[tuple[int, URIRef]] = []  # of which the article has said who chairs them
        self.locatives = frozenset(
            form
            for form, groups in self.language.lexicon.items()
            for g in groups
            if KH.locative in g.features
        ) | frozenset(c.text for c in self.language.proclitics.values() if KH.locative in c.features)

    def facts(self) -> Iterator[Fact]:
        """Roles first, for "the president" may stand before his name; then all else in reading order."""
        matchers = [Matcher(r, self._fits) for r in self.linked]
        roles = [f for r, m in zip(self.linked, matchers, strict=True) for f in self._roles(r, m)]
        yield from roles
        for recognised, matcher in zip(self.linked, matchers, strict=True):
            matches = list(matcher.headed())
            yield from self._speeches(recognised, matcher, matches)
            for match in matches:
                if match.frame.states != KH.said:
                    yield from self._stated(recognised, matcher, match)
            yield from self._events(recognised, matcher, matches)
        yield from self._loose_quotes()

    # ----------------------------------------------------------------------------- what fits a slot
    def _fits(self, chunk: Chunk, element: Element, frame: Frame) -> bool:
        """Whether domain, range and frame let the chunk fill the slot; a post may stand for its holder."""
        allowed = element.types or (self._end(frame, element),)
        if chunk.kind == "post" and frame.states != KH.holdsPost:
            return any(self.ontology.is_a(KH.Person, t) for t in allowed)
        if chunk.iri is None or chunk.type is None or chunk.kind == "demonym":
            return False
        return any(self.ontology.is_a(chunk.type, t) for t in allowed)

    def _end(self, frame: Frame, element: Element) -> URIRef:
        if frame.states == RDF.type:
            return KH.Event
        return (
            self.ontology.domain(frame.states)
            if element.slot == KH.subject
            else self.ontology.range(frame.states)
        )

    def _entity(self, chunk: Chunk) -> URIRef:
        """What the chunk stands for in a fact: a post its holder, all else the thing it names."""
        if chunk.kind != "post" or chunk.iri is None:
            assert chunk.iri is not None
            return chunk.iri
        holder = self.paired.get(chunk.span) or self.holders.get(chunk.iri) or self._holder_like(chunk)
        if holder is not None:
            self.d.name(holder, KH.Person, chunk)
            return holder
        iri = entity_iri(self.article.key, "Person", self.language.fold(chunk.surface))
        return self.d.name(iri, KH.Person, chunk)

    def _holder_like(self, chunk: Chunk) -> URIRef | None:
        """The holder of a post that a shorter form means: «الوزير النرويجي», "the minister"."""
        assert chunk.iri is not None
        wanted = self.d.things[chunk.iri]
        for post, person in reversed(self.holders.items()):
            thing = self.d.things[post]
            if thing.head == wanted.head and wanted.country in (None, thing.country):
                return person
        return None

    # ---------------------------------------------------------------------------------------- roles
    def _roles(self, recognised: Recognised, matcher: Matcher) -> Iterator[Fact]:
        """Who holds which post, by standing beside it."""
        taken: set[int] = set()
        for frame in self.language.frames.values():
            if frame.head is not None or frame.states != KH.holdsPost:
                continue
            for match in matcher.headless(frame):
                person, post = (match.slots[s][0].index for s in (KH.subject, KH.object))
                if post in taken or self._stray(matcher, match, person):
                    continue
                taken.add(post)
                yield from self._role(recognised, matcher, match, person, post)

    def _stray(self, matcher: Matcher, match: Match, person: int) -> bool:
        """Whether what follows shows that the two only happen to stand side by side."""
        return matcher.chunks[person].type != KH.Person and match.frame.elements[0].slot == KH.object

    def _role(
        self, recognised: Recognised, matcher: Matcher, match: Match, person: int, post: int
    ) -> Iterator[Fact]:
        chunks = matcher.chunks
        holder = chunks[person].iri
        assert holder is not None
        for offset in (post, *self._more_posts(chunks, post)):
            iri = chunks[offset].iri
            assert iri is not None
            self.holders.setdefault(iri, holder)
            self.paired[chunks[offset].span] = holder
            status = self._marked(recognised, chunks[offset]) or KH.asserted
            span = self._span(chunks, min(match.first, offset), max(match.last, offset))
            yield self._fact(match.frame, holder, KH.holdsPost, iri, span, status=status)
            body = next((c.iri for c in chunks[offset].inner if c.iri is not None and self._is_body(c)), None)
            if body is not None:
                yield self._fact(match.frame, iri, ORG.postIn, body, chunks[offset].span)

    def _more_posts(self, chunks: Sequence[Chunk], post: int) -> Iterator[int]:
        """Coordinated offices: «رئيس الجمعية الوطنية، ورئيس الاتحاد …»."""
        i = post + 1
        while i < len(chunks):
            comma = chunks[i].kind == "mark" and chunks[i].surface in "،,"
            j = i + 1 if comma and i + 1 < len(chunks) else i
            if chunks[j].kind != "post" or not chunks[j].joined or self._named_next(chunks, j):
                return
            yield j
            i = j + 1

    def _named_next(self, chunks: Sequence[Chunk], post: int) -> bool:
        """Whether the post has a holder of its own after it."""
        following = [c for c in chunks[post + 1 : post + 3] if not (c.kind == "mark" and c.surface in "،,")]
        return bool(following) and following[0].kind == "person"

    def _is_body(self, chunk: Chunk) -> bool:
        return chunk.type is not None and any(
            self.ontology.is_a(chunk.type, c) for c in (KH.Organization, KH.Country)
        )

    def _marked(self, recognised: Recognised, chunk: Chunk) -> URIRef | None:
        """The status that a word in or right after the post gives it: «السابق», "former"."""
        lexemes = recognised.line.lexemes
        near = range(max(0, chunk.first - 1), min(chunk.last + 1, len(lexemes)))
        marks = (w.marks for i in near for w in lexemes[i].words if w.marks is not None)
        return next((m for m in marks if m in (KH.ended, KH.planned)), None)

    # -------------------------------------------------------------------------------- headed frames
    def _stated(self, recognised: Recognised, matcher: Matcher, match: Match) -> Iterator[Fact]:
        frame = match.frame
        time = matcher.time_of(match)
        subjects = match.slots.get(KH.subject) or self._pronoun(recognised, matcher, match, KH.subject)
        objects = match.slots.get(KH.object) or self._pronoun(recognised, matcher, match, KH.object)
        if frame.states == KH.inception:
            yield from self._inception(recognised, matcher, match, subjects, time)
            return
        if frame.creates is not None:
            yield from self._created(recognised, matcher, match, (*subjects, *objects), time)
            return
        if frame.states == RDF.type:
            return
        for subject in subjects:
            for obj in objects:
                yield from self._pair(recognised, matcher, match, subject, obj, time)

    def _pair(
        self,
        recognised: Recognised,
        matcher: Matcher,
        match: Match,
        subject: Filler | URIRef,
        obj: Filler | URIRef,
        time: int | None,
    ) -> Iterator[Fact]:
        chunks = matcher.chunks
        first = self._filled(chunks, subject)
        second = self._object(chunks, match.frame, obj)
        if first is None or second is None or first == second:
            return
        own = [f.time for f in (subject, obj) if isinstance(f, Filler) and f.time is not None]
        when = self._period(chunks, own[0] if own else time)
        span = self._evidence(matcher, match, own[0] if own else time)
        status = self._status(recognised, matcher, match)
        qualifiers = ((KH.change, match.frame.change),) if match.frame.change is not None else ()
        yield self._fact(
            match.frame,
            first,
            match.frame.states,
            second,
            span,
            when=when,
            status=status,
            qualifiers=qualifiers,
            at=span,
        )

    def _filled(self, chunks: Sequence[Chunk], filler: Filler | URIRef) -> URIRef | None:
        return self._entity(chunks[filler.index]) if isinstance(filler, Filler) else filler

    def _object(self, chunks: Sequence[Chunk], frame: Frame, filler: Filler | URIRef) -> URIRef | None:
        """As _filled, but what somebody is appointed to is the post, not its holder."""
        if isinstance(filler, Filler) and frame.states == KH.holdsPost:
            return chunks[filler.index].iri
        return self._filled(chunks, filler)

    def _created(
        self,
        recognised: Recognised,
        matcher: Matcher,
        match: Match,
        fillers: Sequence[Filler | URIRef],
        time: int | None,
    ) -> Iterator[Fact]:
        """An event that only its clause tells of, such as a meeting: who took part, when and where."""
        frame, cls = match.frame, match.frame.creates
        assert cls is not None
        participants = list(
            dict.fromkeys(p for f in fillers if (p := self._filled(matcher.chunks, f)) is not None)
        )
        if len(participants) < _FEWEST and KH.single not in frame.features:
            return
        when = self._period(matcher.chunks, time)
        span = self._evidence(matcher, match, time)
        day = str(when.when) if when is not None else ""
        iri = entity_iri(self.article.key, str(cls).rpartition("#")[2], day, *sorted(participants))
        text = self.article.text[span.start : span.end]
        self.d.record(iri, cls, Mention(span, text, cls))
        status = self._status(recognised, matcher, match)
        yield self._fact(frame, iri, RDF.type, cls, span, status=status, at=span)
        for participant in participants:
            yield self._fact(frame, participant, frame.states, iri, span, when=when, status=status, at=span)
        if when is not None and when.when is not None:
            yield self._fact(frame, iri, KH.when, when.when, span, when=when, status=status, at=span)
        place = self._place_of(matcher, match)
        if place is not None:
            yield self._fact(frame, iri, KH.tookPlaceIn, place, span, status=status, at=span)

    def _place_of(self, matcher: Matcher, match: Match) -> URIRef | None:
        """The place that the clause gives with a locative preposition; a city before its country."""
        filled = {f.index for fillers in match.slots.values() for f in fillers}
        places = [
            c
            for i in (*range(match.first, match.last + 1), *matcher.clause(match.last, 1))
            if i not in filled
            and set((c := matcher.chunks[i]).governors) & self.locatives
            and self._is_place(c)
        ]
        best = next(
            (c for c in places if c.type not in (KH.Country, KH.Region)), places[0] if places else None
        )
        return best.iri if best is not None else None

    def _pronoun(
        self, recognised: Recognised, matcher: Matcher, match: Match, slot: URIRef
    ) -> tuple[URIRef, ...]:
        """What an attached pronoun, or the discourse alone, puts into a slot that the clause leaves empty."""
        frame = match.frame
        assert match.head is not None
        head = matcher.chunks[match.head]
        attached = head.head is not None and head.head.best.enclitic is not None
        if not (frame.enclitic == slot and attached) and (frame.implied != slot):
            return ()
        types = (frame.implied_type,) if frame.implied_type else (self._end(frame, Element("slot", slot)),)
        since = recognised.sentence.span.start if KH.sameSentence in frame.features else 0
        chaired = (
            [f for f in self._bodies if since <= f[0] < head.span.start] if frame.states == KH.chairs else []
        )
        found = (
            chaired[-1][1]
            if chaired and frame.implied == slot
            else self.d.recent(head.span.start, types, since=since)
        )
        return (found,) if found is not None else ()

    def _inception(
        self,
        recognised: Recognised,
        matcher: Matcher,
        match: Match,
        subjects: Iterable[Filler | URIRef],
        time: int | None,
    ) -> Iterator[Fact]:
        when = self._period(matcher.chunks, time)
        if when is None or when.when is None:
            return
        span = self._evidence(matcher, match, time)
        status = self._status(recognised, matcher, match)
        for subject in subjects:
            thing = self._filled(matcher.chunks, subject)
            if thing is not None:
                yield self._fact(
                    match.frame, thing, KH.inception, when.when, span, when=when, status=status, at=span
                )

    # --------------------------------------------------------------------------------------- events
    def _events(self, recognised: Recognised, matcher: Matcher, matches: Sequence[Match]) -> Iterator[Fact]:
        """That each event of the sentence took place, with the place and the period that its clause gives."""
        hosted = {f.index: m for m in matches for fs in m.slots.values() for f in fs}
        frame = next((f for f in self.language.frames.values() if f.states == RDF.type), None)
        if frame is None:
            return
        for i, chunk in enumerate(matcher.chunks):
            if chunk.type is None or chunk.iri is None or not self.ontology.is_a(chunk.type, KH.Event):
                continue
            match = hosted.get(i)
            time, place = self._adjuncts(matcher, i)
            if match is not None and match.frame.states in (KH.hosts, RDF.type) and time is None:
                time = matcher.time_of(match)
            specific = chunk.kind == "phrase" and not chunk.bare and self._specific(matcher, i)
            if not (specific or time is not None or place is not None or match):
                continue
            yield from self._event(recognised, matcher, i, frame, match, time, place)

    def _event(
        self,
        recognised: Recognised,
        matcher: Matcher,
        i: int,
        frame: Frame,
        match: Match | None,
        time: int | None,
        place: int | None,
    ) -> Iterator[Fact]:
        chunks = matcher.chunks
        event = chunks[i].iri
        assert event is not None
        used = [i, *(k for k in (time, place) if k is not None and k >= 0)]
        if match is not None and match.frame.states in (KH.hosts, RDF.type):
            used += [match.first, match.last]
        span = self._span(chunks, min(used), max(used))
        status = self._status(recognised, matcher, match) if match is not None else KH.asserted
        yield self._fact(frame, event, RDF.type, self.d.things[event].type, span, status=status)
        when = self._period(chunks, time) or self._inner_period(recognised.line, chunks[i])
        if when is not None and when.when is not None:
            yield self._fact(frame, event, KH.when, when.when, span, when=when, status=status)
        elif when is not None and when.earliest is not None:
            yield self._fact(
                frame,
                event,
                KH.when,
                Literal(when.text, lang=self.article.language),
                span,
                when=when,
                status=status,
            )
        where = chunks[place].iri if place is not None else self._host_city(match, chunks)
        if where is not None:
            yield self._fact(frame, event, KH.tookPlaceIn, where, span, status=status)

    def _specific(self, matcher: Matcher, i: int) -> bool:
        """Whether an event is named fully enough to be one of its own, if need be by a relative clause."""
        chunk = matcher.chunks[i]
        if self._indefinite(matcher, chunk):
            return False
        related = i + 1 < len(matcher.chunks) and matcher.speech(i + 1) == LEXINFO.relativePronoun
        return chunk.last - chunk.first > 2 or (related and chunk.last - chunk.first > 1)

    def _indefinite(self, matcher: Matcher, chunk: Chunk) -> bool:
        """Whether it is any such event, not a named one: «منتدى للنقاش», "a forum for discussion"."""
        line, after = matcher.line, chunk.first + 1
        if line.definite(chunk.first) or after >= chunk.last:
            return False
        led = bool(line.proclitics(after, KH.preposition)) or line.has(after, KH.extends)
        return led and self._inner_period(matcher.line, chunk) is None

    def _host_city(self, match: Match | None, chunks: Sequence[Chunk]) -> URIRef | None:
        """A city that holds an event is where it takes place: «عقدت ألماتي المنتدى»."""
        if match is None or match.frame.states != KH.hosts:
            return None
        for filler in match.slots.get(KH.subject, ()):
            cls = chunks[filler.index].type
            if cls is not None and self.ontology.is_a(cls, KH.City):
                return chunks[filler.index].iri
        return None

    def _inner_period(self, line: Line, chunk: Chunk) -> Period | None:
        """A period inside the name itself: «مؤتمر 4 ديسمبر حول …»."""
        times = line.times
        return next((times[k].period for k in range(chunk.first, chunk.last) if k in times), None)

    def _adjuncts(self, matcher: Matcher, event: int) -> tuple[int | None, int | None]:
        """The period and the place right after an event, through «الذي انعقد» but not into another clause."""
        time = place = None
        chunks = matcher.chunks
        for i in range(event + 1, min(len(chunks), event + 12)):
            chunk = chunks[i]
            if chunk.kind == "time":
                time = i if time is None else time
            elif (
                chunk.kind in ("name", "phrase")
                and set(chunk.governors) & self.locatives
                and self._is_place(chunk)
            ):
                place = i if place is None or self._finer(chunk, chunks[place]) else place
            elif (
                chunk.kind == "word"
                and matcher.closes(i)
                and not self._happens(chunk)
                or chunk.kind in ("person", "post")
                or chunk.kind in ("name", "phrase")
                and not chunk.governors
                or chunk.kind == "mark"
                and chunk.surface not in "،,()"
            ):
                break
        return time, place

    def _happens(self, chunk: Chunk) -> bool:
        frames = (self.language.frames[f] for w in (chunk.head.words if chunk.head else ()) for f in w.frames)
        return any(f.states == RDF.type for f in frames)

    def _is_place(self, chunk: Chunk) -> bool:
        return chunk.iri is not None and chunk.type is not None and self.ontology.is_a(chunk.type, KH.Place)

    def _finer(self, chunk: Chunk, other: Chunk) -> bool:
        """A city says more than its country."""
        return other.type in (KH.Country, KH.Region) and chunk.type not in (KH.Country, KH.Region)

    # --------------------------------------------------------------------------------------- speech
    def _speeches(self, recognised: Recognised, matcher: Matcher, matches: Sequence[Match]) -> Iterator[Fact]:
        """Who said what: the clause of each verb of speech, up to the next one."""
        chunks = matcher.chunks
        said = {m.head: m for m in matches if m.frame.states == KH.said and m.head is not None}
        heads = [i for i, c in enumerate(chunks) if c.kind == "word" and c.has(KH.speech)]
        heads = [
            h for h in heads if (h in said or self._continues(matcher, h)) and not self._relative(matcher, h)
        ]
        for n, head in enumerate(heads):
            match = said.get(head)
            end = heads[n + 1] if n + 1 < len(heads) else len(chunks)
            if match is not None and n + 1 < len(heads) and match.last >= heads[n + 1]:
                continue
            speaker = self._speaker(chunks, match)
            if speaker is None:
                continue
            yield self._said(recognised, matcher, head, end, match, speaker)

    def _relative(self, matcher: Matcher, head: int) -> bool:
        """Whether the verb only tells which one is meant («المبادرة التي أعلن عنها …»), and opens no words."""
        if head == 0 or matcher.speech(head - 1) != LEXINFO.relativePronoun:
            return False
        ahead = matcher.chunks[head + 1 : head + 8]
        return not any(c.has(KH.opensWords) or c.surface == ":" for c in ahead)

    def _continues(self, matcher: Matcher, head: int) -> bool:
        """Whether a verb of speech has no subject but the last speaker: «وأضاف: …», «وأشارت إلى …»."""
        chunk = matcher.chunks[head]
        if head > 2 or head + 1 >= len(matcher.chunks) or not self.speech:
            return False
        following = matcher.chunks[head + 1]
        opens = following.has(KH.opensWords)
        return (
            chunk.joined
            and (opens or following.surface in ':“«"' or matcher.speech(head + 1) is not None)
            or opens
        )

    def _speaker(self, chunks: Sequence[Chunk], match: Match | None) -> URIRef | None:
        if match is not None:
            return self._entity(chunks[match.slots[KH.subject][0].index])
        return self.speech[-1].speaker if self.speech else None

    def _said(
        self,
        recognised: Recognised,
        matcher: Matcher,
        head: int,
        end: int,
        match: Match | None,
        speaker: URIRef,
    ) -> Fact:
        chunks = matcher.chunks
        first = min(head, match.first) if match else head
        start = chunks[first].span.start
        stop = chunks[end - 1].span.end if end > head + 1 else chunks[head].span.end
        quote = self._quote_in(start, stop)
        if quote is not None:
            stop = max(stop, quote.marked.end)
        span = Span(start, stop)
        words = quote.words if quote is not None else self._reported_words(matcher, head, end) or span
        self.speech.append(Speech(words if words != span else Span(stop, stop), speaker))
        frame = match.frame if match is not None else self._frame_for(chunks[head])
        text = self.article.text[words.start : words.end]
        return self._fact(
            frame, speaker, KH.said, Literal(text, lang=self.article.language), span,
            qualifiers=((KH.quotation, Literal(quote is not None)),), when=None,
        )  # fmt: skip

    def _frame_for(self, chunk: Chunk) -> Frame:
        assert chunk.head is not None
        return next(
            self.language.frames[f]
            for w in chunk.head.words
            for f in w.frames
            if self.language.frames[f].states == KH.said
        )

    def _quote_in(self, start: int, stop: int) -> Quotation | None:
        """The longest quotation that opens in that stretch and is more than a name."""
        first = bisect_left(self.quotes, start, key=lambda q: q.marked.start)
        last = bisect_left(self.quotes, stop, key=lambda q: q.marked.start)
        inside = self.quotes[first:last]
        longest = max(inside, key=lambda q: q.words.end - q.words.start, default=None)
        if (
            longest is None
            or len(self.article.text[longest.words.start : longest.words.end].split()) < _SHORTEST_QUOTE
        ):
            return None
        return longest

    def _reported_words(self, matcher: Matcher, head: int, end: int) -> Span | None:
        """The clause after «أن» or a colon."""
        for i in range(head + 1, end):
            chunk = matcher.chunks[i]
            opens = chunk.head is not None and chunk.kind == "word" and chunk.has(KH.opensWords)
            if (opens or chunk.surface == ":") and i + 1 < end:
                last = end - 1
                while (
                    last > i + 1
                    and matcher.chunks[last].kind == "mark"
                    and matcher.chunks[last].surface in ".،,"
                ):
                    last -= 1
                return Span(matcher.chunks[i + 1].span.start, matcher.chunks[last].span.end)
        return None

    def _loose_quotes(self) -> Iterator[Fact]:
        """Quotations that no verb of speech introduces go on with the last speaker before them."""
        frame = next(
            (f for f in self.language.frames.values() if f.states == KH.said and f.head is None), None
        )
        if frame is None:
            return
        starts = {r.sentence.span.start for r in self.linked}
        for quote in self.quotes:
            words = self.article.text[quote.words.start : quote.words.end]
            n = bisect_left(self.speech, quote.words.start, key=lambda s: s.span.start)
            near = self.speech[max(0, n - _SPEECHES_BACK) : n + _SPEECHES_BACK]
            if len(words.split()) < _SHORTEST_QUOTE + 2 or any(s.span.overlaps(quote.words) for s in near):
                continue
            before = [s for s in near if s.span.end <= quote.words.start]
            if before and not starts.isdisjoint((quote.marked.start, quote.words.start)):
                qualifiers = ((KH.quotation, Literal(True)),)
                said = Literal(words, lang=self.article.language)
                yield self._fact(
                    frame, before[-1].speaker, KH.said, said, quote.marked, qualifiers=qualifiers
                )

    # ----------------------------------------------------------------------- status, time, evidence
    def _status(self, recognised: Recognised, matcher: Matcher, match: Match | None) -> URIRef:
        if match is None:
            return KH.asserted
        if match.frame.status is not None:
            return match.frame.status
        head = match.head if match.head is not None else match.first
        chunk = matcher.chunks[head]
        roles = {self.language.proclitics[p].role for p in (chunk.head.best.proclitics if chunk.head else ())}
        if KH.future in roles:
            return KH.planned
        marks = [
            w.marks
            for c in matcher.chunks[max(0, head - 3) : head]
            if c.kind == "word" and c.head is not None
            for w in c.head.words
            if w.marks is not None
        ]
        return next((m for m in marks if m in (KH.denied, KH.planned)), KH.asserted)

    def _period(self, chunks: Sequence[Chunk], time: int | None) -> Period | None:
        return chunks[time].period if time is not None else None

    def _evidence(self, matcher: Matcher, match: Match, time: int | None) -> Span:
        places = [match.first, match.last, *([time] if time is not None else [])]
        return self._span(matcher.chunks, min(places), max(places))

    def _span(self, chunks: Sequence[Chunk], first: int, last: int) -> Span:
        return Span(chunks[first].span.start, chunks[last].span.end)

    def _fact(
        self, frame: Frame, subject: URIRef, predicate: URIRef, obj: URIRef | Literal, span: Span, *,
        when: Period | None = None, status: URIRef = KH.asserted,
        qualifiers: tuple[tuple[URIRef, URIRef | Literal], ...] = (), at: Span | None = None,
    ) -> Fact:  # fmt: skip
        """A fact; reported, not asserted, where it stands in somebody's words."""
        speaker = self._speaking(at) if at is not None else None
        if speaker is not None and status == KH.asserted:
            status = KH.reported
        if predicate == KH.chairs and isinstance(obj, URIRef):
            self._bodies.append((span.start, obj))
        return Fact(
            subject, predicate, obj, status, (span,), frame.iri, when=when,
            attributed_to=speaker if status == KH.reported else None, qualifiers=qualifiers,
            confidence=frame.confidence if frame.confidence is not None else _CONFIDENCE,
        )  # fmt: skip

    def _speaking(self, at: Span) -> URIRef | None:
        """In whose words that stretch stands."""
        near = self.speech[
            max(0, bisect_left(self.speech, at.end, key=lambda s: s.span.start) - _SPEECHES_BACK) :
        ]
        return next((s.speaker for s in near[: 2 * _SPEECHES_BACK] if s.span.covers(at)), None)


def merge(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Equal facts as one with all their evidence, in reading order."""
    found: dict[tuple[object, ...], Fact] = {}
    evidence: defaultdict[tuple[object, ...], set[Span]] = defaultdict(set)
    for fact in facts:
        bounds = (fact.when.earliest, fact.when.latest) if fact.when else None
        key = (fact.subject, fact.predicate, fact.object, fact.qualifiers, bounds)
        known = found.get(key)
        if known is None:
            found[key] = fact
        else:
            evidence[key].update(fact.evidence)
    merged = (replace(f, evidence=tuple(sorted(evidence[k] | set(f.evidence)))) for k, f in found.items())
    return tuple(sorted(merged, key=lambda f: (f.evidence[0], f.predicate, f.subject)))
