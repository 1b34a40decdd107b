"""Search by words inside SPARQL: a SERVICE that nobody is asked for, answered before the engine sees it.

    SERVICE search:text { ?thing search:words "أحمد" ; search:literal ?name }

becomes VALUES (?thing ?name) { … } with what the index of the snapshot holds.  The gate sees the
query with an empty VALUES in its place, so all that it refuses stays refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.graph.index import Found
from khabar.publish import gate
from khabar.publish.gate import Token
from khabar.publish.protocol import Refusal

NAMESPACE: Final = "https://w3id.org/khabar/search#"
TEXT: Final = f"{NAMESPACE}text"  # the service
WORDS: Final = f"{NAMESPACE}words"
LIMIT: Final = f"{NAMESPACE}limit"
GIVEN: Final = {f"{NAMESPACE}{name}": name for name in ("literal", "property", "score")}
FEW: Final = 100  # results, when no limit is asked for
MOST: Final = 1000

Searcher = Callable[[str, int], Sequence[Found]]  # words and limit


class Call(NamedTuple):
    """One use of the service in a query."""

    start: int  # in the text
    end: int
    words: str
    limit: int
    variables: tuple[tuple[str, str], ...]  # what is asked for, and the variable it goes into


def inspect(text: str, base: str, limits: gate.Limits, searcher: Searcher) -> gate.Query:
    """As gate.inspect; the searches in the query are made, and their results are in its text."""
    if "SERVICE" not in text.upper():
        return gate.inspect(text, base, limits)
    gate.check_size(text, limits)
    reading = _Reading(text, base, limits)
    whole = reading.run()
    calls = list(reading.calls())
    query = gate.inspect(_replaced(text, calls, lambda call: ""), base, limits)
    filled = _replaced(text, calls, lambda call: _rows(call, searcher(call.words, call.limit)))
    return query._replace(text=filled, normal=whole.normal)


def _replaced(text: str, calls: Sequence[Call], rows: Callable[[Call], str]) -> str:
    """The text with VALUES in place of each search, in as many lines: what comes after stays in its own."""
    for call in reversed(calls):
        variables = " ".join(f"?{variable}" for _, variable in call.variables)
        lines = "\n" * text.count("\n", call.start, call.end)
        text = f"{text[: call.start]}VALUES ({variables}) {{ {rows(call)} }}{lines}{text[call.end :]}"
    return text


def _rows(call: Call, found: Sequence[Found]) -> str:
    names = [name for name, _ in call.variables]
    rows = dict.fromkeys(" ".join(_written(name, one) for name in names) for one in found)
    return " ".join(f"({row})" for row in rows)


def _written(name: str, found: Found) -> str:
    match name:
        case "thing":
            return str(ox.NamedNode(found.subject))
        case "property":
            return str(ox.NamedNode(found.property))
        case "score":
            return f"{found.score:.4f}"
    return str(ox.Literal(found.value, language=found.language or None))


class _Reading(gate.Inspection):
    """One pass that lets the searches by, and refuses every other SERVICE."""

    def __init__(self, text: str, base: str, limits: gate.Limits) -> None:
        super().__init__(text, base, limits)
        self.tokens: list[Token] = []
        self.iris: dict[int, str] = {}
        self.here = f"{base}search#"
        self.services: list[int] = []  # the tokens that are SERVICE

    def _tokens(self) -> Iterator[Token]:
        for token in super()._tokens():
            self.tokens.append(token)
            yield token

    def _iri(self, token: Token) -> None:
        super()._iri(token)
        iri = self._resolve(token.text, self.base)
        # The vocabulary is known under the base of the dataset, too, as all IRIs of ours are.
        ours = iri.startswith(self.here)
        self.iris[token.start] = NAMESPACE + iri.removeprefix(self.here) if ours else iri

    def _service(self, token: Token) -> None:
        if token.text.upper() != "SERVICE":
            raise self._refuse_service(token)
        self.services.append(len(self.tokens) - 1)

    def calls(self) -> Iterator[Call]:
        """The searches, in the order of the text; raises Refusal for any other SERVICE."""
        for place in self.services:
            yield self._call(place)

    def _call(self, place: int) -> Call:
        service, *rest = self.tokens[place:]
        if len(rest) < 2 or self.iris.get(rest[0].start) != TEXT:
            raise self._refuse_service(service)
        length = next((n for n, token in enumerate(rest) if token.text == "}"), 0)
        if rest[1].text != "{" or length < 3:
            raise self._misuse(rest[1])
        thing, *said = rest[2:length]
        words, limit, variables = "", FEW, [("thing", self._variable(thing))]
        for name, value in self._pairs(said, thing):
            if name == WORDS and value.kind == "string":
                words = _content(value.text)
            elif name == LIMIT and value.text.isdecimal() and 0 < int(value.text) <= MOST:
                limit = int(value.text)
            elif name in GIVEN:
                variables.append((GIVEN[name], self._variable(value)))
            else:
                raise self._misuse(value)
        if not words or len({variable for _, variable in variables}) < len(variables):
            raise self._misuse(thing)
        return Call(service.start, rest[length].start + 1, words, limit, tuple(variables))

    def _pairs(self, said: Sequence[Token], thing: Token) -> Iterator[tuple[str, Token]]:
        """Each property that is said of a thing, as an IRI, and its value."""
        told = [*said, Token("mark", ";", thing.start)]
        while told:
            end = next(n for n, token in enumerate(told) if token.text in (";", "."))
            statement, told = told[:end], told[end + 1 :]
            if len(statement) == 2:
                yield self.iris.get(statement[0].start, ""), statement[1]
            elif statement:
                raise self._misuse(statement[0])

    def _variable(self, token: Token) -> str:
        if token.kind != "var":
            raise self._misuse(token)
        return token.text[1:]

    def _misuse(self, token: Token) -> Refusal:
        return self._refuse(
            token, "a search is not written so",
            "write SERVICE search:text { ?thing search:words \"…\" }, with search:literal, search:property "
            f"or search:score and a variable, or search:limit and a number up to {MOST}",
        )  # fmt: skip


_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def _content(written: str) -> str:
    """The characters of a string as it is written in a query."""
    quotes = 3 if written[:3] in ('"""', "'''") else 1

    def unescaped(match: re.Match[str]) -> str:
        if match[1]:
            return chr(min(int(match[1], 16), 0x10FFFF))
        return _ESCAPES.get(match[2], match[2])

    inner = written[quotes:-quotes]
    return re.sub(r"\\(?:[uU]([0-9A-Fa-f]{4,8})|(.))", unescaped, inner, flags=re.DOTALL)
