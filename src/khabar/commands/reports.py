"""Options of the commands that write a report on validation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from khabar.validation.render import FORMATS
from khabar.validation.verdict import LEVELS

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

FORMAT: Final[Decorator] = click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How to write the report.",
)
OUTPUT: Final[Decorator] = click.option(
    "--output", metavar="FILE", type=Path, help="Write the report there, not to standard output."
)
FAIL_ON: Final[Decorator] = click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default=LEVELS[0],
    show_default=True,
    help="The least level that fails.",
)
MESSAGES: Final[Decorator] = click.option(
    "--language", metavar="TAG", envvar="KHABAR_LANGUAGE", help="The language of the messages."
)
