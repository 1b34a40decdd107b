"""How the service does, for people and as JSON: what it serves, since when, how much, and with what."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib import metadata
from typing import Final, NamedTuple

from flask import Blueprint, Response, jsonify, request

from khabar.publish import checks, description, editor, protocol
from khabar.publish.interface import Text
from khabar.publish.protocol import HTML, Format
from khabar.publish.site import counted, language, page, site, text, view
from khabar.publish.views import value
from khabar.version import __version__

FORMATS: Final = (HTML, Format("json", "application/json"))
LIBRARIES: Final = ("pyoxigraph", "rdflib", "pyshacl", "flask", "waitress")

blueprint = Blueprint("status", __name__)


class Line(NamedTuple):
    """One thing that is told, and where there is more of it."""

    name: str  # a text of the interface
    shown: Text
    leads_to: str = ""  # a path of ours


@blueprint.get("/status")
def status() -> Response:
    """What is served, and how it is doing."""
    told = _told()
    if protocol.choose(request.args.get("format"), request.headers.get("Accept"), FORMATS) is not HTML:
        response = jsonify(told)
    else:
        response = page("status.html", lines=_lines(told), versions=told["versions"])
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-store"
    return response


def _told() -> dict[str, object]:
    """All figures, by name."""
    snapshot, pool, clock = view().snapshot, site().pool, site().front.clock
    published = datetime.fromtimestamp(int(snapshot.published), UTC)
    numbers = snapshot.once("numbers.rq")
    sizes = {value(row["class"]).rpartition("#")[2]: int(value(row["number"])) for row in numbers}
    found = checks.checked()
    return {
        "ready": pool.held_by is not None and not site().door.is_closing,
        "snapshot": snapshot.id,
        "published": published.isoformat(),
        "age": None if clock is None else max(0, round(clock() - snapshot.published)),
        "newest": view().today,
        "triples": description.triples(snapshot),
        "graphs": len(snapshot.graphs),
        "articles": sizes.get("Article", 0),
        "facts": sizes.get("Statement", 0),
        "conforms": None if found is None else found.conforms,
        "violations": None if found is None else found.violations,
        "warnings": None if found is None else found.warnings,
        "workers": pool.workers,
        "busy": pool.busy,
        "waiting": pool.waiting,
        "jail": pool.held_by or "unknown",
        "writable": site().writer is not None,
        "editor": editor.has_editor(),
        "versions": {"khabar": __version__, "python": platform.python_version()}
        | {name: metadata.version(name) for name in LIBRARIES},
    }  # fmt: skip


def _lines(told: dict[str, object]) -> list[Line]:
    """The figures that people ask for."""
    outcome = {True: "conforms", False: "violated", None: "no-report"}[told["conforms"]]  # type: ignore[index]
    published, words = datetime.fromisoformat(str(told["published"])), site().interface
    age = Text("–") if told["age"] is None else words.age(int(str(told["age"])), language())
    return [
        Line("status-service", text("yes" if told["ready"] else "no"), "/readyz"),
        Line("status-published", words.moment(published, language())),
        Line("status-age", age),
        Line("newest", words.date(str(told["newest"]), language())),
        Line("articles-read", counted("n-articles", int(str(told["articles"]))), "/class/Article"),
        Line("facts", counted("n-facts", int(str(told["facts"]))), "/class/"),
        Line("status-triples", _number(told["triples"]), "/.well-known/void"),
        Line("status-graphs", _number(told["graphs"])),
        Line("validation", text(outcome), "/validation"),
        Line("status-workers", Text(f"{told['busy']} / {told['workers']}", direction="ltr")),
        Line("status-snapshot", Text(str(told["snapshot"]), direction="ltr")),
    ]


def _number(number: object) -> Text:
    if number is None:
        return Text("–")
    return Text(site().interface.number(int(str(number)), language()), language().tag, language().direction)
