"""What may be an element of a frame: the words it asks for, or what fills its slot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from khabar.knowledge.language import Element, Frame
from khabar.text.chunk import Chunk, Recognised
from khabar.text.clauses import NAMING, Clauses
from khabar.vocab import KH, LEXINFO

_GENITIVE: Final = frozenset({LEXINFO.genitiveCase})
NOMINATIVE: Final = frozenset({LEXINFO.nominativeCase})
MOST: Final = 40  # coordinated fillers of one slot; a longer list is a table, not a sentence


Fits = Callable[[Chunk, Element, Frame], bool]


class Filling(Clauses):
    """Says which chunks of one sentence may be an element of a frame; FITS whether one may fill a slot."""

    def __init__(self, recognised: Recognised, fits: Fits) -> None:
        super().__init__(recognised)
        self.fits = fits

    def _in_genitive(self, i: int) -> bool:
        """Whether the chunk at I is the genitive of a governed noun: «رحّبت بجهود | الاتحاد»."""
        if self.language.phrases is not KH.idafa or i == 0 or self.chunks[i].joined:
            return False
        before = self.chunks[i - 1]
        if i > 1 and before.kind == "word" and before.has(KH.passes) and not before.has(KH.title):
            before = self.chunks[i - 2]  # «برئاسة | كل من | …»
        if self.chunks[i].kind == "time" and before.has(KH.of):
            return False  # «في مطلع | عام 2019»
        nouns = before.head is not None and LEXINFO.noun in before.head.speech
        unknown = before.kind == "unknown" and before.head is not None and not before.head.given
        return (
            (before.kind == "word" and nouns or unknown)
            and bool(before.governors)
            and not self.line.definite(before.first)
        )

    def _accepts(self, frame: Frame, element: Element, i: int, step: int) -> bool | None:
        """Whether the chunk is the element; None to look further, False where the search must end."""
        chunk = self.chunks[i]
        if element.kind == "words":
            return True if self._is_words(element, chunk) else None
        if element.slot is KH.when:
            return True if chunk.kind == "time" else None
        if element.national:
            return True if chunk.kind == "demonym" and chunk.type is KH.Country else None
        if step > 0 and chunk.has(KH.announces) and [c.surface for c in self.chunks[i + 1 : i + 2]] == [":"]:
            return None  # «входят три страны: | Ливия, Нигер и Чад»
        if chunk.kind not in NAMING:
            return False if self._somebody(chunk) and not element.governors and not element.anywhere else None
        closed = self.language.phrases is KH.idafa and chunk.kind == "post" and self._determined(chunk)
        if (
            element.indefinite
            and (closed or self._definite(chunk))
            or element.definite
            and not self._determined(chunk)
        ):
            return None
        if not in_case(element, chunk):
            return None
        if step > 0 and chunk.owns and element.cases == _GENITIVE and chunk.kind != "person":
            return False  # «запуск подготовки | саммита организации»: what follows belongs to it
        if element.anywhere:
            return True if self.fits(chunk, element, frame) else None
        if element.governors and (chunk.governors or "" not in element.governors):
            governed = not (chunk.owns or set(chunk.governors).isdisjoint(element.governors))
            return True if governed and self.fits(chunk, element, frame) else None
        fits = self.fits(chunk, element, frame)
        if not fits and step > 0 and (self._names_holder(i) or self._appoints(frame)):
            return None  # «избран мэр Омска Иван Петров»: the person is meant
        if chunk.governors or chunk.owns or (chunk.joined and i > 0):
            if step < 0 and fits and self._lists(frame, element, i):
                return True  # «كانت بريطانيا وأستراليا وقعت …»
            # Behind a governed name of the right kind lies another clause: «بوفد من المجلس برئاسة …»,
            # where the verb comes first.
            return False if step < 0 and fits and self.language.phrases is KH.idafa else None
        return fits

    def _lists(self, frame: Frame, element: Element, i: int) -> bool:
        """Whether conjunctions join the name at I to a bare one before it, and all between fit as well."""
        for k in range(i, max(0, i - MOST), -1):
            chunk, other = self.chunks[k], self.chunks[k - 1]
            if not chunk.joined or chunk.governors or chunk.owns or other.kind not in NAMING:
                return False
            if other.governors or other.owns or not self.fits(other, element, frame):
                return False
            if not other.joined:
                return True
        return False

    def _names_holder(self, i: int) -> bool:
        """Whether the chunk is a post, and right after it stands who holds it."""
        person = i + 1 < len(self.chunks) and self.chunks[i + 1].kind == "person"
        return person and self.chunks[i].kind == "post"

    def _appoints(self, frame: Frame) -> bool:
        """Whether the frame is one where the subject of the verb is not who takes office."""
        return frame.states is KH.holdsPost and self.language.phrases is KH.idafa

    def _definite(self, chunk: Chunk) -> bool:
        """Whether the article or the genitive after it makes the head of a chunk definite."""
        line, after = self.line, chunk.first + 1
        return line.definite(chunk.first) or (
            after < chunk.last and line.definite(after) and not line.proclitics(after, KH.preposition)
        )

    def becomes(self, i: int) -> bool:
        """Whether somebody only takes the post at I, for it is indefinite: «سفيرا في باريس»."""
        return self.language.phrases is KH.idafa and not self._determined(self.chunks[i])

    def becomes_of(self, chunk: Chunk) -> bool:
        """Whether nothing makes the chunk definite: «دورة مقبلة»."""
        return not self._determined(chunk)

    def _determined(self, chunk: Chunk) -> bool:
        """Whether a definite noun or a name closes the genitives of a chunk before any preposition."""
        line = self.line
        for i in range(chunk.first, chunk.last):
            if i > chunk.first and (
                line.proclitics(i, KH.preposition) or LEXINFO.preposition in line.speech(i)
            ):
                return False
            if line.definite(i) or i in line.names:
                return True
        return False

    def _somebody(self, chunk: Chunk) -> bool:
        """Whether a bare noun that nobody knows stands there: it, not a name further on, is the argument."""
        noun = chunk.kind == "word" and chunk.head and LEXINFO.noun in chunk.head.speech
        if not (chunk.kind == "unknown" or noun) or chunk.governors or chunk.joined or chunk.head is None:
            return False
        if self.language.phrases is KH.idafa and chunk.has(KH.of):
            return False  # «عقد الوزير | مساء الأحد | اجتماعا»
        stem = chunk.head.best.stem
        return not stem.endswith(self.language.adverbials)

    def _is_words(self, element: Element, chunk: Chunk) -> bool:
        if chunk.head is None or chunk.kind == "time":
            return False
        if element.group is not None:
            governed = not element.governors or bool(set(element.governors) & set(chunk.governors))
            return governed and chunk.head.of(element.group)
        return not {chunk.head.token.folded, chunk.head.best.stem}.isdisjoint(
            element.governors or element.words
        )


def in_case(element: Element, chunk: Chunk) -> bool:
    """Whether the chunk may stand in a case that the element asks for, as far as both tell."""
    return not element.cases or not chunk.cases or not element.cases.isdisjoint(chunk.cases)
