"""Noun phrases as English and Russian build them (kh:capitals).

A name goes on while words are capitalised, through the few small words that names contain.
"""

from __future__ import annotations

from khabar.text.line import LONGEST, Line
from khabar.vocab import KH, LEXINFO
