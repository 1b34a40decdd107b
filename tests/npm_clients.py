"""Programs from npm ask a real server and read our dumps: `make clients` installs them and runs this."""

from __future__ import annotations

import json
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from dumped import changed, quads
from values import arabic, russian
from web import served

from khabar.graph.assemble import assemble
from khabar.graph.folder import open_snapshot
from khabar.graph.serialise import FORMATS, dump
from khabar.graph.store import Store
from khabar.publish import keys
from khabar.vocab import DEFAULT_BASE

PROGRAMS: Final = Path(__file__).with_name("npm")


def main() -> None:
    """Have each do what it is for."""
    ask()
    reread()


def node(program: str, *given: str) -> bytes:
    """What a program prints; a failure ends everything."""
    done = subprocess.run(["node", str(PROGRAMS / program), *given], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def reread() -> None:
    """Dump a graph in each format, and compare what n3 and jsonld find with what the store holds."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = changed(Path(scratch) / "graph", [arabic(), russian()])
        snapshot = open_snapshot(folder)
        for format in FORMATS:
            file = Path(scratch) / format
            with file.open("wb") as stream:
                dump(snapshot, format, stream, DEFAULT_BASE)
        named, default = (
            quads((Path(scratch) / name).read_bytes(), format)
            for name, format in (("nquads", ox.RdfFormat.N_QUADS), ("ntriples", ox.RdfFormat.N_TRIPLES))
        )
        for format in FORMATS:
            found = node("reread.mjs", str(Path(scratch) / format), format)
            expected = named if format in ("nquads", "trig") else default
            assert quads(found, ox.RdfFormat.N_QUADS) == expected, format
    print("n3 and jsonld: good")


def ask() -> None:
    """Serve a small graph, have the client ask and write, and compare."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "graph"
        with Store.create(folder) as store:
            for reading in (arabic(), russian()):
                store.replace(reading.article.key, assemble(reading))
            store.publish()
        key = keys.add(folder, "npm", ("update",), date(2026, 1, 1))
        with served(folder, writable=True, workers=1) as address:
            given = [f"{address}/sparql", f"{address}/update", key, "http://example.org/ملاحظات"]
            told = json.loads(node("ask.mjs", *given))
    assert [iri.rpartition("/")[2] for iri in told["chairs"]] == ["kazakhstan", "uzbekistan"], told
    assert (told["ask"], told["triples"], told["written"]) == (True, 2, True), told
    assert "400" in told["error"], told
    print("fetch-sparql-endpoint: good")


if __name__ == "__main__":
    main()
