"""That an event took place, and when and where, as the words around its name put it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rdflib import URIRef

from khabar.knowledge.language import Frame
from khabar.model import Fact, Period
from khabar.text.chunk import Chunk
from khabar.text.dates import containing
from khabar.text.match import Matcher
from khabar.text.matched import Match
from khabar.text.scene import Scene
from khabar.vocab import KH, LEXINFO, RDF

_REACH: Final = 12  # chunks after an event within which its time and place stand
_FULL: Final = 2  # words of a name that is full enough to be an event's own
_NEAR: Final = 3  # chunks between an event and «في دورته الثانية»


def events(scene: Scene, matcher: Matcher, matches: Sequence[Match]) -> Iterator[Fact]:
    """The facts of each event that a sentence names."""
    frame = next(iter(scene.language.stating.get(RDF.type, ())), None)
    if frame is None:
        return
    happening = (KH.hosts, RDF.type)
    # Who holds it tells more than that it is held: «استضافة» is read as a noun and as a verb.
    hosted = KH.hosts if scene.language.phrases is KH.idafa else None
    ranked = sorted(matches, key=lambda m: (m.frame.states in happening, m.frame.states == hosted))
    told = {f.index: m for m in ranked for fillers in m.slots.values() for f in fillers}
    chunks = matcher.chunks
    met = {i for m in matches if m.frame.creates is not None for i in range(m.first, m.last + 1)}
    for i, chunk in enumerate(chunks):
        if not scene.is_a(chunk, KH.Event) or chunk.kind == "alias" or _again(scene, chunks, i):
            continue
        if chunk.has(KH.classifier) and not chunk.bare_head and matcher.language.phrases is KH.genitive:
            continue  # «организатор различных | мероприятий»
        if _common(matcher, chunk) and (i in met and i not in told or _unnamed(scene, chunk)):
            continue  # "held a meeting with", of which the frame has told
        match = told.get(i)
        happens = match if match is not None and match.frame.states in happening else None
        time, place = _adjuncts(scene, matcher, i)
        told_more = happens is not None and (happens.frame.states is KH.hosts or time is not place)
        if not told_more and _the_class(scene, matcher, chunk):
            continue  # «ترأس الوزير | الاجتماع»: the frame has told all of it
        if happens is not None and time is None:
            time = matcher.time_of(happens)
        elif match is not None and happens is None and not _related(scene, chunks[i + 1 : time]):
            time = None  # «تولت رئاسة المنتدى عام 2022»: the year is that of the presidency
        if happens is not None and place is None:
            after = matcher.clause(happens.last, 1) if matcher.language.phrases is not KH.idafa else ()
            reach = (*range(happens.first, i), *matcher.clause(happens.first, -1), *after)
            place = next((k for k in reach if is_located(scene, chunks[k])), None)
        # «Заседание вел …»: where one word may name an event, more must be told of it than who led it.
        short = chunk.last - chunk.first == 1 and matcher.language.phrases is KH.genitive
        told_of = match is not None and (happens is not None or not short)
        if told_of or time is not None or place is not None or _specific(matcher, i):
            yield from _event(scene, matcher, i, frame, happens, time, place)


def _common(matcher: Matcher, chunk: Chunk) -> bool:
    """Whether nothing but its class is said of an event: "a meeting", "bilateral meeting"."""
    return matcher.language.phrases is KH.capitals and chunk.surface.islower() and not chunk.inner


def _unnamed(scene: Scene, chunk: Chunk) -> bool:
    """Whether it is "a meeting" of somebody with somebody, which nothing else in the article names."""
    return chunk.last == chunk.first + 1 and chunk.has(KH.generic) and _only_classed(scene, chunk)


def _the_class(scene: Scene, matcher: Matcher, chunk: Chunk) -> bool:
    """Whether a word for a class with the article is all that an Arabic text ever calls an event."""
    definite = matcher.language.phrases is KH.idafa and matcher.line.definite(chunk.first)
    return definite and _only_classed(scene, chunk)


def _only_classed(scene: Scene, chunk: Chunk) -> bool:
    """Whether one word for its class is all that the article ever calls an event."""
    assert chunk.iri is not None
    return not any(" " in name for name in scene.discourse.things[chunk.iri].names)


def _again(scene: Scene, chunks: Sequence[Chunk], i: int) -> bool:
    """Whether it is the event just named: «القمة في دورتها الثانية», not «التقى الحوار في اجتماعه السنوي»."""
    head = chunks[i].head
    owned = head is not None and head.best.enclitic is not None and bool(chunks[i].governors)
    return owned and any(scene.is_a(c, KH.Event) for c in chunks[max(0, i - _NEAR) : i])


def _event(
    scene: Scene,
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
    used = [i, *(k for k in (time, place) if k is not None), *((match.first, match.last) if match else ())]
    span = scene.span(chunks, min(used), max(used))
    when = scene.period(matcher, time, match) or _inner_period(matcher, chunks[i])
    cancelled = KH.denied if match is None and _cancelled(matcher, i) else None
    status = cancelled or scene.timely(scene.status(matcher, match), when)
    yield scene.fact(frame, event, RDF.type, scene.discourse.things[event].type, span, status=status)
    value = containing(when) if when is not None else None
    if value is not None:
        yield scene.fact(frame, event, KH.when, value, span, when=when, status=status)
    where = chunks[place].iri if place is not None else _host_city(scene, match, chunks)
    if where is not None:
        yield scene.fact(frame, event, KH.tookPlaceIn, where, span, status=status)


def _cancelled(matcher: Matcher, event: int) -> bool:
    """Whether the verb of the clause says that the event is off: «Фестиваль в Омске | отменён»."""
    if matcher.language.phrases is not KH.genitive:
        return False
    after, before = (
        max([event, *matcher.clause(event, 1)]) + 1,
        min([event, *matcher.clause(event, -1)]) - 1,
    )
    verbs = (k for k in (after, before) if 0 <= k < len(matcher.chunks) and matcher.speech(k) is LEXINFO.verb)
    heads = (matcher.chunks[k].head for k in verbs)
    return any(w.marks is KH.denied for head in heads if head is not None for w in head.words)


def _specific(matcher: Matcher, i: int) -> bool:
    """Whether an event is named fully enough to be one of its own, if need be by a relative clause."""
    chunk = matcher.chunks[i]
    if chunk.kind != "phrase" or chunk.bare or _indefinite(matcher, chunk):
        return False
    related = i + 1 < len(matcher.chunks) and matcher.speech(i + 1) is LEXINFO.relativePronoun
    passing = sum(_passing(matcher, k) for k in range(chunk.first + 1, chunk.last))
    return chunk.last - chunk.first - passing > _FULL - related


def _passing(matcher: Matcher, i: int) -> bool:
    """Whether the word at I only tells which of a row is meant: «القمة | السابقة», «الدورة | المقبلة»."""
    line = matcher.line
    marks = any(w.marks is KH.ended for w in line.lexemes[i].words)
    row = (KH.last, KH.this, KH.next)
    return matcher.language.phrases is KH.idafa and (marks or any(line.has(i, f) for f in row))


def _indefinite(matcher: Matcher, chunk: Chunk) -> bool:
    """Whether it is any such event, not a named one: «منتدى للنقاش», "a forum for discussion"."""
    line, after = matcher.line, chunk.first + 1
    if line.definite(chunk.first) or after >= chunk.last:
        return False
    if matcher.language.phrases is KH.idafa and _counted(matcher, chunk):
        return True
    if matcher.language.phrases is KH.capitals and chunk.head is not None and chunk.surface[0].islower():
        head = chunk.head.token
        after = 1 + next(k for k in range(chunk.first, chunk.last) if line.lexemes[k].token is head)
        if after >= chunk.last:
            return False  # "a cooperation forum | for parliaments"
    led = bool(line.proclitics(after, KH.preposition)) or line.has(after, KH.extends)
    return led and _inner_period(matcher, chunk) is None


def _counted(matcher: Matcher, chunk: Chunk) -> bool:
    """Whether it is one of many, «59 جلسة عامة», or any of a kind, «دورة مقبلة كاملة للمجلس»."""
    line = matcher.line
    number = chunk.first > 0 and line.lexemes[chunk.first - 1].token.kind == "number"
    quoted = any(line.is_mark(i) for i in range(chunk.first, chunk.last))
    return number or not quoted and matcher.becomes_of(chunk) and _inner_period(matcher, chunk) is None


def _inner_period(matcher: Matcher, chunk: Chunk) -> Period | None:
    """A period inside the name itself: «مؤتمر 4 ديسمبر حول …»."""
    times = matcher.line.times
    return next((times[k].period for k in range(chunk.first, chunk.last) if k in times), None)


def _host_city(scene: Scene, match: Match | None, chunks: Sequence[Chunk]) -> URIRef | None:
    """A city that holds an event is where it takes place: «عقدت ألماتي المنتدى»."""
    hosts = match.slots.get(KH.subject, ()) if match is not None and match.frame.states is KH.hosts else ()
    return next((chunks[f.index].iri for f in hosts if scene.is_a(chunks[f.index], KH.City)), None)


def _adjuncts(scene: Scene, matcher: Matcher, event: int) -> tuple[int | None, int | None]:
    """The period and the place right after an event, through «الذي انعقد» but not into another clause."""
    time = place = None
    chunks = matcher.chunks
    beyond = event
    for i in range(event + 1, min(len(chunks), event + _REACH)):
        chunk = chunks[i]
        if (past := matcher.past_country(i)) > i:
            beyond = past
        if i <= beyond:
            continue  # "in Oslo, | Norway, | in May"
        if chunk.kind == "time":
            time = i if time is None else time
        elif is_located(scene, chunk):
            place = i if place is None or finer(chunk, chunks[place]) else place
        elif _leaves(scene, matcher, i) and not (i == event + 1 and _which(matcher, i)):
            break
    return time, place


def _which(matcher: Matcher, i: int) -> bool:
    """Whether what else opens reported words tells which event is meant: "the forum | that was held"."""
    opens = matcher.language.phrases is KH.capitals and matcher.chunks[i].has(KH.opensWords)
    return opens and i + 1 < len(matcher.chunks) and matcher.speech(i + 1) is LEXINFO.auxiliary


def _leaves(scene: Scene, matcher: Matcher, i: int) -> bool:
    """Whether what follows no longer belongs to the event before it."""
    chunk = matcher.chunks[i]
    if chunk.kind == "word":
        return matcher.closes(i) and not _happens(scene, chunk)
    if chunk.kind == "mark":
        return chunk.surface not in "،,()"
    return chunk.kind in ("person", "post") or chunk.kind in ("name", "phrase") and not chunk.governors


def _related(scene: Scene, between: Sequence[Chunk]) -> bool:
    """Whether a relative clause tells when the event was: «المؤتمر الذي انعقد في يونيو»."""
    return any(_happens(scene, chunk) for chunk in between)


def _happens(scene: Scene, chunk: Chunk) -> bool:
    words = chunk.head.words if chunk.head else ()
    return any(scene.language.frames[f].states is RDF.type for w in words for f in w.frames)


def is_located(scene: Scene, chunk: Chunk) -> bool:
    """Whether the chunk names a place under a preposition of place."""
    governed = not scene.language.locatives.isdisjoint(chunk.governors)
    return chunk.kind in ("name", "phrase") and governed and scene.is_a(chunk, KH.Place)


def finer(chunk: Chunk, other: Chunk) -> bool:
    """A city says more than its country, and its name more than «العاصمة المصرية» before it."""
    if other.kind == "phrase" and other.has(KH.classifier) and chunk.kind == "name" and chunk.type is KH.City:
        return True
    return other.type in (KH.Country, KH.Region) and chunk.type not in (KH.Country, KH.Region)
