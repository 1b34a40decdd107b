"""The web front as a WSGI application, and a server for it."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, Response, current_app, request
from waitress.server import WSGIServer, create_server
from werkzeug.exceptions import HTTPException

from khabar.errors import KhabarError, ServeError
from khabar.publish import about, checks, compare, endpoint, gate, graphs, lists, pages, pool, things
from khabar.publish.dataset import Dataset
from khabar.publish.interface import Interface
from khabar.publish.protocol import PROBLEM, Refusal, problem_details
from khabar.publish.site import Site, page, prefers_html
from khabar.resources import folder as resource_folder

LARGEST_BODY = 256 * 1024  # bytes: the longest query, percent-encoded

# Nothing is loaded but our own style sheet and icon; no script runs.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def create_app(
    folder: Path,
    *,
    publish_text: bool = False,
    workers: int = 0,
    query_limits: gate.Limits = gate.LIMITS,
    run_limits: pool.Limits = pool.LIMITS,
) -> Flask:
    """The web front of a built FOLDER; raises StoreError if it is not one.

    With PUBLISH_TEXT the texts of the articles are shown and answered, too.  WORKERS is how many
    queries run at the same time; 0 means one for each processor, at most four.
    """
    app = Flask(
        "khabar", root_path=str(Path(__file__).parent), template_folder="templates", static_folder="static"
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["khabar"] = Site(
        dataset=Dataset(folder, publish_text=publish_text),
        pool=pool.Pool(workers, run_limits),
        interface=Interface.load(resource_folder("ontology")),
        gate_limits=query_limits,
    )
    for part in (endpoint, pages, things, graphs, lists, compare, checks, about):
        app.register_blueprint(part.blueprint)
    app.register_error_handler(KhabarError, _refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.after_request(_protect)
    return app


def serve(app: Flask, host: str, port: int) -> None:
    """Serve APP until it is interrupted; raises ServeError when the address cannot be had."""
    listen(app, host, port).run()


def listen(app: Flask, host: str, port: int) -> WSGIServer:
    """A server that listens, and answers once it is run; port 0 means any.  Raises ServeError.

    A client that sends or reads slowly holds a connection, not a thread: of connections there are
    many, and one that is silent for twenty seconds is closed.
    """
    try:
        return create_server(
            app,
            host=host,
            port=port,
            threads=16,
            connection_limit=2000,
            channel_timeout=20,
            max_request_body_size=LARGEST_BODY,
            ident=None,  # no Server header: it would only tell which attacks to try
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ServeError(
            where=f"{host}:{port}",
            problem=f"cannot be listened on: {reason}",
            fix="choose another --host or --port",
        ) from error


def _refuse(error: KhabarError) -> Response:
    """What goes wrong, for a program as RFC 9457 says, for a person as a page."""
    refusal = error if isinstance(error, Refusal) else _unavailable(error)
    if prefers_html():
        response = page("problem.html", refusal.status, refusal=refusal)
    else:
        response = Response(
            json.dumps(problem_details(refusal), ensure_ascii=False), refusal.status, content_type=PROBLEM
        )
    response.headers.update(refusal.headers)
    response.vary.add("Accept")
    return response


def _unavailable(error: KhabarError) -> Refusal:
    """A folder that is damaged or gone: where it lies is the operator's business, not the client's."""
    current_app.logger.error("%s", error)
    return Refusal(
        status=503, code="unavailable", where="server", problem="the graph cannot be read just now",
        fix="ask again in a minute; if it lasts, tell the operator", headers={"Retry-After": "60"},
    )  # fmt: skip


def _refuse_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # a redirect that routing has made
        return Response(status=status, headers=error.get_headers())
    if status == 404 and prefers_html():
        return pages.not_found()
    fixes = {
        404: "the home page links to all that there is",
        405: "use GET or POST",
        413: "send a shorter query",
    }
    refusal = Refusal(
        status=status,
        code="http",
        where=request.path,
        problem=error.name.lower(),
        fix=fixes.get(status, "try again"),
    )
    response = _refuse(refusal)
    if status == 405:  # https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "GET, HEAD, OPTIONS")
    return response


def _protect(response: Response) -> Response:
    """Open to programs everywhere, closed to scripts and frames in a browser."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "Content-Location, ETag, Link, Retry-After"
    if request.method == "OPTIONS":  # https://fetch.spec.whatwg.org/#cors-preflight-request
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
        headers["Access-Control-Max-Age"] = "86400"
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if response.status_code == 200 and request.method in ("GET", "HEAD"):
        headers.setdefault("Cache-Control", "public, max-age=60")
        if not response.is_streamed and not response.direct_passthrough:
            response.add_etag()
            response.make_conditional(request)
    return response
