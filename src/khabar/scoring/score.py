"""Score: how many of gold's facts were found, how many lines were wrong, and how both are shown."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from khabar.jsonlines import JSON, Line

NOTHING: Final = "–"  # in place of a share of nothing
UNTOLD: Final = frozenset({"article", "type", "evidence", "property", "confidence", "role_en", "note"})
COLUMNS: Final = ("gold", "found", "missed", "wrong", "P", "R", "F1", "strict P", "strict R", "strict F1")


@dataclass(frozen=True, slots=True)
class Tally:
    """What was to be found, and what was found of it."""

    gold: int = 0
    found: int = 0  # gold facts that a line matches
    strict: int = 0  # gold facts that a line matches in the very words
    lines: int = 0  # found or wrong; restatements, and what gold marks as neither, left out

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            gold=self.gold + other.gold,
            found=self.found + other.found,
            strict=self.strict + other.strict,
            lines=self.lines + other.lines,
        )

    def rates(self, *, strict: bool = False) -> tuple[float | None, float | None, float | None]:
        """Precision, recall and F1, each from 0 to 1; None where there is nothing to take a share of."""
        right = self.strict if strict else self.found
        return _share(right, self.lines), _share(right, self.gold), _share(2 * right, self.lines + self.gold)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often one attribute is right, of the matched facts for which gold or the line states it."""

    right: int = 0
    stated: int = 0

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(self.right + other.right, self.stated + other.stated)

    @property
    def rate(self) -> float | None:
        """From 0 to 1; None where nobody states it."""
        return _share(self.right, self.stated)


@dataclass(frozen=True)
class ArticleScore:
    """The score of one article."""

    key: str
    language: str
    tallies: Mapping[str, Tally]  # by type
    attributes: Mapping[str, Accuracy]  # by the key of the slot
    misses: tuple[Mapping[str, JSON], ...] = ()  # gold facts
    hits: tuple[Line, ...] = ()  # lines that match a fact of their own
    extras: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Score:
    """The score of a collection: every count is a sum over its articles."""

    articles: tuple[ArticleScore, ...]
    types: tuple[str, ...] = field(default=())  # in the order to show them

    @property
    def overall(self) -> Tally:
        """All types of all articles."""
        return sum((tally for article in self.articles for tally in article.tallies.values()), Tally())

    @property
    def f1(self) -> float:
        """The lenient F1 over everything, from 0 to 1; where there was nothing to find or to say, 1."""
        rate = self.overall.rates()[2]
        return 1.0 if rate is None else rate

    def by_type(self) -> dict[str, Tally]:
        """The tally of each type that occurs."""
        tallies = _summed((name, t) for article in self.articles for name, t in article.tallies.items())
        return {name: tallies[name] for name in self.types if name in tallies}

    def by_language(self) -> dict[str, Tally]:
        """The tally of each language that occurs, by tag."""
        return _summed((article.language, t) for article in self.articles for t in article.tallies.values())

    def attributes(self) -> dict[str, Accuracy]:
        """The accuracy of each attribute that somebody states."""
        found: defaultdict[str, Accuracy] = defaultdict(Accuracy)
        for article in self.articles:
            for key, accuracy in article.attributes.items():
                found[key] += accuracy
        return dict(found)

    # --- shown

    def table(self, *, misses: bool = False) -> str:
        """As text for a terminal; with MISSES, what was missed and what was wrong below."""
        rows = [("", *COLUMNS), *self._rows()]
        parts = [_aligned(rows), _aligned([("attribute", "right", "of", "share"), *self._attribute_rows()])]
        if misses:
            listed = ((key, "\n".join(f"  {row}" for row in found)) for key, found in self._faults())
            parts += [f"{key}\n{rows}" for key, rows in listed]
        return "\n\n".join(parts) + "\n"

    def markdown(self, *, misses: bool = False) -> str:
        """As Markdown; with MISSES, what was missed and what was wrong below."""
        parts = [
            _piped([("", *COLUMNS), *self._rows()]),
            _piped([("attribute", "right", "of", "share"), *self._attribute_rows()]),
        ]
        if misses:
            listed = ((key, "\n".join(f"- {row}" for row in found)) for key, found in self._faults())
            parts += [f"### {key}\n\n{rows}" for key, rows in listed]
        return "\n\n".join(parts) + "\n"

    def json(self, *, misses: bool = False) -> str:
        """As one JSON object with every count, indented; with MISSES, the facts themselves as well."""
        shown: dict[str, object] = {
            "overall": _numbers(self.overall),
            "types": {name: _numbers(tally) for name, tally in self.by_type().items()},
            "languages": {tag: _numbers(tally) for tag, tally in self.by_language().items()},
            "attributes": {key: {**asdict(a), "rate": a.rate} for key, a in self.attributes().items()},
            "articles": {a.key: _numbers(sum(a.tallies.values(), Tally())) for a in self.articles},
        }
        if misses:
            shown["misses"] = {a.key: [dict(fact) for fact in a.misses] for a in self.articles if a.misses}
            shown["extras"] = {a.key: list(a.extras) for a in self.articles if a.extras}
        return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for name, tally in (*self.by_type().items(), *self.by_language().items(), ("all", self.overall)):
            counts = (tally.gold, tally.found, tally.gold - tally.found, tally.lines - tally.found)
            yield name, *map(str, counts), *map(_percent, (*tally.rates(), *tally.rates(strict=True)))

    def _attribute_rows(self) -> Iterator[tuple[str, ...]]:
        for key, accuracy in self.attributes().items():
            yield key, str(accuracy.right), str(accuracy.stated), _percent(accuracy.rate)

    def _faults(self) -> Iterator[tuple[str, list[str]]]:
        for article in self.articles:
            faults = [f"missed {_told(fact)}" for fact in article.misses]
            faults += [f"wrong {_told(line)}" for line in article.extras]
            if faults:
                yield article.key, faults


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _summed(named: Iterable[tuple[str, Tally]]) -> dict[str, Tally]:
    found: defaultdict[str, Tally] = defaultdict(Tally)
    for name, tally in named:
        found[name] += tally
    return dict(found)


def _numbers(tally: Tally) -> dict[str, object]:
    names = ("precision", "recall", "f1")
    return {
        **asdict(tally),
        "lenient_rates": dict(zip(names, tally.rates(), strict=True)),
        "strict_rates": dict(zip(names, tally.rates(strict=True), strict=True)),
    }


def _percent(rate: float | None) -> str:
    return NOTHING if rate is None else f"{100 * rate:.1f}"


def _told(fact: Mapping[str, JSON]) -> str:
    """A gold fact or a line in one row of text: its type, its slots, and the words that state it."""
    slots = (f"{key}: {_plain(value)}" for key, value in fact.items() if key not in UNTOLD and _plain(value))
    evidence = fact["evidence"]
    words = " … ".join(_plain(e) for e in evidence) if isinstance(evidence, list) else str(evidence)
    return f"{fact['type']}: {', '.join(slots)} ← {' '.join(words.split())}"


def _plain(value: JSON) -> str:
    if isinstance(value, dict):
        return str(value["text"])
    if isinstance(value, list):
        return " + ".join(_plain(item) for item in value)
    return "" if value is None else str(value)


def _aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(c.rjust(w) if n else c.ljust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    )


def _piped(rows: list[tuple[str, ...]]) -> str:
    head, *body = rows
    rule = ("---", *["---:"] * (len(head) - 1))
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *body))
