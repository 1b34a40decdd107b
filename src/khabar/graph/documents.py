"""RDF documents: bytes in one of the W3C's syntaxes, parsed with errors that show the place.

Nothing is fetched: a JSON-LD context that lies elsewhere and a DOCTYPE in RDF/XML are errors (entities that
contain entities fill the memory of whoever unfolds them), and `owl:imports` is only named in the report.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from khabar.errors import ReadError

MOST: Final = 1 << 30  # bytes of one document, unpacked
WIDEST: Final = 100  # characters of a line that a message shows

FORMATS: Final = {  # by the names of the command line; pyoxigraph's own values cannot go to another process
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
EXTENSIONS: Final = {
    "ttl": "turtle", "turtle": "turtle", "nt": "ntriples", "nq": "nquads", "trig": "trig",
    "jsonld": "jsonld", "json": "jsonld", "rdf": "rdfxml", "xml": "rdfxml", "owl": "rdfxml",
}  # fmt: skip
LINED: Final = ("turtle", "ntriples", "nquads", "trig")


@dataclass(frozen=True, slots=True)
class Document:
    """One source of triples."""

    name: str  # as the user gave it
    content: bytes  # unpacked
    format: str  # a name of FORMATS
    base: str | None = None  # that relative IRIs are resolved against

    def quads(self) -> list[ox.Quad]:
        """What it holds, in its order; raises ReadError with line, column and the text."""
        try:
            quads = list(self._parsed())
            return self._renamed(quads) if self._may_have_blanks() else quads
        except (SyntaxError, ValueError) as error:
            raise self._refused(error) from error

    @property
    def blank(self) -> str:
        """What the labels of its blank nodes begin with: those of two documents are two nodes."""
        return f"d{hashlib.sha256(self.name.encode()).hexdigest()[:8]}."

    def _may_have_blanks(self) -> bool:
        return self.format not in LINED or re.search(rb"_:|\[|\(", self.content) is not None

    def _renamed(self, quads: list[ox.Quad]) -> list[ox.Quad]:
        """The same with labels that do not change from one reading to the next, as pyoxigraph's own do."""
        known: dict[object, object] = {}

        def named(term: object) -> object:
            if not isinstance(term, ox.BlankNode):
                return term
            if term not in known:
                label = f"n{len(known)}" if _UNNAMED.fullmatch(term.value) else f"l{term.value}"
                known[term] = ox.BlankNode(f"{self.blank}{label}")
            return known[term]

        return [
            ox.Quad(named(q.subject), q.predicate, named(q.object), named(q.graph_name))  # type: ignore[arg-type]
            for q in quads
        ]

    def prefixes(self) -> dict[str, str]:
        """The prefixes that it declares."""
        parser = ox.parse(self.content, format=FORMATS[self.format], base_iri=self.base)
        for _ in parser:
            pass
        return dict(parser.prefixes)

    def _parsed(self) -> Iterator[ox.Quad]:
        if not self.content.strip():
            raise ReadError(where=self.name, problem="is empty", fix="name a file that holds triples")
        if self.format == "rdfxml" and _DOCTYPE.search(self.content):
            line = self.content[: self.content.index(b"<!DOCTYPE")].count(b"\n") + 1
            raise ReadError(
                where=f"{self.name}, line {line}",
                problem="has a DOCTYPE, and entities declared there can fill any memory",
                fix="write the IRIs out, or convert the file to Turtle",
            )
        return ox.parse(self.content, format=FORMATS[self.format], base_iri=self.base)

    def _refused(self, error: SyntaxError | ValueError) -> ReadError:
        said = re.sub(r"^Parser error .*?: (?=\S)", "", str(error.args[0] if error.args else error))
        line, column = getattr(error, "lineno", None), getattr(error, "offset", None)
        where = self.name if line is None else f"{self.name}:{line}:{column}"
        if "LoadDocumentCallback" in said:
            said, fix = (
                "its JSON-LD context lies elsewhere",
                "put the context into the file; nothing is fetched",
            )
            return ReadError(where=where, problem=said, fix=fix)
        like = self._looks_like()
        fix = (
            "correct the file" if like is None else f"it looks like {like}: rename it, or say --input-format"
        )
        shown = "" if line is None else self._shown(line, column or 1, getattr(error, "end_offset", None))
        return ReadError(where=where, problem=f"is not {FORMATS[self.format].name}: {said}{shown}", fix=fix)

    def _shown(self, line: int, column: int, end: int | None) -> str:
        """The line at fault with a caret below the place."""
        lines = self.content.decode("utf-8", "replace").splitlines()
        if line > len(lines):
            return ""
        text = lines[line - 1].expandtabs(1)
        start = max(0, column - 1 - WIDEST // 2)
        part = text[start : start + WIDEST]
        carets = "^" * max(1, min((end or 0) - column, WIDEST // 2))
        return f"\n    {part}\n    {' ' * (column - 1 - start)}{carets}"

    def _looks_like(self) -> str | None:
        """The name of another format that the content reads as."""
        guess = guessed(self.content)
        for name, format_ in FORMATS.items():
            fits = name == guess if guess is not None else name in LINED
            if fits and name != self.format and self._reads_as(format_):
                return format_.name
        return None

    def _reads_as(self, format_: ox.RdfFormat) -> bool:
        try:
            return bool(list(ox.parse(self.content, format=format_, base_iri="file:///")))
        except (SyntaxError, ValueError):
            return False


_UNNAMED: Final = re.compile(r"[0-9a-f]{31,32}")  # what pyoxigraph calls a node without a label
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)


def guessed(content: bytes) -> str | None:
    """RDF/XML or JSON-LD by the first character; None where it may be a syntax of lines."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
    if start[:1] in (b"{", b"["):
        return "jsonld"
    return "rdfxml" if re.match(rb"<(\?xml|!DOCTYPE|rdf:RDF|[\w-]+:?RDF\s)", start) else None


def open_document(path: Path, format_: str | None = None, name: str | None = None) -> Document:
    """The document at PATH, in the format that its name says; raises ReadError."""
    name = name or str(path)
    format_ = format_ or format_of(path)
    if format_ is None:
        raise ReadError(
            where=name,
            problem="is neither RDF by its name nor a folder that khabar has built",
            fix="name a file ending in .ttl, .nt, .nq, .trig, .jsonld or .rdf, or say --input-format",
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReadError(
            where=name, problem=f"cannot be read: {error.strerror}", fix="check its name and permissions"
        ) from error
    if content[:2] == b"\x1f\x8b":
        content = unpacked(content, name)
    return Document(name, content, format_, path.resolve().as_uri())


def format_of(path: Path) -> str | None:
    """The format of a file by its name, which may end in .gz."""
    named = Path(path.stem) if path.suffix == ".gz" else path
    return EXTENSIONS.get(named.suffix.removeprefix(".").lower())


def unpacked(content: bytes, name: str) -> bytes:
    """What a .gz holds, and no more than MOST of it; raises ReadError."""
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            found = stream.read(MOST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(where=name, problem=f"cannot be unpacked: {error}", fix="pack it again") from error
    if len(found) > MOST:
        raise ReadError(
            where=name, problem=f"unpacks to more than {MOST >> 20} MiB", fix="split it into several files"
        )
    return found
