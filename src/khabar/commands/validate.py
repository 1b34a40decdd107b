"""khabar validate: check RDF data against SHACL shapes."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.commands.outcome import Status
from khabar.commands.sources import load_knowledge
from khabar.graph.load import base_of, load_data, moved_graph
from khabar.graph.shapes import load_shapes
from khabar.graph.validate import validate
from khabar.resources import folder as shipped


@click.command("validate")
@click.argument("data", metavar="DATA...", type=Path, nargs=-1, required=True)
@click.option(
    "--shapes", metavar="FILE", type=Path, multiple=True, help="Check by these, not by khabar's own."
)
def command(data: tuple[Path, ...], shapes: tuple[Path, ...]) -> Status:
    """Check DATA against SHACL shapes: RDF files, or built folders.

    \b
    Example:
      khabar validate graph
    """
    graph = load_data(data)
    base = base_of(graph)
    paths = shapes or tuple(sorted(shipped("shapes").glob("*.ttl")))
    report = validate(graph, load_shapes(paths, base), moved_graph(load_knowledge().ontology.graph, base))
    click.echo(report.text, nl=False)
    return Status.GOOD if report.conforms else Status.PARTLY
