"""What the site is and how to use it from programs; what it tells to crawlers."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, abort, render_template, request

from khabar.publish.representations import DATA
from khabar.publish.site import link, page, view
from khabar.publish.views import value
from khabar.version import __version__

PART: Final = 20_000  # addresses in one sitemap: https://www.sitemaps.org/protocol.html allows 50,000

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def about() -> Response:
    """How the facts are made, what is missing, how to cite, and an example of each way in."""
    return page("about.html", version=__version__, formats=DATA)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything may be read; queries are not for crawlers."""
    lines = ["User-agent: *", f"Disallow: {link('/sparql')}?", f"Disallow: {link('/search')}?"]
    lines += ["", f"Sitemap: {_root()}sitemap.xml", ""]
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The parts of the list of all pages about things and articles."""
    parts = max(1, -(-len(_pages()) // PART))
    return _xml("sitemap-index.xml", parts=[f"{_root()}sitemap-{part}.xml" for part in range(1, parts + 1)])


@blueprint.get("/sitemap-<int:part>.xml")
def sitemap_part(part: int) -> Response:
    """One part of that list."""
    pages = _pages()[(part - 1) * PART : part * PART] if part > 0 else []
    if not pages:
        abort(404)
    return _xml("sitemap.xml", pages=[_root() + path for path in pages])


def _pages() -> list[str]:
    """The addresses of all things and articles, below the root of the site."""
    base = view().snapshot.base
    rows = view().snapshot.once("sitemap.rq")
    return sorted({link("/" + value(row["thing"]).removeprefix(base) + ".html").lstrip("/") for row in rows})


def _root() -> str:
    return request.url_root


def _xml(template: str, **values: object) -> Response:
    return Response(render_template(template, **values), content_type="application/xml; charset=utf-8")
