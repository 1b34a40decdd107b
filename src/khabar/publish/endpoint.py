"""The SPARQL endpoint: read the request, let the gate look at the text, have it run elsewhere, answer.

A query is run by a worker of the pool, an update by the one writer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO, Final, NamedTuple

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from khabar.publish import description, gate, protocol, updates
from khabar.publish.access import writer_for_request
from khabar.publish.dataset import Snapshot, is_iri
from khabar.publish.interface import Text
from khabar.publish.pool import Request
from khabar.publish.protocol import HTML, TURTLE, Format, Refusal
from khabar.publish.site import page, prefers_html, site, view, with_links
from khabar.publish.views import Thing

MOST_ROWS: Final = 500  # of a page; files have them all

blueprint = Blueprint("endpoint", __name__)


class Table(NamedTuple):
    """Solutions for people to read."""

    variables: Sequence[str]
    rows: Sequence[Sequence[Thing | Text | None]]
    is_whole: bool


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer one SPARQL query, in the format that the client likes best."""
    values = request.values
    if request.method in ("GET", "HEAD") and not {"query", "update"} & set(values):
        if prefers_html():
            return _vary(with_links(page("sparql.html", query="")))
        if protocol.negotiate(request.headers.get("Accept"), description.FORMATS) is not None:
            return with_links(description.service())
    try:
        return _vary(_answer(values.get("format")))
    except Refusal as refusal:
        if not prefers_html() or values.get("format"):
            raise
        response = page("sparql.html", refusal.status, query=values.get("query", ""), refusal=refusal)
        response.headers.update(refusal.headers)
        return _vary(response)


@blueprint.route("/update", methods=["POST"])
def update() -> Response:
    """Do one SPARQL update, if the request bears a key for it; it is published before the answer."""
    writer = writer_for_request()
    asked = protocol.update_parameters(*_sent())
    base = view().snapshot.base
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
    body = request.get_data(cache=True)
    content_type = request.headers.get("Content-Type", "")
    return content_type, request.args.to_dict(flat=False), request.form.to_dict(flat=False), body


def _vary(response: Response) -> Response:
    response.vary.add("Accept")
    return response


def _answer(name: str | None) -> Response:
    asked = protocol.parameters(request.method, *_sent())
    snapshot = view().snapshot
    query = gate.inspect(asked.text, snapshot.base, site().gate_limits)
    formats = (*protocol.ANSWERS[query.form], HTML)
    format_ = protocol.choose(name, request.headers.get("Accept"), formats)
    work = _request(query, asked, snapshot, format_)
    with_triples = query.form in ("CONSTRUCT", "DESCRIBE")
    if format_ is not HTML:
        return sent(site().pool.run(work), format_)
    with site().pool.run(work) as answer:
        if with_triples:
            text = answer.read().decode()
            return page("sparql.html", query=query.text, triples=text, formats=formats[:-1], most=MOST_ROWS)
        table = _table(answer)
    return page("sparql.html", query=query.text, table=table, formats=formats[:-1], most=MOST_ROWS)


def _request(query: gate.Query, asked: protocol.Parameters, snapshot: Snapshot, format_: Format) -> Request:
    """The work for the pool.  The dataset of the request goes before that of the query:
    https://www.w3.org/TR/sparql11-protocol/#dataset
    """
    default, named = asked.default_graphs, asked.named_graphs
    if not default and not named:
        default, named = query.default_graphs, query.named_graphs
    for iri in (*default, *named):
        _check_graph(iri, snapshot)
    is_page = format_ is HTML
    return Request(
        query=query.text,
        store=str(snapshot.path),
        base=snapshot.base,
        media_type=TURTLE.media_type if is_page else format_.media_type,
        withheld=snapshot.withheld,
        has_dataset=bool(default or named),
        default_graphs=default,
        named_graphs=named,
        rows=MOST_ROWS + 1 if is_page else 0,
        prefixes=snapshot.prefixes,
    )


def _check_graph(iri: str, snapshot: Snapshot) -> None:
    """In a plain dataset any IRI may name a graph, which then is empty: it may be written tomorrow."""
    if not (snapshot.has_graph(iri) or (site().dataset.is_plain and is_iri(iri))):
        raise Refusal(
            status=403, code="graph", where=f"<{iri}>", problem="this is not a graph of this dataset",
            fix="leave out FROM to ask all of it; nothing is fetched from elsewhere",
        )  # fmt: skip


def sent(answer: IO[bytes], format_: Format) -> Response:
    """A complete answer, sent as it is read."""
    size = answer.seek(0, 2)
    answer.seek(0)
    response = Response(wrap_file(request.environ, answer), direct_passthrough=True)
    response.content_type = f"{format_.media_type}; charset=utf-8"
    response.content_length = size
    response.headers["Content-Disposition"] = f'inline; filename="khabar.{format_.name}"'
    return response


def _table(answer: IO[bytes]) -> Table:
    """Read what worker.write_rows has written."""
    variables, *rows = map(json.loads, answer)
    if variables is None:  # ASK
        return Table((), [[Text("yes" if rows[0] else "no")]], True)
    shown = [[_term(term) for term in row] for row in rows[:MOST_ROWS]]
    return Table(variables, shown, len(rows) <= MOST_ROWS)


def _term(term: dict[str, str] | None) -> Thing | Text | None:
    if term is None:
        return None
    if "iri" not in term:
        return view().interface.written(term["value"], term["language"])
    iri = term["iri"]
    return view().thing(iri) if iri.startswith(view().snapshot.base) else Thing(iri, Text(iri, "", "ltr"))
