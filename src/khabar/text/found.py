"""What the readers of all formats share: an article's worth of a source, before anything is believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

LARGEST: Final = 20 * 2**20  # bytes of one article


class Found(NamedTuple):
    """What a reader of some format has found."""

    origin: str  # where, for messages
    fields: Mapping[str, object]  # id, title, published, language, declared, url, publisher, author
    text: str


def stated(fields: Mapping[str, object]) -> dict[str, object]:
    """FIELDS that say something, with what their source says: an address, who published, or both."""
    source = fields.get("source")
    if isinstance(source, str):
        source = {"url" if "://" in source else "publisher": source}
    known = {key: source.get(key) for key in ("url", "publisher")} if isinstance(source, dict) else {}
    language = fields.get("lang") or fields.get("language")
    return {**known, **{key: value for key, value in fields.items() if value}, "language": language}


class Stream(Protocol):
    """What can be read from its beginning to its end."""

    def read(self, size: int = -1, /) -> bytes: ...


class Prefixed:
    """A file whose first bytes have been read already."""

    def __init__(self, start: bytes, rest: Stream) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int = -1, /) -> bytes:
        """At most SIZE bytes, or all."""
        if not self._start or size < 0:
            read, self._start = self._start, b""
            return read + self._rest.read(size)
        read, self._start = self._start[:size], self._start[size:]
        return read + self._rest.read(size - len(read))
