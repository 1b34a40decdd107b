"""Validation: what a report says, that two engines are of one mind, and what is no report but an error."""

from __future__ import annotations

import gc
import io
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef
from values import CHAIRS, DIALOGUE, ID, SPEAKER, arabic, russian, span

from khabar.errors import KhabarError, KnowledgeError
from khabar.graph.assemble import assemble, span_iri
from khabar.graph.folder import open_snapshot
from khabar.graph.load import base_of, load_data, moved_graph
from khabar.graph.report import Report, merge
from khabar.graph.serialise import Texts, dump
from khabar.graph.shapes import ARTICLE, CORPUS, Shapes, load_shapes
from khabar.graph.store import Store
from khabar.graph.terms import copied
from khabar.graph.validate import ENGINES, validate, validate_store
from khabar.knowledge.ontology import Ontology
from khabar.model import Quad
from khabar.resources import folder
from khabar.vocab import BASE, DEFAULT_BASE, KH, NIF

SHIPPED = sorted(folder("shapes").glob("*.ttl"))
OTHER = "http://localhost:8000/kg/"
PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix kh: <https://w3id.org/khabar/ont#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix ex: <https://w3id.org/khabar/shapes#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix id: <https://w3id.org/khabar/id/> .
"""
SMALL = """
ex:Two a sh:NodeShape ; sh:targetClass kh:Organization ; kh:scope "article" ; sh:property ex:Two-part .
ex:Two-part a sh:PropertyShape ; sh:path ( [ sh:inversePath kh:chairs ] kh:partOf ) ; sh:maxCount 0 .
ex:Self a sh:NodeShape ; sh:targetSubjectsOf kh:chairs ; sh:severity sh:Warning ; sh:sparql ex:itself .
ex:itself sh:prefixes ex: ; sh:message "{$this} chairs {?value}."@en , "{$this} يرأس {?value}."@ar ;
    sh:select "SELECT $this ?value { $this kh:chairs ?value FILTER($this = ?value) }" .
ex: sh:declare [ sh:prefix "kh" ; sh:namespace "https://w3id.org/khabar/ont#"^^xsd:anyURI ] .
"""
FAULTS = """
id:club a kh:Platform ; rdfs:label "Club"@en , "نادي"@ar ; kh:chairs id:club ; kh:partOf id:whole .
"""


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Ontology.load(folder("ontology") / "khabar.ttl").graph


@pytest.fixture(scope="module")
def shipped() -> Shapes:
    return load_shapes(SHIPPED)


def graph_of(*quads: Quad) -> Graph:
    return copied((quad.subject, quad.predicate, quad.object) for quad in quads)


def written(tmp_path: Path, text: str, name: str = "shapes.ttl") -> Path:
    path = tmp_path / name
    path.write_text(PREFIXES + text, encoding="utf-8")
    return path


# --- what a report says


def test_a_report_names_the_node_the_rule_and_what_is_wrong(tmp_path: Path, ontology: Graph) -> None:
    shapes = load_shapes([written(tmp_path, SMALL)])
    report = validate(Graph().parse(data=PREFIXES + FAULTS), shapes, ontology)
    violated = report.results[0].message()  # pyshacl's own words, where the shape has none
    assert report.text == (
        f"Violation: Club: {violated}\n"
        "  <https://w3id.org/khabar/id/club>  ^chairs/partOf  (Two-part)\n"
        "Warning: Club: Club chairs Club.\n"
        "  <https://w3id.org/khabar/id/club>  (Self)\n"
        "Does not conform: 1 violations, 1 warnings\n"
    )
    assert not report.conforms
    warning = report.warnings[0]
    assert warning.message("ar") == "نادي يرأس نادي."
    assert warning.component == SH.SPARQLConstraintComponent
    assert warning.value == BASE["id/club"]
    assert warning.shape == URIRef("https://w3id.org/khabar/shapes#Self")


def test_warnings_alone_conform(tmp_path: Path) -> None:
    shapes = load_shapes([written(tmp_path, SMALL)])
    report = validate(Graph().parse(data=PREFIXES + "id:club kh:chairs id:club ."), shapes)
    assert report.conforms
    assert len(report.warnings) == 1
    assert merge([report, report, Report()]) == report


def test_the_data_is_left_as_it_was(shipped: Shapes, ontology: Graph) -> None:
    data = graph_of(*assemble(arabic()))
    before = set(data)
    validate(data, shipped, ontology)
    assert set(data) == before


def test_without_texts_the_report_says_what_was_not_checked(shipped: Shapes, ontology: Graph) -> None:
    quads = [quad for quad in assemble(arabic()) if quad.predicate not in (NIF.isString,)]
    data = graph_of(*(q for q in quads if q.object != NIF.Context))
    report = validate(data, shipped, ontology)
    assert report.conforms
    assert report.notes == (
        "Note: the data holds no texts, so the words of spans were not compared with them.",
    )
    assert not validate(graph_of(*assemble(arabic())), shipped, ontology).notes


# --- the shipped shapes, and pyshacl alone as the judge


def test_what_assemble_makes_conforms(shipped: Shapes, ontology: Graph) -> None:
    for reading in (arabic(), russian()):
        assert validate(graph_of(*assemble(reading)), shipped, ontology).text == (
            "Conforms: 0 violations, 0 warnings\n"
        )


def planted() -> Graph:
    """Two articles in which some things are wrong."""
    data = graph_of(*assemble(arabic()), *assemble(russian()))
    statements = {str(s): s for s in data.subjects(RDF.predicate, KH.chairs)}
    first, second, *_ = (statements[iri] for iri in sorted(statements))
    quoted = span_iri("dialogue-ar", span(CHAIRS, "أوزبكستان"))
    data.set((quoted, NIF.anchorOf, Literal("قيرغيزستان", lang="ar")))
    data.remove((first, KH.evidence, None))
    data.set((second, KH.status, KH.rumoured))
    data.set((second, KH.latest, Literal("2020-01-01", datatype=RDFS.Literal)))
    data.add((SPEAKER, KH.chairs, ID["astana"]))
    data.add((ID["undp"], RDFS.label, Literal("UNDP", lang="en")))
    data.add((ID["undp"], RDFS.label, Literal("U.N.D.P.", lang="en")))
    data.add((SPEAKER, RDF.type, KH.Post))
    return data


Found = set[tuple[str, ...]]


def found_by_us(report: Report) -> Found:
    return {tuple(map(str, (r.focus, r.value, r.shape, r.component, r.severity))) for r in report.results}


def found_by_pyshacl(data: Graph, shapes: Graph, ontology: Graph) -> Found:
    _, report, _ = pyshacl.validate(copied(data), shacl_graph=copied(shapes), ont_graph=ontology)
    fields = (SH.focusNode, SH.value, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity)
    return {tuple(str(report.value(node, f)) for f in fields) for node in report.objects(None, SH.result)}


def test_with_pyoxigraph_for_sparql_the_verdict_is_that_of_pyshacl(shipped: Shapes, ontology: Graph) -> None:
    data = planted()
    ours = found_by_us(validate(data, shipped, ontology))
    assert ours == found_by_pyshacl(data, shipped.graph, ontology)
    assert {row[3].rpartition("#")[2] for row in ours} >= {
        "SPARQLConstraintComponent",
        "MinCountConstraintComponent",
        "InConstraintComponent",
        "ClassConstraintComponent",
        "DatatypeConstraintComponent",
        "UniqueLangConstraintComponent",
        "NotConstraintComponent",
    }


def test_article_and_corpus_shapes_are_all_the_shapes(shipped: Shapes, ontology: Graph) -> None:
    data = planted()
    parts = [validate(data, shipped.scoped(scope), ontology) for scope in (ARTICLE, CORPUS)]
    assert merge(parts) == validate(data, shipped, ontology)
    assert all(part.results for part in parts)


@pytest.mark.parametrize("base", [DEFAULT_BASE, OTHER])
def test_a_store_is_judged_like_the_graph_it_holds(base: str, ontology: Graph) -> None:
    store = ox.Store()
    stream = io.BytesIO()
    for triple in [*moved_graph(planted(), base), *moved_graph(ontology, base)]:
        stream.write(" ".join(term.n3() for term in triple).encode() + b" .\n")
    store.load(stream.getvalue(), format=ox.RdfFormat.N_TRIPLES)
    shapes = load_shapes(SHIPPED, base).scoped(CORPUS)
    ours = found_by_us(validate_store(store, shapes))
    expected = found_by_us(validate(planted(), load_shapes(SHIPPED).scoped(CORPUS), ontology))
    assert {tuple(text.replace(base, DEFAULT_BASE) for text in row) for row in ours} == expected
    assert expected


def test_a_store_can_be_closed_as_soon_as_it_is_judged(tmp_path: Path) -> None:
    shapes = load_shapes(SHIPPED, "http://example.org/no/other/test/has/these/queries/").scoped(CORPUS)
    gc.disable()
    try:
        for _ in range(2):  # RocksDB opens it again only when nothing refers to it any more
            store = ox.Store(tmp_path / "store")
            validate_store(store, shapes, around=[ox.NamedNode(DIALOGUE)])
            validate_store(store, shapes)
            del store
    finally:
        gc.enable()


def test_one_chair_a_year_is_a_warning_that_names_both_sources(shipped: Shapes, ontology: Graph) -> None:
    reading = russian()
    data = graph_of(*assemble(arabic()), *assemble(reading))
    (iri,) = set(data.subjects(KH.statedIn, BASE["article/dialogue-ru"]))
    data.set((iri, RDF.subject, ID["uzbekistan"]))
    report = validate(data, shipped.scoped(CORPUS), ontology)
    assert report.conforms
    (warning,) = report.warnings
    assert warning.focus == DIALOGUE
    assert "dialogue-ar" in warning.message("en")
    assert "dialogue-ru" in warning.message("en")


# --- targets, paths and messages that our own shapes do not use


@pytest.mark.parametrize(
    ("target", "focus"),
    [
        ("sh:targetNode id:a", {"a"}),
        ("sh:targetClass kh:Thing", {"a", "b"}),
        ("sh:targetSubjectsOf kh:knows", {"b"}),
        ("sh:targetObjectsOf kh:knows", {"c"}),
        ("a rdfs:Class", {"d"}),
    ],
)
def test_each_kind_of_target_finds_what_pyshacl_finds(target: str, focus: set[str], tmp_path: Path) -> None:
    shape = (
        f"ex:S a sh:NodeShape ; {target} ; sh:sparql [ sh:select 'SELECT $this {{}}' ; sh:message 'No.' ] ."
    )
    shapes = load_shapes([written(tmp_path, shape)])
    data = Graph().parse(
        data=f"{PREFIXES} kh:Small rdfs:subClassOf kh:Thing . id:a a kh:Small . id:b a kh:Thing . "
        "id:b kh:knows id:c . id:d a ex:S ."
    )
    report = validate(data, shapes)
    assert {str(result.focus).rpartition("/")[2] for result in report.results} == focus
    assert found_by_us(report) == found_by_pyshacl(data, shapes.graph, Graph())


def test_sparql_inside_another_shape_stays_with_pyshacl(tmp_path: Path) -> None:
    text = """
    ex:S a sh:NodeShape ; sh:targetClass kh:Thing ; sh:property ex:P ; sh:node ex:N .
    ex:P sh:path kh:knows ; sh:sparql ex:p . ex:N a sh:NodeShape ; sh:sparql ex:n .
    ex:p sh:select 'SELECT $this ?value { $this $PATH ?value }' ; sh:message 'P' .
    ex:n sh:select 'SELECT $this { FILTER(true) }' ; sh:message 'N' .
    """
    shapes = load_shapes([written(tmp_path, text)])
    assert shapes.rules == ()
    data = Graph().parse(data=f"{PREFIXES} id:b a kh:Thing ; kh:knows id:c .")
    assert found_by_us(validate(data, shapes)) == found_by_pyshacl(data, shapes.graph, Graph())


def test_what_is_deactivated_is_not_checked(tmp_path: Path) -> None:
    text = "ex:S a sh:NodeShape ; sh:targetNode id:a ; {} sh:sparql [ sh:select 'SELECT $this {{}}' ; {} ] ."
    for shape in (text.format("", "sh:deactivated true"), text.format("", "sh:message 'No.'")):
        report = validate(Graph(), load_shapes([written(tmp_path, shape)]))
        assert len(report.results) == (0 if "deactivated" in shape else 1)


# --- what is no report but an error


def message(error: pytest.ExceptionInfo[KhabarError]) -> str:
    return str(error.value)


def test_no_shapes_at_all_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, "ex:S a sh:NodeShape ; sh:nodeKind sh:IRI .")
    with pytest.raises(KnowledgeError) as error:
        load_shapes([path])
    assert message(error) == (
        "shapes.ttl: holds no shape with a target, so any data would conform to it\n"
        "  check the prefix sh: and that a shape has sh:targetClass or another target"
    )


def test_a_query_that_is_not_sparql_is_an_error_that_names_it(tmp_path: Path) -> None:
    shape = (
        "ex:S a sh:NodeShape ; sh:targetNode id:a ; sh:sparql ex:rule . ex:rule sh:select 'SELECT $this {' ."
    )
    with pytest.raises(KnowledgeError, match="the shapes, rule: has a sh:select that is not SPARQL"):
        load_shapes([written(tmp_path, shape)])


def test_a_crash_of_pyshacl_is_an_error(tmp_path: Path) -> None:
    rule = "sh:select 'SELECT $this { $this ?p ?o MINUS { $this ?p 1 } }'"  # which SHACL forbids
    shapes = load_shapes([written(tmp_path, f"ex:S sh:targetNode id:a ; sh:sparql [ {rule} ] .")])
    for engine in ENGINES:
        with pytest.raises(KhabarError, match="^validation: pyshacl could not finish: ValidationFailure: "):
            validate(Graph(), shapes, engine=engine)


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ("sh:datatype 1, 2", "S: has 2 values of sh:datatype, and may have one"),
        ("sh:minCount 1", "S: has sh:minCount, which needs sh:path beside it"),
        ("sh:maxLength 'long'", "S: has a count or a length that is no whole number"),
        ("sh:nodeKind sh:Iri", "S: has a sh:nodeKind that SHACL does not know"),
        ("sh:pattern '('", "S: has a sh:pattern that is no regular expression: missing ), unterminated "
         "subpattern at position 0"),
        ("sh:in 1", "S: is not a well-formed list"),
        ("sh:property [ sh:path () ]", "a shape without an IRI: holds a path that SHACL does not know"),
        ("sh:property [ sh:minCount 1 ]",
         "S: has a sh:property that is no property shape: it has no sh:path"),
        ("sh:node ex:T . ex:T sh:not ex:S", "S: leads back to itself: S → T → S"),
    ],
)  # fmt: skip
def test_shapes_that_are_none_are_errors(shape: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError) as error:
        load_shapes([written(tmp_path, f"ex:S a sh:NodeShape ; sh:targetNode id:a ; {shape} .")])
    assert message(error) == f"shapes.ttl, {problem}\n  correct the shape"


# --- data from files and folders


def test_files_and_folders_load_as_the_same_graph(tmp_path: Path) -> None:
    with Store.create(tmp_path / "g", OTHER) as store:
        store.replace("dialogue-ar", assemble(arabic()))
        store.publish()
    from_folder = load_data([tmp_path / "g"])
    with (tmp_path / "dump.trig").open("wb") as stream:
        dump(open_snapshot(tmp_path / "g"), "trig", stream, OTHER, Texts(whole=True))
    assert set(load_data([tmp_path / "dump.trig"])) == set(from_folder)
    assert base_of(from_folder) == OTHER
    assert base_of(Graph()) == DEFAULT_BASE
    assert set(from_folder) == set(moved_graph(graph_of(*assemble(arabic())), OTHER))


def errors(paths: Iterable[Path]) -> list[str]:
    found = []
    for path in paths:
        with pytest.raises(KhabarError) as error:
            load_data([path])
        found.append(str(error.value).splitlines()[0])
    return found


def test_data_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<a> <b>\n nonsense .")
    (tmp_path / "a.csv").write_text("")
    assert errors([tmp_path / "a.ttl", tmp_path / "a.csv", tmp_path / "no.ttl"]) == [
        f"{tmp_path}/a.ttl:2:2: is not Turtle: nonsense is not a valid RDF object",
        f"{tmp_path}/a.csv: is neither RDF by its name nor a folder that khabar has built",
        f"{tmp_path}/no.ttl: cannot be read: No such file or directory",
    ]
