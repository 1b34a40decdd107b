"""What fills a slot together with another: conjuncts, and appositions that are stepped over."""

from __future__ import annotations

from typing import Final

from khabar.knowledge.language import Element, Frame
from khabar.text.clauses import COMMAS, NAMING
from khabar.text.filling import MOST, Filling, in_case
from khabar.text.matched import Filler
from khabar.vocab import KH, LEXINFO

DASHES: Final = frozenset("—–")


class Coordination(Filling):
    """Finds what is joined to the filler of a slot."""

    def _past_apposition(self, i: int) -> int:
        """The last chunk of a name with its apposition: «رئيس البرلمان كمال العابد», «…، وزيرة التعليم،»."""
        in_idafa = self.language.phrases is KH.idafa
        if in_idafa and self.chunks[i].kind == "post" and (holder := self._holder_after(i)) is not None:
            i = holder
        kinds = {"post": "person", "person": "post"}
        j = i + 1
        if j < len(self.chunks) and self._seat(i):
            i, j = j, j + 1  # «العاصمة الموريتانية نواكشوط»
        comma = j < len(self.chunks) and self.chunks[j].kind == "mark" and self.chunks[j].surface in COMMAS
        j += comma
        if (
            j >= len(self.chunks)
            or self.chunks[j].kind != kinds.get(self.chunks[i].kind)
            or self.chunks[j].joined
        ):
            return i
        if in_idafa and comma and self._takes_office(i, j):
            return i  # «تعيين سامي الخطيب، | رئيسا للمجلس»
        if self.chunks[i].kind == "person" and not comma:
            own = (
                in_idafa and self._determined(self.chunks[j]) and self._holder_after(j, commas=False) is None
            )
            return self._last_post(j) if own else i  # «… سامي الخطيب | سفيرا»: that is what he becomes
        if in_idafa and comma and self.chunks[j].kind == "post":
            j = self._last_post(j)  # «الشيخ خالد، نائب الرئيس | وزير الخارجية، …»
        closed = j + 1 < len(self.chunks) and comma and self.chunks[j + 1].surface in COMMAS
        return j + 1 if closed else j

    def _seat(self, i: int) -> bool:
        """Whether the chunk at I and the name right after it name one city."""
        chunk, following = self.chunks[i], self.chunks[i + 1]
        same = chunk.iri is not None and chunk.iri == following.iri
        return same and "phrase" in (chunk.kind, following.kind) and following.kind in ("name", "phrase")

    def _holder_after(self, post: int, *, commas: bool = True) -> int | None:
        """The person after a post, behind titles and other posts: «نائب الرئيس وزير المالية السيد | …»."""
        i = post + 1
        while i < len(self.chunks) and not self.chunks[i].joined:
            chunk = self.chunks[i]
            if chunk.kind == "person":
                return i
            following = self.chunks[i + 1] if i + 1 < len(self.chunks) else chunk
            if commas and chunk.comma and (following.kind in ("post", "person") or following.has(KH.title)):
                i += 1  # «وزير الدولة، وزير الخارجية، | …»
                continue
            if chunk.surface in (".", "/") and self.chunks[i - 1].has(KH.title):
                i += 1  # «وزير الدولة، د. | …»
                continue
            if chunk.kind != "post" and not (chunk.kind == "word" and chunk.has(KH.title)):
                return None
            i += 1
        return None

    def _last_post(self, i: int) -> int:
        """The last of the posts of one person that stand side by side from I on."""
        while i + 1 < len(self.chunks) and self.chunks[i + 1].kind == "post":
            if self.chunks[i + 1].joined or not self._determined(self.chunks[i + 1]):
                break  # «تعيين سامي الخطيب الرئيس السابق للمجلس | نائبا للوزير»
            i += 1
        return i

    def _coordinated(self, frame: Frame, element: Element, first: int) -> tuple[Filler, ...]:
        """The filler at FIRST with those joined to it, each with the period that follows it.

        «ترأستها أوزبكستان في عام 2021 وتركمانستان في عام 2022»: the verb is said once.
        """
        fillers = [first]
        times: dict[int, int] = {}
        i = self._past_apposition(first) + 1
        while i < len(self.chunks) and len(fillers) < MOST:
            step = self._joined(frame, element, i)
            if step is None:
                if self.chunks[i].kind == "time":
                    times.setdefault(fillers[-1], i)
                elif not self._between(i):
                    break
                elif (year := self._bracketed_time(i)) is not None:
                    times.setdefault(fillers[-1], year)
                i = self.after_brackets(i)
                continue
            fillers.append(step)
            i = self._past_apposition(step) + 1
        return tuple(Filler(f, times.get(f) if len(fillers) > 1 else None) for f in fillers)

    def _bracketed_time(self, i: int) -> int | None:
        """The period that brackets at I enclose: "chaired by Chile | (2021)", Peru (2022) and …"."""
        enclosed = self.chunks[i : i + 3]
        timed = [c.surface for c in enclosed[::2]] == ["(", ")"] and enclosed[1].kind == "time"
        return i + 1 if timed else None

    def _coordinated_before(self, frame: Frame, element: Element, last: int) -> tuple[Filler, ...]:
        """The filler at LAST with those joined to it before: "Finland, Norway and | Sweden signed"."""
        fillers = [last]
        conjunction = False
        if self._lists(frame, element, last):
            while self.chunks[fillers[-1]].joined:
                fillers.append(fillers[-1] - 1)
        i = self._before_determiners(fillers[-1])
        while i > 0 and len(fillers) < MOST:
            conjunction = conjunction or self.conjunction(i)
            i = i - 1 if self.conjunction(i) and self.chunks[i - 1].surface in COMMAS else i
            if not conjunction or not (self.conjunction(i) or self.chunks[i].surface in COMMAS):
                break
            other = self.chunks[i - 1]
            bare = not (other.governors or other.owns) and other.kind in NAMING
            if not (bare and self.fits(other, element, frame)):
                break
            fillers.append(i - 1)
            i = self._before_determiners(i - 1)
        return tuple(Filler(f) for f in reversed(fillers))

    def _before_determiners(self, i: int) -> int:
        """The chunk before the name at I, its article and the post that stands before a person."""
        before = i - 1
        if before > 0 and self.chunks[i].kind == "person" and self.chunks[before].kind == "post":
            before -= 1
        while before > 0 and (self.chunks[before].has(KH.determines) or self.chunks[before].has(KH.title)):
            before -= 1
        return before

    def _joined(self, frame: Frame, element: Element, i: int) -> int | None:
        """The next conjunct at I, or right after the comma or the conjunction at I."""
        if i >= len(self.chunks):
            return None
        chunk = self.chunks[i]
        comma = chunk.kind == "mark" and chunk.surface in "،,."
        conjunction = chunk.head is not None and chunk.kind == "word" and chunk.has(KH.and_)
        titled = chunk.kind == "word" and chunk.joined and chunk.has(KH.title)  # «… | وسعادة علي حسن»
        j = i + 1 if comma or conjunction else i
        while j < len(self.chunks) and comma and self.conjunction(j):
            j, conjunction = j + 1, True
        if comma or conjunction or titled:
            j, repeated = self._past_determiners(element, j)
            conjunction = conjunction or repeated
        if j >= len(self.chunks) or self.chunks[j].kind not in NAMING - {"alias"}:
            return None
        other = self.chunks[j]
        listed = comma and (self._list_goes_on(j) or self._elided(j)) and self.past_country(i) == i
        if not (other.joined or conjunction or listed):
            return None
        if element.governors and other.governors and not set(other.governors) & set(element.governors):
            return None
        inherited = element.anywhere and self.conjunction(j - 1)
        if other.governors and not element.governors and not inherited:
            return None
        if frame.states is KH.holdsPost and element.slot is KH.subject and self._takes_next(j):
            return None  # «خلفا لعلي حسن، | وسامي الخطيب وزيرا للعدل»
        taken = frame.states is KH.holdsPost and element.slot is KH.object and other.kind == "post"
        if taken and self.language.phrases is KH.idafa and self._holder_after(j, commas=False) is not None:
            return None  # «… بصفته رئيس الدولة، | ورئيس وزراء المجر سامي الخطيب»
        return j if in_case(element, other) and self.fits(other, element, frame) else None

    def _takes_next(self, person: int) -> bool:
        """Whether an office that is only taken stands right after the name: «سامي الخطيب | وزيرا للعدل»."""
        after = self.chunks[person + 1 : person + 2]
        return bool(after) and after[0].kind == "post" and self.becomes(person + 1)

    def _past_determiners(self, element: Element, j: int) -> tuple[int, bool]:
        """Past the preposition said again ("by A, by B") and the article; whether one was said again."""
        repeated = False
        while j < len(self.chunks) and self.chunks[j].kind == "word":
            chunk = self.chunks[j]
            again = (
                chunk.head is not None
                and self.speech(j) is LEXINFO.preposition
                and chunk.head.best.stem in element.governors
            )
            titled = chunk.has(KH.title)
            if titled and j + 2 < len(self.chunks) and self.chunks[j + 1].surface == "/":
                j += 1
            if not (again or chunk.has(KH.determines) or titled):
                break
            j, repeated = j + 1, repeated or again or titled and chunk.joined
        return j, repeated

    def _list_goes_on(self, j: int) -> bool:
        """Whether a comma or a conjunction follows the name at J, so that a list is under way."""
        j += self._names_holder(j) and self.language.phrases is not KH.idafa  # "…, President | Ann Smith and"
        if self._bracketed_time(j + 1) is not None:
            j += len("(t)")
        if j + 1 >= len(self.chunks):
            return False
        comma = self.chunks[j + 1].surface in COMMAS
        if comma and self.language.phrases is KH.idafa:  # «استقبل سامي الخطيب، …، علي حسن، سفير …»
            following = self.chunks[j + 2 : j + 3]
            comma = bool(following) and (following[0].joined or following[0].kind == self.chunks[j].kind)
        return comma or self.conjunction(j + 1) or self.chunks[j + 1].joined

    def _elided(self, j: int) -> bool:
        """Whether a dash, or else a period, after the name at J stands for the verb: "…, Chile in 2022"."""
        after = self.chunks[j + 1 : j + 3]
        dated = len(after) > 1 and self.speech(j + 1) is LEXINFO.preposition and after[1].kind == "time"
        timed = dated and self.chunks[j].kind == "name" and self.language.phrases is not KH.idafa
        return bool(after) and (after[0].surface in DASHES or timed)

    def _between(self, i: int) -> bool:
        """What may stand between two conjuncts: brackets, an alias, the preposition of a period."""
        chunk = self.chunks[i]
        if chunk.kind == "alias" or chunk.surface in "()":
            return True
        if chunk.kind == "mark" and chunk.surface in COMMAS:
            following = self.chunks[i + 1] if i + 1 < len(self.chunks) else None
            return following is not None and following.has(KH.alias)
        if chunk.has(KH.alias):
            return True
        if chunk.kind == "name" and not self.language.locatives.isdisjoint(chunk.governors):
            return self.language.phrases is KH.capitals and self._list_goes_on(i)
        beyond = self.chunks[i + 1] if i + 1 < len(self.chunks) else None
        place = beyond is not None and beyond.kind == "name" and self._between(i + 1)
        time_next = beyond is not None and beyond.kind == "time"
        return self.speech(i) is LEXINFO.preposition and (time_next or place)
