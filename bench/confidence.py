"""Measure how often each frame is right, and write it to ontology/confidence.ttl.

    python bench/confidence.py [GOLD ...] [--out FILE]

GOLD are annotated articles (docs/evaluation.md); by default those of examples/gold, and of the larger
collection beside the checkout where there is one.  A line that gold neither has nor forbids counts
neither way.  The confidence of a frame is the lower bound of Wilson's 95 % interval for its precision;
a frame that made too few lines takes that of all frames that state the same relation, in any language,
and where these are too few as well, that of all frames.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import floor, sqrt
from pathlib import Path
from typing import Final

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
ROOT: Final = Path(__file__).parents[1]
GOLD: Final = (ROOT.parent / "shared" / "corpus" / "dev", ROOT / "examples" / "gold")


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


def counted(score: Score) -> dict[URIRef, Count]:
    """The count of each frame that made a line which gold bears out or contradicts."""
    found: defaultdict[URIRef, Count] = defaultdict(Count)
    for article in score.articles:
        for line in article.hits:
            found[URIRef(str(line["rule"]))] += Count(right=1, judged=1)
        for line in article.extras:
            found[URIRef(str(line["rule"]))] += Count(right=0, judged=1)
    return dict(found)


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

PREFIXES: Final = {
    "kh": str(KH),
    "pool": POOLS,
    "org": "http://www.w3.org/ns/org#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


def turtle(rows: Iterable[Measured], gold: Iterable[Gold], tags: Iterable[str]) -> str:
    """The file: the same bytes for the same counts."""
    spaces = {**PREFIXES, **{tag: f"{DEFAULT_BASE}lexicon/{tag}#" for tag in tags}}
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted(spaces.items()))
    return f"{_header(list(gold))}\n{prefixes}\n" + "".join(f"{_row(row, spaces)}\n" for row in rows)


def _header(gold: list[Gold]) -> str:
    languages = sorted({found.article.language for found in gold})
    numbers = (f"{tag} {sum(found.article.language == tag for found in gold)}" for tag in languages)
    return (
        "# How often each frame was right; written by bench/confidence.py, so do not edit it.\n"
        f"# Measured on {len(gold)} annotated articles ({', '.join(numbers)}).\n"
        "# kh:judged lines were judged, kh:right of them were right.  kh:confidence is the lower end of\n"
        "# Wilson's 95 % interval, rounded down; where a frame made too few lines, that of kh:pooledFrom.\n"
        "# The rules were written on the same articles: docs/evaluation.md tells what that means.\n"
    )


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


def judge(gold: Iterable[Gold], knowledge: Knowledge) -> Score:
    """What khabar evaluate measures."""
    known = records.load(knowledge.folder)

    def found(article: Article) -> list[Line]:
        return lines(extract(article, knowledge), known)

    return evaluate(gold, found, records=known, languages=knowledge.languages)


def run(sources: Iterable[Path], out: Path, knowledge: Knowledge) -> list[Measured]:
    """Measure on the gold in SOURCES and write OUT; raises KhabarError if no line can be judged."""
    named = list(sources)
    gold = load_gold(named, languages=knowledge.languages)
    frames = (frame for language in knowledge.languages.values() for frame in language.frames.values())
    rows = measure(frames, counted(judge(gold, knowledge)))
    if not rows[0].count.judged:
        raise KhabarError(
            where=", ".join(map(str, named)),
            problem="has no fact by which a line could be judged",
            fix="name articles with gold facts, in a language of ontology/languages",
        )
    out.write_text(turtle(rows, gold, knowledge.languages), encoding="utf-8")
    return rows


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
        knowledge = load()
        sources = given.gold or [path for path in GOLD if path.is_dir()]
        out = given.out or folder("ontology") / "confidence.ttl"
        print("\n".join(report(run(sources, out, knowledge))))
    except KhabarError as error:
        print(f"confidence: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
