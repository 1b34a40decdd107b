"""Which things of many articles are one: those with a name and a telling relation in common meet.

The rule is that of graph/identity.py, and so is the code that applies it; here is how things get together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

import pyoxigraph as ox
from pyspark import RDD
from rdflib import Literal, URIRef

from khabar.graph.identity import Fact, Thing, are_one, meeting_points, skeletons, told_by
from khabar.graph.terms import literal_from_ox
from khabar.knowledge import Knowledge
from khabar.spark.worker import Given, Statement, knowledge
from khabar.vocab import KH, ORG, rebase, unbased

Names = tuple[tuple[str, str], ...]  # texts and their languages
Named = tuple[str, tuple[dict[tuple[str, str], int], frozenset[str]]]  # a thing, its names and classes
Told = tuple[tuple[str, ...], bool, str, str | None, str]  # path, forwards, other, year, statement


class Plain(NamedTuple):
    """A thing as plain values, which travel between processes unchanged."""

    iri: str
    top: str
    names: Names
    facts: tuple[Told, ...]


def same(
    named: RDD[Named],
    statements: RDD[Statement],
    bodies: RDD[tuple[str, str]],
    given: Given,
    partitions: int,
) -> RDD[tuple[str, str]]:
    """The pairs of things that are one, each once, as IRIs under the default base."""
    minted = f"{given.base}id/x-"
    mine = named.filter(lambda pair: pair[0].startswith(minted))
    facts = _facts(statements, bodies, given, partitions).groupByKey(partitions).mapValues(tuple)
    things = mine.leftOuterJoin(facts, partitions).mapPartitions(partial(_things, given=given))
    together = things.mapPartitions(partial(_keys, given=given)).groupByKey(partitions)
    return together.mapPartitions(partial(_pairs, given=given)).distinct(partitions)


def _facts(
    statements: RDD[Statement], bodies: RDD[tuple[str, str]], given: Given, partitions: int
) -> RDD[tuple[str, Told]]:
    """What is said of each thing; of a post, it is the body that it is in."""
    holds, post_in = str(rebase(KH.holdsPost, given.base)), str(ORG.postIn)
    minted = f"{given.base}id/x-"

    def is_post(said: Statement) -> bool:
        return said.predicate == holds and said.object.startswith("<")

    def through(pair: tuple[str, tuple[Statement, str]]) -> Iterator[tuple[str, Told]]:
        _, (said, body) = pair
        return _both_ways(said, (said.predicate, post_in), f"<{body}>", minted)

    def plainly(said: Statement) -> Iterator[tuple[str, Told]]:
        return _both_ways(said, (said.predicate,), said.object, minted)

    posts = statements.filter(is_post).map(lambda said: (said.object[1:-1], said))
    held = posts.join(bodies.reduceByKey(max, partitions), partitions).flatMap(through)
    return statements.filter(lambda said: not is_post(said)).flatMap(plainly).union(held)


def _both_ways(said: Statement, path: tuple[str, ...], value: str, minted: str) -> Iterator[tuple[str, Told]]:
    for forwards, me, other in ((True, f"<{said.subject}>", value), (False, value, f"<{said.subject}>")):
        # Every article would name the other so: a thing of the gazetteer or a date, not somebody's words.
        is_known = not other.startswith(f"<{minted}") and (other.startswith("<") or '"^^<' in other[-80:])
        if me.startswith(f"<{minted}") and is_known:
            yield me[1:-1], (path, forwards, other, said.year, said.iri)


def _things(joined: Iterable[tuple[str, Any]], *, given: Given) -> Iterator[Plain]:
    ontology = knowledge(given.knowledge).ontology
    for iri, ((names, types), facts) in joined:
        classes = sorted(unbased(cls, given.base) for cls in types)
        top = next((ontology.top(cls) for cls in classes if cls in ontology.classes), KH.Entity)
        if top != KH.Post:
            yield Plain(iri, str(top), tuple(sorted(names)), facts or ())


def _thing(plain: Plain, known: Knowledge) -> Thing:
    names = tuple(sorted((Literal(text, lang=language or None) for text, language in plain.names), key=str))
    facts: dict[Fact, tuple[URIRef, ...]] = {}
    for path, forwards, other, year, statement in plain.facts:
        fact = Fact(tuple(map(URIRef, path)), forwards, _term(other), year)
        facts[fact] = tuple(sorted((*facts.get(fact, ()), URIRef(statement))))
    return Thing(URIRef(plain.iri), URIRef(plain.top), names, facts, skeletons(names, known))


def _term(written: str) -> URIRef | Literal:
    if written.startswith("<"):
        return URIRef(written[1:-1])
    (triple,) = ox.parse(f"<urn:a> <urn:b> {written} .", format=ox.RdfFormat.N_TRIPLES)
    if not isinstance(triple.object, ox.Literal):
        raise TypeError(written)
    return literal_from_ox(triple.object)


def _keys(things: Iterable[Plain], *, given: Given) -> Iterator[tuple[tuple[str, ...], Plain]]:
    """Where a thing meets those that may be one with it."""
    known, telling = knowledge(given.knowledge), told_by(given.base)
    for plain in things:
        for name, fact in meeting_points(_thing(plain, known), telling):
            said = (*fact.path, str(fact.forwards), fact.other.n3(), fact.year or "")
            yield (plain.top, " ".join(name), *said), plain


def _pairs(together: Iterable[tuple[Any, Iterable[Plain]]], *, given: Given) -> Iterator[tuple[str, str]]:
    known, telling = knowledge(given.knowledge), told_by(given.base)
    for _, plains in together:
        met = {plain.iri: _thing(plain, known) for plain in plains}
        for left, right in combinations(sorted(met.values(), key=lambda thing: thing.iri), 2):
            if are_one(left, right, telling):
                yield str(unbased(left.iri, given.base)), str(unbased(right.iri, given.base))
