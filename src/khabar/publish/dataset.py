"""The published snapshot of a built folder, as the web reads it: by our own queries, given bindings."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import pyoxigraph as ox

from khabar.errors import QueryError, StoreError
from khabar.graph import index
from khabar.graph.checkpoint import BOOKS
from khabar.graph.folder import BUILT, PLAIN, describe, snapshot_path
from khabar.publish.protocol import Refusal
from khabar.remote.reading import Readable
from khabar.vocab import ITSRDF, NIF, RDF, RDFS, SCHEMA, SKOS

QUERIES: Final = Path(__file__).with_name("queries")

_PARTS: Final = (str(RDF.subject), str(RDF.object))  # of a statement about a thing, which is no link to it

MOST_NAMES: Final = 20_000  # things whose names are kept
LONG: Final = 200  # statements of one thing; the order of as many is kept
MOST_ORDERS: Final = 32  # such lists
MOST_OF_ONE: Final = 500  # names of one kind that one thing may have
NAMING: Final = {RDFS.label: 0, SKOS.prefLabel: 0, SCHEMA.headline: 0, SKOS.altLabel: 1}  # with their rank

SPAN: Final = (NIF.beginIndex, NIF.endIndex, NIF.anchorOf)

T = TypeVar("T")
Term = ox.NamedNode | ox.Literal
Row = Mapping[str, Term]  # a variable that is not bound is absent


@cache
def query_text(name: str) -> str:
    """The text of one of our own queries, by the name of its file."""
    return (QUERIES / name).read_text(encoding="utf-8")


class Snapshot:
    """One state of the graph: read-only, so whatever is found in it stays true of it."""

    def __init__(
        self,
        path: Path,
        base: str,
        *,
        publish_text: bool,
        published: int = 0,
        is_plain: bool = False,
        store: Readable | None = None,
    ) -> None:
        """The snapshot at PATH; or what another STORE holds, of which PATH has no more than the index."""
        self.path = path
        self.published = published / 1e9  # seconds since 1970
        self.id = f"{path.name}-{published:x}"  # another one after a build from scratch, too
        self.base = base
        # Graphs whose IRI begins so are not shown.
        self.withheld: tuple[str, ...] = () if is_plain else (BOOKS.value,)
        if not publish_text:
            self.withheld += (f"{base}graph/text/",)
        self.is_plain = is_plain
        self.prefixes = {} if is_plain else {"kh": f"{base}ont#", "id": f"{base}id/"}
        self._store: Readable = store or _open(path)
        self._graphs = [graph for graph in self._store.named_graphs() if self._is_shown(graph)]
        self._names = frozenset(graph.value for graph in self._graphs if isinstance(graph, ox.NamedNode))
        self.graphs = sorted(self._names)
        self._naming: dict[str, Sequence[tuple[str, str]]] = {}
        self._orders: dict[tuple[str, ...], Sequence[str]] = {}
        self._remembered: dict[str, Any] = {}
        self._scratch: TemporaryDirectory[str] | None = None
        self._indexing = threading.Lock()

    def _is_shown(self, graph: object) -> bool:
        return not (isinstance(graph, ox.NamedNode) and graph.value.startswith(self.withheld))

    def select(self, name: str, **bindings: Term) -> list[Row]:
        """The solutions of queries/NAME, each of the variables in BINDINGS bound to its term.

        Such a variable must be selected by the query, too.  `<ont#>` in it stands for our vocabulary.
        A query that does not say by ?graph which named graph it asks, asks those that are shown.
        """
        query = query_text(name)
        found = self._store.query(
            query,
            base_iri=self.base,
            named_graphs=self._graphs if "GRAPH" in query and "graph" not in bindings else None,
            substitutions={ox.Variable(variable): term for variable, term in bindings.items()},
        )
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError(f"queries/{name} is not a SELECT query")
        names = [variable.value for variable in found.variables]
        return [
            {name: term for name, term in zip(names, solution, strict=True) if isinstance(term, Term)}
            for solution in found
        ]

    def once(self, name: str, **bindings: Term) -> list[Row]:
        """As select, but remembered: for what every visitor of the home page asks."""
        key = f"{name} {sorted(bindings.items(), key=lambda item: item[0])}"
        return self.remember(key, lambda: self.select(name, **bindings))

    def remember(self, key: str, make: Callable[[], list[T]]) -> list[T]:
        """What MAKE makes of this snapshot, made once; nothing is made again, for it may be a failure."""
        found: list[T] = self._remembered.get(key) or make()
        self._remembered[key] = found
        return found

    def newest_first(self, iris: tuple[str, ...]) -> Sequence[str]:
        """The statements in which a thing, under any of its IRIS, takes part, of the newest articles first.

        Long lists are kept with the snapshot: they belong to what is most in the news, and is asked for most.
        """
        known = self._orders.get(iris)
        if known is None:
            rows = [row for iri in iris for row in self.select("statements.rq", this=ox.NamedNode(iri))]
            dated = {row["statement"].value: row["asOf"].value if "asOf" in row else "" for row in rows}
            known = sorted(sorted(dated), key=dated.__getitem__, reverse=True)
            if len(known) >= LONG:
                if len(self._orders) >= MOST_ORDERS:
                    self._orders.clear()
                self._orders[iris] = known
        return known

    def about(self, iri: str) -> Iterator[tuple[str, Term]]:
        """What the default graph says of a thing."""
        for quad in self._store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph()):
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                yield quad.predicate.value, quad.object

    # --- what a page asks for each of its facts: a query would be parsed and planned a hundred times over

    def values(self, iri: str, predicate: str, graph: str = "") -> list[Term]:
        """The values of a property of a thing, in the default graph or in the named one, in no order."""
        where = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        quads = self._store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(predicate), None, where)
        return [quad.object for quad in quads if isinstance(quad.object, ox.NamedNode | ox.Literal)]

    def names(self, iri: str) -> Sequence[tuple[str, str]]:
        """The names of a thing with their languages: the curated before the printed, long before short.

        They are kept with the snapshot, for most pages name the same countries and bodies.
        """
        known = self._naming.get(iri)
        if known is None:
            if len(self._naming) >= MOST_NAMES:
                self._naming.clear()
            ranked = {
                (rank, -len(term.value), term.value, getattr(term, "language", None) or "")
                for predicate, rank in NAMING.items()
                for term in self.values(iri, predicate)[:MOST_OF_ONE]
            }
            known = self._naming[iri] = [(value, tag) for _, _, value, tag in sorted(ranked)]
        return known

    def spans(self, statement: str) -> list[tuple[int, int, Term]]:
        """The words that a statement rests on: where they begin and end, in the order of the article."""
        found = []
        for span in self.values(statement, f"{self.base}ont#evidence"):
            begins, ends, words = (self.values(span.value, part) for part in SPAN)
            found += [(int(b.value), int(e.value), term) for b in begins for e in ends for term in words]
        return sorted(found, key=lambda span: (*span[:2], span[2].value))

    def mentions(self, iri: str, graph: str) -> list[tuple[int, int]]:
        """Where the article of a named graph names a thing: ranges of code points.

        One graph is asked: elsewhere a thing may have thousands of mentions.
        """
        named = self._store.quads_for_pattern(
            None, ox.NamedNode(ITSRDF.taIdentRef), ox.NamedNode(iri), ox.NamedNode(graph)
        )
        mentions = [quad.subject.value for quad in named if isinstance(quad.subject, ox.NamedNode)]
        return sorted(
            {
                (int(begin.value), int(end.value))
                for mention in mentions
                for begin in self.values(mention, NIF.beginIndex, graph)
                for end in self.values(mention, NIF.endIndex, graph)
            }
        )

    def example(self, predicate: ox.NamedNode, value: Term | None = None) -> ox.Quad | None:
        """A triple of the default graph with that PREDICATE and VALUE: whichever comes first."""
        return next(self._store.quads_for_pattern(None, predicate, value, ox.DefaultGraph()), None)

    def search(
        self, words: str, limit: int, *, begins: bool = False, subjects: str = ""
    ) -> Sequence[index.Found]:
        """The literals that hold all WORDS, the best first; raises Refusal when it takes too long.

        BEGINS: the last word may be the beginning of one.  SUBJECTS: only those whose IRI begins so.
        """
        try:
            return index.search(self._indexed(), words, limit=limit, begins=begins, subjects=subjects)
        except QueryError as error:
            raise Refusal(
                status=503, code="deadline", where=error.where, problem=error.problem, fix=error.fix,
                headers={"Retry-After": "30"},
            ) from error  # fmt: skip

    def literals(self, properties: Sequence[str], *, subjects: str) -> Iterator[tuple[str, str]]:
        """The literals of PROPERTIES, each after its subject, whose IRI begins with SUBJECTS."""
        return index.literals(self._indexed(), properties, subjects=subjects)

    def _indexed(self) -> Path:
        """Where the index is; a snapshot of an older khabar gets one now, for this process."""
        if not (self.path / index.NAME).is_file():
            with self._indexing:
                if self._scratch is None:
                    self._scratch = TemporaryDirectory(prefix="khabar-")
                    folder = Path(self._scratch.name)
                    index.write(
                        self._store, folder, None, everywhere=self.is_plain, hidden=f"{self.base}lexicon/"
                    )
            return Path(self._scratch.name)
        return self.path

    def has_graph(self, iri: str) -> bool:
        """Whether there is such a graph, and it is published."""
        return iri in self._names

    def quads(self, graph: str) -> Iterator[ox.Quad]:
        """All that one named graph says."""
        return self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph))

    def description(self, iri: str) -> Iterator[ox.Quad]:
        """All quads of the named graphs whose subject is IRI."""
        return filter(self._is_named, self._store.quads_for_pattern(ox.NamedNode(iri), None, None))

    def links_to(self, iri: str) -> Iterator[ox.Quad]:
        """The plain triples that lead from another thing to IRI, in their named graphs."""
        things = f"{self.base}id/"
        for quad in filter(self._is_named, self._store.quads_for_pattern(None, None, ox.NamedNode(iri))):
            is_thing = isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(things)
            if is_thing and quad.predicate.value not in _PARTS:
                yield quad

    def _is_named(self, quad: ox.Quad) -> bool:
        return isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in self._names


class Dataset:
    """A folder that is served: always its newest snapshot, without a restart."""

    def __init__(self, folder: Path, *, kind: str = BUILT, publish_text: bool = False) -> None:
        self.folder = folder
        described = describe(folder, kind=kind)
        self.base, self.iri = described.base, described.dataset
        self.is_plain = kind == PLAIN
        self.publish_text = publish_text or self.is_plain
        self._lock = threading.Lock()
        self._snapshot, self._pointer = self._newest()

    def snapshot(self) -> Snapshot:
        """The snapshot to answer one request from; hold on to it for the whole of the request."""
        # Most requests find the pointer as it was: one look at its state costs less than to read it.
        pointer = _state(self.folder)
        if pointer == self._pointer is not None:
            return self._snapshot
        with self._lock:
            if pointer != self._pointer or pointer is None:
                self._snapshot, self._pointer = self._newest()
            return self._snapshot

    def _newest(self) -> tuple[Snapshot, tuple[int, int] | None]:
        """What the pointer names, opened, and the state of the pointer.

        While it is being opened so many may follow it that it is cleared away; then the newest is next.
        """
        while True:
            pointer = _state(self.folder)
            try:
                return self._open(snapshot_path(self.folder), pointer), pointer
            except StoreError:
                if _state(self.folder) == pointer:
                    raise

    def _open(self, path: Path, pointer: tuple[int, int] | None) -> Snapshot:
        published = pointer[0] if pointer else 0
        return Snapshot(
            path, self.base, publish_text=self.publish_text, published=published, is_plain=self.is_plain
        )


def _state(folder: Path) -> tuple[int, int] | None:
    """When the pointer to the snapshot was last moved, in nanoseconds, and which file it is."""
    try:
        found = (folder / "current").stat()
    except OSError:  # whoever reads it says what is wrong with it
        return None
    return found.st_mtime_ns, found.st_ino


def _open(path: Path) -> ox.Store:
    try:
        return ox.Store.read_only(str(path))
    except (OSError, RuntimeError) as error:
        raise StoreError(
            where=str(path),
            problem=f"is damaged: {str(error).splitlines()[0]}",
            fix="delete the folder and build it again",
        ) from error


def is_iri(text: str) -> bool:
    """Whether the text can stand as an IRI at all."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True
