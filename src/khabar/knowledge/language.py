"""Language: how one language folds letters, takes words apart, tells time and frames facts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

from rdflib import URIRef

from khabar.knowledge.inflection import NOMINATIVE, Inflection, bases, inflect
from khabar.knowledge.memo import Memo
from khabar.knowledge.sounds import Sounds
from khabar.knowledge.writing import WORD, kind
from khabar.vocab import KH

_NONE: Final[frozenset[URIRef]] = frozenset()
# What a compound is by its last part; not a post, for «экс-» and «вице-» make other offices.
_COMPOUNDED: Final = frozenset(
    {KH.Conference, KH.Forum, KH.Summit, KH.Session, KH.Exhibition, KH.Campaign, KH.Organization, KH.Event}
)


@dataclass(frozen=True, slots=True)
class Words:
    """Words that behave alike (kh:Words): one part of speech, one meaning, the same frames."""

    iri: URIRef
    speech: URIRef | None  # a LexInfo part of speech
    denotes: URIRef | None  # the class of thing that the noun names, such as kh:Conference
    marks: URIRef | None  # what the word does to a fact: a kh:Status or a kh:Change
    frames: tuple[URIRef, ...]
    features: frozenset[URIRef]
    number: int | None = None  # of a month, a weekday, a numeral, or how many units of time
    unit: URIRef | None = None  # kh:day, kh:week, kh:month, kh:year
    lemma: str = ""  # folded; of the form that was looked up, if its paradigm says
    cases: frozenset[URIRef] = frozenset()  # of the form that was looked up; empty: it does not tell
    numbers: frozenset[URIRef] = frozenset()  # of a verb, or of a noun as a subject; empty: it does not tell


@dataclass(frozen=True, slots=True)
class Element:
    """One place in a frame."""

    kind: str  # "head", "slot", "words" or "quote"
    slot: URIRef | None = None
    types: tuple[URIRef, ...] = ()  # narrower than domain and range of the property
    governors: tuple[str, ...] = ()  # the prepositions of which one must govern it; none: it stands bare
    words: tuple[str, ...] = ()  # for "words": folded alternatives
    group: URIRef | None = None  # for "words": any form of that kh:Words
    optional: bool = False
    anywhere: bool = False  # whether it may stand under any preposition
    indefinite: bool = False  # whether it must be indefinite: «عُيّن … وزيرا للدفاع»
    definite: bool = False  # whether it must be definite: «سامي الخطيب وزير الدفاع»
    near: bool = False  # whether nothing that could be an argument may stand between it and its neighbour
    national: bool = False  # whether an adjective of nationality may fill it: «الرئاسة البولندية للمنظمة»
    cases: frozenset[URIRef] = frozenset()  # of which what fills it must be able to stand in one; empty: any


@dataclass(frozen=True)
class Frame:
    """How a language puts one relation: what stands in which order, and what that states."""

    iri: URIRef
    states: URIRef
    elements: tuple[Element, ...]
    change: URIRef | None
    status: URIRef | None
    implied: URIRef | None  # a slot that the discourse fills, not the clause
    implied_type: URIRef | None
    enclitic: URIRef | None  # the slot that a pronoun attached to the head fills
    creates: URIRef | None  # the class of an event that the clause itself tells of, such as kh:Meeting
    features: frozenset[URIRef]
    confidence: float | None  # the most that a fact of it can be worth, whatever was measured

    @cached_property
    def head(self) -> int | None:
        """The index of the head among the elements; None where the order alone states the fact."""
        return next((i for i, element in enumerate(self.elements) if element.kind == "head"), None)

    @cached_property
    def asks_office(self) -> bool:
        """Whether nothing but a post can fill one of its slots."""
        return any(element.types == (KH.Post,) and not element.optional for element in self.elements)

    @cached_property
    def before(self) -> tuple[Element, ...]:
        """The elements before the head, the nearest first."""
        return tuple(reversed(self.elements[: self.head]))

    @cached_property
    def after(self) -> tuple[Element, ...]:
        """The elements after the head."""
        return () if self.head is None else self.elements[self.head + 1 :]

    @cached_property
    def opens_named(self) -> bool:
        """Whether it can only begin with what names something."""
        return any(e.kind == "slot" and not (e.governors or e.optional) for e in self.elements[:1])


class Analysis(NamedTuple):
    """One way to take a word apart."""

    proclitics: tuple[str, ...]
    stem: str  # folded
    enclitic: str | None
    words: tuple[Words, ...]  # what the lexicon knows of the stem


Start = tuple[str, tuple[str, ...]]  # a folded word with or without its article, and the proclitics before it


class Judged(NamedTuple):
    """What is made of one folded word, wherever it stands."""

    best: Analysis
    analyses: tuple[Analysis, ...]  # all that are worth a look
    given: bool  # whether the best stem is a given name or a particle of names
    words: tuple[Words, ...]  # what the lexicon knows of the best analysis
    features: frozenset[URIRef]  # of the best analysis
    speech: frozenset[URIRef]  # the parts of speech of the best analysis
    groups: frozenset[URIRef]  # the kh:Words of which it may be a form
    tells: frozenset[URIRef]  # the features of those, and what they denote
    frames: tuple[Frame, ...]  # whose head it may be; the one that asks for most first
    starts: tuple[Start, ...]  # what a name may begin with that starts there


class Several(NamedTuple):
    """The entries of several words that may begin with one."""

    entries: tuple[tuple[tuple[str, ...], Words], ...]  # the longest first
    seconds: frozenset[str]  # their second words


class Clitic(NamedTuple):
    """A short word written together with its neighbour."""

    text: str
    role: URIRef  # kh:conjunction, kh:preposition, kh:article, kh:future or kh:pronoun
    rank: int  # proclitics stand in rising rank
    features: frozenset[URIRef]
    expands: tuple[str, ...]  # the proclitics that a contraction stands for


@dataclass(frozen=True)
class Language:
    """One language, as ontology/languages/{tag}.ttl describes it."""

    tag: str
    label: str
    letters: re.Pattern[str]
    common_words: frozenset[str]  # folded; enough of them tell the language of a text
    phrases: URIRef  # how noun phrases are delimited: kh:idafa or kh:capitals
    proclitics: Mapping[str, Clitic]
    enclitics: Mapping[str, Clitic]
    opens: tuple[tuple[str, str], ...]  # endings before an attached pronoun: as written there, as alone
    lexicon: Mapping[str, tuple[Words, ...]]
    multiwords: Mapping[str, tuple[tuple[tuple[str, ...], Words], ...]]
    groups: Mapping[URIRef, Words]
    frames: Mapping[URIRef, Frame]
    demonym_inflections: tuple[Inflection, ...]
    name_inflections: tuple[Inflection, ...]
    name_endings: Mapping[str, tuple[tuple[str, Inflection], ...]]  # as in a form -> as in its base
    adjective_endings: Mapping[str, tuple[tuple[str, Inflection], ...]]
    shapes: Mapping[URIRef, re.Pattern[str]]  # what an unknown word of some kind looks like
    abbreviations: frozenset[str]
    adverbials: tuple[str, ...]  # endings that make an unknown word an adverb: رسميا
    splits: tuple[str, ...]  # endings that are words of their own, such as the possessive "'s"
    folding: Mapping[int, str | None] = field(repr=False)
    sounds: Mapping[str, str] = field(
        repr=False, default_factory=dict
    )  # letters -> what they leave of a name

    @cached_property
    def stating(self) -> Mapping[URIRef, tuple[Frame, ...]]:
        """The frames of each relation, in the order of the file."""
        found: defaultdict[URIRef, list[Frame]] = defaultdict(list)
        for frame in self.frames.values():
            found[frame.states].append(frame)
        return {relation: tuple(frames) for relation, frames in found.items()}

    @cached_property
    def locatives(self) -> frozenset[str]:
        """The prepositions of place, folded, the ones written on to their noun included."""
        words = {w for w, groups in self.lexicon.items() for g in groups if KH.locative in g.features}
        clitics = (c.text for c in self.proclitics.values() if KH.locative in c.features)
        return frozenset((*words, *clitics))

    def fold(self, text: str) -> str:
        """TEXT without what never tells two words apart: case, marks, variants of a letter."""
        return text.casefold().translate(self.folding)

    def read(self, token: str) -> tuple[str, str]:
        """TOKEN folded, and whether it is a "word", a "number" or a "mark"."""
        return self._read[token]

    @cached_property
    def _read(self) -> Memo[tuple[str, str]]:
        return Memo(lambda token: (self.fold(token), kind(token)))

    def skeleton(self, name: str) -> tuple[str, ...]:
        """What is left of each word of a NAME in any script: classes of consonants, none twice in a row.

        Words without any are left out.  Far from a transcription: it finds names to compare.
        """
        return self._sounding.skeleton(self.fold(name).split())

    @cached_property
    def _sounding(self) -> Sounds:
        return Sounds(self.sounds)

    def name_forms(self, name: str) -> Iterator[tuple[str, Inflection]]:
        """The forms that a NAME takes, each with the rule that makes it."""
        return inflect(name, self.name_inflections)

    def name_bases(self, form: str) -> tuple[tuple[str, Inflection], ...]:
        """What a folded FORM of a name may be a form of; itself first."""
        return self._name_bases[form]

    @cached_property
    def _name_bases(self) -> Memo[tuple[tuple[str, Inflection], ...]]:
        return Memo(lambda form: ((form, NOMINATIVE), *self._changed(form)))

    def _changed(self, form: str) -> Iterator[tuple[str, Inflection]]:
        return (found for found in bases(form, self.name_endings) if found[0] != form)

    def last_names(self, words: Sequence[str], given_names: Container[str]) -> tuple[str, ...]:
        """The words of a folded name that may stand for it alone: the last, or the first of «Громов Иван»."""
        last = tuple(words[-1:])
        first_is_last = len(words) > 1 and words[1] in given_names and words[0] not in given_names
        looks_like = first_is_last and self.shapes[KH.surnameShape].fullmatch(words[0])
        return (*last, words[0]) if self.phrases is KH.genitive and looks_like else last

    def adjective_cases(self, word: str) -> frozenset[URIRef]:
        """The cases that a folded WORD may stand in as an adjective; none if it does not look like one."""
        return self._adjectives[word]

    @cached_property
    def _adjectives(self) -> Memo[frozenset[URIRef]]:
        return Memo(self._adjective)

    def _adjective(self, word: str) -> frozenset[URIRef]:
        if not self.shapes[KH.adjectiveShape].fullmatch(word):
            return frozenset()
        return frozenset().union(*(i.cases for _, i in bases(word, self.adjective_endings)))

    def adjective_stem(self, word: str) -> str:
        """A folded adjective without its ending, which is the same in all its forms."""
        endings = (len(e) for e in self.adjective_endings if word.endswith(e))
        return word[: len(word) - max(endings, default=0)]

    def words(self, text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        """The words, numbers and marks of TEXT between two offsets, each as [start, end) code points."""
        for match in WORD.finditer(text, start, len(text) if end is None else end):
            first, last = match.span()
            word = match[0].casefold() if self.splits else ""
            cut = 0
            if word.endswith(self.splits):
                cut = next((len(s) for s in self.splits if word.endswith(s) and len(s) < last - first), 0)
            yield first, last - cut
            if cut:
                yield last - cut, last

    def analyse(self, word: str) -> tuple[Analysis, ...]:
        """The ways to take a folded WORD apart, the whole word first; never empty."""
        return self._analysed[word]

    @cached_property
    def _analysed(self) -> Memo[tuple[Analysis, ...]]:
        return Memo(lambda word: tuple(self._analyses(word)))

    def keys(self, analysis: Analysis) -> tuple[Start, ...]:
        """What an entry may begin with that starts with this word, and the proclitics before it.

        Some are listed with their article («الأمم المتحدة»), some take it as adjectives do («الكازاخي»).
        """
        proclitics, stem = analysis.proclitics, analysis.stem
        if proclitics and self.proclitics[proclitics[-1]].role is KH.article:
            return (proclitics[-1] + stem, proclitics[:-1]), (stem, proclitics)
        return ((stem, proclitics),)

    def judged(
        self, best: Analysis, analyses: tuple[Analysis, ...], given: bool, starts: tuple[Start, ...] = ()
    ) -> Judged:
        """A word of which that is the BEST of some ANALYSES; GIVEN says whether it is a word of names."""
        words = [w for analysis in analyses for w in analysis.words]
        if not words:
            return Judged(best, analyses, given, (), _NONE, _NONE, _NONE, _NONE, (), starts)
        frames = (self.frames[f] for f in {f for w in words for f in w.frames})
        return Judged(
            best,
            analyses,
            given,
            best.words,
            features=_NONE.union(*(w.features for w in best.words)),
            speech=frozenset(w.speech for w in best.words if w.speech is not None),
            groups=frozenset(w.iri for w in words),
            tells=frozenset(w.denotes for w in words if w.denotes is not None).union(
                *(w.features for w in words)
            ),
            frames=tuple(sorted(frames, key=lambda f: (-len(f.elements), f.iri))),
            starts=starts,
        )

    def several(self, word: str) -> Several:
        """The entries of several words that may begin with a folded WORD."""
        return self._several[word]

    @cached_property
    def _several(self) -> Memo[Several]:
        return Memo(self._beginning_with)

    def _beginning_with(self, word: str) -> Several:
        starts = {key for analysis in self.analyse(word) for key, _ in self.keys(analysis)}
        entries = [e for key in sorted(starts) for e in self.multiwords.get(key, ())]
        return Several(tuple(sorted(entries, key=lambda e: -len(e[0]))), frozenset(e[0][1] for e in entries))

    def sign(self, folded: str) -> Judged:
        """What is made of a folded number or mark, of which there is nothing to take off."""
        return self._signs[folded]

    @cached_property
    def _signs(self) -> Memo[Judged]:
        return Memo(lambda sign: self.judged(self.analyse(sign)[0], self.analyse(sign)[:1], False))

    def _analyses(self, word: str) -> Iterator[Analysis]:
        for proclitics, rest in self._splits(word, -1):
            yield Analysis(proclitics, rest, None, self.lexicon.get(rest) or self._compound(rest))
            for enclitic in self.enclitics:
                if rest.endswith(enclitic) and len(rest) - len(enclitic) > 1:
                    yield from self._opened(proclitics, rest[: -len(enclitic)], enclitic)

    def _compound(self, word: str) -> tuple[Words, ...]:
        """What a word that nobody knows means by its last part: «бизнес-форум» is a forum."""
        before, hyphen, last = word.rpartition("-")
        if not hyphen or self.phrases is not KH.genitive:
            return ()
        known = self.lexicon.get(last, ())
        return tuple(replace(w, lemma=f"{before}-{w.lemma}") for w in known if w.denotes in _COMPOUNDED)

    def _opened(self, proclitics: tuple[str, ...], stem: str, enclitic: str) -> Iterator[Analysis]:
        spellings = [stem, *(stem[: -len(a)] + b for a, b in self.opens if stem.endswith(a))]
        for spelling in spellings:
            if words := self.lexicon.get(spelling):
                yield Analysis(proclitics, spelling, enclitic, words)

    def _splits(self, word: str, rank: int) -> Iterator[tuple[tuple[str, ...], str]]:
        yield (), word
        for clitic in self.proclitics.values():
            left = len(word) - len(clitic.text)
            if clitic.rank > rank and left > 1 and word.startswith(clitic.text):
                for more, stem in self._splits(word[-left:], clitic.rank):
                    yield (*(clitic.expands or (clitic.text,)), *more), stem
