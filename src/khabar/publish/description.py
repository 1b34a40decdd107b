"""What the service can do and what is in the dataset, as SPARQL 1.1 Service Description and VoID.

https://www.w3.org/TR/sparql11-service-description/, https://www.w3.org/TR/void/.  The counts are
worked out by a worker once for each snapshot; where that takes too long they are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response, request

from khabar.graph.statistics import CLASSES, PROPERTIES, TOTALS, counting
from khabar.publish import protocol
from khabar.publish.dataset import Snapshot
from khabar.publish.pool import Request
from khabar.publish.protocol import HTML, JSONLD, NTRIPLES, RDFXML, TURTLE, Format, Refusal
from khabar.publish.site import address, site, snapshot

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"
DCTERMS: Final = "http://purl.org/dc/terms/"
FORMAT: Final = "http://www.w3.org/ns/formats/"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
PREFIXES: Final = {"sd": SD, "void": VOID, "dcterms": DCTERMS, "xsd": XSD, "format": FORMAT}

FORMATS: Final = (TURTLE, NTRIPLES, JSONLD, RDFXML, HTML)  # a browser, too, gets Turtle
RESULTS: Final = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "JSON-LD", "RDF_XML",
)  # fmt: skip
MOST_GRAPHS: Final = 1000  # named one by one; a query lists the others

blueprint = Blueprint("description", __name__)

Object = ox.NamedNode | ox.BlankNode | ox.Literal
Counts = dict[str, list[dict[str, str]]]  # the rows of each query, their terms as words


@blueprint.get("/.well-known/void")
def void() -> Response:
    """The dataset as VoID describes one."""
    return _serialised(_dataset(snapshot(), ox.NamedNode(site().dataset.iri)))


def service() -> Response:
    """The endpoint and its dataset: the answer to a request that asks nothing."""
    shown = snapshot()
    return _serialised([*_service(shown), *_dataset(shown, ox.NamedNode(site().dataset.iri))])


def _serialised(triples: Iterator[ox.Triple] | list[ox.Triple]) -> Response:
    format_ = protocol.choose(request.args.get("format"), request.headers.get("Accept"), FORMATS)
    written: Format = TURTLE if format_ is HTML else format_
    body = ox.serialize(
        dict.fromkeys(triples), format=ox.RdfFormat.from_media_type(written.media_type), prefixes=PREFIXES
    )
    response = Response(body or b"", content_type=f"{written.media_type}; charset=utf-8")
    response.vary.add("Accept")
    return response


def _service(shown: Snapshot) -> Iterator[ox.Triple]:
    endpoint, dataset = address("/sparql"), ox.NamedNode(site().dataset.iri)
    this, default = ox.NamedNode(f"{endpoint}#service"), ox.NamedNode(f"{endpoint}#default-graph")
    yield _a(this, f"{SD}Service")
    yield _triple(this, f"{SD}endpoint", ox.NamedNode(endpoint))
    yield _triple(this, f"{SD}supportedLanguage", ox.NamedNode(f"{SD}SPARQL11Query"))
    for name in RESULTS:
        yield _triple(this, f"{SD}resultFormat", ox.NamedNode(FORMAT + name))
    yield _triple(this, f"{SD}defaultDataset", dataset)
    yield _a(dataset, f"{SD}Dataset")
    yield _triple(dataset, f"{SD}defaultGraph", default)
    yield _a(default, f"{SD}Graph")
    for number, name in enumerate(shown.graphs[:MOST_GRAPHS], 1):
        graph = ox.NamedNode(f"{endpoint}#graph-{number}")
        yield _triple(dataset, f"{SD}namedGraph", graph)
        yield _a(graph, f"{SD}NamedGraph")
        yield _triple(graph, f"{SD}name", ox.NamedNode(name))
    if site().dataset.is_plain:
        yield _triple(this, f"{SD}feature", ox.NamedNode(f"{SD}EmptyGraphs"))
    if site().writer is not None:
        writing = address("/update")
        update = ox.NamedNode(f"{writing}#service")
        yield _a(update, f"{SD}Service")
        yield _triple(update, f"{SD}endpoint", ox.NamedNode(writing))
        yield _triple(update, f"{SD}supportedLanguage", ox.NamedNode(f"{SD}SPARQL11Update"))
        yield _triple(update, f"{SD}defaultDataset", dataset)


def _dataset(shown: Snapshot, this: ox.NamedNode) -> Iterator[ox.Triple]:
    yield _a(this, f"{VOID}Dataset")
    yield _triple(this, f"{VOID}sparqlEndpoint", ox.NamedNode(address("/sparql")))
    for predicate, value in shown.about(site().dataset.iri):
        yield _triple(this, predicate, value)
    if not site().dataset.is_plain:
        yield _triple(this, f"{VOID}dataDump", ox.NamedNode(address("/dump/")))
    counts = _counts(shown)
    for row in counts[TOTALS]:
        for name in ("triples", "distinctSubjects", "distinctObjects"):
            yield _triple(this, VOID + name, _number(row[name]))
    classes, properties = counts[CLASSES], counts[PROPERTIES]
    for name, rows in (("classes", classes), ("properties", properties)):
        if rows:
            yield _triple(this, VOID + name, _number(str(len(rows))))
    partitions = (("class", "entities", classes), ("property", "triples", properties))
    for kind, counted, rows in partitions:
        for number, row in enumerate(rows, 1):
            part = ox.NamedNode(f"{address('/.well-known/void')}#{kind}-{number}")
            yield _triple(this, f"{VOID}{kind}Partition", part)
            yield _triple(part, VOID + kind, ox.NamedNode(row["term"]))
            yield _triple(part, VOID + counted, _number(row["number"]))


def partitions(shown: Snapshot) -> Counts:
    """The classes and the properties, each with how many things or triples it has."""
    counts = _counts(shown)
    return {"classes": counts["class-counts.rq"], "properties": counts["property-counts.rq"]}


def triples(shown: Snapshot) -> int | None:
    """How many triples the default graph has; None where they take too long to count."""
    found = (int(row["triples"]) for row in _counts(shown)["totals.rq"])
    return next(found, None)


def _counts(shown: Snapshot) -> Counts:
    names = (TOTALS, CLASSES, PROPERTIES)
    return {name: shown.remember(name, partial(_ask, shown, name)) for name in names}


def _ask(shown: Snapshot, name: str) -> list[dict[str, str]]:
    """The rows of one of our own queries, from a worker; none if it takes too long."""
    work = Request(
        query=counting(name), store=str(shown.path), snapshot=shown.id, base=shown.base,
        withheld=shown.withheld, media_type="application/sparql-results+json",
    )  # fmt: skip
    with suppress(Refusal), site().pool.run(work) as answer:
        found = ox.parse_query_results(answer.read(), format=ox.QueryResultsFormat.JSON)
        if isinstance(found, ox.QuerySolutions):
            names = [variable.value for variable in found.variables]
            return [
                {n: t.value for n, t in zip(names, row, strict=True)
                 if isinstance(t, ox.NamedNode | ox.Literal)} for row in found
            ]  # fmt: skip
    return []


def _a(subject: ox.NamedNode, cls: str) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(f"{RDF}type"), ox.NamedNode(cls))


def _triple(subject: ox.NamedNode, predicate: str, value: Object) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), value)


def _number(written: str) -> ox.Literal:
    return ox.Literal(written, datatype=ox.NamedNode(f"{XSD}integer"))
