"""Pairs of things worth a look, of any number of things, without looking at every pair.

Two names are one if each word of the shorter stands in the longer, though one may differ by a consonant.  So
of its two rarest words one stands there as it is, and the other as it is or one letter apart; only names that
have two such words meet.  Of the many who bear one first name those are few.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator, Sequence
from itertools import combinations, permutations

Name = tuple[str, ...]  # its words, without what tells scripts apart
Key = tuple[str, str]  # a word, and another one with one letter left out, or none


def by_names(names: Sequence[Collection[Name]]) -> set[tuple[int, int]]:
    """The places in NAMES, each pair once and in order, of things of which two names may be one.

    Every pair is there that has such names of two words or more; some that have none are, too.
    """
    common = Counter(word for of_one in names for name in of_one for word in set(name))
    asked: defaultdict[Key, set[int]] = defaultdict(set)
    for place, of_one in enumerate(names):
        for name in of_one:
            rarest = sorted(name, key=lambda word: (common[word], word))[:2]
            for key in _keys(rarest):
                asked[key].add(place)
    found = set()
    for place, of_one in enumerate(names):
        for key in {key for name in of_one for key in _keys(name)}:
            found |= {
                (min(place, other), max(place, other)) for other in asked.get(key, ()) if other != place
            }
    return found


def _keys(words: Sequence[str]) -> Iterator[Key]:
    for word, other in permutations(words, 2):
        yield from ((word, left) for left in _near(other))


def _near(word: str) -> set[str]:
    """What two words have in common that one insertion, deletion or change makes one another."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def by_facts(facts: Sequence[Collection[Hashable]]) -> set[tuple[int, int]]:
    """The places in FACTS, each pair once and in order, of things that share two facts.

    They share one at least that is not the commonest of either's; some that share no other are there, too.
    """
    common = Counter(fact for of_one in facts for fact in of_one)
    sharing: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, of_one in enumerate(facts):
        for fact in sorted(of_one, key=lambda fact: (common[fact], str(fact)))[:-1]:
            sharing[fact].append(place)
    return {pair for places in sharing.values() for pair in combinations(places, 2)}
