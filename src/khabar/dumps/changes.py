"""What changed between two dumps, as quads, and how a patch makes one of the other.

Both are khabar.nq: sorted by graph, then by triple.  So they are compared as they are read, line by
line, and memory holds no more than what differs.  Patches are RDF Patch, as Apache Jena writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from khabar.dumps.versions import DumpError
from khabar.graph.lines import is_article_graph
from khabar.vocab import KH, PROV, RDF, rebase

ADDED: Final = b"A"
REMOVED: Final = b"D"

_HEADER: Final = re.compile(rb"H (id|prev) <([^<>\s]*)> \.\n")

Change = tuple[bytes, bytes]  # ADDED or REMOVED, and a line of N-Quads with its newline


def graph_of(line: bytes) -> bytes:
    """The IRI of the graph of a line of N-Quads."""
    return line[line.rindex(b" <") + 2 : -4]


def position(line: bytes) -> tuple[bytes, bytes]:
    """What the lines of khabar.nq are sorted by."""
    return graph_of(line), line


def compare(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[Change]:
    """The lines that only one of two sorted dumps holds, in their order."""
    olds, news = iter(old), iter(new)
    before, after = next(olds, None), next(news, None)
    while before is not None and after is not None:
        if before == after:
            before, after = next(olds, None), next(news, None)
        elif position(before) < position(after):
            yield REMOVED, before
            before = next(olds, None)
        else:
            yield ADDED, after
            after = next(news, None)
    while before is not None:
        yield REMOVED, before
        before = next(olds, None)
    while after is not None:
        yield ADDED, after
        after = next(news, None)


@dataclass(slots=True)
class Difference:
    """Changes counted: how many quads, and which articles and statements."""

    quads_added: int = 0
    quads_removed: int = 0
    articles: set[str] = field(default_factory=set)  # graphs of articles of which any quad has changed
    articles_added: set[str] = field(default_factory=set)
    articles_removed: set[str] = field(default_factory=set)
    statements_added: set[str] = field(default_factory=set)  # IRIs
    statements_removed: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)  # statements of which any triple has changed
    others: set[str] = field(default_factory=set)  # the other graphs that have changed

    @property
    def quads(self) -> int:
        """How many quads only one of the two dumps holds."""
        return self.quads_added + self.quads_removed

    @property
    def articles_changed(self) -> set[str]:
        """Articles that both dumps hold, but not with the same quads."""
        return self.articles - self.articles_added - self.articles_removed

    @property
    def statements_changed(self) -> set[str]:
        """Statements that both dumps hold, but not with the same triples."""
        return self.touched - self.statements_added - self.statements_removed


class Comparison:
    """The changes between two dumps, counted as they pass."""

    def __init__(self, base: str) -> None:
        self.found = Difference()
        self._base = base
        self._is_statement = f" <{RDF.type}> <{rebase(KH.Statement, base)}> <".encode()
        self._statements = f"<{base}id/s-".encode()
        self._derived = f" <{PROV.wasDerivedFrom}> <".encode()
        self._graph = b""
        self._in_article = False

    def changes(self, old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[Change]:
        """As compare() gives them."""
        for change in compare(old, new):
            self._count(*change)
            yield change

    def _count(self, kind: bytes, line: bytes) -> None:
        if (graph := graph_of(line)) != self._graph:
            self._graph, name = graph, graph.decode()
            self._in_article = is_article_graph(name, self._base)
            (self.found.articles if self._in_article else self.found.others).add(name)
        if kind == ADDED:
            self.found.quads_added += 1
        else:
            self.found.quads_removed += 1
        if not self._in_article:
            self._count_article(kind, line)
        elif line.startswith(self._statements):
            self._count_statement(kind, line)

    def _count_article(self, kind: bytes, line: bytes) -> None:
        subject, is_derived, _ = line.partition(self._derived)
        if is_derived and is_article_graph(subject[1:-1].decode(), self._base):
            kept = self.found.articles_added if kind == ADDED else self.found.articles_removed
            kept.add(subject[1:-1].decode())

    def _count_statement(self, kind: bytes, line: bytes) -> None:
        statement = line[1 : line.index(b">")].decode()
        self.found.touched.add(statement)
        if self._is_statement in line:
            kept = self.found.statements_added if kind == ADDED else self.found.statements_removed
            kept.add(statement)


# --- RDF Patch: https://afs.github.io/rdf-patch/


def patch_lines(changes: Iterable[Change], this: str, previous: str) -> Iterator[bytes]:
    """CHANGES as an RDF Patch, which leads from the version PREVIOUS to THIS, both IRIs."""
    yield f"H id <{this}> .\nH prev <{previous}> .\nTX .\n".encode()
    yield from (kind + b" " + line for kind, line in changes)
    yield b"TC .\n"


def read_patch(patch: Iterable[bytes], this: str, previous: str) -> Iterator[Change]:
    """The changes of a patch; raises DumpError if it is none, is cut off, or is for other versions."""
    lines = iter(patch)
    expected = {b"id": this.encode(), b"prev": previous.encode()}
    line = next(lines, b"")
    while match := _HEADER.fullmatch(line):
        if match[2] != expected.get(match[1]):
            raise _refused(f"its {match[1].decode()} is <{match[2].decode(errors='replace')}>")
        del expected[match[1]]
        line = next(lines, b"")
    if line != b"TX .\n" or expected:
        raise _refused("it does not begin with the two versions that it is between")
    for line in lines:
        if line == b"TC .\n":
            if next(lines, None) is not None:
                raise _refused("something follows its end")
            return
        if line[:2] not in (b"A ", b"D ") or not line.endswith(b"> .\n") or b" <" not in line:
            raise _refused(f"it holds a line that begins with {line[:20]!r}")
        yield line[:1], line[2:]
    raise _refused("it is cut off")


def apply(old: Iterable[bytes], changes: Iterable[Change]) -> Iterator[bytes]:
    """The sorted dump OLD with sorted CHANGES made to it; raises DumpError where they do not fit."""
    waiting = iter(changes)
    kind, line = next(waiting, (b"", b""))
    place = position(line) if line else None
    for held in old:
        while place is not None and kind == ADDED and line != held and place < position(held):
            yield line
            kind, line, place = _following(waiting, place)
        if place is None or line != held:
            yield held
        elif kind == REMOVED:
            kind, line, place = _following(waiting, place)
        else:
            raise _refused("it adds what is there already")
    while place is not None:
        if kind == REMOVED:
            raise _refused("it removes what is not there")
        yield line
        kind, line, place = _following(waiting, place)


def _following(
    changes: Iterator[Change], place: tuple[bytes, bytes]
) -> tuple[bytes, bytes, tuple[bytes, bytes] | None]:
    kind, line = next(changes, (b"", b""))
    if not line:
        return b"", b"", None
    after = position(line)
    if after <= place:
        raise _refused("its lines are not in order")
    return kind, line, after


def _refused(problem: str) -> DumpError:
    return DumpError(where="patch", problem=f"cannot be used: {problem}", fix="take the whole file instead")
