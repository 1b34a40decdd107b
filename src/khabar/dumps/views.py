"""The same facts in other people's vocabularies: queries over the model, and not second copies of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from khabar.dumps.manifest import File
from khabar.dumps.packing import Content
from khabar.graph.lines import Sorter, shortened
from khabar.graph.serialise import Names, blocks

QUERIES: Final = Path(__file__).with_name("queries")
BATCH: Final = 2000  # triples

ORG: Final = "khabar-org.ttl"
SCHEMA: Final = "khabar-schema.ttl"
QUICKSTATEMENTS: Final = "quickstatements.tsv"

_PRECISION: Final = {"gYear": (9, "-00-00"), "gYearMonth": (10, "-00"), "date": (11, "")}

Row = Mapping[str, ox.NamedNode | ox.Literal]


class Views:
    """The views of one snapshot, written into FOLDER."""

    def __init__(
        self,
        snapshot: ox.Store,
        base: str,
        folder: Path,
        notice: str,
        *,
        limit: int | None,
    ) -> None:
        self._snapshot = snapshot
        self._base = base
        self._folder = folder
        self._names = Names(base)
        self._header = notice + self._names.header
        self._limit = limit

    def write(self) -> list[File]:
        """All of them."""
        contents = (
            self._turtle(
                ORG, self._constructed("org.rq"), "posts and memberships in the W3C's organization ontology"
            ),
            self._turtle(SCHEMA, self._constructed("schema.rq"), "things, events and articles in schema.org"),
            self._quickstatements(),
        )
        return [file for content in contents for file in content.files]

    # --- as triples

    def _turtle(self, name: str, triples: Iterable[ox.Triple], title: str) -> Content:
        with Content(self._folder, name, "text/turtle", title) as content:
            content.write(self._header)
            content.records = 0
            for batch in self._sorted(triples):
                content.write(blocks(batch, self._names))
                content.records += len(batch)
        return content

    def _constructed(self, name: str) -> Iterator[ox.Triple]:
        found = self._snapshot.query(query_text(name), base_iri=self._base)
        if not isinstance(found, ox.QueryTriples):
            raise TypeError(f"{name} does not construct")
        yield from found

    def _sorted(self, triples: Iterable[ox.Triple]) -> Iterator[list[str]]:
        lines, waiting = Sorter(), list[ox.Triple]()
        for triple in triples:
            waiting.append(triple)
            if len(waiting) == BATCH:
                lines.add(written(waiting))
                waiting.clear()
        lines.add(written(waiting))
        for batch in lines.batches():
            yield shortened(batch, self._limit)

    # --- as rows

    def _selected(self, name: str) -> Iterator[Row]:
        found = self._snapshot.query(query_text(name), base_iri=self._base)
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError(f"{name} does not select")
        names = [variable.value for variable in found.variables]
        for solution in found:
            yield {
                name: term
                for name, term in zip(names, solution, strict=True)
                if isinstance(term, ox.NamedNode | ox.Literal)
            }

    def _quickstatements(self) -> Content:
        """Commands for Wikidata's editors: https://www.wikidata.org/wiki/Help:QuickStatements, version 1."""
        lines = Sorter()
        for row in self._selected("quickstatements.rq"):
            if command := _command(row):
                lines.add([command])
        title = "statements for Wikidata's editors, with references: QuickStatements; look at each"
        with Content(self._folder, QUICKSTATEMENTS, "text/tab-separated-values", title) as content:
            content.records = 0
            for batch in lines.batches():
                content.write("".join(f"{line}\n" for line in batch))
                content.records += len(batch)
        return content


@cache
def query_text(name: str) -> str:
    """The text of one of the queries, by the name of its file."""
    return (QUERIES / name).read_text(encoding="utf-8")


def written(triples: Iterable[ox.Triple]) -> list[str]:
    """Triples as N-Triples writes them."""
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return data.decode().split("\n")[:-1]


def _command(row: Row) -> str:
    """One line of QuickStatements; nothing for a value that it cannot say."""
    value = row["value"]
    said = _time(value) if isinstance(value, ox.Literal) else _local(value)
    if not said:
        return ""
    parts = [_local(row["item"]), _local(row["property"]), said]
    if "when" in row and (when := _time(row["when"])):
        parts += ["P585", when]
    parts += ["S854", '"' + row["url"].value.replace('"', "%22").replace("\t", " ") + '"']
    if "published" in row and (published := _time(row["published"])):
        parts += ["S577", published]
    return "\t".join(parts)


def _time(literal: ox.NamedNode | ox.Literal) -> str:
    """A date with its precision, as in +2023-12-00T00:00:00Z/10; nothing for what is no date."""
    kind = literal.datatype.value.rpartition("#")[2] if isinstance(literal, ox.Literal) else ""
    if kind not in _PRECISION:
        return ""
    precision, rest = _PRECISION[kind]
    return f"+{literal.value}{rest}T00:00:00Z/{precision}"


def _local(node: ox.NamedNode | ox.Literal) -> str:
    return node.value.rpartition("/")[2]
