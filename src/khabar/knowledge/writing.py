"""What a word, a number and a mark are, in every script we read."""

from __future__ import annotations

import re
from typing import Final

# Combining marks and the tatweel belong to their word: Python's \w leaves them out and would cut it.
_LETTER: Final = r"[^\W\d_\u200c-\u200f]|[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200c\u200d]"
WORD: Final = re.compile(rf"(?:{_LETTER})+(?:[’'\-\u2011](?:{_LETTER})+)*|\d+(?:[.,]\d+)*|[،,]+|[^\w\s]|_")


def kind(token: str) -> str:
    """Whether a token is a "word", a "number" or a "mark"."""
    if token[0].isdigit():
        return "number"
    return "word" if any(map(str.isalpha, token)) else "mark"
