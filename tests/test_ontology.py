"""The ontology: what it answers and refuses, whether it holds together, what reviewers would ask of it."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from rdflib import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SKOS, VANN, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from khabar.errors import KnowledgeError
from khabar.knowledge.ontology import Ontology, prove_consistent
from khabar.resources import folder
from khabar.vocab import DEFAULT_BASE, KH, ORG, SCHEMA, WD, XSD

PATH = folder("ontology") / "khabar.ttl"
LEXICON = folder("ontology") / "lexicon.ttl"  # the terms of the language files belong to the same ontology
GRAPH = Graph().parse(PATH).parse(LEXICON)
ONTOLOGY = Ontology.load(PATH, LEXICON)
ONT = URIRef(DEFAULT_BASE + "ont")


def typed(kind: URIRef) -> list[URIRef]:
    """Our own terms of that type."""
    return sorted(t for t in GRAPH.subjects(RDF.type, kind) if isinstance(t, URIRef) and t.startswith(KH))


CLASSES, INDIVIDUALS, ANNOTATIONS = (
    typed(OWL.Class),
    typed(OWL.NamedIndividual),
    typed(OWL.AnnotationProperty),
)
OBJECT_PROPERTIES, DATA_PROPERTIES = typed(OWL.ObjectProperty), typed(OWL.DatatypeProperty)
PROPERTIES = [*OBJECT_PROPERTIES, *DATA_PROPERTIES]
TERMS = sorted({s for s in GRAPH.subjects() if isinstance(s, URIRef) and s.startswith(KH)})

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="HermiT is a Java program")


# --- what Ontology answers


@pytest.mark.parametrize(
    ("cls", "top"),
    [
        (KH.Country, KH.Country), (KH.City, KH.Place), (KH.Region, KH.Place), (KH.Person, KH.Person),
        (KH.Platform, KH.Organization), (KH.Meeting, KH.Event), (KH.Agreement, KH.Work), (KH.Post, KH.Post),
        (KH.Agent, KH.Agent), (KH.Entity, KH.Entity), (KH.Topic, KH.Topic), (KH.Span, KH.Span),
    ],
)  # fmt: skip
def test_each_class_falls_under_one_top_class(cls: URIRef, top: URIRef) -> None:
    assert ONTOLOGY.top(cls) == top


def test_ancestors_reach_other_vocabularies() -> None:
    assert ONTOLOGY.ancestors(KH.Platform) == {
        KH.Platform, KH.Organization, KH.Agent, KH.Assembly, KH.Initiator, KH.Host, KH.Entity, OWL.Thing,
        ORG.Organization, SCHEMA.Organization, SCHEMA.Thing, FOAF.Agent, PROV.Agent,
    }  # fmt: skip
    assert ONTOLOGY.is_a(KH.Platform, FOAF.Agent)
    assert not ONTOLOGY.is_a(KH.Agent, KH.Platform)


MAY = """
Person holdsPost Post           yes
Country holdsPost Post          yes
City holdsPost Post             no
Country chairs Platform         yes
Person chairs Session           yes
Person chairs Country           no
Organization supports Entity    yes
Event supports Entity           no
Conference tookPlaceIn City     yes
Conference tookPlaceIn Country  yes
Conference tookPlaceIn Person   no
City hosts Forum                yes
Country hosts Forum             yes
Conference when gYear           yes
Conference when City            no
Person when gYear               no
Conference launched Platform    yes
Person launched Campaign        yes
Platform inception date         yes
Country memberOf Platform       yes
Country memberOf Country        no
Person tookPartIn Meeting       yes
Organization said langString    yes
Organization said date          no
Country signed Agreement        yes
Country signed Work             no
Person visited Country          yes
Country visited Country         no
City partOf Country             yes
Statement about Topic           yes
Event about Person              yes
Post postIn Country             yes
Post postIn City                yes
"""


@pytest.mark.parametrize("row", MAY.strip().splitlines())
def test_domain_and_range_decide_what_may_be_related(row: str) -> None:
    subject, prop, obj, answer = row.split()
    named = {"gYear": XSD.gYear, "date": XSD.date, "langString": RDF.langString, "postIn": ORG.postIn}
    assert ONTOLOGY.may_relate(KH[subject], named.get(prop, KH[prop]), named.get(obj, KH[obj])) == (
        answer == "yes"
    )


def test_the_relations_come_in_the_order_of_the_file() -> None:
    names = (
        "holdsPost chairs supports tookPlaceIn hosts when launched inception "
        "memberOf tookPartIn said signed visited partOf about"
    )
    assert ONTOLOGY.relations == tuple(KH[name] for name in names.split())


def test_domain_and_range_are_those_of_the_file_or_anything() -> None:
    assert (ONTOLOGY.domain(KH.chairs), ONTOLOGY.range(KH.chairs)) == (KH.Agent, KH.Assembly)
    assert (ONTOLOGY.domain(ORG.postIn), ONTOLOGY.range(ORG.postIn)) == (KH.Post, KH.Host)
    assert (ONTOLOGY.domain(ORG.holds), ONTOLOGY.range(ORG.holds)) == (OWL.Thing, OWL.Thing)


def test_labels_by_language() -> None:
    assert ONTOLOGY.label(KH.chairs, "ar") == "يرأس"
    assert ONTOLOGY.label(KH.Country, "ru") == "страна"
    assert ONTOLOGY.label(KH.Country, "kk") is None
    assert ONTOLOGY.label(KH.lanched, "en") is None


def test_declared_terms() -> None:
    assert all((term, RDF.type, None) in ONTOLOGY.graph for term in TERMS)
    assert (KH.lanched, None, None) not in ONTOLOGY.graph


def test_an_undeclared_term_is_a_bug() -> None:
    with pytest.raises(KeyError):
        ONTOLOGY.is_a(KH.Organisation, KH.Agent)
    with pytest.raises(KeyError):
        ONTOLOGY.may_relate(KH.Event, KH.when, KH.Organisation)


def test_owlready2_sees_every_class_and_property_that_rdflib_sees() -> None:
    assert ONTOLOGY.classes == set(GRAPH.subjects(RDF.type, OWL.Class))
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    assert ONTOLOGY.properties == {p for kind in kinds for p in GRAPH.subjects(RDF.type, kind)}


def test_the_graph_is_the_whole_file() -> None:
    assert isomorphic(ONTOLOGY.graph, GRAPH)
    assert dict(ONTOLOGY.graph.namespaces())["kh"] == URIRef(KH)


def test_loading_takes_no_time_to_speak_of() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        Ontology.load(PATH)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.15


# --- what Ontology refuses

SMALL = """
@prefix kh: <https://w3id.org/khabar/ont#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/khabar/ont> a owl:Ontology ; schema:inLanguage "ar" , "en" .
kh:Agent a owl:Class ; rdfs:label "agent"@en , "فاعل"@ar ; rdfs:comment "Who acts."@en , "من يتصرف."@ar .
kh:chairs a owl:ObjectProperty ; rdfs:domain kh:Agent ; rdfs:range kh:Agent ;
    rdfs:label "chairs"@en , "يرأس"@ar ; rdfs:comment "Presides."@en , "يرأس."@ar .
kh:when a owl:DatatypeProperty ; rdfs:domain kh:Agent ; rdfs:range rdfs:Literal ;
    rdfs:label "when"@en , "متى"@ar ; rdfs:comment "A time."@en , "زمن."@ar .
"""

REFUSED = {
    "undeclared class": (
        "kh:Agent a owl:Class", "kh:Agent a owl:Class ; rdfs:subClassOf kh:Thing",
        "ontology/khabar.ttl, kh:Agent: uses kh:Thing, which is not declared\n"
        "  correct the name, or declare kh:Thing as a class, a property or an individual"),
    "undeclared property": (
        "kh:Agent a owl:Class", 'kh:Agent a owl:Class ; kh:lable "agent"@en',
        "ontology/khabar.ttl, kh:Agent: uses kh:lable, which is not declared\n"
        "  correct the name, or declare kh:lable as a class, a property or an individual"),
    "subject without a type": (
        "kh:Agent a owl:Class ;", "kh:Agent",
        "ontology/khabar.ttl, kh:Agent: is not declared\n"
        "  correct the name, or declare kh:Agent as a class, a property or an individual"),
    "no Arabic label": (
        '"agent"@en , "فاعل"@ar', '"agent"@en',
        "ontology/khabar.ttl, kh:Agent: has no rdfs:label in the language ar\n"
        "  give it one rdfs:label with the tag @ar"),
    "two English labels": (
        '"agent"@en , "فاعل"@ar', '"agent"@en , "actor"@en , "فاعل"@ar',
        "ontology/khabar.ttl, kh:Agent: has 2 rdfs:label in the language en\n"
        "  give it one rdfs:label with the tag @en"),
    "no definition": (
        'rdfs:comment "Who acts."@en , "من يتصرف."@ar', 'rdfs:comment "Who acts."@en',
        "ontology/khabar.ttl, kh:Agent: has no rdfs:comment in the language ar\n"
        "  give it one rdfs:comment with the tag @ar"),
    "no domain": (
        "kh:chairs a owl:ObjectProperty ; rdfs:domain kh:Agent", "kh:chairs a owl:ObjectProperty",
        "ontology/khabar.ttl, kh:chairs: has no rdfs:domain\n"
        "  give it one rdfs:domain; two would mean both at once"),
    "two ranges": (
        "rdfs:range kh:Agent", "rdfs:range kh:Agent , owl:Thing",
        "ontology/khabar.ttl, kh:chairs: has 2 rdfs:range\n"
        "  give it one rdfs:range; two would mean both at once"),
    "range that is no class": (
        "rdfs:range kh:Agent", "rdfs:range kh:chairs",
        "ontology/khabar.ttl, kh:chairs: has the rdfs:range kh:chairs, which is not a class\n"
        "  name a class there, or declare kh:chairs as one"),
    "class for a literal": (
        "rdfs:range rdfs:Literal", "rdfs:range kh:Agent",
        "ontology/khabar.ttl, kh:when: has the rdfs:range kh:Agent, which is not a datatype\n"
        "  name a datatype there, or declare kh:Agent as one"),
    "union as a blank node": (
        "rdfs:range kh:Agent", "rdfs:range [ owl:unionOf ( kh:Agent ) ]",
        "ontology/khabar.ttl, kh:chairs: uses a blank node, which could not be published\n"
        "  give it an IRI; instead of a union of classes, name a class above them"),
    "no languages": (
        ' ; schema:inLanguage "ar" , "en"', "",
        "ontology/khabar.ttl: does not say which languages its terms are described in\n"
        "  declare an owl:Ontology with one or more schema:inLanguage"),
}  # fmt: skip


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "ontology" / "khabar.ttl"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_a_small_ontology_loads(tmp_path: Path) -> None:
    assert Ontology.load(write(tmp_path, SMALL)).range(KH.chairs) == KH.Agent


@pytest.mark.parametrize(("old", "new", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert SMALL.count(old) == 1
    with pytest.raises(KnowledgeError) as caught:
        Ontology.load(write(tmp_path, SMALL.replace(old, new)))
    assert str(caught.value) == message


def test_an_import_is_never_fetched(tmp_path: Path) -> None:
    path = write(
        tmp_path, SMALL.replace("a owl:Ontology", "a owl:Ontology ; owl:imports <http://0.0.0.0:1/>")
    )
    assert Ontology.load(path).classes == {KH.Agent}


# --- what the reasoner says


@needs_java
def test_the_axioms_are_consistent_and_every_class_can_have_members(tmp_path: Path) -> None:
    both = PATH.read_text(encoding="utf-8") + LEXICON.read_text(encoding="utf-8")
    assert prove_consistent(write(tmp_path, both)) == (True, [])


PLANTED = {
    "a person that is an organisation": ("id:x a kh:Person , kh:Platform .", (False, [])),
    "a meeting that holds a post": ("id:x a kh:Meeting ; kh:holdsPost id:y .", (True, [])),
    "a body that somebody visits and that takes place": (
        "id:x a kh:Organization . id:y kh:visited id:x . id:x kh:tookPlaceIn id:z .", (False, [])),
    "a class of meetings that are places": (
        "kh:Odd a owl:Class ; rdfs:subClassOf kh:Meeting , kh:City .", (True, [KH.Odd])),
    "a date, no datatype of OWL": (
        'id:x kh:day "2023-01-01"^^xsd:date . kh:day a owl:DatatypeProperty ; rdfs:range xsd:date .',
        (True, [])),
}  # fmt: skip


@needs_java
@pytest.mark.parametrize(("planted", "verdict"), PLANTED.values(), ids=PLANTED)
def test_a_planted_contradiction_is_found(tmp_path: Path, planted: str, verdict: object) -> None:
    assert prove_consistent(write(tmp_path, PATH.read_text(encoding="utf-8") + planted)) == verdict


@needs_java
def test_the_reasoner_is_stopped_in_time() -> None:
    with pytest.raises(KnowledgeError) as caught:
        prove_consistent(PATH, seconds=0.01)
    assert str(caught.value) == (
        "the check of the ontology's axioms: HermiT gave no answer within 0.01 s\n  allow it more time"
    )


def test_without_java_the_reasoner_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KnowledgeError) as caught:
        prove_consistent(PATH)
    assert str(caught.value) == (
        "the check of the ontology's axioms: HermiT is a Java program, and no java was found to run it\n"
        "  install a Java runtime (Debian and Ubuntu: default-jre-headless)"
    )


# --- the checks of OOPS! (Pnn), FOOPS! (by name) and ROBOT report (by name) that apply to a file

Offenders = Iterator[object]
CHECKS: dict[str, Callable[[], Offenders]] = {}


def check(name: str) -> Callable[[Callable[[], Offenders]], Callable[[], Offenders]]:
    """Register a check: it yields what offends."""

    def register(function: Callable[[], Offenders]) -> Callable[[], Offenders]:
        CHECKS[name] = function
        return function

    return register


def texts(*predicates: URIRef) -> Iterator[tuple[URIRef, Literal]]:
    """Our terms with each of their texts."""
    for term in TERMS:
        for predicate in predicates:
            yield from ((term, text) for text in GRAPH.objects(term, predicate) if isinstance(text, Literal))


def languages(term: URIRef, predicate: URIRef) -> list[str]:
    """The language tags of its texts, sorted, each as often as it occurs."""
    return sorted(str(text.language) for text in GRAPH.objects(term, predicate) if isinstance(text, Literal))


@check("P04 unconnected element")
def _() -> Offenders:
    connected = {o for p in (RDFS.subClassOf, RDFS.domain, RDFS.range) for o in GRAPH.objects(None, p)}
    yield from set(CLASSES) - connected - set(GRAPH.subjects(RDFS.subClassOf))


@check("P05, P25 and P26 inverses: there are none, an inverse label does their work")
def _() -> Offenders:
    yield from GRAPH.subjects(OWL.inverseOf)


@check("P06 cycle in a hierarchy")
def _() -> Offenders:
    for up in (RDFS.subClassOf, RDFS.subPropertyOf):
        for term in TERMS:
            if any(term in GRAPH.transitive_objects(parent, up) for parent in GRAPH.objects(term, up)):
                yield term


@check("P07 two concepts in one class")
def _() -> Offenders:
    yield from (c for c in CLASSES if re.search(r"[a-z](And|Or)[A-Z]", c))


@check("P08, FOOPS VOC3, ROBOT missing_label and multiple_labels: one label in each language")
def _() -> Offenders:
    yield from (t for t in TERMS if languages(t, RDFS.label) != ["ar", "en", "ru"])


@check("P08, FOOPS VOC4, ROBOT missing_definition and multiple_definitions: one in Arabic, one in English")
def _() -> Offenders:
    yield from (t for t in TERMS if languages(t, RDFS.comment) != ["ar", "en"])


@check("P10 missing disjointness: the pairs of the data model, each stated once")
def _() -> Offenders:
    apart = (KH.Person, KH.Organization, KH.Event, KH.Work, KH.Post)
    required = {frozenset(pair) for pair in combinations(apart, 2)}
    required |= {frozenset((KH.Place, other)) for other in (KH.Person, KH.Event)}
    stated = Counter(frozenset(pair) for pair in GRAPH.subject_objects(OWL.disjointWith))
    yield from required - set(stated)
    yield from (pair for pair, times in stated.items() if times > 1)


@check("P11 missing domain or range")
def _() -> Offenders:
    yield from (p for p in PROPERTIES if not GRAPH.value(p, RDFS.domain) or not GRAPH.value(p, RDFS.range))


@check("P13 no inverse: each object property has an inverse label instead, in each language once")
def _() -> Offenders:
    properties = (*OBJECT_PROPERTIES, ORG.postIn)
    yield from (p for p in properties if languages(p, KH.inverseLabel) != ["ar", "en", "ru"])


@check("P19 several domains or ranges")
def _() -> Offenders:
    for predicate in (RDFS.domain, RDFS.range):
        yield from (p for p, times in Counter(GRAPH.subjects(predicate)).items() if times > 1)


@check("P20 label and definition confused")
def _() -> Offenders:
    for term, definition in texts(RDFS.comment):
        if len(definition) <= len(ONTOLOGY.label(term, definition.language or "") or ""):
            yield term


@check("P21 a class of miscellany")
def _() -> Offenders:
    yield from (c for c in CLASSES if re.search(r"misc|other|unknown", c, re.IGNORECASE))


@check("P22 naming: classes in UpperCamelCase, all else in lowerCamelCase")
def _() -> Offenders:
    yield from (c for c in CLASSES if not re.fullmatch(r"([A-Z][a-z]+)+", c.fragment))
    rest = (*PROPERTIES, *ANNOTATIONS, *INDIVIDUALS, KH.relation)
    words = r"[a-z]+([A-Z][a-z]+)*_?"  # kh:and_: in Python the name without the underscore is taken
    yield from (t for t in rest if not re.fullmatch(words, t.fragment))


@check("P24 a definition that only repeats the label")
def _() -> Offenders:
    for term, text in texts(RDFS.comment):
        if text.language == "en" and re.fullmatch(rf"(An?|The) {ONTOLOGY.label(term, 'en')}\.", text):
            yield term


@check("P27, P30 and ROBOT equivalent_pair: no equivalences")
def _() -> Offenders:
    for predicate in (OWL.equivalentClass, OWL.equivalentProperty):
        yield from GRAPH.subjects(predicate)


@check("P28 and P29 symmetric or transitive between different classes")
def _() -> Offenders:
    for kind in (OWL.SymmetricProperty, OWL.TransitiveProperty):
        for prop in GRAPH.subjects(RDF.type, kind):
            if GRAPH.value(prop, RDFS.domain) != GRAPH.value(prop, RDFS.range):
                yield prop


@check("P32 and ROBOT duplicate_label: one label for two terms")
def _() -> Offenders:
    labels = Counter((text.lower(), text.language) for _, text in texts(RDFS.label))
    yield from (label for label, times in labels.items() if times > 1)


@check("P34 and P35 untyped class or property")
def _() -> Offenders:
    classes = {o for p in (RDFS.subClassOf, OWL.disjointWith) for o in GRAPH.objects(None, p)}
    yield from (c for c in classes if (c, RDF.type, OWL.Class) not in GRAPH)
    yield from (p for p in GRAPH.objects(None, RDFS.subPropertyOf) if not GRAPH.value(p, RDF.type))
    yield from set(TERMS) ^ {*CLASSES, *PROPERTIES, *ANNOTATIONS, *INDIVIDUALS, KH.relation}


@check("P36 file extension in the IRI")
def _() -> Offenders:
    yield from (t for t in (ONT, *TERMS) if re.search(r"\.(owl|ttl|rdf|n3|xml)\b", t))


@check("P38 and P39 one ontology with one namespace, FOOPS URI2")
def _() -> Offenders:
    yield from set(GRAPH.subjects(RDF.type, OWL.Ontology)) ^ {ONT}
    yield from set(GRAPH.objects(ONT, VANN.preferredNamespaceUri)) ^ {Literal(str(KH))}


@check("P40 namespace hijacking: axioms about the terms of others")
def _() -> Offenders:
    axioms = {RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.disjointWith, RDFS.comment}
    for subject, predicate in GRAPH.subject_predicates():
        if predicate in axioms and not str(subject).startswith(DEFAULT_BASE):
            yield subject, predicate


@check("P41, FOOPS OM1 to OM5, ROBOT missing_ontology_title, _description and _license")
def _() -> Offenders:
    once = {
        DCTERMS.creator, DCTERMS.publisher, DCTERMS.created, DCTERMS.issued, DCTERMS.modified,
        DCTERMS.license, DCTERMS.bibliographicCitation,
        URIRef("http://purl.org/ontology/bibo/status"),
        VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri, OWL.versionIRI, OWL.versionInfo,
    }  # fmt: skip
    yield from (p for p in once if len(list(GRAPH.objects(ONT, p))) != 1)
    yield from (p for p in (DCTERMS.title, DCTERMS.description) if languages(ONT, p)[:2] != ["ar", "en"])


@check("FOOPS PURL1, VER1 and VER2: a persistent IRI, and a version IRI that carries the version")
def _() -> Offenders:
    version = GRAPH.value(ONT, OWL.versionInfo)
    if not ONT.startswith("https://w3id.org/") or GRAPH.value(ONT, OWL.versionIRI) != URIRef(
        f"{ONT}/{version}"
    ):
        yield ONT


@check("FOOPS VOC2: our classes and properties stand on those of others")
def _() -> Offenders:
    known = ("org", "prov", "schema", "foaf", "skos", "sem", "nif", "rdf")
    prefixes = {prefix: iri for prefix, iri in GRAPH.namespaces() if prefix in known}
    above = {o for p in (RDFS.subClassOf, RDFS.subPropertyOf) for o in GRAPH.objects(None, p)}
    yield from (prefix for prefix, iri in prefixes.items() if not any(str(a).startswith(iri) for a in above))


@check("ROBOT label_whitespace, label_formatting and annotation_whitespace")
def _() -> Offenders:
    for term, text in texts(
        RDFS.label, RDFS.comment, KH.inverseLabel, SKOS.altLabel, SKOS.example, KH.plover
    ):
        if re.search(r"^\s|\s$|\s\s|[\t\n]", text):
            yield term, text


@check("ROBOT duplicate_definition")
def _() -> Offenders:
    definitions = Counter(text for _, text in texts(RDFS.comment))
    yield from (text for text, times in definitions.items() if times > 1)


@check("ROBOT lowercase_definition, and every definition is a sentence")
def _() -> Offenders:
    for term, text in texts(RDFS.comment):
        if text[-1] != "." or text[0].islower() and not text.startswith("kh:"):
            yield term, text


@check("ROBOT deprecated references")
def _() -> Offenders:
    yield from GRAPH.subjects(OWL.deprecated)


@check("ROBOT illegal_use_of_built_in_vocabulary")
def _() -> Offenders:
    legal = {
        RDF.type, RDFS.label, RDFS.comment, RDFS.isDefinedBy, RDFS.subClassOf, RDFS.subPropertyOf,
        RDFS.domain, RDFS.range, OWL.disjointWith,
    }  # fmt: skip
    for term in TERMS:
        used = set(GRAPH.predicates(term)) - legal
        yield from (p for p in used if str(p).startswith((str(RDF), str(RDFS), str(OWL))))


@check("every term says which ontology defines it")
def _() -> Offenders:
    yield from (t for t in TERMS if list(GRAPH.objects(t, RDFS.isDefinedBy)) != [ONT])


@check("no blank nodes: they could not be published")
def _() -> Offenders:
    yield from (term for triple in GRAPH for term in triple if isinstance(term, BNode))


@pytest.mark.parametrize("offenders", CHECKS.values(), ids=CHECKS)
def test_quality(offenders: Callable[[], Offenders]) -> None:
    assert list(offenders()) == []


# --- examples and alignments


@pytest.mark.parametrize("term", [*CLASSES, *PROPERTIES, *ANNOTATIONS, KH.relation], ids=lambda t: t.fragment)
def test_each_term_has_an_example_that_uses_it_rightly(term: URIRef) -> None:
    example = Graph()
    [text] = GRAPH.objects(term, SKOS.example)
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in GRAPH.namespaces())
    example.parse(data=f"{prefixes}{text}", format="turtle")
    assert any(term in triple for triple in example)
    for predicate, value in example.predicate_objects():
        if isinstance(value, Literal) and predicate in PROPERTIES:
            datatype = RDF.langString if value.language else value.datatype or XSD.string
            assert ONTOLOGY.range(URIRef(str(predicate))) in (datatype, RDFS.Literal)


# Each Wikidata id with the label it has there in English, as public copies of Wikidata give it.
WIKIDATA = {
    "Q5": "human", "Q43229": "organization", "Q6256": "country", "Q515": "city", "Q4164871": "position",
    "Q386724": "work", "Q131569": "treaty", "Q1656682": "event", "Q464980": "exhibition",
    "Q40231": "election", "Q5707594": "news article",
    "P36": "capital", "P39": "position held", "P112": "founded by", "P276": "location", "P361": "part of",
    "P463": "member of", "P488": "chairperson", "P571": "inception", "P585": "point in time",
    "P664": "organizer", "P710": "participant", "P748": "appointed by", "P921": "main subject",
    "P1344": "participant in", "P1549": "demonym", "P1891": "signatory",
}  # fmt: skip
# Our own words for the same, where they differ.
OURS = {
    "human": "person", "organization": "organisation", "position": "post", "treaty": "agreement",
    "news article": "article", "position held": "holds post", "founded by": "launched by",
    "location": "took place in", "part of": "is part of", "member of": "is member of",
    "chairperson": "chaired by", "point in time": "when", "organizer": "hosted by",
    "participant": "participants", "appointed by": "by", "main subject": "is about",
    "participant in": "took part in", "signatory": "signed by",
}  # fmt: skip


def test_wikidata_means_what_we_mean() -> None:
    ours: dict[str, str | None] = {}
    for match in (SKOS.closeMatch, SKOS.narrowMatch):
        for term, item in GRAPH.subject_objects(match):
            if str(item).startswith(WD):
                ours[str(item).removeprefix(WD)] = ONTOLOGY.label(URIRef(str(term)), "en")
    for term, item in GRAPH.subject_objects(KH.inverseMatch):
        if str(item).startswith(WD):
            labels = {text.language: str(text) for found, text in texts(KH.inverseLabel) if found == term}
            ours[str(item).removeprefix(WD)] = labels["en"]
    assert ours == {item: OURS.get(label, label) for item, label in WIKIDATA.items()}


def test_supporting_is_not_sponsoring() -> None:
    assert (None, None, WD.P859) not in GRAPH


def test_plover_types_are_those_of_its_2021_table() -> None:
    assert set(GRAPH.objects(None, KH.plover)) <= {Literal(code) for code in ("AGREE", "CONSULT", "SUPPORT")}


def test_what_is_single_valued_names_parts_of_a_statement() -> None:
    assert set(GRAPH.subject_objects(KH.singleValuedPer)) == {
        (KH.chairs, RDF.object), (KH.chairs, KH.when), (KH.when, RDF.subject), (KH.inception, RDF.subject),
    }  # fmt: skip
