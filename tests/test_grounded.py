"""Nothing is made up: every entity, every quotation and every piece of evidence is text of its article."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar import knowledge
from khabar.extraction import extract
from khabar.jsonlines import JSON, lines
from khabar.knowledge import records
from khabar.model import Article
from khabar.resources import folder
from khabar.text.read import read

DEV = Path(__file__).parents[2] / "shared" / "corpus" / "dev"
KNOWN = knowledge.load()


def spans(value: JSON) -> Iterator[dict[str, JSON]]:
    """Every {text, start, end} inside a line."""
    if isinstance(value, dict):
        if "start" in value and "end" in value:
            yield value
        for inner in value.values():
            yield from spans(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from spans(inner)


def articles(source: Path) -> list[Article]:
    found = read([source], languages=KNOWN.languages)
    return [article for article in found if isinstance(article, Article)]


@pytest.mark.parametrize("source", [folder("examples"), DEV], ids=["examples", "dev"])
def test_everything_is_text_of_the_article_at_its_offsets(source: Path) -> None:
    if not source.is_dir():
        assert not os.environ.get("CI"), f"{source} is missing"
        pytest.skip("the corpus is not here")
    checked = 0
    for article in articles(source):
        reading = extract(article, KNOWN)
        for entity in reading.entities:
            for mention in entity.mentions:
                assert article.text[mention.span.start : mention.span.end] == mention.surface
        for line in lines(reading, records.load()):
            assert isinstance(line["evidence"], list)
            assert line["evidence"]
            for span in spans(line):
                assert article.text[span["start"] : span["end"]] == span["text"]  # type: ignore[index]
                checked += 1
            quote = line.get("quote")
            assert quote is None or (isinstance(quote, str) and quote in article.text)
    assert checked > 300
