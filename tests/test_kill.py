"""Writers and builds that are killed at random moments, or find the disk full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

KILLS = int(os.environ.get("KHABAR_KILLS", "100"))


def tally(kind: str, folder: Path, number: int) -> int:
    """How many were killed on the way; a process of its own, since killing.py forks."""
    program = Path(__file__).with_name("killing.py")
    run = [sys.executable, str(program), kind, str(folder), str(number), "5"]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=3600)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[0])


def test_what_a_writer_has_acknowledged_is_there_once_and_whole_whenever_it_is_killed(tmp_path: Path) -> None:
    assert tally("writers", tmp_path / "g", KILLS * 9 // 10) > 0  # how many depends on the machine


def test_builds_that_are_killed_leave_the_bytes_of_one_that_is_not(tmp_path: Path) -> None:
    assert tally("builds", tmp_path / "g", KILLS // 10) > 0


def test_a_full_disk_takes_nothing_away_and_with_space_it_goes_on(tmp_path: Path) -> None:
    tally("full", tmp_path / "g", KILLS // 5)
