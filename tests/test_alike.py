"""Pairs that may be one thing: found without looking at every pair, and none is missed."""

from __future__ import annotations

from itertools import combinations
from types import MappingProxyType
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from khabar.graph.alike import by_facts, by_names
from khabar.graph.identity import Fact, Thing, _pairs, _proposal, are_one, told_by
from khabar.knowledge import Knowledge, load
from khabar.vocab import DEFAULT_BASE, KH

KNOWLEDGE: Final[Knowledge] = load()
WORDS: Final = st.sampled_from(["omar", "omran", "omara", "salim", "salima", "nur", "n", "karim", "karima"])
NAMES: Final = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
OTHERS: Final = st.sampled_from([URIRef(f"{DEFAULT_BASE}id/{name}") for name in ("league", "club", "union")])
FACTS: Final = st.builds(
    Fact,
    st.sampled_from([(KH.chairs,), (KH.visited,)]),
    st.just(True),
    OTHERS,
    st.sampled_from([None, "2020", "2021"]),
)
KINDS: Final = st.sampled_from([KH.Person, KH.Organization])


@st.composite
def things(draw: st.DrawFn) -> list[Thing]:
    found = []
    for n in range(draw(st.integers(2, 8))):
        names = draw(st.lists(NAMES, min_size=1, max_size=2))
        language = draw(st.sampled_from(["en", "ru"]))
        facts = dict.fromkeys(draw(st.lists(FACTS, max_size=4)), (URIRef(f"{DEFAULT_BASE}id/s-{n}"),))
        iri = URIRef(f"{DEFAULT_BASE}id/x-{n:02}")
        texts = tuple(Literal(text, lang=language) for text in names)
        found.append(Thing(iri, draw(KINDS), texts, MappingProxyType(facts)))
    return found


@given(of=things())
def test_what_is_proposed_is_what_every_pair_would_give(of: list[Thing]) -> None:
    """One word in common, or one dated thing said of both in two languages: then the pair is judged."""
    every = {
        (a.iri, b.iri)
        for a, b in combinations(of, 2)
        if a.top == b.top and _worth_a_look(a, b) and _proposal(a, b, KNOWLEDGE) is not None
    }
    found = [(a.iri, b.iri) for a, b in _pairs(of, KNOWLEDGE) if _proposal(a, b, KNOWLEDGE) is not None]
    assert sorted(found) == sorted(every)


def _worth_a_look(a: Thing, b: Thing) -> bool:
    def words(thing: Thing) -> set[str]:
        known = (KNOWLEDGE.languages[str(name.language)].skeleton(name) for name in thing.names)
        return {word for skeleton in known if len(skeleton) > 1 for word in skeleton if len(word) > 1}

    dated = [fact for fact in a.facts.keys() & b.facts.keys() if fact.year]
    apart = {name.language for name in a.names}.isdisjoint(name.language for name in b.names)
    return bool(words(a) & words(b)) or (bool(dated) and apart)


@given(of=things())
def test_what_is_one_is_found(of: list[Thing]) -> None:
    telling = told_by(DEFAULT_BASE)
    every = {(a.iri, b.iri) for a, b in combinations(of, 2) if are_one(a, b, KNOWLEDGE, telling)}
    pairs = {(a.iri, b.iri) for a, b in _pairs(of, KNOWLEDGE)}
    assert {pair for pair in every if _kind(of, pair[0]) == _kind(of, pair[1])} <= pairs


def _kind(of: list[Thing], iri: URIRef) -> URIRef:
    return next(thing.top for thing in of if thing.iri == iri)


def test_a_common_first_name_brings_nobody_together() -> None:
    families = [f"{a}{b}{c}{d}" for a in "bdfgk" for b in "lmnrs" for c in "tvzhq" for d in "bdfgk"]
    names = [[("mhmd", family)] for family in families]
    assert len(names) == 625
    found = by_names(names)
    assert all(sum(x != y for x, y in zip(families[a], families[b], strict=True)) <= 1 for a, b in found)
    assert len(found) == 625 * 16 // 2


def test_one_fact_that_many_share_brings_nobody_together() -> None:
    assert by_facts([{"was there", n} for n in range(1000)]) == set()
    assert by_facts([{"was there", "spoke", 1}, {"was there", "spoke", 2}, {"was there", 3}]) == {(0, 1)}
