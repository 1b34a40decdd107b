"""khabar watch: build what arrives, and publish it."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from khabar.commands.options import BASE, CONFIG, JOBS, LANGUAGE, OUT
from khabar.commands.outcome import complain
from khabar.commands.sources import load_knowledge
from khabar.watching import Watch


@click.command("watch")
@click.argument("sources", metavar="FOLDER|FEED...", nargs=-1, required=True)
@OUT
@BASE
@click.option(
    "--every",
    metavar="SECONDS",
    type=click.FloatRange(0.1),
    default=60.0,
    show_default=True,
    envvar="KHABAR_EVERY",
    help="Look, build and publish so often.",
)
@click.option("--once", is_flag=True, help="Look once, and end.")
@JOBS
@LANGUAGE
@CONFIG
def command(
    sources: tuple[str, ...],
    out: str,
    base: str,
    every: float,
    once: bool,
    jobs: int,
    language: str | None,
) -> None:
    """Build the articles that arrive in folders and feeds, and publish them, until it is stopped.

    A feed is an address that begins with http:// or https://; nothing else is fetched, not even what its
    entries link to. A file is read when it has stopped growing. What is in the graph already costs
    nothing; a file that goes away takes nothing out of the graph (khabar remove does).

    \b
    Example:
      khabar watch inbox https://example.org/news.rss --out graph --every 300
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    watch = Watch(sources, load_knowledge(), language)
    while True:
        report = watch.round(Path(out), base=base, jobs=jobs, tell=complain)
        if report is not None:
            click.echo(f"{report.text.splitlines()[0]}, snapshot {report.snapshot}")
            for refused in report.refused:
                complain(f"refused {refused.origin}: {refused.reason}")
        if once or stopped.wait(every):
            return
