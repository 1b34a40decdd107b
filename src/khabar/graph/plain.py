"""Any RDF dataset on disk, as it is: nothing is derived, and the default graph is a graph of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyoxigraph as ox

from khabar.errors import KhabarError, StoreError
from khabar.graph.files import reporting
from khabar.graph.folder import PLAIN, Folder, is_ours

BASE: Final = "http://localhost/"  # relative IRIs are resolved against it, and the path of their file

SUFFIXES: Final = (".ttl", ".nt", ".nq", ".trig", ".n3", ".jsonld", ".rdf")


class Plain(Folder):
    """The folder of a plain dataset open for writing."""

    kind = PLAIN

    def load(self, paths: Iterable[Path], top: Path) -> None:
        """Take in RDF files below the folder TOP; raises KhabarError for one that is not what its name says.

        Triples go into the default graph, quads into their graphs.
        """
        with self._changing():
            for path in paths:
                format_ = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
                base = self.base + path.relative_to(top).as_posix()
                try:
                    self.dataset.bulk_load(path=str(path), format=format_, base_iri=base)
                except (SyntaxError, ValueError) as error:
                    name = format_.name if format_ else "RDF"
                    raise KhabarError(
                        where=str(path), problem=f"is not {name}: {error.args[0]}", fix="correct the file"
                    ) from error

    def update(self, text: str, base: str, graphs: frozenset[str] | None) -> None:
        """Run a SPARQL update as one transaction; GRAPHS, those that it may change, are of no interest here.

        Raises SyntaxError, and RuntimeError when an operation cannot be done.
        """
        with reporting(self.path):
            self._mark()
        self.dataset.update(text, base_iri=base)

    def holds_graph(self, graph: str) -> bool:
        """Whether there is such a graph; "" is the default graph, which there always is."""
        return not graph or self.dataset.contains_named_graph(ox.NamedNode(graph))

    def put_graph(self, graph: str, triples: Iterable[ox.Quad]) -> None:
        """Make TRIPLES the whole of one graph, in one transaction."""
        clear = f"DROP SILENT GRAPH <{graph}> ; CREATE GRAPH <{graph}>" if graph else "CLEAR DEFAULT"
        with self._changing():
            self.dataset.update(f"{clear} ; {_insert(graph, triples)}")

    def add_to_graph(self, graph: str, triples: Iterable[ox.Quad]) -> None:
        """Put TRIPLES into one graph, beside what it holds."""
        create = f"CREATE SILENT GRAPH <{graph}> ; " if graph else ""
        with self._changing():
            self.dataset.update(create + _insert(graph, triples))

    def drop_graph(self, graph: str) -> None:
        """Take out one graph and all that it says."""
        with self._changing():
            self.dataset.update(f"DROP SILENT GRAPH <{graph}>" if graph else "CLEAR DEFAULT")


def _insert(graph: str, triples: Iterable[ox.Quad]) -> str:
    """Blank nodes keep apart and together as in TRIPLES: their labels count for one INSERT DATA."""
    block = "\n".join(f"{quad.subject} {quad.predicate} {quad.object} ." for quad in triples)
    return f"INSERT DATA {{ GRAPH <{graph}> {{ {block} }} }}" if graph else f"INSERT DATA {{ {block} }}"


def rdf_files(folder: Path) -> Iterator[Path]:
    """The RDF files in a FOLDER and below, by their extension, sorted; hidden ones are left out."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.suffix in SUFFIXES and path.is_file():
            yield path


@contextmanager
def prepared(folder: Path, kind: str, *, writable: bool = False) -> Iterator[Path]:
    """The folder to serve for what a user calls FOLDER, a dataset of that KIND; raises KhabarError.

    RDF files are read into a folder that is gone afterwards, and stay as they are.  A folder that is
    empty or missing becomes one of ours if it is to be written to.
    """
    if kind != PLAIN or is_ours(folder):
        yield folder
        return
    paths = list(rdf_files(folder))
    if writable and paths:
        raise StoreError(
            where=str(folder),
            problem="holds RDF files, which khabar does not rewrite",
            fix="serve an empty folder and PUT them to /data, or serve this one without --writable",
        )
    if writable:
        with Plain.create(folder, BASE) as plain:
            plain.publish()
        yield folder
        return
    if not paths:
        raise StoreError(
            where=str(folder),
            problem="holds no RDF files" if folder.is_dir() else "is not a folder",
            fix=f"name a folder of files ending in {', '.join(SUFFIXES)}, or add --writable to begin one",
        )
    with TemporaryDirectory(prefix="khabar-") as scratch:
        with Plain.create(Path(scratch) / "plain", BASE) as plain:
            plain.load(paths, folder)
            plain.publish()
        yield Path(scratch) / "plain"
