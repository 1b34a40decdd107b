"""Articles out of any file system that Hadoop knows: Parquet, JSON lines, WARC, text; a record each."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from pyspark import RDD
from pyspark.sql import Row, SparkSession

from khabar.errors import ReadError
from khabar.model import Article
from khabar.spark.session import SparkError
from khabar.spark.worker import Given, knowledge
from khabar.text.read import LINES, read

PARQUET: Final = ".parquet"
COLUMNS: Final = ("id", "lang", "title", "published", "text", "author", "url", "publisher")  # of Parquet

Record = tuple[str, bytes]  # where it comes from, and what it holds


def articles(spark: SparkSession, sources: Iterable[str], given: Given) -> RDD[Article | ReadError]:
    """The articles of SOURCES, and a ReadError in the place of each that is none."""
    found = [_records(spark, _located(source)) for source in sources]
    return spark.sparkContext.union(found).mapPartitions(partial(_read, given=given))


def _located(source: str) -> str:
    """The address of a source: what lies here is said to lie here, whatever file system a cluster has."""
    path = Path(source)
    return path.resolve().as_uri() if path.exists() else source


def _check(spark: SparkSession, source: str) -> None:
    """Raise SparkError unless there is something under an address, which may be a pattern."""
    path = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(source)
    try:
        found = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).globStatus(path)
    except Exception as error:  # what the JVM says of a file system that it does not know or reach
        raise SparkError(
            where=source,
            problem=f"cannot be looked at: {str(error).splitlines()[0]}",
            fix="check the address, and whether Spark has the library of that file system",
        ) from error
    if not found:
        raise SparkError(where=source, problem="does not exist", fix="check its name")


def _records(spark: SparkSession, source: str) -> RDD[Record]:
    _check(spark, source)
    name = source.rstrip("/").lower()
    if name.endswith(PARQUET):
        rows = spark.read.parquet(source)
        kept = [column for column in rows.columns if column in COLUMNS]
        return rows.select(*kept).rdd.map(partial(_from_row, source))
    if any(name.endswith(suffix) for suffix in LINES):
        # As bytes: what is not UTF-8 is to be refused, and not to be made a question mark of.
        lines = spark.read.text(source).selectExpr("cast(value as binary) as line")
        return lines.rdd.map(partial(_from_line, source))
    return spark.sparkContext.binaryFiles(source)


def _from_row(source: str, row: Row) -> Record:
    told = row.asDict()
    where = {name: told.pop(name) for name in ("url", "publisher") if told.get(name)}
    text = json.dumps(told | ({"source": where} if where else {}), ensure_ascii=False, default=str)
    return source, text.encode()


def _from_line(source: str, row: Row) -> Record:
    return source, bytes(row.line)


def _read(records: Iterable[Record], *, given: Given) -> Iterator[Article | ReadError]:
    languages = knowledge(given.knowledge).languages
    for origin, content in records:
        if not content.strip():
            continue
        for found in read(["-"], languages=languages, language=given.language, stdin=io.BytesIO(content)):
            yield _from(origin, found)


def _from(origin: str, found: Article | ReadError) -> Article | ReadError:
    if isinstance(found, ReadError):
        return ReadError(where=origin, problem=found.problem, fix=found.fix)
    return replace(found, origin=origin)
