"""What is counted while serving, for Prometheus, and the log of queries."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import IO, Any, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from khabar.publish.cache import Cache
from khabar.publish.dataset import Dataset
from khabar.publish.pool import Pool

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"  # of Prometheus's text format
BOUNDS: Final = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
)  # seconds


class Metrics:
    """The counters of one front."""

    def __init__(self, pool: Pool, cache: Cache[Any], dataset: Dataset) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # they double the page, and nobody asks when a counter began
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_State(pool, cache, dataset))
        self._requests = Counter(
            "khabar_requests", "Requests answered", ("route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "khabar_request_seconds", "From a request to the start of its answer", ("route",),
            buckets=BOUNDS, registry=self._registry,
        )  # fmt: skip
        self._answers = Counter(
            "khabar_answers",
            "Answers to queries, by how they came about",
            ("cache",),
            registry=self._registry,
        )
        self._work = Histogram(
            "khabar_query_seconds", "A worker's time for one query", buckets=BOUNDS, registry=self._registry
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def came(self, how: str) -> None:
        """Count how an answer to a query came about: miss means that the query was run."""
        self._answers.labels(how).inc()

    def worked(self, seconds: float) -> None:
        """Count the work of a worker for one query."""
        self._work.observe(seconds)

    def text(self) -> bytes:
        """All of it as Prometheus reads it."""
        return generate_latest(self._registry)


class _State(Collector):
    """What the parts of the front know of themselves."""

    def __init__(self, pool: Pool, cache: Cache[Any], dataset: Dataset) -> None:
        self.pool, self.cache, self.dataset = pool, cache, dataset

    def collect(self) -> Iterator[Metric]:
        """Each figure as it is now."""
        pool, cache, snapshot = self.pool, self.cache, self.dataset.snapshot()
        yield GaugeMetricFamily("khabar_workers", "Queries that can run at the same time", pool.workers)
        yield GaugeMetricFamily("khabar_workers_busy", "Queries that run now", pool.busy)
        yield GaugeMetricFamily("khabar_queries_waiting", "Queries that wait for a worker", pool.waiting)
        yield GaugeMetricFamily("khabar_cache_bytes", "Taken by answers that are kept", cache.taken)
        yield GaugeMetricFamily(
            "khabar_snapshot_published_timestamp_seconds", "When the graph was published", snapshot.published
        )
        ended = CounterMetricFamily(
            "khabar_workers_ended", "Workers that died or were killed", labels=["reason"]
        )
        for reason in ("deadline", "memory", "client", "bug"):
            ended.add_metric([reason], pool.ended[reason])
        yield ended


class QueryLog:
    """One line of JSON for each query.  No text of a query, unless it is asked for, and no address."""

    def __init__(self, file: IO[str], clock: Callable[[], float], *, with_text: bool = False) -> None:
        """CLOCK tells seconds since 1970."""
        self.with_text = with_text
        self._file, self._clock, self._lock = file, clock, threading.Lock()

    def write(self, entry: Mapping[str, object]) -> None:
        """Write one line, with the time before the rest."""
        when = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": when, **entry}, ensure_ascii=False)
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()
