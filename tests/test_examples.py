"""The examples: eight articles in our own words, and what people find in them."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import jsonschema
import pytest

from khabar.evaluation import Gold, load_gold
from khabar.jsonlines import JSON
from khabar.model import Article
from khabar.resources import folder
from khabar.scoring.gold import GoldFact
from khabar.text.read import read


@dataclass(frozen=True)
class Written:
    """As much of a language as reading an article needs that states its own."""

    tag: str
    letters: re.Pattern[str] = re.compile(".")
    common_words: Collection[str] = ()

    def fold(self, text: str) -> str:
        return text.casefold()


EXAMPLES = folder("examples")
LANGUAGES = {tag: Written(tag) for tag in ("ar", "en", "ru")}
ARTICLES = {path.stem: path for path in sorted(EXAMPLES.glob("*.md"))}
GOLD = load_gold([EXAMPLES / "gold"], languages=LANGUAGES)
SURFACES = {"role", "quote"}  # slots that hold the article's own words and no entity


def article(name: str) -> Article:
    (found,) = read([ARTICLES[name]], languages=LANGUAGES)
    assert isinstance(found, Article)
    return found


def test_the_folder_is_eight_articles_in_three_languages() -> None:
    # The gold repeats each article word for word, and is not read as another one.
    found = list(read([EXAMPLES], languages=LANGUAGES))
    assert {a.key for a in found if isinstance(a, Article)} == set(ARTICLES)
    assert Counter(a.language for a in found if isinstance(a, Article)) == {"ar": 4, "en": 2, "ru": 2}
    assert len(found) == 8


@pytest.mark.parametrize("name", ARTICLES)
def test_an_example_is_a_short_complete_article(name: str) -> None:
    found = article(name)
    assert found.key == name
    assert found.title
    assert found.publisher
    assert found.author
    assert found.published
    assert (found.address or "").startswith("https://example.org/")
    assert 120 <= len(found.text.split()) <= 250


@pytest.mark.parametrize("gold", GOLD, ids=[gold.article.key for gold in GOLD])
def test_gold_is_of_the_article_beside_it(gold: Gold) -> None:
    assert replace(gold.article, origin="") == replace(article(gold.article.key), origin="")


@pytest.mark.parametrize("gold", GOLD, ids=[gold.article.key for gold in GOLD])
def test_gold_quotes_its_article(gold: Gold) -> None:
    words = [text for fact in gold.facts for text in quoted(fact.values)]
    assert [text for text in words if text not in gold.article.text] == []


def quoted(values: Mapping[str, JSON]) -> Iterator[str]:
    """Every string of a gold fact that has to be in the article."""
    for key, value in values.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield str(item["text"])
            elif key in SURFACES and item:
                yield str(item)


def test_two_articles_contradict_each_other_about_one_chair() -> None:
    chairs = defaultdict(set)
    for fact in facts("chair"):
        if fact.values["year"]:
            chairs[name(fact, "body"), fact.values["year"]].add(name(fact, "chair"))
    assert {body: who for body, who in chairs.items() if len(who) > 1} == {
        ("Silk Road Cities Council", 2022): {"Jordan", "Morocco"}
    }


def test_one_article_is_more_precise_about_a_date() -> None:
    dates = defaultdict(set)
    for fact in facts("event"):
        dates[name(fact, "name")].add(fact.values["date"])
    assert {event: days for event, days in dates.items() if len(days) > 1} == {
        "International Conference on the Role of Women in Innovation and Technology": {
            "2023-06",
            "2023-06-19",
        }
    }


def test_every_kind_of_fact_is_told() -> None:
    told = Counter(fact.type for gold in GOLD for fact in gold.facts)
    assert set(told) == {
        "role", "chair", "support", "event", "launch", "join", "meeting", "agreement", "visit", "appoint",
        "statement",
    }  # fmt: skip


def facts(type_: str) -> Iterator[GoldFact]:
    return (fact for gold in GOLD for fact in gold.facts if fact.type == type_)


def name(fact: GoldFact, slot: str) -> str:
    """What people call, in English, the thing that fills SLOT."""
    value = fact.values[slot]
    assert isinstance(value, dict)
    return str(value["en"])


def test_the_line_in_the_documentation_is_one() -> None:
    page = (EXAMPLES.parent / "docs" / "jsonl.md").read_text("utf-8")
    line = json.loads(page.split("```json\n")[1].split("```")[0])
    schema = json.loads((folder("ontology") / "facts.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(line)
    text = article(line["article"]).text
    for part in (line["body"], line["chair"], *line["evidence"]):
        assert text[part["start"] : part["end"]] == part["text"]
