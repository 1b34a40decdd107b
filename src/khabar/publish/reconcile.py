"""The Reconciliation Service API: names of others' tables to things of this graph.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ at /reconcile, which
OpenRefine speaks, and https://reconciliation-api.github.io/specs/1.0-draft/ below /reconcile/1.0-draft.
Both ask the same of candidates.py; this module only knows how each writes its questions and answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response, request

from khabar.publish import asked
from khabar.publish.asked import Json
from khabar.publish.candidates import COMMON, Candidate, Candidates, Question
from khabar.publish.dataset import Term, is_iri
from khabar.publish.door import POLICY
from khabar.publish.interface import Text
from khabar.publish.protocol import Refusal
from khabar.publish.site import address, page, site, snapshot, text, view
from khabar.publish.views import Thing, View
from khabar.version import __version__

DRAFT: Final = "/reconcile/1.0-draft"
BATCH: Final = 200  # questions of one request
SUGGESTED: Final = 20  # of one page of suggestions
WIDTH, HEIGHT = 420, 260  # pixels of a preview
DEFAULT_TYPES: Final = ("Person", "Organization", "Place", "Event", "Post")
_NUMBERS: Final = {"integer": int, "int": int, "long": int, "decimal": float, "double": float, "float": float}

blueprint = Blueprint("reconcile", __name__)


# --- 0.2


@blueprint.route("/reconcile", methods=["GET", "POST"])
def reconcile() -> Response:
    """The manifest; with `queries` the candidates for each, with `extend` values of things."""
    if (written := request.values.get("queries")) is not None:
        batch = asked.mapping(asked.parsed(written, "queries"), "queries")
        asked.bounded(len(batch), BATCH, "queries")
        found = {key: _found(asked.question(one, f"queries.{key}")) for key, one in batch.items()}
        return _told({key: {"result": [_candidate(one) for one in result]} for key, result in found.items()})
    if (written := request.values.get("extend")) is not None:
        ids, wanted, limits = asked.extension(asked.parsed(written, "extend"), "extend")
        rows = {name: {p: _values(name, p, limits[p]) for p in wanted} for name in ids}
        return _told({"meta": [_described(p) for p in wanted], "rows": rows})
    return _told(_manifest())


def _manifest() -> Json:
    """https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#service-manifest"""
    service = {kind: _service(f"/reconcile/suggest/{kind}") for kind in ("entity", "property", "type")}
    return {
        "versions": ["0.2"],
        "name": str(text("name")),
        "identifierSpace": f"{site().dataset.base}id/",
        "schemaSpace": f"{site().dataset.base}ont#",
        "documentation": address("/about"),
        "logo": address("/static/icon.svg"),
        "serviceVersion": __version__,
        "defaultTypes": _default_types(),
        "view": {"url": address("/id/{{id}}")},
        "preview": {"url": address("/reconcile/preview?id={{id}}"), "width": WIDTH, "height": HEIGHT},
        "suggest": service,
        "extend": {
            "propose_properties": _service("/reconcile/properties"),
            "property_settings": [_setting("name")],
        },
        "batchSize": BATCH,
    }


def _service(path: str) -> dict[str, str]:
    return {"service_url": address(""), "service_path": path}


def _setting(naming: str) -> Json:
    """How many values one wants; the versions disagree on what an identifier is called."""
    label = {"name": "label", "id": "name"}[naming]
    return {"type": "number", naming: "limit", label: str(text("most-values")), "default": 0}


def _candidate(one: Candidate) -> Json:
    return {
        "id": _short(one.thing.iri), "name": one.thing.name.value, "score": one.score, "match": one.is_match,
        "type": [_typed(cls) for cls in one.classes], "description": _description(one.classes),
        "features": [{"id": key, "value": worth} for key, _, worth in _features(one)],
    }  # fmt: skip


@blueprint.get("/reconcile/suggest/<any(entity, property, type):kind>")
def suggest(kind: str) -> Response:
    """What one may have begun to write; `cursor` skips those that were shown."""
    return _told({"result": [_without_direction(one) for one in _suggested(kind)]})


@blueprint.get("/reconcile/properties")
def properties() -> Response:
    """The properties that things of a type have."""
    return _told(_proposed(_without_direction))


# --- 1.0


@blueprint.get(DRAFT)
def draft_manifest() -> Response:
    """https://reconciliation-api.github.io/specs/1.0-draft/#service-manifest"""
    chosen = text("name")
    return _told({
        "versions": ["1.0-draft"],
        "name": chosen.value, "lang": chosen.language, "dir": chosen.direction,
        "documentation": address("/about"),
        "logo": address("/static/icon.svg"),
        "serviceVersion": __version__,
        "defaultTypes": _default_types(),
        "view": {"url": address("/id/{+id}")},
        "preview": {"width": WIDTH, "height": HEIGHT},
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {"proposeProperties": True, "propertySettings": [_setting("id")]},
        "batchSize": BATCH,
        "standardizedScore": True,
    })  # fmt: skip


@blueprint.post(f"{DRAFT}/reconcile")
def draft_reconcile() -> Response:
    """The candidates for each question, in the order of the questions."""
    batch = asked.array(asked.mapping(_body(), "the body").get("queries"), "queries")
    asked.bounded(len(batch), BATCH, "queries")
    return _told({"results": [_draft_result(one, f"queries[{at}]") for at, one in enumerate(batch)]})


def _draft_result(one: object, where: str) -> Json:
    told = asked.mapping(one, where)
    reader = _reader(told.get("lang"))
    found = Candidates(reader).find(asked.draft_question(told, where))
    return {"candidates": [_draft_candidate(candidate) for candidate in found]}


def _draft_candidate(one: Candidate) -> Json:
    features = [_named(name) | {"id": key, "value": worth} for key, name, worth in _features(one)]
    return _candidate(one) | _named(one.thing.name) | {
        "type": [_typed(cls) | _named(cls.name) for cls in one.classes], "features": features,
    }  # fmt: skip


@blueprint.get(f"{DRAFT}/suggest/<any(entity, property, type):kind>")
def draft_suggest(kind: str) -> Response:
    """As suggest, with language and direction."""
    return _told({"result": _suggested(kind)})


@blueprint.get(f"{DRAFT}/extend/propose")
def draft_properties() -> Response:
    """The properties that things of a type have."""
    return _told(_proposed(lambda one: one))


@blueprint.post(f"{DRAFT}/extend")
def draft_extend() -> Response:
    """Values of things, in the order of the question."""
    ids, wanted, limits = asked.extension(_body(), "the body")
    rows = [
        {
            "id": name,
            "properties": [
                {"id": p, "values": _values(name, p, limits[p], has_language=True)} for p in wanted
            ],
        }
        for name in ids
    ]
    return _told({"meta": [_described(p) for p in wanted], "rows": rows})


# --- previews


@blueprint.get("/reconcile/preview")
@blueprint.get(f"{DRAFT}/preview")
def preview() -> Response:
    """A thing in a frame on somebody else's page: its names, classes and newest facts."""
    known = Candidates(view()).known(request.args.get("id", ""))
    if known is None:
        raise Refusal(
            status=404, where=f"id={request.args.get('id', '')[:80]}", problem="names nothing here",
            fix="take an id that a reconciliation query has given",
        )  # fmt: skip
    reader = view()
    facts = reader.facts(reader.same(known)).facts[:3]
    response = page(
        "preview.html", thing=reader.thing(known), classes=reader.classes(known),
        names=reader.names(known)[:6], facts=facts,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    )
    return response


# --- answers


def _found(question: Question) -> list[Candidate]:
    return Candidates(view()).find(question)


def _features(one: Candidate) -> list[tuple[str, Text, float | bool]]:
    """What the score is made of, and how much is said of the thing."""
    found: list[tuple[str, Text, float | bool]] = [
        ("name", text("feature-name"), one.likeness),
        ("type", text("feature-type"), one.is_of_class),
        ("statements", text("feature-statements"), one.statements),
    ]
    return found + [(f"property-{n}", text("feature-property"), met) for n, met in enumerate(one.met, 1)]


def _suggested(kind: str) -> list[Json]:
    prefix = request.args.get("prefix", "").strip()[: asked.LONGEST]
    skipped = request.args.get("cursor", "0")
    start = int(skipped) if skipped.isdecimal() and len(skipped) < 7 else 0
    found = {"entity": _entities, "property": _properties, "type": _types}[kind](prefix)
    return found[start : start + SUGGESTED]


def _entities(prefix: str) -> list[Json]:
    candidates, reader = Candidates(view()), view()
    iris = candidates.named(prefix, begins=True) if prefix else []
    return [_entity(reader.thing(iri), reader.classes(iri)) for iri in iris]


def _entity(thing: Thing, classes: Sequence[Thing]) -> Json:
    notable = [_typed(cls) for cls in classes]
    return _thing(thing) | {"description": _description(classes), "notable": notable}


def _properties(prefix: str) -> list[Json]:
    candidates = Candidates(view())
    common = [(name, _common_name(name)) for name in COMMON]
    return [
        _named(name) | {"id": identifier}
        for identifier, name in [*candidates.properties(request.args.get("type", "")), *common]
        if _begins(prefix, identifier, candidates.full(identifier.removeprefix("^")), name)
    ]


def _types(prefix: str) -> list[Json]:
    listed = [thing for thing, _ in Candidates(view()).types()]
    return [_type(thing) for thing in listed if _begins(prefix, _short(thing.iri), thing.iri, thing.name)]


def _begins(prefix: str, identifier: str, iri: str, name: Text) -> bool:
    """Whether an identifier or any name of a term begins so, in any language."""
    names = [name.value, identifier.removeprefix("^"), iri, *(other.value for other in view().names(iri))]
    return not prefix or any(one.casefold().startswith(prefix.casefold()) for one in names)


def _proposed(shown: Callable[[Json], Json]) -> Json:
    """The properties of the type that is asked for."""
    cls, limit = request.args.get("type", ""), request.args.get("limit", "")
    listed = [
        _named(name) | {"id": identifier} for identifier, name in Candidates(view()).properties(_short(cls))
    ]
    common = [_named(_common_name(name)) | {"id": name} for name in COMMON]
    most = int(limit) if limit.isdecimal() and len(limit) < 7 else len(listed) + len(common)
    told: Json = {"properties": [shown(one) for one in [*listed, *common][:most]], "type": cls}
    return told | ({"limit": most} if limit else {})


def _described(identifier: str) -> Json:
    """A property that values were asked of."""
    candidates = Candidates(view())
    if identifier in COMMON:
        return {"id": identifier, "name": _common_name(identifier).value}
    iri = candidates.full(identifier.removeprefix("^"))
    if not is_iri(iri):
        return {"id": identifier, "name": identifier or "?"}
    thing = view().thing(iri)
    name = view().inverse(thing) if identifier.startswith("^") else thing.name
    return {"id": identifier, "name": name.value}


def _common_name(identifier: str) -> Text:
    return text(f"property-{identifier}")


def _values(name: str, property_: str, limit: int, *, has_language: bool = False) -> list[Json]:
    candidates = Candidates(view())
    iri = candidates.known(name)
    found = candidates.values(iri, _short(property_)) if iri is not None else []
    return [_value(term, candidates, has_language=has_language) for term in found[: limit or None]]


def _value(term: Term, candidates: Candidates, *, has_language: bool) -> Json:
    """A thing of ours, a number, a day, or words."""
    if isinstance(term, ox.NamedNode):
        if term.value.startswith(f"{candidates.base}id/"):
            thing = view().thing(term.value)
            return {"id": _short(term.value)} | (
                _named(thing.name) if has_language else {"name": thing.name.value}
            )
        return {"str": term.value}
    kind = term.datatype.value.rpartition("#")[2]
    if kind in _NUMBERS:
        number = _NUMBERS[kind](term.value)
        return {"int": number} if isinstance(number, int) else {"float": number}
    if kind == "date" and len(term.value) == 10:
        return {"date": f"{term.value}T00:00:00Z"}
    written = view().interface.written(term.value, term.language or "")
    return {"str": term.value} | (_language(written) if has_language else {})


def _default_types() -> list[Json]:
    """Those of the usual classes that the graph has, else its largest."""
    listed = [thing for thing, _ in Candidates(view()).types()]
    usual = [thing for thing in listed if _short(thing.iri) in DEFAULT_TYPES]
    return [_typed(thing) for thing in usual or listed[:5]]


def _type(thing: Thing) -> Json:
    broader = [_typed(other) for other in Candidates(view()).broader(thing.iri)]
    return _thing(thing) | ({"broader": broader} if broader else {})


def _thing(thing: Thing) -> Json:
    return _named(thing.name) | {"id": _short(thing.iri)}


def _typed(cls: Thing) -> Json:
    return {"id": _short(cls.iri), "name": cls.name.value}


def _named(name: Text) -> Json:
    return {"name": name.value} | _language(name)


def _language(name: Text) -> Json:
    """Language and direction, as far as they are known."""
    told = {"lang": name.language} if name.language else {}
    return told | ({"dir": name.direction} if name.direction in ("ltr", "rtl") else {})


def _without_direction(one: Json) -> Json:
    """As 0.2 has it, which knows neither language nor direction."""
    return {key: member for key, member in one.items() if key not in ("lang", "dir")}


def _description(classes: Sequence[Thing]) -> str:
    return " · ".join(cls.name.value for cls in classes)


def _short(iri: str) -> str:
    return Candidates(view()).short(iri)


def _reader(tag: object) -> View:
    """The graph as somebody sees it who reads that language, if the pages have it."""
    known = site().interface.language(str(tag).partition("-")[0]) if tag else None
    return View(snapshot(), site().interface, known) if known is not None else view()


# --- JSON


def _told(answer: Json) -> Response:
    response = Response(json.dumps(answer, ensure_ascii=False), content_type="application/json")
    response.vary.add("Accept-Language")
    return response


def _body() -> object:
    return asked.parsed(request.get_data(as_text=True), "the body")
