"""Queries made to harm, through a real server: each is answered, and nobody else suffers.

The list is whole, at fewer depths and with a short deadline; `make reliability` runs all of it.
"""

from __future__ import annotations

import http.client
import random
import socket
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

import hostile
import pytest
from hostile import ACCEPTED, Bystander, Connection
from web import serving

DEADLINE: Final = 1.0  # seconds
HANGING: Final = 15.0  # seconds: far more than any answer needs, even on a machine that is busy
INPUTS: Final = 3_000
OPTIONS: Final = (
    "--deadline", str(DEADLINE), "--memory", "256", "--workers", "3", "--proxy", "127.0.0.1",
    "--budget", "100000", "--burst", "100000", "--metrics", "all",
)  # fmt: skip


class Front(NamedTuple):
    """A server that is attacked."""

    address: str
    process: int


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = hostile.built(tmp_path_factory.mktemp("hostile") / "graph")
    with serving(folder, *OPTIONS) as (process, port):
        yield Front(f"http://127.0.0.1:{port}", process.pid)
        assert process.poll() is None


def test_every_hostile_query_is_answered_and_asking_again_needs_no_more_memory(front: Front) -> None:
    with Bystander(front.address).watching() as bystander:
        assert attacked(front) == []
        before = hostile.resident(front.process)  # what the largest query needed once is kept, and is no leak
        assert attacked(front) == []
    assert bystander.failed == []
    assert len(bystander.seconds) > 50
    assert hostile.resident(front.process) - before < 20 << 20


def attacked(front: Front) -> list[str]:
    """What was not answered as it should be, of all hostile queries, asked by two clients."""
    waiting: SimpleQueue[tuple[str, str]] = SimpleQueue()
    for item in hostile.corpus((6, 24), (20, 1000)):
        waiting.put(item)
    wrong: list[str] = []

    def attack(client: str) -> None:
        connection = Connection(front.address, client, HANGING)
        while True:
            try:
                name, query = waiting.get_nowait()
            except Empty:
                return connection.close()
            try:
                status = connection.query(query).status
                if status not in ACCEPTED:
                    wrong.append(f"{name}: {status}")
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f"{name}: {error!r}")
                connection.close()

    attackers = [threading.Thread(target=attack, args=(f"203.0.113.{n}",)) for n in (2, 3)]
    for thread in attackers:
        thread.start()
    for thread in attackers:
        thread.join()
    return wrong


@pytest.mark.parametrize("query", hostile.FETCHING)
def test_nothing_is_fetched_however_it_is_asked(front: Front, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.05)
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/x"
        asked = Connection(front.address, "203.0.113.4").query(query.format(address))
        assert asked.status in (400, 403)
        with pytest.raises(TimeoutError):
            trap.accept()


def test_nonsense_never_breaks_the_server(front: Front) -> None:
    chance, seeds = random.Random(4), hostile.seeds()
    connection = Connection(front.address, "203.0.113.5", HANGING)
    wrong = []
    for _ in range(INPUTS):
        asked = hostile.request(seeds, chance)
        status = connection.ask(*asked).status
        if status >= 500 and status not in (503, 507):
            wrong.append((status, asked))
    assert wrong == []
    metrics = connection.ask("GET", "/metrics").body
    assert b'khabar_workers_ended_total{reason="bug"} 0.0' in metrics


def test_a_body_is_limited_whatever_it_says_of_itself(front: Front) -> None:
    connection = Connection(front.address, "203.0.113.6", HANGING)
    headers = {"Content-Type": "application/sparql-query"}
    assert connection.ask("POST", "/sparql", b"#" * (64 << 10) + b"ASK {}", headers).status == 413
    # One that says how large it is, is refused before it is sent.
    host, _, port = front.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), HANGING) as client:
        client.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 413 ")
