"""Built graphs and versions of their dumps, for the tests of what is published."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from khabar.dumps.publish import Options, Published, publish
from khabar.graph.assemble import assemble
from khabar.graph.entities import ENTITIES, describe
from khabar.graph.metadata import ONTOLOGY
from khabar.graph.skolem import skolemise
from khabar.graph.store import Store
from khabar.model import Reading
from khabar.resources import folder as resource_folder
from khabar.vocab import DEFAULT_BASE

TERMS: Final = (resource_folder("ontology") / "khabar.ttl",)
KILLS: Final = int(os.environ.get("KHABAR_KILLS", "6"))  # `make reliability` kills a hundred
DAY: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)


def changed(folder: Path, readings: Iterable[Reading], gone: Iterable[str] = ()) -> Path:
    """Put READINGS into the graph in FOLDER, as a build does, and take out the articles that are GONE."""
    exists = (folder / "khabar.json").exists()
    with Store.open(folder) if exists else Store.create(folder) as store:
        if not exists:
            store.put_lines({ONTOLOGY: skolemise(TERMS, ONTOLOGY, DEFAULT_BASE)})
        store.apply({reading.article.key: assemble(reading) for reading in readings})
        for key in gone:
            store.remove(key)
        store.put(ENTITIES, describe(store.named(), {}))
        store.publish()
    return folder


def published(folder: Path, day: int = 0, options: Options | None = None, **more: str) -> Published:
    """Publish the graph in FOLDER on the DAY-th day of the tests."""
    version = more.get("version")
    return publish(folder, DAY + timedelta(days=day), version=version, options=options)


def unzipped(version: Path, name: str) -> bytes:
    """A content of a version."""
    return gzip.decompress((version / f"{name}.gz").read_bytes())


def quads(data: bytes, format: ox.RdfFormat) -> set[ox.Quad]:
    """What an RDF file holds."""
    return set(ox.parse(data, format=format))
