"""The process that writes: the only one of a server that opens the store for writing, started by writing.py.

It opens the folder when there is something to write and lets go of it soon after, so that khabar
build has its turn, too.  It talks over one pipe: a change is a dictionary, and so is what became of
it.  It answers when the change is on disk and published; killed at any moment, it leaves the state
before the change or the one after, which the next writer publishes.
"""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from khabar.errors import ForbiddenError, KhabarError, LockedError
from khabar.graph.changes import Broken, Shared
from khabar.graph.folder import PLAIN, describe
from khabar.graph.plain import Plain
from khabar.graph.report import local
from khabar.publish import jail
from khabar.resources import folder
from khabar.validation.guard import Guard
from khabar.validation.profile import own_shapes
from khabar.validation.rules import Rules

IDLE: Final = 1.0  # seconds without a change, after which others may write
PATIENCE: Final = 5.0  # seconds to wait for another writer
STACK: Final = 1 << 30  # bytes: parsers recurse

Opened = Plain | Shared


class Session:
    """The folder, open while there is something to write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: Opened | None = None

    def open(self) -> Opened:
        """The folder open for writing; raises LockedError when another process keeps it."""
        if self._opened is None:
            kind = Plain if describe(self.folder).kind == PLAIN else Shared
            self._opened = self._wait(kind)
            self._opened.publish()  # what a writer that was killed had written, but not yet shown
        return self._opened

    def _wait(self, kind: type[Opened]) -> Opened:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return kind.open(self.folder, None)
            except LockedError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def close(self) -> None:
        """Let go of the folder."""
        if self._opened is not None:
            self._opened.__exit__(None, None, None)
            self._opened = None


def change(opened: Opened, asked: dict[str, Any]) -> dict[str, Any]:
    """Make one change; returns what to tell of it.  Raises Broken if it is checked and breaks a rule."""
    if isinstance(opened, Shared):
        opened.judge = guard(opened.base) if asked.get("is_checked") else None
    graph = asked.get("graph", "")
    known = opened.holds_graph(graph)
    match asked["do"]:
        case "update":
            opened.update(asked["text"], asked["base"], asked["graphs"])
        case "put":
            opened.put_graph(graph, list(_parsed(asked)))
        case "add":
            opened.add_to_graph(graph, list(_parsed(asked)))
        case "drop" if known:
            opened.drop_graph(graph)
    return {"known": known, "snapshot": opened.publish()}


@cache
def guard(base: str) -> Guard:
    """The shapes of built graphs, taken apart once."""
    return Guard(Rules(own_shapes(), folder("ontology") / "khabar.ttl"), base)


def check(text: str, base: str, first: int) -> None:
    """Raise SyntaxError if TEXT, whose first operation begins at FIRST, is no update.

    Nothing of it is done: an operation that fails is put before all others, on lines of its own.
    """
    before = text[:first]
    line, column = before.count("\n") + 1, first - (before.rfind("\n") + 1)
    failing = f"\nCLEAR GRAPH <urn:khabar:nothing> ;\n{' ' * column}"
    try:
        ox.Store().update(f"{before}{failing}{text[first:]}", base_iri=base)
    except SyntaxError as error:
        place = re.compile(r"(?<=error at )\d+")
        told = place.sub(lambda found: str(max(line, int(found[0]) - 2)), str(error), count=1)
        raise SyntaxError(told) from error
    except RuntimeError:
        return


def _parsed(asked: dict[str, Any]) -> Iterator[ox.Quad]:
    for media_type, data in asked["parts"]:
        format_ = ox.RdfFormat.from_media_type(media_type)
        if format_ == ox.RdfFormat.RDF_XML and b"<!DOCTYPE" in data:  # entities may grow without end
            raise SyntaxError("a document type is not accepted")
        quads = ox.parse(data, format=format_, base_iri=asked["base"], rename_blank_nodes=True)
        for quad in quads:
            if quad.graph_name != ox.DefaultGraph():
                raise SyntaxError("it names graphs, but this is to be one graph")
            yield quad


def answer(session: Session, asked: dict[str, Any]) -> dict[str, Any]:
    """What became of one change."""
    try:
        if asked["do"] == "check":
            check(asked["text"], asked["base"], asked["first"])
            return {"known": True, "snapshot": 0}
        return change(session.open(), asked)
    except SyntaxError as error:
        return {"error": "syntax", "message": str(error)}
    except Broken as error:
        lines = [f"{one.name}: {one.path or local(one.shape)}: {one.message()}" for one in error.results]
        return {"error": "shapes", "results": [one.told() for one in error.results], "lines": lines}
    except ForbiddenError as error:
        return {"error": "protected", "where": error.where, "problem": error.problem, "fix": error.fix}
    except LockedError as error:
        return {"error": "busy", "message": str(error)}
    except KhabarError as error:  # the disk is full, or the folder is damaged: open it anew the next time
        session.close()
        print(error, file=sys.stderr)
        return {"error": "unavailable"}
    except (OSError, RuntimeError, ValueError) as error:  # so pyoxigraph says that it cannot be done
        return {"error": "update", "message": str(error).splitlines()[0]}


def serve(connection: Connection, folder: Path) -> None:
    """Make changes until the other end is closed."""
    session = Session(folder)
    while True:
        try:
            if not connection.poll(IDLE):
                session.close()
                connection.poll(None)
            asked = connection.recv()
        except EOFError:
            break
        connection.send(answer(session, asked))
    session.close()


def main() -> None:
    """Serve the connection of the file descriptor named first, for the folder named second."""
    connection, folder, memory = Connection(int(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
    jail.confine(STACK + memory, writes=True)
    threading.stack_size(STACK)
    thread = threading.Thread(target=serve, args=(connection, folder))
    thread.start()
    thread.join()


if __name__ == "__main__":
    main()
