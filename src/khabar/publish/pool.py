"""Queries in processes that can be killed: the engine itself can be stopped by nothing else.

An answer is collected whole before its first byte is sent: up to a mebibyte in memory, the rest in
a file without a name.  So a query that fails late still gets an honest status, no client can take
a cut body for a complete one, and a slow reader keeps no worker busy.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Final, NamedTuple

from khabar.publish.protocol import Refusal, syntax_refusal

WORKER: Final = Path(__file__).with_name("worker.py")


class Limits(NamedTuple):
    """What one query may take."""

    seconds: float = 10.0  # from the start of the query to the last byte of its answer
    memory: int = 1 << 30  # bytes, of a worker
    size: int = 64 << 20  # bytes, of an answer
    wait: float = 2.0  # seconds, for a worker to be free


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Request:
    """One query for a worker.  It may run: gate.py has let it pass."""

    query: str
    store: str  # the path of a snapshot
    base: str  # what relative IRIs are resolved against
    media_type: str  # as pyoxigraph knows it
    withheld: str  # GRAPH finds no graph whose IRI begins so
    has_dataset: bool = False  # whether the two below count; else all that is published
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    rows: int = 0  # that many rows or triples at most, and rows as lines of JSON; 0: all
    prefixes: dict[str, str] = field(default_factory=dict)  # for formats that have them


class Worker:
    """One process, and our end of the pipe to it."""

    def __init__(self, memory: int) -> None:
        self.connection, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(
                # -P: the folder of the script holds modules of ours that are not for it to import.
                [sys.executable, "-P", str(WORKER), str(theirs.fileno()), str(memory)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def kill(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.connection.close()
        self.process.wait()


class Pool:
    """A fixed number of workers, started when first needed, so that a server may fork before."""

    def __init__(self, workers: int = 0, limits: Limits = LIMITS) -> None:
        self.workers = workers or min(4, os.cpu_count() or 1)
        self.limits = limits
        self._idle: queue.LifoQueue[Worker | None] = queue.LifoQueue()  # the last used one is the warmest
        for _ in range(self.workers):
            self._idle.put(None)

    def run(self, request: Request) -> IO[bytes]:
        """The complete answer to one query, at its first byte; the caller closes it.

        Raises Refusal: 400 for a query that cannot be read, 503 at the deadline or when all workers
        are busy, 507 when the answer or the memory grows too large.
        """
        worker = self._take()
        complete = False
        answer: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115
        try:
            verdict, text = self._collect(worker.connection, request, answer)
            complete = True
        finally:
            if complete:
                self._idle.put(worker)
            else:
                answer.close()
                worker.kill()
                self._idle.put(None)
        if verdict != b"E":
            answer.close()
            raise self._refusal(verdict, text, request.query)
        answer.seek(0)
        return answer

    def close(self) -> None:
        """End the workers that are idle; those at work end when we do."""
        for _ in range(self.workers):
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                break
            if worker is not None:
                worker.kill()
        for _ in range(self.workers):
            self._idle.put(None)

    def _take(self) -> Worker:
        try:
            worker = self._idle.get(timeout=self.limits.wait)
        except queue.Empty:
            raise Refusal(
                status=503,
                code="busy",
                where="server",
                problem="all its workers are busy",
                fix="ask again in a moment",
                headers={"Retry-After": "2"},
            ) from None
        if worker is not None and worker.process.poll() is None:
            return worker
        if worker is not None:
            worker.kill()
        try:
            return Worker(self.limits.memory)
        except BaseException:
            self._idle.put(None)
            raise

    def _collect(self, connection: Connection, request: Request, answer: IO[bytes]) -> tuple[bytes, str]:
        """Write the answer to a file; returns how it ended, and what the worker says of it."""
        end = time.monotonic() + self.limits.seconds
        try:
            connection.send(
                {name: getattr(request, name) for name in request.__slots__} | {"size": self.limits.size}
            )
            while connection.poll(max(0.0, end - time.monotonic())):
                frame = connection.recv_bytes()
                if frame[:1] != b"D":
                    return frame[:1], frame[1:].decode("utf-8", "replace")
                answer.write(memoryview(frame)[1:])
        except (EOFError, OSError) as error:  # it ran into its memory limit, or into a bug of the engine
            raise self._too_large("it needs more memory than a query may have") from error
        raise Refusal(
            status=503,
            code="deadline",
            where="query",
            problem=f"it was stopped after {self.limits.seconds:g} seconds",
            fix="ask for less: name a subject or predicate, or add LIMIT",
            headers={"Retry-After": "30"},
        )

    def _refusal(self, verdict: bytes, text: str, query: str) -> Refusal:
        if verdict == b"S":
            return syntax_refusal(text, query)
        if verdict == b"L":
            return self._too_large(f"the answer is larger than {self.limits.size >> 20} MiB")
        return Refusal(
            code="query", where="query", problem=f"it cannot be answered: {text}", fix="change the query"
        )

    @staticmethod
    def _too_large(problem: str) -> Refusal:
        return Refusal(
            status=507, code="too-large", where="query", problem=problem,
            fix="add LIMIT, or take the dump",
        )  # fmt: skip
