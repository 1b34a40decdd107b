"""The periods that belong to a match: when its clause says that it was."""

from __future__ import annotations

from typing import Final

from khabar.text.clauses import Clauses
from khabar.text.matched import Match
from khabar.vocab import KH, LEXINFO

_BEGUN: Final = frozenset({KH.launched, KH.inception})


class Periods(Clauses):
    """Finds the periods of the matches in one sentence."""

    def time_of(self, match: Match) -> int | None:
        """The period that the matched clause gives: inside it, after it, or before its head."""
        own = match.first if match.head is None else self._clause_start(match.first, match.head)
        inside = [
            i
            for i in range(own, match.last + 1)
            if self.chunks[i].kind == "time" and not self._aside(i, match)
        ]
        after = next((i for i in self.clause(match.last, 1) if self.chunks[i].kind == "time"), None)
        if inside:
            return inside[0]
        if after is not None:
            return after
        if match.head == match.first and self.speech(match.first) is LEXINFO.noun:
            before = match.first - 1
            if self.language.phrases is KH.genitive and before >= 0 and self.chunks[before].kind == "time":
                return before  # «В 2019 году | председательство … перешло к …»
            if (opening := self.opening(match.first)) < match.first:
                return next((i for i in self.clause(opening, -1) if self.chunks[i].kind == "time"), None)
            return None  # «يوم 19 يونيو، في إطار رئاسة …»: the day is that of another clause
        if self.language.phrases is KH.idafa and self.closes(match.first) and self.chunks[match.first].joined:
            return None  # «… في عام 1966 | ويرأسها الوزير»
        earlier = next((i for i in self.clause(match.first, -1) if self.chunks[i].kind == "time"), None)
        return None if earlier is not None and self._of_beginning(earlier) else earlier

    def _of_beginning(self, time: int) -> bool:
        """Whether it tells when something began, not when it did so: "Founded in | 1967, the union has …"."""
        i = time - 1
        while i > 0 and self.chunks[i].kind == "word" and not self.closes(i):
            i -= 1
        head = self.chunks[i].head if i >= 0 and self.language.phrases is KH.capitals else None
        words = head.words if head is not None else ()
        begun = any(self.language.frames[f].states in _BEGUN for w in words for f in w.frames)
        return begun and self.closes(i) and time + 1 < len(self.chunks) and self.chunks[time + 1].comma

    def _clause_start(self, first: int, head: int) -> int:
        """Where the clause of a verb begins that a conjunction joins to another of the same subject."""
        joined = (i for i in range(head - 1, first, -1) if self.conjunction(i))
        conjunction = next(joined, first)
        verbs = any(self.closes(i) for i in range(first, conjunction))
        return conjunction if verbs and self.language.phrases is not KH.idafa else first

    def times_of(self, match: Match) -> tuple[int, ...]:
        """The period of the clause, with those joined to it: "in 2020 and 2021"."""
        time = self.time_of(match)
        times = [] if time is None else [time]
        while times and times[-1] + 2 < len(self.chunks):
            joined = self.conjunction(times[-1] + 1) or self.chunks[times[-1] + 1].comma
            if not joined or self.chunks[times[-1] + 2].kind != "time":
                break
            times.append(times[-1] + 2)
        while times and times[0] > 1 and self._shares_unit(times[0]):
            times.insert(0, times[0] - 2)  # «В 2014 и | 2015 годах …»
        return tuple(times)

    def _shares_unit(self, i: int) -> bool:
        """Whether a conjunction joins to the period at I one before it that shares its noun."""
        cased = self.language.phrases is KH.genitive
        return cased and self.conjunction(i - 1) and self.chunks[i - 2].kind == "time"

    def _aside(self, i: int, match: Match) -> bool:
        """Whether the chunk belongs to a participle after a comma: «…, созданная в 2016 году, …»."""
        before = range(i - 1, match.first, -1)
        comma = next((k for k in before if self.chunks[k].comma), None)
        return comma is not None and comma + 1 != match.head and self.speech(comma + 1) is LEXINFO.participle
