"""The whole road, from articles to a published graph: the first module to read.

    extract -> assemble -> validate -> store -> (entities, metadata, corpus rules) -> publish

Each article goes the first half alone, in any process and any order.  What concerns all of them is
worked out from the store afterwards, so the same articles give the same graph however they came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Final
from urllib.parse import quote

from rdflib import URIRef

from khabar.errors import KhabarError, ReadError
from khabar.extraction import extract
from khabar.graph.assemble import assemble
from khabar.graph.curation import refuted, without_refuted
from khabar.graph.entities import ENTITIES, describe
from khabar.graph.folder import is_built
from khabar.graph.identity import links
from khabar.graph.metadata import LEXICON, ONTOLOGY, Run, describe_dataset, fingerprint
from khabar.graph.report import Report, merge
from khabar.graph.shapes import ARTICLE, CORPUS, Shapes, load_shapes
from khabar.graph.skolem import skolemise
from khabar.graph.store import Store
from khabar.graph.validate import Beside, as_quads, axioms, validate_quads, validate_store
from khabar.knowledge import Knowledge, load
from khabar.model import Article, Quad
from khabar.processes import spread
from khabar.resources import folder
from khabar.vocab import DEFAULT_BASE, RESERVED_KEYS

BATCH: Final = 64  # articles in one transaction: few flushes, little memory

Progress = Callable[[int, int], object]  # told how many articles are done, of how many


@dataclass(frozen=True, slots=True)
class Refused:
    """An article that is not in the graph, and why."""

    origin: str  # the file it was read from
    reason: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; all lists are sorted."""

    folder: Path
    snapshot: int  # the number under which the graph is published
    built: tuple[str, ...]  # keys of the articles that are new
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[Refused, ...]
    validation: Report  # of the refused articles, and of the whole graph
    statements: dict[URIRef, int] = field(hash=False)  # in the whole graph, by predicate

    @property
    def good(self) -> bool:
        """Whether every article is in, and the graph conforms; it may have warnings."""
        return not self.refused and self.validation.conforms

    @property
    def text(self) -> str:
        """The report for people."""
        counts = ("built", "replaced", "unchanged", "refused")
        lines = [", ".join(f"{name} {len(getattr(self, name))}" for name in counts)]
        lines += [f"refused {refused.origin}: {refused.reason}" for refused in self.refused]
        stated = (f"{predicate.rpartition('#')[2]} {n}" for predicate, n in self.statements.items())
        lines.append(f"statements {sum(self.statements.values())}: {', '.join(stated)}")
        return "\n".join([*lines, *self.validation.lines()])


def build(
    sources: Iterable[Article | ReadError],
    out: Path,
    *,
    knowledge: Knowledge,
    base: str = DEFAULT_BASE,
    shapes: Sequence[Path] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    source_date_epoch: int | None = None,
) -> BuildReport:
    """Add the articles of SOURCES to the graph in the folder OUT, which may not exist yet.

    SOURCES may be what khabar.read gives: what it could not read is refused, and the rest is built.
    An article that breaks a shape goes to OUT/quarantine with its report; the others are built.
    The bytes of the graph do not depend on the order of SOURCES or on JOBS, the number of processes.
    Raises KhabarError when nothing can be built; a first build then leaves no folder behind.
    """
    paths = tuple(shapes or sorted(folder("shapes").glob("*.ttl")))
    articles, unread = _collect(sources)
    rules = load_shapes(paths)
    run = Run(tuple(articles), fingerprint(knowledge.folder), source_date_epoch)
    with Store.open(out, base) if is_built(out) else Store.create(out, base) as store:
        outcome = Outcome(store, run, unread)
        examine, given = Examiner(knowledge, rules), (knowledge.folder, paths)
        checked = spread(examine, articles, jobs, prepare=_examiner, given=given)
        examined = _batches(_counted(checked, len(articles), progress))
        store.put_lines(
            _knowledge_graphs(knowledge.folder, base)
        )  # not beside the next: an answer of pyoxigraph may only be freed in its own thread
        first = next(examined, [])
        for batch in chain([first], examined):
            outcome.take(batch)
        same = links(store.dataset, knowledge, base)
        store.put(ENTITIES, describe(store.named(), knowledge.gazetteer.entries, same))
        store.put_metadata(
            [*(run.quads() if outcome.changed else ()), *describe_dataset(store, source_date_epoch)]
        )
        corpus = rules if base == DEFAULT_BASE else load_shapes(paths, base)
        validation = merge([*outcome.reports, validate_store(store.dataset, corpus.scoped(CORPUS))])
        _write(store.path / "reports" / "validation.txt", validation.text)
        _write(store.path / "reports" / "validation.json", validation.json)
        return outcome.report(out, store.publish(), validation, store.statements())


def _knowledge_graphs(knowledge: Path, base: str) -> dict[URIRef, frozenset[str]]:
    """The Turtle that the articles are read with."""
    terms = [knowledge / name for name in ("khabar.ttl", "lexicon.ttl")]
    lexicons = sorted((knowledge / "languages").glob("*.ttl"))
    return {ONTOLOGY: skolemise(terms, ONTOLOGY, base), LEXICON: skolemise(lexicons, LEXICON, base)}


# --- one article, in any process


@dataclass(frozen=True, slots=True)
class Checked:
    """One article on its way into the store, or out of it again."""

    article: Article
    quads: tuple[Quad, ...]
    report: Report
    error: str | None = None  # why there are no quads


class Examiner:
    """The first half of the road for one article: extract, assemble, validate."""

    def __init__(self, knowledge: Knowledge, shapes: Shapes) -> None:
        self._knowledge = knowledge
        self._shapes = shapes.scoped(ARTICLE)
        self._axioms = Beside(as_quads(axioms(knowledge.ontology.graph)))

    def __call__(self, article: Article) -> Checked:
        if unfit := _unfit(article.key):
            return Checked(article, (), Report(), unfit)
        try:
            quads = assemble(extract(article, self._knowledge))
        except KhabarError as error:
            return Checked(article, (), Report(), f"{error.problem}; {error.fix}")
        return Checked(article, quads, validate_quads(as_quads(quads), self._shapes, self._axioms))


def _unfit(key: str) -> str | None:
    if key in RESERVED_KEYS or not re.fullmatch(r"[^\x00-\x20<>\"{}|\\^`#?/%]+", key):
        return f"its id {key!r} cannot be part of an IRI of ours; give it another"
    return None


def _examiner(knowledge: Path, shapes: Sequence[Path]) -> Examiner:
    return Examiner(load(knowledge), load_shapes(shapes))


def _counted(found: Iterable[Checked], total: int, progress: Progress | None) -> Iterator[Checked]:
    for done, checked in enumerate(found, 1):
        yield checked
        if progress is not None:
            progress(done, total)


# --- all articles


def _collect(sources: Iterable[Article | ReadError]) -> tuple[list[Article], list[Refused]]:
    """The articles, each once and sorted by key, and what could not be read.

    Everything is read before anything is written, so that two articles with one id leave no trace.
    """
    articles: dict[str, Article] = {}
    unread: list[Refused] = []
    for source in sources:
        if isinstance(source, ReadError):
            unread.append(Refused(source.where, f"{source.problem}; {source.fix}"))
            continue
        first = articles.setdefault(source.key, source)
        if _content(first) != _content(source):
            raise ReadError(
                where=f"{first.origin} and {source.origin}",
                problem=f"are two different articles with one id, {source.key}",
                fix="give one of them another id, or leave it out",
            )
    if not articles:
        raise ReadError(where="sources", problem="hold no article", fix="name files that do")
    return [articles[key] for key in sorted(articles)], unread


def _content(article: Article) -> tuple[object, ...]:
    return article.text, article.language, article.title, article.published, article.address


def _batches(checked: Iterator[Checked]) -> Iterator[list[Checked]]:
    while batch := list(islice(checked, BATCH)):
        yield batch


class Outcome:
    """What becomes of the articles: those that conform go into the store, the others to quarantine."""

    def __init__(self, store: Store, run: Run, unread: Iterable[Refused]) -> None:
        self._store = store
        self._run = run
        self._before = frozenset(store.articles())
        self._refuted = refuted(store)
        self._keys: dict[str, list[str]] = {"built": [], "replaced": [], "unchanged": []}
        self._refused = list(unread)
        self.reports: list[Report] = []  # of articles that do not conform, under the base of the store

    @property
    def changed(self) -> bool:
        """Whether any article of this run is new in the store."""
        return bool(self._keys["built"] or self._keys["replaced"])

    def take(self, batch: Iterable[Checked]) -> None:
        """Store what conforms in one transaction, and put the rest aside."""
        fresh: dict[str, tuple[Quad, ...]] = {}
        for checked in batch:
            key, quads = checked.article.key, without_refuted(checked.quads, self._refuted)
            if checked.error is not None:
                self._refused.append(Refused(checked.article.origin or key, checked.error))
            elif not checked.report.conforms:
                self._quarantine(checked)
            elif key in self._before and self._store.holds(key, quads):
                self._keys["unchanged"].append(key)
            else:
                self._keys["replaced" if key in self._before else "built"].append(key)
                fresh[key] = (*quads, self._run.generated(key))
                self._keep(checked.article)
        self._store.apply(fresh)

    def _keep(self, article: Article) -> None:
        name = quote(article.key, safe="")
        _write(self._store.path / "articles" / f"{name}.json", _as_json(article))
        for suffix in ("json", "txt"):
            (self._store.path / "quarantine" / f"{name}.{suffix}").unlink(missing_ok=True)

    def _quarantine(self, checked: Checked) -> None:
        report = checked.report.under(self._store.base)
        where = self._store.path / "quarantine" / quote(checked.article.key, safe="")
        _write(where.with_name(f"{where.name}.json"), _as_json(checked.article))
        _write(where.with_name(f"{where.name}.txt"), report.text)
        self.reports.append(report)
        reason = f"breaks {len(report.violations)} rules; see quarantine/{where.name}.txt"
        self._refused.append(Refused(checked.article.origin or checked.article.key, reason))

    def report(
        self, out: Path, snapshot: int, validation: Report, statements: dict[URIRef, int]
    ) -> BuildReport:
        keys = {name: tuple(sorted(found)) for name, found in self._keys.items()}
        refused = tuple(sorted(self._refused, key=lambda refused: refused.origin))
        return BuildReport(
            out, snapshot, **keys, refused=refused, validation=validation, statements=statements
        )


# --- files


def _as_json(article: Article) -> str:
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


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
