"""What holds of any text: spans lie where they say, and the same text gives the same Reading."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from khabar import knowledge
from khabar.errors import ReadError
from khabar.extraction import extract
from khabar.model import Article, Reading
from khabar.vocab import KH

KNOWLEDGE = knowledge.load()
# Words and marks that rules look for, so that random texts come near to what rules do.
PIECES = {
    "ar": "قال وقالت أكد أن إن رئيس رئيسة البرلمان وزير الخارجية في كازاخستان ترأست عام 2021 و ، ."
    " «العمل مستمر» حوار نساء مؤتمر 4 ديسمبر"
    " ليلى المنصوري انضمت إلى التحالف ( ) : \n “ ” دعم للمنتدى ومؤتمرها أمس",
    "en": "said the minister of Norway , . and Sarah Smith chaired Forum in 2021 launched Council"
    " ' s \u2019s “ ” \" ( )"
    " : that President joined Coalition 4 May yesterday U.S. No. 3.5 is will not former \n - visited Almaty",
    "ru": "заявил министр Казахстана , . и Анна Петрова возглавил форум в 2021 году поддержал"
    " Совет « » : что на за председатель парламента 4 мая вчера г. А. В. ( ) \n — посетила Алматы не бывший",
}
SCRIPTS = (
    "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهويىًٌٍَُِّْـabcXYZабвЯЮё 0123456789٣²\u200c\u200f\u0301"
    ".,،؛:;!?؟…()«»“”„\"'’-–—\n\t"
)


def article(text: str, language: str) -> Article:
    return Article("any", language, unicodedata.normalize("NFC", text), published=date(2023, 12, 6))


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Any text of letters, marks and numbers of three scripts, with words that the rules know among them."""
    language = draw(st.sampled_from(sorted(PIECES)))
    words = st.sampled_from(PIECES[language].split(" "))
    noise = st.text(st.sampled_from(SCRIPTS), max_size=6)
    pieces = draw(st.lists(st.one_of(words, words, words, noise, st.text(max_size=4)), max_size=60))
    return article(draw(st.sampled_from(("", " "))).join(p + " " for p in pieces), language)


def check(reading: Reading) -> None:
    """Raise AssertionError where the reading does not agree with its article or with itself."""
    text = reading.article.text
    entities = {entity.iri for entity in reading.entities}
    used: set[URIRef] = set()
    for entity in reading.entities:
        assert entity.mentions
        for mention in entity.mentions:
            assert 0 <= mention.span.start < mention.span.end <= len(text)
            assert mention.surface == text[mention.span.start : mention.span.end]
    for fact in reading.facts:
        for span in fact.evidence:
            assert 0 <= span.start < span.end <= len(text)
        if fact.when is not None:
            assert fact.when.text == text[fact.when.span.start : fact.when.span.end]
        if fact.predicate == KH.said and isinstance(fact.object, Literal):
            assert str(fact.object) in text
        assert fact.subject in entities
        assert (fact.status == KH.reported) == (fact.attributed_to is not None)
        values = (fact.subject, fact.object, fact.attributed_to, *(v for _, v in fact.qualifiers))
        used |= {v for v in values if isinstance(v, URIRef)}
    assert entities <= used
    assert list(reading.entities) == sorted(reading.entities, key=lambda entity: entity.iri)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles())
def test_any_text_gives_a_reading_that_agrees_with_it(given_article: Article) -> None:
    reading = extract(given_article, KNOWLEDGE)
    check(reading)
    assert extract(given_article, KNOWLEDGE) == reading


EXTREMES = {
    "nothing": ("ar", ""),
    "white space": ("en", " \n\t " * 100),
    "10,000 commas": ("ar", "،" * 10_000),
    "10,000 commas apart": ("en", ", " * 10_000),
    "10,000 opening quotes": ("en", "“" * 10_000),
    "10,000 words in quotes that never close": ("en", "“a " * 10_000),
    "one word of a million letters": ("ar", "م" * 1_000_000),
    "a number of 5,000 digits": ("en", f"It cost {'1' * 5_000} euros."),
    "digits that are no number": ("ru", "3² мая ①②③ года"),
    "5,000 posts, each in the next": ("ar", "رئيس " * 5_000),
    "5,000 adjectives": ("ru", "новый " * 5_000),
    "a sentence of 300 kB": ("ar", "أعلن وزير الخارجية في كازاخستان دعم " * 4_800),
}


@pytest.mark.parametrize(("language", "text"), EXTREMES.values(), ids=EXTREMES)
def test_extreme_texts_are_read_too(language: str, text: str) -> None:
    check(extract(article(text, language), KNOWLEDGE))


TEXT = (
    "ترأست أوزبكستان حوار نساء آسيا الوسطى عام 2021 وتركمانستان عام 2022. "
    "وقالت ليلى المنصوري، وزيرة التعليم في الأردن، إن «العمل مستمر في كل المدن»."
)
PROGRAM = """
import sys
from khabar import knowledge
from khabar.extraction import extract
from khabar.model import Article
sys.stdout.buffer.write(repr(extract(Article("any", "ar", sys.argv[1]), knowledge.load())).encode())
"""


def test_the_hash_seed_changes_nothing() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, TEXT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert b"chairs" in outputs.pop()


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ReadError) as caught:
        extract(Article("a-1", "xx", "Bok.", origin="news/a-1.txt"), KNOWLEDGE)
    assert str(caught.value) == (
        "news/a-1.txt: is in 'xx', which no file in ontology/languages describes\n"
        "  give one of ar, en, ru, or add a language file"
    )
