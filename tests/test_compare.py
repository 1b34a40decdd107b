"""What pages work out of the facts: disagreements, chairs by year, bands, marks in a text, counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient
from test_pages import Page, get, lines
from web import built

from khabar.errors import KnowledgeError
from khabar.publish import readings
from khabar.publish.app import create_app
from khabar.publish.dataset import Snapshot
from khabar.publish.disagreements import disputes
from khabar.publish.interface import Interface, Text
from khabar.publish.views import Fact, Quotation, Thing
from khabar.resources import folder as resource_folder

BASE: Final = "https://w3id.org/khabar/"


def statement(
    name: str, parts: str, article: str, *, days: tuple[str, str] | None = None, status: str = "asserted"
) -> str:
    """One statement of an article, as TriG: PARTS are subject, predicate and object."""
    subject, predicate, value = parts.split(" ", 2)
    time = f'kh:earliest "{days[0]}"^^xsd:date ; kh:latest "{days[1]}"^^xsd:date ;' if days else ""
    return (
        f"<graph/{article}> {{ id:s-{name} a kh:Statement ; rdf:subject {subject} ;"
        f" rdf:predicate {predicate} ; rdf:object {value} ; {time}"
        f" kh:status kh:{status} ; kh:statedIn <article/{article}> . }}\n"
        f"<graph/meta> {{ <article/{article}> a kh:Article ; schema:headline \"{article}\"@en . }}\n"
    )  # fmt: skip


def year(number: int) -> tuple[str, str]:
    return f"{number}-01-01", f"{number}-12-31"


JUNE: Final = ("2023-06-01", "2023-06-30")
NINETEENTH: Final = ("2023-06-19", "2023-06-19")
TWENTIETH: Final = ("2023-06-20", "2023-06-20")
GIVEN: Final = '<graph/entities> {{ {0} a kh:Organization ; rdfs:label "{1}"@en . }}\n'
SAME: Final = "<graph/entities> { id:body owl:sameAs id:corps . id:anna owl:sameAs id:hanna . }\n"


@pytest.fixture
def snapshot_of(tmp_path: Path, request: pytest.FixtureRequest) -> Snapshot:
    folder = built(tmp_path / "graph", more=request.param)
    return Snapshot(folder / "snapshots" / "1", BASE, publish_text=False)


def told(snapshot: Snapshot) -> list[tuple[str, str, list[str]]]:
    """The disputes: kind, thing, and the statements of each."""
    return [
        (d.kind, d.about.rpartition("/")[2], [c.statement.rpartition("/")[2] for c in d.claims])
        for d in disputes(snapshot)
    ]


DISPUTES: Final = [
    pytest.param(
        statement("1", 'id:fair kh:when "2023-06-19"^^xsd:date', "a", days=NINETEENTH)
        + statement("2", 'id:fair kh:when "2023-06-20"^^xsd:date', "b", days=TWENTIETH),
        [("contradiction", "fair", ["s-1", "s-2"])],
        id="two days",
    ),
    pytest.param(
        statement("1", 'id:fair kh:when "2023-06-19"^^xsd:date', "a", days=NINETEENTH)
        + statement("2", 'id:fair kh:when "2023-06"^^xsd:gYearMonth', "b", days=JUNE),
        [("refinement", "fair", ["s-1", "s-2"])],
        id="a day within a month",
    ),
    pytest.param(
        statement("1", 'id:fair kh:when "2023-06-19"^^xsd:date', "a", days=NINETEENTH)
        + statement("2", 'id:fair kh:when "2023-06-19"^^xsd:date', "b", days=NINETEENTH),
        [],
        id="the same day",
    ),
    pytest.param(
        statement("1", 'id:fair kh:when "2023-06-19"^^xsd:date', "a", days=NINETEENTH)
        + statement("2", 'id:fair kh:when "2023-06-20"^^xsd:date', "a", days=TWENTIETH),
        [],
        id="within one article",
    ),
    pytest.param(
        statement("1", 'id:fair kh:when "2023-06-19"^^xsd:date', "a", days=NINETEENTH)
        + statement("2", 'id:fair kh:when "2023-06-20"^^xsd:date', "b", days=TWENTIETH, status="planned"),
        [],
        id="a plan",
    ),
    pytest.param(
        statement("1", "id:anna kh:chairs id:body", "a", days=year(2020))
        + statement("2", "id:ben kh:chairs id:body", "b", days=year(2020))
        + statement("3", "id:ben kh:chairs id:body", "c", days=year(2021)),
        [("contradiction", "body", ["s-1", "s-2"])],
        id="two chairs in one year",
    ),
    pytest.param(
        SAME
        + statement("1", "id:anna kh:chairs id:body", "a", days=year(2020))
        + statement("2", "id:hanna kh:chairs id:body", "b", days=year(2020))
        + statement("3", "id:ben kh:chairs id:corps", "c", days=year(2020)),
        [("contradiction", "body", ["s-1", "s-2", "s-3"])],
        id="one chair and one body under two names",
    ),
    pytest.param(
        statement("1", "id:anna kh:supports id:body", "a")
        + statement("2", "id:anna kh:supports id:body", "b", status="denied"),
        [("denial", "anna", ["s-1", "s-2"])],
        id="a denial",
    ),
    pytest.param(
        statement("1", "id:anna kh:chairs id:body", "a", days=year(2020))
        + statement("2", "id:anna kh:chairs id:body", "b", days=year(2021), status="denied"),
        [],
        id="a denial for another time",
    ),
]


@pytest.mark.parametrize(("snapshot_of", "expected"), DISPUTES, indirect=["snapshot_of"])
def test_where_sources_disagree(snapshot_of: Snapshot, expected: list[tuple[str, str, list[str]]]) -> None:
    assert told(snapshot_of) == expected


# --- on pages

MORE: Final = (
    GIVEN.format("id:body", "The Body") + GIVEN.format("id:anna", "Anna") + GIVEN.format("id:ben", "Ben")
    + statement("c1", "id:anna kh:chairs id:body", "a", days=year(2018))
    + statement("c2", "id:anna kh:chairs id:body", "b", days=year(2020))
    + statement("c3", "id:ben kh:chairs id:body", "c", days=year(2020))
    + statement("c4", "id:ben kh:chairs id:body", "c", days=year(2021), status="planned")
    + statement("c5", "id:ben kh:chairs id:body", "d")
    + statement("c6", "id:anna kh:chairs id:body", "d", days=year(2022), status="denied")
    + "".join(
        statement(f"m{n}", "id:anna kh:visited id:astana", f"v{n}", days=year(2000 + n)) for n in range(120)
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(built(tmp_path_factory.mktemp("compare") / "graph", more=MORE), workers=1)
    yield app.test_client()
    app.extensions["khabar"].close()


def test_answers_stand_side_by_side(client: FlaskClient) -> None:
    words = lines(get(client, "/compare?kind=contradiction"))
    assert "The Body chaired by contradiction Anna 2020 1 source" in words
    assert "Ben 2020 1 source" in words
    assert "The sources do not disagree." in lines(get(client, "/compare?kind=denial"))
    assert '<a href="/compare?lang=en&amp;about=body">' in get(client, "/id/body.html")


def test_chairs_year_by_year(client: FlaskClient) -> None:
    words = lines(get(client, "/chairs/body"))
    strip = words[words.index("2018 Anna") : words.index("The rows of this page")]
    assert strip == (
        "2018 Anna 1 source a Statement 2019 No source names a chair 2020 Two chairs for the same time "
        "Anna 1 source b Statement Ben 1 source c Statement 2021 Ben planned 1 source c Statement "
        "No year given Ben 1 source d Statement Denied Anna 2022 denied 1 source d Statement "
    )
    assert "The Body 2 chairs" in lines(get(client, "/chairs/"))


def test_the_rows_behind_a_page(client: FlaskClient) -> None:
    page = Page(get(client, "/chairs/body"))
    [address] = [str(a["href"]) for a in page.all("a") if "format=csv" in str(a.get("href"))]
    rows = client.get(address).text.splitlines()
    assert sorted(row.rpartition("/")[2] for row in rows[1:]) == [f"s-c{n}" for n in range(1, 7)]


def test_a_thing_of_many_facts_has_pages(client: FlaskClient) -> None:
    pages = [get(client, f"/id/anna.html?page={number}") for number in (1, 2, 3)]
    assert "1 / 3" in lines(pages[0])
    assert '<a rel="next" href="/id/anna.html?lang=en&amp;page=2">' in pages[0]
    seen = {path for text in pages for a in Page(text).all("a") if "/id/s-" in (path := str(a["href"]))}
    assert len(seen) == 123
    for page in ("0", "-1", "three", "999999999999", "²"):
        assert client.get(f"/id/anna.html?page={page}").status_code == 200


def test_a_band_lies_where_its_years_are(client: FlaskClient) -> None:
    rects = Page(get(client, "/id/body.html")).all("rect")
    assert [(r["class"], r["x"], r["width"]) for r in rects] == [
        ("band band-asserted", "0", "200"),
        ("band band-asserted", "400", "200"),
        ("band band-asserted", "400", "200"),
        ("band band-planned", "600", "200"),
        ("band band-denied", "800", "200"),
    ]


# --- marks in a text


def fact(name: str, *spans: tuple[int, int]) -> Fact:
    thing, none = Thing(name, Text(name)), None
    quotes = tuple(Quotation(begin, end, (), "en", "ltr") for begin, end in spans)
    return Fact(
        name, thing, thing, thing, thing, thing, none, "", "", none, "", none, none, none, none, "", quotes
    )


def test_a_text_is_cut_where_evidence_begins_and_ends() -> None:
    facts = [fact("a", (0, 5)), fact("b", (3, 9), (12, 14)), fact("c", (90, 99))]  # the last: beyond the end
    pieces = readings.paragraphs("abcde fgh\n\nijk", facts)
    assert [[(p.words, p.numbers, p.begins) for p in paragraph] for paragraph in pieces] == [
        [("abc", (1,), (1,)), ("de", (1, 2), (2,)), (" fgh", (2,), ())],
        [("i", (), ()), ("jk", (2,), ())],
    ]
    assert readings.paragraphs("", facts) == []


# --- counting

COUNTED: Final = [
    ("en", ["0 sources", "1 source", "2 sources", "5 sources", "11 sources", "100 sources", "1,234 sources"]),
    ("ar", ["لا مصادر", "مصدر واحد", "مصدران", "5 مصادر", "11 مصدرًا", "100 مصدر", "1,234 مصدرًا"]),
    ("ru", ["0 источников", "1 источник", "2 источника", "5 источников", "11 источников", "100 источников",
            "1\xa0234 источника"]),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "expected"), COUNTED)
def test_counts_take_the_form_of_the_number(tag: str, expected: list[str]) -> None:
    interface = Interface.load(resource_folder("ontology"))
    language = interface.language(tag)
    assert language is not None
    assert [str(interface.counted("n-sources", n, language)) for n in (0, 1, 2, 5, 11, 100, 1234)] == expected


def test_a_form_that_is_missing_is_an_error(tmp_path: Path) -> None:
    shipped = (resource_folder("ontology") / "interface.ttl").read_text(encoding="utf-8")
    path = tmp_path / "ontology"
    path.mkdir()
    (path / "interface.ttl").write_text(shipped.replace('ui:two "مصدران"@ar', 'ui:two "x"@en'), "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        Interface.load(path)
    assert str(caught.value) == (
        "ontology/interface.ttl, ui:n-sources: has no ui:two in ar\n"
        "  add it: numbers of that language take this form, too"
    )


PERIODS: Final = [
    ("2021-01-01", "2023-12-31", "2021 – 2023"),
    ("2023-01-01", "2023-12-31", "2023"),
    ("2023-05-02", "2023-05-03", "2 May 2023 – 3 May 2023"),
    ("2023-05-02", "2023-05-02", "2 May 2023"),
    ("", "2023-05-02", "2 May 2023"),
]


@pytest.mark.parametrize(("earliest", "latest", "expected"), PERIODS)
def test_a_period(earliest: str, latest: str, expected: str) -> None:
    interface = Interface.load(resource_folder("ontology"))
    assert str(interface.period(earliest, latest, interface.languages[0])) == expected
