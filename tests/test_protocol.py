"""What the W3C and the IETF decide, as tables."""

from __future__ import annotations

import pytest

from khabar.publish import protocol
from khabar.publish.protocol import FORM, HTML, JSON, QUERY, SOLUTIONS, TRIPLES, Format, Parameters, Refusal

XML, CSV, TSV = SOLUTIONS[1:]
TURTLE, NTRIPLES, JSONLD, RDFXML = TRIPLES
PAGES = (HTML, *TRIPLES)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JENA = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
RAPPER = "application/rdf+xml, text/rdf;q=0.6, text/html;q=0.6, application/xhtml+xml;q=0.8, */*;q=0.1"

NEGOTIATED: list[tuple[str | None, tuple[Format, ...], Format | None]] = [
    (None, SOLUTIONS, JSON),
    ("", SOLUTIONS, JSON),
    ("*/*", SOLUTIONS, JSON),
    ("text/csv", SOLUTIONS, CSV),
    ("TEXT/CSV ; q=1.0", SOLUTIONS, CSV),
    ("application/xml", SOLUTIONS, XML),
    ("application/json;q=0.2, text/tab-separated-values;q=0.3", SOLUTIONS, TSV),
    ("text/*", SOLUTIONS, XML),  # the first of ours that is text: text/xml
    ("text/*, text/xml;q=0, application/*;q=0.1", SOLUTIONS, CSV),  # the specific range counts
    ("application/sparql-results+json;q=0, */*;q=0.1", SOLUTIONS, JSON),  # application/json is still allowed
    ("image/png", SOLUTIONS, None),
    ("image/png, */*;q=0", SOLUTIONS, None),
    ("text/csv;q=2, text/tab-separated-values", SOLUTIONS, TSV),  # what cannot be read is left out
    ("/;;q=,,=;text", SOLUTIONS, None),
    (FIREFOX, (*SOLUTIONS, HTML), HTML),
    (CHROME, (*TRIPLES, HTML), HTML),
    (FIREFOX, PAGES, HTML),
    (JENA, PAGES, TURTLE),
    (RAPPER, PAGES, RDFXML),
    ("text/html;q=0.4, text/turtle;q=0.5", PAGES, TURTLE),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', PAGES, JSONLD),
    ("text/n3", PAGES, TURTLE),
    ("text/plain", PAGES, NTRIPLES),
]  # fmt: skip


@pytest.mark.parametrize(("accept", "formats", "expected"), NEGOTIATED)
def test_negotiation(accept: str | None, formats: tuple[Format, ...], expected: Format | None) -> None:
    assert protocol.negotiate(accept, formats) == expected


@pytest.mark.parametrize(
    ("name", "formats", "expected"),
    [
        ("json", SOLUTIONS, JSON),
        ("application/sparql-results+json", SOLUTIONS, JSON),
        ("json", TRIPLES, JSONLD),
        ("xml", SOLUTIONS, XML),
        ("xml", TRIPLES, RDFXML),
        ("turtle", TRIPLES, TURTLE),
        ("TTL", TRIPLES, TURTLE),
        ("pdf", TRIPLES, None),
    ],
)
def test_formats_by_name(name: str, formats: tuple[Format, ...], expected: Format | None) -> None:
    assert protocol.named(name, formats) == expected


def test_a_format_by_name_goes_before_the_header() -> None:
    assert protocol.choose("csv", "text/html", SOLUTIONS) == CSV


def test_what_cannot_be_had_names_what_can() -> None:
    with pytest.raises(Refusal) as caught:
        protocol.choose(None, "image/png", TRIPLES)
    assert caught.value.status == 406
    assert str(caught.value) == (
        "Accept: image/png: this cannot be answered in such a format\n"
        "  ask for text/turtle (format=ttl), application/n-triples (format=nt), "
        "application/ld+json (format=jsonld), application/rdf+xml (format=rdf)"
    )


ASK = "ASK { ?s ?p 'خبر' }"
READ = [
    ("GET", "", {"query": [ASK]}, {}, b""),
    ("HEAD", "", {"query": [ASK]}, {}, b""),
    ("POST", FORM, {}, {"query": [ASK]}, b""),
    ("POST", f"{FORM}; charset=UTF-8", {}, {"query": [ASK]}, b""),
    ("POST", QUERY, {}, {}, ASK.encode()),
    ("POST", f"{QUERY};charset=utf-8", {}, {}, ASK.encode()),
]


@pytest.mark.parametrize(("method", "content_type", "arguments", "form", "body"), READ)
def test_a_query_is_read(
    method: str, content_type: str, arguments: dict[str, list[str]], form: dict[str, list[str]], body: bytes
) -> None:
    assert protocol.parameters(method, content_type, arguments, form, body) == Parameters(ASK, (), ())


def test_the_dataset_is_read_where_the_query_is() -> None:
    graphs = {"default-graph-uri": ["x:1", "x:2"], "named-graph-uri": ["x:3"]}
    expected = Parameters(ASK, ("x:1", "x:2"), ("x:3",))
    assert protocol.parameters("GET", "", {"query": [ASK], **graphs}, {}, b"") == expected
    assert protocol.parameters("POST", FORM, {}, {"query": [ASK], **graphs}, b"") == expected
    assert protocol.parameters("POST", QUERY, graphs, {}, ASK.encode()) == expected


READ_ONLY = "this endpoint only answers queries"
REFUSED = [
    ("GET", "", {}, {}, b"", 400, "there is no query"),
    ("GET", "", {"query": [ASK, ASK]}, {}, b"", 400, "there are 2 queries"),
    ("GET", "", {"update": ["CLEAR ALL"]}, {}, b"", 403, READ_ONLY),
    ("POST", FORM, {}, {"query": [ASK], "update": ["CLEAR ALL"]}, b"", 403, READ_ONLY),
    ("POST", FORM, {"query": [ASK]}, {}, b"", 400, "there is no query"),
    ("POST", protocol.UPDATE, {}, {}, b"CLEAR ALL", 403, READ_ONLY),
    ("POST", QUERY, {"query": [ASK]}, {}, b"ASK {}", 400,
     "there is a query in the address and another in the body"),
    ("POST", QUERY, {}, {}, "ASK { ?s ?p 'é' }".encode("latin-1"), 400, "byte 13 of the body is not UTF-8"),
    ("POST", "text/plain", {}, {}, b"ASK {}", 415, "a query cannot be read from such a body"),
    ("POST", "", {}, {}, b"ASK {}", 415, "a query cannot be read from such a body"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "content_type", "arguments", "form", "body", "status", "problem"), REFUSED
)
def test_a_request_that_is_none_is_refused(
    method: str,
    content_type: str,
    arguments: dict[str, list[str]],
    form: dict[str, list[str]],
    body: bytes,
    status: int,
    problem: str,
) -> None:
    with pytest.raises(Refusal) as caught:
        protocol.parameters(method, content_type, arguments, form, body)
    assert (caught.value.status, caught.value.problem) == (status, problem)


def test_a_syntax_error_shows_the_place() -> None:
    query = "SELECT *\nWHERE { ?s ?p }"
    refusal = protocol.syntax_refusal("error at 2:14: expected one of a, b, [_]", query)
    assert protocol.problem_details(refusal) == {
        "type": "https://w3id.org/khabar/problem/syntax",
        "title": "it is not SPARQL from here on",
        "status": 400,
        "detail": "query, line 2, column 14: it is not SPARQL from here on. correct the query at the mark",
        "where": "query, line 2, column 14",
        "fix": "correct the query at the mark",
        "line": 2,
        "column": 14,
        "excerpt": "WHERE { ?s ?p }\n             ^",
    }


def test_an_error_far_along_a_line_shows_its_surroundings() -> None:
    query = "ASK {" + " " * 500 + "!}"
    refusal = protocol.syntax_refusal("error at 1:506: expected x", query)
    line, caret = refusal.excerpt.splitlines()
    assert len(line) <= 72
    assert line[caret.index("^")] == "!"
