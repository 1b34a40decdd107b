"""A difference between two dumps told in words: articles, statements, and what else has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from khabar.dumps.changes import ADDED, Change, Comparison, graph_of
from khabar.dumps.sources import DEFAULT_GRAPH, Source
from khabar.graph.serialise import literal_text, prefixes, split
from khabar.vocab import KH, RDF, RDFS, SCHEMA, SKOS, rebase

SHOWN: Final = 20  # of each kind

_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~"}
_NAMES: Final = (str(RDFS.label), str(SCHEMA.headline), str(SKOS.altLabel))  # the best first


@dataclass(slots=True)
class _Side:
    """What is known of the statements that only one of the two dumps holds, or holds so."""

    said: dict[str, dict[str, str]] = field(default_factory=dict)  # predicate and object of each

    def add(self, line: str) -> None:
        subject, predicate, value = split(line)
        self.said.setdefault(subject[1:-1], {})[predicate[1:-1]] = value


def told(old: Source, new: Source, *, shown: int = SHOWN) -> Iterator[str]:
    """The difference as lines of text; at most SHOWN of each kind are named."""
    comparison = Comparison(new.base)
    sides = {kind: _Side() for kind in (b"A", b"D")}
    graphs: Counter[tuple[str, bytes]] = Counter()
    with old.lines() as olds, new.lines() as news:
        for kind, line in comparison.changes(olds, news):
            graphs[graph_of(line).decode(), kind] += 1
            if line.startswith(f"<{new.base}id/s-".encode()):
                sides[kind].add(_triple(line))
    found = comparison.found
    yield f"{old.name} → {new.name}"
    if not found.quads:
        yield "no difference"
        return
    text = _Words(old, new, sides)
    articles = {
        "added": found.articles_added, "removed": found.articles_removed, "changed": found.articles_changed
    }  # fmt: skip
    statements = {
        "added": found.statements_added, "removed": found.statements_removed,
        "changed": found.statements_changed,
    }  # fmt: skip
    text.learn({*found.articles}, {iri for iris in statements.values() for iri in iris})
    for what, kinds, name in (
        ("articles", articles, text.article),
        ("statements", statements, text.statement),
    ):
        yield f"{what}: " + ", ".join(f"{len(iris)} {how}" for how, iris in kinds.items())
        for how, iris in kinds.items():
            told_ = sorted(name(iri, how) for iri in iris)
            yield from (f"  {_SIGNS[how]} {line}" for line in told_[:shown])
            if len(told_) > shown:
                yield f"  {_SIGNS[how]} … and {len(told_) - shown} more"
    for graph in sorted(found.others):
        name_ = "default graph" if graph == DEFAULT_GRAPH else graph.removeprefix(f"{new.base}graph/")
        yield f"{name_}: {graphs[graph, b'A']} quads added, {graphs[graph, b'D']} removed"


def _triple(line: bytes) -> str:
    return line[: line.rindex(b" <")].decode() + " ."


class _Words:
    """What things are called, learnt from both dumps, and statements said with these names."""

    def __init__(self, old: Source, new: Source, sides: Mapping[bytes, _Side]) -> None:
        self._sources = (old, new)
        self._sides = sides
        self._base = new.base
        self._spaces = {iri: name for name, iri in prefixes(new.base).items()}
        self._names: dict[str, tuple[int, bool, str]] = {}

    def learn(self, articles: Iterable[str], statements: Iterable[str]) -> None:
        """Look up the names of ARTICLES (graphs), and of what STATEMENTS are about."""
        wanted = {self._article_of(graph) for graph in articles}
        for statement in statements:
            for side in self._sides.values():
                said = side.said.get(statement, {})
                wanted |= {value[1:-1] for value in said.values() if value.startswith("<")}
        for source in self._sources:
            with source.lines() as lines:
                for line in lines:
                    if line[1 : line.index(b">")].decode() in wanted:
                        self._learn(*split(_triple(line)))

    def _learn(self, subject: str, predicate: str, value: str) -> None:
        if predicate[1:-1] in _NAMES:
            text = literal_text(value)
            # On a terminal, letters without marks and of one direction are read most safely.
            rank = (_NAMES.index(predicate[1:-1]), not text.isascii(), text)
            iri = subject[1:-1]
            self._names[iri] = min(self._names.get(iri, rank), rank)

    def _article_of(self, graph: str) -> str:
        return f"{self._base}article/{graph.removeprefix(f'{self._base}graph/')}"

    def article(self, graph: str, how: str) -> str:
        """An article by its key and headline."""
        key, known = graph.removeprefix(f"{self._base}graph/"), self._names.get(self._article_of(graph))
        return f"{key}: {known[2]}" if known else key

    def statement(self, iri: str, how: str) -> str:
        """A statement as subject, relation and object."""
        said = self._sides[ADDED].said.get(iri, {})
        if how == "removed" or str(RDF.subject) not in said:
            said = self._sides[b"D"].said.get(iri, {}) | said
        parts = [said.get(str(term)) for term in (RDF.subject, RDF.predicate, RDF.object)]
        if how == "changed" or None in parts:
            changed = {key for side in self._sides.values() for key in side.said.get(iri, {})}
            return f"{self._short(iri)}: {', '.join(sorted(self._short(key) for key in changed))}"
        words = " ".join(self._name(part) for part in parts if part)
        status = said.get(f"<{rebase(KH.status, self._base)}>"[1:-1], "")
        when = literal_text(said.get(str(rebase(KH.when, self._base)), ""))
        about = ", ".join(part for part in (status.rpartition("#")[2].rstrip(">"), when) if part)
        return f"{words} ({about})" if about else words

    def _name(self, written: str) -> str:
        if not written.startswith("<"):
            text = literal_text(written)
            return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
        known = self._names.get(written[1:-1])
        return known[2] if known else self._short(written[1:-1])

    def _short(self, iri: str) -> str:
        for space, name in self._spaces.items():
            if iri.startswith(space) and name != "wd":
                return iri.removeprefix(space) if name == "kh" else f"{name}:{iri.removeprefix(space)}"
        return iri


def changed_lines(old: Source, new: Source) -> Iterator[Change]:
    """The changes themselves; what stands for the default graph is left out again."""
    suffix = f" <{DEFAULT_GRAPH}> .\n".encode()
    with old.lines() as olds, new.lines() as news:
        for kind, line in Comparison(new.base).changes(olds, news):
            yield kind, line.removesuffix(suffix) + b" .\n" if line.endswith(suffix) else line
