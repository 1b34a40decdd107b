"""Turtle files as indexes: read once, fast, with errors that name file, line and term."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import RDF, BNode, Literal, URIRef

from khabar.errors import KnowledgeError

Term = URIRef | Literal | BNode
_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"


class Turtle:
    """The triples of one or more Turtle files, indexed by subject and predicate.

    pyoxigraph parses some ten times faster than rdflib, and start-up is what a command line is
    judged by; the terms handed out are rdflib's, as everywhere else.
    """

    def __init__(self) -> None:
        self._terms: dict[object, Term] = {}
        self.prefixes: dict[str, str] = {}
        self.subjects: dict[Term, dict[URIRef, list[Term]]] = {}
        self.files: dict[Term, str] = {}  # where each subject is described first

    @classmethod
    def read(cls, *paths: Path) -> Turtle:
        """Read PATHS in the given order."""
        turtle = cls()
        for path in paths:
            turtle._add(path)
        return turtle

    def _add(self, path: Path) -> None:
        # As a person finds it in the repository, whatever folder it was installed to.
        above = path.parents[1].name if path.parent.name == "languages" else ""
        name = "/".join(part for part in (above, path.parent.name, path.name) if part)
        try:
            parser = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
            for quad in parser:
                subject = self._term(quad.subject)
                predicate = self._term(quad.predicate)
                assert isinstance(predicate, URIRef)  # as RDF has it
                objects = self.subjects.setdefault(subject, {}).setdefault(predicate, [])
                objects.append(self._term(quad.object))
                self.files.setdefault(subject, name)
            self.prefixes.update({prefix: iri for prefix, iri in parser.prefixes.items() if prefix})
        except OSError as error:
            raise KnowledgeError(
                where=name, problem=f"cannot be read: {error.strerror}",
                fix="restore the file, or reinstall khabar",
            ) from error  # fmt: skip
        except (SyntaxError, ValueError) as error:
            raise KnowledgeError(
                where=f"{name}, line {getattr(error, 'lineno', None) or '?'}",
                problem=f"is not Turtle: {error.args[0] if error.args else error}",
                fix="correct the file; rapper or riot show the place too",
            ) from error  # fmt: skip

    def _term(self, term: object) -> Term:
        known = self._terms.get(term)
        if known is None:
            known = self._terms[term] = _convert(term)
        return known

    def values(self, subject: Term, predicate: URIRef) -> list[Term]:
        """The objects of that subject and predicate, in the order of the file."""
        return self.subjects.get(subject, {}).get(predicate, [])

    def value(self, subject: Term, predicate: URIRef) -> Term | None:
        """The first object, or None."""
        return next(iter(self.values(subject, predicate)), None)

    def of_type(self, cls: URIRef) -> Iterator[Term]:
        """The subjects of that class, in the order of the file."""
        return (s for s, described in self.subjects.items() if cls in described.get(RDF.type, ()))

    def items(self, head: Term | None) -> list[Term]:
        """The members of an RDF list."""
        found: list[Term] = []
        while isinstance(head, BNode | URIRef) and head != RDF.nil:
            first = self.value(head, RDF.first)
            if first is None:
                break
            found.append(first)
            head = self.value(head, RDF.rest)
        return found

    def place(self, subject: Term) -> str:
        """File and prefixed name of a term, for messages."""
        return f"{self.files.get(subject, 'ontology')}, {self.short(subject)}"

    def short(self, term: Term) -> str:
        """The prefixed name of an IRI, as its file writes it."""
        for prefix, iri in self.prefixes.items():
            if term.startswith(iri):
                return f"{prefix}:{term[len(iri) :]}"
        return f"<{term}>" if isinstance(term, URIRef) else str(term)


def _convert(term: object) -> Term:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        if term.datatype.value == _STRING:
            return Literal(term.value)
        return Literal(term.value, datatype=term.datatype.value)
    raise TypeError(f"unexpected term {term!r}")
