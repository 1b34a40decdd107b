"""The whole road, from articles to a published graph: the first module to read.

    extract -> assemble -> validate -> store -> (entities, metadata, corpus rules) -> publish

Each article goes the first half alone, in any process and any order.  What concerns all of them is
worked out from the store afterwards, so the same articles give the same graph however they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Final

from rdflib import URIRef

from khabar.errors import ReadError
from khabar.examining import Checked, Examiner, as_json, content, examiner
from khabar.graph.curation import refuted
from khabar.graph.entities import ENTITIES, describe
from khabar.graph.folder import is_built
from khabar.graph.identity import links
from khabar.graph.metadata import LEXICON, ONTOLOGY, Run, describe_dataset, describe_runs, runs
from khabar.graph.quarantine import put_aside
from khabar.graph.report import SHOWN, Report, merge
from khabar.graph.shapes import CORPUS, load_shapes
from khabar.graph.skolem import skolemise
from khabar.graph.store import Store, Taken
from khabar.graph.takedown import marks, taken_down
from khabar.graph.validate import validate_store
from khabar.knowledge import Knowledge
from khabar.model import Article
from khabar.processes import spread
from khabar.resources import folder
from khabar.vocab import DEFAULT_BASE

BATCH: Final = 64  # articles in one transaction and one record of the journal: few flushes, little memory
REPORTS: Final = "reports"  # in the folder of a graph

TAKEN_DOWN: Final = "was taken down from this graph, which keeps it out; leave it out of the sources"

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
        lines += self.validation.lines(most=SHOWN)
        if len(self.validation.results) > SHOWN:
            lines.append(f"all results: {self.folder / REPORTS / 'validation.txt'}")
        return "\n".join(lines)


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
    rules, made_by = load_shapes(paths), runs(knowledge.folder, paths)
    with Store.open(out, base) if is_built(out) else Store.create(out, base) as store:
        outcome = Outcome(store, made_by, unread)
        waiting = outcome.waiting(articles)
        refused = refuted(store)
        examine = Examiner(knowledge, rules, base, made_by, refused)
        given = (knowledge.folder, paths, base, refused)
        checked = spread(examine, waiting, jobs, prepare=examiner, given=given)
        examined = _batches(checked)
        store.put_lines(
            _knowledge_graphs(knowledge.folder, base)
        )  # not beside the next: an answer of pyoxigraph may only be freed in its own thread
        first = next(examined, [])
        for batch in chain([first], examined):
            outcome.take(batch)
            if progress is not None:
                progress(outcome.done, len(articles))
        describe_all(store, knowledge, made_by.values(), source_date_epoch)
        corpus = rules if base == DEFAULT_BASE else load_shapes(paths, base)
        validation = merge([*outcome.reports, validate_store(store.dataset, corpus.scoped(CORPUS))])
        _write(store.path / REPORTS / "validation.txt", validation.text)
        _write(store.path / REPORTS / "validation.json", validation.json)
        return outcome.report(out, store.publish(), validation, store.statements())


def describe_all(store: Store, knowledge: Knowledge, made_by: Iterable[Run], epoch: int | None) -> None:
    """Say anew what follows from all articles together: of the things that they name, and of the dataset."""
    same = links(store.dataset, knowledge, store.base)
    store.put(ENTITIES, describe(store.named(), knowledge.gazetteer.entries, same))
    store.put_metadata([*describe_runs(store, made_by, epoch), *describe_dataset(store, epoch)])


def _knowledge_graphs(knowledge: Path, base: str) -> dict[URIRef, frozenset[str]]:
    """The Turtle that the articles are read with."""
    terms = [knowledge / name for name in ("khabar.ttl", "lexicon.ttl")]
    lexicons = sorted((knowledge / "languages").glob("*.ttl"))
    return {ONTOLOGY: skolemise(terms, ONTOLOGY, base), LEXICON: skolemise(lexicons, LEXICON, base)}


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

    def __init__(self, store: Store, made_by: Mapping[str, Run], unread: Iterable[Refused]) -> None:
        self._store = store
        self._runs = made_by
        self._before = frozenset(store.articles())
        self._told = store.told()
        self._taken_down = taken_down(store.dataset)
        self._keys: dict[str, list[str]] = {"built": [], "replaced": [], "unchanged": []}
        self._refused = list(unread)
        self.done = 0  # articles of which it is known, and on disk, what became of them
        self.reports: list[Report] = []  # of articles that do not conform, under the base of the store

    def waiting(self, articles: Iterable[Article]) -> list[Article]:
        """Those of some articles that are not in the store yet, just as they are and read by the same run."""
        found = []
        for article in articles:
            if not self._taken_down.isdisjoint(marks(article)):
                self._refused.append(Refused(article.origin or article.key, TAKEN_DOWN))
                self.done += 1
            elif self._told.get(article.key) == self._reading(article):
                self._keys["unchanged"].append(article.key)
                self.done += 1
            else:
                found.append(article)
        return found

    def take(self, batch: Iterable[Checked]) -> None:
        """Store what conforms in one transaction, and put the rest aside."""
        fresh: dict[str, Taken] = {}
        for checked in batch:
            key = checked.article.key
            self.done += 1
            if checked.error is not None:
                self._put_aside(checked, checked.error, checked.error)
            elif not checked.report.conforms:
                report = checked.report.under(self._store.base)
                self.reports.append(report)
                self._put_aside(checked, report.text, f"breaks {len(report.violations)} rules")
            else:
                is_held = key in self._before
                same = is_held and self._store.holds(key, checked.quads)
                self._keys["unchanged" if same else "replaced" if is_held else "built"].append(key)
                fresh[key] = Taken(checked.quads, self._reading(checked.article), as_json(checked.article))
        self._store.take(fresh)

    def _reading(self, article: Article) -> str:
        """What an article is read from, and by what."""
        run = self._runs.get(article.language)
        return f"{content(article)} {run.iri if run else None}"

    def _put_aside(self, checked: Checked, report: str, reason: str) -> None:
        article = checked.article
        where = put_aside(self._store.path, article.key, as_json(article), report)
        self._refused.append(Refused(article.origin or article.key, f"{reason}; see {where}"))

    def report(
        self, out: Path, snapshot: int, validation: Report, statements: dict[URIRef, int]
    ) -> BuildReport:
        keys = {name: tuple(sorted(found)) for name, found in self._keys.items()}
        refused = tuple(sorted(self._refused, key=lambda refused: refused.origin))
        return BuildReport(
            out, snapshot, **keys, refused=refused, validation=validation, statements=statements
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
