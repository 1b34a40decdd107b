"""The Turtle in ontology/ as a whole: what is declared is used, a planted error is named, the guides work."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Final

import pytest
from rdflib import OWL, RDF, Graph, URIRef

from khabar import knowledge
from khabar.errors import KnowledgeError
from khabar.extraction import extract
from khabar.jsonlines import Line, lines
from khabar.knowledge.records import load as load_records
from khabar.model import Article
from khabar.resources import folder
from khabar.vocab import KH, interned

SHIPPED: Final = folder("ontology")
DOCS: Final = Path(__file__).parents[1] / "docs"
LANGUAGES: Final = sorted((SHIPPED / "languages").glob("*.ttl"))
USERS: Final = [*LANGUAGES, SHIPPED / "gazetteer.ttl", SHIPPED / "names.ttl"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of ontology/ to plant things in."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "ontology"))


# --- what the stages compare with `is` is one object


def iris(value: object) -> Iterator[URIRef]:
    """The IRIs in a value, as deep as they lie."""
    if isinstance(value, URIRef):
        yield value
    elif isinstance(value, Mapping):
        yield from iris((*value.keys(), *value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from iris(item)
    elif is_dataclass(value):
        for part in fields(value):
            yield from iris(getattr(value, part.name))


def test_every_iri_of_the_knowledge_is_one_object() -> None:
    known = knowledge.load()
    types = [entry.type for entry in known.gazetteer.entries.values()]
    ends = [end(p) for p in known.ontology.relations for end in (known.ontology.domain, known.ontology.range)]
    above = [known.ontology.ancestors(cls) for cls in known.ontology.classes]
    found = [*iris((tuple(known.languages.values()), types, ends, above))]
    assert len(found) > 10_000
    assert {iri for iri in found if interned(str(iri)) is not iri} == set()


# --- what is declared is used, and what is used is declared


def ours(path: Path) -> set[URIRef]:
    """Our terms that a file uses, in any place."""
    terms = {term for triple in Graph().parse(path) for term in triple if isinstance(term, URIRef)}
    return {term for term in terms if term.startswith(KH)}


def declared(*names: str) -> set[URIRef]:
    """Our terms that files declare."""
    kinds = (OWL.Class, OWL.NamedIndividual, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    graphs = [Graph().parse(SHIPPED / name) for name in names]
    terms = {s for g in graphs for kind in kinds for s in g.subjects(RDF.type, kind) if isinstance(s, URIRef)}
    return {term for term in terms if term.startswith(KH)}


@pytest.mark.parametrize("path", USERS, ids=lambda path: path.stem)
def test_every_term_in_use_is_declared(path: Path) -> None:
    assert ours(path) - declared("khabar.ttl", "lexicon.ttl") == set()


def test_every_feature_is_read() -> None:
    sources = Path(knowledge.__file__).parents[1].rglob("*.py")
    read = set(re.findall(r"KH\.(\w+)", "\n".join(path.read_text(encoding="utf-8") for path in sources)))
    features = Graph().parse(SHIPPED / "lexicon.ttl").subjects(RDF.type, KH.Feature)
    assert {str(f).removeprefix(KH) for f in features if str(f).startswith(KH)} - read == set()


# --- one planted error each, and its whole message

AR, EN, KHABAR = "languages/ar.ttl", "languages/en.ttl", "khabar.ttl"
PLANTED = {
    "an unknown property": (
        EN, 'en:x a kh:Words ; kh:from "x" .',
        "ontology/languages/en.ttl, en:x: uses kh:from, which nothing reads there\n"
        "  correct the spelling; ontology/lexicon.ttl declares what is read"),
    "a property of something else": (
        EN, "en:x a kh:Words ; kh:order ( kh:head ) .",
        "ontology/languages/en.ttl, en:x: uses kh:order, which nothing reads there;"
        " it describes synsem:SyntacticFrame\n"
        "  correct the spelling; ontology/lexicon.ttl declares what is read"),
    "a feature that nothing reads": (
        AR, 'ar:x a kh:Words ; kh:feature kh:functionl ; kh:form "x" .',
        "ontology/languages/ar.ttl, ar:x: gives kh:feature the value kh:functionl, which nothing reads\n"
        "  use kh:functional, kh:acting, kh:title, or declare it in ontology/lexicon.ttl"),
    "a number that is none": (
        AR, 'ar:x a kh:Words ; kh:number "six" ; kh:form "x" .',
        'ontology/languages/ar.ttl, ar:x: gives kh:number the value "six", which nothing reads\n'
        "  use a whole number"),
    "a form with a language": (
        EN, 'en:x a kh:Words ; kh:form "x"@en .',
        'ontology/languages/en.ttl, en:x: gives kh:form the value "x"@en, which nothing reads\n'
        "  use a text in quotes, without a language"),
    "an undeclared relation": (
        EN, "en:x a synsem:SyntacticFrame ; kh:states kh:lanched ; kh:order ( kh:subject kh:object ) .",
        "ontology/languages/en.ttl, en:x: states kh:lanched, which the ontology does not declare\n"
        "  declare kh:lanched in ontology/khabar.ttl with domain and range, or correct it"),
    "an undeclared class in a slot": (
        EN, "en:x a synsem:SyntacticFrame ; kh:states kh:chairs ; kh:order ("
        " [ kh:slot kh:subject ; kh:type kh:Organisation ] kh:object ) .",
        "ontology/languages/en.ttl, en:x: asks for kh:Organisation, which the ontology does not declare\n"
        "  use a class of ontology/khabar.ttl, or declare it there"),
    "an undeclared meaning": (
        EN, 'en:x a kh:Words ; ontolex:denotes kh:Congress ; kh:form "x" .',
        "ontology/languages/en.ttl, en:x: denotes kh:Congress, which the ontology does not declare\n"
        "  use a class of ontology/khabar.ttl, or declare it there"),
    "a frame that is not there": (
        EN, 'en:x a kh:Words ; synsem:synBehavior en:nowhere ; kh:form "x" .',
        "ontology/languages/en.ttl, en:x: behaves as en:nowhere, which is no frame of this file\n"
        "  declare it as a synsem:SyntacticFrame, or correct it"),
    "no slot and no words": (
        EN, "en:x a synsem:SyntacticFrame ; kh:states kh:chairs ; kh:order ( kh:subject kh:objekt ) .",
        "ontology/languages/en.ttl, en:x: orders kh:objekt, which is no slot and no words of this language\n"
        "  use kh:subject, kh:object, kh:when, kh:place, kh:quote, kh:head, or words declared here"),
    "a frame that states nothing": (
        EN, "en:x a synsem:SyntacticFrame ; kh:order ( kh:subject kh:object ) .",
        "ontology/languages/en.ttl, en:x: has no kh:states\n  add kh:states"),
    "principal parts that its paradigm lacks": (
        AR, 'ar:x a kh:Words ; kh:inflects ar:verb ; kh:principalParts "x" .',
        "ontology/languages/ar.ttl, ar:x: gives 1 principal parts in 'x'\n  give 2, as its paradigm asks"),
    "a rule without an arrow": (
        AR, 'ar:arabic kh:folds "ab" .',
        "ontology/languages/ar.ttl, ar:arabic: has the rule 'ab' without '>'\n  write it as 'from>to'"),
    "an undeclared term of the ontology": (
        KHABAR, "kh:Person rdfs:subClassOf kh:Agnet .",
        "ontology/khabar.ttl, kh:Person: uses kh:Agnet, which is not declared\n"
        "  correct the name, or declare kh:Agnet as a class, a property or an individual"),
    "a name without a language": (
        "gazetteer.ttl", 'id:kenya skos:altLabel "Kenia" .',
        'ontology/gazetteer.ttl, id:kenya: gives skos:altLabel "Kenia" without a language\n'
        '  write its language after it, as in "Kenia"@en'),
}  # fmt: skip


@pytest.mark.parametrize(("file", "planted", "message"), PLANTED.values(), ids=PLANTED)
def test_a_planted_error_is_named(copy: Path, file: str, planted: str, message: str) -> None:
    add(copy / file, planted)
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(copy)
    assert str(caught.value) == message


@pytest.mark.parametrize("file", [AR, KHABAR, "lexicon.ttl", "gazetteer.ttl", "names.ttl"])
def test_broken_turtle_is_named_with_its_line(copy: Path, file: str) -> None:
    count = len((copy / file).read_text(encoding="utf-8").splitlines())
    add(copy / file, 'kh:x a "')
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(copy)
    assert re.fullmatch(rf"ontology/{file}, line {count + 1}", caught.value.where)


@pytest.mark.parametrize("file", [KHABAR, "lexicon.ttl", "gazetteer.ttl", "names.ttl"])
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(copy)
    assert str(caught.value) == (
        f"ontology/{file}: cannot be read: No such file or directory\n  restore the file, or reinstall khabar"
    )


# --- the guides: their blocks go into the files they name, and their sentences are read


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def follow(guide: Path, copy: Path) -> None:
    """Add each block of Turtle to the file that the text before it named last."""
    target = ""
    for named, block in re.findall(r"`ontology/([\w/.]+\.ttl)`|```turtle\n(.*?)```", read(guide), re.DOTALL):
        target = target if block or named == "lexicon.ttl" else named
        if block:
            add(copy / target, block)


def sentences(guide: Path) -> list[tuple[str, str, str]]:
    """The rows of its table: language, sentence, line."""
    rows = re.findall(r"^\| (\w\w) \| (.+?) \| (.+?) \|$", read(guide), re.MULTILINE)
    return [(language, sentence, line) for language, sentence, line in rows]


def read(guide: Path) -> str:
    return guide.read_text(encoding="utf-8")


def shown(line: Line) -> str:
    """The type of a line and its slots, those of things as printed."""
    hidden = {"article", "type", "evidence", "status", "property", "confidence", "rule", "attributed_to"}
    slots = {k: v["text"] if isinstance(v, dict) else v for k, v in line.items() if k not in hidden and v}
    return " ".join([str(line["type"]), *(f"{k}={v}" for k, v in slots.items())])


@pytest.mark.parametrize("name", ["new-relation.md", "new-language.md"])
def test_the_guides_work(copy: Path, name: str) -> None:
    follow(DOCS / name, copy)
    known, records = knowledge.load(copy), load_records(copy)
    for language, sentence, line in sentences(DOCS / name):
        found = lines(extract(Article("any", language, sentence), known), records)
        assert line in [shown(one) for one in found], sentence
