"""A built graph on disk: its articles, what is said of all of them, and its default graph.

The default graph is the set of triples of every published named graph, kept as real triples:
pyoxigraph's own union counts a triple once for each graph that holds it (oxigraph issue 1919).
Texts stay outside it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from typing import NamedTuple

import pyoxigraph as ox
from rdflib import Literal, URIRef

from khabar.errors import QueryError
from khabar.graph.checkpoint import BOOKS, reading, readings
from khabar.graph.journalled import DEFAULT, META, Journalled
from khabar.graph.records import Files
from khabar.graph.terms import literal_from_ox
from khabar.model import Quad
from khabar.vocab import (
    PROV,
    RDF,
    SCHEMA,
    SKOS,
    article_iri,
    graph_iri,
    text_graph_iri,
    unbased,
)


class Named(NamedTuple):
    """A thing that articles name: as what, and by which names in how many of them."""

    entity: URIRef
    types: tuple[URIRef, ...]  # sorted
    names: tuple[tuple[Literal, int], ...]  # sorted by language and letters


class Taken(NamedTuple):
    """An article as it goes into the store."""

    quads: Collection[ox.Quad]  # under the base of the folder; none takes it out
    told: str = ""  # what it was read from, and by what
    kept: str | None = None  # it as it was read, for the file that is kept of it


class Store(Journalled):
    """The folder of a built graph open for writing."""

    def _hidden(self) -> str:
        # The lexicon spells every form of every word that we know.
        return f"{self.base}lexicon/"

    # --- articles

    def replace(self, key: str, quads: Iterable[Quad]) -> None:
        """Put QUADS in the place of all that is held of one article, in one transaction."""
        self.apply({key: quads})

    def remove(self, *keys: str) -> None:
        """Take out all that is held of some articles, in one transaction."""
        self.take({key: Taken(()) for key in keys})

    def apply(self, articles: Mapping[str, Iterable[Quad]]) -> None:
        """Replace several articles in one transaction; one without quads is removed."""
        self.take({key: Taken({self._quad(quad) for quad in quads}) for key, quads in articles.items()})

    def take(self, articles: Mapping[str, Taken]) -> None:
        """Replace several articles in one transaction, with the files that are kept of them."""
        old = {quad for key in articles for quad in self._held(key)}
        old.update(readings(self.dataset, [self._node(graph_iri(key)) for key in articles]).values())
        new = {quad for taken in articles.values() for quad in taken.quads}
        new |= {
            reading(self._node(graph_iri(key)), taken.told)
            for key, taken in articles.items()
            if taken.quads and taken.told
        }
        kept = {key: taken.kept for key, taken in articles.items() if taken.kept is not None}
        dropped = [key for key, taken in articles.items() if not taken.quads]
        self.exchange(old, new, Files(kept, dropped))

    def told(self) -> dict[str, str]:
        """What each article was read from, and by what, as `take` was told; by key."""
        prefix = len(self._node(graph_iri("")).value)
        found = readings(self.dataset).items()
        return {graph[prefix:]: quad.object.value for graph, quad in found}  # type: ignore[union-attr]

    def holds(self, key: str, quads: Collection[ox.Quad]) -> bool:
        """Whether just these QUADS are held of an article, whatever run made them."""
        generated = self._node(PROV.wasGeneratedBy)
        held = {quad for quad in self._held(key) if quad.predicate != generated}
        return held == {quad for quad in quads if quad.predicate != generated}

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
        self.exchange(set(old), {self._quad(quad) for quad in quads})

    def put_lines(self, graphs: Mapping[URIRef, Iterable[str]]) -> None:
        """Make triples, as N-Triples writes them without the full stop, the whole of named graphs.

        They are said under the base of the folder, and published.  A graph that a first build fills is
        written as it is; nobody else sees that store yet, so the log that could undo it is not needed.
        """
        nodes = {self._node(graph): lines for graph, lines in graphs.items()}
        old = {quad for node in nodes for quad in self.dataset.quads_for_pattern(None, None, None, node)}
        text = "".join(f"{line} {node} .\n" for node, lines in nodes.items() for line in lines)
        if old or self.path == self.folder:
            self.exchange(old, set(ox.parse(text, format=ox.RdfFormat.N_QUADS)))
            return
        self.load(text, "".join(f"{line} .\n" for lines in nodes.values() for line in lines))

    def put_metadata(self, quads: Iterable[Quad]) -> None:
        """Replace what graph/meta says of runs and the dataset.

        A run stays as long as a graph that it generated is held; the articles' own lines stay as they are.
        """
        held = list(self.dataset.quads_for_pattern(None, None, None, self._node(META)))
        owned = tuple(self._node(make("")).value for make in (article_iri, graph_iri))
        runs = {quad.object for quad in held if quad.predicate == self._node(PROV.wasGeneratedBy)}
        rest = {quad for quad in held if not _value(quad.subject).startswith(owned)}
        new = {self._quad(quad) for quad in quads}
        described = {quad.subject for quad in new}
        kept = {quad for quad in rest if quad.subject in runs and quad.subject not in described}
        self.exchange(rest, kept | new)

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

    def latest_by_run(self) -> dict[URIRef, str | None]:
        """The day of the latest article that each run has read, if one of them has a date."""
        told: defaultdict[str, dict[object, object]] = defaultdict(dict)
        predicates = [PROV.wasGeneratedBy, PROV.wasDerivedFrom, SCHEMA.datePublished]
        for name, predicate in zip(("run", "article", "day"), predicates, strict=True):
            found = self.dataset.quads_for_pattern(None, self._node(predicate), None, self._node(META))
            told[name] = {quad.subject: quad.object for quad in found}
        latest: dict[URIRef, str | None] = {}
        for graph, run in told["run"].items():
            day = told["day"].get(told["article"].get(graph))
            days = (latest.get(self._iri(run)), str(_name(day)) if day is not None else None)
            latest[self._iri(run)] = max((d for d in days if d is not None), default=None)
        return latest

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
        self.exchange({self._quad(quad) for quad in gone}, {self._quad(quad) for quad in come})

    # --- terms: rdflib's under the default base outside, pyoxigraph's under the folder's base inside

    def _node(self, iri: URIRef) -> ox.NamedNode:
        return self.terms.node(iri)

    def _quad(self, quad: Quad) -> ox.Quad:
        return self.terms.quad(quad)

    def _iri(self, node: object) -> URIRef:
        return unbased(_value(node), self.base)


# --- asking


def query(
    store: ox.Store, text: str, *, prefixes: Mapping[str, str] | None = None
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Answer one SPARQL query, which may use PREFIXES undeclared; raises QueryError with line and column."""
    try:
        return store.query(text, prefixes=dict(prefixes or {}), named_graphs=_named(store, text))
    except SyntaxError as error:
        raise _syntax_error(str(error), text) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(where="query", problem=f"cannot be answered: {error}", fix="ask for less") from error


def _named(store: ox.Store, text: str) -> list[ox.NamedNode | ox.BlankNode] | None:
    """What GRAPH may find: all but the books of the journal.  A dataset that the query names is its own."""
    words = text.upper()
    if "GRAPH" not in words or "FROM" in words:
        return None
    return [graph for graph in store.named_graphs() if graph != BOOKS]


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
