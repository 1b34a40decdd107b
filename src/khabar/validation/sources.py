"""What a user names as data, as documents: files, folders, globs, stdin, built folders, an endpoint."""

from __future__ import annotations

import glob
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlencode

from khabar.errors import KhabarError, ReadError
from khabar.graph.documents import MOST, Document, format_of, guessed, open_document, unpacked
from khabar.graph.folder import is_built

STDIN: Final = "-"
SECONDS: Final = 60  # that an endpoint may take to answer
_EVERYTHING: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@dataclass(frozen=True, slots=True)
class Named:
    """One file, or a folder that khabar has built, not yet opened."""

    path: Path
    format: str | None
    built: bool = False

    def open(self) -> Document:
        """The document; raises ReadError."""
        return open_document(self.path, self.format)


def expand(names: Sequence[str], format_: str | None = None) -> Iterator[Named]:
    """The files that NAMES stand for, each once and in order; raises ReadError for one that stands for none.

    A folder is searched for files that are RDF by their names, hidden ones left out.
    """
    seen: set[Path] = set()
    for name in names:
        for found in _expanded(name, format_):
            if found.path not in seen:
                seen.add(found.path)
                yield found


def _expanded(name: str, format_: str | None) -> Iterator[Named]:
    path = Path(name)
    if path.is_dir():
        if is_built(path):
            yield Named(path, None, built=True)
            return
        inside = [file for file in sorted(path.rglob("*")) if _is_rdf(file, path)]
        if not inside:
            raise ReadError(
                where=name,
                problem="holds no file that is RDF by its name, and khabar has not built it",
                fix="name a folder with files ending in .ttl, .nt, .nq, .trig, .jsonld or .rdf",
            )
        yield from (Named(file, format_of(file)) for file in inside)
    elif not path.exists() and glob.has_magic(name):
        matching = sorted(glob.glob(name, recursive=True))
        if not matching:
            raise ReadError(where=name, problem="matches no file", fix="check the pattern and the folder")
        for match in matching:
            yield from _expanded(match, format_)
    else:
        yield Named(path, format_ or format_of(path))


def _is_rdf(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and format_of(file) is not None and file.is_file()


def from_stdin(stream: IO[bytes], format_: str | None) -> Document:
    """What standard input holds: in FORMAT, else in the one that it looks like, else in TriG."""
    content = stream.read(MOST)
    if content[:2] == b"\x1f\x8b":
        content = unpacked(content, "standard input")
    return sent("standard input", content, format_)


def sent(name: str, content: bytes, format_: str | None) -> Document:
    """Content without a file: in FORMAT, else in the one that it looks like, else in TriG."""
    known = format_ or guessed(content)
    document = Document(name, content, known or "trig", "file:///")
    if known is None and not _reads(document):  # N-Quads are no TriG
        quads = Document(document.name, content, "nquads", document.base)
        return quads if _reads(quads) else document
    return document


def _reads(document: Document) -> bool:
    try:
        document.quads()
    except ReadError:
        return False
    return True


def from_endpoint(address: str) -> Document:
    """The default graph behind a SPARQL endpoint, asked for once; raises KhabarError.

    https://www.w3.org/TR/sparql11-protocol/#query-via-post-urlencoded
    """
    request = urllib.request.Request(
        address,
        data=urlencode({"query": _EVERYTHING}).encode(),
        headers={"Accept": "application/n-triples", "User-Agent": "khabar-validate"},
    )
    if request.type not in ("http", "https"):
        raise KhabarError(where=address, problem="is no http address", fix="name a SPARQL endpoint")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            content = answer.read(MOST + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise KhabarError(
            where=address, problem=f"did not answer: {reason}", fix="check the address and its server"
        ) from error
    if len(content) > MOST:
        raise KhabarError(
            where=address, problem=f"holds more than {MOST >> 20} MiB", fix="validate a dump of it"
        )
    return Document(address, content, "ntriples", address)
