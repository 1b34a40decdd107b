"""The newest articles for feed readers: JSON Feed (https://jsonfeed.org/version/1.1) and Atom (RFC 4287)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from khabar.dumps.packing import Content
from khabar.dumps.versions import FEED
from khabar.vocab import SCHEMA

JSON: Final = "feed.json"
ATOM: Final = "atom.xml"
ENTRIES: Final = 100

Entry = dict[str, Any]


def entries(
    snapshot: ox.Store, base: str, graphs: Iterable[tuple[str, int]], version: str, created: str
) -> list[Entry]:
    """An entry for the graph of each article, with the number of its statements; the newest article first."""
    found = [_entry(snapshot, base, graph, n, version, created) for graph, n in graphs]
    found.sort(key=lambda entry: entry["id"])
    return sorted(found, key=lambda entry: str(entry.get("_published", "")), reverse=True)[:ENTRIES]


def _entry(snapshot: ox.Store, base: str, graph: str, statements: int, version: str, created: str) -> Entry:
    article = f"{base}article/{graph.removeprefix(f'{base}graph/')}"
    meta = ox.NamedNode(f"{base}graph/meta")
    known = {
        quad.predicate.value: quad.object
        for quad in snapshot.quads_for_pattern(ox.NamedNode(article), None, None, meta)
        if isinstance(quad.object, ox.Literal | ox.NamedNode)
    }
    language = known.get(str(SCHEMA.inLanguage))
    told = {
        "id": f"{graph}#v{version}",
        "url": article,
        "external_url": known.get(str(SCHEMA.url)),
        "title": known.get(str(SCHEMA.headline)),
        "content_text": f"{statements} statements",
        "date_modified": created,
        "language": language,
        "_published": known.get(str(SCHEMA.datePublished)),
    }
    plain = {name: getattr(value, "value", value) for name, value in told.items()}
    return {name: value for name, value in plain.items() if value is not None}


def write(
    folder: Path, previous: Path | None, title: str, base: str, fresh: list[Entry], created: str
) -> None:
    """Write both feeds: the FRESH entries, then those of the version in the folder PREVIOUS."""
    old = json.loads((previous / FEED / JSON).read_text("utf-8"))["items"] if previous else []
    items = (fresh + old)[:ENTRIES]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": base,
        "feed_url": f"{base}feed/{JSON}",
        "items": items,
    }
    with Content(folder / FEED, JSON, "application/feed+json", "", (None,)) as content:
        content.write(json.dumps(feed, ensure_ascii=False, indent=2) + "\n")
    with Content(folder / FEED, ATOM, "application/atom+xml", "", (None,)) as content:
        content.write(_atom(title, base, items, created))


def _atom(title: str, base: str, items: Iterable[Entry], created: str) -> str:
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            '<feed xmlns="http://www.w3.org/2005/Atom">',
            f"  <id>{escape(base)}feed/{ATOM}</id>",
            f"  <title>{_text(title)}</title>",
            f"  <updated>{created}</updated>",
            f"  <author><name>{_text(title)}</name></author>",
            f'  <link rel="self" href={quoteattr(f"{base}feed/{ATOM}")}/>',
            f"  <link href={quoteattr(base)}/>",
            *(line for item in items for line in _atom_entry(item)),
            "</feed>\n",
        ]
    )


def _atom_entry(item: Entry) -> Iterable[str]:
    language = f" xml:lang={quoteattr(item['language'])}" if "language" in item else ""
    yield f"  <entry{language}>"
    yield f"    <id>{escape(item['id'])}</id>"
    yield f"    <title>{_text(item.get('title') or item['url'])}</title>"
    yield f"    <updated>{item['date_modified']}</updated>"
    yield f"    <link href={quoteattr(item['url'])}/>"
    if "external_url" in item:
        yield f'    <link rel="related" href={quoteattr(item["external_url"])}/>'
    yield f"    <summary>{_text(item['content_text'])}</summary>"
    yield "  </entry>"


def _text(text: Any) -> str:
    """Characters that XML 1.0 may hold, escaped."""
    return escape("".join(c for c in str(text) if c >= " " or c in "\t\n\r"))
