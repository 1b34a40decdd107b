"""Whatever can be compared: a built folder, a version, a mirror or a file of RDF, as one sorted dump."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

import pyoxigraph as ox

from khabar.dumps.contents import NQUADS, write_nquads
from khabar.dumps.manifest import read
from khabar.dumps.packing import unpacked
from khabar.dumps.versions import LATEST, MANIFEST, DumpError
from khabar.graph.folder import describe, is_built, open_snapshot
from khabar.graph.lines import batches
from khabar.graph.serialise import nquads
from khabar.vocab import DEFAULT_BASE

# What stands for the default graph where only named graphs are compared; so Apache Jena calls it, too.
DEFAULT_GRAPH: Final = "urn:x-arq:DefaultGraph"


@dataclass(frozen=True, slots=True)
class Source:
    """One of the two things to compare."""

    path: Path  # of a sorted dump, packed or not
    name: str  # for people
    iri: str  # for a patch
    base: str
    limit: int | None = None  # to how many code points its quotations are cut

    @contextmanager
    def lines(self) -> Iterator[BinaryIO]:
        """The lines of N-Quads, each with its newline."""
        with unpacked(self.path) as stream:
            yield stream


@contextmanager
def opened(path: Path, *, base: str | None = None, limit: int | None = None) -> Iterator[Source]:
    """PATH as a source; raises DumpError, StoreError.

    A built folder is taken with its quotations cut to LIMIT code points, as a version has them.
    """
    path = _versioned(path)
    if (path / MANIFEST).is_file():
        yield _version(path)
        return
    with TemporaryDirectory(prefix="khabar-") as scratch:
        if is_built(path):
            described = describe(path)
            write_nquads(open_snapshot(path), described.base, Path(scratch), limit=limit, publish_text=False)
            yield Source(Path(scratch) / NQUADS, str(path), described.dataset, described.base, limit)
        else:
            yield _file(path, Path(scratch), base)


def quotation_limit(path: Path) -> int | None:
    """To how many code points the quotations in PATH are cut; None if they are not, or PATH is no version."""
    path = _versioned(path)
    return read(path).quotation_limit if (path / MANIFEST).is_file() else None


def _versioned(path: Path) -> Path:
    return path / LATEST if (path / LATEST / MANIFEST).is_file() else path


def _version(path: Path) -> Source:
    manifest = read(path)
    held = [path / file.name for file in manifest.packed(NQUADS) if (path / file.name).exists()]
    if not held:
        raise DumpError(
            where=str(path), problem=f"has no {NQUADS}", fix=f"pull {NQUADS}.gz, which the others are made of"
        )
    iri = f"{manifest.dataset}/{manifest.version}"
    return Source(held[0], manifest.version, iri, manifest.base, manifest.quotation_limit)


def _file(path: Path, scratch: Path, base: str | None) -> Source:
    """A file of RDF; one without named graphs is compared by its default graph."""
    store = _loaded(path)
    named = sorted(graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode))
    target = scratch / NQUADS
    with target.open("w", encoding="utf-8") as out:
        for graph in named:
            out.writelines(nquads(batch, graph) for batch in batches(store, ox.NamedNode(graph)))
        if not named:
            out.writelines(nquads(batch, DEFAULT_GRAPH) for batch in batches(store, ox.DefaultGraph()))
    meta = next((graph for graph in named if graph.endswith("/graph/meta")), None)
    found = meta.removesuffix("graph/meta") if meta else DEFAULT_BASE
    return Source(target, path.name, path.resolve().as_uri(), base or found)


def _loaded(path: Path) -> ox.Store:
    plain = path.with_suffix("") if path.suffix in (".gz", ".zst") else path
    format_ = ox.RdfFormat.from_extension(plain.suffix.removeprefix("."))
    if path.is_dir() or format_ is None:
        raise DumpError(
            where=str(path),
            problem="is no dump" if path.exists() else "does not exist",
            fix="name a built folder, the folder of a version, a mirror, or a file of RDF (.nq, .ttl, …)",
        )
    store = ox.Store()
    try:
        with unpacked(path) as stream:
            store.bulk_load(stream, format_)
    except (OSError, EOFError, SyntaxError, ValueError) as error:
        raise DumpError(
            where=str(path),
            problem=f"cannot be read: {getattr(error, 'strerror', None) or str(error).splitlines()[0]}",
            fix="check that the file is whole",
        ) from error
    return store
