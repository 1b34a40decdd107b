"""Noun phrases as English and Russian build them (kh:capitals).

A name goes on while words are capitalised, through the few small words that names contain.
"""

from __future__ import annotations

from khabar.text.line import Line, Phrase


def capitals(line: Line, i: int) -> Phrase | None:
    """The phrase that begins at token I: a capitalised run with a head noun in it, or a common head noun."""
    return None
