"""A version described for catalogues: VoID and DCAT-AP in Turtle, schema.org in JSON-LD, and a citation.

https://www.w3.org/TR/vocab-dcat-3/ and https://www.w3.org/TR/void/.  Every node has an IRI.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from khabar.dumps.manifest import File, Manifest
from khabar.graph.serialise import Names, blocks
from khabar.graph.statistics import Statistics
from khabar.vocab import FOAF, PROV, RDF, RDFS, SCHEMA, XSD

DCAT: Final = "http://www.w3.org/ns/dcat#"
DCTERMS: Final = "http://purl.org/dc/terms/"
VOID: Final = "http://rdfs.org/ns/void#"
SPDX: Final = "http://spdx.org/rdf/terms#"
MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
COMPRESSION: Final = {"gzip": "application/gzip", "zstd": "application/zstd"}
SHA256: Final = f"{SPDX}checksumAlgorithm_sha256"
ACCESS: Final = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"

Node = ox.NamedNode
Value = ox.NamedNode | ox.Literal
Values = Value | Sequence[Value] | None


@dataclass(frozen=True, slots=True)
class About:
    """What only those who publish a graph can say of it."""

    title: str = "khabar"
    description: str = "Facts that news articles state, each with the words that state it."
    publisher: str = "The publisher of this graph"
    contact: str | None = None  # an IRI, such as mailto:…
    license: str | None = None  # of the facts: an IRI
    text_license: str | None = None  # of the words that are quoted: an IRI


def addresses(base: str, version: str, name: str) -> str:
    """Where a file of a version is served."""
    return f"{base}dump/{version}/{name}"


def version_iri(dataset: str, version: str) -> str:
    """The IRI of one version of a dataset."""
    return f"{dataset}/{version}"


def as_turtle(manifest: Manifest, about: About, counted: Statistics, run: Iterable[ox.Triple] = ()) -> str:
    """The dataset, its versions, files and statistics; RUN is what is known of the build."""
    triples = [*_dataset(manifest, about), *_catalogue(manifest, about), *_statistics(manifest, counted)]
    for file in manifest.files:
        triples += _distribution(manifest, file)
    triples += [*_kinds(manifest), *_provenance(manifest), *run]
    lines = {line for line in _lines(triples) if line}
    names = Names(manifest.base)
    return notice(about) + names.header + blocks(sorted(lines), names)


def notice(about: About) -> str:
    """The comment with which every Turtle file begins."""
    if about.license is None:
        return ""
    words = f"; of the words quoted: <{about.text_license}>" if about.text_license else ""
    return f"# Licence of the facts: <{about.license}>{words}\n"


def _lines(triples: Iterable[ox.Triple]) -> list[str]:
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode().split("\n")


def _said(subject: str, described: Mapping[str, Values]) -> Iterator[ox.Triple]:
    """Triples of one subject; a value may be an IRI, a literal, None or a list of such."""
    for predicate, values in described.items():
        for value in values if isinstance(values, Sequence) else [values]:
            if value is not None:
                yield ox.Triple(Node(subject), Node(predicate), value)


def _iri(iri: str | None) -> Node | None:
    return Node(iri) if iri else None


def _number(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=Node(XSD.nonNegativeInteger))


def _time(time: str) -> ox.Literal:
    return ox.Literal(time, datatype=Node(XSD.dateTime))


def _agent(manifest: Manifest) -> str:
    return f"{manifest.base}id/publisher"


def _dataset(manifest: Manifest, about: About) -> Iterator[ox.Triple]:
    version = version_iri(manifest.dataset, manifest.version)
    since = manifest.changes.since if manifest.changes else None
    shared: dict[str, Values] = {
        RDF.type: [Node(f"{DCAT}Dataset"), Node(f"{VOID}Dataset")],
        f"{DCTERMS}title": ox.Literal(about.title),
        f"{DCTERMS}description": ox.Literal(about.description),
        f"{DCTERMS}publisher": Node(_agent(manifest)),
        f"{DCTERMS}license": _iri(about.license),
        f"{DCTERMS}accessRights": Node(ACCESS),
        f"{DCAT}contactPoint": _iri(about.contact and f"{manifest.base}id/contact"),
        f"{DCTERMS}modified": _time(manifest.created),
        f"{DCAT}version": ox.Literal(manifest.version),
        f"{VOID}uriSpace": ox.Literal(f"{manifest.base}id/"),
        f"{VOID}vocabulary": Node(f"{manifest.base}ont"),
        f"{VOID}sparqlEndpoint": Node(f"{manifest.base}sparql"),
        f"{VOID}documents": _number(manifest.articles),
    }
    yield from _said(manifest.dataset, shared | {f"{DCAT}hasVersion": Node(version)})
    yield from _said(
        version,
        shared
        | {
            f"{DCTERMS}issued": _time(manifest.created),
            f"{DCTERMS}isVersionOf": Node(manifest.dataset),
            f"{DCAT}isVersionOf": Node(manifest.dataset),
            f"{DCAT}previousVersion": _iri(since and version_iri(manifest.dataset, since)),
            f"{DCTERMS}bibliographicCitation": ox.Literal(manifest.citation),
        },
    )
    for text in [about.text_license] if about.text_license else []:
        words = f"{manifest.dataset}#words"
        yield from _said(manifest.dataset, {f"{VOID}subset": Node(words)})
        yield from _said(
            words,
            {RDF.type: Node(f"{VOID}Dataset"), f"{DCTERMS}title": ox.Literal("The words quoted as evidence"),
             f"{DCTERMS}license": Node(text)},
        )  # fmt: skip
    if about.contact:
        yield from _said(
            f"{manifest.base}id/contact",
            {RDF.type: Node("http://www.w3.org/2006/vcard/ns#Kind"),
             "http://www.w3.org/2006/vcard/ns#fn": ox.Literal(about.publisher),
             "http://www.w3.org/2006/vcard/ns#hasEmail" if about.contact.startswith("mailto:")
             else "http://www.w3.org/2006/vcard/ns#hasURL": Node(about.contact)},
        )  # fmt: skip


def _catalogue(manifest: Manifest, about: About) -> Iterator[ox.Triple]:
    catalogue, service = f"{manifest.base}dump/", f"{manifest.base}sparql"
    yield from _said(
        _agent(manifest), {RDF.type: Node(FOAF.Agent), str(FOAF.name): ox.Literal(about.publisher)}
    )
    yield from _said(
        catalogue,
        {
            RDF.type: Node(f"{DCAT}Catalog"),
            f"{DCTERMS}title": ox.Literal(f"{about.title}: versions"),
            f"{DCTERMS}description": ox.Literal(f"The versions of {about.title} that can be downloaded."),
            f"{DCTERMS}publisher": Node(_agent(manifest)),
            f"{DCTERMS}license": _iri(about.license),
            f"{DCAT}dataset": [
                Node(manifest.dataset),
                Node(version_iri(manifest.dataset, manifest.version)),
            ],
            f"{DCAT}service": Node(service),
        },
    )
    yield from _said(
        service,
        {
            RDF.type: Node(f"{DCAT}DataService"),
            f"{DCTERMS}title": ox.Literal(f"{about.title}: SPARQL"),
            f"{DCAT}endpointURL": Node(service),
            f"{DCAT}servesDataset": Node(manifest.dataset),
        },
    )


def _distribution(manifest: Manifest, file: File) -> Iterator[ox.Triple]:
    address = addresses(manifest.base, manifest.version, file.name)
    version = version_iri(manifest.dataset, manifest.version)
    for dataset in (manifest.dataset, version):
        yield from _said(dataset, {f"{DCAT}distribution": Node(address)})
    if file.content == "khabar.nq":
        yield from _said(version, {f"{VOID}dataDump": Node(address)})
    yield from _said(
        address,
        {
            RDF.type: [Node(f"{DCAT}Distribution"), Node(RDFS.Resource)],  # as what it may be fetched
            f"{DCTERMS}title": ox.Literal(file.name),
            f"{DCTERMS}description": ox.Literal(file.title) if file.title else None,
            f"{DCTERMS}license": _iri(manifest.license),
            f"{DCTERMS}issued": _time(manifest.created),
            f"{DCAT}accessURL": Node(address),
            f"{DCAT}downloadURL": Node(address),
            f"{DCAT}mediaType": Node(MEDIA_TYPES + file.media_type),
            f"{DCAT}compressFormat": _iri(file.encoding and MEDIA_TYPES + COMPRESSION[file.encoding]),
            f"{DCAT}byteSize": _number(file.bytes),
            f"{SPDX}checksum": Node(f"{address}#sha256"),
        },
    )
    yield from _said(
        f"{address}#sha256",
        {
            RDF.type: Node(f"{SPDX}Checksum"),
            f"{SPDX}algorithm": Node(SHA256),
            f"{SPDX}checksumValue": ox.Literal(file.sha256, datatype=Node(XSD.hexBinary)),
        },
    )


def _kinds(manifest: Manifest) -> Iterator[ox.Triple]:
    """Of which class each term is that others have made: the shapes of DCAT-AP ask for it of every one.

    https://semiceu.github.io/DCAT-AP/releases/3.0.0/, and whoever checks has our file alone.
    """
    packed = {COMPRESSION[file.encoding] for file in manifest.files if file.encoding}
    types = {MEDIA_TYPES + name for name in packed | {file.media_type for file in manifest.files}}
    licences = {licence for licence in (manifest.license, manifest.text_license) if licence}
    kinds = (
        (ACCESS, f"{DCTERMS}RightsStatement"),
        (SHA256, f"{SPDX}ChecksumAlgorithm"),
        (f"{manifest.base}sparql", str(RDFS.Resource)),
        *((iri, f"{DCTERMS}MediaType") for iri in types),
        *((iri, f"{DCTERMS}LicenseDocument") for iri in licences),
    )
    for iri, kind in kinds:
        yield from _said(iri, {RDF.type: Node(kind)})


def _statistics(manifest: Manifest, counted: Statistics) -> Iterator[ox.Triple]:
    dataset = version_iri(manifest.dataset, manifest.version)
    yield from _said(
        dataset,
        {
            f"{VOID}triples": _number(counted.triples),
            f"{VOID}classes": _number(len(counted.classes)),
            f"{VOID}properties": _number(len(counted.properties)),
            f"{VOID}entities": _number(manifest.statements),
        },
    )
    parts = (
        ("class", "classPartition", "entities", counted.classes),
        ("property", "propertyPartition", "triples", counted.properties),
    )
    for kind, partition, unit, numbers in parts:
        for number, (iri, n) in enumerate(numbers.items(), 1):
            node = f"{dataset}#{kind}-{number}"
            yield from _said(dataset, {f"{VOID}{partition}": Node(node)})
            yield from _said(node, {f"{VOID}{kind}": Node(iri), f"{VOID}{unit}": _number(n)})
    for number, (space, n) in enumerate(counted.links.items(), 1):
        node = f"{dataset}#links-{number}"
        yield from _said(dataset, {f"{VOID}subset": Node(node)})
        yield from _said(
            node,
            {RDF.type: Node(f"{VOID}Linkset"), f"{VOID}subjectsTarget": Node(dataset),
             f"{VOID}objectsTarget": Node(space), f"{VOID}triples": _number(n),
             f"{VOID}linkPredicate": Node("http://www.w3.org/2002/07/owl#sameAs")},
        )  # fmt: skip
        yield from _said(space, {RDF.type: Node(f"{VOID}Dataset"), f"{VOID}uriSpace": ox.Literal(space)})


def _provenance(manifest: Manifest) -> Iterator[ox.Triple]:
    version = version_iri(manifest.dataset, manifest.version)
    activity, software = f"{version}#publication", f"{manifest.base}id/khabar"
    yield from _said(version, {PROV.wasGeneratedBy: Node(activity)})
    yield from _said(
        activity,
        {RDF.type: Node(PROV.Activity), PROV.endedAtTime: _time(manifest.created),
         PROV.wasAssociatedWith: Node(software), PROV.used: Node(f"{manifest.base}graph/ontology")},
    )  # fmt: skip
    yield from _said(
        software,
        {RDF.type: Node(PROV.SoftwareAgent), RDFS.label: ox.Literal("khabar"),
         SCHEMA.softwareVersion: ox.Literal(manifest.software.partition(" ")[2])},
    )  # fmt: skip


def as_schema(manifest: Manifest, about: About) -> str:
    """The version as search engines for data read it: https://schema.org/Dataset."""
    described = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": manifest.dataset,
        "name": about.title,
        "description": about.description,
        "version": manifest.version,
        "dateModified": manifest.created,
        "license": about.license,
        "creator": {"@type": "Organization", "name": about.publisher},
        "isAccessibleForFree": True,
        "citation": manifest.citation,
        "url": manifest.base,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "encodingFormat": file.media_type,
                "contentUrl": addresses(manifest.base, manifest.version, file.name),
                "contentSize": f"{file.bytes} B",
                "sha256": file.sha256,
            }
            for file in manifest.files
        ],
    }
    known = {name: value for name, value in described.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, indent=2) + "\n"


def citation(about: About, version: str, dataset: str) -> str:
    """One line that names a version."""
    return f"{about.publisher} ({version[:4]}): {about.title}, version {version}. {dataset}/{version}"


def as_cff(about: About, version: str, dataset: str) -> str:
    """The citation as CITATION.cff: https://citation-file-format.github.io/."""
    quoted = {name: json.dumps(value, ensure_ascii=False) for name, value in (
        ("title", about.title), ("publisher", about.publisher), ("abstract", about.description),
    )}  # fmt: skip
    lines = [
        "cff-version: 1.2.0",
        "message: To cite this data, name the version.",
        "type: dataset",
        f"title: {quoted['title']}",
        f"abstract: {quoted['abstract']}",
        f"authors:\n  - name: {quoted['publisher']}",
        f"version: {json.dumps(version)}",
        f"date-released: {'-'.join(version.split('.')[:3])}",
        f"url: {json.dumps(version_iri(dataset, version))}",
    ]
    if about.license:
        lines.append(f"license-url: {json.dumps(about.license)}")
    return "\n".join(lines) + "\n"
