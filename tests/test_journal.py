"""The journal: what is acknowledged is on disk, what is on disk is read again, what is damaged is told."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.errors import JournalError, StoreError
from khabar.graph import journal
from khabar.graph.files import settle, swap
from khabar.graph.journal import Journal, read

ID = "4f1d"
LOG = "000000000001.log"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "g" / "journal"


def write(folder: Path, *payloads: bytes, first: int = 1) -> Path:
    folder.parent.mkdir(exist_ok=True)
    written = Journal(folder, ID, first=first)
    for payload in payloads:
        written.append(payload)
    written.close()
    return folder


def payloads(folder: Path, after: int = 0) -> list[tuple[int, bytes]]:
    return [(record.number, record.payload) for record in read(folder, ID, after)]


def test_records_come_back_in_their_order_with_their_numbers(folder: Path) -> None:
    write(folder, b"one", b"", b"three")
    write(folder, b"four")
    assert payloads(folder) == [(1, b"one"), (2, b""), (3, b"three"), (4, b"four")]
    assert payloads(folder, after=2) == [(3, b"three"), (4, b"four")]


def test_a_new_segment_begins_when_one_is_full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SEGMENT", 200)
    write(folder, *(b"x" * 60 for _ in range(5)))
    assert [path.name for path in sorted(folder.iterdir())] == [LOG, "000000000003.log", "000000000005.log"]
    assert [number for number, _ in payloads(folder)] == [1, 2, 3, 4, 5]
    assert [number for number, _ in payloads(folder, after=4)] == [5]
    (folder / "000000000003.log").unlink()
    assert problem(folder) == f"{folder / LOG}: is damaged: record 3 is not as it was written"
    (folder / LOG).unlink()
    assert problem(folder) == f"{folder}/000000000005.log: is damaged: a segment before it is missing"


def problem(folder: Path) -> str:
    with pytest.raises(JournalError) as error:
        payloads(folder)
    assert error.value.fix == f"khabar repair {folder.parent}"
    return str(error.value).splitlines()[0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.data())
def test_a_crash_cuts_off_no_record_that_was_whole(written: list[bytes], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = write(Path(scratch) / "journal", *written)
        (path,) = folder.iterdir()
        ends = [0, *(record.end for record in read(folder, ID))]
        header = ends[1] - len(written[0]) - journal.HEAD.size
        size = data.draw(st.integers(header, path.stat().st_size))
        os.truncate(path, size)
        whole = sum(end <= size for end in ends[1:])
        assert payloads(folder) == list(enumerate(written, 1))[:whole]
        again = Journal(folder, ID)
        assert (again.last, again.cut) == (whole, size - max(ends[whole], header))
        again.cut_off()
        assert again.append(b"next") == whole + 1
        again.close()
        assert payloads(folder)[-1] == (whole + 1, b"next")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=50), min_size=2, max_size=5), st.data())
def test_no_flipped_bit_changes_a_record(written: list[bytes], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = write(Path(scratch) / "journal", *written)
        (path,) = folder.iterdir()
        raw = bytearray(path.read_bytes())
        bit = data.draw(st.integers(0, len(raw) * 8 - 1))
        raw[bit // 8] ^= 1 << bit % 8
        path.write_bytes(raw)
        try:
            found = payloads(folder)
        except JournalError:
            return
        assert found == list(enumerate(written, 1))[: len(found)]
        assert len(found) < len(written)


def test_the_journal_of_another_dataset_is_refused(folder: Path) -> None:
    write(folder, b"one")
    with pytest.raises(JournalError) as error:
        Journal(folder, "beef")
    assert str(error.value) == (
        f"{folder / LOG}: is the journal of another dataset, {ID}\n"
        "  put the folder journal back that belongs here; khabar repair writes one from the graph"
    )


def test_a_full_disk_takes_nothing_and_leaves_what_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, b"one")
    written = Journal(folder, ID)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", full)
        with pytest.raises(StoreError, match="cannot be written: No space left on device") as error:
            written.append(b"two")
    assert error.value.fix == "make room on the disk; nothing that was told to be in is lost"
    with pytest.raises(StoreError, match="could not be written a moment ago"):
        written.append(b"two")  # the disk has told its error, and would not tell it again
    assert payloads(folder) == [(1, b"one")]
    assert Journal(folder, ID).append(b"two") == 2


def test_a_segment_that_a_crash_left_without_its_first_line_is_written_over(folder: Path) -> None:
    write(folder, b"one")
    (folder / "000000000002.log").write_bytes(b"khabar jour")
    written = Journal(folder, ID)
    assert written.last == 1
    written.close()
    assert payloads(folder) == [(1, b"one")]


def states(folder: Path, other: Path) -> Iterator[str]:
    """What a swap leaves on disk when it is killed after each of its steps."""
    old = folder.with_name("journal.old")
    yield "before"
    folder.rename(old)
    yield "between"
    other.rename(folder)
    yield "after"


@pytest.mark.parametrize(("stop", "number"), [("before", 1), ("between", 7), ("after", 7)])
def test_a_swap_that_was_killed_is_finished_or_undone(stop: str, number: int, tmp_path: Path) -> None:
    folder = write(tmp_path / "journal", b"one")
    other = write(tmp_path / "journal.new", b"seven", first=7)
    for state in states(folder, other):
        if state == stop:
            break
    settle(folder)
    assert [record.number for record in read(folder, ID)] == [number]
    assert [path.name for path in tmp_path.iterdir()] == ["journal"]


def test_a_swap_puts_the_other_into_its_place(tmp_path: Path) -> None:
    folder = write(tmp_path / "journal", b"one")
    swap(folder, write(tmp_path / "journal.new", b"seven", first=7))
    assert payloads(folder) == [(7, b"seven")]
    assert [path.name for path in tmp_path.iterdir()] == ["journal"]
