"""The SPARQL 1.1 Protocol and HTTP content negotiation, as pure functions.

https://www.w3.org/TR/sparql11-protocol/ says what a request may look like, RFC 9110 which format
the client prefers, RFC 9457 how to say what went wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from khabar.errors import QueryError
from khabar.vocab import DEFAULT_BASE

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
PROBLEM: Final = "application/problem+json"


class Refusal(QueryError):
    """A request that is not answered, as a person and as HTTP see it."""

    def __init__(
        self,
        *,
        where: str,
        problem: str,
        fix: str,
        status: int = 400,
        code: str = "request",
        line: int | None = None,
        column: int | None = None,
        excerpt: str = "",
        headers: Mapping[str, str] | None = None,
        results: Sequence[Mapping[str, object]] = (),
    ) -> None:
        super().__init__(where=where, problem=problem, fix=fix)
        self.status = status  # of HTTP
        self.code = code  # stays the same when the wording changes; docs/endpoint.md lists them
        self.line = line  # both count from 1, in code points
        self.column = column
        self.excerpt = excerpt  # the line of the query with a caret below it at the column, or other lines
        self.headers = dict(headers or {})
        self.results = results  # of a validation, as its report in JSON has them


def problem_details(refusal: Refusal) -> dict[str, object]:
    """The body of an error: https://www.rfc-editor.org/rfc/rfc9457#section-3 and members of our own."""
    details: dict[str, object] = {
        "type": f"{DEFAULT_BASE}problem/{refusal.code}",
        "title": refusal.problem,
        "status": refusal.status,
        "detail": f"{refusal.where}: {refusal.problem}. {refusal.fix}",
        "where": refusal.where,
        "fix": refusal.fix,
    }
    if refusal.line is not None:
        details |= {"line": refusal.line, "column": refusal.column, "excerpt": refusal.excerpt}
    if refusal.results:
        details["results"] = list(refusal.results)
    return details


def problem(refusal: Refusal) -> bytes:
    """An error for a program, in PROBLEM."""
    return json.dumps(problem_details(refusal), ensure_ascii=False).encode()


# --- formats


class Format(NamedTuple):
    """One way to write an answer."""

    name: str  # as in `format=` and as a suffix
    media_type: str  # sent in Content-Type, and the name of the format inside the engine
    others: tuple[str, ...] = ()  # other names and media types that clients use for it


HTML: Final = Format("html", "text/html", ("application/xhtml+xml",))
JSON: Final = Format("json", "application/sparql-results+json", ("application/json", "srj"))
TURTLE: Final = Format("ttl", "text/turtle", ("turtle", "application/x-turtle", "text/n3", "n3"))
JSONLD: Final = Format("jsonld", "application/ld+json", ("json", "json-ld", "application/json"))
NTRIPLES: Final = Format("nt", "application/n-triples", ("ntriples", "text/plain"))
RDFXML: Final = Format("rdf", "application/rdf+xml", ("rdfxml", "xml", "application/xml", "text/xml"))
TRIG: Final = Format("trig", "application/trig")
NQUADS: Final = Format("nq", "application/n-quads", ("nquads",))

# https://www.w3.org/TR/sparql11-protocol/#query-success: the first of a row is what `*/*` gets.
SOLUTIONS: Final = (
    JSON,
    Format("xml", "application/sparql-results+xml", ("application/xml", "text/xml", "srx")),
    Format("csv", "text/csv"),
    Format("tsv", "text/tab-separated-values"),
)
TRIPLES: Final = (TURTLE, NTRIPLES, JSONLD, RDFXML)
ANSWERS: Final = {"SELECT": SOLUTIONS, "ASK": SOLUTIONS, "CONSTRUCT": TRIPLES, "DESCRIBE": TRIPLES}

_PROBLEM: Final = Format("problem", PROBLEM, ("application/json",))
_Q: Final = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z")


@lru_cache(maxsize=1024)  # what clients send is nearly always the same
def negotiate(accept: str | None, formats: tuple[Format, ...]) -> Format | None:
    """The format that an Accept header likes best, or None: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1

    Without a header, and among formats that are liked alike, the first one.  Parameters other than q
    are not looked at, so `application/ld+json;profile=…` means JSON-LD.
    """
    ranges = _media_ranges(accept or "*/*")
    liked = [(max(_quality(ranges, name) for name in _media_types(format_)), format_) for format_ in formats]
    best = max((quality for quality, _ in liked), default=0.0)
    return next((format_ for quality, format_ in liked if quality == best), None) if best > 0 else None


def prefers_html(accept: str | None) -> bool:
    """Whether the client would rather read a page than a problem in JSON."""
    return negotiate(accept, (_PROBLEM, HTML)) is HTML


def named(name: str, formats: Sequence[Format]) -> Format | None:
    """The format that `format=NAME` or a suffix asks for, by its name or media type, or None."""
    name = name.strip().lower()
    exact = (format_ for format_ in formats if name in (format_.name, format_.media_type))
    return next(exact, None) or next((format_ for format_ in formats if name in format_.others), None)


def choose(name: str | None, accept: str | None, formats: tuple[Format, ...]) -> Format:
    """The format to answer in; `format=` wins over the header.  Raises Refusal (406) with what there is."""
    found = named(name, formats) if name else negotiate(accept, formats)
    if found is None:
        asked = f"format={name}" if name else f"Accept: {accept}"
        raise Refusal(
            status=406,
            code="format",
            where=asked,
            problem="this cannot be answered in such a format",
            fix="ask for "
            + ", ".join(f"{format_.media_type} (format={format_.name})" for format_ in formats),
        )
    return found


def _media_types(format_: Format) -> list[str]:
    return [name for name in (format_.media_type, *format_.others) if "/" in name]


def _media_ranges(header: str) -> dict[str, float]:
    """Media range -> quality; what cannot be read is left out, as no client can mend it."""
    ranges: dict[str, float] = {}
    for part in header.split(","):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        qualities = [value[2:].strip() for value in parameters if value.startswith("q=")]
        if media_type.count("/") == 1 and all(_Q.match(quality) for quality in qualities):
            quality = float(qualities[0]) if qualities else 1.0
            ranges[media_type] = max(quality, ranges.get(media_type, 0.0))
    return ranges


def _quality(ranges: Mapping[str, float], media_type: str) -> float:
    """The most specific range that covers the media type counts."""
    kind = media_type.partition("/")[0]
    return next((ranges[name] for name in (media_type, f"{kind}/*", "*/*") if name in ranges), 0.0)


# --- requests


class Parameters(NamedTuple):
    """What a request asks: https://www.w3.org/TR/sparql11-protocol/#query-operation, or #update-operation"""

    text: str  # of the query or update
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


Values = Mapping[str, Sequence[str]]


def parameters(method: str, content_type: str, arguments: Values, form: Values, body: bytes) -> Parameters:
    """Read a query operation; raises Refusal.

    ARGUMENTS are those of the query string and FORM those of the body, each with all its values.
    """
    if method in ("GET", "HEAD"):  # https://www.w3.org/TR/sparql11-protocol/#query-via-get
        return _from_values(arguments, QUERYING)
    if _media_type(content_type) == UPDATE:
        raise read_only()
    return _posted(content_type, arguments, form, body, QUERYING)


def update_parameters(content_type: str, arguments: Values, form: Values, body: bytes) -> Parameters:
    """Read an update operation, which is always a POST; raises Refusal."""
    return _posted(content_type, arguments, form, body, UPDATING)


class _Operation(NamedTuple):
    name: str
    media_type: str
    default_graph: str  # the parameters that choose the dataset
    named_graph: str


QUERYING: Final = _Operation("query", QUERY, "default-graph-uri", "named-graph-uri")
UPDATING: Final = _Operation("update", UPDATE, "using-graph-uri", "using-named-graph-uri")


def _posted(
    content_type: str, arguments: Values, form: Values, body: bytes, operation: _Operation
) -> Parameters:
    media_type, name = _media_type(content_type), operation.name
    if media_type == FORM:  # https://www.w3.org/TR/sparql11-protocol/#query-via-post-urlencoded
        # The dataset may be chosen in the address, too: the test suite of the W3C does.
        chosen = {key: values for key, values in arguments.items() if key.endswith("graph-uri")}
        return _from_values({**chosen, **form}, operation)
    if media_type == operation.media_type:  # https://www.w3.org/TR/sparql11-protocol/#query-via-post-direct
        if name in arguments:
            raise _malformed(
                f"there is {_a(name)} in the address and another in the body", "send one of them"
            )
        _refuse_other(arguments, operation)
        return Parameters(_decode(body, content_type), *_dataset(arguments, operation))
    raise Refusal(
        status=415,
        code="media-type",
        where=f"Content-Type: {content_type or '(none)'}",
        problem=f"{_a(name)} cannot be read from such a body",
        fix=f"send it as {operation.media_type}, or as {name}=… in {FORM}",
    )


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def timeout(written: str | None) -> float | None:
    """The seconds that `timeout=` asks for, or None; it is in milliseconds, as with other endpoints.

    Raises Refusal.
    """
    if not written:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", written) or not int(written):
        raise Refusal(
            where=f"timeout={written[:40]}",
            problem="is no number of milliseconds",
            fix="write a whole number above 0, such as timeout=5000 for five seconds",
        )
    return int(written) / 1000


def _a(name: str) -> str:
    return f"{'an' if name.startswith('u') else 'a'} {name}"


def _from_values(values: Values, operation: _Operation) -> Parameters:
    _refuse_other(values, operation)
    name = operation.name
    texts = values.get(name, ())
    if not texts:
        raise _malformed(f"there is no {name}", f"put the text of one SPARQL {name} in {name}=…")
    if len(texts) > 1:
        plural = "queries" if operation is QUERYING else "updates"
        raise _malformed(f"there are {len(texts)} {plural}", f"send exactly one {name}=…")
    return Parameters(texts[0], *_dataset(values, operation))


def _dataset(values: Values, operation: _Operation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """https://www.w3.org/TR/sparql11-protocol/#dataset"""
    return tuple(values.get(operation.default_graph, ())), tuple(values.get(operation.named_graph, ()))


def _refuse_other(values: Values, operation: _Operation) -> None:
    if operation is QUERYING and "update" in values:
        raise read_only()
    if operation is UPDATING and "query" in values:
        raise _malformed("there is a query where only updates are done", "send queries to /sparql")


def _decode(body: bytes, content_type: str) -> str:
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", content_type, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        raise _malformed(f"the body is said to be {charset[1]}", "send it in UTF-8")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed(f"byte {error.start} of the body is not UTF-8", "send it in UTF-8") from error


def _malformed(problem: str, fix: str) -> Refusal:
    return Refusal(where="request", problem=problem, fix=fix)


def read_only() -> Refusal:
    """What an update is told where queries are answered, or where nothing may be written."""
    return Refusal(
        status=403,
        code="read-only",
        where="request",
        problem="this endpoint only answers queries",
        fix="updates have an address of their own, /update, where the operator has allowed them",
    )


# --- errors of syntax

_PLACE: Final = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)


def syntax_refusal(message: str, text: str, what: str = "query") -> Refusal:
    """What the engine says of what it cannot read, without its page of what might stand there."""
    place = _PLACE.match(message)
    if place is None:
        return Refusal(
            code="syntax", where=what, problem=f"is not SPARQL: {message}", fix=f"correct the {what}"
        )
    line, column, expected = int(place[1]), int(place[2]), place[3]
    problem, fix = "it is not SPARQL from here on", f"correct the {what} at the mark"
    if "Prefix not found" in expected:
        problem, fix = "it uses a prefix that is not declared", "add a PREFIX line for it"
    elif "IRI parsing failed" in expected:
        problem, fix = "this is not an IRI", "percent-encode what an IRI may not hold"
    return refuse_at(text, line, column, problem, fix, what=what)


def refuse_at(
    text: str,
    line: int,
    column: int,
    problem: str,
    fix: str,
    *,
    status: int = 400,
    code: str = "syntax",
    what: str = "query",
) -> Refusal:
    """A refusal that points to a place in the text of a query or update."""
    lines = text.splitlines() or [""]
    shown = lines[line - 1] if line <= len(lines) else ""
    return Refusal(
        status=status,
        code=code,
        where=f"{what}, line {line}, column {column}",
        problem=problem,
        fix=fix,
        line=line,
        column=column,
        excerpt=_excerpt(shown, column),
    )


def _excerpt(line: str, column: int, width: int = 72) -> str:
    """The part of a line around a column, and below it a caret."""
    start = max(0, column - 1 - width // 2)
    return f"{line[start : start + width]}\n{' ' * (column - 1 - start)}^"
