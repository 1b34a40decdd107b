"""What an operator's machines ask: is it alive, can it answer, how does it do."""

from __future__ import annotations

import json
from typing import Final

from flask import Blueprint, Response, abort, request

from khabar.errors import KhabarError
from khabar.publish import clients, front
from khabar.publish.metrics import CONTENT_TYPE
from khabar.publish.pool import Request
from khabar.publish.protocol import JSON, Refusal
from khabar.publish.site import site

PROBE: Final = "ASK {}"
PROBE_SECONDS: Final = 5.0

blueprint = Blueprint("operation", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether the front is alive at all: it answers."""
    return _said({"status": "alive"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether it can answer queries: there is a snapshot, and a worker that opens it."""
    if site().door.is_closing:
        return _said({"status": "closing"}, 503)
    try:
        snapshot = site().dataset.snapshot()
        probe = Request(
            PROBE, str(snapshot.path), snapshot.id, snapshot.base, JSON.media_type, snapshot.withheld,
            names_graphs=False,
        )  # fmt: skip
        site().pool.run(probe, seconds=PROBE_SECONDS).close()
    except Refusal as refusal:
        if refusal.code != "busy":  # with too much to do it is still ready: more of it would not help
            return _said({"status": "unready", "problem": refusal.problem}, 503)
    except KhabarError as error:
        return _said({"status": "unready", "problem": error.problem}, 503)
    return _said({"status": "ready", "snapshot": snapshot.id, "jail": site().pool.held_by or "unknown"})


@blueprint.get("/metrics")
def metrics() -> Response:
    """The counters, for Prometheus; for whom, the operator says."""
    readers, proxies = site().front.metrics, site().front.proxies
    if readers == front.OFF or (readers == front.LOCAL and not clients.is_local(request.environ, proxies)):
        abort(404)
    response = Response(site().metrics.text(), content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _said(state: dict[str, str], status: int = 200) -> Response:
    response = Response(json.dumps(state), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
