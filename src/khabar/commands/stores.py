"""Another store: the options that name it, and the one they name."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import click

from khabar.errors import ServeError
from khabar.remote.profile import Remote, profiles

PASSWORD: Final = "KHABAR_STORE_PASSWORD"  # in the environment only: a command line is seen by others
TOKEN: Final = "KHABAR_STORE_TOKEN"

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def store_options(help_: str) -> Decorator:
    """--store URL, and what goes with it; of the password and the token the environment knows."""
    options = (
        click.option("--store", metavar="URL", envvar="KHABAR_STORE", help=help_),
        click.option(
            "--store-kind",
            type=click.Choice(sorted(profiles())),
            default="sparql",
            show_default=True,
            envvar="KHABAR_STORE_KIND",
            help="Which product it is.",
        ),
        click.option(
            "--store-user",
            metavar="NAME",
            envvar="KHABAR_STORE_USER",
            help=f"Whom it knows us as; the password is {PASSWORD}, a token {TOKEN}.",
        ),
    )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def opened(url: str | None, kind: str, user: str | None) -> Remote | None:
    """The store that is named, if one is, and it answers; nothing is written yet.  Raises StoreError."""
    if url is None:
        return None
    try:
        client = import_module("khabar.remote.client").Client
    except ModuleNotFoundError as error:
        raise ServeError(
            where="--store",
            problem=f"another store cannot be asked without the library {error.name}",
            fix="install it: pip install 'khabar[store]'",
        ) from error
    found: Remote = client(
        url, profiles()[kind], user=user, password=os.environ.get(PASSWORD), token=os.environ.get(TOKEN)
    )
    found.ask("ASK { ?s ?p ?o }")  # a wrong password is better known before an hour's work than after
    return found
