"""/validate: paste or send Turtle, get a report; a process that may be killed makes it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
from flask import Blueprint, Response, request

from khabar.publish import protocol
from khabar.publish.interface import Text
from khabar.publish.protocol import Format, Refusal
from khabar.publish.site import language, page, prefers_html, site

MEMORY: Final = 1 << 30  # bytes
AT_ONCE: Final = threading.BoundedSemaphore(2)
WAIT: Final = 2.0  # seconds, for one of them to end

# The forms of a report, the one for people first; docs/validate.md describes them.
REPORTS: Final = (
    Format("text", "text/plain"),
    Format("json", "application/json"),
    Format("turtle", "text/turtle", ("ttl",)),
    Format("junit", "application/xml", ("text/xml", "xml")),
    Format("sarif", "application/sarif+json"),
    Format("github", "text/x-github-annotations"),
    Format("html", "text/html"),
)
SYNTAXES: Final = {
    "text/turtle": "turtle", "application/n-triples": "ntriples", "application/n-quads": "nquads",
    "application/trig": "trig", "application/ld+json": "jsonld", "application/rdf+xml": "rdfxml",
}  # fmt: skip

MOST: Final = 200  # results of a page; the other forms have them all
EXAMPLE: Final = Path(__file__).parent / "templates" / "faulty.ttl"

blueprint = Blueprint("validation", __name__)


class Result(NamedTuple):
    """A node that does not hold what a shape says, where it stands in what was sent."""

    level: str  # violation, warning or info
    message: Text
    name: str
    focus: str
    path: str
    value: str
    shape: str
    is_ours: bool  # whether the page of our shapes tells more
    line: int  # from 1; 0 where it is not known
    column: int
    text: str  # that line
    sentence: str  # of an article that is among the data


@blueprint.route("/validate", methods=["GET", "POST"])
def validate() -> Response:
    """A form to paste data into; or the report on what was sent."""
    if request.method in ("GET", "HEAD"):
        data = EXAMPLE.read_text(encoding="utf-8") if "example" in request.args else ""
        return page("validate.html", data=data, shapes="", formats=REPORTS)
    data, shapes, syntax = _sent()
    wants_page = prefers_html() and not request.values.get("format")
    accept = None if wants_page else request.headers.get("Accept")
    form = protocol.choose(request.values.get("format") or None, accept, REPORTS)
    try:
        report = _report(data, shapes, syntax, "json" if wants_page else form.name)
    except Refusal as refusal:
        if not wants_page:
            raise
        return page(
            "validate.html", refusal.status, data=data, shapes=shapes, formats=REPORTS, refusal=refusal
        )
    if wants_page:
        told = json.loads(report)
        results = [_result(result, is_own=bool(shapes.strip())) for result in told["results"][:MOST]]
        return page("validate.html", data=data, shapes=shapes, formats=REPORTS, told=told, results=results)
    answer = Response(click.unstyle(report), content_type=f"{form.media_type}; charset=utf-8")
    if form.name == "html":  # it brings its own style, which our pages may not
        answer.headers["Content-Disposition"] = "attachment; filename=report.html"
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.add("Accept")
    return answer


def _result(told: dict[str, Any], *, is_own: bool) -> Result:
    """One result of a report, in the reader's language; IS_OWN: of shapes that are not ours."""
    known = [site().interface.written(message, tag) for tag, message in told["messages"].items()]
    place, quote = told["place"] or {}, told["quote"]
    return Result(
        level=told["level"],
        message=site().interface.best(known, language()) or Text(""),
        name=told["name"],
        focus=told["focus"]["value"],
        path=told["path"] or "",
        value=(told["value"] or {}).get("value", ""),
        shape=told["shape"]["value"].rpartition("#")[2] or told["shape"]["value"],
        is_ours=not is_own,
        line=place.get("line") or 0,
        column=place.get("column") or 0,
        text=(place.get("text") or "").strip(),
        sentence=quote["sentence"] if quote else "",
    )


def _sent() -> tuple[str, str, str | None]:
    """The data, the shapes and the syntax of the data: of a form, or of a body that is the data itself."""
    syntax = SYNTAXES.get(request.mimetype)
    if syntax is not None:
        return _decoded(request.get_data()), "", syntax
    uploaded = request.files.get("file")
    data = _decoded(uploaded.read()) if uploaded and uploaded.filename else request.form.get("data", "")
    if not data.strip():
        raise Refusal(
            where="data",
            problem="is empty",
            fix="paste Turtle, choose a file, or send it as the body with Content-Type: text/turtle",
        )
    return data, request.form.get("shapes", ""), None


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(where="data", problem="is not UTF-8", fix="save the file as UTF-8") from error


def _report(data: str, shapes: str, syntax: str | None, form: str) -> str:
    asked = {
        "data": data, "shapes": shapes, "syntax": syntax, "format": form, "language": language().tag,
    }  # fmt: skip
    seconds = site().pool.limits.seconds
    if not AT_ONCE.acquire(timeout=WAIT):
        raise Refusal(
            status=503, code="busy", where="server", problem="is validating for others just now",
            fix="ask again in a few seconds", headers={"Retry-After": "5"},
        )  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "khabar.publish.validator", str(MEMORY)],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refusal(
            status=503, code="timeout", where="data",
            problem=f"took longer than {seconds:g} seconds to validate",
            fix="send less at a time, or run khabar validate yourself",
        ) from error  # fmt: skip
    finally:
        AT_ONCE.release()
    try:
        said = json.loads(done.stdout)
    except ValueError as error:
        raise Refusal(
            status=503, code="validator", where="data",
            problem="could not be validated within the memory there is",
            fix="send less at a time, or run khabar validate yourself",
        ) from error  # fmt: skip
    if "report" not in said:
        raise Refusal(where=said["where"], problem=said["problem"], fix=said["fix"])
    return str(said["report"])
