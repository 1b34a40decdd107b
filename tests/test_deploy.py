"""The files of docs/deploy, ready to copy: each command, option, path and number in them is one of ours."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import click
import pytest
from web import built

from khabar.cli import main
from khabar.commands.serve import command as serve
from khabar.publish import serving
from khabar.publish.app import LARGEST_BODY, create_app
from khabar.publish.pool import LIMITS

ROOT: Final = Path(__file__).parents[1]
DEPLOY: Final = ROOT / "docs" / "deploy"
UNIT: Final = (DEPLOY / "khabar.service").read_text(encoding="utf-8")
CONTAINER: Final = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
NGINX: Final = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
DEFAULTS: Final = {parameter.name: parameter.default for parameter in serve.params}


def set_to(name: str) -> str:
    """What the unit sets, once."""
    (value,) = re.findall(rf"^{name}=(.+)$", UNIT, re.MULTILINE)
    return str(value)


def listed(name: str) -> list[str]:
    """The JSON-like list of an instruction of the Containerfile."""
    (line,) = re.findall(rf"^{name} \[(.+)\]$", CONTAINER, re.MULTILINE)
    return [part.strip().strip('"') for part in line.split(",")]


def parsed(words: list[str]) -> dict[str, object]:
    """The settings of a command line of ours, as click reads it."""
    name, *arguments = words
    with click.Context(main, info_name="khabar") as context:
        command = main.get_command(context, name)
        assert command is not None
        return command.make_context(name, arguments, parent=context).params


def test_the_service_is_started_as_khabar_serve_can_be(tmp_path: Path) -> None:
    program, *words = shlex.split(set_to("ExecStart"))
    assert program.endswith("/bin/khabar")
    assert parsed(words)["port"] == DEFAULTS["port"]
    assert parsed(words)["proxy"] == ("127.0.0.1",)


def test_the_service_has_room_for_what_the_server_may_take() -> None:
    assert int(set_to("TimeoutStopSec")) >= LIMITS.seconds + LIMITS.wait + serving.AFTER
    assert int(set_to("LimitNOFILE")) >= serving.FILES
    workers = 4 + 1  # as many as there are at most, and the spare one
    assert int(set_to("MemoryMax").removesuffix("G")) << 30 > workers * LIMITS.memory


def test_the_container_runs_what_is_here() -> None:
    assert listed("ENTRYPOINT")[0].endswith("/bin/khabar")
    assert parsed(listed("CMD"))["folder"] == "/graph"
    variables = set(re.findall(r"KHABAR_\w+", CONTAINER))
    assert variables <= {parameter.envvar for parameter in serve.params if isinstance(parameter.envvar, str)}
    assert "KHABAR_HOST" in variables
    (port,) = set(re.findall(r"(?:EXPOSE |KHABAR_PORT=|127\.0\.0\.1:)(\d+)", CONTAINER))
    assert int(port) == DEFAULTS["port"]
    for name in re.findall(r"-r (\S+)", CONTAINER):
        assert (ROOT / name).is_file()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert not {name.partition("/")[0] for name in ignored} & {"src", "requirements.txt", "pyproject.toml"}


def test_the_proxy_fits_the_server() -> None:
    assert f"client_max_body_size {LARGEST_BODY >> 10}k;" in NGINX
    (port,) = re.findall(r"server 127\.0\.0\.1:(\d+);", NGINX)
    assert int(port) == DEFAULTS["port"]
    (seconds,) = re.findall(r"proxy_read_timeout (\d+)s;", NGINX)
    assert int(seconds) > LIMITS.seconds + LIMITS.wait
    assert NGINX.count("{") == NGINX.count("}")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    app = create_app(built(tmp_path_factory.mktemp("web") / "graph"), workers=1)
    found = {rule.rule for rule in app.url_map.iter_rules()}
    app.extensions["khabar"].close()
    return found


def test_what_they_name_can_be_asked_for(paths: set[str]) -> None:
    named = set(re.findall(r"location = (/\w+)", NGINX)) | set(re.findall(r":8000(/\w+)'", CONTAINER))
    assert {"/metrics", "/readyz"} <= named <= paths
