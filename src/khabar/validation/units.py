"""What is checked by itself: a file, the graphs of one article, or everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from khabar.errors import KhabarError
from khabar.graph.documents import Document
from khabar.graph.report import Report
from khabar.graph.triples import TYPE
from khabar.graph.validate import Beside, validate_quads
from khabar.validation.rules import EACH, Corpus, Rules, general, local
from khabar.validation.sources import Named
from khabar.vocab import OWL

Source = Named | Document
IMPORTS: Final = ox.NamedNode(OWL.imports)


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of one unit."""

    report: Report
    triples: int
    kept: bytes = b""  # N-Triples that shapes of the corpus may look at
    imports: tuple[str, ...] = ()  # that were not followed
    error: KhabarError | None = None  # why it could not be checked


class Examiner:
    """Checks units by the shapes that look at one at a time."""

    def __init__(self, rules: Rules, base: str | None, split: str) -> None:
        shapes = rules.shapes(base)
        self._shapes = local(shapes, split)
        axioms = rules.axioms(base)
        self._axioms = Beside(axioms)
        self._engine = rules.engine
        # What is checked as a whole afterwards is at hand then, but for single files: those go by.
        self._corpus = Corpus(general(shapes, split), axioms) if split == EACH else None

    def __call__(self, source: Source) -> Examined:
        try:
            quads = opened(source).quads()
            triples = flat(quads)
            report = validate_quads(triples, self._shapes, self._axioms, engine=self._engine)
        except KhabarError as error:
            return Examined(Report(), 0, error=error)
        kept = b""
        if self._corpus is not None:
            kept = as_lines(filter(self._corpus.keeps, triples))
        return Examined(report, len(triples), kept, imports_of(quads))


def opened(source: Source) -> Document:
    """The document that a source is; raises ReadError."""
    return source if isinstance(source, Document) else source.open()


def flat(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The triples of quads, whatever graph they are in."""
    default = ox.DefaultGraph()
    return [q if q.graph_name == default else ox.Quad(q.subject, q.predicate, q.object) for q in quads]


def as_lines(quads: Iterable[ox.Quad]) -> bytes:
    """The triples of quads as N-Triples."""
    return ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""


def imports_of(quads: Iterable[ox.Quad]) -> tuple[str, ...]:
    """What the data asks to import."""
    return tuple(sorted({_value(quad.object) for quad in quads if quad.predicate == IMPORTS}))


def base_of(quads: Iterable[ox.Quad]) -> str | None:
    """The base that data of ours was built with; None where nothing tells that it is ours."""
    types = (_value(quad.object) for quad in quads if quad.predicate == TYPE)
    ours = {iri.rpartition("ont#")[0] for iri in types if iri.endswith(("/ont#Statement", "/ont#Article"))}
    return min(ours, default=None)


def by_article(quads: Iterable[ox.Quad], base: str) -> Iterator[Document]:
    """The quads of each article: of its two graphs, and what graph/meta says of it and of them."""
    graphs: defaultdict[str, list[ox.Quad]] = defaultdict(list)
    about: defaultdict[str, list[ox.Quad]] = defaultdict(list)
    prefix = f"{base}graph/"
    for quad in quads:
        name = _value(quad.graph_name)
        if name == f"{prefix}meta":
            about[_key(_value(quad.subject), base)].append(quad)
        elif name.startswith(prefix):
            graphs[name.removeprefix(prefix).removeprefix("text/")].append(quad)
    for key in sorted(about.keys() & graphs.keys()):
        yield Document(key, as_lines([*graphs[key], *about[key]]), "ntriples")


def stored_keys(store: ox.Store, base: str) -> list[str]:
    """The keys of the articles that a store holds."""
    prefix, meta = f"{base}graph/", ox.NamedNode(f"{base}graph/meta")
    derived = store.quads_for_pattern(None, ox.NamedNode(DERIVED), None, meta)
    return sorted({_value(quad.subject).removeprefix(prefix) for quad in derived})


def stored_articles(store: ox.Store, base: str, keys: Iterable[str]) -> Iterator[Document]:
    """The quads of articles in a store, one article at a time."""
    prefix, meta = f"{base}graph/", ox.NamedNode(f"{base}graph/meta")
    for key in keys:
        graphs = [ox.NamedNode(f"{prefix}{part}{key}") for part in ("", "text/")]
        quads = [quad for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph)]
        for subject in (ox.NamedNode(f"{base}article/{key}"), graphs[0]):
            quads.extend(store.quads_for_pattern(subject, None, None, meta))
        yield Document(key, as_lines(quads), "ntriples")


DERIVED: Final = "http://www.w3.org/ns/prov#wasDerivedFrom"


def published(quads: Iterable[ox.Quad], base: str) -> list[ox.Quad]:
    """The triples of all graphs but the texts, which no default graph of ours holds."""
    text = f"{base}graph/text/"
    return flat(quad for quad in quads if not _value(quad.graph_name).startswith(text))


def nodes_of(documents: Iterable[Document]) -> set[ox.NamedNode]:
    """Every node that documents say something of, or name."""
    terms = (term for d in documents for quad in d.quads() for term in (quad.subject, quad.object))
    return {term for term in terms if isinstance(term, ox.NamedNode)}


def _key(iri: str, base: str) -> str:
    return iri.removeprefix(f"{base}article/").removeprefix(f"{base}graph/")


def _value(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else ""
