"""After a crash: what was acknowledged is there, once and whole, with the bytes of a build without one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from test_build import ARTICLE, HEADLINE, LATER, dumped
from values import arabic, russian

from khabar.building import TAKEN_DOWN, build
from khabar.errors import ForbiddenError, KhabarError, StoreError
from khabar.graph import records
from khabar.graph.assemble import assemble
from khabar.graph.changes import Shared
from khabar.graph.checkpoint import BOOKS, Checkpoint
from khabar.graph.folder import is_built, open_snapshot
from khabar.graph.journal import read
from khabar.graph.records import Change
from khabar.graph.store import Store
from khabar.knowledge import Knowledge, load
from khabar.removing import remove
from khabar.text.read import read as read_articles
from khabar.vocab import DEFAULT_BASE, graph_iri


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def built(folder: Path) -> Path:
    with Store.create(folder) as store:
        store.replace("dialogue-ar", assemble(arabic()))
        store.publish()
    return folder


# --- a writer that was killed

KILLED = """
import os, sys
from pathlib import Path
from khabar.graph.assemble import assemble
from khabar.graph.store import Store
from values import russian
step = sys.argv[2]
store = Store.open(Path(sys.argv[1]))
real = type(store)._commit
def commit(self, gone, come, at):
    if step == "journalled":
        os._exit(9)
    if step == "half":
        self.dataset.bulk_extend(come)
        os._exit(9)
    real(self, gone, come, at)
    os._exit(9)
type(store)._commit = commit
store.replace("dialogue-ru", assemble(russian()))
"""


@pytest.mark.parametrize("step", ["journalled", "half", "applied"])
def test_what_the_journal_holds_is_in_the_graph_wherever_the_writer_was_killed(
    step: str, tmp_path: Path
) -> None:
    folder = built(tmp_path / "g")
    killed = [sys.executable, "-c", KILLED, str(folder), step]
    assert subprocess.run(killed, env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode == 9
    assert len(open_snapshot(folder)) > 0  # readers see what was published before
    with Store.open(folder) as store:
        assert store.articles() == ["dialogue-ar", "dialogue-ru"]
        assert store.holds("dialogue-ru", set(map(store.terms.quad, assemble(russian()))))
        assert store.publish() == 2
    with Store.create(tmp_path / "whole") as store:
        store.apply({"dialogue-ar": assemble(arabic()), "dialogue-ru": assemble(russian())})
        store.publish()
    assert dumped(folder) == dumped(tmp_path / "whole")


def test_half_a_record_was_never_acknowledged(tmp_path: Path) -> None:
    folder = built(tmp_path / "g")
    (path,) = (folder / "journal").iterdir()
    with path.open("ab") as file:
        file.write(b"half a record")
    with Store.open(folder) as store:
        store.replace("dialogue-ru", assemble(russian()))
        store.publish()
    with Store.open(folder) as store:
        assert store.articles() == ["dialogue-ar", "dialogue-ru"]


def test_a_file_that_a_crash_has_kept_from_being_written_is_written_when_the_folder_is_opened(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    build([ARTICLE], tmp_path / "g", knowledge=knowledge)
    (path,) = (tmp_path / "g" / "articles").iterdir()
    text = path.read_text("utf-8")
    journal = tmp_path / "g" / "journal"
    (kept,) = (
        record for record in read(journal, opened(tmp_path / "g")) if records.files(record.payload).kept
    )
    assert json.loads(records.files(kept.payload).kept["dialogue"]) == json.loads(text)


def opened(folder: Path) -> str:
    return str(json.loads((folder / "khabar.json").read_text("utf-8"))["id"])


def test_a_store_that_has_lost_what_was_published_is_refused(tmp_path: Path) -> None:
    folder = built(tmp_path / "g")
    with Store.open(folder) as store:  # what a truncated MANIFEST may do
        lost = [q for q in store.dataset if q.predicate.value.endswith("wasDerivedFrom")]
        for quad in lost:
            store.dataset.remove(quad)
    with pytest.raises(StoreError) as error:
        Store.open(folder)
    assert str(error.value) == (
        f"{folder}/store: is damaged: it holds 0 articles, not 1\n  khabar repair {folder}"
    )


def test_a_journal_that_ends_before_the_store_is_refused(tmp_path: Path) -> None:
    folder = built(tmp_path / "g")
    (path,) = (folder / "journal").iterdir()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1)
    with pytest.raises(StoreError) as error:
        Store.open(folder)
    assert str(error.value) == (
        f"{folder}/journal: is damaged: it ends with record 0, and the store holds 1\n"
        f"  khabar repair {folder}"
    )
    assert path.stat().st_size > 100  # nothing was cut off: it may be needed


def test_a_record_says_the_same_when_it_is_read_again() -> None:
    node = ox.NamedNode
    gone = [ox.Quad(node("x:a"), node("x:b"), ox.Literal('"\n\\', language="ar"), node("x:g"))]
    come = [ox.Quad(node("x:a"), node("x:b"), ox.Literal("١\u2028"), node("x:g"))]
    change = Change(gone, come, 7, records.Files({"a": "{}"}, ["b"]))
    assert records.decode(records.encode(change)) == change
    assert records.files(records.encode(change)) == change.files


def test_a_checkpoint_is_the_last_of_those_that_the_store_has_passed(tmp_path: Path) -> None:
    folder = built(tmp_path / "g")
    with Store.open(folder) as store:
        for number in range(3):
            store.replace(f"more-{number}", assemble(russian(f"more-{number}")))
        store.publish()
    with Store.open(folder) as store:
        assert store._at == Checkpoint(4, 4)


def test_the_next_build_replaces_what_others_have_written_into_the_graph_of_an_article(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    build([ARTICLE], tmp_path / "g", knowledge=knowledge)
    before = dumped(tmp_path / "g")
    update = f"INSERT DATA {{ GRAPH <{graph_iri('dialogue')}> {{ <urn:a> <urn:b> <urn:c> }} }}"
    with Shared.open(tmp_path / "g") as shared:
        shared.update(update, DEFAULT_BASE, None)
        for forbidden in (f"DROP GRAPH {BOOKS}", f"INSERT DATA {{ GRAPH {BOOKS} {{ <x:a> <x:b> <x:c> }} }}"):
            with pytest.raises(ForbiddenError, match="urn:khabar:journal"):
                shared.update(forbidden, DEFAULT_BASE, frozenset({BOOKS.value}))
        with pytest.raises(ForbiddenError, match="urn:khabar:journal"):
            shared.update(forbidden, DEFAULT_BASE, None)
        shared.publish()
    assert dumped(tmp_path / "g") != before
    assert build([ARTICLE], tmp_path / "g", knowledge=knowledge).replaced == ("dialogue",)
    assert dumped(tmp_path / "g") == before


# --- a first build that was stopped


def test_a_first_build_that_was_killed_goes_on_and_reads_nothing_twice(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    code = """
import os, sys
from pathlib import Path
from test_build import ARTICLE
from khabar import building
from khabar.knowledge import load
building.describe_all = lambda *_: os._exit(9)
building.build([ARTICLE], Path(sys.argv[1]), knowledge=load())
"""
    folder = tmp_path / "g"
    run = [sys.executable, "-c", code, str(folder)]
    assert subprocess.run(run, env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode == 9
    assert not is_built(folder)
    report = build([LATER, ARTICLE], folder, knowledge=knowledge)
    assert (report.built, report.unchanged) == (("later",), ("dialogue",))
    build([ARTICLE, LATER], tmp_path / "whole", knowledge=knowledge)
    assert dumped(folder) == dumped(tmp_path / "whole")


# --- quarantine


def test_an_article_in_quarantine_can_be_tried_again(knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "strict.ttl").write_text(HEADLINE)
    out = tmp_path / "g"
    build([replace(ARTICLE, title=None), LATER], out, knowledge=knowledge, shapes=[tmp_path / "strict.ttl"])
    again = list(read_articles([out / "quarantine" / "dialogue.json"], languages=knowledge.languages))
    assert build(again, out, knowledge=knowledge).built == ("dialogue",)
    assert list((out / "quarantine").iterdir()) == []


# --- other knowledge


def test_of_a_language_that_has_changed_only_its_own_articles_are_read_again(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    shutil.copytree(knowledge.folder, tmp_path / "ontology")
    given = [ARTICLE, russian().article]
    build(given, tmp_path / "g", knowledge=load(tmp_path / "ontology"))
    with Store.open(tmp_path / "g") as store:
        before = store.told()
    with (tmp_path / "ontology" / "languages" / "ru.ttl").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    other = load(tmp_path / "ontology")
    again = list(read_articles([tmp_path / "g" / "articles"], languages=other.languages))
    report = build(again, tmp_path / "g", knowledge=other)
    assert report.unchanged == ("dialogue", "dialogue-ru")  # read, but with the same facts
    with Store.open(tmp_path / "g") as store:
        after = store.told()
    assert after["dialogue"] == before["dialogue"]
    assert after["dialogue-ru"] != before["dialogue-ru"]
    build(given, tmp_path / "once", knowledge=other)
    assert dumped(tmp_path / "g") == dumped(tmp_path / "once")


# --- removing


@pytest.mark.parametrize("name", ["later", "https://w3id.org/khabar/article/later"])
def test_a_removed_article_leaves_the_graph_as_if_it_had_never_come(
    name: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    build([ARTICLE, LATER], tmp_path / "g", knowledge=knowledge)
    assert remove(tmp_path / "g", [name], knowledge=knowledge) == (2, ("later",))
    build([ARTICLE], tmp_path / "without", knowledge=knowledge)
    assert dumped(tmp_path / "g") == dumped(tmp_path / "without")
    assert [path.name for path in (tmp_path / "g" / "articles").iterdir()] == ["dialogue.json"]
    assert build([LATER], tmp_path / "g", knowledge=knowledge).built == ("later",)


def test_what_is_not_there_cannot_be_removed_and_nothing_is(knowledge: Knowledge, tmp_path: Path) -> None:
    build([ARTICLE], tmp_path / "g", knowledge=knowledge)
    with pytest.raises(KhabarError) as error:
        remove(tmp_path / "g", ["dialogue", "earlier"], knowledge=knowledge)
    assert str(error.value) == (
        f"{tmp_path}/g: holds no article earlier\n"
        f"  khabar list {tmp_path}/g shows the keys; nothing was removed"
    )
    assert build([ARTICLE], tmp_path / "g", knowledge=knowledge).unchanged == ("dialogue",)


def test_of_an_article_that_was_taken_down_no_byte_is_left_and_it_stays_out(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    out = tmp_path / "g"
    secret = "ترأست مملكة الظلال حوار نساء آسيا الوسطى عام 2022."
    secrets = replace(LATER, key="shadow-name", text=secret, title="عنوان المملكة المحجوبة")
    build([ARTICLE, secrets], out, knowledge=knowledge)
    build([ARTICLE, replace(secrets, title="عنوان المملكة الجديد")], out, knowledge=knowledge)
    words = [b"shadow-name", "الظلال".encode(), "المحجوبة".encode(), "الجديد".encode()]
    assert held(out, words) != set()
    snapshot, _ = remove(out, ["shadow-name"], knowledge=knowledge, takedown=True)
    assert held(out, words) == set()
    assert [path.name for path in (out / "snapshots").iterdir()] == [str(snapshot)]
    build([ARTICLE], tmp_path / "without", knowledge=knowledge)
    assert dumped(out) == dumped(tmp_path / "without")
    for other in (secrets, replace(secrets, key="another"), replace(secrets, text="غير ذلك.")):
        report = build([other], out, knowledge=knowledge)
        assert [refused.reason for refused in report.refused] == [TAKEN_DOWN]
    assert remove(out, ["shadow-name"], knowledge=knowledge, takedown=True)[1] == ("shadow-name",)
    with Store.open(out) as store:
        assert store.articles() == ["dialogue"]


def held(folder: Path, words: list[bytes]) -> set[bytes]:
    """Those of some WORDS that stand in any file below a folder, as they are or in what is packed there."""
    found = set()
    for path in (path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        found |= {word for word in words if word in data}
    plain = ox.Store.read_only(str(folder / "snapshots" / (folder / "current").read_text().split()[0]))
    text = "".join(map(str, plain)).encode()
    packed = b"".join(map(unpacked, read(folder / "journal", opened(folder))))
    return found | {word for word in words if word in text or word in packed}


def unpacked(record: object) -> bytes:
    change = records.decode(record.payload)  # type: ignore[attr-defined]
    return f"{change.gone} {change.come} {change.files}".encode()
