"""The process that runs queries, and may be killed: started by pool.py as a script, never imported.

It stands alone on purpose (pyoxigraph and the standard library, nothing of khabar), so that a new
one is ready in a moment and a crash of the engine takes nothing with it.  It talks over one pipe.
A request is a dictionary; an answer is any number of frames of bytes, whose first byte tells what
they are:

    D data · E the end: the answer is complete
    S the engine cannot read the query · L the answer is too large · X the engine gave up
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from multiprocessing.connection import Connection
from typing import IO, Any, cast

import pyoxigraph as ox

CHUNK = 65_536  # bytes
STACK = 1 << 30  # bytes: the engine recurses, and on the usual 8 MiB a thousand brackets are fatal


class TooLarge(Exception):
    """The answer is larger than allowed."""


class Output(io.RawIOBase):
    """A binary file that sends what is written to it in frames; raising stops the engine at once."""

    def __init__(self, connection: Connection, limit: int) -> None:
        super().__init__()
        self.connection, self.left, self.buffer = connection, limit, bytearray()

    def write(self, data: Any) -> int:
        """Take some bytes of the answer."""
        self.left -= len(data)
        if self.left < 0:
            raise TooLarge
        self.buffer += data
        if len(self.buffer) >= CHUNK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what is buffered."""
        if self.buffer:
            self.connection.send_bytes(b"D" + self.buffer)
            self.buffer.clear()


def answer(store: ox.Store, request: dict[str, Any], output: Output) -> None:
    """Run one query and write its result in the wanted format."""
    graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        ox.NamedNode(iri) for iri in request["default_graphs"]
    ]
    result = store.query(
        request["query"],
        base_iri=request["base"],
        # Always said, so that no FROM in the query reaches a graph that is not published.
        default_graph=graphs if request["has_dataset"] else ox.DefaultGraph(),
        named_graphs=named_graphs(store, request),
    )
    media_type, rows = request["media_type"], request["rows"]
    if isinstance(result, ox.QueryTriples):
        triples = islice(result, rows) if rows else result
        format_ = ox.RdfFormat.from_media_type(media_type)
        ox.serialize(triples, cast(IO[bytes], output), format=format_, prefixes=request["prefixes"])
    elif rows:
        write_rows(result, rows, output)
    else:
        result.serialize(cast(IO[bytes], output), format=ox.QueryResultsFormat.from_media_type(media_type))
    output.flush()


def named_graphs(store: ox.Store, request: dict[str, Any]) -> list[ox.NamedNode | ox.BlankNode]:
    """The graphs that GRAPH may name: those asked for, else all but the withheld."""
    if request["has_dataset"]:
        return [ox.NamedNode(iri) for iri in request["named_graphs"]]
    named = (graph for graph in store.named_graphs() if isinstance(graph, ox.NamedNode))
    withheld = request["withheld"]  # every IRI begins with nothing
    return [graph for graph in named if not withheld or not graph.value.startswith(withheld)]


def write_rows(result: ox.QuerySolutions | ox.QueryBoolean, rows: int, output: Output) -> None:
    """Write the first solutions for people: JSON, a line each, after a line with the variables."""
    if isinstance(result, ox.QueryBoolean):
        lines: Iterator[Any] = iter([None, bool(result)])
    else:
        lines = iter([[variable.value for variable in result.variables]])
    for line in lines:
        output.write(json.dumps(line).encode() + b"\n")
    if isinstance(result, ox.QuerySolutions):
        for solution in islice(result, rows):
            output.write(json.dumps([describe(term) for term in solution]).encode() + b"\n")


def describe(term: Any) -> dict[str, str] | None:
    """One term of a solution: an IRI with its value, a literal with its language or datatype."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return {"iri": term.value}
    if isinstance(term, ox.Literal):
        return {"value": term.value, "language": term.language or "", "datatype": term.datatype.value}
    return {"value": str(term), "language": "", "datatype": ""}


def serve(connection: Connection, memory: int) -> None:
    """Answer requests until the other end is closed."""
    opened, store = "", None
    while True:
        try:
            request = connection.recv()
        except EOFError:
            return
        output = Output(connection, request["size"])
        try:
            if request["store"] != opened or store is None:
                store, opened = None, ""
                store, opened = ox.Store.read_only(request["store"]), request["store"]
            answer(store, request, output)
            frame = b"E"
        except TooLarge:
            frame = b"L"
        except SyntaxError as error:
            frame = b"S" + str(error).encode()
        except Exception as error:  # whatever it is, the next query deserves an answer
            frame = b"X" + str(error).encode()
        connection.send_bytes(frame)


def confine(memory: int) -> None:
    """Let this process have so many bytes of memory, and write no file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (STACK + memory, STACK + memory))


def main() -> None:
    """Serve the connection of the file descriptor named first, with as much memory as named second."""
    connection, memory, parent = Connection(int(sys.argv[1])), int(sys.argv[2]), os.getppid()
    confine(memory)
    threading.stack_size(STACK)
    server = threading.Thread(target=serve, args=(connection, memory), daemon=True)
    server.start()
    while server.is_alive():
        server.join(1.0)
        if os.getppid() != parent:  # nobody waits for the answer any more
            os._exit(0)


if __name__ == "__main__":
    main()
