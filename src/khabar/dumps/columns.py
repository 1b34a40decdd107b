"""The table of statements as Parquet: columns of words, of which those that say little are small.

The bytes are those of one version of pyarrow, which writes its name into the file.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyarrow
import pyarrow.parquet

from khabar.dumps.table import Row

GROUP: Final = 2_000  # rows that are written together: more of them take more memory, and no less room
FEW: Final = ["status", "predicate", "change"]  # columns of few different values


class Columns:
    """A Parquet file on its way.  A context manager: leaving it completes the file."""

    def __init__(self, path: Path, head: Row) -> None:
        pyarrow.set_memory_pool(pyarrow.system_memory_pool())
        self._schema = pyarrow.schema([(name, pyarrow.string()) for name in head])
        self._waiting: list[Row] = []
        self._writer = pyarrow.parquet.ParquetWriter(
            path, self._schema, compression="zstd", use_dictionary=FEW
        )

    def write(self, rows: list[Row]) -> None:
        """Add ROWS; an empty cell is null."""
        self._waiting += rows
        if len(self._waiting) >= GROUP:
            self._flush()

    def _flush(self) -> None:
        columns = zip(*self._waiting, strict=True)
        arrays = [pyarrow.array([cell or None for cell in column], pyarrow.string()) for column in columns]
        self._writer.write_table(pyarrow.Table.from_arrays(arrays, schema=self._schema))
        self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._waiting:
            self._flush()
        self._writer.close()
