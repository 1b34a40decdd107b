"""The versions of the dumps and the feeds as files over HTTP, and the page that lists them.

A file is named as it is on disk, `khabar.nq.gz`, or by what it holds, `khabar.nq`: then it is sent
packed as the client accepts (RFC 9110, section 12.5.3), or unpacked on its way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from flask import Blueprint, Response, abort, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from khabar.dumps.manifest import File, Manifest, read
from khabar.dumps.packing import BLOCK, unpacked
from khabar.dumps.versions import FEED, LATEST, MANIFEST, SUMS, is_file_name, is_version, newest, versions
from khabar.publish import encoding
from khabar.publish.representations import DATA
from khabar.publish.site import language, link, page, site

FOREVER: Final = "max-age=31536000, immutable"
AGAIN: Final = "max-age=0, must-revalidate"  # ask each time whether it has changed
TYPES: Final = {
    ".gz": "application/gzip", ".zst": "application/zstd", ".json": "application/json",
    ".ttl": "text/turtle", ".trig": "application/trig", ".xml": "application/atom+xml",
}  # fmt: skip
FEED_TYPES: Final = TYPES | {".json": "application/feed+json"}
SHOWN: Final = ("text/turtle", "text/plain", "text/markdown", "application/json", "application/ld+json")

FIRST: Final = (  # what most come for
    "khabar.nq", "khabar.trig", "khabar-facts.ttl", "khabar-entities.ttl", "statements.csv",
    "statements.parquet", "ontology.ttl", "shapes.ttl",
)  # fmt: skip
ORDER: Final = (  # of the page; what is not named here follows
    *FIRST, "changes.rdfp", "added.nq", "removed.nq", "khabar-org.ttl", "khabar-schema.ttl",
    "khabar-annotations.ttl", "khabar-rdf12.nt", "khabar-nanopublications.trig", "quickstatements.tsv",
    "dataset.ttl", "dataset.jsonld", "CHANGES.md", "CITATION.cff",
)  # fmt: skip

blueprint = Blueprint("downloads", __name__)


class Release(NamedTuple):
    """A version as the page of downloads lists it."""

    manifest: Manifest
    contents: dict[str, list[File]]  # each with the files that hold it, what most come for first


@blueprint.get("/dump/")
def index() -> Response:
    """The versions, the newest first."""
    found = [_release(read(_dumps() / version)) for version in reversed(versions(_dumps()))]
    shown = site().interface
    return page(
        "dumps.html",
        releases=found,
        formats=DATA,
        holds=lambda name: shown.find(f"file-{name}", language()),
        size=lambda number: shown.size(number, language()),
    )


def _release(manifest: Manifest) -> Release:
    contents: dict[str, list[File]] = {}
    for file in sorted(manifest.files, key=_rank):
        contents.setdefault(file.content, []).append(file)
    return Release(manifest, contents)


def _rank(file: File) -> tuple[int, str]:
    return ORDER.index(file.content) if file.content in ORDER else len(ORDER), file.name


def distributions() -> list[tuple[str, str]]:
    """The addresses of what most come for in the newest version, each with its media type."""
    last = newest(_dumps())
    files = sorted(read(_dumps() / last).files, key=_rank) if last else ()
    found = {file.content: file.media_type for file in files if file.content in FIRST}
    return [(f"{site().dataset.base}dump/{LATEST}/{name}", kind) for name, kind in found.items()]


@blueprint.get("/dump/<version>/<name>")
def file(version: str, name: str) -> AnyResponse:
    """One file of a version; `latest` is the newest."""
    found = newest(_dumps()) if version == LATEST else version
    if found is None or not is_version(found) or not is_file_name(name):
        abort(404)
    folder = _dumps() / found
    if not (folder / MANIFEST).is_file():
        abort(404)
    response = _answer(folder, read(folder), name)
    response.headers["Cache-Control"] = _cached(FOREVER if version == found else AGAIN)
    if version == LATEST:
        response.headers["Content-Location"] = link(f"/dump/{found}/{name}")
    return response


@blueprint.get("/feed/")
@blueprint.get("/feed/<name>")
def feed(name: str = "index.ttl") -> AnyResponse:
    """A page of the event stream, its root, Atom or JSON Feed."""
    last = newest(_dumps())
    if last is None or not is_file_name(name):
        abort(404)
    folder = _dumps() / last / FEED
    packed = folder / f"{name}.gz"
    if packed.is_file():  # a page, which never changes
        etag = _sum(packed)
        response = _packed_as_accepted({encoding.GZIP: packed}, FEED_TYPES[".trig"], etag)
        response.headers["Cache-Control"] = _cached(FOREVER)
        return response
    path = folder / name
    if not path.is_file() or path.suffix == ".gz":
        abort(404)
    response = send_file(path, mimetype=FEED_TYPES[path.suffix], conditional=True, etag=_sum(path))
    response.headers["Cache-Control"] = _cached(AGAIN)
    return response


# --- one file


def _answer(folder: Path, manifest: Manifest, name: str) -> AnyResponse:
    created = datetime.fromisoformat(manifest.created)
    listed = manifest.file(name)
    packed = {file.encoding or "": file for file in manifest.packed(name)}
    if packed and (listed is None or listed.encoding is None):
        paths = {how: folder / file.name for how, file in packed.items()}
        some = next(iter(packed.values()))
        response = _packed_as_accepted(paths, some.media_type, some.content_sha256, created)
        _name(response, manifest.version, name, some.media_type)
        return response
    path = folder / name
    if listed is None and name not in (MANIFEST, SUMS):
        abort(404)
    etag = listed.sha256 if listed else _sum(path)
    media_type = TYPES.get(path.suffix, "text/plain")
    response = send_file(path, mimetype=media_type, conditional=True, etag=etag, last_modified=created)
    _name(response, manifest.version, name, media_type)
    return response


def _packed_as_accepted(
    paths: dict[str, Path], media_type: str, etag: str, modified: datetime | None = None
) -> AnyResponse:
    """A content as the client likes it packed best; PATHS has a file for each encoding there is."""
    chosen = encoding.choose(request.headers.get("Accept-Encoding", ""))
    if chosen and chosen not in paths:
        accepted = request.accept_encodings
        chosen = next((how for how in (encoding.ZSTD, encoding.GZIP) if how in paths and accepted[how]), "")
    if chosen or encoding.IDENTITY in paths:
        tag = f"{etag}-{chosen}" if chosen else etag
        response: AnyResponse = send_file(
            paths[chosen], mimetype=media_type, conditional=True, etag=tag, last_modified=modified
        )
        if chosen:
            response.headers["Content-Encoding"] = chosen
    else:
        response = Response(_unpacked(next(iter(paths.values()))), mimetype=media_type)
        response.set_etag(etag)
        response.last_modified = modified
        response.make_conditional(request)
    response.vary.add("Accept-Encoding")
    return response


def _unpacked(path: Path) -> Iterator[bytes]:
    with unpacked(path) as stream:
        while block := stream.read(BLOCK):
            yield block


def _name(response: AnyResponse, version: str, name: str, media_type: str) -> None:
    """Say what to save the file as: with its version, or the next one would overwrite it."""
    stem, dot, suffixes = name.partition(".")
    how = "inline" if media_type in SHOWN else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{stem}-{version}{dot}{suffixes}"'


def _cached(how: str) -> str:
    return f"{'private' if site().is_private else 'public'}, {how}"


def _sum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _dumps() -> Path:
    return site().dataset.folder.resolve() / "dumps"
