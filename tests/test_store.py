"""The folder on disk: its one writer, its default graph, its snapshots, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Literal, URIRef
from values import DIALOGUE, ID, arabic, russian

from khabar.errors import QueryError, StoreError
from khabar.graph.assemble import assemble
from khabar.graph.checkpoint import BOOKS
from khabar.graph.folder import KEPT_SNAPSHOTS, describe, is_built, open_snapshot, snapshot_path
from khabar.graph.store import Store, query
from khabar.model import Quad, Reading
from khabar.vocab import BASE, DEFAULT_BASE, KH, NIF, PROV, RDF, article_iri, graph_iri

OTHER = "http://localhost:8000/kg/"


def build(folder: Path, readings: Iterable[Reading], base: str = DEFAULT_BASE) -> Path:
    with Store.create(folder, base) as store:
        for reading in readings:
            store.replace(reading.article.key, assemble(reading))
        store.publish()
    return folder


def ask(folder: Path, text: str) -> bool:
    answer = query(open_snapshot(folder), f"PREFIX kh: <{describe(folder).base}ont#> {text}")
    assert isinstance(answer, ox.QueryBoolean)
    return bool(answer)


def count(store: ox.Store, text: str) -> int:
    (row,) = store.query(f"SELECT (COUNT(*) AS ?n) {{ {text} }}")  # type: ignore[misc]
    return int(row["n"].value)


# --- the default graph


def test_a_triple_that_two_articles_state_is_counted_once(tmp_path: Path) -> None:
    store = open_snapshot(build(tmp_path / "g", [arabic(), russian()]))
    chairs = f"<{ID['kazakhstan']}> <{KH.chairs}> <{DIALOGUE}>"
    assert count(store, chairs) == 1
    assert count(store, f"GRAPH ?g {{ {chairs} }}") == 2


def test_the_default_graph_is_every_published_graph_once_and_no_text(tmp_path: Path) -> None:
    store = open_snapshot(build(tmp_path / "g", [arabic(), russian()]))
    assert_derived(store, DEFAULT_BASE)
    assert count(store, f"?text a <{NIF.Context}>") == 0
    assert count(store, f"GRAPH ?g {{ ?text a <{NIF.Context}> }}") == 2


def test_removing_an_article_leaves_what_another_still_states(tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic(), russian()])
    with Store.open(folder) as store:
        store.remove("dialogue-ar")
        store.publish()
    assert ask(folder, f"ASK {{ <{ID['kazakhstan']}> kh:chairs <{DIALOGUE}> }}")
    assert not ask(folder, f"ASK {{ <{ID['uzbekistan']}> kh:chairs <{DIALOGUE}> }}")
    assert not ask(folder, f"ASK {{ GRAPH ?g {{ <{article_iri('dialogue-ar')}> ?p ?o }} }}")
    assert [str(g) for g in open_snapshot(folder).named_graphs() if "dialogue-ar" in str(g)] == []


def test_replacing_changes_one_article_and_nothing_else(tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic(), russian()])
    before = shown(folder)
    with Store.open(folder) as store:
        whole = set(map(store.terms.quad, assemble(russian())))
        assert store.holds("dialogue-ru", whole)
        store.replace("dialogue-ru", [quad for quad in assemble(russian()) if quad.predicate != KH.whenText])
        assert not store.holds("dialogue-ru", whole)
        store.publish()
    gone = before - shown(folder)
    assert {quad.predicate.value for quad in gone} == {str(KH.whenText)}
    assert len(gone) == 2  # in its own graph and in the default graph
    assert_derived(open_snapshot(folder), DEFAULT_BASE)


def shown(folder: Path) -> set[ox.Quad]:
    return {quad for quad in open_snapshot(folder) if quad.graph_name != BOOKS}


def held(store: Store) -> set[ox.Quad]:
    return {quad for quad in store.dataset if quad.graph_name != BOOKS}


def assert_derived(store: ox.Store, base: str) -> None:
    published = {q.triple for q in store if is_published(q, base)}
    assert {q.triple for q in store.quads_for_pattern(None, None, None, ox.DefaultGraph())} == published


def is_published(quad: ox.Quad, base: str) -> bool:
    graph = quad.graph_name
    hidden = (f"{base}graph/text/", BOOKS.value)
    return isinstance(graph, ox.NamedNode) and not graph.value.startswith(hidden)


KEYS = st.sampled_from(["a", "b", "c"])
TERMS = st.sampled_from([BASE["id/1"], BASE["id/2"], BASE["id/3"]])


@st.composite
def articles(draw: st.DrawFn) -> tuple[str, list[Quad]]:
    """An article's quads, many of which other articles state too; without any, it is removed."""
    key = draw(KEYS)
    chairs = st.builds(Quad, TERMS, st.just(KH.chairs), TERMS, st.just(graph_iri(key)))
    facts = draw(st.lists(chairs, max_size=4))
    if not facts:
        return key, []
    source = Quad(graph_iri(key), PROV.wasDerivedFrom, article_iri(key), BASE["graph/meta"])
    text = Quad(article_iri(key), KH.chairs, BASE["id/1"], BASE[f"graph/text/{key}"])
    return key, [*facts, source, text]


@settings(max_examples=60, deadline=None)
@given(st.lists(articles(), max_size=6), articles(), st.sampled_from([DEFAULT_BASE, OTHER]))
def test_any_history_leaves_just_what_the_articles_now_say(
    history: list[tuple[str, list[Quad]]], last: tuple[str, list[Quad]], base: str
) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.create(Path(folder) / "g", base) as store:
        for key, quads in history:
            store.replace(key, quads)
            assert_derived(store.dataset, base)
        before = held(store)
        assert store.articles() == sorted(key for key, quads in dict(history).items() if quads)
        key, quads = last
        if key not in store.articles():
            store.replace(key, quads)
            store.remove(key)
            assert held(store) == before
            named = {graph for graph in store.dataset.named_graphs() if graph != BOOKS}
            assert named == {q.graph_name for q in before if is_named(q)}


def is_named(quad: ox.Quad) -> bool:
    return isinstance(quad.graph_name, ox.NamedNode)


# --- the base, names and metadata


def test_everything_of_ours_moves_to_the_base_of_the_folder(tmp_path: Path) -> None:
    moved = open_snapshot(build(tmp_path / "moved", [arabic()], OTHER))
    default = open_snapshot(build(tmp_path / "default", [arabic()]))
    assert DEFAULT_BASE not in "".join(map(str, moved))
    assert {str(quad).replace(OTHER, DEFAULT_BASE) for quad in moved} == {str(quad) for quad in default}
    assert describe(tmp_path / "moved").dataset == OTHER + "dataset"


@pytest.mark.parametrize("base", [DEFAULT_BASE, OTHER])
def test_the_names_of_a_thing_are_those_its_articles_print(base: str, tmp_path: Path) -> None:
    with Store.create(tmp_path / "g", base) as store:
        for reading in (arabic(), russian(), russian("again")):
            store.replace(reading.article.key, assemble(reading))
        (named,) = [found for found in store.named() if found.entity == DIALOGUE]
    assert named.types == (KH.Platform,)
    assert named.names == (
        (Literal("حوار نساء آسيا الوسطى", lang="ar"), 1),
        (Literal("Диалоге женщин Центральной Азии", lang="ru"), 2),
    )


def test_statements_are_counted_by_predicate(tmp_path: Path) -> None:
    with Store.create(tmp_path / "g") as store:
        store.replace("dialogue-ar", assemble(arabic()))
        assert store.statements()[KH.chairs] == 2


def test_a_run_is_kept_as_long_as_a_graph_of_its_own_is_held(tmp_path: Path) -> None:
    meta = BASE["graph/meta"]
    runs = [BASE["id/run-1"], BASE["id/run-2"]]
    with Store.create(tmp_path / "g") as store:
        for run, reading in zip(runs, (arabic(), russian()), strict=True):
            made = Quad(graph_iri(reading.article.key), PROV.wasGeneratedBy, run, meta)
            store.replace(reading.article.key, [*assemble(reading), made])
            store.put_metadata([Quad(run, RDF.type, KH.Run, meta), Quad(BASE.dataset, KH.of, run, meta)])
        assert held_runs(store) == runs
        of = store.dataset.quads_for_pattern(ox.NamedNode(BASE.dataset), None, None, ox.DefaultGraph())
        assert [quad.object for quad in of] == [ox.NamedNode(runs[1])]
        store.remove("dialogue-ar")
        store.put_metadata([Quad(runs[1], RDF.type, KH.Run, meta)])
        assert held_runs(store) == runs[1:]
        assert store.articles() == ["dialogue-ru"]


def held_runs(store: Store) -> list[URIRef]:
    held = store.dataset.quads_for_pattern(None, None, ox.NamedNode(KH.Run), ox.NamedNode(BASE["graph/meta"]))
    return sorted(URIRef(quad.subject.value) for quad in held)  # type: ignore[union-attr]


# --- snapshots


def test_a_reader_sees_what_was_published_until_it_opens_again(tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic()])
    before = open_snapshot(folder)
    size = len(before)
    with Store.open(folder) as store:
        store.replace("dialogue-ru", assemble(russian()))
        assert len(open_snapshot(folder)) == size
        assert store.publish() == 2
    assert len(before) == size
    assert len(open_snapshot(folder)) > size


def test_publishing_nothing_new_makes_no_snapshot_and_old_ones_are_dropped(tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic()])
    with Store.open(folder) as store:
        assert store.publish() == 1
        for number in range(2, 7):
            store.replace("other", assemble(russian("other")) if number % 2 == 0 else ())
            assert store.publish() == number
    kept = sorted(int(path.name) for path in (folder / "snapshots").iterdir())
    assert kept == list(range(6 - KEPT_SNAPSHOTS + 1, 7))
    assert snapshot_path(folder) == folder / "snapshots" / "6"


def test_what_a_failed_change_left_behind_is_published_with_the_next(tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic()])
    with pytest.raises(ZeroDivisionError):
        change_and_fail(folder)
    assert not ask(folder, f"ASK {{ GRAPH ?g {{ <{article_iri('dialogue-ru')}> ?p ?o }} }}")
    with Store.open(folder) as store:
        assert store.articles() == ["dialogue-ar", "dialogue-ru"]
        assert store.publish() == 2
    assert ask(folder, f"ASK {{ GRAPH ?g {{ <{article_iri('dialogue-ru')}> ?p ?o }} }}")


def change_and_fail(folder: Path) -> None:
    with Store.open(folder) as store:
        store.replace("dialogue-ru", assemble(russian()))
        raise ZeroDivisionError


# --- a first build that fails, and folders that are not ours


@pytest.mark.parametrize("exists", [False, True], ids=["new", "empty"])
def test_a_first_build_that_fails_at_once_leaves_nothing(exists: bool, tmp_path: Path) -> None:
    folder = tmp_path / "g"
    if exists:
        folder.mkdir()
    with pytest.raises(ZeroDivisionError):
        build(folder, failing())
    assert list(tmp_path.rglob("*")) in ([], [folder])


def failing(*before: Reading) -> Iterator[Reading]:
    yield from before
    raise ZeroDivisionError


def test_a_first_build_that_fails_later_goes_on_from_there(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    with pytest.raises(ZeroDivisionError):
        build(folder, failing(arabic()))
    assert not is_built(folder)
    build(folder, [russian()])
    with Store.open(folder) as store:
        assert store.articles() == ["dialogue-ar", "dialogue-ru"]
    assert not (folder / ".building").exists()


def test_a_first_build_of_another_base_does_not_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    with pytest.raises(ZeroDivisionError):
        build(folder, failing(arabic()))
    assert refusal(folder, OTHER) == (
        f"{folder}: holds a first build that was not finished, with the base {DEFAULT_BASE}\n"
        f"  finish it with --base {DEFAULT_BASE}, or delete the folder"
    )
    build(folder, [])


def test_a_first_build_that_was_killed_goes_on_from_there(tmp_path: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from khabar.graph.assemble import assemble
from khabar.graph.store import Store
from values import arabic
store = Store.create(Path(sys.argv[1]))
store.replace("dialogue-ar", assemble(arabic()))
store.publish()
os._exit(9)
"""
    folder = tmp_path / "g"
    run = [sys.executable, "-c", code, str(folder)]
    subprocess.run(run, env={"PYTHONPATH": ":".join(sys.path)}, check=False)
    assert not is_built(folder)
    assert (folder / ".building").is_dir()
    build(folder, [russian()])
    assert not (folder / ".building").exists()
    with Store.open(folder) as store:
        assert store.articles() == ["dialogue-ar", "dialogue-ru"]


def test_a_second_writer_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic()])
    code = """
import sys
from pathlib import Path
from khabar.graph.store import Store
with Store.open(Path(sys.argv[1])) as store:
    print("open", flush=True)
    sys.stdin.read()
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        env={"PYTHONPATH": ":".join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(StoreError, match=f"is being written by process {holder.pid} on ") as error:
        Store.open(folder)
    assert error.value.fix == "wait until it is done"
    holder.communicate()
    with Store.open(folder) as store:
        assert store.articles() == ["dialogue-ar"]


def refusal(folder: Path, base: str = DEFAULT_BASE) -> str:
    with pytest.raises(StoreError) as error:
        Store.open(folder, base) if is_built(folder) else Store.create(folder, base)
    return str(error.value)


def test_a_folder_with_nothing_but_settings_is_no_stranger(tmp_path: Path) -> None:
    (tmp_path / "khabar.toml").write_text("port = 8000")
    build(tmp_path, [arabic()])
    assert (tmp_path / "khabar.toml").exists()


def test_a_first_build_killed_while_moving_into_place_is_cleared_away(tmp_path: Path) -> None:
    for part in (".building", "store", "snapshots"):
        (tmp_path / part).mkdir()
    (tmp_path / "current").write_text("1")
    build(tmp_path, [arabic()])
    assert snapshot_path(tmp_path) == tmp_path / "snapshots" / "1"
    assert len(open_snapshot(tmp_path)) > 0


def test_a_foreign_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    assert refusal(tmp_path) == (
        f"{tmp_path}: is not empty and was not made by khabar: it holds thesis.tex\n"
        "  choose an empty folder, or one that does not exist yet"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_lock_of_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "LOCK").write_text("not ours")
    assert refusal(tmp_path).startswith(
        f"{tmp_path}: is not empty and was not made by khabar: it holds LOCK\n"
    )
    assert (tmp_path / "LOCK").read_text() == "not ours"


def test_a_folder_of_another_base_is_refused(tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic()])
    assert refusal(folder, OTHER) == (
        f"{folder}: was built with the base https://w3id.org/khabar/, not http://localhost:8000/kg/\n"
        "  build with --base https://w3id.org/khabar/, or into another folder"
    )


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refusal(tmp_path / "file" / "g") == (
        f"{tmp_path}/file/g: cannot be used: Not a directory\n  check permissions and free space"
    )


def test_a_damaged_store_is_refused(tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic()])
    (folder / "store" / "CURRENT").write_text("nonsense")
    assert refusal(folder) == (
        f"{folder}/store/CURRENT: is damaged: it has 8 bytes, not 16\n  khabar repair {folder}"
    )


def test_a_store_that_opens_empty_is_refused(tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic()])
    for path in (folder / "store").iterdir():
        path.unlink()
    assert refusal(folder) == (
        f"{folder}/store: is damaged: it opens, but holds nothing\n  khabar repair {folder}"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "{folder}/khabar.json: is damaged: it does not say format, base and dataset"),
        ("[]", "{folder}/khabar.json: is damaged: it does not say format, base and dataset"),
        (
            '{"format": 9, "base": "", "dataset": "dataset"}',
            "{folder}: has the format 9; this khabar reads format 2",
        ),
    ],
)
def test_a_folder_that_cannot_be_understood_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "khabar.json").write_text(text)
    assert refusal(tmp_path).splitlines()[0] == problem.format(folder=tmp_path)


def test_reading_what_was_never_built_says_so(tmp_path: Path) -> None:
    problems = {tmp_path: "is not a graph that khabar has built", tmp_path / "g": "does not exist"}
    for folder, problem in problems.items():
        with pytest.raises(StoreError) as error:
            open_snapshot(folder)
        fix = "name the folder that was given to khabar build --out"
        assert str(error.value) == f"{folder}: {problem}\n  {fix}"


@pytest.mark.parametrize("text", ["", "7\n", "../..\n"])
def test_a_pointer_to_no_snapshot_is_damage(text: str, tmp_path: Path) -> None:
    folder = build(tmp_path / "g", [arabic()])
    (folder / "current").write_text(text)
    with pytest.raises(StoreError, match="is damaged"):
        open_snapshot(folder)


# --- queries


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SELECT * {\n  ?s ?p }",
            "query, line 2, column 10: is not SPARQL\n"
            "  it could be read up to the mark; correct what stands before it\n    ?s ?p }\n           ^",
        ),
        (
            "ASK { ?s foo:bar 1 }",
            "query, line 1, column 17: uses a prefix that is not declared\n  add a PREFIX line for it\n"
            "  ASK { ?s foo:bar 1 }\n                  ^",
        ),
    ],
)
def test_a_query_that_cannot_be_read_is_shown_with_a_mark(text: str, expected: str, tmp_path: Path) -> None:
    with pytest.raises(QueryError) as error:
        query(ox.Store(), text)
    assert str(error.value) == expected


def test_an_update_is_no_query(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="is not SPARQL"):
        query(ox.Store(), "DROP ALL")
