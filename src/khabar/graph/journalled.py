"""A built graph whose every change is in the journal first: the one way in, and the way back after a crash.

A change is a set of quads that go and one of quads that come.  It is written to the journal, and only then
made in the store, with the checkpoint and with what follows from it in the default graph.  A writer that
was killed between the two leaves a record that the next one applies.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

import pyoxigraph as ox
from rdflib import URIRef

from khabar.graph import intact, journal, quarantine, records
from khabar.graph.checkpoint import BOOKS, Checkpoint, checkpoints
from khabar.graph.files import damaged, reporting, settle, swap
from khabar.graph.folder import BUILT, Description, Folder, snapshot_path
from khabar.graph.journal import Journal
from khabar.graph.records import Change, Files
from khabar.graph.rewriting import write_journal, write_store
from khabar.graph.terms import Terms
from khabar.vocab import DEFAULT_BASE, PROV, is_text_graph

META: Final = URIRef(DEFAULT_BASE + "graph/meta")
DEFAULT: Final = ox.DefaultGraph()
MANY: Final = 5_000  # quads from which on loading in bulk is faster: a quarter of the time for 80,000


class Journalled(Folder):
    """The folder of a built graph, open for writing."""

    kind = BUILT

    def __init__(self, folder: Path, path: Path, described: Description, lock: IO[str]) -> None:
        super().__init__(folder, path, described, lock)
        self.terms = Terms(self.base)
        self._at = Checkpoint()  # what the store holds
        self._passed: list[Checkpoint] = []  # all that it has written down of that
        self._meta, self._sourced = self.terms.node(META), self.terms.node(PROV.wasDerivedFrom)

    # --- opening: what the journal knows and the store does not

    def _begin(self) -> None:
        self._passed = checkpoints(self.dataset)
        self._at = max(self._passed, default=Checkpoint())
        if self.path == self.folder and not self._at.number:
            # A truncated MANIFEST makes RocksDB open an empty database without a word.
            raise damaged(self.folder / "store", "it opens, but holds nothing")
        settle(self.path / journal.NAME)
        self._journal = Journal(self.path / journal.NAME, self.id)
        if self._journal.last < self._at.number:
            raise journal.damaged(
                self._journal.folder,
                f"it ends with record {self._journal.last}, and the store holds {self._at.number}",
            )
        self._journal.cut_off()
        self._follow()
        self._check()

    def _follow(self) -> None:
        """Apply what was written to the journal, but not to the store when a writer was killed."""
        after = min(self._at.number, self._journal.last - 1)  # the files of the last one may be missing
        for record in journal.read(self._journal.folder, self.id, max(after, 0)):
            if record.number > self._at.number:
                change = records.decode(record.payload)
                self._make(change, record.number)
            else:
                self._keep(records.files(record.payload))

    def _check(self) -> None:
        """Raise StoreError if the store lacks articles that were put in, or is older than what it showed."""
        quads = self.dataset.quads_for_pattern(None, self._sourced, None, self._meta)
        if (held := sum(1 for _ in quads)) != self._at.articles:
            raise damaged(self.folder / "store", f"it holds {held} articles, not {self._at.articles}")
        if (self.folder / "current").exists():
            shown = intact.told(snapshot_path(self.folder)).get("record", 0)
            if shown > self._at.number:
                raise damaged(
                    self.folder / "store", f"it holds {self._at.number} records, and {shown} were published"
                )

    def _end(self) -> None:
        if hasattr(self, "_journal"):
            self._journal.close()
        super()._end()

    @property
    def _is_worth_keeping(self) -> bool:
        return self._at.number > 0

    @property
    def record(self) -> int:
        """The number of the last record."""
        return self._at.number

    def _told(self) -> dict[str, int]:
        return {"record": self._at.number, "articles": self._at.articles}

    def forget_the_past(self) -> int:
        """Leave nothing on disk but what is held now, and publish it; returns the number of the snapshot."""
        self._journal.close()
        last = write_journal(self.path, self.dataset, self.id, self._journal.last + 1)
        self._journal = Journal(self.path / journal.NAME, self.id)
        self._at = Checkpoint(last, self._at.articles)
        self._passed = [self._at]
        write_store(self.path, self.dataset, self._at)
        del self.dataset
        swap(self.path / "store", self.path / "store.new")
        with reporting(self.path / "store"):
            self.dataset = ox.Store(self.path / "store")
        number = self.republish()
        for old in (self.path / "snapshots").iterdir():
            if old.name != str(number):
                shutil.rmtree(old, ignore_errors=True)
        return number

    # --- the one way in

    def exchange(self, old: set[ox.Quad], new: set[ox.Quad], files: Files | None = None) -> None:
        """Replace OLD by NEW in one transaction, the default graph included.

        It is on disk in the journal before the store is touched.
        """
        gone, come = old - new, new - old if old else set(new)
        if not gone and not come:
            return
        articles = self._at.articles + sum(map(self._is_article, come)) - sum(map(self._is_article, gone))
        change = Change(gone, come, articles, files or Files())
        self._make(change, self._journal.append(records.encode(change)))

    def load(self, quads: str, derived: str) -> None:
        """Put in N-Quads, none of which is held, and what follows from them in the default graph."""
        articles = self._at.articles
        at = Checkpoint(self._journal.append(records.encode_lines(quads, articles)), articles)
        with self._changing():
            self.dataset.bulk_load(f"{quads}{derived}{at.quad} .\n", ox.RdfFormat.N_QUADS)
        self._reach(at)

    def _make(self, change: Change, number: int) -> None:
        """Do what the record of that NUMBER says; done twice it is done once."""
        at = Checkpoint(number, change.articles)
        with self._changing():
            if change.gone or len(change.come) < MANY or not self._add(change.come, at):
                self._commit(*self._followed(set(change.gone), set(change.come)), at)
        self._reach(at)
        self._keep(change.files)

    def _add(self, come: Collection[ox.Quad], at: Checkpoint) -> bool:
        """Put in many quads, and what follows from them, as text: a quarter faster than one by one.

        Nothing is done where a blank node may be among them, for text gives it another name.
        """
        quads = ox.serialize(come, format=ox.RdfFormat.N_QUADS) or b""
        if b"_:" in quads:
            return False
        published = {graph for graph in {quad.graph_name for quad in come} if self._is_published(graph)}
        derived = (quad.triple for quad in come if quad.graph_name in published)
        triples = ox.serialize(derived, format=ox.RdfFormat.N_TRIPLES) or b""
        last = f"{at.quad} .\n".encode()
        # Lenient: what the engine has written itself need not be judged again.
        self.dataset.bulk_load(quads + triples + last, ox.RdfFormat.N_QUADS, lenient=True)
        return True

    def _followed(self, gone: set[ox.Quad], come: set[ox.Quad]) -> tuple[set[ox.Quad], set[ox.Quad]]:
        """What goes and what comes, with what follows from it in the default graph."""
        come |= self._derived(come)
        gone |= {quad for quad in self._derived(gone) if not self._is_supported(quad, gone)} - come
        return gone, come

    def _commit(self, gone: set[ox.Quad], come: set[ox.Quad], at: Checkpoint) -> None:
        """The checkpoint goes in with the last step: killed before that, the record is applied again."""
        if gone and len(come) > MANY:
            self.dataset.bulk_extend(come)
            come = set()
        come.add(at.quad)
        if gone:
            gone.update(passed.quad for passed in self._passed)
            self._passed = []
            emptied = (f"; DROP SILENT GRAPH {graph}" for graph in self._emptied(gone, come))
            self.dataset.update(
                f"DELETE DATA {{ {_block(gone)} }} ; INSERT DATA {{ {_block(come)} }} {' '.join(emptied)}"
            )
        elif len(come) > MANY:
            self.dataset.bulk_extend(come)
        else:
            self.dataset.extend(come)

    def _reach(self, at: Checkpoint) -> None:
        self._passed.append(at)
        self._at = at

    def _is_article(self, quad: ox.Quad) -> bool:
        return quad.predicate == self._sourced and quad.graph_name == self._meta

    def _keep(self, files: Files) -> None:
        """Bring the files of articles to what the store holds."""
        folder = self.path / "articles"
        with reporting(folder):
            folder.mkdir(exist_ok=True)
            for key, text in files.kept.items():
                (folder / f"{quote(key, safe='')}.json").write_text(text, encoding="utf-8")
                quarantine.forget(self.path, key)
            for key in files.dropped:
                (folder / f"{quote(key, safe='')}.json").unlink(missing_ok=True)

    def _emptied(self, gone: set[ox.Quad], come: set[ox.Quad]) -> Iterator[ox.NamedNode]:
        """The graphs that nothing is left of: RDF has no empty graphs, but a store remembers their names."""
        for graph in {quad.graph_name for quad in gone} - {quad.graph_name for quad in come}:
            left = self.dataset.quads_for_pattern(None, None, None, graph)
            if isinstance(graph, ox.NamedNode) and all(quad in gone for quad in left):
                yield graph

    def _derived(self, quads: set[ox.Quad]) -> set[ox.Quad]:
        """The same triples in the default graph, as far as they are published."""
        published = {graph for graph in {quad.graph_name for quad in quads} if self._is_published(graph)}
        return {
            ox.Quad(quad.subject, quad.predicate, quad.object)
            for quad in quads
            if quad.graph_name in published
        }

    def _is_supported(self, quad: ox.Quad, gone: set[ox.Quad]) -> bool:
        """Whether a published graph still holds the triple of QUAD when those in GONE are gone."""
        holding = self.dataset.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        return any(self._is_published(other.graph_name) and other not in gone for other in holding)

    def _is_published(self, graph: object) -> bool:
        if not isinstance(graph, ox.NamedNode):
            return False
        return graph != BOOKS and not is_text_graph(graph.value, self.base)


def _block(quads: Iterable[ox.Quad]) -> str:
    """The quads as the body of DELETE DATA or INSERT DATA."""
    lines = []
    for quad in quads:
        triple = f"{quad.subject} {quad.predicate} {quad.object} ."
        lines.append(triple if quad.graph_name == DEFAULT else f"GRAPH {quad.graph_name} {{ {triple} }}")
    return "\n".join(lines)
