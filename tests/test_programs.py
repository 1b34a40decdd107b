"""What is there for programs: OpenAPI, prefixes, examples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from rdflib import Graph, URIRef
from web import built

from khabar.graph.plain import prepared
from khabar.publish import examples, keys
from khabar.publish.app import create_app
from khabar.publish.interface import Interface
from khabar.resources import folder as resource_folder
from khabar.vocab import DEFAULT_BASE, RDF, RDFS, SCHEMA, SH

OTHER: Final = "http://localhost:8000/kg/"
EXAMPLES: Final = examples.load(DEFAULT_BASE)
# Pages and files that are there for people.
NOT_FOR_PROGRAMS: Final = {
    "/", "/static/<path:filename>", "/about", "/around/<name>", "/chairs/", "/chairs/<name>", "/class/",
    "/class/<name>", "/compare", "/map", "/robots.txt", "/sitemap.xml", "/sitemap-<int:part>.xml",
    "/timeline",
    "/validation", "/validation.svg", "/validation.<any(txt, json):form>",
}  # fmt: skip
NAMES: Final = {
    "/<any(id, article):kind>/<name>": ("/id/{name}", "/article/{key}"),
    **{
        f"{root}/suggest/<any(entity, property, type):kind>": (f"{root}/suggest/{{kind}}",)
        for root in ("/reconcile", "/reconcile/1.0-draft")
    },
    "/graph/<path:name>": ("/graph/{name}",),
    "/ont.<suffix>": ("/ont",),
    "/shapes.<suffix>": ("/shapes",),
    "/ont/<version>": ("/ont",),
    "/lexicon/<name>": ("/lexicon/{name}",),
    "/<any(dataset, maintainers):name>": ("/dataset", "/maintainers"),
    "/<any(dataset, maintainers):name>.<suffix>": ("/dataset", "/maintainers"),
    "/dump/<version>/<name>": ("/dump/{version}/{file}",),
    "/feed/<name>": ("/feed/{name}",),
    "/data/<path:name>": ("/data",),
}
DISPUTED: Final = f"""
@prefix kh: <{OTHER}ont#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:x:1> rdf:predicate kh:when ; rdf:subject <urn:x:forum> ; kh:statedIn <urn:x:one> ;
  kh:earliest "2023-01-01"^^xsd:date ; kh:latest "2023-01-02"^^xsd:date .
<urn:x:2> rdf:predicate kh:when ; rdf:subject <urn:x:forum> ; kh:statedIn <urn:x:other> ;
  kh:earliest "2023-02-01"^^xsd:date ; kh:latest "2023-02-02"^^xsd:date .
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A server whose graph has two articles that disagree, beside the usual ones."""
    folder = built(tmp_path_factory.mktemp("web") / "graph", OTHER)
    key = keys.add(folder, "editor", ("update",), date(2026, 1, 1))
    app = create_app(folder, workers=1, writable=True)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/turtle"}
    answer = app.test_client().put("/data?graph=urn:x:disputed", data=DISPUTED.encode(), headers=headers)
    assert answer.status_code == 201
    yield app.test_client()
    app.extensions["khabar"].close()


def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get("/openapi.json").data)
    return found


def test_openapi_is_valid_and_names_every_route(client: FlaskClient) -> None:
    told = document(client)
    validate(told)
    assert told["servers"] == [{"url": "http://localhost"}]
    rules = {rule.rule for rule in client.application.url_map.iter_rules()} - NOT_FOR_PROGRAMS
    wanted = {path for rule in rules for path in NAMES.get(rule, (rule,))}
    assert set(told["paths"]) == wanted


def test_openapi_says_what_this_server_does(tmp_path: Path) -> None:
    with prepared(tmp_path / "data", "plain", writable=True) as folder:
        keys.add(folder, "editor", ("update",), date(2026, 1, 1))
        app = create_app(folder, dataset="plain", workers=1)
        told = document(app.test_client())
        validate(told)
        rules = {rule.rule for rule in app.url_map.iter_rules()}
        assert "/update" not in told["paths"]
        assert set(told["paths"]["/data"]) == {"get"}
        assert {path for path in told["paths"] if "{" not in path} <= rules
        for path in ("/sparql", "/search", "/prefixes", "/.well-known/void", "/healthz", "/openapi.json"):
            assert app.test_client().get(path).status_code == 200
        app.extensions["khabar"].close()


def test_answers_are_as_openapi_says(client: FlaskClient) -> None:
    schemas = document(client)["components"]["schemas"]
    problem = client.get("/sparql?query=SELECT")
    jsonschema.validate(json.loads(problem.data), schemas["Problem"])
    jsonschema.validate(json.loads(client.get("/search?q=kaz&format=json").data), schemas["Results"])


# --- prefixes


def test_prefixes_as_a_context_and_as_declarations(client: FlaskClient) -> None:
    context = json.loads(client.get("/prefixes").data)["@context"]
    assert context["kh"] == f"{OTHER}ont#"
    answer = client.get("/prefixes", headers={"Accept": "text/turtle"})
    graph = Graph().parse(data=answer.text, format="turtle")
    declared = {
        str(graph.value(one, SH.prefix)): str(graph.value(one, SH.namespace))
        for one in graph.objects(URIRef(f"{OTHER}prefixes"), SH.declare)
    }
    assert declared == context
    expanded = Graph().parse(data=json.dumps({"@context": context, "@id": "id:x", "@type": "kh:Person"}),
                             format="json-ld")  # fmt: skip
    assert (URIRef(f"{OTHER}id/x"), RDF.type, URIRef(f"{OTHER}ont#Person")) in expanded


# --- examples


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.iri.rpartition("/")[2])
def test_each_example_has_an_answer(client: FlaskClient, example: examples.Example) -> None:
    query = example.query.replace(DEFAULT_BASE, OTHER)
    answer = client.get("/sparql", query_string={"query": query, "format": "csv"})
    assert answer.status_code == 200, answer.text
    assert len(answer.text.splitlines()) > 1
    assert "LIMIT" in query


def test_each_example_speaks_every_language() -> None:
    tags = {language.tag for language in Interface.load(resource_folder("ontology")).languages}
    assert len(EXAMPLES) >= 7
    for example in EXAMPLES:
        assert set(example.labels) == set(example.comments) == tags
    assert [example.order for example in EXAMPLES] == list(range(1, len(EXAMPLES) + 1))


def test_the_examples_are_served_as_rdf(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/examples").text, format="turtle")
    found = set(graph.subjects(RDF.type, SH.SPARQLExecutable))
    assert found == {URIRef(one.iri.replace(DEFAULT_BASE, OTHER)) for one in EXAMPLES}
    for one in found:
        assert str(graph.value(one, SCHEMA.target)) == "http://localhost/sparql"
        assert {getattr(label, "language", "") for label in graph.objects(one, RDFS.label)} == {
            "en",
            "ar",
            "ru",
        }
        query = str(graph.value(one, SH.select))
        assert f"{OTHER}" in query or "search:text" in query
        assert client.get("/sparql", query_string={"query": query}).status_code == 200


def test_the_form_offers_them(client: FlaskClient) -> None:
    page = client.get("/sparql?lang=ar", headers={"Accept": "text/html"}).text
    for one in EXAMPLES:
        assert one.labels["ar"] in page
    assert len(re.findall(r'href="/sparql\?[^"]*query=', page)) >= len(EXAMPLES)
