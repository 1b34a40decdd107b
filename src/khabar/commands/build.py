"""khabar build: build a graph of articles, or add articles to one."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.building import build
from khabar.commands.options import CONFIG, JOBS, LANGUAGE, configure
from khabar.commands.outcome import Status
from khabar.commands.sources import Sources, load_knowledge, progress
from khabar.graph import quarantine
from khabar.graph.quarantine import aside
from khabar.vocab import DEFAULT_BASE


@click.command("build")
@click.argument("sources", metavar="[SRC...]", nargs=-1)
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    envvar="KHABAR_DIR",
    is_eager=True,
    callback=configure,
    help="The folder of the graph; it may exist already.",
)
@click.option(
    "--base",
    metavar="IRI",
    default=DEFAULT_BASE,
    show_default=True,
    envvar="KHABAR_BASE",
    help="Mint IRIs under this address; the first build fixes it.",
)
@click.option("--retry", is_flag=True, help="Try the articles in DIR/quarantine again.")
@JOBS
@LANGUAGE
@click.option("--source-date-epoch", type=int, envvar="SOURCE_DATE_EPOCH", hidden=True)
@CONFIG
def command(
    sources: tuple[str, ...],
    out: str,
    base: str,
    retry: bool,
    jobs: int,
    language: str | None,
    source_date_epoch: int | None,
) -> Status:
    """Build a validated graph of articles, or add articles to one.

    SRC is a file (text, Markdown, JSON, JSON lines, a web page, a feed, a WARC archive), a folder of
    them, or - for standard input. An article that is in the graph already, and was read by the same
    knowledge, is not read again. What breaks a rule goes to DIR/quarantine with the reason. A build that
    was stopped, even by the power, goes on where it was: just start it again.

    \b
    Example:
      khabar build examples --out graph
    """
    again = tuple(str(article.path) for article in aside(Path(out))) if retry else ()
    if not sources and not retry:
        raise click.UsageError("Missing argument 'SRC...'.")
    if not sources and not again:
        click.echo(f"{Path(out) / quarantine.NAME} holds no article")
        return Status.GOOD
    knowledge = load_knowledge()
    found = Sources((*sources, *again), knowledge, language)
    articles = found.articles()
    with progress("building") as shown:
        report = build(
            articles,
            Path(out),
            knowledge=knowledge,
            base=base,
            jobs=jobs,
            progress=shown,
            source_date_epoch=source_date_epoch,
        )
    click.echo(report.text)
    return found.status if report.good else Status.PARTLY
