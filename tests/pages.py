"""The examples of README.md and docs/: run for real, and brought up to date by `make pages`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCED: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A fenced block of a page."""

    page: Path
    language: str
    text: str


def blocks(language: str) -> list[Block]:
    """The blocks of all pages in one LANGUAGE, in reading order."""
    found = (Block(page, m[1], m[2]) for page in PAGES for m in FENCED.finditer(page.read_text("utf-8")))
    return [block for block in found if block.language == language]


def run(folder: Path, command: str) -> str:
    """What the COMMAND prints, to both streams, in a FOLDER that holds the examples."""
    if not (folder / "examples").exists():
        (folder / "examples").symlink_to(ROOT / "examples")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.stdout


def rerun(text: str, folder: Path) -> str:
    """The TEXT of a console block as it would be now: each command with what it prints."""
    shown = re.findall(r"^\$ .*(?:\n> .*)*$", text, re.MULTILINE)
    return "\n".join(f"{lines}\n{run(folder, re.sub('^[$>] ', '', lines, flags=re.M))}" for lines in shown)


def main() -> None:
    """Rewrite the console blocks of every page."""
    for page in PAGES:
        text = page.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            fresh = FENCED.sub(
                lambda m: f"```{m[1]}\n{rerun(m[2], Path(folder))}```" if m[1] == "console" else m[0],  # noqa: B023
                text,
            )
        if fresh != text:
            page.write_text(fresh, encoding="utf-8")
            print(f"{page.name} brought up to date")


if __name__ == "__main__":
    main()
