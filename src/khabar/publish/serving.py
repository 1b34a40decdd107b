"""A server for the web front: it withstands slow clients, and stops without cutting an answer."""

from __future__ import annotations

import resource
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, WSGIServer, create_server

from khabar.errors import ServeError
from khabar.publish import jail
from khabar.publish.site import Site

CONNECTIONS: Final = 2000
FILES: Final = CONNECTIONS + 500  # open at the same time: connections, pipes, files of answers
ASIDE: Final = 8  # threads beside those for queries that run or wait: for pages, and to refuse
GLANCE: Final = 1.0  # seconds from a signal to the end of accepting, at most
AFTER: Final = 5.0  # seconds to send the last answers, after the deadline of the last query


def serve(app: Flask, host: str, port: int, *, ready: Callable[[], None] = lambda: None) -> None:
    """Serve APP until it is interrupted, or told to stop by SIGTERM; READY is called once it listens.

    Then nobody new is let in, what was begun is finished, and all workers end.  Raises ServeError
    when the address cannot be had.
    """
    site: Site = app.extensions["khabar"]
    jail.keep_to_arenas(2)
    server = listen(app, host, port)
    stopping = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda number, frame: stopping.set())
    try:
        site.pool.start()
        ready()
        run(server, stopping)
        site.door.is_closing = True
        limits = site.pool.limits
        finish(server, limits.seconds + limits.wait + AFTER)
    finally:
        site.close()
        server.task_dispatcher.shutdown(timeout=1)


def listen(app: Flask, host: str, port: int) -> WSGIServer:
    """A server that listens, and answers once it is run; port 0 means any.  Raises ServeError.

    A client that sends or reads slowly holds a connection, not a thread: of connections there are
    many, and one that is silent for twenty seconds is closed.
    """
    _allow_files()
    site: Site = app.extensions["khabar"]
    try:
        return create_server(
            app,
            host=host,
            port=port,
            threads=site.pool.workers + site.pool.limits.queue + ASIDE,
            connection_limit=CONNECTIONS,
            channel_timeout=20,
            channel_request_lookahead=1,  # else it does not see a client leave before its answer
            clear_untrusted_proxy_headers=False,  # clients.py says whose are believed
            asyncore_use_poll=True,  # select() knows no more than 1024 connections
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
            ident=None,  # no Server header: it would only tell which attacks to try
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ServeError(
            where=f"{host}:{port}",
            problem=f"cannot be listened on: {reason}",
            fix="choose another --host or --port",
        ) from error


def run(server: WSGIServer, stopping: threading.Event) -> None:
    """Answer requests until STOPPING is set."""
    with suppress(KeyboardInterrupt):
        while not stopping.is_set():
            _turn(server)


def finish(server: WSGIServer, seconds: float) -> None:
    """Let nobody in any more, and answer those who are in, for at most so many SECONDS."""
    sockets = _sockets(server)
    for door in [one for one in sockets.values() if isinstance(one, BaseWSGIServer)]:
        wasyncore.dispatcher.close(door)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        channels = [one for one in sockets.values() if isinstance(one, HTTPChannel)]
        if not any(channel.requests or channel.total_outbufs_len for channel in channels):
            break
        _turn(server, 0.1)


def _turn(server: WSGIServer, seconds: float = GLANCE) -> None:
    wasyncore.loop(timeout=seconds, use_poll=True, map=_sockets(server), count=1)


def _sockets(server: WSGIServer) -> dict[int, Any]:
    """All that the server listens to; one that listens on several addresses keeps them elsewhere."""
    found: dict[int, Any] = server.map if hasattr(server, "map") else server._map
    return found


def _allow_files() -> None:
    """Have the kernel let us open as many files as there may be connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
