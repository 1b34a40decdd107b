"""The statements as a table: a row each, with labels in every language of the ontology, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from khabar.dumps.stated import BEGIN, END, OBJECT, PREDICATE, SUBJECT, WORDS, Stated
from khabar.graph.serialise import literal_text
from khabar.vocab import KH, RDFS, SCHEMA, rebase

BOM: Final = "\ufeff"  # without it, Excel takes UTF-8 for something else
REMEMBERED: Final = 5_000  # labels of things: those that are met again are few
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate

Row = tuple[str, ...]


class Labels:
    """The labels of things and terms, looked up in a snapshot when they are needed."""

    def __init__(self, snapshot: ox.Store, base: str) -> None:
        self._snapshot = snapshot
        self._graphs = [ox.NamedNode(f"{base}graph/{name}") for name in ("entities", "ontology")]
        self._known: OrderedDict[str, Mapping[str, str]] = OrderedDict()
        terms = snapshot.quads_for_pattern(None, ox.NamedNode(RDFS.label), None, self._graphs[1])
        tags = {quad.object.language for quad in terms if isinstance(quad.object, ox.Literal)}
        self.languages = tuple(sorted(tag for tag in tags if tag))

    def of(self, written: str) -> Mapping[str, str]:
        """The label in each language of an IRI, as N-Triples writes it; none for a literal."""
        if not written.startswith("<"):
            return {}
        if written in self._known:
            self._known.move_to_end(written)
            return self._known[written]
        if len(self._known) >= REMEMBERED:
            self._known.popitem(last=False)
        found = self._known[written] = dict(self._look_up(ox.NamedNode(written[1:-1])))
        return found

    def _look_up(self, node: ox.NamedNode) -> Iterator[tuple[str, str]]:
        for graph in self._graphs:
            for quad in self._snapshot.quads_for_pattern(node, ox.NamedNode(RDFS.label), None, graph):
                if isinstance(quad.object, ox.Literal) and quad.object.language:
                    yield quad.object.language, quad.object.value


class Table:
    """Rows of the statements of articles."""

    def __init__(self, snapshot: ox.Store, base: str) -> None:
        self._snapshot = snapshot
        self._base = base
        self._meta = ox.NamedNode(f"{base}graph/meta")
        self._labels = Labels(snapshot, base)
        self._terms = {
            name: f"<{rebase(KH[name], base)}>"
            for name in (
                "when", "earliest", "latest", "whenText", "status", "attributedTo", "asOf", "confidence",
                "change", "statedIn",
            )
        }  # fmt: skip

    @property
    def head(self) -> Row:
        """The names of the columns."""
        three = [f"_{tag}" for tag in self._labels.languages]
        return (
            "statement", "status",
            "subject", *(f"subject{tag}" for tag in three),
            "predicate", *(f"predicate{tag}" for tag in three),
            "object", *(f"object{tag}" for tag in three),
            "when", "earliest", "latest", "when_text", "change",
            "attributed_to", *(f"attributed_to{tag}" for tag in three),
            "as_of", "confidence", "evidence", "begin", "end",
            "article", "headline", "published", "publisher", "url",
        )  # fmt: skip

    def rows(self, statements: Iterable[Stated]) -> Iterator[Row]:
        """The rows of the statements of one article."""
        about: Row | None = None
        for stated in statements:
            about = about or self._article(stated.one(self._terms["statedIn"]))
            yield self._row(stated, about)

    def _row(self, stated: Stated, about: Row) -> Row:
        evidence = [span for _, span in stated.evidence]
        return (
            stated.iri[1:-1], _local(self._one(stated, "status")),
            *(cell for name in (SUBJECT, PREDICATE, OBJECT) for cell in self._named(stated.one(name))),
            *(_plain(self._one(stated, name)) for name in ("when", "earliest", "latest", "whenText")),
            _local(self._one(stated, "change")),
            *self._named(self._one(stated, "attributedTo")),
            *(_plain(self._one(stated, name)) for name in ("asOf", "confidence")),
            *(" | ".join(literal_text(span[term][0]) for span in evidence) for term in (WORDS, BEGIN, END)),
            *about,
        )  # fmt: skip

    def _one(self, stated: Stated, name: str) -> str:
        return stated.one(self._terms[name])

    def _named(self, written: str) -> Row:
        labels = self._labels.of(written)
        return (_plain(written), *(labels.get(tag, "") for tag in self._labels.languages))

    def _article(self, written: str) -> Row:
        node = ox.NamedNode(written[1:-1])
        found = {
            quad.predicate.value: quad.object.value
            for quad in self._snapshot.quads_for_pattern(node, None, None, self._meta)
            if isinstance(quad.object, ox.Literal | ox.NamedNode)
        }
        known = (SCHEMA.headline, SCHEMA.datePublished, SCHEMA.publisher, SCHEMA.url)
        return (node.value, *(found.get(str(term), "") for term in known))


def as_csv(rows: Iterable[Row]) -> str:
    """Rows as RFC 4180 writes them; what a spreadsheet would calculate is marked as text."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([_harmless(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _harmless(cell: str) -> str:
    # https://owasp.org/www-community/attacks/CSV_Injection
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def _plain(written: str) -> str:
    return written[1:-1] if written.startswith("<") else literal_text(written)


def _local(written: str) -> str:
    return written.rpartition("#")[2].rstrip(">")
