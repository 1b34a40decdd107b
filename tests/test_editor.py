"""The page of /sparql: what a query has found as drawings, its editor, and how that gets into the wheel."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient
from web import built

from hatch_build import VENDOR, Missing, is_allowed, notice, packages, provide
from khabar.publish import editor, pictures
from khabar.publish.app import create_app
from khabar.publish.interface import Text
from khabar.publish.solutions import Cell, Table
from khabar.publish.views import Thing
from khabar.vocab import DEFAULT_BASE

ROOT: Final = Path(__file__).parents[1]
HTML: Final = {"Accept": "text/html"}
CHAIRS: Final = f"""PREFIX kh: <{DEFAULT_BASE}ont#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT ?body ?chair ?from {{
  ?s rdf:predicate kh:chairs ; rdf:subject ?chair ; rdf:object ?body ; kh:earliest ?from
}}"""
CODES: Final = 'GRAPH <https://w3id.org/khabar/graph/entities> { id:kazakhstan skos:notation "KZ" . }'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(built(tmp_path_factory.mktemp("editor") / "graph", more=CODES), workers=1)
    yield app.test_client()
    app.extensions["khabar"].close()


# --- drawings


def cell(written: str) -> Cell | None:
    """A term as the rows below write it: `:thing`, a number, a day, words, or `-` for none."""
    if written == "-":
        return None
    if written.startswith(":"):
        return Cell(Thing(f"urn:x{written}", Text(written)))
    if written.replace(".", "").lstrip("-").isdigit() and len(written) != 4:
        return Cell(Text(written), number=float(written))
    return Cell(Text(written), day=written if written[:1].isdigit() else "")


def table(variables: str, *rows: str) -> Table:
    return Table(variables.split(), [[cell(term) for term in row.split()] for row in rows], True)


def written(labels: Sequence[Thing | Text]) -> str:
    return " ".join(label.name.value if isinstance(label, Thing) else label.value for label in labels)


def test_numbers_are_bars() -> None:
    drawn = pictures.bars(table("who n", ":a 5", ":b 10", "- 0"))
    assert [(written(bar.labels), str(bar.number), bar.width) for bar in drawn] == [
        (":a", "5", 500), (":b", "10", 1000), ("", "0", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [[":a -5", ":b 10"], [":a 0"], [":a word"], []])
def test_what_cannot_be_compared_is_no_bar(rows: list[str]) -> None:
    assert pictures.bars(table("who n", *rows)) == ()


def test_days_are_bands_over_whole_years() -> None:
    drawn = pictures.lanes(table("who from to", ":b 2021 2022-06-30", ":a 2020-07-01 -", ":c - -", ":d 1 1"))
    assert drawn is None  # a column that holds a number is none of days
    drawn = pictures.lanes(table("who from to", ":b 2021 2022-06-30", ":a 2020-07-01 -", ":c - -"))
    assert drawn is not None
    assert (drawn.first_year, drawn.last_year, drawn.is_cut) == (2020, 2022, False)
    placed = [(written(lane.labels), lane.time, lane.start, lane.start + lane.width) for lane in drawn.lanes]
    assert placed == [
        (":a", "2020-07-01", 166, 174), (":b", "2021 – 2022-06-30", 334, 832),
    ]  # fmt: skip


@pytest.mark.parametrize("day", ["2023-02-31", "2023", "-0044-03-15", "2023-13"])
def test_a_timeline_needs_two_years_that_the_calendar_has(day: str) -> None:
    assert pictures.lanes(Table(["day"], [[Cell(Text(day), day=day)], [cell("2023-01-01")]], True)) is None


def test_countries_are_counted_or_summed() -> None:
    codes = {"urn:x:kz": "KZ", "urn:x:uz": "UZ"}
    counted = pictures.countries(table("what where", ":a :kz", ":b :uz", ":c :kz", ":d :e", ":f -"), codes)
    assert [(shaded.code, shaded.number, shaded.shade) for shaded in counted] == [("KZ", 2, 4), ("UZ", 1, 2)]
    summed = pictures.countries(table("where n", ":kz 1", ":uz 40"), codes)
    assert [(shaded.code, shaded.number, shaded.shade) for shaded in summed] == [("UZ", 40, 4), ("KZ", 1, 1)]
    assert pictures.countries(table("what", ":a"), codes) == ()


def test_two_things_in_a_row_are_a_link() -> None:
    drawn = pictures.links(table("s p o n", ":a :knows :b 1", ":a :knows :b 2", ":c :likes :b 3", ":d - - -"))
    assert drawn is not None
    assert [node.thing.name.value for node in (*drawn.left, *drawn.right)] == [":a", ":c", ":b"]
    assert [(e.start.short, str(e.label), e.end.short) for e in drawn.edges] == [
        (":a", ":knows", ":b"), (":c", ":likes", ":b"),
    ]  # fmt: skip
    assert pictures.links(table("s n", ":a 1")) is None


@pytest.mark.parametrize(
    ("view", "shown"),
    [("table", "<table>"), ("timeline", 'class="band"'), ("map", 'class="shade-'), ("links", 'class="edge"')],
)
def test_each_drawing_needs_no_script(client: FlaskClient, view: str, shown: str) -> None:
    page = client.get(
        "/sparql", query_string={"query": CHAIRS, "view": view, "lang": "ar"}, headers=HTML
    ).text
    assert shown in page
    assert 'aria-current="page"' in page.partition('class="tabs views"')[2].partition("</nav>")[0]


def test_triples_can_be_drawn_too(client: FlaskClient) -> None:
    query = f"CONSTRUCT {{ ?a <{DEFAULT_BASE}ont#chairs> ?b }} {{ ?a <{DEFAULT_BASE}ont#chairs> ?b }}"
    plain = client.get("/sparql", query_string={"query": query}, headers=HTML).text
    assert '<pre class="data"' in plain
    drawn = client.get("/sparql", query_string={"query": query, "view": "links"}, headers=HTML).text
    assert 'class="edge"' in drawn


def test_a_view_that_there_is_not_is_the_table(client: FlaskClient) -> None:
    page = client.get("/sparql", query_string={"query": CHAIRS, "view": "pie"}, headers=HTML).text
    assert "<table>" in page


# --- completion


def test_terms_are_those_of_the_partitions_in_the_language_of_the_reader(client: FlaskClient) -> None:
    told = json.loads(client.get("/sparql/terms?lang=ar").data)
    named = {term["iri"]: term for term in (*told["classes"], *told["properties"])}
    assert named[f"{DEFAULT_BASE}ont#chairs"]["name"] == "يرأس"
    assert named[f"{DEFAULT_BASE}ont#chairs"]["number"] > 0
    assert named["http://www.w3.org/2002/07/owl#Class"]["name"] == ""
    assert told["prefixes"]["kh"] == f"{DEFAULT_BASE}ont#"
    void = client.get("/.well-known/void", headers={"Accept": "application/n-triples"}).text
    assert all(f"<{iri}>" in void for iri in named)


# --- what may run


def test_only_the_page_with_the_editor_may_run_scripts(client: FlaskClient) -> None:
    for path in ("/", "/about", "/sparql?query=SELECT", "/sparql", "/nothing", "/sparql/terms"):
        answer = client.get(path, headers=HTML)
        (policy,) = answer.headers.getlist("Content-Security-Policy")
        has_scripts = editor.has_editor() and path.startswith("/sparql") and path != "/sparql/terms"
        assert ("script-src 'self'" in policy) == has_scripts
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("name", ["style.css", "editor.js"])
def test_our_files_are_sent_compressed_and_not_twice(client: FlaskClient, name: str) -> None:
    first = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})
    assert (first.status_code, first.headers["Content-Encoding"]) == (200, "gzip")
    seen = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    assert client.get(f"/static/{name}", headers=seen).status_code == 304
    assert (
        client.get(f"/static/{name}", headers={"Accept-Encoding": "zstd"}).headers["ETag"]
        != seen["If-None-Match"]
    )


# --- how it gets there


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT", True),
        ("(MPL-2.0 OR Apache-2.0)", True),
        ("(CC-BY-4.0 AND MIT)", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-2.0 OR GPL-3.0", False),
        ("SEE LICENSE IN x", False),
        ("", False),
    ],
)
def test_only_licences_that_we_know_are_shipped(licence: str, may: bool) -> None:
    assert is_allowed(licence) == may


def package(folder: Path, **told: str) -> None:
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": "1.0.0", **told}), encoding="utf-8")


def test_the_notice_names_every_package_with_its_licence(tmp_path: Path) -> None:
    package(tmp_path / "node_modules" / "@one" / "editor", name="@one/editor", license="MIT", author="One")
    package(tmp_path / "node_modules" / "two", name="two", license="ISC")
    (tmp_path / "node_modules" / "two" / "LICENSE.md").write_text("Two's own words", encoding="utf-8")
    package(tmp_path / "node_modules" / "two" / "node_modules" / "three", name="three", license="0BSD")
    told = notice(packages(tmp_path / "node_modules"))
    assert [line for line in told.splitlines() if " 1.0.0: " in line] == [
        "@one/editor 1.0.0: MIT", "three 1.0.0: 0BSD", "two 1.0.0: ISC",
    ]  # fmt: skip
    assert "Copyright One" in told
    assert "Two's own words" in told


def test_a_package_that_may_not_be_shipped_ends_the_build(tmp_path: Path) -> None:
    package(tmp_path / "node_modules" / "one", name="one", license="AGPL-3.0")
    with pytest.raises(ValueError, match=r"one is under AGPL-3\.0"):
        list(packages(tmp_path / "node_modules"))


def test_without_npm_there_is_no_editor_and_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    target = tmp_path / "vendor"
    target.mkdir()
    (target / "yasgui.js").write_text("of another version", encoding="utf-8")
    with pytest.raises(Missing, match="there is no npm"):
        provide(ROOT / "browser", target)
    assert not target.exists()


@pytest.fixture
def needs_editor() -> None:
    if not editor.has_editor():
        assert "CI" not in os.environ, "make lint has not fetched the editor"
        pytest.skip("this checkout was installed without npm")


@pytest.mark.usefixtures("needs_editor")
def test_what_is_there_is_not_fetched_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    provide(ROOT / "browser", ROOT / VENDOR)
    told = (ROOT / VENDOR / "NOTICE.txt").read_text("utf-8")
    assert "@zazuko/yasgui 4" in told
    assert "SIL OPEN FONT LICENSE" in told
    assert b"sourceMappingURL" not in (ROOT / VENDOR / "yasgui.js").read_bytes()


def test_without_the_editor_the_form_does_it(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor, "EDITOR", Path("nowhere"))
    answer = client.get("/sparql", query_string={"query": CHAIRS}, headers=HTML)
    assert "<script" not in answer.text
    assert "<textarea" in answer.text
    assert "<table>" in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "browser" / "package-lock.json").read_text("utf-8"))
    named = {name: told for name, told in lock["packages"].items() if name}
    assert all(told["integrity"].startswith("sha512-") for told in named.values())
    assert not [name for name, told in named.items() if "resolved" in told]
