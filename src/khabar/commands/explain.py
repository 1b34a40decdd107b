"""khabar explain: show why each fact was found."""

from __future__ import annotations

import click

from khabar import show
from khabar.commands.options import CONFIG, LANGUAGE, SRC
from khabar.commands.outcome import Status
from khabar.commands.sources import Sources, load_knowledge
from khabar.extraction import extract
from khabar.graph import serialise
from khabar.vocab import DEFAULT_BASE


@click.command("explain")
@SRC
@LANGUAGE
@CONFIG
def command(sources: tuple[str, ...], language: str | None) -> Status:
    """Show why each fact was found: the words, the frame that matched, what each name was taken for.

    \b
    Example:
      khabar explain examples/ar-dialogue-review.md
    """
    knowledge = load_knowledge()
    found = Sources(sources, knowledge, language)
    for article in found.articles():
        click.echo(f"{show.explanation(extract(article, knowledge), serialise.prefixes(DEFAULT_BASE))}\n")
    return found.status
