"""A store elsewhere, read as one of ours: as much of pyoxigraph's Store as the pages ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import pyoxigraph as ox

from khabar.remote.mirror import facts_graph, graphs_below, marker_graph
from khabar.remote.profile import CutError, Remote
from khabar.vocab import SCHEMA

PAGE: Final = 9_000  # rows asked for at a time; below what any store is known to cut at

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.Literal

_COMMENT: Final = re.compile(r"(?m)^#.*\n")
_HEAD: Final = re.compile(r"(?s)(?P<select>SELECT .*?)(?=WHERE|\{)")
_GROUP: Final = re.compile(r"(?m)^(?:GROUP|ORDER) BY .*$")


class Readable(Protocol):
    """What the pages ask of a store."""

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        named_graphs: list[Node] | None = None,
        substitutions: Any = None,  # of variables to terms
    ) -> object:
        """The solutions of one of our own queries."""

    def quads_for_pattern(
        self, subject: Any, predicate: Any, object: Any, graph_name: Any = None, /
    ) -> Iterator[ox.Quad]:
        """The quads of that pattern; elsewhere those of named graphs, unless it names the default one."""

    def named_graphs(self) -> Iterator[Node]:
        """The named graphs."""


class Reader:
    """What a store elsewhere holds of one graph of ours."""

    def __init__(self, remote: Remote, base: str) -> None:
        self.remote, self.base = remote, base
        self.facts = facts_graph(base, remote)

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        named_graphs: list[Node] | None = None,
        substitutions: Mapping[ox.Variable, Term] | None = None,
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """The solutions of one of our own queries, each of the variables in SUBSTITUTIONS bound."""
        bound = {variable.value: term for variable, term in (substitutions or {}).items()}
        text = f"BASE <{base_iri or self.base}>\n{_COMMENT.sub('', query)}"
        for name, term in bound.items():
            text = _with(text, name, term)
        graphs = [*(named_graphs or ()), *bound.values()]
        names = [graph.value for graph in graphs if isinstance(graph, ox.NamedNode)]
        named = names if self.facts and "GRAPH" in query else ()
        answer = self.remote.ask(text, default=self.default(), named=named)
        if bound:
            answer = _added(answer, bound, selected=_selected(query))
        return ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)

    def default(self) -> list[str]:
        """What a request says of the default graph."""
        return [self.facts] if self.facts else []

    def named_graphs(self) -> Iterator[ox.NamedNode]:
        """The named graphs of ours: neither those that only the store has, nor those of others in it."""
        marker = marker_graph(self.base)
        for name in graphs_below(self.remote, self.base):
            if name not in (self.facts, marker):
                yield ox.NamedNode(name)
        pattern = f"GRAPH <{marker}> {{ <{marker}> <{SCHEMA.hasPart}> ?g }}"
        for (graph,) in self._rows(f"SELECT DISTINCT ?g WHERE {{ {pattern} }}"):
            yield graph

    def quads_for_pattern(
        self, subject: Any, predicate: Any, object: Any, graph_name: Any = None, /
    ) -> Iterator[ox.Quad]:
        """The quads of that pattern: of named graphs, unless it names the default graph."""
        if subject is predicate is object is None and graph_name is not None:
            # Sorting a part of them at a time is ten times as fast as sorting them all for every page.
            for each in self._predicates(graph_name):
                yield from self.quads_for_pattern(None, each, None, graph_name)
            return
        given = (subject, predicate, object)
        s, p, o = (term or ox.Variable(name) for term, name in zip(given, "spo", strict=True))
        triple = f"{s} {p} {o}"
        if isinstance(graph_name, ox.NamedNode):
            pattern = f"GRAPH {graph_name} {{ {triple} }}"
        else:
            pattern = triple if isinstance(graph_name, ox.DefaultGraph) else f"GRAPH ?g {{ {triple} }}"
        open_ = [name for name, term in zip("spo", given, strict=True) if term is None]
        names = [*open_, "g"] if graph_name is None else open_
        for row in self._pages(pattern, names):
            found = dict(zip(names, row, strict=True))
            terms = [term or found[name] for term, name in zip(given, "spo", strict=True)]
            graph = found["g"] if graph_name is None else graph_name
            yield ox.Quad(terms[0], terms[1], terms[2], graph)

    def _predicates(self, graph: ox.NamedNode | ox.DefaultGraph) -> list[ox.NamedNode]:
        inside = (
            "{ ?s ?p ?o }" if isinstance(graph, ox.DefaultGraph) else f"{{ GRAPH {graph} {{ ?s ?p ?o }} }}"
        )
        default = self.default() if isinstance(graph, ox.DefaultGraph) else ()
        return sorted(p for (p,) in self._rows(f"SELECT DISTINCT ?p WHERE {inside}", default))

    def _pages(self, pattern: str, names: Sequence[str]) -> Iterator[Sequence[ox.NamedNode]]:
        """All rows of a pattern, page by page, sorted by what comes first; raises CutError when that fails.

        Pages are told by where the last one has ended: Virtuoso counts the rows that an OFFSET leaves out
        in another order from time to time, and sorts no more of them than it gives.
        """
        default = () if pattern.startswith("GRAPH") else self.default()
        if not names:
            yield from self._rows(f"SELECT * WHERE {{ {pattern} }} LIMIT 1", default)
            return
        chosen, first = " ".join(f"?{name}" for name in names), f"?{names[0]}"
        after = ""
        while True:
            asked = f"SELECT {chosen} WHERE {{ {pattern}{after} }} ORDER BY STR({first}) LIMIT {PAGE}"
            rows = self._rows(asked, default)
            if len(rows) < PAGE:
                yield from rows
                return
            # Of the last one there may be more on the next page.
            last = rows[-1][0].value
            whole = [row for row in rows if row[0].value != last]
            if not whole:
                raise CutError(
                    where=self.remote.address, problem=f"says too much of {last} for one page",
                    fix="serve the folder that it was sent from: khabar serve DIR --store URL",
                )  # fmt: skip
            yield from whole
            after = f" FILTER(STR({first}) >= {ox.Literal(last)})"

    def _rows(self, query: str, default: Sequence[str] = ()) -> list[Sequence[ox.NamedNode]]:
        answer = self.remote.ask(query, default=default)
        found = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError(query)
        return [tuple(row) for row in found]


def _with(query: str, name: str, term: Term) -> str:
    """A query of ours with a term in the place of a variable, which then is not selected any more."""
    variable = re.compile(rf"[?$]{name}\b")

    def without(match: re.Match[str]) -> str:
        rest = variable.sub("", match[0])
        return rest if re.search(r"[?*(]", rest) else _nothing_left(rest)

    head = _HEAD.search(query)
    if head is None:
        raise TypeError(f"not a SELECT query: {query}")
    before, rest = query[: head.start()], query[head.end() :]
    rest = _GROUP.sub(without, rest)
    return before + without(head) + variable.sub(lambda _: str(term), rest)


def _nothing_left(clause: str) -> str:
    return f"{clause.rstrip()} * " if clause.startswith("SELECT") else ""


def _selected(query: str) -> list[str]:
    """The variables that a query of ours selects."""
    head = _HEAD.search(_COMMENT.sub("", query))
    return re.findall(r"\?(\w+)(?=[\s)]*(?:\?|\(|$))", head[0]) if head else []


def _added(answer: bytes, bound: Mapping[str, Term], *, selected: Sequence[str]) -> bytes:
    """An answer in JSON with the terms that its query was given, and nothing but what it has SELECTED."""
    told = json.loads(answer)
    more = {name: _as_json(term) for name, term in bound.items()}
    told["head"]["vars"] = list(selected)
    told["results"]["bindings"] = [
        {name: value for name, value in (row | more).items() if name in selected}
        for row in told["results"]["bindings"]
    ]
    return json.dumps(told).encode()


def _as_json(term: Term) -> dict[str, str]:
    """A term as https://www.w3.org/TR/sparql11-results-json/#select-encode-terms"""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
