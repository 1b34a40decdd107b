"""What is done with one article, in any process of any machine: extract, assemble, validate.

Each process loads the knowledge once.  What leaves it is plain strings, of which other articles need some:
what it says of the things that it names goes to where all that is said of them meets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from khabar.examining import Checked, Examiner, as_json, examiner
from khabar.graph.assemble import META
from khabar.knowledge import Knowledge, load
from khabar.model import Article
from khabar.vocab import NIF, ORG, RDF, SKOS, graph_iri, rebase, text_graph_iri

Fact = dict[str, object]  # a row of the table of facts
Said = dict[str, list[str]]  # of a thing, by its IRI: triples

# What the rules of the corpus and the identity of things ask of a statement.
_TYPE, _SUBJECT, _PREDICATE, _OBJECT = (f"{RDF}{name}" for name in ("type", "subject", "predicate", "object"))


@dataclass(frozen=True, slots=True)
class Given:
    """What a process needs to know; every machine has the same files."""

    knowledge: Path
    shapes: tuple[Path, ...]
    base: str
    language: str | None

    def ours(self, name: str) -> str:
        """A term of our vocabulary, under the base."""
        return f"{self.base}ont#{name}"


@dataclass(frozen=True, slots=True)
class Statement:
    """What tells who is who: that a thing relates to another, from some year on."""

    iri: str
    subject: str
    predicate: str
    object: str  # as N-Triples writes it
    year: str | None


@dataclass(slots=True)
class Examined:
    """One article, examined: its lines by graph and subject, and what concerns others."""

    key: str
    language: str
    published: str | None
    origin: str
    article: str  # as JSON
    error: str = ""  # why it is not in the graph
    report: str = ""  # of an article that breaks a shape
    graph: str = ""  # lines of N-Quads, sorted
    text: str = ""
    meta: list[tuple[str, str]] = field(default_factory=list)  # a subject, and its lines, sorted
    named: list[tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    bodies: list[tuple[str, str]] = field(default_factory=list)  # a post, and what it is in
    said: Said = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)


@lru_cache(maxsize=1)
def knowledge(folder: Path) -> Knowledge:
    """The knowledge in FOLDER, loaded once in each process."""
    return load(folder)


_examiners: Final[dict[Given, Examiner]] = {}


def examine(articles: Iterable[Article], *, given: Given) -> Iterator[Examined]:
    """The articles of one partition, examined; one that fails never costs the others."""
    if given not in _examiners:
        _examiners[given] = examiner(given.knowledge, given.shapes, given.base, frozenset())
    for article in articles:
        published = article.published.isoformat() if article.published else None
        found = Examined(article.key, article.language, published, article.origin, as_json(article))
        try:
            _fill(found, _examiners[given](article), given)
        except Exception as error:
            found.error = f"a bug in khabar: {type(error).__name__}: {error}; report it with this article"
        yield found


def _fill(found: Examined, checked: Checked, given: Given) -> None:
    if checked.error is not None:
        found.error = checked.error
        return
    if not checked.report.conforms:
        found.error = f"breaks {len(checked.report.violations)} rules"
        found.report = checked.report.under(given.base).text
        return
    graphs: defaultdict[str, list[ox.Quad]] = defaultdict(list)
    for quad in checked.quads:
        graphs[quad.graph_name.value].append(quad)  # type: ignore[union-attr]
    mine, text = (str(rebase(make(found.key), given.base)) for make in (graph_iri, text_graph_iri))
    found.graph, found.text = _lines(graphs[mine]), _lines(graphs[text])
    meta: defaultdict[str, list[ox.Quad]] = defaultdict(list)
    for quad in graphs[str(rebase(META, given.base))]:
        meta[str(quad.subject)].append(quad)
    found.meta = [(subject, _lines(quads)) for subject, quads in meta.items()]
    _share(found, graphs[mine], given)


def _lines(quads: Iterable[ox.Quad]) -> str:
    return "\n".join(sorted(f"{quad} ." for quad in quads))


def _share(found: Examined, quads: Iterable[ox.Quad], given: Given) -> None:
    """Tell others what they need of the graph of an article."""
    by_subject: defaultdict[str, defaultdict[str, list[ox.Quad]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        by_subject[quad.subject.value][quad.predicate.value].append(quad)  # type: ignore[union-attr]
    statements = {iri: said for iri, said in by_subject.items() if _PREDICATE in said}
    said: defaultdict[str, list[str]] = defaultdict(list)
    chairs, inception = given.ours("chairs"), given.ours("inception")
    for iri, told in by_subject.items():
        if iri in statements:
            found.statements.append(_statement(iri, told, given))
            found.facts.append(_fact(found, iri, told, by_subject, given))
            for end in {_value(told, _SUBJECT), _value(told, _OBJECT)}:
                said[end].extend(_triple(q) for p in told for q in told[p] if p != given.ours("evidence"))
            continue
        for verb in (_TYPE, chairs, inception):
            for quad in told.get(verb, ()):
                said[iri].append(_triple(quad))
                if verb == chairs:
                    said[quad.object.value].append(_triple(quad))  # type: ignore[union-attr]
        found.bodies += [(iri, quad.object.value) for quad in told.get(str(ORG.postIn), ())]  # type: ignore[union-attr]
        names = [quad.object for quad in told.get(str(SKOS.altLabel), ())]
        types = [quad.object.value for quad in told.get(_TYPE, ())]  # type: ignore[union-attr]
        if names:
            written = tuple((n.value, n.language or "") for n in names if isinstance(n, ox.Literal))
            found.named.append((iri, written, tuple(types)))
    found.said = dict(said)


def _value(told: dict[str, list[ox.Quad]], predicate: str) -> str:
    """The one value of a part of a statement, as text; "" where it has none."""
    return next((quad.object.value for quad in told.get(predicate, ())), "")  # type: ignore[union-attr]


def _triple(quad: ox.Quad) -> str:
    return f"{quad.subject} {quad.predicate} {quad.object} ."


def _statement(iri: str, told: dict[str, list[ox.Quad]], given: Given) -> Statement:
    earliest = _value(told, given.ours("earliest"))
    return Statement(
        iri,
        _value(told, _SUBJECT),
        _value(told, _PREDICATE),
        str(told[_OBJECT][0].object),
        earliest[:4] or None,
    )


def _fact(
    found: Examined,
    iri: str,
    told: dict[str, list[ox.Quad]],
    by_subject: dict[str, defaultdict[str, list[ox.Quad]]],
    given: Given,
) -> Fact:
    """A statement as a row, the words that it rests on beside it."""
    value = told[_OBJECT][0].object
    spans = sorted(quad.object.value for quad in told.get(given.ours("evidence"), ()))  # type: ignore[union-attr]
    words = [_value(by_subject[span], str(NIF.anchorOf)) for span in spans if span in by_subject]
    named = {name: _value(told, given.ours(name)) or None for name in _COLUMNS}
    return {
        "article": found.key, "language": found.language, "published": found.published, "statement": iri,
        "subject": _value(told, _SUBJECT), "predicate": _value(told, _PREDICATE),
        "object": _value(told, _OBJECT),
        "object_is_iri": isinstance(value, ox.NamedNode), **named,
        "confidence": float(_value(told, given.ours("confidence")) or 0), "evidence": words,
    }  # fmt: skip


_COLUMNS: Final = ("status", "when", "earliest", "latest", "attributedTo", "frame")


__all__ = ["Examined", "Given", "Statement", "examine", "knowledge"]
