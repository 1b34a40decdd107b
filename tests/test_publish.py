"""What is published: each file of a version, that it is whole, and the same bytes for the same facts."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import jsonschema
import pyarrow.parquet
import pyoxigraph as ox
import pytest
from dumped import DAY, KILLS, changed, published, quads, unzipped
from rdflib import Dataset, Graph
from values import arabic, russian

from khabar.dumps.describe import About
from khabar.dumps.manifest import parse, read
from khabar.dumps.publish import Options
from khabar.dumps.versions import DumpError, next_version, order
from khabar.graph.checkpoint import is_shown
from khabar.graph.folder import open_snapshot
from khabar.resources import folder as resource_folder
from khabar.vocab import DEFAULT_BASE

VIEWS = ("khabar-o", "khabar-s", "khabar-a", "khabar-r", "khabar-n", "q")  # so their names begin
ROOT = Path(__file__).parents[1]
CONTENTS = {
    "khabar.nq", "khabar.trig", "khabar-facts.ttl", "khabar-entities.ttl", "ontology.ttl", "shapes.ttl",
    "statements.csv", "dataset.ttl", "dataset.jsonld", "CITATION.cff", "CHANGES.md", "khabar-org.ttl",
    "khabar-schema.ttl", "khabar-annotations.ttl", "khabar-rdf12.nt", "khabar-nanopublications.trig",
    "quickstatements.tsv", "statements.parquet",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changed(tmp_path_factory.mktemp("made") / "g", [arabic(), russian()])


@pytest.fixture
def graph(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "g"))


def test_a_version_has_every_file_and_its_sums_are_right(graph: Path) -> None:
    published(graph)
    version = graph / "dumps" / "latest"
    assert os.readlink(version) == "2026.11.20"
    manifest = read(version)
    assert {file.content for file in manifest.files} == CONTENTS
    for name in ("khabar.nq", "khabar.trig", "khabar-facts.ttl", "khabar-entities.ttl", "statements.csv"):
        assert {file.encoding for file in manifest.packed(name)} == {"gzip", "zstd"}
    checked = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=version, check=False)
    assert checked.returncode == 0
    listed = {line.split()[1] for line in (version / "SHA256SUMS").read_text().splitlines()}
    assert listed == {path.name for path in version.iterdir() if path.is_file()} - {"SHA256SUMS"}
    for file in manifest.files:
        data = (version / file.name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.bytes, file.sha256)
        if file.encoding == "gzip":
            data = gzip.decompress(data)
        elif file.encoding == "zstd":
            data = subprocess.run(["zstd", "-dc"], input=data, check=True, capture_output=True).stdout
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.content_bytes, file.content_sha256)
    assert (manifest.articles, manifest.statements) == (2, 9)


def test_a_manifest_follows_its_schema(graph: Path) -> None:
    schema = json.loads((resource_folder("ontology") / "manifest.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    published(
        graph, options=Options(About(license="https://example.org/l", text_license="https://example.org/t"))
    )
    changed(graph, [russian("other")])
    published(graph, 1)
    for version in ("2026.11.20", "2026.11.21"):
        found = json.loads((graph / "dumps" / version / "manifest.json").read_bytes())
        jsonschema.validate(found, schema)
        assert set(schema["properties"]) == set(found)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(found | {"version": "today"}, schema)


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the order of the articles, the hash seed and the number of processes."""
    sources = sorted((ROOT / "examples").glob("*.md"))[:4]
    made = []
    for seed, jobs, names in (("0", "1", sources), ("1", "2", sources[::-1])):
        folder = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": "1795000000"}
        for command in (
            ["build", *map(str, names), "--out", str(folder), "--jobs", jobs],
            ["publish", str(folder)],
        ):
            subprocess.run([sys.executable, "-m", "khabar", *command], env=environment, check=True)
        latest = folder / "dumps" / "latest"
        files = (path for path in latest.rglob("*") if path.is_file())
        made.append({path.relative_to(latest).as_posix(): path.read_bytes() for path in files})
    assert made[0] == made[1]
    assert len(made[0]) > 25


def test_facts_are_plain_triples_classes_and_labels(graph: Path) -> None:
    published(graph)
    facts = quads(unzipped(graph / "dumps/latest", "khabar-facts.ttl"), ox.RdfFormat.TURTLE)
    snapshot = set(open_snapshot(graph))
    assert facts <= snapshot
    used = {quad.predicate.value.rpartition("/")[2].rpartition("#")[2] for quad in facts}
    assert used == {"type", "label", "chairs", "supports", "holdsPost", "postIn", "said"}
    terms = f"PREFIX kh: <{DEFAULT_BASE}ont#> "
    query = "SELECT ?s ?p ?o { ?x rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kh:status kh:asserted }"
    asserted = {(row["s"], row["p"], row["o"]) for row in snapshot_rows(graph, terms + query)}
    plain = {(quad.subject, quad.predicate, quad.object) for quad in facts}
    assert asserted == {t for t in plain if t[1].value.rpartition("#")[2] not in ("type", "label")}


def snapshot_rows(graph: Path, query: str) -> list[dict[str, object]]:
    prefix = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
    found = open_snapshot(graph).query(prefix + query)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [{name: row[name] for name in names} for row in found]


def test_a_row_a_statement_for_a_spreadsheet(graph: Path) -> None:
    published(graph)
    data = unzipped(graph / "dumps/latest", "statements.csv")
    assert data.startswith(
        b"\xef\xbb\xbfstatement,status,subject,subject_ar,subject_en,subject_ru,predicate,"
    )
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(rows) == 9 == len({row["statement"] for row in rows})
    chair = next(row for row in rows if row["when"] == "2021")
    assert chair["subject_ar"] == "أوزبكستان"
    assert (chair["predicate_en"], chair["predicate_ar"]) == ("chairs", "يرأس")
    assert chair["evidence"] == "ترأست أوزبكستان حوار نساء آسيا الوسطى عام 2021"
    assert (chair["begin"], chair["end"]) == ("0", "46")
    assert (chair["earliest"], chair["latest"], chair["as_of"]) == ("2021-01-01", "2021-12-31", "2023-12-06")
    assert (chair["headline"], chair["publisher"]) == ("رئاسة الحوار", "وكالة المثال")
    said = next(row for row in rows if row["predicate_en"] == "said")
    assert said["object"] == "العمل مستمر"


def test_the_same_rows_are_columns(graph: Path) -> None:
    published(graph)
    table = pyarrow.parquet.read_table(graph / "dumps/latest/statements.parquet")
    data = unzipped(graph / "dumps/latest", "statements.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(data, newline="")))
    assert [{k: v or "" for k, v in row.items()} for row in table.to_pylist()] == rows


def test_a_cell_is_never_a_formula(tmp_path: Path) -> None:
    reading = arabic()
    article = replace(reading.article, title="=HYPERLINK(1)", publisher="-1+1")
    graph = changed(tmp_path / "g", [replace(reading, article=article)])
    published(graph)
    rows = list(
        csv.DictReader(io.StringIO(unzipped(graph / "dumps/latest", "statements.csv").decode("utf-8-sig")))
    )
    assert {(row["headline"], row["publisher"]) for row in rows} == {("'=HYPERLINK(1)", "'-1+1")}


def test_quotations_are_cut_and_no_text_is_given_away(graph: Path) -> None:
    published(graph, options=Options(quotation_limit=30))
    cut = unzipped(graph / "dumps/latest", "khabar.nq").decode()
    assert '"ترأست أوزبكستان حوار نساء…"@ar' in cut
    assert 'عام 2021"@ar' in cut  # shorter words are as they were
    assert "graph/text/" not in cut
    lines = cut.splitlines()
    in_order = sorted(lines, key=lambda line: (line.rsplit(" ", 2)[1], line))
    assert lines == in_order
    changed(graph, [russian("other")])
    published(graph, 1, options=Options(quotation_limit=30, publish_text=True))
    whole = unzipped(graph / "dumps/latest", "khabar.nq").decode()
    assert "graph/text/" in whole
    assert "…" not in whole


# --- versions


def test_nothing_new_makes_no_version_unless_one_is_named(graph: Path) -> None:
    assert published(graph).is_new
    assert not published(graph, 1).is_new
    assert published(graph, 1, version="2026.11.21").is_new
    changed(graph, [russian("other")])
    assert published(graph, 1).manifest.version == "2026.11.21.1"
    assert sorted(path.name for path in (graph / "dumps").iterdir() if path.name != ".lock") == [
        "2026.11.20", "2026.11.21", "2026.11.21.1", "latest",
    ]  # fmt: skip
    with pytest.raises(DumpError, match="does not come after 2026.11.21.1"):
        published(graph, version="2026.11.21")
    with pytest.raises(DumpError, match="is not the name of a version"):
        published(graph, version="../x")
    with pytest.raises(DumpError, match="would come before 2026.11.21.1"):
        published(graph, -3)


def test_what_should_be_an_iri_is_one(graph: Path) -> None:
    for about in (
        About(license="CC BY 4.0"),
        About(text_license="https://e/ x"),
        About(contact="a@example.org"),
    ):
        with pytest.raises(DumpError, match="is not an IRI"):
            published(graph, options=Options(about))
    assert not (graph / "dumps").exists()


def test_a_version_is_a_day_that_exists() -> None:
    assert order("2026.11.23.10") > order("2026.11.23.9") > order("2026.11.23")
    for name in ("2026.02.30", "2026.1.1", "2026.11.23.0", "latest", "2026.11.23/..", "٢٠٢٦.١١.٢٣"):
        with pytest.raises(DumpError):
            order(name)
    assert next_version(DAY.date(), None) == "2026.11.20"
    assert next_version(DAY.date(), "2026.11.20.9") == "2026.11.20.10"


def test_other_vocabularies_can_be_left_out(graph: Path) -> None:
    files = published(graph, options=Options(views=False)).manifest.files
    assert {file.content for file in files} == {name for name in CONTENTS if not name.startswith(VIEWS)}


def test_only_the_newest_versions_are_kept(graph: Path) -> None:
    for day in range(4):
        changed(graph, [russian(f"r{day}")])
        gone = published(graph, day, options=Options(keep=2)).gone
    assert gone == ("2026.11.21",)
    kept = sorted(path.name for path in (graph / "dumps").glob("2*"))
    assert kept == ["2026.11.22", "2026.11.23"]


def test_changes_are_counted_and_told(graph: Path) -> None:
    published(graph)
    changed(graph, [russian("new"), replace(arabic(), facts=arabic().facts[1:])], gone=["dialogue-ru"])
    found = published(graph, 1).manifest.changes
    assert found is not None
    assert (found.since, found.articles_added, found.articles_removed, found.articles_changed) == (
        "2026.11.20", 1, 1, 1,
    )  # fmt: skip
    assert (found.statements_added, found.statements_removed, found.statements_changed) == (1, 2, 0)
    told = (graph / "dumps/latest/CHANGES.md").read_text("utf-8")
    assert told == (
        "# Changes\n\n## 2026.11.21\n\nSince 2026.11.20:\n\n"
        "- articles: 1 added, 1 removed, 1 changed\n- statements: 1 added, 2 removed, 0 changed\n"
        f"- quads: {found.quads_added} added, {found.quads_removed} removed\n\n"
        "## 2026.11.20\n\nThe first version: 2 articles, 9 statements.\n"
    )


# --- round trips: each format read by others gives the graphs of the store


def held(graph: Path) -> set[ox.Quad]:
    return {
        quad
        for quad in open_snapshot(graph)
        if isinstance(quad.graph_name, ox.NamedNode)
        and is_shown(quad.graph_name.value, DEFAULT_BASE, publish_text=False)
    }


@pytest.mark.parametrize(("name", "format"), [("khabar.nq", "nquads"), ("khabar.trig", "trig")])
def test_rdflib_and_pyoxigraph_read_what_the_store_holds(graph: Path, name: str, format: str) -> None:
    published(graph)
    data = unzipped(graph / "dumps/latest", name)
    kinds = {"nquads": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG}
    assert quads(data, kinds[format]) == held(graph)
    theirs = Dataset(default_union=False)
    theirs.parse(data=data, format=format)
    again = quads(theirs.serialize(format="nquads", encoding="utf-8"), ox.RdfFormat.N_QUADS)
    assert again == held(graph)


@pytest.mark.parametrize(
    "name", ["khabar-facts.ttl", "khabar-entities.ttl", "ontology.ttl", "shapes.ttl", "dataset.ttl"]
)
def test_rdflib_and_raptor_read_our_turtle(graph: Path, name: str, tmp_path: Path) -> None:
    published(graph)
    data = unzipped(graph / "dumps/latest", name)
    expected = quads(data, ox.RdfFormat.TURTLE)
    theirs = Graph().parse(data=data, format="turtle").serialize(format="nt", encoding="utf-8")
    theirs = theirs.replace(b'+00:00"^^', b'Z"^^')  # so rdflib writes a time in UTC
    assert quads(theirs, ox.RdfFormat.N_TRIPLES) == expected
    (tmp_path / "it.ttl").write_bytes(data)
    rapper = ["rapper", "-q", "-i", "turtle", "-o", "ntriples", str(tmp_path / "it.ttl")]
    read_by_raptor = subprocess.run(rapper, check=True, capture_output=True).stdout
    assert quads(read_by_raptor, ox.RdfFormat.N_TRIPLES) == expected


def test_raptor_reads_our_named_graphs(graph: Path, tmp_path: Path) -> None:
    published(graph)
    for name, syntax in (("khabar.nq", "nquads"), ("khabar.trig", "trig")):
        (tmp_path / name).write_bytes(unzipped(graph / "dumps/latest", name))
        rapper = ["rapper", "-q", "-i", syntax, "-o", "nquads", str(tmp_path / name)]
        found = subprocess.run(rapper, check=True, capture_output=True).stdout
        assert quads(found, ox.RdfFormat.N_QUADS) == held(graph)


N3 = """
const n3 = require('n3'), fs = require('fs');
const [file, format] = process.argv.slice(1);
const writer = new n3.Writer({format: 'N-Quads'});
const parser = new n3.Parser({format, baseIRI: 'https://example.org/'});
writer.addQuads(parser.parse(fs.readFileSync(file, 'utf8')));
writer.end((error, text) => process.stdout.write(text));
"""


@pytest.mark.parametrize(
    ("name", "format"), [("khabar.nq", "N-Quads"), ("khabar.trig", "TriG"), ("khabar-facts.ttl", "Turtle")]
)
def test_n3_reads_our_files(graph: Path, name: str, format: str, tmp_path: Path) -> None:
    published(graph)
    (tmp_path / name).write_bytes(unzipped(graph / "dumps/latest", name))
    environment = {**os.environ, "NODE_PATH": "/usr/share/nodejs"}
    node = ["node", "-e", N3, str(tmp_path / name), format]
    found = subprocess.run(node, check=True, capture_output=True, env=environment).stdout
    if name == "khabar-facts.ttl":
        assert quads(found, ox.RdfFormat.N_QUADS) == quads(
            (tmp_path / name).read_bytes(), ox.RdfFormat.TURTLE
        )
    else:
        assert quads(found, ox.RdfFormat.N_QUADS) == held(graph)


# --- whole or not at all


def test_a_publisher_that_is_killed_leaves_whole_versions(graph: Path) -> None:
    published(graph)
    command = [sys.executable, "-m", "khabar", "publish", str(graph)]
    chance = random.Random(7)
    whole = []
    for day in range(1, KILLS + 1):
        changed(graph, [russian(f"r{day}")])
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(DAY.timestamp()) + 86400 * day)}
        running = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.1, 1.6))
        running.send_signal(signal.SIGKILL)
        running.wait()
        for version in [graph / "dumps" / "latest", *(graph / "dumps").glob("2*")]:
            done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=version, check=False)
            assert done.returncode == 0, version
            assert read(version).version == version.resolve().name
        whole.append(os.readlink(graph / "dumps" / "latest"))
    assert whole == sorted(whole, key=order)
    changed(graph, [russian("last")])
    assert published(graph, KILLS + 8).manifest.articles == KILLS + 3
    assert not [path for path in (graph / "dumps").iterdir() if path.name.endswith(".new")]


def test_a_manifest_that_lies_about_paths_is_refused(graph: Path) -> None:
    published(graph)
    good = json.loads((graph / "dumps/latest/manifest.json").read_bytes())
    for change in (
        {"version": "../../etc"}, {"format": 2}, {"files": [good["files"][0] | {"name": "../x"}]},
        {"files": [good["files"][0] | {"bytes": -1}]}, {"files": good["files"] * 2}, {"files": 7},
        {"files": [good["files"][0] | {"sha256": "0"}]}, {"files": [good["files"][0] | {"encoding": "br"}]},
    ):  # fmt: skip
        with pytest.raises(DumpError, match="is not a manifest of khabar"):
            parse(json.dumps(good | change).encode(), "here")
