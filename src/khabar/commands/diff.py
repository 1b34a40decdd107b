"""khabar diff: explain what has changed between two dumps."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from khabar.commands.options import formats
from khabar.commands.outcome import Status
from khabar.dumps.changes import ADDED, REMOVED, Change, patch_lines
from khabar.dumps.sources import Source, opened, quotation_limit
from khabar.dumps.words import SHOWN, changed_lines, told


@click.command("diff")
@click.argument("old", metavar="A", type=click.Path(path_type=Path))
@click.argument("new", metavar="B", type=click.Path(path_type=Path))
@formats("text", "patch", "added", "removed", default="text")
@click.option(
    "--shown", type=click.IntRange(0), default=SHOWN, show_default=True, help="How many of each kind to name."
)
@click.option("--base", metavar="IRI", help="What the IRIs of files without graph/meta begin with.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there is a difference.")
def command(
    old: Path, new: Path, format: str, shown: int, base: str | None, exit_code: bool
) -> Status | None:
    """Explain what has changed from A to B.

    Each is a built folder, a version (DIR/dumps/2026.11.23), a mirror, or a file of RDF. --format patch
    writes RDF Patch; added and removed write N-Quads.

    \b
    Example:
      khabar diff graph/dumps/2026.11.22 graph/dumps/latest
    """
    limit = next((found for found in map(quotation_limit, (old, new)) if found), None)
    with opened(old, base=base, limit=limit) as first, opened(new, base=base, limit=limit) as second:
        if format == "text":
            differs = False
            for number, line in enumerate(told(first, second, shown=shown)):
                differs = differs or (number == 1 and line != "no difference")
                click.echo(line)
        else:
            differs = _write(first, second, format)
    return Status.PARTLY if differs and exit_code else None


def _write(old: Source, new: Source, format: str) -> bool:
    """Write the changes themselves; says whether there are any."""
    count = 0

    def counted() -> Iterator[Change]:
        nonlocal count
        for count, change in enumerate(changed_lines(old, new), 1):  # noqa: B007  the last number is the result
            yield change

    out = sys.stdout.buffer
    if format == "patch":
        out.writelines(patch_lines(counted(), new.iri, old.iri))
    else:
        wanted = ADDED if format == "added" else REMOVED
        out.writelines(line for kind, line in counted() if kind == wanted)
    return count > 0
