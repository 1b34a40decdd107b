"""Noun phrases as Russian builds them (kh:genitive).

Before its head stand adjectives that agree with it, after it a chain of genitives, each with adjectives
of its own, and the prepositions that lead on to what it is about: «Региональный центр ООН по превентивной
дипломатии».  The case of a word ends the chain where the clause goes on: «министр обороны | сообщил».
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rdflib import URIRef

from khabar.knowledge.language import Words
from khabar.text.line import LONGEST, Line, Phrase
from khabar.vocab import KH, LEXINFO

_MOST_ADJECTIVES: Final = 4  # before one noun
_FEWEST_WORDS: Final = 2  # of a name that begins with an adjective
_MOST_LISTED: Final = 2  # genitives of one portfolio in a list
_MOST_OFFICE: Final = 6  # words of an office that somebody holds
_ANIMATE: Final = (KH.Post, KH.Agent)
_COUNTED: Final = (KH.Session, KH.Conference, KH.Forum, KH.Summit, KH.Exhibition, KH.Organization)
_ROMAN: Final = frozenset("IVXL")


def genitive(line: Line, i: int) -> Phrase | None:
    """The phrase that begins at token I with its head or the adjectives before it; a post knows its body."""
    if (counted := _ordinal(line, i)) > i:
        numbered = genitive(line, counted)  # «40-я | сессия»
        event = numbered is not None and numbered.words.denotes in _COUNTED
        if numbered is not None and line.has(numbered.head, KH.membership):
            return replace(numbered, first=i)  # «31-м | членом союза»
        if numbered is None or not event:
            return None
        return replace(numbered, first=i, words=line.session(numbered.head, numbered.words))
    if (acting := _acting(line, i)) is not None:
        # «и. о. министра Петров»: the case of the post no longer tells who holds it.
        held = genitive(line, acting)
        return replace(held, first=i, words=replace(held.words, cases=frozenset())) if held else None
    head = _head(line, i)
    noun = line.noun(head) if head < len(line) else None
    if noun is None or head > i and not _agree(line, i, head, noun[0]):
        return None
    words, after = _one_of_them(line, i, head, noun[0]), noun[1]
    if words.denotes is KH.Post:
        return _post(line, i, head, after, words)
    if (cases := _agreed(line, i, head, words)) != words.cases:
        words = replace(words, cases=cases)
    end = _Chain(line, after, words).end()
    if end == after and words.denotes is KH.Place and KH.generic in words.features:
        return None  # «по | улице»: any of them
    return Phrase(i, end, head, after, words)


def longer_name(line: Line, i: int) -> Phrase | None:
    """The name of another body that begins like one we know: «Африканский союз | лучников»."""
    named = line.names.get(i)
    if named is None or line.language.phrases is not KH.genitive or named[1] - i < _FEWEST_WORDS:
        return None
    head, after = named[1] - 1, named[1]
    noun = line.noun(head)
    if noun is None or noun[0].denotes is not KH.Organization or not _adjective_cases(line, i):
        return None
    if after >= len(line) or not line.surface(after).islower() or line.has(after, KH.functional):
        return None
    end = _Chain(line, after, noun[0]).end()
    return Phrase(i, end, head, after, noun[0]) if end > after else None


def _one_of_them(line: Line, first: int, head: int, words: Words) -> Words:
    """The office where the noun may also mean several: «с поста | главы», not «Главы приехали»."""
    if words.denotes is not KH.Agent or first == 0:
        return words
    post = next((w for w in line.lexemes[head].words if w.denotes is KH.Post), None)
    before, speech = line.lexemes[first - 1], line.speech(first - 1)
    governed = bool(speech & {LEXINFO.noun, LEXINFO.commonNoun, LEXINFO.preposition})
    unknown = before.token.kind == "word" and not before.known and before.token.surface.islower()
    verb = line.language.shapes[KH.verbShape].fullmatch(before.token.folded)
    return post if post is not None and (governed or unknown and not verb) else words


def _ordinal(line: Line, i: int) -> int:
    """One past the number with its ending that begins at I, or I: «40-я», «XII»."""
    number = line.lexemes[i].token.kind == "number" and i not in line.times
    if number and i + 3 < len(line) and line.surface(i + 1) == "-" and line.has(i + 2, KH.ordinalEnding):
        return i + 3
    roman = not line.lexemes[i].known and i not in line.names and _ROMAN.issuperset(line.surface(i))
    return i + 1 if roman and i + 1 < len(line) else i


def _acting(line: Line, i: int) -> int | None:
    """One past the words that say the office is held for the time being: «и. о.», «врио»."""
    several = line.lexemes[i].several
    if several is not None and KH.acting in several[0].features:
        return i + several[1] if i + several[1] < len(line) else None
    return i + 1 if line.has(i, KH.acting) and i + 1 < len(line) else None


def _head(line: Line, i: int) -> int:
    """Where the noun stands after the adjectives at I; some are part of it: «круглый стол»."""
    several = line.lexemes[i].several
    return i if several is not None and several[0].denotes is not None else i + _adjectives(line, i)


def _adjectives(line: Line, i: int) -> int:
    """How many adjectives stand at I on; a word that marks an office as former is none of its name."""
    count = 0
    while i + count < len(line) and count <= _MOST_ADJECTIVES:
        if _is_adjective(line, i + count):
            count += 1
        elif count and _joins_adjectives(line, i + count):
            count += 2
        else:
            break
    return count


def _joins_adjectives(line: Line, i: int) -> bool:
    """Whether «и» joins two adjectives of one noun: «Чрезвычайный и Полномочный Посол»; not two nations."""
    if not line.has(i, KH.and_) or i + 2 >= len(line) or not _is_adjective(line, i + 1):
        return False
    first, second = _adjective_cases(line, i - 1), _adjective_cases(line, i + 1)
    return i - 1 not in line.names and i + 1 not in line.names and bool(first & second)


def _is_adjective(line: Line, i: int) -> bool:
    if i in line.times or line.is_mark(i) or line.lexemes[i].token.kind != "word":
        return False
    if i in line.names:
        return line.names[i][0].kind == "demonym"
    if LEXINFO.adjective in line.speech(i):
        return not any(w.marks for w in line.lexemes[i].words)
    if _is_given(line, i) or i > 0 and line.surface(i)[0].isupper() and _is_given(line, i - 1):
        return False  # «Анны | Громовой»
    return not line.lexemes[i].known and bool(line.language.adjective_cases(line.lexemes[i].token.folded))


def _is_given(line: Line, i: int) -> bool:
    """Whether the word is a form of a given name."""
    if not line.surface(i)[0].isupper():
        return False
    return line.index.given_forms[line.lexemes[i].token.folded]


def _agree(line: Line, start: int, head: int, words: Words) -> bool:
    """Whether the adjectives before the head can stand in one case with it."""
    cases = words.cases
    for k in range(start, head):
        own = _adjective_cases(line, k) if not line.has(k, KH.and_) else cases
        if cases and own and not cases & own:
            return False
        cases = cases & own if cases and own else cases or own
    return True


def _agreed(line: Line, start: int, head: int, words: Words) -> frozenset[URIRef]:
    """The cases in which the head stands with the adjectives before it: «российской | делегации» is one's."""
    cases = words.cases
    for k in range(start, head):
        own = _adjective_cases(line, k) if not line.has(k, KH.and_) else cases
        cases = cases & own if cases & own else cases
    return cases


def _adjective_cases(line: Line, i: int) -> frozenset[URIRef]:
    known = next((w.cases for w in line.lexemes[i].words if w.cases), frozenset())
    return known or line.language.adjective_cases(line.lexemes[i].token.folded)


def _post(line: Line, first: int, head: int, after: int, words: Words) -> Phrase:
    """An office, with the offices under which it stands («заместитель министра …») and its body."""
    chain = _Chain(line, after, words)
    end = chain.end()
    if not words.cases and head > first:
        words = replace(words, cases=_adjective_cases(line, first))  # «первым | замглавы МИД»
    return Phrase(first, end, head, after, words, next((k for k in chain.bodies if k < end), None))


def _is_acronym(surface: str) -> bool:
    """Whether several letters of one part are capitals: «ЛДПР», «МИДа», but not «Жан-Клод»."""
    return any(sum(c.isupper() for c in part) > 1 for part in surface.split("-"))


class _Chain:
    """What follows one head, token by token."""

    def __init__(self, line: Line, after: int, words: Words) -> None:
        self.line = line
        self.after = after
        self.head = words
        self.about = False  # inside what a preposition has led on to
        self.named = False  # the last link was a name of the gazetteer
        self.name_type: URIRef | None = None  # of that name
        self.bodies: list[int] = []  # where links begin that may be the body of a post

    def end(self) -> int:
        """One past the last token of the phrase."""
        i = self.after
        while i < len(self.line) and i - self.after < LONGEST:
            following = self._next(i)
            if following is None:
                break
            i = following
        return self._without_tail(i)

    def _next(self, i: int) -> int | None:
        """One past the link that begins at I, or None where the phrase ends."""
        line = self.line
        if (quoted := line.quoted_name(i)) is not None:
            return quoted
        if line.is_mark(i) or i in line.times:
            return self._listed(i)
        several = line.lexemes[i].several
        if several is not None and KH.ends in several[0].features:
            return None  # «пресс-служба сената | по итогам встречи»
        if line.has(i, KH.and_):
            return self._joined(i)
        if line.has(i, KH.extends) or line.has(i, KH.extendsInside) or line.has(i, KH.of):
            return self._led_on(i)
        if i == self.after and KH.takesInstrumental in self.head.features:
            return self._link(i, _INSTRUMENTAL) or self._link(i)  # «заведующий | отделом»
        return self._link(i)

    def _listed(self, i: int) -> int | None:
        """One past what the comma at I joins to portfolios: «министр дел, | внешней торговли | и …»."""
        line = self.line
        portfolio = self.head.denotes in (KH.Post, KH.Organization) and i > self.after and not self.named
        cases = _OBLIQUE if self.about else _GENITIVE  # «комитет по делам, | обороне и безопасности»
        if not portfolio or line.surface(i) != "," or i + 2 >= len(line) or not line.surface(i - 1).islower():
            return None
        head = _head(line, i + 1)
        small = all(line.surface(k).islower() and k not in line.names for k in range(i + 1, head + 1))
        if not small or head >= len(line) or line.noun(head) is not None:
            return None
        end = self._linked(i + 1, head, cases)
        for _ in range(_MOST_LISTED):  # «, | охраны окружающей среды и …»
            more = None if end is None or end >= len(line) or line.has(end, KH.and_) else self._link(end)
            end = more or end
        if end is None or end >= len(line) or end - self.after > LONGEST:
            return None
        return end if line.has(end, KH.and_) else self._listed(end) if line.surface(end) == "," else None

    def _link(self, i: int, cases: frozenset[URIRef] = frozenset({LEXINFO.genitiveCase})) -> int | None:
        """One past a genitive with its adjectives: «международных дел», «Совета», «Казахстана»."""
        if self.head.denotes is KH.Post and (counted := _ordinal(self.line, i)) > i:
            return self._counted(i, counted, cases)
        head = _head(self.line, i)
        end = self._linked(i, head, cases)
        while end is None and head > i:
            head -= 1  # «Совет древностей | собрался»: the last word only looks like an adjective
            noun = self._passes_for_noun(head) or self._disagrees(head)
            end = self._linked(i, head, cases) if noun else None
        if end is None:
            return None
        line = self.line
        self.named = head in line.names
        self.name_type = line.names[head][0].type if self.named else None
        unknown = head == i and self._unknown_body(i)
        if self._may_be_body(head) or unknown and (i == self.after or _is_acronym(line.surface(i))):
            self.bodies.append(i)
        return end

    def _counted(self, i: int, counted: int, cases: frozenset[URIRef]) -> int | None:
        """One past a session that a number tells from others: «председатель | 39-й сессии»."""
        noun = self.line.noun(counted) if counted < len(self.line) else None
        if noun is None or noun[0].denotes not in _COUNTED:
            return None
        self.bodies.append(i)
        return self._linked(counted, counted, cases)

    def _linked(self, i: int, head: int, cases: frozenset[URIRef]) -> int | None:
        """One past the noun at HEAD, if it and the adjectives from I on can stand in one of CASES."""
        line = self.line
        if head >= len(line) or head in line.times or line.is_mark(head):
            return None
        adjectives = (k for k in range(i, head) if not line.has(k, KH.and_))
        if any(not _adjective_cases(line, k) & cases for k in adjectives):
            return None
        return self._noun(head, cases, adjectives=head > i)

    def _passes_for_noun(self, i: int) -> bool:
        """Whether a small word that nobody knows stands at I and looks like a genitive."""
        lexeme = self.line.lexemes[i]
        shape = self.line.language.shapes[KH.genitiveShape]
        unknown = not lexeme.known and i not in self.line.names and self.line.surface(i).islower()
        cases = self.line.language.adjective_cases(lexeme.token.folded)
        oblique = LEXINFO.genitiveCase in cases and LEXINFO.nominativeCase not in cases  # «второй раз»
        return unknown and oblique and bool(shape.fullmatch(lexeme.token.folded))

    def _disagrees(self, i: int) -> bool:
        """Whether the word at I is no adjective, for those before it are of many: «мировых | религий»."""
        own = self.line.language.adjective_cases(self.line.lexemes[i].token.folded)
        return _adjective_cases(self.line, i - 1) == _OF_MANY and own.isdisjoint(_OF_MANY)

    def _unknown_body(self, i: int) -> bool:
        """Whether a name that nobody knows stands at I, such as that of a body: «глава | МАГАТЭ»."""
        line = self.line
        return i not in line.names and not line.lexemes[i].known and line.surface(i)[0].isupper()

    def _noun(self, i: int, cases: frozenset[URIRef], *, adjectives: bool) -> int | None:
        """One past the noun at I if it can stand in one of those cases."""
        line = self.line
        if i in line.names:
            name, end, _ = line.names[i]
            state = line.noun(i - 1)
            if state is not None and state[0].denotes == KH.Country and name.type == KH.Country:
                return end  # «президент Республики | Корея»
            return end if not name.cases or name.cases & cases else None
        noun = line.noun(i)
        if noun is not None:
            words, end = noun
            if words.cases and not words.cases & cases:  # «пресс-служба главы»: of one, not «главы» of many
                several = (w for w in line.lexemes[i].words if w.denotes is not None and w.cases & cases)
                words = next(several, words) if end == i + 1 else words
            owned = self._owned_by_office(end) or self._named_after_office(i)
            if words.denotes is KH.Post and not self.about and not owned:
                return None  # «заседание | министра …»: a person of its own, not what the thing is called
            return end if not words.cases or words.cases & cases else None
        known = line.lexemes[i].words
        if any(w.cases for w in known):
            return i + 1 if any(w.cases & cases for w in known) else None
        if known or line.lexemes[i].token.kind != "word":
            return None
        return i + 1 if self._looks_like(i, cases, adjectives) else None

    def _looks_like(self, i: int, cases: frozenset[URIRef], adjectives: bool) -> bool:
        """Whether the unknown word at I passes for a noun of the chain."""
        line, shapes = self.line, self.line.language.shapes
        surface, folded = line.surface(i), line.lexemes[i].token.folded
        if adjectives and surface.islower() and _adjective_cases(line, i - 1) == _OF_MANY:
            return not shapes[KH.surelyVerbShape].fullmatch(folded)  # «сельских | школ»
        if shapes[KH.verbShape].fullmatch(folded):
            return False
        if _is_acronym(surface) or self._of_two(folded):
            return True  # it does not inflect
        foreign = not line.language.letters.match(surface)
        if surface[0].isupper():
            if self.head.denotes is KH.Place and self._after_office(i):
                return True
            if self._known_next(i, cases):
                return True  # «депутат Милли Меджлиса», but «депутат | Мирзазаде»
            if self.about and cases == _OBLIQUE and not adjectives and self.head.denotes not in _ANIMATE:
                return not (_is_given(line, i) or self._capital_next(i))  # «конференция по | Нубии»
            if self.head.denotes in _ANIMATE:
                return self._holder_next(i)  # «глава Роскосмоса | Юрий Громов»
            if adjectives or i != self.after or _is_given(line, i) or self._capital_next(i):
                if i != self.after and not adjectives and self._after_genitive(i) and not foreign:
                    last = any(
                        shapes[KH.surnameShape].fullmatch(base)
                        for base, _ in line.language.name_bases(folded)
                    )
                    named = last or _is_given(line, i) or self._capital_next(i)
                    return not named and bool(shapes[KH.genitiveShape].fullmatch(folded))
                fitting = foreign or cases != _GENITIVE or shapes[KH.genitiveShape].fullmatch(folded)
                return adjectives and not _is_given(line, i) and bool(fitting)
            if any(shapes[KH.surnameShape].fullmatch(base) for base, _ in line.language.name_bases(folded)):
                return False  # «на полях форума | Ахметжанов»
            return foreign or self._called(i) or bool(shapes[KH.genitiveShape].fullmatch(folded))
        if cases != _GENITIVE:
            return not line.language.adjective_cases(folded) or adjectives
        several = i == self.after and surface.islower() and self.head.denotes not in _ANIMATE
        return bool(
            shapes[KH.genitiveShape].fullmatch(folded) or several and shapes[KH.manyShape].fullmatch(folded)
        )

    def _of_two(self, folded: str) -> bool:
        """Whether two names that we know make one word: «связи | Норвегия-Кения»."""
        parts = folded.split("-")
        return len(parts) > 1 and all(self.line.index.longest([p], 0, p) is not None for p in parts)

    def _called(self, i: int) -> bool:
        """Whether a body in the nominative is called so: «фонд | Росконгресс»."""
        nominative = LEXINFO.nominativeCase in self.head.cases
        return i == self.after and self.head.denotes is KH.Organization and nominative

    def _after_office(self, i: int) -> bool:
        """Whether the office of whom a place is named after stands before I."""
        office = self.line.noun(i - 1) if i > self.after else None
        return office is not None and office[0].denotes is KH.Post and self._named_after_office(i - 1)

    def _after_genitive(self, i: int) -> bool:
        """Whether a small genitive that the lexicon has stands before I: «саммит стран | Залива»."""
        before = self.line.lexemes[i - 1]
        cases = frozenset().union(*(w.cases for w in before.words))
        return before.token.surface.islower() and cases == _GENITIVE

    def _capital_next(self, i: int) -> bool:
        """Whether another unknown capitalised word follows: the two are somebody's name."""
        line, j = self.line, i + 1
        if j >= len(line) or j in line.names or line.lexemes[j].token.kind != "word":
            return False
        return line.surface(j)[0].isupper() and not line.lexemes[j].known

    def _named_after_office(self, i: int) -> bool:
        """Whether a place bears the name of somebody in office: «улица | Президента Громова»."""
        return self.head.denotes is KH.Place and self.line.surface(i)[0].isupper()

    def _owned_by_office(self, end: int) -> bool:
        """Whether what is called so may be an office's: «пресс-служба президента», not «… Ивана Громова»."""
        body = self.head.denotes is KH.Organization
        office = self.head.denotes is KH.Post or KH.eachHolds in self.head.features
        return office or body and not self._person_after(end)

    def _person_after(self, i: int) -> bool:
        """Whether somebody is named after the words at I that may belong to his office."""
        line = self.line
        for j in range(i, min(len(line), i + _MOST_OFFICE)):
            if line.is_mark(j) or line.has(j, KH.functional):
                return False
            if line.surface(j)[0].isupper() and j not in line.names and not line.noun(j):
                return _is_given(line, j) or not _is_adjective(line, j) and not _is_acronym(line.surface(j))
        return False

    def _known_next(self, i: int, cases: frozenset[URIRef]) -> bool:
        noun = self.line.noun(i + 1) if i + 1 < len(self.line) else None
        return noun is not None and bool(noun[0].cases & cases) and self.line.surface(i + 1)[0].isupper()

    def _holder_next(self, i: int) -> bool:
        """Whether the capitalised genitive at I is no last name, and the name of somebody follows it."""
        line, folded = self.line, self.line.lexemes[i].token.folded
        if i != self.after or i + 1 >= len(line) or not _is_given(line, i + 1) or _is_given(line, i):
            return False
        shapes = line.language.shapes
        last = any(shapes[KH.surnameShape].fullmatch(base) for base, _ in line.language.name_bases(folded))
        return not last and bool(shapes[KH.genitiveShape].fullmatch(folded))

    def _joined(self, i: int) -> int | None:
        """«культуры и спорта», «Азербайджана и России»: of the same sort as the link before."""
        if i == self.after or i + 1 >= len(self.line) or i + 1 in self.line.times:
            return None
        j = i + 1 + _adjectives(self.line, i + 1)
        if j >= len(self.line) or self.line.is_mark(j) or self._may_be_body(j) and not self.named:
            return None
        if (j in self.line.names) != self.named or self.named and self.head.denotes is KH.Post:
            return None
        if self.named and self.line.names[j][0].type != self.name_type:
            return None  # «правительство Дании и | ЮНИСЕФ»
        noun = self.line.noun(j)
        if noun is not None and noun[0].denotes in _ANIMATE:
            return None
        cases = frozenset({LEXINFO.genitiveCase})
        return self._link(i + 1, cases | {LEXINFO.dativeCase, LEXINFO.locativeCase} if self.about else cases)

    def _led_on(self, i: int) -> int | None:
        """«по превентивной дипломатии», «при ООН»; «в Астане» only after a post: elsewhere it is where."""
        line = self.line
        several = line.lexemes[i].several
        start = i + (several[1] if several is not None else 1)
        if start >= len(line) or line.is_mark(start) or start in line.times:
            return None
        if line.has(start, KH.introduces):
            return None  # «указ о | назначении Ивана Громова министром»
        if line.has(i, KH.extends):
            self.about = True
            return self._link(start, _OBLIQUE)
        if line.has(i, KH.of):  # «депутат от фракции …»
            known = start in line.names and line.names[start][0].type is KH.Organization
            acronym = _is_acronym(line.surface(start))
            inside = self.head.denotes is KH.Post and (known or acronym or self._body_next(start))
            return self._link(start) if inside else None
        if not self._stays_inside(start, place=line.has(i, KH.locative)):
            return None
        self.about = True
        return self._link(start, _LOCATIVE)

    def _stays_inside(self, start: int, *, place: bool) -> bool:
        """Whether a preposition (of PLACE) is in the name: «посол в России», «комитет при правительстве»."""
        name = self.line.names.get(start)
        if self.head.denotes is KH.Post and name is not None:
            # «в Казахстан», whither, goes with the verb; what does not inflect leaves it open.
            left_open = not name[0].cases and (not place or self.named and self._named_after(name[1]))
            return name[0].kind != "demonym" and (left_open or bool(name[0].cases & _LOCATIVE))
        if name is not None:
            return self.about and name[0].type not in (KH.City, KH.Country)
        return self._body_next(start)

    def _named_after(self, i: int) -> bool:
        """Whether a capitalised word that nobody knows stands at I: «посол России в США | Иван Громов»."""
        line = self.line
        return i < len(line) and i not in line.names and line.surface(i)[0].isupper() and not line.noun(i)

    def _body_next(self, start: int) -> bool:
        head = start + _adjectives(self.line, start)
        return head < len(self.line) and self._may_be_body(head) and head not in self.line.names

    def _may_be_body(self, i: int) -> bool:
        """Whether the word at I heads or names a body, a country or a place: whose an office can be."""
        if i in self.line.names:
            return self.line.names[i][0].kind != "demonym"
        noun = self.line.noun(i)
        return noun is not None and noun[0].denotes in _BODIES

    def _without_tail(self, end: int) -> int:
        while end > self.after and (
            self.line.has(end - 1, KH.extends)
            or self.line.has(end - 1, KH.extendsInside)
            or self.line.has(end - 1, KH.and_)
        ):
            end -= 1
        return end


_GENITIVE: Final = frozenset({LEXINFO.genitiveCase})
_OF_MANY: Final = frozenset({LEXINFO.genitiveCase, LEXINFO.accusativeCase, LEXINFO.locativeCase})
_LOCATIVE: Final = frozenset({LEXINFO.locativeCase})
_INSTRUMENTAL: Final = frozenset({LEXINFO.instrumentalCase})
_OBLIQUE: Final = frozenset(
    {
        LEXINFO.genitiveCase,
        LEXINFO.dativeCase,
        LEXINFO.accusativeCase,
        LEXINFO.instrumentalCase,
        LEXINFO.locativeCase,
    }
)
_BODIES: Final = (
    *(KH.Organization, KH.Platform, KH.Country, KH.Region, KH.City),
    *(KH.Session, KH.Conference, KH.Forum, KH.Summit),
)
