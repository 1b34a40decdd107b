"""One article as quads: what is asserted, what is only said, and the words that say it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import replace

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef
from values import DIALOGUE, FORUM, FRAME, ID, POST, SPEAKER, arabic, entity, russian, span, year

from khabar.graph.assemble import assemble, span_iri
from khabar.model import Article, Fact, Quad, Reading, Span
from khabar.vocab import BASE, ITSRDF, KH, NIF, ORG, SCHEMA, article_iri, graph_iri, text_graph_iri


def graph(quads: tuple[Quad, ...], name: URIRef) -> Graph:
    found = Graph()
    for quad in quads:
        if quad.graph == name:
            found.add((quad.subject, quad.predicate, quad.object))
    return found


def statement(of: Graph, predicate: URIRef, subject: URIRef) -> URIRef:
    (found,) = set(of.subjects(RDF.predicate, predicate)) & set(of.subjects(RDF.subject, subject))
    assert isinstance(found, URIRef)
    return found


def test_only_what_is_asserted_becomes_a_plain_triple() -> None:
    facts = graph(assemble(arabic()), graph_iri("dialogue-ar"))
    relations = {KH.chairs, KH.supports, KH.holdsPost, KH.said, KH.tookPlaceIn, ORG.postIn}
    plain = {(s, p, o) for s, p, o in facts if p in relations}
    assert plain == {
        (ID["uzbekistan"], KH.chairs, DIALOGUE),
        (ID["kazakhstan"], KH.chairs, DIALOGUE),
        (ID["undp"], KH.supports, DIALOGUE),
        (SPEAKER, KH.holdsPost, POST),
        (POST, ORG.postIn, DIALOGUE),
        (SPEAKER, KH.said, Literal("العمل مستمر", lang="ar")),
    }
    planned = set(facts.subjects(KH.status, KH.planned))
    assert {facts.value(iri, RDF.subject) for iri in planned} == {FORUM}


def test_a_statement_says_when_how_sure_and_in_which_words() -> None:
    quads = assemble(arabic())
    facts = graph(quads, graph_iri("dialogue-ar"))
    iri = statement(facts, KH.chairs, ID["uzbekistan"])
    article = article_iri("dialogue-ar")
    start, end = span(arabic().article.text, "ترأست أوزبكستان حوار نساء آسيا الوسطى عام 2021")
    turtle = f"""
        PREFIX kh: <{KH}> PREFIX rdf: <{RDF}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        <{iri}> a kh:Statement ;
            rdf:subject <{ID["uzbekistan"]}> ; rdf:predicate kh:chairs ; rdf:object <{DIALOGUE}> ;
            kh:status kh:asserted ; kh:confidence 0.9 ; kh:frame <{FRAME}> ;
            kh:when "2021"^^xsd:gYear ; kh:whenText "عام 2021"@ar ;
            kh:earliest "2021-01-01"^^xsd:date ; kh:latest "2021-12-31"^^xsd:date ;
            kh:asOf "2023-12-06"^^xsd:date ;
            kh:statedIn <{article}> ; kh:evidence <{article}#char={start},{end}> .
    """
    assert set(facts.triples((iri, None, None))) == set(Graph().parse(data=turtle))


def test_a_statement_without_dates_has_none() -> None:
    facts = graph(assemble(russian()), graph_iri("dialogue-ru"))
    assert not list(facts.objects(None, KH.asOf))


def test_what_is_said_twice_is_one_statement_with_the_evidence_of_both() -> None:
    reading = russian()
    first, text = reading.facts[0], reading.article.text
    other = BASE["lexicon/test#other"]
    again = replace(
        first, evidence=(span(text, "Казахстан председательствовал"),), confidence=0.95, frame=other
    )
    for facts in ((first, again), (again, first)):
        quads = graph(assemble(replace(reading, facts=facts)), graph_iri("dialogue-ru"))
        (iri,) = quads.subjects(RDF.type, KH.Statement)
        assert len(set(quads.objects(iri, KH.evidence))) == 2
        assert [str(found) for found in quads.objects(iri, KH.confidence)] == ["0.95"]
        assert list(quads.objects(iri, KH.frame)) == [other]


@pytest.mark.parametrize(
    "change",
    [
        {"when": year("за 2022 год", "2022 год", 2022)},
        {"status": KH.denied},
        {"attributed_to": SPEAKER},
        {"qualifiers": ((KH.change, KH.handover),)},
        {"object": ID["undp"]},
    ],
    ids=["year", "status", "source", "qualifier", "object"],
)
def test_another_year_status_source_or_qualifier_is_another_statement(change: dict[str, object]) -> None:
    reading = russian()
    other = replace(reading.facts[0], **change)  # type: ignore[arg-type]
    quads = graph(assemble(replace(reading, facts=(reading.facts[0], other))), graph_iri("dialogue-ru"))
    assert len(set(quads.subjects(RDF.type, KH.Statement))) == 2


def test_an_entity_carries_its_class_and_the_names_that_are_printed() -> None:
    facts = graph(assemble(arabic()), graph_iri("dialogue-ar"))
    assert set(facts.objects(DIALOGUE, RDF.type)) == {KH.Platform}
    # «الحوار» is a word for it in this article only, not its name.
    assert set(facts.objects(DIALOGUE, SKOS.altLabel)) == {Literal("حوار نساء آسيا الوسطى", lang="ar")}
    assert not set(facts.objects(DIALOGUE, RDFS.label))
    mentioned = span_iri("dialogue-ar", span(arabic().article.text, "الحوار"))
    assert set(facts.objects(mentioned, ITSRDF.taIdentRef)) == {DIALOGUE}


def test_an_inflected_mention_gives_way_to_the_name_it_is_a_form_of() -> None:
    text = "Встреча прошла в Астане."
    named = replace(
        entity(text, ID["astana"], KH.City, "ru", "Астане"), labels=(Literal("Астана", lang="ru"),)
    )
    facts = graph(assemble(Reading(Article("a", "ru", text), (named,), ())), graph_iri("a"))
    assert set(facts.objects(ID["astana"], SKOS.altLabel)) == {Literal("Астана", lang="ru")}


def test_the_article_is_described_beside_its_facts() -> None:
    quads = assemble(arabic())
    meta = graph(quads, BASE["graph/meta"])
    article = article_iri("dialogue-ar")
    assert str(meta.value(article, SCHEMA.url)) == "https://example.org/a?q=رئاسة"
    assert str(meta.value(article, SCHEMA.datePublished)) == "2023-12-06"
    assert meta.value(article, SCHEMA.headline) == Literal("رئاسة الحوار", lang="ar")
    text = graph(quads, text_graph_iri("dialogue-ar"))
    assert text.value(URIRef(f"{article}#text"), NIF.isString) == Literal(arabic().article.text, lang="ar")


def test_an_address_with_forbidden_characters_is_escaped_and_one_without_scheme_stays_words() -> None:
    for address, expected in {
        "https://example.org/a b|c": URIRef("https://example.org/a%20b%7Cc"),
        "printed edition, p. 3": Literal("printed edition, p. 3"),
    }.items():
        article = Article("a", "en", "Text.", address=address)
        meta = graph(assemble(Reading(article, (), ())), BASE["graph/meta"])
        assert meta.value(article_iri("a"), SCHEMA.url) == expected


def test_a_span_outside_the_text_is_a_bug() -> None:
    reading = russian()
    wrong = replace(reading.facts[0], evidence=(Span(0, 10_000),))
    with pytest.raises(ValueError, match="lies outside a text of 76 code points"):
        assemble(replace(reading, facts=(wrong,)))


# --- what holds of any article

TEXTS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60
).map(lambda text: unicodedata.normalize("NFC", text))


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    text = draw(TEXTS)
    starts, lengths = st.integers(0, len(text) - 1), st.integers(1, 20)
    spans = st.builds(lambda start, length: Span(start, min(len(text), start + length)), starts, lengths)
    evidence = draw(st.lists(spans, min_size=1))
    subject, words = BASE["id/x-subject"], Literal(draw(TEXTS), lang="ar")
    facts = tuple(
        Fact(subject, KH.said, words, KH.asserted, (found,), FRAME, confidence=draw(st.floats(0, 1)))
        for found in evidence
    )
    return Reading(Article("any", "ar", text), (), facts)


@given(readings())
def test_each_span_quotes_the_text_at_its_offsets(reading: Reading) -> None:
    facts = graph(assemble(reading), graph_iri("any"))
    for iri in facts.subjects(RDF.type, KH.Span):
        begin, end = (int(str(facts.value(iri, offset))) for offset in (NIF.beginIndex, NIF.endIndex))
        assert str(facts.value(iri, NIF.anchorOf)) == reading.article.text[begin:end]


@given(readings())
def test_no_blank_node_no_duplicate_all_nfc_and_the_lexical_forms_of_the_store(reading: Reading) -> None:
    quads = assemble(reading)
    assert max(Counter(quads).values()) == 1
    store = ox.Store()
    for term in {quad.object for quad in quads if isinstance(quad.object, Literal)}:
        assert unicodedata.is_normalized("NFC", str(term))
        (quad,) = ox.parse(f"<x:s> <x:p> {term.n3()} .", format=ox.RdfFormat.N_TRIPLES)
        store.add(quad)
        assert quad in list(store), f"{quad.object} is stored in another form"
    assert all(isinstance(term, URIRef | Literal) for quad in quads for term in quad)
    assert assemble(reading) == quads
