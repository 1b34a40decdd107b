"""Offices whose noun is said once: «وزيرا الخارجية المصري علي حسن | والأردني | سامي الخطيب»."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.knowledge.language import Language
from khabar.text.chunk import Chunk
from khabar.vocab import KH


def completed(chunks: Sequence[Chunk], language: Language) -> tuple[Chunk, ...]:
    """The chunks of one sentence, what stands for an office after another holder's name as a post."""
    done = list(chunks)
    for i in range(2, len(done) - 1):
        if not done[i].joined or done[i + 1].kind != "person" or done[i + 1].joined:
            continue
        person = i - 2 if done[i - 1].comma else i - 1
        if person < 1 or done[person].kind != "person" or not _elided(done[person - 1], done[i], language):
            continue
        office = done[person - 1]
        done[person - 1] = office._replace(kind="post", type=KH.Post)
        inner = () if done[i].kind == "word" else (done[i],)
        done[i] = done[i]._replace(
            kind="post", type=KH.Post, iri=None, inner=inner, governors=office.governors
        )
    return tuple(done)


def _elided(office: Chunk, chunk: Chunk, language: Language) -> bool:
    """Whether the chunk says of which country, or in charge of what, another holder of the office is."""
    holders = office.kind == "phrase" and office.type is KH.Agent and bool(office.inner)
    if office.kind != "post" and not holders:
        return False
    if chunk.kind == "name":  # «وزراء خارجية مصر علي حسن | والأردن | …»; one minister has one country
        return holders and chunk.type is KH.Country
    roles = (
        [language.proclitics[p].role for p in chunk.head.best.proclitics] if chunk.head is not None else []
    )
    if KH.article not in roles:
        return False
    of_country = any(c.kind == "demonym" for c in office.inner)
    return of_country if chunk.kind == "demonym" else chunk.kind == "word" and chunk.has(KH.portfolio)
