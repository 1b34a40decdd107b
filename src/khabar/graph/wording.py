"""What a report says where a shape says nothing itself, and what it calls a node."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pyoxigraph as ox
from rdflib import Literal, URIRef

from khabar.graph.report import local, short
from khabar.graph.terms import Term, from_ox, to_ox
from khabar.graph.triples import FIRST, Triples
from khabar.graph.triples import Term as OxTerm
from khabar.vocab import RDF, RDFS, SH, SKOS

# A place in a message for what a query found: {$this} or {?value}.
_PLACE: Final = re.compile(r"\{[?$](\w+)\}")

# By the local name of the component without ConstraintComponent: the parameter that {} is, and the words.
_WORDS: Final = {
    "Class": ("class", "the value is not of the class {}"),
    "Datatype": ("datatype", "the value is not a well-formed literal of the datatype {}"),
    "NodeKind": ("nodeKind", "the value is not of the kind {}"),
    "MinCount": ("minCount", "there are fewer values than {}"),
    "MaxCount": ("maxCount", "there are more values than {}"),
    "MinExclusive": ("minExclusive", "the value is not greater than {}"),
    "MinInclusive": ("minInclusive", "the value is less than {}"),
    "MaxExclusive": ("maxExclusive", "the value is not less than {}"),
    "MaxInclusive": ("maxInclusive", "the value is greater than {}"),
    "MinLength": ("minLength", "the value is shorter than {}"),
    "MaxLength": ("maxLength", "the value is longer than {}"),
    "Pattern": ("pattern", "the value does not match {}"),
    "LanguageIn": ("languageIn", "the language of the value is none of {}"),
    "UniqueLang": ("path", "two values have one language"),
    "Equals": ("equals", "the values are not those of {}"),
    "Disjoint": ("disjoint", "the value is one of {} too"),
    "LessThan": ("lessThan", "the value is not less than that of {}"),
    "LessThanOrEquals": ("lessThanOrEquals", "the value is greater than that of {}"),
    "Not": ("not", "the value conforms to {}, and must not"),
    "And": ("and", "the value does not conform to all of {}"),
    "Or": ("or", "the value conforms to none of {}"),
    "Xone": ("xone", "the value does not conform to exactly one of {}"),
    "Node": ("node", "the value does not conform to {}"),
    "QualifiedMinCount": ("qualifiedMinCount", "fewer values than {} conform to the shape that counts them"),
    "QualifiedMaxCount": ("qualifiedMaxCount", "more values than {} conform to the shape that counts them"),
    "Closed": ("closed", "the shape is closed and does not allow this property"),
    "HasValue": ("hasValue", "{} is not among the values"),
    "In": ("in", "the value is none of {}"),
}
_SHOWN: Final = 6  # members of a list


def default_message(shapes: Triples, shape: OxTerm, component: OxTerm) -> Literal:
    """What is wrong, said of the constraint alone."""
    name = local(from_ox(component)).removesuffix("ConstraintComponent")
    parameter, words = _WORDS.get(name, ("", f"the value does not hold {name}"))
    values = shapes.objects(shape, ox.NamedNode(str(SH) + parameter))
    said = words.format(", ".join(_parameter(shapes, value) for value in values))
    return Literal(f"{said[0].upper()}{said[1:]}.")


def _parameter(shapes: Triples, value: OxTerm) -> str:
    if isinstance(value, ox.BlankNode):
        if not shapes.objects(value, FIRST):
            return "a shape inside it"
        members = shapes.items(value)
        shown = ", ".join(_parameter(shapes, member) for member in members[:_SHOWN])
        return f"({shown}{', …' if len(members) > _SHOWN else ''})"
    return short(from_ox(value))


def filled(message: Literal, found: dict[str, Term], names: Callable[[Term, str], str]) -> Literal:
    """A message with what a query found in its places, by NAMES in its own language where there are any."""

    def fill(place: re.Match[str]) -> str:
        term = found.get(place[1])
        return place[0] if term is None else names(term, message.language or "")

    return Literal(_PLACE.sub(fill, message), lang=message.language)


class Names:
    """What to call a node in a message: its label, a statement's three parts, or the end of its IRI."""

    def __init__(self, data: Triples) -> None:
        self._data = data
        self._known: dict[tuple[Term, str], str] = {}

    def __call__(self, term: Term, language: str = "") -> str:
        """The name of a node, in a LANGUAGE if there is one in it."""
        if not isinstance(term, URIRef):
            return short(term)
        known = self._known.get((term, language))
        if known is None:
            known = self._known[term, language] = self._name(term, language)
        return known

    def _name(self, term: URIRef, language: str) -> str:
        parts = [self._value(term, part) for part in (RDF.subject, RDF.predicate, RDF.object)]
        if all(part is not None for part in parts):
            return "«" + " ".join(self._label(part, language) for part in parts if part is not None) + "»"
        return self._label(term, language)

    def _label(self, term: Term, language: str) -> str:
        labels = (self._value(term, verb, language) for verb in (RDFS.label, SKOS.altLabel))
        return short(next((label for label in labels if label is not None), term))

    def _value(self, term: Term, predicate: URIRef, language: str = "") -> Term | None:
        if not isinstance(term, URIRef):
            return None
        # Of several always the same one: in the language, else in Latin letters, by the alphabet.
        found = (from_ox(value) for value in self._data.objects(to_ox(term), ox.NamedNode(predicate)))
        return min(
            found,
            key=lambda term: (language not in ("", _language(term)), not term.isascii(), str(term)),
            default=None,
        )


def _language(term: Term) -> str:
    return (term.language or "") if isinstance(term, Literal) else ""
