"""SPARQL 1.1 as the W3C tests it, over HTTP: `khabar serve --dataset plain --writable`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from w3c import Case, Client, exchange, manifests, run, suites
from web import served

from khabar.graph.plain import prepared
from khabar.publish import keys

KNOWN: Final = tomllib.loads(Path(__file__).with_name("w3c-known.toml").read_text("utf-8"))
SD: Final = "http://www.w3.org/ns/sparql-service-description#"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    suites()
    wanted = tmp_path_factory.mktemp("w3c") / "data"
    with prepared(wanted, "plain", writable=True) as folder:
        key = keys.add(folder, "test", ("update",), date(2026, 1, 1))
        with served(folder, dataset="plain", writable=True, workers=2) as address:
            yield Client(address, key)


def cases(name: str) -> list[Case]:
    return [case for manifest in manifests(suites() / name) for case in manifest.tests()]


@pytest.mark.parametrize(("name", "number"), [("query", 328), ("update", 157), ("results", 10), ("fed", 4)])
def test_evaluation_and_syntax(client: Client, name: str, number: int) -> None:
    """Just those in w3c-known.toml fail.  Six tests of SERVICE need other servers and are not run."""
    outcomes = {case.label: run(case, client) for case in cases(f"manifest-sparql11-{name}.ttl")}
    ran = {label: wrong for label, wrong in outcomes.items() if wrong != "skipped"}
    assert {label: wrong for label, wrong in ran.items() if wrong and label not in KNOWN} == {}
    assert [label for label in KNOWN if ran.get(label) == ""] == []
    assert len(ran) == number


def test_each_known_failure_is_a_test_and_has_a_reason() -> None:
    names = {case.label for name in ("query", "fed") for case in cases(f"manifest-sparql11-{name}.ttl")}
    assert set(KNOWN) <= names
    assert all(KNOWN.values())


@pytest.mark.parametrize(("name", "number"), [("protocol", 34), ("graph-store-protocol", 13)])
def test_requests_and_answers(client: Client, name: str, number: int) -> None:
    outcomes = {case.label: exchange(case, client) for case in cases(f"{name}/manifest.ttl")}
    assert {label: wrong for label, wrong in outcomes.items() if wrong} == {}
    assert len(outcomes) == number


def test_service_description(client: Client) -> None:
    """The three tests of the suite have no requests: what they ask for is in their names."""
    assert {case.name for case in cases("service-description/manifest.ttl")} == {
        "GET on endpoint returns RDF",
        "Service description contains a matching sd:endpoint triple",
        "Service description conforms to schema",
    }
    address = f"{client.address}/sparql"
    for accept in ("text/turtle", "application/rdf+xml", "application/n-triples", "*/*"):
        answer = client.send("GET", "/sparql", {"Accept": accept})
        triples = list(ox.parse(answer.body, format=ox.RdfFormat.from_media_type(answer.media_type)))
        services = {
            quad.subject
            for quad in triples
            if (quad.predicate.value, quad.object) == (f"{SD}endpoint", ox.NamedNode(address))
        }
        typed = {quad.subject for quad in triples if quad.object == ox.NamedNode(f"{SD}Service")}
        assert services
        assert services <= typed
        assert (
            len([t for t in triples if t.subject in services and t.predicate.value == f"{SD}endpoint"]) == 1
        )
