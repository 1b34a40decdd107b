"""In other people's pipelines: the Action's script as it stands, the hook, the example for GitLab."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from planted import KINDS, faulty

ROOT: Final = Path(__file__).parents[1]
BIN: Final = Path(sys.executable).parent


def script() -> str:
    """What the Action runs: the last block of action.yml."""
    block = (ROOT / "action.yml").read_text("utf-8").rpartition("      run: |\n")[2]
    return "".join(line.removeprefix("        ") + "\n" for line in block.splitlines())


def act(folder: Path, **inputs: str) -> tuple[int, str, str]:
    """Run the Action's script as a runner does; gives status, what it printed and its outputs."""
    names = ("DATA", "SHAPES", "FAIL_ON", "BASELINE", "EACH", "SARIF")
    given = {**dict.fromkeys(names, ""), "FAIL_ON": "violation", "EACH": "false", **inputs}
    env = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(folder / "output"),
        **given,
    }
    done = subprocess.run(
        ["bash", "-c", script()], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, (folder / "output").read_text("utf-8")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for n, kinds in enumerate(((), (KINDS[1],))):
        (tmp_path / f"{n}.ttl").write_text(faulty(n, 1, kinds).turtle()[0], encoding="utf-8")
    return tmp_path


def test_the_action_annotates_the_line_and_fails(here: Path) -> None:
    status, said, outputs = act(here, DATA="*.ttl", EACH="true", SARIF="report.sarif")
    assert (status, outputs) == (1, "status=1\n")
    assert said.splitlines()[0].startswith("::error file=1.ttl,line=30,col=19,title=Statement-predicate::")
    assert '"startLine": 30' in (here / "report.sarif").read_text("utf-8")
    assert act(here, DATA="0.ttl")[::2] == (0, "status=1\nstatus=0\n")


def test_an_input_of_the_action_is_never_a_command(here: Path) -> None:
    status, _, _ = act(here, DATA="$(touch stolen) `touch stolen` 0.ttl;touch stolen")
    assert status == 2
    assert not (here / "stolen").exists()
    assert "${{" not in script()


def test_the_hook_is_a_command_that_there_is(here: Path) -> None:
    entry = re.findall(r"entry: (.*)", (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))[0]
    command = f"{BIN}/{entry} 0.ttl 1.ttl".split()
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("1.ttl:30:19: Violation:")


def test_the_example_for_gitlab_writes_the_report_that_it_names(here: Path) -> None:
    page = (ROOT / "docs" / "validate.md").read_text("utf-8")
    example = re.search(r"```yaml\n(validate:.*?)```", page, re.DOTALL)
    assert example is not None
    command = re.findall(r"- (khabar .*)", example[1])[0]
    (here / "data").mkdir()
    (here / "1.ttl").rename(here / "data" / "1.ttl")
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", command], cwd=here, env=env, capture_output=True, check=False)
    assert done.returncode == 1
    report = re.findall(r"junit: (\S+)", example[1])[0]
    assert ET.parse(here / report).getroot().get("failures") == "1"
