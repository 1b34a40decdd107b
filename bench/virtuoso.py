"""Debian's Virtuoso over a dump of the same triples, as a peer: started, loaded in bulk, and ended."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

GRAPH: Final = "urn:khabar:facts"  # Virtuoso's default graph is the union of all, so it is told which one
START: Final = 120.0  # seconds
BUFFERS: Final = 60_000  # of 8 KiB each: more than a million triples need
CONFIGURATION: Final = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 20
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {data}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 16
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 60
"""


def is_installed() -> bool:
    """Whether the Debian packages virtuoso-opensource-7-bin and -common are here."""
    return shutil.which("virtuoso-t") is not None and shutil.which("isql-vt") is not None


@contextmanager
def loaded(triples: Path, folder: Path, http: int, sql: int) -> Iterator[int]:
    """A server at the port HTTP with a file of N-Triples in GRAPH; yields its process."""
    folder.mkdir(exist_ok=True)
    (folder / "virtuoso.ini").write_text(
        CONFIGURATION.format(
            folder=folder, http=http, sql=sql, data=triples.parent, buffers=BUFFERS, dirty=BUFFERS * 3 // 4
        )
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIRTUOSO")}
    silent = subprocess.DEVNULL
    process = subprocess.Popen(
        ["virtuoso-t", "-f", "-c", str(folder / "virtuoso.ini")],
        cwd=folder, env=environment, stdout=silent, stderr=silent,
    )  # fmt: skip
    try:
        end = time.monotonic() + START
        while _said(sql, "status();") is None:
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit("virtuoso: does not start")
            time.sleep(0.3)
        for statement in (
            f"ld_dir('{triples.parent}', '{triples.name}', '{GRAPH}');",
            "rdf_loader_run();",
            "checkpoint;",
        ):
            if _said(sql, statement) is None:
                raise SystemExit(f"virtuoso: {statement} failed")
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _said(sql: int, statement: str) -> str | None:
    command: Sequence[str] = ("isql-vt", str(sql), "dba", "dba", f"exec={statement}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 and "Error" not in done.stderr else None
