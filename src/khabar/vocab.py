"""The namespaces we use, and how an IRI of ours is made."""

from __future__ import annotations

import base64
import hashlib
from functools import cached_property
from typing import Final

import rdflib
from rdflib import Namespace, URIRef

__all__ = [
    "ALIGNED", "BASE", "DEFAULT_BASE", "FOAF", "ITSRDF", "KH", "LEXINFO", "NIF", "ONTOLEX", "ORG",
    "OWL", "PROV", "RDF", "RDFS", "RESERVED_KEYS", "SCHEMA", "SH", "SKOS", "SYNSEM", "WD", "XSD",
    "article_iri", "digest", "entity_iri", "graph_iri", "interned", "rebase", "statement_iri",
    "text_graph_iri", "unbased",
]  # fmt: skip


_INTERNED: Final[dict[str, URIRef]] = {}


def interned(iri: str) -> URIRef:
    """IRI as the one object that stands for it wherever knowledge is looked up.

    A dictionary finds an identical key without comparing it, and comparing two of rdflib's terms is slow:
    what the stages ask of the knowledge they compare with `is`.
    """
    known = _INTERNED.get(iri)
    if known is None:
        known = _INTERNED[iri] = URIRef(iri)
    return known


class Terms(Namespace):
    """A namespace that makes each of its IRIs once: reading an article asks for KH's a thousand times."""

    def term(self, name: str) -> URIRef:
        """The IRI of that local name."""
        return interned(f"{self}{name}")

    @cached_property
    def title(self) -> URIRef:  # type: ignore[override]  # a method of every str, which rdflib covers likewise
        """The IRI of that name."""
        return self.term("title")

    def __getattr__(self, name: str) -> URIRef:
        if name.startswith("__"):
            return super().__getattr__(name)
        term = self.__dict__[name] = self.term(name)
        return term


# Everything inside the program is said under this base; rebase() moves it where a server can answer.
DEFAULT_BASE: Final = "https://w3id.org/khabar/"
BASE: Final = Namespace(DEFAULT_BASE)
KH: Final = Terms(DEFAULT_BASE + "ont#")

RDF: Final = Terms(str(rdflib.RDF))
RDFS: Final = Terms(str(rdflib.RDFS))
OWL: Final = Terms(str(rdflib.OWL))
XSD: Final = Terms(str(rdflib.XSD))
SH: Final = Terms(str(rdflib.SH))
SKOS: Final = Terms(str(rdflib.SKOS))
PROV: Final = Terms(str(rdflib.PROV))
ORG: Final = Terms(str(rdflib.ORG))
FOAF: Final = Terms(str(rdflib.FOAF))
NIF: Final = Terms("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
ITSRDF: Final = Terms("http://www.w3.org/2005/11/its/rdf#")
SCHEMA: Final = Terms("https://schema.org/")
ONTOLEX: Final = Terms("http://www.w3.org/ns/lemon/ontolex#")
SYNSEM: Final = Terms("http://www.w3.org/ns/lemon/synsem#")
LEXINFO: Final = Terms("http://www.lexinfo.net/ontology/3.0/lexinfo#")
WD: Final = Terms("http://www.wikidata.org/entity/")

# An article of such a key would be taken for a graph that holds something else.
RESERVED_KEYS: Final = frozenset(
    {"curation", "entities", "facts", "lexicon", "meta", "mirror", "ontology", "text"}
)

ALIGNED: Final = {"foaf": FOAF, "org": ORG, "prov": PROV, "schema": SCHEMA, "skos": SKOS}


def digest(*parts: str) -> str:
    """Sixteen base32 characters (80 bits) of the sha256 of PARTS, a unit separator between each."""
    raw = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return base64.b32encode(raw[:10]).decode().lower()  # ten bytes are sixteen characters, without padding


def article_iri(key: str) -> URIRef:
    """The IRI of the article with that key."""
    return BASE[f"article/{key}"]


def graph_iri(key: str) -> URIRef:
    """The named graph of what the article with that key states."""
    return BASE[f"graph/{key}"]


def text_graph_iri(key: str) -> URIRef:
    """The named graph of the text of the article with that key."""
    return BASE[f"graph/text/{key}"]


def is_text_graph(graph: str, base: str) -> bool:
    """Whether a graph holds the text of an article, which is published only on request."""
    return graph.startswith(f"{base}graph/text/")


def entity_iri(*parts: str) -> URIRef:
    """The IRI minted for a thing that the gazetteer does not hold."""
    return BASE[f"id/x-{digest(*parts)}"]


def statement_iri(*parts: str) -> URIRef:
    """The IRI of a statement: the same parts give the same IRI in every build."""
    return BASE[f"id/s-{digest(*parts)}"]


def rebase(iri: URIRef, base: str) -> URIRef:
    """IRI under another base than the default one; foreign IRIs stay as they are."""
    if base == DEFAULT_BASE or not iri.startswith(DEFAULT_BASE):
        return iri
    return URIRef(base + iri[len(DEFAULT_BASE) :])


def unbased(iri: str, base: str) -> URIRef:
    """What rebase() turned into IRI."""
    return URIRef(DEFAULT_BASE + iri[len(base) :]) if iri.startswith(base) else URIRef(iri)
