"""The table of statements as Parquet: columns of words, of which those that say little are small.

The bytes are those of one version of pyarrow, which writes its name into the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow
import pyarrow.parquet

from khabar.dumps.table import Row

GROUP: Final = 2_000  # rows that are written together: more of them take more memory, and no less room
FEW: Final = ["status", "predicate", "change"]  # columns of few different values


def write(path: Path, head: Row, rows: Iterator[Row]) -> None:
    """Write ROWS below HEAD as a Parquet file; an empty cell is null."""
    pool = pyarrow.system_memory_pool()
    pyarrow.set_memory_pool(pool)
    pool.release_unused()  # of a million quads, 30 MB that the files before left behind
    schema = pyarrow.schema([(name, pyarrow.string()) for name in head])
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd", use_dictionary=FEW) as writer:
        while group := list(islice(rows, GROUP)):
            columns = ([cell or None for cell in column] for column in zip(*group, strict=True))
            arrays = [pyarrow.array(column, pyarrow.string()) for column in columns]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
