"""khabar remove: take articles out of a built graph."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.commands.options import CONFIG, DIR
from khabar.commands.outcome import complain
from khabar.commands.sources import load_knowledge
from khabar.remote.mirror import FOLDER as MIRRORS
from khabar.removing import remove


@click.command("remove")
@DIR
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.option(
    "--takedown",
    is_flag=True,
    help="Leave nothing of them on disk, old snapshots and dumps included, and keep them out for good.",
)
@click.option("--source-date-epoch", type=int, envvar="SOURCE_DATE_EPOCH", hidden=True)
@CONFIG
def command(folder: str, keys: tuple[str, ...], takedown: bool, source_date_epoch: int | None) -> None:
    """Take articles out of a built graph: what they alone say goes, what others say too stays.

    KEY is as khabar list shows it, or the IRI of the article. A removed article comes back when it is
    built again; one that was taken down does not. The graph is published at once. A takedown writes the
    whole folder anew, and deletes every earlier snapshot and all of DIR/dumps.

    \b
    Example:
      khabar remove graph example-ar-1
    """
    snapshot, removed = remove(
        Path(folder), keys, knowledge=load_knowledge(), takedown=takedown, source_date_epoch=source_date_epoch
    )
    if takedown and (Path(folder) / MIRRORS).is_dir():
        complain(f"what was sent to other stores is still there: khabar build --out {folder} --store URL")
    click.echo(f"removed {', '.join(removed)}, and published as snapshot {snapshot}")
