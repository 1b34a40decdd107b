"""Which updates may run at all, and which graphs they can change: one pass over the words of an update.

What is said here of the graphs only saves work: the writer compares what an update really did and
lets it pass or not by that.  But LOAD, which would fetch from the web, never reaches the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from khabar.publish import gate
from khabar.publish.gate import Token
from khabar.publish.protocol import Refusal

# Data is not planned, so an update may be long; what it costs to run, the writer's deadline ends.
LIMITS: Final = gate.LIMITS._replace(size=1 << 20, tokens=250_000, patterns=100_000)
NOTHING: Final = "CLEAR SILENT GRAPH <urn:khabar:nothing>"  # changes nothing, and says so to nobody


BEFORE_IRIS: Final = frozenset("PREFIX WITH USING NAMED GRAPH TO INTO".split())
USING: Final = "\0"  # stands for the clauses that the request asks for
Edit = tuple[int, int, str]  # from and to in the text, and what comes there instead


class Update(NamedTuple):
    """An update that may run."""

    text: str  # with the USING of the request
    graphs: frozenset[str] | None  # the named graphs that it can change; None: it could not be told
    is_default_changed: bool  # whether it can change the default graph, as far as could be told
    refusal: Refusal | None  # why it must not run, if it is SPARQL at all
    first: int  # where its first operation begins


def inspect(
    text: str,
    base: str,
    using: tuple[str, ...] = (),
    using_named: tuple[str, ...] = (),
    limits: gate.Limits = LIMITS,
) -> Update:
    """Read an update; raises Refusal for what cannot be one, or is too large.

    USING and USING_NAMED are the graphs that the request names:
    https://www.w3.org/TR/sparql11-protocol/#update-operation
    """
    gate.check_size(text, limits)
    inspection = _Inspection(text, base, limits)
    inspection.run()
    reading = _Reading(inspection)
    refusal = None
    try:
        reading.run()
    except Refusal as error:
        refusal = error
    clauses = "".join(f"USING <{iri}> " for iri in using)
    clauses += "".join(f"USING NAMED <{iri}> " for iri in using_named)
    if clauses and reading.chooses:
        raise Refusal(
            where="request", problem="the dataset is chosen in the address and again by USING or WITH",
            fix="choose it in one of them",
        )  # fmt: skip
    return Update(
        reading.rewritten(clauses),
        None if reading.is_unsure else frozenset(reading.graphs),
        reading.is_default_changed,
        refusal,
        reading.first,
    )


class _Inspection(gate.Inspection):
    """As for a query, but it begins differently and keeps its tokens."""

    def __init__(self, text: str, base: str, limits: gate.Limits) -> None:
        super().__init__(text, base, limits)
        self.tokens: list[Token] = []
        self.iris: dict[int, str] = {}  # what the IRI or name that starts there stands for
        self.loads: set[Token] = set()  # words outside of braces that can be LOAD

    def _tokens(self) -> Iterator[Token]:
        for token in super()._tokens():
            self.tokens.append(token)
            is_name = self.last.text.upper() in BEFORE_IRIS
            is_load = token.kind in ("word", "name") and token.text.upper().startswith("LOAD")
            if is_load and not self.open and not is_name:
                self.loads.add(token)
            yield token

    def _begin(self, token: Token, word: str) -> None:
        if word.startswith(gate.FORMS):
            raise self._refuse(token, "this is a query", "send queries to /sparql")
        if word not in ("BASE", "PREFIX", "VERSION"):
            self.form = "UPDATE"

    def _iri(self, token: Token) -> None:
        super()._iri(token)
        self.iris[token.start] = self._resolve(token.text, self.base)

    def _end(self) -> None:
        """An update may be empty, or nothing but a prologue."""

    def refuse_load(self, token: Token) -> Refusal:
        """What LOAD is told."""
        problem = "LOAD is not allowed: this endpoint fetches nothing"
        return self._refuse(token, problem, "PUT the data to /data", status=403, code="load")


class _Reading:
    """The operations of an update, one after the other: https://www.w3.org/TR/sparql11-query/#rUpdate"""

    def __init__(self, inspection: _Inspection) -> None:
        self.inspection = inspection
        self.tokens = [*inspection.tokens, Token("mark", "", len(inspection.text))]
        self.place = 0
        self.graphs: set[str] = set()
        self.is_default_changed = self.is_unsure = self.chooses = False
        self.edits: list[Edit] = []
        self.usings: list[Edit] = []  # those that give each operation a USING
        self._with = ""
        self.first = 0
        self.loads: set[Token] = set()

    @property
    def token(self) -> Token:
        return self.tokens[min(self.place, len(self.tokens) - 1)]

    @property
    def word(self) -> str:
        return self.token.text.upper()

    def rewritten(self, using: str) -> str:
        """The text with the USING clauses of the request, and LOAD SILENT turned into nothing."""
        text = self.inspection.text
        for start, end, instead in sorted([*self.edits, *(self.usings if using else ())], reverse=True):
            text = text[:start] + instead.replace(USING, using) + text[end:]
        return text

    def run(self) -> None:
        while self.word in ("PREFIX", "BASE", "VERSION"):
            self._operation()
        self.first = self.token.start
        while self.token.text:
            begin = self.place
            self._operation()
            if self.place == begin:  # nothing that could be read: the engine will say what it is
                self.is_unsure = True
                self.place += 1
        unread = self.inspection.loads - self.loads
        if unread:  # not where an operation begins, as far as can be told here; it is let through nowhere
            raise self.inspection.refuse_load(min(unread, key=lambda token: token.start))

    def _operation(self) -> None:
        match self.word:
            case "PREFIX":
                self.place += 3
            case "BASE" | "VERSION":
                self.place += 2
            case ";":
                self.place += 1
                self._with = ""
            case "WITH":
                self.chooses = True
                self._with = self._named(1)
            case "USING":
                self.chooses = True
                self.place += 1
                self._skip("NAMED")
                self.place += 1
            case "INSERT" | "DELETE":
                self._data()
            case "WHERE":
                self.usings.append((self.token.start, self.token.start, USING))
                self.place += 1
                self._group()
            case "CLEAR" | "DROP" | "CREATE":
                self.place += 1
                self._skip("SILENT")
                self._graphs()
            case "ADD" | "COPY" | "MOVE":
                self._transfer()
            case word if word.startswith("LOAD"):
                self._load()

    def _data(self) -> None:
        is_deletion = self.word == "DELETE"
        self.place += 1
        if not is_deletion or self.word != "WHERE":
            self._skip("DATA")
            self._quads()
            return
        where = self.token.start  # short for DELETE {…} WHERE {…}, where a USING can stand
        self.place += 1
        begin = self.token.start
        self._quads()
        end = self.tokens[self.place - 1].start + 1
        self.usings += [(where, begin, ""), (end, end, f"{USING}WHERE {self.inspection.text[begin:end]} ")]

    def _quads(self) -> None:
        """What is inside the braces of a template or of data."""
        if self.token.text != "{":
            return
        self.place += 1
        while self.token.text and self.token.text != "}":
            if self.word == "GRAPH":
                name = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
                if name.kind in ("iri", "name"):
                    self.graphs.add(self.inspection.iris[name.start])
                else:
                    self.is_unsure = True
                self.place += 2
                self._group()
            elif self.token.text == "{":
                self.is_unsure = True
                self._group()
            else:
                if self.token.text != ".":
                    self._change(self._with)
                self.place += 1
        self.place += 1

    def _group(self) -> None:
        """Go past a pair of braces and all between them."""
        depth = 0
        while self.token.text:
            depth += {"{": 1, "}": -1}.get(self.token.text, 0)
            self.place += 1
            if depth <= 0:
                return

    def _graphs(self) -> None:
        """A graph, or a kind of graphs, that an operation of graph management changes."""
        match self.word:
            case "GRAPH":
                self.graphs.add(self._named(1))
            case "DEFAULT":
                self.is_default_changed = True
                self.place += 1
            case "NAMED" | "ALL":
                self.is_default_changed |= self.word == "ALL"
                self.is_unsure = True
                self.place += 1

    def _transfer(self) -> None:
        is_move = self.word == "MOVE"
        self.place += 1
        self._skip("SILENT")
        source = self._graph_or_default()
        self._skip("TO")
        self._change(self._graph_or_default())
        if is_move:
            self._change(source)

    def _graph_or_default(self) -> str:
        """The IRI of a graph; "" for the default one."""
        if self.word == "DEFAULT":
            self.place += 1
            return ""
        return self._named(1 if self.word == "GRAPH" else 0)

    def _load(self) -> None:
        load = self.token
        if self.word != "LOAD" or self.tokens[self.place + 1].text.upper() != "SILENT":
            raise self.inspection.refuse_load(load)
        self.loads.add(load)
        # It may fail and must not tell: https://www.w3.org/TR/sparql11-update/#load
        self.place += 3
        if self.word == "INTO":
            self.place += 3
        end = self.tokens[min(self.place, len(self.tokens)) - 1]
        self.edits.append((load.start, end.start + len(end.text), NOTHING))

    def _change(self, graph: str) -> None:
        if graph:
            self.graphs.add(graph)
        else:
            self.is_default_changed = True

    def _named(self, ahead: int) -> str:
        """Go past the IRI that stands so many tokens ahead; raises nothing, as the engine will."""
        self.place += ahead
        iri = self.inspection.iris.get(self.token.start, "")
        if not iri:
            self.is_unsure = True
        self.place += 1
        return iri

    def _skip(self, word: str) -> None:
        if self.word == word:
            self.place += 1
