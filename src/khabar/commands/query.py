"""khabar query: ask a built graph in SPARQL."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
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
@CONFIG
def command(folder: str, sparql: str | None, file: IO[str] | None, format: str | None) -> None:
    """Ask a built graph in SPARQL; the prefixes of its dumps need no declaration.

    \b
    Example:
      khabar query graph 'SELECT ?who ?what { ?who kh:chairs ?what }'
    """
    text = sparql if file is None else file.read()
    if text is None or (sparql is not None and file is not None):
        raise click.UsageError("Give one query: as an argument, or with -f FILE.")
    prefixes = serialise.prefixes(describe(Path(folder)).base)
    with _interruptible():
        answer = store.query(open_snapshot(Path(folder)), text, prefixes=prefixes)
        shown = format or ("turtle" if isinstance(answer, ox.QueryTriples) else "table")
        _write_answer(answer, shown, prefixes)


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
