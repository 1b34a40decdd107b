"""Which things of a graph are or may be one: by their names in any script, or by what is said of them.

Names are compared by the classes of their consonants, which finds false friends, too.  So two things are
one only if an office, a chair or a membership speaks for it as well as their names; everything else is a
proposal for a person to decide.  Numbers and years in a name tell two things apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeGuard

import pyoxigraph as ox
from rdflib import Literal, URIRef

from khabar.graph import alike
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


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two things that may be one."""

    left: Thing
    right: Thing
    named_alike: bool  # otherwise only what is said of them is alike
    shared: tuple[Fact, ...]


def proposals(store: ox.Store, knowledge: Knowledge, base: str = DEFAULT_BASE) -> list[Proposal]:
    """What may be one in the graph of a STORE, the likeliest first; what is decided already is left out."""
    return _open_pairs(store, knowledge, base, ox.DefaultGraph())


def links(store: ox.Store, knowledge: Knowledge, base: str = DEFAULT_BASE) -> Iterator[tuple[URIRef, URIRef]]:
    """Things that are one without anybody's decision, as IRIs under the default base, sorted."""
    telling = told_by(base)
    for pair in _open_pairs(store, knowledge, base, ox.NamedNode(rebase(CURATION, base))):
        if _is_told(pair, knowledge, telling):
            yield unbased(pair.left.iri, base), unbased(pair.right.iri, base)


def told_by(base: str) -> frozenset[URIRef]:
    """The relations that tell who somebody is."""
    return frozenset(rebase(predicate, base) for predicate in _TELLING)


def are_one(left: Thing, right: Thing, knowledge: Knowledge, telling: frozenset[URIRef]) -> bool:
    """Whether two things are one, as links() has it of the things of a whole store."""
    if not (_have_a_word_in_common(left, right, knowledge) or _are_in_like_roles(left, right)):
        return False
    pair = _proposal(left, right, knowledge)
    return pair is not None and _is_told(pair, knowledge, telling)


def skeletons(thing: Thing, knowledge: Knowledge) -> frozenset[Skeleton]:
    """What two things have in common, if links() finds that they are one."""
    return _skeletons(thing, knowledge)


def _have_a_word_in_common(left: Thing, right: Thing, knowledge: Knowledge) -> bool:
    words = ({w for s in _skeletons(t, knowledge) for w in s if len(w) > 1} for t in (left, right))
    return not set.isdisjoint(*words)


def _are_in_like_roles(left: Thing, right: Thing) -> bool:
    dated = {f for f in left.facts.keys() & right.facts.keys() if f.year or isinstance(f.other, Literal)}
    return bool(dated) and {n.language for n in left.names}.isdisjoint(n.language for n in right.names)


def _is_told(pair: Proposal, knowledge: Knowledge, telling: Collection[URIRef]) -> bool:
    """Whether two things that may be one have a name in common, and a relation that tells who they are."""
    names = (_skeletons(thing, knowledge) for thing in (pair.left, pair.right))
    return not frozenset.isdisjoint(*names) and any(fact.path[0] in telling for fact in pair.shared)


def _open_pairs(
    store: ox.Store, knowledge: Knowledge, base: str, decisions: ox.NamedNode | ox.DefaultGraph
) -> list[Proposal]:
    """Every pair that some graph of DECISIONS does not settle."""
    things = _things(store, knowledge, base)
    decided = _decided(store, decisions)
    pairs = (pair for pair in _pairs(things, knowledge) if frozenset(t.iri for t in pair) not in decided)
    found = filter(None, (_proposal(a, b, knowledge) for a, b in pairs))
    return sorted(found, key=lambda p: (-p.named_alike, -len(p.shared), p.left.iri, p.right.iri))


def _proposal(left: Thing, right: Thing, knowledge: Knowledge) -> Proposal | None:
    shared = tuple(sorted(left.facts.keys() & right.facts.keys(), key=str))
    named = any(_same_name(a, b) for a in _skeletons(left, knowledge) for b in _skeletons(right, knowledge))
    if _numbers(left) != _numbers(right):
        return None
    if named or (len(shared) >= FEWEST_FACTS and any(f.year or isinstance(f.other, Literal) for f in shared)):
        return Proposal(left, right, named, shared)
    return None


# --- pairs worth a look


def _pairs(things: Sequence[Thing], knowledge: Knowledge) -> Iterator[tuple[Thing, Thing]]:
    """Pairs of one kind that may be one: of like names, or of which two facts are told."""
    kinds: defaultdict[URIRef, list[Thing]] = defaultdict(list)
    for thing in things:
        kinds[thing.top].append(thing)
    for of_kind in kinds.values():
        places = alike.by_names([_skeletons(thing, knowledge) for thing in of_kind])
        places |= alike.by_facts([thing.facts for thing in of_kind])
        for one, other in sorted(places):
            left, right = of_kind[one], of_kind[other]
            if _have_a_word_in_common(left, right, knowledge) or _are_in_like_roles(left, right):
                yield left, right


# --- names


def _skeletons(thing: Thing, knowledge: Knowledge) -> frozenset[Skeleton]:
    """Its names of two words and more, without what tells scripts apart."""
    known = knowledge.languages
    found = (known[n.language].skeleton(n) for n in thing.names if n.language and n.language in known)
    return frozenset(skeleton for skeleton in found if len(skeleton) > 1)


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
            entity, _top(store, entity, knowledge, base), tuple(sorted(texts, key=str)), facts.get(entity, {})
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
