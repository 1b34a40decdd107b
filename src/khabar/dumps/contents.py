"""What the files of a version hold: all of it is made of khabar.nq, in one pass over its lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import BinaryIO, Final, Self

import pyoxigraph as ox

from khabar.dumps.changes import graph_of
from khabar.dumps.manifest import File
from khabar.dumps.packing import BOTH, PACKED, Content, as_it_is
from khabar.dumps.restated import Restated
from khabar.dumps.stated import Reader
from khabar.dumps.table import BOM, Row, Table, as_csv
from khabar.graph.lines import Batch, Sorter, cut, graphs, is_article_graph
from khabar.graph.serialise import Names, blocks, nquads
from khabar.graph.skolem import skolemise
from khabar.vocab import BASE, KH, RDF, SKOS, rebase

NQUADS: Final = "khabar.nq"
TRIG: Final = "khabar.trig"
FACTS: Final = "khabar-facts.ttl"
ENTITIES: Final = "khabar-entities.ttl"
ONTOLOGY: Final = "ontology.ttl"
SHAPES: Final = "shapes.ttl"
STATEMENTS: Final = "statements.csv"
PARQUET: Final = "statements.parquet"

TURTLE_TYPE: Final = "text/turtle"
NQUADS_TYPE: Final = "application/n-quads"
TRIG_TYPE: Final = "application/trig"

# A fact is a plain triple, a class or a label; the other names of things are in khabar-entities.ttl.
_OTHER_NAMES: Final = (SKOS.altLabel, SKOS.notation, KH.acronym)


def write_nquads(
    snapshot: ox.Store, base: str, folder: Path, *, limit: int | None, publish_text: bool
) -> Content:
    """Write khabar.nq, packed and as it is: all published named graphs, each sorted."""
    title = "every named graph: facts, statements, evidence, entities, ontology, provenance"
    with Content(folder, NQUADS, NQUADS_TYPE, title, BOTH) as content:
        content.records = 0
        for graph, found in graphs(snapshot, base, publish_text=publish_text, limit=limit):
            for batch in found:
                content.write(nquads(batch, graph))
                content.records += len(batch)
    return content


def named_graphs(stream: BinaryIO) -> Iterator[tuple[str, Iterator[Batch]]]:
    """The graphs of a sorted dump, each with its triples."""
    for graph, lines in groupby(stream, key=graph_of):
        end = len(graph) + 6  # b" <", the graph, b"> .\n", without the space before the full stop
        yield graph.decode(), cut(line[:-end] + b" .\n" for line in lines)


# How to write rows below a head into a file of columns: dumps/columns.py, whose library not everybody has.
Columns = Callable[[Path, Row, Iterator[Row]], None]


class Contents:
    """The files that are made of the graphs of khabar.nq.  A context manager: leaving it completes them."""

    def __init__(
        self,
        folder: Path,
        snapshot: ox.Store,
        base: str,
        notice: str,
        columns: Columns | None = None,
        *,
        views: bool = True,
        license: str | None = None,
    ) -> None:
        self._base = base
        self._names = Names(base)
        self._reader = Reader(base)
        self._table = Table(snapshot, base)
        self._facts = Sorter()
        self._folder = folder
        self._header = notice + self._names.header
        self._statement = f" <{RDF.type}> <{rebase(KH.Statement, base)}> ."
        self._unwanted = tuple(f"<{rebase(term, base)}>" for term in _OTHER_NAMES)
        self._stack = ExitStack()
        self._contents: list[Content] = []
        self.articles = 0
        self.statements = 0
        self._trig = self._content(TRIG, TRIG_TYPE, "the same as TriG, to read")
        self._entities = self._content(ENTITIES, TURTLE_TYPE, "people, bodies, places: classes, names, links")
        self._ontology = self._content(ONTOLOGY, TURTLE_TYPE, "classes and properties", BOTH)
        self._csv = self._content(STATEMENTS, "text/csv", "a row for each statement, with labels")
        for content in (self._trig, self._entities, self._ontology):
            content.write(self._header)
        self._csv.write(BOM + as_csv([self._table.head]))
        self._restated = (
            Restated(self._content, snapshot, self._names, self._header, license) if views else None
        )
        self._columns = columns
        self._rows: BinaryIO = TemporaryFile()  # noqa: SIM115  closed when the rows are in columns

    def _content(
        self, name: str, media_type: str, title: str, encodings: tuple[str | None, ...] = PACKED
    ) -> Content:
        content = self._stack.enter_context(Content(self._folder, name, media_type, title, encodings))
        content.records = 0
        self._contents.append(content)
        return content

    def add(self, graph: str, found: Iterable[Batch]) -> str:
        """Write one named graph into each file that it belongs into.

        Returns the Turtle of a graph of an article, indented as in TriG; nothing for another graph.
        """
        name = self._names.iri(f"<{graph}>")
        self._trig.write(f"\n{name} {{\n")
        if is_article_graph(graph, self._base):
            body = self._article(graph, list(found))
            self._trig.write(body)
        else:
            body = ""
            for batch in found:
                self._write(self._trig, batch, indent="  ")
                self._add_other(graph, batch)
        self._trig.write("}\n")
        return body

    def _article(self, graph: str, batches: list[Batch]) -> str:
        self.articles += 1
        for batch in batches:
            self._facts.add(self._plain(batch))
        statements = list(self._reader.statements(batches))
        rows = list(self._table.rows(statements))
        if self._restated is not None:
            self._restated.add(graph, statements)
        if self._columns is not None:
            self._rows.writelines(json.dumps(row).encode() + b"\n" for row in rows)
        self.statements += len(rows)
        self._csv.records = self.statements
        self._csv.write(as_csv(rows))
        self._trig.records = (self._trig.records or 0) + sum(map(len, batches))
        return "".join(blocks(batch, self._names, indent="  ") for batch in batches)

    def _add_other(self, graph: str, batch: Batch) -> None:
        if graph == f"{self._base}graph/entities":
            self._write(self._entities, batch)
            self._facts.add(self._plain(batch))
        elif graph == f"{self._base}graph/ontology":
            self._write(self._ontology, batch)

    def _write(self, content: Content, batch: Batch, indent: str = "") -> None:
        content.write(blocks(batch, self._names, indent))
        content.records = (content.records or 0) + len(batch)

    def _plain(self, batch: Batch) -> Iterator[str]:
        """The facts among triples: what is said of things, but not of statements."""
        things = f"<{self._base}id/"
        for subject, found in groupby(batch, key=lambda line: line.partition(" ")[0]):
            if subject.startswith(things):
                lines = list(found)
                if not any(line.endswith(self._statement) for line in lines):
                    start = len(subject) + 1
                    yield from (line for line in lines if not line.startswith(self._unwanted, start))

    def finish(self, shapes: Iterable[Path]) -> None:
        """Write what can only be written when every graph has been added."""
        self._stack.close()  # what packs the others is memory, too
        facts = self._content(FACTS, TURTLE_TYPE, "plain triples and labels, without evidence")
        facts.write(self._header)
        for batch in self._facts.batches():
            self._write(facts, batch)
        written = self._content(SHAPES, TURTLE_TYPE, "SHACL: what holds of every build", BOTH)
        written.write(self._names.header)
        lines = skolemise(shapes, BASE["shapes"], self._base)
        self._write(written, sorted(f"{line} ." for line in lines))
        with self._rows as waiting:
            if self._columns is not None:  # last, for its library takes as much memory as all that was before
                waiting.seek(0)
                rows = (tuple(json.loads(line)) for line in waiting)
                self._columns(self._folder / PARQUET, self._table.head, rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @property
    def files(self) -> list[File]:
        """The files, when they are complete."""
        found = [file for content in self._contents for file in content.files]
        if self._columns is not None:
            title = "the same as columns: Parquet"
            path = self._folder / PARQUET
            found.append(as_it_is(path, "application/vnd.apache.parquet", title, self.statements))
        return found
