"""Evaluation: how much of what people find in articles is found, and how much of what is found is right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from khabar.errors import ReadError
from khabar.jsonlines import Line
from khabar.knowledge.records import Record, Records
from khabar.model import Article
from khabar.scoring.compare import Comparison, assign
from khabar.scoring.gold import Gold, GoldFact, load_gold, with_aliases
from khabar.scoring.score import Accuracy, ArticleScore, Score, Tally
from khabar.scoring.words import Comparer, Plain, Writing

__all__ = ["Gold", "Score", "Writing", "evaluate", "load_gold"]

PLAIN: Final = Plain()


def evaluate(
    gold: Iterable[Gold],
    extract: Callable[[Article], Sequence[Line]],
    *,
    records: Records,
    languages: Mapping[str, Writing],
) -> Score:
    """Compare what EXTRACT finds in each article with what people found; docs/evaluation.md has the rules.

    EXTRACT gives the lines of one article, as khabar.lines does.  LANGUAGES tells by tag how
    words are compared; of a language it lacks, only case and combining marks are known not to count.
    Raises ReadError for a gold fact of a type that RECORDS does not know.
    """
    measures = records.scored()
    comparers = {tag: Comparer(writing) for tag, writing in languages.items()}
    scores = []
    for annotated in gold:
        tag = annotated.article.language
        comparer = comparers.setdefault(tag, Comparer(PLAIN))
        lines = [line for line in extract(annotated.article) if line["status"] != "denied"]
        scores.append(_article(annotated, lines, measures, comparer, records.gloss_language))
    return Score(tuple(scores), tuple(measures))


def _article(
    gold: Gold, lines: Sequence[Line], measures: Mapping[str, Record], comparer: Comparer, gloss: str
) -> ArticleScore:
    facts, found = _by_type(gold, measures), defaultdict[str, list[Line]](list)
    for line in lines:
        found[str(line["type"])].append(line)
    aliases = with_aliases(gold.facts, gloss)
    tallies: dict[str, Tally] = {}
    attributes: defaultdict[str, Accuracy] = defaultdict(Accuracy)
    misses: list[GoldFact] = []
    hits: list[Line] = []
    extras: list[Line] = []
    for name, record in measures.items():
        if not facts[name] and not found[name]:
            continue
        comparison = Comparison(record, comparer, aliases, gold.article.text)
        judged = _Judgement(comparison, facts[name], found[name])
        tallies[name] = judged.tally
        misses += judged.misses
        hits += judged.hits
        extras += judged.extras
        for key, right in judged.attributes():
            attributes[key] += Accuracy(int(right), 1)
    return ArticleScore(
        key=gold.article.key,
        language=gold.article.language,
        tallies=tallies,
        attributes=dict(attributes),
        misses=tuple(fact.values for fact in misses),
        hits=tuple(hits),
        extras=tuple(extras),
    )


def _by_type(gold: Gold, measures: Mapping[str, Record]) -> defaultdict[str, list[GoldFact]]:
    facts: defaultdict[str, list[GoldFact]] = defaultdict(list)
    for number, fact in enumerate(gold.facts, 1):
        if fact.type not in measures:
            raise ReadError(
                where=f"{gold.article.origin}, fact {number}",
                problem=f"is a {fact.type!r}, which is no type of fact",
                fix=f"use one of {', '.join(measures)}",
            )
        facts[fact.type].append(fact)
    return facts


class _Judgement:
    """The lines of one type in one article, against gold's facts of that type."""

    def __init__(self, comparison: Comparison, facts: Sequence[GoldFact], lines: Sequence[Line]) -> None:
        self.comparison = comparison
        self.facts = [fact for fact in facts if not fact.neutral]
        self.neutral = [fact for fact in facts if fact.neutral]
        self.lines = lines
        self.found = self._assign(comparison.strict, comparison.lenient)
        self.misses = [fact for n, fact in enumerate(self.facts) if n not in self.found]
        used = set(self.found.values())
        self.hits = [lines[n] for n in sorted(used)]
        self.extras = [line for n, line in enumerate(lines) if n not in used and not self._excused(line)]

    @property
    def tally(self) -> Tally:
        found = len(self.found)
        strict = len(self._assign(self.comparison.strict))
        return Tally(gold=len(self.facts), found=found, strict=strict, lines=found + len(self.extras))

    def attributes(self) -> Iterable[tuple[str, bool]]:
        """Each attribute of each pair that is about the same things, the year right or not."""
        pairs = self._assign(self.comparison.lenient, self.comparison.core)
        for fact, line in pairs.items():
            yield from self.comparison.attributes(self.facts[fact], self.lines[line]).items()

    def _assign(self, *tests: Callable[[GoldFact, Line], bool]) -> dict[int, int]:
        """The most facts that can each have a line of its own: pairs that pass an earlier of TESTS first."""
        pairs: dict[int, int] = {}
        edges: list[list[int]] = [[] for _ in self.facts]
        for test in tests:
            for better in (True, False):
                for n, fact in enumerate(self.facts):
                    edges[n] += [
                        m
                        for m, line in enumerate(self.lines)
                        if m not in edges[n] and test(fact, line)
                        if not better or self._faultless(fact, line)
                    ]
                pairs = assign(edges, pairs)
        return pairs

    def _faultless(self, fact: GoldFact, line: Line) -> bool:
        return all(self.comparison.attributes(fact, line).values())

    def _excused(self, line: Line) -> bool:
        """Whether a line without a partner says again what another has found, or what gold leaves open."""
        excuses = (*(self.facts[n] for n in self.found), *self.neutral)
        return any(self.comparison.restates(fact, line) for fact in excuses)
