"""The road end to end: what a build leaves behind, whatever the order, the processes or the history."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, SH
from values import CHAIRS

from khabar.building import BuildReport, build
from khabar.errors import KhabarError, ReadError, StoreError
from khabar.graph.folder import describe, open_snapshot
from khabar.graph.load import load_data, moved_graph
from khabar.graph.report import SHOWN
from khabar.graph.serialise import FORMATS, Texts, dump
from khabar.graph.shapes import load_shapes
from khabar.graph.store import query
from khabar.graph.validate import validate
from khabar.knowledge import Knowledge, load
from khabar.model import Article
from khabar.resources import folder
from khabar.text.read import read
from khabar.vocab import DEFAULT_BASE, KH, PROV

OTHER = "http://localhost:8000/kg/"
ARTICLE = Article("dialogue", "ar", CHAIRS, title="رئاسة الحوار", published=date(2023, 12, 6), origin="a.txt")
LATER = replace(
    ARTICLE, key="later", text="ترأست تركمانستان حوار نساء آسيا الوسطى عام 2022.", origin="b.txt",
    published=date(2024, 1, 8),
)  # fmt: skip
# A rule that an article without a headline breaks.
HEADLINE = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix kh: <https://w3id.org/khabar/ont#> .
@prefix ex: <https://w3id.org/khabar/shapes#> .
ex:Headline a sh:NodeShape ; sh:targetClass kh:Article ; kh:scope "article" ; sh:property ex:Headline-one .
ex:Headline-one sh:path <https://schema.org/headline> ; sh:minCount 1 ; sh:message "No headline."@en .
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def dumped(out: Path, format: str = "nquads") -> str:
    stream = io.BytesIO()
    dump(open_snapshot(out), format, stream, describe(out).base, Texts(whole=True))
    return stream.getvalue().decode()


def rows(out: Path, text: str) -> list[tuple[str, ...]]:
    prefixes = {
        "kh": str(KH),
        "prov": str(PROV),
        "rdf": str(RDF),
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    }
    answer = query(open_snapshot(out), text, prefixes=prefixes)
    assert isinstance(answer, ox.QuerySolutions)
    return sorted(tuple(term.value if term else "" for term in row) for row in answer)


def many(number: int) -> list[Article]:
    return [replace(ARTICLE, key=f"a{i}", text=f"{ARTICLE.text} {i}.") for i in range(number)]


# --- what a build leaves behind


def test_a_build_answers_who_chaired_and_in_which_words(knowledge: Knowledge, tmp_path: Path) -> None:
    report = build([ARTICLE], tmp_path / "g", knowledge=knowledge)
    assert report.good
    assert (report.built, report.replaced, report.unchanged, report.refused) == (("dialogue",), (), (), ())
    assert report.statements[KH.chairs] == 2
    asked = """SELECT ?who ?when ?words {
        ?s rdf:predicate kh:chairs ; rdf:subject/rdfs:label ?who ; kh:when ?when ; kh:whenText ?words .
        FILTER(LANG(?who) = "en") }"""
    assert rows(tmp_path / "g", asked) == [
        ("Kazakhstan", "2023", "عام 2023"),
        ("Uzbekistan", "2021", "عام 2021"),
    ]
    names = sorted(path.name for path in (tmp_path / "g").iterdir())
    assert names == ["LOCK", "articles", "current", "journal", "khabar.json", "reports", "snapshots", "store"]


def test_the_report_says_what_was_done(knowledge: Knowledge, tmp_path: Path) -> None:
    text = build([LATER], tmp_path / "g", knowledge=knowledge).text
    assert text == (
        "built 1, replaced 0, unchanged 0, refused 0\nstatements 1: chairs 1\n"
        "Conforms: 0 violations, 0 warnings"
    )


def test_the_report_shows_so_many_results_and_where_the_others_are(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    states = ["تونس", "المغرب", "مصر", "الأردن", "لبنان", "العراق", "الكويت", "قطر"]
    text = "ترأست {} مجلس مدن الجبال عام 2022."
    articles = [Article(f"a{n}", "ar", text.format(state)) for n, state in enumerate(states)]
    report = build(articles, tmp_path / "g", knowledge=knowledge)
    assert len(report.validation.results) == len(states) * (len(states) - 1) / 2  # each against each
    lines = report.text.splitlines()
    whole = tmp_path / "g" / "reports" / "validation.txt"
    assert sum(line.startswith("Warning: ") for line in lines) == SHOWN
    assert lines[-3:] == ["… and 8 more", "Conforms: 0 violations, 28 warnings", f"all results: {whole}"]
    assert whole.read_text(encoding="utf-8").count("Warning: ") == 28


def test_progress_is_told_when_articles_are_on_disk(knowledge: Knowledge, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    build([ARTICLE, LATER], tmp_path / "g", knowledge=knowledge, progress=lambda *done: told.append(done))
    assert told == [(2, 2)]


def test_an_article_is_kept_in_a_form_that_can_be_read_again(knowledge: Knowledge, tmp_path: Path) -> None:
    full = replace(ARTICLE, address="https://example.org/a", publisher="وكالة", author="سلمى")
    build([full], tmp_path / "g", knowledge=knowledge)
    (again,) = read([tmp_path / "g" / "articles"], languages=knowledge.languages)
    assert isinstance(again, Article)
    assert replace(again, origin=full.origin) == full


@pytest.mark.parametrize("base", [DEFAULT_BASE, OTHER], ids=["default", "other"])
def test_the_whole_graph_conforms_and_has_no_blank_node(
    base: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    build([ARTICLE, LATER], tmp_path / "g", knowledge=knowledge, base=base)
    shapes = load_shapes(sorted(folder("shapes").glob("*.ttl")), base)
    ontology = moved_graph(knowledge.ontology.graph, base)
    assert validate(load_data([tmp_path / "g"]), shapes, ontology).results == ()
    assert "_:" not in {line[:2] for line in dumped(tmp_path / "g").splitlines()}
    assert not any(isinstance(q.object, ox.BlankNode) for q in open_snapshot(tmp_path / "g"))


def test_another_base_moves_everything_of_ours(knowledge: Knowledge, tmp_path: Path) -> None:
    build([ARTICLE], tmp_path / "a", knowledge=knowledge)
    build([ARTICLE], tmp_path / "b", knowledge=knowledge, base=OTHER)
    assert DEFAULT_BASE not in dumped(tmp_path / "b")
    moved = dumped(tmp_path / "b").replace(OTHER, DEFAULT_BASE)
    assert sorted(moved.splitlines()) == sorted(dumped(tmp_path / "a").splitlines())


# --- the same articles, the same bytes


def test_order_and_processes_leave_no_trace(knowledge: Knowledge, tmp_path: Path) -> None:
    articles = many(9)
    build(articles, tmp_path / "one", knowledge=knowledge)
    build(reversed(articles), tmp_path / "two", knowledge=knowledge, jobs=2)
    for format in FORMATS:
        assert dumped(tmp_path / "one", format) == dumped(tmp_path / "two", format)


def test_the_hash_seed_leaves_no_trace(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from test_build import ARTICLE, LATER, build, dumped, load
build([ARTICLE, LATER], Path(sys.argv[1]), knowledge=load())
sys.stdout.write(dumped(Path(sys.argv[1])) + dumped(Path(sys.argv[1]), "turtle"))
"""
    path = os.pathsep.join([*sys.path, str(Path(__file__).parent)])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / seed)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "7")
    }
    assert len(outputs) == 1


def test_a_graph_built_in_steps_is_the_graph_built_at_once(knowledge: Knowledge, tmp_path: Path) -> None:
    changed = replace(ARTICLE, text=LATER.text)
    steps = tmp_path / "steps"
    assert build([changed], steps, knowledge=knowledge).built == ("dialogue",)
    second = build([LATER, ARTICLE], steps, knowledge=knowledge)
    assert (second.built, second.replaced, second.snapshot) == (("later",), ("dialogue",), 2)
    third = build([ARTICLE, LATER], steps, knowledge=knowledge)
    assert (third.unchanged, third.snapshot) == (("dialogue", "later"), 2)  # and so nothing was published
    build([ARTICLE, LATER], tmp_path / "once", knowledge=knowledge)
    assert dumped(steps) == dumped(tmp_path / "once")


def test_each_graph_names_the_run_that_made_it(knowledge: Knowledge, tmp_path: Path) -> None:
    rules = sorted(folder("shapes").glob("*.ttl"))
    build([ARTICLE], tmp_path / "g", knowledge=knowledge, shapes=rules[:1])
    build([LATER], tmp_path / "g", knowledge=knowledge, shapes=rules)
    asked = "SELECT ?graph ?run { ?graph prov:wasGeneratedBy ?run . ?run a kh:Run }"
    made = rows(tmp_path / "g", asked)
    assert [graph.rpartition("/")[2] for graph, _ in made] == ["dialogue", "later"]
    assert len({run for _, run in made}) == 2
    assert build([ARTICLE, LATER], tmp_path / "g", knowledge=knowledge).unchanged == ("dialogue", "later")
    assert {run for _, run in rows(tmp_path / "g", asked)} == {made[1][1]}  # all read by the last one now


@pytest.mark.parametrize(
    ("articles", "epoch", "time"),
    [
        ([ARTICLE, LATER], None, "2024-01-08T00:00:00Z"),
        ([ARTICLE, LATER], 1_700_000_000, "2023-11-14T22:13:20Z"),
        ([replace(ARTICLE, published=None)], None, None),
    ],
    ids=["latest article", "SOURCE_DATE_EPOCH", "none"],
)
def test_times_come_from_the_input_and_never_from_the_clock(
    articles: list[Article], epoch: int | None, time: str | None, knowledge: Knowledge, tmp_path: Path
) -> None:
    build(articles, tmp_path / "g", knowledge=knowledge, source_date_epoch=epoch)
    asked = "SELECT DISTINCT ?time { ?run prov:startedAtTime|<http://purl.org/dc/terms/modified> ?time }"
    ours = [row for row in rows(tmp_path / "g", asked) if "T" in row[0]]
    assert ours == ([(time,)] if time else [])


# --- articles that are refused, while the others are built


def test_an_article_that_breaks_a_rule_is_put_aside(knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(HEADLINE)
    out = tmp_path / "g"

    def built(article: Article) -> BuildReport:
        return build([article, LATER], out, knowledge=knowledge, shapes=[tmp_path / "shapes.ttl"], base=OTHER)

    report = built(replace(ARTICLE, title=None))
    assert not report.good
    assert report.built == ("later",)
    assert report.text.splitlines()[1] == "refused a.txt: breaks 1 rules; see quarantine/dialogue.txt"
    assert [result.severity for result in report.validation.results] == [SH.Violation]
    assert (out / "quarantine" / "dialogue.txt").read_text() == (
        "Violation: dialogue: No headline.\n"
        "  <http://localhost:8000/kg/article/dialogue>  headline  (Headline-one)\n"
        "Does not conform: 1 violations, 0 warnings\n"
    )
    assert json.loads((out / "quarantine" / "dialogue.json").read_text())["text"] == ARTICLE.text
    assert "/article/dialogue" not in dumped(out)
    assert built(ARTICLE).built == ("dialogue",)
    assert list((out / "quarantine").iterdir()) == []


def test_a_version_that_breaks_a_rule_does_not_oust_the_one_that_does_not(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    (tmp_path / "shapes.ttl").write_text(HEADLINE)
    out, shapes = tmp_path / "g", [tmp_path / "shapes.ttl"]
    build([ARTICLE], out, knowledge=knowledge, shapes=shapes)
    before = dumped(out)
    worse = replace(ARTICLE, title=None, text=LATER.text)
    assert not build([worse], out, knowledge=knowledge, shapes=shapes).good
    assert dumped(out) == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"language": "xx"}, "is in 'xx', which no file in ontology/languages describes; give one of "),
        ({"key": "meta"}, "its id 'meta' cannot be part of an IRI of ours; give it another"),
        ({"key": "a b"}, "its id 'a b' cannot be part of an IRI of ours; give it another"),
    ],
    ids=["language", "reserved id", "id that is no IRI"],
)
def test_an_article_that_cannot_be_read_is_refused(
    change: dict[str, str], reason: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    report = build([replace(ARTICLE, **change), LATER], tmp_path / "g", knowledge=knowledge)  # type: ignore[arg-type]
    assert report.built == ("later",)
    assert report.refused[0].origin == "a.txt"
    assert report.refused[0].reason.startswith(reason)


def test_what_could_not_be_read_is_refused_with_its_reason(knowledge: Knowledge, tmp_path: Path) -> None:
    unread = ReadError(where="x.txt", problem="is empty", fix="delete it")
    report = build([unread, LATER], tmp_path / "g", knowledge=knowledge)
    assert report.built == ("later",)
    assert not report.good
    assert report.text.splitlines()[1] == "refused x.txt: is empty; delete it"


# --- what ends a build, and leaves nothing


def failure(articles: Iterable[Article], out: Path, knowledge: Knowledge, **more: str) -> KhabarError:
    with pytest.raises(KhabarError) as error:
        build(articles, out, knowledge=knowledge, **more)  # type: ignore[arg-type]
    assert not out.exists()
    return error.value


def test_two_articles_with_one_id_are_an_error_that_names_both(knowledge: Knowledge, tmp_path: Path) -> None:
    error = failure([ARTICLE, replace(LATER, key="dialogue")], tmp_path / "g", knowledge)
    assert isinstance(error, ReadError)
    assert str(error) == (
        "a.txt and b.txt: are two different articles with one id, dialogue\n"
        "  give one of them another id, or leave it out"
    )
    assert build([ARTICLE, replace(ARTICLE, origin="copy.txt")], tmp_path / "g", knowledge=knowledge).good


def test_no_article_is_an_error(knowledge: Knowledge, tmp_path: Path) -> None:
    assert str(failure([], tmp_path / "g", knowledge)) == "sources: hold no article\n  name files that do"


@pytest.mark.parametrize("base", ["http://localhost:8000", "ftp://a/", "http://a b/", "http://a/?x=/", "/"])
def test_a_base_that_makes_no_iris_is_an_error(base: str, knowledge: Knowledge, tmp_path: Path) -> None:
    error = failure([ARTICLE], tmp_path / "g", knowledge, base=base)
    assert isinstance(error, StoreError)
    assert str(error) == (
        f"base {base}: is not an address that IRIs can be made from\n"
        "  give one that begins with http:// or https:// and ends with a slash"
    )
