"""A graph that lies in another store: served as one of ours, its queries run over there.

The pages and the endpoint do not know the difference.  What they may rely on is what the marker in the
store says (remote/mirror.py): while a build is on its way into it, each of its steps is a snapshot of
its own, so that nothing that was seen half is kept.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from khabar.errors import StoreError
from khabar.graph.folder import describe, is_built
from khabar.publish.dataset import Dataset, Snapshot
from khabar.publish.pool import (
    LIMITS,
    Limits,
    Pool,
    Request,
    ignore,
    late,
    never,
    too_large,
)
from khabar.publish.protocol import Refusal
from khabar.publish.rows import lines
from khabar.publish.writing import Outcome, Writer
from khabar.remote.mirror import Marker, marker_graph, mirror, read_marker, sent
from khabar.remote.profile import JSON, NTRIPLES, CutError, LostError, Remote, RemoteError
from khabar.remote.reading import Reader
from khabar.vocab import SCHEMA

LOOK: Final = 1.0  # seconds between two looks at the marker
NOBODY: Final = "urn:khabar:nobody"  # a graph that is not there: no named graph shall be seen
LEAST_ROW: Final = 10  # bytes of a row of JSON results
TRIPLES: Final = ("CONSTRUCT", "DESCRIBE")


class Elsewhere(Dataset):
    """A dataset whose graph lies in another store; FOLDER has the keys, the dumps and the reports."""

    def __init__(self, folder: Path, remote: Remote, *, publish_text: bool = False) -> None:
        self.folder, self.remote = folder, remote
        self.base = describe(folder).base if is_built(folder) else _base(remote)
        self.iri = f"{self.base}dataset"
        self.is_plain, self.publish_text = False, publish_text
        self._lock = threading.Lock()
        self._scratch = TemporaryDirectory(prefix="khabar-")
        self._looked = time.monotonic()
        self._marker = self._read()
        self._snapshot = self._seen(self._marker)

    def snapshot(self) -> Snapshot:
        """What the store holds now, as far as its marker tells; at most a second old."""
        with self._lock:
            if time.monotonic() - self._looked > LOOK:
                marker = self._read()
                if marker != self._marker:
                    self._snapshot = self._seen(marker)
                self._marker, self._looked = marker, time.monotonic()
            return self._snapshot

    def look(self) -> None:
        """Look at the marker now: something has just been written."""
        with self._lock:
            self._looked = float("-inf")

    def _read(self) -> Marker:
        marker, _ = read_marker(self.remote, self.base)
        if marker is None:
            raise StoreError(
                where=self.remote.address,
                problem="holds no graph that khabar build has sent there",
                fix="send it one: khabar build SRC --out DIR --store URL",
            )
        if marker.has_texts and not self.publish_text:
            raise StoreError(
                where=self.remote.address,
                problem="holds the texts of the articles, too",
                fix="serve it with --publish-text, or build it again without, with --replace-store",
            )
        return marker

    def _seen(self, marker: Marker) -> Snapshot:
        name = marker.new if marker.step is None else f"{marker.new}.{marker.step}"
        path = sent(self.folder, self.remote, marker) or Path(self._scratch.name) / name
        path.mkdir(exist_ok=True)
        _, _, rest = marker.new.partition("-")
        snapshot = Snapshot(
            path,
            self.base,
            publish_text=self.publish_text,
            published=int(rest.partition("+")[0] or "0", 16),
            store=Reader(self.remote, self.base),
        )
        snapshot.id = name
        snapshot.withheld = ()  # a store that has the texts is refused above
        return snapshot


class Sending(Writer):
    """The one writer of a folder, which tells the store of each change before it is answered."""

    def __init__(self, folder: Path, remote: Remote, dataset: Elsewhere, *, is_checked: bool = False) -> None:
        super().__init__(folder, is_checked=is_checked)
        self._remote, self._dataset = remote, dataset
        self._sending = threading.Lock()

    def _change(self, asked: dict[str, Any], text: str = "") -> Outcome:
        outcome = super()._change(asked, text)
        try:
            with self._sending:
                mirror(self.folder, self._remote, with_texts=self._dataset.publish_text)
        except StoreError as error:
            raise Refusal(
                status=503, code="unavailable", where="server",
                problem="the change is made, but the store behind it could not be told",
                fix="it will be told with the next change or build; do not send it again",
                headers={"Retry-After": "60"},
            ) from error  # fmt: skip
        finally:
            self._dataset.look()
        return outcome


def _base(remote: Remote) -> str:
    """The base of the one graph that a store holds."""
    answer = remote.ask(
        f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?g <{SCHEMA.version}> ?text }} "
        'FILTER(STRENDS(STR(?g), "graph/mirror")) } LIMIT 2'
    )
    try:
        found = [row["g"]["value"] for row in json.loads(answer)["results"]["bindings"]]
    except (ValueError, LookupError, TypeError):
        found = []
    if len(found) != 1:
        raise StoreError(
            where=remote.address,
            problem="holds several graphs of khabar's" if found else "holds no graph that khabar has sent",
            fix="serve the folder that it was sent from: khabar serve DIR --store URL",
        )
    return str(found[0]).removesuffix(marker_graph(""))


class Asking(Pool):
    """Queries that run elsewhere, as many at a time as there would be workers here."""

    def __init__(self, remote: Remote, base: str, workers: int = 0, limits: Limits = LIMITS) -> None:
        super().__init__(workers, limits)
        self._remote, self._reader = remote, Reader(remote, base)

    @property
    def held_by(self) -> str:
        """Where the queries run."""
        return "another store"

    def start(self) -> None:
        """There is nothing to start."""

    def run(
        self,
        request: Request,
        *,
        client: str = "",
        seconds: float | None = None,
        is_gone: Callable[[], bool] = never,
        charge: Callable[[float], None] = ignore,
    ) -> IO[bytes]:
        """The complete answer to one query, as the store gives it, in the format that is wanted.

        The store is not told when the client has left, nor when the deadline has passed: its own limits
        must be set there.  Raises Refusal.
        """
        allowed = min(self.limits.seconds, seconds or self.limits.seconds)
        default, named = self._dataset(request)
        self._take(client)
        begin = time.monotonic()
        try:
            content = self._remote.ask(
                f"BASE <{request.base}>\n{request.query}",
                NTRIPLES if request.form in TRIPLES else JSON,
                default=default,
                named=named,
                seconds=allowed,
                most=self.limits.size,
            )
            return _written(content, request, self.limits)
        except TimeoutError:
            self.ended["deadline"] += 1
            raise late(allowed) from None
        except CutError as error:
            raise too_large(f"the store {error.problem}") from error
        except LostError as error:
            raise (late(allowed) if time.monotonic() - begin >= allowed else _silent(error)) from error
        except RemoteError as error:
            raise Refusal(
                code="query", where="query", problem=f"the store {error.problem}", fix="change the query"
            ) from error
        finally:
            charge(time.monotonic() - begin)
            self._give(None, client)

    def _dataset(self, request: Request) -> tuple[list[str], list[str]]:
        """The default graph and the named ones that the store is told; none are all that it has."""
        if request.has_dataset:
            named = [*request.named_graphs] or ([NOBODY] if request.names_graphs else [])
            return [*request.default_graphs], named
        if not self._reader.facts or not request.names_graphs:
            return self._reader.default(), []
        named = [graph.value for graph in self._reader.named_graphs()]
        if len(named) > self._remote.profile.graphs:
            raise Refusal(
                where="query", problem=f"it may ask any of {len(named)} graphs, and the store takes fewer",
                fix="name the graphs with FROM NAMED, or leave out GRAPH",
            )  # fmt: skip
        return self._reader.default(), named


def _parsed(content: bytes, limits: Limits) -> ox.QuerySolutions | ox.QueryBoolean:
    results = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if len(content) > limits.rows * LEAST_ROW and isinstance(results, ox.QuerySolutions):
        if next(islice(results, limits.rows, None), None) is not None:
            raise too_large(f"the answer has more than {limits.rows:,} rows or triples")
        results = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    return results


def _silent(error: RemoteError) -> Refusal:
    return Refusal(
        status=503, code="unavailable", where="server", problem=f"the store behind it {error.problem}",
        fix="ask again in a minute; if it lasts, tell the operator", headers={"Retry-After": "60"},
    )  # fmt: skip


def _written(content: bytes, request: Request, limits: Limits) -> IO[bytes]:
    """What a store has answered, in the format that is wanted."""
    answer = io.BytesIO()
    most = request.rows or limits.rows
    try:
        if request.form in TRIPLES:
            triples = list(islice(ox.parse(content, format=ox.RdfFormat.N_TRIPLES), most + 1))
            if len(triples) > limits.rows:
                raise too_large(f"the answer has more than {limits.rows:,} rows or triples")
            format_ = ox.RdfFormat.from_media_type(request.media_type)
            found = (ox.Triple(t.subject, t.predicate, t.object) for t in triples[: request.rows or None])
            ox.serialize(found, answer, format=format_, prefixes=request.prefixes)
        else:
            results = _parsed(content, limits)
            if request.rows:
                answer.writelines(lines(results, request.rows))
            else:
                wanted = ox.QueryResultsFormat.from_media_type(request.media_type)
                results.serialize(cast(IO[bytes], answer), format=wanted)
    except (SyntaxError, ValueError) as error:
        raise _silent(
            LostError(where="", problem=f"gives an answer that cannot be read: {error}", fix="")
        ) from error
    if answer.tell() > limits.size:
        raise too_large(f"the answer is larger than {limits.size >> 20} MiB")
    answer.seek(0)
    return answer
