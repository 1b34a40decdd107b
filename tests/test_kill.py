"""Writers and builds that are killed at random moments; `make reliability` kills a thousand."""

from __future__ import annotations

import os
from pathlib import Path

from killing import kill_builds, kill_writers

from khabar.knowledge import load

KILLS = int(os.environ.get("KHABAR_KILLS", "100"))


def test_what_a_writer_has_acknowledged_is_there_once_and_whole_whenever_it_is_killed(tmp_path: Path) -> None:
    tally = kill_writers(tmp_path / "g", KILLS * 9 // 10, seed=5)
    assert tally.killed > KILLS // 3


def test_builds_that_are_killed_leave_the_bytes_of_one_that_is_not(tmp_path: Path) -> None:
    tally = kill_builds(tmp_path / "g", KILLS // 10, seed=6, knowledge=load())
    assert tally.killed > 0
