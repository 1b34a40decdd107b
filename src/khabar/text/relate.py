"""Chunks and entities to facts: what the frames of the language state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from rdflib import URIRef

from khabar.knowledge import Knowledge
from khabar.model import Article, Fact, Mention, Span
from khabar.text.chunk import Recognised
from khabar.text.dates import containing
from khabar.text.discourse import Discourse
from khabar.text.events import events, finer, is_located
from khabar.text.match import Matcher
from khabar.text.matched import Filler, Match
from khabar.text.roles import ended, held_by_next, post_in, presides, roles, roles_again, year_after
from khabar.text.scene import Scene
from khabar.text.segment import Quotation
from khabar.text.speech import Speeches
from khabar.vocab import KH, RDF, entity_iri

_FEWEST: Final = 2  # who meets nobody has not met
_MEETINGS: Final = 8  # the last ones, of which a noun may mean one
_OFFICES_OF_STATES: Final = ((KH.chairs, KH.presides), (KH.memberOf, KH.membership))
_OPENING: Final = 3  # chunks within which a pronoun may mean somebody named after it
_SINCE_MEETING: Final = 1_500  # characters after which «the sides» may be those of another meeting


def relate(
    article: Article,
    linked: Sequence[Recognised],
    discourse: Discourse,
    quotes: Sequence[Quotation],
    knowledge: Knowledge,
) -> tuple[Fact, ...]:
    """The facts of one article in reading order; equal ones are merged, their evidence kept."""
    return merge(_facts(Scene(article, discourse, knowledge), linked, quotes))


def _facts(scene: Scene, linked: Sequence[Recognised], quotes: Sequence[Quotation]) -> Iterator[Fact]:
    """Roles first, for "the president" may stand before his name; then all else in reading order."""
    matchers = [Matcher(r, scene.fits) for r in linked]
    for matcher in matchers:
        yield from roles(scene, matcher)
    yield from roles_again(scene, matchers)
    speeches = Speeches(scene, quotes)
    for matcher in matchers:
        matches = list(matcher.headed())
        for match in _beside(scene, matcher, matches):
            yield from _stated(scene, matcher, match)
        yield from speeches.sentence(matcher, matches)
        for match in matches:
            yield from _stated(scene, matcher, match)
        yield from events(scene, matcher, matches)
    yield from speeches.loose(frozenset(r.sentence.span.start for r in linked))


def _beside(scene: Scene, matcher: Matcher, told: Sequence[Match]) -> Iterator[Match]:
    """A state beside the office that it has: "Peru, the current chair of the alliance, …", «مالي عضو في …».

    What a verb has TOLD of it is not said again.
    """
    for relation, feature in _OFFICES_OF_STATES:
        if not any(c.kind == "post" and c.has(feature) for c in matcher.chunks):
            continue
        frames = [f for f in scene.language.stating.get(relation, ()) if f.head is None]
        for match in (m for frame in frames for m in matcher.headless(frame)):
            state, post = (match.slots[slot][0].index for slot in (KH.subject, KH.object))
            again = any(m.frame.states is relation and m.first <= state <= m.last for m in told)
            if not again and not held_by_next(matcher, state, post):
                yield match


def _stated(scene: Scene, matcher: Matcher, match: Match) -> Iterator[Fact]:
    """What one match states; speech and events have finders of their own."""
    frame = match.frame
    if frame.states == RDF.type:
        yield from _signed_then(scene, matcher, match)
    if frame.states in (KH.said, RDF.type) and frame.creates is None or scene.supposed(matcher, match):
        return
    named = match.slots.get(KH.subject) or _unsaid(scene, matcher, match, KH.subject)
    subjects = tuple(s for n in named for s in _parties(scene, matcher, n))
    objects = match.slots.get(KH.object) or _unsaid(scene, matcher, match, KH.object)
    if frame.states is KH.inception:
        yield from _inception(scene, matcher, match, subjects)
    elif frame.creates is not None:
        yield from _created(scene, matcher, match, (*subjects, *objects))
    else:
        for subject in subjects:
            for obj in objects:
                yield from _pair(scene, matcher, match, subject, obj)


def _parties(scene: Scene, matcher: Matcher, filler: Filler | URIRef) -> Sequence[Filler | URIRef]:
    """Those who met last, where a noun stands for them («стороны подписали …»); else the filler itself."""
    if not isinstance(filler, Filler) or not matcher.chunks[filler.index].has(KH.parties):
        return (filler,)
    here = matcher.chunks[filler.index].span.start
    return next(
        (who for at, who in reversed(scene.met[-_MEETINGS:]) if here - _SINCE_MEETING < at <= here), (filler,)
    )


def _pair(
    scene: Scene, matcher: Matcher, match: Match, subject: Filler | URIRef, obj: Filler | URIRef
) -> Iterator[Fact]:
    frame = match.frame
    if frame.change is KH.resigned and isinstance(obj, Filler) and ended(matcher, matcher.chunks[obj.index]):
        return  # "the former minister has retired": not from that office
    first = scene.filled(matcher, frame, KH.subject, subject)
    second = scene.filled(matcher, frame, KH.object, obj)
    if first == second:
        return
    own = [f.time for f in (subject, obj) if isinstance(f, Filler) and f.time is not None]
    gone = frame.states is KH.chairs and frame.status is KH.ended  # the day is that on which it was handed on
    gone = gone or KH.noDay in frame.features
    for time in (None,) if gone else own[:1] or matcher.times_of(match) or (None,):
        yield scene.fact(
            frame,
            first,
            frame.states,
            second,
            scene.evidence(matcher, match, time),
            when=scene.period(matcher, time, match),
            status=scene.status(matcher, match),
            qualifiers=((KH.change, frame.change),) if frame.change is not None else (),
        )
    if frame.states is KH.holdsPost and isinstance(obj, Filler):
        post = matcher.chunks[obj.index]
        yield from post_in(scene, frame, post)
        if frame.status is None:
            span, status = scene.evidence(matcher, match), scene.status(matcher, match)
            when = year_after(matcher.chunks, obj.index)
            yield from presides(scene, frame, first, post, span, status, when)


def _inception(
    scene: Scene, matcher: Matcher, match: Match, subjects: Iterable[Filler | URIRef]
) -> Iterator[Fact]:
    """When a thing began, where the clause names nobody who began it."""
    time = matcher.time_of(match)
    when = scene.period(matcher, time, match)
    value = containing(when) if when is not None else None
    if value is None or _launches(scene, matcher, match):
        return
    span, status = scene.evidence(matcher, match, time), scene.status(matcher, match)
    for subject in subjects:
        thing = scene.filled(matcher, match.frame, KH.subject, subject)
        yield scene.fact(match.frame, thing, KH.inception, value, span, when=when, status=status)


def _launches(scene: Scene, matcher: Matcher, match: Match) -> bool:
    """Whether a bare noun after the period is what a body has launched: «أطلقت المنظمة أمس | حملتها»."""
    following = matcher.chunks[match.last + 1 : match.last + 2]
    if scene.language.phrases is not KH.idafa or not following:
        return False
    if following[0].kind != "unknown" and not matcher.attached(match.last + 1):
        return False
    subjects = (matcher.chunks[f.index] for f in match.slots.get(KH.subject, ()))
    bare = not (following[0].governors or following[0].joined)
    return bare and any(c.kind == "name" and scene.is_a(c, KH.Agent) for c in subjects)


def _signed_then(scene: Scene, matcher: Matcher, match: Match) -> Iterator[Fact]:
    """That there is an agreement, where the clause says when it was signed and by nobody."""
    time = matcher.time_of(match)
    when = scene.period(matcher, time, match)
    value = containing(when) if when is not None else None
    for filler in match.slots.get(KH.subject, ()) if value is not None else ():
        chunk = matcher.chunks[filler.index]
        if value is not None and chunk.iri is not None and scene.is_a(chunk, KH.Agreement):
            span, status = scene.evidence(matcher, match, time), scene.status(matcher, match)
            yield scene.fact(match.frame, chunk.iri, RDF.type, KH.Agreement, span, when=when, status=status)
            yield scene.fact(match.frame, chunk.iri, KH.when, value, span, when=when, status=status)


def _created(
    scene: Scene, matcher: Matcher, match: Match, fillers: Sequence[Filler | URIRef]
) -> Iterator[Fact]:
    """An event that only its clause tells of, such as a meeting: who took part, when and where."""
    frame, cls = match.frame, match.frame.creates
    found = [scene.filled(matcher, frame, KH.subject, f) for f in fillers]
    participants = list(dict.fromkeys(found))
    if cls is None or len(participants) < _FEWEST and KH.single not in frame.features:
        return
    time = matcher.time_of(match)
    when = scene.period(matcher, time, match)
    span, status = scene.evidence(matcher, match, time), scene.timely(scene.status(matcher, match), when)
    value = containing(when) if when is not None else None
    scene.met.append((matcher.chunks[match.first].span.start, tuple(participants)))
    iri = entity_iri(scene.article.key, str(cls).rpartition("#")[2], str(value or ""), *sorted(participants))
    scene.discourse.record(iri, cls, Mention(span, scene.article.text[span.start : span.end], cls))
    yield scene.fact(frame, iri, RDF.type, cls, span, status=status)
    for participant in participants:
        yield scene.fact(frame, participant, frame.states, iri, span, when=when, status=status)
    if value is not None:
        yield scene.fact(frame, iri, KH.when, value, span, when=when, status=status)
    place = _place(scene, matcher, match)
    if place is not None:
        yield scene.fact(frame, iri, KH.tookPlaceIn, place, span, status=status)


def _place(scene: Scene, matcher: Matcher, match: Match) -> URIRef | None:
    """The place that the clause gives with a preposition of place; a city before its country."""
    filled = {f.index for fillers in match.slots.values() for f in fillers}
    reach = (*range(match.first, match.last + 1), *matcher.clause(match.last, 1))
    best = None
    for i in reach:
        chunk = matcher.chunks[i]
        if i not in filled and is_located(scene, chunk) and (best is None or finer(chunk, best)):
            best = chunk
    if best is None:  # «В Москве состоялась встреча …»
        before = (matcher.chunks[i] for i in matcher.clause(matcher.opening(match.first), -1))
        best = next((chunk for chunk in before if is_located(scene, chunk)), None)
    return best.iri if best is not None else None


def _unsaid(scene: Scene, matcher: Matcher, match: Match, slot: URIRef) -> tuple[Filler | URIRef, ...]:
    """What an attached pronoun, or the discourse alone, puts into a slot that the clause leaves empty."""
    frame = match.frame
    assert match.head is not None
    pronoun = slot in match.pronouns
    if not pronoun and frame.implied != slot:
        return ()
    here = matcher.chunks[match.head].span.start
    since = matcher.start if KH.sameSentence in frame.features else 0
    if frame.states is KH.chairs and not pronoun:
        chaired = [body for at, body in scene.chaired if since <= at < here]
        if chaired:
            return (chaired[-1],)  # «انتقلت الرئاسة إلى …»: of the body whose chairs were named
        if KH.chainOnly in frame.features:
            return ()
    told = pronoun and frame.states is KH.supports or frame.states is KH.inception
    if told and scene.language.phrases is KH.idafa and (own := _argument(scene, matcher, match)) is not None:
        return (own,)
    wanted = frame.implied_type or scene.end(frame, slot)
    found = scene.discourse.recent(here, (wanted,), since=since)
    if found is None and pronoun and wanted is KH.Person and match.head < _OPENING:
        return _named_later(scene, matcher, match.last)
    return (found,) if found is not None else ()


def _named_later(scene: Scene, matcher: Matcher, last: int) -> tuple[Filler, ...]:
    """Who does what the main clause says, whom a pronoun means: «خلال زيارته …، افتتح | علي حسن»."""
    chunks = matcher.chunks
    verb = next((i for i in range(last + 1, len(chunks)) if matcher.verbal(i)), None)
    if scene.language.phrases is not KH.idafa or verb is None or verb + 1 >= len(chunks):
        return ()
    person = chunks[verb + 1].kind == "person" and not chunks[verb + 1].governors
    return (Filler(verb + 1),) if person else ()


def _argument(scene: Scene, matcher: Matcher, match: Match) -> Filler | None:
    """Who the sentence is about, whom «دعمه» means: «أعرب الوزير عن شكره للمنظمة وعن | دعمه لـ…»."""
    assert match.head is not None
    element = next((e for e in match.frame.elements if e.slot is KH.subject), None)
    types = (match.frame.implied_type,) if match.frame.implied_type is not None else ()
    for i in range(match.head):
        chunk = matcher.chunks[i]
        if chunk.governors or chunk.owns or chunk.iri is None:
            continue
        fits = scene.fits(chunk, element, match.frame) if element is not None else scene.is_a(chunk, *types)
        if fits and (chunk.kind in ("person", "post") or scene.is_a(chunk, *types)):
            return Filler(i)
    return None


def merge(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Equal facts as one with all their evidence, in reading order."""
    found: dict[tuple[object, ...], Fact] = {}
    evidence: defaultdict[tuple[object, ...], set[Span]] = defaultdict(set)
    for fact in facts:
        bounds = (fact.when.earliest, fact.when.latest) if fact.when else None
        key = (fact.subject, fact.predicate, fact.object, fact.qualifiers, bounds)
        evidence[key].update(fact.evidence)
        known = found.setdefault(key, fact)
        if known.status is not KH.asserted and fact.status is KH.asserted:
            found[key] = fact  # said by the article itself, it is no longer only reported
    merged = (
        f if len(evidence[k]) == 1 else replace(f, evidence=tuple(sorted(evidence[k])))
        for k, f in found.items()
    )
    return tuple(sorted(merged, key=lambda f: (f.evidence[0], f.predicate, f.subject, f.object)))
