"""The pages over a real built folder: what they show, in which language, and what they never do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from web import FIXTURE, built

from khabar.errors import KnowledgeError
from khabar.graph.report import Report, Result
from khabar.publish.app import create_app
from khabar.publish.diagram import tree
from khabar.publish.front import Front
from khabar.publish.interface import Interface, Text
from khabar.publish.terms import Definition
from khabar.publish.views import Thing, cut
from khabar.resources import folder as resource_folder
from khabar.vocab import DEFAULT_BASE, SH

BASE: Final = "https://w3id.org/khabar/"
NIF: Final = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"
BROWSER: Final = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
LANGUAGES: Final = ("en", "ar", "ru")
PAGES: Final = (
    "/", "/search", "/search?q=kaz", "/search?q=<script>", "/sparql", "/sparql?query=SELECT*{?s ?p ?o}",
    "/ont.html", "/dump/", "/class/", "/class/Person", "/class/Article", "/chairs/", "/chairs/dialogue",
    "/map", "/compare", "/compare?about=dialogue", "/timeline", "/timeline?year=2023", "/around/dialogue",
    "/validation", "/shapes", "/status", "/validate", "/validate?example=1", "/about",
    "/reconcile/preview?id=kazakhstan",
    "/id/kazakhstan.html", "/id/dialogue.html", "/id/hostile.html",
    "/id/x-rahimova.html", "/id/x-conference.html", "/id/s-ar1.html", "/id/s-en3.html",
    "/article/dialogue-ar.html", "/article/dialogue-ru.html", "/id/nothing", "/<script>alert(1)</script>",
)  # fmt: skip
VOID: Final = {"meta", "link", "input", "br"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("web") / "graph")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(folder, workers=1)
    yield app.test_client()
    app.extensions["khabar"].close()


class Page(HTMLParser):
    """What a page consists of; whether each element that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["script"]:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]


def get(client: FlaskClient, path: str, language: str = "en") -> str:
    """The text of a page in one language of the interface."""
    mark = "&" if "?" in path else "?"
    return client.get(f"{path}{mark}lang={language}", headers=BROWSER).text


def test_each_quotation_of_the_fixture_stands_in_its_text() -> None:
    quads = list(ox.parse(FIXTURE.read_bytes(), format=ox.RdfFormat.TRIG))
    said = {(quad.subject, quad.predicate.value.removeprefix(NIF)): quad.object for quad in quads}
    spans = [subject for subject, name in said if name == "anchorOf"]
    assert len(spans) > 30
    for span in spans:
        text = said[said[span, "referenceContext"], "isString"].value
        begin, end = int(said[span, "beginIndex"].value), int(said[span, "endIndex"].value)
        assert text[begin:end] == said[span, "anchorOf"].value


# --- every page, in every language

DATA: Final = ("application/ld+json", "application/json")  # of a script that is none
EDITOR: Final = {"/static/vendor/yasgui.js", "/static/editor.js"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_formed_and_runs_nothing(client: FlaskClient, path: str, language: str) -> None:
    text = get(client, path, language)
    page = Page(text)
    assert (page.faults, page.open) == ([], [])
    for described in re.findall('<script type="application/ld.json">(.*?)</script>', text):
        assert json.loads(described)["@context"] == "https://schema.org"
    scripts = [attributes for attributes in page.all("script") if attributes.get("type") not in DATA]
    assert {attributes.get("src") for attributes in scripts} <= (
        EDITOR if path.startswith("/sparql") else set()
    )
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("href", "src", "action"):
            address = attributes.get(name) or "/"
            assert re.match(r"(/(?!/)|#|https?://)", address), f"{tag} leads to {address}"
    [html] = page.all("html")
    assert html == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
    assert len(page.all("h1")) == 1
    identifiers = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    labelled = {attributes.get("for") for attributes in page.all("label")}
    for field in (*page.all("input"), *page.all("textarea")):
        assert field.get("type") == "hidden" or field["id"] in labelled


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_protected(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers=BROWSER).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Accept-Language" in headers["Vary"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_ours_leads_somewhere(client: FlaskClient, language: str) -> None:
    seen: set[str] = set()
    waiting = [f"/?lang={language}"]
    while waiting:
        path = waiting.pop()
        answer = client.get(path, headers=BROWSER, follow_redirects=True)
        assert answer.status_code == 200, path
        if answer.mimetype == "text/html":
            page = Page(answer.text)
            found = {str(a.get("href")).partition("#")[0] for a in (*page.all("a"), *page.all("link"))}
            ours = {path for path in found if path.startswith("/")}
            fresh = {path for path in ours if f"lang={language}" in path or "lang=" not in path} - seen
            seen |= fresh
            waiting += sorted(fresh)
    kinds = {re.split(r"[/?.]", path)[1] for path in seen}
    assert {"id", "article", "ont", "sparql", "dump", "static"} <= kinds


def test_what_an_iri_or_a_name_pretends_stays_text(client: FlaskClient) -> None:
    text = get(client, "/id/hostile.html")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert '<bdi dir="ltr">javascript:alert(1)</bdi>' in text
    assert 'href="javascript' not in text


# --- content negotiation

NEGOTIATED: Final = [
    (None, "html"),
    ("*/*", "html"),
    (BROWSER["Accept"], "html"),
    ("text/turtle", "ttl"),
    ("application/ld+json;profile=x", "jsonld"),
    ("application/json", "jsonld"),
    ("application/n-triples", "nt"),
    ("application/trig", "trig"),
    ("application/rdf+xml, text/html;q=0.6", "rdf"),
    ("text/html;q=0.4, text/turtle;q=0.5", "ttl"),
]


@pytest.mark.parametrize("path", ["/id/kazakhstan", "/article/dialogue-ar", "/id/s-ar1"])
@pytest.mark.parametrize(("accept", "suffix"), NEGOTIATED)
def test_see_other(client: FlaskClient, path: str, accept: str | None, suffix: str) -> None:
    answer = client.get(path, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}.{suffix}")
    assert "Accept" in answer.headers["Vary"]


def test_what_cannot_be_had_is_406(client: FlaskClient) -> None:
    assert client.get("/id/kazakhstan", headers={"Accept": "image/png"}).status_code == 406


def about(name: str) -> set[str]:
    """The triples of the fixture about a thing: its own, those to it, its statements and their spans."""
    graphs = ox.parse(FIXTURE.read_bytes(), format=ox.RdfFormat.TRIG)
    triples = {quad.triple for quad in graphs if "graph/text/" not in str(quad.graph_name)}
    thing = ox.NamedNode(f"{BASE}id/{name}")
    parts = {triple.subject for triple in triples if triple.predicate.value.endswith(("#subject", "#object"))}
    subjects = {triple.subject for triple in triples if triple.object == thing and triple.subject in parts}
    evidence = ox.NamedNode(f"{BASE}ont#evidence")
    spans = {
        triple.object for triple in triples if triple.subject in subjects and triple.predicate == evidence
    }
    told = {thing, *subjects, *spans}
    to_it = {t for t in triples if t.object == thing and str(t.subject).startswith(f"<{BASE}id/")}
    return {str(triple) for triple in {t for t in triples if t.subject in told} | to_it}


@pytest.mark.parametrize(
    ("suffix", "format_"),
    [
        ("ttl", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD), ("json", ox.RdfFormat.JSON_LD),
        ("nt", ox.RdfFormat.N_TRIPLES), ("trig", ox.RdfFormat.TRIG), ("rdf", ox.RdfFormat.RDF_XML),
        ("nq", ox.RdfFormat.N_QUADS),
    ],
)  # fmt: skip
def test_every_suffix_says_the_same(client: FlaskClient, suffix: str, format_: ox.RdfFormat) -> None:
    answer = client.get(f"/id/undp.{suffix}")
    assert answer.content_type == f"{format_.media_type}; charset=utf-8"
    triples = {str(quad.triple) for quad in ox.parse(answer.data, format=format_)}
    assert triples == about("undp")


def test_the_same_graph_gives_the_same_bytes(client: FlaskClient) -> None:
    first, again = client.get("/id/dialogue.ttl"), client.get("/id/dialogue.ttl")
    assert first.data == again.data
    assert client.get("/id/dialogue.ttl", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_an_article_graph(client: FlaskClient) -> None:
    answer = client.get("/graph/dialogue-ar", headers={"Accept": "application/trig"})
    graphs = {quad.graph_name for quad in ox.parse(answer.data, format=ox.RdfFormat.TRIG)}
    assert graphs == {ox.NamedNode(f"{BASE}graph/dialogue-ar"), ox.NamedNode(f"{BASE}graph/meta")}
    assert client.get("/graph/nothing").status_code == 404
    assert client.get("/graph/text/dialogue-ar").status_code == 404


def test_the_ontology(client: FlaskClient) -> None:
    assert client.get("/ont", headers={"Accept": "text/turtle"}).mimetype == "text/turtle"
    page = get(client, "/ont", "ar")
    assert '<dt id="chairs"><bdi lang="ar" dir="rtl">يرأس</bdi> <code dir="ltr">kh:chairs</code>' in page
    words = lines(page)
    assert "أحادية القيمة لكل kh:singleValuedPer" in words
    assert (
        "حالة الإفادة kh:Status statement status статус утверждения استُعملت 5 مرات" in words
    )  # in all languages, with its uses
    assert "id:kazakhstan kh:chairs id:dialogue-women-ca ." in words  # and an example


# --- what a page shows


def test_the_ontology_is_drawn_with_uses_and_examples(client: FlaskClient) -> None:
    text = get(client, "/ont.html", "ar")
    drawing = text.partition('<svg class="tree"')[2].partition("</svg>")[0]
    assert drawing.index('href="#Entity"') < drawing.index('href="#Agent"') < drawing.index('href="#Country"')
    assert "دولة" in drawing
    chairs = text.partition('<dt id="chairs">')[2].partition("</dd>")[0]
    assert "حوار نساء آسيا الوسطى" in chairs
    relations = lines(text.partition('<ul class="relations">')[2].partition("</ul>")[0])
    assert "فاعل يرأس" in relations


def test_a_tree_of_classes_has_each_once_and_ends() -> None:
    def term(name: str, *above: str, used: int = 0) -> Definition:
        things = tuple(Thing(f"urn:x:{one}", Text(one)) for one in above)
        return Definition(
            Thing(f"urn:x:{name}", Text(name)), name, "classes", (), None, "", used,
            (("subClassOf", things),) if things else (), None, (),
        )  # fmt: skip

    drawn = tree([term("c", "b", "a"), term("b", "a"), term("a"), term("alone"), term("d", "a", used=3)])
    assert [(box.term.local_name, box.depth, box.row, box.above) for box in drawn.boxes] == [
        ("a", 0, 0, 0), ("b", 1, 1, 0), ("c", 2, 2, 1), ("d", 1, 3, 0),
    ]  # fmt: skip


def test_each_shape_says_where_it_looks_and_what_it_demands(client: FlaskClient) -> None:
    text = get(client, "/shapes", "ar")
    named = set(re.findall(r'<h2 id="([\w-]+)">', text))
    turtle = Graph().parse(data=client.get("/shapes.ttl").data, format="turtle")
    targeted = {
        str(shape).rpartition("#")[2]
        for target in (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
        for shape in turtle.subjects(target)
    }
    assert named == targeted
    chairs = lines(text.partition('<h2 id="chairs">')[2].partition("</section>")[0])
    assert "ينظر في موضوعات يرأس مثلًا : " in chairs
    assert "kh:chairs: sh:class kh:Assembly" in chairs
    assert "لا يرأس إلا فاعل." in chairs
    one = text.partition('<h2 id="OneChair">')[2].partition("</section>")[0]
    assert "كل المقالات معًا" in one
    assert "SELECT" in one


def test_the_status_for_people_and_for_programs(client: FlaskClient) -> None:
    told = json.loads(client.get("/status", headers={"Accept": "application/json"}).data)
    assert (told["articles"], told["facts"], told["conforms"], told["newest"]) == (3, 16, None, "2024-01-15")
    assert told["triples"] > 500
    assert told["age"] is None  # nobody gave it a clock
    shown = lines(get(client, "/status"))
    assert "Articles 3 articles Facts 16 facts" in shown
    assert f"pyoxigraph {ox.__version__}" in shown
    assert client.get("/status").headers["Cache-Control"] == "no-store"


def test_the_status_tells_the_age_of_what_is_published(tmp_path: Path) -> None:
    folder = built(tmp_path / "graph")
    minutes = folder.joinpath("current").lstat().st_mtime + 39.2 * 60
    app = create_app(folder, workers=1, front=Front(clock=lambda: minutes))
    asked = app.test_client()
    assert 39 * 60 < json.loads(asked.get("/status?format=json").data)["age"] < 40 * 60
    for tag, words in (("en", "39 minutes"), ("ar", "39 دقيقة"), ("ru", "39 минут")):
        assert words in lines(asked.get(f"/status?lang={tag}", headers=BROWSER).text)
    app.extensions["khabar"].close()


def test_numbers_are_written_as_the_language_does() -> None:
    words = Interface.load(resource_folder("ontology"))
    shown = {
        language.tag: [words.decimal(value, language) for value in ("0.89", "12345.5", "about ten", "")]
        for language in words.languages
    }
    assert shown == {
        "ar": ["0.89", "12,345.5", "about ten", ""],
        "en": ["0.89", "12,345.5", "about ten", ""],
        "ru": ["0,89", "12\xa0345,5", "about ten", ""],
    }


def lines(text: str) -> str:
    """The words of a page, its white space folded."""
    return " ".join(" ".join(Page(text).words).split())


def test_the_facts_of_a_thing_by_time(client: FlaskClient) -> None:
    words = lines(get(client, "/id/dialogue.html"))
    now, before, planned, denied = (
        words.index(f" {name} ") for name in ("Now", "Before", "Planned", "Denied")
    )
    assert now < before < planned < denied
    assert now < words.index("supported by United Nations Development Programme") < before
    chaired = words.index("chaired by Uzbekistan 2021")
    assert before < chaired < words.index("Kazakhstan 2023", chaired) < planned
    assert planned < words.index("chaired by Kyrgyzstan 2024") < denied
    assert "Kazakhstan 2023 3 sources" in words


def test_the_words_that_state_a_fact_are_marked(client: FlaskClient) -> None:
    assert (
        '<blockquote lang="ar" dir="rtl"><p>وترأست <mark>أوزبكستان</mark> <mark>حوار نساء آسيا الوسطى</mark>'
        " <mark>عام 2021</mark></p></blockquote>"
    ) in get(client, "/id/uzbekistan.html")


def test_a_fact_that_is_only_reported_says_by_whom(client: FlaskClient) -> None:
    words = lines(get(client, "/id/turkmenistan.html"))
    assert "reported according to Laila Rahimova" in words


def test_words_that_somebody_said(client: FlaskClient) -> None:
    words = lines(get(client, "/id/x-rahimova.html"))
    assert "In their own words" in words
    assert "المساواة تبدأ من الأسرة" in words


def test_names_follow_the_reader(client: FlaskClient) -> None:
    for language, name in (("en", "Kazakhstan"), ("ar", "كازاخستان"), ("ru", "Казахстан")):
        page = Page(get(client, "/id/kazakhstan.html", language))
        assert page.words[page.words.index(name)] == name
        assert f'<h1><bdi lang="{language}"' in get(client, "/id/kazakhstan.html", language)
    asked = client.get("/id/kazakhstan.html", headers={**BROWSER, "Accept-Language": "ru-RU,ru;q=0.9"}).text
    assert '<html lang="ru" dir="ltr">' in asked


def test_an_article_in_reading_order(client: FlaskClient) -> None:
    text = get(client, "/article/dialogue-ar.html")
    order = re.findall(r'<li id="(s-ar\d)">', text)
    assert order == ["s-ar1", "s-ar5", "s-ar6", "s-ar7", "s-ar2", "s-ar3", "s-ar4", "s-ar8", "s-ar9"]
    assert "منذ انطلاقه. وقالت" not in text  # between two quotations: only the text itself has it


def test_the_text_of_an_article_only_when_it_is_published(folder: Path) -> None:
    app = create_app(folder, publish_text=True, workers=1)
    text = get(app.test_client(), "/article/dialogue-ar.html")
    assert "الحوار منذ انطلاقه . 8 وقالت 9 ليلى رحيموفا" in lines(text)  # each number where the words begin
    assert '<a class="number" id="w-8" href="#s-ar8" aria-label="Fact 8">8</a><mark>' in text
    assert '<a class="quiet" href="#w-8">' in text
    app.extensions["khabar"].close()


def test_the_home_page_shows_a_fact_in_arabic_and_counts(client: FlaskClient) -> None:
    text = get(client, "/")
    assert '<blockquote lang="ar" dir="rtl"><p>' in text
    assert "<mark>" in text
    assert "3 articles 16 facts 3 people 0 disagreements" in lines(text)


def _result(focus: str, name: str, shape: str, severity: str, **messages: str) -> Result:
    texts = tuple(Literal(text, lang=tag) for tag, text in sorted(messages.items()))
    return Result(
        focus=URIRef(f"{DEFAULT_BASE}id/{focus}"), name=name, path="postIn", value=None,
        shape=URIRef(f"{DEFAULT_BASE}shapes#{shape}"), component=SH.ClassConstraintComponent,
        severity=SH[severity], messages=texts,
    )  # fmt: skip


REPORT: Final = Report((
    _result("x-kept-out", "мэр Петропавловска", "postIn-object", "Violation",
            en="A post is in an organisation.", ar="المنصب في منظمة."),
    _result("dialogue", "Dialogue", "OneChair", "Warning", en="Two chairs."),
))  # fmt: skip


def test_the_report_of_the_last_validation(tmp_path: Path) -> None:
    folder = built(tmp_path / "graph")
    app = create_app(folder, workers=1)
    client = app.test_client()
    assert "There is no report of a build here." in lines(get(client, "/validation"))
    assert client.get("/validation.svg").status_code == client.get("/validation.txt").status_code == 404
    (folder / "reports").mkdir()
    (folder / "reports" / "validation.txt").write_text(REPORT.text, encoding="utf-8")
    (folder / "reports" / "validation.json").write_text(REPORT.json, encoding="utf-8")
    text = get(client, "/validation")
    assert "does not conform 1 violation 1 warning violation мэр Петропавловска A post is in" in lines(text)
    assert "المنصب في منظمة." in get(client, "/validation", "ar")
    assert '<a href="/shapes?lang=en#postIn-object">' in text
    assert "Two chairs." in get(client, "/shapes").partition('id="OneChair"')[2][:1500]
    assert '<a href="/id/dialogue?lang=en">' in text
    assert "/id/x-kept-out" not in text  # it is not in the graph
    assert client.get("/validation.txt").text == REPORT.text
    assert json.loads(client.get("/validation.json").data)["violations"] == 1
    (folder / "reports" / "validation.json").write_text('{"version": 99}', encoding="utf-8")
    assert "There is no report of a build here." in lines(get(client, "/validation"))
    (folder / "reports" / "validation.json").write_text(REPORT.json, encoding="utf-8")
    badge = client.get("/validation.svg?lang=ru")
    assert badge.mimetype == "image/svg+xml"
    assert "<title>граф: не соответствует</title>" in badge.text
    app.extensions["khabar"].close()


def test_the_map_shows_where_events_took_place(tmp_path: Path) -> None:
    code = '<graph/entities> { id:kazakhstan skos:notation "KZ" }'
    app = create_app(built(tmp_path / "graph", more=code), workers=1)
    text = get(app.test_client(), "/map")
    assert "Uzbekistan" not in lines(text)
    assert "Kazakhstan: 2" in lines(text)  # a conference in Astana, which is part of it, and a visit
    assert "Kazakhstan 2 facts" in lines(text)
    assert '<path class="shade-4" d="M' in text
    app.extensions["khabar"].close()


def test_a_missing_thing_suggests_others(client: FlaskClient) -> None:
    answer = client.get("/id/kazakh", headers=BROWSER)
    assert answer.status_code == 404
    assert '<a href="/id/kazakhstan">' in answer.text
    problem = client.get("/id/kazakh", headers={"Accept": "text/turtle"})
    assert (problem.status_code, problem.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "path", ["/id/a%20b", "/id/%3Cx%3E", "/id/%00", "/graph/%FF", "/article/x%0d%0ay", "/id/.ttl"]
)
def test_addresses_that_are_no_iris(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_another_base(tmp_path: Path) -> None:
    base = "https://news.example.org/kg/"
    app = create_app(built(tmp_path / "graph", base), workers=1)
    client = app.test_client()
    assert "chaired by Uzbekistan 2021" in lines(get(client, "/id/dialogue.html"))
    assert f"@prefix kh: <{base}ont#>" in client.get("/id/dialogue.ttl").text
    question = client.get("/sparql", headers=BROWSER).text
    assert f"PREFIX kh: &lt;{base}ont#&gt;" in question
    below = client.get("/id/dialogue.html", headers=BROWSER, environ_overrides={"SCRIPT_NAME": "/kg"})
    assert 'href="/kg/id/uzbekistan"' in below.text
    app.extensions["khabar"].close()


# --- the words of the pages


def test_a_text_that_lacks_a_language_is_an_error(tmp_path: Path) -> None:
    shipped = (resource_folder("ontology") / "interface.ttl").read_text(encoding="utf-8")
    path = tmp_path / "ontology"
    path.mkdir()
    (path / "interface.ttl").write_text(shipped.replace('"Home"@en , ', ""), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        Interface.load(path)
    assert str(caught.value) == (
        "ontology/interface.ttl, ui:home: has no label in en\n"
        "  add one: every text is shown in every language of the interface"
    )


def test_every_text_of_the_pages_is_used_and_declared() -> None:
    publish = Path(__file__).parents[1] / "src" / "khabar" / "publish"
    asked = {
        name
        for template in (publish / "templates").glob("*.html")
        for name in re.findall(r"text\('([\w-]+)'\)", template.read_text(encoding="utf-8"))
    }
    interface = Interface.load(resource_folder("ontology"))
    for language in interface.languages:
        for name in asked:
            assert interface.text(name, language).value


DATES: Final = [
    ("2023", "2023", "2023", "2023"),
    ("2023-06", "June 2023", "يونيو 2023", "июнь 2023"),
    ("2023-12-04", "4 December 2023", "4 ديسمبر 2023", "4 декабря 2023"),
]


@pytest.mark.parametrize(("value", "english", "arabic", "russian"), DATES)
def test_dates(value: str, english: str, arabic: str, russian: str) -> None:
    interface = Interface.load(resource_folder("ontology"))
    assert [str(interface.date(value, language)) for language in interface.languages] == [
        english,
        arabic,
        russian,
    ]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-2, 42), st.integers(-2, 42)), max_size=6))
def test_cutting_loses_nothing(text: str, marks: list[tuple[int, int]]) -> None:
    pieces = cut(text, marks)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
