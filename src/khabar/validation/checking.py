"""One validation of files, folders or built graphs: what to check together, and in how many processes.

Shapes say by kh:scope what they have to see.  Those of "article" are checked over one article's graphs at a
time; those of "corpus", and those that say nothing, over everything together.  Merging articles would change
the answers of the first kind, and an article alone cannot answer the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeGuard

import pyoxigraph as ox
from rdflib import URIRef

from khabar.errors import KhabarError
from khabar.graph.documents import Document
from khabar.graph.folder import describe, open_snapshot
from khabar.graph.report import Report, Result, merge
from khabar.graph.shapes import Shapes
from khabar.graph.terms import Term
from khabar.graph.triples import Triples
from khabar.graph.validate import Beside, validate_quads, validate_store
from khabar.processes import spread
from khabar.validation.found import Found, Place, Sentences, identify, locate, numbered, quote
from khabar.validation.positions import Positions
from khabar.validation.rules import ALL, ARTICLES, EACH, Corpus, Rules, general, local
from khabar.validation.sources import Named
from khabar.validation.units import (
    Examined,
    Examiner,
    Source,
    base_of,
    by_article,
    flat,
    imports_of,
    nodes_of,
    opened,
    published,
    stored_articles,
    stored_keys,
)

TELLING: Final = 50  # files that are asked under which base khabar built them


@dataclass(frozen=True)
class Outcome:
    """What a validation found."""

    found: tuple[Found, ...]  # in the order of files and lines
    notes: tuple[str, ...] = ()
    looked: Mapping[Term, int] = field(default_factory=dict)  # focus nodes of each targeted shape
    graphs: int = 0  # that were checked each by itself; 1 where all was checked together
    triples: int = 0

    @property
    def targeted(self) -> int:
        """How many focus nodes there were, each counted for every shape that looked at it."""
        return sum(self.looked.values())


class Unchecked(Exception):
    """Some sources could not be read; nothing is said of the others."""

    def __init__(self, errors: Sequence[KhabarError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)


def check(
    sources: Sequence[Source],
    rules: Rules,
    sentences: Sentences,
    *,
    each: bool = False,
    jobs: int = 1,
    articles: Sequence[str] = (),
) -> Outcome:
    """Check SOURCES by RULES, in at most JOBS processes; the outcome does not depend on their number.

    With EACH, every file stands alone.  Of a built graph only the ARTICLES of these keys are checked, and of
    everything together only what they name.  Raises KhabarError, or Unchecked where sources cannot be read.
    """
    run = _Run(rules, sentences, jobs)
    folders = [source for source in sources if isinstance(source, Named) and source.built]
    files = [source for source in sources if source not in folders]
    for folder in folders:
        run.folder(folder, articles)
    if files:
        (run.each if each else run.together)(files)
    return run.outcome()


class _Run:
    """One validation under way."""

    def __init__(self, rules: Rules, sentences: Sentences, jobs: int) -> None:
        self._rules = rules
        self._shapes = rules.shapes
        self._sentences = sentences
        self._jobs = jobs
        self._found: list[Found] = []
        self._reports: list[Report] = []  # without their results
        self._imports: dict[str, None] = {}
        self._errors: list[KhabarError] = []
        self._graphs = self._triples = 0

    def outcome(self) -> Outcome:
        """All of it; raises Unchecked."""
        if self._errors:
            raise Unchecked(self._errors)
        notes = list(merge(self._reports).notes)
        notes += [
            f"Note: owl:imports <{iri}> was not followed; name the file too if it is needed."
            for iri in self._imports
        ]
        looked = merge(self._reports).looked
        return Outcome(numbered(self._found), tuple(notes), looked, self._graphs, self._triples)

    def together(self, files: Sequence[Source]) -> None:
        """All files as one graph, or article by article where they hold the graphs of articles."""
        documents, quads = [], []
        for file in files:
            try:
                documents.append(opened(file))
                quads.extend(documents[-1].quads())
            except KhabarError as error:
                self._errors.append(error)
        if self._errors:
            return
        self._imports.update(dict.fromkeys(imports_of(quads)))
        base = base_of(quads)
        articles = [] if base is None else list(by_article(quads, base))
        if base is None or not articles:
            data, shapes = flat(quads), self._shapes(base)
            beside = Beside(self._rules.axioms(base))
            report = validate_quads(data, shapes, beside, engine=self._rules.engine)
            self._graphs, self._triples = self._graphs + 1, self._triples + len(data)
            self._take_report(report, documents, shapes, data)
            return
        self._units(articles, base, ARTICLES, documents)
        corpus = Corpus(general(self._shapes(base), ARTICLES), self._rules.axioms(base))
        corpus.add(data := published(quads, base))
        self._take_report(corpus.report(self._rules.engine), documents, corpus.shapes, data)

    def each(self, files: Sequence[Source]) -> None:
        """Every file by itself, and over all of them what only all can show."""
        base = next((b for file in files[:TELLING] if (b := self._told_by(file)) is not None), None)
        corpus = Corpus(general(self._shapes(base), EACH), self._rules.axioms(base))
        self._units(files, base, EACH, None, corpus)
        report = corpus.report(self._rules.engine)
        if report.results:
            documents = [opened(file) for file in files]
            data = flat(quad for document in documents for quad in document.quads())
            self._take_report(report, documents, corpus.shapes, data)
        else:
            self._reports.append(report)

    def folder(self, folder: Named, articles: Sequence[str] = ()) -> None:
        """A graph that khabar has built, article by article; or only some ARTICLES of it."""
        store, base, shown = open_snapshot(folder.path), describe(folder.path).base, str(folder.path)
        held = stored_keys(store, base)
        if unknown := sorted(set(articles) - set(held)):
            raise KhabarError(
                where=shown,
                problem=f"holds no article {unknown[0]}",
                fix="give the key of one that it holds: the end of its IRI",
            )
        self._units(stored_articles(store, base, articles or held), base, ARTICLES, [], shown=shown)
        shapes = general(self._shapes(base), ARTICLES)
        if shapes.targeted():
            around = nodes_of(stored_articles(store, base, articles)) if articles else None
            report = validate_store(store, shapes, engine=self._rules.engine, around=around)
            self._take_report(report, [], shapes, _beside(store, report), shown)

    def _told_by(self, file: Source) -> str | None:
        try:
            return base_of(opened(file).quads())
        except KhabarError:
            return None

    def _units(
        self,
        sources: Iterable[Source],
        base: str | None,
        split: str,
        documents: Sequence[Document] | None,
        corpus: Corpus | None = None,
        shown: str | None = None,
    ) -> None:
        """Check units one by one; their results stand in DOCUMENTS, or each in its own source."""
        given = (self._rules, base, split)
        queued: list[Source] = []

        def under_way() -> Iterable[Source]:
            for source in sources:
                queued.append(source)
                yield source

        examined = spread(Examiner(*given), under_way(), self._jobs, prepare=Examiner, given=given)
        for one in examined:
            source = queued.pop(0)
            if corpus is not None:
                corpus.load(one.kept)
            if one.report.results:
                own = opened(source)
                where = [own] if documents is None else documents
                self._take(one, where, base, flat(own.quads()), split, shown)
            else:
                self._take(one, (), base, ())

    def _take(
        self,
        one: Examined,
        documents: Sequence[Document],
        base: str | None,
        data: Sequence[ox.Quad],
        split: str = ALL,
        shown: str | None = None,
    ) -> None:
        self._graphs += 1
        self._triples += one.triples
        self._imports.update(dict.fromkeys(one.imports))
        if one.error is not None:
            self._errors.append(one.error)
            return
        self._take_report(one.report, documents, local(self._shapes(base), split), data, shown)

    def _take_report(
        self,
        report: Report,
        documents: Sequence[Document],
        shapes: Shapes,
        data: Sequence[ox.Quad],
        shown: str | None = None,
    ) -> None:
        self._reports.append(Report((), report.notes, report.looked))
        if report.results:
            place = _Placing(documents, shapes, Triples(data), shown)
            self._found += [
                Found(result, identify(result), place(result), quote(result, place.data, self._sentences))
                for result in report.results
            ]


class _Placing:
    """Finds the places of results in the first document that tells."""

    def __init__(
        self, documents: Sequence[Document], shapes: Shapes, data: Triples, shown: str | None
    ) -> None:
        self._lined = [(d.name, Positions(d)) for d in documents]
        self._shapes = shapes.triples
        self._otherwise = shown or (documents[0].name if len(documents) == 1 else None)
        self.data = data

    def __call__(self, result: Result) -> Place | None:
        for file, positions in self._lined:
            place = locate(result, file, positions, self._shapes, self.data)
            if place.line is not None:
                return place
        return None if self._otherwise is None else Place(self._otherwise)


def _is_iri(node: object) -> TypeGuard[URIRef]:
    return isinstance(node, URIRef)


def _beside(store: ox.Store, report: Report) -> list[ox.Quad]:
    """What the store says of the nodes that results name: enough to quote an article."""
    nodes = {ox.NamedNode(node) for r in report.results for node in (r.focus, r.value) if _is_iri(node)}
    found = [quad for node in nodes for quad in store.quads_for_pattern(node, None, None, None)]
    inner = {quad.object for quad in found if isinstance(quad.object, ox.NamedNode)}
    found += [quad for node in inner for quad in store.quads_for_pattern(node, None, None, None)]
    return flat(found)
