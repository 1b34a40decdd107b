"""khabar verify: read every byte of a folder, and compare all with all."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.commands.options import CONFIG, DIR
from khabar.commands.outcome import Status
from khabar.graph.verify import verify


@click.command("verify")
@DIR
@CONFIG
def command(folder: str) -> Status:
    """Check that a folder holds just what was written to it: journal, store, snapshots, articles.

    Every byte is read again. Exits with 1 if something is damaged; khabar repair then makes it whole.

    \b
    Example:
      khabar verify graph
    """
    found = verify(Path(folder))
    for damage in found.damage:
        click.echo(f"{damage.where}: {damage.problem}")
    if found.damage:
        click.echo(f"damaged in {len(found.damage)} places; khabar repair {folder}", err=True)
        return Status.PARTLY
    click.echo(f"whole: {found.articles} articles, {found.record} records")
    return Status.GOOD
