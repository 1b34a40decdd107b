"""Extraction: articles a second on one core, the knowledge it loads, and memory."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from measure import Row, articles, cpu, seconds, show, times, wall
from rdflib import Graph

from khabar.extraction import extract
from khabar.knowledge import Knowledge, load
from khabar.model import Article

WORDS: Final = 400  # of the article that speed is told in
WORD: Final = re.compile(r"\w+")

# The highest resident memory so far, in KiB.  Not getrusage(): its peak is inherited from the parent process.
PEAK: Final = "print(next(r for r in open('/proc/self/status') if r.startswith('VmHWM')).split()[1])"
PROCESSES: Final = {
    "import rdflib": "import rdflib",
    "import khabar.extraction": "import khabar.extraction",
    "knowledge.load()": "import khabar; khabar.load_knowledge()",
    "… and all examples extracted": "import khabar, measure\nk = khabar.load_knowledge()\n"
    "for article in measure.articles(k): khabar.extract(article, k)",
}


def speed(knowledge: Knowledge) -> Iterator[Row]:
    """A row for each language; the peer looks at every word once, with `re`."""
    groups: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles(knowledge):
        groups[article.language].append(article)
    yield "language", "words", f"{WORDS}-word articles/s", "of its time, re.findall"
    for language, group in sorted(groups.items()):
        number = sum(len(WORD.findall(article.text)) for article in group)
        ours = cpu(lambda group=group: [extract(article, knowledge) for article in group])  # type: ignore[misc]
        peer = cpu(lambda group=group: [WORD.findall(article.text) for article in group])  # type: ignore[misc]
        yield language, str(number), f"{number / WORDS / ours:.0f}", f"1/{ours / peer:.0f}"


def turtle(knowledge: Knowledge) -> Iterator[Row]:
    """Loading what knowledge.load() reads and checks, against rdflib's parser reading the same files."""
    paths = [knowledge.folder / name for name in ("khabar.ttl", "gazetteer.ttl", "names.ttl")]
    paths += sorted((knowledge.folder / "languages").glob("*.ttl"))
    ours = wall(lambda: _run([sys.executable, "-c", PROCESSES["knowledge.load()"]]), runs=3)
    without = wall(lambda: _run([sys.executable, "-c", "import khabar.knowledge"]), runs=3)
    peer = wall(lambda: _parse(paths), runs=1)
    yield "loading the Turtle", "time", "ratio"
    yield "rdflib parses it", seconds(peer), times(peer / (ours - without))
    yield "knowledge.load() parses, checks and indexes it", seconds(ours - without), times(1)


def memory() -> Iterator[Row]:
    """A row for each state of a new process."""
    found = {name: int(_run([sys.executable, "-c", f"{c}\n{PEAK}"])) for name, c in PROCESSES.items()}
    yield "new process", "peak memory", "to import rdflib"
    for name, size in found.items():
        yield name, f"{size / 2**10:.0f} MiB", times(size / found["import rdflib"])


def _parse(paths: Sequence[Path]) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path)
    return graph


def _run(command: Sequence[str]) -> str:
    here = Path(__file__).parent
    return subprocess.run(command, cwd=here, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """New processes first, then this one."""
    if Path("/proc/self/status").exists():  # Linux
        show("Memory", memory())
    knowledge = load()
    show("Knowledge", turtle(knowledge))
    show("Extraction, one core, processor time", speed(knowledge))


if __name__ == "__main__":
    main()
