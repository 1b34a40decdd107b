"""Read: files, folders and standard input to Articles."""

from __future__ import annotations

import io
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote, urlsplit

from khabar.errors import ReadError
from khabar.model import Article
from khabar.text.found import LARGEST, Found, Prefixed, Stream, stated
from khabar.text.language import Readable, recognise_language
from khabar.vocab import RESERVED_KEYS, digest

TEXT: Final = frozenset({".txt", ".text"})
MARKDOWN: Final = frozenset({".md", ".markdown"})
LINES: Final = frozenset({".jsonl", ".ndjson"})
PAGES: Final = frozenset({".html", ".htm", ".xhtml"})
FEEDS: Final = frozenset({".rss", ".atom", ".xml"})
ARCHIVES: Final = frozenset({".warc", ".warc.gz"})
WEB: Final = PAGES | FEEDS | ARCHIVES
READABLE: Final = TEXT | MARKDOWN | LINES | WEB | {".json"}
_SNIFFED: Final = 1_024  # bytes that tell what is in a file without a suffix
_FORM: Final = '{"id": …, "title": …, "published": …, "lang": …, "text": …}'

_NEWLINES: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# No text has a use for them, XML cannot hold some, and an override of direction shows a reader other
# words than a machine sees.  ZWJ, ZWNJ and the marks LRM, RLM and ALM are orthography, and stay.
_DROPPED: Final = re.compile(
    "[\0-\b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def read(
    sources: Iterable[str | Path],
    *,
    languages: Mapping[str, Readable],
    language: str | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Article | ReadError]:
    """The articles of SOURCES, one at a time, and a ReadError in the place of each that is none.

    A source is a file, a folder (read recursively, in the order of its names) or "-" for STDIN.
    Files end as READABLE says; what a name does not tell, the first characters do.  Web pages, feeds
    and archives need the libraries of khabar[web].
    LANGUAGE is for articles that do not state theirs; without it, it is recognised.  An article that
    comes again with the same key and text is read once.
    """
    seen: dict[str, tuple[str, str]] = {}  # by key: where it was read, and a digest of its text
    for found in _find(sources, stdin):
        if isinstance(found, ReadError):
            yield found
            continue
        try:
            article = _article(found, languages, language)
        except ReadError as error:
            yield error
            continue
        words = digest(article.text)
        origin, known = seen.setdefault(article.key, (article.origin, words))
        if known != words:
            yield ReadError(
                where=article.origin,
                problem=f"has the key {article.key} of {origin}, but another text",
                fix="give one of the two another id",
            )
        elif origin == article.origin:
            yield article


def clean(text: str) -> str:
    """TEXT in NFC with plain newlines, and without control characters and overrides of direction."""
    return unicodedata.normalize("NFC", _DROPPED.sub("", _NEWLINES.sub("\n", text)))


def canonical(address: str) -> str:
    """A web ADDRESS as an ASCII URI, the same for every way of writing it; raises ValueError.

    Case of scheme and host, default port, user, fragment, campaign parameters and the choice between
    a letter and its percent-encoding do not tell two articles apart.
    """
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{address!r} is no web address")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else quote(parts.hostname)
    port = f":{parts.port}" if parts.port not in (None, {"http": 80, "https": 443}[parts.scheme]) else ""
    kept = "&".join(p for p in parts.query.split("&") if not p.startswith("utm_"))
    query = f"?{_encode(kept)}" if kept else ""
    return f"{parts.scheme}://{host}{port}{_encode(parts.path) or '/'}{query}"


def _encode(text: str) -> str:
    quoted = quote(text, safe="%/:@!$&'()*+,;=?-._~")
    return re.sub(r"%[0-9a-fA-F]{2}", lambda escape: escape[0].upper(), quoted)


# Finding: from a source to the text and fields of each article in it.


def _find(sources: Iterable[str | Path], stdin: BinaryIO | None) -> Iterator[Found | ReadError]:
    for source in sources:
        try:
            if str(source) == "-":
                if stdin is None:
                    raise ReadError(where="-", problem="there is no standard input here", fix="name a file")
                yield from _open(stdin, "standard input", "")
            elif os.path.isdir(source):
                yield from _folder(str(source))
            else:
                yield from _file(str(source))
        except ReadError as error:
            yield error


def _folder(folder: str) -> Iterator[Found | ReadError]:
    """Every readable file below FOLDER but hidden ones and a README, which describes the others."""
    empty = True
    refused: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=refused.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (os.path.join(parent, name) for name in sorted(names) if is_readable(name)):
            empty = False
            try:
                yield from _file(path)
            except ReadError as error:
                yield error
    yield from (_unreadable(str(failure.filename), failure) for failure in refused)
    if empty and not refused:
        kinds = _listed(READABLE)
        yield ReadError(
            where=folder, problem="holds no file that khabar reads", fix=f"put articles into it: {kinds}"
        )


def is_readable(name: str) -> bool:
    stem = name.lower().removesuffix(_suffix(name))
    return _suffix(name) in READABLE and stem != "readme" and not stem.startswith(".")


def _suffix(name: str) -> str:
    stem, suffix = os.path.splitext(os.path.basename(name).lower())
    return os.path.splitext(stem)[1] + suffix if suffix == ".gz" else suffix


def _file(path: str) -> Iterator[Found | ReadError]:
    try:
        with open(path, "rb") as file:
            yield from _open(file, path, _suffix(path))
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: str, error: OSError) -> ReadError:
    if isinstance(error, FileNotFoundError):
        problem, fix = "does not exist", "check the name, or write - for standard input"
    else:
        problem = f"cannot be read: {(error.strerror or str(error)).lower()}"
        fix = "check its name and its permissions"
    return ReadError(where=path, problem=problem, fix=fix)


def _open(file: BinaryIO, origin: str, suffix: str) -> Iterator[Found | ReadError]:
    """What FILE holds, by its SUFFIX; without one, JSON begins with a brace and a text does not."""
    if suffix and suffix not in READABLE:
        raise ReadError(
            where=origin,
            problem=f"khabar does not read {suffix} files",
            fix=f"convert or rename it to one of {_listed(READABLE)}",
        )
    if suffix in LINES:
        yield from _json_lines(file, origin)
        return
    start = b"" if suffix else file.read(_SNIFFED)
    kind = suffix if suffix in WEB else _sniff(start)
    if kind:
        yield from _from_web(Prefixed(start, file), origin, kind)
        return
    text = _decode(start + file.read(LARGEST + 1 - len(start)), origin)
    if not text:
        raise _empty(origin)
    if suffix == ".json":
        yield _from_json(_json(text, origin), origin)
    elif not suffix and text.lstrip().startswith("{"):
        yield from _sniffed(text, origin)
    else:
        yield _from_text(text, origin, markdown=suffix in MARKDOWN)


def _sniff(start: bytes) -> str:
    """The suffix that a web page, a feed or an archive would have; none for anything else."""
    if start.startswith((b"WARC/", b"\x1f\x8b")):
        return ".warc"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")) or (text.startswith(b"<?xml") and b"<html" in text):
        return ".html"
    return ".xml" if text.startswith((b"<?xml", b"<rss", b"<feed")) else ""


def _from_web(file: Stream, origin: str, kind: str) -> Iterator[Found | ReadError]:
    """The articles of a web page, a feed or an archive; what reads them is loaded when it is needed."""
    name = "html" if kind in PAGES else "feed" if kind in FEEDS else "archive"
    try:
        reader = import_module(f"khabar.text.{name}")
    except ImportError as error:
        raise ReadError(
            where=origin,
            problem=f"needs a library to be read: {error}",
            fix='install what reads the web: pip install "khabar[web]"',
        ) from error
    if kind in ARCHIVES:
        yield from reader.read_archive(file, origin)
        return
    raw = file.read(LARGEST + 1)
    if not raw:
        raise _empty(origin)
    if kind in PAGES:
        yield reader.read_page(raw, origin)
    else:
        yield from reader.read_feed(raw, origin)


def _empty(origin: str) -> ReadError:
    return ReadError(where=origin, problem="is empty", fix="write an article into it, or leave it out")


def _sniffed(text: str, origin: str) -> Iterator[Found | ReadError]:
    """One JSON article over any number of lines, or one on each line."""
    try:
        json.loads(text.lstrip().partition("\n")[0])
    except (ValueError, RecursionError):
        yield _from_json(_json(text, origin), origin)
    else:
        yield from _json_lines(io.BytesIO(text.encode()), origin)


def _json_lines(file: BinaryIO, origin: str) -> Iterator[Found | ReadError]:
    empty = True
    for number, line in enumerate(_limited(file), start=1):
        if not line.strip():
            continue
        empty = False
        where = f"{origin}, line {number}"
        try:
            yield _from_json(_json(_decode(line.rstrip(b"\r\n"), where), where, within_line=True), where)
        except ReadError as error:
            yield error
    if empty:
        raise ReadError(where=origin, problem="is empty", fix="write one article a line, or leave it out")


def _limited(file: BinaryIO) -> Iterator[bytes]:
    """The lines of FILE; of one that is too long, only so much as shows it."""
    while line := file.readline(LARGEST + 1):
        yield line
        while len(line) > LARGEST and not line.endswith(b"\n"):
            line = file.readline(LARGEST + 1)


def _decode(raw: bytes, origin: str) -> str:
    if len(raw) > LARGEST:
        raise ReadError(
            where=origin,
            problem=f"is larger than the {LARGEST // 2**20} MiB an article may have",
            fix="split it into articles, one a file or one a line of a .jsonl file",
        )
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ReadError(
            where=f"{origin}, byte {error.start}",
            problem=f"is not UTF-8: 0x{raw[error.start]:02x} cannot stand here",
            fix="convert it, for example with: iconv -f WINDOWS-1256 -t UTF-8",
        ) from error


def _json(text: str, origin: str, *, within_line: bool = False) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line = "" if within_line else f"line {error.lineno}, "
        raise ReadError(
            where=f"{origin}, {line}column {error.colno}",
            problem=f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}",
            fix=f"correct it there; an article is {_FORM}",
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, a thousand brackets
        raise ReadError(
            where=origin,
            problem="is JSON that no article needs: a number too long, or lists too deep",
            fix=f"an article is {_FORM}",
        ) from error


def _from_json(value: object, origin: str) -> Found:
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(text, str):
        raise ReadError(
            where=origin,
            problem="is JSON, but no article: it has no text",
            fix=f"an article is {_FORM}; several go into a .jsonl file, one a line",
        )
    return Found(origin, stated(value), text)


def _from_text(text: str, origin: str, *, markdown: bool) -> Found:
    """Front matter between two lines of ---, then the text; in Markdown a first heading is the title."""
    lines = _NEWLINES.sub("\n", text).split("\n")
    fields: dict[str, object] = {}
    start = 0
    if lines[0].rstrip() == "---":
        end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() in ("---", "...")), None)
        if end is None:
            raise ReadError(
                where=f"{origin}, line 1",
                problem="opens front matter with ---, but no line closes it",
                fix="end it with a line ---, or begin the text with another line",
            )
        fields, start = _front_matter(lines[1:end], origin), end + 1
    body = "\n".join(lines[start:]).lstrip("\n")
    if markdown and body.startswith("# "):
        heading, _, rest = body.partition("\n")
        if not fields.get("title"):
            fields["title"], body = heading[2:].strip().rstrip("#").rstrip(), rest
    return Found(origin, fields, body.strip("\n").rstrip())


def _front_matter(lines: Iterable[str], origin: str) -> dict[str, object]:
    fields = {}
    for number, line in enumerate(lines, start=2):
        if not line.strip() or line[0] in " \t-#":  # lists and comments, which other programs read
            continue
        key, colon, value = line.partition(":")
        if not colon:
            raise ReadError(
                where=f"{origin}, line {number}",
                problem="is front matter without a colon",
                fix="write key: value, such as published: 2023-12-06",
            )
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        fields[key.strip().lower()] = value
    return stated(fields)


# Believing: from text and fields to an Article.


def _article(found: Found, languages: Mapping[str, Readable], language: str | None) -> Article:
    text = clean(found.text)
    if not text.strip():
        raise ReadError(where=found.origin, problem="has no text", fix="write some, or leave it out")
    address = _address(found)
    identifier = found.fields.get("id")
    return Article(
        key=_key("" if identifier is None else str(identifier), address, text),
        language=_language(found, text, languages, language),
        text=text,
        title=_line(found, "title"),
        published=_published(found),
        address=address,
        publisher=_line(found, "publisher"),
        author=_line(found, "author"),
        origin=found.origin,
    )


def _key(identifier: str, address: str | None, text: str) -> str:
    """What tells the article from others: its id as a slug, else its address, else its text."""
    identifier = clean(identifier).strip()
    slug = re.sub(r"[^a-z0-9]+", "-", identifier.lower()).strip("-")
    # A slug that has lost letters would no longer tell two ids apart.
    if slug and identifier.isascii() and len(slug) <= 100 and slug not in RESERVED_KEYS:
        return slug
    return digest(identifier or address or text)


def _address(found: Found) -> str | None:
    url = found.fields.get("url")
    if not url:
        return None
    try:
        return canonical(str(url))
    except ValueError as error:
        raise ReadError(
            where=found.origin,
            problem=f"has the source {url!r}, which is no web address",
            fix="write it in full, as https://example.org/news/1, or leave it out",
        ) from error


def _published(found: Found) -> date | None:
    value = found.fields.get("published")
    if value in (None, ""):
        return None
    try:
        day, time = str(value)[:10], str(value)[10:]
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII) or time[:1] not in ("", "T", " "):
            raise ValueError(value)
        return date.fromisoformat(day)
    except ValueError as error:
        raise ReadError(
            where=found.origin,
            problem=f"was published on {value!r}, which is no date",
            fix="write it as YYYY-MM-DD, or leave it out",
        ) from error


def _language(found: Found, text: str, languages: Mapping[str, Readable], default: str | None) -> str:
    said = found.fields.get("language") or default
    declared = found.fields.get("declared")  # by the page: templates often name the wrong one that we know
    seen = None
    if not said and (not declared or _tag(declared) in languages):
        seen = recognise_language(text, languages)
    tag = _tag(said or seen or declared or "")
    if tag in languages:
        return tag
    raise ReadError(
        where=found.origin,
        problem=f"seems to be in {seen!r}, a language that khabar does not know"
        if seen
        else f"is said to be in {str(said or declared)!r}, a language that khabar does not know"
        if tag
        else "is in no language that khabar recognises, or in several",
        fix=f"give its language, one of: {_listed(languages)}"
        if not seen
        else f"leave it out; or if it is in one of {_listed(languages)}, say so with language: or --language",
    )


def _tag(language: object) -> str:
    return re.split("[-_]", str(language).strip().lower())[0]


def _line(found: Found, field: str) -> str | None:
    """A field as one line of clean text."""
    value = found.fields.get(field)
    return (" ".join(clean(value).split()) or None) if isinstance(value, str) else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
