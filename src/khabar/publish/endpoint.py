"""The SPARQL endpoint: read the request, let the gate look at the text, have it run elsewhere, answer.

A query is run by a worker of the pool, an update by the one writer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request

from khabar.publish import description, door, editor, gate, protocol, updates
from khabar.publish.access import writer_for_request
from khabar.publish.dataset import is_iri
from khabar.publish.pool import Gone, Replaced
from khabar.publish.protocol import HTML, Format, Refusal
from khabar.publish.site import (
    newer_snapshot,
    prefers_html,
    site,
    snapshot,
    with_links,
)

CLIENT_LEFT: Final = 499  # nobody reads it but the log and the metrics; nginx says so, too

blueprint = Blueprint("endpoint", __name__)


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer one SPARQL query, in the format that the client likes best."""
    values = request.values if request.method == "POST" else request.args
    if request.method in ("GET", "HEAD") and not {"query", "update"} & set(values):
        if prefers_html():
            return _vary(with_links(editor.form("")))
        if protocol.negotiate(request.headers.get("Accept"), description.FORMATS) is not None:
            return with_links(description.service())
    try:
        return _vary(now(lambda: _answer(values.get("format"))))
    except Refusal as refusal:
        if not prefers_html() or values.get("format"):
            raise
        response = editor.form(values.get("query", ""), refusal.status, refusal=refusal)
        response.headers.update(refusal.headers)
        return _vary(response)


@blueprint.route("/update", methods=["POST"])
def update() -> Response:
    """Do one SPARQL update, if the request bears a key for it; it is published before the answer."""
    writer = writer_for_request()
    asked = protocol.update_parameters(*_sent())
    base = snapshot().base
    for iri in (*asked.default_graphs, *asked.named_graphs):
        if not is_iri(iri):
            raise Refusal(
                where=f"<{iri}>", problem="is not an IRI", fix="percent-encode what it may not hold"
            )
    wanted = updates.inspect(asked.text, base, asked.default_graphs, asked.named_graphs)
    if wanted.refusal is not None:
        writer.check(asked.text, base, wanted.first)
        raise wanted.refusal
    if wanted.is_default_changed and not site().dataset.is_plain:
        raise Refusal(
            status=403, code="protected", where="the default graph",
            problem="is made of the named graphs, each triple once",
            fix="write to a named graph, as in INSERT DATA { GRAPH <…> { … } }: the default graph follows",
        )  # fmt: skip
    writer.update(wanted.text, base, wanted.graphs)
    return Response(status=204)


def _sent() -> tuple[str, dict[str, list[str]], dict[str, list[str]], bytes]:
    """The content type, the arguments of the address, those of the form, and the body."""
    content_type, arguments = request.headers.get("Content-Type", ""), request.args.to_dict(flat=False)
    if request.method != "POST":
        return content_type, arguments, {}, b""
    body = request.get_data(cache=True)
    return content_type, arguments, request.form.to_dict(flat=False), body


def _vary(response: Response) -> Response:
    response.vary.add("Accept")
    return response


def now(answer: Callable[[], Response]) -> Response:
    """The answer from the newest snapshot, even if another one is published meanwhile."""
    try:
        try:
            return answer()
        except Replaced:
            newer_snapshot()
            return answer()
    except Gone:
        return Response(status=CLIENT_LEFT)


def _answer(name: str | None) -> Response:
    error = request.environ.pop(door.RAISED, None)
    if error is not None:
        raise error
    asked = protocol.parameters(request.method, *_sent())
    shown, runner = snapshot(), site().runner
    query = runner.inspect(asked.text, shown)
    formats = (*protocol.ANSWERS[query.form], HTML)
    format_ = protocol.choose(name, request.headers.get("Accept"), formats)
    if format_ is not HTML:
        return answered(query, asked, format_)
    timeout = request.values.get("timeout")
    runner.note(request.environ, query, shown, format_)
    with runner.run(request.environ, runner.request(query, asked, shown, format_), timeout) as answer:
        body = answer.read()
    return editor.form(asked.text, found=editor.found(query.form, body), formats=formats[:-1])


def answered(query: gate.Query, asked: protocol.Parameters, format_: Format) -> Response:
    """The answer to one query in a format for programs; raises Refusal."""
    timeout = request.values.get("timeout")
    answer = site().runner.answer(request.environ, snapshot(), query, asked, format_, timeout)
    is_whole = isinstance(answer.body, bytes)
    return Response(answer.body, answer.status, answer.headers, direct_passthrough=not is_whole)
