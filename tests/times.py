"""The expressions of time in tests/cases/dates/, with the periods that they mean.

tests/cases/README.md says how a line is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from casebook import CaseError

FOLDER: Final = Path(__file__).parent / "cases" / "dates"

_LINE: Final = re.compile(r"(.+?) =>(?: ([^#]+?))?(?: +# not yet: (.+))?")
_PUBLISHED: Final = re.compile(r"published: (unknown|\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Time:
    """Words of time, what they mean to a reader of the day, and why we do not read them so, if we do not."""

    language: str
    words: str
    meanings: tuple[str, ...]  # any of them will do; "" where there is no time in the words
    published: date | None
    gap: str | None


def load(folder: Path = FOLDER) -> list[Time]:
    """Every expression, file by file."""
    files = sorted(folder.glob("*.txt"))
    return [time for file in files for time in parse(file.read_text(encoding="utf-8"), file.stem)]


def parse(text: str, language: str) -> Iterator[Time]:
    """The expressions of one file."""
    published: date | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if header := _PUBLISHED.fullmatch(line):
            published = None if header[1] == "unknown" else date.fromisoformat(header[1])
        elif found := _LINE.fullmatch(line):
            yield Time(language, found[1], tuple((found[2] or "").split(" | ")), published, found[3])
        else:
            fix = "write `published: 2023-12-06`, or `words => 2019-06`, or `words =>` where they are no time"
            raise CaseError(where=f"{language}.txt, line {number}", problem=f"{line!r} is no time", fix=fix)


def settled(text: str, right: Collection[str]) -> str:
    """The TEXT of a file without the marks of the lines that begin with words that are RIGHT."""
    lines = []
    for line in text.split("\n"):
        said, mark, _ = line.partition("  # not yet: ")
        lines.append(said if mark and said.partition(" =>")[0] in right else line)
    return "\n".join(lines)
