"""What a validation found, as values and as words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Final, NamedTuple

from rdflib import Literal, URIRef

from khabar.graph.terms import Term, moved
from khabar.vocab import SH, rebase

VERSION: Final = 1  # of the JSON
SHOWN: Final = 20  # results that a build tells at its end; all of them are in its report
SEVERITIES: Final = (SH.Violation, SH.Warning, SH.Info)


@dataclass(frozen=True, slots=True)
class Result:
    """One node that does not hold what a shape says."""

    focus: Term
    name: str  # of the focus node, for people
    path: str | None  # as SPARQL writes it; None where the node itself is at fault
    value: Term | None
    shape: Term  # the rule: a node shape, or the property shape inside it
    component: Term  # such as sh:MinCountConstraintComponent
    severity: Term  # sh:Violation, sh:Warning or sh:Info
    messages: tuple[Literal, ...]  # one a language, sorted by language; never empty
    predicate: URIRef | None = None  # of the triple at fault, where the path leaves no doubt
    constraint: Term | None = None  # the sh:sparql constraint of the shape, where it is one
    details: tuple[Result, ...] = ()  # what made a shape inside this one fail

    def __reduce__(self) -> tuple[object, ...]:
        # rdflib would give a literal another spelling on its way to another process.
        return _revived, tuple(_packed(getattr(self, part.name)) for part in fields(self))

    def told(self) -> dict[str, object]:
        """It for programs."""
        return {
            "severity": local(self.severity).lower(),
            "focus": str(self.focus),
            "name": self.name,
            "path": self.path,
            "value": None if self.value is None else self.value.n3(),
            "shape": str(self.shape),
            "component": local(self.component),
            "messages": {message.language or "": str(message) for message in self.messages},
        }

    def message(self, language: str | None = None) -> str:
        """What is wrong, in LANGUAGE if the shape says it so, else in the Latin letters of a terminal."""
        mine = (text for text in self.messages if language is not None and text.language == language)
        return str(next(mine, None) or min(self.messages, key=_foreign))


@dataclass(frozen=True, slots=True)
class Report:
    """What a validation found, the gravest first; the same data and shapes give the same report."""

    results: tuple[Result, ...] = ()
    notes: tuple[str, ...] = ()  # what was not checked
    looked: Mapping[Term, int] = field(default_factory=dict, compare=False)  # focus nodes of each shape

    @property
    def targeted(self) -> int:
        """How many focus nodes there were, each counted for every shape that looked at it."""
        return sum(self.looked.values())

    @property
    def conforms(self) -> bool:
        """Whether nothing is violated; warnings are allowed."""
        return not self.violations

    @property
    def violations(self) -> tuple[Result, ...]:
        """The results that must be put right."""
        return tuple(result for result in self.results if result.severity == SH.Violation)

    @property
    def warnings(self) -> tuple[Result, ...]:
        """The results that need only be looked at: warnings, and what is said for information."""
        return tuple(result for result in self.results if result.severity != SH.Violation)

    @property
    def text(self) -> str:
        """The report for people, ending in a newline."""
        return "".join(f"{line}\n" for line in self.lines())

    @property
    def json(self) -> str:
        """The report for programs: counts, notes, and each result with its messages by language."""
        told = {
            "version": VERSION,
            "conforms": self.conforms,
            "violations": len(self.violations),
            "warnings": len(self.warnings),
            "notes": self.notes,
            "results": [result.told() for result in self.results],
        }
        return f"{json.dumps(told, ensure_ascii=False, indent=1)}\n"

    def under(self, base: str) -> Report:
        """The same report, of data that has been moved to another base than the default one."""
        return replace(self, results=tuple(_moved(result, base) for result in self.results))

    def lines(self, language: str | None = None, most: int | None = None) -> Iterator[str]:
        """The report for people, with at MOST so many results; in LANGUAGE where messages are in it."""
        for result in self.results[:most]:
            yield f"{local(result.severity)}: {result.name}: {result.message(language)}"
            value = f" = {short(result.value)}" if result.value is not None and result.path else ""
            path = f"  {result.path}{value}" if result.path else ""
            yield f"  <{result.focus}>{path}  ({local(result.shape)})"
        if most is not None and len(self.results) > most:
            yield f"… and {len(self.results) - most:,} more"
        yield from self.notes
        counts = f"{len(self.violations)} violations, {len(self.warnings)} warnings"
        yield f"{'Conforms' if self.conforms else 'Does not conform'}: {counts}"


class _Packed(NamedTuple):
    """A literal, letter by letter."""

    text: str
    language: str | None
    datatype: URIRef | None


def _packed(part: object) -> object:
    if isinstance(part, Literal):
        return _Packed(str(part), part.language, part.datatype)
    return tuple(map(_packed, part)) if isinstance(part, tuple) else part


def _unpacked(part: object) -> object:
    if isinstance(part, _Packed):
        return Literal(part.text, lang=part.language, datatype=part.datatype, normalize=False)
    return tuple(map(_unpacked, part)) if isinstance(part, tuple) else part


def _revived(*parts: object) -> Result:
    return Result(*map(_unpacked, parts))  # type: ignore[arg-type]


def _foreign(text: str) -> float:
    """The share of letters that are not ASCII: a message in English may name what is written otherwise."""
    return sum(not letter.isascii() for letter in text) / (len(text) or 1)


def merge(reports: Iterable[Report]) -> Report:
    """Several reports as one."""
    reports = list(reports)
    results: Counter[Result] = Counter()
    for report in reports:  # what several found is one; what one found twice is two
        results |= Counter(report.results)
    notes = dict.fromkeys(note for report in reports for note in report.notes)
    looked: Counter[Term] = Counter()
    for report in reports:
        looked.update(report.looked)
    return Report(in_order(results.elements()), tuple(notes), looked)


def in_order(results: Iterable[Result]) -> tuple[Result, ...]:
    """Results as a report lists them: the gravest first, then by their shape."""
    return tuple(sorted(results, key=_order))


def _moved(result: Result, base: str) -> Result:
    def there(term: Term | None) -> Term | None:
        return None if term is None else moved(term, base)

    return replace(
        result,
        focus=moved(result.focus, base),
        shape=moved(result.shape, base),
        value=there(result.value),
        predicate=None if result.predicate is None else rebase(result.predicate, base),
        constraint=there(result.constraint),
        details=tuple(_moved(detail, base) for detail in result.details),
    )


def _order(result: Result) -> tuple[object, ...]:
    grave = SEVERITIES.index(result.severity) if result.severity in SEVERITIES else len(SEVERITIES)
    value = "" if result.value is None else result.value.n3()
    return grave, str(result.shape), str(result.focus), result.path or "", value, result.message()


def short(term: Term | None) -> str:
    """A term for people: the end of an IRI, or the first sixty letters of a text."""
    if isinstance(term, Literal):
        return str(term) if len(term) <= 60 else f"{term[:60]}…"
    return local(term) if term is not None else ""


def local(iri: object) -> str:
    """The end of an IRI, after its last hash or slash; of a span, the article and the offsets."""
    text = str(iri)
    head, _, fragment = text.rpartition("#")
    if head and "=" not in fragment:
        return fragment
    return text.rstrip("/").rpartition("/")[2] or text
