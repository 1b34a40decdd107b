"""Whether two names or phrases are the same for a lenient reader: case, marks, clitics, inflection aside."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from khabar.knowledge.writing import WORD

FEWEST: Final = 4  # letters that two forms of one word begin with
SHARE: Final = 0.6  # of the longer form: "Казахстан" and "Казахстану", but not "Uzbekistan" and "Uzbek"


class Writing(Protocol):
    """What must be known of a language to compare its words; a Language is one."""

    @property
    def common_words(self) -> Collection[str]: ...  # function words, folded
    @property
    def proclitics(self) -> Collection[str]: ...  # what is written together with the next word, folded
    def fold(self, text: str) -> str: ...


@dataclass(frozen=True)
class Plain:
    """A language of which nothing is known: case and combining marks do not count, all else does."""

    common_words: Collection[str] = ()
    proclitics: Collection[str] = ()

    def fold(self, text: str) -> str:
        """TEXT in lower case, without combining marks."""
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        return "".join(c for c in decomposed if not unicodedata.combining(c))


Forms = tuple[str, ...]  # one word, folded: as it stands, then without one proclitic, without two, …


class Comparer:
    """Compares phrases of one language, and remembers how it took each apart."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        self._known: dict[str, tuple[Forms, ...]] = {}

    def alike(self, a: str, b: str) -> bool:
        """Whether one phrase has all words of the other, or they share half of the longer one's."""
        shorter, longer = sorted((self.words(a), self.words(b)), key=len)
        if not shorter:
            return False
        left = list(longer)
        for word in shorter:
            found = next((other for other in left if same_word(word, other)), None)
            if found is not None:
                left.remove(found)
        shared = len(longer) - len(left)
        return shared == len(shorter) or 2 * shared >= len(longer)

    def words(self, text: str) -> tuple[Forms, ...]:
        """The words of TEXT as they are compared; function words only where there are no others."""
        if text not in self._known:
            folded = [word for word in WORD.findall(self.writing.fold(text)) if word[0].isalnum()]
            telling = [word for word in folded if word not in self.writing.common_words]
            self._known[text] = tuple(tuple(self._forms(word)) for word in telling or folded)
        return self._known[text]

    def _forms(self, word: str) -> Iterator[str]:
        yield word
        for clitic in self.writing.proclitics:
            rest = word.removeprefix(clitic)
            if rest != word and len(rest) > 1:
                yield from self._forms(rest)


def same_word(a: Forms, b: Forms) -> bool:
    """Whether A and B are forms of one word, as far as their beginnings tell."""
    return any(x == y or _inflected(x, y) for x in a for y in b)


def _inflected(a: str, b: str) -> bool:
    shared = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return shared >= FEWEST and shared >= SHARE * max(len(a), len(b))
