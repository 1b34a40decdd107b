"""Queries of requests, run and answered: for Flask's view as for the short way of a plain GET."""

from __future__ import annotations

from typing import IO, Any

from khabar.publish import answers, clients, door, gate, protocol, search
from khabar.publish.answers import Answer
from khabar.publish.cache import Cache
from khabar.publish.clients import Environ
from khabar.publish.dataset import Dataset, Snapshot, is_iri
from khabar.publish.metrics import QueryLog
from khabar.publish.pool import Pool, Request, digest
from khabar.publish.protocol import HTML, TURTLE, Format, Refusal
from khabar.publish.solutions import MOST_ROWS


class Runner:
    """Runs queries over one dataset."""

    def __init__(
        self, dataset: Dataset, pool: Pool, limits: gate.Limits, cache: Cache[Any], log: QueryLog | None
    ) -> None:
        self.dataset, self.pool, self.limits, self.cache, self.log = dataset, pool, limits, cache, log

    def inspect(self, text: str, shown: Snapshot) -> gate.Query:
        """Let a query pass; raises Refusal."""
        return search.inspect(text, shown.base, self.limits, shown.search)

    def answer(
        self,
        environ: Environ,
        shown: Snapshot,
        query: gate.Query,
        asked: protocol.Parameters,
        format_: Format,
        timeout: str | None,
    ) -> Answer:
        """The answer to one query in a format for programs; raises Refusal."""
        work = self.request(query, asked, shown, format_)
        entry = self.note(environ, query, shown, format_)
        tag = answers.tag(shown, query, work.default_graphs, work.named_graphs, format_)
        answer = answers.answer(
            environ, tag, shown, format_, self.cache, lambda: self.run(environ, work, timeout)
        )
        entry["cache"] = answer.came
        return answer

    def note(self, environ: Environ, query: gate.Query, shown: Snapshot, format_: Format) -> dict[str, str]:
        """What the log shall say of a query; how its answer came about is to be added."""
        entry = {
            "form": query.form, "format": format_.name, "snapshot": shown.id, "query": digest(query.normal),
        }  # fmt: skip
        if self.log is not None and self.log.with_text:
            entry["text"] = query.text
        environ[door.ENTRY] = entry
        return entry

    def run(self, environ: Environ, work: Request, timeout: str | None) -> IO[bytes]:
        """Have a worker do it, for as long as the client waits and may let it work."""
        environ[door.SPENT] = 0.0  # what it waits is not its fault

        def charge(seconds: float) -> None:
            environ[door.SPENT] += seconds

        return self.pool.run(
            work,
            client=environ.get(door.CLIENT, ""),
            seconds=protocol.timeout(timeout),
            is_gone=clients.departure(environ),
            charge=charge,
        )

    def request(
        self, query: gate.Query, asked: protocol.Parameters, shown: Snapshot, format_: Format
    ) -> Request:
        """The work for the pool; raises Refusal.  The dataset of the request goes before that of the query:
        https://www.w3.org/TR/sparql11-protocol/#dataset
        """
        default, named = asked.default_graphs, asked.named_graphs
        if not default and not named:
            default, named = query.default_graphs, query.named_graphs
        for iri in (*default, *named):
            self._check_graph(iri, shown)
        is_page = format_ is HTML
        return Request(
            query=query.text,
            store=str(shown.path),
            snapshot=shown.id,
            base=shown.base,
            media_type=TURTLE.media_type if is_page else format_.media_type,
            withheld=shown.withheld,
            has_dataset=bool(default or named),
            default_graphs=default,
            named_graphs=named,
            names_graphs=query.names_graphs,
            rows=MOST_ROWS + 1 if is_page else 0,
            prefixes=shown.prefixes,
            form=query.form,
        )

    def _check_graph(self, iri: str, shown: Snapshot) -> None:
        """In a plain dataset any IRI may name a graph, which then is empty: it may be written tomorrow."""
        if not (shown.has_graph(iri) or (self.dataset.is_plain and is_iri(iri))):
            raise Refusal(
                status=403, code="graph", where=f"<{iri}>", problem="this is not a graph of this dataset",
                fix="leave out FROM to ask all of it; nothing is fetched from elsewhere",
            )  # fmt: skip
