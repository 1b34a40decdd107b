"""khabar query: ask a built graph in SPARQL."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import click
import pyoxigraph as ox

from khabar import show
from khabar.commands.options import CONFIG, DIR, formats
from khabar.errors import QueryError
from khabar.graph import serialise, store
from khabar.graph.folder import describe, open_snapshot
from khabar.processes import within

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

SELECTED: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "xml": ox.QueryResultsFormat.XML,
}


@click.command("query")
@DIR
@click.argument("sparql", required=False)
@click.option(
    "-f", "--file", metavar="FILE", type=click.File(encoding="utf-8"), help="Read the query from it."
)
@formats("table", "turtle", *SELECTED)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    envvar="KHABAR_TIMEOUT",
    help="Give up after so long; what was shown until then is not all.",
)
@CONFIG
def command(
    folder: str, sparql: str | None, file: IO[str] | None, format: str | None, timeout: float | None
) -> None:
    """Ask a built graph in SPARQL; the prefixes of its dumps need no declaration.

    \b
    Example:
      khabar query graph 'SELECT ?who ?what { ?who kh:chairs ?what }'
    """
    text = sparql if file is None else file.read()
    if text is None or (sparql is not None and file is not None):
        raise click.UsageError("Give one query: as an argument, or with -f FILE.")
    if timeout is None:
        _show(folder, text, format)
    elif not _within(timeout, lambda: _show(folder, text, format)):
        raise QueryError(
            where="query",
            problem=f"was stopped after {timeout:g} seconds",
            fix="ask for less, such as with LIMIT, or give it a longer --timeout",
        )


def _within(seconds: float, work: Callable[[], None]) -> bool:
    try:
        return within(seconds, work)
    except ChildProcessError as error:  # the engine ends the process when there is no more memory
        raise QueryError(where="query", problem=f"cannot be answered: {error}", fix="ask for less") from error


def _show(folder: str, query: str, format: str | None) -> None:
    prefixes = serialise.prefixes(describe(Path(folder)).base)
    with _interruptible():
        answer = store.query(open_snapshot(Path(folder)), query, prefixes=prefixes)
        shown = format or ("turtle" if isinstance(answer, ox.QueryTriples) else "table")
        _write_answer(answer, shown, prefixes)
        sys.stdout.flush()  # a process that is about to end does not do it by itself


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl+C end the process at once: Python would wait for the engine, which may take for ever."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _write_answer(answer: Answer, format: str, prefixes: dict[str, str]) -> None:
    """Write a query's answer to stdout; raises QueryError for a format that cannot hold it."""
    if isinstance(answer, ox.QueryTriples) != (format == "turtle"):
        fits = "turtle" if isinstance(answer, ox.QueryTriples) else f"table, {', '.join(SELECTED)}"
        raise QueryError(
            where="query", problem=f"has an answer that is no {format}", fix=f"use --format {fits}"
        )
    if isinstance(answer, ox.QueryTriples):
        ox.serialize(answer, sys.stdout.buffer, ox.RdfFormat.TURTLE, prefixes=prefixes)
    elif format == "table":
        click.echo(show.answer(answer, prefixes))
    else:
        answer.serialize(sys.stdout.buffer, SELECTED[format])
