"""The Reconciliation Service API: what a name in somebody's table means here, in both versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import jsonschema
import pytest
from flask.testing import FlaskClient
from reconciling import (
    DRAFT_EXTENSION,
    DRAFT_MANIFEST,
    DRAFT_RESULTS,
    EXTENSION,
    MANIFEST,
    RESULTS,
    SPOKEN,
    STRING,
    record,
    suggestions,
)
from web import built
from werkzeug.test import TestResponse

from khabar.publish.app import create_app
from khabar.publish.candidates import SURE, alike
from khabar.vocab import DEFAULT_BASE

DRAFT: Final = "/reconcile/1.0-draft"
MORE: Final = """
<graph/more> {
  id:x-1 a kh:Person ; rdfs:label "غولنارا ساديكوفا"@ar .
  id:x-2 a kh:Person ; rdfs:label "Nadia Omarova"@en . id:x-3 a kh:Person ; rdfs:label "Nadia Omarova"@en .
}
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(built(tmp_path_factory.mktemp("reconcile") / "graph", more=MORE), workers=1)
    yield app.test_client()
    app.extensions["khabar"].close()


def told(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    return json.loads(answer.data)


def asked(client: FlaskClient, **question: Any) -> list[dict[str, Any]]:
    """The candidates for one question of 0.2, checked against the schema."""
    answer = client.post("/reconcile", data={"queries": json.dumps({"q": question})})
    assert answer.status_code == 200, answer.text
    jsonschema.validate(told(answer), RESULTS)
    found: list[dict[str, Any]] = told(answer)["q"]["result"]
    return found


# --- names


@pytest.mark.parametrize(
    ("one", "other", "sure"),
    [
        ("مكتبة الإسكندرية", "مكتبه الاسكندريه", True),
        ("المغرب", "مغرب", True),
        ("Пётр Ёлкин", "петр елкин", True),
        ("Council of Cities", "cities, council of", True),
        ("Gulnara Sadykova", "غولنارا ساديكوفا", False),  # alike, but a person decides
        ("Казахстана", "Казахстан", False),
        ("UN Women", "UN Development Programme", False),
        ("", "x", False),
    ],
)
def test_names_are_alike_however_they_are_spelt(one: str, other: str, sure: bool) -> None:
    assert (alike(one, other) >= SURE) == sure
    assert alike(one, other) == alike(other, one)


@pytest.mark.parametrize(
    "name",
    [
        "Kazakhstan",
        "كازاخستان",
        "كازاخسـتان",
        "Казахстан",
        "KAZAKHSTAN",
        "kazakhstan",
        f"{DEFAULT_BASE}id/kazakhstan",
    ],
)
def test_a_thing_is_found_by_its_name_in_any_script_and_by_its_identifier(
    client: FlaskClient, name: str
) -> None:
    found = asked(client, query=name)
    assert (found[0]["id"], found[0]["score"], found[0]["match"]) == ("kazakhstan", 100, True)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Казахстана", "kazakhstan"),
        ("Kazakhstna", "kazakhstan"),
        ("Gulnara Sadykova", "x-1"),
        ("Гульнара Садыкова", "x-1"),
    ],
)
def test_what_is_only_near_is_offered_and_no_match(client: FlaskClient, name: str, meant: str) -> None:
    found = asked(client, query=name)
    assert (found[0]["id"], found[0]["match"]) == (meant, False)


def test_of_two_namesakes_none_is_a_match(client: FlaskClient) -> None:
    found = asked(client, query="Nadia Omarova")
    assert [(one["id"], one["score"], one["match"]) for one in found] == [
        ("x-2", 100, False),
        ("x-3", 100, False),
    ]


def test_what_is_unknown_has_no_candidates(client: FlaskClient) -> None:
    assert asked(client, query="zzz qqq") == []


# --- types and properties


@pytest.mark.parametrize("kind", ["Country", f"{DEFAULT_BASE}ont#Country", "Place", ["Person", "Country"]])
def test_a_type_includes_those_below_it(client: FlaskClient, kind: object) -> None:
    assert [one["id"] for one in asked(client, query="Kazakhstan", type=kind)][:1] == ["kazakhstan"]


def test_another_type_leaves_it_out_or_counts_against_it(client: FlaskClient) -> None:
    assert asked(client, query="Kazakhstan", type="Person") == []
    (found,) = asked(client, query="Kazakhstan", type="Person", type_strict="should")
    assert (found["id"], found["match"]) == ("kazakhstan", False)
    assert found["score"] < 100


def test_properties_speak_for_a_candidate_forwards_and_backwards(client: FlaskClient) -> None:
    name = "Central Asian Women’s Dialogue"
    chaired = asked(client, query=name, properties=[{"pid": "^chairs", "v": "أوزبكستان"}])[0]
    other = asked(client, query=name, properties=[{"pid": "^chairs", "v": "Astana"}])[0]
    assert (chaired["id"], chaired["score"]) == ("dialogue", 100)
    assert other["score"] == 85
    reconciled = asked(client, query=name, properties=[{"pid": "^chairs", "v": {"id": "uzbekistan"}}])[0]
    assert reconciled["score"] == 100


def test_properties_alone_find_what_has_them(client: FlaskClient) -> None:
    found = asked(client, properties=[{"pid": "chairs", "v": "Central Asian Women’s Dialogue"}])
    assert "uzbekistan" in {one["id"] for one in found}


def test_no_more_than_wanted(client: FlaskClient) -> None:
    assert len(asked(client, query="Nadia Omarova", limit=1)) == 1


# --- the protocol


def test_the_manifests_are_as_the_specifications_say(client: FlaskClient) -> None:
    jsonschema.validate(told(client.get("/reconcile")), MANIFEST)
    jsonschema.validate(told(client.get(DRAFT)), DRAFT_MANIFEST)
    arabic = told(client.get(f"{DRAFT}?lang=ar"))
    assert (arabic["name"], arabic["lang"], arabic["dir"]) == ("خبر", "ar", "rtl")
    assert client.get("/reconcile").headers["Access-Control-Allow-Origin"] == "*"


def test_the_draft_answers_in_order_and_in_the_language_of_each_question(client: FlaskClient) -> None:
    body = {
        "queries": [
            {"conditions": [{"matchType": "name", "v": "Kazakhstan"}], "lang": "ar", "limit": 1},
            {
                "type": "Organization",
                "conditions": [
                    {"matchType": "name", "v": ["nobody at all", "UNDP"]},
                    {
                        "matchType": "property",
                        "pid": "supports",
                        "v": "Astana",
                        "matchQuantifier": "none",
                        "required": True,
                    },
                ],
            },
        ]
    }
    answer = told(client.post(f"{DRAFT}/reconcile?lang=en", json=body))
    jsonschema.validate(answer, DRAFT_RESULTS)
    first, second = (result["candidates"][0] for result in answer["results"])
    assert (first["name"], first["lang"], first["dir"]) == ("كازاخستان", "ar", "rtl")
    assert (second["id"], second["lang"]) == ("undp", "en")


def test_a_condition_that_is_required_leaves_out_the_others(client: FlaskClient) -> None:
    def found(**more: object) -> list[str]:
        condition = {"matchType": "property", "pid": "partOf", "v": "Uzbekistan", **more}
        conditions = [{"matchType": "name", "v": "Astana"}, condition]
        answer = told(client.post(f"{DRAFT}/reconcile", json={"queries": [{"conditions": conditions}]}))
        return [one["id"] for one in answer["results"][0]["candidates"]]

    assert found() == ["astana"]
    assert found(required=True) == []
    assert found(required=True, v="Казахстан") == ["astana"]


@pytest.mark.parametrize("root", ["/reconcile", DRAFT])
@pytest.mark.parametrize(
    ("kind", "prefix", "first"),
    [
        ("entity", "كاز", "kazakhstan"),
        ("entity", "undp", "undp"),
        ("property", "chai", "chairs"),
        ("property", "يرأس", "chairs"),
        ("type", "Cou", "Country"),
        ("type", "دول", "Country"),
    ],
)
def test_suggestions(client: FlaskClient, root: str, kind: str, prefix: str, first: str) -> None:
    answer = told(client.get(f"{root}/suggest/{kind}", query_string={"prefix": prefix}))
    spoken = {} if root == "/reconcile" else SPOKEN
    jsonschema.validate(answer, record("result", result=suggestions(**spoken)))
    assert answer["result"][0]["id"] == first


def test_an_empty_prefix_gives_all_and_a_cursor_the_next(client: FlaskClient) -> None:
    first = told(client.get("/reconcile/suggest/property?prefix="))["result"]
    second = told(client.get("/reconcile/suggest/property?prefix=&cursor=20"))["result"]
    assert len(first) == 20
    assert not {one["id"] for one in first} & {one["id"] for one in second}


@pytest.mark.parametrize(
    ("path", "spoken"), [("/reconcile/properties", {}), (f"{DRAFT}/extend/propose", SPOKEN)]
)
def test_properties_are_proposed_for_a_type(client: FlaskClient, path: str, spoken: dict[str, Any]) -> None:
    answer = told(client.get(path, query_string={"type": "Country", "limit": 3, "lang": "en"}))
    proposed = record("properties", properties=suggestions(**spoken), type=STRING, limit={"type": "integer"})
    jsonschema.validate(answer, proposed)
    assert len(answer["properties"]) == 3
    assert "chairs" in {
        one["id"] for one in told(client.get(path, query_string={"type": "Country"}))["properties"]
    }


def test_values_of_things(client: FlaskClient) -> None:
    wanted = {
        "ids": ["dialogue", "kazakhstan", "nobody"],
        "properties": [{"id": "^chairs", "settings": {"limit": 1}}, {"id": "label"}, {"id": "sameAs"}],
    }
    given = told(client.post("/reconcile?lang=en", data={"extend": json.dumps(wanted)}))
    jsonschema.validate(given, EXTENSION)
    assert len(given["rows"]["dialogue"]["^chairs"]) == 1
    assert {"str": "كازاخستان"} in given["rows"]["kazakhstan"]["label"]
    assert given["rows"]["kazakhstan"]["sameAs"] == [{"str": "http://www.wikidata.org/entity/Q232"}]
    assert given["rows"]["nobody"] == {"^chairs": [], "label": [], "sameAs": []}
    draft = told(client.post(f"{DRAFT}/extend?lang=ar", json=wanted))
    jsonschema.validate(draft, DRAFT_EXTENSION)
    assert [row["id"] for row in draft["rows"]] == wanted["ids"]
    assert {"str": "كازاخستان", "lang": "ar", "dir": "rtl"} in draft["rows"][1]["properties"][1]["values"]


@pytest.mark.parametrize("path", ["/reconcile/preview?id=kazakhstan", f"{DRAFT}/preview?id=kazakhstan"])
def test_a_preview_may_be_framed_and_runs_nothing(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}&lang=ar")
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert "كازاخستان" in answer.text
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    assert policy.endswith("frame-ancestors *")
    assert "script" not in policy
    assert client.get("/reconcile/preview?id=nobody").status_code == 404


# --- bad input


@pytest.mark.parametrize(
    ("queries", "where"),
    [
        ("{", "queries"),
        ("[]", "queries"),
        ('{"q": 1}', "queries.q"),
        ('{"q": {}}', "queries.q"),
        ('{"q": {"query": []}}', "queries.q.query"),
        ('{"q": {"query": "x", "limit": "many"}}', "queries.q.limit"),
        ('{"q": {"query": "x", "limit": 0}}', "queries.q.limit"),
        ('{"q": {"query": "x", "type": 3}}', "queries.q.type"),
        ('{"q": {"query": "x", "properties": [{"pid": "p"}]}}', "queries.q.properties[0]"),
        ("[" * 60_000, "queries"),
    ],
)
def test_a_malformed_question_is_told_where(client: FlaskClient, queries: str, where: str) -> None:
    answer = client.post("/reconcile", data={"queries": queries})
    assert answer.status_code == 400
    assert json.loads(answer.data)["where"] == where


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("reconcile", {}, "queries"),
        ("reconcile", {"queries": [{}]}, "queries[0].conditions"),
        ("reconcile", {"queries": [{"conditions": [{"v": "x"}]}]}, "queries[0].conditions[0].matchType"),
        ("extend", {"ids": "x"}, "the body.ids"),
        ("extend", {"ids": [], "properties": [{}]}, "the body.properties[0]"),
    ],
)
def test_a_malformed_body_is_told_where(client: FlaskClient, path: str, body: object, where: str) -> None:
    answer = client.post(f"{DRAFT}/{path}", json=body)
    assert (answer.status_code, json.loads(answer.data)["where"]) == (400, where)


def test_too_large_a_batch_is_refused(client: FlaskClient) -> None:
    queries = {str(number): {"query": "x"} for number in range(201)}
    assert client.post("/reconcile", data={"queries": json.dumps(queries)}).status_code == 413


@pytest.mark.parametrize(
    "name", ['"><script>', "*", '" OR 1', "\x00", "‮كاز", "a" * 5000, "NEAR(a b)", "id:x {", "%"]
)
def test_hostile_names_are_only_names(client: FlaskClient, name: str) -> None:
    asked(client, query=name)
    asked(client, properties=[{"pid": name, "v": name}])
    assert client.get("/reconcile/suggest/entity", query_string={"prefix": name}).status_code == 200
    assert client.get("/reconcile/properties", query_string={"type": name}).status_code in (200, 400)
    extended = {"ids": [name], "properties": [{"id": name}]}
    assert client.post("/reconcile", data={"extend": json.dumps(extended)}).status_code == 200
