"""Which queries may run at all: one pass over the words of a query, before any engine sees it.

The engine fetches SERVICE from the web, cannot be stopped, and takes exponential time for some
nestings (research of reliability, T1, T6 and T7), so those are refused here.  What is merely
expensive is left to the deadline and the memory limit of the pool.

The pass must cut a query into the same tokens as the engine, or a keyword could hide in what only
one of them takes for a string or a comment.  There is one place where no lexer can know: after a
value inside round brackets, `<` begins an IRI in a list but is an operator in an expression.  Where
the two readings would part, the query is refused, with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urljoin

from khabar.publish.protocol import Refusal, read_only, refuse_at

FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES: Final = frozenset("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH".split())
# Measured: the time that pyoxigraph 0.5 takes to parse doubles with each level of these.
EXPONENTIAL: Final = ("SUBSTR", "REGEX", "REPLACE", "GROUP_CONCAT")
PATTERN_WORDS: Final = frozenset("UNION BIND OPTIONAL MINUS FILTER GRAPH EXISTS LATERAL".split())
# What these give differs from one run to the next, so an answer that holds it cannot be given twice.
FLEETING: Final = re.compile("NOW|RAND|UUID|BNODE")
CLOSING: Final = {")": "(", "]": "[", "}": "{"}


class Limits(NamedTuple):
    """What a query may have at most; a planner takes time that grows with the cube of its patterns."""

    size: int = 65_536  # bytes of UTF-8
    tokens: int = 10_000
    depth: int = 64  # brackets inside brackets
    groups: int = 24  # braces inside braces
    exponential: int = 6  # calls of EXPONENTIAL inside one another
    patterns: int = 150  # triple patterns, steps of paths, and groups
    quoted: int = 24  # triple terms


LIMITS: Final = Limits()


class Query(NamedTuple):
    """A query that may run."""

    text: str
    form: str  # one of FORMS
    default_graphs: tuple[str, ...]  # IRIs of FROM
    named_graphs: tuple[str, ...]  # IRIs of FROM NAMED
    normal: str  # the text without comments, and each space no more than one: what makes two queries the same
    is_repeatable: bool  # whether it has the same answer as long as the graph is the same

    @property
    def names_graphs(self) -> bool:
        """Whether it may hold GRAPH, in whatever way it is written."""
        return "GRAPH" in self.normal.upper() or "\\u" in self.normal.lower()


class Token(NamedTuple):
    """A word of a query: its kind is the name of a group of TOKEN."""

    kind: str
    text: str
    start: int


_IRI_CHARACTER: Final = r"""(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})"""
TOKEN: Final = re.compile(
    rf"""
      (?P<space>  \s+ | \#[^\r\n]* )
    | (?P<string> \"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\" | '''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
                | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' )
    | (?P<iri>    <{_IRI_CHARACTER}*> )
    | (?P<var>    [?$][\w·\u0300-\u036f\u203f\u2040]+ )
    | (?P<tag>    @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
    | (?P<name>   (?:[^\W\d_](?:[\w.\-·]*[\w\-·])?|_)?:(?:[\w:%\-.·]|\\.)* )
    | (?P<word>   [^\W\d]\w* )
    | (?P<number> [0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)? )
    | (?P<mark>   <<\(? | \^\^ | && | \|\| | \{{\| | . )
    """,
    re.VERBOSE | re.DOTALL,
)
# Whatever it is, no operator and its operand begin so: `http:` is a name, but `//` is no division.
_PLAIN_IRI: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_PARTING: Final = re.compile(r"[#'()\[\]]")


def inspect(text: str, base: str, limits: Limits = LIMITS) -> Query:
    """Let a query pass, or raise Refusal (400, 403 or 413).  BASE resolves the relative IRIs of FROM."""
    check_size(text, limits)
    return Inspection(text, base, limits).run()


def check_size(text: str, limits: Limits) -> None:
    """Raise Refusal (413) for a text that is longer than it may be."""
    if len(text) > limits.size or len(text.encode("utf-8", "replace")) > limits.size:
        raise Refusal(
            status=413, code="size", where="query", problem=f"it is longer than {limits.size} bytes",
            fix="ask in several queries, or take the dump",
        )  # fmt: skip


class Inspection:
    """One pass over one query."""

    def __init__(self, text: str, base: str, limits: Limits) -> None:
        self.text, self.base, self.limits = text, base, limits
        self.prefixes: dict[str, tuple[str, str]] = {}  # the IRI as written, and the base at that place
        self.form = ""
        self.graphs: dict[str, list[str]] = {"FROM": [], "NAMED": []}
        self.open: list[tuple[str, bool]] = []  # each bracket, and whether it belongs to an EXPONENTIAL call
        self.patterns = self.quoted = 0
        self.normal: list[str] = []
        self.is_repeatable = True
        self.last = self.before = Token("mark", "", 0)  # the last two tokens

    def run(self) -> Query:
        for count, token in enumerate(self._tokens(), 1):
            if count > self.limits.tokens:
                raise self._refuse(token, f"it has more than {self.limits.tokens} words", code="size")
            match token.kind:
                case "word":
                    self._word(token)
                case "mark":
                    self._mark(token)
                case "iri" | "name":
                    self._iri(token)
            self.before, self.last = self.last, token
        self._end()
        return Query(
            self.text, self.form, tuple(self.graphs["FROM"]), tuple(self.graphs["NAMED"]),
            "".join(self.normal).strip(), self.is_repeatable,
        )  # fmt: skip

    def _end(self) -> None:
        if not self.form:
            raise self._refuse(
                self.last, "there is no SELECT, ASK, CONSTRUCT or DESCRIBE", "begin with one of them"
            )

    def _tokens(self) -> Iterator[Token]:
        position = 0
        while found := TOKEN.match(self.text, position):
            position = found.end()
            kind = found.lastgroup or "mark"
            if kind == "space":
                if self.normal and self.normal[-1] != " ":  # kept as one: `< =` is not what `<=` is
                    self.normal.append(" ")
                continue
            token = Token(kind, found.group(), found.start())
            if kind == "iri" and self._is_ambiguous(token):
                if _PARTING.search(token.text):
                    raise self._refuse(
                        token, "this can be read as an IRI or as a comparison", "put a space after <"
                    )
                position = token.start + 1
                token = Token("mark", "<", token.start)
            self.normal.append(token.text)
            yield token

    def _is_ambiguous(self, token: Token) -> bool:
        last = self.last
        is_value = (
            last.kind in ("var", "string", "tag", "name", "iri", "number")
            or last.text == ")"
            or (last.kind == "word" and last.text.upper().endswith(("TRUE", "FALSE")))
        )
        in_brackets = bool(self.open) and self.open[-1][0] == "("
        return is_value and in_brackets and not _PLAIN_IRI.match(token.text)

    def _word(self, token: Token) -> None:
        word = token.text.upper()
        if "SERVICE" in word:  # also in trueSERVICE, where the engine needs no space
            self._service(token)
        if not self.form:
            self._begin(token, word)
        if word in PATTERN_WORDS:
            self._count_pattern(token)
        if FLEETING.search(word):
            self.is_repeatable = False

    def _begin(self, token: Token, word: str) -> None:
        if word in UPDATES:
            raise read_only()
        if word in FORMS:
            self.form = word
        elif word not in ("BASE", "PREFIX", "VERSION"):
            raise self._refuse(token, "a query does not begin so", "begin with " + ", ".join(FORMS))

    def _mark(self, token: Token) -> None:
        mark = token.text
        if mark == "[" and self.form == "CONSTRUCT":
            self.is_repeatable = False  # in the template it makes a new blank node for each solution
        if mark == "{" and self.last.kind == "name" and self.last.text.upper().startswith("SERVICE"):
            raise self._refuse_service(self.last)  # `service:x {` is SERVICE and :x to the engine
        if mark in "([{":
            is_call = (
                mark == "(" and self.last.kind == "word" and self.last.text.upper().endswith(EXPONENTIAL)
            )
            self.open.append((mark, is_call))
            self._check_depth(token)
        elif mark in CLOSING and self.open and self.open[-1][0] == CLOSING[mark]:
            self.open.pop()
        elif mark in ("<<", "<<(", "{|"):
            self.quoted += 1
            if self.quoted > self.limits.quoted:
                raise self._refuse(token, f"it has more than {self.limits.quoted} triple terms", code="size")
        if mark in ".;/|^[" or (mark == "," and not (self.open and self.open[-1][0] == "(")):
            self._count_pattern(token)

    def _iri(self, token: Token) -> None:
        last = self.last.text.upper()
        if token.text.startswith("_:") and self.form == "CONSTRUCT":
            self.is_repeatable = False
        if token.kind == "iri" and last == "BASE":
            self.base = self._resolve(token.text, self.base)
        elif token.kind == "iri" and self.before.text.upper() == "PREFIX":
            self.prefixes[self.last.text.removesuffix(":")] = token.text, self.base
        elif last == "FROM" or (last == "NAMED" and self.before.text.upper() == "FROM"):
            self.graphs[last].append(self._resolve(token.text, self.base))

    def _resolve(self, text: str, base: str) -> str:
        """The IRI that a token stands for.  The engine is told which graphs to use: a slip leaks nothing."""
        if text.startswith("<"):
            decoded = re.sub(
                r"\\[uU]([0-9A-Fa-f]+)", lambda match: chr(min(int(match[1], 16), 0x10FFFF)), text[1:-1]
            )
            return decoded if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", decoded) else urljoin(base, decoded)
        prefix, _, local = text.partition(":")
        return self._resolve(*self.prefixes.get(prefix, ("<>", ""))) + re.sub(r"\\(.)", r"\1", local)

    def _check_depth(self, token: Token) -> None:
        limits = self.limits
        groups = sum(bracket == "{" for bracket, _ in self.open)
        calls = sum(is_call for _, is_call in self.open)
        if len(self.open) > limits.depth or groups > limits.groups or calls > limits.exponential:
            raise self._refuse(token, "it is nested too deeply", code="size")

    def _count_pattern(self, token: Token) -> None:
        self.patterns += 1
        if self.patterns > self.limits.patterns:
            raise self._refuse(token, f"it has more than {self.limits.patterns} patterns", code="size")

    def _service(self, token: Token) -> None:
        raise self._refuse_service(token)

    def _refuse_service(self, token: Token) -> Refusal:
        problem = "SERVICE is not allowed: this endpoint fetches nothing"
        return self._refuse(token, problem, "ask the other endpoint yourself", status=403, code="service")

    def _refuse(
        self, token: Token, problem: str, fix: str = "ask in several smaller queries",
        *, status: int = 400, code: str = "syntax",
    ) -> Refusal:  # fmt: skip
        before = self.text[: token.start]
        line, column = before.count("\n") + 1, token.start - (before.rfind("\n") + 1) + 1
        return refuse_at(self.text, line, column, problem, fix, status=status, code=code)
