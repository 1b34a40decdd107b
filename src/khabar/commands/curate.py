"""khabar curate: write down what somebody has decided."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from rdflib import URIRef

from khabar.commands.options import CONFIG, DIR
from khabar.graph.curation import OF_TWO, Decision, decide
from khabar.graph.folder import describe
from khabar.vocab import BASE, KH, unbased

VERDICTS: Final = {
    "same-as": KH.same,
    "different-from": KH.different,
    "confirm": KH.confirmed,
    "deny": KH.refuted,
}


@click.command("curate")
@click.argument("verdict", type=click.Choice(list(VERDICTS)))
@DIR
@click.argument("iris", metavar="IRI...", nargs=-1, required=True)
@click.option("--by", metavar="NAME", required=True, help="Who has decided.")
@click.option("--reason", metavar="TEXT", required=True, help="Why.")
@CONFIG
def command(verdict: str, folder: str, iris: tuple[str, ...], by: str, reason: str) -> None:
    """Decide that two things are one or two, or that a statement is right or wrong.

    same-as and different-from take two things, confirm and deny one statement, each as an IRI or as
    id:NAME. The decision is published at once, in the graph graph/curation, and later builds keep it;
    a later one on the same question takes its place. What is denied loses its plain triple, not its
    statement.

    \b
    Example:
      khabar curate same-as graph id:x-ekpan56xgpynczbr id:x-iga4wishkptv2aqe --by A.Q. --reason "one post"
    """
    wanted = 2 if VERDICTS[verdict] in OF_TWO else 1
    if len(iris) != wanted or not by.strip() or not reason.strip():
        raise click.UsageError(f"{verdict} takes {wanted} IRI{'s' * (wanted - 1)}, a name and a reason.")
    if len(set(iris)) != wanted:
        raise click.UsageError(f"{verdict} takes two different IRIs; {iris[0]} is given twice.")
    base = describe(Path(folder)).base
    concerns = tuple(_iri(iri, base) for iri in iris)
    snapshot = decide(Path(folder), Decision(VERDICTS[verdict], concerns, by.strip(), reason.strip()))
    click.echo(f"decided, and published as snapshot {snapshot}")


def _iri(given: str, base: str) -> URIRef:
    """An IRI of the folder, or its prefixed name, under the default base."""
    if given.startswith("id:"):
        return BASE[f"id/{given.removeprefix('id:')}"]
    return unbased(given.removeprefix("<").removesuffix(">"), base)
