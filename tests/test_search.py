"""Search by words: however they are spelt, on the page, as JSON, and inside SPARQL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from web import built
from werkzeug.test import TestResponse

from khabar.errors import QueryError
from khabar.graph import index
from khabar.graph.folder import snapshot_path
from khabar.graph.plain import Plain
from khabar.knowledge.folding import Folding
from khabar.publish import gate, search
from khabar.publish.app import create_app
from khabar.publish.protocol import Refusal

SEARCH: Final = "PREFIX search: <https://w3id.org/khabar/search#>\n"
NAME: Final = ox.NamedNode("urn:x:name")
SAID = {  # a text, and words that must find it and words that must not
    "ar": ("زار أحمد المكتبة العامة", ["أحمد", "احمد", "إحمد", "مكتبة", "مكتبه", "المكتبه", "بالمكتبة",
                                        "أَحْمَد", "أحـــمد", "المكتبة العامة"], ["حمد", "كتب", "المكتب"]),
    "ar-wa": ("والمكتبات للأطفال وبالمدرسة", ["مكتبات", "المكتبات", "أطفال", "الاطفال", "المدرسة", "مدرسه"],
              ["كتبات"]),
    "ar-wazir": ("استقبل الوزير الضيف", ["وزير", "الوزير", "ضيف"], ["زير", "يوزير"]),
    "ru": ("Пётр Алёшин открыл ёлку", ["петр", "ПЁТР", "Алешин", "ёлку", "елку"], ["елка", "пет"]),
    "en": ("The Café of José al-Rashid's friend", ["cafe", "CAFÉ", "jose", "rashid", "al-Rashid"], ["caf"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search") / "data"
    with Plain.create(folder) as plain:
        rows = " ".join(f"<urn:x:{name}> {NAME} '''{text}''' ." for name, (text, *_) in SAID.items())
        graph = "GRAPH <urn:x:g> { <urn:x:graph> <urn:x:name> 'only in a graph' }"
        plain.update(f"INSERT DATA {{ {rows} <urn:x:number> {NAME} 2023 . {graph} }}", "urn:x:", None)
        plain.publish()
    return snapshot_path(folder)


@pytest.mark.parametrize(
    ("name", "words"), [(name, word) for name, (_, found, _) in SAID.items() for word in found]
)
def test_words_are_found_however_they_are_spelt(snapshot: Path, name: str, words: str) -> None:
    assert [one.subject for one in index.search(snapshot, words, limit=10)] == [f"urn:x:{name}"]


@pytest.mark.parametrize("words", [word for _, _, others in SAID.values() for word in others])
def test_other_words_are_not(snapshot: Path, words: str) -> None:
    assert index.search(snapshot, words, limit=10) == []


def test_the_last_word_may_be_a_beginning(snapshot: Path) -> None:
    assert [one.subject for one in index.search(snapshot, "Пётр Алё", limit=9, begins=True)] == ["urn:x:ru"]
    assert index.search(snapshot, "Алё Пётр", limit=9, begins=True) == []


def test_text_is_what_is_found(snapshot: Path) -> None:
    assert [one.subject for one in index.search(snapshot, "graph", limit=9)] == ["urn:x:graph"]
    for words in ("2023", "", "   ", "!?", "NEAR(", '"', "words : x", "a" * 5000):
        assert not index.search(snapshot, words, limit=9)


@given(st.text(max_size=30))
def test_no_text_is_an_error(snapshot_text: str) -> None:
    folding = Folding.load()
    assert all(folding.words(word) == [word] for word in folding.words(snapshot_text))
    index._match(folding, snapshot_text, begins=True)


def test_a_search_that_takes_too_long_is_ended(snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SECONDS", -1.0)
    monkeypatch.setattr(index, "STEPS", 1)
    with pytest.raises(QueryError):
        index.search(snapshot, "أحمد", limit=9)


def rows(snapshot: Path) -> set[tuple[str, ...]]:
    with sqlite3.connect(snapshot / index.NAME) as database:
        literals = database.execute("SELECT subject, value FROM literal").fetchall()
        folded = database.execute("SELECT words, stems FROM folded ORDER BY rowid").fetchall()
    assert len(literals) == len(folded)
    return {*map(tuple, literals), *map(tuple, folded)}


def test_an_index_that_was_brought_up_to_date_is_the_one_made_anew(tmp_path: Path) -> None:
    with Plain.create(tmp_path / "data") as plain:
        plain.update(f"INSERT DATA {{ <urn:x:1> {NAME} 'one' . <urn:x:2> {NAME} 'two'@en }}", "urn:x:", None)
        plain.publish()
    with Plain.open(tmp_path / "data") as plain:
        plain.update(f"DELETE DATA {{ <urn:x:1> {NAME} 'one' }} ; INSERT DATA {{ <urn:x:3> {NAME} 'three' }}",
                     "urn:x:", None)  # fmt: skip
        plain.publish()
        (tmp_path / "anew").mkdir()
        index.write(plain.dataset, tmp_path / "anew", None, everywhere=True, hidden="")
    now = snapshot_path(tmp_path / "data")
    assert rows(now) == rows(tmp_path / "anew")
    assert [one.subject for one in index.search(now, "three", limit=9)] == ["urn:x:3"]
    assert index.search(now, "one", limit=9) == []
    before = now.with_name("1")
    assert [one.subject for one in index.search(before, "one", limit=9)] == ["urn:x:1"]


# --- over HTTP, and inside SPARQL


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(built(tmp_path_factory.mktemp("web") / "graph"), workers=1)
    yield app.test_client()
    app.extensions["khabar"].close()


def ask(client: FlaskClient, query: str, **arguments: str) -> TestResponse:
    return client.get("/sparql", query_string={"query": SEARCH + query, "format": "csv", **arguments})


def test_the_page_and_the_json(client: FlaskClient) -> None:
    for words in ("kaz", "KAZAKHSTAN", "казахст", "كازاخستان", "كازاخستـان"):
        answer = client.get("/search", query_string={"q": words}, headers={"Accept": "application/json"})
        found = json.loads(answer.data)
        assert found["query"] == words
        assert "https://w3id.org/khabar/id/kazakhstan" in {one["iri"] for one in found["results"]}, words
        page = client.get("/search", query_string={"q": words}, headers={"Accept": "text/html"})
        assert "/id/kazakhstan" in page.text
    assert client.get("/search?q=x&format=json&limit=0").status_code == 400
    assert client.get("/search?q=&format=json").json == {"query": "", "results": []}


def test_a_folder_may_be_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path / "graph")
    monkeypatch.chdir(tmp_path)
    app = create_app(Path("graph"), workers=1)
    found = json.loads(app.test_client().get("/search?q=kazakhstan&format=json").data)
    assert "kazakhstan" in str(found)
    app.extensions["khabar"].close()


def test_what_is_said_leads_to_its_article(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "المؤتمر"}, headers={"Accept": "text/html"})
    assert "/article/dialogue-ar" in page.text
    assert "/id/s-" not in page.text  # a statement has no name to show


def test_a_search_inside_a_query(client: FlaskClient) -> None:
    query = """SELECT DISTINCT ?thing ?supporter WHERE {
      SERVICE search:text { ?thing search:words "حوار نساء" ; search:literal ?name . }
      ?supporter <https://w3id.org/khabar/ont#supports> ?thing
    }"""
    base = "https://w3id.org/khabar/id/"
    assert ask(client, query).text == f"thing,supporter\r\n{base}dialogue,{base}undp\r\n"


def test_what_a_search_gives(client: FlaskClient) -> None:
    query = """SELECT ?name ?property (?score > 0 AS ?better) WHERE {
      SERVICE search:text {
        ?thing search:words 'KAZAKHSTAN' ; search:literal ?name ; search:property ?property ;
               search:score ?score ; search:limit 50 }
      FILTER(?thing = <https://w3id.org/khabar/id/kazakhstan> && ?property = <%s>) }"""
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    assert ask(client, query % label).text.splitlines()[1:] == [f"Kazakhstan,{label},true"]
    one = 'SELECT * { SERVICE search:text { ?thing search:words "kazakhstan" ; search:limit 1 } }'
    assert len(ask(client, one).text.splitlines()) == 2
    none = ask(client, 'SELECT * { SERVICE search:text { ?thing search:words "zzz" } }')
    assert none.text == "thing\r\n"


def test_a_search_is_a_query_like_any_other(client: FlaskClient) -> None:
    query = 'SELECT * { SERVICE search:text { ?thing search:words "%s" } }'
    tags = {
        ask(client, query % words).headers["ETag"] for words in ("kazakhstan", "uzbekistan", "kazakhstan")
    }
    assert len(tags) == 2  # the words count, though the engine never sees them
    page = client.get(
        "/sparql", query_string={"query": SEARCH + query % "kaz"}, headers={"Accept": "text/html"}
    )
    assert "search:words" in page.text


MISUSED = [
    'SERVICE search:text { ?thing search:words ?words }',
    'SERVICE search:text { <urn:x:1> search:words "a" }',
    'SERVICE search:text { ?thing search:other "a" }',
    'SERVICE search:text { ?thing search:limit 5 }',
    'SERVICE search:text { ?thing search:words "a" ; search:limit 100000 }',
    'SERVICE search:text { ?thing search:words "a" ; search:literal ?thing }',
    'SERVICE search:text { { ?thing search:words "a" } }',
    'SERVICE search:text { ?thing search:words "a" FILTER(true) }',
    'SERVICE search:text {',
    'SERVICE search:text { }',
]  # fmt: skip


@pytest.mark.parametrize("pattern", MISUSED)
def test_a_search_that_is_written_wrongly_shows_where(client: FlaskClient, pattern: str) -> None:
    answer = ask(client, f"SELECT * {{\n  {pattern} }}")
    told = json.loads(answer.data)
    assert (answer.status_code, told["line"]) == (400, 3)
    assert told["excerpt"].endswith("^")


OTHERS = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    'SELECT * { SERVICE search:text { ?s search:words "a" } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }',
    'SELECT * { SERVICE SILENT search:text { ?s search:words "a" } }',
    'SELECT * { SERVICE search:textual { ?s search:words "a" } }',
    'SELECT * { SERVICE ?s { ?s search:words "a" } }',
    "PREFIX service: <urn:x:> SELECT * { service:x { ?s ?p ?o } }",
    'SELECT * { { } SERVICE search:text { ?s search:words "}" } SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }',
]  # fmt: skip


@pytest.mark.parametrize("query", OTHERS)
def test_every_other_service_is_refused(client: FlaskClient, query: str) -> None:
    answer = ask(client, query)
    assert (answer.status_code, json.loads(answer.data)["type"][-7:]) == (403, "service")


def test_an_error_after_a_search_is_in_its_line(client: FlaskClient) -> None:
    query = 'SELECT * {\n SERVICE search:text {\n  ?s search:words "kazakhstan"\n }\n ?s ?p }'
    told = json.loads(ask(client, query).data)
    assert (told["line"], told["excerpt"].splitlines()[0]) == (6, " ?s ?p }")


@given(st.text(alphabet="{}\"?.;ab \n'\\", max_size=40))
def test_whatever_the_words_are_the_gate_sees_the_rest(words: str) -> None:
    def found(asked: str, limit: int) -> list[index.Found]:
        return [index.Found("urn:x:1", "urn:x:p", asked, "", 1.0)]

    text = f"{SEARCH}SELECT * {{ SERVICE search:text {{ ?s search:words {words} ; search:literal ?l }} }}"
    try:
        query = search.inspect(text, "urn:x:", gate.LIMITS, found)
    except Refusal:
        return
    assert "SERVICE" not in query.text
    with suppress(SyntaxError):  # the words may close the search, and what follows is then no SPARQL
        ox.Store().query(query.text)
