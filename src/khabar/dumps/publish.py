"""A new version of the dumps of a built graph: all of its files, and then the name it is found by.

A version is made in a hidden folder beside the others, brought to the disk, and renamed into its place;
only then `latest` is moved to it.  Whoever is killed meanwhile leaves the versions as they were.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from khabar.dumps import describe, news
from khabar.dumps.changes import Comparison, Difference, patch_lines
from khabar.dumps.contents import NQUADS, NQUADS_TYPE, Columns, Contents, named_graphs, write_nquads
from khabar.dumps.describe import About
from khabar.dumps.feed import Feed
from khabar.dumps.manifest import Changes, File, Manifest, read, sums
from khabar.dumps.packing import BOTH, PACKED, Content, unpacked
from khabar.dumps.settling import prune, recover, settle
from khabar.dumps.versions import MANIFEST, SUMS, DumpError, newest, next_version, order
from khabar.dumps.views import Views
from khabar.graph.folder import describe as describe_folder
from khabar.graph.folder import open_snapshot
from khabar.graph.locking import locked
from khabar.graph.statistics import statistics
from khabar.resources import folder as resource_folder
from khabar.version import __version__

PATCH: Final = "changes.rdfp"
PATCH_TYPE: Final = "application/rdf-patch"
ADDED: Final = "added.nq"
REMOVED: Final = "removed.nq"
CHANGELOG: Final = "CHANGES.md"
LARGEST_PATCH: Final = 0.5  # of the quads: above, the whole file is the better download

Progress = Callable[[str], object]  # told what is being made


@dataclass(frozen=True, slots=True)
class Options:
    """What decides the files of a version, beside the graph."""

    about: About = About()
    keep: int = 7  # versions
    quotation_limit: int = 300  # code points
    publish_text: bool = False
    views: bool = True  # in other vocabularies


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did."""

    manifest: Manifest
    is_new: bool  # False: the newest version already holds just this
    gone: tuple[str, ...] = ()  # versions that are no longer kept


def publish(
    folder: Path,
    created: datetime,
    *,
    version: str | None = None,
    options: Options | None = None,
    progress: Progress = lambda name: None,
) -> Published:
    """Make a version of the published snapshot of a built FOLDER; raises DumpError, StoreError.

    VERSION is named after the day of CREATED (UTC), unless it is given; one that is given is made even
    if nothing has changed.
    """
    base = describe_folder(folder).base
    _check((options or Options()).about)
    dumps = folder / "dumps"
    dumps.mkdir(exist_ok=True)
    with locked(dumps):
        recover(dumps)
        last = newest(dumps)
        name = _name(created, version, last)
        work = dumps / f".{name}.new"
        work.mkdir()
        try:
            making = _Making(folder, work, base, name, created, options or Options(), progress)
            same = making.write(dumps / last if last else None, forced=version is not None)
            if same is not None:
                return Published(same, is_new=False)
            settle(work, dumps / name)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return Published(read(dumps / name), is_new=True, gone=prune(dumps, (options or Options()).keep))


def _check(about: About) -> None:
    """Raise DumpError for what should be an IRI and is none: a name would end up as a broken link."""
    for name in ("contact", "license", "text_license"):
        iri = getattr(about, name)
        if iri is not None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", iri):
            raise DumpError(
                where=f"--{name.replace('_', '-')} {iri}",
                problem="is not an IRI",
                fix="give one, such as https://example.org/licence or mailto:data@example.org",
            )


def _name(created: datetime, version: str | None, last: str | None) -> str:
    if version is None:
        return next_version(created.date(), last)
    if last is not None and order(version) <= order(last):
        raise DumpError(
            where=f"version {version}",
            problem=f"does not come after {last}, which is published",
            fix="name a later one, or none",
        )
    order(version)
    return version


class _Making:
    """One version on its way."""

    def __init__(
        self,
        folder: Path,
        work: Path,
        base: str,
        version: str,
        created: datetime,
        options: Options,
        progress: Progress,
    ) -> None:
        self._folder = folder
        self._work = work
        self._base = base
        self._version = version
        self._created = created.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._options = options
        self._progress = progress
        self._dataset = describe_folder(folder).dataset
        self._snapshot: ox.Store = open_snapshot(folder)
        self._files: list[File] = []

    def write(self, previous: Path | None, *, forced: bool) -> Manifest | None:
        """Write all files; returns the manifest of PREVIOUS instead if that has just these."""
        before = read(previous) if previous else None
        self._progress(NQUADS)
        options = self._options
        content = write_nquads(
            self._snapshot, self._base, self._work,
            limit=None if options.publish_text else options.quotation_limit,
            publish_text=options.publish_text,
        )  # fmt: skip
        if before and not forced and self._is_same(before, content):
            return before
        plain = next(file for file in content.files if file.encoding is None)
        self._files += [file for file in content.files if file.encoding is not None]
        self._progress("changes")
        found, changes = self._compare(previous, before, content.records or 0)
        if options.views:
            self._progress("views")
            self._files += Views(
                self._snapshot,
                self._base,
                self._work,
                describe.notice(options.about),
                limit=None if options.publish_text else options.quotation_limit,
            ).write()
        self._progress("files")
        contents = self._derive(previous, found)
        (self._work / plain.name).unlink()
        self._files += contents.files
        self._describe(previous, contents, content.records or 0, changes)
        return None

    def _is_same(self, before: Manifest, content: Content) -> bool:
        old = before.packed(NQUADS)
        return old[0].content_sha256 == content.files[0].content_sha256 and before.software == _software()

    # --- what has changed

    def _compare(
        self, previous: Path | None, before: Manifest | None, quads: int
    ) -> tuple[Difference | None, Changes | None]:
        if previous is None or before is None:
            return None, None
        comparison = Comparison(self._base)
        packed = (PACKED[0],)
        ids = [describe.version_iri(self._dataset, name) for name in (self._version, before.version)]
        with (
            unpacked(previous / f"{NQUADS}.gz") as old,
            (self._work / NQUADS).open("rb") as new,
            Content(self._work, PATCH, PATCH_TYPE, "what has changed, as RDF Patch", packed) as patch,
            Content(self._work, ADDED, NQUADS_TYPE, "the quads that are new", packed) as added,
            Content(self._work, REMOVED, NQUADS_TYPE, "the quads that are gone", packed) as removed,
        ):  # fmt: skip
            changes = comparison.changes(old, new)

            def watched() -> Iterator[tuple[bytes, bytes]]:
                for kind, line in changes:
                    (added if kind == b"A" else removed).write_bytes(line)
                    yield kind, line

            for line in patch_lines(watched(), *ids):
                patch.write_bytes(line)
            found = comparison.found
            patch.records = found.quads
            added.records, removed.records = found.quads_added, found.quads_removed
        is_offered = found.quads <= LARGEST_PATCH * quads
        for content in (patch, added, removed):
            if is_offered:
                self._files += content.files
            else:
                (self._work / content.files[0].name).unlink()
        return found, _counted(found, before, PATCH if is_offered else None)

    # --- the other files

    def _derive(self, previous: Path | None, found: Difference | None) -> Contents:
        notice = describe.notice(self._options.about)
        feed = Feed(self._work, self._base, self._version, self._created)
        if previous is not None:
            feed.continue_from(previous)
        fresh: list[tuple[str, int]] = []
        with (
            (self._work / NQUADS).open("rb") as stream,
            Contents(
                self._work,
                self._snapshot,
                self._base,
                notice,
                _columns(),
                views=self._options.views,
                license=self._options.about.license,
            ) as contents,
        ):
            for graph, batches in named_graphs(stream):
                counted = contents.statements
                body = contents.add(graph, batches)
                if body and (found is None or graph in found.articles):
                    feed.add(graph, body, is_new=found is None or graph in found.articles_added)
                    fresh.append((graph, contents.statements - counted))
            contents.finish(sorted(resource_folder("shapes").glob("*.ttl")))
        for graph in sorted(found.articles_removed if found else ()):
            feed.remove(graph)
        feed.finish()
        entries = news.entries(self._snapshot, self._base, fresh, self._version, self._created)
        news.write(self._work, previous, self._options.about.title, self._base, entries, self._created)
        return contents

    def _describe(
        self, previous: Path | None, contents: Contents, quads: int, changes: Changes | None
    ) -> None:
        about = self._options.about
        manifest = Manifest(
            version=self._version,
            created=self._created,
            base=self._base,
            dataset=self._dataset,
            software=_software(),
            articles=contents.articles,
            statements=contents.statements,
            quads=quads,
            files=tuple(sorted(self._files, key=lambda file: file.name)),
            changes=changes,
            license=about.license,
            text_license=about.text_license,
            quotation_limit=None if self._options.publish_text else self._options.quotation_limit,
            citation=describe.citation(about, self._version, self._dataset),
        )
        counted = statistics(self._snapshot, self._base)
        history = (previous / CHANGELOG).read_text("utf-8") if previous else ""
        texts = (
            ("dataset.ttl", "text/turtle", "VoID and DCAT", BOTH,
             describe.as_turtle(manifest, about, counted, self._run())),
            ("dataset.jsonld", "application/ld+json", "schema.org", (None,),
             describe.as_schema(manifest, about)),
            ("CITATION.cff", "application/yaml", "how to cite this version", (None,),
             describe.as_cff(about, self._version, self._dataset)),
            (CHANGELOG, "text/markdown", "what has changed, version by version", (None,),
             changelog(manifest, history)),
        )  # fmt: skip
        files = list(manifest.files)
        for name, media_type, title, encodings, text in texts:
            with Content(self._work, name, media_type, title, encodings) as content:
                content.write(text)
            files += content.files
        manifest = replace(manifest, files=tuple(sorted(files, key=lambda file: file.name)))
        with Content(self._work, MANIFEST, "application/json", "", (None,)) as content:
            content.write(manifest.text)
        with Content(self._work, SUMS, "text/plain", "", (None,)) as listed:
            listed.write(sums([*manifest.files, *content.files]))

    def _run(self) -> Iterator[ox.Triple]:
        """What graph/meta tells of the builds that made the graphs."""
        meta = ox.NamedNode(f"{self._base}graph/meta")
        kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        for run in self._snapshot.quads_for_pattern(None, kind, ox.NamedNode(f"{self._base}ont#Run"), meta):
            for quad in self._snapshot.quads_for_pattern(run.subject, None, None, meta):
                yield quad.triple


def _columns() -> Columns | None:
    """How to write columns, where khabar[parquet] is installed; it is imported when they are."""
    if find_spec("pyarrow") is None:
        return None
    return lambda path, head, rows: import_module("khabar.dumps.columns").write(path, head, rows)


def _software() -> str:
    return f"khabar {__version__}"


def _counted(found: Difference, before: Manifest, patch: str | None) -> Changes:
    return Changes(
        since=before.version,
        base_sha256=before.packed(NQUADS)[0].content_sha256,
        quads_added=found.quads_added,
        quads_removed=found.quads_removed,
        articles_added=len(found.articles_added),
        articles_removed=len(found.articles_removed),
        articles_changed=len(found.articles_changed),
        statements_added=len(found.statements_added),
        statements_removed=len(found.statements_removed),
        statements_changed=len(found.statements_changed),
        patch=patch,
    )


def changelog(manifest: Manifest, history: str) -> str:
    """CHANGES.md: a section for this version, above those of HISTORY."""
    changes = manifest.changes
    lines = [f"## {manifest.version}", ""]
    if changes is None:
        lines.append(f"The first version: {manifest.articles} articles, {manifest.statements} statements.")
    else:
        lines += [f"Since {changes.since}:", ""]
        for what in ("articles", "statements"):
            counts = ", ".join(
                f"{getattr(changes, f'{what}_{how}')} {how}" for how in ("added", "removed", "changed")
            )
            lines.append(f"- {what}: {counts}")
        lines.append(f"- quads: {changes.quads_added} added, {changes.quads_removed} removed")
    before = history.removeprefix("# Changes\n\n")
    return "\n".join(["# Changes", "", *lines, ""]) + (f"\n{before}" if before else "")
