"""Other stores: what each product does in its own way, and what can be asked of any."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from khabar.errors import StoreError

NAMED: Final = "named"  # the default graph of such a store is a named one
JSON: Final = "application/sparql-results+json"
NTRIPLES: Final = "application/n-triples"
DEFINE: Final = "define"  # how Virtuoso is told the graphs of a query


@dataclass(frozen=True, slots=True)
class Profile:
    """A product; profiles.toml says what each part means."""

    name: str
    label: str
    query: str
    update: str
    parameter: str
    key: str
    default_graph: str
    dataset: str
    graphs: int
    triples: int
    rows: int
    tested: bool
    without_key: str = ""


class RemoteError(StoreError):
    """Another store does not do what it is asked to."""


class LostError(RemoteError):
    """No good answer came: whether the store has done what it was asked to is not known."""


class CutError(RemoteError):
    """An answer is larger than what may come, or than what the store gives."""


class Remote(Protocol):
    """A store on the other end of HTTP; client.py is the one there is."""

    @property
    def address(self) -> str:
        """Where it is, without any secret."""

    @property
    def profile(self) -> Profile:
        """Which product it is."""

    def ask(
        self,
        query: str,
        media_type: str = JSON,
        *,
        default: Sequence[str] = (),
        named: Sequence[str] = (),
        seconds: float | None = None,
        most: int | None = None,
    ) -> bytes:
        """The whole answer to a query, of MOST bytes; TimeoutError after so many SECONDS; RemoteError."""

    def update(self, text: str) -> None:
        """Have it run an update; raises RemoteError, or LostError when what became of it is not known."""


@cache
def profiles() -> dict[str, Profile]:
    """All products that we know, by name."""
    text = Path(__file__).with_name("profiles.toml").read_text(encoding="utf-8")
    return {name: Profile(name, **told) for name, told in tomllib.loads(text).items()}
