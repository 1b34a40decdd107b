"""khabar serve: serve a built graph."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from khabar.commands.options import CONFIG, DIR, TEXTS
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
@TEXTS
@CONFIG
def command(folder: str, host: str, port: int, publish_text: bool) -> None:
    """Serve a built graph: pages, RDF for every IRI, and SPARQL.

    \b
    Example:
      khabar serve graph --port 8000
    """
    app = create_app(Path(folder), publish_text=publish_text)
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Open http://{shown}:{port}/ in a browser; Ctrl+C ends it.", err=True)
    with suppress(KeyboardInterrupt):
        serve(app, host, port)
