"""The map: the countries that events took place in, drawn from outlines that ship with the program."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from flask import Blueprint, Response

from khabar.publish.site import behind, page, view
from khabar.publish.views import Thing, value

OUTLINES: Final = Path(__file__).with_name("outlines.json")  # ISO 3166-1 code -> path; by tests/outlines.py
SHADES: Final = 4

blueprint = Blueprint("atlas", __name__)


class Country(NamedTuple):
    """A country, and how many statements speak of events there."""

    thing: Thing
    code: str  # of ISO 3166-1
    number: int
    shade: int  # from 1 to SHADES: the more, the darker


@cache
def outlines() -> dict[str, str]:
    """The paths of all countries."""
    found: dict[str, str] = json.loads(OUTLINES.read_text(encoding="utf-8"))
    return found


@blueprint.get("/map")
def countries() -> Response:
    """Where events took place or will."""
    reader = view()
    rows = reader.snapshot.once("countries.rq")
    most = max((int(value(row["number"])) for row in rows), default=1)
    listed = [
        Country(reader.thing(value(row["country"])), value(row["code"]), number, -(-SHADES * number // most))
        for row in rows
        if (number := int(value(row["number"])))
    ]
    coloured = {country.code: country for country in listed}
    return page(
        "map.html",
        countries=listed,
        others="".join(path for code, path in outlines().items() if code not in coloured),
        drawn=[(outlines()[code], country) for code, country in coloured.items() if code in outlines()],
        query=behind("countries.rq"),
    )
