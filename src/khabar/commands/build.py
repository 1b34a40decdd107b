"""khabar build: build a graph of articles, or add articles to one."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.building import build
from khabar.commands.engines import by_spark
from khabar.commands.options import BASE, CONFIG, JOBS, LANGUAGE, OUT, TEXTS
from khabar.commands.outcome import Status
from khabar.commands.sources import Sources, load_knowledge, progress
from khabar.commands.stores import opened, store_options
from khabar.graph.quarantine import aside
from khabar.remote.mirror import mirror


@click.command("build")
@click.argument("sources", metavar="[SRC...]", nargs=-1)
@OUT
@BASE
@click.option("--retry", is_flag=True, help="Try the articles in DIR/quarantine again.")
@click.option("--refresh", is_flag=True, help="Read again what other knowledge or rules may have changed.")
@JOBS
@click.option(
    "--engine",
    type=click.Choice(("local", "spark")),
    default="local",
    show_default=True,
    envvar="KHABAR_ENGINE",
    help="spark: SRC and DIR in any Hadoop file system, N-Quads and Parquet out; needs khabar[spark].",
)
@click.option(
    "--master",
    metavar="MASTER",
    default="local[*]",
    show_default=True,
    envvar="KHABAR_MASTER",
    help="Where Spark runs: local[2], spark://HOST:7077, yarn, k8s://HOST.",
)
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
    retry: bool,
    refresh: bool,
    jobs: int,
    engine: str,
    master: str,
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
    them, or - for standard input. An article that is in the graph already, and was read by the same
    knowledge, is not read again. What breaks a rule goes to DIR/quarantine with the reason. A build that
    was stopped, even by the power, goes on where it was: just start it again. --refresh brings a graph up
    to date with a newer ontology, lexicon or khabar: of a changed language, only its own articles are read.

    \b
    Example:
      khabar build examples --out graph
    """
    if engine == "spark":
        if store or retry or refresh or replace_store:
            raise click.UsageError("--engine spark neither sends to a --store nor reads anything again.")
        if not sources:
            raise click.UsageError("Missing argument 'SRC...'.")
        return by_spark(
            sources, out, master=master, base=base, language=language,
            publish_text=publish_text, epoch=source_date_epoch,
        )  # fmt: skip
    if not sources and not retry and not refresh:
        raise click.UsageError("Missing argument 'SRC...'.")
    again = _again(Path(out), retry=retry, refresh=refresh)
    if not sources and not again:
        click.echo(f"{out} holds no such article")
        return Status.GOOD
    remote = opened(store, store_kind, store_user)
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
    if remote is not None:
        told = mirror(Path(out), remote, with_texts=publish_text, replace=replace_store)
        click.echo(f"sent {told.sent} triples to {told.address} in {told.batches} batches")
    return found.status if report.good else Status.PARTLY


def _again(out: Path, *, retry: bool, refresh: bool) -> tuple[str, ...]:
    """The files of articles that are in the graph, or in quarantine."""
    held = sorted((out / "articles").glob("*.json")) if refresh else []
    return tuple(map(str, [*held, *(article.path for article in (aside(out) if retry else ()))]))
