"""What is found by words, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

from flask import Blueprint, Response, request

from khabar.graph.index import Found, things
from khabar.publish import protocol
from khabar.publish.interface import Text
from khabar.publish.protocol import HTML, Format, Refusal
from khabar.publish.site import page, site, snapshot, view
from khabar.publish.views import Thing

FORMATS: Final = (HTML, Format("json", "application/json"))
SHOWN: Final = 30  # things of a page
MOST: Final = 100  # results in JSON
LONGEST: Final = 200  # characters of what is looked for, and of what is shown of a literal

blueprint = Blueprint("finding", __name__)


class Hit(NamedTuple):
    """A thing that was found, and the words it was found by if they are not its name."""

    thing: Thing
    words: Text | None


@blueprint.get("/search")
def search() -> Response:
    """The things of which something is said in these words."""
    words = request.args.get("q", "").strip()[:LONGEST]
    format_ = protocol.choose(request.args.get("format"), request.headers.get("Accept"), FORMATS)
    if format_ is HTML:
        response = page("search.html", words_asked=words, found=hits(words))
    else:
        found = snapshot().search(words, _limit(), begins=True)
        told = {"query": words, "results": [one.told() for one in found]}
        response = Response(json.dumps(told, ensure_ascii=False), content_type="application/json")
    response.vary.add("Accept")
    return response


def hits(words: str) -> list[Hit]:
    """The things with such names, and those of which such words are said, each once, the best first."""
    base = site().dataset.base
    places = ("",) if site().dataset.is_plain else (f"{base}id/", f"{base}article/")
    found = [one for place in places for one in _found(words, place)]
    return [_hit(one.subject, one) for one in things(found, base)[:SHOWN]]


def _found(words: str, subjects: str) -> Sequence[Found]:
    return snapshot().search(words, MOST, begins=True, subjects=subjects)


def _hit(iri: str, found: Found) -> Hit:
    thing = view().thing(iri)
    shown = found.value if len(found.value) <= LONGEST else f"{found.value[:LONGEST]}…"
    text = view().interface.written(shown, found.language)
    return Hit(thing, None if text.value in {name.value for name in view().names(iri)} else text)


def _limit() -> int:
    written = request.args.get("limit", str(SHOWN))
    if not written.isdecimal() or not 0 < int(written) <= MOST:
        raise Refusal(
            where=f"limit={written[:40]}", problem="is no number of results", fix=f"write one up to {MOST}"
        )
    return int(written)
