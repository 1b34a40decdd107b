"""Where each triple of an RDF/XML document stands: at the element or the attribute's element that says it.

Only for documents that pyoxigraph has accepted, which have no DOCTYPE either.  What is said of statements by
rdf:ID, and what stands inside an XML literal, has no place.  https://www.w3.org/TR/rdf-syntax-grammar/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

import pyoxigraph as ox

from khabar.graph.triples import FIRST, NIL, REST, TYPE, Term
from khabar.validation.placed import FORGIVEN, Placed, PlacedTriple, resolved
from khabar.vocab import RDF

XML: Final = "http://www.w3.org/XML/1998/namespace"
_NAMES: Final = ("about", "ID", "nodeID", "resource", "parseType", "datatype", "bagID")


def _rdf(name: str) -> str:
    """A name of the syntax, which is no term."""
    return f"{RDF}{name}"


_SYNTAX: Final = frozenset(map(_rdf, _NAMES))


@dataclass
class _Element:
    """An element that is open."""

    at: int
    base: str
    language: str
    is_node: bool  # and not a property of the node around it
    term: Term | None = None  # the node; of a property its value, once it is known
    verb: ox.NamedNode | None = None  # of a property
    datatype: str = ""
    text: list[str] = field(default_factory=list)
    items: list[Placed] | None = None  # of a property with parseType Collection
    members: int = 0  # rdf:li so far
    is_foreign: bool = False  # an XML literal: what is inside is text


class Reader:
    """Reads triples, each term with its offset."""

    def __init__(self, text: str, base: str) -> None:
        self._content = text.encode("utf-8")
        self._open: list[_Element] = [_Element(0, base, "", is_node=False)]
        self._found: list[PlacedTriple] = []
        self._blanks = 0
        self._seen = self._offset = 0  # bytes, and code points up to there
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def triples(self) -> Iterator[PlacedTriple]:
        """Every triple, in the order in which the elements end."""
        with suppress(expat.ExpatError, *FORGIVEN):
            self._parser.Parse(self._content, True)
        yield from self._found

    def _at(self) -> int:
        start = self._parser.CurrentByteIndex
        self._offset += len(self._content[self._seen : start].decode("utf-8", "replace"))
        self._seen = start
        return self._offset

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        above, at = self._open[-1], self._at()
        said = {_iri(key): value for key, value in attributes.items()}
        base = resolved(said.pop(f"{XML}base", above.base), above.base)
        language = said.pop(f"{XML}lang", above.language)
        element = _Element(at, base, language, is_node=not above.is_node, is_foreign=above.is_foreign)
        self._open.append(element)
        if element.is_foreign:
            return
        if _iri(name) == _rdf("RDF") and len(self._open) == 2:
            element.is_node = False  # what it holds are nodes
        elif element.is_node:
            self._node(element, above, _iri(name), said)
        else:
            self._property(element, above, _iri(name), said)

    def _node(self, element: _Element, above: _Element, name: str, said: dict[str, str]) -> None:
        element.term = self._named(said, _rdf("about"), element.base) or self._blank()
        if above.items is not None:
            above.items.append((element.term, element.at))
        else:
            above.term, above.at = element.term, element.at if above.verb is not None else above.at
        if name != _rdf("Description"):
            self._say(element, TYPE, ox.NamedNode(name))
        self._attributes(element, element.term, said)

    def _property(self, element: _Element, above: _Element, name: str, said: dict[str, str]) -> None:
        if name == _rdf("li"):
            above.members += 1
            name = _rdf(f"_{above.members}")
        element.verb = ox.NamedNode(name)
        element.datatype = said.get(_rdf("datatype"), "")
        kind = said.get(_rdf("parseType"), "")
        if kind == "Collection":
            element.items = []
        elif kind == "Resource":
            element.term, element.is_node = self._blank(), True
        elif kind:
            element.term, element.is_foreign = self._blank(), True
        else:
            element.term = self._named(said, _rdf("resource"), element.base)
            plain = {key: value for key, value in said.items() if key not in _SYNTAX}
            if element.term is None and plain:
                element.term = self._blank()
            if element.term is not None:
                self._attributes(element, element.term, plain)

    def _attributes(self, element: _Element, node: Term, said: dict[str, str]) -> None:
        for key, value in said.items():
            if key == _rdf("type"):
                self._found.append(
                    ((node, element.at), TYPE, (ox.NamedNode(resolved(value, element.base)), element.at))
                )
            elif key not in _SYNTAX and not key.startswith(XML) and ":" in key:
                literal = _literal(value, element.language, "")
                self._found.append(((node, element.at), ox.NamedNode(key), (literal, element.at)))

    def _characters(self, text: str) -> None:
        self._open[-1].text.append(text)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        above = self._open[-1]
        if element.verb is None or above.term is None or (element.is_foreign and above.is_foreign):
            return
        value = element.term
        if element.items is not None:
            value = self._list(element.items)
        elif value is None:
            value = _literal("".join(element.text), element.language, element.datatype)
        self._found.append(((above.term, above.at), element.verb, (value, element.at)))

    def _list(self, items: list[Placed]) -> Term:
        node: Term = NIL
        for value, at in reversed(items):
            rest, node = node, self._blank()
            self._found += [((node, at), FIRST, (value, at)), ((node, at), REST, (rest, at))]
        return node

    def _say(self, element: _Element, verb: Term, value: Term) -> None:
        if element.term is not None:
            self._found.append(((element.term, element.at), verb, (value, element.at)))

    def _named(self, said: dict[str, str], key: str, base: str) -> Term | None:
        if key in said:
            return ox.NamedNode(resolved(said[key], base))
        if _rdf("ID") in said and key == _rdf("about"):
            return ox.NamedNode(resolved(f"#{said[_rdf('ID')]}", base))
        label = said.get(_rdf("nodeID"))
        return None if label is None else ox.BlankNode(label)

    def _blank(self) -> ox.BlankNode:
        self._blanks += 1
        return ox.BlankNode(f"unnamed{self._blanks}")


def _iri(name: str) -> str:
    return name.replace(" ", "", 1)


def _literal(text: str, language: str, datatype: str) -> ox.Literal:
    if datatype:
        return ox.Literal(text, datatype=ox.NamedNode(datatype))
    return ox.Literal(text, language=language) if language else ox.Literal(text)
