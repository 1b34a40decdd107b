"""Damage: each flipped bit and each lost byte is found, none is served, and a repair brings all back."""

from __future__ import annotations

import os
import random
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from values import arabic, russian

from khabar.errors import StoreError
from khabar.examining import as_json
from khabar.graph.assemble import assemble
from khabar.graph.checkpoint import BOOKS
from khabar.graph.folder import describe, open_snapshot
from khabar.graph.repair import repair
from khabar.graph.store import Store, Taken
from khabar.graph.upgrade import upgrade
from khabar.graph.verify import verify
from khabar.model import Reading

OLD = Path(__file__).parent / "fixtures" / "format-1.tar.xz"
IDLE = ("LOG", "LOCK")
FLIPS = int(os.environ.get("KHABAR_FLIPS", "40"))


def taken(store: Store, reading: Reading) -> Taken:
    return Taken(set(map(store.terms.quad, assemble(reading))), "read", as_json(reading.article))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "g"
    with Store.create(folder) as store:
        store.take({"dialogue-ar": taken(store, arabic())})
        store.publish()
        store.take({"dialogue-ru": taken(store, russian())})
        store.publish()
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "g")
    return tmp_path / "g"


def held(folder: Path) -> set[ox.Quad]:
    return {quad for quad in open_snapshot(folder) if quad.graph_name != BOOKS}


def problems(folder: Path) -> list[str]:
    return [problem for _, _, problem in verify(folder).damage]


def test_a_whole_folder_is_whole(folder: Path) -> None:
    assert verify(folder) == (2, 2, ())
    assert repair(folder).done == ()
    assert verify(folder).damage == ()


def damaging(path: Path, chance: random.Random) -> None:
    """Flip a bit of a file, or cut off its end."""
    data = bytearray(path.read_bytes())
    place = chance.randrange(len(data))
    if chance.random() < 0.7:
        data[place] ^= 1 << chance.randrange(8)
    else:
        del data[place:]
    path.write_bytes(data)


def parts(folder: Path) -> list[Path]:
    """The files that matter: RocksDB's LOG and LOCK hold nothing of ours."""
    files = [folder / "khabar.json", folder / "current", *(folder / "journal").iterdir()]
    files += [*(folder / "articles").iterdir(), *(folder / "store").iterdir()]
    files += [path for path in (folder / "snapshots").rglob("*") if path.is_file()]
    idle = ("LOG", "OPTIONS", "IDENTITY", "LOCK")
    return sorted(
        f for f in files if f.stat().st_size and not (f.parent.name == "store" and f.name.startswith(idle))
    )


@pytest.mark.parametrize("seed", range(FLIPS))
def test_damage_anywhere_is_found_and_nothing_false_is_served(seed: int, whole: Path, folder: Path) -> None:
    expected = held(whole)
    chance = random.Random(seed)
    path = chance.choice(parts(folder))
    before = path.read_bytes()
    damaging(path, chance)
    assert path.read_bytes() != before
    try:
        found = verify(folder).damage
        assert found, path
    except StoreError:
        found = ()
    assert served(folder) in (expected, None), path
    if path.name == "khabar.json":
        return
    repaired = repair(folder)
    assert (held(folder), repaired.lost, verify(folder).damage) == (expected, (), ()), (path, found)


def served(folder: Path) -> set[ox.Quad] | None:
    """What a reader gets; None is an error."""
    try:
        return held(folder)
    except (StoreError, OSError, RuntimeError):
        return None


def remove_journal(folder: Path) -> None:
    shutil.rmtree(folder / "journal")


def remove_store(folder: Path) -> None:
    shutil.rmtree(folder / "store")


def truncate_manifest(folder: Path) -> None:
    (path,) = (folder / "store").glob("MANIFEST-*")
    path.write_bytes(b"")


def remove_pointer(folder: Path) -> None:
    (folder / "current").unlink()


def remove_snapshots(folder: Path) -> None:
    for path in (folder / "snapshots").iterdir():
        shutil.rmtree(path)


def remove_both(folder: Path) -> None:
    remove_journal(folder)
    remove_store(folder)


@pytest.mark.parametrize(
    "damage", [remove_journal, remove_store, truncate_manifest, remove_pointer, remove_snapshots, remove_both]
)
def test_a_repair_makes_it_whole_from_what_is_left(
    damage: Callable[[Path], None], whole: Path, folder: Path
) -> None:
    damage(folder)
    assert verify(folder).damage
    repaired = repair(folder)
    assert repaired.done or damage in (remove_pointer, remove_snapshots)
    assert (held(folder), repaired.lost, verify(folder).damage) == (held(whole), (), ())
    with Store.open(folder) as store:
        store.remove("dialogue-ru")
        assert store.articles() == ["dialogue-ar"]


def test_what_cannot_be_saved_is_told(folder: Path) -> None:
    remove_both(folder)
    remove_snapshots(folder)
    with pytest.raises(StoreError) as error:
        repair(folder)
    assert error.value.fix == "build the articles again into another folder, or begin anew from a dump"


def test_a_file_that_somebody_has_changed_is_found_and_written_again(folder: Path) -> None:
    path = folder / "articles" / "dialogue-ar.json"
    text = path.read_text("utf-8")
    path.write_text("{}")
    assert problems(folder) == ["is not what was written"]
    assert repair(folder).done == ("articles/dialogue-ar.json was written again",)
    assert path.read_text("utf-8") == text


def test_a_folder_of_format_one_is_brought_forward(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    with tarfile.open(OLD) as archive:
        archive.extractall(folder, filter="data")
    with pytest.raises(StoreError) as error:
        open_snapshot(folder)
    assert str(error.value) == (
        f"{folder}: has the format 1; this khabar reads format 2\n  khabar upgrade {folder}"
    )
    before = set(ox.Store.read_only(str(folder / "snapshots" / "1")))
    assert upgrade(folder) == (1, 2)
    assert held(folder) == before
    assert verify(folder).damage == ()
    assert upgrade(folder) == (2, 2)
    assert describe(folder).id
    with Store.open(folder) as store:
        store.take({"dialogue-ru": Taken(())})
        assert store.articles() == ["dialogue-ar"]


def test_a_folder_of_a_later_khabar_is_left_to_it(folder: Path) -> None:
    text = (folder / "khabar.json").read_text()
    (folder / "khabar.json").write_text(text.replace('"format": 2', '"format": 3'))
    with pytest.raises(StoreError) as error:
        upgrade(folder)
    assert error.value.fix == "use the khabar that built it, or a later one"
