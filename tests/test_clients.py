"""Programs of others, against a real server: SPARQLWrapper, rdflib, curl; and what a query must get right.

Clients from npm are run by `make clients`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
import SPARQLWrapper
from rdflib import Graph, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from values import DIALOGUE, arabic, russian
from web import served

from khabar.graph.assemble import assemble
from khabar.graph.store import Store
from khabar.publish import keys
from khabar.vocab import DEFAULT_BASE, KH, RDF

ID: Final = Namespace(f"{DEFAULT_BASE}id/")
PREFIX: Final = f"PREFIX kh: <{KH}> PREFIX id: <{ID}> "
CHAIRING: Final = [f"{DEFAULT_BASE}id/kazakhstan", f"{DEFAULT_BASE}id/uzbekistan"]
CHAIRS: Final = f"{PREFIX}SELECT ?chair {{ ?chair kh:chairs <{DIALOGUE}> }} ORDER BY ?chair"
NOTES: Final = "http://example.org/ملاحظات"  # an IRI in Arabic letters
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clients") / "graph"
    with Store.create(folder) as store:
        for reading in (arabic(), russian(), russian("again")):
            store.replace(reading.article.key, assemble(reading))
        store.publish()
    return folder


@pytest.fixture(scope="module")
def key(folder: Path) -> str:
    return keys.add(folder, "editor", ("update",), date(2026, 1, 1))


@pytest.fixture(scope="module")
def address(folder: Path, key: str) -> Iterator[str]:
    with served(folder, writable=True, workers=1) as found:
        yield found


def select(address: str, query: str, **arguments: str) -> list[dict[str, dict[str, str]]]:
    given = "&".join(f"{name}={quote(value)}" for name, value in {"query": query, **arguments}.items())
    request = urllib.request.Request(
        f"{address}/sparql?{given}", headers={"Accept": "application/sparql-results+json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        rows: list[dict[str, dict[str, str]]] = json.load(answer)["results"]["bindings"]
        return rows


# --- clients


@pytest.mark.parametrize("method", ["GET", "POST", "POSTDIRECTLY"])
def test_sparqlwrapper(address: str, method: str) -> None:
    wrapper = SPARQLWrapper.SPARQLWrapper(f"{address}/sparql", returnFormat=SPARQLWrapper.JSON)
    if method == "POSTDIRECTLY":
        wrapper.setMethod(SPARQLWrapper.POST)
        wrapper.setRequestMethod(SPARQLWrapper.POSTDIRECTLY)
    else:
        wrapper.setMethod(method)
    wrapper.setQuery(CHAIRS)
    rows: Any = wrapper.queryAndConvert()
    assert [row["chair"]["value"] for row in rows["results"]["bindings"]] == CHAIRING
    wrapper.setQuery(f"{PREFIX}CONSTRUCT WHERE {{ ?chair kh:chairs ?body }}")
    wrapper.setReturnFormat(SPARQLWrapper.TURTLE)
    found = Graph().parse(data=wrapper.queryAndConvert(), format="turtle")  # type: ignore[arg-type]
    assert (ID.kazakhstan, KH.chairs, DIALOGUE) in found
    wrapper.setReturnFormat(SPARQLWrapper.JSON)
    wrapper.setQuery("SELECT * {")
    with pytest.raises(SPARQLWrapper.SPARQLExceptions.QueryBadFormed, match=r"line 1, column"):
        wrapper.query()


def test_sparqlwrapper_writes_with_a_key(address: str, key: str) -> None:
    wrapper = SPARQLWrapper.SPARQLWrapper(f"{address}/update")
    wrapper.addCustomHttpHeader("Authorization", f"Bearer {key}")
    wrapper.setMethod(SPARQLWrapper.POST)
    wrapper.setQuery(
        f"INSERT DATA {{ GRAPH <{NOTES}> {{ <urn:x:wrapper> a kh:X }} }}".replace("kh:X", f"<{KH.Person}>")
    )
    wrapper.query()
    assert select(address, "SELECT ?g { GRAPH ?g { <urn:x:wrapper> ?p ?o } }")[0]["g"]["value"] == NOTES


def test_the_store_of_rdflib(address: str, key: str) -> None:
    graph = Graph(SPARQLStore(f"{address}/sparql"))
    assert set(graph.subjects(KH.chairs, DIALOGUE)) == {ID.kazakhstan, ID.uzbekistan}
    assert [str(row[0]) for row in graph.query(CHAIRS)] == CHAIRING  # type: ignore[index]
    store = SPARQLUpdateStore(
        f"{address}/sparql", f"{address}/update", headers={"Authorization": f"Bearer {key}"}
    )
    named = Graph(store, identifier=URIRef(NOTES))
    named.add((URIRef("urn:x:rdflib"), RDF.type, KH.Person))
    assert (URIRef("urn:x:rdflib"), RDF.type, KH.Person) in named
    assert (URIRef("urn:x:rdflib"), RDF.type, KH.Person) in graph


def test_curl(address: str, key: str, tmp_path: Path) -> None:
    """The commands of docs/endpoint.md."""
    if shutil.which("curl") is None:
        pytest.skip("there is no curl here")

    def curl(*arguments: str) -> str:
        return subprocess.run(
            ["curl", "--silent", "--show-error", "--fail", *arguments],
            check=True,
            capture_output=True,
        ).stdout.decode()

    assert curl("-H", "Accept: text/csv", "--data-urlencode", f"query={CHAIRS}", f"{address}/sparql") == (
        f"chair\r\n{ID.kazakhstan}\r\n{ID.uzbekistan}\r\n"
    )
    (tmp_path / "notes.ttl").write_text('<urn:x:curl> <urn:x:says> "draft", "كلمة"@ar .', "utf-8")
    bearer = ("-H", f"Authorization: Bearer {key}")
    place = f"{address}/data?graph=http://example.org/notes"
    curl(
        "-X",
        "PUT",
        *bearer,
        "-H",
        "Content-Type: text/turtle",
        "--data-binary",
        f"@{tmp_path}/notes.ttl",
        place,
    )
    update = 'DELETE WHERE { GRAPH <http://example.org/notes> { ?s ?p "draft" } }'
    kind = ("-H", "Content-Type: application/sparql-update")
    curl("-X", "POST", *bearer, *kind, "--data-binary", update, f"{address}/update")
    assert curl("-H", "Accept: application/n-triples", place) == '<urn:x:curl> <urn:x:says> "كلمة"@ar .\n'
    assert curl("-L", f"{address}/id/kazakhstan", "-H", "Accept: text/turtle").startswith("@prefix")


# --- what a query must get right


def test_a_triple_that_three_articles_state_counts_once(address: str) -> None:
    pattern = f"<{ID.kazakhstan}> <{KH.chairs}> <{DIALOGUE}>"
    for where, expected in ((pattern, "1"), (f"GRAPH ?g {{ {pattern} }}", "3")):
        (row,) = select(address, f"SELECT (COUNT(*) AS ?n) {{ {where} }}")
        assert row["n"]["value"] == expected


def test_years(address: str) -> None:
    """xsd:gYear compares; and as a number, in a way that every engine knows."""
    query = f"""{PREFIX}PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT DISTINCT ?year {{
      ?statement kh:when ?year FILTER(%s) }} ORDER BY ?year"""
    for test in (
        '?year <= "2021"^^xsd:gYear',
        "xsd:integer(STR(?year)) <= 2021",
        '?year = "2021"^^xsd:gYear',
    ):
        rows = select(address, query % test)
        assert [(row["year"]["value"], row["year"]["datatype"]) for row in rows] == [
            ("2021", "http://www.w3.org/2001/XMLSchema#gYear")
        ]


def test_arabic_iris_raw_and_percent_encoded(address: str, key: str) -> None:
    """Letters and their percent-encoding are two IRIs in RDF, and each is decoded just once on its way."""
    raw, encoded = "http://example.org/كتاب", "http://example.org/%D9%83%D8%AA%D8%A7%D8%A8"
    for number, iri in enumerate((raw, encoded)):
        body = f"<{iri}> <urn:x:number> {number} .".encode()
        place = f"{address}/data?graph={quote(iri, safe='')}"
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/turtle"}
        with urllib.request.urlopen(urllib.request.Request(place, body, headers, method="PUT")) as answer:
            assert answer.headers["Location"] == quote(iri, safe=":/%") if iri == encoded else True
    for number, iri in enumerate((raw, encoded)):
        rows = select(address, f"SELECT ?s ?n {{ GRAPH <{iri}> {{ ?s <urn:x:number> ?n }} }}")
        assert [(row["s"]["value"], row["n"]["value"]) for row in rows] == [(iri, str(number))]
        chosen = select(address, "SELECT ?n { ?s <urn:x:number> ?n }", **{"default-graph-uri": iri})
        assert [row["n"]["value"] for row in chosen] == [str(number)]


LITERALS = {  # as written, and as they come back; the engine keeps values, not every spelling
    '"خبر"@ar': ("خبر", "ar", ""),
    '"خَبَر"@ar': ("خَبَر", "ar", ""),
    '"news"@en-GB': ("news", "en-gb", ""),
    '"007"': ("007", "", ""),
    '"2023"^^xsd:gYear': ("2023", "", "gYear"),
    '"2023-12"^^xsd:gYearMonth': ("2023-12", "", "gYearMonth"),
    '"2023-12-04"^^xsd:date': ("2023-12-04", "", "date"),
    '"007"^^xsd:integer': ("7", "", "integer"),
    '"1.50"^^xsd:decimal': ("1.5", "", "decimal"),
    '"not a number"^^xsd:integer': ("not a number", "", "integer"),
    '"a\\u0301\\t\\n\\"\\\\"': ("á\t\n\"\\".replace("á", "a\u0301"), "", ""),
}  # fmt: skip


@pytest.mark.parametrize("written", LITERALS)
def test_literals_keep_value_and_language(address: str, key: str, written: str) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    data = f"GRAPH <urn:x:l> {{ <urn:x:s> <urn:x:p> {written} }}"
    update = f"PREFIX xsd: <{xsd}> CLEAR SILENT GRAPH <urn:x:l> ; INSERT DATA {{ {data} }}"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/sparql-update"}
    request = urllib.request.Request(f"{address}/update", update.encode(), headers, method="POST")
    assert urllib.request.urlopen(request).status == 204
    (row,) = select(address, "SELECT ?o { GRAPH <urn:x:l> { ?s ?p ?o } }")
    value, language, datatype = LITERALS[written]
    found = row["o"]
    assert (found["value"], found.get("xml:lang", "").lower()) == (value, language)
    assert found.get("datatype", "") == (xsd + datatype if datatype else "")


def test_the_dataset_of_a_query(address: str) -> None:
    one, two = (f"{DEFAULT_BASE}graph/{key}" for key in ("dialogue-ru", "again"))
    chair = f"<{ID.kazakhstan}> <{KH.chairs}> ?body"
    count, by_graph = chair, f"GRAPH ?g {{ {chair} }}"

    def counted(where: str, clause: str = "", **arguments: str) -> int:
        query = f"SELECT (COUNT(*) AS ?n) {clause} {{ {where} }}"
        return int(select(address, query, **arguments)[0]["n"]["value"])

    assert counted(count, f"FROM <{one}>") == 1
    assert counted(count, f"FROM <{one}> FROM <{two}>") == 1  # a merge of graphs has a triple once
    assert counted(by_graph, f"FROM <{one}> FROM <{two}> FROM NAMED <{one}>") == 1
    assert counted(by_graph, f"FROM <{one}>") == 0
    assert counted(by_graph, f"FROM NAMED <{one}> FROM NAMED <{two}>") == 2
    assert counted(by_graph, f"FROM NAMED <{one}>", **{"named-graph-uri": two}) == 1  # the request wins
    assert counted(count, "", **{"default-graph-uri": two}) == 1
    assert counted(by_graph, "", **{"default-graph-uri": two}) == 0


# --- what the service says of itself


def test_the_description_counts_what_is_there(address: str, folder: Path) -> None:
    found = {}
    for path, wanted in (("/sparql", SD), ("/.well-known/void", VOID)):
        request = urllib.request.Request(address + path, headers={"Accept": "text/turtle"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            found[path] = Graph().parse(data=answer.read().decode(), format="turtle")
        assert any(str(p).startswith(wanted) for _, p, _ in found[path])
    graph, dataset = found["/sparql"], URIRef(f"{DEFAULT_BASE}dataset")
    (row,) = select(address, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(str(graph.value(dataset, URIRef(f"{VOID}triples")))) == int(row["n"]["value"])
    parts = {
        str(graph.value(part, URIRef(f"{VOID}class"))): int(str(graph.value(part, URIRef(f"{VOID}entities"))))
        for part in graph.objects(dataset, URIRef(f"{VOID}classPartition"))
    }
    (row,) = select(address, f"SELECT (COUNT(*) AS ?n) {{ ?s a <{KH.Statement}> }}")
    assert parts[str(KH.Statement)] == int(row["n"]["value"])
    named = {str(name) for name in graph.objects(None, URIRef(f"{SD}name"))}
    rows = select(address, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    assert named == {row["g"]["value"] for row in rows}
    assert not [name for name in named if "/graph/text/" in name]
    languages = set(graph.objects(None, URIRef(f"{SD}supportedLanguage")))
    assert languages == {URIRef(f"{SD}SPARQL11Query"), URIRef(f"{SD}SPARQL11Update")}


def test_links_lead_to_the_descriptions(address: str) -> None:
    for path in ("/", "/sparql"):
        request = urllib.request.Request(address + path, headers={"Accept": "text/html"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            links = ", ".join(answer.headers.get_all("Link"))
        for rel, place in (("describedby", "/.well-known/void"), ("service-desc", "/openapi.json")):
            assert f'<{place}>; rel="{rel}"' in links
            assert urllib.request.urlopen(address + place, timeout=20).status == 200
