"""The articles that a version adds, changes or removes, as a linked data event stream.

https://w3id.org/ldes/specification: a member is one version of the graph of an article, and all quads
of the named graph of its IRI belong to it.  A page is written once and never changes; only the root
grows.  Pages of earlier versions are linked, not copied.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from khabar.dumps.packing import Content
from khabar.dumps.versions import FEED
from khabar.graph.serialise import Names

ROOT: Final = "index.ttl"
PAGE: Final = 250  # members
TYPE: Final = "application/trig"
POLLING: Final = 86400  # seconds: a version is named after a day

_PREFIXES: Final = """\
@prefix as: <https://www.w3.org/ns/activitystreams#> .
@prefix ldes: <https://w3id.org/ldes#> .
@prefix tree: <https://w3id.org/tree#> .
"""
_NAME: Final = re.compile(r"(\d{4}(?:\.\d+){2,3})-(\d+)\.trig\.gz")


class Feed:
    """The pages of one version."""

    def __init__(self, folder: Path, base: str, version: str, created: str) -> None:
        self._folder = folder / FEED
        self._base = base
        self._version = version
        self._created = created
        self._names = Names(base)
        self._waiting: list[str] = []
        self._pages = 0
        self._folder.mkdir()

    @property
    def stream(self) -> str:
        """The IRI of the whole."""
        return f"{self._base}feed"

    def continue_from(self, previous: Path) -> None:
        """Take over the pages of the version in the folder PREVIOUS."""
        for page in (previous / FEED).glob("*.trig.gz"):
            os.link(page, self._folder / page.name)

    def add(self, graph: str, body: str, *, is_new: bool) -> None:
        """A new version of the graph of an article: BODY is its Turtle, indented as in TriG."""
        member = f"<{graph}#v{self._version}>"
        self._append(self._described(member, graph, "Create" if is_new else "Update"))
        self._waiting[-1] += f"\n{member} {{\n{body}}}\n"

    def remove(self, graph: str) -> None:
        """The article is gone: a version without quads."""
        self._append(self._described(f"<{graph}#v{self._version}>", graph, "Delete"))

    def _described(self, member: str, graph: str, activity: str) -> str:
        return (
            f"\n<{self.stream}> tree:member {member} .\n"
            f"{member} a as:{activity} ;\n"
            f"    dcterms:isVersionOf {self._names.iri(f'<{graph}>')} ;\n"
            f'    dcterms:created "{self._created}"^^xsd:dateTime .\n'
        )

    def _append(self, member: str) -> None:
        if len(self._waiting) == PAGE:
            self._write()
        self._waiting.append(member)

    def _write(self) -> None:
        self._pages += 1
        name = f"{self._version}-{self._pages}.trig"
        with Content(self._folder, name, TYPE, "", ("gzip",)) as page:
            page.write(self._names.header + _PREFIXES)
            page.write(f"\n<{self._base}feed/{name}> a tree:Node .\n")
            for member in self._waiting:
                page.write(member)
        self._waiting.clear()

    def finish(self) -> None:
        """Write the last page, and the root that leads to all."""
        if self._waiting:
            self._write()
        pages = sorted(
            (match[1], int(match[2]))
            for path in self._folder.iterdir()
            if (match := _NAME.fullmatch(path.name))
        )
        with Content(self._folder, ROOT, "text/turtle", "", (None,)) as root:
            root.write(self._names.header + _PREFIXES + self._root(pages))

    def _root(self, pages: list[tuple[str, int]]) -> str:
        root = f"<{self._base}feed/{ROOT}>"
        relations = [f"<{self._base}feed/{ROOT}#{version}-{number}>" for version, number in pages]
        leads = "".join(f" ;\n    tree:relation {relation}" for relation in relations)
        text = (
            f"\n<{self.stream}> a ldes:EventStream ;\n"
            "    ldes:timestampPath dcterms:created ;\n"
            "    ldes:versionOfPath dcterms:isVersionOf ;\n"
            "    ldes:versionCreatePath rdf:type ; ldes:versionCreateObject as:Create ;\n"
            "    ldes:versionUpdatePath rdf:type ; ldes:versionUpdateObject as:Update ;\n"
            "    ldes:versionDeletePath rdf:type ; ldes:versionDeleteObject as:Delete ;\n"
            f"    ldes:pollingInterval {POLLING} ;\n"
            f"    tree:view {root} .\n"
            f"\n{root} a tree:Node{leads} .\n"
        )
        for relation, (version, number) in zip(relations, pages, strict=True):
            text += (
                f"\n{relation} a tree:Relation ;\n"
                f"    tree:node <{self._base}feed/{version}-{number}.trig> .\n"
            )
        return text
