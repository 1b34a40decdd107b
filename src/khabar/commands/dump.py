"""khabar dump: write a whole graph."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from khabar.commands.options import CONFIG, DIR, TEXTS, formats
from khabar.graph import serialise
from khabar.graph.folder import describe, open_snapshot


@click.command("dump")
@DIR
@formats(*serialise.FORMATS, default="turtle")
@TEXTS
@CONFIG
def command(folder: str, format: str, publish_text: bool) -> None:
    """Write a whole graph: sorted, so that two builds can be compared line by line.

    \b
    Example:
      khabar dump graph --format nquads > graph.nq
    """
    snapshot, base = open_snapshot(Path(folder)), describe(Path(folder)).base
    serialise.dump(snapshot, format, sys.stdout.buffer, base, publish_text=publish_text)
