"""The page of /sparql: a form for a query, what it has found, and, where it was built in, an editor.

The editor is Yasgui (https://github.com/rdfjs/Yasgui), which hatch_build.py puts into the wheel; the
form does all that it does but for colours, completion and tabs.  Only this page may run scripts,
and only our own files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request

from khabar.publish import description, pictures, programs, solutions
from khabar.publish.atlas import outlines
from khabar.publish.door import POLICY
from khabar.publish.protocol import Format
from khabar.publish.site import link, page, snapshot, text, view
from khabar.publish.solutions import Table
from khabar.publish.views import short, value

EDITOR: Final = Path(__file__).parent / "static" / "vendor" / "yasgui.js"
SCRIPTED: Final = f"{POLICY}; script-src 'self'; connect-src 'self'"
VIEWS: Final = ("table", "chart", "timeline", "map", "links")
TEXTS: Final = ("run", "query", "new-query", "close-query", "complete", "asking", "unreachable")

blueprint = Blueprint("editor", __name__)


@dataclass(frozen=True)
class Found:
    """What a query has found, as the page shows it; drawings are made when they are asked for."""

    table: Table  # of a graph, those triples that can be drawn
    turtle: str = ""  # of a graph

    @cached_property
    def bars(self) -> tuple[pictures.Bar, ...]:
        """See pictures.bars."""
        return pictures.bars(self.table)

    @cached_property
    def lanes(self) -> pictures.Lanes | None:
        """See pictures.lanes."""
        return pictures.lanes(self.table)

    @cached_property
    def countries(self) -> tuple[pictures.Shaded, ...]:
        """See pictures.countries."""
        return pictures.countries(self.table, _codes())

    @cached_property
    def links(self) -> pictures.Links | None:
        """See pictures.links."""
        return pictures.links(self.table)

    @property
    def views(self) -> tuple[str, ...]:
        """The ways to look at it that there are, of VIEWS."""
        drawn = {
            "table": True,
            "chart": self.bars,
            "timeline": self.lanes,
            "map": self.countries,
            "links": self.links,
        }
        return tuple(name for name in VIEWS if drawn[name])


def form(
    query: str, status: int = 200, *, found: Found | None = None, formats: Sequence[Format] = (), **more: Any
) -> Response:
    """The page with QUERY in the form, and below it what was FOUND, in the way that `view=` asks for."""
    asked = request.values.get("view", "")
    shown = asked if found is not None and asked in found.views else "table"
    response = page(
        "sparql.html", status, query=query, found=found, formats=formats, shown=shown,
        most=solutions.MOST_ROWS, outlines=outlines() if shown == "map" else {}, has_editor=has_editor(),
        settings=_settings() if has_editor() else {}, **more,
    )  # fmt: skip
    if has_editor():
        response.headers["Content-Security-Policy"] = SCRIPTED
    return response


def has_editor() -> bool:
    """Whether this installation was built with the editor."""
    return EDITOR.is_file()


def found(query_form: str, body: bytes) -> Found:
    """What a worker has written for a page, read."""
    if query_form in ("CONSTRUCT", "DESCRIBE"):
        turtle = body.decode()
        return Found(solutions.triples(turtle, view()), turtle)
    return Found(solutions.table(body.splitlines(), view()))


def _codes() -> Mapping[str, str]:
    if snapshot().is_plain:
        return {}
    rows = snapshot().once("country-codes.rq")
    return {value(row["country"]): code for row in rows if (code := value(row["code"])) in outlines()}


def _settings() -> dict[str, object]:
    """What the script must know."""
    return {
        "endpoint": link("/sparql"),
        "terms": link("/sparql/terms"),
        "texts": {name: text(name).value for name in TEXTS},
    }


@blueprint.get("/sparql/terms")
def terms() -> Response:
    """What can be completed: our prefixes, and the classes and properties of the VoID partitions."""
    counted = description.partitions(snapshot())
    return jsonify(prefixes=programs.prefixes(), **{kind: _named(rows) for kind, rows in counted.items()})


def _named(rows: Sequence[Mapping[str, str]]) -> list[dict[str, object]]:
    """Terms with their names for the reader, those used most first."""
    ranked = sorted(rows, key=lambda row: (-int(row["number"]), row["term"]))
    return [{"iri": row["term"], "name": _name(row["term"]), "number": int(row["number"])} for row in ranked]


def _name(iri: str) -> str:
    """What a reader calls a term; nothing where that is only the end of its IRI."""
    name = view().thing(iri).name.value
    return "" if name == short(iri, snapshot().base) else name
