"""A report for a terminal: what is wrong, where, and the words of the article."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from khabar.graph.report import local, short
from khabar.graph.shapes import Shapes
from khabar.validation.found import Found, Place
from khabar.validation.verdict import Verdict

_COLOURS: Final = {"violation": "red", "warning": "yellow", "info": "cyan"}
WIDEST: Final = 100  # characters of a source line


def as_text(verdict: Verdict, shapes: Shapes) -> str:
    """The report in colour; click takes the colour off where no terminal shows it."""
    return "".join(f"{line}\n" for line in _lines(verdict))


def _lines(verdict: Verdict) -> Iterator[str]:
    for found in verdict.shown:
        yield from _result(found, verdict)
    if hidden := len(verdict.new) - len(verdict.shown):
        yield f"… and {hidden} more"
    yield from verdict.notes
    if verdict.before is not None:
        yield f"{verdict.known} known before; {len(verdict.gone)} known before are gone"
    yield summary(verdict)


def summary(verdict: Verdict) -> str:
    """The last line."""
    counts = verdict.counts
    parts = [_counted(counts["violation"], "violation"), _counted(counts["warning"], "warning")]
    if counts["info"]:
        parts.append(f"{counts['info']} for information")
    said = f"{'Conforms' if verdict.conforms else 'Does not conform'}: {', '.join(parts)}"
    return click.style(said, bold=True, fg="green" if verdict.conforms else "red")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _result(found: Found, verdict: Verdict) -> Iterator[str]:
    result = found.result
    severity = click.style(local(result.severity), fg=_COLOURS[found.level], bold=True)
    yield f"{where(found.place)}{severity}: {result.name}: {verdict.message(found)}"
    if found.place is not None and found.place.text is not None:
        yield from _source(found.place)
    value = f" = {short(result.value)}" if result.value is not None and result.path else ""
    path = f"  {result.path}{value}" if result.path else ""
    yield f"  <{result.focus}>{path}  ({local(found.rule)}, {found.id})"
    for detail in result.details:
        yield f"    because {detail.message(verdict.language)} ({local(detail.shape)})"
    if found.quote is not None:
        quote = found.quote
        yield f"  {local(quote.article)}, characters {quote.begin} to {quote.end}: «{quote.sentence}»"


def where(place: Place | None) -> str:
    """file:line:column: as compilers say it; nothing where it is not known."""
    if place is None:
        return ""
    return "".join(f"{part}:" for part in (place.file, place.line, place.column) if part is not None) + " "


def _source(place: Place) -> Iterator[str]:
    text, column = (place.text or "").expandtabs(1), place.column or 1
    start = max(0, column - 1 - WIDEST // 2)
    yield f"  {place.line} | {text[start : start + WIDEST]}"
    yield f"  {' ' * len(str(place.line))} | {' ' * (column - 1 - start)}{click.style('^', bold=True)}"
