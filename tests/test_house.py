"""The house: what the README shows is what happens, and what ships is complete and nobody's machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from pages import PAGES, ROOT, Block, blocks, rerun, run

import khabar
from khabar.cli import COMMANDS

PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS: Final = {"requirements.txt": (), "requirements-dev.txt": ("dev", "web")}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "```console" in page.read_text("utf-8")], ids=lambda page: page.name
)
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path) -> None:
    """Each command is run; what follows is all that it prints.  `make pages` brings it up to date."""
    shown = [block.text for block in blocks("console") if block.page == page]
    assert [rerun(text, tmp_path) for text in shown] == shown


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.page.name)
def test_python_on_a_page_runs(block: Block, tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(block.text, encoding="utf-8")
    assert run(tmp_path, f"{sys.executable} page.py && echo good").endswith("good\n")


def test_the_readme_has_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert set(re.findall(r"^\| `khabar ([\w-]+)", readme, re.MULTILINE)) == set(COMMANDS)


def test_the_library_names_what_it_promises_and_loads_it_late() -> None:
    assert not [name for name in khabar.__all__ if not hasattr(khabar, name)]
    assert not set(khabar.__all__) - set(dir(khabar))
    loads_late = "assert 'rdflib' not in sys.modules; khabar.extract; assert 'pyshacl' not in sys.modules"
    subprocess.run([sys.executable, "-c", f"import sys, khabar; {loads_late}"], check=True)
    with pytest.raises(AttributeError, match="no attribute 'extracts'"):
        khabar.extracts  # noqa: B018


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def pins(lock: str) -> dict[str, list[str]]:
    """What a lock file asks for: each library with its version, and the hashes of its files."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {row[0]: [word for word in row if word.startswith("--hash=sha256:")] for row in rows}


@pytest.mark.parametrize(("lock", "extras"), LOCKS.items(), ids=LOCKS)
def test_locks_hold_everything_by_hash_and_name_no_index(lock: str, extras: tuple[str, ...]) -> None:
    locked = pins(lock)
    assert all("==" in name and hashes for name, hashes in locked.items())
    wanted = [*PROJECT["dependencies"], *(d for e in extras for d in PROJECT["optional-dependencies"][e])]
    names = {name.partition("==")[0] for name in locked}
    assert {re.split("[=<>]", dependency)[0] for dependency in wanted} <= names
    assert not re.search(
        "^ *-[if-]|://", re.sub("--hash", "", (ROOT / lock).read_text("utf-8")), re.MULTILINE
    )


def test_each_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    rows = set(re.findall(r"^\| \[([\w-]+)\]", page, re.MULTILINE))
    needed = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["web"]]
    assert rows == {re.split("[=<>]", dependency)[0] for dependency in needed}


def tracked() -> Iterator[tuple[str, str]]:
    """The tracked text files, with what they hold."""
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    for name in names.split("\0"):
        path = ROOT / name
        if name and path.is_file() and b"\0" not in (content := path.read_bytes()):  # which no text holds
            yield name, content.decode("utf-8", "replace")


def test_no_file_names_a_machine_or_unfinished_work() -> None:
    # The brackets keep these patterns from finding themselves.
    marks = re.compile(r"/[w]ork/|/[r]oot/|/[h]ome/|TO[D]O|FIX[M]E|XX[X]")
    if not (ROOT / ".git").exists():
        return  # an unpacked source archive
    assert not [(name, found[0]) for name, text in tracked() if (found := marks.search(text))]


def test_the_wheel_holds_all_that_khabar_needs(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    data = {f"khabar/data/{path.relative_to(ROOT)}" for folder in ("ontology", "shapes", "examples")
            for path in (ROOT / folder).rglob("*") if path.is_file()}  # fmt: skip
    code = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src" / "khabar").rglob("*")
            if path.is_file() and path.suffix != ".pyc"}  # fmt: skip
    assert data | code <= held
    assert not [name for name in held if not name.startswith(("khabar/", "khabar-"))]
