"""Finished answers over HTTP: their entity tags, their encodings, and whether they are sent at all.

What a query gives depends on the snapshot, its text, the graphs it may see and the format, and on
nothing else.  So the entity tag (RFC 9110, section 8.8.3) is known before the query has run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, Any, Final, NamedTuple

import pyoxigraph as ox
from werkzeug.http import http_date, is_resource_modified
from werkzeug.wsgi import wrap_file

from khabar.publish import encoding
from khabar.publish.cache import Cache
from khabar.publish.clients import Environ
from khabar.publish.dataset import Snapshot
from khabar.publish.door import KEEP
from khabar.publish.gate import Query
from khabar.publish.protocol import Format
from khabar.version import __version__

SMALL: Final = 1 << 20  # bytes: what is larger is not kept


class Body(NamedTuple):
    """A finished answer as it is sent."""

    content: bytes
    encoding: str


class Answer(NamedTuple):
    """What is sent: by Flask, or without it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | Iterable[bytes]
    came: str  # "unchanged", "hit" or "miss"


def tag(
    snapshot: Snapshot, query: Query, default: Sequence[str], named: Sequence[str], format_: Format
) -> str:
    """The entity tag of the answer, without its encoding; empty for an answer that is never the same."""
    if not query.is_repeatable:
        return ""
    graphs = ("default", *default, "named", *named) if default or named else ()
    parts = (
        __version__, ox.__version__, snapshot.id, snapshot.base, *snapshot.withheld, format_.media_type,
        *graphs, query.normal,
    )  # fmt: skip
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def answer(
    environ: Environ,
    tag_: str,
    snapshot: Snapshot,
    format_: Format,
    cache: Cache[Any],
    run: Callable[[], IO[bytes]],
) -> Answer:
    """The answer with the entity tag TAG_; RUN, asked when nothing else helps, gives it in no encoding."""
    chosen = encoding.choose(environ.get("HTTP_ACCEPT_ENCODING", ""))
    full = f"{tag_}-{chosen}" if tag_ and chosen else tag_
    described = _described(full, snapshot)
    if full and _has_it(environ, full, snapshot):
        # The tag is enough then: https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5
        return Answer(304, [one for one in described if one[0] != "Last-Modified"], b"", "unchanged")
    kept = cache.get(full) if full else None
    if kept:
        return Answer(
            200, [*_sent(kept.encoding, len(kept.content), format_), *described], kept.content, "hit"
        )
    body, size, chosen = _new(environ, full, chosen, cache, run)
    return Answer(200, [*_sent(chosen, size, format_), *described], body, "miss")


def _has_it(environ: Environ, etag: str, snapshot: Snapshot) -> bool:
    asked = "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ
    if not asked or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return False
    return not is_resource_modified(environ, etag=etag, last_modified=_published(snapshot))


def _new(
    environ: Environ, etag: str, chosen: str, cache: Cache[Any], run: Callable[[], IO[bytes]]
) -> tuple[bytes | Iterable[bytes], int, str]:
    """The body, its size in bytes, and its encoding."""
    file = run()
    size = file.seek(0, 2)
    file.seek(0)
    chosen = chosen if size >= encoding.WORTH_IT else encoding.IDENTITY
    if size <= SMALL:
        with file:
            content = encoding.encode(file.read(), chosen)
        if etag:
            cache.put(etag, Body(content, chosen), len(content) + 500)
            environ[KEEP] = f'"{etag}"'
        return content, len(content), chosen
    file = encoding.encode_file(file, chosen)
    size = file.seek(0, 2)
    file.seek(0)
    return wrap_file(environ, file), size, chosen


def _sent(chosen: str, size: int, format_: Format) -> list[tuple[str, str]]:
    headers = [
        ("Content-Type", f"{format_.media_type}; charset=utf-8"),
        ("Content-Length", str(size)),
        ("Content-Disposition", f'inline; filename="khabar.{format_.name}"'),
    ]
    return [*headers, ("Content-Encoding", chosen)] if chosen else headers


def _described(etag: str, snapshot: Snapshot) -> list[tuple[str, str]]:
    """What a client or a proxy must know to ask again only when there is something new."""
    headers = [("Vary", "Accept, Accept-Encoding")]
    if not etag:
        return [*headers, ("Cache-Control", "no-store")]
    return [*headers, ("ETag", f'"{etag}"'), ("Last-Modified", http_date(_published(snapshot)))]


def _published(snapshot: Snapshot) -> datetime:
    return datetime.fromtimestamp(int(snapshot.published), UTC)
