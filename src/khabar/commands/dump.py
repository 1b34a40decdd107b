"""khabar dump: write a whole graph."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from khabar.commands.options import CONFIG, DIR, QUOTATIONS, TEXTS, formats
from khabar.graph import serialise
from khabar.graph.folder import describe, open_snapshot


@click.command("dump")
@DIR
@formats(*serialise.FORMATS, default="turtle")
@TEXTS
@QUOTATIONS
@CONFIG
def command(folder: str, format: str, publish_text: bool, quotation_limit: int) -> None:
    """Write a whole graph: sorted, so that two builds can be compared line by line.

    \b
    Example:
      khabar dump graph --format nquads > graph.nq
    """
    snapshot, base = open_snapshot(Path(folder)), describe(Path(folder)).base
    texts = serialise.Texts(publish_text, None if publish_text else quotation_limit)
    serialise.dump(snapshot, format, sys.stdout.buffer, base, texts)
