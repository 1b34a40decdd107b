"""The cases of tests/cases/ as values: sentences in each language, and the facts that all of them state.

tests/cases/README.md says how a case is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final
from zlib import crc32

from reading import PUBLISHED

from khabar.errors import KhabarError

FOLDER: Final = Path(__file__).parent / "cases"
LANGUAGES: Final = ("ar", "en", "ru")
TYPES: Final = frozenset(
    "role appoint chair support launch join statement visit part event meeting agreement any".split()
)
STATUSES: Final = frozenset("asserted reported planned denied ended".split())
ANY: Final = "*"  # as a value: whatever it is; as `any` for a type: whatever the line

_HEADER: Final = re.compile(r"\[([a-z0-9-]+)\]")
_NAME: Final = re.compile(r"([A-Z]+\d*) = (.+)")
_KEYED: Final = re.compile(r"(ar|en|ru|published|not yet [a-z ]+): (.+)")
_FACT: Final = re.compile(r"(\? )?([a-z]+)((?: [a-z_]+\??=[^=()]+?)*)(?: \(([a-z]+)\))?")
_SLOT: Final = re.compile(r" ([a-z_]+)(\??)=([^=]+?)(?= [a-z_]+\??=|$)")


class CaseError(KhabarError):
    """A file of cases cannot be read as such."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The value that a slot should have: `@iri`, a declared name, a literal or ANY; a list joined by +."""

    values: tuple[str, ...]
    optional: bool  # the slot may also be empty


@dataclass(frozen=True, slots=True)
class Expected:
    """A fact as a line of a case gives it."""

    words: str  # the line, as written
    type: str
    slots: Mapping[str, Wanted]
    status: str
    optional: bool  # may be found, any number of times, and need not be


@dataclass(slots=True)
class Case:
    """Sentences that state the same facts in each language."""

    name: str  # the file, then the name within it: "role/former-minister"
    where: str  # "role.txt, line 12"
    texts: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)  # P1 -> ru -> its forms
    expected: list[Expected] = field(default_factory=list)
    gaps: dict[str, str] = field(default_factory=dict)  # language -> why it is not yet right
    published: date | None = PUBLISHED
    states_nothing: bool = False

    @property
    def kind(self) -> str:
        """The file it stands in: the type of fact that it is about."""
        return self.name.partition("/")[0]

    @property
    def facts(self) -> list[Expected]:
        """What must be found."""
        return [fact for fact in self.expected if not fact.optional]

    @property
    def is_kept(self) -> bool:
        """Whether it belongs to the half that nobody looks at while writing rules."""
        return bool(crc32(self.name.encode()) & 1)


def load(folder: Path = FOLDER) -> list[Case]:
    """Every case of every file, in the order of their names and lines."""
    files = sorted(folder.glob("*.txt"))
    return [case for file in files for case in parse(file.read_text(encoding="utf-8"), file.stem)]


def parse(text: str, kind: str) -> Iterator[Case]:
    """The cases of one file."""
    case: Case | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        where = f"{kind}.txt, line {number}"
        if header := _HEADER.fullmatch(line):
            if case is not None:
                yield _checked(case)
            case = Case(f"{kind}/{header[1]}", where)
        elif case is None:
            raise CaseError(
                where=where, problem="stands before the first case", fix="begin a case: [its-name]"
            )
        else:
            _add(line, case, where)
    if case is not None:
        yield _checked(case)


def _add(line: str, case: Case, where: str) -> None:
    if line == "facts:":
        return
    if line == "nothing":
        case.states_nothing = True
    elif name := _NAME.fullmatch(line):
        case.names[name[1]] = _forms(name[2], where)
    elif keyed := _KEYED.fullmatch(line):
        _set(keyed[1], keyed[2], case, where)
    elif (found := _FACT.fullmatch(line)) and found[2] in TYPES:
        case.expected += _facts(found, case, where)
    else:
        fix = "write `ru: a sentence`, `P1 = ar | en | ru`, `nothing`, or a fact: `chair body=B1 chair=@oman`"
        raise CaseError(where=where, problem=f"{line!r} is no line of a case", fix=fix)


def _set(key: str, value: str, case: Case, where: str) -> None:
    if key in LANGUAGES:
        case.texts[key] = value
    elif key == "published":
        case.published = None if value == "unknown" else date.fromisoformat(value)
    else:
        languages = key.removeprefix("not yet ").split()
        if not set(languages) <= set(LANGUAGES):
            raise CaseError(
                where=where, problem=f"{key!r} names no language of ours", fix="write ar, en or ru"
            )
        case.gaps |= dict.fromkeys(languages, value)


def _forms(text: str, where: str) -> dict[str, tuple[str, ...]]:
    columns = [column.strip() for column in text.split(" | ")]
    if len(columns) != len(LANGUAGES):
        fix = "give the name in Arabic, English and Russian, with a bar between them"
        raise CaseError(where=where, problem=f"{len(columns)} columns, not 3", fix=fix)
    return {
        language: tuple(form.strip() for form in column.split(" / "))
        for language, column in zip(LANGUAGES, columns, strict=True)
    }


def _facts(found: re.Match[str], case: Case, where: str) -> Iterator[Expected]:
    slots = {
        key: Wanted(tuple(value.split(" + ")), optional=bool(mark))
        for key, mark, value in _SLOT.findall(found[3] or "")
    }
    for value in (v for wanted in slots.values() for v in wanted.values):
        if _NAME.fullmatch(f"{value} = x") and value not in case.names:
            fix = f"write a line `{value} = ar | en | ru` above it"
            raise CaseError(where=where, problem=f"{value} is not declared", fix=fix)
    if found[4] is not None and found[4] not in STATUSES:
        fix = f"write one of {', '.join(sorted(STATUSES))}"
        raise CaseError(where=where, problem=f"({found[4]}) is no status", fix=fix)
    status, optional = found[4] or "asserted", found[1] is not None
    yield Expected(found[0], found[2], slots, status, optional)
    if found[2] == "appoint":  # the change has a line of the office, too: docs/jsonl.md
        office = {key: wanted for key, wanted in slots.items() if not key.startswith("date")}
        yield Expected(found[0].replace("appoint", "role", 1), "role", office, status, optional)


def settled(text: str, right: Collection[tuple[str, str]]) -> str:
    """The TEXT of a file without the marks of what is RIGHT: the name of a case within it, and a language."""
    name, lines = "", []
    for line in text.split("\n"):
        if header := _HEADER.fullmatch(line):
            name = header[1]
        marked, _, why = line.partition(": ")
        if marked.startswith("not yet "):
            left = [language for language in marked.split()[2:] if (name, language) not in right]
            if not left:
                continue
            line = f"not yet {' '.join(left)}: {why}"
        lines.append(line)
    return "\n".join(lines)


def _checked(case: Case) -> Case:
    if missing := [language for language in LANGUAGES if language not in case.texts]:
        fix = "say it in each language"
        raise CaseError(where=case.where, problem=f"no sentence in {', '.join(missing)}", fix=fix)
    if case.states_nothing == bool(case.facts):
        fix = "list the facts, or write `nothing`, and not both"
        raise CaseError(where=case.where, problem="it is not clear what the case states", fix=fix)
    return case
