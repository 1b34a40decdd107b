"""The web front as a WSGI application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from khabar.errors import KhabarError
from khabar.graph.folder import BUILT, PLAIN
from khabar.publish import (
    about,
    access,
    atlas,
    checks,
    compare,
    description,
    door,
    downloads,
    editor,
    encoding,
    endpoint,
    examples,
    finding,
    gate,
    graphs,
    graphstore,
    ingest,
    lists,
    operation,
    pages,
    plainpages,
    pool,
    programs,
    reconcile,
    status,
    things,
    validation,
)
from khabar.publish.cache import Cache
from khabar.publish.dataset import Dataset
from khabar.publish.door import Door
from khabar.publish.elsewhere import Asking, Elsewhere, Sending
from khabar.publish.front import FRONT, Front
from khabar.publish.interface import Interface
from khabar.publish.keys import Keys
from khabar.publish.lane import Lane
from khabar.publish.metrics import Metrics
from khabar.publish.protocol import PROBLEM, Refusal, problem
from khabar.publish.running import Runner
from khabar.publish.site import Site, page, prefers_html, site
from khabar.publish.writing import Writer, begun
from khabar.remote.profile import Remote
from khabar.resources import folder as resource_folder

LARGEST_BODY = 256 * 1024  # bytes: the longest query, percent-encoded
LARGEST_GRAPH = 64 << 20  # bytes, of what is written
SCRIPTS = ("text/css", "text/javascript", "image/svg+xml")


Application = Flask  # for those above, who know nothing of Flask


def create_app(
    folder: Path,
    *,
    dataset: str = BUILT,
    publish_text: bool = False,
    writable: bool = False,
    check: bool = False,
    private: bool = False,
    workers: int = 0,
    query_limits: gate.Limits = gate.LIMITS,
    run_limits: pool.Limits = pool.LIMITS,
    front: Front = FRONT,
    remote: Remote | None = None,
) -> Flask:
    """The web front of a FOLDER of ours; raises StoreError if it is not one, or no DATASET of that kind.

    With PUBLISH_TEXT the texts of the articles are shown and answered, too.  WRITABLE opens /update and
    /data to keys that may write, and CHECK refuses what would break a rule of the graph; PRIVATE closes
    everything else to those who have no key.  WORKERS is how many queries run at the same time; 0 means one
    for each processor, at most four.  With REMOTE the graph is read from that store, and FOLDER has the keys,
    the dumps and the reports.
    """
    app = Flask(
        "khabar", root_path=str(Path(__file__).parent), template_folder="templates", static_folder="static"
    )
    app.config["MAX_CONTENT_LENGTH"] = largest_body(writable=writable)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    served, workers_ = _served(folder, dataset, workers, run_limits, remote, publish_text=publish_text)
    cache = Cache[Any](0 if private else front.cache)
    metrics, known = Metrics(workers_, cache, served), Keys(folder)
    runner = Runner(served, workers_, query_limits, cache, front.log)
    lane = Lane(app.wsgi_app, runner, is_private=private)
    app.extensions["khabar"] = parts = Site(
        dataset=served,
        pool=workers_,
        interface=Interface.load(resource_folder("ontology")),
        runner=runner,
        front=front,
        cache=cache,
        metrics=metrics,
        door=Door(lane, served, front, metrics, cache, known),
        keys=known,
        writer=_writer(folder, served, remote, is_checked=check) if writable else None,
        is_private=private,
        examples=() if dataset == PLAIN else examples.load(served.base),
    )
    app.wsgi_app = parts.door  # type: ignore[method-assign]  # so Flask says to do it
    built = (
        pages, things, graphs, lists, compare, atlas, checks, about, downloads, ingest, reconcile, status,
    )  # fmt: skip
    read = (plainpages,) if dataset == PLAIN else built
    served_always = (endpoint, editor, graphstore, description, finding, operation, programs, validation)
    for module in (*served_always, *read):
        app.register_blueprint(module.blueprint)
    app.register_error_handler(KhabarError, _refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.before_request(_name_route)
    app.before_request(access.require_to_read)
    app.after_request(_describe)
    return app


def _served(
    folder: Path, kind: str, workers: int, limits: pool.Limits, remote: Remote | None, *, publish_text: bool
) -> tuple[Dataset, pool.Pool]:
    """What is served, and who runs the queries."""
    if remote is None:
        return Dataset(folder, kind=kind, publish_text=publish_text), pool.Pool(workers, limits)
    elsewhere = Elsewhere(folder, remote, publish_text=publish_text)
    return elsewhere, Asking(remote, elsewhere.base, workers, limits)


def _writer(folder: Path, served: Dataset, remote: Remote | None, *, is_checked: bool) -> Writer:
    """Who writes to FOLDER, and then to what is served from it."""
    if remote is None or not isinstance(served, Elsewhere):
        return begun(folder, is_checked=is_checked)
    return Sending(folder, remote, served, is_checked=is_checked)


def largest_body(*, writable: bool) -> int:
    """How many bytes a request may have."""
    return LARGEST_GRAPH if writable else LARGEST_BODY


def _name_route() -> None:
    request.environ[door.ROUTE] = request.url_rule.rule if request.url_rule else "other"


def _refuse(error: KhabarError) -> Response:
    """What goes wrong, for a program as RFC 9457 says, for a person as a page."""
    refusal = error if isinstance(error, Refusal) else _unavailable(error)
    if prefers_html():
        response = page("problem.html", refusal.status, refusal=refusal)
    else:
        response = Response(problem(refusal), refusal.status, content_type=PROBLEM)
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
    if status == 404 and prefers_html() and not site().dataset.is_plain:
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


def _describe(response: Response) -> Response:
    """Answer preflights, and give each page its entity tag and encoding; door.py protects."""
    headers = response.headers
    access.allow_origins(response)
    if response.status_code in (200, 304) and request.method in ("GET", "HEAD"):
        # What somebody gets who shows a key is nobody else's.
        whose = "private" if site().is_private or "Authorization" in request.headers else "public"
        headers.setdefault("Cache-Control", f"{whose}, {door.FRESH}")
        if request.endpoint == "static" and response.status_code == 200 and response.mimetype in SCRIPTS:
            # Not as the file lies there, but encoded: so it has another entity tag, too.
            response.direct_passthrough = False
            response.make_sequence()
            del response.headers["ETag"]
        if _is_new(response):
            _encode(response)
            response.add_etag()
            response.make_conditional(request)
    return response


def _is_new(response: Response) -> bool:
    """Whether it was written just now for this request, whole and to be sent again as it is."""
    is_whole = not response.is_streamed and not response.direct_passthrough
    return is_whole and not response.get_etag()[0] and response.headers["Cache-Control"] != "no-store"


def _encode(response: Response) -> None:
    """Send a page or a file that was written just now in the encoding that the client likes best."""
    response.vary.add("Accept-Encoding")
    chosen = encoding.choose(request.headers.get("Accept-Encoding", ""))
    body = response.get_data()
    if chosen and len(body) >= encoding.WORTH_IT:
        response.set_data(encoding.encode(body, chosen))
        response.content_encoding = chosen
