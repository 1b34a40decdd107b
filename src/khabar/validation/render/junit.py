"""A report as JUnit's XML, which CI servers show as failed tests: a suite a file, a case a rule."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final
from xml.etree import ElementTree as ET

from khabar.graph.report import local
from khabar.graph.shapes import Shapes
from khabar.validation.found import Found
from khabar.validation.render.text import where
from khabar.validation.verdict import Verdict

# What XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def as_junit(verdict: Verdict, shapes: Shapes) -> str:
    """Suites of failures: only what counts; where nothing does, one good case."""
    root = ET.Element("testsuites", name="khabar validate")
    suites: defaultdict[str, list[Found]] = defaultdict(list)
    for found in verdict.failing:
        suites[found.place.file if found.place is not None else "data"].append(found)
    for file in sorted(suites) or ["data"]:
        results = suites[file][: verdict.most]
        cases = str(len(results) or 1)
        suite = ET.SubElement(root, "testsuite", name=_clean(file), tests=cases, failures=str(len(results)))
        for found in results:
            _case(suite, file, found, verdict)
        if not results:
            ET.SubElement(suite, "testcase", classname=_clean(file), name="conforms")
    for attribute in ("tests", "failures"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, file: str, found: Found, verdict: Verdict) -> None:
    name = f"{local(found.rule)}: {found.result.name} ({found.id})"
    attributes = {"classname": _clean(file), "name": _clean(name)}
    if found.place is not None and found.place.line is not None:
        attributes |= {"file": _clean(file), "line": str(found.place.line)}
    case = ET.SubElement(suite, "testcase", attributes)
    message = verdict.message(found)
    failure = ET.SubElement(case, "failure", message=_clean(message), type=found.level)
    lines = [f"{where(found.place)}{message}", f"node <{found.result.focus}>"]
    if found.result.path:
        lines.append(f"path {found.result.path}")
    if found.result.value is not None:
        lines.append(f"value {found.result.value}")
    if found.quote is not None:
        lines.append(
            f"«{found.quote.sentence}» ({found.quote.article}, {found.quote.begin}–{found.quote.end})"
        )
    failure.text = _clean("\n".join(lines))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
