"""One content written as several files, each packed in its way, and read again from any of them.

The bytes depend on the content alone: gzip has no time and no name in it, and what is packed is cut
into blocks of one size, however it came.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Final, Protocol, Self, cast

from khabar.dumps.manifest import File

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BLOCK: Final = 2**18  # bytes
GZIP_LEVEL: Final = 6
ZSTD: Final = (  # a dozen files are packed at the same time: half a megabyte of window, and small tables
    (zstd.CompressionParameter.compression_level, 6),
    (zstd.CompressionParameter.window_log, 19),
    (zstd.CompressionParameter.hash_log, 17),
    (zstd.CompressionParameter.chain_log, 17),
    (zstd.CompressionParameter.checksum_flag, 1),
)
SUFFIXES: Final = {None: "", "gzip": ".gz", "zstd": ".zst"}
PACKED: Final = ("gzip", "zstd")
BOTH: Final = (None, *PACKED)


class _Stream(Protocol):
    def write(self, data: bytes, /) -> int: ...
    def close(self) -> None: ...


class _Summed:
    """A file on disk and the sum of what was written to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = 0
        self.sha256 = hashlib.sha256()
        self._file = path.open("wb")

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self.sha256.update(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """Write all of it to the disk itself."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class Content:
    """One content on its way into FOLDER.  A context manager: leaving it completes the files."""

    def __init__(
        self,
        folder: Path,
        name: str,
        media_type: str,
        title: str,
        encodings: tuple[str | None, ...] = PACKED,
    ) -> None:
        self.name = name
        self.media_type = media_type
        self.title = title
        self.records: int | None = None
        self.files: tuple[File, ...] = ()  # when it is complete
        self._bytes = 0
        self._sha256 = hashlib.sha256()
        self._waiting = bytearray()
        self._summed = {encoding: _Summed(folder / (name + SUFFIXES[encoding])) for encoding in encodings}
        self._streams = [_packer(encoding, summed) for encoding, summed in self._summed.items()]

    def write(self, text: str) -> None:
        """Add TEXT."""
        self.write_bytes(text.encode())

    def write_bytes(self, data: bytes) -> None:
        """Add DATA."""
        self._waiting += data
        while len(self._waiting) >= BLOCK:
            block = bytes(self._waiting[:BLOCK])
            del self._waiting[:BLOCK]
            self._pack(block)

    def _pack(self, block: bytes) -> None:
        self._bytes += len(block)
        self._sha256.update(block)
        for stream in self._streams:
            stream.write(block)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pack(bytes(self._waiting))
        for stream, summed in zip(self._streams, self._summed.values(), strict=True):
            stream.close()
            if stream is not summed:
                summed.close()
        self.files = tuple(self._file(encoding, summed) for encoding, summed in self._summed.items())

    def _file(self, encoding: str | None, summed: _Summed) -> File:
        return File(
            name=summed.path.name,
            bytes=summed.bytes,
            sha256=summed.sha256.hexdigest(),
            media_type=self.media_type,
            encoding=encoding,
            content=self.name,
            content_bytes=self._bytes,
            content_sha256=self._sha256.hexdigest(),
            records=self.records,
            title=self.title,
        )


def as_it_is(path: Path, media_type: str, title: str, records: int) -> File:
    """A file that another library has written; brings it to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    return File(path.name, size, digest, media_type, None, path.name, size, digest, records, title)


def _packer(encoding: str | None, summed: _Summed) -> _Stream:
    target = cast(IO[bytes], summed)
    if encoding == "gzip":
        return gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=target, mtime=0)
    if encoding == "zstd":
        options = {int(parameter): value for parameter, value in ZSTD}
        return cast(_Stream, zstd.ZstdFile(target, "wb", options=options))
    return summed


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """The content of a file, unpacked as its suffix says; a damaged one raises OSError or EOFError."""
    with path.open("rb") as raw:
        yield unpacking(raw, path.suffix)


def unpacking(raw: BinaryIO, suffix: str) -> BinaryIO:
    """What is packed in RAW as a file of that SUFFIX is."""
    if suffix == ".gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="rb"))
    if suffix == ".zst":
        return cast(BinaryIO, zstd.ZstdFile(raw))
    return raw
