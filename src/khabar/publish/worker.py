"""The process that runs queries, and may be killed: started by pool.py as a script, never imported.

It stands alone on purpose (pyoxigraph, the standard library, the jail and rows.py), so that a new one is
ready in a moment and a crash of the engine takes nothing with it.  It talks over one pipe.  First
it says that it is ready; then a request is a dictionary, and an answer any number of frames of
bytes, whose first byte tells what they are:

    R ready: the rest is the name of the jail
    D data · E the rest of the data: the answer is complete
    S the engine cannot read the query · L the answer is too large · X the engine gave up
    G the snapshot is gone
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection
from typing import IO, Any, cast

import pyoxigraph as ox

from khabar.publish import jail
from khabar.publish.rows import lines

CHUNK = 65_536  # bytes
STACK = 1 << 30  # bytes: the engine recurses, and on the usual 8 MiB a thousand brackets are fatal


# What the engine writes with each row, and how many of them are not after a row.  A text that holds such
# a mark may count as a row more; only an answer near the limit could notice.
MARKS = {
    "application/sparql-results+json": (b'}},{"', -1),
    "application/sparql-results+xml": (b"</result>", 0),
    "text/csv": (b"\r\n", 1),
    "text/tab-separated-values": (b"\n", 1),
}


class TooLarge(Exception):
    """The answer is larger than allowed; says in what."""


class Gone(Exception):
    """The snapshot cannot be opened."""


class Opened:
    """A snapshot, and what was found out about it."""

    def __init__(self, path: str, name: str) -> None:
        try:
            self.name, self.store = name, ox.Store.read_only(path)
        except (OSError, RuntimeError) as error:
            raise Gone(str(error)) from error
        self.shown: dict[tuple[str, ...], list[ox.NamedNode | ox.BlankNode]] = {}

    def graphs(self, withheld: tuple[str, ...]) -> list[ox.NamedNode | ox.BlankNode]:
        """The named graphs but those whose IRI begins with one of WITHHELD."""
        if withheld not in self.shown:
            named = (graph for graph in self.store.named_graphs() if isinstance(graph, ox.NamedNode))
            self.shown[withheld] = [graph for graph in named if not graph.value.startswith(withheld)]
        return self.shown[withheld]


class Output(io.RawIOBase):
    """A binary file that sends what is written to it in frames; raising stops the engine at once."""

    def __init__(self, connection: Connection, size: int, rows: int, mark: bytes) -> None:
        super().__init__()
        self.connection, self.size, self.rows, self.mark = connection, size, rows, mark
        self.buffer, self.seen = bytearray(b"D"), b""

    def write(self, data: Any) -> int:
        """Take some bytes of the answer."""
        self.size -= len(data)
        if self.size < 0:
            raise TooLarge("size")
        self.buffer += data
        if len(self.buffer) > CHUNK:
            self.send(b"D")
        return len(data)

    def send(self, kind: bytes) -> None:
        """Send what is buffered as one frame."""
        if self.mark:
            # A mark may stand across two frames: so many bytes as can only begin one are looked at twice.
            looked_at = self.seen + self.buffer[1:]
            self.rows -= looked_at.count(self.mark)
            self.seen = bytes(looked_at[1 - len(self.mark) :]) if len(self.mark) > 1 else b""
            if self.rows < 0:
                raise TooLarge("rows")
        self.buffer[:1] = kind
        self.connection.send_bytes(self.buffer)
        self.buffer = bytearray(b"D")


def answer(opened: Opened, request: dict[str, Any], output: Output) -> None:
    """Run one query and write its result in the wanted format."""
    asked = request["default_graphs"]
    # The engine gives a triple once for each graph that holds it (oxigraph issue 1919); a merge has it once.
    store, asked = (merged(opened.store, request), [""]) if len(asked) > 1 else (opened.store, asked)
    graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        ox.NamedNode(iri) if iri else ox.DefaultGraph() for iri in asked
    ]
    result = store.query(
        request["query"],
        base_iri=request["base"],
        # Always said, so that no FROM in the query reaches a graph that is not published.
        default_graph=graphs if request["has_dataset"] else ox.DefaultGraph(),
        named_graphs=named_graphs(opened, request),
    )
    media_type, rows = request["media_type"], request["rows"]
    if isinstance(result, ox.QueryTriples):
        triples = islice(result, rows) if rows else counted(result, output.rows)
        format_ = ox.RdfFormat.from_media_type(media_type)
        ox.serialize(triples, cast(IO[bytes], output), format=format_, prefixes=request["prefixes"])
    elif rows:
        for line in lines(result, rows):
            output.write(line)
    else:
        result.serialize(cast(IO[bytes], output), format=ox.QueryResultsFormat.from_media_type(media_type))


def merged(store: ox.Store, request: dict[str, Any]) -> ox.Store:
    """A store whose default graph is the RDF merge of those asked for: https://www.w3.org/TR/rdf11-mt/#merge

    Their blank nodes are those of one dataset, so what is shared between graphs stays shared.
    """
    found = ox.Store()
    for iri in request["default_graphs"]:
        quads = store.quads_for_pattern(None, None, None, ox.NamedNode(iri))
        found.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    for iri in request["named_graphs"]:
        found.bulk_extend(store.quads_for_pattern(None, None, None, ox.NamedNode(iri)))
    return found


def counted(triples: Iterable[ox.Triple], most: int) -> Iterator[ox.Triple]:
    """The triples, as long as there are not too many."""
    for number, triple in enumerate(triples):
        if number == most:
            raise TooLarge("rows")
        yield triple


def named_graphs(opened: Opened, request: dict[str, Any]) -> list[ox.NamedNode | ox.BlankNode]:
    """The graphs that GRAPH may name: those asked for, else all but the withheld."""
    if request["has_dataset"]:
        return [ox.NamedNode(iri) for iri in request["named_graphs"]]
    # Thousands of names take milliseconds to hand over, and most queries name no graph.
    return opened.graphs(request["withheld"]) if request["names_graphs"] else []


def serve(connection: Connection) -> None:
    """Answer requests until the other end is closed."""
    opened: Opened | None = None
    while True:
        try:
            request = connection.recv()
        except EOFError:
            return
        mark, more = (b"", 0) if request["rows"] else MARKS.get(request["media_type"], (b"", 0))
        output = Output(connection, request["size"], request["most"] + more, mark)
        try:
            if opened is None or opened.name != request["snapshot"]:
                opened = None
                opened = Opened(request["store"], request["snapshot"])
            answer(opened, request, output)
            output.send(b"E")
            continue
        except TooLarge as error:
            frame = b"L" + str(error).encode()
        except Gone as error:
            frame = b"G" + str(error).encode()
        except SyntaxError as error:
            frame = b"S" + str(error).encode()
        except Exception as error:  # whatever it is, the next query deserves an answer
            frame = b"X" + str(error).encode()
        connection.send_bytes(frame)


def main() -> None:
    """Serve the connection of the file descriptor named first, with as much memory as named second."""
    connection, memory, parent = Connection(int(sys.argv[1])), int(sys.argv[2]), os.getppid()
    held_by = jail.confine(STACK + memory)
    connection.send_bytes(b"R" + held_by.encode())
    threading.stack_size(STACK)
    server = threading.Thread(target=serve, args=(connection,), daemon=True)
    server.start()
    while server.is_alive():
        server.join(1.0)
        if os.getppid() != parent:  # nobody waits for the answer any more
            os._exit(0)


if __name__ == "__main__":
    main()
