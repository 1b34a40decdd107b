"""Mirrors: kept by patches, gone on with after a break, and closed to a server that lies."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from dumped import KILLS, changed, published, quads, unzipped
from lying import DUMPS, as_manifest, garbled, other_base, repacked, serving, without_first_change
from rdflib import Dataset, URIRef
from values import arabic, russian
from web import served

from khabar.dumps.manifest import read
from khabar.dumps.publish import Options
from khabar.dumps.pull import pull
from khabar.dumps.remote import Remote
from khabar.dumps.versions import DumpError, newest
from khabar.errors import LockedError
from khabar.graph.curation import Decision, decide
from khabar.graph.folder import open_snapshot
from khabar.vocab import KH


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = changed(tmp_path_factory.mktemp("made") / "g", [arabic(f"a{n}") for n in range(6)])
    published(folder)
    return folder


@pytest.fixture
def graph(made: Path, tmp_path: Path) -> Path:
    """A graph with one version; its dumps are what a static server would serve."""
    return Path(shutil.copytree(made, tmp_path / "g", symlinks=True))


def same(one: Path, other: Path) -> bool:
    """Whether two folders of a version hold the same files, but for the feed, which is not mirrored."""
    held = [
        {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        for folder in (one, other)
    ]
    return held[0] == held[1]


def test_a_mirror_is_the_same_files(graph: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    with served(graph, workers=1) as site:
        first = pull(Remote(f"{site}/dump/"), mirror)
        assert (first.version, first.before, first.is_new) == ("2026.11.20", None, True)
        assert same(mirror / "latest", graph / "dumps/latest")
        assert not pull(Remote(f"{site}/dump"), mirror).is_new
        changed(graph, [russian("new")])
        published(graph, 1)
        second = pull(Remote(f"{site}/dump/"), mirror)
    assert second.patched == ("khabar.nq.gz", "khabar.nq.zst", "khabar.trig.gz", "khabar.trig.zst")
    assert second.downloaded < first.downloaded
    assert same(mirror / "latest", graph / "dumps/latest")
    with serving(mirror) as (address, _):  # a mirror can be mirrored
        pull(Remote(address), tmp_path / "again")
    assert same(tmp_path / "again/latest", graph / "dumps/latest")


def test_only_what_is_asked_for_is_mirrored(graph: Path, tmp_path: Path) -> None:
    with serving(graph / "dumps") as (address, _):
        pull(Remote(address), tmp_path / "m", only=["khabar.nq.gz"])
        names = {path.name for path in (tmp_path / "m/latest").iterdir()}
        assert names == {"khabar.nq.gz", "manifest.json", "SHA256SUMS"}
        changed(graph, [russian("new")])
        published(graph, 1)
        assert pull(Remote(address), tmp_path / "m", only=["khabar.nq.gz"]).patched == ("khabar.nq.gz",)
        with pytest.raises(DumpError, match=r"has no file khabar\.rar"):
            pull(Remote(address), tmp_path / "other", only=["khabar.rar"])


def test_thirty_days_of_patches_give_the_last_dump(tmp_path: Path) -> None:
    """Articles come, change and go, and things are merged; one mirror follows daily, one every third day."""
    chance = random.Random(30)
    graph = changed(tmp_path / "g", [arabic(f"a{n}") for n in range(4)])
    keep = Options(keep=40)
    published(graph, options=keep)
    held = {f"a{n}" for n in range(4)}
    mirrors = {1: tmp_path / "daily", 3: tmp_path / "third"}
    patched = 0
    with serving(graph / "dumps") as (address, _):
        for day in range(1, 31):
            fresh = [russian(f"r{day}"), arabic(f"b{day}")][: chance.randint(1, 2)]
            edited = arabic(chance.choice(sorted(k for k in held if k[0] in "ab")))
            edited = replace(edited, facts=edited.facts[day % 3 :])
            gone = [chance.choice(sorted(held - {edited.article.key}))] if day % 2 else []
            changed(graph, [*fresh, edited], gone)
            held = (held | {reading.article.key for reading in fresh}) - set(gone)
            if day % 10 == 0:
                merge(graph, day)
            published(graph, day, options=keep)
            for every, mirror in mirrors.items():
                if day % every == 0:
                    patched += "khabar.nq.gz" in pull(Remote(address), mirror).patched
        pull(Remote(address), tmp_path / "last")
    assert patched >= 30  # but for the first of each, all came by patches
    for mirror in mirrors.values():
        assert same(mirror / "latest", tmp_path / "last/latest")


def merge(graph: Path, day: int) -> None:
    """Decide that two things are one."""
    things = sorted(
        quad.subject.value
        for quad in open_snapshot(graph)
        if isinstance(quad.subject, ox.NamedNode) and "/id/x-" in quad.subject.value
    )
    pair = (URIRef(things[0]), URIRef(things[-1]))
    decide(graph, Decision(KH.same, pair, by="A. Curator", reason=f"day {day}"))


def test_a_patch_gives_the_new_dump_byte_for_byte(graph: Path) -> None:
    """As rdflib applies it, too, and as the added and removed quads tell it."""
    changed(graph, [russian("new"), replace(arabic("a1"), facts=arabic().facts[2:])], gone=["a0"])
    published(graph, 1)
    old, new = graph / "dumps/2026.11.20", graph / "dumps/2026.11.21"
    added, removed = (unzipped(new, name) for name in ("added.nq", "removed.nq"))
    lines = set(unzipped(old, "khabar.nq").splitlines(keepends=True))
    assert set(removed.splitlines(keepends=True)) <= lines
    lines = lines - set(removed.splitlines(keepends=True)) | set(added.splitlines(keepends=True))
    assert lines == set(unzipped(new, "khabar.nq").splitlines(keepends=True))
    theirs = Dataset(default_union=False)
    theirs.parse(data=unzipped(old, "khabar.nq"), format="nquads")
    theirs.parse(data=unzipped(new, "changes.rdfp"), format="patch")
    found = quads(theirs.serialize(format="nquads", encoding="utf-8"), ox.RdfFormat.N_QUADS)
    assert found == quads(unzipped(new, "khabar.nq"), ox.RdfFormat.N_QUADS)


# --- breaks


def test_a_download_that_broke_off_is_gone_on_with(graph: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "m"

    def cut(path: str, data: bytes) -> bytes:
        return data[: len(data) // 2] if path.endswith("khabar.trig.gz") else data

    with serving(graph / "dumps", lie=cut) as (address, _), pytest.raises(DumpError, match="ends after"):
        pull(Remote(address), mirror)
    assert newest(mirror) is None
    part = mirror / ".2026.11.20.part" / "khabar.trig.gz.part"
    size = part.stat().st_size
    assert size == (graph / "dumps/latest/khabar.trig.gz").stat().st_size // 2
    with served(graph, workers=1) as site:
        pulled = pull(Remote(f"{site}/dump/"), mirror)
    files = read(graph / "dumps/latest").files
    assert pulled.downloaded < sum(file.bytes for file in files)  # what was there is not fetched again
    assert same(mirror / "latest", graph / "dumps/latest")


def test_a_wrong_beginning_is_fetched_again(graph: Path, tmp_path: Path) -> None:
    work = tmp_path / "m/.2026.11.20.part"
    work.mkdir(parents=True)
    (work / "khabar.nq.gz.part").write_bytes(b"not the beginning")
    (work / "khabar.trig.gz").write_bytes(b"not the file")
    with served(graph, workers=1) as site:
        pull(Remote(f"{site}/dump/"), tmp_path / "m")
    assert same(tmp_path / "m/latest", graph / "dumps/latest")


def test_a_mirror_that_is_killed_is_whole(graph: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "m"
    chance = random.Random(11)
    with served(graph, workers=1) as site:
        command = [sys.executable, "-m", "khabar", "pull", f"{site}/dump/", str(mirror)]
        for day in range(1, KILLS + 1):
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.2, 0.9))
            running.send_signal(signal.SIGKILL)
            running.wait()
            for version in [*mirror.glob("latest"), *mirror.glob("2*")]:
                done = subprocess.run(
                    ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=version, check=False
                )
                assert done.returncode == 0
            changed(graph, [russian(f"r{day}")])
            published(graph, day)
        subprocess.run(command, check=True)
    assert same(mirror / "latest", graph / "dumps/latest")
    assert sorted(path.name for path in mirror.iterdir() if path.name.startswith(".")) == [".lock"]


# --- lies


FACTS = "khabar-facts.ttl.gz"
PATCH = "changes.rdfp"
REASONS: dict[str, tuple[dict[str, Any], str]] = {
    "wrong sum": ({"lie": garbled(FACTS)}, "does not have the sum that the manifest promises"),
    "cut file": ({"lie": lambda path, data: data[:-5] if path.endswith(FACTS) else data}, "ends after"),
    "endless file": ({"endless": FACTS}, "is longer than the"),
    "endless manifest": ({"endless": "latest/manifest.json"}, "is longer than 4194304 bytes"),
    "other host": ({"redirect": (FACTS, "http://localhost:9")}, "redirects to another host"),
    "other sums": ({"lie": garbled("SHA256SUMS")}, "gives other sums in SHA256SUMS"),
    "no manifest": ({"lie": lambda path, data: b"<html>"}, "is not a manifest"),
    "path": ({"lie": as_manifest({"version": "../../x"})}, "is not a manifest"),
    "other data": ({"lie": as_manifest({"dataset": "https://example.org/x"})}, "offers another data set"),
    "older": ({"lie": as_manifest({"version": "2026.11.19"})}, "is older than the mirror's 2026.11.20"),
    "changed": ({"lie": as_manifest({"version": "2026.11.20"})}, "has changed version 2026.11.20"),
    "base of the patch": ({"lie": other_base}, "is for another base"),
    "cut patch": ({"lie": repacked(PATCH, lambda data: data[:-5])}, "it is cut off"),
    "patch of another base": (
        {"lie": repacked(PATCH, lambda data: data.replace(b"2026.11.20> .", b"2026.11.18> ."))},
        "its prev is <https://w3id.org/khabar/dataset/2026.11.18>",
    ),
    "patch that does not fit": (
        {"lie": repacked(PATCH, lambda data: data.replace(b"\nD <", b"\nA <", 1))},
        "cannot be used: it adds what is there",
    ),
    "patch that leads elsewhere": (
        {"lie": repacked(PATCH, without_first_change)}, "has patches that do not lead to its khabar.nq"
    ),
    "patch that is none": ({"lie": repacked(PATCH, lambda data: b"boo\n")}, "does not begin with"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REASONS)
def test_a_server_that_lies_is_refused(kind: str, graph: Path, tmp_path: Path) -> None:
    DUMPS.append(graph / "dumps")
    how, reason = REASONS[kind]
    mirror = tmp_path / "m"
    with serving(graph / "dumps") as (address, _):
        pull(Remote(address), mirror)
    before = {path: path.read_bytes() for path in mirror.rglob("*") if path.is_file()}
    changed(graph, [russian("new")], gone=["a0"])
    published(graph, 1)
    with serving(graph / "dumps", **how) as (address, _):
        found = subprocess.run(
            [sys.executable, "-m", "khabar", "pull", address, str(mirror)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert found.returncode == 2, found.stderr
    assert reason in found.stderr
    assert "Traceback" not in found.stderr
    assert os.readlink(mirror / "latest") == "2026.11.20"
    after = {path: path.read_bytes() for path in (mirror / "2026.11.20").rglob("*")}
    assert after == {path: data for path, data in before.items() if path.name != ".lock"}
    with serving(graph / "dumps") as (address, _):  # an honest one mends it
        pull(Remote(address), mirror)
    assert same(mirror / "latest", graph / "dumps/latest")


def test_a_server_that_is_too_slow_or_gone_is_left(graph: Path, tmp_path: Path) -> None:
    with (
        serving(graph / "dumps", stops=True) as (address, _),
        pytest.raises(DumpError, match="breaks off"),
    ):
        pull(Remote(address, timeout=0.3), tmp_path / "m")
    with pytest.raises(DumpError, match="cannot be reached"):
        pull(Remote(address), tmp_path / "m")
    with pytest.raises(DumpError, match="is not the address of dumps"):
        Remote("file:///etc/")


def test_one_at_a_time(graph: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "m"
    mirror.mkdir()
    subprocess.run(["flock", str(mirror / ".lock"), "true"], check=True)
    holding = subprocess.Popen(["flock", str(mirror / ".lock"), "sleep", "30"])
    time.sleep(0.5)
    with serving(graph / "dumps") as (address, asked), pytest.raises(LockedError, match="is being written"):
        pull(Remote(address), mirror)
    holding.kill()
    assert not asked
