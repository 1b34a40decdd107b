"""What follows the head of a noun phrase in English: what a thing is about, what an office is of."""

from __future__ import annotations

from typing import Final

from khabar.text.cased import (
    CLAUSAL,
    capitalised,
    family_named,
    is_noun,
    nominal,
    past_determiners,
    person_like,
    plural_owner,
    starts_person,
    unknown_name,
    verbal,
)
from khabar.text.line import LONGEST, Line
from khabar.vocab import KH, LEXINFO

_LONGEST_TOPIC: Final = 8  # words of what a phrase is about, between two prepositions


def about_end(line: Line, end: int, start: int) -> int:
    """One past what the phrase is about: "… on women's rights", "… of Foreign Affairs and Trade"."""
    about = False
    while end < len(line) and end - start < LONGEST:
        if (quoted := line.quoted_name(end)) is not None and topical(line, end - 1):
            return quoted
        inside = about and _within(line, end)
        if not (topical(line, end) or inside):
            return end
        about = True
        after = _topic(line, end + 1)
        if after is None:
            return end
        end = after
    return end


def topical(line: Line, i: int) -> bool:
    """Whether the preposition at I leads on to what a thing is about."""
    if not line.has(i, KH.extends):
        return False
    several = line.lexemes[i].several
    return several is None or KH.extends in several[0].features


def _within(line: Line, i: int) -> bool:
    """Whether the preposition of place at I stays inside a topic: "on women in technology", not "in Oslo"."""
    if not line.has(i, KH.locative) or i + 1 >= len(line) or i + 1 in line.times:
        return False
    return not capitalised(line, i + 1) and line.noun(i + 1) is None and nominal(line, i + 1, i + 1)


def _topic(line: Line, i: int) -> int | None:
    """One past the nouns at I, with those joined to them; None where nothing there can be a topic."""
    i = past_determiners(line, i)
    if i >= len(line) or i in line.times or line.has(i, KH.next) or line.has(i, KH.last):
        return None  # "the committee for the | next six months"
    if (quoted := line.quoted_name(i)) is not None:
        return quoted
    end = _nouns(line, i)
    if end is None:
        return None
    while end + 1 < len(line) and (line.has(end, KH.and_) or _listed(line, end)):
        following = past_determiners(line, end + 1)
        another = (
            following > end + 1 and line.noun(following) is not None
        )  # "… of Norway and the | Government of …"
        more = _nouns(line, following) if _may_join(line, end, following) and not another else None
        if more is None or more < len(line) and verbal(line, more) and not _one_name(line, i, end, more):
            return end
        end = more
    return end


def _one_name(line: Line, start: int, end: int, last: int) -> bool:
    """Whether a portfolio goes on behind "and" to the body of both: "Water | and Energy Committee"."""
    bare = line.has(end - 1, KH.portfolio) and all(line.noun(k) is None for k in range(start, end))
    return bare and capitalised(line, end - 1) and line.noun(last - 1) is not None


def _nouns(line: Line, start: int) -> int | None:
    """One past the run of nouns and adjectives at START; None where a person or nothing stands there."""
    i = start
    while i < len(line) and i - start < _LONGEST_TOPIC and i not in line.times:
        if i in line.names:
            if i > start and not capitalised(line, i - 1) and line.names[i][0].kind != "demonym":
                break
            country, i = (
                line.names[i][0].type is KH.Country and line.names[i][0].kind != "demonym",
                line.names[i][1],
            )
            if (
                country
                and i < len(line)
                and i not in line.names
                and unknown_name(line, i)
                and line.noun(i) is None
            ):
                break  # "… of the Republic of Norway | Ann Smith"
            continue
        noun = line.noun(i)
        if noun is not None and noun[0].denotes is KH.Post:
            return None if i == start or _whole(line, start, i) else start
        if noun is not None and is_noun(line, i, start):
            i = noun[1]
            continue
        if i > start and (line.has(i, KH.genitive) or plural_owner(line, i)):
            if i + 1 == len(line) or capitalised(line, i - 1) != capitalised(line, i + 1):
                break  # "the Commission for Glaciers' report" is about no report
            i += 1
            continue
        if not nominal(line, i, start) or i > start and family_named(line, i):
            break
        if person_like(line, i) or i > start and starts_person(line, i):
            return i if i > start and line.has(i - 1, KH.portfolio) else None
        i += 1
    return i if i > start else None


def _whole(line: Line, start: int, post: int) -> bool:
    """Whether all that stands before a post belongs to it: "of Belarusian President …" is no topic."""
    return all(
        k in line.names or LEXINFO.adjective in line.speech(k) or capitalised(line, k)
        for k in range(start, post)
    )


def _may_join(line: Line, conjunction: int, i: int) -> bool:
    """Whether what follows "and" at I is more of the topic: no country, no other thing, nobody."""
    if i >= len(line) or i in line.times or line.is_mark(i):
        return False
    if i in line.names and line.names[i][0].kind != "demonym":
        return False
    noun = line.noun(i)
    if noun is not None and not capitalised(line, i):
        return False
    capital = capitalised(line, conjunction - 1)
    return capitalised(line, i) == capital and not line.speech(i) & CLAUSAL and not line.lexemes[i].given


def office(line: Line, end: int) -> tuple[int, int | None]:
    """One past the words of a post whose noun ends at END, and where its body begins.

    "minister of education | of | Finland"
    """
    while end + 1 < len(line) and topical(line, end):
        start = past_determiners(line, end + 1)
        portfolio = portfolio_end(line, start)
        if portfolio is None:
            return end, start if line.has(end, KH.of) or line.has(end, KH.at) else None
        end = portfolio
    start = past_determiners(line, end + 1) if end + 1 < len(line) else len(line)
    if start < len(line) and line.has(end, KH.locative) and not line.has(end, KH.at):
        return end, start
    if start < len(line) and line.has(end, KH.to):
        sent = start in line.names and line.names[start][0].type is KH.Country
        return (
            (line.names[start][1], None) if sent else (end, start)
        )  # an envoy to Norway is in no body of it
    return end, None


def portfolio_end(line: Line, start: int) -> int | None:
    """One past the last word of a portfolio ("foreign affairs", "Emigration and Expatriate Affairs")."""
    end: int | None = None
    opened, listed = True, False  # whether a word that nobody knows may be one of the portfolio
    for i in range(start, min(len(line), start + _LONGEST_TOPIC)):
        demonym = i in line.names and line.names[i][0].kind == "demonym"
        if i in line.times or i in line.names and not demonym or person_like(line, i):
            break
        if line.has(i, KH.portfolio):
            end, opened = i + 1, False
        elif line.has(i, KH.and_):
            opened = i + 1 < len(line) and capitalised(line, i + 1) == capitalised(line, i - 1)
        elif i == end and _listed(line, i):
            opened = listed = True
        elif listed and i == end and capitalised(line, i) and i + 1 < len(line) and line.is_mark(i + 1):
            return i + 1  # "…, Integration and Business | Delivery,": no name is one word
        elif line.noun(i) and i == end:
            return None  # "chair of the Foreign Affairs Committee"
        elif not opened or line.noun(i) or not (demonym or nominal(line, i, start)):
            break
    if end is not None and end < len(line) and line.has(end, KH.genitive):
        return None  # "chair of the Women's Dialogue"
    return end


def _listed(line: Line, comma: int) -> bool:
    """Whether the comma joins portfolios in a list: "of Health, | Labour and Family"."""
    if comma + 2 >= len(line) or line.surface(comma) != ",":
        return False
    first = comma + 1 + (LEXINFO.adjective in line.speech(comma + 1))  # ", | International Business and …"
    both = line.has(comma - 1, KH.portfolio) and line.has(first, KH.portfolio)
    return both and any(line.has(k, KH.and_) for k in range(first + 1, min(len(line), first + 4)))
