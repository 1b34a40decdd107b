"""Who holds which post, because name and post stand side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rdflib import URIRef

from khabar.knowledge.language import Frame
from khabar.model import Fact
from khabar.text.chunk import Chunk
from khabar.text.match import DASHES, Match, Matcher
from khabar.text.scene import Scene
from khabar.vocab import KH, ORG


def roles(scene: Scene, matcher: Matcher) -> Iterator[Fact]:
    """The roles of one sentence, by the headless frames of the language, in the order of its file."""
    taken: set[int] = set()
    for frame in scene.language.frames.values():
        if frame.head is not None or frame.states != KH.holdsPost:
            continue
        for match in matcher.headless(frame):
            holder, post = (match.slots[slot][0].index for slot in (KH.subject, KH.object))
            if post not in taken and _agree(matcher.chunks[holder], matcher.chunks[post]):
                if holder < post and not _closed(matcher, holder, post):
                    continue
                posts = (*_posts_before(matcher.chunks, post), post, *_more_posts(matcher.chunks, post))
                taken.update(posts)
                yield from _role(scene, matcher, match, holder, posts)


def _agree(holder: Chunk, post: Chunk) -> bool:
    """Whether one is somebody, and both may stand in one case: not «министру | Иван Петров»."""
    cases = holder.cases & post.cases or not (holder.cases and post.cases)
    return holder.type == KH.Person and bool(cases)


def _closed(matcher: Matcher, holder: int, post: int) -> bool:
    """Whether an apposition ends, or its case tells that it is one: not «по словам А. Ким, посол | прав»."""
    chunks = matcher.chunks
    if matcher.language.phrases != KH.genitive or chunks[holder].cases or post + 1 >= len(chunks):
        return True
    return chunks[post + 1].kind == "mark" or matcher.conjunction(post + 1)


def _role(scene: Scene, matcher: Matcher, match: Match, holder: int, posts: Sequence[int]) -> Iterator[Fact]:
    chunks = matcher.chunks
    person = chunks[holder].iri
    for i in posts:
        iri = chunks[i].iri
        if iri is None or person is None:
            return
        scene.holders.setdefault(iri, person)
        scene.paired[chunks[i].span] = person
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


def _more_posts(chunks: Sequence[Chunk], post: int) -> Iterator[int]:
    """Coordinated offices: «رئيس الجمعية الوطنية، ورئيس الاتحاد …»."""
    i = post + 1
    while i < len(chunks):
        j = i + 1 if chunks[i].comma and i + 1 < len(chunks) else i
        conjunction = chunks[j].has(KH.and_) and j + 1 < len(chunks)
        j += conjunction
        while conjunction and j + 1 < len(chunks) and chunks[j].has(KH.determines):
            j += 1  # "… and the chair of …"
        if chunks[j].kind != "post" or not (chunks[j].joined or conjunction) or _named_next(chunks, j):
            return
        yield j
        i = j + 1


def _posts_before(chunks: Sequence[Chunk], post: int) -> Iterator[int]:
    """Offices that stand one after the other before their holder: «نائب الرئيس وزير المالية سامي الخطيب»."""
    i = post - 1
    while i >= 0 and not chunks[i + 1].joined and not chunks[i + 1].governors:
        if chunks[i].kind == "post":
            yield i
        elif (chunks[i].comma or chunks[i].surface in DASHES) and i > 0 and chunks[i - 1].kind == "post":
            # «встреча вице-премьера, министра финансов | Ивана Громова»: where cases tell, both are his
            apposed = i > 2 and chunks[i - 2].comma and chunks[i - 3].kind in ("person", "unknown")
            if apposed or not chunks[i - 1].cases & chunks[i + 1].cases:
                return
        elif chunks[i].kind != "word" or not chunks[i].has(KH.title):
            return
        i -= 1


def _named_next(chunks: Sequence[Chunk], post: int) -> bool:
    """Whether the post has a holder of its own after it."""
    following = [c for c in chunks[post + 1 : post + 3] if not c.comma]
    return bool(following) and following[0].kind == "person"


def _marked(matcher: Matcher, chunk: Chunk) -> URIRef | None:
    """The status that a word in, before or right after the post gives it: «السابق», "former"."""
    lexemes = matcher.line.lexemes
    near = range(max(0, chunk.first - 1), min(chunk.last + 1, len(lexemes)))
    marks = (w.marks for i in near for w in lexemes[i].words)
    return next((m for m in marks if m in (KH.ended, KH.planned)), None)
