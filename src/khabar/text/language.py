"""Recognise the language of a text: by its letters, its function words, and what else it could be."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from importlib import import_module
from typing import Final, Protocol

# The first letters of a text say as much about its language as all of them.
_SAMPLE: Final = 5_000
_FEWEST_LETTERS: Final = 0.5  # the share of a text's letters that the alphabet must hold
_FEWEST_OF_SCRIPT: Final = 0.6  # the share of its letters that must be of one script
_MOST_STRANGERS: Final = 0.01  # the share that it may lack of the letters of its script: foreign names
_FEWEST_COMMON: Final = 0.04  # the share of a text's words that must be function words

_WORD: Final = re.compile(r"[^\W\d_]+")


class Readable(Protocol):
    """What must be known of a language to recognise it."""

    @property
    def tag(self) -> str: ...
    @property
    def letters(self) -> re.Pattern[str]: ...  # matches one letter of its alphabet
    @property
    def common_words(self) -> Collection[str]: ...  # its function words, folded
    def fold(self, text: str) -> str: ...


def recognise_language(text: str, languages: Mapping[str, Readable]) -> str | None:
    """The tag of the language that TEXT is written in, which may be none of LANGUAGES; None if unclear.

    Its alphabet must hold the letters, and one word in twenty-five be a function word: the script
    alone would take every Ukrainian text for Russian.  And no other language may explain it better:
    these words alone would take Persian for Arabic, and German for English.
    """
    sample = text[:_SAMPLE]
    if _is_mixed(sample):
        return None
    ours = _likeliest(sample, languages)
    other: str | None = import_module("khabar.text.identifier").identify(sample)
    return other if other is not None and other not in languages else ours


def _likeliest(sample: str, languages: Mapping[str, Readable]) -> str | None:
    best, tag = _FEWEST_COMMON, None
    for known in languages.values():
        if _is_spelt(sample, known.letters):
            words = [word for word in _WORD.findall(known.fold(sample)) if known.letters.match(word)]
            share = sum(word in known.common_words for word in words) / max(len(words), 1)
            if share > best:
                best, tag = share, known.tag
    return tag


def _is_spelt(sample: str, alphabet: re.Pattern[str]) -> bool:
    """Whether SAMPLE can be written in an ALPHABET, names in other scripts aside."""
    letters = [character for character in sample if character.isalpha()]
    others = [letter for letter in letters if not alphabet.match(letter)]
    own = len(letters) - len(others)
    if own == 0 or own < len(letters) * _FEWEST_LETTERS:
        return False
    script = _script(next(letter for letter in letters if alphabet.match(letter)))
    return sum(_script(letter) == script for letter in others) <= 1 + own * _MOST_STRANGERS


def _is_mixed(sample: str) -> bool:
    """Whether no one script has most of the letters: a text in several languages, side by side."""
    scripts = Counter(_script(character) for character in sample if character.isalpha())
    return bool(scripts) and max(scripts.values()) < scripts.total() * _FEWEST_OF_SCRIPT


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
