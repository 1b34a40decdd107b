"""Each case of tests/cases/ in each language states its facts; run as a script, how many do.

python tests/test_cases.py [--misses] [--settle] [KIND…]
"""

from __future__ import annotations

import sys

import pytest
from casebook import FOLDER, LANGUAGES, Case, CaseError, load, parse, settled
from likeness import Reader, differences, summary

from khabar import knowledge
from khabar.knowledge import records
from khabar.vocab import BASE

CASES = load()


def _rows() -> list[object]:
    return [
        pytest.param(case, language, id=f"{case.name}-{language}", marks=_gap(case.gaps.get(language)))
        for case in CASES
        for language in LANGUAGES
    ]


def _gap(reason: str | None) -> list[pytest.MarkDecorator]:
    return [] if reason is None else [pytest.mark.xfail(strict=True, reason=reason)]


@pytest.mark.parametrize(("case", "language"), _rows())
def test_a_case_states_its_facts_in_each_language(case: Case, language: str) -> None:
    assert differences(case, language) == [], case.texts[language]


def test_the_names_of_a_case_stand_in_its_sentences() -> None:
    absent = [
        (case.name, language, name, case.names[name][language])
        for case in CASES
        for language in LANGUAGES
        for name in Reader(case, language).absent(case.texts[language])
    ]
    assert absent == []


def test_the_facts_of_a_case_name_what_the_gazetteer_and_the_schema_hold() -> None:
    entries = {str(iri) for iri in knowledge.load().gazetteer.entries}
    slots = {record.type: {"kind", "attributed_to"} for record in records.load().records}
    for record in records.load().records:
        slots[record.type] |= {slot.key + end for slot in record.slots for end in ("", "_end")}
    for case in CASES:
        for fact in case.expected:
            assert fact.type == "any" or fact.slots.keys() <= slots[fact.type], (case.where, fact.words)
            named = [value[1:] for slot in fact.slots.values() for value in slot.values if value[0] == "@"]
            assert all(f"{BASE}id/{name}" in entries for name in named), (case.where, fact.words)


def test_no_two_cases_have_one_name() -> None:
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)


BAD = {
    "ar: مرحبا": "x.txt, line 1: stands before the first case\n  begin a case: [its-name]",
    "[a]\nP1 = one | two": (
        "x.txt, line 2: 2 columns, not 3\n"
        "  give the name in Arabic, English and Russian, with a bar between them"
    ),
    "[a]\nchair body=B1": ("x.txt, line 2: B1 is not declared\n  write a line `B1 = ar | en | ru` above it"),
    "[a]\nvisit place=@oman (maybe)": (
        "x.txt, line 2: (maybe) is no status\n  write one of asserted, denied, ended, planned, reported"
    ),
    "[a]\nnot yet fr: hélas": "x.txt, line 2: 'not yet fr' names no language of ours\n  write ar, en or ru",
    "[a]\nen: Yes.\nnothing": "x.txt, line 1: no sentence in ar, ru\n  say it in each language",
    "[a]\nar: نعم\nen: Yes.\nru: Да.": (
        "x.txt, line 1: it is not clear what the case states\n"
        "  list the facts, or write `nothing`, and not both"
    ),
    "[a]\nvisited place=@oman": (
        "x.txt, line 2: 'visited place=@oman' is no line of a case\n"
        "  write `ru: a sentence`, `P1 = ar | en | ru`, `nothing`, or a fact: `chair body=B1 chair=@oman`"
    ),
}


@pytest.mark.parametrize(("text", "message"), BAD.items(), ids=range(len(BAD)))
def test_a_case_that_cannot_be_read_says_where_and_what_to_do(text: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        list(parse(text, "x"))
    assert str(caught.value) == message


SETTLED = """\
[a]
not yet en ru: why
not yet ar: why not
ar: نعم

[b]
not yet en: why
"""


def test_what_is_right_now_loses_its_mark() -> None:
    left = settled(SETTLED, {("a", "en"), ("a", "ar"), ("b", "ar")})
    assert left == "[a]\nnot yet ru: why\nar: نعم\n\n[b]\nnot yet en: why\n"


def main(arguments: list[str]) -> None:
    """Print the summary and, if asked, what differs in each case that is not right."""
    kinds = [argument for argument in arguments if not argument.startswith("-")]
    halves = {"--open": False, "--kept": True}
    wanted = next((kept for flag, kept in halves.items() if flag in arguments), None)
    cases = [case for case in CASES if not kinds or case.kind in kinds]
    cases = [case for case in cases if wanted is None or case.is_kept == wanted]
    found = {(case.name, language): differences(case, language) for case in cases for language in LANGUAGES}
    if "--settle" in arguments:
        for file in FOLDER.glob("*.txt"):
            right = {
                (name.partition("/")[2], language)
                for (name, language), wrong in found.items()
                if not wrong and name.startswith(f"{file.stem}/")
            }
            file.write_text(settled(file.read_text(encoding="utf-8"), right), encoding="utf-8")
    if "--misses" in arguments:
        texts = {case.name: case.texts for case in cases}
        for (name, language), wrong in found.items():
            if wrong:
                print(f"{name} {language}: {texts[name][language]}", *wrong, sep="\n    ")
    print(summary(cases, found))


if __name__ == "__main__":
    main(sys.argv[1:])
