"""A snapshot as a file that can be diffed: sorted, and the same bytes for the same triples.

N-Quads and TriG hold the named graphs, and leave out the default graph, which is derived from them.
N-Triples, Turtle and JSON-LD are the default graph.  Texts of articles are in none of them, unless
asked for.  rdflib's Turtle is neither stable nor fast enough, so this is a small writer of our own:
it groups sorted N-Triples lines, which leaves nothing to chance, a batch at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import BinaryIO, Final

import pyoxigraph as ox

from khabar.graph.lines import Batch, batches, graphs
from khabar.vocab import (
    ITSRDF,
    LEXINFO,
    NIF,
    ONTOLEX,
    ORG,
    OWL,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SH,
    SKOS,
    SYNSEM,
    WD,
    XSD,
)

Line = tuple[str, str, str]  # subject, predicate and object of a triple, as N-Triples writes them
Group = Iterator[tuple[str, Iterator[Line]]]  # the lines of each subject

_LITERAL: Final = re.compile(r'(".*")(?:@(\S+)|\^\^<(\S+)>)?', re.DOTALL)
# What needs no escape as the local part of a prefixed name (Turtle, PN_LOCAL); more is legal, less is safe.
_LOCAL: Final = re.compile(r"(?:\w(?:[\w.-]*[\w-])?)?", re.ASCII)
_INTEGER: Final = re.compile(r'"([+-]?\d+)"')
_DECIMAL: Final = re.compile(r'"([+-]?\d*\.\d+)"')
REMEMBERED: Final = 10_000  # names of IRIs: most of the others are not met again

_TYPE: Final = f"<{RDF.type}>"
# What a reader wants to see first; the other predicates follow in the order of their IRIs.
_FIRST: Final = (_TYPE, *(f"<{term}>" for term in (RDFS.label, RDF.subject, RDF.predicate, RDF.object)))


def prefixes(base: str) -> dict[str, str]:
    """The prefixes of every dump, and of queries for those who like to type less, sorted."""
    ours = {"kh": f"{base}ont#", "id": f"{base}id/"}
    theirs = {
        "dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/", "itsrdf": str(ITSRDF),
        "lexinfo": str(LEXINFO), "nif": str(NIF), "oa": "http://www.w3.org/ns/oa#",
        "ontolex": str(ONTOLEX), "org": str(ORG), "owl": str(OWL), "prov": str(PROV),
        "rdf": str(RDF), "rdfs": str(RDFS), "schema": str(SCHEMA), "sh": str(SH),
        "skos": str(SKOS), "synsem": str(SYNSEM), "void": "http://rdfs.org/ns/void#",
        "wd": str(WD), "xsd": str(XSD),
    }  # fmt: skip
    return dict(sorted((ours | theirs).items()))


@dataclass(frozen=True, slots=True)
class Texts:
    """How much a dump gives of the words of articles."""

    whole: bool = False  # the graphs that hold whole texts, too
    limit: int | None = None  # code points of a quotation


def dump(snapshot: ox.Store, format: str, stream: BinaryIO, base: str, texts: Texts | None = None) -> None:
    """Write a snapshot to a binary STREAM in one of FORMATS; BASE is that of its folder.

    A snapshot always gives the same bytes, whatever the order or the process that filled it.
    Memory does not grow with the snapshot; raises KeyError for another format.
    """
    for text in FORMATS[format](snapshot, base, texts or Texts()):
        stream.write(text.encode())


# --- the formats


def _nquads(snapshot: ox.Store, base: str, texts: Texts) -> Iterator[str]:
    for graph, found in graphs(snapshot, base, publish_text=texts.whole, limit=texts.limit):
        yield from (nquads(batch, graph) for batch in found)


def _ntriples(snapshot: ox.Store, base: str, texts: Texts) -> Iterator[str]:
    yield from ("\n".join([*batch, ""]) for batch in batches(snapshot, ox.DefaultGraph(), texts.limit))


def _turtle(snapshot: ox.Store, base: str, texts: Texts) -> Iterator[str]:
    names = Names(base)
    yield names.header
    yield from (blocks(batch, names) for batch in batches(snapshot, ox.DefaultGraph(), texts.limit))


def _trig(snapshot: ox.Store, base: str, texts: Texts) -> Iterator[str]:
    names = Names(base)
    yield names.header
    for graph, found in graphs(snapshot, base, publish_text=texts.whole, limit=texts.limit):
        yield from trig(found, graph, names)


def _jsonld(snapshot: ox.Store, base: str, texts: Texts) -> Iterator[str]:
    names = Names(base)
    context = json.dumps(prefixes(base), indent=2).replace("\n", "\n  ")
    yield f'{{\n  "@context": {context},\n  "@graph": ['
    comma = ""
    for batch in batches(snapshot, ox.DefaultGraph(), texts.limit):
        for subject, lines in _grouped(batch):
            node = json.dumps(_node(subject, lines, names), ensure_ascii=False)
            yield f"{comma}\n    {node}"
            comma = ","
    yield "\n  ]\n}\n"


FORMATS: Final[Mapping[str, Callable[[ox.Store, str, Texts], Iterator[str]]]] = MappingProxyType(
    {"turtle": _turtle, "nquads": _nquads, "trig": _trig, "jsonld": _jsonld, "ntriples": _ntriples}
)


# --- sorted lines as text


def nquads(batch: Batch, graph: str) -> str:
    """A batch of triples as lines of N-Quads; within a literal, a newline is escaped."""
    return "\n".join([*batch, ""]).replace(" .\n", f" <{graph}> .\n")


def trig(found: Iterable[Batch], graph: str, names: Names) -> Iterator[str]:
    """One named graph as TriG."""
    yield f"\n{names.iri(f'<{graph}>')} {{\n"
    yield from (blocks(batch, names, indent="  ") for batch in found)
    yield "}\n"


def _grouped(batch: Batch) -> Group:
    return groupby(map(split, batch), key=itemgetter(0))


def split(line: str) -> Line:
    """Subject, predicate and object of a line of N-Triples."""
    subject, predicate, rest = line.split(" ", 2)
    return subject, predicate, rest[:-2]


def _described(lines: Iterable[Line]) -> list[tuple[str, list[str]]]:
    """The objects of each predicate."""
    found = [(p, [o for _, _, o in same]) for p, same in groupby(lines, key=lambda line: line[1])]
    return sorted(found, key=lambda pair: _FIRST.index(pair[0]) if pair[0] in _FIRST else len(_FIRST))


# --- Turtle


class Names:
    """How IRIs and literals are written under one set of prefixes."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._spaces = [(iri, prefix) for prefix, iri in prefixes(base).items()]
        self._known: dict[str, str] = {}

    @property
    def header(self) -> str:
        """The declarations that stand before everything else."""
        known = prefixes(self.base).items()
        return f"@base <{self.base}> .\n" + "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in known)

    def iri(self, written: str) -> str:
        """An IRI in angle brackets as a prefixed name; else relative to the base, if it is one of ours."""
        known = self._known.get(written)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self.compact(written[1:-1]) or self._relative(written)
            self._known[written] = known
        return known

    def compact(self, iri: str) -> str | None:
        for space, prefix in self._spaces:
            if iri.startswith(space) and _LOCAL.fullmatch(iri, len(space)):
                return f"{prefix}:{iri[len(space) :]}"
        return None

    def _relative(self, written: str) -> str:
        # Only where a name and a slash follow: the first part of a relative IRI must not hold a colon.
        rest = written[1:].removeprefix(self.base)
        return f"<{rest}" if re.match(r"[a-z]+/", rest) and rest != written[1:] else written

    def term(self, written: str) -> str:
        if not written.startswith('"'):
            return self.iri(written)
        match = _LITERAL.fullmatch(written)
        if match is None or match[3] is None:
            return written
        if match[3] == str(XSD.integer) and (number := _INTEGER.fullmatch(match[1])):
            return number[1]
        if match[3] == str(XSD.decimal) and (number := _DECIMAL.fullmatch(match[1])):
            return number[1]
        if match[3] == str(XSD.boolean) and match[1] in ('"true"', '"false"'):
            return match[1].strip('"')
        return f"{match[1]}^^{self.iri(f'<{match[3]}>')}"


def blocks(batch: Batch, names: Names, indent: str = "") -> str:
    """A batch of triples as Turtle: each subject once."""
    found = []
    for subject, lines in _grouped(batch):
        rows = [_row(names, predicate, objects, indent) for predicate, objects in _described(lines)]
        found.append(f"\n{indent}{names.iri(subject)}" + " ;\n".join(rows)[len(indent) + 3 :] + " .\n")
    return "".join(found)


def _row(names: Names, predicate: str, objects: list[str], indent: str) -> str:
    verb = "a" if predicate == _TYPE else names.iri(predicate)
    return f"{indent}    {verb} " + " , ".join(names.term(value) for value in objects)


# --- JSON-LD


def _node(subject: str, lines: Iterable[Line], names: Names) -> dict[str, object]:
    node: dict[str, object] = {"@id": _id(subject, names)}
    for predicate, objects in _described(lines):
        if predicate == _TYPE:
            node["@type"] = [_id(value, names) for value in objects]
        else:
            node[_id(predicate, names)] = [_json_value(value, names) for value in objects]
    return node


def _id(written: str, names: Names) -> str:
    return names.compact(written[1:-1]) or written[1:-1]


def _json_value(written: str, names: Names) -> dict[str, str] | str:
    match = _LITERAL.fullmatch(written)
    if match is None:
        return {"@id": _id(written, names)}
    text = _unescaped(match[1])
    if match[2]:
        return {"@value": text, "@language": match[2]}
    return {"@value": text, "@type": _id(f"<{match[3]}>", names)} if match[3] else text


def literal_text(written: str) -> str:
    """The words of a literal as N-Triples writes it; nothing for nothing."""
    match = _LITERAL.fullmatch(written)
    return _unescaped(match[1]) if match else ""


def _unescaped(quoted: str) -> str:
    # N-Triples escapes the characters that JSON does, and in the same way.
    return str(json.loads(quoted, strict=False)) if "\\" in quoted else quoted[1:-1]
