"""Content encodings: which one a client accepts (RFC 9110, section 12.5.3), and how to apply it."""

from __future__ import annotations

import gzip
import sys
import tempfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

IDENTITY: Final = ""
GZIP: Final = "gzip"
ZSTD: Final = "zstd"
WORTH_IT: Final = 1024  # bytes: less is one packet either way
CHUNK: Final = 1 << 16
GZIP_LEVEL: Final = 5
ZSTD_LEVEL: Final = 3


@lru_cache(maxsize=256)
def choose(accepted: str) -> str:
    """The best encoding for an Accept-Encoding header: zstd is as small as gzip and a good deal faster."""
    qualities: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=")) if parameter.strip() else 1.0
        except ValueError:
            continue
        qualities[name.strip()] = quality
    rest = qualities.get("*", 0.0)
    liked = {name: qualities.get(name, rest) for name in (ZSTD, GZIP)}
    best = max(liked, key=lambda name: liked[name])
    return best if liked[best] > 0 and liked[best] >= qualities.get("identity", 0.0) else IDENTITY


def encode(body: bytes, encoding: str) -> bytes:
    """A whole body in an encoding; the same body gives the same bytes."""
    if encoding == GZIP:
        return gzip.compress(body, GZIP_LEVEL, mtime=0)
    return zstd.compress(body, ZSTD_LEVEL) if encoding == ZSTD else body


def encode_file(file: IO[bytes], encoding: str) -> IO[bytes]:
    """A file in an encoding, at its first byte; the one given is closed if another is returned."""
    if encoding == IDENTITY:
        return file
    encoded: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115
    with file:
        for chunk in _encoded(iter(lambda: file.read(CHUNK), b""), encoding):
            encoded.write(chunk)
    encoded.seek(0)
    return encoded


def _encoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    # 31: the window of deflate, with the frame of gzip around it
    compressor = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31) if encoding == GZIP else _zstd()
    for chunk in chunks:
        yield compressor.compress(chunk)
    yield compressor.flush()


def _zstd() -> zstd.ZstdCompressor:
    return zstd.ZstdCompressor(level=ZSTD_LEVEL)
