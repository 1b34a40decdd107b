"""A report as workflow commands, which GitHub shows as annotations of the lines."""

from __future__ import annotations

from typing import Final

from khabar.graph.report import local
from khabar.graph.shapes import Shapes
from khabar.validation.found import Found
from khabar.validation.verdict import Verdict

LEVELS: Final = {"violation": "error", "warning": "warning", "info": "notice"}
MOST: Final = 10  # of each kind: GitHub drops what comes after


def as_annotations(verdict: Verdict, shapes: Shapes) -> str:
    """At most MOST annotations of each level, and how many there are in all."""
    lines = []
    for level, command in LEVELS.items():
        mine = [found for found in verdict.shown if found.level == level]
        lines += [_command(command, found, verdict) for found in mine[:MOST]]
        if len(mine) > MOST:
            lines.append(f"::{command}::{len(mine) - MOST} more results of the level {level} are not shown")
    counts = ", ".join(f"{number} {level}" for level, number in verdict.counts.items())
    lines.append(
        f"::notice title=khabar validate::{'Conforms' if verdict.conforms else 'Does not conform'}: {counts}"
    )
    return "".join(f"{line}\n" for line in lines)


def _command(command: str, found: Found, verdict: Verdict) -> str:
    place = found.place
    told = {} if place is None else {"file": place.file, "line": place.line, "col": place.column}
    told["title"] = local(found.rule)
    properties = ",".join(f"{name}={_property(value)}" for name, value in told.items() if value is not None)
    said = f"{found.result.name}: {verdict.message(found)}"
    if found.quote is not None:
        said += f"\n«{found.quote.sentence}»"
    return f"::{command} {properties}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
