"""What others may change in a built graph: named graphs that are not khabar's own, each change whole.

An update is tried out in a copy of the store, which costs hard links, not copies of the data; what
became different there is then changed here in one transaction, the default graph included.  So the
engine decides what an update means, and the one way into the store stays the only one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pyoxigraph as ox

from khabar.errors import ForbiddenError
from khabar.graph.checkpoint import BOOKS, readings
from khabar.graph.files import reporting
from khabar.graph.folder import TRIAL
from khabar.graph.records import Files
from khabar.graph.report import Result
from khabar.graph.store import Store
from khabar.vocab import is_text_graph

# An article of such a key would be taken for a graph that holds something else.
RESERVED: Final = {
    "meta": "what it says of the articles is written by khabar build",
    "ontology": "it is the Turtle that the articles were read with",
    "lexicon": "it is the Turtle that the articles were read with",
    "entities": "it is worked out from the articles",
    "curation": "decisions are written with khabar curate",
    "text": "texts stay as they were read",
    "facts": "another store keeps the default graph there",
    "mirror": "another store keeps there what it was sent",
}


# What a change would newly break: asked of the store as it is, of one as it would be, and of what differs.
Judge = Callable[[ox.Store, ox.Store, Collection[ox.Quad]], tuple[Result, ...]]


class Broken(Exception):
    """A change would break rules that hold now."""

    def __init__(self, results: tuple[Result, ...]) -> None:
        super().__init__(f"it would break {len(results)} rules")
        self.results = results


class Shared(Store):
    """A built graph that others may write to, as they may to graph/plain.py's."""

    judge: Judge | None = None  # of changes; without one, all are made

    def update(self, text: str, base: str, graphs: frozenset[str] | None) -> None:
        """Run a SPARQL update that changes no graphs but GRAPHS; None: any named graph.

        Raises SyntaxError, and ForbiddenError if it changes what it may not.
        """
        for graph in graphs or ():
            check(graph, self.base)
        with self._trial() as trial:
            trial.update(text, base_iri=base)
            if trial.contains_named_graph(BOOKS):
                check(BOOKS.value, self.base)
            names = _names(self.dataset, trial) if graphs is None else frozenset(map(ox.NamedNode, graphs))
            names -= {BOOKS}
            gone = set(_lacking(self.dataset, trial, names))
            come = set(_lacking(trial, self.dataset, names))
            del trial
        for name in {quad.graph_name for quad in gone | come}:
            check(getattr(name, "value", ""), self.base)
        self.exchange(gone, {_named(quad, self.base) for quad in come})

    def holds_graph(self, graph: str) -> bool:
        """Whether there is such a graph; "" is the default graph, which there always is."""
        return not graph or self.dataset.contains_named_graph(ox.NamedNode(graph))

    def put_graph(self, graph: str, triples: Iterable[ox.Quad]) -> None:
        """Make TRIPLES the whole of one graph, in one transaction; raises ForbiddenError."""
        check(graph, self.base)
        self.exchange(self._held_in(graph), self._in_graph(graph, triples))

    def add_to_graph(self, graph: str, triples: Iterable[ox.Quad]) -> None:
        """Put TRIPLES into one graph, beside what it holds; raises ForbiddenError."""
        check(graph, self.base)
        held = self._held_in(graph)
        self.exchange(held, held | self._in_graph(graph, triples))

    def drop_graph(self, graph: str) -> None:
        """Take out one graph and all that it says; raises ForbiddenError."""
        check(graph, self.base)
        self.exchange(self._held_in(graph), set())

    def exchange(self, old: set[ox.Quad], new: set[ox.Quad], files: Files | None = None) -> None:
        """As every change; an article of which others change the graph is read again by the next build.

        Raises Broken, and changes nothing, if the judge of changes finds that it would break a rule.
        """
        self._judged(old, new)
        touched = {quad.graph_name for quad in old ^ new if isinstance(quad.graph_name, ox.NamedNode)}
        super().exchange({*old, *readings(self.dataset, touched).values()}, new, files)

    def _judged(self, old: set[ox.Quad], new: set[ox.Quad]) -> None:
        if self.judge is None:
            return
        gone, come = self._followed(old - new, new - old)
        with self._trial() as trial:
            for quad in gone:
                trial.remove(quad)
            trial.extend(come)
            found = self.judge(self.dataset, trial, gone | come)
            del trial
        if found:
            raise Broken(found)

    def _held_in(self, graph: str) -> set[ox.Quad]:
        return set(self.dataset.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def _in_graph(self, graph: str, triples: Iterable[ox.Quad]) -> set[ox.Quad]:
        node = ox.NamedNode(graph)
        return {_named(ox.Quad(q.subject, q.predicate, q.object, node), self.base) for q in triples}

    @contextmanager
    def _trial(self) -> Iterator[ox.Store]:
        """A copy of the store to try something out in, without the books; nothing of it is left."""
        path = self.path / TRIAL
        with reporting(path):
            shutil.rmtree(path, ignore_errors=True)  # left by a writer that was killed
            self.dataset.backup(path)
            trial = ox.Store(path)
            trial.remove_graph(BOOKS)
        try:
            yield trial
        finally:
            del trial
            shutil.rmtree(path, ignore_errors=True)


def check(graph: str, base: str) -> None:
    """Raise ForbiddenError if GRAPH, "" being the default one, is not for others to write."""
    if not graph:
        raise ForbiddenError(
            where="the default graph",
            problem="is made of the named graphs, each triple once",
            fix="write to a named graph: the default graph follows",
        )
    if graph == BOOKS.value:
        raise ForbiddenError(
            where=f"<{graph}>",
            problem="is how far the store has followed the journal",
            fix="write to the graph of an article, or to one of your own",
        )
    name = "text" if is_text_graph(graph, base) else graph.removeprefix(f"{base}graph/")
    if graph.startswith(f"{base}graph/") and name in RESERVED:
        raise ForbiddenError(
            where=f"<{graph}>",
            problem=f"is a graph of khabar's own: {RESERVED[name]}",
            fix="write to the graph of an article, or to one of your own",
        )


def _named(quad: ox.Quad, base: str) -> ox.Quad:
    """A quad without blank nodes (https://www.w3.org/TR/rdf11-concepts/#section-skolemization).

    A built graph has none, so that whatever it says can be cited, and taken back by its name.
    """
    return ox.Quad(_skolem(quad.subject, base), quad.predicate, _skolem(quad.object, base), quad.graph_name)


def _skolem(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, base: str) -> Any:
    if isinstance(term, ox.BlankNode):
        return ox.NamedNode(f"{base}.well-known/genid/{term.value}")
    return term


def _names(*stores: ox.Store) -> frozenset[ox.NamedNode]:
    named = (graph for store in stores for graph in store.named_graphs())
    return frozenset(graph for graph in named if isinstance(graph, ox.NamedNode))


def _lacking(these: ox.Store, those: ox.Store, names: Iterable[ox.NamedNode]) -> Iterator[ox.Quad]:
    """The quads of THESE in graphs of those NAMES that THOSE do not hold."""
    for name in names:
        yield from (q for q in these.quads_for_pattern(None, None, None, name) if q not in those)
