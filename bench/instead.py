"""What a user would pick instead: roles and statements by spaCy and Natasha, beside ours, in one run.

The peers live in an environment of their own, which `make bench` makes (bench/peers/).  The articles are
those of the development corpus where it lies beside the checkout, else the annotated examples.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from time import process_time
from typing import Final

from measure import Row, show, times

from khabar.evaluation import Gold, evaluate, load_gold
from khabar.extraction import extract
from khabar.jsonlines import Line, lines
from khabar.knowledge import Knowledge, load, records
from khabar.model import Article
from khabar.resources import folder

HERE: Final = Path(__file__).parent
PYTHON: Final = HERE.parent / ".venv" / "peers" / "bin" / "python"
CORPUS: Final = HERE.parents[1] / "shared" / "corpus" / "dev"
PEERS: Final = {"en": ("spaCy", "english.py"), "ru": ("Natasha", "russian.py")}
TYPES: Final = ("role", "statement")
RUNS: Final = 3


def compare(language: str, gold: Sequence[Gold], knowledge: Knowledge) -> Iterator[Row]:
    """A row for the peer and one for us; speed in articles a second of one core, loading left out."""
    name, script = PEERS[language]
    texts = [annotated.article.text for annotated in gold]
    found, seconds = _ask(script, texts)
    peer = dict(zip(texts, found, strict=True))
    known = records.load()
    ours = [lines(extract(annotated.article, knowledge), known) for annotated in gold]
    taken = median(_timed(gold, knowledge) for _ in range(RUNS))
    mine = dict(zip(texts, ours, strict=True))
    for who, answers, time in ((name, peer, seconds), ("khabar", mine, taken)):
        tallies = evaluate(gold, _Answers(answers), records=known, languages=knowledge.languages).by_type()
        rates = (tallies[t].rates()[2] if t in tallies else None for t in TYPES)
        yield who, f"{len(texts) / time:.0f}", times(seconds / time), *(f"{rate or 0:.2f}" for rate in rates)


class _Answers:
    """What was found in each text, as evaluate() asks for it."""

    def __init__(self, by_text: Mapping[str, Sequence[Line]]) -> None:
        self._by_text = by_text

    def __call__(self, article: Article) -> Sequence[Line]:
        return self._by_text[article.text]


def _timed(gold: Sequence[Gold], knowledge: Knowledge) -> float:
    start = process_time()
    for annotated in gold:
        extract(annotated.article, knowledge)
    return process_time() - start


def _ask(script: str, texts: Sequence[str]) -> tuple[list[list[Line]], float]:
    """What a peer finds in each text, as lines of ours, and the processor time that it took."""
    given = "\n".join(json.dumps(text) for text in texts)
    command = [str(PYTHON), "-W", "ignore", str(HERE / "peers" / script)]
    told = subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout
    answer = json.loads(told)
    return [[_line(fact) for fact in facts] for facts in answer["found"]], float(answer["seconds"])


def _line(fact: dict[str, object]) -> Line:
    return {"status": "asserted", "kind": None, "org": None, **fact}  # type: ignore[dict-item]


def main() -> None:
    """For each language that has a peer."""
    if not PYTHON.exists():
        print("\nspaCy and Natasha: not installed; `make bench` installs them into .venv/peers")
        return
    knowledge = load()
    source = CORPUS if CORPUS.is_dir() else folder("examples") / "gold"
    gold = load_gold([source], languages=knowledge.languages)
    for language in PEERS:
        mine = [annotated for annotated in gold if annotated.article.language == language]
        rows = [("", "articles/s", "speed", *(f"{t} F1" for t in TYPES)), *compare(language, mine, knowledge)]
        show(f"{language}, {len(mine)} articles of {source.name}", rows)


if __name__ == "__main__":
    main()
