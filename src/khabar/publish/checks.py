"""The report of the last build's validation, as a page, a file, and a badge for a README."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyoxigraph as ox
from flask import Blueprint, Response, abort, render_template

from khabar.graph.report import VERSION, local
from khabar.publish import protocol, shapes
from khabar.publish.interface import Text
from khabar.publish.protocol import HTML
from khabar.publish.representations import DATA, REPRESENTATIONS, chosen, data
from khabar.publish.site import language, page, site, text, view
from khabar.publish.things import is_known
from khabar.publish.views import Thing
from khabar.resources import folder as resource_folder
from khabar.vocab import DEFAULT_BASE

MOST: Final = 500  # results of the page; the file has them all
FORMS: Final = {"txt": "text/plain; charset=utf-8", "json": "application/json"}

blueprint = Blueprint("checks", __name__)


class Result(NamedTuple):
    """One node that does not hold what a shape says."""

    severity: str
    message: Text
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
    return page("validation.html", checked=checked())


@blueprint.get("/shapes")
@blueprint.get("/shapes.<suffix>")
def shapes_page(suffix: str | None = None) -> Response:
    """The shapes, for people and for programs."""
    format_ = protocol.named(suffix, REPRESENTATIONS) if suffix else chosen()
    if format_ is None:
        abort(404)
    if format_ is not HTML:
        return data(_shape_quads(site().dataset.base), format_, "shapes")
    found: defaultdict[str, list[Result]] = defaultdict(list)
    last = checked()
    listed = shapes.shapes(view())
    owners = {demand.name: shape.name for shape in listed for demand in shape.demands}
    for result in last.results if last else ():
        found[owners.get(result.shape, result.shape)].append(result)
    response = page("shapes.html", shapes=listed, found=found, formats=DATA)
    response.vary.add("Accept")
    return response


@cache
def _shape_quads(base: str) -> ox.Dataset:
    """The files of shapes under BASE; their lists have the same names each time, and so one entity tag."""
    found = ox.Dataset()
    for path in sorted(resource_folder("shapes").glob("*.ttl")):
        written = path.read_text(encoding="utf-8").replace(DEFAULT_BASE, base)
        for quad in ox.parse(written, format=ox.RdfFormat.TURTLE):
            found.add(quad)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


@blueprint.get("/validation.<any(txt, json):form>")
def report(form: str) -> Response:
    """The report as the build wrote it."""
    path = _path(f"validation.{form}")
    if not path.is_file():
        abort(404)
    return Response(path.read_text(encoding="utf-8"), content_type=FORMS[form])


@blueprint.get("/validation.svg")
def badge() -> Response:
    """A small picture of the outcome, to be shown elsewhere."""
    found = checked()
    if found is None:
        abort(404)
    name = "conforms" if found.conforms else "violated"
    words = text("badge"), text(name)
    widths = [
        8 * len(word.value) + 20 for word in words
    ]  # generous: letters are measured by the reader's font
    drawn = render_template(
        "badge.svg", words=words, widths=widths, conforms=found.conforms, language=language()
    )
    response = Response(drawn, content_type="image/svg+xml; charset=utf-8")
    response.vary.add("Accept-Language")
    return response


def _path(name: str) -> Path:
    return site().dataset.folder / "reports" / name


def checked() -> Checked | None:
    """The report of the last build; None where there is none, or one that another version has written."""
    path = _path("validation.json")
    told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if told.get("version") != VERSION:
        return None
    results = tuple(_result(result) for result in told["results"][:MOST])
    return Checked(told["conforms"], told["violations"], told["warnings"], results)


def _result(told: dict[str, Any]) -> Result:
    # What broke a shape was kept out, so that its IRI may lead to nothing.
    iri = told["focus"]
    shown = view().thing(iri) if is_known(iri) else Thing("", Text(told["name"]))
    messages = [view().interface.written(text, tag) for tag, text in told["messages"].items()]
    message = view().interface.best(messages, language()) or Text("")
    return Result(told["severity"], message, shown, told["path"] or "", local(told["shape"]))
