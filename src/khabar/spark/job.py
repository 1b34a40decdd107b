"""A build on many machines: articles out of any file system in, sorted N-Quads and a table of facts out.

    read -> one of each key -> examine (in each partition) -> lines
                                   |-> who is who, labels   (a shuffle by thing)   -> lines
                                   '-> rules of the corpus  (a shuffle by thing)   -> report
    lines -> sorted by graph and subject -> parts

A record that cannot be read or breaks a rule goes to quarantine with its reason; no record fails the job.
The parts one after another are the bytes that `khabar dump --format nquads` writes of a local build.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from pyspark import RDD, StorageLevel
from pyspark.sql import SparkSession
from rdflib import Literal, URIRef

from khabar.errors import ReadError
from khabar.graph.entities import ENTITIES, describe
from khabar.graph.metadata import LEXICON, ONTOLOGY, describe_dataset, runs
from khabar.graph.report import Report, Result
from khabar.graph.shapes import CORPUS, load_shapes
from khabar.graph.skolem import skolemise
from khabar.graph.store import Named
from khabar.graph.terms import Terms
from khabar.graph.validate import validate_store
from khabar.model import Article, Quad
from khabar.spark.identity import same
from khabar.spark.session import SparkError
from khabar.spark.sources import articles
from khabar.spark.worker import Examined, Given, examine, knowledge
from khabar.vocab import RDF, rebase, unbased

PARTITIONS: Final = 2  # for each core, where spark.default.parallelism is not set: the last to end are short
BUILDING: Final = ".building"  # what a folder is called while it is not complete
SCHEMA: Final = (
    "article string, language string, published string, statement string, subject string, predicate string, "
    "object string, object_is_iri boolean, status string, `when` string, earliest string, latest string, "
    "attributedTo string, frame string, confidence double, evidence array<string>"
)

Block = tuple[tuple[str, str], str]  # graph and subject, and their lines, sorted


@dataclass(frozen=True, slots=True)
class Built:
    """What a job did."""

    out: str
    built: int
    refused: int
    statements: dict[str, int]  # by predicate
    validation: Report

    @property
    def good(self) -> bool:
        """Whether every article is in, and the graph conforms; it may have warnings."""
        return not self.refused and self.validation.conforms

    def text(self, most: int | None = None) -> str:
        """The report for people, with at MOST so many results of the validation."""
        lines = [f"built {self.built}, refused {self.refused}"]
        if self.refused:
            lines.append(f"refused: see {self.out}/quarantine")
        stated = ", ".join(f"{name.rpartition('#')[2]} {n}" for name, n in self.statements.items())
        lines.append(f"statements {sum(self.statements.values())}: {stated}")
        lines += self.validation.lines(most=most)
        if most is not None and len(self.validation.results) > most:
            lines.append(f"all results: {self.out}/report")
        return "\n".join(lines)


def build(
    spark: SparkSession,
    sources: Iterable[str],
    out: str,
    given: Given,
    *,
    epoch: int | None = None,
    publish_text: bool = False,
) -> Built:
    """Build the articles of SOURCES into the folder OUT of any file system; raises SparkError, ReadError.

    OUT gets nquads/, facts/ (Parquet), quarantine/ (JSON lines) and report/ (text), all of them or none.
    """
    with _Folder(spark, out) as folder:
        found = _examined(spark, sources, given)
        good = found.examined.filter(lambda one: not one.error)
        whole = _Whole(good, given, found.partitions)
        counts = dict(
            good.map(lambda one: (one.language, (1, one.published or ""))).reduceByKey(_both).collect()
        )
        bad = found.refused().persist(StorageLevel.MEMORY_AND_DISK)
        refused = bad.count()
        if not counts and not refused:
            raise ReadError(where="sources", problem="hold no article", fix="name files that do")
        blocks = good.flatMap(partial(_blocks, base=given.base, publish_text=publish_text))
        driver = _of_all(given, counts, epoch)
        lines = spark.sparkContext.parallelize(driver, 1).union(blocks).union(whole.entities)
        lines.sortByKey(numPartitions=found.partitions).values().saveAsTextFile(f"{folder.path}/nquads")
        rows = good.flatMap(lambda one: [tuple(fact.values()) for fact in one.facts])
        spark.createDataFrame(rows, SCHEMA).write.parquet(f"{folder.path}/facts")
        bad.saveAsTextFile(f"{folder.path}/quarantine")
        predicates = good.flatMap(lambda one: [(said.predicate, 1) for said in one.statements])
        report = whole.report()
        built = Built(
            out, sum(n for n, _ in counts.values()), refused,
            dict(sorted(predicates.reduceByKey(lambda a, b: a + b).collect())), report,
        )  # fmt: skip
        spark.sparkContext.parallelize([built.text()], 1).saveAsTextFile(f"{folder.path}/report")
    return built


def _both(left: tuple[int, str], right: tuple[int, str]) -> tuple[int, str]:
    return left[0] + right[0], max(left[1], right[1])


class _Folder:
    """A folder that is there when it is complete, and not before: a context manager."""

    def __init__(self, spark: SparkSession, out: str) -> None:
        jvm: Any = spark.sparkContext._jvm
        configuration = spark.sparkContext._jsc.hadoopConfiguration()
        place = Path(out).resolve().as_uri() if "://" not in out else out
        self.path = place.rstrip("/") + BUILDING
        self._target, self._building = (jvm.org.apache.hadoop.fs.Path(p) for p in (place, self.path))
        self._system = self._target.getFileSystem(configuration)
        if self._system.exists(self._target):
            raise SparkError(
                where=out,
                problem="is there already, and Spark adds nothing to a graph",
                fix="choose a folder that does not exist yet",
            )
        self._system.delete(self._building, True)  # what a job that was killed has left

    def __enter__(self) -> _Folder:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._system.rename(self._building, self._target)
        else:
            self._system.delete(self._building, True)


# --- articles


@dataclass(slots=True)
class _Found:
    """What became of the records."""

    examined: RDD[Examined]
    unread: RDD[ReadError]
    clashing: RDD[tuple[Article, Article]]
    partitions: int

    def refused(self) -> RDD[str]:
        """A line of JSON for each record that is not in the graph, with the reason."""
        examined = self.examined.filter(lambda one: bool(one.error)).map(_aside)
        unread = self.unread.map(lambda error: _reason(error.where, f"{error.problem}; {error.fix}"))
        return examined.union(unread).union(self.clashing.flatMap(_clash))


def _examined(spark: SparkSession, sources: Iterable[str], given: Given) -> _Found:
    is_set = spark.sparkContext.getConf().contains("spark.default.parallelism")
    partitions = spark.sparkContext.defaultParallelism * (1 if is_set else PARTITIONS)
    read = articles(spark, sources, given).coalesce(partitions).persist(StorageLevel.MEMORY_AND_DISK)
    by_key = read.filter(lambda one: isinstance(one, Article)).map(lambda one: (one.key, (one, None)))
    once = by_key.reduceByKey(_one_of, partitions).values().persist(StorageLevel.MEMORY_AND_DISK)
    examined = once.filter(lambda pair: pair[1] is None).keys().mapPartitions(partial(examine, given=given))
    return _Found(
        examined.persist(StorageLevel.MEMORY_AND_DISK),
        read.filter(lambda one: isinstance(one, ReadError)),
        once.filter(lambda pair: pair[1] is not None),
        partitions,
    )


Pair = tuple[Article, Article | None]  # of one key; the second differs from the first


def _one_of(left: Pair, right: Pair) -> Pair:
    """Two articles of one key: the same twice, or two different ones that clash."""
    first, second = sorted((left[0], right[0]), key=lambda article: article.origin)
    differs = next((one for one in (left[1], right[1]) if one is not None), None)
    return first, differs or (second if _content(first) != _content(second) else None)


def _content(article: Article) -> tuple[object, ...]:
    return article.text, article.language, article.title, article.published, article.address


def _aside(one: Examined) -> str:
    return _reason(one.origin, one.error, key=one.key, report=one.report, article=json.loads(one.article))


def _clash(pair: tuple[Article, Article]) -> Iterator[str]:
    origins = " and ".join(one.origin for one in pair)
    for one in pair:
        reason = f"two different articles with one id: {origins}; give one of them another id"
        yield _reason(one.origin, reason, key=one.key)


def _reason(origin: str, reason: str, **more: object) -> str:
    told = {"origin": origin, "reason": reason, **{name: value for name, value in more.items() if value}}
    return json.dumps(told, ensure_ascii=False)


def _blocks(one: Examined, *, base: str, publish_text: bool) -> Iterator[Block]:
    graph = f"{base}graph/"
    if one.graph:
        yield (f"{graph}{one.key}", ""), one.graph
    if publish_text and one.text:
        yield (f"{graph}text/{one.key}", ""), one.text
    yield from (((f"{graph}meta", subject), lines) for subject, lines in one.meta)


# --- what is said of all of them together, by the driver: of the dataset, not of any article


@dataclass(frozen=True, slots=True)
class _Totals:
    """What describe_dataset asks of a store."""

    base: str
    number: int
    day: str | None

    def articles(self) -> range:
        """As many as there are."""
        return range(self.number)

    def latest(self) -> str | None:
        """The day of the latest."""
        return self.day


def _of_all(given: Given, counts: dict[str, tuple[int, str]], epoch: int | None) -> list[Block]:
    made_by = runs(given.knowledge, given.shapes)
    quads: list[Quad] = []
    for language, (_, latest) in counts.items():
        quads += made_by[language].quads(latest or None, epoch)
    number = sum(n for n, _ in counts.values())
    totals = _Totals(given.base, number, max((day for _, day in counts.values()), default="") or None)
    quads += describe_dataset(totals, epoch)  # type: ignore[arg-type]
    found = _by_subject(quads, given.base)
    for graph, lines in _knowledge_graphs(given).items():
        found.append(((str(rebase(graph, given.base)), ""), lines))
    return found


def _by_subject(quads: Iterable[Quad], base: str) -> list[Block]:
    terms = Terms(base)
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for quad in map(terms.quad, quads):
        found[quad.graph_name.value, str(quad.subject)].add(f"{quad} .")  # type: ignore[union-attr]
    return [(key, "\n".join(sorted(lines))) for key, lines in found.items()]


def _knowledge_graphs(given: Given) -> dict[URIRef, str]:
    """The Turtle that the articles are read with, its literals as the store spells them."""
    turtle = {
        ONTOLOGY: [given.knowledge / name for name in ("khabar.ttl", "lexicon.ttl")],
        LEXICON: sorted((given.knowledge / "languages").glob("*.ttl")),
    }
    found = {}
    for graph, paths in turtle.items():
        node, store = rebase(graph, given.base), ox.Store()
        lines = "".join(f"{line} <{node}> .\n" for line in skolemise(paths, graph, given.base))
        store.load(lines.encode(), format=ox.RdfFormat.N_QUADS)
        found[graph] = "\n".join(sorted(f"{quad} ." for quad in store))
    return found


# --- what is said of a thing by all articles


class _Whole:
    """The things that articles name, each with all that is said of it."""

    def __init__(self, good: RDD[Examined], given: Given, partitions: int) -> None:
        self._good, self._given, self._partitions = good, given, partitions
        named = good.flatMap(_named).reduceByKey(_merged, partitions).persist(StorageLevel.MEMORY_AND_DISK)
        statements, bodies = good.flatMap(lambda one: one.statements), good.flatMap(lambda one: one.bodies)
        pairs = same(named, statements, bodies, given, partitions)
        described = named.mapPartitions(partial(_described, given=given))
        linked = pairs.map(partial(_same_line, given=given))
        lines = described.union(linked).reduceByKey(lambda a, b: a | b, partitions)
        self._lines: RDD[tuple[str, frozenset[str]]] = lines.persist(StorageLevel.MEMORY_AND_DISK)
        graph = str(rebase(ENTITIES, given.base))
        self.entities: RDD[Block] = self._lines.map(
            lambda pair: ((graph, pair[0]), "\n".join(sorted(f"{line} <{graph}> ." for line in pair[1])))
        )

    def report(self) -> Report:
        """What the rules of the corpus find, each thing with all that is said of it in one place."""
        said = self._good.flatMap(lambda one: one.said.items())
        labels = self._lines.map(lambda pair: (pair[0][1:-1], [f"{line} ." for line in pair[1]]))
        together = said.union(labels).partitionBy(self._partitions).values()
        results = together.mapPartitions(partial(_checked, given=self._given)).collect()
        return Report(tuple(sorted(set(results), key=_order)))


def _named(one: Examined) -> Iterator[tuple[str, tuple[dict[tuple[str, str], int], frozenset[str]]]]:
    for iri, names, types in one.named:
        yield iri, (dict.fromkeys(names, 1), frozenset(types))


def _merged(left: Any, right: Any) -> tuple[dict[tuple[str, str], int], frozenset[str]]:
    names = {name: left[0].get(name, 0) + right[0].get(name, 0) for name in chain(left[0], right[0])}
    return names, left[1] | right[1]


def _described(named: Iterable[tuple[str, Any]], *, given: Given) -> Iterator[tuple[str, frozenset[str]]]:
    """What graph/entities says of each thing, and of what a known one is part of."""
    terms, known = Terms(given.base), knowledge(given.knowledge).gazetteer.entries
    for iri, (names, types) in named:
        counted = [(Literal(text, lang=language or None), n) for (text, language), n in names.items()]
        counted.sort(key=lambda pair: (pair[0].language or "", str(pair[0])))
        classes = tuple(sorted(unbased(cls, given.base) for cls in types))
        thing = Named(unbased(iri, given.base), classes, tuple(counted))
        lines: defaultdict[str, set[str]] = defaultdict(set)
        for quad in map(terms.quad, describe([thing], known)):
            lines[str(quad.subject)].add(f"{quad.subject} {quad.predicate} {quad.object}")
        yield from ((subject, frozenset(said)) for subject, said in lines.items())


def _same_line(pair: tuple[str, str], *, given: Given) -> tuple[str, frozenset[str]]:
    one, other = (f"<{rebase(URIRef(iri), given.base)}>" for iri in pair)
    return one, frozenset({f"{one} <http://www.w3.org/2002/07/owl#sameAs> {other}"})


# --- the rules of the corpus


@lru_cache(maxsize=1)
def _ontology(given: Given) -> bytes:
    paths = [given.knowledge / name for name in ("khabar.ttl", "lexicon.ttl")]
    return "".join(f"{line} .\n" for line in skolemise(paths, ONTOLOGY, given.base)).encode()


def _checked(said: Iterable[Iterable[str]], *, given: Given) -> Iterator[Result]:
    """The results of the things of one partition; what is said of others there can only add the same ones."""
    store = ox.Store()
    store.bulk_load(_ontology(given), format=ox.RdfFormat.N_TRIPLES)
    known = knowledge(given.knowledge).gazetteer.entries
    capitals = (city for entry in known.values() for city in entry.capital)
    places = (
        f"<{rebase(c, given.base)}> <{RDF.type}> <{rebase(known[c].type, given.base)}> ." for c in capitals
    )
    lines = set(chain(chain.from_iterable(said), places))
    store.bulk_load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
    yield from validate_store(store, load_shapes(given.shapes, given.base).scoped(CORPUS)).results


def _order(result: Result) -> tuple[str, ...]:
    value = "" if result.value is None else str(result.value)
    return str(result.severity), str(result.shape), str(result.focus), value, result.message()
