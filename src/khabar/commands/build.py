"""khabar build: build a graph of articles, or add articles to one."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.building import build
from khabar.commands.options import CONFIG, JOBS, LANGUAGE, SRC, TEXTS, configure
from khabar.commands.outcome import Status
from khabar.commands.sources import Sources, load_knowledge, progress
from khabar.commands.stores import opened, store_options
from khabar.remote.mirror import mirror
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
@store_options("Bring the graph to this SPARQL store, too; the next build sends what has changed.")
@click.option("--replace-store", is_flag=True, help="Empty the graphs of ours that the store holds first.")
@TEXTS
@click.option("--source-date-epoch", type=int, envvar="SOURCE_DATE_EPOCH", hidden=True)
@CONFIG
def command(
    sources: tuple[str, ...],
    out: str,
    base: str,
    jobs: int,
    language: str | None,
    store: str | None,
    store_kind: str,
    store_user: str | None,
    replace_store: bool,
    publish_text: bool,
    source_date_epoch: int | None,
) -> Status:
    """Build a validated graph of articles, or add articles to one.

    SRC is a file (text, Markdown, JSON, JSON lines, a web page, a feed, a WARC archive), a folder of
    them, or - for standard input.

    \b
    Example:
      khabar build examples --out graph
    """
    remote = opened(store, store_kind, store_user)
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
    if remote is not None:
        told = mirror(Path(out), remote, with_texts=publish_text, replace=replace_store)
        click.echo(f"sent {told.sent} triples to {told.address} in {told.batches} batches")
    return found.status if report.good else Status.PARTLY
