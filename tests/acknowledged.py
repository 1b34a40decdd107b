"""Prove by strace that what is acknowledged is on disk: no answer goes out before its record was synced.

`python tests/acknowledged.py`; CI runs it after the tests, since a process is traced by one strace only.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ARTICLE: Final = {
    "id": "sent", "lang": "en", "published": "2023-12-06", "text": "Kenya chaired the Lakes Forum in 2023.",
}  # fmt: skip
KHABAR: Final = (sys.executable, "-m", "khabar")
TRACE: Final = (
    "strace", "-f", "-yy", "-qqq", "--seccomp-bpf", "-s", "64", "-e", "signal=none",
    "-e", "trace=write,pwrite64,writev,sendto,sendmsg,fdatasync,fsync",
)  # fmt: skip
CALL: Final = re.compile(r"(?P<name>\w+)\(\d+<(?P<file>[^>]*)>+(?P<rest>.*)")


def order(log: Path, answer: str) -> tuple[int, int]:
    """How many records were written to a journal, and how many answers that hold ANSWER were sent.

    Raises AssertionError for an answer while the last record is not yet on disk.
    """
    records = answers = 0
    synced = True
    for line in log.read_text("utf-8", "replace").splitlines():
        call = CALL.search(line)
        if call is None:
            continue
        if "/journal/" in call["file"]:
            synced = call["name"] in ("fdatasync", "fsync")
            records += not synced
        elif answer in call["rest"]:
            assert synced, f"an answer goes out before its record is on disk: {line}"
            answers += 1
    return records, answers


def check(log: Path, answer: str, what: str) -> None:
    """Say how it went; raises AssertionError where nothing was to be seen."""
    records, answers = order(log, answer)
    assert records, f"{what}: no record was written"
    assert answers, f"{what}: no answer was seen"
    print(f"{what}: {records} writes to the journal, each on disk before the {answers} answers after it")


@contextmanager
def served(folder: Path, log: Path) -> Iterator[str]:
    """A server that may be written to, and whose calls go to LOG."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*TRACE, "-o", str(log), *KHABAR, "serve", str(folder), "--port", str(port), "--writable"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        end = time.monotonic() + 120
        while not answers(f"{address}/readyz"):
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.2)
        yield address
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            os.kill(int(child), signal.SIGTERM)  # strace lets none through


def answers(url: str) -> bool:
    """Whether somebody answers there, and all is well."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def send(url: str, key: str, media_type: str, body: str) -> int:
    """Send something to be written; returns the status."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": media_type}
    request = urllib.request.Request(url, body.encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(answer.status)


def main() -> None:
    """Trace a build, and a server that takes an article and an update."""
    os.environ.pop("KHABAR_DIR", None)
    with tempfile.TemporaryDirectory(prefix="khabar-") as scratch:
        folder, log = Path(scratch) / "graph", Path(scratch) / "calls"
        examples = Path(__file__).parents[1] / "examples"
        build = [*KHABAR, "build", str(examples), "--out", str(folder)]
        subprocess.run([*TRACE, "-o", str(log), *build], check=True, stdout=subprocess.DEVNULL)
        check(log, "built 8", "khabar build")
        made = [*KHABAR, "key", "add", str(folder), "writer", "--scope", "admin"]
        key = subprocess.run(made, check=True, capture_output=True, text=True).stdout.split()[-1]
        with served(folder, log) as address:
            assert send(f"{address}/articles", key, "application/json", json.dumps(ARTICLE)) == 202
        check(log, "HTTP/1.1 202", "POST /articles")
        with served(folder, log) as address:
            update = "INSERT DATA { GRAPH <urn:x:g> { <urn:x:a> <urn:x:b> 1 } }"
            assert send(f"{address}/update", key, "application/sparql-update", update) == 204
        check(log, "HTTP/1.1 204", "POST /update")


if __name__ == "__main__":
    main()
