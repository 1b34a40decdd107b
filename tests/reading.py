"""What a text states, as short lines that a reader of the language can check."""

from __future__ import annotations

from datetime import date

from khabar import knowledge
from khabar.extraction import extract
from khabar.jsonlines import Line, lines
from khabar.knowledge.records import load as load_records
from khabar.model import Article

PUBLISHED = date(2023, 12, 6)
UNSHOWN = frozenset({"article", "type", "evidence", "property", "confidence", "rule", "mentions", "status"})


def stated(text: str, language: str, published: date | None = PUBLISHED) -> set[str]:
    """The facts of TEXT: type, then its slots in the order of the schema; the status where not asserted."""
    return {short(line) for line in facts_of(text, language, published)}


def facts_of(text: str, language: str, published: date | None = PUBLISHED) -> list[Line]:
    """The facts of TEXT as JSON lines."""
    article = Article("test", language, text, published=published)
    return lines(extract(article, knowledge.load()), load_records())


def short(line: Line) -> str:
    """A line as one line of text."""
    slots = [f"{k}={_value(v)}" for k, v in line.items() if k not in UNSHOWN and v not in (None, [], "")]
    status = [] if line["status"] == "asserted" else [f"({line['status']})"]
    return " ".join([str(line["type"]), *slots, *status])


def _value(value: object) -> str:
    if isinstance(value, dict):
        return str(value["text"])
    if isinstance(value, list):
        return " + ".join(_value(v) for v in value)
    return str(value)
