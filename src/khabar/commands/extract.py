"""khabar extract: show the facts that articles state."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Final

import click
import pyoxigraph as ox

from khabar import show
from khabar.commands.options import CONFIG, JOBS, LANGUAGE, SRC, formats
from khabar.commands.outcome import Status
from khabar.commands.sources import Sources, load_knowledge
from khabar.extraction import extract_all
from khabar.graph import serialise
from khabar.graph.assemble import assemble
from khabar.graph.terms import to_ox
from khabar.jsonlines import lines
from khabar.knowledge import records
from khabar.model import Reading
from khabar.vocab import DEFAULT_BASE, is_text_graph


@click.command("extract")
@SRC
@formats("table", "jsonl", "turtle", default="table")
@JOBS
@LANGUAGE
@CONFIG
def command(sources: tuple[str, ...], format: str, jobs: int, language: str | None) -> Status:
    """Show the facts that articles state.

    SRC is a file (text, Markdown, JSON, JSON lines, a web page, a feed, a WARC archive), a folder of
    them, or - for standard input.

    \b
    Example:
      khabar extract examples --format jsonl
    """
    knowledge = load_knowledge()
    found = Sources(sources, knowledge, language)
    WRITERS[format](extract_all(found.articles(), knowledge, jobs))
    return found.status


def _write_table(readings: Iterable[Reading]) -> None:
    known = records.load()
    click.echo(show.lines_table(line for reading in readings for line in lines(reading, known)))


def _write_jsonl(readings: Iterable[Reading]) -> None:
    known = records.load()
    for reading in readings:
        for line in lines(reading, known):
            click.echo(json.dumps(line, ensure_ascii=False))


def _write_turtle(readings: Iterable[Reading]) -> None:
    graph = ox.Store()
    for s, p, o, name in (quad for reading in readings for quad in assemble(reading)):
        if not is_text_graph(name, DEFAULT_BASE):
            graph.add(ox.Quad(ox.NamedNode(s), ox.NamedNode(p), to_ox(o)))
    serialise.dump(graph, "turtle", sys.stdout.buffer, DEFAULT_BASE)


WRITERS: Final = {"table": _write_table, "jsonl": _write_jsonl, "turtle": _write_turtle}
