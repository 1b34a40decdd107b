"""A graph as dictionaries: what the shapes ask of data, answered without a library in between.

The keys are pyoxigraph's terms, as the parser and the store hand them out: nothing is converted, and a
literal keeps its lexical form.  Values are dictionaries without values, which keep the order of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import pyoxigraph as ox

from khabar.vocab import RDF, RDFS

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Terms = dict[Term, None]

TYPE: Final = ox.NamedNode(RDF.type)
BELOW: Final = ox.NamedNode(RDFS.subClassOf)
FIRST: Final = ox.NamedNode(RDF.first)
REST: Final = ox.NamedNode(RDF.rest)
NIL: Final = ox.NamedNode(RDF.nil)

_NOTHING: Final[Terms] = {}


class Triples:
    """Triples, each once, by subject and predicate; the other way round where it is asked for."""

    def __init__(self, triples: Iterable[ox.Quad | ox.Triple] = (), *, beside: Triples | None = None) -> None:
        """What TRIPLES say, and what is BESIDE them, which stays as it is."""
        shared: dict[Term, dict[Term, Terms]] = {} if beside is None else beside.by_subject
        self.by_subject: dict[Term, dict[Term, Terms]] = dict(shared)
        self._having: dict[Term, list[Term]] | None = None  # predicate -> its subjects, when asked
        self._by_object: dict[Term, dict[Term, Terms]] = {}  # predicate -> object -> subjects, when asked
        self._above: dict[Term, frozenset[Term]] = {}
        self._add(triples, shared)

    def add(self, triples: Iterable[ox.Quad | ox.Triple]) -> None:
        """Take in some more; before anything is asked."""
        self._add(triples, {})

    def _add(self, triples: Iterable[ox.Quad | ox.Triple], shared: dict[Term, dict[Term, Terms]]) -> None:
        by_subject: dict[Any, dict[Term, Terms]] = self.by_subject
        others: dict[Any, dict[Term, Terms]] = shared
        for triple in triples:
            subject, predicate = triple.subject, triple.predicate
            said = by_subject.get(subject)
            if said is None:
                said = by_subject[subject] = {}
            elif shared and said is others.get(subject):
                said = by_subject[subject] = {p: dict(values) for p, values in said.items()}
            values = said.get(predicate)
            if values is None:
                values = said[predicate] = {}
            values[triple.object] = None  # type: ignore[index]

    def __len__(self) -> int:
        return sum(len(values) for said in self.by_subject.values() for values in said.values())

    def objects(self, subject: Term, predicate: Term) -> Terms:
        """The objects of a subject and a predicate; not to be changed."""
        said = self.by_subject.get(subject)
        return _NOTHING if said is None else said.get(predicate, _NOTHING)

    def object(self, subject: Term, predicate: Term) -> Term | None:
        """The first of them."""
        return next(iter(self.objects(subject, predicate)), None)

    def subjects(self, predicate: Term, value: Term) -> Terms:
        """The subjects of a predicate and an object."""
        return self._reversed(predicate).get(value, _NOTHING)

    def subjects_of(self, predicate: Term) -> Terms:
        """Every subject of a predicate."""
        return dict.fromkeys(self._subjects(predicate))

    def objects_of(self, predicate: Term) -> Terms:
        """Every object of a predicate."""
        return dict.fromkeys(self._reversed(predicate))

    def _reversed(self, predicate: Term) -> dict[Term, Terms]:
        index = self._by_object.get(predicate)
        if index is None:
            index = self._by_object[predicate] = {}
            for subject in self._subjects(predicate):
                for value in self.by_subject[subject][predicate]:
                    index.setdefault(value, {})[subject] = None
        return index

    def _subjects(self, predicate: Term) -> list[Term]:
        having = self._having
        if having is None:
            having = self._having = {}
            for subject, said in self.by_subject.items():
                for verb in said:
                    having.setdefault(verb, []).append(subject)
        return having.get(predicate, [])

    def instances(self, cls: Term) -> Terms:
        """The nodes of a class and of all below it: https://www.w3.org/TR/shacl/#dfn-shacl-instance"""
        types = self._reversed(TYPE)
        return {node: None for below in self.below(cls) for node in types.get(below, ())}

    def below(self, cls: Term) -> list[Term]:
        """A class and all below it."""
        return self._closure(cls, self.subclasses)

    def subclasses(self, cls: Term) -> Terms:
        """The classes right below a class."""
        return self.subjects(BELOW, cls)

    def is_a(self, node: Term, cls: Term) -> bool:
        """Whether a node is of a class, or of one below it."""
        types = self.objects(node, TYPE)
        return cls in types or any(cls in self._classes_above(type_) for type_ in types)

    def _classes_above(self, cls: Term) -> frozenset[Term]:
        known = self._above.get(cls)
        if known is None:
            known = frozenset(self._closure(cls, lambda below: self.objects(below, BELOW)))
            self._above[cls] = known
        return known

    def _closure(self, start: Term, step: Callable[[Term], Terms]) -> list[Term]:
        found = {start: None}
        waiting = [start]
        for node in waiting:  # grows on the way
            more = [other for other in step(node) if other not in found]
            found.update(dict.fromkeys(more))
            waiting.extend(more)
        return waiting

    def items(self, head: Term) -> list[Term]:
        """The members of a list; raises ValueError where it is none, or runs in a circle."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != NIL:
            firsts, rests = self.objects(head, FIRST), self.objects(head, REST)
            if len(firsts) != 1 or len(rests) != 1 or head in seen:
                raise ValueError("is not a well-formed list")
            seen.add(head)
            found.extend(firsts)
            (head,) = rests
        return found
