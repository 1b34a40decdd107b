"""Many articles: a build in two processes against Apache Spark on two cores; the bytes must be the same.

`KHABAR_ARTICLES=20000 python bench/scale.py` takes more than the 500 of `make bench`; needs `make spark`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from generate import generated
from measure import Row, show, times

ARTICLES: Final = int(os.environ.get("KHABAR_ARTICLES", "500"))
ROUNDS: Final = (0.5, 1.0)  # of the articles: whether the time grows as their number does
HOUR: Final = 3600


def khabar(*words: object) -> float:
    """How long a command takes, in seconds."""
    begin = perf_counter()
    command = [sys.executable, "-m", "khabar", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 2:
        raise SystemExit(done.stderr)
    return perf_counter() - begin


def measured(number: int, folder: Path) -> tuple[float, float]:
    """The time of a local build and of one by Spark; what they write must be the same."""
    news = folder / "news.jsonl"
    news.write_text("\n".join(map(json.dumps, generated(number))), encoding="utf-8")
    local = khabar("build", news, "--out", folder / "local", "--jobs", 2)
    spark = khabar("build", news, "--out", folder / "spark", "--engine", "spark", "--master", "local[2]")
    with (folder / "dump.nq").open("wb") as stream:
        dump = [sys.executable, "-m", "khabar", "dump", str(folder / "local"), "--format", "nquads"]
        subprocess.run(dump, stdout=stream, check=True)
    parts = b"".join(part.read_bytes() for part in sorted((folder / "spark" / "nquads").glob("part-*")))
    if parts != (folder / "dump.nq").read_bytes():
        raise SystemExit("the two builds differ")
    return local, spark


def rows() -> list[Row]:
    """A row for each number of articles."""
    found: list[Row] = [("articles", "--jobs 2", "Spark local[2]", "ratio", "core hours per million, Spark")]
    for part in ROUNDS:
        number = int(ARTICLES * part)
        with TemporaryDirectory(prefix="khabar-") as scratch:
            local, spark = measured(number, Path(scratch))
        hours = spark / number * 2 * 1e6 / HOUR
        found.append((str(number), f"{local:.0f} s", f"{spark:.0f} s", times(local / spark), f"{hours:.0f}"))
    return found


def main() -> None:
    """Both engines, at half and at all of the articles."""
    if find_spec("pyspark") is None:
        print("\nscale.py: there is no Spark; make spark")
        return
    show("A build by two processes, and by Spark on two cores", rows())


if __name__ == "__main__":
    main()
