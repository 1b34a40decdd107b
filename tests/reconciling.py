"""What the Reconciliation Service API's two versions demand of each answer, as JSON Schema in our own words.

The specifications' own schemas are in no package, so these are ours, held against theirs member by member:
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ and
https://reconciliation-api.github.io/specs/1.0-draft/, as of November 2026.  What passes here passes there,
for these are narrower: they allow no member that we do not know, and ask for what we promise, such as
scores from 0 to 100.
"""

from __future__ import annotations

from typing import Any, Final

STRING: Final = {"type": "string", "minLength": 1}
DIRECTION: Final = {"enum": ["ltr", "rtl", "auto"]}
SPOKEN: Final = {"lang": STRING, "dir": DIRECTION}


def record(required: str, **properties: Any) -> dict[str, Any]:
    """The schema of an object that has these members, and no others that we do not know."""
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def array(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def setting(identifier: str, name: str) -> dict[str, Any]:
    return record(
        f"type {identifier} {name}",
        type={"const": "number"},
        default={"type": "number"},
        **{identifier: STRING, name: STRING},
    )


SERVICE: Final = record(
    "service_url service_path", service_url={"pattern": "^http"}, service_path={"pattern": "^/"}
)
SIZE: Final = {"width": {"type": "integer"}, "height": {"type": "integer"}}
ABOUT: Final = {
    "name": STRING,
    "documentation": STRING,
    "logo": STRING,
    "serviceVersion": STRING,
    "batchSize": {"type": "integer"},
    "defaultTypes": array(record("id name", id=STRING, name=STRING), uniqueItems=True, minItems=1),
}
MANIFEST: Final = record(
    "versions name identifierSpace schemaSpace",
    **ABOUT,
    versions={"contains": {"const": "0.2"}},
    identifierSpace=STRING,
    schemaSpace=STRING,
    view=record("url", url={"pattern": r"\{\{id\}\}"}),
    preview=record("url width height", url={"pattern": r"\{\{id\}\}"}, **SIZE),
    suggest=record("entity property type", entity=SERVICE, property=SERVICE, type=SERVICE),
    extend=record(
        "propose_properties", propose_properties=SERVICE, property_settings=array(setting("name", "label"))
    ),
)
YES: Final = {"const": True}
DRAFT_MANIFEST: Final = record(
    "versions name view",
    **ABOUT,
    **SPOKEN,
    versions={"contains": {"const": "1.0-draft"}},
    view=record("url", url={"pattern": r"\{.*id.*\}"}),
    preview=record("width height", **SIZE),
    suggest=record("entity property type", entity=YES, property=YES, type=YES),
    extend=record("", proposeProperties=YES, propertySettings=array(setting("id", "name"))),
    standardizedScore=YES,
)
WORTH: Final = {"type": ["number", "boolean"]}
TYPE: Final = record("id name", id=STRING, name=STRING)
CANDIDATE: Final = {
    "id": STRING,
    "name": STRING,
    "description": {"type": "string"},
    "match": {"type": "boolean"},
    "score": {"type": "number", "minimum": 0, "maximum": 100},
}
RESULTS: Final = {
    "type": "object",
    "additionalProperties": record(
        "result",
        result=array(
            record(
                "id name score",
                **CANDIDATE,
                type=array(TYPE),
                features=array(record("id value", id=STRING, value=WORTH)),
            )
        ),
    ),
}
DRAFT_RESULTS: Final = record(
    "results",
    results=array(
        record(
            "candidates",
            candidates=array(
                record(
                    "id name",
                    **CANDIDATE,
                    **SPOKEN,
                    type=array(record("id name", id=STRING, name=STRING, **SPOKEN)),
                    features=array(record("id name value", id=STRING, name=STRING, value=WORTH, **SPOKEN)),
                )
            ),
        )
    ),
)
VALUES: Final = [
    record("float", float={"type": "number"}),
    record("int", int={"type": "integer"}),
    record("date", date={"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}),
]
VALUE: Final = {
    "oneOf": [record("id name", id=STRING, name=STRING), record("str", str={"type": "string"}), *VALUES]
}
SPOKEN_VALUE: Final = {
    "oneOf": [
        record("id name", id=STRING, name=STRING, **SPOKEN),
        record("str", str={"type": "string"}, **SPOKEN),
        *VALUES,
    ]
}
META: Final = array(record("id name", id=STRING, name=STRING))
EXTENSION: Final = record(
    "meta rows",
    meta=META,
    rows={
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": array(VALUE)},
    },
)
DRAFT_EXTENSION: Final = record(
    "meta rows",
    meta=META,
    rows=array(
        record(
            "id properties",
            id=STRING,
            properties=array(record("id values", id=STRING, values=array(SPOKEN_VALUE))),
        )
    ),
)


def suggestions(**spoken: Any) -> dict[str, Any]:
    """The schema of suggestions of any kind, and of properties that are proposed."""
    return array(
        record(
            "id name",
            id=STRING,
            name=STRING,
            description={"type": "string"},
            notable=array(TYPE),
            broader=array(TYPE),
            **spoken,
        )
    )
