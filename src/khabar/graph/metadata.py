"""What is said of a build and of the dataset: PROV-O, VoID and DCAT, and never the clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from rdflib import Literal, URIRef

from khabar.graph.assemble import META
from khabar.graph.store import Store
from khabar.model import Article, Quad
from khabar.version import __version__
from khabar.vocab import BASE, KH, PROV, RDF, RDFS, SCHEMA, XSD, digest, graph_iri

ONTOLOGY: Final = BASE["graph/ontology"]
LEXICON: Final = BASE["graph/lexicon"]
DATASET: Final = BASE["dataset"]
SOFTWARE: Final = BASE["id/khabar"]

DCAT: Final = "http://www.w3.org/ns/dcat#"
DCTERMS: Final = "http://purl.org/dc/terms/"
VOID: Final = "http://rdfs.org/ns/void#"


@dataclass(frozen=True)
class Run:
    """One build as an activity that made graphs; the same input and knowledge make the same run."""

    articles: tuple[Article, ...]  # sorted by key
    knowledge: str  # fingerprint of the Turtle that they are read with
    epoch: int | None  # SOURCE_DATE_EPOCH, in seconds

    @cached_property
    def iri(self) -> URIRef:
        """Made of all that decides what the run makes."""
        return BASE[f"id/run-{digest(__version__, self.knowledge, *map(_identity, self.articles))}"]

    def generated(self, key: str) -> Quad:
        """That this run made the graph of an article."""
        return Quad(graph_iri(key), PROV.wasGeneratedBy, self.iri, META)

    def quads(self) -> Iterator[Quad]:
        """The run itself."""
        yield Quad(self.iri, RDF.type, KH.Run, META)
        yield Quad(self.iri, PROV.wasAssociatedWith, SOFTWARE, META)
        yield Quad(self.iri, SCHEMA.softwareVersion, Literal(__version__), META)
        yield Quad(self.iri, PROV.used, ONTOLOGY, META)
        yield Quad(self.iri, PROV.used, LEXICON, META)
        latest = max((a.published.isoformat() for a in self.articles if a.published), default=None)
        if (time := _time(self.epoch, latest)) is not None:
            yield Quad(self.iri, PROV.startedAtTime, time, META)
            yield Quad(self.iri, PROV.endedAtTime, time, META)


def _identity(article: Article) -> str:
    told = (article.key, article.language, article.title, article.published, article.address, article.text)
    return digest(*(str(value or "") for value in told))


def describe_dataset(store: Store, epoch: int | None) -> Iterator[Quad]:
    """The whole graph as VoID and DCAT describe one, and the software that made it."""
    about: list[tuple[URIRef, URIRef | Literal]] = [
        (RDF.type, URIRef(f"{VOID}Dataset")),
        (RDF.type, URIRef(f"{DCAT}Dataset")),
        (URIRef(f"{DCTERMS}title"), Literal("khabar")),
        (URIRef(f"{VOID}uriSpace"), Literal(f"{store.base}id/")),
        (URIRef(f"{VOID}vocabulary"), BASE["ont"]),
        (URIRef(f"{VOID}documents"), Literal(str(len(store.articles())), datatype=XSD.integer)),
    ]
    if (time := _time(epoch, store.latest())) is not None:
        about.append((URIRef(f"{DCTERMS}modified"), time))
    yield from (Quad(DATASET, predicate, value, META) for predicate, value in about)
    yield Quad(SOFTWARE, RDF.type, PROV.SoftwareAgent, META)
    yield Quad(SOFTWARE, RDFS.label, Literal("khabar"), META)


def _time(epoch: int | None, day: str | None) -> Literal | None:
    """When the graph was made, as far as its bytes may tell: SOURCE_DATE_EPOCH, or the latest article."""
    if epoch is not None:
        text = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    elif day is not None:
        text = f"{day}T00:00:00Z"
    else:
        return None
    return Literal(text, datatype=XSD.dateTime, normalize=False)


def fingerprint(knowledge: Path) -> str:
    """One hash of all the Turtle in the folder KNOWLEDGE."""
    found = hashlib.sha256()
    for path in sorted(knowledge.rglob("*.ttl")):
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
