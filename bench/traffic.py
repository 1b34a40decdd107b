"""Load on servers of this machine: many requests from few connections by wrk, and more than they can take."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

SECONDS: Final = 4  # of one measurement
CONNECTIONS: Final = 8
SCRIPT: Final = """
local paths, at = {}, 0
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
function init(arguments) wrk.headers["Accept"] = os.getenv("ACCEPT") end
function request() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
"""


class Rate(NamedTuple):
    """What a server could do."""

    per_second: float
    median: float  # seconds
    slowest: float  # seconds: one in a hundred took longer
    failed: int


def rate(address: str, paths: Sequence[str], *, seconds: float = SECONDS, accept: str = "*/*") -> Rate:
    """Ask PATHS again and again over eight connections."""
    if shutil.which("wrk") is None:
        raise SystemExit("service: wrk is not installed: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="khabar-") as scratch:
        script, listed = Path(scratch) / "ask.lua", Path(scratch) / "paths"
        script.write_text(SCRIPT, encoding="utf-8")
        listed.write_text("\n".join(paths) + "\n", encoding="utf-8")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script)]
        environment = {"PATHS": str(listed), "ACCEPT": accept}
        done = subprocess.run(
            [*command, address], env=environment, capture_output=True, text=True, check=True
        )
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))
    requests, microseconds, median, slowest, failed = map(float, line.split()[1:])
    return Rate(requests / microseconds * 1e6, median / 1e6, slowest / 1e6, int(failed))


class Arrival(NamedTuple):
    """One request of many, and what came of it."""

    status: int  # 0: the connection was refused, reset or closed
    seconds: float


def arrivals(address: str, paths: Sequence[str], per_second: float, seconds: float) -> list[Arrival]:
    """Requests that come at their own pace, whether those before are answered or not, from many clients."""
    found: list[Arrival] = []
    threads = []
    begin = time.monotonic()
    for number in range(int(per_second * seconds)):
        wait = begin + number / per_second - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        work = (address, paths[number % len(paths)], number, found)
        thread = threading.Thread(target=_arrive, args=work, daemon=True)
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return found


def _arrive(address: str, path: str, number: int, found: list[Arrival]) -> None:
    parts = urlsplit(address)
    begin = time.monotonic()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        connection.request("GET", path, headers={"X-Forwarded-For": f"203.0.113.{number % 250}"})
        answer = connection.getresponse()
        answer.read()
        found.append(Arrival(answer.status, time.monotonic() - begin))
    except (OSError, http.client.HTTPException):
        found.append(Arrival(0, time.monotonic() - begin))
    finally:
        connection.close()


def get(address: str, path: str, accept: str = "*/*", timeout: float = 60.0) -> tuple[int, bytes]:
    """One request and its answer; status 0 when there is none."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def rows(body: bytes) -> int:
    """How many solutions an answer in JSON has."""
    return len(json.loads(body)["results"]["bindings"])
