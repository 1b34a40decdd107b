"""Lines: what the facts of one article look like, flat."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import values
from rdflib import Literal, URIRef

from khabar.errors import KnowledgeError
from khabar.jsonlines import Line, lines
from khabar.knowledge import records as knowledge
from khabar.knowledge.records import REC, Slot
from khabar.model import Article, Entity, Fact, Mention, Period, Reading, Span
from khabar.resources import folder
from khabar.vocab import BASE, KH, ORG, RDF, XSD

RECORDS = knowledge.load()
SCHEMA = json.loads((folder("ontology") / "facts.schema.json").read_text("utf-8"))

TEXT = (
    "Aida Omarova, director of the Silk Road Forum, met Jan Novak in Almaty on 19 June 2023. "
    "Kazakhstan launched the Silk Road Forum in 2021. The Silk Road Forum was created in May 2021. "
    "Omarova visited Astana. "
    "Kazakhstan and Uzbekistan signed a water memorandum. The water memorandum dates from 2 May 2022. "
    "Kazakhstan hosts the Almaty conference, which opened on 4 May 2023 and runs to 6 May. "
    "Omarova was elected president of the council. "
    "“We listen,” Omarova said. She praised the hosts."
)
NAMES: dict[str, tuple[URIRef, tuple[str, ...]]] = {
    "omarova": (KH.Person, ("Aida Omarova", "Omarova")),
    "novak": (KH.Person, ("Jan Novak",)),
    "forum": (KH.Platform, ("Silk Road Forum",)),
    "kazakhstan": (KH.Country, ("Kazakhstan",)),
    "uzbekistan": (KH.Country, ("Uzbekistan",)),
    "almaty": (KH.City, ("Almaty",)),
    "astana": (KH.City, ("Astana",)),
    "director": (KH.Post, ("director of the Silk Road Forum",)),
    "president": (KH.Post, ("president of the council",)),
    "talks": (KH.Meeting, ("met",)),
    "memorandum": (KH.Agreement, ("water memorandum",)),
    "conference": (KH.Conference, ("Almaty conference",)),
}
ID = {name: BASE[f"id/{name}"] for name in NAMES}


def entity(name: str) -> Entity:
    """The entity with every place that names it, by the longest of its names that stands there."""
    type_, names = NAMES[name]
    found = re.finditer("|".join(names), TEXT)
    mentions = tuple(Mention(Span(*match.span()), match[0], type_) for match in found)
    return Entity(ID[name], type_, (Literal(names[0], lang="en"),), mentions)


def fact(
    subject: str, predicate: URIRef, object_: str | Literal | URIRef, words: str, **more: object
) -> Fact:
    target = ID[object_] if type(object_) is str else object_
    assert isinstance(target, URIRef | Literal)
    return values.fact(TEXT, ID[subject], predicate, target, words, **more)


def reading(*facts: Fact) -> Reading:
    article = Article("silk-road", "en", TEXT)
    return Reading(article, tuple(sorted(map(entity, NAMES), key=lambda e: e.iri)), facts)


def period(words: str, first: str | None, last: str | None, when: Literal | None = None) -> Period:
    days = [date.fromisoformat(day) if day else None for day in (first, last)]
    return Period(words, Span(0, 1), when, days[0], days[1])


MEETING = "Aida Omarova, director of the Silk Road Forum, met Jan Novak in Almaty on 19 June 2023"
NINETEENTH = period("19 June 2023", "2023-06-19", "2023-06-19", Literal("2023-06-19", datatype=XSD.date))
LAUNCH = "Kazakhstan launched the Silk Road Forum in 2021"
YEAR_2021 = period("2021", "2021-01-01", "2021-12-31", Literal("2021", datatype=XSD.gYear))
SIGNING = "Kazakhstan and Uzbekistan signed a water memorandum"
OPENING = "Kazakhstan hosts the Almaty conference, which opened on 4 May 2023 and runs to 6 May"
ELECTION = "Omarova was elected president of the council"
QUOTED = "“We listen,” Omarova said"

LAUNCHED = fact("kazakhstan", KH.launched, "forum", LAUNCH, when=YEAR_2021)
CREATED = fact(
    "forum",
    KH.inception,
    Literal("2021-05", datatype=XSD.gYearMonth),
    "The Silk Road Forum was created in May 2021",
)

ROWS: dict[str, tuple[list[Fact], list[str]]] = {  # facts, and what the lines made of them say
    "a role, and where it is": (
        [fact("omarova", KH.holdsPost, "director", MEETING), fact("director", ORG.postIn, "forum", MEETING)],
        ["role person=Aida Omarova role=director of the Silk Road Forum org=Silk Road Forum"],
    ),
    "a former role": (
        [fact("omarova", KH.holdsPost, "director", MEETING, status=KH.ended),
         fact("director", ORG.postIn, "forum", MEETING)],
        ["role person=Aida Omarova role=director of the Silk Road Forum org=Silk Road Forum status=ended"],
    ),
    "a change of office is a role too": (
        [fact("omarova", KH.holdsPost, "president", ELECTION, qualifiers=((KH.change, KH.elected),))],
        [
            "role person=Omarova role=president of the council kind=elected",
            "appoint person=Omarova role=president of the council kind=elected",
        ],
    ),
    "a chair for years": (
        [fact("kazakhstan", KH.chairs, "forum", LAUNCH, when=period("…", "2021-01-01", "2023-12-31"))],
        ["chair body=Silk Road Forum chair=Kazakhstan year=2021 year_end=2023"],
    ),
    "a chair for part of a year": (
        [fact("kazakhstan", KH.chairs, "forum", LAUNCH, when=NINETEENTH)],
        ["chair body=Silk Road Forum chair=Kazakhstan year=2023"],
    ),
    "a launch by somebody": ([LAUNCHED], ["launch thing=Silk Road Forum date=2021 by=Kazakhstan"]),
    "a launch by nobody": ([CREATED], ["launch thing=Silk Road Forum date=2021-05"]),
    "a launch told twice": (
        [CREATED, replace(LAUNCHED, when=None)],
        ["launch thing=Silk Road Forum date=2021-05 by=Kazakhstan"],
    ),
    "a plan to launch does not take the place of a beginning": (
        [CREATED, replace(LAUNCHED, status=KH.planned)],
        ["launch thing=Silk Road Forum date=2021-05",
         "launch thing=Silk Road Forum date=2021 by=Kazakhstan status=planned"],
    ),
    "a join": (
        [fact("kazakhstan", KH.memberOf, "forum", LAUNCH, qualifiers=((KH.change, KH.joined),))],
        ["join member=Kazakhstan group=Silk Road Forum kind=joined"],
    ),
    "a visit": (
        [fact("omarova", KH.visited, "astana", "Omarova visited Astana", when=NINETEENTH)],
        ["visit person=Omarova place=Astana date=2023-06-19"],
    ),
    "a part": (
        [fact("astana", KH.partOf, "kazakhstan", "Omarova visited Astana")],
        ["part part=Astana whole=Kazakhstan"],
    ),
    "words, quoted": (
        [fact("omarova", KH.said, Literal("We listen", lang="en"), QUOTED,
              qualifiers=((KH.quotation, Literal(True)),))],
        ["statement speaker=Omarova quote=We listen"],
    ),
    "words, told": (
        [fact("omarova", KH.said, Literal("She praised the hosts", lang="en"), "She praised the hosts",
              qualifiers=((KH.quotation, Literal(False)),))],
        ["statement speaker=Omarova"],
    ),
    "a meeting, dated by those who took part": (
        [fact("omarova", KH.tookPartIn, "talks", MEETING, when=NINETEENTH),
         fact("novak", KH.tookPartIn, "talks", MEETING, when=NINETEENTH),
         fact("talks", KH.tookPlaceIn, "almaty", MEETING)],
        ["meeting participants=Aida Omarova+Jan Novak date=2023-06-19 place=Almaty"],
    ),
    "who only plans to come is no participant": (
        [fact("omarova", KH.tookPartIn, "talks", "Omarova visited Astana", status=KH.planned),
         fact("novak", KH.tookPartIn, "talks", MEETING)],
        ["meeting participants=Jan Novak"],
    ),
    "a meeting that is only planned": (
        [fact("omarova", KH.tookPartIn, "talks", MEETING, status=KH.planned),
         fact("talks", KH.tookPlaceIn, "almaty", MEETING, status=KH.planned)],
        ["meeting participants=Aida Omarova place=Almaty status=planned"],
    ),
    "an agreement": (
        [fact("kazakhstan", KH.signed, "memorandum", SIGNING),
         fact("uzbekistan", KH.signed, "memorandum", SIGNING),
         fact("memorandum", KH.when, Literal("2022-05-02", datatype=XSD.date),
              "The water memorandum dates from 2 May 2022")],
        ["agreement parties=Kazakhstan+Uzbekistan subject=water memorandum date=2022-05-02"],
    ),
    "an event over days": (
        [fact("conference", RDF.type, KH.Conference, OPENING),
         fact("conference", KH.when, Literal("2023-05-04", datatype=XSD.date), OPENING,
              when=period("4 May 2023 … 6 May", "2023-05-04", "2023-05-06")),
         fact("conference", KH.tookPlaceIn, "almaty", OPENING),
         fact("kazakhstan", KH.hosts, "conference", OPENING)],
        ["event name=Almaty conference date=2023-05-04 date_end=2023-05-06 place=Almaty "
         "host_or_organiser=Kazakhstan"],
    ),
    "an event that is only named is none": ([fact("kazakhstan", KH.hosts, "conference", OPENING)], []),
    "a place that is only planned is not where an event took place": (
        [fact("conference", RDF.type, KH.Conference, OPENING),
         fact("conference", KH.tookPlaceIn, "almaty", OPENING, status=KH.planned)],
        ["event name=Almaty conference"],
    ),
    "a denial stays one": (
        [fact("kazakhstan", KH.supports, "forum", LAUNCH, status=KH.denied)],
        ["support supporter=Kazakhstan supported=Silk Road Forum status=denied"],
    ),
    "who says so": (
        [fact("kazakhstan", KH.supports, "forum", LAUNCH, status=KH.reported, attributed_to=ID["omarova"])],
        ["support supporter=Kazakhstan supported=Silk Road Forum status=reported attributed_to=Aida Omarova"],
    ),
    "lines come as the article does": (
        [LAUNCHED, fact("omarova", KH.visited, "astana", "Omarova visited Astana")],
        ["launch thing=Silk Road Forum date=2021 by=Kazakhstan", "visit person=Omarova place=Astana"],
    ),
}  # fmt: skip


def told(line: Line) -> str:
    """A line in one row, without what it does not say and without what every line says."""
    unsaid = {"article", "type", "evidence", "property", "confidence", "rule"}
    parts = [f"{key}={surface(value)}" for key, value in line.items() if key not in unsaid and value]
    return " ".join([str(line["type"]), *(part for part in parts if part != "status=asserted")])


def surface(value: object) -> str:
    if isinstance(value, list):
        return "+".join(map(surface, value))
    return str(value["text"]) if isinstance(value, dict) else str(value)


def part(line: Line, key: str) -> Line:
    value = line[key]
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(("facts", "expected"), ROWS.values(), ids=ROWS)
def test_facts_make_lines(facts: list[Fact], expected: list[str]) -> None:
    found = lines(reading(*facts), RECORDS)
    assert [told(line) for line in found] == expected
    check(found)


def test_a_line_is_complete() -> None:
    support = fact("kazakhstan", KH.supports, "forum", LAUNCH, confidence=0.8)
    assert lines(reading(support), RECORDS) == [
        {
            "article": "silk-road",
            "type": "support",
            "supporter": {
                "text": "Kazakhstan",
                "start": 88,
                "end": 98,
                "type": "country",
                "iri": "https://w3id.org/khabar/id/kazakhstan",
                "mentions": [],
                "en": None,
            },
            "supported": {
                "text": "Silk Road Forum",
                "start": 112,
                "end": 127,
                "type": "body",
                "iri": "https://w3id.org/khabar/id/forum",
                "mentions": [],
                "en": None,
            },
            "evidence": [{"text": LAUNCH, "start": 88, "end": 135}],
            "status": "asserted",
            "kind": None,
            "attributed_to": None,
            "property": "https://w3id.org/khabar/ont#supports",
            "confidence": 0.8,
            "rule": "https://w3id.org/khabar/lexicon/test#frame",
        }
    ]


def test_arabic_and_russian_lines() -> None:
    found = lines(values.arabic(), RECORDS) + lines(values.russian(), RECORDS)
    assert [told(line) for line in found] == [
        "chair body=حوار نساء آسيا الوسطى chair=أوزبكستان year=2021",
        "chair body=الحوار chair=كازاخستان year=2023",
        "support supporter=برنامج الأمم المتحدة الإنمائي supported=الحوار",
        "role person=ليلى رحيموفا role=منسقة الحوار org=الحوار",
        "statement speaker=ليلى رحيموفا quote=العمل مستمر",
        "event name=المنتدى place=أستانا status=planned",
        "chair body=Диалоге женщин Центральной Азии chair=Казахстан year=2023",
    ]
    check(found)


def test_a_curated_thing_has_its_english_name() -> None:
    known = reading(fact("kazakhstan", KH.supports, "forum", LAUNCH))
    labels = (Literal("Казахстан", lang="ru"), Literal("Kazakhstan", lang="en"))
    curated = replace(
        known,
        entities=tuple(
            replace(entity, labels=labels, curated=True) if entity.iri == ID["kazakhstan"] else entity
            for entity in known.entities
        ),
    )
    (line,) = lines(curated, RECORDS)
    assert [part(line, "supporter")["en"], part(line, "supported")["en"]] == ["Kazakhstan", None]


NAMED = {  # evidence, and which of her names is shown
    "the best one in it": (MEETING, "Aida Omarova"),
    "the only one in it": (ELECTION, "Omarova"),
    "the last one before a pronoun": ("She praised the hosts", "Omarova"),
}


@pytest.mark.parametrize(("evidence", "expected"), NAMED.values(), ids=NAMED)
def test_an_entity_is_shown_by_the_name_that_a_reader_would_point_to(evidence: str, expected: str) -> None:
    names = ("Aida Omarova", "Omarova", "director of the Silk Road Forum")
    mentions = (*entity("omarova").mentions, *entity("director").mentions)
    described = replace(
        entity("omarova"),
        labels=tuple(Literal(name, lang="en") for name in names),
        mentions=tuple(sorted(mentions, key=lambda mention: mention.span)),
    )
    article = Article("silk-road", "en", TEXT)
    support = fact("omarova", KH.supports, "omarova", evidence)
    (line,) = lines(Reading(article, (described,), (support,)), RECORDS)
    assert part(line, "supporter")["text"] == expected


def test_a_gathered_line_quotes_every_fact_in_it_once_and_is_as_sure_as_the_least() -> None:
    clause = "Kazakhstan hosts the Almaty conference"
    (line,) = lines(
        reading(
            fact("conference", RDF.type, KH.Conference, OPENING, confidence=0.9),
            fact("kazakhstan", KH.hosts, "conference", clause, confidence=0.7),
            fact("conference", KH.tookPlaceIn, "astana", "Omarova visited Astana", confidence=0.8),
        ),
        RECORDS,
    )
    assert surface(line["evidence"]) == f"Omarova visited Astana+{OPENING}"
    assert line["confidence"] == 0.7


TIMES = {  # first day, last day, when -> date, date_end
    "a day": ("2023-06-19", "2023-06-19", None, "2023-06-19", None),
    "a month": ("2023-06-01", "2023-06-30", Literal("2023-06", datatype=XSD.gYearMonth), "2023-06", None),
    "days": ("2023-06-19", "2023-06-21", None, "2023-06-19", "2023-06-21"),
    "months": ("2023-06-01", "2023-08-31", None, "2023-06", "2023-08"),
    "a leap month": ("2024-01-01", "2024-02-29", None, "2024-01", "2024-02"),
    "years": ("2021-01-01", "2023-12-31", None, "2021", "2023"),
    "since": ("2021-03-01", None, None, "2021-03-01", None),
    "until": (None, "2021-03-01", None, None, "2021-03-01"),
    "unresolved": (None, None, None, None, None),
}


@pytest.mark.parametrize(("first", "last", "when", "start", "end"), TIMES.values(), ids=TIMES)
def test_dates_are_as_precise_as_the_article(
    first: str | None, last: str | None, when: Literal | None, start: str | None, end: str | None
) -> None:
    time = period("…", first, last, when)
    visit = fact("omarova", KH.visited, "astana", "Omarova visited Astana", when=time)
    found = lines(reading(visit), RECORDS)
    assert (found[0]["date"], found[0]["date_end"]) == (start, end)
    check(found)


# --- the schema, and records.ttl


def check(found: Iterable[Line]) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for line in found:
        validator.validate(line)


def test_the_schema_refuses_what_is_no_line() -> None:
    (line,) = lines(reading(LAUNCHED), RECORDS)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    wrong: list[Line] = [{"year": 2021}, {"type": "chair"}, {"date": "June"}, {"evidence": []}]
    for broken in ({**line, **change} for change in wrong):
        with pytest.raises(jsonschema.ValidationError):
            check([broken])


def test_the_schema_has_the_slots_of_the_records() -> None:
    slots = {record.type: [key for slot in record.slots for key in keys(slot)] for record in RECORDS.records}
    assert {name: SCHEMA["$defs"][name]["required"] for name in SCHEMA["properties"]["type"]["enum"]} == slots
    names = set(RECORDS.type_names.values())
    assert names == set(SCHEMA["$defs"]["entity"]["properties"]["type"]["enum"])
    assert {status.rpartition("#")[2] for status in RECORDS.firmness} == set(
        SCHEMA["properties"]["status"]["enum"]
    )


def keys(slot: Slot) -> list[str]:
    return [slot.key, f"{slot.key}_end"] if slot.shows in (REC.date, REC.year) else [slot.key]


TYPOS = {  # what is replaced in records.ttl, and what is said of it
    "an unknown relation": (
        "rec:states kh:supports", "rec:states kh:suports",
        "ontology/records.ttl, rec:support: uses kh:suports, which the ontology does not declare\n"
        "  correct the name, or declare kh:suports in ontology/khabar.ttl",
    ),
    "an unknown way to show": (
        "rec:shows rec:year", "rec:shows rec:yaer",
        "ontology/records.ttl, rec:chair: has the slot year with rec:shows rec:yaer\n"
        "  use one of rec:date, rec:entities, rec:entity, rec:gloss, rec:nothing, rec:words, rec:year",
    ),
    "an unknown property": (
        "rec:states kh:holdsPost ;", "rec:stats kh:holdsPost ;",
        "ontology/records.ttl, rec:role: uses the unknown rec:stats\n"
        "  use one of rec:compares, rec:except, rec:firmness, rec:gathers, rec:glossLanguage, rec:key, "
        "rec:overlaps, rec:requires, rec:scored, rec:shows, rec:slots, rec:statementsOf, rec:states, "
        "rec:type, rec:typeName, rec:unless",
    ),
    "no facts": (
        "rec:states kh:supports ;", "",
        "ontology/records.ttl, rec:support: does not say which facts make it\n"
        "  give it rec:states or rec:gathers",
    ),
    "no type": (
        'rec:type "support" ;', ";", "ontology/records.ttl, rec:support: has no rec:type\n  add rec:type",
    ),
    "a path of no kind": (
        "sh:path [ sh:inversePath kh:hosts ]", "sh:path [ sh:zeroOrMorePath kh:hosts ]",
        "ontology/records.ttl, rec:event: has a path that cannot be followed\n"
        "  use a property, sh:inversePath, sh:alternativePath, rec:statementsOf, or a list of them",
    ),
    "a status left out": (
        "kh:denied rec:firmness 0 .", "",
        "ontology/records.ttl, kh:denied: is a status without rec:firmness\n  give it a whole number",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), TYPOS.values(), ids=TYPOS)
def test_a_typo_in_the_records_is_found(old: str, new: str, message: str, tmp_path: Path) -> None:
    shutil.copy(folder("ontology") / "khabar.ttl", tmp_path)
    text = (folder("ontology") / "records.ttl").read_text("utf-8")
    assert old in text
    (tmp_path / "records.ttl").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(tmp_path)
    assert str(caught.value) == message
