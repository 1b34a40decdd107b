"""Confidence: measured by tests/confidence.py, and never more than was measured."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from casebook import load, parse
from confidence import Count, Measured, counted, in_articles, in_cases, measure, run
from rdflib import RDF, Graph, URIRef

from khabar import knowledge
from khabar.errors import KhabarError, KnowledgeError
from khabar.evaluation import Score
from khabar.knowledge.confidence import ALL, Confidences
from khabar.knowledge.language import Frame
from khabar.resources import folder
from khabar.scoring.score import ArticleScore
from khabar.vocab import KH

ROOT: Final = Path(__file__).parents[1]
GOLD: Final = ROOT / "examples" / "gold"
CASES: Final = [case for case in load() if case.is_kept and case.kind == "chair"]
FRAMES: Final = [f for language in knowledge.load().languages.values() for f in language.frames.values()]


def frame(name: str, states: URIRef, ceiling: float | None = None) -> Frame:
    """A frame of which only what a measurement asks is made up."""
    return replace(FRAMES[0], iri=URIRef(f"urn:frame:{name}"), states=states, confidence=ceiling)


BOUNDS = {  # right, judged, and Wilson's lower bound as tables of it give it, rounded down
    "nothing judged": (0, 0, 0.00),
    "nothing right": (0, 9, 0.00),
    "one of one": (1, 1, 0.20),
    "half": (5, 10, 0.23),
    "nine of ten": (9, 10, 0.59),
    "all of twenty": (20, 20, 0.83),
    "81 of 263": (81, 263, 0.25),  # 0.2553: Newcombe, Statistics in Medicine 17 (1998), table I
    "15 of 148": (15, 148, 0.06),  # 0.0624: the same
    "never certain": (100_000, 100_000, 0.99),
}


@pytest.mark.parametrize(("right", "judged", "bound"), BOUNDS.values(), ids=BOUNDS)
def test_the_bound_is_wilsons(right: int, judged: int, bound: float) -> None:
    assert Count(right, judged).bound == bound


def test_a_frame_with_few_lines_takes_the_figure_of_its_relation_or_of_all() -> None:
    chairs = [frame("often", KH.chairs), frame("seldom", KH.chairs), frame("never", KH.chairs)]
    counts = {
        chairs[0].iri: Count(20, 20),
        chairs[1].iri: Count(1, 2),
        URIRef("urn:frame:visited"): Count(10, 19),
    }
    rows = {row.iri: row for row in measure([*chairs, frame("visited", KH.visited)], counts)}
    pool = next(iri for iri, row in rows.items() if row.pools == KH.chairs)
    taken = {iri.rpartition(":")[2]: (row.confidence, row.pooled_from) for iri, row in rows.items()}
    assert taken == {
        ALL.rpartition(":")[2]: (Count(31, 41).bound, None),
        pool.rpartition(":")[2]: (Count(21, 22).bound, None),
        "often": (Count(20, 20).bound, None),
        "seldom": (Count(21, 22).bound, pool),
        "never": (Count(21, 22).bound, pool),
        "visited": (Count(31, 41).bound, ALL),
    }


def test_lines_that_are_neither_right_nor_wrong_do_not_count() -> None:
    one, other = {"rule": "urn:frame:one"}, {"rule": "urn:frame:other"}
    article = ArticleScore("a", "en", {}, {}, hits=(one, one), extras=(one, other))  # type: ignore[arg-type]
    found = counted(in_articles(Score((article, article))))
    assert found == {URIRef("urn:frame:one"): Count(4, 6), URIRef("urn:frame:other"): Count(0, 2)}


def test_the_lines_of_a_case_count_as_its_facts_judge_them() -> None:
    sentence = "Oman chaired the Council of Towns in 2019 and Egypt in 2020, and Mali joined it."
    [case] = parse(
        f"[a]\nar: {sentence}\nen: {sentence}\nru: {sentence}\nB1 = x | Council of Towns | x\n"
        "facts:\nchair body=B1 chair=@oman year=2019\nchair body=B1 chair=@egypt year=2021\n? join member=*",
        "x",
    )
    case.texts = {"en": sentence}
    counts = counted(in_cases([case]))
    assert {iri.rpartition("#")[2]: count for iri, count in counts.items()} == {"chaired": Count(1, 2)}


@pytest.mark.parametrize("measured", FRAMES, ids=lambda f: f.iri.rpartition("/")[2])
def test_every_frame_has_a_measured_confidence(measured: Frame) -> None:
    assert 0 < knowledge.load().confidences.of(measured) < 1


def test_a_frame_may_be_worth_less_than_was_measured_never_more() -> None:
    known = Confidences({URIRef("urn:frame:measured"): 0.9}, overall=0.7)
    assert known.of(frame("measured", KH.chairs)) == 0.9
    assert known.of(frame("measured", KH.chairs, ceiling=0.5)) == 0.5
    assert known.of(frame("measured", KH.chairs, ceiling=0.95)) == 0.9
    assert known.of(frame("written since", KH.chairs)) == 0.7
    assert known.of(frame("written since", KH.chairs, ceiling=0.5)) == 0.5


def test_what_is_measured_again_loads(tmp_path: Path) -> None:
    path = tmp_path / "ontology" / "confidence.ttl"
    shutil.copytree(folder("ontology"), path.parent)
    rows = run(CASES, [GOLD], path, knowledge.load())
    first = path.read_bytes()
    found = knowledge.load(path.parent).confidences
    assert found.frames == {row.iri: row.confidence for row in rows}
    assert found.overall == rows[0].confidence
    assert 0 < found.overall < 1
    run(CASES, [GOLD], path, knowledge.load(path.parent))
    assert path.read_bytes() == first, "a figure depends on the figures before"


def test_the_file_says_what_was_counted(tmp_path: Path) -> None:
    path = tmp_path / "confidence.ttl"
    rows = run(CASES, [GOLD], path, knowledge.load())
    graph = Graph().parse(path)
    assert {_row(graph, row.iri) for row in rows} == set(rows)
    assert set(graph.subjects()) == {row.iri for row in rows}
    terms = {KH.right, KH.judged, KH.confidence, KH.pools, KH.pooledFrom}
    assert set(graph.predicates()) == terms | {RDF.type}
    declared = Graph().parse(folder("ontology") / "lexicon.ttl")
    assert not [term for term in terms if (term, None, None) not in declared]
    assert set(graph.subjects(RDF.type, KH.Pool)) == {row.iri for row in rows if row.pooled_from is None} - {
        f.iri for f in FRAMES
    }


def _row(graph: Graph, iri: URIRef) -> Measured:
    def number(predicate: URIRef) -> int:
        return int(str(graph.value(iri, predicate)))

    pools, pool = graph.value(iri, KH.pools), graph.value(iri, KH.pooledFrom)
    return Measured(
        iri,
        Count(number(KH.right), number(KH.judged)),
        float(str(graph.value(iri, KH.confidence))),
        pools=URIRef(str(pools)) if pools is not None else None,
        pooled_from=URIRef(str(pool)) if pool is not None else None,
    )


def test_gold_by_which_nothing_can_be_judged_is_refused(tmp_path: Path) -> None:
    gold = tmp_path / "empty.json"
    gold.write_text('{"id": "a", "lang": "en", "text": "It rained.", "facts": []}', encoding="utf-8")
    with pytest.raises(KhabarError) as raised:
        run([], [gold], tmp_path / "out.ttl", knowledge.load())
    assert str(raised.value) == (
        f"{gold}: has no fact by which a line could be judged\n"
        "  name articles with gold facts, in a language of ontology/languages"
    )
    assert not (tmp_path / "out.ttl").exists()


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tests" / "confidence.py"), "nowhere.json", "--out", "out.ttl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("confidence: nowhere.json: ")
    assert not list(tmp_path.iterdir())


WRONG: dict[str, tuple[str, str]] = {  # the file, and what is said of it
    "nothing of all": (
        "pool:chairs kh:confidence 0.5 .",
        "confidence.ttl: says nothing of all frames together\n  measure again with tests/confidence.py",
    ),
    "no number": (
        'pool:all kh:confidence "high" .',
        "{place}, pool:all: has the kh:confidence high, which is no number from 0 to 1\n"
        "  measure again with tests/confidence.py",
    ),
    "per cent": (
        "pool:all kh:confidence 88 .",
        "{place}, pool:all: has the kh:confidence 88, which is no number from 0 to 1\n"
        "  measure again with tests/confidence.py",
    ),
    "no confidence": (
        "pool:all kh:right 3 .",
        "{place}, pool:all: has the kh:confidence None, which is no number from 0 to 1\n"
        "  measure again with tests/confidence.py",
    ),
}


@pytest.mark.parametrize(("triples", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused(triples: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "confidence.ttl"
    path.write_text(
        "@prefix kh: <https://w3id.org/khabar/ont#> .\n"
        f"@prefix pool: <https://w3id.org/khabar/lexicon/pool#> .\n{triples}\n",
        encoding="utf-8",
    )
    with pytest.raises(KnowledgeError) as raised:
        Confidences.load(path)
    assert str(raised.value) == message.format(place=f"{tmp_path.name}/confidence.ttl")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"confidence\.ttl: cannot be read"):
        Confidences.load(tmp_path / "confidence.ttl")
