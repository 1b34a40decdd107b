"""What clients of the Reconciliation Service API ask, in both its versions, read and checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from khabar.publish.candidates import Condition, Question
from khabar.publish.protocol import Refusal

MOST: Final = 50  # candidates of one question
LONGEST: Final = 300  # characters of a name
IDENTIFIERS: Final = 500  # of one request for values

Json = dict[str, Any]


def question(asked: object, where: str) -> Question:
    told = mapping(asked, where)
    listed = array(told.get("properties") or [], f"{where}.properties")
    conditions = tuple(_condition(one, f"{where}.properties[{at}]") for at, one in enumerate(listed))
    name = _name(told.get("query"), f"{where}.query")
    if not name and not conditions:
        raise _malformed(where, "has neither a query nor properties", "give one of them")
    kinds = told.get("type") or []
    return Question(
        names=(name,) if name else (),
        classes=tuple(
            _class(one, f"{where}.type") for one in (kinds if isinstance(kinds, list) else [kinds])
        ),
        is_class_strict=told.get("type_strict") != "should",
        conditions=conditions,
        limit=_limit(told.get("limit"), f"{where}.limit"),
    )


def draft_question(told: Json, where: str) -> Question:
    listed = array(told.get("conditions"), f"{where}.conditions")
    if not listed:
        raise _malformed(f"{where}.conditions", "is empty", "give at least one condition")
    names: list[str] = []
    conditions: list[Condition] = []
    for at, one in enumerate(listed):
        place = f"{where}.conditions[{at}]"
        condition = mapping(one, place)
        match condition.get("matchType"):
            case "name":
                names += [_name(v, f"{place}.v") for v in _several(condition.get("v"))]
            case "property":
                conditions.append(_condition(condition, place))
            case other:
                raise _malformed(f"{place}.matchType", f"is {other!r}", "write name or property")
    kind = told.get("type")
    return Question(
        names=tuple(name for name in names if name),
        classes=(_class(kind, f"{where}.type"),) if kind else (),
        conditions=tuple(conditions),
        limit=_limit(told.get("limit"), f"{where}.limit"),
    )


def _condition(asked: object, where: str) -> Condition:
    told = mapping(asked, where)
    if not isinstance(told.get("pid"), str) or "v" not in told:
        raise _malformed(where, "has no pid or no v", "name a property in pid, and what it should be in v")
    quantifier = told.get("matchQuantifier", "any")
    if quantifier not in ("any", "all", "none"):
        raise _malformed(f"{where}.matchQuantifier", f"is {quantifier!r}", "write any, all or none")
    return Condition(
        property=told["pid"],
        values=tuple(filter(None, (_name(v, f"{where}.v") for v in _several(told["v"])))),
        is_required=told.get("required") is True,
        quantifier=quantifier,
    )


def _several(value_: object) -> Sequence[object]:
    return value_ if isinstance(value_, list) else [value_]


def _name(value_: object, where: str) -> str:
    """What to look for: words, a number, or a thing that was found before, by its id."""
    if isinstance(value_, dict):
        value_ = value_.get("id")
    if value_ is None:
        return ""
    if isinstance(value_, bool):
        return str(value_).lower()
    if isinstance(value_, int | float | str):
        return str(value_).strip()[:LONGEST]
    raise _malformed(where, "is neither words, a number nor an entity", "write a string")


def _class(value_: object, where: str) -> str:
    """The identifier of a class, which may be written as an IRI or as {id, name}."""
    written = value_.get("id") if isinstance(value_, dict) else value_
    if not isinstance(written, str):
        raise _malformed(where, "is no identifier of a type", "take one that suggest/type gives")
    return written


def _limit(value_: object, where: str) -> int:
    if value_ is None:
        return 10
    if isinstance(value_, bool) or not isinstance(value_, int | float) or value_ < 1:
        raise _malformed(where, "is no positive number", "say how many candidates you want")
    return min(int(value_), MOST)


def extension(asked: object, where: str) -> tuple[list[str], list[str], dict[str, int]]:
    """The things, the properties, and how many values of each are wanted: 0 is all."""
    told = mapping(asked, where)
    ids = [str(one) for one in array(told.get("ids"), f"{where}.ids")]
    bounded(len(ids), IDENTIFIERS, f"{where}.ids")
    limits: dict[str, int] = {}
    for at, one in enumerate(array(told.get("properties"), f"{where}.properties")):
        property_ = mapping(one, f"{where}.properties[{at}]")
        if not isinstance(property_.get("id"), str):
            raise _malformed(f"{where}.properties[{at}]", "has no id", "take one that is proposed")
        limit = (property_.get("settings") or {}).get("limit") or 0
        limits[property_["id"]] = int(limit) if str(limit).isdecimal() else 0
    return ids, list(limits), limits


def parsed(written: str, where: str) -> object:
    try:
        return json.loads(written)
    except (ValueError, RecursionError) as error:
        raise _malformed(where, f"is not JSON: {error}", "send JSON") from error


def mapping(value_: object, where: str) -> Json:
    if not isinstance(value_, dict):
        raise _malformed(where, "is no object", "write {…}")
    return value_


def array(value_: object, where: str) -> list[object]:
    if not isinstance(value_, list):
        raise _malformed(where, "is no array", "write […]")
    return value_


def bounded(number: int, most: int, where: str) -> None:
    if number > most:
        raise Refusal(
            status=413,
            code="size",
            where=where,
            problem=f"has {number} of them",
            fix=f"send {most} at a time",
        )


def _malformed(where: str, problem: str, fix: str) -> Refusal:
    return Refusal(where=where, problem=problem, fix=fix)
