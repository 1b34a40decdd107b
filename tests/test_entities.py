"""Labels of the things that articles name, and ontology files without blank nodes."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, Literal, URIRef
from values import DIALOGUE, ID

from khabar.graph.entities import describe
from khabar.graph.skolem import skolemise
from khabar.graph.store import Named
from khabar.knowledge.gazetteer import Entry, Gazetteer
from khabar.knowledge.turtle import Turtle
from khabar.model import Quad
from khabar.resources import folder
from khabar.vocab import BASE, KH, OWL, WD

LANGUAGES = sorted((folder("ontology") / "languages").glob("*.ttl"))
GAZETTEER = """
@prefix kh: <https://w3id.org/khabar/ont#> . @prefix id: <https://w3id.org/khabar/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix wd: <http://www.wikidata.org/entity/> .
id:kazakhstan a kh:Country ; rdfs:label "كازاخستان"@ar , "Kazakhstan"@en , "Казахстан"@ru ;
    skos:hiddenLabel "Казахстана"@ru ; kh:capital id:astana ; owl:sameAs wd:Q232 .
id:astana a kh:City ; rdfs:label "أستانا"@ar , "Astana"@en , "Астана"@ru ; kh:partOf id:kazakhstan .
id:undp a kh:Organization ; rdfs:label "برنامج الأمم المتحدة الإنمائي"@ar , "UNDP"@en , "ПРООН"@ru .
"""


@pytest.fixture
def known(tmp_path: Path) -> dict[URIRef, Entry]:
    (tmp_path / "gazetteer.ttl").write_text(GAZETTEER, encoding="utf-8")
    return dict(Gazetteer.load(Turtle.read(tmp_path / "gazetteer.ttl")).entries)


def named(entity: URIRef, cls: URIRef, *names: tuple[str, int]) -> Named:
    return Named(entity, (cls,), tuple((Literal(name, lang="ru"), articles) for name, articles in names))


def labels(quads: tuple[Quad, ...], entity: URIRef) -> set[str]:
    return {str(q.object) for q in quads if q.subject == entity and q.predicate == RDFS.label}


@pytest.mark.parametrize(
    ("names", "label"),
    [
        ([("Аннан", 3), ("Кофи Аннан", 3)], "Кофи Аннан"),  # the full name, if as many articles have it
        ([("Кофи Аннан", 2), ("Кофи Аннаном", 2)], "Кофи Аннан"),  # not a case form
        ([("Кофи Аннан", 2), ("Генеральный секретарь Кофи Аннан", 1)], "Кофи Аннан"),  # what most say
    ],
)
def test_a_minted_thing_is_called_what_most_articles_call_it(
    names: list[tuple[str, int]], label: str
) -> None:
    quads = describe([named(DIALOGUE, KH.Person, *names)], {})
    assert labels(quads, DIALOGUE) == {label}
    assert describe([named(DIALOGUE, KH.Person, *reversed(names))], {}) == quads


def test_a_known_thing_has_its_curated_names_whatever_articles_print(known: dict[URIRef, Entry]) -> None:
    quads = describe([named(ID["kazakhstan"], KH.Country, ("Казахстана", 5))], known)
    assert labels(quads, ID["kazakhstan"]) == {"كازاخستان", "Kazakhstan", "Казахстан"}
    assert Quad(ID["kazakhstan"], OWL.sameAs, WD["Q232"], BASE["graph/entities"]) in quads


def test_what_a_known_thing_points_to_is_described_and_nothing_else(known: dict[URIRef, Entry]) -> None:
    quads = describe([named(ID["astana"], KH.City, ("Астана", 1))], known)
    assert {quad.subject for quad in quads} == {ID["astana"], ID["kazakhstan"]}


# --- blank nodes


def test_blank_nodes_are_named_after_their_owner_and_position(tmp_path: Path) -> None:
    path = tmp_path / "xx.ttl"
    path.write_text("""@prefix ex: <http://example.org/x#> .
        ex:chair ex:form [ ex:rep "one" ] , [ ex:rep "two" ] ; ex:order ( ex:a [ ex:rep "b" ] ) .
        [] ex:rep "nobody's" .
        """)
    graph = BASE["graph/lexicon"]
    lines = skolemise([path], graph)
    x = "<http://example.org/x#"
    named_after = {
        value: subject
        for subject, predicate, value in (line.split(" ", 2) for line in lines)
        if predicate == f"{x}rep>"
    }
    assert named_after == {
        '"one"': f"{x}chair.form-1>",
        '"two"': f"{x}chair.form-2>",
        '"b"': f"{x}chair.order-1.2.first-1>",
        '"nobody\'s"': f"<{graph}/xx#node-1>",
    }
    assert f"{x}chair.order-1.2> <{RDF.rest}> <{RDF.nil}>" in lines


def test_words_that_look_like_blank_nodes_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "xx.ttl"
    path.write_text('[] <http://example.org/says> "a _:b\\n_:b" .', encoding="utf-8")
    graph = BASE["graph/lexicon"]
    assert skolemise([path], graph) == {f'<{graph}/xx#node-1> <http://example.org/says> "a _:b\\n_:b"'}


def test_iris_of_ours_move_under_another_base_in_literals_too(tmp_path: Path) -> None:
    path = tmp_path / "xx.ttl"
    path.write_text(f'<{BASE}ont#x> <http://example.org/like> "<{BASE}id/kazakhstan>" .', encoding="utf-8")
    other = "https://news.example/"
    moved = f'<{other}ont#x> <http://example.org/like> "<{other}id/kazakhstan>"'
    assert skolemise([path], BASE["graph/ontology"], other) == {moved}


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_a_language_file_keeps_its_meaning(path: Path) -> None:
    """As many names as there were blank nodes, and the same graph once they are blank again."""
    lines = skolemise([path], BASE["graph/lexicon"])
    before = list(ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE))
    assert len(lines) == len(set(before))
    blank = {str(q.subject) for q in before if isinstance(q.subject, ox.BlankNode)}
    iris = {str(q.subject) for q in before if isinstance(q.subject, ox.NamedNode)}
    assert len({line.split(" ")[0] for line in lines} - iris) == len(blank)
    assert skolemise([path], BASE["graph/lexicon"]) == lines


def test_a_file_without_blank_nodes_is_left_as_it_is() -> None:
    path = folder("ontology") / "khabar.ttl"
    triples = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
    assert skolemise([path], BASE["graph/ontology"]) == {str(triple.triple) for triple in triples}
