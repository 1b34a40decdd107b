"""Noun phrases as English builds them (kh:capitals).

What belongs to the head stands before it: owners with the possessive, adjectives, nouns, names.  The last
noun that names a class of things is the head ("foreign ministry spokeswoman" is a spokeswoman).  What the
phrase is about follows it with a preposition.  Capitals tell a name from the words around it, so that
"Institute for Polish Affairs" goes on where "committee for years" does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from khabar.knowledge.language import Words
from khabar.text.cased import (
    CLAUSAL,
    asks_verb,
    capitalised,
    determined,
    family_named,
    in_name,
    is_noun,
    is_verb,
    person_like,
    plural_owner,
    unknown_name,
    verb_shaped,
)
from khabar.text.line import LONGEST, Line, Phrase
from khabar.text.topic import about_end, office
from khabar.vocab import KH, LEXINFO

_MODIFIERS: Final = 2  # unknown small nouns in a row before a head: "climate action plan"
_SHORTEST_NAME: Final = 2  # words of a full name
_LONGEST_NAME: Final = 4
_LONGEST_PORTFOLIO: Final = 5  # words between a rank and its post: "deputy | trade and industry | minister"
_TITLED: Final = frozenset({KH.Exhibition, KH.Work, KH.Campaign, KH.Conference, KH.Forum, KH.Event})
_CALLED: Final = _TITLED | {KH.Platform, KH.Organization}


@dataclass(frozen=True, slots=True)
class _Head:
    """A noun phrase as far as its head: tokens [first, last), shown from SHOWN on."""

    first: int
    shown: int
    head: int
    after: int
    last: int  # of a capitalised head, past the capitalised words that follow it
    words: Words


def capitals(line: Line, i: int) -> Phrase | None:
    """The phrase that begins at token I: a run of words with a head noun in it, and what it is about."""
    if (called := line.quoted_name(i)) is not None:
        return _called(line, i, called)
    found = _head(line, i)
    if found is None:
        return None
    if found.words.denotes is KH.Post:
        last, body = office(line, found.last)
        return Phrase(i, last, found.head, found.after, found.words, body, found.shown)
    alone = found.words.denotes is KH.Agent and KH.generic not in found.words.features
    titled = line.quoted_name(found.last) if found.last < len(line) else None
    if titled is not None and found.words.denotes in _TITLED and _title(line, found.last, titled):
        return Phrase(i, titled, found.head, found.after, found.words, None, found.shown)
    last = found.last if alone else about_end(line, found.last, i)
    return Phrase(i, last, found.head, found.after, found.words, None, found.shown)


def _called(line: Line, i: int, end: int) -> Phrase | None:
    """A thing whose name stands in quotation marks before the word for it: the "My Field" | platform."""
    noun = line.noun(end) if end < len(line) else None
    if noun is None or noun[0].denotes not in _CALLED or not _title(line, i, end) or capitalised(line, end):
        return None
    following = noun[1] < len(line) and (line.noun(noun[1]) is not None or line.has(noun[1], KH.genitive))
    return None if following else Phrase(i, noun[1], end, noun[1], noun[0], None, i)


def _title(line: Line, first: int, end: int) -> bool:
    """Whether what stands in quotation marks is a title: it begins large and ends in no comma."""
    return capitalised(line, first + 1) and not line.is_mark(end - 2) and line.surface(first + 1).isalpha()


def _head(line: Line, start: int) -> _Head | None:
    """The longest run from START on that ends in a head noun; None where no noun can be the head."""
    if _somebody_first(line, start):
        return None  # "appointed | Ali Karimov | minister of justice"
    best: _Head | None = None
    owner: _Head | None = None  # what the possessive stands on, if nothing that it owns is a head
    shown, unknown, person = start, 0, False
    i = start
    while i < min(len(line), start + LONGEST) and i not in line.times:
        if line.has(i, KH.genitive) or plural_owner(line, i):
            if i == start or person or (best is not None and best.words.denotes is KH.Post):
                break
            if best is None and unknown_name(line, i - 1) and not _inside_name(line, i):
                break  # "Ann Smith's office": she is somebody, and no part of a name
            if not _inside_name(line, i):
                shown = i + 1
            owner, best, i = best or owner, None, i + 1
            continue
        if line.is_mark(i):
            break
        if i in line.names and not _is_head(line, i, start):
            if best is not None:
                break
            i, unknown = line.names[i][1], 0
            continue
        noun = line.noun(i)
        if noun is not None and is_noun(line, i, start):
            best = _Head(start, min(shown, i), i, noun[1], noun[1], noun[0])
            i, unknown = noun[1], 0
            continue
        if best is not None and _ranks(line, best, i):
            best = None  # "deputy finance minister": the minister is the head
        step = _modifier(line, i, start, best, unknown)
        if step is None:
            break
        if best is not None and step:
            if not capitalised(line, i):
                if best.words.denotes is KH.Post and LEXINFO.adjective not in line.speech(best.last - 1):
                    break  # "as president | hours after …", but "its official | website"
                best = None  # "government policies": the noun that follows is the head
            elif i == best.last:
                best = _Head(start, best.shown, best.head, best.after, i + 1, best.words)
        person = person_like(line, i)
        unknown = unknown + 1 if step else 0
        if i == shown and line.has(i, KH.outside):
            shown += 1
        i += 1
    return _grown(line, best or owner)


def _somebody_first(line: Line, start: int) -> bool:
    """Whether the word at START belongs to a name, and right behind the name stands an office."""
    if not unknown_name(line, start):
        return False
    first, end = start, start + 1
    while first > 0 and start - first < _LONGEST_NAME and unknown_name(line, first - 1):
        first -= 1
    while end < len(line) and end - start < _LONGEST_NAME and unknown_name(line, end):
        end += 1
    introduced = person_like(line, first) or first > 0 and line.has(first - 1, KH.introduces)
    if not introduced or end - first < _SHORTEST_NAME or end >= len(line) or not line.lexemes[end].known:
        return False
    office = _head(line, end) if not line.is_mark(end) else None
    return office is not None and office.words.denotes is KH.Post


def _grown(line: Line, best: _Head | None) -> _Head | None:
    """The head, if something told that it is one: "to chair a meeting" has no chair in it."""
    if best is None or best.head in line.times:
        return None
    alone = best.first == best.head
    office = any(KH.office in w.features for w in line.lexemes[best.head].words)
    if (
        office
        and alone
        and best.first > 1
        and line.has(best.first - 1, KH.article)
        and is_verb(line, best.first - 2)
    ):
        return None  # "took the chair of the Dialogue": what was taken is no person
    if best.words.denotes is KH.Organization and _counted(line, best):
        return replace(best, words=line.session(best.head, best.words))
    return best


def _counted(line: Line, best: _Head) -> bool:
    """Whether a number says which one is meant: "the 141st Assembly"."""
    before = range(best.first, best.head)
    return any(line.lexemes[k].token.kind == "number" and line.has(k + 1, KH.ordinalEnding) for k in before)


def _ranks(line: Line, best: _Head, i: int) -> bool:
    """Whether a word that is an adjective, too, ranks the post behind it: "deputy | foreign minister"."""
    if best.words.denotes is not KH.Post or LEXINFO.adjective not in line.speech(best.last - 1):
        return False
    k = i
    while k < min(len(line), i + _LONGEST_PORTFOLIO) and line.noun(k) is None:
        joined = k > i and line.has(k, KH.and_)
        if k in line.names or not (
            joined or line.has(k, KH.portfolio) or LEXINFO.adjective in line.speech(k)
        ):
            return False
        k += 1
    noun = line.noun(k) if i < k < len(line) else None
    return noun is not None and noun[0].denotes is KH.Post


def _is_head(line: Line, i: int, start: int) -> bool:
    """Whether a head noun of several words begins at the name at I and outdoes it."""
    noun = line.noun(i)
    return noun is not None and noun[1] > line.names[i][1] and is_noun(line, i, start)


def _modifier(line: Line, i: int, start: int, best: _Head | None, unknown: int) -> bool | None:
    """Whether the word at I goes before a head: False for an adjective, True for a noun, None if neither."""
    lexeme = line.lexemes[i]
    if lexeme.token.kind == "number":
        ordinal = i + 1 < len(line) and line.has(i + 1, KH.ordinalEnding)
        return False if ordinal or i > start and capitalised(line, i - 1) else None
    if line.has(i, KH.ordinalEnding):
        return False
    if line.lexemes[i].several is not None and not capitalised(line, i):
        return None
    if line.has(i, KH.and_):
        return False if best is None and i > start and _joins_names(line, i) else None
    if LEXINFO.adjective in line.speech(i):
        return None if best is not None and not capitalised(line, i) else False
    if line.has(i, KH.functional) or line.has(i, KH.ends) or line.has(i, KH.title):
        return None
    if capitalised(line, i):
        return _capital_modifier(line, i, best)
    if (
        line.has(i, KH.portfolio)
        and (line.noun(i + 1) if i + 1 < len(line) else None)
        and not asks_verb(line, i)
    ):
        return True  # "as | finance minister"
    if line.speech(i) & CLAUSAL or verb_shaped(line, i):
        return None
    if line.has(i, KH.portfolio):
        return True
    if lexeme.known:
        return None
    if line.language.shapes[KH.adjectiveShape].fullmatch(lexeme.token.folded):
        return None if best is not None else False
    return True if unknown < _MODIFIERS and (i > start or determined(line, i)) else None


def _capital_modifier(line: Line, i: int, best: _Head | None) -> bool | None:
    """A capitalised word goes on with a name, but a person begins after a post or a small head."""
    if line.speech(i) & CLAUSAL and not line.lexemes[i].given and i == 0:
        return None
    if best is None:
        return True
    if best.words.denotes is KH.Post or not capitalised(line, best.head) or line.lexemes[i].given:
        return None
    return None if family_named(line, i) else True  # "Chairman of the Supreme Council | Ulan Bekov"


def _joins_names(line: Line, i: int) -> bool:
    """ "Education and Science Ministry", "trade and integration minister": words of ministries, no names."""
    return (
        i + 1 < len(line)
        and i + 1 not in line.names
        and (line.has(i - 1, KH.portfolio) or LEXINFO.adjective in line.speech(i - 1))
        and (line.has(i + 1, KH.portfolio) or LEXINFO.adjective in line.speech(i + 1))
    )


def _inside_name(line: Line, i: int) -> bool:
    """Whether the possessive at I is part of a name: "Women's Dialogue", not "Egypt's House"."""
    before, after = i - 1, i + 1
    return (
        not in_name(line, before)
        and capitalised(line, before)
        and after < len(line)
        and capitalised(line, after)
    )
