"""The SPARQL 1.1 Graph Store HTTP Protocol: whole graphs, read and written.

https://www.w3.org/TR/sparql11-http-rdf-update/.  A graph is named by `?graph=IRI`, the default one
by `?default`; an address below /data/ is the name of a graph itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Final

from flask import Blueprint, Response, request

from khabar.publish import gate, protocol
from khabar.publish.access import writer_for_request
from khabar.publish.dataset import is_iri
from khabar.publish.endpoint import answered, now
from khabar.publish.protocol import Refusal
from khabar.publish.site import snapshot
from khabar.publish.writing import Writer

FORMATS: Final = protocol.TRIPLES  # that a graph may be sent in
ALL: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"

blueprint = Blueprint("graph_store", __name__)


@blueprint.route("/data", methods=["GET", "PUT", "POST", "DELETE"])
@blueprint.route("/data/<path:name>", methods=["GET", "PUT", "POST", "DELETE"])
def graph_store(name: str = "") -> Response:
    """Read, replace, extend or take out one graph."""
    if request.method in ("GET", "HEAD"):
        graph = _graph(name) or ""
        return now(lambda: _read(graph))
    writer = writer_for_request()
    return _write(writer, _graph(name, may_be_new=request.method == "POST"))


def _graph(name: str, *, may_be_new: bool = False) -> str | None:
    """The IRI of the graph that is meant, "" for the default one, None for one that is yet to be named."""
    asked = request.args.getlist("graph")
    is_default = "default" in request.args
    if name:
        asked.append(request.base_url)
    if len(asked) + is_default > 1:
        raise Refusal(
            where="request", problem="it names more than one graph", fix="send one graph=… or default"
        )
    if is_default:
        return ""
    if not asked:
        if may_be_new:
            return None
        raise Refusal(where="request", problem="it names no graph", fix="add ?graph=IRI or ?default")
    if not is_iri(asked[0]):
        raise Refusal(
            where=f"graph={asked[0]}", problem="is not an absolute IRI", fix="percent-encode a whole IRI"
        )
    return asked[0]


def _read(graph: str) -> Response:
    shown = snapshot()
    if graph and not shown.has_graph(graph):
        raise _unknown(graph)
    format_ = protocol.choose(request.args.get("format"), request.headers.get("Accept"), FORMATS)
    asked = protocol.Parameters(ALL, (graph,) if graph else (), ())
    response = answered(gate.inspect(ALL, shown.base), asked, format_)
    response.vary.add("Accept")
    return response


def _write(writer: Writer, graph: str | None) -> Response:
    if request.method == "DELETE":
        outcome = writer.drop(graph or "")
        if not outcome.known:
            raise _unknown(graph or "")
        return Response(status=204)
    parts = list(_parts())
    if graph is None:  # https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management: we name it
        graph = f"{request.base_url.rstrip('/')}/{secrets.token_hex(8)}"
    if request.method == "PUT":
        outcome = writer.put(graph, parts, graph or snapshot().base)
    else:
        outcome = writer.add(graph, parts, graph or snapshot().base)
    response = Response(status=204 if outcome.known else 201)
    if not outcome.known:
        response.headers["Location"] = graph
    return response


def _parts() -> Iterator[tuple[str, bytes]]:
    """What the body says: one document, or several in a form."""
    if request.mimetype == "multipart/form-data":
        for upload in request.files.values():
            yield _media_type(upload.mimetype), upload.read()
    else:
        yield _media_type(request.mimetype), request.get_data()


def _media_type(name: str) -> str:
    """The media type of a document, as the engine knows it."""
    found = protocol.named(name, FORMATS)
    if found is None:
        raise Refusal(
            status=415, code="media-type", where=f"Content-Type: {name or '(none)'}",
            problem="a graph cannot be read from such a body",
            fix="send " + ", ".join(format_.media_type for format_ in FORMATS),
        )  # fmt: skip
    return found.media_type


def _unknown(graph: str) -> Refusal:
    return Refusal(
        status=404, code="graph", where=f"<{graph}>", problem="there is no such graph",
        fix="SELECT ?g { GRAPH ?g {} } lists those that there are",
    )  # fmt: skip
