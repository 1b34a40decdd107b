"""A build by Apache Spark: the same bytes as a local build, whatever the records; what is missing is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest
from generate import generated

from khabar import knowledge
from khabar.building import build
from khabar.graph.folder import open_snapshot
from khabar.graph.serialise import dump
from khabar.resources import folder as resource_folder
from khabar.text.read import read
from khabar.vocab import DEFAULT_BASE

if find_spec("pyspark") is None:
    pytest.skip("there is no Spark: make spark", allow_module_level=True)

from khabar.spark.job import Built
from khabar.spark.job import build as spark_build
from khabar.spark.session import LOCAL, SparkError, check_java, session
from khabar.spark.worker import Given

NUMBER: Final = 30  # invented articles, each also of a kind of source of its own
BASE: Final = "https://news.example/graph/"
BAD: Final = {
    "cut": '{"id": "cut", "text": ',
    "no text": '{"id": "empty", "lang": "en"}',
    "a tongue": '{"id": "tongue", "lang": "xx", "text": "Jordan chaired the Council of Towns in 2019."}',
    "not UTF-8": '{"id": "bytes", "lang": "en", "text": "caf\udce9 chaired the Council in 2019."}',
    "two of one id": '{"id": "twice", "lang": "en", "text": "Jordan chaired the Council of Towns in 2019."}\n'
    '{"id": "twice", "lang": "en", "text": "Egypt chaired the Council of Towns in 2019."}',
}


@pytest.fixture(scope="module")
def given() -> Given:
    shapes = tuple(sorted(resource_folder("shapes").glob("*.ttl")))
    return Given(resource_folder("ontology"), shapes, DEFAULT_BASE, None)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in LOCAL.items():
            environment.setenv(name, value)
        with session("local[2]") as found:
            yield found


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory, spark: Any) -> list[str]:
    """The examples as text, and invented articles as lines and as Parquet, some of them in both."""
    folder = tmp_path_factory.mktemp("sources")
    articles = list(generated(NUMBER))
    lines = [json.dumps(article, ensure_ascii=False) for article in articles]
    (folder / "news.jsonl").write_text("\n".join(lines[:20]), encoding="utf-8")
    rows = [
        (one["id"], one["lang"], one["title"], one["published"], one["text"], one["source"]["url"])
        for one in articles[15:]
    ]
    parquet = str(folder / "news.parquet")
    spark.createDataFrame(rows, ["id", "lang", "title", "published", "text", "url"]).write.parquet(parquet)
    return [*map(str, sorted(resource_folder("examples").glob("*.md"))), f"{folder}/news.jsonl", parquet]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, sources: list[str]) -> dict[str, bytes]:
    """What a local build makes of the same: the dump, and the report."""
    folder = tmp_path_factory.mktemp("local")
    (folder / "all.jsonl").write_text("\n".join(map(json.dumps, generated(NUMBER))))
    known = knowledge.load()
    found = read([resource_folder("examples"), folder / "all.jsonl"], languages=known.languages)
    report = build(found, folder / "graph", knowledge=known, base=BASE)
    with (folder / "dump.nq").open("wb") as stream:
        dump(open_snapshot(folder / "graph"), "nquads", stream, BASE)
    return {
        "dump": (folder / "dump.nq").read_bytes(),
        "report": report.text.encode(),
        "rules": report.validation.text.encode(),
    }


@pytest.fixture(scope="module")
def built(
    spark: Any, sources: list[str], given: Given, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Built, Path]:
    """The build of all of them, and of what is no article, into one folder."""
    folder = tmp_path_factory.mktemp("spark")
    bad = folder / "bad.jsonl"
    bad.write_bytes("\n".join(BAD.values()).encode("utf-8", "surrogateescape"))
    out = folder / "out"
    moved = Given(given.knowledge, given.shapes, BASE, None)
    return spark_build(spark, [*sources, str(bad)], str(out), moved), out


def parts(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("part-*")))


def test_bytes_are_those_of_a_local_build(built: tuple[Built, Path], local: dict[str, bytes]) -> None:
    ours = parts(built[1] / "nquads")
    assert ours.decode().splitlines() == local["dump"].decode().splitlines()
    assert ours == local["dump"]


def test_report_is_that_of_a_local_build(built: tuple[Built, Path], local: dict[str, bytes]) -> None:
    told = built[0].text()
    lines = local["report"].decode().splitlines()
    assert next(line for line in lines if line.startswith("statements")) in told
    assert parts(built[1] / "report").decode() == told + "\n"
    rules = local["rules"].decode().splitlines()
    assert rules[-1] in told
    assert sorted(line for line in told.splitlines() if line.startswith("  <")) == sorted(
        line for line in rules if line.startswith("  <")
    )


def test_what_is_no_article_is_in_quarantine_with_the_reason(built: tuple[Built, Path]) -> None:
    found = [json.loads(line) for line in parts(built[1] / "quarantine").decode().splitlines()]
    assert built[0].refused == len(found) == len(BAD) + 1
    reasons = sorted(one["reason"] for one in found)
    assert all("bad.jsonl" in one["origin"] for one in found)
    for words in ("is not JSON", "has no text", "'xx'", "is not UTF-8"):
        assert sum(words in reason for reason in reasons) == 1, reasons
    assert sum("two different articles with one id" in reason for reason in reasons) == 2
    assert not built[0].good


def test_facts_are_a_table(built: tuple[Built, Path], spark: Any) -> None:
    rows = spark.read.parquet(str(built[1] / "facts")).collect()
    assert len(rows) == sum(built[0].statements.values())
    mine = [row for row in rows if row.article == "ar-cities-council-session"]
    text = (resource_folder("examples") / "ar-cities-council-session.md").read_text("utf-8")
    assert all(words in text for row in mine for words in row.evidence)
    chairs = [row for row in mine if row.predicate == f"{BASE}ont#chairs" and row.earliest == "2020-01-01"]
    assert [(row.language, row.published, row.status) for row in chairs] == [
        ("ar", "2023-05-17", f"{BASE}ont#asserted")
    ]
    assert chairs[0].object_is_iri
    assert chairs[0].confidence > 0.5


def test_folder_that_is_there_is_left_alone(
    built: tuple[Built, Path], spark: Any, sources: list[str], given: Given
) -> None:
    with pytest.raises(SparkError, match="is there already"):
        spark_build(spark, sources, str(built[1]), given)


def test_failing_job_leaves_nothing(spark: Any, given: Given, tmp_path: Path) -> None:
    with pytest.raises(SparkError, match="does not exist"):
        spark_build(spark, [str(tmp_path / "nothing.jsonl")], str(tmp_path / "out"), given)
    assert list(tmp_path.iterdir()) == []


# --- what is missing


def command(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    arguments = ["build", "examples", "--engine", "spark", "--out", str(tmp_path / "out")]
    return subprocess.run(
        [sys.executable, "-m", "khabar", *arguments],
        capture_output=True, text=True, env=os.environ | environment, check=False,
    )  # fmt: skip


def test_no_java(tmp_path: Path) -> None:
    done = command(tmp_path, JAVA_HOME=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == (
        "khabar: --engine spark: there is no Java, and Spark needs Java 17 or later\n"
        "  install one, such as openjdk-17-jre-headless, and set JAVA_HOME if it is not found\n"
    )


def test_old_java(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    java = tmp_path / "bin" / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.22\" 2024-01-16' >&2\n")
    java.chmod(0o755)
    with pytest.raises(SparkError, match="its Java is version 11, and Spark needs Java 17"):
        check_java(str(tmp_path))


def test_no_spark(tmp_path: Path) -> None:
    (tmp_path / "pyspark.py").write_text("raise ModuleNotFoundError('No module', name='pyspark')\n")
    done = command(tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == (
        "khabar: --engine spark: cannot be used without the library pyspark\n"
        "  install it: pip install 'khabar[spark]'; it needs Java 17, too\n"
    )
