"""khabar validate: where a result is, the forms of the report, what is known before, what cannot be checked."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from planted import KINDS, article, faulty
from rdflib import RDF, Graph
from rdflib.compare import isomorphic

from khabar.cli import main
from khabar.graph.documents import Document, open_document
from khabar.graph.report import local
from khabar.graph.triples import Triples
from khabar.resources import folder
from khabar.validation.positions import Positions

EACH: Final = 100
HERE: Final = Path(__file__).parent
PREFIXES: Final = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
"""
SHAPES: Final = (
    PREFIXES
    + """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:S-name , ex:S-age .
ex:S-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:message "One name."@en , "اسم واحد."@ar , "Одно имя."@ru .
ex:S-age a sh:PropertyShape ; sh:path ex:age ; sh:maxInclusive 150 ;
    sh:severity sh:Warning ; sh:message "Old."@en .
"""
)
DATA: Final = (
    PREFIXES
    + """ex:a a ex:C ; ex:name "A" ;
    ex:age 200 .
ex:b a ex:C .
"""
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    return tmp_path


def validate(*arguments: str, stdin: str | bytes = "") -> Result:
    done = CliRunner().invoke(main, ["validate", *arguments], input=stdin, prog_name="khabar")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def ours(*arguments: str) -> Result:
    return validate("data.ttl", "--shapes", "shapes.ttl", *arguments)


# --- where it is


@pytest.mark.parametrize("plant", KINDS, ids=lambda plant: plant.__name__.strip("_"))
def test_every_planted_error_is_found_on_its_line(plant: Any, here: Path) -> None:
    """A hundred files in one run: every error, nothing else, and every line exact."""
    expected = []
    (here / "made").mkdir()
    for n in range(EACH):
        turtle, planted = faulty(n, 4, (plant,)).turtle()
        (here / "made" / f"{n:03}.ttl").write_text(turtle, encoding="utf-8")
        expected += [(f"made/{n:03}.ttl", error.line, error.shape.rpartition("/")[2]) for error in planted]
    done = validate("--each", "made", "--format", "json")
    assert done.exit_code == 1
    found = [
        (r["place"]["file"], r["place"]["line"], local((r["constraint"] or r["shape"])["value"]))
        for r in json.loads(done.stdout)["results"]
    ]
    assert sorted(found) == sorted(expected)


def test_a_result_quotes_the_article(here: Path) -> None:
    made = faulty(3, 1, (KINDS[4],))
    (here / "a.ttl").write_text(made.turtle()[0], encoding="utf-8")
    (result,) = json.loads(validate("a.ttl", "--format", "json").stdout)["results"]
    quote = result["quote"]
    assert quote["article"] == "https://w3id.org/khabar/article/en-1-3"
    assert quote["words"] == "what nobody wrote"
    assert quote["sentence"] == "Valleyland chaired the Dialogue of Cities first in 2008."


@pytest.mark.parametrize(
    ("turtle", "place"),
    [
        ('ex:b a ex:C ; ex:name "x" ,\n  "كلمة" .', "data.ttl:4:3:"),  # the value that is one too many
        ("[] a ex:C ; ex:age 1 .\n[] ex:age 2 ;\n  a ex:C ; ex:name 1 , 2 .", "data.ttl:3:1:"),
        ("ex:l ex:of ( 1 [ a ex:C ] ) .", "data.ttl:3:18:"),
        ("<http://example.org/%E2%9C%93> a ex:C .", "data.ttl:3:1:"),
        ("PREFIX e: <http://example.org/>\n# ex:b a ex:C .\ne:b a e:C .", "data.ttl:5:1:"),
        ('ex:t ex:is """two\nlines""" .\nex:b a ex:C .', "data.ttl:5:1:"),
    ],
)
def test_a_place_is_found_in_any_turtle(turtle: str, place: str, here: Path) -> None:
    (here / "data.ttl").write_text(f"{PREFIXES}{turtle}\n", encoding="utf-8")
    assert place in [line.split(" ")[0] for line in ours().stdout.splitlines()]


@pytest.mark.parametrize("path", sorted(folder("ontology").rglob("*.ttl")), ids=lambda path: path.name)
def test_every_triple_of_our_own_turtle_has_its_place(path: Path) -> None:
    document = open_document(path)
    positions = Positions(document)
    for quad in document.quads():
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            continue  # nodes without a name are matched by what is said of them
        position = positions.triple(quad.subject, quad.predicate, quad.object)  # type: ignore[arg-type]
        assert position is not None, quad
        start = positions.line(position.line)[position.column - 1 :]
        assert start[0] in "<\"'-+.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:_", (
            quad,
            start,
        )


RDF_XML = """<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://example.org/"
    xml:base="http://example.org/here/">
  <ex:C rdf:about="#b" ex:name="شيء">
    <ex:age rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">5</ex:age>
    <ex:of><rdf:Description rdf:nodeID="q"><ex:word xml:lang="ar">كلمة</ex:word></rdf:Description></ex:of>
    <ex:list rdf:parseType="Collection"><rdf:Description rdf:about="m1"/><ex:D rdf:about="m2"/></ex:list>
    <ex:by rdf:resource="x"/><ex:by rdf:parseType="Resource"><ex:kind>v</ex:kind></ex:by>
  </ex:C>
  <rdf:Seq rdf:ID="s"><rdf:li>one</rdf:li><rdf:li rdf:resource="#b"/></rdf:Seq>
</rdf:RDF>
"""
JSON_LD = """{"@context": {"ex": "http://example.org/", "@vocab": "http://example.org/v/", "@language": "en",
    "id": "@id", "name": "ex:name", "knows": {"@id": "ex:knows", "@type": "@id"},
    "labels": {"@id": "ex:label", "@container": "@language"}, "steps": {"@id": "ex:l", "@container": "@list"},
    "by": {"@reverse": "ex:made"}, "day": {"@type": "http://www.w3.org/2001/XMLSchema#date"}},
 "@graph": [
  {"id": "ex:b", "@type": ["C", "ex:D"], "name": "كلمة", "knows": ["other", "_:q"], "age": 5, "part": 1.5,
   "true": true, "large": 1e30, "day": "2020-01-01", "labels": {"ar": "أ", "ru": ["б", "в"]},
   "steps": ["p", {"@value": "q", "@language": "ru"}], "by": {"id": "ex:maker"},
   "inner": {"name": "in"}, "number": {"@value": "5", "@type": "ex:own"}},
  {"id": "_:q", "name": {"@set": ["q", "qq"]}, "@reverse": {"ex:saw": {"id": "ex:b"}}}]}
"""


@pytest.mark.parametrize(("format_", "text"), [("rdfxml", RDF_XML), ("jsonld", JSON_LD)])
def test_every_triple_of_rdf_xml_and_json_ld_has_its_place(format_: str, text: str) -> None:
    document = Document("data", text.encode(), format_, "http://example.org/doc")
    positions, data = Positions(document), Triples(document.quads())
    for quad in document.quads():
        subject, value = (positions.known(term, data) for term in (quad.subject, quad.object))  # type: ignore[arg-type]
        position = positions.triple(subject, quad.predicate, value)
        assert position is not None, quad
        start = positions.line(position.line)[position.column - 1 :]
        assert start.startswith("<") if format_ == "rdfxml" else re.match(r'["\[{0-9t]', start), quad
        if format_ == "jsonld" and isinstance(quad.object, ox.Literal) and not quad.object.value[0].isdigit():
            assert start.strip('"').startswith(quad.object.value)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("data.rdf", RDF_XML.replace(">5<", ">500<"), "data.rdf:5:5:"),
        ("data.rdf", RDF_XML.replace(' ex:name="شيء"', ""), "data.rdf:4:3:"),
        ("data.jsonld", JSON_LD.replace('"C"', '"ex:C"').replace("ex:name", "ex:other"), "data.jsonld:6:10:"),
        (
            "data.jsonld",
            JSON_LD.replace('"@type": ["C"', '"ex:age":\n  500, "@type": ["ex:C"'),
            "data.jsonld:7:3:",
        ),
    ],
)
def test_results_in_rdf_xml_and_json_ld_have_lines(name: str, text: str, place: str, here: Path) -> None:
    (here / name).write_text(text, encoding="utf-8")
    done = validate(name, "--shapes", "shapes.ttl")
    assert place in [line.split(" ")[0] for line in done.stdout.splitlines()], done.stdout


def test_n_quads_and_trig_have_lines_too(here: Path) -> None:
    (here / "data.nq").write_text(f"<u:x> <u:y> <u:z> .\n<u:b> <{RDF.type}> <http://example.org/C> <u:g> .\n")
    (here / "data.trig").write_text(f"{PREFIXES}ex:g {{\n  ex:b a ex:C }}")
    for name, place in (("data.nq", "data.nq:2:1:"), ("data.trig", "data.trig:4:3:")):
        assert validate(name, "--shapes", "shapes.ttl").stdout.startswith(place)


# --- forms of the report


def test_the_text_shows_line_and_caret(here: Path) -> None:
    assert re.sub(r"[0-9a-f]{12}", "ID", ours().stdout) == (
        "data.ttl:5:1: Violation: b: One name.\n"
        "  5 | ex:b a ex:C .\n"
        "    | ^\n"
        "  <http://example.org/b>  name  (S-name, ID)\n"
        "data.ttl:4:12: Warning: a: Old.\n"
        "  4 |     ex:age 200 .\n"
        "    |            ^\n"
        "  <http://example.org/a>  age = 200  (S-age, ID)\n"
        "Does not conform: 1 violation, 1 warning\n"
    )


@pytest.mark.parametrize(
    ("language", "message"), [("ar", "اسم واحد."), ("en", "One name."), ("ru", "Одно имя.")]
)
def test_messages_come_in_the_language_asked_for(language: str, message: str, here: Path) -> None:
    assert ours("--language", language).stdout.startswith(f"data.ttl:5:1: Violation: b: {message}\n")


def test_the_report_as_rdf_is_that_of_the_specification(here: Path) -> None:
    report = Graph().parse(data=ours("--format", "turtle").stdout, format="turtle")
    told = f"""{PREFIXES} [] a sh:ValidationReport ; sh:conforms false ; sh:result
        [ a sh:ValidationResult ; sh:focusNode ex:b ; sh:resultPath ex:name ; sh:sourceShape ex:S-name ;
          sh:sourceConstraintComponent sh:MinCountConstraintComponent ; sh:resultSeverity sh:Violation ;
          sh:resultMessage "One name."@en , "اسم واحد."@ar , "Одно имя."@ru ] ,
        [ a sh:ValidationResult ; sh:focusNode ex:a ; sh:resultPath ex:age ; sh:value 200 ;
          sh:sourceShape ex:S-age ; sh:sourceConstraintComponent sh:MaxInclusiveConstraintComponent ; sh:resultSeverity sh:Warning ;
          sh:resultMessage "Old."@en ] ."""
    assert isomorphic(report, Graph().parse(data=told, format="turtle"))


def test_junit_has_a_suite_a_file_and_a_failure_a_result(here: Path) -> None:
    root = ET.fromstring(ours("--format", "junit").stdout)
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "1", "1")
    (case,) = root.iter("testcase")
    assert (case.get("classname"), case.get("file"), case.get("line")) == ("data.ttl", "data.ttl", "5")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "One name."
    good = ET.fromstring(ours("--format", "junit", "--baseline", str(_baseline(here))).stdout)
    assert (good.get("tests"), good.get("failures")) == ("1", "0")


def _baseline(here: Path) -> Path:
    assert ours("--baseline", "known.json", "--update-baseline").exit_code == 0
    return here / "known.json"


def test_sarif_keeps_to_its_schema(here: Path) -> None:
    schema = json.loads((HERE / "fixtures" / "sarif-2.1.0-subset.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    for more in ((), ("--baseline", str(_baseline(here)))):
        told = json.loads(ours("--format", "sarif", *more).stdout)
        Draft202012Validator(schema).validate(told)
        (run,) = told["runs"]
        assert [r["level"] for r in run["results"]] == (
            ["error", "warning"] if not more else ["warning", "error"]
        )
        for result in run["results"]:
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        regions = {r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in run["results"]}
        assert regions == {4, 5}


def test_annotations_escape_what_github_reads(here: Path) -> None:
    lines = ours("--format", "github").stdout.splitlines()
    assert lines == [
        "::error file=data.ttl,line=5,col=1,title=S-name::b: One name.",
        "::warning file=data.ttl,line=4,col=12,title=S-age::a: Old.",
        "::notice title=khabar validate::Does not conform: 1 violation, 1 warning, 0 info",
    ]
    (here / "shapes.ttl").write_text(SHAPES.replace("One name.", "100%\\nsure"), encoding="utf-8")
    assert "::b: 100%25%0Asure" in ours("--format", "github").stdout


def test_the_page_needs_nothing_else_and_reads_from_right_to_left(here: Path) -> None:
    assert ours("--format", "html", "--language", "ar", "--output", "report.html").stdout == ""
    page = (here / "report.html").read_text("utf-8")
    assert '<html lang="ar" dir="rtl">' in page
    assert "اسم واحد." in page
    assert not re.search(r"<script|https?://(?!example\.org)|url\(|@import", page)
    (here / "data.ttl").write_text(DATA.replace("ex:b", "<http://example.org/&lt;script>"), encoding="utf-8")
    assert "<script" not in ours("--format", "html").stdout


def test_the_same_data_gives_the_same_bytes_whatever_the_number_of_processes(here: Path) -> None:
    (here / "made").mkdir()
    for n in range(20):
        (here / "made" / f"{n}.ttl").write_text(faulty(n, 5).turtle()[0], encoding="utf-8")
    one, two = (validate("--each", "made", "--format", "json", "--jobs", jobs).stdout for jobs in ("1", "2"))
    assert one == two
    assert json.loads(one)["results"]


def test_at_most_so_many_results_are_shown_and_all_count(here: Path) -> None:
    done = ours("--max-results", "1")
    assert done.stdout.splitlines()[-2:] == ["… and 1 more", "Does not conform: 1 violation, 1 warning"]


def test_a_result_is_explained_with_its_rule(here: Path) -> None:
    ids = [r["id"] for r in json.loads(ours("--format", "json").stdout)["results"] if r["path"] == "age"]
    shown = ours("--explain", ids[0][:6]).stdout
    assert "  path       age\n" in shown
    assert "sh:maxInclusive 150" in shown
    assert ours("--explain", "nothing").stderr == (
        "khabar: --explain nothing: fits no result\n"
        "  give an id as the report prints it, in brackets after the rule\n"
    )


# --- exit status, baselines


@pytest.mark.parametrize(
    ("arguments", "status"),
    [((), 1), (("--fail-on", "warning"), 1), (("--fail-on", "info"), 1)],
)
def test_violations_fail(arguments: tuple[str, ...], status: int, here: Path) -> None:
    assert ours(*arguments).exit_code == status


def test_warnings_fail_only_where_one_says_so(here: Path) -> None:
    (here / "data.ttl").write_text(DATA.replace("ex:b a ex:C .", ""), encoding="utf-8")
    assert [ours("--fail-on", level).exit_code for level in ("violation", "warning", "info")] == [0, 1, 1]


def test_a_dirty_graph_can_be_taken_as_it_is(here: Path) -> None:
    _baseline(here)
    assert ours("--baseline", "known.json").exit_code == 0
    (here / "data.ttl").write_text(DATA.replace("ex:b", "ex:c"), encoding="utf-8")
    worse = ours("--baseline", "known.json")
    assert worse.exit_code == 1
    assert worse.stdout.splitlines()[-2:] == [
        "1 known before; 1 known before are gone",
        "Does not conform: 1 violation, 0 warnings",
    ]


def test_two_reports_are_compared(here: Path) -> None:
    (here / "old.json").write_text(ours("--format", "json").stdout, encoding="utf-8")
    (here / "data.ttl").write_text(DATA + "ex:new a ex:C .\n", encoding="utf-8")
    told = json.loads(ours("--diff", "old.json", "--format", "json").stdout)
    assert [r["focus"]["value"] for r in told["results"] if not r["known"]] == ["http://example.org/new"]
    assert (told["summary"]["known"], told["gone"]) == (2, [])


def test_an_id_stays_when_lines_move(here: Path) -> None:
    before = {r["id"] for r in json.loads(ours("--format", "json").stdout)["results"]}
    (here / "data.ttl").write_text("\n\n# moved\n" + DATA, encoding="utf-8")
    assert {r["id"] for r in json.loads(ours("--format", "json").stdout)["results"]} == before


def test_nothing_to_look_at_is_a_warning_and_with_an_option_a_failure(here: Path) -> None:
    (here / "data.ttl").write_text("<u:a> <u:b> <u:c> .", encoding="utf-8")
    warning = "Warning: no shape found anything to look at in this data, so nothing was checked.\n"
    assert (ours().exit_code, ours().stdout) == (0, f"{warning}Conforms: 0 violations, 0 warnings\n")
    assert ours("--fail-on-empty").exit_code == 2


# --- where data comes from


def test_data_comes_from_files_folders_patterns_and_standard_input(here: Path) -> None:
    (here / "more" / ".hidden").mkdir(parents=True)
    (here / "more" / ".hidden" / "x.ttl").write_text("broken")
    (here / "more" / "notes.txt").write_text("no data")
    (here / "more" / "b.ttl.gz").write_bytes(gzip.compress(DATA.encode()))
    for arguments in (["more"], ["m*/*.gz"], ["more/b.ttl.gz", "data.ttl"]):
        done = validate(*arguments, "--shapes", "shapes.ttl")
        assert done.stdout.splitlines()[-1] == "Does not conform: 1 violation, 1 warning", arguments
    piped = validate("-", "--shapes", "shapes.ttl", stdin=DATA)
    assert piped.stdout.startswith("standard input:5:1: Violation: b: One name.\n")


def test_every_syntax_says_the_same(here: Path) -> None:
    graph = Graph().parse("data.ttl")
    for name, format_ in (("d.nt", "nt"), ("d.jsonld", "json-ld"), ("d.rdf", "xml"), ("d.trig", "trig")):
        graph.serialize(name, format=format_)
        done = validate(name, "--shapes", "shapes.ttl")
        assert done.stdout.splitlines()[-1] == "Does not conform: 1 violation, 1 warning", (name, done.stderr)


def test_the_profile_that_the_data_names_is_used(here: Path) -> None:
    profile = "<> <http://purl.org/dc/terms/conformsTo> <shapes.ttl> .\n"
    (here / "data.ttl").write_text(profile + DATA, encoding="utf-8")
    assert validate("data.ttl").stdout.startswith("data.ttl:6:1: Violation: b: One name.\n")
    (here / "data.ttl").write_text(profile.replace("shapes.ttl", "https://x.org/p") + DATA, encoding="utf-8")
    assert validate("data.ttl").stderr == (
        "khabar: data.ttl: names the profile <https://x.org/p>, whose shapes are not here, and nothing is fetched\n"
        "  give its shapes with --shapes FILE\n"
    )


@contextmanager
def endpoint(body: bytes) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql"
    finally:
        server.shutdown()
        server.server_close()


def test_an_endpoint_is_asked_only_by_name(here: Path) -> None:
    with endpoint(Graph().parse("data.ttl").serialize(format="nt").encode()) as address:
        done = validate("--endpoint", address, "--shapes", "shapes.ttl")
    assert done.stdout.splitlines()[-1] == "Does not conform: 1 violation, 1 warning"
    gone = validate("--endpoint", address, "--shapes", "shapes.ttl")
    assert (gone.exit_code, gone.stderr.splitlines()[1]) == (2, "  check the address and its server")


def test_coverage_names_what_no_shape_looks_at(here: Path) -> None:
    (here / "a.ttl").write_text(article(1).turtle()[0], encoding="utf-8")
    shown = validate("a.ttl", "--coverage").stdout
    assert "\nProperties without a shape: 0\n" in shown
    assert "\n  Statement-status\n" in shown  # nothing broke it


# --- what cannot be checked: 2, and what to do

RDFXML: Final = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
XML: Final = RDFXML.replace(
    "/>", ">\n<rdf:Description rdf:about='u:a'><rdf:type rdf:resource='u:C'/></rdf:Description></rdf:RDF>"
)
BAD: Final[dict[str, tuple[str, str, str]]] = {  # what is wrong -> the file's name, what it holds, what is said
    "no dot": ("a.ttl", "<u:a> <u:b> <u:c>\n<u:d> <u:e> <u:f> .",
        "a.ttl:2:1: is not Turtle: A dot is expected at the end of statements\n"
        "    <u:d> <u:e> <u:f> .\n    ^^^^^\n  correct the file"),
    "an open string": ("a.ttl", '<u:a> <u:b> "قالت\n', "a.ttl:1:13: is not Turtle: Unexpected end of file\n"
        '    <u:a> <u:b> "قالت\n                ^\n  correct the file'),
    "another format": ("a.ttl", XML, "a.ttl:1:1: is not Turtle: Invalid IRI code point ' '\n"
        f"    {XML.splitlines()[0]}\n    {'^' * 50}\n  it looks like RDF/XML: rename it, or say --input-format"),
    "a bomb of entities": ("a.rdf", f'<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a "lol">]>{RDFXML}',
        "a.rdf, line 2: has a DOCTYPE, and entities declared there can fill any memory\n"
        "  write the IRIs out, or convert the file to Turtle"),
    "a context elsewhere": ("a.jsonld", '{"@context": "https://example.org/c", "@id": "u:a"}',
        "a.jsonld: its JSON-LD context lies elsewhere\n  put the context into the file; nothing is fetched"),
    "nothing": ("a.ttl", " \n", "a.ttl: is empty\n  name a file that holds triples"),
    "no RDF": ("a.csv", "a,b", "a.csv: is neither RDF by its name nor a folder that khabar has built\n"
        "  name a file ending in .ttl, .nt, .nq, .trig, .jsonld or .rdf, or say --input-format"),
    "not packed": ("a.ttl.gz", "\x1f\x8bxx", "a.ttl.gz: cannot be unpacked: "
        "Compressed file ended before the end-of-stream marker was reached\n  pack it again"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), BAD.values(), ids=BAD)
def test_data_that_cannot_be_read(name: str, content: str, message: str, here: Path) -> None:
    (here / name).write_bytes(content.encode("latin-1") if name.endswith(".gz") else content.encode())
    done = validate(name, "--shapes", "shapes.ttl")
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"khabar: {message}\n")


SHAPELESS: Final = {
    "no shapes": ("ex:S a sh:NodeShape .",
        "shapes.ttl: holds no shape with a target, so any data would conform to it\n"
        "  check the prefix sh: and that a shape has sh:targetClass or another target"),
    "against the rules": ("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:minCount 1 .",
        "shapes.ttl: its shapes break the rules of SHACL:\n"
        "    line 3, S: The value does not conform to exactly one of (NodeShapeShape, PropertyShapeShape).\n"
        "  correct the shapes; https://www.w3.org/TR/shacl/#syntax-rules lists the rules"),
    "recursion": ("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . ex:P sh:path ex:p ; sh:node ex:S .",
        "shapes.ttl, S: leads back to itself: S → P → S\n  correct the shape"),
    "no SPARQL": ("ex:S sh:targetClass ex:C ; sh:sparql ex:q . ex:q sh:select 'SELECT $this {' .",
        "the shapes, q: has a sh:select that is not SPARQL: error at 1:15: expected one of"),
    "broken": ("ex:S a sh:NodeShape", "shapes.ttl:3:20: is not Turtle: Unexpected end\n"
        "    ex:S a sh:NodeShape\n                       ^\n  correct the file\n"),
}  # fmt: skip


@pytest.mark.parametrize(("shapes", "message"), SHAPELESS.values(), ids=SHAPELESS)
def test_shapes_that_cannot_be_used(shapes: str, message: str, here: Path) -> None:
    (here / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    done = ours()
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"khabar: {message}")


def test_every_file_that_cannot_be_read_is_named(here: Path) -> None:
    (here / "broken.ttl").write_text("<u:a>")
    done = validate("none.ttl", "broken.ttl", "data.ttl", "--shapes", "shapes.ttl")
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.findall(r"^khabar: (\S+?):", done.stderr, re.MULTILINE) == ["none.ttl", "broken.ttl"]


def test_imports_and_unknown_words_are_named_and_not_followed(here: Path) -> None:
    imports = "<> <http://www.w3.org/2002/07/owl#imports> <https://example.org/more> .\n"
    (here / "data.ttl").write_text(imports + DATA, encoding="utf-8")
    (here / "shapes.ttl").write_text(
        imports + SHAPES.replace("sh:minCount 1", "sh:minCounts 1"), encoding="utf-8"
    )
    notes = [line for line in ours().stdout.splitlines() if line.startswith("Note: ")]
    assert notes == [
        "Note: shapes.ttl imports <https://example.org/more>, which was not followed.",
        "Note: shapes.ttl uses sh:minCounts, which SHACL does not have; it has no effect.",
        "Note: owl:imports <https://example.org/more> was not followed; name the file too if it is needed.",
    ]


def test_a_check_without_end_is_ended(here: Path) -> None:
    pattern = (
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:name ; sh:pattern '^(a+)+$' ] ."
    )
    (here / "shapes.ttl").write_text(PREFIXES + pattern, encoding="utf-8")
    (here / "data.ttl").write_text(f'{PREFIXES} ex:a a ex:C ; ex:name "{"a" * 40}!" .', encoding="utf-8")
    done = ours("--time-limit", "2")
    assert (done.exit_code, done.stderr.splitlines()[0]) == (
        2,
        "khabar: validation: took longer than 2 seconds",
    )


def test_a_bug_is_no_violation(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("khabar.commands.validate.check", broken)
    done = ours()
    assert (done.exit_code, done.stderr) == (
        2,
        "khabar: validation: broke off: ZeroDivisionError: division by zero\n"
        "  try --engine pyshacl, and report the data and the shapes that did it\n",
    )


def test_both_engines_make_the_same_report(here: Path) -> None:
    one, two = (
        json.loads(ours("--format", "json", "--engine", engine).stdout) for engine in ("compiled", "pyshacl")
    )
    assert one == two
