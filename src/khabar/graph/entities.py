"""What is known of the things that articles name: labels, classes, identity.

The graph is worked out anew from the article graphs and the gazetteer whenever a build is published,
so that it cannot depend on the order in which articles came, were replaced or removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from rdflib import Literal, URIRef

from khabar.graph.store import Named
from khabar.knowledge.gazetteer import Entry
from khabar.model import Quad
from khabar.vocab import BASE, KH, OWL, RDF, RDFS, SKOS

ENTITIES: Final = BASE["graph/entities"]

Name = tuple[Literal, int]  # and in how many articles it is printed


def describe(
    named: Iterable[Named], known: Mapping[URIRef, Entry], same: Iterable[tuple[URIRef, URIRef]] = ()
) -> tuple[Quad, ...]:
    """The quads of graph/entities: one label a language for each thing, from KNOWN where that has it.

    What a known thing is part of, and its capital, are described too: no link leads nowhere.  Pairs that
    are the SAME are linked.
    """
    named = list(named)
    curated = _closure((thing.entity for thing in named if thing.entity in known), known)
    quads = [quad for iri in sorted(curated) for quad in _entry(known[iri])]
    quads += [quad for thing in named if thing.entity not in known for quad in _thing(thing)]
    quads += [Quad(one, OWL.sameAs, other, ENTITIES) for one, other in same]
    return tuple(quads)


def _closure(start: Iterable[URIRef], known: Mapping[URIRef, Entry]) -> set[URIRef]:
    found: set[URIRef] = set()
    new = list(start)
    while new:
        iri = new.pop()
        if iri not in found and iri in known:
            found.add(iri)
            new.extend((*known[iri].part_of, *known[iri].capital))
    return found


def _entry(entry: Entry) -> Iterator[Quad]:
    yield Quad(entry.iri, RDF.type, entry.type, ENTITIES)
    several: dict[URIRef, tuple[URIRef | Literal, ...]] = {
        RDFS.label: entry.labels,
        SKOS.altLabel: entry.alternatives,
        KH.acronym: entry.acronyms,
        SKOS.notation: (Literal(entry.notation),) if entry.notation else (),
        OWL.sameAs: entry.same_as,
        KH.partOf: entry.part_of,
        KH.capital: entry.capital,
    }
    for predicate, values in several.items():
        yield from (Quad(entry.iri, predicate, value, ENTITIES) for value in values)


def _thing(thing: Named) -> Iterator[Quad]:
    """Something that only articles know of; its names stay in their graphs, the best become its labels."""
    yield from (Quad(thing.entity, RDF.type, cls, ENTITIES) for cls in thing.types)
    for language, names in groupby(thing.names, key=lambda name: name[0].language):
        if language is not None:
            yield Quad(thing.entity, RDFS.label, _best(names), ENTITIES)


def _best(names: Iterable[Name]) -> Literal:
    """The name to show: known to most articles, else full rather than short, else in its plainest form."""

    def rank(name: Name) -> tuple[int, int, int, str]:
        text, articles = str(name[0]), name[1]
        # A case ending or a clitic only lengthens a name: «Кофи Аннан», not «Кофи Аннаном».
        return -articles, -len(text.split()), len(text), text

    return min(names, key=rank)[0]
