"""khabar check-ontology: what is wrong with an ontology, and with data under it, in the forms of validate."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from khabar.cli import main
from khabar.resources import folder

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="HermiT is a Java program")
SHIPPED: Final = (folder("ontology") / "khabar.ttl").read_text("utf-8")
PREFIX: Final = "@prefix kh: <https://w3id.org/khabar/ont#> .\n"


def check(*arguments: str | Path, env: dict[str, str] | None = None) -> Result:
    return CliRunner(env=env).invoke(main, ["check-ontology", *map(str, arguments)], prog_name="khabar")


@needs_java
def test_our_own_ontology_is_good() -> None:
    done = check()
    assert (done.exit_code, done.stdout) == (0, "Conforms: 0 violations, 0 warnings\n")


TERM: Final = """
kh:Odd a owl:Class ; rdfs:isDefinedBy <https://w3id.org/khabar/ont> ;
    rdfs:label "odd"@en , "غريب"@ar , "странный"@ru ; rdfs:comment "Odd."@en , "غريب."@ar .
kh:odd a owl:ObjectProperty ; rdfs:isDefinedBy <https://w3id.org/khabar/ont> ; rdfs:domain kh:Odd ; rdfs:range kh:Odd ;
    rdfs:label "odd"@en , "غريب"@ar , "странный"@ru ; rdfs:comment "Odd."@en , "غريب."@ar .
"""
FAULTS: Final = {  # what is changed -> the rules that find it, and the words of their lines
    "no Russian label": ('rdfs:label "odd"@en , "غريب"@ar , "странный"@ru ; rdfs:comment', 'rdfs:label "odd"@en , "غريب"@ar ; rdfs:comment', [("label-ru", '"odd"@en'), ("label-ru", '"odd"@en')]),
    "two English labels": ('kh:Odd a owl:Class ;', 'kh:Odd a owl:Class ; rdfs:label "strange"@en ;', [("label-once", '"odd"@en')]),
    "no definition in Arabic": ('rdfs:domain kh:Odd ; rdfs:range kh:Odd ;\n    rdfs:label "odd"@en , "غريب"@ar , "странный"@ru ; rdfs:comment "Odd."@en , "غريب."@ar', 'rdfs:domain kh:Odd ; rdfs:range kh:Odd ;\n    rdfs:label "odd"@en , "غريب"@ar , "странный"@ru ; rdfs:comment "Odd."@en', [("comment-ar", '"Odd."@en')]),
    "no range": ("rdfs:domain kh:Odd ; rdfs:range kh:Odd", "rdfs:domain kh:Odd", [("Relation", "kh:odd a")]),
    "two domains": ("rdfs:domain kh:Odd ;", "rdfs:domain kh:Odd , kh:Person ;", [("Relation", "kh:odd a")]),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_quality_is_found_on_its_line(
    old: str, new: str, expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    path = tmp_path / "onto.ttl"
    path.write_text(SHIPPED + TERM, encoding="utf-8")
    assert check("--ontology", path, "--no-reasoner").exit_code == 0
    assert old in TERM
    path.write_text(SHIPPED + TERM.replace(old, new), encoding="utf-8")
    done = check("--ontology", path, "--no-reasoner", "--format", "json", "--fail-on", "warning")
    found = json.loads(done.stdout)["results"]
    assert done.exit_code == 1
    assert [(r["shape"]["value"].rpartition("#")[2]) for r in found] == [rule for rule, _ in expected]
    assert all(words in r["place"]["text"] for r, (_, words) in zip(found, expected, strict=True))


@needs_java
def test_a_class_that_can_have_no_member_is_found(tmp_path: Path) -> None:
    path = tmp_path / "onto.ttl"
    path.write_text(SHIPPED + TERM + "kh:Odd rdfs:subClassOf kh:Meeting , kh:City .", encoding="utf-8")
    done = check("--ontology", path, "--language", "ar")
    assert done.exit_code == 1
    assert "Violation: odd: غريب: لا يمكن أن يكون له عنصر." in done.stdout


def test_a_node_of_two_classes_that_exclude_each_other(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(
        PREFIX + "<u:x> a kh:Meeting ,\n  kh:City .\n<u:y> a kh:City , kh:Country .", encoding="utf-8"
    )
    done = check(path, "--no-reasoner")
    assert done.exit_code == 1
    assert done.stdout.startswith(
        f"{path}:2:9: Violation: u:x: u:x is of city and of meeting, which exclude each other.\n"
    )
    assert done.stdout.endswith("Does not conform: 1 violation, 0 warnings\n")


@needs_java
def test_a_sample_that_contradicts_the_axioms(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(
        PREFIX + "<u:x> a kh:Organization . <u:y> kh:visited <u:x> . <u:x> kh:tookPlaceIn <u:z> ."
    )
    done = check(path, "--format", "json")
    assert [r["messages"]["en"] for r in json.loads(done.stdout)["results"]] == [
        "The sample of the data contradicts the axioms."
    ]


def test_without_java_it_says_what_to_install(tmp_path: Path) -> None:
    done = check(env={"PATH": str(tmp_path)})
    assert (done.exit_code, done.stdout, done.stderr) == (
        2,
        "",
        "khabar: the check of the ontology's axioms: HermiT is a Java program, and no java was found to run it\n"
        "  install a Java runtime (Debian and Ubuntu: default-jre-headless)\n",
    )


def test_an_ontology_that_is_no_turtle(tmp_path: Path) -> None:
    (tmp_path / "onto.ttl").write_text("kh:A a kh:B .")
    done = check("--ontology", tmp_path / "onto.ttl")
    assert (done.exit_code, done.stderr.splitlines()[0]) == (
        2,
        f"khabar: {tmp_path}/onto.ttl:1:1: is not Turtle: The prefix kh: has not been declared",
    )
