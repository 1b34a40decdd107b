"""Turtle to languages: builds each from its file, and says where the Turtle is wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from rdflib import Literal, URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.inflection import Inflection, endings, inflect
from khabar.knowledge.language import Clitic, Element, Frame, Language, Words
from khabar.knowledge.turtle import Term, Turtle
from khabar.vocab import KH, LEXINFO, ONTOLEX, RDFS, SYNSEM, interned

SLOTS: Final = frozenset({KH.subject, KH.object, KH.when, KH.place})


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
            phrases=interned(self._one(self.iri, KH.phrases)),
            proclitics=self.clitics(KH.Proclitic),
            enclitics=self.clitics(KH.Enclitic),
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
            sounds=self.sounds(),
        )

    def sounds(self) -> dict[str, str]:
        """Letters, one or more, each with the class of consonants that it sounds like."""
        return dict(self._pair(str(v)) for v in self.turtle.values(self.iri, KH.sounds))

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
            KH.manyShape, KH.fixedNameShape, KH.adjectiveShape, KH.actionShape,
            KH.surelyAdjectiveShape, KH.originShape,
        )  # fmt: skip
        return {
            p: re.compile("|".join(str(v) for v in self.turtle.values(self.iri, p)) or r"(?!)") for p in named
        }

    def clitics(self, cls: URIRef) -> dict[str, Clitic]:
        """The short words of a class that are written on to their neighbours, by their folded text."""
        found = []
        for subject in self.turtle.of_type(cls):
            features = frozenset(interned(str(f)) for f in self.turtle.values(subject, KH.feature))
            expands = tuple(
                self.fold(str(v)) for v in self.turtle.items(self.turtle.value(subject, KH.expands))
            )
            role = interned(self._one(subject, KH.role))
            rank = int(str(self.turtle.value(subject, KH.rank) or 0))
            for form in self.turtle.values(subject, KH.form):
                found.append(Clitic(self.fold(str(form)), role, rank, features, expands))
        return {c.text: c for c in sorted(found, key=lambda c: (-len(c.text), c.text))}

    def _words(self, subject: Term) -> Words:
        iris = {
            p: tuple(interned(str(v)) for v in self.turtle.values(subject, p))
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
            iri=interned(str(subject)),
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
                for form, rule in inflect(stem, rules):
                    yield form, stems[0], rule

    def _inflections(self, part: Term | None) -> Iterator[Inflection]:
        """The rules of a part of a paradigm: its own, then those that its kh:forms group by meaning."""
        if part is None:
            return
        for node in (part, *self.turtle.values(part, KH.forms)):
            cases = frozenset(interned(str(c)) for c in self.turtle.values(node, LEXINFO.case))
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
            iri=interned(str(subject)),
            states=interned(self._one(subject, KH.states)),
            elements=tuple(self._elements(subject, self.turtle.value(subject, KH.order))),
            change=self._iri(subject, KH.change),
            status=self._iri(subject, KH.status),
            implied=self._iri(subject, KH.implies),
            implied_type=self._iri(subject, KH.impliedType),
            enclitic=self._iri(subject, KH.enclitic),
            creates=self._iri(subject, KH.creates),
            features=frozenset(interned(str(v)) for v in self.turtle.values(subject, KH.feature)),
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
            types = tuple(interned(str(t)) for t in self.turtle.values(item, KH.type))
            anywhere = KH.anywhere in self.turtle.values(item, KH.feature)
            cases = frozenset(interned(str(c)) for c in self.turtle.values(item, LEXINFO.case))
            return Element(
                "slot",
                interned(str(slot)),
                types,
                governors,
                optional=optional,
                anywhere=anywhere,
                indefinite=KH.indefinite in self.turtle.values(item, KH.feature),
                definite=KH.definite in self.turtle.values(item, KH.feature),
                near=near,
                national=KH.demonymic in self.turtle.values(item, KH.feature),
                cases=cases,
            )
        if self.turtle.subjects.get(slot):
            return Element(
                "words", group=interned(str(slot)), governors=governors, optional=optional, near=near
            )
        problem = f"orders {self.turtle.short(item)}, which is no slot and no words of this language"
        fix = "use kh:subject, kh:object, kh:when, kh:place, kh:quote, kh:head, or words declared here"
        raise self._wrong(frame, problem, fix)

    def _iri(self, subject: Term, predicate: URIRef) -> URIRef | None:
        value = self.turtle.value(subject, predicate)
        return interned(str(value)) if value is not None else None

    def _one(self, subject: Term, predicate: URIRef) -> str:
        value = self.turtle.value(subject, predicate)
        if value is None:
            short = self.turtle.short(predicate)
            raise self._wrong(subject, f"has no {short}", f"add {short}")
        return str(value)

    def _wrong(self, subject: Term, problem: str, fix: str) -> KnowledgeError:
        return KnowledgeError(where=self.turtle.place(subject), problem=problem, fix=fix)


def read_languages(turtles: Iterable[Turtle]) -> dict[str, Language]:
    """The languages, one a Turtle file, by tag; raises KnowledgeError."""
    languages: dict[str, Language] = {}
    for turtle in turtles:
        for iri in turtle.of_type(KH.Language):
            language = LanguageReader(turtle, iri).read()
            languages[language.tag] = language
    return languages
