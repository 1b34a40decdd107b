"""khabar repair: make a damaged folder whole again."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.commands.options import CONFIG, DIR
from khabar.commands.outcome import Status, complain
from khabar.graph.repair import repair


@click.command("repair")
@DIR
@CONFIG
def command(folder: str) -> Status:
    """Make a damaged folder whole again: the store from the journal, or the journal from the store.

    If both are damaged, the newest snapshot and what is left of the journal are taken, and what is lost
    is told; then the exit status is 1.

    \b
    Example:
      khabar repair graph
    """
    repaired = repair(Path(folder))
    for done in repaired.done:
        click.echo(done)
    for lost in repaired.lost:
        complain(f"lost: {lost}")
    click.echo(f"whole, and published as snapshot {repaired.snapshot}")
    return Status.PARTLY if repaired.lost else Status.GOOD
