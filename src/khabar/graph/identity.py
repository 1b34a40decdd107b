"""Which things of a graph are or may be one: by their names in any script, or by what is said of them.

Names are compared by the classes of their consonants, which finds false friends, too.  So two things are
one only if an office, a chair or a membership speaks for it as well as their names; everything else is a
proposal for a person to decide.  Numbers and years in a name tell two things apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, product
from typing import Final, NamedTuple, TypeGuard, TypeVar

import pyoxigraph as ox
from rdflib import Literal, URIRef

from khabar.graph.curation import CURATION
from khabar.graph.entities import ENTITIES
from khabar.graph.terms import from_ox, literal_from_ox
from khabar.knowledge import Knowledge
from khabar.vocab import DEFAULT_BASE, KH, NIF, ORG, OWL, RDF, SKOS, rebase, unbased

# An office, a chair and a membership tell who somebody is; a visit or a word of support does not.
_TELLING: Final = frozenset({KH.holdsPost, KH.chairs, KH.memberOf})
FEWEST_FACTS: Final = 2  # that two things of unlike names must share to be proposed
_DIGITS: Final = re.compile(r"\d+")

Skeleton = tuple[str, ...]
Key = TypeVar("Key", bound=Hashable)


class Fact(NamedTuple):
    """What is said of a thing, without the thing itself."""

    path: tuple[URIRef, ...]  # a property, or two of which the second follows the first
    forwards: bool  # whether the thing is the subject
    other: URIRef | Literal  # known in every article: of the gazetteer, or a value
    year: str | None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that articles name, and what they say of it."""

    iri: URIRef
    top: URIRef  # of the classes that tell entities apart
    names: tuple[Literal, ...]
    facts: Mapping[Fact, tuple[URIRef, ...]] = field(compare=False)  # with the statements of each
    skeletons: frozenset[Skeleton] = field(compare=False)  # of its names


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two things that may be one."""

    left: Thing
    right: Thing
    named_alike: bool  # otherwise only what is said of them is alike
    shared: tuple[Fact, ...]


Pair = tuple[Thing, Thing]


def proposals(store: ox.Store, knowledge: Knowledge, base: str = DEFAULT_BASE) -> list[Proposal]:
    """What may be one in the graph of a STORE, the likeliest first; what is decided already is left out."""
    decided = _decided(store, ox.DefaultGraph())
    things = _things(store, knowledge, base)
    pairs = {(a.iri, b.iri): (a, b) for a, b in (*_alike(things), *_with_facts_in_common(things))}
    open_pairs = (things for pair, things in pairs.items() if frozenset(pair) not in decided)
    found = filter(None, (_proposal(a, b) for a, b in open_pairs))
    return sorted(found, key=lambda p: (-p.named_alike, -len(p.shared), p.left.iri, p.right.iri))


def links(store: ox.Store, knowledge: Knowledge, base: str = DEFAULT_BASE) -> Iterator[tuple[URIRef, URIRef]]:
    """Things that are one without anybody's decision, as IRIs under the default base, sorted."""
    telling = told_by(base)
    decided = _decided(store, ox.NamedNode(rebase(CURATION, base)))
    met = _pairs(_things(store, knowledge, base), lambda thing: meeting_points(thing, telling))
    found = {(a.iri, b.iri) for a, b in met if are_one(a, b, telling)}
    yield from sorted(
        (unbased(a, base), unbased(b, base)) for a, b in found if frozenset((a, b)) not in decided
    )


def told_by(base: str) -> frozenset[URIRef]:
    """The relations that tell who somebody is."""
    return frozenset(rebase(predicate, base) for predicate in _TELLING)


def meeting_points(thing: Thing, telling: Collection[URIRef]) -> Iterator[tuple[Skeleton, Fact]]:
    """What two things have in common, if they are one: a whole name and a fact of a TELLING relation."""
    told = [fact for fact in thing.facts if fact.path[0] in telling]
    return product(thing.skeletons, told)


def are_one(left: Thing, right: Thing, telling: Collection[URIRef]) -> bool:
    """Whether two things that may be one have a name in common, and a relation that tells who they are."""
    pair = _proposal(left, right)
    if pair is None or not (_have_a_word_in_common(left, right) or _share_no_language(left, right)):
        return False
    told = any(fact.path[0] in telling for fact in pair.shared)
    return told and not left.skeletons.isdisjoint(right.skeletons)


def _proposal(left: Thing, right: Thing) -> Proposal | None:
    if _numbers(left) != _numbers(right):
        return None
    shared = tuple(sorted(left.facts.keys() & right.facts.keys(), key=str))
    alike = any(_same_name(a, b) for a in left.skeletons for b in right.skeletons)
    if alike or (len(shared) >= FEWEST_FACTS and any(map(_is_dated, shared))):
        return Proposal(left, right, alike, shared)
    return None


def _other_facts(fact: Fact, thing: Thing) -> set[Fact]:
    return thing.facts.keys() - {fact}


def _is_dated(fact: Fact) -> bool:
    return fact.year is not None or isinstance(fact.other, Literal)


# --- pairs worth a look


def _alike(things: Iterable[Thing]) -> Iterator[Pair]:
    """Pairs of one kind with names that may be the same: a word in common, and another that is nearly so.

    Words that differ by a letter have one of their forms without a letter in common, as in SymSpell.
    """
    for word, block in _blocks(things, lambda thing: _words(thing.skeletons)):
        yield from _pairs(block, partial(_beside, word))


def _with_facts_in_common(things: Iterable[Thing]) -> Iterator[Pair]:
    """Pairs of one kind that may be called alike, of which a dated thing is said and another one."""
    for dated, block in _blocks(things, lambda thing: filter(_is_dated, thing.facts)):
        for a, b in _pairs(block, partial(_other_facts, dated)):
            if _have_a_word_in_common(a, b) or _share_no_language(a, b):
                yield a, b


def _pairs(things: Iterable[Thing], keys: Callable[[Thing], Iterable[Key]]) -> Iterator[Pair]:
    for _, block in _blocks(things, keys):
        yield from combinations(block, 2)


def _blocks(
    things: Iterable[Thing], keys: Callable[[Thing], Iterable[Key]]
) -> Iterator[tuple[Key, list[Thing]]]:
    """Things of one kind that have a key in common, for each key that several have."""
    blocks: defaultdict[tuple[URIRef, Key], list[Thing]] = defaultdict(list)
    for thing in things:
        for key in keys(thing):
            blocks[thing.top, key].append(thing)
    for (_, key), block in blocks.items():
        if len(block) > 1:
            yield key, block


def _have_a_word_in_common(left: Thing, right: Thing) -> bool:
    return not _words(left.skeletons).isdisjoint(_words(right.skeletons))


def _share_no_language(left: Thing, right: Thing) -> bool:
    return {n.language for n in left.names}.isdisjoint(n.language for n in right.names)


# --- names


def skeletons(names: Iterable[Literal], knowledge: Knowledge) -> frozenset[Skeleton]:
    """NAMES of two words and more, without what tells scripts apart."""
    known = knowledge.languages
    found = (known[n.language].skeleton(n) for n in names if n.language and n.language in known)
    return frozenset(skeleton for skeleton in found if len(skeleton) > 1)


def _words(names: Iterable[Skeleton]) -> set[str]:
    return {word for name in names for word in name if len(word) > 1}


def _beside(word: str, thing: Thing) -> set[str]:
    """What stands beside WORD in names, and its forms without one letter."""
    found = {other for name in thing.skeletons if word in name for other in _without(word, name)}
    return found | {other[:i] + other[i + 1 :] for other in found for i in range(len(other))}


def _without(word: str, name: Skeleton) -> Skeleton:
    at = name.index(word)
    return name[:at] + name[at + 1 :]


def _same_name(one: Skeleton, other: Skeleton) -> bool:
    """Whether each word of the shorter stands in the longer; one of them may differ by a consonant."""
    short, long = sorted((one, other), key=len)
    rest = list(long)
    strange = []
    for word in short:
        if word in rest:
            rest.remove(word)
        else:
            strange.append(word)
    if not strange:
        return sum(map(len, short)) > 3
    return len(strange) == 1 and any(_one_apart(strange[0], word) for word in rest) and len(short) > 1


def _one_apart(one: str, other: str) -> bool:
    """Whether one insertion, deletion or change makes ONE the OTHER; two letters are too few for that."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1 or len(long) < 3:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


def _numbers(thing: Thing) -> frozenset[str]:
    return frozenset(number for name in thing.names for number in _DIGITS.findall(name))


# --- what the graph says


def _things(store: ox.Store, knowledge: Knowledge, base: str) -> list[Thing]:
    """What articles name and the gazetteer does not know, sorted by IRI. Posts are left to their holders."""
    minted = f"{base}id/x-"
    names: defaultdict[URIRef, set[Literal]] = defaultdict(set)
    for quad in _with(store, SKOS.altLabel):
        if _iri(quad.subject).startswith(minted) and isinstance(quad.object, ox.Literal):
            names[_iri(quad.subject)].add(literal_from_ox(quad.object))
    facts = _facts(store, minted, base)
    found = [
        Thing(
            entity,
            _top(store, entity, knowledge, base),
            tuple(sorted(texts, key=str)),
            facts.get(entity, {}),
            skeletons(texts, knowledge),
        )
        for entity, texts in sorted(names.items())
    ]
    return [thing for thing in found if thing.top != KH.Post]


def _top(store: ox.Store, entity: URIRef, knowledge: Knowledge, base: str) -> URIRef:
    """The kind of an entity; of several the first by the order in which kinds tell things apart."""
    ontology = knowledge.ontology
    # What graph/entities says is worked out anew from the articles, so it may be of an earlier build.
    derived = (ox.DefaultGraph(), ox.NamedNode(rebase(ENTITIES, base)))
    stated = store.quads_for_pattern(ox.NamedNode(entity), ox.NamedNode(RDF.type), None, None)
    classes = sorted({unbased(_iri(q.object), base) for q in stated if q.graph_name not in derived})
    return next((ontology.top(cls) for cls in classes if cls in ontology.classes), KH.Entity)


def _facts(store: ox.Store, minted: str, base: str) -> dict[URIRef, dict[Fact, tuple[URIRef, ...]]]:
    """By entity, what statements say of it and something that is known beyond one article."""
    found: defaultdict[URIRef, defaultdict[Fact, list[URIRef]]] = defaultdict(lambda: defaultdict(list))
    # Posts are named in one language each; the bodies that they are in are known in all.
    bodies = dict(sorted((_iri(quad.subject), _iri(quad.object)) for quad in _with(store, ORG.postIn)))
    for quad in _with(store, RDF.predicate):
        statement, predicate = _iri(quad.subject), _iri(quad.object)
        subject, value = (_value(store, statement, part) for part in (RDF.subject, RDF.object))
        path: tuple[URIRef, ...] = (predicate,)
        if predicate == rebase(KH.holdsPost, base) and isinstance(value, URIRef):
            path, value = (predicate, ORG.postIn), bodies.get(value)
        for forwards, me, other in ((True, subject, value), (False, value, subject)):
            if isinstance(me, URIRef) and me.startswith(minted) and _is_known(other, minted):
                fact = Fact(path, forwards, other, _year(store, statement, base))
                found[me][fact].append(statement)
    return {me: {fact: tuple(sorted(s)) for fact, s in said.items()} for me, said in found.items()}


def _is_known(term: URIRef | Literal | None, minted: str) -> TypeGuard[URIRef | Literal]:
    """Whether every article would name it so: a date, but not somebody's words; a thing of the gazetteer."""
    if isinstance(term, Literal):
        return term.datatype is not None
    return term is not None and not term.startswith(minted)


def _year(store: ox.Store, statement: URIRef, base: str) -> str | None:
    value = _value(store, statement, URIRef(rebase(KH.earliest, base)))
    return None if value is None else str(value)[:4]


def evidence(store: ox.Store, statement: URIRef, base: str = DEFAULT_BASE) -> tuple[str, ...]:
    """The words that make a STATEMENT, in the order of their spans' IRIs."""
    spans = store.quads_for_pattern(
        ox.NamedNode(statement), ox.NamedNode(rebase(KH.evidence, base)), None, ox.DefaultGraph()
    )
    words = (
        _value(store, _iri(quad.object), NIF.anchorOf) for quad in sorted(spans, key=lambda q: str(q.object))
    )
    return tuple(str(word) for word in words if word is not None)


def _decided(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> set[frozenset[URIRef]]:
    """Pairs of which a graph says whether they are one."""
    verbs = (ox.NamedNode(OWL.sameAs), ox.NamedNode(OWL.differentFrom))
    found = (quad for verb in verbs for quad in store.quads_for_pattern(None, verb, None, graph))
    return {frozenset((_iri(quad.subject), _iri(quad.object))) for quad in found}


def _with(store: ox.Store, predicate: URIRef) -> Iterator[ox.Quad]:
    return store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())


def _value(store: ox.Store, subject: URIRef, predicate: URIRef) -> URIRef | Literal | None:
    quads = store.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(predicate), None, ox.DefaultGraph())
    found = (from_ox(quad.object) for quad in quads)
    return next((term for term in found if isinstance(term, URIRef | Literal)), None)


def _iri(node: object) -> URIRef:
    return URIRef(node.value) if isinstance(node, ox.NamedNode) else URIRef(str(node))
