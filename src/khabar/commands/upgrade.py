"""khabar upgrade: bring a folder of an older khabar to today's format."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.commands.options import CONFIG, DIR
from khabar.graph.folder import FORMAT
from khabar.graph.upgrade import upgrade


@click.command("upgrade")
@DIR
@CONFIG
def command(folder: str) -> None:
    """Bring a folder that an older khabar has written to today's format; the graph stays as it is.

    \b
    Example:
      khabar upgrade graph
    """
    before, snapshot = upgrade(Path(folder))
    if before == FORMAT:
        click.echo(f"{folder} has format {FORMAT} already")
    else:
        click.echo(f"brought from format {before} to {FORMAT}, and published as snapshot {snapshot}")
