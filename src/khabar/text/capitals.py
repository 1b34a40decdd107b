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
from khabar.text.line import LONGEST, Line, Phrase
from khabar.vocab import KH, LEXINFO

_MODIFIERS: Final = 2  # unknown small nouns in a row before a head: "climate action plan"
_APOSTROPHES: Final = frozenset("'’")  # after a plural: "ministers' council"
_LONGEST_PORTFOLIO: Final = 5  # words between a rank and its post: "deputy | trade and industry | minister"
_LONGEST_TOPIC: Final = 8  # words of what a phrase is about, between two prepositions
_TITLED: Final = frozenset({KH.Exhibition, KH.Work, KH.Campaign, KH.Conference, KH.Forum, KH.Event})
_CALLED: Final = _TITLED | {KH.Platform, KH.Organization}
_CLAUSAL: Final = frozenset({LEXINFO.verb, LEXINFO.auxiliary})


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
        last, body = _office(line, found)
        return Phrase(i, last, found.head, found.after, found.words, body, found.shown)
    alone = found.words.denotes is KH.Agent and KH.generic not in found.words.features
    titled = line.quoted_name(found.last) if found.last < len(line) else None
    if titled is not None and found.words.denotes in _TITLED and _title(line, found.last, titled):
        return Phrase(i, titled, found.head, found.after, found.words, None, found.shown)
    last = found.last if alone else _about(line, found.last, i)
    return Phrase(i, last, found.head, found.after, found.words, None, found.shown)


def _called(line: Line, i: int, end: int) -> Phrase | None:
    """A thing whose name stands in quotation marks before the word for it: the "My Field" | platform."""
    noun = line.noun(end) if end < len(line) else None
    if noun is None or noun[0].denotes not in _CALLED or not _title(line, i, end) or _capital(line, end):
        return None
    following = noun[1] < len(line) and (line.noun(noun[1]) is not None or line.has(noun[1], KH.genitive))
    return None if following else Phrase(i, noun[1], end, noun[1], noun[0], None, i)


def _title(line: Line, first: int, end: int) -> bool:
    """Whether what stands in quotation marks is a title: it begins large and ends in no comma."""
    return _capital(line, first + 1) and not line.is_mark(end - 2) and line.surface(first + 1).isalpha()


# ---------------------------------------------------------------------------------- up to the head
def _head(line: Line, start: int) -> _Head | None:
    """The longest run from START on that ends in a head noun; None where no noun can be the head."""
    best: _Head | None = None
    owner: _Head | None = None  # what the possessive stands on, if nothing that it owns is a head
    shown, unknown, person = start, 0, False
    i = start
    while i < min(len(line), start + LONGEST) and i not in line.times:
        if line.has(i, KH.genitive) or _plural_owner(line, i):
            if i == start or person or (best is not None and best.words.denotes is KH.Post):
                break
            if best is None and _unknown(line, i - 1) and not _inside_name(line, i):
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
        if noun is not None and _is_noun(line, i, start):
            best = _Head(start, min(shown, i), i, noun[1], noun[1], noun[0])
            i, unknown = noun[1], 0
            continue
        if best is not None and _ranks(line, best, i):
            best = None  # "deputy finance minister": the minister is the head
        step = _modifier(line, i, start, best, unknown)
        if step is None:
            break
        if best is not None and step:
            if not _capital(line, i):
                if best.words.denotes is KH.Post and LEXINFO.adjective not in line.speech(best.last - 1):
                    break  # "as president | hours after …", but "its official | website"
                best = None  # "government policies": the noun that follows is the head
            elif i == best.last:
                best = _Head(start, best.shown, best.head, best.after, i + 1, best.words)
        person = _person_like(line, i)
        unknown = unknown + 1 if step else 0
        if i == shown and line.has(i, KH.outside):
            shown += 1
        i += 1
    return _grown(line, best or owner)


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
        and _acts(line, best.first - 2)
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
    return noun is not None and noun[1] > line.names[i][1] and _is_noun(line, i, start)


def _is_noun(line: Line, i: int, start: int) -> bool:
    """Whether a word that may also be a verb is a noun here: "a visit", "the host", not "will host"."""
    if i == start and i > 0 and not _capital(line, i) and (_helps(line, i - 1) or line.has(i - 1, KH.to)):
        return line.has(i - 1, KH.copula)  # "you will have to judge"
    if not line.speech(i) & _CLAUSAL or _capital(line, i) and i > 0:
        return True
    office = i + 1 < len(line) and line.has(i + 1, KH.of)  # "Ann Smith, chair of the council"
    return i > start or office or _determined(line, i)


def _determined(line: Line, i: int) -> bool:
    """Whether what stands before I lets only a noun phrase follow."""
    if i == 0:
        return False
    before = i - 1
    if line.lexemes[before].token.kind != "word":
        return False
    return (
        line.has(before, KH.determines)
        or line.has(before, KH.of)
        or bool(line.speech(before) & {LEXINFO.adjective, LEXINFO.numeral})
        or LEXINFO.preposition in line.speech(before)
        and not line.has(before, KH.to)
    )


def _modifier(line: Line, i: int, start: int, best: _Head | None, unknown: int) -> bool | None:
    """Whether the word at I goes before a head: False for an adjective, True for a noun, None if neither."""
    lexeme = line.lexemes[i]
    if lexeme.token.kind == "number":
        ordinal = i + 1 < len(line) and line.has(i + 1, KH.ordinalEnding)
        return False if ordinal or i > start and _capital(line, i - 1) else None
    if line.has(i, KH.ordinalEnding):
        return False
    if line.lexemes[i].several is not None and not _capital(line, i):
        return None
    if line.has(i, KH.and_):
        return False if best is None and i > start and _joins_names(line, i) else None
    if LEXINFO.adjective in line.speech(i):
        return None if best is not None and not _capital(line, i) else False
    if line.has(i, KH.functional) or line.has(i, KH.ends) or line.has(i, KH.title):
        return None
    if _capital(line, i):
        return _capital_modifier(line, i, best)
    if (
        line.has(i, KH.portfolio)
        and (line.noun(i + 1) if i + 1 < len(line) else None)
        and not _asks_verb(line, i)
    ):
        return True  # "as | finance minister"
    if line.speech(i) & _CLAUSAL or _verb_shape(line, i):
        return None
    if line.has(i, KH.portfolio):
        return True
    if lexeme.known:
        return None
    if line.language.shapes[KH.adjectiveShape].fullmatch(lexeme.token.folded):
        return None if best is not None else False
    return True if unknown < _MODIFIERS and (i > start or _determined(line, i)) else None


def _capital_modifier(line: Line, i: int, best: _Head | None) -> bool | None:
    """A capitalised word goes on with a name, but a person begins after a post or a small head."""
    if line.speech(i) & _CLAUSAL and not line.lexemes[i].given and i == 0:
        return None
    if best is None:
        return True
    if best.words.denotes is KH.Post or not _capital(line, best.head) or line.lexemes[i].given:
        return None
    return True


def _joins_names(line: Line, i: int) -> bool:
    """ "Education and Science Ministry", "trade and integration minister": words of ministries, no names."""
    return (
        i + 1 < len(line)
        and i + 1 not in line.names
        and (line.has(i - 1, KH.portfolio) or LEXINFO.adjective in line.speech(i - 1))
        and (line.has(i + 1, KH.portfolio) or LEXINFO.adjective in line.speech(i + 1))
    )


def _plural_owner(line: Line, i: int) -> bool:
    return (
        line.surface(i) in _APOSTROPHES
        and i > 0
        and line.surface(i - 1).endswith("s")
        and line.lexemes[i].token.span.start == line.lexemes[i - 1].token.span.end
    )


def _inside_name(line: Line, i: int) -> bool:
    """Whether the possessive at I is part of a name: "Women's Dialogue", not "Egypt's House"."""
    before, after = i - 1, i + 1
    return (
        not _in_name(line, before) and _capital(line, before) and after < len(line) and _capital(line, after)
    )


# -------------------------------------------------------------------------------- what follows the head
def _about(line: Line, end: int, start: int) -> int:
    """One past what the phrase is about: "… on women's rights", "… of Foreign Affairs and Trade"."""
    about = False
    while end < len(line) and end - start < LONGEST:
        if (quoted := line.quoted_name(end)) is not None and _topical(line, end - 1):
            return quoted
        inside = about and _within(line, end)
        if not (_topical(line, end) or inside):
            return end
        about = True
        after = _topic(line, end + 1)
        if after is None:
            return end
        end = after
    return end


def _topical(line: Line, i: int) -> bool:
    """Whether the preposition at I leads on to what a thing is about."""
    if not line.has(i, KH.extends):
        return False
    several = line.lexemes[i].several
    return several is None or KH.extends in several[0].features


def _within(line: Line, i: int) -> bool:
    """Whether the preposition of place at I stays inside a topic: "on women in technology", not "in Oslo"."""
    if not line.has(i, KH.locative) or i + 1 >= len(line) or i + 1 in line.times:
        return False
    return not _capital(line, i + 1) and line.noun(i + 1) is None and _nominal(line, i + 1, i + 1)


def _topic(line: Line, i: int) -> int | None:
    """One past the nouns at I, with those joined to them; None where nothing there can be a topic."""
    i = _past_determiners(line, i)
    if i >= len(line) or i in line.times:
        return None
    if (quoted := line.quoted_name(i)) is not None:
        return quoted
    end = _nouns(line, i)
    if end is None:
        return None
    while end + 1 < len(line) and line.has(end, KH.and_):
        following = _past_determiners(line, end + 1)
        another = (
            following > end + 1 and line.noun(following) is not None
        )  # "… of Norway and the | Government of …"
        more = _nouns(line, following) if _may_join(line, end, following) and not another else None
        if more is None or more < len(line) and _verbal(line, more) and not _one_name(line, i, end, more):
            return end
        end = more
    return end


def _one_name(line: Line, start: int, end: int, last: int) -> bool:
    """Whether a portfolio goes on behind "and" to the body of both: "Water | and Energy Committee"."""
    bare = line.has(end - 1, KH.portfolio) and all(line.noun(k) is None for k in range(start, end))
    return bare and _capital(line, end - 1) and line.noun(last - 1) is not None


def _nouns(line: Line, start: int) -> int | None:
    """One past the run of nouns and adjectives at START; None where a person or nothing stands there."""
    i = start
    while i < len(line) and i - start < _LONGEST_TOPIC and i not in line.times:
        if i in line.names:
            if i > start and not _capital(line, i - 1) and line.names[i][0].kind != "demonym":
                break
            country, i = (
                line.names[i][0].type is KH.Country and line.names[i][0].kind != "demonym",
                line.names[i][1],
            )
            if (
                country
                and i < len(line)
                and i not in line.names
                and _unknown(line, i)
                and line.noun(i) is None
            ):
                break  # "… of the Republic of Norway | Ann Smith"
            continue
        noun = line.noun(i)
        if noun is not None and noun[0].denotes is KH.Post:
            return None if i == start or _whole(line, start, i) else start
        if noun is not None and _is_noun(line, i, start):
            i = noun[1]
            continue
        if i > start and (line.has(i, KH.genitive) or _plural_owner(line, i)):
            if i + 1 == len(line) or _capital(line, i - 1) != _capital(line, i + 1):
                break  # "the Commission for Glaciers' report" is about no report
            i += 1
            continue
        if not _nominal(line, i, start):
            break
        if _person_like(line, i) or i > start and _starts_person(line, i):
            return i if i > start and line.has(i - 1, KH.portfolio) else None
        i += 1
    return i if i > start else None


def _whole(line: Line, start: int, post: int) -> bool:
    """Whether all that stands before a post belongs to it: "of Belarusian President …" is no topic."""
    return all(
        k in line.names or LEXINFO.adjective in line.speech(k) or _capital(line, k)
        for k in range(start, post)
    )


def _nominal(line: Line, i: int, start: int) -> bool:
    lexeme = line.lexemes[i]
    if lexeme.token.kind == "number":
        return i > start and _capital(line, i - 1)
    if (
        lexeme.token.kind == "mark"
        or line.has(i, KH.functional)
        or line.has(i, KH.ends)
        or line.has(i, KH.title)
    ):
        return False
    if line.speech(i) & _CLAUSAL and not _capital(line, i):
        return False
    if line.lexemes[i].several is not None and not _capital(line, i):
        return False
    if not _capital(line, i) and i > start and _capital(line, i - 1) and not lexeme.known:
        return False  # "of the Commission members": the name ends here
    return not _verb_shape(line, i)


def _may_join(line: Line, conjunction: int, i: int) -> bool:
    """Whether what follows "and" at I is more of the topic: no country, no other thing, nobody."""
    if i >= len(line) or i in line.times or line.is_mark(i):
        return False
    if i in line.names and line.names[i][0].kind != "demonym":
        return False
    noun = line.noun(i)
    if noun is not None and not _capital(line, i):
        return False
    capital = _capital(line, conjunction - 1)
    return _capital(line, i) == capital and not line.speech(i) & _CLAUSAL and not line.lexemes[i].given


# --------------------------------------------------------------------------------------------- posts
def _office(line: Line, found: _Head) -> tuple[int, int | None]:
    """One past the words of a post, and where its body begins: "minister of education | of | Finland"."""
    end = found.last
    while end + 1 < len(line) and _topical(line, end):
        start = _past_determiners(line, end + 1)
        portfolio = _portfolio(line, start)
        if portfolio is None:
            return end, start if line.has(end, KH.of) or line.has(end, KH.at) else None
        end = portfolio
    start = _past_determiners(line, end + 1) if end + 1 < len(line) else len(line)
    if start < len(line) and line.has(end, KH.locative) and not line.has(end, KH.at):
        return end, start
    if start < len(line) and line.has(end, KH.to):
        sent = start in line.names and line.names[start][0].type is KH.Country
        return (
            (line.names[start][1], None) if sent else (end, start)
        )  # an envoy to Norway is in no body of it
    return end, None


def _portfolio(line: Line, start: int) -> int | None:
    """One past the last word of a portfolio ("foreign affairs", "Emigration and Expatriate Affairs")."""
    end: int | None = None
    opened = True  # whether a word that nobody knows may be one of the portfolio
    for i in range(start, min(len(line), start + _LONGEST_TOPIC)):
        demonym = i in line.names and line.names[i][0].kind == "demonym"
        if i in line.times or i in line.names and not demonym or _person_like(line, i):
            break
        if line.has(i, KH.portfolio):
            end, opened = i + 1, False
        elif line.has(i, KH.and_):
            opened = i + 1 < len(line) and _capital(line, i + 1) == _capital(line, i - 1)
        elif line.noun(i) and i == end:
            return None  # "chair of the Foreign Affairs Committee"
        elif not opened or line.noun(i) or not (demonym or _nominal(line, i, start)):
            break
    if end is not None and end < len(line) and line.has(end, KH.genitive):
        return None  # "chair of the Women's Dialogue"
    return end


# --------------------------------------------------------------------------------------------- words
def _past_determiners(line: Line, i: int) -> int:
    while i < len(line) and line.has(i, KH.determines) and not line.has(i, KH.genitive):
        i += 1
    return i


def _capital(line: Line, i: int) -> bool:
    return line.surface(i)[:1].isupper()


def _unknown(line: Line, i: int) -> bool:
    """Whether a capitalised word that nobody knows stands at I."""
    return _capital(line, i) and not line.lexemes[i].known and not _in_name(line, i)


def _in_name(line: Line, i: int) -> bool:
    """Whether the word at I belongs to a name that the gazetteer has."""
    return any(k in line.names and i < line.names[k][1] for k in range(max(0, i - LONGEST), i + 1))


def _acts(line: Line, i: int) -> bool:
    """Whether a verb ends at I, be it one of two words: "took", "took over"."""
    if LEXINFO.verb in line.speech(i):
        return True
    several = line.lexemes[i - 1].several if i else None
    return several is not None and several[1] == 2 and several[0].speech is LEXINFO.verb


def _helps(line: Line, i: int) -> bool:
    return LEXINFO.auxiliary in line.speech(i)


def _asks_verb(line: Line, i: int) -> bool:
    """Whether only a verb can stand at I: "to finance", "will finance"."""
    return i > 0 and (_helps(line, i - 1) or line.has(i - 1, KH.to))


def _verbal(line: Line, i: int) -> bool:
    return bool(line.speech(i) & _CLAUSAL)


def _verb_shape(line: Line, i: int) -> bool:
    lexeme = line.lexemes[i]
    shape = line.language.shapes[KH.verbShape]
    return not lexeme.known and not _capital(line, i) and bool(shape.fullmatch(lexeme.token.folded))


def _person_like(line: Line, i: int) -> bool:
    """Whether a given name stands at I."""
    return line.lexemes[i].given and _capital(line, i) and not line.lexemes[i].known


def _starts_person(line: Line, i: int) -> bool:
    """Whether a name begins right after a portfolio: "of Foreign Affairs Askar …"."""
    return line.has(i - 1, KH.portfolio) and _capital(line, i) and not line.lexemes[i].known
