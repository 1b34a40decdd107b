"""The ontology: what can be said of what, worked out by owlready2 once and answered from plain dicts.

owlready2 silently reads nothing from Turtle, and HermiT refuses xsd:date; so owlready2 is handed the
axioms alone, as N-Triples: no literal, no annotation and no import that it could want to fetch.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from io import BytesIO
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import owlready2
from rdflib import BNode, Graph, Literal, URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.turtle import Term, Turtle
from khabar.vocab import KH, OWL, RDF, RDFS, SCHEMA, XSD, interned

__all__ = ["Ontology", "prove_consistent"]

# The classes that tell entities apart, the first that fits counts: a country is a place and an
# agent too, but as neither it could be taken for a city or a person of the same name.
TOPS: Final = (KH.Country, KH.Person, KH.Organization, KH.Event, KH.Work, KH.Post, KH.Place, KH.Agent)

AXIOMS: Final = frozenset(
    {RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.disjointWith}
)
KINDS: Final = frozenset(
    {
        OWL.Class,
        OWL.NamedIndividual,
        OWL.ObjectProperty,
        OWL.DatatypeProperty,
        OWL.AnnotationProperty,
        RDF.Property,
    }
)


class Ontology:
    """The classes and properties of Turtle files, checked as a whole when it is loaded.

    An IRI that the file does not declare is a bug of the caller, and a KeyError.
    """

    def __init__(self, turtle: Turtle) -> None:
        world = _world(_axioms(turtle))
        self._turtle = turtle
        self._classes = {interned(c.iri): _iris(c.ancestors()) for c in world.classes()}
        stating = (*world.object_properties(), *world.data_properties())
        self._properties = {interned(p.iri): _iris(p.ancestors()) for p in stating}
        world.close()
        self._domains = {p: self._end(p, RDFS.domain, SCHEMA.domainIncludes) for p in self._properties}
        self._ranges = {p: self._end(p, RDFS.range, SCHEMA.rangeIncludes) for p in self._properties}
        self._labels = {
            (subject, label.language): str(label)
            for subject in turtle.subjects
            for label in turtle.values(subject, RDFS.label)
            if isinstance(label, Literal)
        }

    @classmethod
    def load(cls, *paths: Path) -> Ontology:
        """Read and check Turtle files as one ontology; raises KnowledgeError naming the file and the term."""
        turtle = Turtle.read(*paths)
        _check(turtle)
        return cls(turtle)

    @cached_property
    def classes(self) -> frozenset[URIRef]:
        """Every class the file declares, those of other vocabularies too."""
        return frozenset(self._classes)

    @cached_property
    def properties(self) -> frozenset[URIRef]:
        """Every object and datatype property the file declares, those of other vocabularies too."""
        return frozenset(self._properties)

    @cached_property
    def relations(self) -> tuple[URIRef, ...]:
        """What a statement can state, besides rdf:type and org:postIn, in the order of the file."""
        return tuple(s for s in self._turtle.subjects if isinstance(s, URIRef) and self._is_relation(s))

    @cached_property
    def graph(self) -> Graph:
        """The whole file as a graph, for publishing and for validation."""
        graph = Graph()
        for prefix, iri in self._turtle.prefixes.items():
            graph.bind(prefix, iri)
        for triple in _triples(self._turtle):
            graph.add(triple)
        return graph

    def ancestors(self, cls: URIRef) -> frozenset[URIRef]:
        """CLS itself and every class above it, up to owl:Thing."""
        return self._classes[cls]

    def is_a(self, cls: URIRef, ancestor: URIRef) -> bool:
        """Whether every CLS is an ANCESTOR; each class is its own ancestor."""
        return ancestor in self._classes[cls]

    def top(self, cls: URIRef) -> URIRef:
        """Which of TOPS the class falls under; CLS itself if under none."""
        return next((top for top in TOPS if self.is_a(cls, top)), cls)

    def domain(self, prop: URIRef) -> URIRef:
        """The class that every subject of the property belongs to."""
        return self._domains[prop]

    def range(self, prop: URIRef) -> URIRef:
        """The class or datatype that every object belongs to; rdfs:Literal for dates and years."""
        return self._ranges[prop]

    def may_relate(self, subject_type: URIRef, prop: URIRef, object_type: URIRef) -> bool:
        """Whether domain and range let the property relate the two; OBJECT_TYPE may be a datatype."""
        return self._fits(subject_type, self._domains[prop]) and self._fits(object_type, self._ranges[prop])

    def label(self, iri: URIRef, language: str) -> str | None:
        """The one label of a term in that language."""
        return self._labels.get((iri, language))

    def _fits(self, kind: URIRef, end: URIRef) -> bool:
        return end in (kind, RDFS.Literal) if _is_datatype(kind) else self.is_a(kind, end)

    def _end(self, prop: URIRef, *stated_by: URIRef) -> URIRef:
        """What the property itself states, else one of those above it, else anything."""
        above = sorted(self._properties[prop] - {prop})
        ends = (self._turtle.value(p, by) for p in (prop, *above) for by in stated_by)
        return next((end for end in ends if isinstance(end, URIRef)), OWL.Thing)

    def _is_relation(self, prop: URIRef) -> bool:
        above = self._properties.get(prop, frozenset())
        return any(KH.relation in self._turtle.values(p, RDFS.subPropertyOf) for p in above)


def prove_consistent(path: Path, *, seconds: float = 60) -> tuple[bool, list[URIRef]]:
    """Have HermiT decide whether the axioms of PATH hold together, and which classes cannot have a member.

    PATH may hold individuals as well.  HermiT runs in a process group of its own, which is ended
    after SECONDS; raises KnowledgeError then, and when there is no Java to run it.
    """
    axioms = _axioms(Turtle.read(path))
    spawn = multiprocessing.get_context("spawn")
    receiver, sender = spawn.Pipe(duplex=False)
    with TemporaryDirectory() as folder:
        child = spawn.Process(target=_reason, args=(axioms, folder, sender))
        child.start()
        sender.close()
        try:
            answer = receiver.recv() if receiver.poll(seconds) else _too_slow(seconds)
        except EOFError:
            answer = _no_verdict("HermiT ended without an answer", "run it again, with more memory free")
        finally:
            _stop(child)
    if isinstance(answer, KnowledgeError):
        raise answer
    consistent, unsatisfiable = answer
    return consistent, [URIRef(iri) for iri in unsatisfiable]


def _reason(axioms: bytes, folder: str, answer: Connection) -> None:
    """The child's part of prove_consistent: send the verdict, or the error that stood in the way."""
    os.setsid()  # so that Java, a child of this one, can be ended together with it
    tempfile.tempdir = folder  # owlready2 leaves its file behind when the answer is no
    world = _world(axioms)
    try:
        owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
        answer.send((True, sorted(c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing)))
    except owlready2.OwlReadyInconsistentOntologyError:
        answer.send((False, []))
    except FileNotFoundError:
        fix = "install a Java runtime (Debian and Ubuntu: default-jre-headless)"
        answer.send(_no_verdict("HermiT is a Java program, and no java was found to run it", fix))
    except owlready2.OwlReadyJavaError as error:
        answer.send(_no_verdict(f"HermiT failed: {str(error).strip()}", "correct what its message names"))


def _stop(child: SpawnProcess) -> None:
    """End the child and the Java it started; what it had to say has been heard."""
    assert child.pid is not None, "it was started"
    with suppress(ProcessLookupError):  # it has not come to call setsid, so it has no Java either
        os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.join()


def _too_slow(seconds: float) -> KnowledgeError:
    return _no_verdict(f"HermiT gave no answer within {seconds:g} s", "allow it more time")


def _no_verdict(problem: str, fix: str) -> KnowledgeError:
    return KnowledgeError(where="the check of the ontology's axioms", problem=problem, fix=fix)


def _world(axioms: bytes) -> owlready2.World:
    world = owlready2.World()
    world.get_ontology(str(KH)).load(fileobj=BytesIO(axioms))
    return world


def _iris(entities: Iterable[object]) -> frozenset[URIRef]:
    return frozenset(interned(iri) for entity in entities if (iri := getattr(entity, "iri", None)))


def _triples(turtle: Turtle) -> Iterator[tuple[Term, URIRef, Term]]:
    for subject, described in turtle.subjects.items():
        for predicate, objects in described.items():
            for value in objects:
                yield subject, predicate, value


def _axioms(turtle: Turtle) -> bytes:
    """What a reasoner has to know, as N-Triples."""
    stating = AXIOMS.union(turtle.of_type(OWL.ObjectProperty))
    beside_owl = set(turtle.of_type(RDF.Property))  # neither object nor datatype property, so not OWL's
    lines = (
        f"{s.n3()} {p.n3()} {o.n3()} .\n"
        for s, p, o in _triples(turtle)
        if p in stating and not isinstance(o, Literal) and beside_owl.isdisjoint((s, o))
    )
    return "".join(lines).encode()


def _check(turtle: Turtle) -> None:
    """Raise KnowledgeError for the first thing in the file that cannot be used."""
    languages = _languages(turtle)
    for subject, predicate, value in _triples(turtle):
        for term in (subject, predicate, value):
            _check_term(turtle, subject, term)
    for subject in turtle.subjects:
        if subject.startswith(KH):
            _check_words(turtle, subject, RDFS.label, languages)
            _check_words(turtle, subject, RDFS.comment, languages)
    for prop in turtle.of_type(OWL.ObjectProperty):
        if prop.startswith(KH):
            _check_end(turtle, prop, RDFS.domain, "class")
            _check_end(turtle, prop, RDFS.range, "class")
    for prop in turtle.of_type(OWL.DatatypeProperty):
        if prop.startswith(KH):
            _check_end(turtle, prop, RDFS.domain, "class")
            _check_end(turtle, prop, RDFS.range, "datatype")


def _languages(turtle: Turtle) -> list[str]:
    """The languages that the file promises to describe every term in."""
    for ontology in turtle.of_type(OWL.Ontology):
        if languages := [str(tag) for tag in turtle.values(ontology, SCHEMA.inLanguage)]:
            return languages
    raise KnowledgeError(
        where=next(iter(turtle.files.values()), "the ontology"),
        problem="does not say which languages its terms are described in",
        fix="declare an owl:Ontology with one or more schema:inLanguage",
    )


def _check_term(turtle: Turtle, subject: Term, term: Term) -> None:
    if isinstance(term, BNode):
        raise KnowledgeError(
            where=turtle.place(subject) if isinstance(subject, URIRef) else turtle.files[subject],
            problem="uses a blank node, which could not be published",
            fix="give it an IRI; instead of a union of classes, name a class above them",
        )
    if term.startswith(KH) and isinstance(term, URIRef) and KINDS.isdisjoint(turtle.values(term, RDF.type)):
        name = turtle.short(term)
        raise KnowledgeError(
            where=turtle.place(subject),
            problem="is not declared" if term == subject else f"uses {name}, which is not declared",
            fix=f"correct the name, or declare {name} as a class, a property or an individual",
        )


def _check_words(turtle: Turtle, term: Term, predicate: URIRef, languages: list[str]) -> None:
    name = turtle.short(predicate)
    found = [text.language for text in turtle.values(term, predicate) if isinstance(text, Literal)]
    for language in languages:
        if found.count(language) != 1:
            raise KnowledgeError(
                where=turtle.place(term),
                problem=f"has {found.count(language) or 'no'} {name} in the language {language}",
                fix=f"give it one {name} with the tag @{language}",
            )


def _check_end(turtle: Turtle, prop: Term, predicate: URIRef, kind: str) -> None:
    name, ends = turtle.short(predicate), turtle.values(prop, predicate)
    if len(ends) != 1:
        raise KnowledgeError(
            where=turtle.place(prop),
            problem=f"has {len(ends) or 'no'} {name}",
            fix=f"give it one {name}; two would mean both at once",
        )
    if not _is(kind, ends[0], turtle):
        end = turtle.short(ends[0])
        raise KnowledgeError(
            where=turtle.place(prop),
            problem=f"has the {name} {end}, which is not a {kind}",
            fix=f"name a {kind} there, or declare {end} as one",
        )


def _is(kind: str, end: Term, turtle: Turtle) -> bool:
    if kind == "class":
        return end == OWL.Thing or OWL.Class in turtle.values(end, RDF.type)
    return _is_datatype(end)


def _is_datatype(term: Term) -> bool:
    return term in (RDFS.Literal, RDF.langString) or term.startswith(str(XSD))
