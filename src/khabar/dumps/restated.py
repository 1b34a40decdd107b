"""Each statement said again as other people say such things: Web Annotations, RDF 1.2, nanopublications.

All that they say stands in the graph of one article, so they are written as it passes by, without a
query; views.py has those that must look around.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import pyoxigraph as ox

from khabar.dumps.packing import Content
from khabar.dumps.stated import BEGIN, END, OBJECT, PREDICATE, SUBJECT, WORDS, Described, Stated
from khabar.graph.serialise import Names, literal_text
from khabar.vocab import KH, PROV, rebase

ANNOTATIONS: Final = "khabar-annotations.ttl"
RDF12: Final = "khabar-rdf12.nt"
NANOPUBLICATIONS: Final = "khabar-nanopublications.trig"

NP: Final = "http://www.nanopub.org/nschema#"
_REIFIES: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies>"  # of RDF 1.2
_OF_THE_TRIPLE: Final = (SUBJECT, PREDICATE, OBJECT)

Open = Callable[[str, str, str], Content]  # a content of that name, media type and title


class Run(NamedTuple):
    """How the graph of an article was made, as it stands in each of its nanopublications."""

    provenance: str
    created: str
    triples: int


class Restated:
    """The three files on their way; LICENSE is that of the facts."""

    def __init__(
        self, open_: Open, snapshot: ox.Store, names: Names, header: str, license: str | None
    ) -> None:
        base = names.base
        self._snapshot = snapshot
        self._names = names
        self._meta = ox.NamedNode(f"{base}graph/meta")
        self._license = f" ;\n        dcterms:license <{license}>" if license else ""
        self._terms = {
            name: f"<{rebase(KH[name], base)}>" for name in ("status", "statedIn", "confidence", "asserted")
        }
        self._annotations = open_(
            ANNOTATIONS, "text/turtle", "the words of each statement as Web Annotations"
        )
        self._rdf12 = open_(
            RDF12, "application/n-triples",
            "statements as reifiers of triple terms, words with their direction: RDF 1.2",
        )  # fmt: skip
        self._nanopublications = open_(
            NANOPUBLICATIONS, "application/trig",
            "each asserted statement with where it is from: nanopublications",
        )  # fmt: skip
        self._annotations.write(header)
        self._nanopublications.write(f"{header}@prefix np: <{NP}> .\n")

    def add(self, graph: str, statements: Iterable[Stated]) -> None:
        """Write the STATEMENTS of one article, whose graph has that IRI."""
        run = self._run(graph)
        for stated in statements:
            for _, span in stated.evidence:
                _write(self._annotations, *self._annotation(stated, span))
            lines = reified(stated)
            _write(self._rdf12, "".join(lines), len(lines))
            if stated.one(self._terms["status"]) == self._terms["asserted"] and stated.evidence:
                _write(self._nanopublications, *self._nanopublication(stated, run))

    def _annotation(self, stated: Stated, span: Described) -> tuple[str, int]:
        """https://www.w3.org/TR/annotation-vocab/: what words say, in which article, from where to where."""
        term = self._names.term
        this = f"{self._own(stated)}#annotation-{literal_text(span[BEGIN][0])}"
        text = f"""
{this}> a oa:Annotation ;
    oa:hasBody {term(stated.iri)} ;
    oa:hasTarget {this}-target> ;
    oa:motivatedBy oa:describing .

{this}-target> a oa:SpecificResource ;
    oa:hasSource {term(stated.one(self._terms["statedIn"]))} ;
    oa:hasSelector {this}-position> , {this}-quote> .

{this}-position> a oa:TextPositionSelector ;
    oa:start "{literal_text(span[BEGIN][0])}"^^xsd:nonNegativeInteger ;
    oa:end "{literal_text(span[END][0])}"^^xsd:nonNegativeInteger .

{this}-quote> a oa:TextQuoteSelector ;
    oa:exact {span[WORDS][0]} .
"""
        return text, 13

    def _nanopublication(self, stated: Stated, run: Run) -> tuple[str, int]:
        """Four graphs (http://nanopub.net/guidelines/), without trusty IRIs."""
        term, own = self._names.term, self._own(stated)
        subject, predicate, value = (term(stated.one(name)) for name in _OF_THE_TRIPLE)
        words = dict.fromkeys(sorted(span[WORDS][0] for _, span in stated.evidence))
        text = f"""
{own}#Head> {{
    {own}#nanopublication> a np:Nanopublication ;
        np:hasAssertion {own}#assertion> ;
        np:hasProvenance {own}#provenance> ;
        np:hasPublicationInfo {own}#pubinfo> .
}}

{own}#assertion> {{
    {subject} {predicate} {value} .
}}

{own}#provenance> {{
    {own}#assertion> kh:confidence {term(stated.one(self._terms["confidence"]))} ;
        kh:evidence {" , ".join(term(span) for span, _ in stated.evidence)} ;
        prov:value {" , ".join(words)} ;
        prov:wasDerivedFrom {term(stated.one(self._terms["statedIn"]))}{run.provenance} .
}}

{own}#pubinfo> {{
    {own}#nanopublication> dcterms:creator id:khabar{run.created}{self._license} .
}}
"""
        return text, 8 + len(words) + len(stated.evidence) + run.triples + bool(self._license)

    def _own(self, stated: Stated) -> str:
        """What the IRIs that belong to a statement begin with: the angle bracket, relative to the base."""
        return f"<{stated.iri[1:-1].removeprefix(self._names.base)}"

    def _run(self, graph: str) -> Run:
        """What graph/meta says of how a graph was made."""
        runs, times = list[str](), list[str]()
        by, ended = ox.NamedNode(PROV.wasGeneratedBy), ox.NamedNode(PROV.endedAtTime)
        for made in self._snapshot.quads_for_pattern(ox.NamedNode(graph), by, None, self._meta):
            if isinstance(made.object, ox.NamedNode):
                runs.append(self._names.iri(str(made.object)))
                found = self._snapshot.quads_for_pattern(made.object, ended, None, self._meta)
                times += [self._names.term(str(quad.object)) for quad in found]
        provenance = f" ;\n        prov:wasGeneratedBy {' , '.join(sorted(runs))}" if runs else ""
        created = f" ;\n        dcterms:created {' , '.join(sorted(times))}" if times else ""
        return Run(provenance, created, len(runs) + len(times))


def reified(stated: Stated) -> list[str]:
    """A statement as the reifier of a triple term (https://www.w3.org/TR/rdf12-n-triples/), line by line."""
    subject, predicate, value = (stated.one(name) for name in _OF_THE_TRIPLE)
    lines = [f"{stated.iri} {_REIFIES} <<( {subject} {predicate} {value} )>> .\n"]
    for name, values in stated.said.items():
        if name not in _OF_THE_TRIPLE:
            lines += [f"{stated.iri} {name} {directed(value)} .\n" for value in values]
    return sorted(lines)


def directed(written: str) -> str:
    """A term; words that begin from the right say so, by the base direction of RDF 1.2."""
    if not written.startswith('"') or not (tag := written[written.rindex('"') + 1 :]).startswith("@"):
        return written
    words = literal_text(written)
    strong = next((kind for kind in map(unicodedata.bidirectional, words) if kind in ("L", "R", "AL")), "L")
    return written if strong == "L" else f"{written[: -len(tag)]}{tag}--rtl"


def _write(content: Content, text: str, triples: int) -> None:
    content.write(text)
    content.records = (content.records or 0) + triples
