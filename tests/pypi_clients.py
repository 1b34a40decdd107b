"""A client of the Reconciliation Service API against a real server: `make clients` runs this."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from web import built, served

PROGRAM: Final = Path(__file__).with_name("pypi") / "ask.py"


def main() -> None:
    """Serve the fixture, have the client of the interpreter named first ask, and compare."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        served(built(Path(scratch) / "graph"), workers=1) as address,
    ):
        command = [sys.argv[1], str(PROGRAM), f"{address}/reconcile"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == {
        "ids": ["", "kazakhstan", "uzbekistan"],
        "matches": 2,
        "chaired": [["dialogue", 100.0]],
    }, told
    print("reconciler: good")


if __name__ == "__main__":
    main()
