"""The forms of a report; each is a function from a verdict and the shapes to text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from khabar.graph.shapes import Shapes
from khabar.validation.render.annotations import as_annotations
from khabar.validation.render.data import as_json
from khabar.validation.render.graph import as_turtle
from khabar.validation.render.junit import as_junit
from khabar.validation.render.page import as_html
from khabar.validation.render.sarif import as_sarif
from khabar.validation.render.text import as_text
from khabar.validation.verdict import Verdict

Render = Callable[[Verdict, Shapes], str]

FORMATS: Final[dict[str, Render]] = {
    "text": as_text,
    "json": as_json,
    "turtle": as_turtle,
    "junit": as_junit,
    "sarif": as_sarif,
    "github": as_annotations,
    "html": as_html,
}
