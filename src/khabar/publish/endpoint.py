"""The SPARQL endpoint: read the request, let the gate look at the text, have it run elsewhere, answer.

A query is run by a worker of the pool, an update by the one writer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Final

from flask import Blueprint, Response, request

from khabar.publish import answers, clients, description, door, editor, gate, protocol, search, updates
from khabar.publish.access import writer_for_request
from khabar.publish.dataset import Snapshot, is_iri
from khabar.publish.pool import Gone, Replaced, Request, digest
from khabar.publish.protocol import HTML, TURTLE, Format, Refusal
from khabar.publish.site import (
    newer_snapshot,
    prefers_html,
    site,
    snapshot,
    with_links,
)
from khabar.publish.solutions import MOST_ROWS

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
    asked = protocol.parameters(request.method, *_sent())
    shown = snapshot()
    query = search.inspect(asked.text, shown.base, site().gate_limits, shown.search)
    formats = (*protocol.ANSWERS[query.form], HTML)
    format_ = protocol.choose(name, request.headers.get("Accept"), formats)
    if format_ is not HTML:
        return answered(query, asked, format_)
    _note(query, format_)
    with _run(_request(query, asked, shown, format_)) as answer:
        body = answer.read()
    return editor.form(asked.text, found=editor.found(query.form, body), formats=formats[:-1])


def answered(query: gate.Query, asked: protocol.Parameters, format_: Format) -> Response:
    """The answer to one query in a format for programs; raises Refusal."""
    shown = snapshot()
    work = _request(query, asked, shown, format_)
    entry = _note(query, format_)
    tag = answers.tag(shown, query, work.default_graphs, work.named_graphs, format_)
    response, entry["cache"] = answers.answer(tag, shown, format_, site().cache, lambda: _run(work))
    return response


def _note(query: gate.Query, format_: Format) -> dict[str, str]:
    """What the log shall say of a query; how its answer came about is to be added."""
    entry = {
        "form": query.form, "format": format_.name, "snapshot": snapshot().id,
        "query": digest(query.normal),
    }  # fmt: skip
    if (log := site().front.log) is not None and log.with_text:
        entry["text"] = query.text
    request.environ[door.ENTRY] = entry
    return entry


def _run(work: Request) -> IO[bytes]:
    """Have a worker do it, for as long as the client waits and may let it work."""
    environ = request.environ
    environ[door.SPENT] = 0.0  # what it waits is not its fault

    def charge(seconds: float) -> None:
        environ[door.SPENT] += seconds

    return site().pool.run(
        work,
        client=environ.get(door.CLIENT, ""),
        seconds=protocol.timeout(request.values.get("timeout")),
        is_gone=clients.departure(environ),
        charge=charge,
    )


def _request(query: gate.Query, asked: protocol.Parameters, shown: Snapshot, format_: Format) -> Request:
    """The work for the pool.  The dataset of the request goes before that of the query:
    https://www.w3.org/TR/sparql11-protocol/#dataset
    """
    default, named = asked.default_graphs, asked.named_graphs
    if not default and not named:
        default, named = query.default_graphs, query.named_graphs
    for iri in (*default, *named):
        _check_graph(iri, shown)
    is_page = format_ is HTML
    return Request(
        query=query.text,
        store=str(shown.path),
        snapshot=shown.id,
        base=shown.base,
        media_type=TURTLE.media_type if is_page else format_.media_type,
        withheld=shown.withheld,
        has_dataset=bool(default or named),
        default_graphs=default,
        named_graphs=named,
        names_graphs=query.names_graphs,
        rows=MOST_ROWS + 1 if is_page else 0,
        prefixes=shown.prefixes,
        form=query.form,
    )


def _check_graph(iri: str, shown: Snapshot) -> None:
    """In a plain dataset any IRI may name a graph, which then is empty: it may be written tomorrow."""
    if not (shown.has_graph(iri) or (site().dataset.is_plain and is_iri(iri))):
        raise Refusal(
            status=403, code="graph", where=f"<{iri}>", problem="this is not a graph of this dataset",
            fix="leave out FROM to ask all of it; nothing is fetched from elsewhere",
        )  # fmt: skip
