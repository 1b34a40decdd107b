"""The dataset on disk: one folder, its one writer, and the snapshots that readers see.

The default graph is the set of triples of every published named graph, kept as real triples:
pyoxigraph's own union counts a triple once for each graph that holds it (oxigraph issue 1919).
Texts stay outside it.  A first build is made inside `.building` and moved into place when it is
complete, so that a failed one leaves nothing behind.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import socket
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, NamedTuple, Self

import pyoxigraph as ox
from rdflib import Literal, URIRef

from khabar.errors import QueryError, StoreError
from khabar.graph.terms import literal_from_ox, literal_to_ox
from khabar.model import Quad
from khabar.vocab import (
    DEFAULT_BASE,
    PROV,
    RDF,
    SCHEMA,
    SKOS,
    article_iri,
    graph_iri,
    rebase,
    text_graph_iri,
    unbased,
)

META: Final = URIRef(DEFAULT_BASE + "graph/meta")
FORMAT: Final = 1  # of the folder; a change that an older khabar cannot read counts it up
KEPT_SNAPSHOTS: Final = 3  # a server may still be reading the one before the last
BUILDING: Final = ".building"
UNPUBLISHED: Final = "unpublished"  # a file that is there while the store holds what no snapshot shows yet
PARTS: Final = ("store", "snapshots", "current", "articles", "quarantine", "reports", UNPUBLISHED)
ALLOWED: Final = frozenset({"khabar.toml", "lost+found"})  # may be there before the first build

DEFAULT: Final = ox.DefaultGraph()


@dataclass(frozen=True, slots=True)
class Description:
    """What khabar.json says of a built folder."""

    base: str  # every IRI of ours starts with it; ends with a slash
    dataset: str  # the IRI of the dataset as a whole


class Named(NamedTuple):
    """A thing that articles name: as what, and by which names in how many of them."""

    entity: URIRef
    types: tuple[URIRef, ...]  # sorted
    names: tuple[tuple[Literal, int], ...]  # sorted by language and letters


class Store:
    """A folder open for writing.  A context manager: leaving it closes and unlocks the folder."""

    def __init__(self, folder: Path, path: Path, base: str, lock: IO[str]) -> None:
        self.folder = folder  # where the graph is, or will be
        self.path = path  # where it is written now: inside `.building` until a first build is complete
        self.base = base
        self._lock = lock
        self._nodes: dict[str, ox.NamedNode] = {}
        with _reporting(path / "store"):
            self.dataset = ox.Store(path / "store")  # to be read; whatever changes it is a method here
        self._changed = not (path / "current").exists() or (path / UNPUBLISHED).exists()

    # --- opening and closing

    @classmethod
    def create(cls, folder: Path, base: str = DEFAULT_BASE) -> Self:
        """Begin a graph in a FOLDER that is missing or empty; raises StoreError."""
        _check_base(base)
        folder = folder.resolve()
        with _reporting(folder):
            folder.mkdir(parents=True, exist_ok=True)
            _refuse_foreign(folder)  # before a lock is put there
        lock = _lock(folder)
        try:
            _clear_unfinished(folder)
            _refuse_foreign(folder)
            with _reporting(folder):
                (folder / BUILDING / "snapshots").mkdir(parents=True)
            return cls(folder, folder / BUILDING, base, lock)
        except BaseException:
            shutil.rmtree(folder / BUILDING, ignore_errors=True)
            _unlock(lock)
            raise

    @classmethod
    def open(cls, folder: Path, base: str = DEFAULT_BASE) -> Self:
        """Open a built FOLDER to change it; raises StoreError if it is not ours, or of another base."""
        folder = folder.resolve()
        described = describe(folder)
        if described.base != base:
            raise StoreError(
                where=str(folder),
                problem=f"was built with the base {described.base}, not {base}",
                fix=f"build with --base {described.base}, or into another folder",
            )
        lock = _lock(folder)
        try:
            store = cls(folder, folder, base, lock)
            if not store.dataset.contains_named_graph(store._node(META)):
                # A truncated MANIFEST makes RocksDB open an empty database without a word.
                raise _damaged(folder / "store", "it opens, but holds nothing")
            return store
        except BaseException:
            _unlock(lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del self.dataset  # RocksDB lets go of its files only when nothing refers to it any more
        first_build = self.path != self.folder
        try:
            if first_build and kind is None and (self.path / "current").exists():
                self._settle()
        finally:
            if first_build:
                shutil.rmtree(self.path, ignore_errors=True)
            _unlock(self._lock, keep=is_built(self.folder))

    def _settle(self) -> None:
        """Move a complete first build into its place; khabar.json, which makes it ours, comes last."""
        text = json.dumps({"format": FORMAT, "base": self.base, "dataset": f"{self.base}dataset"}, indent=2)
        with _reporting(self.folder):
            for part in sorted(self.path.iterdir()):
                part.rename(self.folder / part.name)
            write_atomically(self.folder / "khabar.json", text + "\n")

    # --- articles

    def replace(self, key: str, quads: Iterable[Quad]) -> None:
        """Put QUADS in the place of all that is held of one article, in one transaction."""
        self.apply({key: quads})

    def remove(self, key: str) -> None:
        """Take out all that is held of one article, in one transaction."""
        self.apply({key: ()})

    def apply(self, articles: Mapping[str, Iterable[Quad]]) -> None:
        """Replace several articles in one transaction; one without quads is removed."""
        old = {quad for key in articles for quad in self._held(key)}
        new = {self._quad(quad) for quads in articles.values() for quad in quads}
        self._exchange(old, new)

    def holds(self, key: str, quads: Iterable[Quad]) -> bool:
        """Whether just these QUADS are held of an article, whatever run made them."""
        generated = self._node(PROV.wasGeneratedBy)
        held = {quad for quad in self._held(key) if quad.predicate != generated}
        return held == {self._quad(quad) for quad in quads}

    def articles(self) -> list[str]:
        """The keys of the articles held, sorted."""
        prefix = len(self._node(graph_iri("")).value)
        derived = self.dataset.quads_for_pattern(
            None, self._node(PROV.wasDerivedFrom), None, self._node(META)
        )
        return sorted(_value(quad.subject)[prefix:] for quad in derived)

    def _held(self, key: str) -> Iterator[ox.Quad]:
        graph, text = self._node(graph_iri(key)), self._node(text_graph_iri(key))
        yield from self.dataset.quads_for_pattern(None, None, None, graph)
        yield from self.dataset.quads_for_pattern(None, None, None, text)
        for subject in (self._node(article_iri(key)), graph):
            yield from self.dataset.quads_for_pattern(subject, None, None, self._node(META))

    # --- what is said of all of them together

    def put(self, graph: URIRef, quads: Iterable[Quad]) -> None:
        """Make QUADS the whole of one named graph."""
        old = self.dataset.quads_for_pattern(None, None, None, self._node(graph))
        self._exchange(set(old), {self._quad(quad) for quad in quads})

    def put_lines(self, graphs: Mapping[URIRef, Iterable[str]]) -> None:
        """Make triples, as N-Triples writes them without the full stop, the whole of named graphs.

        They are said under the base of the folder, and published.  A graph that a first build fills is
        written as it is; nobody else sees that store yet, so the log that could undo it is not needed.
        """
        nodes = {self._node(graph): lines for graph, lines in graphs.items()}
        old = {quad for node in nodes for quad in self.dataset.quads_for_pattern(None, None, None, node)}
        text = "".join(f"{line} {node} .\n" for node, lines in nodes.items() for line in lines)
        if old or self.path == self.folder:
            self._exchange(old, set(ox.parse(text, format=ox.RdfFormat.N_QUADS)))
            return
        triples = "".join(f"{line} .\n" for lines in nodes.values() for line in lines)
        with _reporting(self.path / "store"):
            self.dataset.bulk_load(text + triples, ox.RdfFormat.N_QUADS)

    @contextmanager
    def putting(self, graphs: Mapping[URIRef, Iterable[str]]) -> Iterator[None]:
        """Do what put_lines does beside the block, which may not write; leaving the block waits for it.

        pyoxigraph reads and writes lines without keeping Python busy.
        """
        with ThreadPoolExecutor(1) as aside:
            put = aside.submit(self.put_lines, graphs)
            yield
            put.result()

    def put_metadata(self, quads: Iterable[Quad]) -> None:
        """Replace what graph/meta says of runs and the dataset.

        A run stays as long as a graph that it generated is held; the articles' own lines stay as they are.
        """
        held = list(self.dataset.quads_for_pattern(None, None, None, self._node(META)))
        owned = tuple(self._node(make("")).value for make in (article_iri, graph_iri))
        runs = {quad.object for quad in held if quad.predicate == self._node(PROV.wasGeneratedBy)}
        rest = {quad for quad in held if not _value(quad.subject).startswith(owned)}
        kept = {quad for quad in rest if quad.subject in runs}
        self._exchange(rest, kept | {self._quad(quad) for quad in quads})

    def named(self) -> list[Named]:
        """The things that articles name, sorted by IRI."""
        articles = {self._node(graph_iri(key)) for key in self.articles()}
        labels = self.dataset.quads_for_pattern(None, self._node(SKOS.altLabel), None, None)
        names: defaultdict[URIRef, Counter[Literal]] = defaultdict(Counter)
        for quad in labels:
            if quad.graph_name in articles:
                names[self._iri(quad.subject)][_name(quad.object)] += 1
        return [Named(e, self._types(e, articles), _sorted(n)) for e, n in sorted(names.items())]

    def _types(self, entity: URIRef, articles: Set[ox.NamedNode]) -> tuple[URIRef, ...]:
        stated = self.dataset.quads_for_pattern(self._node(entity), self._node(RDF.type), None, None)
        return tuple(sorted({self._iri(quad.object) for quad in stated if quad.graph_name in articles}))

    def latest(self) -> str | None:
        """The day on which the latest article appeared, as YYYY-MM-DD; None where none has a date."""
        dates = self.dataset.quads_for_pattern(None, self._node(SCHEMA.datePublished), None, self._node(META))
        return max((_name(quad.object) for quad in dates), key=str, default=None)

    def statements(self) -> dict[URIRef, int]:
        """How many statements there are of each predicate, sorted by predicate."""
        reified = self.dataset.quads_for_pattern(None, self._node(RDF.predicate), None, DEFAULT)
        counted = Counter(quad.object for quad in reified)
        return dict(sorted((self._iri(predicate), n) for predicate, n in counted.items()))

    def quads(self, graph: URIRef) -> Iterator[Quad]:
        """What one named graph holds."""
        for quad in self.dataset.quads_for_pattern(None, None, None, self._node(graph)):
            value = quad.object
            term = literal_from_ox(value) if isinstance(value, ox.Literal) else self._iri(value)
            yield Quad(self._iri(quad.subject), self._iri(quad.predicate), term, graph)

    def graph_of(self, statement: URIRef) -> URIRef | None:
        """The graph of the article that makes a STATEMENT."""
        made = self.dataset.quads_for_pattern(self._node(statement), self._node(RDF.predicate), None, None)
        return next((self._iri(q.graph_name) for q in made if q.graph_name != DEFAULT), None)

    def classes(self, node: URIRef) -> frozenset[URIRef]:
        """The classes that the graph gives a NODE."""
        stated = self.dataset.quads_for_pattern(self._node(node), self._node(RDF.type), None, DEFAULT)
        return frozenset(self._iri(quad.object) for quad in stated)

    def change(self, gone: Iterable[Quad], come: Iterable[Quad]) -> None:
        """Take some quads out and put others in, in one transaction."""
        self._exchange({self._quad(quad) for quad in gone}, {self._quad(quad) for quad in come})

    # --- the one way in

    def _exchange(self, old: set[ox.Quad], new: set[ox.Quad]) -> None:
        """Replace OLD by NEW in one transaction, the default graph included."""
        gone, come = old - new, new - old if old else set(new)
        if not gone and not come:
            return
        come |= self._derived(come)
        gone |= {quad for quad in self._derived(gone) if not self._is_supported(quad, gone)} - come
        with _reporting(self.path / "store"):
            if not self._changed:
                (self.path / UNPUBLISHED).touch()
                self._changed = True
            self._commit(gone, come)

    def _commit(self, gone: set[ox.Quad], come: set[ox.Quad]) -> None:
        if gone:
            emptied = (f"; DROP SILENT GRAPH {graph}" for graph in self._emptied(gone, come))
            self.dataset.update(
                f"DELETE DATA {{ {_block(gone)} }} ; INSERT DATA {{ {_block(come)} }} {' '.join(emptied)}"
            )
        else:
            self.dataset.extend(come)

    def _emptied(self, gone: set[ox.Quad], come: set[ox.Quad]) -> Iterator[ox.NamedNode]:
        """The graphs that nothing is left of: RDF has no empty graphs, but a store remembers their names."""
        for graph in {quad.graph_name for quad in gone} - {quad.graph_name for quad in come}:
            left = self.dataset.quads_for_pattern(None, None, None, graph)
            if isinstance(graph, ox.NamedNode) and all(quad in gone for quad in left):
                yield graph

    def _derived(self, quads: set[ox.Quad]) -> set[ox.Quad]:
        """The same triples in the default graph, as far as they are published."""
        published = {graph for graph in {quad.graph_name for quad in quads} if self._is_published(graph)}
        return {
            ox.Quad(quad.subject, quad.predicate, quad.object)
            for quad in quads
            if quad.graph_name in published
        }

    def _is_supported(self, quad: ox.Quad, gone: set[ox.Quad]) -> bool:
        """Whether a published graph still holds the triple of QUAD when those in GONE are gone."""
        holding = self.dataset.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        return any(self._is_published(other.graph_name) and other not in gone for other in holding)

    def _is_published(self, graph: object) -> bool:
        return isinstance(graph, ox.NamedNode) and not is_text_graph(graph.value, self.base)

    # --- publishing

    def publish(self) -> int:
        """Make what is held visible to readers; returns the number of the snapshot."""
        current = _current(self.path)
        if not self._changed and current is not None:
            return current
        number = (current or 0) + 1
        with _reporting(self.path):
            self.dataset.flush()
            target = self.path / "snapshots" / str(number)
            shutil.rmtree(
                target, ignore_errors=True
            )  # left by a build that was killed before the pointer moved
            self.dataset.backup(target)
            write_atomically(self.path / "current", f"{number}\n")
            (self.path / UNPUBLISHED).unlink(missing_ok=True)
        for old in (self.path / "snapshots").iterdir():
            if old.name.isdecimal() and int(old.name) <= number - KEPT_SNAPSHOTS:
                shutil.rmtree(old, ignore_errors=True)
        self._changed = False
        return number

    # --- terms: rdflib's under the default base outside, pyoxigraph's under the folder's base inside

    def _node(self, iri: URIRef) -> ox.NamedNode:
        node = self._nodes.get(iri)
        if node is None:
            node = self._nodes[iri] = ox.NamedNode(rebase(iri, self.base))
        return node

    def _quad(self, quad: Quad) -> ox.Quad:
        value = quad.object
        term = literal_to_ox(value) if isinstance(value, Literal) else self._node(value)
        return ox.Quad(self._node(quad.subject), self._node(quad.predicate), term, self._node(quad.graph))

    def _iri(self, node: object) -> URIRef:
        return unbased(_value(node), self.base)


# --- reading


def is_built(folder: Path) -> bool:
    """Whether FOLDER holds a graph that khabar has built."""
    return (folder / "khabar.json").is_file()


def is_text_graph(graph: str, base: str) -> bool:
    """Whether a graph holds the text of an article, which is published only on request."""
    return graph.startswith(f"{base}graph/text/")


def describe(folder: Path) -> Description:
    """What khabar.json says of a built FOLDER; raises StoreError when it is not one."""
    path = folder / "khabar.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        format_, base, dataset = found["format"], found["base"], found["dataset"]
    except FileNotFoundError as error:
        raise StoreError(
            where=str(folder),
            problem="is not a graph that khabar has built" if folder.exists() else "does not exist",
            fix="name the folder that was given to khabar build --out",
        ) from error
    except OSError as error:
        raise StoreError(
            where=str(path), problem=f"cannot be read: {error.strerror}", fix="check its permissions"
        ) from error
    except (ValueError, LookupError, TypeError) as error:
        raise _damaged(path, "it does not say format, base and dataset") from error
    if format_ != FORMAT:
        raise StoreError(
            where=str(folder),
            problem=f"has the format {format_}; this khabar reads format {FORMAT}",
            fix="build it again with this khabar, or use the one that built it",
        )
    return Description(base, dataset)


def open_snapshot(folder: Path) -> ox.Store:
    """The published snapshot of a built FOLDER, read-only; raises StoreError.

    It never changes: open it again to see what has been published since.
    """
    describe(folder)
    path = snapshot_path(folder)
    with _reporting(path):
        return ox.Store.read_only(str(path))


def snapshot_path(folder: Path) -> Path:
    """Where the published snapshot of a built FOLDER lies; raises StoreError."""
    number = _current(folder)
    if number is None or not (folder / "snapshots" / str(number)).is_dir():
        raise _damaged(folder, "it has no published snapshot")
    return folder / "snapshots" / str(number)


def query(
    store: ox.Store, text: str, *, prefixes: Mapping[str, str] | None = None
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Answer one SPARQL query, which may use PREFIXES undeclared; raises QueryError with line and column."""
    try:
        return store.query(text, prefixes=dict(prefixes or {}))
    except SyntaxError as error:
        raise _syntax_error(str(error), text) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(where="query", problem=f"cannot be answered: {error}", fix="ask for less") from error


def _syntax_error(message: str, text: str) -> QueryError:
    """What pyoxigraph says, without its page of tokens that might have come instead."""
    place = re.match(r"error at (\d+):(\d+): ", message)
    line, column = (int(place[1]), int(place[2])) if place else (1, 1)
    if "Prefix not found" in message:
        problem, fix = "uses a prefix that is not declared", "add a PREFIX line for it"
    elif "unbound" in message:
        problem, fix = "selects a variable that is not grouped", "add it to GROUP BY, or aggregate it"
    else:
        problem, fix = "is not SPARQL", "it could be read up to the mark; correct what stands before it"
    shown = text.splitlines()[line - 1] if line <= len(text.splitlines()) else ""
    mark = " " * (column - 1) + "^"
    return QueryError(
        where=f"query, line {line}, column {column}", problem=problem, fix=f"{fix}\n  {shown}\n  {mark}"
    )


# --- files


def write_atomically(path: Path, text: str) -> None:
    """Write a whole file or none, and make it last: what a reader finds there is never half of it."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)  # the rename itself lasts only once the folder is on disk
    finally:
        os.close(parent)


def _current(folder: Path) -> int | None:
    try:
        text = (folder / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if not text.isdecimal():
        raise _damaged(folder / "current", "it does not name a snapshot")
    return int(text)


def _check_base(base: str) -> None:
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`?#]+/", base):
        raise StoreError(
            where=f"base {base}",
            problem="is not an address that IRIs can be made from",
            fix="give one that begins with http:// or https:// and ends with a slash",
        )


def _clear_unfinished(folder: Path) -> None:
    """Clear away a first build that was killed; only one that has `.building` is known to be ours."""
    if is_built(folder) or not (folder / BUILDING).is_dir():
        return
    for part in (*PARTS, BUILDING):
        path = folder / part
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _refuse_foreign(folder: Path) -> None:
    """Raise StoreError for a folder that holds a graph already, or anything that is not ours."""
    ours = {*ALLOWED, *PARTS, BUILDING} if (folder / BUILDING).is_dir() else ALLOWED
    others = sorted(
        path.name for path in folder.iterdir() if path.name not in ours and not _is_our_lock(path)
    )
    if is_built(folder):
        problem, fix = "already holds a graph", "open it, or choose another folder"
    elif others:
        problem = f"is not empty and was not made by khabar: it holds {others[0]}"
        fix = "choose an empty folder, or one that does not exist yet"
    else:
        return
    raise StoreError(where=str(folder), problem=problem, fix=fix)


def _is_our_lock(path: Path) -> bool:
    # RocksDB and others use the same name; theirs must not be emptied.
    return (
        path.name == "LOCK" and re.match(r"process \d+ on |$", path.read_text("utf-8", "replace")) is not None
    )


def _lock(folder: Path) -> IO[str]:
    """Become the one writer of FOLDER; the operating system lets go of the lock when we die."""
    with _reporting(folder):
        file = (folder / "LOCK").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "another process"
        file.close()
        raise StoreError(
            where=str(folder), problem=f"is being written by {holder}", fix="wait until it is done"
        ) from error
    file.truncate(0)
    file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
    file.flush()
    return file


def _unlock(lock: IO[str], *, keep: bool = False) -> None:
    """Let go; a folder that never became ours goes too, if it is empty."""
    path = Path(lock.name)
    if keep or is_built(path.parent):
        lock.truncate(0)
    else:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # what else is in there is not ours
            path.parent.rmdir()
    lock.close()


def _damaged(path: Path, problem: str) -> StoreError:
    return StoreError(
        where=str(path), problem=f"is damaged: {problem}", fix="delete the folder and build it again"
    )


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    """Tell what the disk and RocksDB have to say of PATH as an error that a person can act on."""
    try:
        yield
    except OSError as error:
        problem = error.strerror or str(error).splitlines()[0]
        raise StoreError(
            where=str(path), problem=f"cannot be used: {problem}", fix="check permissions and free space"
        ) from error
    except RuntimeError as error:  # so pyoxigraph reports corruption
        raise _damaged(path, str(error).splitlines()[0]) from error


# --- terms of pyoxigraph


def _value(node: object) -> str:
    if isinstance(node, ox.NamedNode):
        return node.value
    raise TypeError(f"expected an IRI, not {node!r}")


def _name(term: object) -> Literal:
    if isinstance(term, ox.Literal):
        return literal_from_ox(term)
    raise TypeError(f"expected a literal, not {term!r}")


def _sorted(names: Counter[Literal]) -> tuple[tuple[Literal, int], ...]:
    return tuple(sorted(names.items(), key=lambda pair: (pair[0].language or "", str(pair[0]))))


def _block(quads: Iterable[ox.Quad]) -> str:
    """The quads as the body of DELETE DATA or INSERT DATA."""
    lines = []
    for quad in quads:
        triple = f"{quad.subject} {quad.predicate} {quad.object} ."
        lines.append(triple if quad.graph_name == DEFAULT else f"GRAPH {quad.graph_name} {{ {triple} }}")
    return "\n".join(lines)
