"""khabar demo: build the examples and ask them questions."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import click
import pyoxigraph as ox

from khabar import show
from khabar.building import build
from khabar.commands.outcome import Status
from khabar.commands.sources import Sources, load_knowledge
from khabar.graph import serialise, store
from khabar.graph.folder import open_snapshot
from khabar.resources import folder as shipped
from khabar.vocab import DEFAULT_BASE

QUESTIONS: Final = Path(__file__).with_name("questions")


@click.command("demo")
def command() -> Status:
    """Build the example articles in a temporary folder, and ask the graph five questions.

    \b
    Example:
      khabar demo
    """
    examples, knowledge = shipped("examples"), load_knowledge()
    with tempfile.TemporaryDirectory(prefix="khabar-") as scratch:
        graph = Path(scratch) / "graph"
        found = Sources([str(examples)], knowledge)
        click.echo(build(found.articles(), graph, knowledge=knowledge).text)
        snapshot = open_snapshot(graph)
        for path in sorted(QUESTIONS.glob("*.rq")):
            question = path.read_text("utf-8")
            answer = store.query(snapshot, question)
            if isinstance(answer, ox.QuerySolutions):
                click.echo(f"\n{question.splitlines()[0].removeprefix('# ')}\n")
                click.echo(show.answer(answer, serialise.prefixes(DEFAULT_BASE)))
    click.echo("\nNow build a graph to keep, and open it in a browser:")
    click.echo(f"  khabar build {examples} --out graph\n  khabar serve graph")
    return found.status
