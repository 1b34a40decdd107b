"""What programs get: negotiation with real clients' headers, signposts, every IRI followed, nothing active."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from test_pages import BASE, BROWSER, LANGUAGES, Page
from web import built

from khabar import knowledge
from khabar.building import build
from khabar.graph.folder import open_snapshot
from khabar.publish.app import create_app
from khabar.resources import folder as resource_folder
from khabar.text.read import read

MERGED: Final = """
<graph/entities> { id:old <http://purl.org/dc/terms/isReplacedBy> id:kazakhstan . id:loop <http://purl.org/dc/terms/isReplacedBy> id:loop . }
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(built(tmp_path_factory.mktemp("linked") / "graph", more=MERGED), workers=1)
    yield app.test_client()
    app.extensions["khabar"].close()


# --- negotiation: the headers that the clients really send

CLIENTS: Final = [
    ("Firefox", BROWSER["Accept"], "html"),
    ("Chrome", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8", "html"),
    ("Internet Explorer", "image/gif, image/jpeg, application/x-ms-application, */*", "html"),
    ("curl, wget", "*/*", "html"),
    ("none", None, "html"),
    ("empty", "", "html"),
    ("rdflib", "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1", "rdf"),
    ("rdflib 7", "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.9, */*;q=0.1", "ttl"),
    ("Jena", "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3", "ttl"),
    ("rapper", "application/rdf+xml, text/rdf;q=0.6, application/x-turtle;q=0.6, text/html;q=0.6, */*;q=0.1", "rdf"),
    ("RDF4J", "application/trig;q=1.0, application/n-quads;q=0.8", "trig"),
    ("JSON-LD processors", 'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted", application/json;q=0.5', "jsonld"),
    ("Comunica", "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,*/*;q=0.1", "nq"),
    ("an n3 reader", "text/n3, text/html;q=0.1", "ttl"),
    ("fetch for JSON", "application/json", "jsonld"),
    ("data before a page", "text/html;q=0.4, text/turtle;q=0.5", "ttl"),
    ("a page before data", "text/turtle;q=0.4, text/html;q=0.5", "html"),
    ("capital letters", "Text/Turtle", "ttl"),
    ("not HTML", "text/html;q=0, application/xhtml+xml;q=0, */*", "ttl"),
]  # fmt: skip


@pytest.mark.parametrize(("accept", "suffix"), [row[1:] for row in CLIENTS], ids=[row[0] for row in CLIENTS])
@pytest.mark.parametrize("path", ["/id/kazakhstan", "/article/dialogue-ar", "/id/s-ar1"])
def test_what_each_client_gets(client: FlaskClient, path: str, accept: str | None, suffix: str) -> None:
    answer = client.get(path, headers={} if accept is None else {"Accept": accept})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}.{suffix}")
    assert {"Accept", "Accept-Language"} <= set(answer.vary)
    followed = client.get(answer.headers["Location"])
    assert followed.status_code == 200


def test_a_parameter_goes_before_the_header(client: FlaskClient) -> None:
    answer = client.get("/id/kazakhstan?format=nt", headers=BROWSER)
    assert answer.headers["Location"] == "/id/kazakhstan.nt"


@pytest.mark.parametrize("path", ["/id/kazakhstan", "/article/dialogue-ar", "/ont", "/graph/dialogue-ar"])
def test_what_there_is_not_is_refused_by_name(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "image/png"})
    assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
    for media_type in ("text/turtle", "application/ld+json", "application/trig"):
        assert media_type in answer.get_json()["detail"]
    assert client.get(f"{path}?format=docx").status_code in (400, 406)


def test_a_merged_thing_leads_to_what_it_is_now(client: FlaskClient) -> None:
    answer = client.get("/id/old", headers=BROWSER)
    assert (answer.status_code, answer.headers["Location"]) == (301, "/id/kazakhstan")
    assert client.get("/id/old.ttl").headers["Location"] == "/id/kazakhstan.ttl"
    assert client.get("/id/loop.html").status_code == 200  # merged into itself: nowhere to lead to


# --- signposts


def signposts(header: list[str]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for target, relation in re.findall(r'<([^>]*)>; rel="([\w-]+)"', ", ".join(header)):
        found[relation].add(target)
    return found


def test_signposts(client: FlaskClient) -> None:
    page = signposts(client.get("/id/kazakhstan.html").headers.getlist("Link"))
    data = signposts(client.get("/id/kazakhstan.ttl").headers.getlist("Link"))
    assert page["cite-as"] == data["cite-as"] == {f"{BASE}id/kazakhstan"}
    assert page["type"] == {f"{BASE}ont#Country"}
    assert page["describedby"] == {
        f"/id/kazakhstan.{name}" for name in ("ttl", "jsonld", "nt", "trig", "rdf", "nq")
    }
    assert data["describes"] == {"/id/kazakhstan.html"}
    assert "/id/kazakhstan.ttl" not in data["alternate"]
    for address in page["describedby"]:
        assert client.get(address).status_code == 200


DESCRIBED: Final = [
    ("/id/kazakhstan.html", "Country", {"@id": f"{BASE}id/kazakhstan", "sameAs": ["http://www.wikidata.org/entity/Q232"]}),
    ("/id/dialogue.html", "Organization", {"@id": f"{BASE}id/dialogue"}),
    ("/id/x-conference.html", "Event", {"name": {"@value": "مؤتمر", "@language": "ar"}}),
    ("/id/s-ar1.html", "Claim", {"text": "اختتمت كازاخستان رئاستها لحوار نساء آسيا الوسطى لعام 2023"}),
    ("/article/dialogue-ar.html", "NewsArticle", {"datePublished": "2023-12-06", "inLanguage": "ar"}),
    ("/", "Dataset", {"@id": f"{BASE}dataset", "dateModified": "2024-01-15"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "type_", "members"), DESCRIBED)
def test_what_search_engines_read(
    client: FlaskClient, path: str, type_: str, members: dict[str, object]
) -> None:
    text = client.get(f"{path}?lang=en", headers=BROWSER).text
    [written] = re.findall('<script type="application/ld.json">(.*?)</script>', text)
    described = json.loads(written)
    assert described["@type"] == type_
    assert {name: described[name] for name in members} == members


def test_sitemap_and_robots(client: FlaskClient) -> None:
    robots = client.get("/robots.txt").text
    [index] = re.findall(r"^Sitemap: http://localhost(.*)$", robots, re.M)
    assert "Disallow: /sparql?" in robots
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    parts = [loc.text for loc in ElementTree.fromstring(client.get(index).data).iter(f"{space}loc")]
    pages = [
        str(loc.text).removeprefix("http://localhost")
        for part in parts
        for loc in ElementTree.fromstring(client.get(str(part)).data).iter(f"{space}loc")
    ]
    assert {"/id/kazakhstan.html", "/article/dialogue-ar.html", "/id/x-laila.html"} <= set(pages)
    assert not [path for path in pages if path.startswith("/id/s-")]
    assert {client.get(path).status_code for path in pages} == {200}
    assert client.get("/sitemap-2.xml").status_code == 404


# --- every IRI of a real graph


def test_every_iri_of_the_examples_leads_to_rdf_that_contains_it(tmp_path: Path) -> None:
    known = knowledge.load()
    sources = sorted(resource_folder("examples").glob("*.md"))
    build(read(sources, languages=known.languages), tmp_path / "graph", knowledge=known)
    snapshot = open_snapshot(tmp_path / "graph")
    documents: defaultdict[str, set[str]] = defaultdict(set)
    for quad in snapshot.quads_for_pattern(None, None, None):
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode) and term.value.startswith(BASE):
                is_text = f"{BASE}graph/text/" in term.value  # not published, and so not there
                documents[term.value.partition("#")[0]] |= set() if is_text else {term.value}
    app = create_app(tmp_path / "graph", workers=1)
    client = app.test_client()
    missing = []
    for document, iris in sorted(documents.items()):
        if iris:
            path = quote("/" + document.removeprefix(BASE))
            answer = client.get(path, headers={"Accept": "application/n-quads"}, follow_redirects=True)
            missing += [iri for iri in sorted(iris) if f"<{iri}>" not in answer.text]
    app.extensions["khabar"].close()
    assert len(documents) > 300
    assert missing == []


# --- nothing active, whatever names and IRIs say

PAYLOADS: Final = (  # as Turtle writes them
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "\\\" onmouseover=\\\"alert(1)", "' onfocus='alert(1)", "<svg/onload=alert(1)>", "<iframe src=javascript:alert(1)>",
    "</title><script>alert(1)</script>", "--><script>alert(1)</script>", "]]><script>alert(1)</script>",
    "{{ 7 * 7 }}", "{% raw %}", "<style>*{display:none}</style>", "<base href=//evil.example/>", "</bdi></p></main>",
    "<a href=javascript:alert(1)>x</a>", "\\u202Eevil", "&lt;script&gt;", "<object data=x>", "<form action=//evil.example>",
    "<math><mi xlink:href=javascript:alert(1)>", "<!--", "\\u0001\\uFFFD", "\\u2028alert(1)\\u2029", "",
    "<meta http-equiv=refresh content=0;url=//evil.example>", " ", "x" * 20_000, "شركة <b> GmbH \\u200F", "\\u2066\\u2067 ab",
)  # fmt: skip
SCHEMES: Final = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "https://evil.example/'onmouseover=alert(1)", "http://evil.example/%22%3E%3Cscript%3E",
)  # fmt: skip
ACTIVE: Final = {
    "iframe",
    "object",
    "embed",
    "style",
    "base",
    "img",
    "math",
    "video",
    "audio",
    "applet",
    "frame",
}


def hostile() -> str:
    """Things, articles, statements and quotations whose names, words and addresses attack the page."""
    rows = []
    for number, payload in enumerate(PAYLOADS):
        scheme = SCHEMES[number % len(SCHEMES)]
        thing, other = f"id:h{number}", f"id:h{(number + 1) % len(PAYLOADS)}"
        rows.append(
            f'<graph/entities> {{ {thing} a kh:Organization ; rdfs:label "{payload}"@en , "{payload}"@ar ; skos:altLabel "{payload} x"@ru ;'
            f" owl:sameAs <{scheme}> . }}"
            f"<graph/h{number}> {{ id:s-h{number} a kh:Statement ; rdf:subject {thing} ; rdf:predicate kh:chairs ; rdf:object {other} ;"
            f'  kh:when "2023"^^xsd:gYear ; kh:earliest "2023-01-01"^^xsd:date ; kh:latest "2023-12-31"^^xsd:date ; kh:whenText "{payload}"@en ;'
            f"  kh:status kh:asserted ; kh:statedIn <article/h{number}> ; kh:evidence <article/h{number}#char=0,9> ."
            f"  id:s-i{number} a kh:Statement ; rdf:subject id:h0 ; rdf:predicate kh:chairs ; rdf:object {other} ;"
            f'  kh:earliest "2023-01-01"^^xsd:date ; kh:latest "2023-12-31"^^xsd:date ; kh:status kh:asserted ; kh:statedIn <article/i{number}> .'
            f'  id:s-j{number} a kh:Statement ; rdf:subject {thing} ; rdf:predicate kh:said ; rdf:object "{payload}"@en ;'
            f"  kh:status kh:asserted ; kh:statedIn <article/h{number}> ; kh:evidence <article/h{number}#char=0,9> ."
            f'  id:s-k{number} a kh:Statement ; rdf:subject {thing} ; rdf:predicate kh:when ; rdf:object "{payload}" ;'
            f'  kh:earliest "2023-01-01"^^xsd:date ; kh:status kh:asserted ; kh:statedIn <article/h{number}> .'
            f'  <article/h{number}#char=0,9> a kh:Span ; nif:beginIndex 0 ; nif:endIndex 9 ; nif:anchorOf "{payload}"@en . }}'
            f'<graph/meta> {{ <article/h{number}> a kh:Article ; schema:headline "{payload}"@en ; schema:publisher "{payload}" ; schema:url <{scheme}> . }}'
        )  # fmt: skip
    return "\n".join(rows)


def test_no_name_and_no_iri_becomes_active(tmp_path: Path) -> None:
    app = create_app(built(tmp_path / "graph", more=hostile()), workers=1)
    client = app.test_client()
    numbers = range(len(PAYLOADS))
    of_things = [
        "/id/h{}.html",
        "/around/h{}",
        "/chairs/h{}",
        "/id/s-h{}.html",
        "/id/s-j{}.html",
        "/article/h{}.html",
        "/compare?about=h{}",
    ]
    paths = [path.format(number) for path, number in product(of_things, numbers)]
    paths += [
        "/",
        "/class/Organization",
        "/class/Article",
        "/chairs/",
        "/timeline?year=2023",
        "/compare",
        "/compare?page=2",
    ]
    paths += [
        f"{path}{quote(payload)}"
        for path in ("/search?q=", "/id/", "/compare?about=", "/timeline?year=", "/class/")
        for payload in PAYLOADS
    ]
    assert len(paths) > 200
    for index, path in enumerate(paths):
        answer = client.get(
            f"{path}{'&' if '?' in path else '?'}lang={LANGUAGES[index % 3]}", headers=BROWSER
        )
        assert answer.status_code in (200, 404), path
        check_inactive(answer.text, path)
    for number, suffix in product(numbers, ("ttl", "jsonld", "nt", "rdf", "trig", "nq")):
        answer = client.get(f"/id/h{number}.{suffix}")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype not in ("text/html", "image/svg+xml")
        form = ox.RdfFormat.from_media_type(str(answer.mimetype))
        assert any(
            quad.subject.value == f"{BASE}id/h{number}" for quad in ox.parse(answer.data, format=form)
        ), suffix
    app.extensions["khabar"].close()


def check_inactive(text: str, path: str) -> None:
    page = Page(text)
    assert (page.faults, page.open) == ([], []), path
    for tag, attributes in page.elements:
        assert tag not in ACTIVE, f"{path}: <{tag}>"
        assert not [name for name in attributes if name.startswith("on") or name == "style"], f"{path}: {tag}"
        assert tag != "script" or attributes == {"type": "application/ld+json"}, path
        assert tag != "meta" or "http-equiv" not in attributes, path
        for name in ("href", "src", "action"):
            address = attributes.get(name) or "/"
            assert re.match(r"(/(?!/)|#|https?://)", address), f"{path}: {tag} leads to {address}"
    for described in re.findall('<script type="application/ld.json">(.*?)</script>', text):
        json.loads(described)
