"""The report of the last build's validation, as a page, a file, and a badge for a README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from flask import Blueprint, Response, abort, render_template

from khabar.publish.interface import Text
from khabar.publish.site import language, page, site, text, view
from khabar.publish.things import is_known
from khabar.publish.views import Thing, short

MOST: Final = 500  # results of the page; the file has them all
_RESULT: Final = re.compile(r"(\w+): (.*)\n  <([^>\n]+)>(?:  (.*?))?  \((.*)\)\n")
_SUMMARY: Final = re.compile(r"(Conforms|Does not conform): (\d+) violations, (\d+) warnings")

blueprint = Blueprint("checks", __name__)


class Result(NamedTuple):
    """One node that does not hold what a shape says."""

    severity: str
    message: str
    focus: Thing
    path: str
    shape: str


class Checked(NamedTuple):
    """What the validation of a build found."""

    conforms: bool
    violations: int
    warnings: int
    results: tuple[Result, ...]


@blueprint.get("/validation")
def validation() -> Response:
    """What the shapes say of the graph."""
    return page("validation.html", checked=_checked())


@blueprint.get("/validation.txt")
def report() -> Response:
    """The report as the build wrote it."""
    path = _path()
    if not path.is_file():
        abort(404)
    return Response(path.read_text(encoding="utf-8"), content_type="text/plain; charset=utf-8")


@blueprint.get("/validation.svg")
def badge() -> Response:
    """A small picture of the outcome, to be shown elsewhere."""
    checked = _checked()
    if checked is None:
        abort(404)
    name = "conforms" if checked.conforms else "violated"
    words = text("badge"), text(name)
    widths = [
        8 * len(word.value) + 20 for word in words
    ]  # generous: letters are measured by the reader's font
    drawn = render_template(
        "badge.svg", words=words, widths=widths, conforms=checked.conforms, language=language()
    )
    response = Response(drawn, content_type="image/svg+xml; charset=utf-8")
    response.vary.add("Accept-Language")
    return response


def _path() -> Path:
    return site().dataset.folder / "reports" / "validation.txt"


def _checked() -> Checked | None:
    """The report of the last build; None where there is none, or one that another version has written."""
    path = _path()
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    summary = _SUMMARY.search(written)
    if summary is None:
        return None
    results = (_result(match) for match, _ in zip(_RESULT.finditer(written), range(MOST), strict=False))
    return Checked(summary[1] == "Conforms", int(summary[2]), int(summary[3]), tuple(results))


def _result(match: re.Match[str]) -> Result:
    severity, message, iri, path, shape = match.groups()
    # What broke a shape was kept out, so that its IRI may lead to nothing.
    shown = view().thing(iri) if is_known(iri) else Thing("", Text(short(iri, view().snapshot.base)))
    return Result(severity.lower(), message, shown, path or "", shape)
