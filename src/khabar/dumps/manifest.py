"""What a version says of itself: manifest.json, whose schema is ontology/manifest.schema.json.

A mirror believes nothing that is not in it, so everything in it is checked when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from khabar.dumps.versions import MANIFEST, DumpError, is_file_name, is_version

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class File:
    """One file of a version; files that differ only in how they are packed have the same content."""

    name: str
    bytes: int
    sha256: str
    media_type: str  # of the content
    encoding: str | None  # gzip or zstd, of the file; None: it is the content itself
    content: str  # the name without the suffix of the encoding
    content_bytes: int
    content_sha256: str
    records: int | None = None  # quads, triples or rows
    title: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """How a version differs from the one before it."""

    since: str  # that version
    base_sha256: str  # of the content khabar.nq of that version
    quads_added: int
    quads_removed: int
    articles_added: int
    articles_removed: int
    articles_changed: int
    statements_added: int
    statements_removed: int
    statements_changed: int
    patch: str | None = None  # the name of the content that leads here; None where it would be too large


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version."""

    version: str
    created: str  # xsd:dateTime, UTC
    base: str  # every IRI of ours begins with it
    dataset: str
    software: str
    articles: int
    statements: int
    quads: int
    files: tuple[File, ...]  # sorted by name
    changes: Changes | None = None
    license: str | None = None  # of the facts, an IRI
    text_license: str | None = None  # of the words quoted, an IRI
    quotation_limit: int | None = None  # code points; None: nothing is cut
    citation: str = ""
    format: int = FORMAT

    def file(self, name: str) -> File | None:
        """The file of that NAME."""
        return next((file for file in self.files if file.name == name), None)

    def packed(self, content: str) -> tuple[File, ...]:
        """The files that hold one content."""
        return tuple(file for file in self.files if file.content == content)

    @property
    def text(self) -> str:
        """The manifest as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


def sums(files: Iterable[File]) -> str:
    """SHA256SUMS, as `sha256sum --check` reads it."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda file: file.name))


def read(folder: Path) -> Manifest:
    """The manifest of the version in FOLDER; raises DumpError."""
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DumpError(
            where=str(path),
            problem=f"cannot be read: {error.strerror}",
            fix="name the folder of a version, such as DIR/dumps/2026.11.23",
        ) from error
    return parse(data, str(path))


def parse(data: bytes, where: str) -> Manifest:
    """A manifest from its bytes; raises DumpError, which says WHERE they came from."""
    try:
        found = json.loads(data)
        if found["format"] != FORMAT:
            raise ValueError(f"its format is {found['format']}, and this khabar reads {FORMAT}")
        files = tuple(_file(entry) for entry in found["files"])
        changes = found.get("changes")
        known = {field.name for field in fields(Manifest)}
        rest = {name: value for name, value in found.items() if name in known}
        manifest = Manifest(**{**rest, "files": files, "changes": changes and _changes(changes)})
        _check(manifest)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DumpError(
            where=where,
            problem=f"is not a manifest of khabar: {str(error) or type(error).__name__}",
            fix="name the address of dumps that khabar publish has made",
        ) from error
    return manifest


def _file(entry: Mapping[str, Any]) -> File:
    return File(**{field.name: entry[field.name] for field in fields(File) if field.name in entry})


def _changes(entry: Mapping[str, Any]) -> Changes:
    return Changes(**{field.name: entry[field.name] for field in fields(Changes) if field.name in entry})


def _check(manifest: Manifest) -> None:
    """Raise ValueError for what a path or a length may not be made of."""
    if not is_version(manifest.version):
        raise ValueError(f"{manifest.version!r} is not a version")
    if manifest.changes and not is_version(manifest.changes.since):
        raise ValueError(f"{manifest.changes.since!r} is not a version")
    names = [file.name for file in manifest.files]
    if len(set(names)) != len(names):
        raise ValueError("it lists a file twice")
    for file in manifest.files:
        for name in (file.name, file.content):
            if not is_file_name(name):
                raise ValueError(f"{name!r} is not the name of a file")
        for size in (file.bytes, file.content_bytes):
            if type(size) is not int or size < 0:
                raise ValueError(f"the size of {file.name} is not a number of bytes")
        for digest in (file.sha256, file.content_sha256):
            if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
                raise ValueError(f"the sum of {file.name} is not a SHA-256")
        if file.encoding not in (None, "gzip", "zstd"):
            raise ValueError(f"{file.name} is packed as {file.encoding}")
