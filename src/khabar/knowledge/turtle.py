"""Turtle files as indexes: read once, fast, with errors that name file, line and term."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef

from khabar.errors import KnowledgeError
from khabar.vocab import DEFAULT_BASE, RDF, XSD, interned

Term = URIRef | Literal | BNode
_STRING: Final = ox.NamedNode(str(XSD.string))


class Turtle:
    """The triples of one or more Turtle files, indexed by subject and predicate.

    pyoxigraph parses some ten times faster than rdflib, and start-up is what a command line is
    judged by; the terms handed out are rdflib's, as everywhere else.
    """

    def __init__(self) -> None:
        self._terms = _Terms()
        self.prefixes: dict[str, str] = {}
        self.subjects: dict[Term, dict[URIRef, list[Term]]] = {}
        self.files: dict[Term, str] = {}  # where each subject is described first

    @classmethod
    def read(cls, *paths: Path, only: Collection[URIRef] = ()) -> Turtle:
        """Read PATHS in the given order; ONLY triples of these predicates, if there are any."""
        turtle = cls()
        for path in paths:
            turtle._add(path, frozenset(map(str, only)))
        return turtle

    def _add(self, path: Path, only: frozenset[str]) -> None:
        name, subjects, terms = _called(path), self.subjects, self._terms
        for quad in parsed(path, prefixes=self.prefixes):
            if only and quad.predicate.value not in only:
                continue
            subject = terms[quad.subject]
            described = subjects.get(subject)
            if described is None:
                described = subjects[subject] = {}
                self.files[subject] = name
            value = quad.object
            known = _literal(value) if isinstance(value, ox.Literal) else terms[value]
            described.setdefault(terms[quad.predicate], []).append(known)  # type: ignore[arg-type]

    def values(self, subject: Term, predicate: URIRef) -> list[Term]:
        """The objects of that subject and predicate, in the order of the file."""
        return self.subjects.get(subject, {}).get(predicate, [])

    def value(self, subject: Term, predicate: URIRef) -> Term | None:
        """The first object, or None."""
        return next(iter(self.values(subject, predicate)), None)

    def of_type(self, cls: URIRef) -> Iterator[Term]:
        """The subjects of that class, in the order of the file."""
        type_ = RDF.type
        return (s for s, described in self.subjects.items() if cls in described.get(type_, ()))

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


class _Terms(dict[object, Term]):
    """pyoxigraph's nodes -> rdflib's, each made once."""

    def __missing__(self, term: object) -> Term:
        made = self[term] = _convert(term)
        return made


def _convert(term: object) -> Term:
    if isinstance(term, ox.NamedNode):
        return interned(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise TypeError(f"unexpected term {term!r}")


def _literal(term: ox.Literal) -> Literal:
    if term.language:
        return Literal(term.value, lang=term.language, normalize=False)
    if term.datatype == _STRING:
        return Literal(term.value, normalize=False)
    return Literal(term.value, datatype=term.datatype.value)


def parsed(
    path: Path, *, base: str = DEFAULT_BASE, prefixes: dict[str, str] | None = None
) -> Iterator[ox.Quad]:
    """The triples of a Turtle file in its order, our own IRIs in it under BASE; raises KnowledgeError.

    The prefixes that the file declares are added to PREFIXES.
    """
    try:
        text = path.read_bytes()
        if base != DEFAULT_BASE:
            text = text.replace(DEFAULT_BASE.encode(), base.encode())
        parser = ox.parse(text, format=ox.RdfFormat.TURTLE)
        yield from parser
        if prefixes is not None:
            prefixes.update({prefix: iri for prefix, iri in parser.prefixes.items() if prefix})
    except OSError as error:
        raise KnowledgeError(
            where=_called(path), problem=f"cannot be read: {error.strerror}",
            fix="restore the file, or reinstall khabar",
        ) from error  # fmt: skip
    except (SyntaxError, ValueError) as error:
        raise KnowledgeError(
            where=f"{_called(path)}, line {getattr(error, 'lineno', None) or '?'}",
            problem=f"is not Turtle: {error.args[0] if error.args else error}",
            fix="correct the file; rapper or riot show the place too",
        ) from error  # fmt: skip


def _called(path: Path) -> str:
    """PATH as a person finds it in the repository, whatever folder it was installed to."""
    above = path.parents[1].name if path.parent.name == "languages" else ""
    return "/".join(part for part in (above, path.parent.name, path.name) if part)
