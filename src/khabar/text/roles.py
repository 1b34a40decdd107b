"""Who holds which post, because name and post stand side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rdflib import URIRef

from khabar.knowledge.language import Frame
from khabar.model import Fact, Period, Span
from khabar.text.chunk import Chunk
from khabar.text.clauses import NAMING, REACH
from khabar.text.coordination import DASHES
from khabar.text.match import Matcher
from khabar.text.matched import Match
from khabar.text.scene import Scene
from khabar.vocab import KH, LEXINFO, ORG


def roles(scene: Scene, matcher: Matcher) -> Iterator[Fact]:
    """The roles of one sentence, by the headless frames of the language, in the order of its file."""
    if not any(scene.is_a(chunk, KH.Post) for chunk in matcher.chunks):
        return
    taken: set[int] = set()
    found: list[tuple[Match, int, tuple[int, ...]]] = []
    for frame in scene.language.stating.get(KH.holdsPost, ()):
        if frame.head is not None or frame.implied is not None:
            continue
        for match in matcher.headless(frame):
            holder, post = (match.slots[slot][0].index for slot in (KH.subject, KH.object))
            if holder < post and held_by_next(matcher, holder, post):
                continue
            if holder < post and not _closed(matcher, holder, post):
                continue
            if (
                post not in taken
                and _agree(matcher.chunks, holder, post, cased=frame.change is None)
                and not _other(matcher, holder, post)
                and not _appointer(matcher, holder, post)
            ):
                posts = (*_posts_before(matcher, post), post, *_more_posts(matcher, post))
                taken.update(posts)
                found.append((match, holder, posts))
                further = _each(matcher, holder) if matcher.chunks[post].has(KH.eachHolds) else ()
                found += [(replace(match, last=other), other, (post,)) for other in further]
    for match, holder, posts in found:
        others = sum(len(p) for _, h, p in found if h == holder) > 1
        yield from _role(scene, matcher, match, holder, posts, titled=others)


def _each(matcher: Matcher, first: int) -> Iterator[int]:
    """The others who hold the office of several with the one at FIRST: «депутаты Громов, | Ким и | Рой»."""
    chunks, i = matcher.chunks, first + 2
    while i < len(chunks) and chunks[i].kind == "person":
        last = chunks[i - 1].has(KH.and_)
        if not (last or chunks[i - 1].comma and i + 1 < len(chunks) and _goes_on(chunks[i + 1])):
            return
        yield i
        if last:
            return
        i += 3 if chunks[i + 1].comma and i + 2 < len(chunks) and chunks[i + 2].has(KH.and_) else 2


def _goes_on(chunk: Chunk) -> bool:
    """Whether a list goes on there."""
    return chunk.comma or chunk.has(KH.and_)


def roles_again(scene: Scene, matchers: Sequence[Matcher]) -> Iterator[Fact]:
    """Who is meant where a sentence begins with an office that nobody is said to hold.

    "Ann Smith spoke in Oslo. | The foreign secretary | said …": the one whom the sentence before is about, if
    the article gives that person no other office.
    """
    frames = scene.language.stating.get(KH.holdsPost, ())
    frame = next((f for f in frames if f.implied is not None), None)
    for before, matcher in pairwise(matchers) if frame is not None else ():
        first, named = _office_alone(matcher), _subject(before)
        if first is None or named is None:
            continue
        chunk, holder = matcher.chunks[first], named.iri
        post = chunk.iri
        if post is None or holder is None:
            continue
        known = post in scene.holders or scene.holder_like(post, chunk.span.start)
        if known or holder in scene.holders.values():
            continue
        scene.holders[post] = scene.paired[chunk.span] = holder
        assert frame is not None
        span = Span(named.span.start, chunk.span.end)
        yield scene.fact(frame, holder, KH.holdsPost, post, span, reportable=False)


def _office_alone(matcher: Matcher) -> int | None:
    """Where an office stands as the subject of a sentence, with the article and nothing else."""
    chunks = matcher.chunks
    named = (i for i, c in enumerate(chunks) if c.kind in NAMING and not c.governors)
    i = next(named, 0)
    if not 0 < i < len(chunks) - 2 or chunks[i].kind != "post" or chunks[i].inner:
        return None
    verb = matcher.verbal(i + 1) or matcher.relative(i + 2)
    return i if verb and chunks[i - 1].has(KH.article) and (i == 1 or chunks[i - 2].comma) else None


def _subject(matcher: Matcher) -> Chunk | None:
    """The one person that a sentence names under no preposition."""
    people = [c for c in matcher.chunks if c.kind == "person" and not (c.governors or c.owns)]
    return people[0] if len({c.iri for c in people}) == 1 else None


def _agree(chunks: Sequence[Chunk], holder: int, post: int, *, cased: bool) -> bool:
    """Whether one is somebody, and both may stand in one case: not «министру | Иван Петров».

    CASED is whether they stand beside each other; «министром | — Иван Петров» are parts of a clause.
    A post after a name that is joined or governed is not his: «سامي الخطيب، | ورئيس المجلس علي حسن».
    """
    one, other = chunks[holder].cases, chunks[post].cases
    agreed = not cased or bool(one & other) or not (one and other)
    named = chunks[holder].type is KH.Person and chunks[holder].kind != "pronoun"
    named = named or _presiding_state(chunks, holder, post)
    if holder > post:
        beside = chunks[holder - 1].comma or chunks[holder - 1].kind == "post"
        own = not (chunks[holder].joined and beside)  # «…، سفير تونس، | وسامي الخطيب …»
        own = own and not _has_another(chunks, holder, post)
    else:
        own = not (chunks[post].joined or chunks[post].governors)
    return named and agreed and own


def _presiding_state(chunks: Sequence[Chunk], holder: int, post: int) -> bool:
    """Whether a state presides over a body: «أعلنت جيبوتي، | الرئيس الحالي للهيئة، …»."""
    state = chunks[holder]
    apposed = post == holder + 2 and chunks[post].has(KH.presides) and bool(chunks[post].inner)
    bare = state.kind == "name" and state.type is KH.Country and not (state.governors or state.owns)
    closed = post + 1 < len(chunks) and chunks[post + 1].kind == "mark"
    verb = chunks[holder - 1].head if holder else None
    return apposed and bare and closed and verb is not None and LEXINFO.verb in verb.speech


def _has_another(chunks: Sequence[Chunk], holder: int, post: int) -> bool:
    """Whether the post is joined to what stands before it, and who is named after a comma has his own.

    «استقبل الشيخ خالد رئيس الوزراء ووزير الداخلية، السيد أحمد الأمين العام»
    """
    before = post
    while before > 0 and (chunks[before].kind == "post" or chunks[before].comma):
        before -= 1
    chained = chunks[post].joined and chunks[post - 1].kind == "post" or chunks[before].kind == "person"
    own = [c for c in chunks[holder + 1 : holder + 3] if not c.comma][:1]
    apart = chained and before < post - 1 and chunks[post + 1].comma
    return apart and [c.kind for c in own] == ["post"] and not (own[0].joined or own[0].governors)


def _rank(chunk: Chunk) -> bool:
    """Whether a mere title of somebody stands there that is an office, too: «الأمير»."""
    return chunk.kind == "post" and chunk.has(KH.courtesy) and chunk.bare_head


def _closed(matcher: Matcher, holder: int, post: int) -> bool:
    """Whether an apposition ends, or its case tells that it is one: not «по словам А. Ким, посол | прав»."""
    chunks = matcher.chunks
    if matcher.language.phrases is KH.capitals:  # "at the meeting with Ann Smith, the president | said …"
        return not (chunks[holder].governors and post + 1 < len(chunks) and matcher.verbal(post + 1))
    if matcher.language.phrases is not KH.genitive or chunks[holder].cases or post + 1 >= len(chunks):
        return True
    return chunks[post + 1].kind == "mark" or matcher.conjunction(post + 1)


def _other(matcher: Matcher, holder: int, post: int) -> bool:
    """Whether the post is somebody else: «هنأ سامي الخطيب | الرئيس الفرنسي», where no comma stands."""
    first = matcher.chunks[post].first
    named = matcher.line.names.get(first + 1)
    definite = bool(matcher.line.proclitics(first, KH.article))
    compatriot = definite and named is not None and named[0].kind == "demonym"
    return post == holder + 1 and (compatriot or _of_another_state(matcher.chunks, holder, post))


def _appointer(matcher: Matcher, holder: int, post: int) -> bool:
    """Whether the bare title is whose verb gives or takes an office: «عيّن الرئيس | سامي الخطيب وزيرا»."""
    chunks, after = matcher.chunks, holder + 1
    if matcher.language.phrases is not KH.idafa or holder != post + 1 or not post or after >= len(chunks):
        return False
    verb = chunks[post - 1].head if matcher.verbal(post - 1) and chunks[post].bare_head else None
    frames = verb.frames if verb is not None else ()
    if not any(frame.states is KH.holdsPost and frame.change is not None for frame in frames):
        return False
    return chunks[after].kind == "post" and matcher.becomes(after) or chunks[after].has(KH.leaves)


def _of_another_state(chunks: Sequence[Chunk], holder: int, post: int) -> bool:
    """Whether the post is of another state than the one before his name: «أمير قطر سامي | ولي عهد عمان»."""
    own = holder - 1
    while own > 0 and chunks[own].has(KH.title):
        own -= 1
    joined = any(c.joined for c in chunks[own + 1 : holder + 1])
    before = chunks[own].inner if own >= 0 and chunks[own].kind == "post" and not joined else ()
    one, other = ({c.iri for c in inner if c.type is KH.Country} for inner in (before, chunks[post].inner))
    return bool(one and other) and not one & other


def _role(
    scene: Scene, matcher: Matcher, match: Match, holder: int, posts: Sequence[int], *, titled: bool
) -> Iterator[Fact]:
    """Each of the POSTS; where the holder has several (TITLED), a bare rank is only a title of his."""
    chunks = matcher.chunks
    person = chunks[holder].iri
    for i in posts:
        iri = chunks[i].iri
        if iri is None or person is None:
            return
        scene.holders.setdefault(iri, person)
        scene.paired.setdefault(chunks[i].span, person)  # of several who hold it, the first stands beside it
        rank = chunks[i].has(KH.courtesy) and chunks[i].bare_head
        if rank and (titled or scene.language.phrases is KH.idafa and _holds_another(scene, person, iri)):
            continue
        if rank and chunks[i].has(KH.definite):
            continue  # «نظيره | علي حسن»: whose, but not what
        if any(c.span == chunks[i].span for c in chunks[i].inner):
            continue  # «… المصري علي حسن | والأردني | سامي الخطيب»: of which country, but not what
        if chunks[holder].bare_head and _titled_again(scene, person, iri):
            continue
        status = (
            _marked(matcher, chunks[i]) or _outgoing(matcher, chunks[i]) or match.frame.status or KH.asserted
        )
        span = scene.span(chunks, min(match.first, i), max(match.last, i))
        change = ((KH.change, match.frame.change),) if match.frame.change is not None else ()
        yield scene.fact(
            match.frame, person, KH.holdsPost, iri, span, status=status, qualifiers=change, reportable=False
        )
        yield from post_in(scene, match.frame, chunks[i])
        if not chunks[i].inner and (country := _country_after(scene, chunks, holder)) is not None:
            yield scene.fact(match.frame, iri, ORG.postIn, country, span, reportable=False)
        yield from presides(scene, match.frame, person, chunks[i], span, status, year_after(chunks, i))


def _holds_another(scene: Scene, person: URIRef, post: URIRef) -> bool:
    """Whether the article has said of another office that it is his: «السفير الخطيب»."""
    return any(holder == person and other != post for other, holder in scene.holders.items())


def _titled_again(scene: Scene, person: URIRef, post: URIRef) -> bool:
    """Whether another word for an office of his stands before a last name: "AUC Chairperson | Hall"."""
    if scene.language.phrases == KH.idafa:
        return False
    head = scene.discourse.things[post].head
    others = (other for other, holder in scene.holders.items() if holder == person and other != post)
    return any(scene.discourse.things[other].head == head for other in others)


def presides(
    scene: Scene,
    frame: Frame,
    person: URIRef,
    post: Chunk,
    span: Span,
    status: URIRef,
    when: Period | None = None,
) -> Iterator[Fact]:
    """That who holds a post presides over its body: «رئيسة المؤتمر», "chair of the Water Committee"."""
    for body in post.inner:
        if not _heads(scene, post, body):
            continue
        known = body.iri is not None and scene.discourse.things[body.iri].curated
        state = person in scene.discourse.things and scene.discourse.things[person].type == KH.Country
        turn = post.has(KH.presidesInTurn) and known and not scene.organ(body)
        turn = (turn or state and post.has(KH.presides)) and scene.is_a(body, KH.Organization)
        presided = post.has(KH.presides) and (scene.is_a(body, KH.Event, KH.Platform) or scene.presided(body))
        if body.iri is not None and (turn or presided):
            yield scene.fact(
                frame, person, KH.chairs, body.iri, span, when=when, status=status, reportable=False
            )
            return


def year_after(chunks: Sequence[Chunk], post: int) -> Period | None:
    """When an office is held, as the words right after it say: "chair of the council | for 2024"."""
    after = chunks[post + 1 : post + 3]
    led = len(after) > 1 and after[0].kind == "word" and (after[0].has(KH.at) or after[0].has(KH.locative))
    return after[1].period if led and after[1].kind == "time" else None


def _heads(scene: Scene, post: Chunk, body: Chunk) -> bool:
    """Whether nothing but its body stands before the word for the post: no deputy chairs a committee."""
    if scene.language.phrases is not KH.capitals or post.head is None:
        return True
    before = scene.article.text[post.span.start : post.head.token.span.start].strip()
    return before in ("", body.surface)


def post_in(scene: Scene, frame: Frame, post: Chunk) -> Iterator[Fact]:
    """The body or country that a post is in."""
    body = next((c.iri for c in post.inner if scene.is_a(c, KH.Organization, KH.Country)), None)
    if body is None:
        body = next((c.iri for c in post.inner if scene.is_a(c, KH.City) and _owned_by(scene, post, c)), None)
    if body is not None and post.iri is not None:
        yield scene.fact(frame, post.iri, ORG.postIn, body, post.span, reportable=False)


def _owned_by(scene: Scene, post: Chunk, city: Chunk) -> bool:
    """Whether the post is the city's, and not only held there: «мэр | Омска», «حاكم | دبي»."""
    if scene.language.phrases is not KH.idafa:
        return LEXINFO.genitiveCase in city.cases
    beside = city.first == post.first + 1  # «سفير | موسكو», but «السفير في | بيروت»
    return not city.governors and (beside or not post.has(KH.courtesy))


def _country_after(scene: Scene, chunks: Sequence[Chunk], holder: int) -> URIRef | None:
    """The country that stands after the name of who holds a post: "President Ann Smith of | Kenya"."""
    i = holder + 1
    if i + 1 >= len(chunks) or chunks[i].kind != "word" or not chunks[i].has(KH.of):
        return None
    while i + 2 < len(chunks) and chunks[i + 1].has(KH.article):
        i += 1
    country = chunks[i + 1]
    return country.iri if country.kind == "name" and scene.is_a(country, KH.Country) else None


def _more_posts(matcher: Matcher, post: int) -> Iterator[int]:
    """Coordinated offices: «رئيس الجمعية الوطنية، ورئيس الاتحاد …»."""
    chunks = matcher.chunks
    i = post + 1
    while i < len(chunks):
        j = i + 1 if chunks[i].comma and i + 1 < len(chunks) else i
        conjunction = chunks[j].has(KH.and_) and j + 1 < len(chunks)
        j += conjunction
        while conjunction and j + 1 < len(chunks) and chunks[j].has(KH.determines):
            j += 1  # "… and the chair of …"
        # «…، رئيسة المجلس، | رئيسة الاتحاد», or without a comma
        listed = chunks[j].joined or conjunction or j > i or chunks[j - 1].kind == "post"
        if chunks[j].kind != "post" or chunks[j].governors or not listed or _named_next(chunks, j):
            return
        if not (chunks[j].joined or conjunction) and matcher.becomes(j):
            return  # «عُيّنت …، المديرة السابقة، | منسقة للصندوق»
        yield j
        i = j + 1


def _posts_before(matcher: Matcher, post: int) -> Iterator[int]:
    """Offices that stand one after the other before their holder: «نائب الرئيس وزير المالية سامي الخطيب»."""
    chunks = matcher.chunks
    i = post - 1
    while i >= 0 and not chunks[i + 1].governors:
        if chunks[i + 1].joined and not _both_his(matcher, i):
            return
        if chunks[i].kind == "post" and _bare(chunks[i]):
            return  # «أقال الرئيس | وزير الداخلية …»
        if chunks[i].kind == "post":
            yield i
        elif (chunks[i].comma or chunks[i].surface in DASHES) and _in_cases(chunks, i):
            # «встреча вице-премьера, министра финансов | Ивана Громова»: where cases tell, both are his
            apposed = i > 2 and chunks[i - 2].comma and chunks[i - 3].kind in ("person", "unknown")
            if apposed or not chunks[i - 1].cases & chunks[i + 1].cases:
                return
        elif chunks[i].comma and _more_before(chunks, i):
            pass  # «وزير الدولة، | وزير الخارجية، سامي الخطيب»

        elif not chunks[i].comma and _joins_posts(chunks, i):
            yield i - 1
            i -= 1
        elif chunks[i].kind != "word" or not chunks[i].has(KH.title):
            return
        i -= 1


def _both_his(matcher: Matcher, i: int) -> bool:
    """Whether the post at I and the one joined to it are one man's: «نائب رئيس الوزراء | ووزير الخارجية …».

    So are two of one kind («وزير النقل ووزير الطاقة»), but a president is one man and the next another.
    """
    chunks = matcher.chunks
    first, second = chunks[i], chunks[i + 1]
    if matcher.language.phrases is not KH.idafa or first.kind != "post" or second.kind != "post":
        return False
    before = i - 2 if i > 1 and chunks[i - 1].comma else i - 1
    if before >= 0 and chunks[before].kind == "person":
        return False
    if first.head is None or second.head is None or _bare(first):
        return False
    under = (w for k in range(first.first + 1, first.last) for w in matcher.line.lexemes[k].words)
    deputy = not first.has(KH.presides) and any(w.denotes is KH.Post for w in under)
    same = first.head.lemma == second.head.lemma
    return deputy or same and (bool(first.inner) or not first.has(KH.presides))


def _in_cases(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether a post stands before the mark at I, and cases tell whose it is."""
    return i > 0 and chunks[i - 1].kind == "post" and bool(chunks[i - 1].cases or chunks[i + 1].cases)


def _bare(post: Chunk) -> bool:
    """Whether the post is one word with its article, and no rank."""
    articled = post.head is not None and bool(post.head.best.proclitics)
    return (
        articled
        and post.last - post.first == 1
        and not (post.has(KH.courtesy) or post.governors or post.joined)
    )


def _more_before(chunks: Sequence[Chunk], comma: int) -> bool:
    """Whether the comma stands between two posts of one person who is named after them."""
    after = comma + 1
    while after + 1 < len(chunks) and chunks[after].kind == "word" and chunks[after].has(KH.title):
        after += 1  # «المبعوث إلى اليمن، | سعادة السفير سامي الخطيب»
    if comma < 1 or chunks[comma - 1].kind != "post" or chunks[after].kind not in ("post", "person"):
        return False
    i = comma - 1
    while i > max(0, comma - REACH) and (chunks[i].kind == "post" or chunks[i].comma):
        if chunks[i].joined:
            return True  # «حضر سامي الخطيب، | ونائب الرئيس، وزير العدل علي حسن»
        i -= 1
    return chunks[i].kind not in ("person", "unknown") or bool(chunks[i].governors)  # «من جانب | المبعوث …»


def _joins_posts(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether what stands at I joins two posts of one holder: "Prime Minister | and | Minister Ann Smith".

    "The president and Prime Minister Ann Smith" are two people, and so are "X, the speaker, and Minister Y".
    """
    joins = chunks[i].comma or chunks[i].kind == "word" and chunks[i].has(KH.and_)
    if not joins or i == 0 or chunks[i - 1].kind != "post" or chunks[i + 1].kind != "post":
        return False
    if i == 1:
        return not chunks[i].comma or bool(chunks[i - 1].inner)
    before = chunks[i - 2]
    held = before.kind == "person" or before.comma and i > 2 and chunks[i - 3].kind == "person"
    if chunks[i].comma:
        return not held and bool(chunks[i - 1].inner)
    if before.has(KH.determines):
        return False
    return not held or chunks[i].kind == "word" and before.comma and _has_post(chunks, i - 3)


def _has_post(chunks: Sequence[Chunk], person: int) -> bool:
    """Whether right before the person stands a post."""
    return person > 0 and chunks[person - 1].kind == "post"


def _named_next(chunks: Sequence[Chunk], post: int) -> bool:
    """Whether the post has a holder of its own after it."""
    beyond = chunks[post + 1 : post + 6]
    apart = next((k for k, c in enumerate(beyond) if c.joined and c.has(KH.title)), len(beyond))
    following = [c for c in beyond[:apart] if not (c.comma or c.has(KH.title) or _rank(c))]
    if len(following) > 1 and chunks[post + 1].comma and following[0].kind == "person":
        own = following[1]  # «الشيخ خالد، رئيس الوزراء ووزير | الداخلية، السيد أحمد الأمين العام»
        return own.kind != "post" or own.joined or bool(own.governors)
    return bool(following) and following[0].kind == "person"


def held_by_next(matcher: Matcher, holder: int, post: int) -> bool:
    """Whether the post is that of who is named right after it: "X, president | Y" are two people."""
    chunks = matcher.chunks
    after = post + 1
    if matcher.language.phrases is KH.idafa:  # «…، علي حسن، وزير العدل | سامي الخطيب، …»
        return chunks[post - 1].comma and after < len(chunks) and chunks[after].kind == "person"
    if matcher.language.phrases is KH.genitive:  # «Анна Ким, министр культуры | Иван Громов и послы …»
        return chunks[post - 1].comma and after < len(chunks) and chunks[after].kind == "person"
    joined = after + 1 < len(chunks) and chunks[after].has(KH.and_) and chunks[after + 1].kind == "post"
    if joined and _has_post(chunks, holder):
        after += 2  # "Minister X, Deputy Prime Minister and Minister | Y"
    while after < len(chunks) and chunks[after].has(KH.title):
        after += 1
    return after < len(chunks) and chunks[after].kind == "person"


def ended(matcher: Matcher, post: Chunk) -> bool:
    """Whether the words beside the post say that it was held before: "former"."""
    return _marked(matcher, post) is KH.ended


def _outgoing(matcher: Matcher, post: Chunk) -> URIRef | None:
    """The status that a mark of several words in the post gives it: «المنتهية ولايته»."""
    several = (matcher.line.lexemes[i].several for i in range(post.first, post.last))
    return next((words.marks for words, _ in filter(None, several) if words.marks is KH.ended), None)


def _marked(matcher: Matcher, chunk: Chunk) -> URIRef | None:
    """The status that a word in, before or right after the post gives it: «السابق», "former".

    A verb tells of what its subject does, and not how long he holds his post: «приедет | министр».
    """
    lexemes = matcher.line.lexemes
    near = range(max(0, chunk.first - 1), min(chunk.last + 1, len(lexemes)))
    marks = (w.marks for i in near for w in lexemes[i].words if w.speech is not LEXINFO.verb)
    return next((m for m in marks if m in (KH.ended, KH.planned)), None)
