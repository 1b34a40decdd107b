"""One line against one gold fact: whether they state the same, as records.ttl says what must agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from khabar.jsonlines import END, JSON, Line
from khabar.knowledge.records import REC, Record, Slot
from khabar.model import Span
from khabar.scoring.gold import GoldFact, occurrences
from khabar.scoring.words import Comparer

KIND: Final = "kind"
STATUS: Final = "status"
RESOLVED: Final = "_resolved"  # what gold adds to the key of a date that needs the calendar as well


@dataclass(frozen=True)
class Comparison:
    """The measure for one article's lines of one type."""

    record: Record
    comparer: Comparer
    aliases: Mapping[str, tuple[str, ...]]  # surface -> every surface of the same thing
    text: str

    # --- whole lines

    def core(self, gold: GoldFact, line: Line) -> bool:
        """Whether the two are about the same things, whatever year, date or place they give."""
        compared = [slot for slot in self._needed() if gold.values.get(slot.key)]
        if (self.record.overlaps or not compared) and not _overlap(gold.evidence, line):
            return False
        return all(self._same(slot, gold, line) for slot in compared)

    def lenient(self, gold: GoldFact, line: Line) -> bool:
        """Whether LINE finds GOLD."""
        return self.core(gold, line) and all(_right(s, gold, line) for s in self._settled(gold))

    def restates(self, gold: GoldFact, line: Line) -> bool:
        """Whether LINE says what GOLD says or, where gold has a year, the same without any."""
        silent = all(line.get(s.key) is None or _right(s, gold, line) for s in self._settled(gold))
        return silent and self.core(gold, line)

    def strict(self, gold: GoldFact, line: Line) -> bool:
        """Whether LINE finds GOLD in the very words that people marked."""
        return self.lenient(gold, line) and all(self._exact(slot, gold, line) for slot in self._needed())

    def _needed(self) -> list[Slot]:
        return [slot for slot in self.record.slots if slot.compares in (REC.needed, REC.half)]

    def _settled(self, gold: GoldFact) -> list[Slot]:
        """The slots that must agree because gold has them."""
        conditional = (slot for slot in self.record.slots if slot.compares == REC.neededIfStated)
        return [slot for slot in conditional if gold.values.get(slot.key) is not None]

    # --- attributes

    def attributes(self, gold: GoldFact, line: Line) -> dict[str, bool]:
        """Whether each attribute that either side states is right: what a match leaves open, and the year."""
        found: dict[str, bool] = {}
        for slot in self.record.slots:
            if slot.compares in (REC.counted, REC.neededIfStated) and _stated(slot, gold, line):
                timed = slot.shows in (REC.date, REC.year)
                found[slot.key] = _right(slot, gold, line) if timed else self._same(slot, gold, line)
        if gold.values.get(KIND) is not None:
            found[KIND] = gold.values[KIND] == line[KIND]
        # Gold knows only what is over; whether a thing is reported, it does not say.
        ended = (gold.status == "ended", line[STATUS] == "ended")
        if any(ended):
            found[STATUS] = all(ended)
        return found

    # --- slots

    def _same(self, slot: Slot, gold: GoldFact, line: Line) -> bool:
        wanted, given = gold.values.get(slot.key), line.get(slot.key)
        if slot.compares == REC.half:
            return 2 * self._common(_list(wanted), _list(given), strict=False) >= len(_list(wanted))
        return self._alike(wanted, given)

    def _exact(self, slot: Slot, gold: GoldFact, line: Line) -> bool:
        wanted, given = gold.values.get(slot.key), line.get(slot.key)
        if slot.compares == REC.half:
            common = self._common(_list(wanted), _list(given), strict=True, evidence=gold.evidence)
            return 2 * common >= len(_list(wanted))
        return wanted is None or self._identical(wanted, given, gold.evidence)

    def _common(
        self, wanted: list[JSON], given: list[JSON], *, strict: bool, evidence: tuple[Span, ...] = ()
    ) -> int:
        """How many of WANTED are among GIVEN, each of which counts for one."""

        def equal(a: JSON, b: JSON) -> bool:
            return self._identical(a, b, evidence) if strict else self._alike(a, b)

        return len(assign([[n for n, b in enumerate(given) if equal(a, b)] for a in wanted]))

    def _alike(self, wanted: JSON, given: JSON) -> bool:
        return any(self.comparer.alike(a, b) for a in self._surfaces(wanted) for b in self._surfaces(given))

    def _surfaces(self, value: JSON) -> tuple[str, ...]:
        """Every way in which the article names VALUE: an entity of gold or of a line, or plain words."""
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, dict):
            return ()
        if "mentions" in value:
            return (str(value["text"]), *map(str, _list(value["mentions"])))
        return self.aliases.get(str(value["text"]), (str(value["text"]),))

    def _identical(self, wanted: JSON, given: JSON, evidence: tuple[Span, ...]) -> bool:
        if not isinstance(wanted, dict) or not isinstance(given, dict):
            return wanted == given
        places = list(occurrences(str(wanted["text"]), self.text))
        inside = [place for place in places if any(span.covers(place) for span in evidence)]
        # Where the evidence has only a pronoun, people took the name from another sentence.
        return span(given) in (inside or places)


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _stated(slot: Slot, gold: GoldFact, line: Line) -> bool:
    keys = (slot.key, slot.key + RESOLVED)
    return line.get(slot.key) is not None or any(gold.values.get(key) is not None for key in keys)


def _right(slot: Slot, gold: GoldFact, line: Line) -> bool:
    """Whether a date or a year is gold's, as precise as gold's; where gold states no end, none is wrong."""
    start, end = line.get(slot.key), line.get(slot.key + END)
    stated = ((gold.values.get(key), gold.values.get(key + END)) for key in (slot.key, slot.key + RESOLVED))
    return start is not None and any((start, end) == (first, last or end) for first, last in stated)


def _overlap(evidence: Iterable[Span], line: Line) -> bool:
    spans = [span(passage) for passage in _list(line["evidence"])]
    return any(a.overlaps(b) for a in spans for b in evidence)


def span(passage: JSON) -> Span:
    """The place of a passage or an entity of a line."""
    assert isinstance(passage, dict)
    start, end = passage["start"], passage["end"]
    assert isinstance(start, int)
    assert isinstance(end, int)
    return Span(start, end)


def assign(edges: list[list[int]], start: Mapping[int, int] | None = None) -> dict[int, int]:
    """The largest one-to-one assignment of rows to columns: EDGES has the columns that fit each row.

    START is an assignment to grow: whatever it has assigned stays assigned, though perhaps to another.
    Augmenting paths (Kuhn 1955): the sets are small.
    """
    taken = {column: row for row, column in (start or {}).items()}

    def augment(row: int, seen: set[int]) -> bool:
        for column in edges[row]:
            if column not in seen:
                seen.add(column)
                if column not in taken or augment(taken[column], seen):
                    taken[column] = row
                    return True
        return False

    for row in range(len(edges)):
        if row not in taken.values():
            augment(row, set())
    return {row: column for column, row in taken.items()}
