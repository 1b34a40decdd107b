"""khabar serve: serve a built graph."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from khabar.commands.options import CONFIG, DIR, TEXTS
from khabar.commands.stores import opened, store_options
from khabar.errors import ServeError
from khabar.graph.folder import BUILT
from khabar.graph.plain import prepared
from khabar.publish import front as fronts
from khabar.publish import pool
from khabar.publish.app import Application, create_app
from khabar.publish.clients import networks
from khabar.publish.editor import has_editor
from khabar.publish.front import Front
from khabar.publish.keys import kept
from khabar.publish.metrics import QueryLog
from khabar.publish.serving import serve

MIB: Final = 1 << 20  # bytes

LIMITS: Final = pool.LIMITS
FRONT: Final = fronts.FRONT


def limit(
    name: str, type_: click.IntRange | click.FloatRange, default: float, metavar: str, help_: str
) -> Callable[..., Any]:
    """An option that bounds something."""
    return click.option(
        f"--{name}", type=type_, default=default, show_default=True, metavar=metavar,
        envvar=f"KHABAR_{name.upper().replace('-', '_')}", help=help_,
    )  # fmt: skip


@click.command("serve")
@DIR
@click.option("--host", default="127.0.0.1", show_default=True, envvar="KHABAR_HOST", help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    envvar="KHABAR_PORT",
    help="Where to listen, too.",
)
@click.option(
    "--dataset",
    type=click.Choice(("built", "plain")),
    default="built",
    show_default=True,
    envvar="KHABAR_DATASET",
    help="What DIR is: a graph that khabar has built, or any RDF.",
)
@click.option(
    "--writable/--no-writable",
    default=False,
    envvar="KHABAR_WRITABLE",
    help="Let keys of the scope update write, by SPARQL Update at /update and whole graphs at /data.",
)
@click.option(
    "--check/--no-check",
    default=False,
    envvar="KHABAR_CHECK",
    help="Refuse what keys write if it breaks a rule that khabar validate checks.",
)
@click.option(
    "--private/--no-private",
    default=False,
    envvar="KHABAR_PRIVATE",
    help="Answer only those who send a key.",
)
@store_options("Read the graph from this SPARQL store; DIR has the keys, the dumps and the reports.")
@TEXTS
@limit("workers", click.IntRange(0), 0, "N", "Queries at the same time; 0: one a processor, at most four.")
@limit("deadline", click.FloatRange(0.1), LIMITS.seconds, "SECONDS", "How long a query may run.")
@limit("memory", click.IntRange(64), LIMITS.memory // MIB, "MIB", "What a query may use.")
@limit("answer-size", click.IntRange(1), LIMITS.size // MIB, "MIB", "How large an answer may be.")
@limit("answer-rows", click.IntRange(1), LIMITS.rows, "N", "How many rows or triples it may have.")
@limit("queue", click.IntRange(0), 0, "N", "Queries that may wait; 0: four for each worker.")
@limit("budget", click.FloatRange(0), FRONT.budget, "SECONDS", "Work a client may ask for a minute; 0: all.")
@limit("burst", click.FloatRange(1), FRONT.burst, "SECONDS", "Work that a client may save up.")
@limit("cache", click.IntRange(0), FRONT.cache // MIB, "MIB", "Memory for finished answers; 0: none.")
@click.option(
    "--proxy",
    multiple=True,
    metavar="NETWORK",
    envvar="KHABAR_PROXY",
    help="A proxy whose X-Forwarded-For names the client, such as 127.0.0.1; may be given again.",
)
@click.option(
    "--metrics",
    type=click.Choice((fronts.LOCAL, fronts.ALL, fronts.OFF)),
    default=FRONT.metrics,
    show_default=True,
    envvar="KHABAR_METRICS",
    help="Who may read /metrics; local is this machine.",
)
@click.option(
    "--query-log",
    metavar="FILE",
    envvar="KHABAR_QUERY_LOG",
    help="Append a line of JSON for each query; - is stderr.",
)
@click.option(
    "--log-text/--no-log-text",
    default=False,
    envvar="KHABAR_LOG_TEXT",
    help="Log the texts of queries, too, not only their hashes.",
)
@CONFIG
def command(folder: str, host: str, port: int, dataset: str, writable: bool, **settings: Any) -> None:
    """Serve a built graph: pages, RDF for every IRI, and SPARQL.

    With --dataset plain, DIR is any RDF: a folder of RDF files, which stay as they are, or a folder
    that was written to with --writable; one that is missing or empty becomes such a folder.
    SIGTERM ends it gently: what was begun is finished, and nothing new is begun.

    \b
    Example:
      khabar serve graph --port 8000
    """
    if settings["store"] and dataset != BUILT:
        raise ServeError(where="--store", problem="is for a built graph", fix="leave out --dataset plain")
    if settings["check"] and dataset != BUILT:
        raise ServeError(
            where="--check", problem="is for a built graph: of any RDF no rules are known", fix="leave it out"
        )
    with prepared(Path(folder), dataset, writable=writable) as path:
        app = application(str(path), dataset=dataset, writable=writable, **settings)
        if writable and not any(key.allows("update") for key in kept(path)):
            click.echo(f"Nobody can write yet: khabar key add {folder} NAME --scope update", err=True)
        shown = f"[{host}]" if ":" in host else host
        address = f"Open http://{shown}:{port}/ in a browser; Ctrl+C ends it."
        if not has_editor():
            address += "\n/sparql has a plain form: this khabar was built without npm, so without the editor."
        serve(app, host, port, ready=lambda: click.echo(address, err=True))


def from_settings(folder: str) -> Application:
    """The application for other servers: all from khabar.toml in FOLDER and from KHABAR_*."""
    try:
        settings = command.make_context("khabar serve", [folder]).params
    except click.UsageError as error:
        raise ServeError(
            where="settings", problem=error.format_message(), fix="correct khabar.toml or KHABAR_*"
        ) from error
    return application(**{name: value for name, value in settings.items() if name not in ("host", "port")})


def application(
    folder: str, *, dataset: str, writable: bool, check: bool, private: bool, publish_text: bool,
    workers: int, deadline: float, memory: int, answer_size: int,
    answer_rows: int, queue: int, budget: float, burst: float, cache: int, proxy: tuple[str, ...],
    metrics: str, query_log: str | None, log_text: bool,
    store: str | None, store_kind: str, store_user: str | None,
) -> Application:  # fmt: skip
    """The application with what was set on the command line, in the environment or in a file."""
    return create_app(
        Path(folder),
        dataset=dataset,
        publish_text=publish_text,
        writable=writable,
        check=check,
        private=private,
        workers=workers,
        run_limits=LIMITS._replace(
            seconds=deadline, memory=memory * MIB, size=answer_size * MIB, rows=answer_rows, queue=queue
        ),
        front=Front(
            clock=time.time,
            budget=budget,
            burst=burst,
            cache=cache * MIB,
            proxies=networks(proxy),
            metrics=metrics,
            log=_log(query_log, with_text=log_text) if query_log else None,
        ),
        remote=opened(store, store_kind, store_user),
    )


def _log(name: str, *, with_text: bool) -> QueryLog:
    if name == "-":
        return QueryLog(sys.stderr, time.time, with_text=with_text)
    try:
        # It is open as long as we run: whoever rotates it copies and truncates.
        file = open(name, "a", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise ServeError(
            where=name, problem=f"cannot be written: {error.strerror}", fix="choose another --query-log"
        ) from error
    return QueryLog(file, time.time, with_text=with_text)
