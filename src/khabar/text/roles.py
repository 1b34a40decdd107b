"""Who holds which post, because name and post stand side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rdflib import URIRef

from khabar.knowledge.language import Frame
from khabar.model import Fact
from khabar.text.chunk import Chunk
from khabar.text.clauses import REACH
from khabar.text.match import Match, Matcher
from khabar.text.scene import Scene
from khabar.vocab import KH, ORG


def roles(scene: Scene, matcher: Matcher) -> Iterator[Fact]:
    """The roles of one sentence, by the headless frames of the language, in the order of its file."""
    taken: set[int] = set()
    found: list[tuple[Match, int, tuple[int, ...]]] = []
    for frame in scene.language.frames.values():
        if frame.head is not None or frame.states != KH.holdsPost:
            continue
        for match in matcher.headless(frame):
            holder, post = (match.slots[slot][0].index for slot in (KH.subject, KH.object))
            if (
                post not in taken
                and _agree(matcher.chunks, holder, post)
                and not _other(matcher, holder, post)
            ):
                posts = (*_posts_before(matcher.chunks, post), post, *_more_posts(matcher, post))
                taken.update(posts)
                found.append((match, holder, posts))
    for match, holder, posts in found:
        others = sum(len(p) for _, h, p in found if h == holder) > 1
        yield from _role(scene, matcher, match, holder, posts, titled=others)


def _agree(chunks: Sequence[Chunk], holder: int, post: int) -> bool:
    """Whether one is somebody, and both may stand in one case: not «министру | Иван Петров».

    A post after a name that is joined or governed is not his: «سامي الخطيب، | ورئيس المجلس علي حسن».
    """
    one, other = chunks[holder].cases, chunks[post].cases
    agreed = bool(one & other) or not (one and other)
    named = chunks[holder].type == KH.Person and chunks[holder].kind != "pronoun"
    own = holder > post or not (chunks[post].joined or chunks[post].governors)
    return named and agreed and own


def _other(matcher: Matcher, holder: int, post: int) -> bool:
    """Whether the post is somebody else: «هنأ سامي الخطيب | الرئيس الفرنسي», where no comma stands."""
    first = matcher.chunks[post].first
    named = matcher.line.names.get(first + 1)
    definite = bool(matcher.line.proclitics(first, KH.article))
    return post == holder + 1 and definite and named is not None and named[0].kind == "demonym"


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
        scene.paired[chunks[i].span] = person
        if titled and chunks[i].has(KH.courtesy) and chunks[i].last - chunks[i].first == 1:
            continue
        status = _marked(matcher, chunks[i]) or KH.asserted
        span = scene.span(chunks, min(match.first, i), max(match.last, i))
        yield scene.fact(match.frame, person, KH.holdsPost, iri, span, status=status, reportable=False)
        yield from post_in(scene, match.frame, chunks[i])
        body = next((c.iri for c in chunks[i].inner if scene.is_a(c, KH.Event, KH.Platform)), None)
        if body is not None and chunks[i].has(KH.presides):  # «رئيسة المؤتمر»
            yield scene.fact(match.frame, person, KH.chairs, body, span, status=status, reportable=False)


def post_in(scene: Scene, frame: Frame, post: Chunk) -> Iterator[Fact]:
    """The body or country that a post is in."""
    body = next((c.iri for c in post.inner if scene.is_a(c, KH.Organization, KH.Country)), None)
    if body is not None and post.iri is not None:
        yield scene.fact(frame, post.iri, ORG.postIn, body, post.span, reportable=False)


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


def _posts_before(chunks: Sequence[Chunk], post: int) -> Iterator[int]:
    """Offices that stand one after the other before their holder: «نائب الرئيس وزير المالية سامي الخطيب»."""
    i = post - 1
    while i >= 0 and not chunks[i + 1].joined and not chunks[i + 1].governors:
        if chunks[i].kind == "post" and _bare(chunks[i]):
            return  # «أقال الرئيس | وزير الداخلية …»
        if chunks[i].kind == "post":
            yield i
        elif chunks[i].comma and _more_before(chunks, i):
            pass  # «وزير الدولة، | وزير الخارجية، سامي الخطيب»
        elif chunks[i].kind != "word" or not chunks[i].has(KH.title):
            return
        i -= 1


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
    if comma < 1 or chunks[comma - 1].kind != "post" or chunks[comma + 1].kind not in ("post", "person"):
        return False
    i = comma - 1
    while i > max(0, comma - REACH) and (chunks[i].kind == "post" or chunks[i].comma):
        i -= 1
    return chunks[i].kind not in ("person", "unknown")


def _named_next(chunks: Sequence[Chunk], post: int) -> bool:
    """Whether the post has a holder of its own after it."""
    following = [c for c in chunks[post + 1 : post + 5] if not (c.comma or c.has(KH.title))]
    return bool(following) and following[0].kind == "person"


def _marked(matcher: Matcher, chunk: Chunk) -> URIRef | None:
    """The status that a word in, before or right after the post gives it: «السابق», "former"."""
    lexemes = matcher.line.lexemes
    near = range(max(0, chunk.first - 1), min(chunk.last + 1, len(lexemes)))
    marks = (w.marks for i in near for w in lexemes[i].words)
    return next((m for m in marks if m in (KH.ended, KH.planned)), None)
