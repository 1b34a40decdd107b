"""Words of time to periods, as precise as the text puts them.

Each token becomes one letter (D a day's number, Y a year, M a month, W a weekday, U a unit of time,
L last, T this, N next, A ago, F so long from now, R a day relative to today, V a decade, J a part of a
year, …), and a few regular expressions over those letters are the grammar of all our languages: they
differ in their words, not in what dates are.
A date without a year, and a relative one, is resolved from the publication date, never from today;
without one it keeps its words and no bounds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from rdflib import Literal, URIRef

from khabar.knowledge.language import Language, Words
from khabar.model import Period, Span
from khabar.text.lex import Lexeme
from khabar.text.segment import Token
from khabar.vocab import KH, XSD

# "14th" and «14-го» are days as well; "May 2021", "May, 2021", «мая 2021 года» are years of a month.
_TH: Final = r"(?:H?I)?"
_OF_YEAR: Final = r"K?O?U?(?P<y>Y)?U?"
# What a half or a quarter is of: «عام 2022», "2022", "this year", «مارس 2022».
_WHICH: Final = r"U?(?P<y>Y)U?|(?P<s>[LTN])(?P<u>U)|(?P<u2>U)(?P<s2>[LTN])|U?(?P<m>M)K?O?U?(?P<y2>Y)?U?"
_TEMPLATES: Final = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("iso", r"(?P<y>Y)(?:S|H)(?P<m>D)(?:S|H)(?P<d>D)"),
        ("yearly", r"(?:WK?)?(?P<d>D)?(?P<m>M)O?(?:(?P<s>[LTN])(?P<u>U)|(?P<u2>U)(?P<s2>[LTN]))(?!Y)"),
        ("numeric", r"(?P<d>D)(?:S|H|P)(?P<m>D)(?:S|H|P)(?P<y>Y)"),
        (
            "span",
            rf"U?(?:WK?)?(?P<d>[DQ]){_TH}O?U?(?P<m>M)(?:SM)?P?(?:O?U?(?P<b>Y)U?)?(?:H|C?X)"
            rf"U?(?:WK?)?(?P<e>[DQ]){_TH}O?U?(?P<n>M)(?:SM)?P?{_OF_YEAR}",
        ),
        ("span", rf"(?P<m>M)P?(?P<d>D){_TH}(?:K(?P<b>Y))?(?:H|X)(?P<n>M)P?(?P<e>D){_TH}K?(?P<y>Y)?"),
        ("months", rf"(?P<m>M)(?:H|X)(?P<n>M){_OF_YEAR}|(?<=E)(?P<m2>M)C(?P<n2>M)K?O?U?(?P<y2>Y)?U?"),
        ("month", r"(?P<m>M)(?=CMK?O?U?(?P<y>Y))"),
        (
            "days",
            r"(?:R?U?(?:W(?:C?W)?)?K?U?)"
            rf"(?P<d>[DQ]){_TH}(?:(?:[KC]+D)*(?P<r>H|K?C|K|OD?|C?X)(?P<e>D){_TH})?U?O?U?(?P<m>M)(?:S?(?P<o>M))?P?{_OF_YEAR}(?P<s>[LTN](?!U))?",
        ),
        ("days", rf"(?:WK?)?(?P<m>M)P?(?P<d>D){_TH}(?:(?P<r>H|X|C)(?P<e>D){_TH})?K?(?P<y>Y)?"),
        ("month", r"(?:UO?)?(?P<m>M)(?:S(?P<o>M)|B(?P<o2>M)Z)?P?K?O?U?(?P<y>Y)U?"),
        ("which part", r"(?P<j>J)O?U?(?P<y>Y)U?|(?P<j2>J)O?(?P<s>[LTN])(?P<u>U)"),
        ("round", r"U?(?P<y>Y)H?sU?"),
        ("hence", r"(?<=h)(?P<n>[DQ])?(?P<u>U)(?![OY])"),
        ("years", r"U?(?P<y>Y)(?:H|X)U?(?P<z>Y)U?|(?<=E)U?(?P<y2>Y)CU?(?P<z2>Y)U?"),
        ("month", r"U?O?(?P<m>M)(?:S(?P<o>M))?(?P<s>[LTN])"),
        ("month", r"(?P<s>[LTN])U?(?P<m>M)"),
        ("day", rf"U?(?P<d>[DQ]){_TH}O?(?:(?P<s>[LTN])(?P<u>U)|(?P<u2>U)(?P<s2>[LTN]))"),
        ("part", rf"(?:(?P<f>F)(?P<k>[DQ])|(?P<k2>[DQ]){_TH}(?P<f2>F))O?(?:{_WHICH})"),
        ("decade", r"(?P<v>V)"),
        ("ago", r"A(?P<n>[DQ])?(?P<u>U)(?!Y)|(?P<n2>[DQ])?(?P<u2>U)A"),
        ("unit", r"(?P<s>[LTN])(?P<u>U)|(?P<u2>U)(?P<s2>[LTN])"),
        ("today", r"(?P<t>R)(?:K?W)?"),
        ("weekday", r"U?(?P<w>W)(?P<s>[LTN])?|(?P<s2>[LTN])(?P<w2>W)"),
        (
            "year",
            r"U(?P<y>Y)|(?P<y2>Y)U|(?<=[Gh])(?P<y3>Y)|(?<=GH)(?P<y8>Y)|(?<=B)(?P<y4>Y)|(?<=YC)(?P<y5>Y)|(?<=YK)(?P<y6>Y)|(?<=O)(?P<y7>Y)",
        ),
        ("month", r"U?O?(?P<m>M)(?:S(?P<o>M))?"),
    )
)
_MARKS: Final = {
    "/": "S",
    "-": "H",
    "–": "H",
    "—": "H",
    "،": "K",
    ",": "K",
    ".": "P",
    "(": "B",
    ":": "B",
    ")": "Z",
}
_INSIDE: Final = ".GBKSPHCOXIEZsh"  # no time begins with those
_OPENING: Final = re.compile(f"[^{_INSIDE}]")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)")
_SHIFTS: Final = {"L": -1, "T": 0, "N": 1}
_NEAREST: Final = 183  # days: a date without a year is the one nearest to the publication
_RECENT: Final = 8  # months: a bare month further back than this is the coming one
_MONTHS: Final = 12  # of a year
_FIRST_YEAR: Final = 1000
_LAST_YEAR: Final = 2199


class TimeSpan(NamedTuple):
    """A period and the tokens that say it: [first, last)."""

    first: int
    last: int
    period: Period


class _Sign(NamedTuple):
    """One token as the grammar of time sees it."""

    letter: str
    value: int
    unit: URIRef | None
    first: int  # its token
    end: int  # one past its last token


def find_periods(
    text: str, lexemes: Sequence[Lexeme], language: Language, published: date | None
) -> tuple[TimeSpan, ...]:
    """The periods that one sentence of TEXT names, in reading order."""
    if not any(_may_begin(lexeme) for lexeme in lexemes):
        return ()
    signs = _signs(lexemes, language)
    letters = "".join(s.letter for s in signs)
    found: list[TimeSpan] = []
    position = 0
    while (opening := _OPENING.search(letters, position)) is not None:
        position = opening.start()
        match = _match(letters, position)
        if match is None:
            position += 1
            continue
        name, groups = match
        time = _time_span(text, name, groups, signs, lexemes, published)
        if time is not None:
            found.append(time)
        position = groups.end()
    return tuple(found)


def _may_begin(lexeme: Lexeme) -> bool:
    """Whether a period may begin there: with a number, or with a word that tells of time."""
    if lexeme.token.kind == "number" or not _BEGINNING.isdisjoint(lexeme.tells):
        return True
    if "-" in lexeme.token.folded:
        return True  # "mid-June"
    return lexeme.several is not None and _letter(lexeme.several[0]) not in _INSIDE


def _match(letters: str, position: int) -> tuple[str, re.Match[str]] | None:
    for name, template in _TEMPLATES:
        if groups := template.match(letters, position):
            return name, groups
    return None


def _signs(lexemes: Sequence[Lexeme], language: Language) -> list[_Sign]:
    signs: list[_Sign] = []
    skip = 0
    for index, lexeme in enumerate(lexemes):
        if skip:
            skip -= 1
            continue
        several = lexeme.several
        if several is not None and _letter(several[0]) != ".":
            words, length = several
            if any(language.proclitics[p].role is KH.conjunction for p in lexeme.best.proclitics):
                signs.append(_Sign("C", 0, None, index, index + 1))
            signs.append(_Sign(_letter(words), words.number or 0, words.unit, index, index + length))
            skip = length - 1
            continue
        described = index > 0 and _described(lexemes[index - 1], lexeme, language)
        sign = _Sign(".", 0, None, index, index + 1)
        signs.extend([sign] if described else _token_signs(lexeme, index, language))
    return signs


def _described(before: Lexeme, lexeme: Lexeme, language: Language) -> bool:
    """Whether an adjective stands before what else is a weekday: «охрана окружающей | среды»."""
    if language.phrases is not KH.genitive or KH.Weekday not in lexeme.tells or before.known:
        return False
    word = before.token
    return word.kind == "word" and bool(language.adjective_cases(word.folded))


def _token_signs(lexeme: Lexeme, index: int, language: Language) -> list[_Sign]:
    token = lexeme.token
    if token.kind == "number":
        return _numbers(token.folded, index)
    if token.kind == "mark":
        return [_Sign(_MARKS.get(token.surface, "."), 0, None, index, index + 1)]
    for analysis in () if _TELLING.isdisjoint(lexeme.tells) else lexeme.analyses:
        timely = [w for w in analysis.words if _letter(w) != "." and _cased(token.surface, w)]
        if timely:
            joined = any(language.proclitics[p].role is KH.conjunction for p in analysis.proclitics)
            sign = _Sign(_letter(timely[0]), timely[0].number or 0, timely[0].unit, index, index + 1)
            return [_Sign("C", 0, None, index, index + 1), sign] if joined else [sign]
    return [_part_of_month(token, index, language) or _Sign(".", 0, None, index, index + 1)]


def _part_of_month(token: Token, index: int, language: Language) -> _Sign | None:
    """The month of "mid-June", of which no more than the month is told."""
    part, hyphen, month = token.folded.rpartition("-")
    known = [w for w in language.lexicon.get(month, ()) if w.denotes is KH.Month] if hyphen else []
    if not known or not any(KH.at in w.features for w in language.lexicon.get(part, ())):
        return None
    return _Sign("M", known[0].number or 0, None, index, index + 1)


def _cased(surface: str, words: Words) -> bool:
    """ "May" is a month, "may" is not; in other languages months are small."""
    return KH.capitalised not in words.features or surface[0].isupper()


def _numbers(text: str, index: int) -> list[_Sign]:
    """What a number says; 05.12.2023 and 05.12.23 are a day, a month and a year."""
    dotted = _DOTTED.fullmatch(text)
    if dotted is None:
        return [_number(text, index)]
    day, month, year = dotted.groups()
    full = year if len(year) == 4 else f"20{year}"
    stop = _Sign("P", 0, None, index, index + 1)
    return [_number(day, index), stop, _number(month, index), stop, _number(full, index)]


def _number(text: str, index: int) -> _Sign:
    if not text.isdecimal() or len(text) > 4:
        return _Sign(".", 0, None, index, index + 1)
    value = int(text)
    if len(text) <= 2 and 1 <= value <= 31:
        return _Sign("D", value, None, index, index + 1)
    if len(text) == 4 and _FIRST_YEAR <= value <= _LAST_YEAR:
        return _Sign("Y", value, None, index, index + 1)
    return _Sign(".", value, None, index, index + 1)


_LETTERS: Final = {
    KH.Month: "M", KH.Weekday: "W", KH.TimeUnit: "U", KH.last: "L", KH.this: "T", KH.next: "N", KH.ago: "A",
    KH.hence: "h", KH.relativeDay: "R", KH.dayNumber: "D", KH.numeral: "Q", KH.and_: "C", KH.to: "X",
    KH.of: "O", KH.at: "G", KH.ordinalEnding: "I", KH.between: "E", KH.yearPart: "F", KH.whichYearPart: "J",
    KH.decade: "V", KH.decadeEnding: "s",
}  # fmt: skip
_TELLING: Final = frozenset(_LETTERS)
_BEGINNING: Final = frozenset(term for term, letter in _LETTERS.items() if letter not in _INSIDE)


def _letter(words: Words) -> str:
    if words.denotes in _LETTERS:
        return _LETTERS[words.denotes]
    if _TELLING.isdisjoint(words.features):
        return "."
    return next(letter for feature, letter in _LETTERS.items() if feature in words.features)


def _time_span(
    text: str,
    name: str,
    match: re.Match[str],
    signs: Sequence[_Sign],
    lexemes: Sequence[Lexeme],
    published: date | None,
) -> TimeSpan | None:
    start, end = match.start(), match.end()
    while end > start and signs[end - 1].letter in "KCOP":
        end -= 1
    parts = {k.rstrip("2345678"): signs[match.start(k)] for k, v in match.groupdict().items() if v}
    if "o" in parts and parts["o"].value != parts["m"].value:
        return None  # two names of one month that disagree name no month
    bounds = _resolve(name, parts, published)
    if bounds is None:
        return None
    first, last = signs[start].first, signs[end - 1].end
    span = Span(lexemes[first].token.span.start, lexemes[last - 1].token.span.end)
    nearest = _RESOLVERS[name] is _day and not parts.keys() & {"y", "s"}
    return TimeSpan(first, last, Period(text[span.start : span.end], span, *bounds, nearest))


Bounds = tuple[Literal | None, date | None, date | None]
_UNRESOLVED: Final[Bounds] = (None, None, None)


def _resolve(name: str, parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    """What xsd value, first and last day the matched signs mean; None if they are no time at all."""
    try:
        return _RESOLVERS[name](parts, published)
    except (ValueError, OverflowError):
        return None  # such as 31 February


def _day(parts: dict[str, _Sign], published: date | None) -> Bounds:
    month, day = parts["m"].value, parts["d"].value
    if "y" in parts:
        first = date(parts["y"].value, month, day)
    elif published is None:
        date(2024, month, day)  # a leap year: any real day passes, any other is no date
        return _UNRESOLVED
    else:
        first = _turned(_nearest(month, day, published), parts, published)
    if "e" not in parts:
        return _exactly(first)
    last = first.replace(day=parts["e"].value)
    return (None, first, last) if first < last else _exactly(first)


def _month(parts: dict[str, _Sign], published: date | None) -> Bounds:
    month = parts["m"].value
    if "y" in parts:
        return month_bounds(parts["y"].value, month)
    if published is None:
        return _UNRESOLVED
    year = published.year
    shift = parts["s"].letter if "s" in parts else ""
    if shift == "L":
        year -= month >= published.month
    elif shift == "N":
        year += month <= published.month
    elif not shift:
        ago = (published.month - month) % 12
        year = published.year if month <= published.month else published.year - 1
        if ago > _RECENT:
            year += 1
    return month_bounds(year, month)


def _span(parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    """From a day of one month to a day of another, of the same year or the next."""
    ends = {"m": parts["n"], "d": parts["e"], **({"y": parts["y"]} if "y" in parts else {})}
    last = _day(ends, published)[2]
    if last is None:
        return _UNRESOLVED
    year = parts["b"].value if "b" in parts else last.year
    first = date(year, parts["m"].value, parts["d"].value)
    if first > last and "b" not in parts:
        first = first.replace(year=year - 1)
    return (None, first, last) if first < last else None


def _months(parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    """From one month to another: «с марта по май 2021 года»."""
    last = _month({"m": parts["n"], **({"y": parts["y"]} if "y" in parts else {})}, published)[2]
    if last is None:
        return _UNRESOLVED
    earlier = parts["m"].value > parts["n"].value
    return None, date(last.year - earlier, parts["m"].value, 1), last


def _yearly(parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    """A month or a day of last year, this year or the next: «в июне прошлого года»."""
    if parts["u"].unit is not KH.year:
        return None
    if published is None:
        return _UNRESOLVED
    year = published.year + _SHIFTS[parts["s"].letter]
    month = parts["m"].value
    return _exactly(date(year, month, parts["d"].value)) if "d" in parts else month_bounds(year, month)


def _day_of(parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    """A day of last month, this month or the next: «التاسع من الشهر الجاري»."""
    if parts["u"].unit is not KH.month:
        return None
    if published is None:
        return _UNRESOLVED
    months = published.year * 12 + published.month - 1 + _SHIFTS[parts["s"].letter]
    return _exactly(date(months // 12, months % 12 + 1, parts["d"].value))


def _part(parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    """A half or a quarter of a year, or a half of a month: «النصف الأول من عام 2022»."""
    count, number = parts["f"].value, parts["k"].value
    if not 1 <= number <= count:
        return None
    if "m" not in parts:
        return _part_of_year(parts, published, count, number)
    _, first, last = _month({k: v for k, v in parts.items() if k in ("m", "y")}, published)
    if first is None or last is None or count != 2:  # a quarter of a month is none
        return _UNRESOLVED if first is None else None
    middle = first.replace(day=15)
    return (None, first, middle) if number == 1 else (None, middle + timedelta(days=1), last)


def _which_part(parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    """The same where one expression has both numbers: "first half of 2022"."""
    return _part_of_year(parts, published, *divmod(parts["j"].value, 10))


def _part_of_year(parts: dict[str, _Sign], published: date | None, count: int, number: int) -> Bounds | None:
    """Part NUMBER of COUNT of a year that is named or counted from the publication."""
    if "y" in parts:
        year = parts["y"].value
    elif parts["u"].unit is not KH.year:
        return None
    elif published is None:
        return _UNRESOLVED
    else:
        year = published.year + _SHIFTS[parts["s"].letter]
    months = _MONTHS // count
    return None, date(year, (number - 1) * months + 1, 1), month_bounds(year, number * months)[2]


def _decade(parts: dict[str, _Sign], _published: date | None) -> Bounds | None:
    """Ten years by their name: «التسعينيات»."""
    return _ten_years(parts["v"].value)


def _round(parts: dict[str, _Sign], _published: date | None) -> Bounds | None:
    """Ten years by the first of them: "1990s"."""
    return None if parts["y"].value % 10 else _ten_years(parts["y"].value)


def _ten_years(first: int) -> Bounds:
    return None, date(first, 1, 1), date(first + 9, 12, 31)


def _hence(parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    return _shifted(parts["u"].unit, parts["n"].value if "n" in parts else 1, published)


def _years(parts: dict[str, _Sign], _published: date | None) -> Bounds | None:
    if parts["y"].value >= parts["z"].value:
        return None
    return None, date(parts["y"].value, 1, 1), date(parts["z"].value, 12, 31)


def _year(parts: dict[str, _Sign], _published: date | None) -> Bounds | None:
    unit = parts.get("u")
    return None if unit is not None and unit.unit is not KH.year else year_bounds(parts["y"].value)


def _unit(parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    shift = _SHIFTS[parts["s"].letter]
    return _shifted(parts["u"].unit, shift, published)


def _ago(parts: dict[str, _Sign], published: date | None) -> Bounds | None:
    count = parts["n"].value if "n" in parts else parts["u"].value or 1
    return _shifted(parts["u"].unit, -count, published)


def _today(parts: dict[str, _Sign], published: date | None) -> Bounds:
    return _UNRESOLVED if published is None else _exactly(published + timedelta(days=parts["t"].value))


def _weekday(parts: dict[str, _Sign], published: date | None) -> Bounds:
    """The latest such day up to the publication; the next one where the text says so."""
    if published is None:
        return _UNRESOLVED
    if "s" in parts and parts["s"].letter == "T":  # of this week
        return _exactly(published + timedelta(days=parts["w"].value - published.isoweekday()))
    back = (published.isoweekday() - parts["w"].value) % 7
    if "s" in parts and parts["s"].letter == "N":
        return _exactly(published + timedelta(days=7 - back))
    if "s" in parts and parts["s"].letter == "L" and back == 0:
        back = 7
    return _exactly(published - timedelta(days=back))


def _shifted(unit: URIRef | None, by: int, published: date | None) -> Bounds | None:
    if published is None:
        return _UNRESOLVED
    if unit is KH.day:
        return _exactly(published + timedelta(days=by))
    if unit is KH.week:
        monday = published - timedelta(days=published.weekday()) + timedelta(weeks=by)
        return None, monday, monday + timedelta(days=6)
    if unit is KH.month:
        months = published.year * 12 + published.month - 1 + by
        return month_bounds(months // 12, months % 12 + 1)
    return year_bounds(published.year + by) if unit is KH.year else None


def _nearest(month: int, day: int, published: date) -> date:
    """The day of that month nearest to the publication; 29 February only in a year that has one."""
    found = []
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(found, key=lambda d: abs((d - published).days))


def _turned(day: date, parts: dict[str, _Sign], published: date) -> date:
    """The day in the year that a word beside it tells: «4 يونيو المقبل»."""
    shift = parts["s"].letter if "s" in parts else ""
    if shift == "L" and day > published or shift == "N" and day < published:
        return day.replace(year=day.year + _SHIFTS[shift])
    return day


def _exactly(day: date) -> Bounds:
    return Literal(day.isoformat(), datatype=XSD.date), day, day


def containing(period: Period) -> Literal | None:
    """The value of a period; of an interval the month or year that holds it, if one does."""
    first, last = period.earliest, period.latest
    if period.when is not None or first is None or last is None or first.year != last.year:
        return period.when
    return (month_bounds(first.year, first.month) if first.month == last.month else year_bounds(first.year))[
        0
    ]


def month_bounds(year: int, month: int) -> Bounds:
    """The value, first and last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (
        Literal(f"{year:04}-{month:02}", datatype=XSD.gYearMonth),
        date(year, month, 1),
        following - timedelta(days=1),
    )


def year_bounds(year: int) -> Bounds:
    """The value, first and last day of a year."""
    return Literal(f"{year:04}", datatype=XSD.gYear), date(year, 1, 1), date(year, 12, 31)


_RESOLVERS: Final = {
    "iso": _day, "yearly": _yearly, "numeric": _day, "span": _span, "days": _day, "months": _months,
    "month": _month, "years": _years,
    "day": _day_of, "part": _part, "which part": _which_part, "decade": _decade, "round": _round,
    "hence": _hence, "year": _year, "unit": _unit, "ago": _ago, "today": _today, "weekday": _weekday,
}  # fmt: skip
