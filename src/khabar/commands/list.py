"""khabar list: the articles of a built graph, or those in its quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from khabar import show
from khabar.commands.options import CONFIG, DIR, formats
from khabar.graph.folder import describe, open_snapshot
from khabar.graph.listing import listed
from khabar.graph.quarantine import aside


@click.command("list")
@DIR
@click.option("--quarantine", is_flag=True, help="Those that are not in the graph, each with the reason.")
@formats("table", "jsonl", default="table")
@CONFIG
def command(folder: str, quarantine: bool, format: str) -> None:
    """List the articles of a built graph by their keys.

    \b
    Example:
      khabar list graph
    """
    described = describe(Path(folder))
    if quarantine:
        rows: Iterable[tuple[object, ...]] = ((a.key, a.reason) for a in aside(Path(folder)))
        heads: tuple[str, ...] = ("key", "reason")
    else:
        rows = listed(open_snapshot(Path(folder)), described.base)
        heads = ("key", "language", "published", "title", "address", "statements")
    if format == "jsonl":
        for row in rows:
            click.echo(json.dumps(dict(zip(heads, row, strict=True)), ensure_ascii=False))
        return
    cells = ([str(cell or "").replace("\n", " ") for cell in row] for row in rows)
    click.echo(show.table(heads, cells, widest=60))
