"""khabar evaluate: measure the extraction against annotated articles."""

from __future__ import annotations

import click

from khabar.commands.options import formats
from khabar.commands.outcome import Status
from khabar.commands.sources import load_knowledge
from khabar.evaluation import evaluate, load_gold
from khabar.extraction import extract
from khabar.jsonlines import Line, lines
from khabar.knowledge import records
from khabar.model import Article


@click.command("evaluate")
@click.argument("gold", metavar="GOLD...", nargs=-1, required=True)
@formats("table", "json", "markdown", default="table")
@click.option("--fail-under", metavar="F", type=click.FloatRange(0, 1), help="Exit with 1 if F1 is below F.")
@click.option("--misses", is_flag=True, help="List what was missed, and what was wrong.")
def command(gold: tuple[str, ...], format: str, fail_under: float | None, misses: bool) -> Status:
    """Measure the extraction against articles that people have annotated: JSON files, or folders of them.

    \b
    Example:
      khabar evaluate examples/gold --fail-under 0.5
    """
    knowledge, known = load_knowledge(), records.load()
    languages = knowledge.languages

    def found(article: Article) -> list[Line]:
        return lines(extract(article, knowledge), known)

    score = evaluate(load_gold(gold, languages=languages), found, records=known, languages=languages)
    write = {"table": score.table, "json": score.json, "markdown": score.markdown}[format]
    click.echo(write(misses=misses))
    return Status.PARTLY if fail_under is not None and score.f1 < fail_under else Status.GOOD
