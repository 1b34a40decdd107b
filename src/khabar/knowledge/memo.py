"""Memo: what has been worked out for each word, kept for the next time it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

LIMIT: Final = 200_000  # distinct words; a long run over an archive must not grow without end

Made = TypeVar("Made")


class Memo(dict[str, Made]):
    """A word -> what MAKE makes of it, made once; all is forgotten when it grows too large."""

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> Made:
        if len(self) >= LIMIT:
            self.clear()
        made = self[word] = self._make(word)
        return made
