"""Web pages: what schema.org and OpenGraph say of an article, and the text without what stands around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any, Final

import trafilatura
from lxml import html as lxml_html
from lxml.html import HtmlElement
from trafilatura.settings import DEFAULT_CONFIG

from khabar.errors import ReadError
from khabar.text.found import Found

LARGEST_PAGE: Final = 5 * 2**20  # bytes
MOST_ATTRIBUTES: Final = 1_000  # of one element: lxml takes quadratic time for them
_TAG: Final = re.compile(rb"""<[a-zA-Z](?:[^<>"']|"[^"]*+"|'[^']*+')*+""")
_QUOTED: Final = re.compile(rb"""=\s*(?:"[^"]*+"|'[^']*+')""")
_FEWEST_WORDS: Final = 10  # of an article: less is what is left of a menu

_HIDDEN: Final = (
    "//*[@hidden]",
    "//*[@aria-hidden='true']",
    "//*[contains(translate(@style, ' ', ''), 'display:none')]",
    "//*[contains(translate(@style, ' ', ''), 'visibility:hidden')]",
)
_BLOCKS: Final = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr "
    "li main ol p pre section table td th tr ul".split()
)
_UNSEEN: Final = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg"})

# Where a page says what, the first that does counts; JSON-LD comes before all of them.
_META: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("og:title", "twitter:title", "DC.title"),
    "published": ("article:published_time", "datePublished", "DC.date.issued", "date", "pubdate"),
    "publisher": ("og:site_name", "DC.publisher"),
    "author": ("author", "article:author", "DC.creator"),
    "url": ("og:url",),
}


def read_page(raw: bytes, origin: str, address: str | None = None) -> Found:
    """The article of a web page; ADDRESS is where it was fetched, if the page does not say better.

    Raises ReadError for a page without an article, and for one made to take for ever.
    Nothing is fetched, and what a reader would not see is left out.
    """
    _refuse_bombs(raw, origin)
    tree = trafilatura.load_html(raw)
    if tree is None:
        raise ReadError(where=origin, problem="is no HTML page", fix="save the page again, as HTML")
    item = next(_articles(tree), {})
    title = _title(tree, item)
    text = _body(item) or _main_text(tree)
    lines = text.strip().split("\n")
    if title and lines[0].strip() == title:
        del lines[0]
    if len(" ".join(lines).split()) < _FEWEST_WORDS:
        raise ReadError(
            where=origin, problem="is a page without an article", fix="leave it out, or save its text"
        )
    fields = {
        "title": title,
        "published": _published(tree, item),
        "publisher": _name(item.get("publisher")) or _meta(tree, "publisher"),
        "author": _name(item.get("author")) or _meta(tree, "author"),
        "url": _address(tree, item) or address,
        "declared": item.get("inLanguage") or tree.get("lang"),
    }
    return Found(origin, {key: value for key, value in fields.items() if value}, "\n".join(lines))


def plain(fragment: str) -> str:
    """A piece of HTML as plain text, a line for each block."""
    root = lxml_html.fromstring(f"<div>{fragment}</div>")
    for path in _HIDDEN:
        for element in root.xpath(path.replace("//", ".//", 1)):
            element.drop_tree()
    lines = "".join(_pieces(root)).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _pieces(element: HtmlElement) -> Iterator[str]:
    """The text of ELEMENT and of what is inside it; an event-driven walk, however deep it goes."""
    walk = lxml_html.etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    unseen = 0
    for event, node in walk:
        if event == "start":
            unseen += node.tag in _UNSEEN
            yield "\n" if node.tag in _BLOCKS else ""
            yield node.text or "" if not unseen else ""
        else:
            if event == "end":
                unseen -= node.tag in _UNSEEN
                yield "\n" if node.tag in _BLOCKS else ""
            yield node.tail or "" if not unseen and node is not element else ""


def _refuse_bombs(raw: bytes, origin: str) -> None:
    if len(raw) > LARGEST_PAGE:
        problem = f"is larger than the {LARGEST_PAGE // 2**20} MiB a page may have"
        raise ReadError(where=origin, problem=problem, fix="save only its article")
    long = (tag[0] for tag in _TAG.finditer(raw) if len(tag[0]) > MOST_ATTRIBUTES)
    if any(len(_QUOTED.sub(b" ", tag).split()) > MOST_ATTRIBUTES for tag in long):
        problem = f"has an element of more than {MOST_ATTRIBUTES} attributes"
        raise ReadError(where=origin, problem=problem, fix="leave it out: no article needs that")


# --- the text


def _main_text(tree: HtmlElement) -> str:
    config = deepcopy(DEFAULT_CONFIG)
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")  # below it, the paragraphs would run into one
    found = trafilatura.extract(
        tree, include_comments=False, include_tables=False, prune_xpath=list(_HIDDEN), config=config
    )
    return found or ""


def _body(item: Mapping[str, Any]) -> str:
    """What JSON-LD gives as the text, unless it is a teaser or marked up."""
    body = item.get("articleBody")
    if not isinstance(body, str) or len(body) < 300 or body.rstrip().endswith(("...", "…")) or "<" in body:
        return ""
    return body.strip()


# --- what is said of it


def _articles(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The articles that the page describes in JSON-LD: https://schema.org/Article and its kinds."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            described = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _items(described):
            kinds = item.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and kind.endswith(("Article", "Posting")) for kind in kinds):
                yield item


def _items(described: object) -> Iterator[dict[str, Any]]:
    waiting = [described]
    for found in waiting:  # grows as lists and graphs are opened
        if isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            yield found
            waiting.append(found.get("@graph"))


def _title(tree: HtmlElement, item: Mapping[str, Any]) -> str | None:
    headline = item.get("headline") or item.get("name")
    stated = headline if isinstance(headline, str) else _meta(tree, "title")
    return " ".join((stated or tree.findtext(".//title") or "").split()) or None


def _published(tree: HtmlElement, item: Mapping[str, Any]) -> str | None:
    """The first date that is one."""
    times = tree.xpath("//*[@itemprop='datePublished']/@datetime | //article//time/@datetime")
    for value in (item.get("datePublished"), *_metas(tree, "published"), *times):
        day = str(value).strip()[:10]
        try:
            return date.fromisoformat(day).isoformat()
        except ValueError:
            continue
    return None


def _address(tree: HtmlElement, item: Mapping[str, Any]) -> str | None:
    page = item.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, dict) else page
    stated = (*tree.xpath("//link[@rel='canonical']/@href"), *_metas(tree, "url"), item.get("url"), page)
    return next(
        (str(a) for a in stated if isinstance(a, str) and a.startswith(("http://", "https://"))), None
    )


def _name(value: object) -> str | None:
    """The name of a person or body, or of several."""
    values: Iterable[object] = value if isinstance(value, list) else [value]
    names = [found.get("name") if isinstance(found, dict) else found for found in values]
    return ", ".join(name.strip() for name in names if isinstance(name, str) and name.strip()) or None


def _meta(tree: HtmlElement, field: str) -> str | None:
    return next(_metas(tree, field), None)


def _metas(tree: HtmlElement, field: str) -> Iterator[str]:
    for name in _META[field]:
        for value in tree.xpath(
            "//meta[@property=$name or @name=$name or @itemprop=$name]/@content", name=name
        ):
            if value.strip():
                yield str(value).strip()
