"""Where sources disagree, side by side: the answers, who gives them, and in which words."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from khabar.publish.disagreements import KINDS, disagreements, disputes
from khabar.publish.site import example, page, site, view
from khabar.publish.things import page_asked

OF_A_PAGE: Final = 20

blueprint = Blueprint("compare", __name__)


@blueprint.get("/compare")
def compare() -> Response:
    """The disagreements, the gravest first; of one kind with `?kind=`, about one thing with `?about=`."""
    reader = view()
    everything = disputes(reader.snapshot)
    about, kind = request.args.get("about", ""), request.args.get("kind", "")
    if about:
        same = reader.same(f"{site().dataset.base}id/{about}") if about.isascii() and _is_name(about) else ()
        everything = tuple(dispute for dispute in everything if dispute.about in same)
    numbers = [(name, sum(dispute.kind == name for dispute in everything)) for name in KINDS]
    found = [dispute for dispute in everything if kind not in KINDS or dispute.kind == kind]
    pages = max(1, -(-len(found) // OF_A_PAGE))
    number = min(max(page_asked(), 1), pages)
    shown = found[(number - 1) * OF_A_PAGE : number * OF_A_PAGE]
    return page(
        "compare.html",
        disagreements=list(disagreements(reader, shown)),
        numbers=[(name, n) for name, n in numbers if n],
        kind=kind if kind in KINDS else "",
        about=reader.thing(f"{site().dataset.base}id/{about}") if about and found else None,
        total=len(found),
        number=number,
        pages=pages,
        query=example("disputed"),
    )


def _is_name(text: str) -> bool:
    return all(letter.isalnum() or letter in "-_" for letter in text)
