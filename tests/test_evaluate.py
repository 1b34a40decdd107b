"""Evaluation: tiny articles where anybody can see what is right."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import ReadError
from khabar.evaluation import Score, evaluate, load_gold
from khabar.jsonlines import JSON, Line
from khabar.knowledge import records as knowledge
from khabar.scoring.compare import assign
from khabar.scoring.score import Accuracy, Tally
from khabar.scoring.words import Comparer

RECORDS = knowledge.load()


@dataclass(frozen=True)
class Writing:
    """As much of a language as reading and comparing need."""

    tag: str
    letters: re.Pattern[str] = re.compile(".")
    common_words: Collection[str] = ()
    proclitics: Collection[str] = ()
    folds: tuple[tuple[str, str], ...] = ()

    def fold(self, text: str) -> str:
        for old, new in self.folds:
            text = re.sub(old, new, text)
        return text.casefold()


LANGUAGES = {
    "ar": Writing(
        "ar",
        common_words=("في", "من"),
        proclitics=("و", "ل", "ب", "ال"),
        folds=(("[ًٌٍَُِّْ]", ""), ("[أإآ]", "ا"), ("ى", "ي")),
    ),
    "en": Writing("en", common_words=("the", "of", "and")),
    "ru": Writing("ru"),
}

TEXT = (
    "Uzbekistan chaired the Silk Road Forum in 2021 and Kazakhstan in 2022. "
    "Aida Omarova, director of the Silk Road Fund, visited Astana on 4 May 2023. "
    "Omarova met Jan Novak and Li Wei. Kazakhstan would support the Fund. "
    "Omarova said little. Novak said more."
)
YEARS = "Uzbekistan chaired the Silk Road Forum in 2021 and Kazakhstan in 2022."
ROLE = "Aida Omarova, director of the Silk Road Fund, visited Astana on 4 May 2023."
MET = "Omarova met Jan Novak and Li Wei."
SUPPORT = "Kazakhstan would support the Fund."

Fact = dict[str, JSON]


def thing(surface: str, en: str | None = None) -> dict[str, JSON]:
    """An entity as gold has it."""
    return {"text": surface, "en": en or surface, "type": "other"}


def stated(type_: str, evidence: str, /, **slots: JSON) -> Fact:
    return {"type": type_, "evidence": evidence, **slots}


def chair(agent: str, year: int | None, body: str = "Silk Road Forum", **more: JSON) -> Fact:
    return stated("chair", YEARS, body=thing(body), chair=thing(agent), year=year, **more)


def role(
    person: str = "Aida Omarova", words: str = "director", org: str | None = "Silk Road Fund", **m: JSON
) -> Fact:
    return stated("role", ROLE, person=thing(person, "Aida Omarova"), role=words, org=org and thing(org), **m)


def visit(date: str | None, **more: JSON) -> Fact:
    return stated("visit", ROLE, person=thing("Aida Omarova"), place=thing("Astana"), date=date, **more)


def meeting(*people: str) -> Fact:
    return stated("meeting", MET, participants=[thing(p) for p in people], date=None, place=None)


def support(**more: JSON) -> Fact:
    return stated("support", SUPPORT, supporter=thing("Kazakhstan"), supported=thing("Fund"), **more)


def statement(speaker: str, evidence: str) -> Fact:
    return stated("statement", evidence, speaker=thing(speaker), quote=None)


def line(fact: Fact, text: str) -> Line:
    """FACT as an extractor would put it: each surface from the start of the evidence on, else where it is."""
    words = str(fact["evidence"])
    start = text.index(words)
    shown = {key: shown_in(value, text, start) for key, value in fact.items()}
    ends = {f"{key}_end": None for key in ("date", "year") if key in fact}
    evidence: JSON = [{"text": words, "start": start, "end": start + len(words)}]
    return {"status": "asserted", "kind": None, **ends, **shown, "evidence": evidence}


def shown_in(value: JSON, text: str, start: int) -> JSON:
    if isinstance(value, list):
        return [shown_in(item, text, start) for item in value]
    if not isinstance(value, dict):
        return value
    surface = str(value["text"])
    at = text.find(surface, start) if surface in text[start:] else text.index(surface)
    return {"text": surface, "start": at, "end": at + len(surface), "mentions": value.get("mentions", [])}


def scored(
    tmp_path: Path, gold: list[Fact], found: list[Fact], *, text: str = TEXT, language: str = "en"
) -> Score:
    path = tmp_path / "article.json"
    path.write_text(json.dumps({"id": "a", "lang": language, "text": text, "facts": gold}), "utf-8")
    extracted = [line(fact, text) for fact in found]
    annotated = load_gold([path], languages=LANGUAGES)
    return evaluate(annotated, lambda _: extracted, records=RECORDS, languages=LANGUAGES)


GOLD = [chair("Uzbekistan", 2021), chair("Kazakhstan", 2022), role(), visit("2023-05-04")]

CASES: dict[str, tuple[list[Fact], list[Fact], Tally]] = {  # gold, what was found, and the score
    "all of it": (GOLD, GOLD, Tally(gold=4, found=4, strict=4, lines=4)),
    "in another order": (GOLD, GOLD[::-1], Tally(gold=4, found=4, strict=4, lines=4)),
    "nothing": (GOLD, [], Tally(gold=4)),
    "nothing where nothing is": ([], [], Tally()),
    "one missed": (GOLD, GOLD[1:], Tally(gold=4, found=3, strict=3, lines=3)),
    "one too many": (GOLD[:1], GOLD[:2], Tally(gold=1, found=1, strict=1, lines=2)),
    "another year": (
        [chair("Uzbekistan", 2021)], [chair("Uzbekistan", 2022)], Tally(gold=1, lines=1)
    ),
    "a year where gold has none": (
        [chair("Uzbekistan", None)], [chair("Uzbekistan", 2021)], Tally(gold=1, found=1, strict=1, lines=1)
    ),
    "no year where gold has one": (
        [chair("Uzbekistan", 2021)], [chair("Uzbekistan", None)], Tally(gold=1, lines=1)
    ),
    "another chair": ([chair("Uzbekistan", 2021)], [chair("Kazakhstan", 2021)], Tally(gold=1, lines=1)),
    "a longer name": (
        [role("Omarova")], [role("Aida Omarova")], Tally(gold=1, found=1, lines=1)
    ),
    "the words of the role": ([role()], [role(words="visited")], Tally(gold=1, lines=1)),
    "more words of the role": (
        [role()], [role(words="director of the Silk Road Fund")], Tally(gold=1, found=1, lines=1)
    ),
    "another body": ([role()], [role(org=None)], Tally(gold=1, found=1, strict=1, lines=1)),
    "another date": ([visit("2023-05-04")], [visit("2023-05")], Tally(gold=1, found=1, strict=1, lines=1)),
    "said twice": ([role()], [role(), role()], Tally(gold=1, found=1, strict=1, lines=1)),
    "said twice, once without the year": (
        [chair("Uzbekistan", 2021)], [chair("Uzbekistan", None), chair("Uzbekistan", 2021)],
        Tally(gold=1, found=1, strict=1, lines=1),
    ),
    "two facts, one line": (
        [role("Omarova"), role("Aida Omarova")], [role()], Tally(gold=2, found=1, strict=1, lines=1)
    ),
    "half of the participants": (
        [meeting("Omarova", "Jan Novak", "Li Wei")], [meeting("Omarova", "Li Wei")],
        Tally(gold=1, found=1, strict=1, lines=1),
    ),
    "a third of the participants": (
        [meeting("Omarova", "Jan Novak", "Li Wei")], [meeting("Omarova")], Tally(gold=1, lines=1)
    ),
    "one participant named twice is one": (
        [meeting("Omarova", "Jan Novak", "Li Wei")], [meeting("Omarova", "Omarova")], Tally(gold=1, lines=1)
    ),
    "an implied fact, found": ([support(implied=True)], [support()], Tally()),
    "an implied fact, not found": ([support(implied=True)], [], Tally()),
    "a planned fact, found": ([support(planned=True)], [support(status="planned")], Tally()),
    "a postponed fact, not found": ([support(status="postponed")], [], Tally()),
    "the head of a delegation": (
        [chair("Uzbekistan", None, kind="delegation")], [chair("Uzbekistan", None)], Tally()
    ),
    "a denial claims nothing": ([], [support(status="denied")], Tally()),
    "a part has no gold": (
        [], [stated("part", ROLE, part=thing("Astana"), whole=thing("Kazakhstan"))], Tally()
    ),
    "words of two speakers": (
        [statement("Omarova", "Omarova said little."), statement("Novak", "Novak said more.")],
        [statement("Novak", "Novak said more."), statement("Omarova", "Novak said more.")],
        Tally(gold=2, found=1, strict=1, lines=2),
    ),
    "an agreement without parties is known by its place": (
        [stated("agreement", MET, parties=[], subject=thing("Fund"), date=None)],
        [stated("agreement", MET, parties=[thing("Li Wei")], subject=thing("Fund"), date=None)],
        Tally(gold=1, found=1, strict=1, lines=1),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("gold", "found", "expected"), CASES.values(), ids=CASES)
def test_the_score_is_what_anybody_would_say(
    gold: list[Fact], found: list[Fact], expected: Tally, tmp_path: Path
) -> None:
    assert scored(tmp_path, gold, found).overall == expected


def test_the_best_assignment_is_found_not_the_first(tmp_path: Path) -> None:
    # "Silk Road" alone would do for either body: whoever takes it first must leave it to the other.
    gold = [chair("Uzbekistan", 2021, "Silk Road Forum"), chair("Uzbekistan", 2021, "Silk Road Fund")]
    found = [chair("Uzbekistan", 2021, "Silk Road"), chair("Uzbekistan", 2021, "Forum")]
    for lines in (found, found[::-1]):
        assert scored(tmp_path, gold, lines).overall.found == 2


def test_any_surface_of_the_same_entity_counts(tmp_path: Path) -> None:
    named = stated(
        "support", SUPPORT, supporter=thing("Kazakhstan"), supported=thing("Fund", "Silk Road Fund")
    )
    elsewhere = role(org=None) | {"org": thing("Silk Road Fund")}
    by_gold = stated("support", SUPPORT, supporter=thing("Kazakhstan"), supported=thing("Silk Road"))
    by_line = stated(
        "support",
        SUPPORT,
        supporter=thing("Kazakhstan"),
        supported={"text": "director", "mentions": ["the Fund"]},
    )
    wrong = stated("support", SUPPORT, supporter=thing("Kazakhstan"), supported=thing("director"))
    assert scored(tmp_path, [named, elsewhere], [by_gold]).overall.found == 1
    assert scored(tmp_path, [named], [by_line]).overall.found == 1
    assert scored(tmp_path, [named], [wrong]).overall.found == 0


def test_strict_wants_the_surface_where_people_saw_it(tmp_path: Path) -> None:
    gold = [statement("Omarova", "Omarova said little.")]
    (there,) = gold
    elsewhere = statement(
        "Omarova", f"{MET} {SUPPORT} Omarova said little."
    )  # the name of the sentence before
    assert scored(tmp_path, gold, [there]).overall.strict == 1
    assert scored(tmp_path, gold, [elsewhere]).overall == Tally(gold=1, found=1, strict=0, lines=1)


def test_attributes_are_scored_apart(tmp_path: Path) -> None:
    gold = [
        chair("Uzbekistan", 2021),
        chair("Kazakhstan", 2022, kind="handover"),
        role(status="former"),
        visit(None, date_resolved="2023-05-04"),
    ]
    found = [
        chair("Uzbekistan", 2022),
        chair("Kazakhstan", 2022),
        role(status="ended", org=None),
        visit("2023-05-04"),
    ]
    assert scored(tmp_path, gold, found).attributes() == {
        "org": Accuracy(right=0, stated=1),
        "status": Accuracy(right=1, stated=1),
        "year": Accuracy(right=1, stated=2),
        "kind": Accuracy(right=0, stated=1),
        "date": Accuracy(right=1, stated=1),
    }


DATES = {  # gold, line, right
    "the same day": ({"date": "2023-05-04"}, {"date": "2023-05-04"}, True),
    "less precise": ({"date": "2023-05-04"}, {"date": "2023-05"}, False),
    "more precise": ({"date": "2023-05"}, {"date": "2023-05-04"}, False),
    "resolved from the calendar": (
        {"date": None, "date_resolved": "2023-05-04"}, {"date": "2023-05-04"}, True
    ),
    "both days": (
        {"date": "2023-05-04", "date_end": "2023-05-06"},
        {"date": "2023-05-04", "date_end": "2023-05-06"},
        True,
    ),
    "no last day": ({"date": "2023-05-04", "date_end": "2023-05-06"}, {"date": "2023-05-04"}, False),
    "a last day that gold leaves out": (
        {"date": "2023-05-04"}, {"date": "2023-05-04", "date_end": "2023-05-06"}, True
    ),
    "made up": ({"date": None}, {"date": "2023-05-04"}, False),
}  # fmt: skip


@pytest.mark.parametrize(("gold", "found", "right"), DATES.values(), ids=DATES)
def test_a_date_is_as_precise_as_gold(
    gold: dict[str, JSON], found: dict[str, JSON], right: bool, tmp_path: Path
) -> None:
    score = scored(tmp_path, [visit(None) | gold], [visit(None) | found])
    assert score.attributes() == {"date": Accuracy(right=int(right), stated=1)}


# --- words

PHRASES = {  # language, one, other, alike
    "the same": ("en", "Silk Road Forum", "Silk Road Forum", True),
    "case and function words": ("en", "the silk road forum", "Forum of the Silk Road", True),
    "one within the other": ("en", "Macron", "Emmanuel Macron", True),
    "half of the words": ("en", "Ministry of Trade", "Ministry of Foreign Trade and Water", True),
    "less than half": ("en", "Ministry of Trade and Labour", "Ministry of Foreign Affairs", False),
    "only function words in common": ("en", "Bank of Asia", "House of Europe", False),
    "nothing to compare": ("en", "“ ”", "Macron", False),
    "a language of which nothing is known": ("xx", "Ángela", "angela", True),
    "case endings": ("ru", "Казахстан", "Казахстаном", True),
    "another word": ("ru", "Казахстан", "Кыргызстан", False),
    "a fused preposition": ("ar", "للجنة", "اللجنة", True),
    "a fused conjunction": ("ar", "وكازاخستان", "كازاخستان", True),
    "marks and hamza": ("ar", "أستانَا", "استانا", True),
    "another city": ("ar", "أستانا", "ألماتي", False),
}


@pytest.mark.parametrize(("language", "one", "other", "expected"), PHRASES.values(), ids=PHRASES)
def test_phrases_are_compared_as_readers_do(language: str, one: str, other: str, expected: bool) -> None:
    comparer = Comparer(LANGUAGES.get(language, Writing(language, folds=(("Á", "a"),))))
    assert comparer.alike(one, other) is expected
    assert comparer.alike(other, one) is expected


EDGES = st.lists(st.lists(st.integers(0, 6), unique=True, max_size=7), max_size=7)


@given(EDGES)
def test_an_assignment_is_one_to_one_and_as_large_as_can_be(edges: list[list[int]]) -> None:
    found = assign(edges)
    assert all(column in edges[row] for row, column in found.items())
    assert len(set(found.values())) == len(found)
    assert len(found) == largest(edges, frozenset())


def largest(edges: list[list[int]], taken: frozenset[int]) -> int:
    """The size of the best assignment, by trying all."""
    if not edges:
        return 0
    rest = (1 + largest(edges[1:], taken | {column}) for column in edges[0] if column not in taken)
    return max([largest(edges[1:], taken), *rest])


# --- shown


def test_a_score_is_shown_as_a_table(tmp_path: Path) -> None:
    score = scored(tmp_path, [role(), visit("2023-05-04")], [role(org=None), support()])
    assert score.table(misses=True) == (
        "         gold  found  missed  wrong      P      R     F1  strict P  strict R  strict F1\n"
        "role        1      1       0      0  100.0  100.0  100.0     100.0     100.0      100.0\n"
        "support     0      0       0      1    0.0      –    0.0       0.0         –        0.0\n"
        "visit       1      0       1      0      –    0.0    0.0         –       0.0        0.0\n"
        "en          2      1       1      1   50.0   50.0   50.0      50.0      50.0       50.0\n"
        "all         2      1       1      1   50.0   50.0   50.0      50.0      50.0       50.0\n"
        "\n"
        "attribute  right  of  share\n"
        "org            0   1    0.0\n"
        "\n"
        "a\n"
        "  missed visit: person: Aida Omarova, place: Astana, date: 2023-05-04 ← "
        "Aida Omarova, director of the Silk Road Fund, visited Astana on 4 May 2023.\n"
        "  wrong support: status: asserted, supporter: Kazakhstan, supported: Fund ← "
        "Kazakhstan would support the Fund.\n"
    )


def test_a_score_is_shown_as_markdown(tmp_path: Path) -> None:
    assert scored(tmp_path, [role()], [role()]).markdown() == (
        "|  | gold | found | missed | wrong | P | R | F1 | strict P | strict R | strict F1 |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| role | 1 | 1 | 0 | 0 | 100.0 | 100.0 | 100.0 | 100.0 | 100.0 | 100.0 |\n"
        "| en | 1 | 1 | 0 | 0 | 100.0 | 100.0 | 100.0 | 100.0 | 100.0 | 100.0 |\n"
        "| all | 1 | 1 | 0 | 0 | 100.0 | 100.0 | 100.0 | 100.0 | 100.0 | 100.0 |\n"
        "\n"
        "| attribute | right | of | share |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| org | 1 | 1 | 100.0 |\n"
    )


def test_a_score_is_shown_as_json(tmp_path: Path) -> None:
    shown = json.loads(scored(tmp_path, [role(), visit(None)], [role()]).json(misses=True))
    half = {"precision": 1.0, "recall": 0.5, "f1": 2 / 3}
    tally = {"gold": 2, "found": 1, "strict": 1, "lines": 1, "lenient_rates": half, "strict_rates": half}
    assert shown["overall"] == shown["languages"]["en"] == shown["articles"]["a"] == tally
    assert shown["attributes"] == {"org": {"right": 1, "stated": 1, "rate": 1.0}}
    assert [fact["type"] for fact in shown["misses"]["a"]] == ["visit"]
    assert shown["extras"] == {}


def test_f1_is_one_number(tmp_path: Path) -> None:
    assert scored(tmp_path, GOLD, GOLD).f1 == 1.0
    assert scored(tmp_path, GOLD, []).f1 == 0.0
    assert scored(tmp_path, [], []).f1 == 1.0  # nothing to find, and nothing made up


# --- gold that cannot be used

BROKEN = {
    "no facts": (
        {"text": TEXT, "lang": "en"},
        '{path}: is an article without gold facts\n'
        '  annotate it: {{"text": …, "facts": [{{"type": …, "evidence": …}}, …]}}',
    ),
    "evidence that is not there": (
        {"text": TEXT, "lang": "en", "facts": [stated("role", "Nobody said this.")]},
        "{path}, fact 1: has evidence that is not in the text\n  quote the text exactly",
    ),
    "a fact without a type": (
        {"text": TEXT, "lang": "en", "facts": [{"evidence": ROLE}]},
        '{path}, fact 1: has no type\n  write it as {{"type": "chair", …}}',
    ),
    "an unknown type": (
        {"text": TEXT, "lang": "en", "facts": [role(), stated("chairs", YEARS)]},
        "{path}, fact 2: is a 'chairs', which is no type of fact\n"
        "  use one of role, appoint, chair, support, launch, join, statement, visit, event, meeting, "
        "agreement",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_gold_that_cannot_be_used_says_why(content: dict[str, JSON], message: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.json"
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(ReadError) as caught:
        evaluate(load_gold([path], languages=LANGUAGES), lambda _: [], records=RECORDS, languages=LANGUAGES)
    assert str(caught.value) == message.format(path=path)


def test_a_folder_without_gold_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        load_gold([tmp_path], languages=LANGUAGES)
    assert str(caught.value) == f"{tmp_path}: holds no gold\n  name a folder of annotated JSON files"


def test_a_text_is_no_gold(tmp_path: Path) -> None:
    path = tmp_path / "article.md"
    path.write_text("---\nlanguage: en\n---\nNothing happened.\n", "utf-8")
    with pytest.raises(ReadError, match="is an article without gold facts"):
        load_gold([path], languages=LANGUAGES)
