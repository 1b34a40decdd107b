"""Facts and answers as a person reads them in a terminal: pure functions from values to text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import pyoxigraph as ox
from rdflib import Literal, URIRef

from khabar.jsonlines import JSON, Line
from khabar.model import Entity, Fact, Period, Reading, Span
from khabar.vocab import DEFAULT_BASE

WIDEST: Final = 60  # columns that a cell of many words may take
# What a line of facts says of itself rather than of the world, shown in columns of its own or not at all.
ASIDE: Final = frozenset({"article", "type", "evidence", "status", "property", "confidence", "rule"})


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, widest: int | None = None) -> str:
    """ROWS under HEADS in columns as wide as they need to be; what is cut at WIDEST ends in an ellipsis."""
    cells = [[_fit(cell, widest) for cell in row] for row in (heads, *rows)]
    widths = [max(_width(row[n]) for row in cells) for n in range(len(heads))]
    cells.insert(1, ["─" * width for width in widths])
    return "\n".join("  ".join(map(_pad, row, widths)).rstrip() for row in cells)


def lines_table(lines: Iterable[Line]) -> str:
    """JSON lines, one a row: what kind of fact, who and what, how sure, in which words."""
    heads = ("article", "fact", "what it says", "status", "confidence", "words")
    return table(heads, (_line_row(line) for line in lines), widest=WIDEST)


def answer(found: ox.QuerySolutions | ox.QueryBoolean, prefixes: Mapping[str, str]) -> str:
    """What a query found: solutions as a table, a boolean as a word."""
    if isinstance(found, ox.QueryBoolean):
        return "true" if found else "false"
    heads = [variable.value for variable in found.variables]
    return table(heads, ([_shown(term, prefixes) for term in solution] for solution in found))


def _shown(term: object, prefixes: Mapping[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        return short(term.value, prefixes)
    return "" if term is None else str(getattr(term, "value", term))


def explanation(reading: Reading, prefixes: Mapping[str, str]) -> str:
    """Every fact of one article: its time and status, its words, the frame that matched, what was named."""
    head = f"{reading.article.title or reading.article.key}  ({reading.article.language})"
    facts = [_lines(number, rows) for number, rows in enumerate(explained(reading, prefixes), start=1)]
    return "\n\n".join((head, *(facts or ["No frame of the lexicon matched."])))


def explained(reading: Reading, prefixes: Mapping[str, str]) -> list[list[tuple[str, str]]]:
    """What there is to say of each fact, as names and texts: first the fact, then its reasons."""
    explain = _Explanation(reading, prefixes)
    return [explain.rows(fact) for fact in reading.facts]


def _lines(number: int, rows: Sequence[tuple[str, str]]) -> str:
    named = [(f"{number}.", rows[0][1]), *rows[1:]]
    return "\n".join(f"{name:<12}  {text}" for name, text in named)


def short(iri: str, prefixes: Mapping[str, str]) -> str:
    """IRI as a prefixed name, or in angle brackets where no prefix fits."""
    fitting = [prefix for prefix, space in prefixes.items() if iri.startswith(space)]
    best = max(fitting, key=lambda prefix: len(prefixes[prefix]), default=None)
    local = iri[len(prefixes[best]) :] if best is not None else "/"
    return f"<{iri}>" if set("/#") & set(local) else f"{best}:{local}"


class _Explanation:
    """One reading, and how its terms are shown."""

    def __init__(self, reading: Reading, prefixes: Mapping[str, str]) -> None:
        self.text = reading.article.text
        self.entities = {entity.iri: entity for entity in reading.entities}
        self.prefixes = prefixes

    def rows(self, fact: Fact) -> list[tuple[str, str]]:
        """One fact, a row for each thing that is known of it."""
        subject, object_ = self.term(fact.subject), self.term(fact.object)
        rows = [
            ("fact", f"{subject}  {self.short(fact.predicate)}  {object_}"),
            ("status", f"{self.short(fact.status)}, confidence {fact.confidence:.2f}"),
            ("when", _when(fact.when) if fact.when else ""),
            ("says who", self.term(fact.attributed_to) if fact.attributed_to else ""),
            *((self.short(predicate), self.term(value)) for predicate, value in fact.qualifiers),
            *(("words", self.words(span)) for span in fact.evidence),
            ("frame", fact.frame.removeprefix(DEFAULT_BASE)),
            *(("named", self.link(self.entities[iri])) for iri in _named(fact) if iri in self.entities),
        ]
        return [(name, " ".join(text.split())) for name, text in rows if text]

    def short(self, iri: URIRef) -> str:
        return short(iri, self.prefixes)

    def term(self, term: URIRef | Literal) -> str:
        if isinstance(term, Literal):
            return f"“{term}”"
        entity = self.entities.get(term)
        return str(entity.labels[0]) if entity and entity.labels else self.short(term)

    def words(self, span: Span) -> str:
        return f"{span.start}-{span.end} “{self.text[span.start : span.end]}”"

    def link(self, entity: Entity) -> str:
        mentions = ", ".join(f"{m.span.start}-{m.span.end} “{m.surface}”" for m in entity.mentions)
        origin = "in the gazetteer" if entity.curated else "not in the gazetteer"
        return f"{self.short(entity.iri)}, a {self.short(entity.type)}, {origin}: {mentions}"


def _named(fact: Fact) -> Iterable[URIRef]:
    terms = (fact.subject, fact.object, fact.attributed_to, *(value for _, value in fact.qualifiers))
    return dict.fromkeys(term for term in terms if isinstance(term, URIRef))


def _when(period: Period) -> str:
    days = f"{period.earliest or '…'} to {period.latest or '…'}"
    known = period.when or (days if period.earliest or period.latest else "unresolved")
    return f"“{period.text}”: {known}"


def _line_row(line: Line) -> tuple[str, ...]:
    slots = ((key, _value(value)) for key, value in line.items() if key not in ASIDE)
    said = "; ".join(f"{key}: {text}" for key, text in slots if text)
    first = line["evidence"][0] if isinstance(line["evidence"], list) else None
    sure = f"{line['confidence']:.2f}"
    return str(line["article"]), str(line["type"]), said, str(line["status"]), sure, _value(first)


def _value(value: JSON) -> str:
    if isinstance(value, dict):
        return str(value.get("text", ""))
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return "" if value is None else str(value)


# Columns


def _fit(text: str, widest: int | None) -> str:
    """TEXT as one line of at most WIDEST columns."""
    flat = " ".join(text.split())
    return flat if widest is None or _width(flat) <= widest else f"{flat[: widest - 1]}…"


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """How many columns TEXT takes: marks above and below letters, and joiners, take none."""
    return sum(unicodedata.category(character) not in ("Mn", "Me", "Cf") for character in text)
