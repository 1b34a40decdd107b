"""Gold: articles with the facts that people found in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from khabar.errors import ReadError
from khabar.jsonlines import JSON, Line
from khabar.model import Article, Span
from khabar.text.language import Readable
from khabar.text.read import clean, read

# What gold calls a status, where that is not the name of one of ours.
STATUS: Final = {"former": "ended", "elect": "planned", "postponed": "planned"}
# Marks of a fact so weakly stated, or of so peculiar a kind, that to find it is neither right nor wrong.
NEUTRAL_FLAGS: Final = ("implied", "planned")
NEUTRAL_KINDS: Final = frozenset({"delegation"})


@dataclass(frozen=True)
class GoldFact:
    """One fact as the gold file states it, and where its evidence stands."""

    values: Mapping[str, JSON]
    evidence: tuple[Span, ...]  # every place where the evidence stands; nearly always one

    @property
    def type(self) -> str:
        return str(self.values["type"])

    @property
    def status(self) -> str:
        """The status in our words."""
        given = str(self.values.get("status") or ("planned" if self.values.get("planned") else "asserted"))
        return STATUS.get(given, given)

    @property
    def neutral(self) -> bool:
        """Whether the fact counts neither as missed nor as wrong."""
        flagged = any(self.values.get(flag) for flag in NEUTRAL_FLAGS)
        return flagged or self.status == "planned" or self.values.get("kind") in NEUTRAL_KINDS


@dataclass(frozen=True)
class Gold:
    """One article, and all that is to be found in it."""

    article: Article
    facts: tuple[GoldFact, ...]


def load_gold(sources: Iterable[str | Path], *, languages: Mapping[str, Readable]) -> list[Gold]:
    """The annotated articles of SOURCES: JSON files, or folders of them (docs/evaluation.md has the format).

    Raises ReadError for the first that is no article, or has facts that its text does not bear out.
    """
    return [_gold(path, languages) for source in sources for path in _files(Path(source))]


def _files(source: Path) -> Iterator[Path]:
    if not source.is_dir():
        yield source
        return
    found = sorted(source.rglob("*.json"))
    if not found:
        raise ReadError(
            where=str(source), problem="holds no gold", fix="name a folder of annotated JSON files"
        )
    yield from found


def _gold(path: Path, languages: Mapping[str, Readable]) -> Gold:
    article = next(read([path], languages=languages))
    if isinstance(article, ReadError):
        raise article
    # read() has just parsed the same file, so it is JSON; but it may be no annotated article.
    stated = json.loads(path.read_text("utf-8-sig")) if path.suffix == ".json" else None
    facts = stated.get("facts") if isinstance(stated, dict) else None
    if not isinstance(facts, list):
        raise ReadError(
            where=str(path), problem="is an article without gold facts",
            fix='annotate it: {"text": …, "facts": [{"type": …, "evidence": …}, …]}',
        )  # fmt: skip
    return Gold(article, tuple(_fact(fact, article, f"{path}, fact {n}") for n, fact in enumerate(facts, 1)))


def _fact(fact: object, article: Article, where: str) -> GoldFact:
    values = _cleaned(fact)
    if not isinstance(values, dict) or not isinstance(values.get("type"), str):
        raise ReadError(where=where, problem="has no type", fix='write it as {"type": "chair", …}')
    words = values.get("evidence")
    places = tuple(occurrences(words, article.text)) if isinstance(words, str) else ()
    if not places:
        raise ReadError(
            where=where, problem="has evidence that is not in the text", fix="quote the text exactly"
        )
    return GoldFact(values, places)


def _cleaned(value: JSON | object) -> JSON:
    """VALUE with every string as read() would have it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _cleaned(item) for key, item in value.items()}
    return value if isinstance(value, int | float) else None


def occurrences(words: str, text: str) -> Iterator[Span]:
    """Where WORDS stand in TEXT."""
    start = text.find(words) if words else -1
    while start >= 0:
        yield Span(start, start + len(words))
        start = text.find(words, start + 1)


def with_aliases(facts: Iterable[GoldFact], gloss: str) -> dict[str, tuple[str, ...]]:
    """For each surface in FACTS, every surface that the article has for the same thing.

    Two surfaces name the same thing when people gave both the same name in the language of GLOSS.
    """
    named: dict[str, dict[str, None]] = {}
    for entity in _entities(fact.values for fact in facts):
        named.setdefault(str(entity.get(gloss) or entity["text"]), {})[str(entity["text"])] = None
    aliases: dict[str, dict[str, None]] = {}
    for surfaces in named.values():
        for surface in surfaces:
            aliases.setdefault(surface, {}).update({surface: None, **surfaces})
    return {surface: tuple(others) for surface, others in aliases.items()}


def _entities(facts: Iterable[Mapping[str, JSON]]) -> Iterator[Line]:
    for fact in facts:
        for value in fact.values():
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, dict) and "text" in item:
                    yield item
