"""A small built graph for the tests of the web front, and a real server in front of it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from khabar.graph.store import Store
from khabar.publish.app import create_app
from khabar.publish.serving import listen
from khabar.resources import folder as resource_folder
from khabar.vocab import DEFAULT_BASE

FIXTURE: Final = Path(__file__).with_name("fixtures") / "web.trig"


def built(folder: Path, base: str = DEFAULT_BASE, more: str = "") -> Path:
    """Write the fixture and the ontology as khabar build leaves them in FOLDER, all under BASE.

    MORE is further TriG, with the prefixes of the fixture.
    """
    written = FIXTURE.read_text(encoding="utf-8") + more
    ontology = (resource_folder("ontology") / "khabar.ttl").read_text(encoding="utf-8")
    quads = set(ox.parse(written.replace(DEFAULT_BASE, base), format=ox.RdfFormat.TRIG))
    graph = ox.NamedNode(f"{base}graph/ontology")
    for quad in ox.parse(ontology.replace(DEFAULT_BASE, base), format=ox.RdfFormat.TURTLE):
        quads.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    with Store.create(folder, base) as opened:
        opened.exchange(set(), quads)
        opened.publish()
    return folder


@contextmanager
def served(folder: Path, **settings: Any) -> Iterator[str]:
    """A real server in front of FOLDER; gives its address.  SETTINGS are those of create_app."""
    app = create_app(folder, **settings)
    server = listen(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        app.extensions["khabar"].close()
        server.close()


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`khabar serve` as a process of its own, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "khabar", "serve", str(folder), "--port", str(port), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            assert f":{port}/" in process.stderr.readline()
            yield process, port
        finally:
            process.kill()
