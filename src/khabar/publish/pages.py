"""The pages that lead to the others: home, and what to do about a wrong address."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from flask import Blueprint, Response, request

from khabar.publish import described
from khabar.publish.disagreements import disputes
from khabar.publish.downloads import distributions
from khabar.publish.finding import hits
from khabar.publish.site import page, text, view, with_links
from khabar.publish.views import Fact, Thing, View, value
from khabar.vocab import RDF, SCHEMA

MOST_ARTICLES: Final = 8  # of the home page
MOST_READ: Final = 12  # articles, for an example
READABLE: Final = range(31, 240)  # code points of a sentence to show

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
    # That there is none is remembered, too: else all would be searched again at each visit.
    (chosen,) = reader.snapshot.remember("example", lambda: [next(_telling(reader), "")])
    return reader.fact(chosen) if chosen else None


def _telling(reader: View) -> Iterator[str]:
    """The most telling statement of the newest articles in each language, that to show first before others.

    To have the engine look through all statements takes seconds in a graph of a million quads.
    """
    first = reader.interface.example_language
    for tag in dict.fromkeys([first, *(language.tag for language in reader.interface.languages)]):
        newest = islice(_written_in(reader, tag), MOST_READ)
        facts = [fact for article in newest for fact in reader.facts((article,)).facts]
        telling = sorted(
            (fact for fact in facts if _is_telling(reader, fact, tag)), key=lambda fact: fact.iri
        )
        if telling:
            yield max(telling, key=lambda fact: (fact.earliest != "", fact.confidence, _length(fact))).iri


def _written_in(reader: View, tag: str) -> Iterator[str]:
    """The articles in a language, the newest first."""
    for row in reader.snapshot.once("articles.rq"):
        article = value(row["article"])
        if tag in map(value, reader.snapshot.values(article, str(SCHEMA.inLanguage))):
            yield article


def _is_telling(reader: View, fact: Fact, tag: str) -> bool:
    """Whether a fact is asserted, relates named things, and stands in a sentence of readable length."""
    relates = isinstance(fact.object, Thing) and fact.predicate.iri != str(RDF.type)
    is_named = all(reader.snapshot.names(iri) for iri in fact.ends)
    is_read = any(quotation.language == tag for quotation in fact.quotations)
    return fact.state == "asserted" and relates and is_named and is_read and _length(fact) in READABLE


def _worth(fact: Fact) -> tuple[bool, str, int, str]:
    """What has a time is shown before what has none, then what is sure, then what says more."""
    return fact.earliest != "", fact.confidence, _length(fact), fact.iri


def _length(fact: Fact) -> int:
    """The code points of its first quotation."""
    return fact.quotations[0].end - fact.quotations[0].begin if fact.quotations else 0


def not_found() -> Response:
    """A page for an address that names nothing: what has such a name, or what holds one of its words."""
    words = request.path.rpartition("/")[2].rpartition(".")[0] or request.path.rpartition("/")[2]
    words = words.replace("-", " ").replace("_", " ").strip()
    found = hits(words) or [hit for word in words.split() if len(word) > 3 for hit in hits(word)]
    things = dict.fromkeys(hit.thing for hit in found)
    return page("not-found.html", 404, words_asked=words, found=list(things)[:12])
