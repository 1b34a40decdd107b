"""Writers killed at random moments, and what must be there then: all they had acknowledged, once and whole.

    python tests/killing.py writers|builds|full DIR NUMBER SEED

Each writer is a fork of this program, which never opens a store itself: RocksDB's threads would be missing
in its children, which would wait for them for ever.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
from test_build import ARTICLE, dumped

from khabar import building
from khabar.building import build
from khabar.errors import StoreError
from khabar.examining import content
from khabar.graph.folder import is_built, open_snapshot
from khabar.graph.store import Store, Taken
from khabar.graph.verify import verify
from khabar.knowledge import Knowledge, load
from khabar.model import Article, Quad
from khabar.vocab import BASE, KH, PROV, article_iri, graph_iri

KEYS = tuple("abcdef")
PATIENCE = 120.0  # seconds, after which a child that should have ended is lost

Acknowledge = Callable[[dict[str, str]], None]


class Tally(NamedTuple):
    """What became of many writers."""

    killed: int  # that did not reach their end
    ended: int
    slowest: float  # seconds until a folder could be used again after a kill


def child(work: Callable[[Acknowledge], Any], delay: float | None = None) -> tuple[dict[str, str], bool]:
    """Do WORK in a fork, killed after DELAY seconds; returns what it acknowledged, and if it ended well."""
    ours, theirs = os.pipe()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            os.close(ours)
            work(lambda told: (os.write(theirs, (json.dumps(told) + "\n").encode()), None)[1])
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(theirs)
    if delay is not None:
        time.sleep(delay)
        os.kill(process, signal.SIGKILL)
    with os.fdopen(ours, "rb") as told:
        lines = [json.loads(line) for line in told.read().splitlines(keepends=True) if line.endswith(b"\n")]
    _, status = os.waitpid(process, 0)
    assert delay is not None or status == 0, f"a writer that nobody has killed has ended with {status}"
    return {key: version for line in lines for key, version in line.items()}, status == 0


# --- writers of graphs that are made without being read


def quads(key: str, version: str) -> set[Quad]:
    """What the article of a key says in one of its versions; every version as many quads."""
    graph = graph_iri(key)
    facts = {Quad(BASE[f"id/{key}{n}"], KH.chairs, BASE[f"id/{version}"], graph) for n in range(20)}
    return facts | {Quad(graph, PROV.wasDerivedFrom, article_iri(key), BASE["graph/meta"])}


def write(folder: Path, versions: dict[str, str], acknowledge: Acknowledge) -> None:
    """Open FOLDER, put in some articles, two in a transaction, and publish them."""
    with Store.open(folder) if is_built(folder) else Store.create(folder) as store:
        items = list(versions.items())
        for start in range(0, len(items), 2):
            group = dict(items[start : start + 2])
            store.take({k: Taken(set(map(store.terms.quad, quads(k, v))), v) for k, v in group.items()})
            acknowledge(group)
        store.publish()


def held(folder: Path, acknowledge: Acknowledge) -> None:
    """Tell which version of each article is in FOLDER, having checked that all of it is whole."""
    with Store.open(folder) if is_built(folder) else Store.create(folder) as store:
        told = store.told()
        assert store.articles() == sorted(told)
        for key, version in told.items():
            expected = set(map(store.terms.quad, quads(key, version)))
            assert store.holds(key, expected), (key, version)
        default = {ox.Quad(*q.triple) for k, v in told.items() for q in map(store.terms.quad, quads(k, v))}
        assert set(store.dataset.quads_for_pattern(None, None, None, ox.DefaultGraph())) == default
        acknowledge(told)


def kill_writers(folder: Path, number: int, seed: int, *, longest: float = 0.15) -> Tally:
    """Kill NUMBER writers; after each, what was acknowledged must be there, or what was written after it."""
    chance = random.Random(seed)
    known: dict[str, str] = {}  # acknowledged
    later: dict[str, set[str]] = {key: set() for key in KEYS}  # written since, but not acknowledged
    ended, slowest = 0, 0.0
    for turn in range(number):
        versions = dict.fromkeys(chance.sample(KEYS, 4), f"v{turn}")
        acknowledged, is_done = child(partial(write, folder, versions), chance.uniform(0, longest))
        for key, version in versions.items():
            later[key] = set() if key in acknowledged else later[key] | {version}
        known |= acknowledged
        ended += is_done
        begin = time.monotonic()
        found, _ = child(lambda tell: held(folder, tell))
        slowest = max(slowest, time.monotonic() - begin)
        for key in KEYS:
            allowed = later[key] | ({known[key]} if key in known else {None})
            assert found.get(key) in allowed, (turn, key, found.get(key), allowed)
        known, later = dict(found), {key: set() for key in KEYS}
    child(lambda tell: write(folder, dict.fromkeys(KEYS, "last"), tell))
    child(lambda tell: _whole(folder))
    return Tally(number - ended, ended, slowest)


def _whole(folder: Path) -> None:
    assert not (damage := verify(folder).damage), damage


# --- whole builds


def articles(turn: int, chance: random.Random) -> list[Article]:
    """Some articles, each in a version of its own."""
    keys = chance.sample(KEYS, 4)
    return [replace(ARTICLE, key=key, text=f"{ARTICLE.text} {turn}.", origin=key) for key in keys]


def kill_builds(folder: Path, number: int, seed: int, knowledge: Knowledge, *, longest: float = 0.8) -> Tally:
    """Kill NUMBER builds; the graph must have the bytes of one that was built without a kill."""
    chance = random.Random(seed)
    building.BATCH = 2  # type: ignore[misc]
    last: dict[str, Article] = {}
    known: dict[str, str] = {}
    ended = 0
    for turn in range(number):
        given = articles(turn, chance)

        def run(tell: Acknowledge, given: list[Article] = given) -> None:
            told = Store.take

            def take(store: Store, taken: dict[str, Taken]) -> None:
                told(store, taken)
                tell({key: one.told.split()[0] for key, one in taken.items()})

            Store.take = take  # type: ignore[method-assign,assignment]
            build(given, folder, knowledge=knowledge)

        acknowledged, is_done = child(run, chance.uniform(0, longest))
        ended += is_done
        last |= {article.key: article for article in given}
        versions = {article.key: content(article) for article in given}
        assert acknowledged.items() <= versions.items()
        known |= acknowledged
    begin = time.monotonic()
    child(lambda tell: build(last.values(), folder, knowledge=knowledge))
    slowest = time.monotonic() - begin
    whole = folder.with_name("whole")
    child(lambda tell: build(last.values(), whole, knowledge=knowledge))
    child(lambda tell: _same(folder, whole))
    return Tally(number - ended, ended, slowest)


def _same(folder: Path, other: Path) -> None:
    assert dumped(folder) == dumped(other)
    _whole(folder)


# --- a full disk


def limited(size: int, folder: Path, version: str, acknowledge: Acknowledge) -> None:
    """Write with no room for a file of more than SIZE bytes; that it fails is what is expected."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    with suppress(StoreError):
        write(folder, dict.fromkeys(KEYS, version), acknowledge)


def fill_disks(folder: Path, number: int, seed: int) -> Tally:
    """Let NUMBER writers run out of space anywhere; nothing is lost, readers and the next go on."""
    chance = random.Random(seed)
    child(partial(write, folder, dict.fromkeys(KEYS, "first")))
    known = dict.fromkeys(KEYS, "first")
    for turn in range(number):
        acknowledged, _ = child(partial(limited, int(10 ** chance.uniform(2, 5.5)), folder, f"v{turn}"))
        child(lambda tell: tell({"read": str(len(open_snapshot(folder)))}))
        found, _ = child(partial(held, folder))
        for key in KEYS:
            assert found[key] in {acknowledged.get(key, known[key]), f"v{turn}"}
        known = found
    child(lambda tell: _whole(folder))
    return Tally(0, number, 0.0)


def main() -> None:
    """Do what is asked for, and tell how many were killed and how long a recovery took."""
    kind, folder, number, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    if kind == "writers":
        tally = kill_writers(folder, number, seed)
    elif kind == "builds":
        tally = kill_builds(folder, number, seed, load())
    else:
        tally = fill_disks(folder, number, seed)
    print(*tally)


if __name__ == "__main__":
    main()
