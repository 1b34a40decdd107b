"""Words of time to periods: at their own grain, from the publication date and never from today.

Run as a script, how many of tests/cases/dates/ are right; with --settle, the marks of those that are go.
"""

from __future__ import annotations

import sys
from datetime import date

import pytest
from casebook import CaseError
from times import FOLDER, Time, load, parse, settled

from khabar import knowledge
from khabar.model import Article
from khabar.text.dates import find_periods
from khabar.text.lex import lex
from khabar.text.segment import segment

PUBLISHED = date(2023, 12, 6)  # a Wednesday

ARABIC = {
    "في عام 2021": "2021",
    "عام 2021": "2021",
    "سنة 1979": "1979",
    "العام 2020": "2020",
    "في ديسمبر 2020": "2020-12",
    "في كانون الأول 2020": "2020-12",
    "في يناير/كانون الثاني 2020": "2020-01",
    "يوم 4 ديسمبر": "2023-12-04",
    "في 4 ديسمبر 2022": "2022-12-04",
    "في الرابع عشر": "",
    "حتى 10 ديسمبر": "2023-12-10",
    "في 5 فيفري 2017": "2017-02-05",
    "يوم 12 غشت 2021": "2021-08-12",
    "في 3 دجنبر 2022": "2022-12-03",
    "في ٤ ديسمبر ٢٠٢٠": "2020-12-04",
    "يومي 19 و20 فيفري 2017": "2017-02-19..2017-02-20",
    "يومي 26 - 27 أبريل 2019": "2019-04-26..2019-04-27",
    "اليوم الأربعاء": "2023-12-06",
    "اليوم الاثنين 20 فيفري 2017": "2017-02-20",
    "أمس": "2023-12-05",
    "أمس الثلاثاء": "2023-12-05",
    "أول أمس": "2023-12-04",
    "غدا": "2023-12-07",
    "يوم الاثنين الماضي": "2023-12-04",
    "يوم الاثنين المقبل": "2023-12-11",
    "الجمعة": "2023-12-01",
    "هذا العام": "2023",
    "العام الماضي": "2022",
    "العام المقبل": "2024",
    "الشهر الماضي": "2023-11",
    "الشهر الجاري": "2023-12",
    "الأسبوع الماضي": "2023-11-27..2023-12-03",
    "قبل أسبوعين": "2023-11-20..2023-11-26",
    "قبل 3 أيام": "2023-12-03",
    "قبل ثلاثة أشهر": "2023-09",
    "في شهر يونيو الماضى": "2023-06",
    "في يونيو المقبل": "2024-06",
    "في أكتوبر": "2023-10",
    "في شهر يناير": "2024-01",
    "يوم 31 فبراير 2020": "",
    "يناير/شباط 2020": "",
    "20-2-2017": "2017-02-20",
    "بين عامي 2019 و2021": "2019-01-01..2021-12-31",
    "في مارس 2022": "2022-03",
    "البند 15": "",
    "مجلس الأمن": "",
}


def periods(text: str, language: str, published: date | None = PUBLISHED) -> str:
    """The periods of a text as `2023-12`, `first..last` or `?`, in reading order."""
    known = knowledge.load()
    spoken = known.languages[language]
    found = [
        time.period
        for sentence in segment(Article("t", language, text), spoken)
        for time in find_periods(text, lex(sentence.tokens, spoken, known.names[language]), spoken, published)
    ]
    return " ".join(
        str(p.when) if p.when is not None else f"{p.earliest}..{p.latest}" if p.earliest else "?"
        for p in found
    )


@pytest.mark.parametrize(("text", "expected"), ARABIC.items(), ids=ARABIC)
def test_arabic(text: str, expected: str) -> None:
    assert periods(text, "ar") == expected


def _times() -> list[object]:
    return [
        pytest.param(
            time,
            id=f"{time.language}-{time.words}-{time.published}",
            marks=_gap(time.gap) if time.gap else [],
        )
        for time in load()
    ]


def _gap(reason: str) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=reason)]


@pytest.mark.parametrize("time", _times())
def test_words_of_time_mean_a_period(time: Time) -> None:
    assert periods(time.words, time.language, time.published) in time.meanings


def test_a_line_that_is_no_time_says_where_and_what_to_do() -> None:
    with pytest.raises(CaseError) as caught:
        list(parse("# May\n\nin May", "en"))
    assert str(caught.value) == (
        "en.txt, line 3: 'in May' is no time\n"
        "  write `published: 2023-12-06`, or `words => 2019-06`, or `words =>` where they are no time"
    )


def test_what_is_read_now_loses_its_mark() -> None:
    text = "now =>  # not yet: why\nthen =>  # not yet: why\n"
    assert settled(text, {"now"}) == "now =>\nthen =>  # not yet: why\n"


@pytest.mark.parametrize("text", ["أمس", "في أكتوبر", "العام الماضي", "4 ديسمبر"])
def test_without_a_publication_date_a_relative_time_stays_unresolved(text: str) -> None:
    assert periods(text, "ar", None) == "?"


def test_the_words_are_kept_where_they_stand() -> None:
    known = knowledge.load()
    arabic = known.languages["ar"]
    text = "عُقد الاجتماع في كانون الثاني 2020."
    (sentence,) = segment(Article("t", "ar", text), arabic)
    (found,) = find_periods(text, lex(sentence.tokens, arabic, known.names["ar"]), arabic, PUBLISHED)
    assert text[found.period.span.start : found.period.span.end] == "كانون الثاني 2020"
    assert (found.period.earliest, found.period.latest) == (date(2020, 1, 1), date(2020, 1, 31))


def main(arguments: list[str]) -> None:
    """Print how many are right in each language and, if asked, take back the marks of those that are."""
    for file in sorted(FOLDER.glob("*.txt")):
        times = [time for time in load() if time.language == file.stem]
        right = [t for t in times if periods(t.words, t.language, t.published) in t.meanings]
        print(f"{file.stem}  {len(right)}/{len(times)}  {100 * len(right) / len(times):.0f} %")
        if "--settle" in arguments:
            wrong = {time.words for time in times if time not in right}
            text = settled(file.read_text(encoding="utf-8"), {time.words for time in right} - wrong)
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
