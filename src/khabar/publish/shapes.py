"""The shapes as a page shows them: what each looks at, what it demands there, and an example."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef

from khabar.knowledge.turtle import Term, Turtle
from khabar.publish.interface import Text
from khabar.publish.views import Thing, View, value
from khabar.resources import folder
from khabar.vocab import DEFAULT_BASE, KH, RDF, RDFS, SH, XSD

# What a shape looks at, by the text of the interface that says so.
TARGETS: Final = {
    SH.targetClass: "target-class",
    SH.targetSubjectsOf: "target-subjects",
    SH.targetObjectsOf: "target-objects",
}
_VALUE: Final = re.compile(r"\{[?$]\w+\}")  # in a message: what the result puts there
# What the page says in another way, or not at all.
_SAID: Final = frozenset(
    (
        RDF.type,
        SH.path,
        SH.property,
        SH.sparql,
        SH.message,
        SH.severity,
        KH.scope,
        RDFS.label,
        RDFS.comment,
        *TARGETS,
    )
)


class Target(NamedTuple):
    """Where a shape looks for its nodes."""

    kind: str  # a text of the interface
    term: Thing


class Demand(NamedTuple):
    """One thing that a shape demands of its nodes, or of the values of a path."""

    name: str  # the end of its IRI
    path: str  # as SPARQL writes it, or ""
    constraints: tuple[str, ...]  # as Turtle writes them
    message: Text | None
    query: str  # of sh:sparql: what it finds is wrong


class Shape(NamedTuple):
    """A shape that looks for nodes by itself."""

    name: str
    targets: tuple[Target, ...]
    is_of_corpus: bool  # whether it has to see all articles together
    severity: str  # violation or warning
    demands: tuple[Demand, ...]
    example: Thing | None  # a node of this graph that it looks at


@cache
def _turtle() -> Turtle:
    return Turtle.read(*sorted(folder("shapes").glob("*.ttl")))


def shapes(view: View) -> list[Shape]:
    """The shapes that come with the program, in the order of their files."""
    return [_shape(view, node) for node in _turtle().of_type(SH.NodeShape) if any(_targets(node))]


def _shape(view: View, node: Term) -> Shape:
    turtle = _turtle()
    targets = [(kind, rebased) for kind, term in _targets(node) if (rebased := _rebased(term, view))]
    rules = turtle.values(node, SH.sparql)
    severities = {_local(turtle.value(each, SH.severity) or SH.Violation) for each in (node, *rules)}
    own = Demand(_local(node), "", tuple(_constraints(node)), _message(view, node), "")
    parts = [_part(view, part) for part in turtle.values(node, SH.property)]
    queries = [_rule(view, rule) for rule in rules]
    return Shape(
        name=_local(node),
        targets=tuple(Target(TARGETS[kind], view.thing(iri)) for kind, iri in targets),
        is_of_corpus=str(turtle.value(node, KH.scope)) == "corpus",
        severity="warning" if severities == {"Warning"} else "violation",
        demands=(*([own] if own.constraints else []), *parts, *queries),
        example=next((found for target in targets if (found := _example(view, *target))), None),
    )


def _targets(node: Term) -> Iterator[tuple[URIRef, Term]]:
    return ((kind, term) for kind in TARGETS for term in _turtle().values(node, kind))


def _part(view: View, part: Term) -> Demand:
    path = _written(_turtle().value(part, SH.path))
    return Demand(_local(part), path, tuple(_constraints(part)), _message(view, part), "")


def _rule(view: View, rule: Term) -> Demand:
    select = str(_turtle().value(rule, SH.select) or "").strip()
    return Demand(_local(rule), "", (), _message(view, rule), select)


def _constraints(node: Term) -> Iterator[str]:
    """What a node demands, as Turtle writes it."""
    turtle = _turtle()
    for predicate, values in turtle.subjects.get(node, {}).items():
        if predicate not in _SAID:
            yield f"{_written(predicate)} {' , '.join(map(_written, values))}"


def _written(term: Term | None) -> str:
    """A term as Turtle writes it, with prefixes; lists and nodes without an IRI in full."""
    if isinstance(term, Literal):
        is_plain = term.datatype in (XSD.integer, XSD.decimal, XSD.boolean)  # and so in Turtle without quotes
        return str(term) if is_plain else term.n3()
    if isinstance(term, BNode):
        items = _turtle().items(term)
        if items:
            return f"( {' '.join(map(_written, items))} )"
        inside = (
            f"{_written(p)} {' , '.join(map(_written, o))}"
            for p, o in _turtle().subjects.get(term, {}).items()
        )
        return f"[ {' ; '.join(inside)} ]"
    return _turtle().short(term) if term is not None else ""


def _message(view: View, node: Term) -> Text | None:
    """What a shape says when it is broken, without the values that it puts in."""
    found: Mapping[str, str] = {
        text.language or "": _VALUE.sub("…", str(text))
        for text in _turtle().values(node, SH.message)
        if isinstance(text, Literal)
    }
    texts: Sequence[Text] = [view.interface.written(text, tag) for tag, text in found.items()]
    return view.interface.best(texts, view.language)


def _example(view: View, kind: URIRef, iri: str) -> Thing | None:
    """A thing of this graph that such a target finds."""
    if kind == SH.targetClass:
        below = [cls for cls, above in _above(view) if above == iri]
        type_ = ox.NamedNode(str(RDF.type))
        quads = (view.snapshot.example(type_, ox.NamedNode(cls)) for cls in [iri, *below])
        nodes: list[object] = [quad.subject for quad in quads if quad is not None]
    else:
        quad = view.snapshot.example(ox.NamedNode(iri))
        nodes = [] if quad is None else [quad.subject if kind == SH.targetSubjectsOf else quad.object]
    found = next(iter(nodes), None)
    return view.thing(found.value) if isinstance(found, ox.NamedNode) else None


def _above(view: View) -> list[tuple[str, str]]:
    rows = view.snapshot.once("superclasses.rq")
    return [(value(row["class"]), value(row["super"])) for row in rows]


def _rebased(term: Term, view: View) -> str:
    return str(term).replace(DEFAULT_BASE, view.snapshot.base, 1)


def _local(term: object) -> str:
    return str(term).rpartition("#")[2]
