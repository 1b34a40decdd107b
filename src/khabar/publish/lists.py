"""Everything of one class, what happened in one year, and every body that has chairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

import pyoxigraph as ox
from flask import Blueprint, Response, abort, request

from khabar.publish.dataset import Row
from khabar.publish.interface import Text
from khabar.publish.seats import strip
from khabar.publish.site import behind, page, site, view
from khabar.publish.things import is_known, page_asked, thing_asked
from khabar.publish.views import Thing, value

OF_A_PAGE: Final = 50
MOST_HAPPENINGS: Final = 300  # of a year

blueprint = Blueprint("lists", __name__)


class Paged(NamedTuple):
    """Some of many rows."""

    rows: Sequence[Row]
    total: int
    page: int  # from 1
    pages: int


def paged(rows: Sequence[Row]) -> Paged:
    """The rows of the page that is asked for."""
    pages = max(1, -(-len(rows) // OF_A_PAGE))
    page_ = min(max(page_asked(), 1), pages)
    return Paged(rows[(page_ - 1) * OF_A_PAGE : page_ * OF_A_PAGE], len(rows), page_, pages)


# --- classes


@blueprint.get("/class/")
def classes() -> Response:
    """The classes that things belong to, and how many belong to each."""
    rows = view().snapshot.once("class-sizes.rq")
    listed = [(view().thing(value(row["class"])), int(value(row["number"]))) for row in rows]
    return page("classes.html", listed=listed, query=behind("class-sizes.rq"))


@blueprint.get("/class/<name>")
def members(name: str) -> Response:
    """The things of one class, those that most statements speak of first; articles by date."""
    iri = f"{site().dataset.base}ont#{name}"
    if not is_known(iri) or not iri.isascii():
        abort(404)
    reader = view()
    cls = ox.NamedNode(iri)
    is_article = name == "Article"
    query = "articles.rq" if is_article else "members.rq"
    bindings = {} if is_article else {"class": cls}
    found = paged(reader.snapshot.once(query, **bindings))
    things = [
        (
            reader.thing(value(row.get("thing") or row.get("article"))),
            reader.shown(row["published"]) if "published" in row else None,
            int(value(row.get("number")) or 0),
        )
        for row in found.rows
    ]
    return page(
        "members.html", cls=reader.thing(iri), things=things, found=found, query=behind(query, **bindings)
    )


# --- chairs


@blueprint.get("/chairs/")
def chaired() -> Response:
    """The bodies that somebody chairs."""
    rows = view().snapshot.once("chaired.rq")
    found = paged([row for row in rows if value(row["thing"]).startswith(site().dataset.base)])
    bodies = [(view().thing(value(row["thing"])), int(value(row["number"]))) for row in found.rows]
    return page("chaired.html", bodies=bodies, found=found, query=behind("chaired.rq"))


@blueprint.get("/chairs/<name>")
def chairs(name: str) -> Response:
    """Who chaired one body, year by year."""
    iri, reader = thing_asked(name), view()
    seats = strip(reader, reader.same(iri))
    return page(
        "chairs.html",
        thing=reader.thing(iri),
        classes=reader.classes(iri),
        strip=seats,
        has_chairs=True,
        tab="chairs",
        query=behind("chairs.rq", this=ox.NamedNode(iri)),
    )


# --- timeline


class Month(NamedTuple):
    """What happened in one month, or in a year of which no month is told."""

    name: Text | Thing | None
    rows: tuple[tuple[Thing, Text | Thing, Thing], ...]  # an event, its date, and the statement that tells


@blueprint.get("/timeline")
def timeline() -> Response:
    """What happened in a year; the newest, if none is asked for."""
    rows = view().snapshot.once("happenings.rq")
    numbers = Counter(value(row["earliest"])[:4] for row in rows)
    asked = request.args.get("year", "")
    year = asked if asked in numbers else max(numbers, default="")
    of_year = [row for row in rows if value(row["earliest"]).startswith(f"{year}-")]
    months = [
        Month(_month(key), tuple(_happening(row) for row in group))
        for key, group in groupby(of_year[:MOST_HAPPENINGS], key=_month_key)
    ]
    most = max(numbers.values(), default=1)
    years = [(name, number, round(100 * number / most)) for name, number in sorted(numbers.items())]
    return page(
        "timeline.html",
        year=year,
        years=years[-80:],
        months=months,
        is_cut=len(of_year) > MOST_HAPPENINGS,
        query=behind("happenings.rq"),
    )


def _month_key(row: Row) -> str:
    """The year and month of an event; the year alone, where no month is told."""
    earliest, latest = value(row["earliest"]), value(row.get("latest"))
    return earliest[:7] if earliest[:7] == latest[:7] else ""


def _month(key: str) -> Text | None:
    return view().interface.date(key, view().language) if key else None


def _happening(row: Row) -> tuple[Thing, Text | Thing, Thing]:
    reader = view()
    statement = value(row["statement"])
    return reader.thing(value(row["event"])), reader.shown(row["when"]), Thing(statement, Text(statement))
