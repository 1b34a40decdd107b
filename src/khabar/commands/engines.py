"""A build by another engine: Apache Spark, for archives that one machine does not get through."""

from __future__ import annotations

import os
from importlib import import_module

import click

from khabar.commands.outcome import Status
from khabar.errors import ServeError
from khabar.graph.report import SHOWN
from khabar.resources import folder


def by_spark(
    sources: tuple[str, ...],
    out: str,
    *,
    master: str,
    base: str,
    language: str | None,
    publish_text: bool,
    epoch: int | None,
) -> Status:
    """Build SOURCES into OUT with Spark, and say what came of it; raises KhabarError."""
    try:
        session = import_module("khabar.spark.session")
        job, worker = import_module("khabar.spark.job"), import_module("khabar.spark.worker")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("pyspark"):
            raise
        raise ServeError(
            where="--engine spark",
            problem="cannot be used without the library pyspark",
            fix="install it: pip install 'khabar[spark]'; it needs Java 17, too",
        ) from error
    shapes = tuple(sorted(folder("shapes").glob("*.ttl")))
    given = worker.Given(folder("ontology"), shapes, base, language)
    if master.startswith("local"):
        for name, value in session.LOCAL.items():
            os.environ.setdefault(name, value)
    with session.session(master, os.environ.get("JAVA_HOME")) as spark:
        built = job.build(spark, sources, out, given, epoch=epoch, publish_text=publish_text)
    click.echo(built.text(SHOWN))
    return Status.GOOD if built.good else Status.PARTLY
