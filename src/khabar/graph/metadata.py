"""What is said of a build and of the dataset: PROV-O, VoID and DCAT, and never the clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rdflib import Literal, URIRef

from khabar.graph.assemble import META
from khabar.graph.store import Store
from khabar.model import Quad
from khabar.version import __version__
from khabar.vocab import BASE, KH, PROV, RDF, RDFS, SCHEMA, XSD, digest, graph_iri

ONTOLOGY: Final = BASE["graph/ontology"]
LEXICON: Final = BASE["graph/lexicon"]
DATASET: Final = BASE["dataset"]
SOFTWARE: Final = BASE["id/khabar"]

DCAT: Final = "http://www.w3.org/ns/dcat#"
DCTERMS: Final = "http://purl.org/dc/terms/"
VOID: Final = "http://rdfs.org/ns/void#"


@dataclass(frozen=True, slots=True)
class Run:
    """The reading of articles by one software, one knowledge and one set of shapes, as an activity.

    Articles that come later are read by the same run as long as these stay as they are.  So it does not
    show in the graph in which order or in how many builds they came, or where a build was stopped.
    """

    iri: URIRef

    def generated(self, key: str) -> Quad:
        """That this run made the graph of an article."""
        return Quad(graph_iri(key), PROV.wasGeneratedBy, self.iri, META)

    def quads(self, latest: str | None, epoch: int | None) -> Iterator[Quad]:
        """The run itself; LATEST is the day of the latest article that it has read, EPOCH in seconds."""
        yield Quad(self.iri, RDF.type, KH.Run, META)
        yield Quad(self.iri, PROV.wasAssociatedWith, SOFTWARE, META)
        yield Quad(self.iri, SCHEMA.softwareVersion, Literal(__version__), META)
        yield Quad(self.iri, PROV.used, ONTOLOGY, META)
        yield Quad(self.iri, PROV.used, LEXICON, META)
        if (time := _time(epoch, latest)) is not None:
            yield Quad(self.iri, PROV.startedAtTime, time, META)
            yield Quad(self.iri, PROV.endedAtTime, time, META)


def runs(knowledge: Path, shapes: Iterable[Path]) -> dict[str, Run]:
    """The run that reads the articles of each language.

    Its IRI is made of all that decides what is found in them: of the languages, only their own.
    """
    languages = sorted((knowledge / "languages").glob("*.ttl"))
    rest = [path for path in sorted(knowledge.rglob("*.ttl")) if path not in languages]
    common = fingerprint([*rest, *shapes])
    return {
        path.stem: Run(BASE[f"id/run-{digest(__version__, common, fingerprint([path]))}"])
        for path in languages
    }


def describe_runs(store: Store, made_by: Iterable[Run], epoch: int | None) -> Iterator[Quad]:
    """The runs that have read articles of the store."""
    latest = store.latest_by_run()
    for run in made_by:
        if run.iri in latest:
            yield from run.quads(latest[run.iri], epoch)


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


def fingerprint(paths: Iterable[Path]) -> str:
    """One hash of some files."""
    found = hashlib.sha256()
    for path in paths:
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
