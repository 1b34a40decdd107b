"""A published graph in another store, too: filled once, then told only what became different.

What was sent is kept beside the folder, as hard links, so what has to be changed is worked out here and
from nothing that the store says.  The store keeps a marker: which snapshot is on its way into it, and how
much of it has arrived.  Each batch moves the marker in its own request.  So after an answer that never came
the marker is read before anything is sent again, and a build that was killed goes on where the marker stands.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

import pyoxigraph as ox

from khabar.errors import LockedError
from khabar.graph.files import reporting, write_atomically
from khabar.graph.folder import Description, describe, snapshot_path
from khabar.remote.delta import View, as_update, batches, changes
from khabar.remote.profile import NAMED, LostError, Remote, RemoteError
from khabar.vocab import SCHEMA, digest

FOLDER: Final = "mirrors"  # inside the folder of the graph: one for each store
ATTEMPTS: Final = 5  # to send a batch whose answer is lost
PAUSE: Final = 1.0  # seconds before the second one; before each further one twice as long
COMPLETE: Final = "complete"
FORMAT: Final = "khabar-mirror-1"
CLEARED: Final = 50  # graphs emptied in one update
GRAPHS: Final = 5_000  # asked for at a time

Progress = Callable[[int], object]  # told how many triples have been sent

_MARKER: Final = re.compile(rf"{FORMAT} (?P<old>\S+) (?P<new>\S+) (?P<step>\d+|{COMPLETE})\Z")


def facts_graph(base: str, remote: Remote) -> str:
    """The graph that has the triples of the default graph in a store; "" is its own default graph."""
    return f"{base}graph/facts" if remote.profile.default_graph == NAMED else ""


def graphs_below(remote: Remote, base: str) -> Iterator[str]:
    """The graphs in a store whose IRI begins with BASE, sorted; raises RemoteError."""
    last = base
    while True:
        answer = remote.ask(
            f'SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{base}") '
            f'&& STR(?g) > "{last}") }} ORDER BY ?g LIMIT {GRAPHS}'
        )
        found = [row["g"]["value"] for row in json.loads(answer)["results"]["bindings"]]
        yield from found
        if len(found) < GRAPHS:
            return
        last = found[-1]


@dataclass(frozen=True, slots=True)
class Marker:
    """What a store says of what it was sent."""

    old: str  # the state before, or "-"
    new: str  # the state that is on its way, or there
    step: int | None  # how many batches have arrived; None: all

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What the text of a marker says, if it is one of ours."""
        match = _MARKER.match(text)
        return match and cls(
            match["old"], match["new"], None if match["step"] == COMPLETE else int(match["step"])
        )

    def __str__(self) -> str:
        return f"{FORMAT} {self.old} {self.new} {COMPLETE if self.step is None else self.step}"

    @property
    def has_texts(self) -> bool:
        """Whether the texts of articles are among what was sent."""
        return "texts" in (self.new.rpartition("+")[2], self.old.rpartition("+")[2])


@dataclass(frozen=True, slots=True)
class State:
    """One published snapshot, and what of it is sent."""

    path: Path  # of our own copy
    name: str  # no other state ever has it
    with_texts: bool


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What was sent."""

    address: str
    sent: int  # triples that came or went; one that is in the default graph, too, counts twice
    batches: int


def sent(folder: Path, remote: Remote, marker: Marker) -> Path | None:
    """Our own copy of what a store holds, if it was sent from FOLDER, and all of it is there."""
    copy = folder / FOLDER / digest(remote.address) / marker.new.partition("+")[0]
    return copy if marker.step is None and copy.is_dir() else None


def marker_graph(base: str) -> str:
    """The graph in a store that holds the marker, and nothing else."""
    return f"{base}graph/mirror"


def read_marker(remote: Remote, base: str) -> tuple[Marker | None, tuple[str, ...]]:
    """The marker of a store, the furthest if it has two, and all that stands there; raises RemoteError."""
    graph = marker_graph(base)
    answer = remote.ask(f"SELECT ?text WHERE {{ GRAPH <{graph}> {{ <{graph}> <{SCHEMA.version}> ?text }} }}")
    try:
        rows = json.loads(answer)["results"]["bindings"]
        texts = tuple(sorted(row["text"]["value"] for row in rows))
    except (ValueError, LookupError, TypeError) as error:
        raise RemoteError(
            where=remote.address,
            problem="does not answer as a SPARQL store does",
            fix="look whether --store is its address, and --store-kind what it is",
        ) from error
    markers = [marker for text in texts if (marker := Marker.read(text))]
    # A store whose updates are not atomic may hold the old one beside the new one.
    return max(markers, key=lambda m: (m.step is not None, m.step or 0), default=None), texts


def mirror(
    folder: Path,
    remote: Remote,
    *,
    with_texts: bool = False,
    replace: bool = False,
    pause: float = PAUSE,
    progress: Progress | None = None,
) -> Mirrored:
    """Bring a store to the published snapshot of a built FOLDER; what it has already is not sent again.

    WITH_TEXTS: the texts of the articles, too.  REPLACE: whatever graphs of ours the store holds, they are
    emptied first.  Raises RemoteError when the store does not do its part: then the same call goes on
    where this one has stopped; StoreError when FOLDER is none of ours.
    """
    described = describe(folder)
    place = folder.resolve() / FOLDER / digest(remote.address)
    with reporting(place):
        place.mkdir(parents=True, exist_ok=True)
    with _locked(place):
        sender = _Sender(place, described, remote, pause, progress)
        if replace:
            sender.clear(snapshot_path(folder))
        sender.check()
        sender.go_on()
        sender.send(snapshot_path(folder), with_texts=with_texts)
        return Mirrored(remote.address, sender.sent, sender.batches)


class _Sender:
    """One store, and our memory of it: what it has, and what is on its way."""

    def __init__(
        self, place: Path, described: Description, remote: Remote, pause: float, progress: Progress | None
    ) -> None:
        self.place, self.base, self.remote = place, described.base, remote
        self.pause, self.progress = pause, progress or (lambda _: None)
        self.sent = self.batches = 0
        self.has, self.coming = (self._state(name) for name in ("has", "coming"))

    # --- our memory

    def _state(self, part: str) -> State | None:
        path = self.place / f"{part}.json"
        if not path.is_file():
            return None
        told = json.loads(path.read_text("utf-8"))
        return State(self.place / told["snapshot"], told["name"], told["with_texts"])

    def _remember(self, part: str, state: State | None) -> None:
        path = self.place / f"{part}.json"
        with reporting(path):
            if state is None:
                path.unlink(missing_ok=True)
            else:
                told = {"snapshot": state.path.name, "name": state.name, "with_texts": state.with_texts}
                write_atomically(path, json.dumps({"store": self.remote.address, **told}, indent=2) + "\n")

    def _link(self, snapshot: Path, *, with_texts: bool) -> State:
        """Our own copy of a snapshot, which costs links, not bytes."""
        published = (snapshot.parents[1] / "current").stat().st_mtime_ns
        name = f"{snapshot.name}-{published:x}+{'texts' if with_texts else 'facts'}"
        state = State(self.place / f"{snapshot.name}-{published:x}", name, with_texts)
        if not state.path.is_dir():
            beside = state.path.with_name(".new")
            with reporting(beside):
                shutil.rmtree(beside, ignore_errors=True)
                shutil.copytree(snapshot, beside, copy_function=os.link)
                beside.rename(state.path)
        return state

    def _tidy(self) -> None:
        kept = {state.path.name for state in (self.has, self.coming) if state}
        for path in self.place.iterdir():
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    # --- what the store has

    def check(self) -> None:
        """Raise RemoteError unless the store holds what we remember."""
        marker, _ = read_marker(self.remote, self.base)
        known = {state.name for state in (self.has, self.coming) if state}
        if marker is None and self.has is None:
            if not self._is_empty():
                raise self._foreign("holds graphs of this name that no khabar build has put there")
            return
        if marker is None:
            raise self._foreign("does not hold any more what was sent to it")
        if marker.new not in known:
            raise self._foreign("was filled from another folder, or from an earlier one of this name")

    def _is_empty(self) -> bool:
        answer = self.remote.ask(f"ASK {{ GRAPH <{self.base}graph/meta> {{ ?s ?p ?o }} }}")
        return json.loads(answer).get("boolean") is False

    def _foreign(self, problem: str) -> RemoteError:
        return RemoteError(
            where=self.remote.address,
            problem=problem,
            fix="name another store; or give --replace-store, which empties its graphs and sends all again",
        )

    def clear(self, snapshot: Path) -> None:
        """Empty every graph of ours in the store, and forget what was sent."""
        for part in ("coming", "has"):
            self._remember(part, None)
        self.has = self.coming = None
        view = self._view(with_texts=True)
        graphs = {
            *graphs_below(self.remote, self.base),
            *(graph for graph in view.graphs(ox.Store.read_only(str(snapshot))) if graph),
        }
        marker = marker_graph(self.base)
        waiting = iter(sorted(graphs - {marker}))
        while some := list(islice(waiting, CLEARED)):
            self._repeatedly(" ;\n".join(f"CLEAR SILENT GRAPH <{graph}>" for graph in some))
        if not view.facts:
            self._repeatedly("CLEAR SILENT DEFAULT")
        self._repeatedly(f"CLEAR SILENT GRAPH <{marker}>")

    # --- sending

    def go_on(self) -> None:
        """Send the rest of what an earlier call has begun to send."""
        if self.coming is not None:
            self._bring(self.coming)

    def send(self, snapshot: Path, *, with_texts: bool) -> None:
        """Bring the store to a snapshot."""
        state = self._link(snapshot, with_texts=with_texts)
        if self.has is None or state.name != self.has.name:
            self._remember("coming", state)
            self.coming = state
            self._bring(state)
        self._tidy()

    def _bring(self, state: State) -> None:
        old = self.has.name if self.has else "-"
        found, texts = read_marker(self.remote, self.base)
        done = found.step if found and (found.old, found.new) == (old, state.name) else 0
        if done is not None:
            self._send_from(done, old, state, texts)
        if read_marker(self.remote, self.base)[0] != Marker(old, state.name, None):
            raise LostError(
                where=self.remote.address,
                problem="has taken all, but does not say so",
                fix="look at its log; then give the same command again",
            )
        self._remember("has", state)
        self.has = state
        self._remember("coming", None)
        self.coming = None

    def _send_from(self, done: int, old: str, state: State, texts: tuple[str, ...]) -> None:
        """Send the batches after those that are DONE; TEXTS are the markers that stand in the store."""
        has = self.has
        was = ox.Store.read_only(str(has.path)) if has else None
        was_seen = self._view(with_texts=bool(has and has.with_texts))
        seen = self._view(with_texts=state.with_texts)
        found = changes(was, was_seen, ox.Store.read_only(str(state.path)), seen)
        for step, batch in enumerate(batches(found, self.remote.profile.triples), 1):
            if step <= done:
                continue
            others = {change.graph for change in batch if not change.graph.startswith(self.base)}
            texts = self._apply(as_update(batch), Marker(old, state.name, step), texts, others - {""})
            self.sent += len(batch)
            self.batches += 1
            self.progress(self.sent)
        self._apply("", Marker(old, state.name, None), texts)

    def _apply(
        self, update: str, marker: Marker, texts: tuple[str, ...], others: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """Have one batch done, and the marker moved in the same request; gives the marker that stands.

        OTHERS are graphs that belong to our dataset although their names do not say so.
        """
        graph, moved = marker_graph(self.base), str(marker)
        gone = " ".join(_marked(graph, text) for text in texts if text != moved)
        come = [_marked(graph, moved), *(f"<{graph}> <{SCHEMA.hasPart}> <{g}> ." for g in sorted(others))]
        parts = [update, f"INSERT DATA {{ GRAPH <{graph}> {{ {' '.join(come)} }} }}"]
        if gone:
            parts.append(f"DELETE DATA {{ GRAPH <{graph}> {{ {gone} }} }}")
        self._repeatedly(" ;\n".join(filter(None, parts)), marker)
        return (moved,)

    def _repeatedly(self, update: str, marker: Marker | None = None) -> None:
        """Have an update done that may be done twice; when its answer is lost, the MARKER tells."""
        for attempt in range(ATTEMPTS):
            try:
                self.remote.update(update)
                return
            except LostError:
                if attempt == ATTEMPTS - 1:
                    raise
                time.sleep(self.pause * 2**attempt)
                if marker is not None and self._has_arrived(marker):
                    return

    def _has_arrived(self, marker: Marker) -> bool:
        try:
            return read_marker(self.remote, self.base)[0] == marker
        except LostError:
            return False

    def _view(self, *, with_texts: bool) -> View:
        return View(self.base, with_texts, facts_graph(self.base, self.remote))


def _marked(graph: str, text: str) -> str:
    return f"<{graph}> <{SCHEMA.version}> {ox.Literal(text)} ."


@contextmanager
def _locked(place: Path) -> Iterator[Any]:
    """The one who sends to this store from this folder."""
    with reporting(place):
        file = (place / "LOCK").open("a+", encoding="utf-8")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LockedError(
                where=str(place),
                problem="another process is sending to this store",
                fix="wait until it is done",
            ) from error
        yield file
