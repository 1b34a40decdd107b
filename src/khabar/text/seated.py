"""Posts that go on with the body they are held in: «رئيس اللجنة | بمجلس النواب | سامي الخطيب»."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from khabar.knowledge import Knowledge
from khabar.model import Article
from khabar.text.chunk import Chunk
from khabar.vocab import KH


class Seated:
    """Joins a post to the body behind its preposition where its holder stands beside them."""

    def __init__(self, article: Article, knowledge: Knowledge) -> None:
        self.article = article
        self.ontology = knowledge.ontology
        self.locatives = knowledge.languages[article.language].locatives

    def joined(self, chunks: Sequence[Chunk]) -> Iterator[Chunk]:
        """The chunks of one sentence, a post and the body it is held in as one."""
        i = 0
        while i < len(chunks):
            last = self._body(chunks, i) if chunks[i].kind == "post" else None
            if last is None or not (_holder_follows(chunks, last) or _held_before(chunks, i, last)):
                yield chunks[i]
                i += 1
                continue
            sent = chunks[last].type is KH.Country and chunks[i + 1].has(KH.accredits)
            yield self._with_body(chunks[i], chunks[last], whose=not sent)
            i = last + 1

    def _body(self, chunks: Sequence[Chunk], post: int) -> int | None:
        """The chunk that names the body, right behind a post and the preposition of place."""
        i = post + 1
        accredited = i < len(chunks) and chunks[i].kind == "word" and chunks[i].has(KH.accredits)
        accredited = accredited or i < len(chunks) and _envoy(chunks, i)
        if accredited or i < len(chunks) and chunks[i].kind == "word" and chunks[i].has(KH.locative):
            i += 1  # «أستاذة العلوم | في | جامعة …», «المندوب الدائم | لدى | المنظمة»
        if i >= len(chunks) or chunks[i].joined or chunks[i].kind not in ("name", "phrase"):
            return None
        chunk = chunks[i]
        cls = chunk.type
        body = cls is not None and any(self.ontology.is_a(cls, c) for c in (KH.Organization, KH.Country))
        return i if body and (accredited or not self.locatives.isdisjoint(chunk.governors)) else None

    def _with_body(self, post: Chunk, body: Chunk, *, whose: bool) -> Chunk:
        """The post up to the end of the body; it is the body's only if WHOSE: not «السفير لدى كينيا»."""
        span = post.span._replace(end=body.span.end)
        surface = self.article.text[span.start : span.end]
        inner = (*post.inner, body) if whose else post.inner
        return post._replace(last=body.last, span=span, surface=surface, inner=inner)


def _envoy(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether a country that somebody is sent to follows, and a comma: «المبعوثة | إلى ليبيا، | هانا برغ»."""
    to = chunks[i].kind == "word" and chunks[i].has(KH.to) and i + 2 < len(chunks)
    return to and chunks[i + 1].kind == "name" and chunks[i + 1].type is KH.Country and chunks[i + 2].comma


def _holder_follows(chunks: Sequence[Chunk], last: int) -> bool:
    """Whether somebody is named after the body, perhaps behind a comma and titles."""
    i = last + 1
    if i < len(chunks) and chunks[i].comma:
        i += 1
    while i < len(chunks) and not chunks[i].joined:
        if chunks[i].kind == "person":
            return not chunks[i].governors and not _has_own_post(chunks, i, last)
        titled = chunks[i].kind == "word" and chunks[i].has(KH.title)
        if not titled and not (chunks[i].kind == "post" and chunks[i].has(KH.courtesy)):
            return False
        i += 1
    return False


def _has_own_post(chunks: Sequence[Chunk], person: int, last: int) -> bool:
    """Whether a comma and another post part the person from the body: «…، سامي الخطيب، وزير العدل»."""
    beyond = chunks[person + 1 : person + 3]
    own = (
        [c.kind for c in beyond[:1]] == ["post"] or len(beyond) > 1 and beyond[0].comma and _office(beyond[1])
    )
    return own and chunks[last + 1].comma


def _office(chunk: Chunk) -> bool:
    return chunk.kind == "post" and not (chunk.joined or chunk.governors)


def _held_before(chunks: Sequence[Chunk], post: int, last: int) -> bool:
    """Whether the holder stands before the post, and what follows the body closes the apposition."""
    after = chunks[last + 1] if last + 1 < len(chunks) else None
    if post == 0 or chunks[post].governors:
        return False
    comma = chunks[post - 1].comma
    holder = chunks[post - 2] if comma and post > 1 else chunks[post - 1]
    if holder.kind != "person":
        return False
    opens = after is not None and after.has(KH.opensWords)
    sent = chunks[post + 1].kind == "word" and chunks[post + 1].has(
        KH.accredits
    )  # «…، خالد منصور سفير قطر | لدى …»
    enclosed = (comma or sent) and (after is None or after.kind == "mark")
    return opens or enclosed or bool(holder.governors) and (after is None or after.kind == "mark")
