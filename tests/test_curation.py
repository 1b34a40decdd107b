"""What somebody has decided: published at once, kept by builds, and never at the cost of a source."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from khabar import knowledge
from khabar.building import build
from khabar.cli import main
from khabar.graph.folder import describe, open_snapshot
from khabar.graph.store import query
from khabar.model import Article

KNOWN = knowledge.load()
ARTICLES = [
    Article("one", "en", "Norway chaired the Council of Mountain Cities in 2021."),
    Article(
        "two",
        "en",
        "Norway chaired the Council of Mountain Cities. Peru supports the Council of Mountain Cities.",
    ),
]
CHAIRED = "SELECT ?s { ?s rdf:predicate kh:chairs ; kh:statedIn ?a FILTER(STRENDS(STR(?a), '%s')) }"
PLAIN = "ASK { id:norway kh:chairs ?body }"
IN_GRAPH = "ASK { GRAPH <https://w3id.org/khabar/graph/%s> { id:norway kh:chairs ?body } }"
DECISIONS = "SELECT ?what ?verdict ?by ?reason { GRAPH ?g { ?d a kh:Decision ; kh:concerns ?what ; kh:verdict ?verdict ; kh:decidedBy ?by ; kh:reason ?reason } } ORDER BY ?what"
PREFIXES = {"kh": "https://w3id.org/khabar/ont#", "id": "https://w3id.org/khabar/id/"}


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    build(ARTICLES, tmp_path / "graph", knowledge=KNOWN)
    return tmp_path / "graph"


def ask(folder: Path, text: str) -> bool:
    answer = query(open_snapshot(folder), text, prefixes=PREFIXES)
    assert isinstance(answer, ox.QueryBoolean)
    return bool(answer)


def rows(folder: Path, text: str) -> list[list[str]]:
    known = {
        **PREFIXES,
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "owl": "http://www.w3.org/2002/07/owl#",
    }
    answer = query(open_snapshot(folder), text, prefixes=known)
    assert isinstance(answer, ox.QuerySolutions)
    return [
        [str(getattr(term, "value", term)).rpartition("/")[2] for term in solution] for solution in answer
    ]


def curate(
    verdict: str, folder: Path, *iris: str, by: str = "A. Curator", reason: str = "I read it."
) -> Result:
    return CliRunner().invoke(main, ["curate", verdict, str(folder), *iris, "--by", by, "--reason", reason])


def statement(folder: Path, article: str) -> str:
    ((found,),) = rows(folder, CHAIRED % article)
    return f"id:{found}"


def test_a_denied_statement_stays_and_its_plain_triple_goes(graph: Path) -> None:
    one = statement(graph, "one")
    assert curate("deny", graph, one).exit_code == 0
    assert not ask(graph, IN_GRAPH % "one")
    assert ask(graph, PLAIN), "the other article asserts it still"
    assert statement(graph, "one") == one
    curate("deny", graph, statement(graph, "two"))
    assert not ask(graph, PLAIN)
    assert rows(graph, DECISIONS)[0][1:] == ["ont#refuted", "A. Curator", "I read it."]


def test_builds_keep_decisions(graph: Path) -> None:
    for article in ("one", "two"):
        curate("deny", graph, statement(graph, article))
    decided = rows(graph, DECISIONS)
    again = build(ARTICLES, graph, knowledge=KNOWN)
    assert again.unchanged == ("one", "two")
    changed = [Article("one", "en", ARTICLES[0].text + " Peru supports the Council of Mountain Cities.")]
    assert build(changed, graph, knowledge=KNOWN).replaced == ("one",)
    assert not ask(graph, PLAIN)
    assert rows(graph, DECISIONS) == decided


def test_the_later_decision_counts(graph: Path) -> None:
    one = statement(graph, "one")
    curate("deny", graph, one)
    curate("confirm", graph, one, by="B. Curator", reason="It is there.")
    assert ask(graph, IN_GRAPH % "one")
    assert [row[1:] for row in rows(graph, DECISIONS)] == [["ont#confirmed", "B. Curator", "It is there."]]


def test_two_things_are_one_or_two(graph: Path) -> None:
    pair = ("id:norway", "id:peru")
    linked = "SELECT ?a ?verb ?b { GRAPH <https://w3id.org/khabar/graph/curation> { VALUES ?verb { owl:sameAs owl:differentFrom } ?a ?verb ?b } }"
    curate("same-as", graph, *pair)
    assert rows(graph, linked) == [["norway", "owl#sameAs", "peru"]]
    curate("different-from", graph, *reversed(pair))
    assert rows(graph, linked) == [["norway", "owl#differentFrom", "peru"]]
    assert len(rows(graph, DECISIONS)) == 2  # one decision, on two things


def test_a_graph_of_decisions_conforms(graph: Path) -> None:
    curate("deny", graph, statement(graph, "one"))
    curate("same-as", graph, "id:norway", "id:peru")
    checked = CliRunner().invoke(main, ["validate", str(graph)])
    assert checked.exit_code == 0, checked.stdout


def test_under_a_base_of_ones_own(tmp_path: Path) -> None:
    build(ARTICLES, tmp_path / "g", knowledge=KNOWN, base="https://news.example/")
    snapshot = open_snapshot(tmp_path / "g")
    (quad,) = snapshot.quads_for_pattern(
        None,
        ox.NamedNode("https://news.example/ont#statedIn"),
        ox.NamedNode("https://news.example/article/one"),
        ox.DefaultGraph(),
    )
    assert isinstance(quad.subject, ox.NamedNode)
    assert curate("deny", tmp_path / "g", quad.subject.value).exit_code == 0
    graph = ox.NamedNode("https://news.example/graph/curation")
    held = list(open_snapshot(tmp_path / "g").quads_for_pattern(None, None, None, graph))
    assert {str(q.predicate) for q in held} >= {"<https://news.example/ont#verdict>"}
    assert not [q for q in held if "w3id.org/khabar" in str(q)]
    assert describe(tmp_path / "g").base == "https://news.example/"


@pytest.mark.parametrize(
    ("verdict", "iris", "message"),
    [
        (
            "deny",
            ["id:norway"],
            "https://w3id.org/khabar/id/norway: is no statement that could be decided so\n  give a statement",
        ),
        (
            "confirm",
            ["id:s-none"],
            "is not in this graph\n  give the IRI as khabar merges or a query shows it",
        ),
        ("same-as", ["id:norway", "id:nowhere"], "https://w3id.org/khabar/id/nowhere: is not in this graph"),
        ("same-as", ["id:norway"], "same-as takes 2 IRIs, a name and a reason."),
        (
            "same-as",
            ["id:norway", "id:norway"],
            "same-as takes two different IRIs; id:norway is given twice.",
        ),
        ("deny", ["id:s-1", "id:s-2"], "deny takes 1 IRI, a name and a reason."),
    ],
)
def test_what_cannot_be_decided(graph: Path, verdict: str, iris: list[str], message: str) -> None:
    before = rows(graph, DECISIONS)
    answer = curate(verdict, graph, *iris)
    assert answer.exit_code == 2
    assert message in answer.stderr
    assert rows(graph, DECISIONS) == before


def test_a_reason_is_needed(graph: Path) -> None:
    assert curate("deny", graph, statement(graph, "one"), reason=" ").exit_code == 2
