"""/validate: what is pasted, uploaded or sent gets a report in every form, and never more than its limits."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from planted import KINDS, faulty
from rdflib import RDF, SH, Graph
from web import built

from khabar.publish import pool
from khabar.publish.app import create_app

TURTLE = faulty(1, 1, (KINDS[1],)).turtle()[0]
PREFIX = "@prefix sh: <http://www.w3.org/ns/shacl#> ."
GOOD = faulty(1, 1, ()).turtle()[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("web") / "graph")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(folder, workers=1)
    yield app.test_client()
    app.extensions["khabar"].close()


def test_the_form_is_a_page(client: FlaskClient) -> None:
    shown = client.get("/validate?lang=ar", headers={"Accept": "text/html"})
    assert shown.status_code == 200
    assert '<html lang="ar" dir="rtl">' in shown.text
    assert "<form" in shown.text


def test_pasted_turtle_gets_its_report_on_the_page(client: FlaskClient) -> None:
    shown = client.post("/validate", data={"data": TURTLE}, headers={"Accept": "text/html"})
    assert shown.status_code == 200
    assert '<span class="quiet">30:19</span>' in shown.text
    assert 'does not conform</bdi> <small><bdi lang="en" dir="ltr">1 violation</bdi>' in shown.text


def test_a_file_is_uploaded(client: FlaskClient) -> None:
    upload = {"file": (io.BytesIO(GOOD.encode()), "good.ttl"), "format": "json"}
    answer = client.post("/validate", data=upload, content_type="multipart/form-data")
    assert json.loads(answer.text)["conforms"] is True


def test_a_body_of_turtle_gets_the_form_that_accept_asks_for(client: FlaskClient) -> None:
    def ask(accept: str) -> str:
        headers = {"Accept": accept, "Content-Type": "text/turtle"}
        answer = client.post("/validate", data=TURTLE.encode(), headers=headers)
        assert answer.status_code == 200
        assert answer.mimetype == accept
        return answer.text

    (result,) = json.loads(ask("application/json"))["results"]
    assert (result["place"]["line"], result["place"]["column"]) == (30, 19)
    report = Graph().parse(data=ask("text/turtle"), format="turtle")
    assert len(list(report.subjects(RDF.type, SH.ValidationResult))) == 1
    assert ET.fromstring(ask("application/xml")).get("failures") == "1"
    assert json.loads(ask("application/sarif+json"))["version"] == "2.1.0"


def test_the_page_to_keep_is_a_download(client: FlaskClient) -> None:
    answer = client.post("/validate?lang=ar", data={"data": TURTLE, "format": "html"})
    assert answer.headers["Content-Disposition"] == "attachment; filename=report.html"
    assert '<html lang="ar" dir="rtl">' in answer.text


def test_shapes_of_ones_own(client: FlaskClient) -> None:
    shapes = f"{PREFIX} <u:S> a sh:NodeShape ; sh:targetNode <u:a> ; sh:class <u:C> ."
    answer = client.post("/validate", data={"data": "<u:a> a <u:D> .", "shapes": shapes, "format": "text"})
    assert answer.text.endswith("Does not conform: 1 violation, 0 warnings\n")


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"data": " "}, "data: is empty"),
        ({"data": "<u:a> <u:b> ."}, "data:1:13: is not TriG: "),
        ({"data": "<u:a> <u:b> 1 .", "shapes": "<u:a> <u:b> 1 ."}, "shapes: holds no shape with a target"),
    ],
)
def test_what_cannot_be_checked_is_refused(client: FlaskClient, sent: dict[str, str], problem: str) -> None:
    answer = client.post("/validate", data=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    told = json.loads(answer.text)
    assert f"{told.get('where', '')}: {told['title']}".startswith(problem)


def test_a_pattern_that_never_ends_is_ended(folder: Path) -> None:
    path = "[ sh:path <u:p> ; sh:pattern '^(a+)+$' ]"
    shapes = f"{PREFIX} <u:S> a sh:NodeShape ; sh:targetSubjectsOf <u:p> ; sh:property {path} ."
    app = create_app(folder, workers=1, run_limits=pool.Limits(seconds=4))
    try:
        sent = {"data": f'<u:a> <u:p> "{"a" * 40}!" .', "shapes": shapes}
        answer = app.test_client().post("/validate", data=sent, headers={"Accept": "application/json"})
    finally:
        app.extensions["khabar"].close()
    assert answer.status_code == 503
    assert json.loads(answer.text)["title"] == "took longer than 4 seconds to validate"
