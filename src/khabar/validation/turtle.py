"""Where each triple of Turtle, N-Triples, N-Quads or TriG stands: at its terms.

A grammar for documents that pyoxigraph has accepted: it knows terms and punctuation, and forgives the rest.
https://www.w3.org/TR/turtle/#sec-grammar
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.graph.triples import FIRST, NIL, REST, TYPE, Term
from khabar.validation.placed import Placed, PlacedTriple, Unreadable, resolved
from khabar.vocab import XSD

DEEPEST: Final = 200  # brackets inside brackets

_TOKEN: Final = re.compile(
    r"""(?P<space>(?:\s+|\#[^\n\r]*)+)
    |(?P<iri><[^\x00-\x20<>"{}|^`]*>)
    |(?P<text>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<typed>\^\^)
    |(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+\.[0-9]+|[0-9]+))
    |(?P<blank>_:[\w](?:[\w.·-]*[\w·-])?)
    |(?P<name>(?:[^\W_][\w.·-]*)?:(?:(?:[\w:·-]|%[0-9A-Fa-f]{2}|\\.|\.(?=[\w:·%\\.-]))*))
    |(?P<word>[A-Za-z]+)
    |(?P<mark>[\[\](){}.;,])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Token(NamedTuple):
    """A word of the document."""

    kind: str
    text: str
    start: int  # offset in the document


class Reader:
    """Reads triples, each term with the offset at which it stands."""

    def __init__(self, text: str, base: str) -> None:
        self._tokens = _tokens(text)
        self._next = next(self._tokens, None)
        self._base = base
        self._prefixes: dict[str, str] = {}
        self._blanks = 0
        self._found: list[PlacedTriple] = []
        self._depth = 0

    def triples(self) -> Iterator[PlacedTriple]:
        """Every triple, in the order in which the objects stand."""
        while self._next is not None:
            self._statement()
            yield from self._found
            self._found.clear()

    def _take(self, kind: str = "", text: str = "") -> Token:
        token = self._next
        if token is None or (kind and token.kind != kind) or (text and token.text != text):
            raise Unreadable
        self._next = next(self._tokens, None)
        return token

    def _is(self, *texts: str) -> bool:
        return self._next is not None and self._next.kind in ("mark", "word") and self._next.text in texts

    def _statement(self) -> None:
        token = self._next
        if token is None:
            return
        word = token.text.lstrip("@").lower()
        if token.kind in ("language", "word") and word in ("prefix", "base"):
            self._directive(word)
        elif self._is("}", ".") or token.kind == "word" and word == "graph" or self._is("{"):
            self._take()
        else:
            bracket = self._is("[")
            subject = self._term()
            if self._is("{"):  # it was the name of a graph
                self._take()
            elif not (bracket and self._is(".", "}")):
                self._predicates(subject)

    def _directive(self, word: str) -> None:
        self._take()
        if word == "base":
            self._base = self._resolved(self._take("iri"))
        else:
            prefix = self._take("name").text.removesuffix(":")
            self._prefixes[prefix] = self._resolved(self._take("iri"))
        if self._is("."):
            self._take()

    def _predicates(self, subject: Placed) -> None:
        while not self._is(".", "]", "}") and self._next is not None:
            if self._is(";"):
                self._take()
                continue
            verb = self._verb()
            while True:
                self._found.append((subject, verb, self._term()))
                if not self._is(","):
                    break
                self._take()
            if self._next is not None and self._next.kind in ("iri", "blank"):
                self._take()  # the graph of an N-Quad

    def _verb(self) -> Term:
        if self._is("a"):
            self._take()
            return TYPE
        return self._term()[0]

    def _term(self) -> Placed:
        token = self._take()
        if token.kind in ("iri", "name"):
            return self._named(token), token.start
        if token.kind == "blank":
            return ox.BlankNode(token.text[2:]), token.start
        if token.kind == "text":
            return self._literal(token), token.start
        if token.kind == "number":
            return ox.Literal(token.text, datatype=_number_type(token.text)), token.start
        if token.kind == "word" and token.text in ("true", "false"):
            return ox.Literal(token.text, datatype=ox.NamedNode(XSD.boolean)), token.start
        if token.text in ("[", "(") and self._depth < DEEPEST:
            self._depth += 1
            node = self._described() if token.text == "[" else self._list()
            self._depth -= 1
            return node, token.start
        raise Unreadable

    def _blank(self) -> ox.BlankNode:
        self._blanks += 1
        return ox.BlankNode(f"unnamed{self._blanks}")

    def _described(self) -> Term:
        node = self._blank()
        self._predicates((node, self._next.start if self._next else 0))
        self._take("mark", "]")
        return node

    def _list(self) -> Term:
        items = []
        while not self._is(")"):
            items.append(self._term())
        self._take("mark", ")")
        node: Term = NIL
        for value, start in reversed(items):
            rest, node = node, self._blank()
            self._found.append(((node, start), FIRST, (value, start)))
            self._found.append(((node, start), REST, (rest, start)))
        return node

    def _named(self, token: Token) -> ox.NamedNode:
        if token.kind == "iri":
            return ox.NamedNode(self._resolved(token))
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes:
            raise Unreadable
        return ox.NamedNode(self._prefixes[prefix] + re.sub(r"\\(.)", r"\1", local))

    def _resolved(self, token: Token) -> str:
        return resolved(_unescaped(token.text[1:-1]), self._base)

    def _literal(self, token: Token) -> ox.Literal:
        quotes = 3 if token.text[:3] in ('"""', "'''") else 1
        value = _unescaped(token.text[quotes:-quotes])
        after = self._next
        if after is not None and after.kind == "language":
            self._take()
            return ox.Literal(value, language=after.text[1:])
        if after is not None and after.kind == "typed":
            self._take()
            return ox.Literal(value, datatype=self._named(self._take()))
        return ox.Literal(value)


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.end() == position:
            raise Unreadable
        if match.lastgroup != "space":
            yield Token(str(match.lastgroup), match[0], position)
        position = match.end()


def _number_type(text: str) -> ox.NamedNode:
    if "e" in text.lower():
        return ox.NamedNode(XSD.double)
    return ox.NamedNode(XSD.decimal if "." in text else XSD.integer)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _PLAIN.get(m[3], m[3]), text)
