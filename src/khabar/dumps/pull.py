"""A mirror of the dumps of another khabar, brought up to date by patches where that is cheaper.

The new version is made beside the old one, checked against the sums of its manifest, and renamed into
its place like one that is published: whatever happens before leaves the mirror as it was.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from khabar.dumps import describe
from khabar.dumps.changes import apply, read_patch
from khabar.dumps.contents import NQUADS, NQUADS_TYPE, TRIG, TRIG_TYPE, named_graphs
from khabar.dumps.manifest import File, Manifest, parse, sums
from khabar.dumps.manifest import read as read_manifest
from khabar.dumps.packing import BLOCK, Content, unpacked
from khabar.dumps.remote import MissingError, Remote, sum_of
from khabar.dumps.settling import prune, recover, settle
from khabar.dumps.versions import LATEST, MANIFEST, SUMS, DumpError, newest, order
from khabar.graph.locking import locked
from khabar.graph.serialise import Names, trig

LONGEST: Final = 4 * 2**20  # bytes of a manifest
HEADER: Final = 10_000  # bytes of a patch beside its quads
LONGEST_CHAIN: Final = 60  # patches; more of them are dearer than the file

Progress = Callable[[str], object]  # told what comes, and how


@dataclass(frozen=True, slots=True)
class Pulled:
    """What pulling did."""

    version: str
    before: str | None  # the version that the mirror had
    is_new: bool
    downloaded: int = 0  # bytes
    patched: tuple[str, ...] = ()  # files that were made from patches


def pull(
    remote: Remote,
    folder: Path,
    *,
    keep: int = 2,
    only: Iterable[str] = (),
    progress: Progress = lambda what: None,
) -> Pulled:
    """Bring the mirror in FOLDER to the newest version of REMOTE; raises DumpError, and changes nothing then.

    ONLY names the files to mirror; without it, all of them are.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            recover(folder)
            return _Pull(remote, folder, tuple(only), progress).run(keep)
    except OSError as error:
        raise DumpError(
            where=str(error.filename or folder),
            problem=f"cannot be written: {error.strerror or error}",
            fix="check permissions and free space, then pull again to go on",
        ) from error


@dataclass(slots=True)
class _Pull:
    remote: Remote
    folder: Path
    only: tuple[str, ...]
    progress: Progress
    downloaded: int = 0
    patched: list[str] = field(default_factory=list)

    def run(self, keep: int) -> Pulled:
        last = newest(self.folder)
        old = read_manifest(self.folder / last) if last else None
        data = self.remote.read(f"{LATEST}/{MANIFEST}", LONGEST)
        new = parse(data, self.remote.address + f"{LATEST}/{MANIFEST}")
        if old is not None and last is not None:
            self._check_succession(old, new)
            if old.version == new.version:
                self._check_same(data, last)
                return Pulled(new.version, last, is_new=False)
        listed = self._check_sums(new, data)
        work = self.folder / f".{new.version}.part"
        for other in self.folder.glob(".*.part"):
            if other != work:
                shutil.rmtree(other)
        work.mkdir(exist_ok=True)
        self._fill(work, old, new)
        for name, text in ((MANIFEST, data), (SUMS, listed)):
            with Content(work, name, "", "", (None,)) as content:
                content.write_bytes(text)
        wanted = {file.name for file in self._wanted(new)} | {MANIFEST, SUMS}
        for path in work.iterdir():
            if path.name not in wanted:
                path.unlink()
        settle(work, self.folder / new.version)
        prune(self.folder, keep)
        return Pulled(new.version, last, True, self.downloaded, tuple(self.patched))

    # --- what the server says

    def _check_succession(self, old: Manifest, new: Manifest) -> None:
        if old.dataset != new.dataset or old.base != new.base:
            raise self._refused(f"offers another data set, {new.dataset}; the mirror is of {old.dataset}")
        if order(new.version) < order(old.version):
            raise self._refused(f"offers {new.version}, which is older than the mirror's {old.version}")

    def _check_same(self, data: bytes, last: str) -> None:
        if data != (self.folder / last / MANIFEST).read_bytes():
            raise self._refused(f"has changed version {last} after it was published")

    def _check_sums(self, new: Manifest, data: bytes) -> bytes:
        """The bytes of SHA256SUMS, which must agree with the manifest."""
        if self.remote.read(f"{new.version}/{MANIFEST}", LONGEST) != data:
            raise self._refused(f"has two manifests of version {new.version}")
        listed = self.remote.read(f"{new.version}/{SUMS}", LONGEST)
        lines = {line for line in listed.decode("utf-8", "replace").splitlines() if MANIFEST not in line}
        if lines != set(sums(new.files).splitlines()):
            raise self._refused(f"gives other sums in {SUMS} than in {MANIFEST}")
        unknown = [name for name in self.only if name not in {f.name for f in new.files}]
        if unknown:
            raise DumpError(
                where=self.remote.address,
                problem=f"has no file {unknown[0]} in version {new.version}",
                fix=f"choose from {', '.join(file.name for file in new.files)}",
            )
        return listed

    def _refused(self, problem: str) -> DumpError:
        return DumpError(
            where=self.remote.address,
            problem=problem,
            fix="tell whoever runs the server; the mirror is as it was",
        )

    # --- the files

    def _wanted(self, new: Manifest) -> list[File]:
        return [file for file in new.files if not self.only or file.name in self.only]

    def _fill(self, work: Path, old: Manifest | None, new: Manifest) -> None:
        wanted = self._wanted(new)
        for file in wanted:
            if not self._is_there(work / file.name, file) and old is not None:
                self._link(work, old, file)
        if old is not None:
            self._patch(work, old, new, [f for f in wanted if not (work / f.name).exists()])
        for file in wanted:
            if not (work / file.name).exists():
                self.progress(file.name)
                self.remote.download(f"{new.version}/{file.name}", file, work / file.name)
                self.downloaded += file.bytes

    def _is_there(self, path: Path, file: File) -> bool:
        """Whether an earlier attempt has brought the whole file; another one is taken away."""
        if path.exists() and sum_of(path) != file.sha256:
            path.unlink()
        return path.exists()

    def _link(self, work: Path, old: Manifest, file: File) -> None:
        """Take over a file that has not changed."""
        held = self.folder / old.version / file.name
        known = old.file(file.name)
        if known and known.sha256 == file.sha256 and held.exists() and sum_of(held) == file.sha256:
            os.link(held, work / file.name)

    # --- patches

    def _patch(self, work: Path, old: Manifest, new: Manifest, missing: list[File]) -> None:
        """Make khabar.nq, and khabar.trig from it, as far as patches lead there and cost less."""
        targets = [file for file in missing if file.content == NQUADS]
        source = self._source(old)
        if not targets or source is None:
            return
        chain = self._chain(old, new)
        if not chain or sum(file.bytes for _, file in chain) >= min(file.bytes for file in targets):
            return
        for manifest, file in chain:
            self.progress(f"{manifest.version}/{file.name}")
            path = work / f"{manifest.version}.{file.name}"
            self.remote.download(f"{manifest.version}/{file.name}", file, path)
            self.downloaded += file.bytes
            self._check_patch(path, file, old, new)
        plain = self._apply(work, source, chain, targets)
        self._write_trig(work, plain, new, [file for file in missing if file.content == TRIG])

    def _check_patch(self, path: Path, file: File, old: Manifest, new: Manifest) -> None:
        """Unpack a patch once without keeping it: what is packed small may be endless."""
        most = sum(found.packed(NQUADS)[0].content_bytes for found in (old, new)) + HEADER
        length = 0
        with unpacked(path) as stream:
            while length <= min(file.content_bytes, most) and (block := stream.read(BLOCK)):
                length += len(block)
        if length != file.content_bytes or length > most:
            raise self._refused(f"has a patch, {file.name}, that is not as long as it says")

    def _source(self, old: Manifest) -> Path | None:
        """khabar.nq as the mirror has it, if it is whole."""
        for file in old.packed(NQUADS):
            path = self.folder / old.version / file.name
            if path.exists() and sum_of(path) == file.sha256:
                return path
        return None

    def _chain(self, old: Manifest, new: Manifest) -> list[tuple[Manifest, File]]:
        """The patches that lead from OLD to NEW, the first first; none where one of them is missing."""
        chain: list[tuple[Manifest, File]] = []
        manifest = new
        while manifest.version != old.version:
            changes = manifest.changes
            patch = next(iter(manifest.packed(changes.patch)), None) if changes and changes.patch else None
            if changes is None or patch is None or len(chain) == LONGEST_CHAIN:
                return []
            if order(changes.since) < order(old.version) or order(changes.since) >= order(manifest.version):
                return []
            chain.append((manifest, patch))
            try:
                before = old if changes.since == old.version else self._manifest(changes.since)
            except MissingError:
                return []
            if changes.base_sha256 not in {file.content_sha256 for file in before.packed(NQUADS)}:
                raise self._refused(f"has a patch to {manifest.version} that is for another base")
            manifest = before
        return chain[::-1]

    def _manifest(self, version: str) -> Manifest:
        name = f"{version}/{MANIFEST}"
        return parse(self.remote.read(name, LONGEST), self.remote.address + name)

    def _apply(
        self, work: Path, source: Path, chain: list[tuple[Manifest, File]], targets: list[File]
    ) -> Path:
        encodings = tuple({None, *(file.encoding for file in targets)})
        with ExitStack() as stack:
            lines: Iterator[bytes] = iter(stack.enter_context(unpacked(source)))
            for manifest, file in chain:
                patch = stack.enter_context(unpacked(work / f"{manifest.version}.{file.name}"))
                since = manifest.changes.since if manifest.changes else ""
                ids = [describe.version_iri(manifest.dataset, name) for name in (manifest.version, since)]
                lines = apply(lines, read_patch(patch, *ids))
            with Content(work, NQUADS, NQUADS_TYPE, "", encodings) as content:
                most = targets[0].content_bytes
                for line in lines:
                    most -= len(line)
                    if most < 0:
                        break
                    content.write_bytes(line)
        if any(file.content_sha256 != content.files[0].content_sha256 for file in targets):
            raise self._refused(f"has patches that do not lead to its {NQUADS}")
        self._keep(work, content, targets)
        return work / NQUADS

    def _keep(self, work: Path, content: Content, targets: Iterable[File]) -> None:
        """Keep what has come out with the promised bytes; another zlib packs differently."""
        made = {file.name: file for file in content.files}
        for file in targets:
            if made[file.name].sha256 == file.sha256:
                self.patched.append(file.name)
            else:
                (work / file.name).unlink()

    def _write_trig(self, work: Path, plain: Path, new: Manifest, targets: list[File]) -> None:
        if not targets:
            return
        names = Names(new.base)
        about = describe.About(license=new.license, text_license=new.text_license)
        with (
            plain.open("rb") as stream,
            Content(work, TRIG, TRIG_TYPE, "", tuple(file.encoding for file in targets)) as content,
        ):
            content.write(describe.notice(about) + names.header)
            for graph, batches in named_graphs(stream):
                for text in trig(batches, graph, names):
                    content.write(text)
        self._keep(work, content, targets)
