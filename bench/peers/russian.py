"""What one would write in an afternoon with Natasha: roles and statements of Russian articles.

Run by the peers' own Python: reads texts as JSON lines, writes what it finds of each, and the time it took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from natasha import (
    Doc,
    MorphVocab,
    NewsEmbedding,
    NewsMorphTagger,
    NewsNERTagger,
    NewsSyntaxParser,
    Segmenter,
)

SAYING = {
    "сказать",
    "заявить",
    "отметить",
    "сообщить",
    "подчеркнуть",
    "добавить",
    "рассказать",
    "объявить",
    "пояснить",
}
OFFICES = {
    "президент",
    "министр",
    "премьер-министр",
    "председатель",
    "спикер",
    "глава",
    "секретарь",
    "посол",
    "директор",
}
OFFICES |= {
    "представитель",
    "депутат",
    "руководитель",
    "заместитель",
    "лидер",
    "премьер",
    "советник",
    "губернатор",
}


def piece(text: str, start: int, stop: int) -> dict[str, Any]:
    """Words with their offsets, as khabar's lines have them."""
    return {"text": text[start:stop], "start": start, "end": stop}


def facts(text: str, sentence: Any) -> Iterator[dict[str, Any]]:
    """An office right before a name, with what depends on it; the subject of a verb of saying."""
    whole = [piece(text, sentence.start, sentence.stop)]
    tokens = {token.id: token for token in sentence.tokens}
    spans = [span for span in sentence.spans if span.type == "PER"]
    for person in spans:
        before = [t for t in sentence.tokens if t.stop <= person.start]
        office = next((t for t in reversed(before) if t.lemma in OFFICES), None)
        names = [t for t in sentence.tokens if person.start <= t.start < person.stop]
        if office and any(t.head_id == office.id or tokens.get(t.head_id) in names for t in names):
            role = text[office.start : person.start].strip(" ,")
            yield {
                "type": "role",
                "person": piece(text, person.start, person.stop),
                "role": role,
                "evidence": whole,
            }
    for verb in (t for t in sentence.tokens if t.lemma in SAYING):
        for subject in (t for t in sentence.tokens if t.head_id == verb.id and t.rel == "nsubj"):
            named = next((s for s in sentence.spans if s.start <= subject.start < s.stop), subject)
            yield {"type": "statement", "speaker": piece(text, named.start, named.stop), "evidence": whole}


def main() -> None:
    """Answer for each line of standard input."""
    embedding, vocabulary, segmenter = NewsEmbedding(), MorphVocab(), Segmenter()
    taggers = (NewsMorphTagger(embedding), NewsSyntaxParser(embedding), NewsNERTagger(embedding))

    def read(text: str) -> list[dict[str, Any]]:
        doc = Doc(text)
        doc.segment(segmenter)
        doc.tag_morph(taggers[0])
        doc.parse_syntax(taggers[1])
        doc.tag_ner(taggers[2])
        for token in doc.tokens:
            token.lemmatize(vocabulary)
        return [fact for sentence in doc.sents for fact in facts(text, sentence)]

    texts = [json.loads(line) for line in sys.stdin]
    read("Сейчас тепло.")
    start = time.process_time()
    found = [read(text) for text in texts]
    json.dump({"found": found, "seconds": time.process_time() - start}, sys.stdout)


if __name__ == "__main__":
    main()
