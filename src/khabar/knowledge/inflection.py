"""How words change: affix rules, and back from a form to what it may be a form of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from rdflib import URIRef

from khabar.vocab import LEXINFO

LONGEST_ENDING: Final = 5  # letters


class Inflection(NamedTuple):
    """One rule of a paradigm, and what the form it makes may mean."""

    affix: str
    cases: frozenset[URIRef] = frozenset()  # LexInfo cases
    gender: URIRef | None = None
    marks: URIRef | None = None  # as in Words: a future form marks kh:planned
    number: URIRef | None = None  # a LexInfo number


NOMINATIVE: Final = Inflection("-", frozenset({LEXINFO.nominativeCase}))


def inflect(stem: str, rules: Iterable[Inflection]) -> Iterator[tuple[str, Inflection]]:
    """The forms of STEM under affix rules such as "-ت" (add), "ي>ت-" (change its start) or "-ый>ого".

    The hyphen stands for the stem; "a>b" on either side replaces a by b, and the rule makes no form
    of a stem that lacks a.
    """
    for rule in rules:
        (old_start, new_start), (old_end, new_end) = _rule(rule.affix)
        if stem.startswith(old_start):
            form = new_start + stem[len(old_start) :]
            if form.endswith(old_end):
                yield form[: len(form) - len(old_end)] + new_end, rule


@cache
def _rule(affix: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """What an affix rule replaces by what, at the start and at the end of a stem."""
    left, _, right = affix.partition("-")
    return _replacement(left), _replacement(right)


def _replacement(rule: str) -> tuple[str, str]:
    old, arrow, new = rule.partition(">")
    return (old, new) if arrow else ("", rule)


def endings(rules: Iterable[Inflection]) -> dict[str, tuple[tuple[str, Inflection], ...]]:
    """Affix rules that change an ending, by the ending they make; the others say nothing of it."""
    found: defaultdict[str, list[tuple[str, Inflection]]] = defaultdict(list)
    for rule in rules:
        left, _, right = rule.affix.partition("-")
        old, arrow, new = right.partition(">")
        if not left and right:
            found[new if arrow else right].append((old if arrow else "", rule))
    return {ending: tuple(pairs) for ending, pairs in found.items()}


def bases(
    form: str, rules: Mapping[str, tuple[tuple[str, Inflection], ...]]
) -> Iterator[tuple[str, Inflection]]:
    """What FORM may be made of by those rules, the longest ending first."""
    for cut in range(min(LONGEST_ENDING, len(form) - 1), -1, -1):
        stem = form[: len(form) - cut]
        for old, rule in rules.get(form[len(stem) :], ()):
            yield stem + old, rule
