"""The constraint components of SHACL's core language, each a function that hands out what is at fault.

https://www.w3.org/TR/shacl/#core-components  The components that refer to other shapes get those as functions
that say whether a node conforms; compiled.py makes them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from khabar.graph.literals import less, well_formed
from khabar.graph.triples import Term, Terms, Triples
from khabar.vocab import SH

Values = Iterable[Term | None]  # at fault; None where the fault lies with no value, as when there are too few
Check = Callable[[Triples, Term, Terms], Values]  # of a graph, a focus node and its value nodes
Conforms = Callable[[Triples, Term], bool]

TRUE: Final = ox.Literal(True)  # as the specification writes it; "1"^^xsd:boolean is another term
_FLAGS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def each(holds: Conforms) -> Check:
    """A check of every value node by itself."""
    return lambda data, focus, values: [value for value in values if not holds(data, value)]


# --- what a value is


def of_class(cls: Term) -> Check:
    """sh:class"""
    return each(lambda data, value: not isinstance(value, ox.Literal) and data.is_a(value, cls))


def of_datatype(datatype: Term) -> Check:
    """sh:datatype, which a literal that its datatype does not know breaks too."""

    def holds(_: Triples, value: Term) -> bool:
        return isinstance(value, ox.Literal) and value.datatype == datatype and well_formed(value)

    return each(holds)


def of_kind(kind: Term) -> Check:
    """sh:nodeKind"""
    name = str(kind)
    kinds = (("IRI", ox.NamedNode), ("BlankNode", ox.BlankNode), ("Literal", ox.Literal))
    allowed = tuple(cls for part, cls in kinds if part in name)
    if not allowed or not isinstance(kind, ox.NamedNode) or not kind.value.startswith(str(SH)):
        raise ValueError("has a sh:nodeKind that SHACL does not know")
    return each(lambda _, value: isinstance(value, allowed))


# --- how many there are


def at_least(count: Term) -> Check:
    """sh:minCount"""
    least = whole(count)
    return lambda data, focus, values: () if len(values) >= least else (None,)


def at_most(count: Term) -> Check:
    """sh:maxCount"""
    most = whole(count)
    return lambda data, focus, values: () if len(values) <= most else (None,)


def whole(count: Term) -> int:
    """A literal as a number, 0 or more."""
    if isinstance(count, ox.Literal) and re.fullmatch(r"\+?[0-9]{1,18}", count.value):
        return int(count.value)
    raise ValueError("has a count or a length that is no whole number")


# --- how large it is


def above(limit: Term) -> Check:
    """sh:minExclusive"""
    return each(lambda _, value: less(limit, value))


def from_(limit: Term) -> Check:
    """sh:minInclusive"""
    return each(lambda _, value: less(limit, value, or_equal=True))


def below(limit: Term) -> Check:
    """sh:maxExclusive"""
    return each(lambda _, value: less(value, limit))


def to(limit: Term) -> Check:
    """sh:maxInclusive"""
    return each(lambda _, value: less(value, limit, or_equal=True))


# --- how it is written


def text(term: Term) -> str | None:
    """What SPARQL's str() gives; nothing of a blank node."""
    return None if isinstance(term, ox.BlankNode) else term.value


def as_long_as(length: Term) -> Check:
    """sh:minLength"""
    least = whole(length)
    return each(lambda _, value: not least or ((said := text(value)) is not None and len(said) >= least))


def no_longer_than(length: Term) -> Check:
    """sh:maxLength"""
    most = whole(length)
    return each(lambda _, value: (said := text(value)) is not None and len(said) <= most)


def like(pattern: Term, flags: Term | None) -> Check:
    """sh:pattern with sh:flags"""
    given = "" if flags is None else text(flags) or ""
    words = text(pattern) or ""
    try:
        search = re.compile(
            re.escape(words) if "q" in given else words, sum(_FLAGS.get(flag, 0) for flag in set(given))
        ).search
    except re.error as error:
        raise ValueError(f"has a sh:pattern that is no regular expression: {error}") from error
    return each(lambda _, value: (said := text(value)) is not None and search(said) is not None)


def in_language(ranges: list[Term]) -> Check:
    """sh:languageIn: https://www.rfc-editor.org/rfc/rfc4647#section-3.3.1"""
    wanted = [(text(range_) or "").lower() for range_ in ranges]

    def holds(_: Triples, value: Term) -> bool:
        tag = value.language if isinstance(value, ox.Literal) else None
        return bool(tag) and any(w == "*" or tag == w or str(tag).startswith(f"{w}-") for w in wanted)

    return each(holds)


def unique_languages(flag: Term) -> Check:
    """sh:uniqueLang"""

    def repeated(_: Triples, __: Term, values: Terms) -> Values:
        tags = Counter(value.language for value in values if isinstance(value, ox.Literal) and value.language)
        return [None for count in tags.values() if count > 1]

    return repeated if flag == TRUE else lambda data, focus, values: ()


# --- beside the values of another property


def same_as(other: Term) -> Check:
    """sh:equals"""

    def differing(data: Triples, focus: Term, values: Terms) -> Values:
        others = data.objects(focus, other)
        yield from (value for value in values if value not in others)
        yield from (value for value in others if value not in values)

    return differing


def apart_from(other: Term) -> Check:
    """sh:disjoint"""

    def shared(data: Triples, focus: Term, values: Terms) -> Values:
        others = data.objects(focus, other)
        return [value for value in values if value in others]

    return shared


def before(other: Term, *, or_equal: bool) -> Check:
    """sh:lessThan, sh:lessThanOrEquals"""

    def late(data: Triples, focus: Term, values: Terms) -> Values:
        others = data.objects(focus, other)
        return [v for v in values for after in others if not less(v, after, or_equal=or_equal)]

    return late


# --- as other shapes say


def conforming(shape: Conforms) -> Check:
    """sh:node"""
    return each(shape)


def not_conforming(shape: Conforms) -> Check:
    """sh:not"""
    return each(lambda data, value: not shape(data, value))


def all_of(shapes: list[Conforms]) -> Check:
    """sh:and"""
    return each(lambda data, value: all(shape(data, value) for shape in shapes))


def any_of(shapes: list[Conforms]) -> Check:
    """sh:or"""
    return each(lambda data, value: any(shape(data, value) for shape in shapes))


def one_of(shapes: list[Conforms]) -> Check:
    """sh:xone"""
    return each(lambda data, value: sum(shape(data, value) for shape in shapes) == 1)


def qualified(shape: Conforms, siblings: list[Conforms], fits: Callable[[int], bool]) -> Check:
    """sh:qualifiedValueShape with a count that FITS; values of its SIBLINGS do not count."""

    def wrong(data: Triples, _: Term, values: Terms) -> Values:
        counted = (v for v in values if not any(other(data, v) for other in siblings))
        return () if fits(sum(shape(data, value) for value in counted)) else (None,)

    return wrong


# --- the rest


def listed(members: list[Term]) -> Check:
    """sh:in"""
    allowed = frozenset(members)
    return each(lambda _, value: value in allowed)


def having(wanted: Term) -> Check:
    """sh:hasValue"""
    return lambda data, focus, values: () if wanted in values else (None,)


def unforeseen(data: Triples, values: Terms, foreseen: frozenset[Term]) -> Iterator[tuple[Term, Term]]:
    """sh:closed: each property that is not FORESEEN, with its value."""
    for node in values:
        for predicate, found in data.by_subject.get(node, {}).items():
            if predicate not in foreseen:
                yield from ((predicate, value) for value in found)
