"""khabar key: who may write to a served folder, or read a private one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from khabar import show
from khabar.commands.options import CONFIG, DIR
from khabar.publish import keys


@click.group("key")
def command() -> None:
    """Give, show and take away the keys of a served folder.

    \b
    Example:
      khabar key add graph editor --scope update
    """


@command.command("add")
@DIR
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(keys.SCOPES),
    multiple=True,
    required=True,
    help="What it is for; may be given again. admin includes the others, and every key may read.",
)
@CONFIG
def add(folder: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key called NAME, and show it: it is kept as a hash, so nobody can show it again.

    It is sent in a header, Authorization: Bearer KEY. A running server knows it at once.

    \b
    Example:
      khabar key add graph editor --scope update
    """
    click.echo(keys.add(Path(folder), name, scopes, datetime.now(UTC).date()))


@command.command("list")
@DIR
@CONFIG
def list_(folder: str) -> None:
    """Show the keys there are: their names, scopes and days, never the keys.

    \b
    Example:
      khabar key list graph
    """
    rows = ((key.name, ", ".join(key.scopes), key.created) for key in keys.kept(Path(folder)))
    click.echo(show.table(("name", "scopes", "since"), rows, widest=60))


@command.command("revoke")
@DIR
@click.argument("name")
@CONFIG
def revoke(folder: str, name: str) -> None:
    """Take the key called NAME away; a running server refuses it at once.

    \b
    Example:
      khabar key revoke graph editor
    """
    keys.revoke(Path(folder), name)
    click.echo(f"revoked {name}", err=True)
