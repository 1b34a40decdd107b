"""The command line, as the person at the terminal and the script behind the pipe meet it."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result
from rdflib import Dataset, Graph, URIRef
from rdflib.compare import isomorphic

from khabar.cli import COMMANDS, main
from khabar.version import __version__
from khabar.vocab import BASE, KH

ROOT: Final = Path(__file__).parents[1]
CHAIRED: Final = (
    "ترأست كازاخستان حوار نساء آسيا الوسطى في عام 2023. وترأست تركمانستان حوار نساء آسيا الوسطى في عام 2022."
)
CHAIRS: Final = "SELECT ?chair { ?chair kh:chairs ?body } ORDER BY ?chair"


def khabar(*arguments: str | Path, stdin: str = "", env: dict[str, str] | None = None) -> Result:
    return CliRunner(env=env).invoke(main, [str(a) for a in arguments], input=stdin, prog_name="khabar")


def process(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "khabar", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)  # type: ignore[call-overload, no-any-return]


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("news") / "chairs.md"
    path.write_text(f"---\nid: chairs\npublished: 2023-12-06\n---\n{CHAIRED}\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def graph(article: Path) -> Path:
    folder = article.parent / "graph"
    built = khabar("build", article, "--out", folder)
    assert (built.exit_code, built.stderr) == (0, "")
    assert built.stdout.startswith("built 1, replaced 0, unchanged 0, refused 0\n")
    return folder


# What it says of itself


def test_its_version() -> None:
    assert khabar("--version").stdout == f"khabar {__version__}\n"
    assert process("--version").stdout == f"khabar {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example(name: str) -> None:
    shown = khabar(name, "--help")
    assert shown.exit_code == 0
    assert f"\n  Example:\n    khabar {name}" in shown.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete_it(shell: str) -> None:
    env = {**os.environ, "_KHABAR_COMPLETE": f"{shell}_source"}
    assert "khabar" in process(env=env).stdout


# Extract and explain


def test_facts_as_json_lines(article: Path) -> None:
    shown = khabar("extract", article, "--format", "jsonl")
    found = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [(line["type"], line["chair"]["text"], line["year"]) for line in found] == [
        ("chair", "كازاخستان", 2023),
        ("chair", "تركمانستان", 2022),
    ]
    assert (shown.exit_code, shown.stderr) == (0, "")


def test_facts_as_a_table(article: Path) -> None:
    heads, rule, *rows = khabar("extract", article).stdout.splitlines()
    assert heads.split() == ["article", "fact", "what", "it", "says", "status", "confidence", "words"]
    assert set(rule) == {"─", " "}
    assert len(rows) == 2
    assert "chair: كازاخستان; year: 2023" in rows[0]


def test_an_article_from_the_future_is_read_with_a_remark(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\npublished: 9999-12-31\n---\n{CHAIRED}\n", encoding="utf-8")
    shown = khabar("extract", path)
    assert shown.exit_code == 0
    assert f"khabar: {path}: was published on 9999-12-31, which is still to come" in shown.stderr


def test_processes_leave_no_trace(tmp_path: Path) -> None:
    for n in range(9):
        (tmp_path / f"{n}.md").write_text(f"---\nid: no-{n}\n---\n{CHAIRED}\n", encoding="utf-8")
    one, two = (process("extract", tmp_path, "--format", "jsonl", "--jobs", jobs).stdout for jobs in "12")
    assert one == two
    assert len(one.splitlines()) == 18


def test_facts_as_turtle_are_the_graph_of_a_build(article: Path, graph: Path) -> None:
    shown = Graph().parse(data=khabar("extract", article, "--format", "turtle").stdout, format="turtle")
    built = Dataset().parse(data=khabar("dump", graph, "--format", "nquads").stdout, format="nquads")
    assert isomorphic(shown - built.graph(BASE["graph/meta"]), built.graph(BASE["graph/chairs"]))


def test_the_reasons_of_each_fact(article: Path) -> None:
    shown = khabar("explain", article).stdout
    first = shown.split("\n\n")[1]
    assert re.match(r"1\. +كازاخستان kh:chairs حوار نساء آسيا الوسطى\n", first)
    assert re.search(r"^when +“عام 2023”: 2023$", first, re.MULTILINE)
    assert re.search(r"^words +0-\d+ “ترأست كازاخستان ", first, re.MULTILINE)
    assert re.search(r"^frame +lexicon/ar#", first, re.MULTILINE)
    assert re.search(
        r"^named +id:kazakhstan, a kh:Country, in the gazetteer: 6-15 “كازاخستان”$", first, re.MULTILINE
    )


def test_an_article_may_come_through_a_pipe() -> None:
    shown = khabar("extract", "-", "--format", "jsonl", stdin=CHAIRED)
    assert json.loads(shown.stdout.splitlines()[0])["body"]["text"] == "حوار نساء آسيا الوسطى"


def test_a_text_too_short_to_tell_needs_a_language() -> None:
    short = "ترأست كازاخستان الحوار."
    refused, told = (
        khabar("extract", "-", stdin=short),
        khabar("extract", "-", "--language", "ar", stdin=short),
    )
    assert (refused.exit_code, told.exit_code) == (2, 0)
    assert refused.stderr.startswith(
        "khabar: standard input: is in no language that khabar recognises, or in several\n"
    )


# Build, dump, query, validate


def test_every_example_is_built(tmp_path: Path) -> None:
    """As `make run` does before it serves them."""
    done = khabar("build", str(Path(__file__).parents[1] / "examples"), "--out", str(tmp_path / "graph"))
    assert done.exit_code == 0, done.stdout
    assert done.stdout.startswith("built 8, replaced 0, unchanged 0, refused 0\n")


def test_building_again_changes_nothing(article: Path, graph: Path) -> None:
    before = khabar("dump", graph, "--format", "nquads").stdout
    again = khabar("build", article, "--out", graph)
    assert again.stdout.startswith("built 0, replaced 0, unchanged 1, refused 0\n")
    assert khabar("dump", graph, "--format", "nquads").stdout == before


@pytest.mark.parametrize("format", ["turtle", "ntriples", "nquads", "trig", "jsonld"])
def test_every_dump_can_be_read_again(graph: Path, format: str) -> None:
    names = {"ntriples": "nt", "jsonld": "json-ld"}
    data = Dataset().parse(
        data=khabar("dump", graph, "--format", format).stdout, format=names.get(format, format)
    )
    triples = {(s, p, o) for s, p, o, _ in data.quads()}
    assert {s for s, p, _ in triples if p == KH.chairs} == {BASE["id/kazakhstan"], BASE["id/turkmenistan"]}


def test_an_answer_in_every_format(graph: Path) -> None:
    answers = {
        name: khabar("query", graph, CHAIRS, "--format", name).stdout
        for name in ("json", "csv", "tsv", "xml", "table")
    }
    iris = [str(BASE["id/kazakhstan"]), str(BASE["id/turkmenistan"])]
    assert [row["chair"]["value"] for row in json.loads(answers["json"])["results"]["bindings"]] == iris
    assert [row["chair"] for row in csv.DictReader(io.StringIO(answers["csv"]))] == iris
    assert answers["tsv"].splitlines() == ["?chair", *(f"<{iri}>" for iri in iris)]
    assert [uri.text for uri in ET.fromstring(answers["xml"]).iter() if uri.tag.endswith("}uri")] == iris
    assert answers["table"].split() == ["chair", "─" * 15, "id:kazakhstan", "id:turkmenistan"]


def test_questions_of_other_kinds(graph: Path, tmp_path: Path) -> None:
    (tmp_path / "ask.rq").write_text("ASK { id:kazakhstan kh:chairs ?body }", encoding="utf-8")
    assert khabar("query", graph, "-f", tmp_path / "ask.rq").stdout == "true\n"
    described = khabar("query", graph, "CONSTRUCT WHERE { ?who kh:chairs ?what }").stdout
    assert {s for s, _, _ in Graph().parse(data=described, format="turtle")} == {
        URIRef(BASE["id/kazakhstan"]),
        URIRef(BASE["id/turkmenistan"]),
    }


def test_things_are_found_by_words_however_they_are_spelt(graph: Path) -> None:
    kazakhstan = ["id:kazakhstan", "rdfs:label", "كازاخستان", "ar"]
    assert kazakhstan in [line.split() for line in khabar("search", graph, "كازاخِستان").stdout.splitlines()]
    lines = khabar("search", graph, "نسأء", "اسيا", "--format", "jsonl").stdout.splitlines()
    assert BASE["article/chairs"] in [URIRef(json.loads(line)["iri"]) for line in lines]
    assert all("نساء آسيا الوسطى" in json.loads(line)["value"] for line in lines)
    least = khabar("search", graph, "نساء", "آسيا", "--limit", "1", "--format", "jsonl").stdout
    assert least.splitlines() == lines[:1]
    nothing = khabar("search", graph, "zanzibar")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert nothing.stderr == "Nothing holds all of these words.\n"


def test_a_graph_conforms_to_its_shapes(graph: Path) -> None:
    checked = khabar("validate", graph)
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (0, "Conforms: 0 violations, 0 warnings")


def test_one_article_is_checked_alone_with_what_it_names(graph: Path) -> None:
    checked = khabar("validate", graph, "--article", "chairs", "--format", "json")
    told = json.loads(checked.stdout)
    assert (checked.exit_code, told["results"], told["summary"]["graphs"]) == (0, [], 1)
    assert told["summary"]["focusNodes"] > 0
    unknown = khabar("validate", graph, "--article", "charis")
    assert unknown.exit_code == 2
    assert f"{graph}: holds no article charis" in unknown.stderr


def test_data_that_breaks_a_shape(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(f"<{BASE}id/s-1> a <{KH.Statement}> .", encoding="utf-8")
    checked = khabar("validate", tmp_path / "a.ttl")
    assert checked.exit_code == 1
    assert checked.stdout.splitlines()[-1].startswith("Does not conform: ")


def test_shapes_of_ones_own(graph: Path, tmp_path: Path) -> None:
    shape = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix kh: <https://w3id.org/khabar/ont#> .
    kh:Sourced a sh:NodeShape ; sh:targetClass kh:Article ;
        sh:property [ sh:path <https://schema.org/publisher> ; sh:minCount 1 ] ."""
    (tmp_path / "shape.ttl").write_text(shape, encoding="utf-8")
    checked = khabar("validate", graph, "--shapes", tmp_path / "shape.ttl")
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (
        1,
        "Does not conform: 1 violation, 0 warnings",
    )


# Evaluate and demo


def test_a_score_below_the_mark_is_no_success() -> None:
    gold = ROOT / "examples" / "gold" / "ar-dialogue-review.json"
    assert khabar("evaluate", gold, "--fail-under", "0").exit_code == 0
    assert khabar("evaluate", gold, "--fail-under", "1").exit_code == 1
    assert json.loads(khabar("evaluate", gold, "--format", "json", "--misses").stdout)


def test_the_demo_answers_all_its_questions() -> None:
    shown = khabar("demo")
    assert (shown.exit_code, shown.stderr) == (0, "")
    answers = re.split(r"\n\n(?=[^\n]*\?[^\n]*\n\n)", shown.stdout)[1:]
    assert len(answers) == 5
    assert not [
        answer for answer in answers if len(answer.splitlines()) < 5
    ]  # question, blank, heads, rule, row


# What goes wrong


def test_one_bad_article_does_not_keep_the_others_out(article: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    built = khabar("build", tmp_path / "bad.json", article, "--out", tmp_path / "graph")
    assert built.exit_code == 1
    assert built.stdout.startswith("built 1, ")
    assert built.stderr.startswith(f"khabar: {tmp_path}/bad.json, line 1, column 2: is not JSON: ")


WRONG: Final = {  # command -> the first line on standard error; {} is the folder it runs in
    ("extract", "{}/none.txt"): "khabar: {}/none.txt: does not exist",
    ("explain", "{}/empty.txt"): "khabar: {}/empty.txt: is empty",
    ("validate", "{}/empty.txt"): "khabar: {}/empty.txt: is neither RDF by its name nor a folder",
    ("validate", "{}/empty.ttl"): "khabar: {}/empty.ttl: is empty",
    ("extract", "{}/nothing"): "khabar: {}/nothing: holds no file that khabar reads",
    ("build", "{}/empty.txt", "--out", "{}/new"): "khabar: {}/empty.txt: is empty",
    ("build", "{}/news.md", "--out", "{}/foreign"): "khabar: {}/foreign: is not empty "
    "and was not made by khabar: "
    "it holds letter.txt",
    ("query", "{}/none", "ASK {{}}"): "khabar: {}/none: does not exist",
    ("dump", "{}/foreign"): "khabar: {}/foreign: is not a graph that khabar has built",
    ("search", "{}/none", "x"): "khabar: {}/none: does not exist",
    ("serve", "{}/none"): "khabar: {}/none: does not exist",
    ("validate", "{}/none.ttl"): "khabar: {}/none.ttl: cannot be read: No such file or directory",
    ("evaluate", "{}/none.json"): "khabar: {}/none.json: does not exist",
    ("extract", "{}/news.md", "--config", "{}/none.toml"): "khabar: {}/none.toml: cannot be read: "
    "no such file or directory",
    ("extract", "{}/news.md", "--config", "{}/wrong.toml"): "khabar: {}/wrong.toml: sets prot to 80, "
    "which khabar cannot use",
}  # fmt: skip


@pytest.mark.parametrize(
    ("command", "message"),
    WRONG.items(),
    ids=lambda value: value[0] if isinstance(value, tuple) else value[8:50].replace("{}/", ""),
)
def test_what_cannot_be_done_says_so_in_one_clear_line(
    tmp_path: Path, command: tuple[str, ...], message: str
) -> None:
    for name in ("nothing", "foreign"):
        (tmp_path / name).mkdir()
    contents = {"empty.txt": "", "foreign/letter.txt": "mine", "empty.ttl": "", "wrong.toml": "prot = 80",
                "news.md": CHAIRED}  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    done = khabar(*(argument.format(tmp_path) for argument in command))
    assert done.stderr.splitlines()[0].startswith(message.format(tmp_path))
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 2)
    assert sorted(tmp_path.rglob("*")) == before, "something was left half written"


def test_a_query_that_cannot_be_read_or_shown(graph: Path) -> None:
    broken = khabar("query", graph, "SELECT * { ?s ?p }")
    assert (broken.exit_code, broken.stderr.splitlines()[0]) == (
        2,
        "khabar: query, line 1, column 19: is not SPARQL",
    )
    unfit = khabar("query", graph, "ASK {}", "--format", "turtle")
    assert (
        unfit.stderr
        == "khabar: query: has an answer that is no turtle\n  use --format table, json, csv, tsv, xml\n"
    )
    assert khabar("query", graph).exit_code == 2


# Settings: option over environment over named file over the folder's file over default


def test_the_nearest_setting_wins(article: Path, tmp_path: Path) -> None:
    def base_of(name: str, *arguments: str | Path, env: dict[str, str] | None = None) -> str:
        folder = tmp_path / name
        built = khabar("build", article, "--out", folder, *arguments, env=env)
        assert built.exit_code == 0, built.output
        return str(json.loads((folder / "khabar.json").read_text("utf-8"))["base"])

    (tmp_path / "a.toml").write_text('base = "https://file.example/"', encoding="utf-8")
    config, env = ("--config", tmp_path / "a.toml"), {"KHABAR_BASE": "https://environment.example/"}
    assert base_of("1") == str(BASE)
    assert base_of("2", *config) == "https://file.example/"
    assert base_of("3", *config, env=env) == "https://environment.example/"
    assert base_of("4", *config, "--base", "https://option.example/", env=env) == "https://option.example/"
    assert base_of("5", env={"KHABAR_CONFIG": str(tmp_path / "a.toml")}) == "https://file.example/"


def test_a_built_folder_has_settings_of_its_own(article: Path, graph: Path, tmp_path: Path) -> None:
    (graph / "khabar.toml").write_text("publish_text = true", encoding="utf-8")
    (tmp_path / "no.toml").write_text("publish_text = false", encoding="utf-8")
    try:
        assert CHAIRED in khabar("dump", graph, "--format", "nquads").stdout
        assert (
            CHAIRED
            not in khabar("dump", graph, "--format", "nquads", "--config", tmp_path / "no.toml").stdout
        )
        assert CHAIRED not in khabar("dump", graph, "--format", "nquads", "--no-publish-text").stdout
    finally:
        (graph / "khabar.toml").unlink()
    assert CHAIRED not in khabar("dump", graph, "--format", "nquads").stdout


# Real terminals, pipes and servers


def test_a_bar_is_drawn_only_on_a_terminal(article: Path, tmp_path: Path) -> None:
    assert process("build", article, "--out", tmp_path / "1").stderr == ""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "khabar", "build", str(article), "--out", str(tmp_path / "2")]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, text=True, timeout=60, check=True)
    os.close(theirs)
    assert b"building" in os.read(ours, 10_000)
    os.close(ours)
    assert done.stdout.startswith("built 1, ")


def test_a_reader_that_has_seen_enough_may_leave(graph: Path) -> None:
    command = f"{sys.executable} -m khabar dump {graph} --format nquads | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")


def test_a_port_that_is_taken(graph: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = process("serve", graph, "--port", str(port))
    assert done.returncode == 2
    assert f"khabar: 127.0.0.1:{port}: cannot be listened on: Address already in use\n" in done.stderr


def test_a_query_without_end_can_be_interrupted(graph: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    command = [sys.executable, "-m", "khabar", "query", str(graph), endless]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as query:
        try:
            with pytest.raises(subprocess.TimeoutExpired):
                query.wait(2)
            query.send_signal(signal.SIGINT)
            assert query.wait(10) in (-signal.SIGINT, 130)
        finally:
            query.kill()


def test_a_query_without_end_can_be_given_a_time(graph: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    command = [sys.executable, "-m", "khabar", "query", str(graph), "--timeout", "1.5"]
    done = subprocess.run([*command, endless], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "khabar: query: was stopped after 1.5 seconds\n"
        "  ask for less, such as with LIMIT, or give it a longer --timeout\n"
    )
    done = subprocess.run([*command, "ASK {}"], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "true\n", "")
    done = subprocess.run([*command, "ASK {"], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("khabar: query, line 1, column 6: is not SPARQL\n")


def test_a_graph_is_served_until_it_is_interrupted(graph: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "khabar", "serve", str(graph), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        assert server.stderr.readline() == f"Open http://127.0.0.1:{port}/ in a browser; Ctrl+C ends it.\n"
        while server.poll() is None:
            with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        with urlopen(f"http://127.0.0.1:{port}/ont", timeout=10) as page:
            assert page.status == 200
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
