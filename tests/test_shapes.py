"""Each shape lets a good article through, and names exactly what is wrong with a bad one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, Literal, URIRef, Variable
from rdflib.collection import Collection
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

from khabar.knowledge.ontology import Ontology
from khabar.resources import folder
from khabar.vocab import DEFAULT_BASE, KH, ORG

ONTOLOGY = Ontology.load(folder("ontology") / "khabar.ttl")
FILES = sorted(folder("shapes").glob("*.ttl"))
SHAPES = Graph()
for path in FILES:
    SHAPES.parse(path)
KSH = DEFAULT_BASE + "shapes#"

PREFIXES = """
BASE <https://w3id.org/khabar/article/>
PREFIX : <https://w3id.org/khabar/id/>
PREFIX graph: <https://w3id.org/khabar/graph/>
PREFIX kh: <https://w3id.org/khabar/ont#>
PREFIX itsrdf: <http://www.w3.org/2005/11/its/rdf#>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""

# One article that uses everything: entities and plain triples, some statements, its text and metadata.
GOOD = (
    PREFIXES
    + """
:kz a kh:Country ; rdfs:label "Kazakhstan"@en , "كازاخستان"@ar ; kh:capital :astana ;
    kh:chairs :dialogue ; kh:memberOf :dialogue ; kh:hosts :forum ; kh:signed :pact .
:uz a kh:Country ; skos:altLabel "Uzbekistan"@en .
:astana a kh:City ; skos:altLabel "Astana"@en ; kh:partOf :kz .
:dialogue a kh:Platform ; skos:altLabel "the Dialogue"@en ; kh:inception "2020"^^xsd:gYear .
:forum a kh:Forum ; skos:altLabel "Women's Forum"@en ;
    kh:tookPlaceIn :astana ; kh:when "2023-06-19"^^xsd:date ; kh:launched :guide ; kh:about :work .
:pact a kh:Agreement ; skos:altLabel "Astana Pact"@en .
:guide a kh:Work ; skos:altLabel "Guide"@en .
:work a kh:Topic ; skos:altLabel "women's work"@en .
:chair a kh:Post ; skos:altLabel "chairwoman"@en ; org:postIn :dialogue .
:aliya a kh:Person ; skos:altLabel "Aliya Sarsen"@en ;
    kh:holdsPost :chair ; kh:supports :dialogue ; kh:tookPartIn :forum ;
    kh:said "We go on"@en ; kh:visited :astana .

:s1 a kh:Statement ; rdf:subject :kz ; rdf:predicate kh:chairs ; rdf:object :dialogue ;
    kh:when "2023"^^xsd:gYear ; kh:earliest "2023-01-01"^^xsd:date ; kh:latest "2023-12-31"^^xsd:date ;
    kh:whenText "in 2023"@en ; kh:change kh:handover ; kh:by :dialogue ; kh:frame :frame ;
    kh:status kh:asserted ; kh:asOf "2023-06-20"^^xsd:date ; kh:confidence 0.9 ;
    kh:statedIn <a> ; kh:evidence <a#char=0,39> .
:s2 a kh:Statement ; rdf:subject :aliya ; rdf:predicate kh:said ; rdf:object "We go on"@en ;
    kh:quotation true ; kh:saidAt :forum ; kh:about :work ; kh:frame :frame ;
    kh:status kh:asserted ; kh:confidence 0.9 ;
    kh:statedIn <a> ; kh:evidence <a#char=41,69> .
:s3 a kh:Statement ; rdf:subject :uz ; rdf:predicate kh:chairs ; rdf:object :dialogue ;
    kh:status kh:reported ; kh:attributedTo :aliya ; kh:confidence 0.5 ; kh:frame :frame ;
    kh:statedIn <a> ; kh:evidence <a#char=41,69> .

<a#char=0,39> a kh:Span ; nif:referenceContext <a#text> ;
    nif:beginIndex 0 ; nif:endIndex 39 ;
    nif:anchorOf "Kazakhstan chairs the Dialogue in 2023."@en ; itsrdf:taIdentRef :kz .
<a#char=41,69> a kh:Span ; nif:referenceContext <a#text> ;
    nif:beginIndex 41 ; nif:endIndex 69 ; nif:anchorOf "We go on, Aliya Sarsen said."@en .
<a#text> a nif:Context ;
    nif:isString "Kazakhstan chairs the Dialogue in 2023.\\n\\nWe go on, Aliya Sarsen said. 🎈"@en .

<a> a kh:Article ; schema:inLanguage "en" ; schema:headline "Dialogue goes on"@en ;
    schema:url <https://example.org/a> ;
    schema:datePublished "2023-06-20"^^xsd:date ;
    schema:sha256 "0000000000000000000000000000000000000000000000000000000000000000" .
graph:a a prov:Bundle ; prov:wasDerivedFrom <a> .
:run a kh:Run ;
    prov:startedAtTime "2023-06-20T10:00:00Z"^^xsd:dateTime ;
    prov:endedAtTime "2023-06-20T10:00:01Z"^^xsd:dateTime .
:d1 a kh:Decision ; kh:concerns :s1 ; kh:verdict kh:confirmed ;
    kh:decidedBy "A. Curator" ; kh:reason "I read it." .
"""
)

TODAY = '"2023-06-20"^^xsd:date'
SPAN = "<a#char=0,39>"
TEXT = "<a#text>"
# A second statement about the chair, as another article would make it.
OTHER_CHAIR = """:s4 a kh:Statement ; rdf:subject :uz ; rdf:predicate kh:chairs ; rdf:object :dialogue ;
        kh:status kh:asserted ; kh:confidence 0.9 ; kh:statedIn <b> ; kh:evidence <b#char=0,9> .
    <b#char=0,9> a kh:Span ; nif:referenceContext <b#text> ; nif:beginIndex 0 ; nif:endIndex 9 ;
        nif:anchorOf "Tashkent…"@en . :uz kh:chairs :dialogue ."""


# A statement of when the Dialogue was founded.
DATED = """:s{n} a kh:Statement ; rdf:subject :dialogue ; rdf:predicate kh:inception ;
        rdf:object "{year}"^^xsd:gYear ; kh:status kh:asserted ; kh:confidence 0.9 ;
        kh:earliest "{year}-01-01"^^xsd:date ; kh:latest "{year}-12-31"^^xsd:date ;
        kh:statedIn <{key}> ; kh:evidence <{key}#char=0,9> .
    <{key}#char=0,9> a kh:Span ; nif:referenceContext <{key}#text> ; nif:beginIndex 0 ; nif:endIndex 9 ;
        nif:anchorOf "Tashkent…"@en . :dialogue kh:inception "{year}"^^xsd:gYear .
"""


def retype(name: str, wrong: str) -> str:
    """Give an entity another class than it has."""
    return f"DELETE {{ :{name} a ?c }} INSERT {{ :{name} a {wrong} }} WHERE {{ :{name} a ?c }}"


def add(triples: str) -> str:
    return f"INSERT DATA {{ {triples} }}"


def without(triple: str) -> str:
    return f"DELETE WHERE {{ {triple} }}"


def change(subject: str, predicate: str, value: str) -> str:
    """Give the subject another value of the predicate than it has."""
    return (
        f"DELETE {{ {subject} {predicate} ?v }} INSERT {{ {subject} {predicate} {value} }} "
        f"WHERE {{ {subject} {predicate} ?v }}"
    )


# What is done to the good article, and the results: shape (and SPARQL constraint in it), focus node, value.
BAD: dict[str, tuple[str, list[str]]] = {
    "a decision on nothing": (without(":d1 kh:concerns ?o"), ["Decision-concerns d1"]),
    "a decision on three": (add(":d1 kh:concerns :s2, :s3"), ["Decision-concerns d1"]),
    "no verdict": (without(":d1 kh:verdict ?o"), ["Decision-verdict d1"]),
    "another verdict": (change(":d1", "kh:verdict", "kh:denied"), ["Decision-verdict d1 denied"]),
    "nobody decided": (without(":d1 kh:decidedBy ?o"), ["Decision-by d1"]),
    "no reason": (change(":d1", "kh:reason", '""'), ["Decision-reason d1 "]),
    "no subject": (without(":s1 rdf:subject ?o"), ["Statement-subject s1"]),
    "two subjects": (add(":s2 rdf:subject :kz"), ["Statement-subject s2"]),
    "literal subject": (change(":s1", "rdf:subject", '"Kazakhstan"'), ["Statement-subject s1 Kazakhstan"]),
    "no predicate": (without(":s2 rdf:predicate ?o"), ["Statement-predicate s2"]),
    "foreign predicate": (change(":s2", "rdf:predicate", "schema:knows"), ["Statement-predicate s2 knows"]),
    "no object": (without(":s1 rdf:object ?o"), ["Statement-object s1"]),
    "two objects": (add(":s1 rdf:object :forum"), ["Statement-object s1"]),
    "blank object": (change(":s1", "rdf:object", "[]"), ["Statement-object s1 _"]),
    "no status": (without(":s1 kh:status ?o"), ["Statement-status s1"]),
    "unknown status": (change(":s2", "kh:status", "kh:rumoured"), ["Statement-status s2 rumoured",
        "Article-statements/plain-if-asserted a s2"]),
    "no article": (without(":s1 kh:statedIn ?o"), ["Statement-statedIn s1"]),
    "two articles": (add(":s1 kh:statedIn <b>"),
        ["Statement-statedIn s1", "Article-evidence/evidence-in-article b s1",
            "OneArticle/stated-in-one-article a s1"]),
    "no evidence": (without(":s1 kh:evidence ?o"), ["Statement-evidence s1"]),
    "evidence that is no span": (add(":s1 kh:evidence :kz"), ["Statement-evidence s1 kz"]),
    "no confidence": (without(":s1 kh:confidence ?o"), ["Statement-confidence s1"]),
    "too confident": (change(":s1", "kh:confidence", "1.01"), ["Statement-confidence s1 1.01"]),
    "negative confidence": (change(":s1", "kh:confidence", '"-0.1"^^xsd:decimal'),
        ["Statement-confidence s1 -0.1"]),
    "confidence in floating point": (change(":s1", "kh:confidence", "9e-1"), ["Statement-confidence s1 0.9"]),
    "as of a year": (change(":s1", "kh:asOf", '"2023"^^xsd:gYear'), ["Statement-asOf s1 2023"]),
    "two times": (add(':s1 kh:when "2023-06"^^xsd:gYearMonth'),
        ["Statement-when s1", "Article-statements/time-within-bounds a s1"]),
    "earliest in words": (change(":s1", "kh:earliest", '"2023-01-01"'), ["Statement-earliest s1 2023-01-01"]),
    "earliest as a year": (change(":s1", "kh:earliest", '"2023"^^xsd:gYear'), ["Statement-earliest s1 2023"]),
    "latest in time": (change(":s1", "kh:latest", '"2023-12-31T00:00:00Z"^^xsd:dateTime'),
        ["Statement-latest s1 2023-12-31T00:00:00Z"]),
    "words without language": (change(":s1", "kh:whenText", '"in 2023"'), ["Statement-whenText s1 in 2023"]),
    "attributed to a place": (change(":s3", "kh:attributedTo", ":astana"),
        ["Statement-attributedTo s3 astana"]),
    "unknown change": (change(":s1", "kh:change", "kh:bought"), ["Statement-change s1 bought"]),
    "half a quotation": (change(":s2", "kh:quotation", '"partly"'), ["Statement-quotation s2 partly"]),
    "said at a place": (change(":s2", "kh:saidAt", ":astana"), ["Statement-saidAt s2 astana"]),
    "appointed by a place": (change(":s1", "kh:by", ":astana"), ["Statement-by s1 astana"]),
    "frame in words": (change(":s1", "kh:frame", '"chairs"'), ["Statement-frame s1 chairs"]),
    "blank statement": (
        add(f"[] a kh:Statement ; rdf:subject :kz ; rdf:predicate rdf:type ; rdf:object kh:Country ; "
            f"kh:status kh:asserted ; kh:confidence 1.0 ; kh:statedIn <a> ; kh:evidence {SPAN}"),
        ["Statement _ _"]),
    "reported by nobody": (without(":s3 kh:attributedTo ?o"), ["Attribution s3 s3"]),
    # --- the statements of an article together
    "ends before it begins": (change(":s1", "kh:latest", '"2022-12-31"^^xsd:date'),
        ["Article-statements/bounds-in-order a s1", "Article-statements/time-within-bounds a s1"]),
    "time without bounds": (without(":s1 kh:latest ?o"), ["Article-statements/time-within-bounds a s1"]),
    "bounds of another year": (
        change(":s1", "kh:earliest", '"2022-12-31"^^xsd:date'),
        ["Article-statements/time-within-bounds a s1"]),
    "date as object, without bounds": (
        change(":s2", "rdf:predicate", "kh:when") + ";"
        + change(":s2", "rdf:object", '"2023-06"^^xsd:gYearMonth') + ";" + without(":s2 kh:quotation ?o"),
        ["Article-statements/time-within-bounds a s2"]),
    "plan told as a fact": (change(":s1", "kh:status", "kh:planned"),
        ["Article-statements/plain-if-asserted a s1"]),
    "rumour about a place that chairs": (change(":s3", "rdf:subject", ":astana"),
        ["Article-statements/subject-in-domain a s3"]),
    "rumour about chairing a person": (change(":s3", "rdf:object", ":aliya"),
        ["Article-statements/object-in-range a s3"]),
    # --- relations
    "a place holds a post": (add(":astana kh:holdsPost :chair"), ["holdsPost astana astana"]),
    "holding an event": (add(":aliya kh:holdsPost :forum"), ["holdsPost-object aliya forum"]),
    "a city chairs": (add(":astana kh:chairs :dialogue"), ["chairs astana astana"]),
    "chairing a country": (add(":aliya kh:chairs :kz"), ["chairs-object aliya kz"]),
    "a work supports": (add(":guide kh:supports :dialogue"), ["supports guide guide"]),
    "supporting a word": (add(':kz kh:supports "peace"@en'), ["supports-object kz peace"]),
    "a person takes place": (add(":aliya kh:tookPlaceIn :astana"), ["tookPlaceIn aliya aliya"]),
    "taking place in a person": (add(":forum kh:tookPlaceIn :aliya"), ["tookPlaceIn-object forum aliya"]),
    "a post hosts": (add(":chair kh:hosts :forum"), ["hosts chair chair"]),
    "hosting a person": (add(":kz kh:hosts :aliya"), ["hosts-object kz aliya"]),
    "a person has a date": (add(f":aliya kh:when {TODAY}"), ["whenOf aliya aliya"]),
    "dated by words": (add(':forum kh:when "soon"@en'), ["whenOf-object forum soon"]),
    "dated to the second": (add(':forum kh:when "2023-06-19T10:00:00Z"^^xsd:dateTime'),
        ["whenOf-object forum 2023-06-19T10:00:00Z"]),
    "a city launches": (add(":astana kh:launched :guide"), ["launched astana astana"]),
    "launching a date": (add(f":kz kh:launched {TODAY}"), ["launched-object kz 2023-06-20"]),
    "a run is founded": (add(f":run kh:inception {TODAY}"), ["inception run run"]),
    "founded by words": (add(':kz kh:inception "long ago"@en'), ["inception-object kz long ago"]),
    "a city is a member": (add(":astana kh:memberOf :dialogue"), ["memberOf astana astana"]),
    "member of a country": (add(":aliya kh:memberOf :kz"), ["memberOf-object aliya kz"]),
    "a city takes part": (add(":astana kh:tookPartIn :forum"), ["tookPartIn astana astana"]),
    "taking part in a body": (add(":aliya kh:tookPartIn :dialogue"), ["tookPartIn-object aliya dialogue"]),
    "a city speaks": (add(':astana kh:said "Yes"@en'), ["said astana astana"]),
    "words of no language": (add(':kz kh:said "Yes"'), ["said-object kz Yes"]),
    "no words": (add(':kz kh:said ""@en'), ["said-object kz "]),
    "a city signs": (add(":astana kh:signed :pact"), ["signed astana astana"]),
    "signing a book": (add(":kz kh:signed :guide"), ["signed-object kz guide"]),
    "a country visits": (add(":uz kh:visited :kz"), ["visited uz uz"]),
    "visiting a person": (add(":aliya kh:visited :aliya"), ["visited-object aliya aliya"]),
    "a run is part": (add(":run kh:partOf :kz"), ["partOf run run"]),
    "part of a run": (add(":astana kh:partOf :run"), ["partOf-object astana run"]),
    "about a word": (add(':pact kh:about "peace"@en'), ["about-object pact peace"]),
    "a person in a body": (add(":aliya org:postIn :dialogue"), ["postIn aliya aliya"]),
    "a post in an event": (add(":chair org:postIn :forum"), ["postIn-object chair forum"]),
    # --- entities
    "nameless": (without(":uz skos:altLabel ?o"), ["Named uz uz"]),
    "blank entity": (add('[] a kh:Place ; rdfs:label "somewhere"@en'), ["Entity _ _"]),
    "two English labels": (add(':kz rdfs:label "Qazaqstan"@en'), ["Entity-label kz"]),
    "label of no language": (add(':uz rdfs:label "Uzbekistan"'), ["Entity-label uz Uzbekistan"]),
    "a letter for a name": (add(':uz kh:acronym "U"@en'), ["Entity-acronym uz U"]),
    "people of no language": (add(':uz kh:demonym "Uzbek"'), ["Entity-demonym uz Uzbek"]),
    "empty label": (add(':uz rdfs:label ""@en'), ["Entity-label uz "]),
    "person and body": (add(":aliya a kh:Platform"), ["Person aliya aliya"]),
    "body and session": (add(":dialogue a kh:Session"), ["Organization dialogue dialogue"]),
    "event and place": (add(":forum a kh:Region"), ["Event forum forum"]),
    "work and post": (add(":guide a kh:Post"), ["Work guide guide"]),
    "a person's capital": (add(":aliya kh:capital :astana"), ["capital aliya aliya"]),
    "a country as capital": (add(":uz kh:capital :kz"), ["capital-object uz kz"]),
    # --- across articles
    "two chairs in 2023": (
        add(OTHER_CHAIR + ' :s4 kh:earliest "2023-03-01"^^xsd:date ; kh:latest "2023-03-31"^^xsd:date .'),
        ["OneChair/one-chair-at-a-time dialogue kz"]),
    "founded twice": (
        add(DATED.format(n=4, year=2019, key="b") + DATED.format(n=5, year=2020, key="c")),
        ["OneDate/dates-that-fit dialogue s4"]),
    # --- spans and texts
    "blank span": (
        add('[] a kh:Span ; nif:beginIndex 0 ; nif:endIndex 2 ; nif:anchorOf "Ka"@en ; '
            f"nif:referenceContext {TEXT}"),
        ["Span _ _"]),
    "span without begin": (without(f"{SPAN} nif:beginIndex ?o"), ["Span-begin a#char=0,39"]),
    "begin in words": (change(SPAN, "nif:beginIndex", '"0"'), ["Span-begin a#char=0,39 0"] * 3),
    "span before the text": (change(SPAN, "nif:beginIndex", "-1"), ["Span-begin a#char=0,39 -1"]),
    "empty span": (
        change(SPAN, "nif:endIndex", "0"),
        ["Span-begin a#char=0,39 0", "Text/span-equals-text a#text a#char=0,39"]),
    "end in words": (change(SPAN, "nif:endIndex", '"39"'),
        ["Span-end a#char=0,39 39", "Span-begin a#char=0,39 0"]),
    "two ends": (add(f"{SPAN} nif:endIndex 40"),
        ["Span-end a#char=0,39", "Text/span-equals-text a#text a#char=0,39"]),
    "span without words": (without(f"{SPAN} nif:anchorOf ?o"), ["Span-words a#char=0,39"]),
    "span without text": (without(f"{SPAN} nif:referenceContext ?o"), ["Span-text a#char=0,39"]),
    "span naming a word": (add(f'{SPAN} itsrdf:taIdentRef "Kazakhstan"'),
        ["Span-entity a#char=0,39 Kazakhstan"]),
    "words of another place": (
        change(SPAN, "nif:anchorOf", '"Kazakhstan chairs the dialogue in 2023."@en'),
        ["Text/span-equals-text a#text a#char=0,39"]),
    "offsets in UTF-16": (
        # U+1F388 counts as one code point, 70 to 71; JavaScript would count two.
        add('<a#char=70,72> a kh:Span ; nif:beginIndex 70 ; nif:endIndex 72 ; '
            f'nif:anchorOf "🎈 "@en ; nif:referenceContext {TEXT}'),
        ["Text/span-equals-text a#text a#char=70,72"]),
    "two texts": (add(f'{TEXT} nif:isString "Other"@en'), [
        "Text-string a#text", "Text/quotation-in-text a#text s2",
        "Text/span-equals-text a#text a#char=0,39",
        "Text/span-equals-text a#text a#char=41,69"]),
    "not what was said": (change(":s2", "rdf:object", '"We went on"@en'),
        ["Text/quotation-in-text a#text s2"]),
    "evidence of another article": (
        change(":s1", "kh:statedIn", "<b>"), ["Article-evidence/evidence-in-article b s1"]),
    # --- articles, graphs and runs
    "blank article": (add('[] a kh:Article ; schema:inLanguage "ar"'), ["Article _ _"]),
    "no language": (without("<a> schema:inLanguage ?o"), ["Article-language a"]),
    "no such tag": (change("<a>", "schema:inLanguage", '"English"'), ["Article-language a English"]),
    "two headlines": (add('<a> schema:headline "Le dialogue"@fr'), ["Article-headline a"]),
    "published at an hour": (
        change("<a>", "schema:datePublished", '"2023-06-20T10:00:00Z"^^xsd:dateTime'),
        ["Article-published a 2023-06-20T10:00:00Z"]),
    "two addresses": (add("<a> schema:url <https://example.org/b>"), ["Article-address a"]),
    "short hash": (change("<a>", "schema:sha256", '"00"'), ["Article-hash a 00"]),
    "graph of nothing": (without("graph:a prov:wasDerivedFrom ?o"), ["Graph-article graph/a"]),
    "graph of a graph": (change("graph:a", "prov:wasDerivedFrom", "graph:b"),
        ["Graph-article graph/a graph/b"]),
    "begun on a day": (change(":run", "prov:startedAtTime", TODAY), ["Run-start run 2023-06-20"]),
    "ended on a day": (change(":run", "prov:endedAtTime", TODAY), ["Run-end run 2023-06-20"]),
}  # fmt: skip

# What must not be reported.
STILL_GOOD = {
    "another chair, another time": add(
        OTHER_CHAIR + ' :s4 kh:earliest "2022-01-01"^^xsd:date ; kh:latest "2022-12-31"^^xsd:date .'
    ),
    "another chair, no time": add(OTHER_CHAIR),
    "the same chair again": add(
        OTHER_CHAIR.replace(":uz", ":kz")
        + ' :s4 kh:earliest "2023-06-01"^^xsd:date ; kh:latest "2023-06-30"^^xsd:date .'
    ),
    "a plan, and somebody else who asserts it": change(":s1", "kh:status", "kh:planned")
    + ";"
    + add(OTHER_CHAIR.replace(":uz", ":kz")),
    "texts withheld": without(f"{TEXT} ?p ?o"),
    "an interval without a beginning": without(":s1 kh:when ?o") + ";" + without(":s1 kh:earliest ?o"),
    "a city state": add(":astana a kh:Country"),
    "a planned conference, typed": add(
        ":s5 a kh:Statement ; rdf:subject :forum ; rdf:predicate rdf:type ; rdf:object kh:Forum ; "
        f"kh:status kh:planned ; kh:confidence 0.5 ; kh:statedIn <a> ; kh:evidence {SPAN}"
    ),
}


def results(data: Graph) -> list[str]:
    """Each result as `shape[/SPARQL constraint] focus [value]`, sorted; a blank node is `_`."""
    _, report, _ = pyshacl.validate(
        data, shacl_graph=SHAPES, ont_graph=ONTOLOGY.graph, inference="none", advanced=False, meta_shacl=False
    )
    assert isinstance(report, Graph)
    return sorted(_line(report, result) for result in report.subjects(RDF.type, SH.ValidationResult))


def _line(report: Graph, result: Node) -> str:
    shape, constraint, focus, value = (
        _short(report.value(result, part))
        for part in (SH.sourceShape, SH.sourceConstraint, SH.focusNode, SH.value)
    )
    rule = f"{shape}/{constraint}" if constraint is not None else shape
    return " ".join(part for part in (rule, focus, value) if part is not None)


def _short(term: object) -> str | None:
    if isinstance(term, BNode):
        return "_"
    if isinstance(term, URIRef):
        for start in (KSH, str(KH), DEFAULT_BASE + "id/", DEFAULT_BASE + "article/", DEFAULT_BASE):
            if term.startswith(start):
                return term[len(start) :]
        return term.rsplit("/", 1)[-1]
    return None if term is None else str(term)


@pytest.fixture(autouse=True)
def parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyshacl has rdflib parse a constraint anew at each focus node: most of the time of these tests."""
    answer = SPARQLProcessor.query

    def query(self: SPARQLProcessor, text: str | Query, *args: Any, **named: Any) -> Any:
        return answer(self, parsed(text) if isinstance(text, str) else text, *args, **named)

    monkeypatch.setattr(SPARQLProcessor, "query", query)


parsed = cache(prepareQuery)


def good() -> Graph:
    return Graph().parse(data=GOOD, format="turtle")


def changed(update: str) -> Graph:
    graph = good()
    before = set(graph)
    graph.update(PREFIXES + update)
    assert set(graph) != before, "the change must change something"
    return graph


def test_a_good_article_conforms() -> None:
    assert results(good()) == []


@pytest.mark.parametrize("update", STILL_GOOD.values(), ids=STILL_GOOD)
def test_what_looks_odd_but_is_right_conforms(update: str) -> None:
    assert results(changed(update)) == []


@pytest.mark.parametrize(("update", "expected"), BAD.values(), ids=BAD)
def test_a_bad_article_gives_exactly_these_results(update: str, expected: list[str]) -> None:
    assert results(changed(update)) == sorted(expected)


def test_a_contradiction_is_a_warning_that_names_both_sources() -> None:
    data = changed(BAD["two chairs in 2023"][0])
    _, report, _ = pyshacl.validate(data, shacl_graph=SHAPES, ont_graph=ONTOLOGY.graph)
    assert isinstance(report, Graph)
    result = report.value(None, RDF.type, SH.ValidationResult)
    assert report.value(result, SH.resultSeverity) == SH.Warning
    messages = {str(message) for message in report.objects(result, SH.resultMessage)}
    expected = (
        f"For the same time {DEFAULT_BASE}article/a names {DEFAULT_BASE}id/kz as chair, "
        f"and {DEFAULT_BASE}article/b names {DEFAULT_BASE}id/uz."
    )
    assert expected in messages


# --- the shapes themselves


def targeted() -> list[URIRef]:
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
    return sorted({URIRef(str(shape)) for target in targets for shape in SHAPES.subjects(target)})


def reporting() -> Iterator[str]:
    """Every rule that can be the source of a result, named as in BAD."""
    rules = {SH["class"], SH.nodeKind, SH["not"], SH["or"], SH.datatype, SH["in"]}
    for shape in targeted():
        if any((shape, rule, None) in SHAPES for rule in rules):
            yield str(_short(shape))
        for constraint in SHAPES.objects(shape, SH.sparql):
            yield f"{_short(shape)}/{_short(constraint)}"
        for part in SHAPES.objects(shape, SH.property):
            yield str(_short(part))


def test_every_rule_has_an_example_that_breaks_it() -> None:
    broken = {line.split()[0] for _, expected in BAD.values() for line in expected}
    assert broken == set(reporting())


FOCUS = """
SELECT DISTINCT ?shape WHERE {
    { ?shape sh:targetClass ?class . ?focus a/rdfs:subClassOf* ?class }
    UNION { ?shape sh:targetSubjectsOf ?path . ?focus ?path ?any }
    UNION { ?shape sh:targetObjectsOf ?path . ?any ?path ?focus }
}"""


def test_every_shape_has_something_to_check_in_the_good_article() -> None:
    everything = good() + SHAPES + ONTOLOGY.graph
    answer = everything.query(FOCUS, initNs={"sh": SH, "rdfs": RDFS})
    assert {binding[Variable("shape")] for binding in answer.bindings} == set(targeted())


def test_every_shape_with_a_target_says_what_it_has_to_see() -> None:
    scopes = {shape: [str(scope) for scope in SHAPES.objects(shape, KH.scope)] for shape in targeted()}
    assert {shape for shape, scope in scopes.items() if scope not in (["article"], ["corpus"])} == set()
    assert set(SHAPES.subjects(KH.scope)) == set(scopes)


def test_every_shape_has_an_iri_and_only_lists_have_none() -> None:
    nodes = {term for triple in SHAPES for term in triple if isinstance(term, BNode)}
    assert nodes == set(SHAPES.subjects(RDF.first))


def test_every_rule_explains_itself_once_in_each_language() -> None:
    for name in reporting():
        rule = URIRef(KSH + name.split("/")[-1])
        messages = [m for m in SHAPES.objects(rule, SH.message) if isinstance(m, Literal)]
        languages = sorted(str(message.language) for message in messages)
        assert languages == ["ar", "en", "ru"], name


def listed(shape: str) -> set[Node]:
    """The values that sh:in of the shape admits."""
    head = SHAPES.value(URIRef(KSH + shape), SH["in"])
    assert head is not None
    return set(Collection(SHAPES, head))


def test_the_relations_are_those_of_the_ontology() -> None:
    assert listed("Statement-predicate") == {RDF.type, ORG.postIn, *ONTOLOGY.relations}


@pytest.mark.parametrize("relation", [*ONTOLOGY.relations, ORG.postIn], ids=_short)
def test_each_relation_is_held_to_its_domain_and_range(relation: URIRef) -> None:
    shape = SHAPES.value(None, SH.targetSubjectsOf, relation)
    part = SHAPES.value(shape, SH.property)
    assert SHAPES.value(part, SH.path) == relation
    assert SHAPES.value(shape, SH["class"], default=OWL.Thing) == ONTOLOGY.domain(relation)
    stated = SHAPES.value(part, SH["class"]) or SHAPES.value(part, SH.datatype, default=RDFS.Literal)
    assert stated == ONTOLOGY.range(relation)


@pytest.mark.parametrize(
    ("shape", "cls"),
    [("Statement-status", KH.Status), ("Statement-change", KH.Change), ("Decision-verdict", KH.Verdict)],
)
def test_the_closed_lists_are_those_of_the_ontology(shape: str, cls: URIRef) -> None:
    assert listed(shape) == set(ONTOLOGY.graph.subjects(RDF.type, cls))


def test_the_classes_kept_apart_are_those_the_ontology_declares_disjoint() -> None:
    entities = {cls for cls in ONTOLOGY.classes if cls.startswith(KH) and ONTOLOGY.is_a(cls, KH.Entity)}
    pairs = ONTOLOGY.graph.subject_objects(OWL.disjointWith)
    declared = {frozenset(pair) for pair in pairs if entities.issuperset(pair)}
    kept = {
        frozenset((SHAPES.value(shape, SH.targetClass), SHAPES.value(other, SH["class"])))
        for shape in targeted()
        for other in SHAPES.objects(shape, SH["not"])
        if (other, SH["class"], None) in SHAPES
    }
    assert kept == declared


@pytest.mark.parametrize("constraint", list(SHAPES.subjects(RDF.type, SH.SPARQLConstraint)), ids=_short)
def test_sparql_keeps_to_what_every_engine_does_alike(constraint: URIRef) -> None:
    select = str(SHAPES.value(constraint, SH.select))
    prefixes = {
        str(SHAPES.value(declared, SH.prefix)): str(SHAPES.value(declared, SH.namespace))
        for declared in SHAPES.objects(SHAPES.value(constraint, SH.prefixes), SH.declare)
    }
    prepareQuery(select, initNs=prefixes)
    assert re.match(r"\s*SELECT (DISTINCT )?\$this \?value\b", select)
    assert not re.search(r"MINUS|SERVICE|VALUES|\$shapesGraph", select)
    assert "$this" not in "".join(inner_groups(select))  # engines bind it differently there


def inner_groups(select: str) -> Iterator[str]:
    """The text inside braces within the outermost pair."""
    depth = 0
    for character in select:
        depth -= character == "}"
        if depth > 1:
            yield character
        depth += character == "{"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_shapes_are_well_formed(path: Path) -> None:
    pyshacl.validate(Graph(), shacl_graph=Graph().parse(path), meta_shacl=True)


def test_the_worked_sample_breaks_only_what_has_changed_since_it_was_written() -> None:
    sample = (Path(__file__).parent / "fixtures" / "sample.trig").read_bytes()
    quads = ox.parse(sample, format=ox.RdfFormat.TRIG)
    triples = (q.triple for q in quads if not str(q.graph_name).endswith(("/ontology>", "/lexicon>")))
    data = Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert {line.split()[-1] for line in results(data)} == {
        "initiated", "created", "reportedAt", "shownAt",  # relations that are no more
        "topic-dv", "topic-gbv", "topic-wps",  # topics were skos:Concept only, not kh:Topic
    }  # fmt: skip
