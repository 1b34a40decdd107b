"""khabar search: find things by their names, however they are spelt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from khabar import show
from khabar.commands.options import CONFIG, DIR, formats
from khabar.graph import serialise
from khabar.graph.folder import describe
from khabar.graph.index import Found, things
from khabar.publish.dataset import Dataset

HEADS: Final = ("thing", "property", "words", "language")
FEW: Final = 30
MOST: Final = 10_000


@click.command("search")
@DIR
@click.argument("words", nargs=-1, required=True)
@formats("table", "jsonl", default="table")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, MOST),
    default=FEW,
    show_default=True,
    help="Show so many things at most.",
)
@CONFIG
def command(folder: str, words: tuple[str, ...], format: str, limit: int) -> None:
    """Find the things of a graph whose names, and the articles whose quoted words, hold all WORDS.

    The best comes first. Letters that Arabic writes in several ways are one, short words written before
    another one are looked through, and the last word may be the beginning of one.

    \b
    Example:
      khabar search graph foreign minister
    """
    path = Path(folder)
    described = describe(path)
    snapshot = Dataset(path, kind=described.kind).snapshot()
    found = things(snapshot.search(" ".join(words), MOST, begins=True), described.base)[:limit]
    if not found:
        click.echo("Nothing holds all of these words.", err=True)
    elif format == "jsonl":
        for one in found:
            click.echo(json.dumps(one.told(), ensure_ascii=False))
    else:
        prefixes = serialise.prefixes(described.base)
        click.echo(show.table(HEADS, (_row(one, prefixes) for one in found), widest=show.WIDEST))


def _row(found: Found, prefixes: dict[str, str]) -> tuple[str, ...]:
    thing, property_ = (show.short(iri, prefixes) for iri in (found.subject, found.property))
    return thing, property_, found.value, found.language
