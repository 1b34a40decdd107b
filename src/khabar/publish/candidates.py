"""Which things a name may mean, how well it fits, and what is known of them: the search behind /reconcile.

A thing is known here by the end of its IRI, a class and a property by theirs; `^` before a property
reads it backwards, as in SPARQL's paths.  Nothing here knows of HTTP or of a version of the protocol.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from khabar.graph.index import things
from khabar.knowledge.folding import Folding
from khabar.publish.dataset import Term
from khabar.publish.interface import Text
from khabar.publish.views import Thing, View, value
from khabar.vocab import OWL, RDF, RDFS, SKOS

SURE: Final = 95  # of 100: who is so alike, alone and of the class that is asked for, is a match
LOOKED_AT: Final = 60  # literals that one search takes
FEWEST_LETTERS: Final = 3  # of a word that is looked for by itself
MOST_WORDS: Final = 8  # that are looked for by themselves
ENDING: Final = 2  # letters that may be another case, or a slip
OTHER_CLASS: Final = 30  # points that a thing loses if it is of another class than one would like
OTHER_VALUE: Final = 15  # and for each property whose value is another
FEWEST_SOUNDS: Final = 2  # words of such a name: a single one sounds like too many others
FOREIGN: Final = 90  # points of a name that sounds alike in another script
# What any thing may have, by identifier.
COMMON: Final = {
    "label": str(RDFS.label),
    "altLabel": str(SKOS.altLabel),
    "type": str(RDF.type),
    "sameAs": str(OWL.sameAs),
}
NAMES: Final = (str(RDFS.label), str(SKOS.altLabel))
_IDENTIFIERS: Final = {iri: identifier for identifier, iri in COMMON.items()}


@dataclass(frozen=True, slots=True)
class Condition:
    """What a thing should have: one of these values under a property."""

    property: str
    values: tuple[str, ...]
    is_required: bool = False
    quantifier: str = "any"  # or all, or none


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for."""

    names: tuple[str, ...]  # any of them; none at all where only conditions tell
    classes: tuple[str, ...] = ()
    is_class_strict: bool = True
    conditions: tuple[Condition, ...] = ()
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that may be meant."""

    thing: Thing
    classes: tuple[Thing, ...]  # the most specific ones
    likeness: float  # of the best of its names, from 0 to 100
    is_of_class: bool
    met: tuple[bool, ...]  # for each condition
    statements: int
    is_match: bool = False

    @property
    def score(self) -> float:
        """From 0 to 100."""
        lost = OTHER_CLASS * (not self.is_of_class) + OTHER_VALUE * self.met.count(False)
        return round(max(0.0, self.likeness - lost), 1)


class Candidates:
    """The things of one graph, for one reader."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.base = view.snapshot.base

    # --- who may be meant

    def find(self, question: Question) -> list[Candidate]:
        """The likeliest first; one of them is a match only if no other one is as good."""
        meant = self._meant(question)
        found = [self._candidate(iri, question) for iri in meant]
        if question.names and all(one.likeness < SURE for one in found):
            near = dict.fromkeys(iri for name in question.names for iri in self._near(name))
            found += [self._candidate(iri, question) for iri in near if iri not in meant]
        kept = [
            one
            for one in found
            if (one.is_of_class or not question.is_class_strict)
            and all(met or not c.is_required for met, c in zip(one.met, question.conditions, strict=True))
        ]
        kept.sort(key=lambda one: (-one.score, -one.statements, one.thing.iri))
        best = kept[0].score if kept else 0.0
        is_alone = best >= SURE and all(one.score < best for one in kept[1:])
        first = [replace(kept[0], is_match=True)] if is_alone else kept[:1]
        return [*first, *kept[1:]][: question.limit]

    def _meant(self, question: Question) -> list[str]:
        """The IRIs worth a look: by name, or else by what they are related to."""
        if question.names:
            return list(dict.fromkeys(iri for name in question.names for iri in self.named(name)))
        related = (self._related(condition) for condition in question.conditions)
        return list(dict.fromkeys(iri for iris in related for iri in iris))

    def named(self, name: str, *, begins: bool = False) -> list[str]:
        """The things with all these words in a name, or with that identifier or IRI."""
        known = self.known(name)
        return [known] if known is not None else self._search(name, begins=begins)

    def _near(self, name: str) -> Iterator[str]:
        """The things whose name sounds so in another script, or has a word like one of its."""
        yield from self._sounding(name)
        words = [word for word in name.split()[:MOST_WORDS] if len(word) >= FEWEST_LETTERS]
        for word in words:
            yield from self._search(word)
            if len(word) > FEWEST_LETTERS + ENDING:
                yield from self._search(word[:-ENDING], begins=True)

    def _search(self, words: str, *, begins: bool = False) -> list[str]:
        subjects = f"{self.base}id/"
        found = self.view.snapshot.search(words, LOOKED_AT, begins=begins, subjects=subjects)
        named = (one for one in found if one.property in _IDENTIFIERS)
        return [one.subject for one in things(named, self.base)]

    def _sounding(self, name: str) -> list[str]:
        """The things with a name that sounds so in another script."""
        wanted = Folding.load().skeleton(name)
        if len(wanted) < FEWEST_SOUNDS:
            return []
        (heard,) = self.view.snapshot.remember("sounds", lambda: [self._heard()])
        return list(heard.get(wanted, ()))

    def _heard(self) -> dict[tuple[str, ...], list[str]]:
        """The things by what their names sound like."""
        folding, heard = Folding.load(), defaultdict[tuple[str, ...], list[str]](list)
        for iri, name in self.view.snapshot.literals(NAMES, subjects=f"{self.base}id/"):
            heard[folding.skeleton(name)].append(iri)
        return heard

    def known(self, name: str) -> str | None:
        """The IRI of the thing with this identifier or IRI, if there is one."""
        iri = name if name.startswith(f"{self.base}id/") else f"{self.base}id/{name.strip()}"
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            return None
        return iri if self.view.snapshot.select("exists.rq", this=node) else None

    def _related(self, condition: Condition) -> Iterator[str]:
        """The things that have a value of the condition."""
        name = condition.property.removeprefix("^")
        other = name if condition.property.startswith("^") else f"^{name}"
        for written in condition.values:
            for iri in self.named(written):
                yield from (v.value for v in self.values(iri, other) if isinstance(v, ox.NamedNode))

    def _candidate(self, iri: str, question: Question) -> Candidate:
        names = self.view.names(iri)
        likeness = max((alike(n, name.value) for n in question.names for name in names), default=0.0)
        if any(self.known(n) == iri for n in question.names) or not question.names:
            likeness = 100.0
        classes = self.all_classes(iri)
        return Candidate(
            thing=self.view.thing(iri),
            classes=tuple(self.view.classes(iri)),
            likeness=likeness,
            is_of_class=not question.classes or not classes.isdisjoint(map(self.short, question.classes)),
            met=tuple(self._is_met(iri, condition) for condition in question.conditions),
            statements=len(self.view.snapshot.select("statements.rq", this=ox.NamedNode(iri))),
        )

    def _is_met(self, iri: str, condition: Condition) -> bool:
        has = [self._has(iri, condition.property, written) for written in condition.values]
        return {"any": any(has), "all": all(has), "none": not any(has)}[condition.quantifier]

    def _has(self, iri: str, property_: str, written: str) -> bool:
        """Whether a thing has a value with such a name, spelt in whatever way."""
        for term in self.values(iri, property_):
            if isinstance(term, ox.NamedNode):
                names = [name.value for name in self.view.names(term.value)]
                if self.known(written) == term.value or any(alike(written, name) >= SURE for name in names):
                    return True
            elif (
                term.value == written
                or term.value.startswith(f"{written}-")
                or alike(written, term.value) >= SURE
            ):
                return True
        return False

    # --- what is known of them

    def all_classes(self, iri: str) -> frozenset[str]:
        """The identifiers of all classes of a thing, the general ones too."""
        waiting, found = [cls.iri for cls in self.view.classes(iri)], set[str]()
        while waiting:
            cls = waiting.pop()
            if cls not in found:
                found.add(cls)
                waiting += [other.iri for other in self.broader(cls)]
        return frozenset(map(self.short, found))

    def values(self, iri: str, property_: str) -> list[Term]:
        """The values of a property of a thing; with `^`, the things whose value it is.  Names come first."""
        is_forwards = not property_.startswith("^")
        wanted = self.full(property_.removeprefix("^"))
        if is_forwards and wanted == RDFS.label:
            return [ox.Literal(n.value, language=n.language or None) for n in self.view.names(iri)]
        return [
            term for path, forwards, term in self._values(iri) if path == wanted and forwards == is_forwards
        ]

    def _values(self, iri: str) -> list[tuple[str, bool, Term]]:
        rows = self.view.snapshot.select("values.rq", this=ox.NamedNode(iri))
        return sorted(
            (
                (value(r["property"]), value(r["direction"]) == "forwards", r["value"])
                for r in rows
                if "value" in r
            ),
            key=lambda found: (found[0], str(found[2])),
        )

    def properties(self, cls: str = "") -> list[tuple[str, Text]]:
        """The properties that things of a class have, by identifier, each with its name; of none, all."""
        if cls:
            known = (thing.iri for thing, _ in self.types() if thing.iri == self.full(cls))
            nodes = [ox.NamedNode(iri) for iri in known]
            rows = [
                row
                for node in nodes
                for row in self.view.snapshot.once("properties-of.rq", **{"class": node})
            ]
            return [self._property(value(r["property"]), value(r["direction"]) == "forwards") for r in rows]
        rows = self.view.snapshot.once("terms.rq")
        kinds = {value(r["term"]): value(r["kind"]).rpartition("#")[2] for r in rows}
        ours = [self._property(iri, True) for iri, kind in kinds.items() if kind.endswith("Property")]
        return ours + [self._property(iri, False) for iri, kind in kinds.items() if kind == "ObjectProperty"]

    def _property(self, iri: str, is_forwards: bool) -> tuple[str, Text]:
        thing = self.view.thing(iri)
        return (
            (self.short(iri), thing.name)
            if is_forwards
            else (f"^{self.short(iri)}", self.view.inverse(thing))
        )

    def types(self) -> list[tuple[Thing, int]]:
        """The classes that things belong to, and how many do."""
        rows = self.view.snapshot.once("class-sizes.rq")
        return [(self.view.thing(value(row["class"])), int(value(row["number"]))) for row in rows]

    def broader(self, iri: str) -> list[Thing]:
        """The classes of ours just above a class."""
        rows = self.view.snapshot.once("superclasses.rq")
        above = (value(row["super"]) for row in rows if value(row["class"]) == iri)
        return [self.view.thing(other) for other in above if other.startswith(self.view.vocabulary)]

    # --- identifiers

    def short(self, iri: str) -> str:
        """The identifier of a thing, class or property: the end of an IRI of ours, else all of it."""
        for start in (f"{self.base}id/", self.view.vocabulary):
            if iri.startswith(start):
                return iri.removeprefix(start)
        return _IDENTIFIERS.get(iri, iri)

    def full(self, identifier: str) -> str:
        """The IRI of the class or property with that identifier."""
        known = COMMON.get(identifier)
        return known or (identifier if ":" in identifier else self.view.vocabulary + identifier)


def alike(one: str, other: str) -> float:
    """How alike two names are, from 0 to 100: however their letters are written, in whatever order.

    100 is the same words; a word that differs in a few letters counts in part.
    """
    left, right = _words(one), _words(other)
    if not left or not right:
        return 0.0
    if left == right:
        return 100.0
    if sorted(left) == sorted(right) or _bare(left) == _bare(right):
        return 98.0
    folding = Folding.load()
    if folding.skeleton(one) == folding.skeleton(other) != ():
        return float(FOREIGN)
    shorter, longer = sorted((left, right), key=len)
    rest, total = list(longer), 0.0
    for word in shorter:
        best = max(rest, key=lambda other: _ratio(word, other))
        total += _ratio(word, best)
        rest.remove(best)
    return round(min(94.0, 200 * total / (len(left) + len(right))), 1)


@lru_cache(maxsize=20_000)
def _words(name: str) -> tuple[str, ...]:
    return tuple(Folding.load().words(name))


def _bare(words: Sequence[str]) -> list[str]:
    """Words without their articles."""
    return [next(iter(Folding.load().bare(word)), word) for word in words]


@lru_cache(maxsize=20_000)
def _ratio(one: str, other: str) -> float:
    return 1.0 if one == other else SequenceMatcher(None, one, other, autojunk=False).ratio()
