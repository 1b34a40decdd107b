"""Sounds: what is left of a name in any script when all is taken off that scripts write differently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_TWICE: Final = re.compile(r"(.)\1+")


class Sounds:
    """Which letters sound alike: folded letters, one or more, each with its class of consonants."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self.classes = classes
        longest = sorted(classes, key=len, reverse=True)
        self._sounding = re.compile("|".join(map(re.escape, longest)) + r"|\S")

    def skeleton(self, words: Iterable[str]) -> tuple[str, ...]:
        """What is left of each of folded WORDS: classes of consonants, none twice in a row.

        Words without any are left out.  Far from a transcription: it finds names to compare.
        """
        if not self.classes:
            return ()
        sounding = (self._sounding.sub(lambda m: self.classes.get(m[0], ""), word) for word in words)
        return tuple(word for word in (_TWICE.sub(r"\1", word) for word in sounding) if word)
