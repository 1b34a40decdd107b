"""The questions the data model was made to answer, asked unchanged of the worked sample."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest
from rdflib import Graph

from khabar.knowledge.ontology import Ontology
from khabar.resources import folder

FIXTURES = Path(__file__).parent / "fixtures"
SAMPLE = (FIXTURES / "sample.trig").read_text(encoding="utf-8")
DOCUMENT = (FIXTURES / "competency.md").read_text(encoding="utf-8")


class Question(NamedTuple):
    """One section of competency.md."""

    name: str  # such as Q1, I2 or V3
    promised: int  # rows or triples that the section promises; 0 for an invariant
    text: str  # SPARQL with its prefixes


def questions(kind: str) -> list[Question]:
    """The sections whose name begins with KIND: Q for questions, I for invariants, V for views."""
    prefixes = DOCUMENT.split("```")[1]
    sections = re.findall(
        rf"^### ({kind}\d+)\. ([^\n]*)\n```sparql\n(.*?)```", DOCUMENT, re.MULTILINE | re.DOTALL
    )
    return [Question(name, _promised(title), prefixes + text) for name, title, text in sections]


def _promised(title: str) -> int:
    counted = re.search(r"\((?:rows|triples): (\d+)\)$", title)
    return int(counted[1]) if counted else 0


def oxigraph(trig: str) -> ox.Store:
    """A store whose default graph is the merge of the named graphs, as a built graph has it."""
    store = ox.Store()
    store.load(trig.encode(), format=ox.RdfFormat.TRIG)
    store.extend([ox.Quad(quad.subject, quad.predicate, quad.object) for quad in store])
    return store


OXIGRAPH = oxigraph(SAMPLE)
RDFLIB = Graph().parse(
    data=ox.serialize(
        OXIGRAPH.quads_for_pattern(None, None, None, ox.DefaultGraph()), format=ox.RdfFormat.N_TRIPLES
    )
)


def in_oxigraph(text: str) -> list[list[str]]:
    """The rows or triples of the answer, sorted."""
    answer = OXIGRAPH.query(text)
    assert isinstance(answer, ox.QuerySolutions | ox.QueryTriples)
    return sorted(["" if term is None else _text(term) for term in row] for row in answer)


def _text(term: object) -> str:
    return str(getattr(term, "value", term))


def in_rdflib(text: str) -> list[list[str]]:
    """The same from rdflib, which writes +00:00 for the Z of a time."""
    answer = RDFLIB.query(text)
    assert answer.type in ("SELECT", "CONSTRUCT")
    rows = (row for row in answer if isinstance(row, tuple))
    return sorted(["" if term is None else str(term).replace("+00:00", "Z") for term in row] for row in rows)


def holds(store: ox.Store, question: Question) -> bool:
    """Whether the invariant holds: it asks for what must not be."""
    answer = store.query(question.text)
    assert isinstance(answer, ox.QueryBoolean)
    return not answer


def test_the_document_has_what_it_promises() -> None:
    assert [len(questions(kind)) for kind in "QIV"] == [15, 3, 3]
    assert all(question.promised > 0 for kind in "QV" for question in questions(kind))


@pytest.mark.parametrize("question", questions("Q"), ids=lambda q: q.name)
def test_each_question_has_as_many_answers_as_stated(question: Question) -> None:
    assert len(in_oxigraph(question.text)) == question.promised


@pytest.mark.parametrize("question", questions("Q"), ids=lambda q: q.name)
def test_rdflib_gives_the_same_answers(question: Question) -> None:
    assert in_rdflib(question.text) == in_oxigraph(question.text)


@pytest.mark.parametrize("question", questions("I"), ids=lambda q: q.name)
def test_each_invariant_holds(question: Question) -> None:
    assert holds(OXIGRAPH, question)


BROKEN = {
    "I1": (
        "id:s-15 a kh:Statement ; rdf:subject id:ev-wps-2023 ;",
        "id:s-15 a kh:Statement ; rdf:subject id:gef ;",
    ),
    "I2": (
        "id:kazakhstan      kh:chairs",
        "id:kyrgyzstan kh:chairs id:dialogue-women-ca . id:kazakhstan kh:chairs",
    ),
    "I3": ("nif:beginIndex 386 ;", "nif:beginIndex 387 ;"),
}


@pytest.mark.parametrize("question", questions("I"), ids=lambda q: q.name)
def test_each_invariant_notices_a_broken_copy(question: Question) -> None:
    old, new = BROKEN[question.name]
    assert SAMPLE.count(old) == 1
    assert not holds(oxigraph(SAMPLE.replace(old, new)), question)


@pytest.mark.parametrize("question", questions("V"), ids=lambda q: q.name)
def test_each_view_has_as_many_triples_as_stated(question: Question) -> None:
    assert len(in_oxigraph(question.text)) == question.promised


@pytest.mark.parametrize("question", questions("V")[:2], ids=lambda q: q.name)
def test_rdflib_gives_the_same_views_but_for_rdf_1_2(question: Question) -> None:
    assert in_rdflib(question.text) == in_oxigraph(question.text)


GUIDE = (FIXTURES.parents[1] / "docs" / "model.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", re.findall(r"```sparql\n(.*?)```", GUIDE, re.DOTALL), ids=["who", "words", "dates"]
)
def test_the_queries_of_the_guide_have_answers(text: str) -> None:
    assert in_oxigraph(DOCUMENT.split("```")[1] + text)


def test_the_guide_lists_every_relation() -> None:
    listed = re.findall(r"^\| `(\w+:\w+)` \|", GUIDE, re.MULTILINE)
    relations = [
        f"kh:{relation.fragment}" for relation in Ontology.load(folder("ontology") / "khabar.ttl").relations
    ]
    assert sorted(listed) == sorted([*relations, "org:postIn", "rdf:type"])
