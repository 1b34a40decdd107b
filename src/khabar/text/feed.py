"""Feeds: the entries of RSS and Atom files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any, Final

import feedparser

from khabar.errors import ReadError
from khabar.text.found import Found
from khabar.text.html import plain

# What feedparser calls a fault and is none: it found the encoding, or the type, by itself.
_HARMLESS: Final = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
_ENTITY: Final = re.compile(rb"<!ENTITY", re.IGNORECASE)


def read_feed(raw: bytes, origin: str) -> Iterator[Found | ReadError]:
    """The entries of a feed, and a ReadError in the place of each that has no text.

    A feed that is broken gives what can be read of it, then a ReadError; nothing is fetched.
    """
    if _ENTITY.search(raw):
        problem, fix = "declares entities, which no feed needs", "fetch it again, or leave it out"
        raise ReadError(where=origin, problem=problem, fix=fix)
    feed = feedparser.parse(BytesIO(raw), sanitize_html=False, resolve_relative_uris=False)
    fault = feed.get("bozo_exception")
    broken = None if isinstance(fault, _HARMLESS) else fault
    if not feed.entries:
        problem = f"is no feed: {_first_line(broken)}" if broken else "is a feed without entries"
        raise ReadError(where=origin, problem=problem, fix="give an RSS or Atom file, or a page as .html")
    for number, entry in enumerate(feed.entries, start=1):
        yield _entry(entry, feed.feed, f"{origin}, entry {number}")
    if broken:
        yield ReadError(
            where=origin,
            problem=f"is a broken feed: {_first_line(broken)}; {len(feed.entries)} entries were read",
            fix="fetch it again, if there should be more",
        )


def _entry(entry: Any, feed: Any, origin: str) -> Found | ReadError:
    contents = [content.get("value") or "" for content in entry.get("content") or ()]
    text = plain(max((*contents, entry.get("summary") or ""), key=len))
    if not text:
        return ReadError(where=origin, problem="has no text", fix="read the page that it links to instead")
    day = entry.get("published_parsed") or entry.get("updated_parsed")
    link = entry.get("link") or ""
    fields = {
        "title": plain(entry.get("title") or ""),
        "published": date(*day[:3]).isoformat() if day else None,
        "publisher": plain(feed.get("title") or ""),
        "author": entry.get("author"),
        "url": link if link.startswith(("http://", "https://")) else None,
        "id": None if link else entry.get("id"),
        "declared": (entry.get("content") or [{}])[0].get("language") or feed.get("language"),
    }
    return Found(origin, {key: value for key, value in fields.items() if value}, text)


def _first_line(error: object) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
