"""The ontology as a page shows it: each term with its words, its meaning, an example, and its uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from khabar.publish.dataset import Term
from khabar.publish.interface import Text
from khabar.publish.views import Thing, View, short, value
from khabar.vocab import RDF

KINDS: Final = ("classes", "properties", "values")


@dataclass(frozen=True, slots=True)
class Definition:
    """A class, property or value of the ontology, and what the ontology says of it."""

    thing: Thing
    local_name: str
    kind: str  # classes, properties or values: a text of the interface
    names: tuple[Text, ...]  # one a language of the interface
    meaning: Text | None
    example: str  # Turtle, or ""
    used: int  # things of the class, statements of the property or with the value
    relations: tuple[tuple[str, tuple[Thing, ...]], ...]  # a text of the interface, and what it leads to
    inverse: Text | None
    instance: tuple[Thing | Text, ...]  # a thing of the class, or a subject and an object of the property


def definitions(view: View) -> list[Definition]:
    """The terms of the ontology, classes first, each kind in the order of its names."""
    rows = view.snapshot.once("terms.rq")
    used = {value(row["term"]): int(value(row["number"])) for row in view.snapshot.once("uses.rq")}
    found = [_definition(view, value(row["term"]), value(row["kind"]), used) for row in rows]
    return sorted(found, key=lambda term: (KINDS.index(term.kind), term.local_name))


def _definition(view: View, iri: str, kind: str, used: dict[str, int]) -> Definition:
    by_relation: dict[str, list[Term]] = {}
    for row in view.snapshot.select("term.rq", this=ox.NamedNode(iri)):
        by_relation.setdefault(value(row["relation"]).rpartition("#")[2], []).append(row["value"])
    meanings = [text for term in by_relation.pop("comment", []) if isinstance(text := view.shown(term), Text)]
    example = next((value(term) for term in by_relation.pop("example", [])), "")
    thing = view.thing(iri)
    return Definition(
        thing=thing,
        local_name=short(iri, view.snapshot.base),
        kind="classes" if kind.endswith("Class") else "properties" if "Property" in kind else "values",
        names=_names(view, iri),
        meaning=view.interface.best(meanings, view.language),
        example=example,
        used=used.get(iri, 0),
        relations=tuple(_relations(view, by_relation)),
        inverse=view.inverse(thing) if kind.endswith("ObjectProperty") else None,
        instance=_instance(view, iri, is_class=kind.endswith("Class")),
    )


def _instance(view: View, iri: str, *, is_class: bool) -> tuple[Thing | Text, ...]:
    """How the graph uses a term: the first thing or triple that there is of it."""
    term = ox.NamedNode(iri)
    if is_class:
        quad = view.snapshot.example(ox.NamedNode(str(RDF.type)), term)
        nodes: list[object] = [] if quad is None else [quad.subject]
    else:
        quad = view.snapshot.example(term)
        nodes = [] if quad is None else [quad.subject, quad.object]
    return tuple(view.shown(node) for node in nodes if isinstance(node, ox.NamedNode | ox.Literal))


def _names(view: View, iri: str) -> tuple[Text, ...]:
    """The other languages' words for a term: one each."""
    names = {name.language: name for name in reversed(view.names(iri))}
    known = (language.tag for language in view.interface.languages if language != view.language)
    return tuple(names[tag] for tag in known if tag in names)


def _relations(view: View, by_relation: dict[str, list[Term]]) -> list[tuple[str, tuple[Thing, ...]]]:
    found = []
    for name, terms in sorted(by_relation.items()):
        things = sorted((view.thing(t.value) for t in terms if isinstance(t, ox.NamedNode)), key=_iri)
        if things:
            found.append((name, tuple(things)))
    return found


def _iri(thing: Thing) -> str:
    return thing.iri
