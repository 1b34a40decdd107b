"""Where each triple of a JSON-LD document stands: at the value that says it.

Only for documents that pyoxigraph has accepted, whose contexts are in the document.  It follows terms,
prefixes, @vocab, @base, aliases of keywords, and what a term says of its values.  What stands under a context
of a type, or in @nest, is not understood: a result there gets the place of its subject, if that has one.
https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyoxigraph as ox

from khabar.graph.triples import FIRST, NIL, REST, TYPE, Term
from khabar.validation.placed import FORGIVEN, Placed, PlacedTriple, Unreadable, resolved
from khabar.vocab import XSD

_TOKEN: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of JSON: a dictionary or a list of further ones, or what json makes of it."""

    content: Any
    at: int  # offset at which it begins


@dataclass(frozen=True)
class Context:
    """What the words of a document mean at one place: https://www.w3.org/TR/json-ld11/#the-context"""

    base: str
    vocabulary: str = ""
    language: str = ""
    terms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # as expanded definitions

    def with_(self, said: Value | None) -> Context:
        """The context inside a value that has an @context."""
        if said is None:
            return self
        if isinstance(said.content, list):
            context = self
            for one in said.content:
                context = context.with_(one)
            return context
        if not isinstance(said.content, dict):
            return Context(self.base) if said.content is None else self
        plain = {key: _plain(value) for key, value in said.content.items()}
        base = plain.pop("@base", self.base)
        terms = {key: value for key, value in plain.items() if not key.startswith("@")}
        return replace(
            self,
            base=resolved(base, self.base) if isinstance(base, str) else self.base,
            vocabulary=plain.get("@vocab", self.vocabulary) or "",
            language=plain.get("@language", self.language) or "",
            terms={**self.terms, **{k: v if isinstance(v, dict) else {"@id": v} for k, v in terms.items()}},
        )

    def keyword(self, key: str) -> str:
        """The keyword that a key is, or stands for; the key itself where it is none."""
        meant = self.terms.get(key, {}).get("@id")
        return meant if isinstance(meant, str) and meant.startswith("@") else key

    def property(self, key: str, depth: int = 0) -> str | None:
        """The IRI of a property or a class; nothing of a word that means none."""
        known = self.terms.get(key)
        meant = key if known is None else known.get("@id", known.get("@reverse", key))
        if meant is None or depth > len(self.terms):
            return None
        if meant != key:
            return self.property(meant, depth + 1)
        prefix, colon, local = key.partition(":")
        if colon and not local.startswith("//") and prefix in self.terms and prefix != key:
            start = self.property(prefix, depth + 1)
            return None if start is None else start + local
        if colon:
            return key
        return self.vocabulary + key if self.vocabulary else None

    def node(self, text: str) -> Term:
        """The node that an @id names: words are relative to the base, and not to the vocabulary."""
        if text.startswith("_:"):
            return ox.BlankNode(text[2:])
        prefix, colon, local = text.partition(":")
        if colon and not local.startswith("//") and prefix in self.terms:
            return ox.NamedNode(f"{self.property(prefix)}{local}")
        return ox.NamedNode(resolved(text, self.base))


class Reader:
    """Reads triples, each term with its offset."""

    def __init__(self, text: str, base: str) -> None:
        self._tokens = (match for match in _TOKEN.finditer(text) if match[1])
        self._base = base
        self._blanks = 0
        self._found: list[PlacedTriple] = []

    def triples(self) -> Iterator[PlacedTriple]:
        """Every triple, as far as it is understood."""
        with suppress(*FORGIVEN):
            self._within(self._value(next(self._tokens, None)), Context(self._base))
        yield from self._found

    # --- JSON with places

    def _value(self, token: re.Match[str] | None) -> Value:
        if token is None:
            raise Unreadable
        if token[1] == "{":
            return Value(dict(self._members()), token.start(1))
        if token[1] == "[":
            return Value(list(self._items()), token.start(1))
        return Value(json.loads(token[1]), token.start(1))

    def _members(self) -> Iterator[tuple[str, Value]]:
        for token in self._tokens:
            if token[1] == "}":
                return
            if token[1] != ",":
                next(self._tokens, None)  # the colon
                yield str(json.loads(token[1])), self._value(next(self._tokens, None))

    def _items(self) -> Iterator[Value]:
        for token in self._tokens:
            if token[1] == "]":
                return
            if token[1] != ",":
                yield self._value(token)

    # --- nodes

    def _within(self, value: Value, context: Context) -> None:
        """Nodes at the top, or in an @graph."""
        for one in value.content if isinstance(value.content, list) else [value]:
            if isinstance(one.content, dict):
                self._node(one, context)

    def _node(self, value: Value, context: Context) -> Placed:
        context = context.with_(value.content.get("@context"))
        said = {context.keyword(key): one for key, one in value.content.items()}
        named = said.get("@id")
        subject: Placed = (
            (self._blank(), value.at) if named is None else (context.node(named.content), named.at)
        )
        for key, one in said.items():
            if key == "@type":
                for cls in _each(one):
                    iri = context.property(cls.content) or context.node(cls.content).value
                    self._found.append((subject, TYPE, (ox.NamedNode(iri), cls.at)))
            elif key in ("@graph", "@included"):
                self._within(one, context)
            elif key == "@reverse":
                self._reversed(subject, one, context)
            elif not key.startswith("@"):
                self._property(subject, key, one, context)
        return subject

    def _property(self, subject: Placed, key: str, value: Value, context: Context) -> None:
        iri, definition = context.property(key), context.terms.get(key, {})
        if iri is None:
            return
        verb, inside = ox.NamedNode(iri), context
        if "@context" in definition:
            inside = context.with_(_placed(definition["@context"], value.at))
        for term, at in self._values(value, definition, inside):
            if "@reverse" in definition:
                self._found.append(((term, at), verb, subject))
            else:
                self._found.append((subject, verb, (term, at)))

    def _reversed(self, subject: Placed, said: Value, context: Context) -> None:
        for key, value in said.content.items():
            iri = context.property(key)
            if iri is not None:
                for placed in self._values(value, {"@type": "@id"}, context):
                    self._found.append((placed, ox.NamedNode(iri), subject))

    def _values(self, value: Value, definition: Mapping[str, Any], context: Context) -> Iterator[Placed]:
        containers = definition.get("@container", ())
        containers = [containers] if isinstance(containers, str) else containers
        if "@list" in containers and not (isinstance(value.content, dict) and "@list" in value.content):
            yield self._list(value, definition, context), value.at
        elif isinstance(value.content, dict) and "@language" in containers:
            for tag, texts in value.content.items():
                for text in _each(texts):
                    yield ox.Literal(text.content, language=tag), text.at
        elif isinstance(value.content, dict) and "@index" in containers:
            for one in value.content.values():
                yield from self._values(one, {**definition, "@container": []}, context)
        else:
            for one in _each(value):
                yield from self._one(one, definition, context)

    def _one(self, value: Value, definition: Mapping[str, Any], context: Context) -> Iterator[Placed]:
        if not isinstance(value.content, dict):
            if value.content is not None:
                yield self._scalar(value.content, definition, context), value.at
            return
        said = {context.keyword(key): one for key, one in value.content.items()}
        if "@value" in said:
            stated = {"@type": _plain(said["@type"])} if "@type" in said else {}
            stated["@language"] = _plain(said["@language"]) if "@language" in said else None
            yield self._scalar(said["@value"].content, stated, context), said["@value"].at
        elif "@list" in said:
            yield self._list(said["@list"], definition, context), value.at
        elif "@set" in said:
            yield from self._values(said["@set"], definition, context)
        else:
            yield self._node(value, context)

    def _list(self, value: Value, definition: Mapping[str, Any], context: Context) -> Term:
        items = [
            placed
            for one in _each(value)
            for placed in self._values(one, {**definition, "@container": []}, context)
        ]
        node: Term = NIL
        for term, at in reversed(items):
            rest, node = node, self._blank()
            self._found += [((node, at), FIRST, (term, at)), ((node, at), REST, (rest, at))]
        return node

    def _scalar(self, content: Any, definition: Mapping[str, Any], context: Context) -> Term:
        """https://www.w3.org/TR/json-ld11-api/#object-to-rdf-conversion"""
        kind = definition.get("@type")
        if isinstance(content, str) and kind == "@id":
            return context.node(content)
        if isinstance(content, str) and kind == "@vocab":
            return ox.NamedNode(context.property(content) or resolved(content, context.base))
        datatype = context.property(kind) if isinstance(kind, str) and not kind.startswith("@") else None
        if isinstance(content, bool):
            text, usual = json.dumps(content), XSD.boolean
        elif isinstance(content, int):
            text, usual = str(content), XSD.integer
        elif isinstance(content, float):
            text, usual = _double(content), XSD.double
        else:
            text, usual = str(content), XSD.string
            language = definition.get("@language", context.language)
            if language and datatype is None:
                return ox.Literal(text, language=language)
        return ox.Literal(text, datatype=ox.NamedNode(datatype or usual))

    def _blank(self) -> ox.BlankNode:
        self._blanks += 1
        return ox.BlankNode(f"unnamed{self._blanks}")


def _each(value: Value) -> list[Value]:
    return value.content if isinstance(value.content, list) else [value]


def _plain(value: Value) -> Any:
    """A value without its places."""
    content = value.content
    if isinstance(content, dict):
        return {key: _plain(one) for key, one in content.items()}
    return [_plain(one) for one in content] if isinstance(content, list) else content


def _placed(content: Any, at: int) -> Value:
    """A value all of whose parts stand at one place."""
    if isinstance(content, dict):
        return Value({key: _placed(one, at) for key, one in content.items()}, at)
    return Value([_placed(one, at) for one in content] if isinstance(content, list) else content, at)


def _double(number: float) -> str:
    """As RDF writes a number with a fraction: 1.5E0; a whole one as an integer."""
    if number.is_integer() and abs(number) < 1e21:
        return str(int(number))
    mantissa, _, exponent = f"{number:.15E}".partition("E")
    digits = mantissa.rstrip("0")
    return f"{digits}{'0' if digits.endswith('.') else ''}E{int(exponent)}"
