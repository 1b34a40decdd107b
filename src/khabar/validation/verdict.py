"""What a validation comes to: which results count, which were known before, and whether it fails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from khabar.errors import KhabarError
from khabar.graph.files import write_atomically
from khabar.graph.report import local
from khabar.validation.checking import Outcome
from khabar.validation.found import Found

LEVELS: Final = ("violation", "warning", "info")
VERSION: Final = 1  # of the JSON of reports and baselines


@dataclass(frozen=True)
class Verdict:
    """An outcome, judged."""

    outcome: Outcome
    fail_on: str = LEVELS[0]  # the least level that fails
    before: Mapping[str, Mapping[str, Any]] | None = (
        None  # results known before, by id; None where none are given
    )
    most: int | None = None  # results to show
    language: str | None = None  # of the messages
    notes: tuple[str, ...] = field(default=())

    @property
    def failing(self) -> tuple[Found, ...]:
        """The results that count: grave enough, and new."""
        grave = LEVELS[: LEVELS.index(self.fail_on) + 1]
        return tuple(
            found for found in self.outcome.found if found.level in grave and not self.is_known(found)
        )

    @property
    def conforms(self) -> bool:
        """Whether nothing counts."""
        return not self.failing

    @property
    def new(self) -> tuple[Found, ...]:
        """The results that were not known before, of any level."""
        return tuple(found for found in self.outcome.found if not self.is_known(found))

    @property
    def shown(self) -> tuple[Found, ...]:
        """The new results, as many as may be shown, the gravest first."""
        ordered = sorted(self.new, key=lambda found: LEVELS.index(found.level))
        return tuple(ordered[: self.most])

    @property
    def counts(self) -> dict[str, int]:
        """How many new results there are of each level."""
        levels = Counter(found.level for found in self.new)
        return {level: levels[level] for level in LEVELS}

    @property
    def known(self) -> int:
        """How many results were known before."""
        return len(self.outcome.found) - len(self.new)

    @property
    def gone(self) -> tuple[str, ...]:
        """The ids known before that are found no longer."""
        return tuple(sorted(set(self.before or ()) - {found.id for found in self.outcome.found}))

    def is_known(self, found: Found) -> bool:
        """Whether a result was known before."""
        return self.before is not None and found.id in self.before

    def message(self, found: Found) -> str:
        """What is wrong, in the language asked for."""
        return found.result.message(self.language)


# --- results known before


def read_known(path: Path) -> dict[str, dict[str, Any]]:
    """The results of a baseline or of a report in JSON, by id; raises KhabarError."""
    fix = "give a file that --update-baseline or --format json has written"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            raise KhabarError(
                where=str(path), problem=f"has the version {told['version']}", fix="write it anew"
            )
        return {str(result["id"]): dict(result) for result in told["results"]}
    except OSError as error:
        raise KhabarError(where=str(path), problem=f"cannot be read: {error.strerror}", fix=fix) from error
    except (ValueError, LookupError, TypeError) as error:
        raise KhabarError(
            where=str(path), problem="is neither a baseline nor a report in JSON", fix=fix
        ) from error


def write_baseline(path: Path, found: Iterable[Found]) -> None:
    """Write down what is known from now on: sorted, a line each, so that a change is easy to read."""
    lines = (
        json.dumps(
            {"id": one.id, "level": one.level, "rule": local(one.rule), "node": str(one.result.focus)},
            ensure_ascii=False,
        )
        for one in sorted(found, key=lambda one: one.id)
    )
    body = ",\n".join(f"  {line}" for line in lines)
    write_atomically(path, f'{{"version": {VERSION}, "results": [\n{body}\n]}}\n')
