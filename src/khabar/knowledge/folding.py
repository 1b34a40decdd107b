"""Folding: the words of any text as a search takes them, whatever way they are spelt and joined.

It is what the languages' Turtle says of letters and of short words that are written on to their
neighbour; the letters of all languages are folded alike, for a text need not say which is its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from khabar.knowledge.language import Clitic
from khabar.knowledge.lexicon import LanguageReader
from khabar.knowledge.sounds import Sounds
from khabar.knowledge.turtle import Turtle
from khabar.knowledge.writing import WORD
from khabar.resources import folder as shipped
from khabar.vocab import KH, RDF

_WRITING: Final = (
    RDF.type, RDF.first, RDF.rest, KH.language, KH.ignores, KH.folds, KH.role, KH.rank, KH.expands, KH.form,
    KH.sounds,
)  # fmt: skip
SHORTEST: Final = 3  # letters that are left when a short word is taken off


@dataclass(frozen=True)
class Folding:
    """How all languages together write words."""

    letters: Mapping[int, str | None]
    proclitics: Sequence[Clitic]
    sounds: Sounds

    @classmethod
    def load(cls, folder: Path | None = None) -> Folding:
        """Read the languages in FOLDER (the shipped one by default); raises KnowledgeError."""
        return _load((folder or shipped("ontology")).resolve())

    def words(self, text: str) -> list[str]:
        """The words and numbers of a text, folded: spellings that a language takes for one are the same."""
        found = (match.casefold().translate(self.letters) for match in WORD.findall(text))
        return [word for word in found if any(letter.isalnum() for letter in word)]

    def skeleton(self, name: str) -> tuple[str, ...]:
        """What a NAME sounds like in any script: see Sounds."""
        return self.sounds.skeleton(self.words(name))

    def stems(self, word: str) -> list[str]:
        """What a folded WORD may be when the short words before it are taken off, one after the other."""
        return list(dict.fromkeys(rest for rest, _ in self._splits(word, -1)))

    def bare(self, word: str) -> list[str]:
        """What a folded WORD may be without its article, and what is written before that.

        A word that is looked for loses nothing else: without an article behind it, a first letter that could
        be a conjunction is mostly the word's own.
        """
        found = (rest for rest, last in self._splits(word, -1) if last.role == KH.article)
        return list(dict.fromkeys(found))

    def _splits(self, word: str, rank: int) -> Iterator[tuple[str, Clitic]]:
        """What is left of a word, and the last short word that was taken off; they stand in rising rank."""
        for clitic in self.proclitics:
            rest = word[len(clitic.text) :]
            if clitic.rank > rank and len(rest) >= SHORTEST and word.startswith(clitic.text):
                yield rest, clitic
                yield from self._splits(rest, clitic.rank)


@cache
def _load(folder: Path) -> Folding:
    files = sorted((folder / "languages").glob("*.ttl"))
    turtles = (Turtle.read(file, only=_WRITING) for file in files)
    readers = [LanguageReader(turtle, iri) for turtle in turtles for iri in turtle.of_type(KH.Language)]
    letters: dict[int, str | None] = {}
    for reader in readers:
        letters.update(reader.folding)
    sounds = {letter: sound for reader in readers for letter, sound in reader.sounds().items()}
    proclitics = chain.from_iterable(reader.clitics(KH.Proclitic).values() for reader in readers)
    return Folding(letters, tuple(proclitics), Sounds(sounds))
