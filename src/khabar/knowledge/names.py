"""NameIndex: the gazetteer's names as one language writes them, found by their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from rdflib import URIRef

from khabar.knowledge.gazetteer import Entry, Gazetteer
from khabar.knowledge.inflection import inflect
from khabar.knowledge.language import Judged, Language
from khabar.knowledge.memo import Memo
from khabar.knowledge.ontology import Ontology
from khabar.vocab import LEXINFO

_OBLIQUE: Final = frozenset(
    LEXINFO[f"{case}Case"] for case in ("genitive", "dative", "accusative", "instrumental", "locative")
)


class Name(NamedTuple):
    """One way to write the name of one thing."""

    words: tuple[str, ...]  # folded
    iri: URIRef
    type: URIRef
    kind: str  # "label", "alternative", "hidden", "demonym" or "acronym"
    cases: frozenset[URIRef] = frozenset()  # that this form of it may stand in; empty: it does not tell


@dataclass(frozen=True)
class NameIndex:
    """Names by their first folded word, the longest first."""

    by_first: Mapping[str, tuple[Name, ...]]
    given_names: frozenset[str]
    particles: frozenset[str]
    given_forms: Mapping[str, bool]  # a folded word -> whether it is a form of a given name
    inflects: Mapping[str, bool]  # a folded word -> whether other forms of it are given names
    doubtful: frozenset[str]  # given names that are words too, as printed: they count where a name is awaited
    marked: Mapping[
        str, Name
    ]  # by spelling, where that has marks which other things of the name lack: «عمّان»
    entries: Mapping[URIRef, Entry] = field(repr=False, compare=False)  # of the gazetteer
    _cases: dict[URIRef, dict[tuple[str, ...], frozenset[URIRef]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    # What is made of each folded word; filled as articles are read, emptied when it grows too large.
    judged: dict[str, Judged] = field(default_factory=dict, repr=False, compare=False)

    def without_particle(self, word: str) -> str:
        """The folded last name without the particle that a hyphen joins to it: "rashid" of "al-rashid"."""
        prefix, _, rest = word.partition("-")
        return rest if rest and prefix in self.particles else word

    def longest(self, words: Sequence[str], start: int, first: str) -> Name | None:
        """The longest name at WORDS[start], whose first word (perhaps without clitics) is FIRST."""
        following = words[start + 1] if start + 1 < len(words) else None
        for name in self.by_first.get(first, ()):
            more = name.words[1:]
            if not more or following == more[0] and tuple(words[start + 1 : start + 1 + len(more)]) == more:
                return name
        return None

    def inflected(self, name: Name, language: Language) -> Name:
        """NAME with the cases that its form may stand in, which are worked out when they are asked for."""
        if name.cases or not language.name_endings or name.kind == "acronym":
            return name
        if name.iri not in self._cases:
            self._cases[name.iri] = _cases(self.entries[name.iri], language)
        return name._replace(cases=self._cases[name.iri].get(name.words, frozenset()))


class NameIndexes(Mapping[str, NameIndex]):
    """The index of each language by tag, made when it is first asked for: most builds read one language."""

    def __init__(self, gazetteer: Gazetteer, languages: Mapping[str, Language], ontology: Ontology) -> None:
        self._gazetteer = gazetteer
        self._languages = languages
        self._ontology = ontology
        self._made: dict[str, NameIndex] = {}

    def __getitem__(self, tag: str) -> NameIndex:
        if tag not in self._made:
            self._made[tag] = index_names(self._gazetteer, self._languages[tag], self._ontology)
        return self._made[tag]

    def __iter__(self) -> Iterator[str]:
        return iter(self._languages)

    def __len__(self) -> int:
        return len(self._languages)


def index_names(gazetteer: Gazetteer, language: Language, ontology: Ontology) -> NameIndex:
    """The index of one language; a name of two things goes to the first in the gazetteer."""
    found: defaultdict[str, dict[tuple[str, ...], Name]] = defaultdict(dict)
    marked: dict[str, Name] = {}
    for text, iri, kind in gazetteer.names(language.tag):
        if kind == "label" and " " not in text and any(language.folding.get(ord(c), c) is None for c in text):
            words = _words(language.fold(text), language)
            marked[str(text)] = Name(words, iri, gazetteer.entries[iri].type, kind)
        for spelling, cases in _spellings(text, kind, language):
            words = _words(spelling, language)
            if words:
                name = Name(words, iri, gazetteer.entries[iri].type, kind, cases)
                found[words[0]].setdefault(words, name)
    given = frozenset(language.fold(n) for n in gazetteer.given_names(language.tag))
    return NameIndex(
        by_first={w: tuple(sorted(n.values(), key=lambda n: -len(n.words))) for w, n in found.items()},
        doubtful=gazetteer.given_names(language.tag, ambiguous=True) - gazetteer.given_names(language.tag),
        given_names=given,
        given_forms=Memo(lambda word: any(base in given for base, _ in language.name_bases(word))),
        inflects=Memo(lambda word: any(f != word and f in given for f, _ in language.name_forms(word))),
        particles=frozenset(language.fold(n) for n in gazetteer.particles(language.tag)),
        marked=marked,
        entries=gazetteer.entries,
    )


def _words(text: str, language: Language) -> tuple[str, ...]:
    if text.isalpha():
        return (language.fold(text),)
    return tuple(language.fold(text[a:b]) for a, b in language.words(text))


def _spellings(text: str, kind: str, language: Language) -> Iterator[tuple[str, frozenset[URIRef]]]:
    """A name as it stands; an adjective of nationality in all its forms, with their cases."""
    if kind != "demonym":
        yield text, frozenset()
        return
    for form, inflection in inflect(text, language.demonym_inflections):
        yield form, inflection.cases


def _cases(entry: Entry, language: Language) -> dict[tuple[str, ...], frozenset[URIRef]]:
    """The cases of each name and hidden form of one thing; one without forms does not inflect."""
    names = [_words(n, language) for n in (*entry.labels, *entry.alternatives) if n.language == language.tag]
    forms = [_words(n, language) for n in entry.hidden if n.language == language.tag]
    nominative = frozenset({LEXINFO.nominativeCase})
    found: dict[tuple[str, ...], frozenset[URIRef]] = {}
    for form in forms:
        found[form] = _OBLIQUE
        for name in names:
            if len(name) == len(form) and (cases := _derived(form, name, language)):
                found[form] = cases
                # «Варшаву» is an accusative of its own, so «Варшава» is none; «Казахстан» is both.
                own = cases == frozenset({LEXINFO.accusativeCase})
                both = nominative if own else nominative | {LEXINFO.accusativeCase}
                found[name] = found.get(name, both) & both
    return found


def _derived(form: Sequence[str], name: Sequence[str], language: Language) -> frozenset[URIRef]:
    """The cases in which NAME becomes FORM; none where some word of it could not become the other."""
    common = _OBLIQUE
    for word, base in zip(form, name, strict=True):
        if word != base:
            cases = [i.cases for b, i in language.name_bases(word) if b == base]
            common &= frozenset().union(*cases)
    return common
