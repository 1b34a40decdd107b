"""Finished answers over HTTP: their entity tags, their encodings, and whether they are sent at all.

What a query gives depends on the snapshot, its text, the graphs it may see and the format, and on
nothing else.  So the entity tag (RFC 9110, section 8.8.3) is known before the query has run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, Any, Final, NamedTuple

import pyoxigraph as ox
from flask import Response, request
from werkzeug.http import is_resource_modified
from werkzeug.wsgi import wrap_file

from khabar.publish import encoding
from khabar.publish.cache import Cache
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
    tag_: str, snapshot: Snapshot, format_: Format, cache: Cache[Any], run: Callable[[], IO[bytes]]
) -> tuple[Response, str]:
    """The answer with the entity tag TAG_, and how it came about: "unchanged", "hit" or "miss".

    RUN gives it in no encoding; it is asked only when nothing else helps.
    """
    chosen = encoding.choose(request.headers.get("Accept-Encoding", ""))
    full = f"{tag_}-{chosen}" if tag_ and chosen else tag_
    if full and _has_it(full, snapshot):
        return _described(Response(status=304), full, snapshot), "unchanged"
    kept = cache.get(full) if full else None
    response, found = _kept(kept, format_) if kept else _new(full, format_, chosen, cache, run)
    return _described(response, full, snapshot), found


def _has_it(etag: str, snapshot: Snapshot) -> bool:
    asked = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"} & set(request.environ)
    if not asked or request.method not in ("GET", "HEAD"):
        return False
    return not is_resource_modified(request.environ, etag=etag, last_modified=_published(snapshot))


def _kept(body: Body, format_: Format) -> tuple[Response, str]:
    return _sent(Response(body.content), body.encoding, len(body.content), format_), "hit"


def _new(
    etag: str, format_: Format, chosen: str, cache: Cache[Any], run: Callable[[], IO[bytes]]
) -> tuple[Response, str]:
    file = run()
    size = file.seek(0, 2)
    file.seek(0)
    chosen = chosen if size >= encoding.WORTH_IT else encoding.IDENTITY
    if size <= SMALL:
        with file:
            content = encoding.encode(file.read(), chosen)
        if etag:
            cache.put(etag, Body(content, chosen), len(content) + 500)
            request.environ[KEEP] = f'"{etag}"'
        return _sent(Response(content), chosen, len(content), format_), "miss"
    file = encoding.encode_file(file, chosen)
    size = file.seek(0, 2)
    file.seek(0)
    response = Response(wrap_file(request.environ, file), direct_passthrough=True)
    return _sent(response, chosen, size, format_), "miss"


def _sent(response: Response, chosen: str, size: int, format_: Format) -> Response:
    response.content_type = f"{format_.media_type}; charset=utf-8"
    response.content_length = size
    if chosen:
        response.content_encoding = chosen
    response.headers["Content-Disposition"] = f'inline; filename="khabar.{format_.name}"'
    return response


def _described(response: Response, etag: str, snapshot: Snapshot) -> Response:
    """With what a client or a proxy must know to ask again only when there is something new."""
    response.vary.update(("Accept", "Accept-Encoding"))
    if etag:
        response.set_etag(etag)
        response.last_modified = _published(snapshot)
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _published(snapshot: Snapshot) -> datetime:
    return datetime.fromtimestamp(int(snapshot.published), UTC)
