"""For programs: the description of the HTTP interface, the prefixes, and the example queries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from flask import Blueprint, Response, request

from khabar.publish import protocol
from khabar.publish.examples import Example
from khabar.publish.protocol import HTML, JSONLD, NTRIPLES, RDFXML, TURTLE, Format
from khabar.publish.search import NAMESPACE as SEARCH
from khabar.publish.site import address, site
from khabar.publish.views import PREFIXES
from khabar.version import __version__

OPENAPI: Final = Path(__file__).with_name("openapi.json")
WRITING: Final = ("put", "post", "delete")
BUILT: Final = (
    "/articles",
    "/id/{name}",
    "/article/{key}",
    "/graph/{name}",
    "/ont",
    "/shapes",
    "/status",
    "/dataset",
    "/maintainers",
    "/lexicon/{name}",
    "/dump/",
    "/dump/{version}/{file}",
    "/feed/",
    "/feed/{name}",
    "/examples",
)

SH: Final = "http://www.w3.org/ns/shacl#"
RDF: Final = PREFIXES["rdf"]
RDFS: Final = PREFIXES["rdfs"]
XSD: Final = PREFIXES["xsd"]
FORMATS: Final = (TURTLE, JSONLD, NTRIPLES, RDFXML, HTML)  # a browser, too, gets Turtle

blueprint = Blueprint("programs", __name__)


def prefixes() -> dict[str, str]:
    """The prefixes of this dataset's vocabularies, and of those that it is aligned to."""
    base = site().dataset.base
    ours = {} if site().dataset.is_plain else {"kh": f"{base}ont#", "id": f"{base}id/"}
    return {**ours, "search": SEARCH, "sh": SH, **PREFIXES}


# --- OpenAPI


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The HTTP interface of this very server, as OpenAPI 3.1 describes one."""
    told = json.dumps(_described(), ensure_ascii=False, indent=1)
    return Response(told, content_type="application/json")


def _described() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))
    document["info"]["version"] = __version__
    document["servers"] = [{"url": address("")}]
    paths: dict[str, Any] = document["paths"]
    if site().writer is None:
        del paths["/update"]
        paths.pop("/articles")
        for method in WRITING:
            paths["/data"].pop(method, None)
    if site().dataset.is_plain:
        for path in [path for path in paths if path in BUILT or path.startswith("/reconcile")]:
            del paths[path]
    return document


# --- prefixes


@blueprint.get("/prefixes")
def prefix_service() -> Response:
    """The prefixes: as a context of JSON-LD, or as sh:declare in any format of RDF."""
    format_ = _chosen((JSONLD, *FORMATS))
    if format_ is JSONLD:
        body = json.dumps({"@context": prefixes()}, indent=1)
        return _sent(body.encode(), JSONLD)
    return _serialised(_declared(), format_)


def _declared() -> Iterator[ox.Triple]:
    """https://www.w3.org/TR/shacl/#sparql-prefixes"""
    this = ox.NamedNode(_own("/prefixes"))
    for prefix, namespace in prefixes().items():
        one = ox.NamedNode(f"{this.value}#{prefix}")
        yield ox.Triple(this, ox.NamedNode(f"{SH}declare"), one)
        yield ox.Triple(one, ox.NamedNode(f"{SH}prefix"), ox.Literal(prefix))
        value = ox.Literal(namespace, datatype=ox.NamedNode(f"{XSD}anyURI"))
        yield ox.Triple(one, ox.NamedNode(f"{SH}namespace"), value)


def _own(path: str) -> str:
    """The IRI of something of ours: under the base of a built graph, else where it is found."""
    return address(path) if site().dataset.is_plain else site().dataset.base.rstrip("/") + path


# --- examples


@blueprint.get("/examples")
def examples() -> Response:
    """The example queries, each as a sh:SPARQLExecutable that names this endpoint."""
    triples = (triple for example in site().examples for triple in _example(example))
    return _serialised(triples, _chosen(FORMATS))


def _example(example: Example) -> Iterator[ox.Triple]:
    this = ox.NamedNode(example.iri)
    for cls in ("SPARQLExecutable", "SPARQLSelectExecutable"):
        yield ox.Triple(this, ox.NamedNode(f"{RDF}type"), ox.NamedNode(SH + cls))
    for name, texts in (("label", example.labels), ("comment", example.comments)):
        for language, text in texts.items():
            yield ox.Triple(this, ox.NamedNode(RDFS + name), ox.Literal(text, language=language))
    yield ox.Triple(this, ox.NamedNode(f"{SH}prefixes"), ox.NamedNode(_own("/prefixes")))
    yield ox.Triple(this, ox.NamedNode(f"{SH}select"), ox.Literal(example.query))
    target = ox.NamedNode(f"{PREFIXES['schema']}target")
    yield ox.Triple(this, target, ox.NamedNode(address("/sparql")))


# --- answers


def _chosen(formats: tuple[Format, ...]) -> Format:
    return protocol.choose(request.args.get("format"), request.headers.get("Accept"), formats)


def _serialised(triples: Iterator[ox.Triple], format_: Format) -> Response:
    written = TURTLE if format_ is HTML else format_
    rdf_format = ox.RdfFormat.from_media_type(written.media_type)
    used = {name: prefixes()[name] for name in ("sh", "rdfs", "schema", "xsd")}
    return _sent(ox.serialize(triples, format=rdf_format, prefixes=used) or b"", written)


def _sent(body: bytes, format_: Format) -> Response:
    response = Response(body, content_type=f"{format_.media_type}; charset=utf-8")
    response.vary.add("Accept")
    return response
