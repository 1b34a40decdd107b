"""One article while its facts are found: what fills a slot, what it stands for, what a fact is made of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rdflib import Literal, URIRef

from khabar.knowledge import Knowledge
from khabar.knowledge.language import Element, Frame, Words
from khabar.model import Article, Fact, Period, Span
from khabar.text.chunk import Chunk
from khabar.text.discourse import Discourse, Thing
from khabar.text.lex import Lexeme
from khabar.text.match import Matcher
from khabar.text.matched import Filler, Match
from khabar.text.yearless import turned
from khabar.vocab import KH, LEXINFO, RDF, entity_iri

_HOLDERS: Final = 8  # of posts of one name that are compared
_BESIDE: Final = 3  # chunks between an event and «في دورته الثانية»
_MENTIONS: Final = 64  # of a person that are looked at
_SPEECHES_BACK: Final = 8  # stretches of speech that may still cover a place
_TOLD_OF: Final = 8  # chunks back to a verb of which a noun of action is the object
_DONE: Final = frozenset({KH.holdsPost, KH.memberOf, KH.signed, KH.launched})
_LANDS: Final = frozenset({KH.Country, KH.City, KH.Region})
_QUESTION: Final = frozenset("?؟")

Qualifiers = tuple[tuple[URIRef, URIRef | Literal], ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """A stretch in which somebody else's words stand."""

    span: Span
    speaker: URIRef
    denied: bool = False  # whether the speaker says that it is not so


class Scene:
    """What the finders of facts share: the discourse, who holds which post, who is speaking."""

    def __init__(self, article: Article, discourse: Discourse, knowledge: Knowledge) -> None:
        self.article = article
        self.discourse = discourse
        self.language = knowledge.languages[article.language]
        self.ontology = knowledge.ontology
        self.confidences = knowledge.confidences
        self.gazetteer = knowledge.gazetteer
        self.seats = knowledge.gazetteer.seats
        self.holders: dict[URIRef, URIRef] = {}  # post -> the person who holds it here
        self.paired: dict[Span, URIRef] = {}  # the span of a post that stands beside its holder -> the holder
        self.speeches: list[Speech] = []  # in reading order
        self.met: list[tuple[int, tuple[URIRef, ...]]] = []  # where a meeting is told of, and who took part
        self.chaired: list[tuple[int, URIRef]] = []  # where the article says that a body is chaired

    # ----------------------------------------------------------------------------- what fits a slot
    def fits(self, chunk: Chunk, element: Element, frame: Frame) -> bool:
        """Whether domain, range and frame let the chunk fill the slot; a post may stand for its holder."""
        allowed = element.types or (self.end(frame, element.slot),)
        if frame.states is KH.memberOf and element.slot is KH.object and chunk.has(KH.membership):
            return self.group(chunk) is not None  # "is a member of the council"
        if frame.states is KH.memberOf and element.slot is KH.object and chunk.kind == "post":
            return False  # who holds an office of a body need not belong to it
        if KH.presided in frame.features and element.slot is KH.object:
            one = chunk.numbers != {LEXINFO.plural}  # «комитеты возглавляет …» is a rule, and no fact
            if not (one and self.presided(chunk)):  # who is at the head of a company presides over nothing
                return False
        if frame.states is KH.memberOf and chunk.has(KH.delegates):
            return False  # who belongs to a delegation joins no body
        joins = frame.states is KH.memberOf and chunk.kind == "phrase" and element.slot is KH.subject
        if joins and (chunk.has(KH.membership) or chunk.type is KH.Agent and not chunk.inner):
            return False  # «انضمام الأعضاء الجدد», «انضم نواب إلى …»
        if chunk.kind == "post" and KH.Post in allowed and frame.states is KH.chairs:
            return chunk.has(KH.presides) and self.presides_over(chunk) is not None  # «بصفتها رئيسة المجموعة»
        if chunk.kind == "post" and frame.states is not KH.holdsPost:
            return not self.ontology.ancestors(KH.Person).isdisjoint(allowed)
        if chunk.iri is None or chunk.type is None or chunk.kind == "demonym":
            return False
        named = self.language.phrases is KH.idafa and (
            chunk.last - chunk.first > 1 or frame.states is KH.said
        )
        if (
            chunk.has(KH.parties)
            and not named
            and (chunk.last - chunk.first > 1 or frame.states is not KH.signed)
        ):
            return False  # who «стороны» are is known only of what follows a meeting
        if frame.states is KH.chairs and (
            chunk.has(KH.delegates) or chunk.kind == "phrase" and chunk.has(KH.membership)
        ):
            return False  # who leads a delegation presides over nothing; «برئاسة | أعضاء المجلس»
        if frame.creates is not None and chunk.has(KH.delegates):
            return True  # "received a delegation of the bank"
        if frame.states is KH.launched and element.slot is KH.object and chunk.type in _LANDS:
            return False  # no country is launched, and no city
        if frame.states is KH.said and chunk.iri in self.seats and KH.Person not in element.types:
            return True  # «Берлин заявил»: a capital speaks for its country
        return not self.ontology.ancestors(chunk.type).isdisjoint(allowed)

    def end(self, frame: Frame, slot: URIRef | None) -> URIRef:
        """The class that the relation of a frame asks of that slot."""
        if frame.states is RDF.type:
            return KH.Event
        prop = frame.states
        return self.ontology.domain(prop) if slot is KH.subject else self.ontology.range(prop)

    def organ(self, body: Chunk) -> bool:
        """Whether a body that we know is an organ of another or of a state, as a parliament is."""
        entries = self.gazetteer.entries
        whole = entries[body.iri].part_of if body.iri is not None and body.iri in entries else ()
        return any(entries[part].type in (KH.Organization, KH.Country) for part in whole)

    def presided(self, body: Chunk) -> bool:
        """Whether whoever is chair of the body presides over it: a committee, an assembly of parliaments."""
        if body.has(KH.presided):
            return True
        entry = self.gazetteer.entries.get(body.iri) if body.iri is not None else None
        names = (*entry.labels, *entry.alternatives) if entry is not None else ()
        own = (self.language.fold(n).split() for n in names if n.language == self.language.tag)
        return any(self._holds_presided(words) for words in own)

    def _holds_presided(self, words: Sequence[str]) -> bool:
        """Whether a noun marked so, of one word or several, stands among the folded WORDS of a name."""
        for k, word in enumerate(words):
            if any(KH.presided in w.features for w in self.language.lexicon.get(word, ())):
                return True
            for key, meant in self.language.multiwords.get(word, ()):
                if KH.presided in meant.features and tuple(words[k : k + len(key)]) == key:
                    return True
        return False

    def group(self, post: Chunk) -> URIRef | None:
        """What a member belongs to: of "a member of the Coal Union" the union."""
        return next((c.iri for c in post.inner if self.is_a(c, KH.Organization)), None)

    def presides_over(self, post: Chunk) -> URIRef | None:
        """What is presided over by who holds such a post: a body, or an event."""
        return next((c.iri for c in post.inner if self.is_a(c, KH.Organization, KH.Event)), None)

    def is_a(self, chunk: Chunk, *classes: URIRef) -> bool:
        """Whether the chunk names a thing of one of those classes."""
        if chunk.iri is None or chunk.type is None:
            return False
        return not self.ontology.ancestors(chunk.type).isdisjoint(classes)

    # ------------------------------------------------------------------------ what a chunk stands for
    def entity(self, chunk: Chunk) -> URIRef:
        """What the chunk stands for in a fact: a post its holder, all else the thing it names."""
        assert chunk.iri is not None
        if chunk.kind != "post":
            return chunk.iri
        here = chunk.span.start
        holder = (
            self.paired.get(chunk.span) or self.holders.get(chunk.iri) or self.holder_like(chunk.iri, here)
        )
        unnamed = entity_iri(self.article.key, "Person", self.language.fold(chunk.surface))
        return self.discourse.name(holder or unnamed, KH.Person, chunk)

    def speaker(self, chunk: Chunk) -> URIRef:
        """Who speaks where the chunk stands: for a capital its country, else as entity."""
        country = self.seats.get(chunk.iri) if chunk.iri is not None else None
        if country is None:
            return self.entity(chunk)
        return self.discourse.name(country, KH.Country, chunk, curated=True)

    def holder_like(self, post: URIRef, here: int) -> URIRef | None:
        """The holder of a post that a shorter form means: «الوزير النرويجي», "the minister".

        Of several, the one named last before HERE; nobody whom only a later sentence names, where another is.
        """
        wanted = self.discourse.things[post]
        alike = (
            person
            for other, person in reversed(self.holders.items())
            if (thing := self.discourse.things[other]).head == wanted.head
            and wanted.country in (None, thing.country)
        )
        found = max(islice(alike, _HOLDERS), key=lambda p: self._last_named(p, here), default=None)
        return found if found is not None else self._holder_by_country(wanted)

    def _last_named(self, person: URIRef, here: int) -> int:
        """Where the person is named last before HERE; -1 for nowhere."""
        mentions = islice(self.discourse.things[person].mentions, _MENTIONS)
        return max((m.start for m in mentions if m.start < here), default=-1)

    def _holder_by_country(self, wanted: Thing) -> URIRef | None:
        """Who holds a post that the text names in another way: with the country, or as a leader."""
        for other, person in self.holders.items():
            thing = self.discourse.things[other]
            if thing.head == wanted.head and thing.country is None:
                return person  # "President Ann Smith … The Norwegian president"
        for other, person in self.holders.items() if self._leads(wanted.head) and wanted.country else ():
            thing = self.discourse.things[other]
            if self._leads(thing.head) and thing.country == wanted.country:
                return person  # "the Norwegian leader"
        body = self.discourse.things.get(wanted.country) if wanted.country is not None else None
        if body is None or body.curated:
            return None
        same = {p for other, p in self.holders.items() if self.discourse.things[other].head == wanted.head}
        return same.pop() if len(same) == 1 else None  # a body under a shorter name: "the Lib Dem leader"

    def _leads(self, head: str) -> bool:
        """Whether who holds such a post is the first of a body or a country."""
        return any(KH.leads in w.features for w in self.language.lexicon.get(head, ()))

    def filled(self, matcher: Matcher, frame: Frame, slot: URIRef, filler: Filler | URIRef) -> URIRef:
        """What fills a slot; somebody is appointed to a post, not to its holder."""
        if not isinstance(filler, Filler):
            return filler
        chunk = matcher.chunks[filler.index]
        if slot is KH.object and frame.states is KH.holdsPost and chunk.iri is not None:
            return chunk.iri
        grouped = frame.states is KH.memberOf or frame.states is KH.chairs and slot is KH.object
        member = chunk.kind == "post" or chunk.has(KH.membership)
        of = self.presides_over if frame.states is KH.chairs and slot is KH.object else self.group
        if grouped and member and (group := of(chunk)) is not None:
            return group
        if frame.states is KH.chairs and slot is KH.object and (again := self._named_before(matcher, filler)):
            return again
        return self.entity(chunk)

    def _named_before(self, matcher: Matcher, filler: Filler) -> URIRef | None:
        """The event just named, of which this is the session: «القمة | في دورتها الثانية | برئاسة …»."""
        chunks, i = matcher.chunks, filler.index
        head = chunks[i].head
        owned = head is not None and head.best.enclitic is not None and bool(chunks[i].governors)
        if not owned or not self.is_a(chunks[i], KH.Event):
            return None
        events = (c for c in reversed(chunks[max(0, i - _BESIDE) : i]) if self.is_a(c, KH.Event))
        return next((c.iri for c in events), None)

    # ------------------------------------------------------------------------ status, time, evidence
    def status(self, matcher: Matcher, match: Match | None) -> URIRef:
        """What the words around the head make of the fact: denied, planned, or simply said."""
        if match is None:
            return KH.asserted
        head = match.head if match.head is not None else match.first
        if self.language.phrases is KH.idafa and _tells_of_change(match.frame):
            only = _only_told_of(self, matcher, head)
            if only is not None:
                return only
        if match.frame.status is not None:
            return match.frame.status
        lexeme = matcher.chunks[head].head
        if lexeme and self._future(lexeme):
            return KH.planned
        before = (c.head for c in matcher.chunks[match.first : head] if c.kind == "word" and c.head)
        if any(self._future(word) for word in before):
            return KH.planned  # «سيقوم بزيارة»
        governors = matcher.chunks[head].governors
        purpose = self.language.phrases is not KH.idafa
        if purpose and any(KH.to in w.features for g in governors for w in self.language.lexicon.get(g, ())):
            return KH.planned  # "… met to sign", "… was invited to chair"
        dependent = bool(governors) or head > 0 and matcher.chunks[head - 1].has(KH.and_)
        first = match.first if dependent and match.first < head else max(0, head - 3)
        if (
            match.frame.states is KH.said
        ):  # what is said is not how it is said: «… будет построен, сообщили …»
            marks_before = (i + 1 for i in range(head - 1, first - 1, -1) if matcher.chunks[i].kind == "mark")
            first = next(marks_before, first)
        near = (c.head for c in matcher.chunks[first : head + 1] if c.kind == "word" and c.head)
        inside = (c.head for c in matcher.chunks[head + 1 : match.last + 1] if c.kind == "word" and c.head)
        verbs = [w.marks for word in inside for w in word.words if w.speech is LEXINFO.verb]
        if matcher.speech(head) is LEXINFO.noun:  # «визит в Омск | состоится»
            after = matcher.chunks[match.last + 1 : match.last + 2]
            words = (w for c in after if c.kind == "word" and c.head for w in c.head.words)
            verbs += [w.marks for w in words if w.speech is LEXINFO.verb]
        marks = [*(w.marks for word in near for w in word.words if _means(word, w, match, lexeme)), *verbs]
        if self.language.phrases is KH.capitals and KH.denied in marks:
            return KH.denied  # "will not meet"
        return next((m for m in marks if m in (KH.denied, KH.planned)), KH.asserted)

    def supposed(self, matcher: Matcher, match: Match) -> bool:
        """Whether the clause is a question, a condition or a wish: "if | the sides sign", "will X join?"."""
        chunks = matcher.chunks
        if chunks[-1].surface in _QUESTION:
            return True
        i = match.head if match.head is not None else match.first
        if self.language.phrases is KH.capitals and matcher.speech(i) is LEXINFO.verb:
            governors = (w for g in chunks[i].governors for w in self.language.lexicon.get(g, ()))
            if any(KH.of in w.features for w in governors):
                return True  # "a condition of | becoming minister"
        if self.language.phrases is KH.capitals and i > 1 and matcher.speech(0) is LEXINFO.auxiliary:
            first = next((k for k, c in enumerate(chunks) if c.kind != "word"), 0)
            if 0 < first < i and not any(matcher.closes(k) for k in range(1, i)):
                return True  # "Had | Kenya joined the council, …"
        while i > 0:
            i -= 1
            if chunks[i].has(KH.supposes):
                return True
            if chunks[i].kind == "mark" and not chunks[i + 1].has(KH.opensWords):
                return False
        return False

    def _future(self, lexeme: Lexeme) -> bool:
        return any(self.language.proclitics[p].role is KH.future for p in lexeme.best.proclitics)

    def timely(self, status: URIRef, when: Period | None) -> URIRef:
        """The status; of what is yet to come no more than planned."""
        return KH.planned if status is KH.asserted and when is not None and self._to_come(when) else status

    def period(self, matcher: Matcher, time: int | None, match: Match | None = None) -> Period | None:
        """The period of a chunk of time; a day without its year is turned as the clause of MATCH tells."""
        period = matcher.chunks[time].period if time is not None else None
        if period is None or match is None or not period.nearest:
            return period
        status = self.status(matcher, match)
        if status not in (KH.asserted, KH.planned):
            return period
        return turned(period, self.article.published, planned=status is KH.planned)

    def evidence(self, matcher: Matcher, match: Match, time: int | None = None) -> Span:
        """From the first to the last word of the match, its period included."""
        places = [match.first, match.last, *([time] if time is not None else [])]
        return self.span(matcher.chunks, min(places), max(places))

    def span(self, chunks: Sequence[Chunk], first: int, last: int) -> Span:
        """From one chunk to another, inclusive."""
        return Span(chunks[first].span.start, chunks[last].span.end)

    def fact(
        self,
        frame: Frame,
        subject: URIRef,
        predicate: URIRef,
        obj: URIRef | Literal,
        span: Span,
        *,
        when: Period | None = None,
        status: URIRef = KH.asserted,
        qualifiers: Qualifiers = (),
        reportable: bool = True,
    ) -> Fact:
        """A fact; what is yet to come is planned, what stands in somebody's words reported if REPORTABLE."""
        status = self.timely(status, when)
        speech = self._speech(span) if reportable and status is KH.asserted else None
        if predicate is KH.chairs and isinstance(obj, URIRef):
            self.chaired.append((span.start, obj))
        return Fact(
            subject=subject,
            predicate=predicate,
            object=obj,
            status=status if speech is None else KH.denied if speech.denied else KH.reported,
            evidence=(span,),
            frame=frame.iri,
            when=when,
            attributed_to=None if speech is None else speech.speaker,
            qualifiers=qualifiers,
            confidence=self.confidences.of(frame),
        )

    def _to_come(self, when: Period) -> bool:
        """Whether a period begins after the article appeared."""
        published, earliest = self.article.published, when.earliest
        return published is not None and earliest is not None and earliest > published

    def _speech(self, at: Span) -> Speech | None:
        """The words of somebody in which that stretch stands."""
        n = bisect_left(self.speeches, at.end, key=lambda s: s.span.start)
        near = self.speeches[max(0, n - _SPEECHES_BACK) : n]
        return next((s for s in near if s.span.covers(at)), None)


def _tells_of_change(frame: Frame) -> bool:
    """Whether it states what a noun of action may tell of, and not only who was there before."""
    return frame.states in _DONE and (frame.status is None or frame.change is not None)


def _only_told_of(scene: Scene, matcher: Matcher, head: int) -> URIRef | None:
    """What a verb before the noun of action at HEAD makes of it: denied, or no more than proposed.

    «نفت الوزارة | انضمام تونس إلى …», «دعا الوزير إلى | تعيين علي حسن …»
    """
    chunks = matcher.chunks
    led = (w for g in chunks[head].governors for w in scene.language.lexicon.get(g, ()))
    object_of = all(KH.to in w.features or KH.locative in w.features for w in led)
    if matcher.speech(head) is not LEXINFO.noun or not object_of:
        return None
    for k in range(head - 1, max(-1, head - _TOLD_OF), -1):
        if chunks[k].has(KH.denies):
            return KH.denied
        if matcher.closes(k) or chunks[k].surface in ".:":
            return KH.planned if chunks[k].has(KH.proposes) else None
    return None


def _means(word: Lexeme, words: Words, match: Match, head: Lexeme | None) -> bool:
    """Whether a word before or at the head is meant so: a plan that a verb speaks of is spoken of today."""
    spoken = word is head and KH.promises in words.features  # "promised to | help": that is said already
    told = not spoken and (word is not head or KH.speech in words.features)
    return match.frame.states is not KH.said or told
