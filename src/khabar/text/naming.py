"""Names of people in the form that names them: «Сергея Лаврова» is a form of «Сергей Лавров».

The first name, the last name and what governs them tell the case; where they leave it open, a name is
taken as printed.  A language whose names do not inflect gives each name back as it stands.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rdflib import URIRef

from khabar.knowledge.inflection import NOMINATIVE, Inflection
from khabar.knowledge.language import Language
from khabar.knowledge.names import NameIndex
from khabar.vocab import KH, LEXINFO

OBLIQUE: Final = frozenset(
    LEXINFO[f"{case}Case"] for case in ("genitive", "dative", "accusative", "instrumental")
)  # a preposition alone hardly tells a locative from a name that does not inflect


@dataclass(frozen=True, slots=True)
class Base:
    """A name in its base form, and the cases that the form at hand may stand in."""

    words: tuple[str, ...]  # folded
    cases: frozenset[URIRef]  # empty: it does not tell
    known: bool = False  # whether a given name that we know tells them


def base_of(
    words: Sequence[str],
    language: Language,
    names: NameIndex,
    *,
    oblique: frozenset[URIRef] = frozenset(),
) -> Base:
    """The base form of a name of folded WORDS.

    OBLIQUE are the cases that the clause leaves open, where it has ruled the nominative out.
    """
    if not language.name_endings:
        return Base(tuple(words), frozenset())
    telling, readings = _telling(words, language, names, oblique)
    changes = not readings and any(names.inflects[word] for word in words)
    if not readings and oblique and (changes or _surely_inflects(words[-1], language)):
        return Base(tuple(words), NOMINATIVE.cases)  # a name that inflects, and did not
    cases = frozenset().union(*(r.cases for _, r in readings))
    if cases == NOMINATIVE.cases and language.shapes[KH.fixedNameShape].fullmatch(words[telling]):
        return Base(tuple(words), frozenset())  # «по словам | Лукашенко»: it has but one form
    known = telling == 0 and names.given_forms[words[telling]]
    if oblique or LEXINFO.nominativeCase not in cases:
        for base, inflection in readings:
            if inflection.gender is not None:
                inflected = [_agreeing(w, inflection, language) for w in words]
                inflected[telling] = base
                left = cases - {LEXINFO.nominativeCase} if oblique else cases
                return Base(tuple(inflected), left, known)
    return Base(tuple(words), cases, known)


def _telling(
    words: Sequence[str], language: Language, names: NameIndex, open_cases: frozenset[URIRef]
) -> tuple[int, list[tuple[str, Inflection]]]:
    """The word that tells the case, a known first name or else the last one, and what it may be a form of."""
    given = next((k for k, w in enumerate(words) if names.given_forms[w]), len(words) - 1)
    last = len(words) - 1
    if given < last and names.inflects[words[given]] and names.given_forms[words[given]]:
        found_given = list(_readings(words[given], language, names))
        if found_given and all(i is NOMINATIVE for _, i in found_given) and open_cases:
            return given, []  # «президента | Мурат Нуртлеу»: a first name that inflects, and did not
    for k, found in ((given, _readings), (last, _readings), (last, _plain)):
        readings = [x for x in found(words[k], language, names) if not open_cases or x[1].cases & open_cases]
        if readings or not open_cases:
            return k, readings
    return last, []


def _readings(word: str, language: Language, names: NameIndex) -> Iterator[tuple[str, Inflection]]:
    """What WORD may be a form of: names that we know, else what looks like a last name."""
    bases = language.name_bases(word)
    given = [(base, i) for base, i in bases if base in names.given_names]
    if given:
        oblique = [x for x in given if x[1] is not NOMINATIVE]
        # A list may hold the forms of a name beside it: what has forms of its own in it is a name.
        if any(x[1] is NOMINATIVE for x in given) and (not oblique or names.inflects[word]):
            yield word, NOMINATIVE
        yield from oblique
        return
    shape = language.shapes[KH.surnameShape]
    yield from ((base, i) for base, i in bases if shape.fullmatch(base))


def _plain(word: str, language: Language, _names: NameIndex) -> Iterator[tuple[str, Inflection]]:
    """What an unknown name in another case is most likely a form of: one to which an ending was added."""
    for base, inflection in language.name_bases(word):
        if word.startswith(base) and inflection is not NOMINATIVE:
            yield base, inflection


def _surely_inflects(word: str, language: Language) -> bool:
    """Whether WORD is a last name with an ending that other cases replace: «Громов», not «Беридзе»."""
    if not language.shapes[KH.surnameShape].fullmatch(word):
        return False
    endings = (rule.affix[1:].partition(">") for rule in language.name_inflections)
    return any(arrow and ending and word.endswith(ending) for ending, arrow, _ in endings)


def _agreeing(word: str, inflection: Inflection, language: Language) -> str:
    """The base of another word of the name, in the same case and gender if it inflects at all."""
    shape = language.shapes[KH.surnameShape]
    fitting = [
        (base, i)
        for base, i in language.name_bases(word)
        if i is not NOMINATIVE and i.cases & inflection.cases and i.gender == inflection.gender
    ]
    likely = [base for base, _ in fitting if shape.fullmatch(base)]
    return (likely or [base for base, _ in fitting] or [word])[0]


def as_printed(surface: str, words: Sequence[str], language: Language) -> str:
    """The base form WORDS with the letters and capitals of SURFACE where the two agree."""
    printed = surface.split()
    if len(printed) != len(words):
        return surface
    return " ".join(_dressed(p, w, language.fold(p)) for p, w in zip(printed, words, strict=True))


def _dressed(printed: str, word: str, folded: str) -> str:
    if word == folded or len(folded) != len(printed):
        return printed
    same = len(os.path.commonprefix((folded, word)))
    return printed[:same] + word[same:]
