"""The front's end of the pipe to the process that writes: one change at a time, with a deadline."""

from __future__ import annotations

import subprocess
import sys
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, NamedTuple

from khabar.publish.protocol import Refusal, syntax_refusal

WAITING: Final = "waiting"  # a file in the folder, as long as there may be articles that are not read yet


class WriteLimits(NamedTuple):
    """What one change may take."""

    seconds: float = 60.0  # until it is published
    memory: int = 4 << 30  # bytes, of the process that writes
    wait: float = 10.0  # seconds, for changes before it


LIMITS: Final = WriteLimits()
SHOWN: Final = 20  # broken rules that a page lists; programs get all


class Outcome(NamedTuple):
    """What became of a change."""

    known: bool  # whether the graph was there before
    snapshot: int  # in which the change is published


class Writer:
    """The one writer of a folder, started when it is first needed."""

    def __init__(self, folder: Path, limits: WriteLimits = LIMITS, *, is_checked: bool = False) -> None:
        """With IS_CHECKED a change that breaks a rule is refused."""
        self.folder, self.limits, self.is_checked = folder, limits, is_checked
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def update(self, text: str, base: str, graphs: frozenset[str] | None) -> Outcome:
        """Run a SPARQL update that has passed updates.py; raises Refusal."""
        return self._change({"do": "update", "text": text, "base": base, "graphs": graphs}, text)

    def check(self, text: str, base: str, first: int) -> None:
        """Raise Refusal if TEXT is no SPARQL update; nothing of it is done.

        FIRST is where its first operation begins.
        """
        self._change({"do": "check", "text": text, "base": base, "first": first}, text)

    def put(self, graph: str, parts: list[tuple[str, bytes]], base: str) -> Outcome:
        """Make documents, each a media type and its bytes, the whole of a graph; raises Refusal."""
        return self._change({"do": "put", "graph": graph, "parts": parts, "base": base})

    def add(self, graph: str, parts: list[tuple[str, bytes]], base: str) -> Outcome:
        """Put what documents say into a graph; raises Refusal."""
        return self._change({"do": "add", "graph": graph, "parts": parts, "base": base})

    def drop(self, graph: str) -> Outcome:
        """Take out a graph, if there is one; raises Refusal."""
        return self._change({"do": "drop", "graph": graph})

    def accept(self, body: bytes) -> list[dict[str, str]]:
        """Have articles, as JSON or JSON lines, in the journal; returns keys and IRIs; raises Refusal."""
        told = self._told({"do": "articles", "body": body})
        articles: list[dict[str, str]] = told["articles"]
        return articles

    def begin(self) -> None:
        """Start the process, so that articles which wait are read."""
        self._start()

    def close(self) -> None:
        """End the process, after what it does."""
        with self._turn:
            if self._connection is not None and self._process is not None:
                self._connection.close()
                self._process.wait()
            self._connection = self._process = None

    def _change(self, asked: dict[str, Any], text: str = "") -> Outcome:
        told = self._told({**asked, "is_checked": self.is_checked}, text)
        return Outcome(told["known"], told["snapshot"])

    def _told(self, asked: dict[str, Any], text: str = "") -> dict[str, Any]:
        if not self._turn.acquire(timeout=self.limits.wait):
            raise _busy("other changes are being made")
        try:
            told = self._ask(asked)
        finally:
            self._turn.release()
        if "error" in told:
            raise _refusal(told, text)
        return told

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        connection = self._start()
        try:
            connection.send(asked)
            if connection.poll(self.limits.seconds):
                told: dict[str, Any] = connection.recv()
                return told
        except (EOFError, OSError):  # it ran into its memory limit, or into a bug of the engine
            self._end()
            raise Refusal(
                status=507, code="too-large", where="request",
                problem="the change needs more memory than it may have",
                fix="send it in smaller parts; look first whether it was made",
            ) from None  # fmt: skip
        self._end()
        raise Refusal(
            status=503, code="deadline", where="request",
            problem=f"the change was stopped after {self.limits.seconds:g} seconds",
            fix="send it in smaller parts; look first whether it was made", headers={"Retry-After": "60"},
        )  # fmt: skip

    def _start(self) -> Connection:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._connection is None:
            self._connection, theirs = Pipe()
            given = [str(theirs.fileno()), str(self.folder.resolve()), str(self.limits.memory)]
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "khabar.ingesting", *given],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
        return self._connection

    def _end(self) -> None:
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._connection.close()
            self._process.wait()
        self._process = self._connection = None


def begun(folder: Path, *, is_checked: bool = False) -> Writer:
    """The writer of a folder; at work already if articles were accepted that are not read yet."""
    writer = Writer(folder, is_checked=is_checked)
    if (folder / WAITING).exists():
        writer.begin()
    return writer


def _busy(problem: str) -> Refusal:
    return Refusal(
        status=503, code="busy", where="server", problem=problem, fix="ask again in a moment",
        headers={"Retry-After": "5"},
    )  # fmt: skip


def _broken(told: dict[str, Any]) -> Refusal:
    """https://www.rfc-editor.org/rfc/rfc9110#section-15.5.21"""
    lines = told["lines"]
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    rules = "a rule" if len(lines) == 1 else f"rules {len(lines)} times"
    return Refusal(
        status=422, code="shapes", where="request", problem=f"the change would break {rules}",
        fix="correct it; nothing was changed, and /shapes has the rules",
        excerpt="\n".join(lines[:SHOWN] + more), results=told["results"],
    )  # fmt: skip


def _refusal(told: dict[str, Any], text: str) -> Refusal:
    match told["error"]:
        case "syntax" if text:
            return syntax_refusal(told["message"], text, "update")
        case "syntax":
            return Refusal(
                code="syntax", where="body", problem=f"it is not RDF of that kind: {told['message']}",
                fix="correct it; nothing was changed",
            )  # fmt: skip
        case "protected":
            return Refusal(
                status=403, code="protected", where=told["where"], problem=told["problem"], fix=told["fix"]
            )
        case "shapes":
            return _broken(told)
        case "article":
            return Refusal(
                code="article", where=told["where"], problem=told["problem"],
                fix=f"{told['fix']}; none of these articles was taken",
            )  # fmt: skip
        case "busy":
            return _busy("another process is writing to this dataset")
        case "update":
            return Refusal(
                code="update", where="update", problem=f"it cannot be done: {told['message']}",
                fix="change the update; nothing was changed",
            )  # fmt: skip
    return Refusal(
        status=503, code="unavailable", where="server", problem="the dataset cannot be written just now",
        fix="ask again in a minute; if it lasts, tell the operator", headers={"Retry-After": "60"},
    )  # fmt: skip
