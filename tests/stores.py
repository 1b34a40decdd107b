"""Other stores for the tests: Virtuoso and the oxigraph server as they are, and one that lies."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from khabar.remote.client import Client
from khabar.remote.profile import Profile, profiles

START: Final = 120.0  # seconds until a store must answer; it takes three, but CI is slow and traced
CONFIGURATION: Final = """
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 10000
MaxQueryExecutionTime = 60
"""
FILES: Final = ("DatabaseFile", "TransactionFile", "ErrorLogFile", "LockFile", "xa_persistent_file")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def virtuoso(folder: Path) -> Iterator[Client]:
    """Debian's Virtuoso, with what it says by default of rows and of time."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("there is no Virtuoso: apt-get install virtuoso-opensource-7-bin")
    http, sql = free_port(), free_port()
    written = "\n".join(
        f"[{name}]\n" + "\n".join(f"{key} = {folder}/{name}.{key}" for key in FILES)
        for name in ("Database", "TempDatabase")
    )
    (folder / "virtuoso.ini").write_text(written + CONFIGURATION.format(http=http, sql=sql, folder=folder))
    command = [program, "-f", "-c", str(folder / "virtuoso.ini")]
    with _running(command, folder):
        client = Client(f"http://127.0.0.1:{http}", profiles()["virtuoso"], user="dba", password="dba")
        _await(client)
        yield client


@contextmanager
def oxigraph(folder: Path) -> Iterator[Client]:
    """The server that the makers of pyoxigraph ship."""
    port = free_port()
    program = Path(sys.executable).with_name("oxigraph")
    command = [str(program), "serve", "-l", str(folder / "data"), "-b", f"127.0.0.1:{port}"]
    with _running(command, folder):
        client = Client(f"http://127.0.0.1:{port}", profiles()["oxigraph"])
        _await(client)
        yield client


REAL: Final = {"virtuoso": virtuoso, "oxigraph": oxigraph}


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    with (folder / "output").open("wb") as output:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VIRTUOSO")}
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, env=environment)
        try:
            yield
        finally:
            process.kill()
            process.wait()


def _await(client: Client) -> None:
    end = time.monotonic() + START
    while True:
        try:
            client.ask("ASK { ?s ?p ?o }")
            return
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


# --- one that lies

Behaviour = str  # what the server does with one update; see Liar.DOES


class Liar:
    """A SPARQL store over real sockets that does with each update, or with a query, what it is told to."""

    DOES: Final = (
        "well",  # it does the update, and says so
        "failed",  # 500, and nothing is done
        "failed after",  # 500, but it is done
        "hung up",  # nothing is done, and the connection ends
        "hung up after",  # it is done, and the connection ends
        "silent",  # nothing is done, and no answer comes
        "silent after",  # it is done, and no answer comes
        "half",  # it is done, and half of the answer comes
    )

    def __init__(self, *, password: str | None = None) -> None:
        self.store = ox.Store()
        self.updates: list[Behaviour] = []  # what to do with the next ones; "well" when there is nothing
        self.answers: list[Callable[[BaseHTTPRequestHandler], None]] = []  # to the next queries
        self.asked = 0  # updates that came
        self.password = password
        liar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                liar.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.closing = threading.Event()

    def client(self, profile: Profile | None = None, **given: Any) -> Client:
        """A client of it, which waits for no more than a second."""
        return Client(self.address, profile or profiles()["sparql"], **{"answer": 1.0, **given})

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        form = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        if self.password is not None:
            wanted = base64.b64encode(f"khabar:{self.password}".encode()).decode()
            if handler.headers.get("Authorization") != f"Basic {wanted}":
                # Some products tell in their answer what they were sent.
                sent = base64.b64decode(handler.headers.get("Authorization", " ").split(" ")[1]).decode()
                say(handler, 401, f"who are you, {sent}?")
                return
        if "update" in form:
            self.asked += 1
            self._update(handler, form["update"][0], self.updates.pop(0) if self.updates else "well")
        elif self.answers:
            self.answers.pop(0)(handler)
        else:
            self._query(handler, form["query"][0])

    def _update(self, handler: BaseHTTPRequestHandler, text: str, behaviour: Behaviour) -> None:
        if behaviour in ("well", "half") or behaviour.endswith("after"):
            self.store.update(text)
        match behaviour.removesuffix(" after"):
            case "well":
                say(handler, 204, "")
            case "failed":
                say(handler, 500, "out of threads")
            case "silent":
                self.closing.wait(10)
                hang_up(handler)
            case "half":
                handler.send_response(200)
                handler.send_header("Content-Length", "1000")
                handler.end_headers()
                handler.wfile.write(b"done, and")
                hang_up(handler)
            case _:
                hang_up(handler)

    def _query(self, handler: BaseHTTPRequestHandler, text: str) -> None:
        result = self.store.query(text)
        assert not isinstance(result, ox.QueryTriples)
        content = result.serialize(format=ox.QueryResultsFormat.JSON)
        assert content is not None
        say(handler, 200, content.decode(), "application/sparql-results+json")


def say(
    handler: BaseHTTPRequestHandler, status: int, text: str, media_type: str = "text/plain", **headers: str
) -> None:
    """Answer as a server does."""
    content = text.encode()
    handler.send_response(status)
    handler.send_header("Content-Type", media_type)
    if status != 204:
        handler.send_header("Content-Length", str(len(content)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """End the connection without another word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def lying(**given: Any) -> Iterator[Liar]:
    """A liar, at work."""
    liar = Liar(**given)
    thread = threading.Thread(target=liar.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        liar.closing.set()
        liar.server.shutdown()
        liar.server.server_close()


def rows(client: Client, query: str, **asked: Any) -> list[dict[str, str]]:
    """The values of the solutions of a query."""
    told = json.loads(client.ask(query, **asked))
    return [{name: term["value"] for name, term in row.items()} for row in told["results"]["bindings"]]
