"""The journal of a folder: what is to be written is on disk here before anything else is done with it.

A journal is a folder of segments, each named after the number of its first record.  A segment begins
with a line that names the dataset; records follow:

    length   4 bytes, little-endian as all of them: of the payload
    crc      4 bytes: CRC-32 of number and payload
    number   8 bytes: one more than that of the record before
    payload

`append` returns when a record is on disk (fdatasync), and so is the name of its segment.  What a crash
has left behind the last whole record was never acknowledged, and is cut off.  The first segment says
that none is needed before it, so that a lost one is noticed.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

from khabar.errors import JournalError, StoreError
from khabar.graph.files import reporting, sync

NAME: Final = "journal"
SEGMENT: Final = 16 << 20  # bytes after which a new segment begins
LONGEST: Final = 1 << 30  # bytes of a payload
HEAD: Final = struct.Struct("<IIQ")
MAGIC: Final = "khabar journal 1 "


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of a journal, and what its first line says."""

    path: Path
    first: int  # the number of its first record
    is_start: bool  # whether it needs none before it
    begin: int  # bytes of the first line


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a journal."""

    number: int
    payload: bytes
    end: int  # where it ends in its segment, in bytes


class Journal:
    """A journal open for writing, by the one writer of its folder."""

    def __init__(self, folder: Path, dataset: str, *, first: int = 1) -> None:
        """Open the journal of a DATASET, or begin one with the number FIRST.

        Raises JournalError if it is damaged or belongs to another dataset.
        """
        self.folder = folder
        self.dataset = dataset
        self.last = first - 1  # the number of the last record
        self.cut = 0  # bytes that were cut off: what a crash had left half written
        with reporting(folder):
            folder.mkdir(exist_ok=True)
        found = segments(folder, dataset)
        if not found:
            self._begin(is_start=True)
            return
        with reporting(found[-1].path):
            self._continue(found[-1])

    def append(self, payload: bytes) -> int:
        """Write one record and have it on disk; returns its number.  Raises StoreError, and then it is not.

        After that nothing more can be written: an error of fsync is told once, and what the disk holds is
        not known, so the folder has to be opened anew.
        """
        if self._file.closed:
            raise StoreError(
                where=str(self.folder), problem="could not be written a moment ago", fix="open it again"
            )
        if self._file.tell() > SEGMENT:
            self._begin()
        number, begin = self.last + 1, self._file.tell()
        try:
            self._file.write(_head(number, payload) + payload)
            self._file.flush()
            os.fdatasync(self._file.fileno())
        except OSError as error:
            self.close()
            with suppress(OSError):
                os.truncate(self._path, begin)
            raise _unwritable(self._path, error) from error
        self.last = number
        return number

    def close(self) -> None:
        """Close the file; nothing can be written any more."""
        with suppress(OSError):  # a buffer that could not be written before cannot be written now
            self._file.close()

    def _begin(self, *, is_start: bool = False) -> None:
        if not is_start:
            self._file.close()
        self._path = self.folder / f"{self.last + 1:012}.log"
        told = {"dataset": self.dataset, "first": self.last + 1, "start": is_start}
        try:
            self._file: BinaryIO = self._path.open("wb")
            self._file.write(f"{MAGIC}{json.dumps(told)}\n".encode())
            self._file.flush()
            os.fsync(self._file.fileno())
            sync(self.folder)
        except OSError as error:
            self.close()
            self._path.unlink(missing_ok=True)
            raise _unwritable(self._path, error) from error

    def _continue(self, segment: Segment) -> None:
        self._path, self.last, end = segment.path, segment.first - 1, segment.begin
        for record in _records(segment):
            self.last, end = record.number, record.end
        self._file = segment.path.open("r+b")
        self.cut = segment.path.stat().st_size - end
        self._file.seek(end)

    def cut_off(self) -> None:
        """Take away what a crash has left behind the last record.

        It is not done when a journal is opened: who knows that there were more records can still save them.
        """
        with reporting(self._path):
            self._file.truncate()
            os.fdatasync(self._file.fileno())
        self.cut = 0


# --- reading


def segments(folder: Path, dataset: str | None = None) -> list[Segment]:
    """The segments of a journal in order; raises JournalError if one is missing, or of another DATASET."""
    found: list[Segment] = []
    paths = sorted(folder.glob("*.log"))
    for path in paths:
        segment = _segment(path, dataset)
        if segment is None and found and path == paths[-1]:
            break  # a crash came before its first line was on disk; the next record is written over it
        if segment is None:
            raise damaged(path, "its first line is not as it was written")
        if not found and not segment.is_start:
            raise damaged(path, "a segment before it is missing")
        found.append(segment)
    return found


def read(folder: Path, dataset: str, after: int = 0) -> Iterator[Record]:
    """The records with numbers beyond AFTER; raises JournalError when one is damaged or missing.

    What stands behind the last whole record of the last segment is left out.
    """
    found = segments(folder, dataset)
    for segment, following in pairwise([*found, None]):
        if segment is None or (following is not None and following.first <= after + 1):
            continue
        number, end = segment.first - 1, segment.begin
        with reporting(segment.path):
            for record in _records(segment):
                number, end = record.number, record.end
                if number > after:
                    yield record
            is_whole = end == segment.path.stat().st_size
        if following is not None and (number + 1 != following.first or not is_whole):
            raise damaged(segment.path, f"record {number + 1} is not as it was written")


def salvage(folder: Path) -> Iterator[Record]:
    """All records that are whole, whatever stands between them, in the order of their numbers."""
    for path in sorted(folder.glob("*.log")):
        segment = _segment(path, None) or Segment(path, int(path.stem), False, _first_line(path))
        yield from _records(segment)


def _records(segment: Segment) -> Iterator[Record]:
    """The records of one segment, as far as they are whole and follow one another."""
    with segment.path.open("rb") as file:
        file.seek(segment.begin)
        number, end = segment.first, segment.begin
        while len(head := file.read(HEAD.size)) == HEAD.size:
            length, _, told = HEAD.unpack(head)
            if told != number or length > LONGEST:
                return
            payload = file.read(length)
            if len(payload) < length or head != _head(number, payload):
                return
            end += HEAD.size + length
            yield Record(number, payload, end)
            number += 1


def _segment(path: Path, dataset: str | None) -> Segment | None:
    """What the first line of a segment says; None if that is nothing."""
    with reporting(path), path.open("rb") as file:
        line = file.readline(4096)
    try:
        told = json.loads(line.decode().removeprefix(MAGIC))
        segment = Segment(path, told["first"], told["start"], len(line))
        owner = told["dataset"]
    except (ValueError, LookupError, TypeError):
        return None
    if not line.endswith(b"\n") or not line.startswith(MAGIC.encode()) or segment.first != int(path.stem):
        return None
    if dataset not in (None, owner):
        raise JournalError(
            where=str(path),
            problem=f"is the journal of another dataset, {owner}",
            fix="put the folder journal back that belongs here; khabar repair writes one from the graph",
        )
    return segment


def _first_line(path: Path) -> int:
    with path.open("rb") as file:
        return len(file.readline(4096))


def _head(number: int, payload: bytes) -> bytes:
    crc = zlib.crc32(payload, zlib.crc32(number.to_bytes(8, "little")))
    return HEAD.pack(len(payload), crc, number)


# --- errors


def damaged(path: Path, problem: str) -> JournalError:
    """What to say of a journal that is not what was written."""
    folder = path if path.is_dir() else path.parent
    return JournalError(
        where=str(path), problem=f"is damaged: {problem}", fix=f"khabar repair {folder.parent}"
    )


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        where=str(path),
        problem=f"cannot be written: {error.strerror}",
        fix="make room on the disk; nothing that was told to be in is lost",
    )
