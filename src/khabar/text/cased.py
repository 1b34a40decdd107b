"""What capitals and the words beside it tell of one word of English."""

from __future__ import annotations

from typing import Final

from khabar.text.line import LONGEST, Line
from khabar.vocab import KH, LEXINFO

_COUNT: Final = 3  # tokens of "53-member"

_APOSTROPHES: Final = frozenset("'’")  # after a plural: "ministers' council"
CLAUSAL: Final = frozenset({LEXINFO.verb, LEXINFO.auxiliary})


def past_determiners(line: Line, i: int) -> int:
    """One past the determiners at I, if any stand there, and "53-member"."""
    while i < len(line) and line.has(i, KH.determines) and not line.has(i, KH.genitive):
        i += 1
    return past_count(line, i)


def past_count(line: Line, i: int) -> int:
    """One past a number and the noun tied to it that tell how large a body is ("15-nation"), or I."""
    if i + _COUNT >= len(line) or line.lexemes[i].token.kind != "number" or line.surface(i + 1) != "-":
        return i
    number, dash, noun = (line.lexemes[k].token for k in range(i, i + _COUNT))
    tied = number.span.end == dash.span.start and dash.span.end == noun.span.start
    return i + _COUNT if tied and noun.kind == "word" and noun.surface.islower() else i


def capitalised(line: Line, i: int) -> bool:
    """Whether the word at I begins with a capital letter."""
    return line.surface(i)[:1].isupper()


def unknown_name(line: Line, i: int) -> bool:
    """Whether a capitalised word that nobody knows stands at I."""
    return capitalised(line, i) and not line.lexemes[i].known and not in_name(line, i)


def in_name(line: Line, i: int) -> bool:
    """Whether the word at I belongs to a name that the gazetteer has."""
    return any(k in line.names and i < line.names[k][1] for k in range(max(0, i - LONGEST), i + 1))


def asks_verb(line: Line, i: int) -> bool:
    """Whether only a verb can stand at I: "to finance", "will finance"."""
    return i > 0 and (helps(line, i - 1) or line.has(i - 1, KH.to))


def verb_shaped(line: Line, i: int) -> bool:
    """Whether a small word that nobody knows looks like a verb."""
    lexeme = line.lexemes[i]
    shape = line.language.shapes[KH.verbShape]
    return not lexeme.known and not capitalised(line, i) and bool(shape.fullmatch(lexeme.token.folded))


def person_like(line: Line, i: int) -> bool:
    """Whether a given name stands at I."""
    return line.lexemes[i].given and capitalised(line, i) and not line.lexemes[i].known


def starts_person(line: Line, i: int) -> bool:
    """Whether a name begins right after a portfolio: "of Foreign Affairs Askar …"."""
    named = line.has(i - 1, KH.portfolio) and capitalised(line, i) and not line.lexemes[i].known
    return named and not (
        i + 1 < len(line) and line.has(i + 1, KH.portfolio)
    )  # "State | Property Management"


def family_named(line: Line, i: int) -> bool:
    """Whether two words that nobody knows stand at I, the second of them spelt as only last names are."""
    if i + 1 >= len(line) or not (unknown_name(line, i) and unknown_name(line, i + 1)):
        return False
    shape = line.language.shapes[KH.surnameShape]
    return bool(shape.fullmatch(line.lexemes[i + 1].token.folded))


def plural_owner(line: Line, i: int) -> bool:
    """Whether the apostrophe of a plural owner stands at I: "ministers' | council"."""
    return (
        line.surface(i) in _APOSTROPHES
        and i > 0
        and line.surface(i - 1).endswith("s")
        and line.lexemes[i].token.span.start == line.lexemes[i - 1].token.span.end
    )


def is_noun(line: Line, i: int, start: int) -> bool:
    """Whether a word that may also be a verb is a noun here: "a visit", "the host", not "will host"."""
    if i == start and i > 0 and not capitalised(line, i) and (helps(line, i - 1) or line.has(i - 1, KH.to)):
        return line.has(i - 1, KH.copula)  # "you will have to judge"
    if not line.speech(i) & CLAUSAL or capitalised(line, i) and i > 0:
        return True
    office = i + 1 < len(line) and line.has(i + 1, KH.of)  # "Ann Smith, chair of the council"
    return i > start or office or determined(line, i)


def determined(line: Line, i: int) -> bool:
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


def nominal(line: Line, i: int, start: int) -> bool:
    """Whether the word at I may be part of a run of nouns that begins at START."""
    lexeme = line.lexemes[i]
    if lexeme.token.kind == "number":
        return i > start and capitalised(line, i - 1)
    if (
        lexeme.token.kind == "mark"
        or line.has(i, KH.functional)
        or line.has(i, KH.ends)
        or line.has(i, KH.title)
    ):
        return False
    if line.speech(i) & CLAUSAL and not capitalised(line, i):
        return False
    if line.lexemes[i].several is not None and not capitalised(line, i):
        return False
    if not capitalised(line, i) and i > start and capitalised(line, i - 1) and not lexeme.known:
        return False  # "of the Commission members": the name ends here
    return not verb_shaped(line, i)


def helps(line: Line, i: int) -> bool:
    """Whether the word at I may help a verb."""
    return LEXINFO.auxiliary in line.speech(i)


def verbal(line: Line, i: int) -> bool:
    """Whether the word at I may be a verb, or help one."""
    return bool(line.speech(i) & CLAUSAL)


def is_verb(line: Line, i: int) -> bool:
    """Whether a verb ends at I, be it one of two words: "took", "took over"."""
    if LEXINFO.verb in line.speech(i):
        return True
    several = line.lexemes[i - 1].several if i else None
    return several is not None and several[1] == 2 and several[0].speech is LEXINFO.verb
