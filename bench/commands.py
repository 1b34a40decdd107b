"""Commands: what a person waits for who runs one, from the call to its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from measure import Row, seconds, show, times, wall

from khabar.resources import folder

RUNS: Final = 7
ARTICLE: Final = folder("examples") / "ar-dialogue-review.md"
QUESTION: Final = "SELECT ?who ?what { ?who kh:chairs ?what }"
PEER: Final = "import rdflib, pyshacl, owlready2"  # the libraries alone, before they do anything


def khabar(*arguments: str | Path) -> list[str]:
    """The command line of a command."""
    return [sys.executable, "-m", "khabar", *map(str, arguments)]


def commands(scratch: Path) -> Iterator[Row]:
    """A row for each command; every build has a new folder."""
    graph = scratch / "graph"
    built = iter(range(1000))
    found = {
        PEER: wall(lambda: _run([sys.executable, "-c", PEER]), RUNS),
        "khabar build, one article": wall(lambda: _run(_build(scratch / f"{next(built)}")), RUNS),
        "khabar extract, one article": wall(lambda: _run(khabar("extract", ARTICLE)), RUNS),
    }
    _run(_build(graph))
    found["khabar query, one article's graph"] = wall(lambda: _run(khabar("query", graph, QUESTION)), RUNS)
    found["khabar --version"] = wall(lambda: _run(khabar("--version")), RUNS)
    yield "new process", "time", "to the imports"
    for name, time in found.items():
        yield name, seconds(time), times(time / found[PEER])


def _build(out: Path) -> list[str]:
    return khabar("build", ARTICLE, "--out", out)


def _run(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, check=True)


def main() -> None:
    """In a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="khabar-") as scratch:
        show("Commands", commands(Path(scratch)))


if __name__ == "__main__":
    main()
