"""Pages: what one costs, against a view that does nothing, on a small graph and on a larger one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from flask import Flask
from flask.testing import FlaskClient
from measure import Row, built, cpu, seconds, show, times

from khabar.graph.folder import open_snapshot
from khabar.knowledge import load
from khabar.publish.app import create_app

COPIES: Final = (1, 12)
RUNS: Final = 15
PATHS: Final = (
    "/",
    "/id/tunisia.html",
    "/id/kazakhstan.html",
    "/around/kazakhstan",
    "/compare",
    "/class/Person",
)


def pages(folder: Path, peer: float) -> Iterator[Row]:
    """A row for each page; the first request of each is not counted: what stays the same is kept."""
    app = create_app(folder, workers=1)
    client = app.test_client()
    quads = sum(1 for quad in open_snapshot(folder) if quad.graph_name != ox.DefaultGraph())
    yield f"{quads:,} quads", "time", "to a view that does nothing"
    for path in PATHS:
        time = cpu(lambda path=path: _get(client, path), RUNS)  # type: ignore[misc]
        yield path, seconds(time), times(time / peer)
    app.extensions["khabar"].close()


def _get(client: FlaskClient, path: str) -> None:
    if client.get(path, headers={"Accept": "text/html"}).status_code != 200:
        raise SystemExit(f"visits: {path} cannot be had")


def nothing() -> float:
    """How long a view of Flask takes that does nothing."""
    app = Flask("nothing")
    app.add_url_rule("/", view_func=lambda: "nothing")
    client = app.test_client()
    return cpu(lambda: _get(client, "/"), RUNS)


def main() -> None:
    """Graphs of the examples, once and many times over: Kazakhstan then has many facts."""
    peer, knowledge = nothing(), load()
    for copies in COPIES:
        with built(knowledge, copies) as folder:
            show("Pages, processor time", pages(folder, peer))


if __name__ == "__main__":
    main()
