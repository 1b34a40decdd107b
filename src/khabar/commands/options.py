"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from khabar.settings import NAME, read_settings
from khabar.vocab import DEFAULT_BASE


def configure(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Take the defaults of the options from --config FILE, and below them from DIR/khabar.toml."""
    if value is None:
        return value
    known = ctx.default_map or {}
    if param.name == "config":
        ctx.default_map = {**known, **read_settings(Path(value))}
    elif (path := Path(value) / NAME).is_file():
        ctx.default_map = {**read_settings(path), **known}
    return value


# Parameters that several commands share

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

SRC: Final[Decorator] = click.argument("sources", metavar="SRC...", nargs=-1, required=True)
DIR: Final[Decorator] = click.argument("folder", metavar="DIR", is_eager=True, callback=configure)
OUT: Final[Decorator] = click.option(
    "--out",
    metavar="DIR",
    required=True,
    envvar="KHABAR_DIR",
    is_eager=True,
    callback=configure,
    help="The folder of the graph; it may exist already.",
)
BASE: Final[Decorator] = click.option(
    "--base",
    metavar="IRI",
    default=DEFAULT_BASE,
    show_default=True,
    envvar="KHABAR_BASE",
    help="Mint IRIs under this address; the first build fixes it.",
)
CONFIG: Final[Decorator] = click.option(
    "--config",
    metavar="FILE",
    envvar="KHABAR_CONFIG",
    is_eager=True,
    expose_value=False,
    callback=configure,
    help=f"Take the defaults of these options from a TOML file; DIR/{NAME} needs no naming.",
)
LANGUAGE: Final[Decorator] = click.option(
    "--language",
    metavar="TAG",
    envvar="KHABAR_LANGUAGE",
    help="The language of articles that do not state theirs; without it, it is recognised.",
)
TEXTS: Final[Decorator] = click.option(
    "--publish-text/--no-publish-text",
    default=False,
    envvar="KHABAR_PUBLISH_TEXT",
    help="Give whole texts of articles, too, not only the words that state a fact.",
)

QUOTATIONS: Final[Decorator] = click.option(
    "--quotation-limit",
    metavar="N",
    type=click.IntRange(20),
    default=300,
    show_default=True,
    envvar="KHABAR_QUOTATION_LIMIT",
    help="Cut quotations to N characters, unless whole texts are given.",
)


def jobs(help: str) -> Decorator:
    """The option --jobs, which HELP says the use of."""
    return click.option(
        "--jobs", metavar="N", type=click.IntRange(1), default=1, show_default=True, envvar="KHABAR_JOBS",
        help=help,
    )  # fmt: skip


JOBS: Final = jobs("Extract in N processes; the result is the same.")


def formats(*names: str, default: str | None = None) -> Decorator:
    """The option --format."""
    return click.option(
        "--format",
        type=click.Choice(names),
        default=default,
        show_default=True,
        help="How to write the result.",
    )
