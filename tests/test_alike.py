"""Pairs that may be one thing: found without looking at every pair, and none is missed."""

from __future__ import annotations

from itertools import combinations
from types import MappingProxyType
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from khabar.graph.identity import Fact, Thing, _alike, _proposal, _with_facts_in_common
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
        skeletons = (KNOWLEDGE.languages[language].skeleton(text) for text in names)
        found.append(
            Thing(
                iri,
                draw(KINDS),
                texts,
                MappingProxyType(facts),
                frozenset(s for s in skeletons if len(s) > 1),
            )
        )
    return found


@given(of=things())
def test_what_is_proposed_is_what_every_pair_would_give(of: list[Thing]) -> None:
    """One word in common, or one dated thing said of both in two languages: then the pair is judged."""
    every = {
        (a.iri, b.iri)
        for a, b in combinations(of, 2)
        if a.top == b.top and _worth_a_look(a, b) and _proposal(a, b) is not None
    }
    met = {(a.iri, b.iri): (a, b) for a, b in (*_alike(of), *_with_facts_in_common(of))}
    assert {key for key, pair in met.items() if _proposal(*pair) is not None} == every


def _worth_a_look(a: Thing, b: Thing) -> bool:
    def words(thing: Thing) -> set[str]:
        return {word for skeleton in thing.skeletons for word in skeleton if len(word) > 1}

    dated = [fact for fact in a.facts.keys() & b.facts.keys() if fact.year]
    apart = {name.language for name in a.names}.isdisjoint(name.language for name in b.names)
    return bool(words(a) & words(b)) or (bool(dated) and apart)
