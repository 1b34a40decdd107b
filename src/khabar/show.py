"""Facts and answers as a person reads them in a terminal: pure functions from values to text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rdflib import Literal, URIRef

from khabar.lines import JSON, Line
from khabar.model import Article, Entity, Fact, Reading, Span
from khabar.vocab import DEFAULT_BASE, KH

WIDEST: Final = 60  # columns that one cell may take
# What a line of facts says of itself rather than of the world, shown in columns of its own or not at all.
ASIDE: Final = frozenset({"article", "type", "evidence", "status", "property", "confidence", "rule"})


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """ROWS under HEADS in columns as wide as they need to be, up to a limit."""
    cells = [[_fit(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(_width(row[n]) for row in cells) for n in range(len(heads))]
    cells.insert(1, ["─" * width for width in widths])
    return "\n".join("  ".join(map(_pad, row, widths)).rstrip() for row in cells)


def lines_table(lines: Iterable[Line]) -> str:
    """JSON lines, one a row: what kind of fact, who and what, how sure, in which words."""
    heads = ("article", "fact", "what it says", "status", "confidence", "words")
    return table(heads, (_line_row(line) for line in lines))


def explanation(reading: Reading) -> str:
    """Every fact of one article with its words in their sentence, the frame that matched, and its links."""
    entities = {entity.iri: entity for entity in reading.entities}
    head = f"{reading.article.title or reading.article.key}  ({reading.article.language})"
    facts = (_fact(number, fact, reading, entities) for number, fact in enumerate(reading.facts, start=1))
    return "\n\n".join((head, *facts))


def short(iri: str, prefixes: Mapping[str, str] | None = None) -> str:
    """IRI as a prefixed name, or in angle brackets where no prefix fits."""
    known = prefixes or {"kh": str(KH), "id": f"{DEFAULT_BASE}id/"}
    best = max((p for p in known if iri.startswith(known[p])), key=lambda p: len(known[p]), default=None)
    local = iri[len(known[best]) :] if best is not None else ""
    return f"<{iri}>" if best is None or "/" in local or "#" in local else f"{best}:{local}"


def _line_row(line: Line) -> tuple[str, ...]:
    said = "; ".join(f"{key}: {text}" for key, value in line.items() if key not in ASIDE and (text := _value(value)))
    evidence = line["evidence"]
    words = _value(evidence[0]) if isinstance(evidence, list) and evidence else ""
    return str(line["article"]), str(line["type"]), said, str(line["status"]), f"{line['confidence']:.2f}", words


def _value(value: JSON) -> str:
    if isinstance(value, dict):
        return str(value.get("text", ""))
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return "" if value is None else str(value)


def _fact(number: int, fact: Fact, reading: Reading, entities: Mapping[URIRef, Entity]) -> str:
    article = reading.article
    subject, object_ = (_term(term, entities) for term in (fact.subject, fact.object))
    rows = [
        (f"{number}.", f"{subject}  {short(fact.predicate)}  {object_}"),
        ("", f"{short(fact.status)}, confidence {fact.confidence:.2f}"),
        ("when", _when(fact)),
        ("says", _term(fact.attributed_to, entities) if fact.attributed_to else ""),
        *((short(predicate), _term(value, entities)) for predicate, value in fact.qualifiers),
        *(("words", _words(article, span)) for span in fact.evidence),
        ("frame", fact.frame.removeprefix(DEFAULT_BASE)),
        *(("link", _link(entities[term])) for term in _linked(fact) if term in entities),
    ]
    return "\n".join(f"{name:<10}{' '.join(text.split())}" for name, text in rows if text)


def _linked(fact: Fact) -> Iterator[URIRef]:
    for term in (fact.subject, fact.object, fact.attributed_to, *(value for _, value in fact.qualifiers)):
        if isinstance(term, URIRef):
            yield term


def _term(term: URIRef | Literal, entities: Mapping[URIRef, Entity]) -> str:
    if isinstance(term, Literal):
        return f"“{term}”"
    entity = entities.get(term)
    return str(entity.labels[0]) if entity and entity.labels else short(term)


def _when(fact: Fact) -> str:
    if fact.when is None:
        return ""
    days = "unresolved"
    if fact.when.earliest or fact.when.latest:
        days = f"{fact.when.earliest or '…'} to {fact.when.latest or '…'}"
    return f"“{fact.when.text}”: {fact.when.when or days}"


def _words(article: Article, span: Span) -> str:
    return f"{span.start}-{span.end}  “{article.text[span.start : span.end]}”"


def _link(entity: Entity) -> str:
    mentions = ", ".join(f"“{m.surface}” {m.span.start}-{m.span.end}" for m in entity.mentions)
    origin = "gazetteer" if entity.curated else "this article"
    return f"{short(entity.iri)} ({short(entity.type)}, known from the {origin}): {mentions}"


# Columns


def _fit(text: str) -> str:
    """TEXT as one line of at most WIDEST columns."""
    flat = " ".join(text.split())
    return flat if _width(flat) <= WIDEST else f"{flat[: WIDEST - 1]}…"


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """How many columns TEXT takes: marks above and below letters, and joiners, take none."""
    return sum(unicodedata.category(character) not in ("Mn", "Me", "Cf") for character in text)
