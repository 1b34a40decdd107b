"""Queries in processes that can be killed: the engine itself can be stopped by nothing else.

An answer is collected whole before its first byte is sent: up to a mebibyte in memory, the rest in
a file without a name.  So a query that fails late still gets an honest status, no client can take
a cut body for a complete one, and a slow reader keeps no worker busy.
"""

from __future__ import annotations

import logging
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing import Pipe
from pathlib import Path
from typing import IO, Final, NamedTuple

from khabar.publish import jail
from khabar.publish.protocol import Refusal, syntax_refusal

WORKER: Final = Path(__file__).with_name("worker.py")
START: Final = 30.0  # seconds that a new worker may take until it is ready
GLANCE: Final = 0.1  # seconds between two looks at whether the client is still there
SHORT: Final = 0.25  # seconds: a query that takes longer gives way to shorter ones from then on
LOW: Final = 10  # the priority of those that give way: a tenth of the processor time of the others

log = logging.getLogger("khabar")


class Limits(NamedTuple):
    """What one query may take."""

    seconds: float = 10.0  # from the start of the query to the last byte of its answer
    memory: int = 1 << 30  # bytes, of a worker
    size: int = 64 << 20  # bytes, of an answer
    rows: int = 1_000_000  # rows or triples of an answer
    wait: float = 2.0  # seconds, for a worker to be free
    queue: int = 0  # queries that wait at the same time; 0 means four for each worker


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Request:
    """One query for a worker.  It may run: gate.py has let it pass."""

    query: str
    store: str  # the path of a snapshot
    snapshot: str  # its name, which no other snapshot ever has
    base: str  # what relative IRIs are resolved against
    media_type: str  # as pyoxigraph knows it
    withheld: tuple[str, ...]  # GRAPH finds no graph whose IRI begins with one of them
    has_dataset: bool = False  # whether the two below count; else all that is published
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    names_graphs: bool = True  # whether the query may use GRAPH
    rows: int = 0  # that many rows or triples at most, and rows as lines of JSON; 0: all
    prefixes: dict[str, str] = field(default_factory=dict)  # for formats that have them
    form: str = "SELECT"  # or ASK, CONSTRUCT, DESCRIBE


class Gone(Exception):
    """The client left before its answer was there."""


class Replaced(Refusal):
    """The snapshot is gone: there must be a newer one."""


def never() -> bool:
    """A client of whom nothing is known is taken to be there still."""
    return False


def ignore(seconds: float) -> None:
    """Nobody counts the time."""


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
        self._poll = select.poll()
        self._poll.register(self.connection, select.POLLIN)
        self.jail = ""  # what keeps it from the network, once it is ready
        self.gives_way = False

    def frame(self, seconds: float) -> bytes | None:
        """The next frame, or None if none comes in so many SECONDS; EOFError when the worker is dead."""
        return self.connection.recv_bytes() if self._poll.poll(max(0.0, seconds * 1000)) else None

    def ready(self) -> None:
        """Wait until it can be asked.  Raises EOFError when it cannot start."""
        if not self.jail:
            frame = self.frame(START)
            if frame is None or frame[:1] != b"R":
                raise EOFError
            self.jail = frame[1:].decode()

    def give_way(self) -> None:
        """Let others go first from now on."""
        self.gives_way = True
        with suppress(OSError):  # it has just ended
            os.setpriority(os.PRIO_PROCESS, self.process.pid, LOW)

    def is_as_before(self) -> bool:
        """Whether it has its priority, or gets it back, for which most systems want a privilege."""
        if self.gives_way:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.process.pid, os.getpriority(os.PRIO_PROCESS, 0))
                self.gives_way = False
        return not self.gives_way

    def kill(self) -> None:
        """End it, whatever it does.  A gibibyte takes a while to give back: nobody waits for that."""
        self.process.kill()
        self.connection.close()


def digest(query: str) -> str:
    """By what a query can be found again in a log that does not tell it."""
    return sha256(query.encode("utf-8", "replace")).hexdigest()[:16]


class _Turn:
    """A place in the queue: the worker that was handed to it, once it is its turn."""

    def __init__(self, client: str) -> None:
        self.client = client
        self.came = threading.Event()
        self.worker: Worker | None = None


class Pool:
    """A fixed number of workers, started when first needed, so that a server may fork before.

    Each process of a server has a pool of its own: a front that dies takes along nobody else's
    workers, and there is no lock between processes that a crash could leave behind.

    A query that takes long gives way to short ones; if its worker cannot get its priority back then,
    another one takes its place.
    """

    def __init__(self, workers: int = 0, limits: Limits = LIMITS) -> None:
        self.workers = workers or min(4, os.cpu_count() or 1)
        self.limits = limits._replace(queue=limits.queue or 4 * self.workers)
        self.ended: Counter[str] = Counter()  # workers that were killed or died, by the reason
        self._idle: list[Worker | None] = [None] * self.workers  # the last one is the warmest, and the next
        self._turns: deque[_Turn] = deque()
        self._spare: Worker | None = None  # one that gets ready before it is needed in the place of another
        self._running: Counter[str] = Counter()  # queries at work, by their client
        self._lock = threading.Lock()
        self._dying: list[Worker] = []  # killed, and not yet known to be gone
        self._warned = False

    @property
    def busy(self) -> int:
        """How many workers are at work."""
        return self.workers - len(self._idle)

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return len(self._turns)

    @property
    def held_by(self) -> str:
        """What keeps the workers from the network, or nothing when none has started yet."""
        return next((worker.jail for worker in self._idle if worker and worker.jail), "")

    def run(
        self,
        request: Request,
        *,
        client: str = "",
        seconds: float | None = None,
        is_gone: Callable[[], bool] = never,
        charge: Callable[[float], None] = ignore,
    ) -> IO[bytes]:
        """The complete answer to one query, at its first byte; the caller closes it.

        Of several workers, one is kept from a CLIENT that has another at work, so that nobody alone can
        have all of them; an empty name is nobody's.  SECONDS shortens the deadline.  IS_GONE is asked
        from time to time whether the client has left: then Gone is raised.  CHARGE is told how many
        seconds a worker was at work, however it ended.

        Raises Refusal: 400 for a query that cannot be read, 429 when too many of the client's wait,
        503 at the deadline or when all workers are busy, 507 when the answer or the memory grows too
        large.  Replaced is raised when the snapshot is gone.
        """
        allowed = min(self.limits.seconds, seconds or self.limits.seconds)
        worker = self._alive(self._take(client), client)
        answer: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115
        begin = time.monotonic()
        reason = "bug"
        try:
            self._wait_until_ready(worker)
            begin = time.monotonic()
            verdict, text = self._collect(worker, request, answer, begin + allowed, is_gone)
            reason = ""
        except TimeoutError:
            reason = "deadline"
            raise late(allowed) from None
        except Gone:
            reason = "client"
            raise
        except (EOFError, OSError) as error:
            reason = "memory"
            raise self._died(worker, request.query) from error
        finally:
            charge(time.monotonic() - begin)
            if reason:
                answer.close()
                self.ended[reason] += 1
            self._give(worker if not reason and worker.is_as_before() else self._replaced(worker), client)
        if verdict != b"E":
            answer.close()
            raise self._refusal(verdict, text, request.query)
        answer.seek(0)
        return answer

    def start(self) -> None:
        """Start the workers now, so that the first queries need not wait for them."""
        with self._lock:
            self._idle = [worker or Worker(self.limits.memory) for worker in self._idle]
            self._spare = self._spare or Worker(self.limits.memory)

    def close(self) -> None:
        """End the workers that are idle; those at work end when we do."""
        with self._lock:
            idle, self._idle = [*self._idle, self._spare], [None] * len(self._idle)
            self._spare = None
        for worker in idle:
            if worker is not None:
                worker.kill()
                worker.process.wait()

    def _take(self, client: str) -> Worker | None:
        with self._lock:
            if self._may_run(client):
                self._running[client] += 1
                return self._idle.pop()
            self._check_queue(client)
            turn = _Turn(client)
            self._turns.append(turn)
        turn.came.wait(self.limits.wait)
        with self._lock:
            if not turn.came.is_set():
                self._turns.remove(turn)
                raise _busy()
        return turn.worker

    def _may_run(self, client: str) -> bool:
        is_last = len(self._idle) == 1 < self.workers
        return bool(self._idle) and not (is_last and client and self._running[client])

    def _check_queue(self, client: str) -> None:
        if len(self._turns) >= self.limits.queue:
            raise _busy()
        if client and sum(turn.client == client for turn in self._turns) >= max(1, self.limits.queue // 2):
            raise Refusal(
                status=429, code="busy", where="client", problem="too many of its queries wait already",
                fix="ask one after the other", headers={"Retry-After": "2"},
            )  # fmt: skip

    def _give(self, worker: Worker | None, client: str) -> None:
        """Take a worker back, and hand those that are idle to those whose turn it is."""
        with self._lock:
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]
            # One that is just starting is asked last: others answer while it gets ready.
            self._idle.insert(len(self._idle) if worker is not None and worker.jail else 0, worker)
            for turn in list(self._turns):
                if self._may_run(turn.client):
                    self._turns.remove(turn)
                    self._running[turn.client] += 1
                    turn.worker = self._idle.pop()
                    turn.came.set()

    def _alive(self, worker: Worker | None, client: str) -> Worker:
        """This worker, or a new one in its place."""
        if worker is not None and worker.process.poll() is None:
            return worker
        try:
            if worker is not None:
                worker.kill()
            return Worker(self.limits.memory)
        except OSError as error:  # no more processes, no more memory
            self._give(None, client)
            log.error("no worker can be started: %s", error)
            raise _busy() from error

    def _replaced(self, worker: Worker) -> Worker | None:
        """The spare worker for one that is of no use any more, and a new spare one."""
        worker.kill()
        try:
            new = Worker(self.limits.memory)
        except OSError:  # whoever comes next tries again
            new = None
        with self._lock:
            spare, self._spare = self._spare, new
            self._dying = [one for one in (*self._dying, worker) if one.process.poll() is None]
        return spare

    def _wait_until_ready(self, worker: Worker) -> None:
        worker.ready()
        if worker.jail == jail.NONE and not self._warned:
            self._warned = True
            log.warning("the kernel does not keep workers from the network: only the gate refuses SERVICE")

    def _collect(
        self, worker: Worker, request: Request, answer: IO[bytes], end: float, is_gone: Callable[[], bool]
    ) -> tuple[bytes, str]:
        """Write the answer to a file; returns how it ended, and what the worker says of it."""
        worker.connection.send(
            {name: getattr(request, name) for name in request.__slots__}
            | {"size": self.limits.size, "most": self.limits.rows}
        )
        begin = time.monotonic()
        while True:
            now = time.monotonic()
            left = end - now
            if left <= 0:
                raise TimeoutError
            if now - begin > SHORT and not worker.gives_way:
                worker.give_way()
            frame = worker.frame(min(left, GLANCE))
            if frame is None:
                if is_gone():
                    raise Gone
                continue
            kind = frame[:1]
            if kind in b"DE":
                answer.write(memoryview(frame)[1:])
            if kind != b"D":
                return kind, "" if kind == b"E" else frame[1:].decode("utf-8", "replace")

    def _died(self, worker: Worker, query: str) -> Refusal:
        """What to say of a worker that ended by itself."""
        status = worker.process.wait()
        if (
            status < 0
        ):  # by a signal: so the engine ends when it gets no more memory, or finds a bug of its own
            log.warning("a worker was ended by signal %d: %s", -status, digest(query))
            return too_large("it needs more memory than a query may have")
        log.error("a worker ended with status %d instead of answering", status)
        return Refusal(
            status=503, code="unavailable", where="server", problem="it cannot run queries just now",
            fix="ask again in a minute; if it lasts, tell the operator", headers={"Retry-After": "60"},
        )  # fmt: skip

    def _refusal(self, verdict: bytes, text: str, query: str) -> Refusal:
        if verdict == b"S":
            return syntax_refusal(text, query)
        if verdict == b"L":
            rows = f"has more than {self.limits.rows:,} rows or triples"
            size = f"is larger than {self.limits.size >> 20} MiB"
            return too_large(f"the answer {rows if text == 'rows' else size}")
        if verdict == b"G":
            return Replaced(
                status=503, code="unavailable", where="server", problem="the graph is just being replaced",
                fix="ask again in a moment", headers={"Retry-After": "1"},
            )  # fmt: skip
        return Refusal(
            code="query", where="query", problem=f"it cannot be answered: {text}", fix="change the query"
        )


def late(seconds: float) -> Refusal:
    return Refusal(
        status=503,
        code="deadline",
        where="query",
        problem=f"it was stopped after {seconds:g} seconds",
        fix="ask for less: name a subject or predicate, or add LIMIT",
        headers={"Retry-After": "30"},
    )


def too_large(problem: str) -> Refusal:
    return Refusal(
        status=507, code="too-large", where="query", problem=problem, fix="add LIMIT, or take the dump"
    )


def _busy() -> Refusal:
    return Refusal(
        status=503,
        code="busy",
        where="server",
        problem="all its workers are busy",
        fix="ask again in a moment",
        headers={"Retry-After": "2"},
    )
