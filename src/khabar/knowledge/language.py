"""Language: how one language folds letters, takes words apart, tells time and frames facts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

from rdflib import RDFS, Literal, URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.turtle import Term, Turtle
from khabar.knowledge.writing import WORD
from khabar.vocab import KH, LEXINFO, ONTOLEX, SYNSEM

SLOTS: Final = frozenset({KH.subject, KH.object, KH.when, KH.place})
LONGEST_ENDING: Final = 5  # letters
CACHE_LIMIT: Final = 200_000  # distinct words; a long run over an archive must not grow without end


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
    near: bool = False  # whether nothing that could be an argument may stand between it and its neighbour
    cases: frozenset[URIRef] = frozenset()  # of which what fills it must be able to stand in one; empty: any


@dataclass(frozen=True, slots=True)
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

    @property
    def head(self) -> int | None:
        """The index of the head among the elements; None where the order alone states the fact."""
        return next((i for i, element in enumerate(self.elements) if element.kind == "head"), None)


class Analysis(NamedTuple):
    """One way to take a word apart."""

    proclitics: tuple[str, ...]
    stem: str  # folded
    enclitic: str | None
    words: tuple[Words, ...]  # what the lexicon knows of the stem


class Inflection(NamedTuple):
    """One rule of a paradigm, and what the form it makes may mean."""

    affix: str
    cases: frozenset[URIRef] = frozenset()  # LexInfo cases
    gender: URIRef | None = None
    marks: URIRef | None = None  # as in Words: a future form marks kh:planned
    number: URIRef | None = None  # a LexInfo number


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
    _cache: dict[str, tuple[Analysis, ...]] = field(default_factory=dict, repr=False, compare=False)
    _several: dict[str, tuple[tuple[tuple[str, ...], Words], ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _bases: dict[str, tuple[tuple[str, Inflection], ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def locatives(self) -> frozenset[str]:
        """The prepositions of place, folded, the ones written on to their noun included."""
        words = (w for w, groups in self.lexicon.items() if any(KH.locative in g.features for g in groups))
        clitics = (c.text for c in self.proclitics.values() if KH.locative in c.features)
        return frozenset((*words, *clitics))

    def fold(self, text: str) -> str:
        """TEXT without what never tells two words apart: case, marks, variants of a letter."""
        return text.casefold().translate(self.folding)

    def name_forms(self, name: str) -> Iterator[tuple[str, Inflection]]:
        """The forms that a NAME takes, each with the rule that makes it."""
        for inflection in self.name_inflections:
            for form in inflect(name, (inflection.affix,)):
                yield form, inflection

    def name_bases(self, form: str) -> tuple[tuple[str, Inflection], ...]:
        """What a folded FORM of a name may be a form of; itself first."""
        known = self._bases.get(form)
        if known is None:
            if len(self._bases) >= CACHE_LIMIT:
                self._bases.clear()
            found = (x for x in bases(form, self.name_endings) if x[0] != form)
            known = self._bases[form] = ((form, NOMINATIVE), *found)
        return known

    def adjective_cases(self, word: str) -> frozenset[URIRef]:
        """The cases that a folded WORD may stand in as an adjective; none if it does not look like one."""
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
            cut = next(
                (len(s) for s in self.splits if match[0].casefold().endswith(s) and len(s) < last - first), 0
            )
            yield first, last - cut
            if cut:
                yield last - cut, last

    def analyse(self, word: str) -> tuple[Analysis, ...]:
        """The ways to take a folded WORD apart, the whole word first; never empty."""
        known = self._cache.get(word)
        if known is None:
            if len(self._cache) >= CACHE_LIMIT:
                self._cache.clear()
            known = self._cache[word] = tuple(self._analyses(word))
        return known

    def keys(self, analysis: Analysis) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What an entry may begin with that starts with this word, and the proclitics before it.

        Some are listed with their article («الأمم المتحدة»), some take it as adjectives do («الكازاخي»).
        """
        proclitics, stem = analysis.proclitics, analysis.stem
        if proclitics and self.proclitics[proclitics[-1]].role == KH.article:
            return (proclitics[-1] + stem, proclitics[:-1]), (stem, proclitics)
        return ((stem, proclitics),)

    def several(self, word: str) -> tuple[tuple[tuple[str, ...], Words], ...]:
        """The entries of several words that may begin with a folded WORD, the longest first."""
        known = self._several.get(word)
        if known is None:
            if len(self._several) >= CACHE_LIMIT:
                self._several.clear()
            starts = {key for analysis in self.analyse(word) for key, _ in self.keys(analysis)}
            entries = [e for key in sorted(starts) for e in self.multiwords.get(key, ())]
            known = self._several[word] = tuple(sorted(entries, key=lambda e: -len(e[0])))
        return known

    def _analyses(self, word: str) -> Iterator[Analysis]:
        for proclitics, rest in self._splits(word, -1):
            yield Analysis(proclitics, rest, None, self.lexicon.get(rest, ()))
            for enclitic in self.enclitics:
                if rest.endswith(enclitic) and len(rest) - len(enclitic) > 1:
                    yield from self._opened(proclitics, rest[: -len(enclitic)], enclitic)

    def _opened(self, proclitics: tuple[str, ...], stem: str, enclitic: str) -> Iterator[Analysis]:
        spellings = [stem, *(stem[: -len(a)] + b for a, b in self.opens if stem.endswith(a))]
        for spelling in spellings:
            if words := self.lexicon.get(spelling):
                yield Analysis(proclitics, spelling, enclitic, words)

    def _splits(self, word: str, rank: int) -> Iterator[tuple[tuple[str, ...], str]]:
        yield (), word
        for clitic in self.proclitics.values():
            rest = word[len(clitic.text) :]
            if clitic.rank > rank and len(rest) > 1 and word.startswith(clitic.text):
                for more, stem in self._splits(rest, clitic.rank):
                    yield (*(clitic.expands or (clitic.text,)), *more), stem


NOMINATIVE: Final = Inflection("-", frozenset({LEXINFO.nominativeCase}))


class LanguageReader:
    """Builds a Language from its Turtle, and says where the Turtle is wrong."""

    def __init__(self, turtle: Turtle, iri: Term) -> None:
        self.turtle = turtle
        self.iri = iri
        self.tag = str(turtle.value(iri, KH.language) or "")
        self.folding = self._folding()
        self._made: dict[tuple[object, ...], Words] = {}  # what forms of one lemma and meaning share

    def read(self) -> Language:
        """The language, checked whole; raises KnowledgeError."""
        groups = {g.iri: g for g in map(self._words, self.turtle.of_type(KH.Words))}
        forms = {g: tuple(self._forms(g)) for g in groups}
        lexicon, multiwords = self._lexicon(groups, forms)
        return Language(
            tag=self.tag,
            label=str(self.turtle.value(self.iri, RDFS.label) or self.tag),
            letters=re.compile(f"[{self._one(self.iri, KH.script)}]"),
            common_words=self._common(groups, forms),
            phrases=URIRef(self._one(self.iri, KH.phrases)),
            proclitics=self._clitics(KH.Proclitic),
            enclitics=self._clitics(KH.Enclitic),
            opens=tuple(self._pair(self.fold(str(v))) for v in self.turtle.values(self.iri, KH.opens)),
            lexicon=lexicon,
            multiwords=multiwords,
            groups=groups,
            frames={f.iri: f for f in map(self._frame, self.turtle.of_type(SYNSEM.SyntacticFrame))},
            demonym_inflections=tuple(self._inflections(self.turtle.value(self.iri, KH.demonymInflects)))
            or (Inflection("-"),),
            name_inflections=tuple(self._inflections(self.turtle.value(self.iri, KH.nameInflects))),
            name_endings=endings(self._inflections(self.turtle.value(self.iri, KH.nameInflects))),
            adjective_endings=endings(self._inflections(self.turtle.value(self.iri, KH.adjectiveInflects))),
            shapes=self._shapes(),
            abbreviations=frozenset(str(v).casefold() for v in self.turtle.values(self.iri, KH.abbreviation)),
            adverbials=tuple(self.fold(str(v)) for v in self.turtle.values(self.iri, KH.adverbEnding)),
            splits=tuple(str(v).casefold() for v in self.turtle.values(self.iri, KH.splits)),
            folding=self.folding,
        )

    def fold(self, text: str) -> str:
        return text.casefold().translate(self.folding)

    def _folding(self) -> dict[int, str | None]:
        table: dict[int, str | None] = {}
        for dropped in self.turtle.values(self.iri, KH.ignores):
            table.update({ord(c): None for c in str(dropped)})
        for pair in self.turtle.values(self.iri, KH.folds):
            source, target = self._pair(str(pair))
            table.update({ord(c): target for c in source})
        return table

    def _pair(self, text: str) -> tuple[str, str]:
        source, arrow, target = text.partition(">")
        if not arrow:
            raise self._wrong(self.iri, f"has the rule {text!r} without '>'", "write it as 'from>to'")
        return source.strip(), target.strip()

    def _shapes(self) -> dict[URIRef, re.Pattern[str]]:
        named = (
            KH.verbShape, KH.surelyVerbShape, KH.nounShape, KH.nameShape, KH.surnameShape, KH.genitiveShape,
            KH.adjectiveShape, KH.surelyAdjectiveShape,
        )  # fmt: skip
        return {
            p: re.compile("|".join(str(v) for v in self.turtle.values(self.iri, p)) or r"(?!)") for p in named
        }

    def _clitics(self, cls: URIRef) -> dict[str, Clitic]:
        found = []
        for subject in self.turtle.of_type(cls):
            features = frozenset(URIRef(str(f)) for f in self.turtle.values(subject, KH.feature))
            expands = tuple(
                self.fold(str(v)) for v in self.turtle.items(self.turtle.value(subject, KH.expands))
            )
            role = URIRef(self._one(subject, KH.role))
            rank = int(str(self.turtle.value(subject, KH.rank) or 0))
            for form in self.turtle.values(subject, KH.form):
                found.append(Clitic(self.fold(str(form)), role, rank, features, expands))
        return {c.text: c for c in sorted(found, key=lambda c: (-len(c.text), c.text))}

    def _words(self, subject: Term) -> Words:
        iris = {
            p: tuple(URIRef(str(v)) for v in self.turtle.values(subject, p))
            for p in (
                LEXINFO.partOfSpeech,
                ONTOLEX.denotes,
                KH.marks,
                SYNSEM.synBehavior,
                KH.feature,
                KH.unit,
            )
        }
        number = self.turtle.value(subject, KH.number)
        return Words(
            iri=URIRef(str(subject)),
            speech=next(iter(iris[LEXINFO.partOfSpeech]), None),
            denotes=next(iter(iris[ONTOLEX.denotes]), None),
            marks=next(iter(iris[KH.marks]), None),
            frames=iris[SYNSEM.synBehavior],
            features=frozenset(iris[KH.feature]),
            number=int(str(number)) if number is not None else None,
            unit=next(iter(iris[KH.unit]), None),
        )

    def _forms(self, group: URIRef) -> Iterator[tuple[str, str, Inflection]]:
        """Every form, unfolded, with its lemma: each principal part through its part of the paradigm."""
        paradigm = self.turtle.value(group, KH.inflects)
        parts = self.turtle.items(self.turtle.value(paradigm, KH.parts)) if paradigm is not None else []
        for written in self.turtle.values(group, KH.form):
            yield str(written), "", Inflection("-")
        inflections = [tuple(self._inflections(part)) for part in parts]
        for principal in self.turtle.values(group, KH.principalParts):
            stems = str(principal).split()
            if len(stems) != len(parts):
                raise self._wrong(
                    group,
                    f"gives {len(stems)} principal parts in {str(principal)!r}",
                    f"give {len(parts)}, as its paradigm asks",
                )
            for rules, stem in zip(inflections, stems, strict=True):
                for rule in rules:
                    for form in inflect(stem, (rule.affix,)):
                        yield form, stems[0], rule

    def _inflections(self, part: Term | None) -> Iterator[Inflection]:
        """The rules of a part of a paradigm: its own, then those that its kh:forms group by meaning."""
        if part is None:
            return
        for node in (part, *self.turtle.values(part, KH.forms)):
            cases = frozenset(URIRef(str(c)) for c in self.turtle.values(node, LEXINFO.case))
            gender, marks = self._iri(node, LEXINFO.gender), self._iri(node, KH.marks)
            number = self._iri(node, LEXINFO.number)
            for affix in self.turtle.values(node, KH.affix):
                yield Inflection(str(affix), cases, gender, marks, number)

    def _lexicon(
        self, groups: Mapping[URIRef, Words], forms: Mapping[URIRef, tuple[tuple[str, str, Inflection], ...]]
    ) -> tuple[dict[str, tuple[Words, ...]], dict[str, tuple[tuple[tuple[str, ...], Words], ...]]]:
        single: defaultdict[str, dict[URIRef, Words]] = defaultdict(dict)
        several: defaultdict[str, dict[tuple[tuple[str, ...], URIRef], Words]] = defaultdict(dict)
        for iri, group in groups.items():
            for form, lemma, inflection in forms[iri]:
                words = tuple(self.fold(form).split())
                if len(words) == 1:
                    known = single[words[0]].get(iri)
                    single[words[0]][iri] = self._formed(known or group, known, lemma, inflection)
                elif words:
                    known = several[words[0]].get((words, iri))
                    several[words[0]][words, iri] = self._formed(known or group, known, lemma, inflection)
        longest_first = {
            first: tuple(sorted(((k[0], g) for k, g in found.items()), key=lambda x: -len(x[0])))
            for first, found in several.items()
        }
        return {word: tuple(found.values()) for word, found in single.items()}, longest_first

    def _formed(self, group: Words, known: Words | None, lemma: str, inflection: Inflection) -> Words:
        """The words of GROUP in one form; a form that two rules make may stand in the cases of both."""
        if inflection == Inflection("-") and not lemma:
            return group
        numbers = frozenset(filter(None, (inflection.number,)))
        if known is not None and known.lemma:
            if inflection.cases <= known.cases and numbers <= known.numbers:
                return known
            return replace(known, cases=known.cases | inflection.cases, numbers=known.numbers | numbers)
        key = group.iri, lemma, inflection.cases, numbers, inflection.marks
        made = self._made.get(key)
        if made is None:
            marks = inflection.marks or group.marks
            made = self._made[key] = replace(
                group, lemma=self.fold(lemma), cases=inflection.cases, numbers=numbers, marks=marks
            )
        return made

    def _common(
        self, groups: Mapping[URIRef, Words], forms: Mapping[URIRef, tuple[tuple[str, str, Inflection], ...]]
    ) -> frozenset[str]:
        functional = (g for g in groups.values() if KH.functional in g.features)
        return frozenset(self.fold(f) for g in functional for f, _, _ in forms[g.iri] if " " not in f)

    def _frame(self, subject: Term) -> Frame:
        confidence = self.turtle.value(subject, KH.confidence)
        return Frame(
            iri=URIRef(str(subject)),
            states=URIRef(self._one(subject, KH.states)),
            elements=tuple(self._elements(subject, self.turtle.value(subject, KH.order))),
            change=self._iri(subject, KH.change),
            status=self._iri(subject, KH.status),
            implied=self._iri(subject, KH.implies),
            implied_type=self._iri(subject, KH.impliedType),
            enclitic=self._iri(subject, KH.enclitic),
            creates=self._iri(subject, KH.creates),
            features=frozenset(URIRef(str(v)) for v in self.turtle.values(subject, KH.feature)),
            confidence=float(str(confidence)) if confidence is not None else None,
        )

    def _elements(self, frame: Term, head: Term | None, optional: bool = False) -> Iterator[Element]:
        """The members of kh:order: a literal governs the slot or the words that follow it."""
        governors: tuple[str, ...] = ()
        for item in self.turtle.items(head):
            if isinstance(item, Literal):
                if governors:
                    yield Element("words", words=governors, optional=optional)
                governors = tuple(self.fold(w.strip()) for w in str(item).split("|"))
                continue
            inner = self.turtle.value(item, KH.optional)
            if inner is not None and all(isinstance(i, Literal) for i in self.turtle.items(inner)):
                words = (w for literal in self.turtle.items(inner) for w in str(literal).split("|"))
                governors = (*(self.fold(w.strip()) for w in words), "")  # what follows may also stand bare
                continue
            if inner is not None:
                if governors:
                    yield Element("words", words=governors, optional=optional)
                yield from self._elements(frame, inner, optional=True)
            else:
                yield self._element(frame, item, governors, optional)
            governors = ()
        if governors:
            yield Element("words", words=governors, optional=optional)

    def _element(self, frame: Term, item: Term, governors: tuple[str, ...], optional: bool) -> Element:
        if item == KH.head:
            return Element("head", governors=governors)
        if item == KH.quote:
            return Element("quote", slot=KH.object, governors=governors, optional=optional)
        slot = self.turtle.value(item, KH.slot) or item
        near = KH.near in self.turtle.values(item, KH.feature)
        if slot in SLOTS:
            types = tuple(URIRef(str(t)) for t in self.turtle.values(item, KH.type))
            anywhere = KH.anywhere in self.turtle.values(item, KH.feature)
            cases = frozenset(URIRef(str(c)) for c in self.turtle.values(item, LEXINFO.case))
            return Element(
                "slot",
                URIRef(str(slot)),
                types,
                governors,
                optional=optional,
                anywhere=anywhere,
                indefinite=KH.indefinite in self.turtle.values(item, KH.feature),
                near=near,
                cases=cases,
            )
        if self.turtle.subjects.get(slot):
            return Element(
                "words", group=URIRef(str(slot)), governors=governors, optional=optional, near=near
            )
        problem = f"orders {self.turtle.short(item)}, which is no slot and no words of this language"
        fix = "use kh:subject, kh:object, kh:when, kh:place, kh:quote, kh:head, or words declared here"
        raise self._wrong(frame, problem, fix)

    def _iri(self, subject: Term, predicate: URIRef) -> URIRef | None:
        value = self.turtle.value(subject, predicate)
        return URIRef(str(value)) if value is not None else None

    def _one(self, subject: Term, predicate: URIRef) -> str:
        value = self.turtle.value(subject, predicate)
        if value is None:
            short = self.turtle.short(predicate)
            raise self._wrong(subject, f"has no {short}", f"add {short}")
        return str(value)

    def _wrong(self, subject: Term, problem: str, fix: str) -> KnowledgeError:
        return KnowledgeError(where=self.turtle.place(subject), problem=problem, fix=fix)


def inflect(stem: str, affixes: Iterable[str]) -> Iterator[str]:
    """The forms of STEM under affix rules such as "-ت" (add), "ي>ت-" (change its start) or "-ый>ого".

    The hyphen stands for the stem; "a>b" on either side replaces a by b, and the rule makes no form
    of a stem that lacks a.
    """
    for affix in affixes:
        left, _, right = affix.partition("-")
        form = stem
        for rule, at_end in ((left, False), (right, True)):
            old, arrow, new = rule.partition(">")
            if not arrow:
                old, new = "", rule
            if at_end:
                if not form.endswith(old):
                    break
                form = form[: len(form) - len(old)] + new
            else:
                if not form.startswith(old):
                    break
                form = new + form[len(old) :]
        else:
            yield form


def endings(rules: Iterable[Inflection]) -> dict[str, tuple[tuple[str, Inflection], ...]]:
    """Affix rules that change an ending, by the ending they make; the others say nothing of it."""
    found: defaultdict[str, list[tuple[str, Inflection]]] = defaultdict(list)
    for rule in rules:
        left, _, right = rule.affix.partition("-")
        old, arrow, new = right.partition(">")
        if not left and right:
            found[new if arrow else right].append((old if arrow else "", rule))
    return {ending: tuple(pairs) for ending, pairs in found.items()}


def bases(
    form: str, rules: Mapping[str, tuple[tuple[str, Inflection], ...]]
) -> Iterator[tuple[str, Inflection]]:
    """What FORM may be made of by those rules, the longest ending first."""
    for cut in range(min(LONGEST_ENDING, len(form) - 1), -1, -1):
        stem = form[: len(form) - cut]
        for old, rule in rules.get(form[len(stem) :], ()):
            yield stem + old, rule


def read_languages(turtles: Iterable[Turtle]) -> dict[str, Language]:
    """The languages, one a Turtle file, by tag; raises KnowledgeError."""
    languages: dict[str, Language] = {}
    for turtle in turtles:
        for iri in turtle.of_type(KH.Language):
            language = LanguageReader(turtle, iri).read()
            languages[language.tag] = language
    return languages
