"""One sentence as the recognisers see it: its lexemes, and the names and periods found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rdflib import URIRef

from khabar.knowledge.language import Language, Words
from khabar.knowledge.names import Name, NameIndex
from khabar.text.dates import TimeSpan
from khabar.text.lex import Lexeme
from khabar.vocab import KH

_TIMES: Final = frozenset({KH.Month, KH.Weekday, KH.TimeUnit})
LONGEST: Final = 24  # tokens; a name that goes on longer has run into the sentence
_LONGEST_QUOTED: Final = 8  # tokens of a quoted name such as «Untold»


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: tokens [first, last) around the head at [head, after)."""

    first: int
    last: int
    head: int
    after: int
    words: Words  # what the head means
    body: int | None = None  # of a post: where the phrase of its body or country begins
    shown: int | None = None  # where its own words begin, after an owner; None: with the first


@dataclass(frozen=True)
class Line:
    """One sentence as the recognisers see it."""

    lexemes: Sequence[Lexeme]
    names: Mapping[int, tuple[Name, int, tuple[str, ...]]]  # first token -> name, end, proclitics before it
    times: Mapping[int, TimeSpan]  # by first token
    language: Language
    index: NameIndex

    def __len__(self) -> int:
        return len(self.lexemes)

    def surface(self, i: int) -> str:
        """The token as printed."""
        return self.lexemes[i].token.surface

    def is_mark(self, i: int) -> bool:
        """Whether the token is punctuation."""
        return self.lexemes[i].token.kind == "mark"

    def proclitics(self, i: int, role: URIRef) -> tuple[str, ...]:
        """The proclitics of that role on the token."""
        found = self.names[i][2] if i in self.names else self.lexemes[i].best.proclitics
        return tuple(p for p in found if self.language.proclitics[p].role is role) if found else ()

    def definite(self, i: int) -> bool:
        """Whether the token carries or follows the article, or is a name or a word definite by itself."""
        if i in self.names or self.proclitics(i, KH.article) or self.has(i, KH.definite):
            return True
        return i > 0 and self.has(i - 1, KH.article)

    def has(self, i: int, feature: URIRef) -> bool:
        """Whether the word at I may carry FEATURE."""
        return feature in self.lexemes[i].features

    def ends(self, i: int) -> bool:
        """Whether the word at I, or the longer entry that begins there, ends every phrase before it."""
        several = self.lexemes[i].several
        return self.has(i, KH.ends) or several is not None and KH.ends in several[0].features

    def speech(self, i: int) -> frozenset[URIRef]:
        """The parts of speech that the lexicon gives the word at I."""
        return self.lexemes[i].speech

    def noun(self, i: int) -> tuple[Words, int] | None:
        """The noun at I that names a class of things, and one past its last token."""
        several = self.lexemes[i].several
        if several is not None:
            words, length = several
            return (words, i + length) if words.denotes is not None and words.denotes not in _TIMES else None
        left = i > 0 and self.has(i - 1, KH.leaves)  # «استقال من | رئاسة المجلس»
        nouns = (w for w in self.lexemes[i].words if w.denotes is not None and KH.numbered not in w.features)
        named = (w for w in nouns if left or KH.asOffice not in w.features)
        single = next((w for w in named if self._spelt(i, w)), None)
        return (single, i + 1) if single is not None and single.denotes not in _TIMES else None

    def session(self, i: int, words: Words) -> Words:
        """What the noun at I means with a number before it: of a body one of its sessions, else WORDS."""
        return next((w for w in self.lexemes[i].words if KH.numbered in w.features), words)

    def _spelt(self, i: int, words: Words) -> bool:
        """Whether the word at I is spelt as it must be to mean that: "PM" is a post, "7 pm" a time."""
        return KH.capitalised not in words.features or self.surface(i).isupper()

    def quoted_name(self, i: int) -> int | None:
        """The end of a short quoted name that belongs to the phrase: «حزب “…”»."""
        if self.surface(i) not in '“«"„':
            return None
        for j in range(i + 2, min(i + 2 + _LONGEST_QUOTED, len(self))):
            if self.surface(j) in '”»"“':
                return j + 1
        return None
