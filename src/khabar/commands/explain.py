"""khabar explain: show why each fact was found."""

from __future__ import annotations

import click

from khabar import explained, show
from khabar.commands.options import CONFIG, LANGUAGE, SRC, formats
from khabar.commands.outcome import Status
from khabar.commands.sources import Sources, load_knowledge
from khabar.extraction import extract
from khabar.graph import serialise
from khabar.vocab import DEFAULT_BASE


@click.command("explain")
@SRC
@formats("text", "html", default="text")
@LANGUAGE
@CONFIG
def command(sources: tuple[str, ...], format: str, language: str | None) -> Status:
    """Show why each fact was found: the words, the frame that matched, what each name was taken for.

    \b
    Example:
      khabar explain examples/ar-dialogue-review.md --format html > why.html
    """
    knowledge = load_knowledge()
    found = Sources(sources, knowledge, language)
    readings = (extract(article, knowledge) for article in found.articles())
    prefixes = serialise.prefixes(DEFAULT_BASE)
    if format == "html":
        pieces = explained.page(readings, prefixes)
    else:
        pieces = (f"{show.explanation(reading, prefixes)}\n\n" for reading in readings)
    for piece in pieces:
        click.echo(piece, nl=False)
    return found.status
