"""The generator of bench/: always the same, as said of it, and what khabar finds in it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from generate import KINDS, World, generated, write_gold

from khabar.evaluation import evaluate, load_gold
from khabar.extraction import extract
from khabar.jsonlines import lines
from khabar.knowledge import Knowledge, load, records
from khabar.model import Article
from khabar.text.read import read

NUMBER = 120


@pytest.fixture(scope="module")
def articles() -> list[dict[str, Any]]:
    return list(generated(NUMBER))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def test_article_does_not_depend_on_what_is_made_beside_it(articles: list[dict[str, Any]]) -> None:
    assert list(generated(10, start=90)) == articles[90:100]
    assert World(seed=8).article(3) != articles[3]


def test_every_language_and_every_type_of_fact_is_there(articles: list[dict[str, Any]]) -> None:
    stated = {(article["lang"], fact["type"]) for article in articles for fact in article["facts"]}
    assert stated == {(language, kind) for language in ("ar", "en", "ru") for kind in KINDS}


def test_all_that_is_stated_stands_in_the_sentence_that_states_it(articles: list[dict[str, Any]]) -> None:
    for article in articles:
        for fact in article["facts"]:
            assert fact["evidence"] in article["text"]
            assert all(words.lower() in fact["evidence"].lower() for words in surfaces(fact)), fact


def surfaces(fact: dict[str, Any]) -> Iterator[str]:
    for value in fact.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield item["text"]


def test_no_body_has_two_chairs_in_a_year() -> None:
    chairs: dict[tuple[str, int], set[str]] = {}
    for article in generated(1000):
        for fact in article["facts"]:
            if fact["type"] == "chair" and fact["year"]:
                chairs.setdefault((fact["body"]["en"], fact["year"]), set()).add(fact["chair"]["en"])
    assert len(chairs) > 100
    assert all(len(found) == 1 for found in chairs.values())


def test_lines_are_articles(articles: list[dict[str, Any]], knowledge: Knowledge) -> None:
    stream = io.BytesIO("\n".join(map(json.dumps, articles)).encode())
    found = list(read(["-"], languages=knowledge.languages, stdin=stream))
    assert [article.key for article in found if isinstance(article, Article)] == [a["id"] for a in articles]


def test_most_of_it_is_found(articles: list[dict[str, Any]], knowledge: Knowledge, tmp_path: Path) -> None:
    """A floor far below what docs/scale.md tells, so that only a break shows."""
    write_gold(iter(articles), tmp_path)
    known = records.load()
    score = evaluate(
        load_gold([tmp_path], languages=knowledge.languages),
        lambda article: lines(extract(article, knowledge), known),
        records=known,
        languages=knowledge.languages,
    )
    assert score.f1 > 0.8, score.table()
