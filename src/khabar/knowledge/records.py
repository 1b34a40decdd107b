"""Records: how facts are grouped into JSON lines, and how such lines are compared, as records.ttl says."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from rdflib import BNode, Literal, Namespace, URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.turtle import Term, Turtle
from khabar.resources import folder as shipped
from khabar.vocab import DEFAULT_BASE, KH, RDF, RDFS, SH

REC: Final = Namespace(DEFAULT_BASE + "records#")

SHOWS: Final = frozenset({REC.entity, REC.entities, REC.words, REC.date, REC.year, REC.gloss, REC.nothing})
COMPARES: Final = frozenset({REC.needed, REC.neededIfStated, REC.half, REC.counted, REC.ignored})
TERMS: Final = frozenset(
    REC[name]
    for name in (
        "type", "states", "gathers", "except", "requires", "unless", "slots", "key", "shows", "compares",
        "overlaps", "scored", "statementsOf", "typeName", "firmness", "glossLanguage",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: along a relation, against it, or to the statements of it."""

    predicate: URIRef
    inverse: bool = False
    statements: bool = False


Path_ = tuple[tuple[Step, ...], ...]  # alternatives, the preferred one first; each a sequence of steps
HERE: Final[Path_] = ((),)  # the path that stays where it is


@dataclass(frozen=True, slots=True)
class Slot:
    """One key of a line: where its value comes from, and how it is shown and compared."""

    key: str
    path: Path_
    shows: URIRef  # one of SHOWS
    compares: URIRef  # one of COMPARES
    requires: Path_ | None  # the slot is null unless this leads to something other than false


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of line."""

    iri: URIRef
    type: str  # as the lines name it; two records may share one
    states: URIRef | None  # the relation of which each fact makes a line, or else
    gathers: frozenset[URIRef]  # the classes of which each thing makes a line
    path: Path_  # from such a thing to the facts without which there is no line
    requires: Path_ | None
    unless: Path_ | None
    overlaps: bool  # whether matching lines must have evidence in common
    scored: bool
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """Every kind of line, and the words that all of them share."""

    records: tuple[Record, ...]
    type_names: Mapping[URIRef, str]  # class -> person, organisation, country, place, body, event or other
    firmness: Mapping[URIRef, int]  # status -> how firmly it is claimed; denied is 0
    gloss_language: str

    def type_name(self, cls: URIRef) -> str:
        """What lines call a thing of class CLS."""
        return self.type_names.get(cls) or self.type_names[KH.Entity]

    def scored(self) -> dict[str, Record]:
        """The record that tells how lines of a type are compared, by type; types that gold lacks left out."""
        found: dict[str, Record] = {}
        for record in self.records:
            if record.scored:
                found.setdefault(record.type, record)
        return found


def load(folder: Path | None = None) -> Records:
    """Read and check records.ttl of FOLDER (the shipped one by default); raises KnowledgeError."""
    return _load((folder or shipped("ontology")).resolve())


@cache
def _load(folder: Path) -> Records:
    return _Reader(Turtle.read(folder / "records.ttl"), Turtle.read(folder / "khabar.ttl")).read()


class _Reader:
    """Builds Records from their Turtle, and says where the Turtle is wrong."""

    def __init__(self, turtle: Turtle, ontology: Turtle) -> None:
        self.turtle = turtle
        self.ontology = ontology

    def read(self) -> Records:
        self._check_terms()
        records = tuple(self._record(URIRef(str(iri))) for iri in self.turtle.of_type(REC.Record))
        if not records:
            raise KnowledgeError(
                where="ontology/records.ttl", problem="describes no rec:Record",
                fix="restore the file, or reinstall khabar",
            )  # fmt: skip
        return Records(
            records=records,
            type_names=self._type_names(),
            firmness=self._firmness(),
            gloss_language=self._one(REC["format"], REC.glossLanguage),
        )

    def _check_terms(self) -> None:
        for subject, described in self.turtle.subjects.items():
            unknown = next((p for p in described if p.startswith(str(REC)) and p not in TERMS), None)
            if unknown is not None:
                known = ", ".join(sorted(map(self.turtle.short, TERMS)))
                problem = f"uses the unknown {self.turtle.short(unknown)}"
                raise self._wrong(subject, problem, f"use one of {known}")

    def _record(self, iri: URIRef) -> Record:
        states = self._iri(iri, REC.states)
        gathers = [self._declared(iri, cls) for cls in self.turtle.values(iri, REC.gathers)]
        if (states is None) == (not gathers):
            raise self._wrong(iri, "does not say which facts make it", "give it rec:states or rec:gathers")
        excluded = [self._declared(iri, cls) for cls in self.turtle.values(iri, REC["except"])]
        return Record(
            iri=iri,
            type=self._one(iri, REC.type),
            states=self._declared(iri, states) if states else None,
            gathers=self._below(*gathers) - self._below(*excluded),
            path=self._path(iri, iri, SH.path) or HERE,
            requires=self._path(iri, iri, REC.requires),
            unless=self._path(iri, iri, REC.unless),
            overlaps=self._flag(iri, REC.overlaps, default=False),
            scored=self._flag(iri, REC.scored, default=True),
            slots=tuple(self._slot(iri, node) for node in self._list(iri, REC.slots)),
        )

    def _slot(self, record: URIRef, node: Term) -> Slot:
        if self.turtle.value(node, REC.key) is None:
            raise self._wrong(record, "has a slot without rec:key", "name the slot as the lines should")
        return Slot(
            key=str(self.turtle.value(node, REC.key)),
            path=self._path(record, node, SH.path) or HERE,
            shows=self._choice(record, node, REC.shows, SHOWS),
            compares=self._choice(record, node, REC.compares, COMPARES, default=REC.ignored),
            requires=self._path(record, node, REC.requires),
        )

    # --- paths

    def _path(self, record: URIRef, node: Term, predicate: URIRef) -> Path_ | None:
        value = self.turtle.value(node, predicate)
        if value is None:
            return None
        alternatives = self.turtle.value(value, SH.alternativePath)
        members = [value] if alternatives is None else self.turtle.items(alternatives)
        return tuple(self._sequence(record, member) for member in members)

    def _sequence(self, record: URIRef, node: Term) -> tuple[Step, ...]:
        return tuple(self._step(record, item) for item in (self.turtle.items(node) or [node]))

    def _step(self, record: URIRef, node: Term) -> Step:
        if isinstance(node, URIRef):
            return Step(self._declared(record, node))
        inverse = self.turtle.value(node, SH.inversePath)
        if isinstance(inverse, URIRef):
            return Step(self._declared(record, inverse), inverse=True)
        relation = self.turtle.value(node, REC.statementsOf)
        if relation is not None:
            inner = self._step(record, relation)
            return Step(inner.predicate, inner.inverse, statements=True)
        raise self._wrong(
            record, "has a path that cannot be followed",
            "use a property, sh:inversePath, sh:alternativePath, rec:statementsOf, or a list of them",
        )  # fmt: skip

    # --- values

    def _one(self, subject: URIRef, predicate: URIRef) -> str:
        value = self.turtle.value(subject, predicate)
        if value is None:
            short = self.turtle.short(predicate)
            raise self._wrong(subject, f"has no {short}", f"add {short}")
        return str(value)

    def _iri(self, subject: URIRef, predicate: URIRef) -> URIRef | None:
        value = self.turtle.value(subject, predicate)
        return None if value is None else URIRef(str(value))

    def _flag(self, subject: URIRef, predicate: URIRef, *, default: bool) -> bool:
        value = self.turtle.value(subject, predicate)
        return default if value is None else str(value) == "true"

    def _list(self, subject: URIRef, predicate: URIRef) -> list[Term]:
        items = self.turtle.items(self.turtle.value(subject, predicate))
        if not items:
            short = self.turtle.short(predicate)
            raise self._wrong(subject, f"has no {short}", f"add {short}, a list")
        return items

    def _choice(
        self,
        record: URIRef,
        slot: Term,
        predicate: URIRef,
        allowed: frozenset[URIRef],
        default: URIRef | None = None,
    ) -> URIRef:
        value = self.turtle.value(slot, predicate) or default
        if isinstance(value, URIRef) and value in allowed:
            return value
        key, short = self.turtle.value(slot, REC.key), self.turtle.short(predicate)
        problem = f"has the slot {key!s} without {short}" if value is None else (
            f"has the slot {key!s} with {short} {self.turtle.short(value)}"
        )  # fmt: skip
        raise self._wrong(record, problem, f"use one of {', '.join(sorted(map(self.turtle.short, allowed)))}")

    def _declared(self, record: Term, term: Term) -> URIRef:
        """TERM, if the ontology declares it or RDF itself does."""
        if isinstance(term, URIRef) and (term in self.ontology.subjects or term.startswith(str(RDF))):
            return term
        short = self.turtle.short(term)
        raise self._wrong(
            record, f"uses {short}, which the ontology does not declare",
            f"correct the name, or declare {short} in ontology/khabar.ttl",
        )  # fmt: skip

    def _wrong(self, subject: Term, problem: str, fix: str) -> KnowledgeError:
        where = f"ontology/records.ttl, {self.turtle.short(subject)}"
        return KnowledgeError(where=where, problem=problem, fix=fix)

    # --- classes and statuses

    def _superclasses(self, cls: Term) -> Iterator[URIRef]:
        """CLS and what it is a kind of, the nearest first."""
        queue, seen = deque([cls]), set[Term]()
        while queue:
            current = queue.popleft()
            if isinstance(current, URIRef) and current not in seen:
                seen.add(current)
                yield current
                queue.extend(self.ontology.values(current, RDFS.subClassOf))

    def _below(self, *classes: URIRef) -> frozenset[URIRef]:
        """CLASSES and every kind of them."""
        subjects = (s for s in self.ontology.subjects if isinstance(s, URIRef))
        return frozenset(s for s in subjects if not set(classes).isdisjoint(self._superclasses(s)))

    def _type_names(self) -> dict[URIRef, str]:
        given = {
            self._declared(cls, cls): str(name)
            for cls in self.turtle.subjects
            for name in self.turtle.values(cls, REC.typeName)
        }
        if KH.Entity not in given:
            raise self._wrong(KH.Entity, "has no rec:typeName", "name what no other class names")
        return {
            cls: next(given[above] for above in self._superclasses(cls) if above in given)
            for cls in self._below(KH.Entity)
        }

    def _firmness(self) -> dict[URIRef, int]:
        found: dict[URIRef, int] = {}
        for subject in self.turtle.subjects:
            for value in self.turtle.values(subject, REC.firmness):
                if not isinstance(value, Literal) or not isinstance(value.value, int):
                    raise self._wrong(subject, f"has the rec:firmness {value}", "give a whole number")
                found[self._declared(subject, subject)] = value.value
        missing = [s for s in self.ontology.of_type(KH.Status) if not isinstance(s, BNode) and s not in found]
        if missing:
            raise self._wrong(missing[0], "is a status without rec:firmness", "give it a whole number")
        return found
