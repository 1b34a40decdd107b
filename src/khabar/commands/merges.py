"""khabar merges: show what may be one thing under two names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import click
import pyoxigraph as ox
from rdflib import URIRef

from khabar import show
from khabar.commands.options import CONFIG, DIR, formats
from khabar.commands.sources import load_knowledge
from khabar.graph import serialise
from khabar.graph.folder import describe, open_snapshot
from khabar.graph.identity import Fact, Proposal, Thing, evidence, proposals

Shorten = Callable[[str], str]


@click.command("merges")
@DIR
@formats("table", "jsonl", default="table")
@CONFIG
def command(folder: str, format: str) -> None:
    """Propose things of a built graph that may be one: named alike in any script, or spoken of alike.

    The likeliest come first; nothing is merged. What both share is told with the words of the articles
    in the JSON lines.

    \b
    Example:
      khabar merges graph
    """
    base = describe(Path(folder)).base
    snapshot, prefixes = open_snapshot(Path(folder)), serialise.prefixes(base)
    found = proposals(snapshot, load_knowledge(), base)
    if format == "jsonl":
        for proposal in found:
            click.echo(json.dumps(_line(proposal, snapshot, base), ensure_ascii=False))
        return
    click.echo(show.table(_HEADS, (_row(p, lambda iri: show.short(iri, prefixes)) for p in found), widest=60))


_HEADS: Final = ("one", "its name", "other", "its name", "named alike", "both")


def _row(proposal: Proposal, short: Shorten) -> tuple[str, ...]:
    both = "; ".join(_told(fact, short) for fact in proposal.shared)
    things = (proposal.left, proposal.right)
    sides = (cell for thing in things for cell in (short(thing.iri), max(thing.names, key=len)))
    return (*sides, "yes" if proposal.named_alike else "no", both or "nothing known")


def _told(fact: Fact, short: Shorten) -> str:
    other = short(fact.other) if isinstance(fact.other, URIRef) else str(fact.other)
    path = "/".join(map(short, fact.path))
    parts = (path, other) if fact.forwards else (other, path)
    return " ".join((*parts, *([fact.year] if fact.year else [])))


def _line(proposal: Proposal, snapshot: ox.Store, base: str) -> dict[str, Any]:
    return {
        "one": _thing(proposal.left),
        "other": _thing(proposal.right),
        "named_alike": proposal.named_alike,
        "both": [_shared(fact, proposal, snapshot, base) for fact in proposal.shared],
    }


def _thing(thing: Thing) -> dict[str, Any]:
    return {"iri": thing.iri, "names": [{"text": str(n), "lang": n.language} for n in thing.names]}


def _shared(fact: Fact, proposal: Proposal, snapshot: ox.Store, base: str) -> dict[str, Any]:
    def said(statements: Iterable[URIRef]) -> list[dict[str, Any]]:
        return [{"statement": s, "words": evidence(snapshot, s, base)} for s in statements]

    return {
        "path": fact.path,
        "as": "subject" if fact.forwards else "object",
        "with": str(fact.other),
        "year": fact.year,
        "one": said(proposal.left.facts[fact]),
        "other": said(proposal.right.facts[fact]),
    }
