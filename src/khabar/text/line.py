"""One sentence as the recognisers see it: its lexemes, and the names and periods found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rdflib import URIRef

from khabar.knowledge.language import Language
from khabar.knowledge.names import Name, NameIndex
from khabar.text.dates import TimeSpan
from khabar.text.lex import Lexeme
from khabar.vocab import KH

LONGEST: Final = 24  # tokens; a name that goes on longer has run into the sentence
_LONGEST_QUOTED: Final = 8  # tokens of a quoted name such as «Untold»


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
        return tuple(p for p in found if self.language.proclitics[p].role == role)

    def definite(self, i: int) -> bool:
        """Whether the token carries the article, or is a name."""
        return i in self.names or bool(self.proclitics(i, KH.article))

    def has(self, i: int, feature: URIRef) -> bool:
        """Whether the word at I may carry FEATURE."""
        return self.lexemes[i].has(feature)

    def speech(self, i: int) -> frozenset[URIRef]:
        """The parts of speech that the lexicon gives the word at I."""
        return frozenset(w.speech for w in self.lexemes[i].words if w.speech is not None)

    def quoted_name(self, i: int) -> int | None:
        """The end of a short quoted name that belongs to the phrase: «حزب “…”»."""
        if self.surface(i) not in '“«"„':
            return None
        for j in range(i + 2, min(i + 2 + _LONGEST_QUOTED, len(self))):
            if self.surface(j) in '”»"“':
                return j + 1
        return None
