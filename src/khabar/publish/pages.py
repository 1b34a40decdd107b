"""The pages that lead to the others: home, and what to do about a wrong address."""

from __future__ import annotations

from itertools import islice
from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response, request

from khabar.publish import described
from khabar.publish.disagreements import disputes
from khabar.publish.downloads import distributions
from khabar.publish.finding import hits
from khabar.publish.site import page, text, view, with_links
from khabar.publish.views import Fact

MOST_ARTICLES: Final = 8  # of the home page

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> Response:
    """What the graph is, how much is in it, one of its facts, and the ways in."""
    reader = view()
    snapshot, interface = reader.snapshot, reader.interface
    counted = {
        row["class"].value.rpartition("#")[2]: int(row["number"].value) for row in snapshot.once("numbers.rq")
    }
    numbers = [
        ("n-articles", counted.get("Article", 0), "/class/Article"),
        ("n-facts", counted.get("Statement", 0), "/class/"),
        ("n-people", counted.get("Person", 0), "/class/Person"),
        ("n-disputes", len(disputes(snapshot)), "/compare"),
    ]
    articles = [
        (reader.thing(row["article"].value), reader.shown(row["published"]) if "published" in row else None)
        for row in snapshot.once("articles.rq")[:MOST_ARTICLES]
    ]
    about = {"name": text("name"), "description": text("home-text")}
    ways = [(f"{snapshot.base}sparql", "text/turtle"), *distributions()]
    home_page = page(
        "home.html",
        example=_example(),
        numbers=[(interface.counted(name, n, reader.language), n, path) for name, n, path in numbers],
        articles=articles,
        described=described.dataset(reader, about, ways),
    )
    return with_links(home_page)


def _example() -> Fact | None:
    """A fact to show to a visitor, with a sentence in the language to show first, if there is one."""
    reader = view()
    first = reader.interface.example_language
    tags = dict.fromkeys([first, *(language.tag for language in reader.interface.languages)])
    # The choice is remembered as a whole: a language without any would be searched again at each visit.
    rows = (row for tag in tags for row in reader.snapshot.select("example.rq", language=ox.Literal(tag)))
    chosen = reader.snapshot.remember("example", lambda: [row["statement"].value for row in islice(rows, 1)])
    return reader.fact(chosen[0]) if chosen else None


def not_found() -> Response:
    """A page for an address that names nothing: what has such a name, or what holds one of its words."""
    words = request.path.rpartition("/")[2].rpartition(".")[0] or request.path.rpartition("/")[2]
    words = words.replace("-", " ").replace("_", " ").strip()
    found = hits(words) or [hit for word in words.split() if len(word) > 3 for hit in hits(word)]
    things = dict.fromkeys(hit.thing for hit in found)
    return page("not-found.html", 404, words_asked=words, found=list(things)[:12])
