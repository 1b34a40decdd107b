"""The words of a report for people: ontology/report.ttl."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rdflib import Literal, Namespace, URIRef

from khabar.errors import KhabarError
from khabar.knowledge.turtle import Turtle
from khabar.resources import folder
from khabar.vocab import RDFS

REPORT: Final = Namespace("https://w3id.org/khabar/report#")
UI: Final = Namespace("https://w3id.org/khabar/interface#")


class Words:
    """The words of a report in one language, the first of the file where none is asked for."""

    def __init__(self, language: str | None, path: Path | None = None) -> None:
        """Load them; raises KhabarError for a language that the file does not have."""
        self._turtle = Turtle.read(path or folder("ontology") / "report.ttl")
        known = {
            str(self._turtle.value(n, URIRef(UI.tag))): n for n in self._turtle.of_type(URIRef(UI.Language))
        }
        self.language = language or next(iter(known))
        if self.language not in known:
            raise KhabarError(
                where="--language",
                problem=f"no report is written in {language}",
                fix=f"say {', '.join(known)}",
            )
        self.direction = str(self._turtle.value(known[self.language], URIRef(UI.direction)))

    def __getitem__(self, name: str) -> str:
        labels = self._turtle.values(REPORT[name], RDFS.label)
        return next(str(x) for x in labels if isinstance(x, Literal) and x.language == self.language)
