"""Measure how often each frame is right, and write it to ontology/confidence.ttl.

    python tests/confidence.py [GOLD ...] [--out FILE]

What is measured on is what no rule was written on: the kept half of tests/cases/, and the annotated
articles of GOLD (docs/evaluation.md), which should be such, too.  A line that they neither have nor
forbid counts neither way.  The confidence of a frame is the lower bound of Wilson's 95 % interval for
its precision; a frame that made too few lines takes that of all frames that state the same relation,
in any language, and where these are too few as well, that of all frames.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, sqrt
from pathlib import Path
from typing import Final

import casebook
import likeness
from casebook import Case
from rdflib import URIRef

from khabar.errors import KhabarError
from khabar.evaluation import Gold, Score, evaluate, load_gold
from khabar.extraction import extract
from khabar.jsonlines import Line, lines
from khabar.knowledge import Knowledge, load, records
from khabar.knowledge.confidence import ALL, POOLS
from khabar.knowledge.language import Frame
from khabar.model import Article
from khabar.resources import folder
from khabar.vocab import DEFAULT_BASE, KH

ENOUGH: Final = 20  # lines that must have been judged before a frame stands on its own
Z: Final = 1.959964  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines were judged, and how many of them were right."""

    right: int = 0
    judged: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.right + other.right, self.judged + other.judged)

    @property
    def bound(self) -> float:
        """The lower end of Wilson's 95 % interval, rounded down to two decimals; of nothing, 0."""
        if not self.judged:
            return 0.0
        share, n = self.right / self.judged, self.judged
        centre = share + Z * Z / (2 * n)
        spread = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
        # Rounded down: 2,000 of 2,000 are no certainty.  The small term undoes what floats lose below 0.
        return floor(100 * max(0.0, (centre - spread) / (1 + Z * Z / n)) + 1e-9) / 100


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of the file: a frame, or a pool of them."""

    iri: URIRef
    count: Count  # its own
    confidence: float
    pools: URIRef | None = None  # of a pool: the relation whose frames it takes together
    pooled_from: URIRef | None = None  # of a frame: the pool whose confidence it takes


def in_articles(score: Score) -> Counter[tuple[URIRef, bool]]:
    """Of each frame, how many lines gold bears out, and how many it contradicts."""
    judged = [(True, article.hits) for article in score.articles]
    judged += [(False, article.extras) for article in score.articles]
    return _tally(judged)


def in_cases(cases: Iterable[Case]) -> Counter[tuple[URIRef, bool]]:
    """The same of the sentences of CASES, in every language."""
    verdicts = [likeness.judge(case, language) for case in cases for language in case.texts]
    judged = [(True, verdict.right) for verdict in verdicts]
    judged += [(False, verdict.wrong) for verdict in verdicts]
    return _tally(judged)


def _tally(judged: Iterable[tuple[bool, Iterable[Line]]]) -> Counter[tuple[URIRef, bool]]:
    return Counter((URIRef(str(line["rule"])), right) for right, lines_ in judged for line in lines_)


def counted(tally: Mapping[tuple[URIRef, bool], int]) -> dict[URIRef, Count]:
    """The count of each frame that made a line which was judged."""
    return {
        frame: Count(tally.get((frame, True), 0), tally.get((frame, True), 0) + tally.get((frame, False), 0))
        for frame, _ in tally
    }


def measure(frames: Iterable[Frame], counts: Mapping[URIRef, Count]) -> list[Measured]:
    """Every frame, and the pools that are large enough to lend their confidence: sorted, pools first."""
    known = sorted(frames, key=lambda frame: frame.iri)
    pools: defaultdict[URIRef, Count] = defaultdict(Count)
    total = Count()
    for frame in known:
        own = counts.get(frame.iri, Count())
        pools[frame.states] += own
        total += own
    rows = [Measured(ALL, total, total.bound)]
    lenders = sorted((r for r, count in pools.items() if count.judged >= ENOUGH), key=pool)
    rows += [Measured(pool(r), pools[r], pools[r].bound, pools=r) for r in lenders]
    for frame in known:
        own, source = counts.get(frame.iri, Count()), None
        if own.judged < ENOUGH:
            source = pool(frame.states) if frame.states in lenders else ALL
        taken = own if source is None else total if source == ALL else pools[frame.states]
        rows.append(Measured(frame.iri, own, taken.bound, pooled_from=source))
    return rows


def pool(relation: URIRef) -> URIRef:
    """The IRI of all frames that state RELATION."""
    return URIRef(POOLS + relation.rpartition("#")[2])


# --- the file

HEADER: Final = """\
# How often each frame was right; written by tests/confidence.py, so do not edit it.
# Measured on {}: on no text that a rule was written for.
# kh:judged lines were judged, kh:right of them were right.  kh:confidence is the lower end of
# Wilson's 95 % interval, rounded down; where a frame made too few lines, that of kh:pooledFrom.
"""
PREFIXES: Final = {
    "kh": str(KH),
    "pool": POOLS,
    "org": "http://www.w3.org/ns/org#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


def turtle(rows: Iterable[Measured], measured_on: str, tags: Iterable[str]) -> str:
    """The file: the same bytes for the same counts."""
    spaces = {**PREFIXES, **{tag: f"{DEFAULT_BASE}lexicon/{tag}#" for tag in tags}}
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted(spaces.items()))
    header = HEADER.format(measured_on)
    return f"{header}\n{prefixes}\n" + "".join(f"{_row(row, spaces)}\n" for row in rows)


def _row(row: Measured, spaces: Mapping[str, str]) -> str:
    parts = ["a kh:Pool"] if row.iri.startswith(POOLS) else []
    parts += [f"kh:pools {_short(row.pools, spaces)}"] if row.pools is not None else []
    parts += [
        f"kh:right {row.count.right}", f"kh:judged {row.count.judged}", f"kh:confidence {row.confidence:.2f}",
    ]  # fmt: skip
    parts += [f"kh:pooledFrom {_short(row.pooled_from, spaces)}"] if row.pooled_from is not None else []
    return f"{_short(row.iri, spaces)} {' ; '.join(parts)} ."


def _short(iri: URIRef, spaces: Mapping[str, str]) -> str:
    return next((f"{p}:{iri[len(s) :]}" for p, s in spaces.items() if iri.startswith(s)), f"<{iri}>")


# --- the command


def run(cases: Iterable[Case], sources: Sequence[Path], out: Path, knowledge: Knowledge) -> list[Measured]:
    """Measure on CASES and on the gold in SOURCES, and write OUT; raises KhabarError."""
    chosen = list(cases)
    gold = load_gold(sources, languages=knowledge.languages) if sources else []
    tally = in_cases(chosen) + in_articles(_scored(gold, knowledge))
    frames = (frame for language in knowledge.languages.values() for frame in language.frames.values())
    rows = measure(frames, counted(tally))
    if not rows[0].count.judged:
        raise KhabarError(
            where=", ".join(map(str, sources)) or "the cases",
            problem="has no fact by which a line could be judged",
            fix="name articles with gold facts, in a language of ontology/languages",
        )
    measured_on = f"{sum(len(case.texts) for case in chosen)} kept sentences"
    measured_on += f" and {len(gold)} annotated articles" if gold else ""
    out.write_text(turtle(rows, measured_on, knowledge.languages), encoding="utf-8")
    return rows


def _scored(gold: Iterable[Gold], knowledge: Knowledge) -> Score:
    """What khabar evaluate measures."""
    known = records.load(knowledge.folder)

    def found(article: Article) -> list[Line]:
        return lines(extract(article, knowledge), known)

    return evaluate(gold, found, records=known, languages=knowledge.languages)


def report(rows: Iterable[Measured]) -> Iterator[str]:
    """A line of text for each pool, and for each frame that stands on its own."""
    yield f"{'':<28}{'right':>6}{'judged':>8}{'confidence':>12}"
    for row in rows:
        if row.pooled_from is None:
            name = "/".join(row.iri.removeprefix(DEFAULT_BASE + "lexicon/").split("#"))
            yield f"{name:<28}{row.count.right:>6}{row.count.judged:>8}{row.confidence:>12.2f}"


def main() -> int:
    """Parse, measure, show."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", nargs="*", type=Path, help="JSON files with gold facts, or folders of them")
    parser.add_argument("--out", type=Path, help="default: ontology/confidence.ttl")
    given = parser.parse_args()
    try:
        out = given.out or folder("ontology") / "confidence.ttl"
        kept = [case for case in casebook.load() if case.is_kept]
        print("\n".join(report(run(kept, given.gold, out, load()))))
    except KhabarError as error:
        print(f"confidence: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
