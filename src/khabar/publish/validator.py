"""The process that validates what a stranger sends, and may be killed: validation.py starts it.

It has what a query's worker has: so much memory, no network, no file to write.  One object of JSON comes in,
one goes out.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, Final

from khabar.errors import KhabarError
from khabar.publish import jail
from khabar.resources import folder
from khabar.validation.checking import Unchecked, check
from khabar.validation.profile import own_shapes
from khabar.validation.render import FORMATS
from khabar.validation.rules import Rules
from khabar.validation.sources import sent
from khabar.validation.verdict import Verdict
from khabar.validation.wellformed import examine

MOST: Final = 1000  # results that are shown


def answer(asked: dict[str, Any]) -> dict[str, str]:
    """The report, or what stood in the way of one."""
    try:
        document = sent("data", asked["data"].encode(), asked["syntax"])
        own = not asked["shapes"].strip()
        shapes = own_shapes() if own else (sent("shapes", asked["shapes"].encode(), None),)
        notes = () if own else examine(shapes)
        rules = Rules(shapes, folder("ontology") / "khabar.ttl", ours=own)
        outcome = check([document], rules, lambda text, language: ())
    except (KhabarError, Unchecked) as error:
        first = error.errors[0] if isinstance(error, Unchecked) else error
        return {"where": first.where, "problem": first.problem, "fix": first.fix}
    told = (*notes, *outcome.notes)
    if not outcome.targeted:
        told = (*told, "Warning: no shape found anything to look at in this data, so nothing was checked.")
    verdict = Verdict(outcome, most=MOST, language=asked["language"], notes=told)
    return {"report": FORMATS[asked["format"]](verdict, rules.shapes(None))}


def main() -> None:
    """Answer what comes in on standard input, with so many bytes of memory as named first."""
    jail.confine(int(sys.argv[1]))
    logging.getLogger("rdflib").setLevel(logging.ERROR)
    try:
        said = answer(json.load(sys.stdin))
    except (MemoryError, RecursionError) as error:
        said = {
            "where": "data",
            "problem": f"is too much: {type(error).__name__}",
            "fix": "send less at a time",
        }
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
