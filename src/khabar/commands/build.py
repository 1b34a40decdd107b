"""khabar build: build a graph of articles, or add articles to one."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.building import build
from khabar.commands.options import CONFIG, JOBS, LANGUAGE, SRC, configure
from khabar.commands.outcome import Status
from khabar.commands.sources import Sources, load_knowledge, progress
from khabar.vocab import DEFAULT_BASE


@click.command("build")
@SRC
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
@JOBS
@LANGUAGE
@click.option("--source-date-epoch", type=int, envvar="SOURCE_DATE_EPOCH", hidden=True)
@CONFIG
def command(
    sources: tuple[str, ...],
    out: str,
    base: str,
    jobs: int,
    language: str | None,
    source_date_epoch: int | None,
) -> Status:
    """Build a validated graph of articles, or add articles to one.

    SRC is a file (text, Markdown, JSON, JSON lines, a web page, a feed, a WARC archive), a folder of
    them, or - for standard input.

    \b
    Example:
      khabar build examples --out graph
    """
    knowledge = load_knowledge()
    found = Sources(sources, knowledge, language)
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
