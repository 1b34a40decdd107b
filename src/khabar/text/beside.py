"""Frames without a head: elements that stand right after each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rdflib import URIRef

from khabar.knowledge.language import Element, Frame
from khabar.text.clauses import NAMING
from khabar.text.filling import Filling, in_case
from khabar.text.matched import Filler, Match
from khabar.vocab import KH

_QUOTED: Final = (("“", "”"), ("«", "»"), ('"', '"'))


class Beside(Filling):
    """Matches the frames that have no head: a name and a post side by side."""

    def headless(self, frame: Frame) -> Iterator[Match]:
        """Every place where a frame without a head stands, its elements right after each other."""
        listed = KH.opensSentence in frame.features
        for start in self.named if frame.opens_named else range(len(self.chunks)):
            if listed and any(c.kind != "mark" for c in self.chunks[:start]):
                return
            match = self._adjacent(frame, start)
            if match and not (listed and self._goes_on(match.last)):
                yield match

    def _goes_on(self, i: int) -> bool:
        """Whether anything but a mark follows the chunk at I: «– علي حسن وزيرا للعدل» is all of a line."""
        return i + 1 < len(self.chunks) and self.chunks[i + 1].kind != "mark"

    def _past_ranks(self, i: int) -> int:
        """Where titles end that stand bare between post and name: «министр | генерал-полковник | Громов»."""
        while (
            self.language.phrases is KH.genitive and i + 1 < len(self.chunks) and self.chunks[i].has(KH.title)
        ):
            i += 1
        return i

    def _adjacent(self, frame: Frame, start: int) -> Match | None:
        slots: dict[URIRef, tuple[Filler, ...]] = {}
        i = start
        for element in frame.elements:
            if i > start and (element.kind == "slot" or self.language.phrases is KH.idafa):
                i = self._past_located(self._past_acronym(i))
            if (
                element.kind == "slot" and element.governors
            ):  # here a mark, such as the comma of an apposition
                if i < len(self.chunks) and self.chunks[i].surface in element.governors:
                    i += 1
                elif "" not in element.governors:
                    return None
            i = self._past_ranks(i) if i > start else i
            cased = self.language.phrases is KH.genitive and element.kind == "slot"
            if cased and i > start and self._bracketed(i):
                i += 3  # «секретарь Союза городов (СГ) Иван Громов»
            if i < len(self.chunks) and self._stands(frame, element, i):
                if element.slot is not None:
                    slots[element.slot] = (Filler(i),)
                i += 1
                titled = i < len(self.chunks) and self.chunks[i - 1].has(KH.title)
                if titled and self.chunks[i].surface in (".", "/"):
                    i += 1  # "Mr. Smith", «السيد/ علي حسن»
            elif not element.optional:
                return None
        return Match(frame, None, slots, start, i - 1) if slots else None

    def _past_acronym(self, i: int) -> int:
        """Past one word in brackets: "director of the World Bank (WB) | Ann Smith", «… “اليونسكو” | …»."""
        if self.language.phrases is KH.genitive or i + 2 >= len(self.chunks):
            return i
        marks = self.chunks[i].surface, self.chunks[i + 2].surface
        inside = self.chunks[i + 1]
        named = inside.kind == "name" or inside.kind == "unknown" and self.line.definite(inside.first)
        quoted = self.language.phrases is KH.idafa and marks in _QUOTED and named
        if quoted and (seated := self._seated_in(i + 3)) is not None:
            return seated
        return i + 3 if marks == ("(", ")") or quoted else i

    def _seated_in(self, i: int) -> int | None:
        """The chunk after the country in which an office is: «ممثل المنظمة "اليونيسف" | في الأردن | ، …»."""
        i += i < len(self.chunks) and self.chunks[i].kind == "word" and self.chunks[i].has(KH.locative)
        if i + 1 >= len(self.chunks) or self.language.locatives.isdisjoint(self.chunks[i].governors):
            return None
        country = self.chunks[i].kind == "name" and self.chunks[i].type is KH.Country
        return i + 1 if country else None

    def _bracketed(self, i: int) -> bool:
        """Whether brackets with one name in them open at I."""
        return [c.surface for c in self.chunks[i : i + 3 : 2]] == ["(", ")"]

    def _stands(self, frame: Frame, element: Element, i: int) -> bool:
        chunk = self.chunks[i]
        if element.kind == "words":
            if chunk.joined:
                return False  # «رئيس الدولة، | وفخامة …»: here somebody else is named
            return chunk.surface in (element.governors or element.words) or self._is_words(element, chunk)
        if chunk.kind not in NAMING or element.definite and not self._determined(chunk):
            return False
        return in_case(element, chunk) and self.fits(chunk, element, frame)

    def _past_located(self, i: int) -> int:
        """Past where an office is seated, if a title follows: «المندوب الدائم | بالمقر بجنيف | الدكتور …»."""
        j = i
        while j < len(self.chunks) and self.language.phrases is KH.idafa:
            chunk = self.chunks[j]
            seated = chunk.kind in ("name", "phrase") and not self.language.locatives.isdisjoint(
                chunk.governors
            )
            if not seated or chunk.joined:
                break
            j += 1
        return j if j > i and j < len(self.chunks) and self.chunks[j].has(KH.title) else i
