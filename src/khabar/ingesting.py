"""The process that writes for a server, with the articles that are sent to it: accepted at once, read after.

An article is accepted when it is in the journal.  Then, when nobody waits for an answer, those that were
accepted are built as khabar build would; a process that is killed meanwhile leaves them to the next one.
"""

from __future__ import annotations

import io
import json
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from khabar.building import BuildReport, build
from khabar.errors import KhabarError, ReadError
from khabar.examining import as_json
from khabar.graph.folder import BUILT, describe
from khabar.graph.store import Store
from khabar.graph.takedown import marks, taken_down
from khabar.graph.waiting import queued, waiting
from khabar.knowledge import Knowledge, load
from khabar.model import Article
from khabar.publish import jail, writer
from khabar.publish.writing import WAITING
from khabar.text.read import read

AT_ONCE: Final = 64  # articles that are built before changes have their turn again


class Reader:
    """What reads the articles; it is loaded when there is one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._knowledge: Knowledge | None = None

    @property
    def knowledge(self) -> Knowledge:
        """The shipped knowledge."""
        if self._knowledge is None:
            self._knowledge = load()
        return self._knowledge

    def parsed(self, body: bytes) -> list[Article]:
        """The articles of a body of JSON or JSON lines; raises ReadError if one of them is none."""
        found = []
        for article in read(["-"], languages=self.knowledge.languages, stdin=io.BytesIO(body)):
            if isinstance(article, ReadError):
                raise article
            found.append(article)
        return found

    def accept(self, store: Store, body: bytes) -> list[dict[str, str]]:
        """Have the articles of a BODY in the journal; returns what is known of each."""
        articles = self.parsed(body)
        gone = taken_down(store.dataset)
        for article in articles:
            if not marks(article).isdisjoint(gone):
                raise ReadError(
                    where=article.key, problem="was taken down from this graph", fix="leave it out"
                )
        latest = {key_of(one.text): one.text for one in waiting(store.dataset)}
        texts = {article.key: as_json(article) for article in articles}
        fresh = [text for key, text in texts.items() if latest.get(key) != text]
        (self.folder / WAITING).touch()
        store.exchange(set(), queued(fresh, store.record + 1))
        return [{"key": key, "iri": f"{store.base}article/{key}"} for key in texts]

    def build(self) -> BuildReport | None:
        """Build some of the articles that wait; None if there is none."""
        base = describe(self.folder).base
        with Store.open(self.folder, base) as store:
            taken = waiting(store.dataset)[:AT_ONCE]
            if not taken:
                (self.folder / WAITING).unlink(missing_ok=True)
                return None
        latest = {key_of(one.text): one.text for one in taken}
        articles = [article for text in latest.values() for article in self.parsed(text.encode())]
        report = build(articles, self.folder, knowledge=self.knowledge, base=base)
        with Store.open(self.folder, base) as store:
            store.exchange({one.quad for one in taken}, set())
            store.publish()
        return report


def key_of(text: str) -> str:
    """The key of an article that is given as JSON."""
    return str(json.loads(text)["id"])


def answer(session: writer.Session, reader: Reader, asked: dict[str, Any]) -> dict[str, Any]:
    """What became of one change, or of articles."""
    if asked["do"] != "articles":
        return writer.answer(session, asked)
    try:
        opened = session.open()
        if not isinstance(opened, Store):
            return {"error": "update", "message": "a plain dataset takes no articles"}
        return {"known": True, "snapshot": 0, "articles": reader.accept(opened, asked["body"])}
    except ReadError as error:
        return {"error": "article", "where": error.where, "problem": error.problem, "fix": error.fix}
    except KhabarError:
        return writer.answer(session, {"do": "open"})


def serve(connection: Connection, folder: Path) -> None:
    """Make changes and take articles until the other end is closed; read what waits in between."""
    session, reader = writer.Session(folder), Reader(folder)
    is_built = describe(folder).kind == BUILT
    may_wait = is_built
    while True:
        try:
            if not connection.poll(0 if may_wait else writer.IDLE):
                session.close()
                if may_wait:
                    may_wait = _build(reader)
                    continue
                connection.poll(None)
            asked = connection.recv()
        except EOFError:
            break
        connection.send(answer(session, reader, asked))
        may_wait |= is_built and asked["do"] == "articles"
    session.close()


def _build(reader: Reader) -> bool:
    """Build what waits; whether there may be more of it."""
    try:
        report = reader.build()
    except KhabarError as error:  # another process writes, or the disk is full: it waits on
        print(error, file=sys.stderr)
        return False
    if report is not None and report.refused:
        print(report.text, file=sys.stderr)
    return report is not None


def main() -> None:
    """Serve the connection of the file descriptor named first, for the folder named second."""
    connection, folder, memory = Connection(int(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
    jail.confine(writer.STACK + memory, writes=True)
    threading.stack_size(writer.STACK)
    thread = threading.Thread(target=serve, args=(connection, folder))
    thread.start()
    thread.join()


if __name__ == "__main__":
    main()
