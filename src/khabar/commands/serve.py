"""khabar serve: serve a built graph."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from khabar.commands.options import CONFIG, DIR, TEXTS
from khabar.graph.plain import prepared
from khabar.publish.app import create_app, serve


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
    "--private/--no-private",
    default=False,
    envvar="KHABAR_PRIVATE",
    help="Answer only those who send a key.",
)
@TEXTS
@CONFIG
def command(folder: str, host: str, port: int, dataset: str, **settings: Any) -> None:
    """Serve a built graph: pages, RDF for every IRI, and SPARQL.

    With --dataset plain, DIR is any RDF: a folder of RDF files, which stay as they are, or a folder
    that was written to with --writable; one that is missing or empty becomes such a folder.

    \b
    Example:
      khabar serve graph --port 8000
    """
    with prepared(Path(folder), dataset, writable=settings["writable"]) as path:
        app = create_app(path, dataset=dataset, **settings)
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"Open http://{shown}:{port}/ in a browser; Ctrl+C ends it.", err=True)
        with suppress(KeyboardInterrupt):
            serve(app, host, port)
