"""WARC archives: the pages that a crawler has kept.  https://iipc.github.io/warc-specifications/"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final

from warcio.archiveiterator import ArchiveIterator

from khabar.errors import ReadError
from khabar.text.found import Found, Prefixed, Stream
from khabar.text.html import LARGEST_PAGE, read_page

_PIECE: Final = 65_536  # bytes
_END: Final = b"\r\n\r\n"  # of each record
_CUT: Final = "it ends in the middle of a record"
_GZIP: Final = b"\x1f\x8b"
_MOST: Final = 8 * 2**20  # bytes of a record, if it was packed more than a hundredfold
_PAGES: Final = ("text/html", "application/xhtml+xml")


def read_archive(file: Stream, origin: str) -> Iterator[Found | ReadError]:
    """The articles of the pages in an archive, and a ReadError in the place of each page that has none.

    Images, redirects and whatever else is no page are passed over.  An archive that breaks off gives
    what comes before, then a ReadError.  No more of a page is unpacked than a page may have.
    """
    number, cut, start = 0, False, file.read(2)
    whole = Prefixed(start, file)
    records = _Watched(_Unpacked(whole) if start == _GZIP else whole)
    try:
        for number, record in enumerate(ArchiveIterator(records), start=1):
            if _is_page(record):
                found = _page(record, origin, number)
                cut = found is None
                if found is not None:
                    yield found
    except Exception as error:  # of many kinds, by where the archive breaks off
        yield _broken(origin, number, _first_line(error))
        return
    if not records.end:
        raise ReadError(where=origin, problem="is empty", fix="give the WARC file of a crawl")
    if cut or records.end != _END:
        yield _broken(origin, number, _CUT)


class _Watched:
    """A stream that remembers how it ended: warcio takes a header that is cut short for the end."""

    def __init__(self, stream: Stream) -> None:
        self._stream, self.end = stream, b""

    def read(self, size: int = _PIECE, /) -> bytes:
        """At most SIZE bytes."""
        found = self._stream.read(size)
        self.end = (self.end + found)[-len(_END) :]
        return found


class _Unpacked:
    """What a gzip file holds, a record of the archive a member of it.

    warcio would unpack by itself, but a member without a newline in one go, however large it gets.
    """

    def __init__(self, packed: Stream) -> None:
        self._packed, self._input = packed, b""
        self._begin()

    def _begin(self) -> None:
        self._zip, self._read, self._written = zlib.decompressobj(31), 0, 0

    def read(self, size: int = _PIECE, /) -> bytes:
        """At most SIZE bytes; raises ValueError for a member that unpacks out of all proportion."""
        while True:
            given = self._input or self._packed.read(_PIECE)
            if not given and self._read and not self._zip.eof:
                raise ValueError(_CUT)
            found = self._zip.decompress(given, size)
            self._input = self._zip.unconsumed_tail or self._zip.unused_data
            self._read += len(given) - len(self._input)
            self._written += len(found)
            if self._written > max(_MOST, 100 * self._read):
                raise ValueError("a record unpacks to more than a hundred times its size")
            if self._zip.eof:
                self._begin()
            if found or not given:
                return found


def _is_page(record: Any) -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind = record.http_headers.get_header("Content-Type") or ""
    return record.http_headers.get_statuscode() == "200" and kind.lower().startswith(_PAGES)


def _page(record: Any, origin: str, number: int) -> Found | ReadError | None:
    """The page of a record; None for one that is cut short, of which the end of the archive tells."""
    address = record.rec_headers.get_header("WARC-Target-URI")
    where = f"{origin}, {address or f'record {number}'}"
    raw = _read(record.content_stream())
    if len(raw) <= LARGEST_PAGE and record.raw_stream.limit > 0:
        return None
    try:
        return read_page(raw, where, address)
    except ReadError as error:
        return error


def _read(stream: Any) -> bytes:
    """What STREAM holds, in pieces, as far as one byte more than a page may have."""
    found = bytearray()
    while len(found) <= LARGEST_PAGE and (piece := stream.read(_PIECE)):
        found += piece
    return bytes(found[: LARGEST_PAGE + 1])


def _broken(origin: str, number: int, problem: str) -> ReadError:
    return ReadError(
        where=f"{origin}, near record {number}",
        problem=f"breaks off or is damaged: {problem}",
        fix="fetch the archive again; what came before was read",
    )


def _first_line(error: object) -> str:
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)[:100]
