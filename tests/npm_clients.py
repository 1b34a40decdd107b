"""A client from npm against a real server: `make clients` installs it and runs this."""

from __future__ import annotations

import json
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import Final

from values import arabic, russian
from web import served

from khabar.graph.assemble import assemble
from khabar.graph.store import Store
from khabar.publish import keys

PROGRAM: Final = Path(__file__).with_name("npm") / "ask.mjs"


def main() -> None:
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
            done = subprocess.run(["node", str(PROGRAM), *given], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [iri.rpartition("/")[2] for iri in told["chairs"]] == ["kazakhstan", "uzbekistan"], told
    assert (told["ask"], told["triples"], told["written"]) == (True, 2, True), told
    assert "400" in told["error"], told
    print("fetch-sparql-endpoint: good")


if __name__ == "__main__":
    main()
