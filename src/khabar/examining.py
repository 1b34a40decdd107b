"""The first half of the road, for one article in any process: extract, assemble, validate."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import URIRef

from khabar.errors import KhabarError
from khabar.extraction import extract
from khabar.graph.assemble import assemble
from khabar.graph.curation import without_refuted
from khabar.graph.metadata import Run, runs
from khabar.graph.report import Report
from khabar.graph.shapes import ARTICLE, Shapes, load_shapes
from khabar.graph.terms import Terms
from khabar.graph.validate import Beside, as_quads, axioms, validate_quads
from khabar.knowledge import Knowledge, load
from khabar.model import Article
from khabar.vocab import DEFAULT_BASE, RESERVED_KEYS, digest

NOTHING: Final[frozenset[URIRef]] = frozenset()


class Quads(frozenset[ox.Quad]):
    """Quads that go from one process to another as N-Quads: a tenth of the time of pickling each."""

    def __reduce__(self) -> tuple[object, ...]:
        return _parsed, (ox.serialize(self, format=ox.RdfFormat.N_QUADS),)


def _parsed(data: bytes) -> Quads:
    return Quads(ox.parse(data, format=ox.RdfFormat.N_QUADS))


@dataclass(frozen=True, slots=True)
class Checked:
    """One article on its way into the store, or out of it again."""

    article: Article
    quads: Quads  # under the base of the store
    report: Report
    error: str | None = None  # why there are no quads


class Examiner:
    """What is to be done with each article; REFUTED are statements that somebody has refuted."""

    def __init__(
        self,
        knowledge: Knowledge,
        shapes: Shapes,
        base: str = DEFAULT_BASE,
        made_by: Mapping[str, Run] | None = None,
        refuted: frozenset[URIRef] = NOTHING,
    ) -> None:
        self._knowledge = knowledge
        self._shapes = shapes.scoped(ARTICLE)
        self._axioms = Beside(as_quads(axioms(knowledge.ontology.graph)))
        self._terms = Terms(base)
        self._runs = made_by or {}
        self._refuted = refuted

    def __call__(self, article: Article) -> Checked:
        if unfit := _unfit(article.key):
            return Checked(article, Quads(), Report(), unfit)
        try:
            quads = assemble(extract(article, self._knowledge))
        except KhabarError as error:
            return Checked(article, Quads(), Report(), f"{error.problem}; {error.fix}")
        report = validate_quads(as_quads(quads), self._shapes, self._axioms)
        quads = without_refuted(quads, self._refuted)
        if (run := self._runs.get(article.language)) is not None:
            quads = (*quads, run.generated(article.key))
        return Checked(article, Quads(map(self._terms.quad, quads)), report)


def examiner(knowledge: Path, shapes: Sequence[Path], base: str, refuted: frozenset[URIRef]) -> Examiner:
    """An examiner for another process, from what can be sent there."""
    return Examiner(
        load(knowledge), load_shapes(shapes), base, made_by=runs(knowledge, shapes), refuted=refuted
    )


def _unfit(key: str) -> str | None:
    if key in RESERVED_KEYS or not re.fullmatch(r"[^\x00-\x20<>\"{}|\\^`#?/%]+", key):
        return f"its id {key!r} cannot be part of an IRI of ours; give it another"
    return None


def content(article: Article) -> str:
    """A digest of all that an article says of itself, and of its words: the same one is the same article."""
    told = (
        article.key, article.language, article.title, article.published, article.address,
        article.publisher, article.author, article.text,
    )  # fmt: skip
    return digest(*(str(value or "") for value in told))


def as_json(article: Article) -> str:
    """An article as it was read, in a form that can be read again."""
    source = {"url": article.address, "publisher": article.publisher}
    known = {
        "id": article.key,
        "lang": article.language,
        "title": article.title,
        "published": article.published and article.published.isoformat(),
        "source": {name: value for name, value in source.items() if value},
        "author": article.author,
        "text": article.text,
    }
    return json.dumps({k: v for k, v in known.items() if v}, ensure_ascii=False, indent=2) + "\n"
