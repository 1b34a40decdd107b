"""The same facts in other people's vocabularies: queries over the model, and not second copies of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from khabar.dumps.manifest import File
from khabar.dumps.packing import Content
from khabar.graph.lines import Sorter, shortened
from khabar.graph.serialise import Names, blocks, trig
from khabar.vocab import PROV, RDF, XSD

QUERIES: Final = Path(__file__).with_name("queries")
BATCH: Final = 2000  # triples

ORG: Final = "khabar-org.ttl"
SCHEMA: Final = "khabar-schema.ttl"
ANNOTATIONS: Final = "khabar-annotations.ttl"
RDF12: Final = "khabar-rdf12.nt"
NANOPUBLICATIONS: Final = "khabar-nanopublications.trig"
QUICKSTATEMENTS: Final = "quickstatements.tsv"

NP: Final = "http://www.nanopub.org/nschema#"
DCTERMS: Final = "http://purl.org/dc/terms/"
OA: Final = "http://www.w3.org/ns/oa#"
_ANNOTATION_TERMS: Final = (
    "Annotation", "motivatedBy", "describing", "hasBody", "hasTarget", "SpecificResource", "hasSource",
    "hasSelector", "TextPositionSelector", "start", "end", "TextQuoteSelector", "exact",
)  # fmt: skip
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
        license: str | None,
    ) -> None:
        self._snapshot = snapshot
        self._base = base
        self._folder = folder
        self._names = Names(base)
        self._header = notice + self._names.header
        self._limit = limit
        self._license = license

    def write(self) -> list[File]:
        """All of them."""
        contents = (
            self._turtle(
                ORG, self._constructed("org.rq"), "posts and memberships in the W3C's organization ontology"
            ),
            self._turtle(SCHEMA, self._constructed("schema.rq"), "things, events and articles in schema.org"),
            self._turtle(ANNOTATIONS, self._annotations(), "the words of each statement as Web Annotations"),
            self._rdf12(),
            self._nanopublications(),
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

    def _rdf12(self) -> Content:
        title = "statements as reifiers of triple terms, words with their direction: RDF 1.2"
        with Content(self._folder, RDF12, "application/n-triples", title) as content:
            content.records = 0
            for batch in self._sorted(map(directed, self._reified())):
                content.write("".join(f"{line}\n" for line in batch))
                content.records += len(batch)
        return content

    def _reified(self) -> Iterator[ox.Triple]:
        reifies = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
        for row in self._selected("rdf12.rq"):
            statement = ox.NamedNode(row["statement"].value)
            if "qualifier" in row:
                yield ox.Triple(statement, ox.NamedNode(row["qualifier"].value), row["value"])
            else:
                subject, predicate = (ox.NamedNode(row[name].value) for name in ("subject", "predicate"))
                yield ox.Triple(statement, reifies, ox.Triple(subject, predicate, row["object"]))

    def _annotations(self) -> Iterator[ox.Triple]:
        """An annotation for each stretch of words: what it says, in which article, from where to where."""
        a = _node(RDF.type)
        term = {name: ox.NamedNode(OA + name) for name in _ANNOTATION_TERMS}
        count = _node(XSD.nonNegativeInteger)
        for row in self._selected("annotations.rq"):
            name = f"{row['statement'].value}#annotation-{row['begin'].value}"
            this, target, position, quote = (
                ox.NamedNode(name + part) for part in ("", "-target", "-position", "-quote")
            )
            yield ox.Triple(this, a, term["Annotation"])
            yield ox.Triple(this, term["motivatedBy"], term["describing"])
            yield ox.Triple(this, term["hasBody"], row["statement"])
            yield ox.Triple(this, term["hasTarget"], target)
            yield ox.Triple(target, a, term["SpecificResource"])
            yield ox.Triple(target, term["hasSource"], row["article"])
            yield ox.Triple(target, term["hasSelector"], position)
            yield ox.Triple(target, term["hasSelector"], quote)
            yield ox.Triple(position, a, term["TextPositionSelector"])
            yield ox.Triple(position, term["start"], ox.Literal(row["begin"].value, datatype=count))
            yield ox.Triple(position, term["end"], ox.Literal(row["end"].value, datatype=count))
            yield ox.Triple(quote, a, term["TextQuoteSelector"])
            yield ox.Triple(quote, term["exact"], row["words"])

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
            yield batch if self._limit is None else shortened(batch, self._limit)

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

    def _nanopublications(self) -> Content:
        """Each statement as four graphs (http://nanopub.net/guidelines/), without trusty IRIs."""
        lines = Sorter()
        for row in self._selected("nanopublications.rq"):
            lines.add(self._nanopublication(row))
        title = "each asserted statement with where it is from: nanopublications"
        with Content(self._folder, NANOPUBLICATIONS, "application/trig", title) as content:
            content.write(self._header)
            content.records = 0
            pairs = (line.split("\t", 1) for batch in lines.batches() for line in batch)
            for graph, found in groupby(pairs, key=lambda pair: pair[0]):
                batch = [line for _, line in found]
                batch = batch if self._limit is None else shortened(batch, self._limit)
                content.records += len(batch)
                for text in trig([batch], graph, self._names):
                    content.write(text)
        return content

    def _nanopublication(self, row: Row) -> Iterator[str]:
        statement = row["statement"].value
        this = ox.NamedNode(f"{statement}#nanopublication")
        parts = ("assertion", "provenance", "pubinfo")
        graphs = {part: ox.NamedNode(f"{statement}#{part}") for part in parts}
        head = [ox.Triple(this, _node(RDF.type), ox.NamedNode(f"{NP}Nanopublication"))] + [
            ox.Triple(this, ox.NamedNode(f"{NP}has{name}"), graphs[part])
            for part, name in (
                ("assertion", "Assertion"), ("provenance", "Provenance"), ("pubinfo", "PublicationInfo")
            )
        ]  # fmt: skip
        about = graphs["assertion"]
        provenance = [
            ox.Triple(about, _node(PROV.wasDerivedFrom), row["article"]),
            ox.Triple(about, _node(PROV.value), row["words"]),
            ox.Triple(about, ox.NamedNode(f"{self._base}ont#confidence"), row["confidence"]),
            ox.Triple(about, ox.NamedNode(f"{self._base}ont#evidence"), row["span"]),
            *([ox.Triple(about, _node(PROV.wasGeneratedBy), row["run"])] if "run" in row else []),
        ]
        pubinfo = [
            ox.Triple(this, ox.NamedNode(f"{DCTERMS}creator"), ox.NamedNode(f"{self._base}id/khabar")),
            *([ox.Triple(this, ox.NamedNode(f"{DCTERMS}created"), row["time"])] if "time" in row else []),
        ]
        if self._license:
            pubinfo.append(ox.Triple(this, ox.NamedNode(f"{DCTERMS}license"), ox.NamedNode(self._license)))
        subject, predicate = row["subject"], row["predicate"]
        if not isinstance(subject, ox.NamedNode) or not isinstance(predicate, ox.NamedNode):
            return
        assertion = [ox.Triple(subject, predicate, row["object"])]
        said = (head, assertion, provenance, pubinfo)
        for name, triples in zip(("Head", *parts), said, strict=True):
            yield from (f"{statement}#{name}\t{line}" for line in written(triples))

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


def directed(triple: ox.Triple) -> ox.Triple:
    """A triple whose words, if they begin from the right, say so: the base direction of RDF 1.2."""
    words = triple.object
    if not isinstance(words, ox.Literal) or words.language is None:
        return triple
    strong = next(
        (kind for kind in map(unicodedata.bidirectional, words.value) if kind in ("L", "R", "AL")), "L"
    )
    if strong == "L":
        return triple
    turned = ox.Literal(words.value, language=words.language, direction=ox.BaseDirection.RTL)
    return ox.Triple(triple.subject, triple.predicate, turned)


def _node(term: str) -> ox.NamedNode:
    return ox.NamedNode(term)


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
