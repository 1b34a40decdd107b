"""One language as its file describes it: folding, clitics, inflection, entries of several words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import knowledge
from khabar.errors import KnowledgeError
from khabar.knowledge import memo
from khabar.knowledge.inflection import Inflection, inflect
from khabar.knowledge.lexicon import read_languages
from khabar.knowledge.turtle import Turtle

LANGUAGES = knowledge.load().languages

FOLDED = """
ar  مُؤتَمَرٌ    مؤتمر
ar  مؤتـــمر    مؤتمر
ar  أُسرة       اسره
ar  إلى         الي
ar  آسيا        اسيا
en  Åland       aland
en  Çağlar      caglar
en  CO‑CHAIR    co-chair
ru  Орёл        орел
ru  за́мок      замок
"""


@pytest.mark.parametrize("row", FOLDED.strip().splitlines())
def test_folding_drops_what_never_tells_words_apart(row: str) -> None:
    tag, word, folded = row.split()
    assert LANGUAGES[tag].fold(word) == folded


@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=20))
def test_folding_twice_changes_nothing_more(tag: str, text: str) -> None:
    language = LANGUAGES[tag]
    once = language.fold(text)
    assert language.fold(once) == once


ANALYSED = """
وقالت     وقالت | و+قالت
للمرأة    للمراه | ل+لمراه | ل+ال+مراه
والمجلس   والمجلس | و+المجلس | و+ال+مجلس
رئيسها    رئيسها | رئيس+ها
بحر       بحر | ب+حر
"""


@pytest.mark.parametrize("row", ANALYSED.strip().splitlines())
def test_a_word_is_taken_apart_the_whole_word_first(row: str) -> None:
    word, _, expected = row.partition(" ")
    language = LANGUAGES["ar"]
    analyses = language.analyse(language.fold(word))
    found = ["+".join([*a.proclitics, a.stem, *filter(None, [a.enclitic])]) for a in analyses]
    assert found[0] == language.fold(word)
    assert sorted(found) == sorted(expected.strip().split(" | "))


INFLECTED = [
    ("كتب", "-", "كتب"), ("كتب", "-ت", "كتبت"), ("يكتب", "ي>ت-", "تكتب"), ("يكتب", "ي>ت-ان", "تكتبان"),
    ("بنى", "-ى>ت", "بنت"), ("كتب", "-ى>ت", None), ("carry", "-y>ies", "carries"), ("chair", "-y>ies", None),
    ("книга", "-а>", "книг"), ("новый", "-ый>ого", "нового"), ("كتب", "ي>ت-", None),
]  # fmt: skip


@pytest.mark.parametrize(("stem", "rule", "form"), INFLECTED)
def test_a_rule_makes_one_form_or_none(stem: str, rule: str, form: str | None) -> None:
    inflection = Inflection(rule)
    assert list(inflect(stem, [inflection])) == ([] if form is None else [(form, inflection)])


FORMS = [("ar", "ترأست", "preside"), ("en", "chaired", "preside"), ("ru", "поддержала", "back")]


@pytest.mark.parametrize(("tag", "form", "name"), FORMS)
def test_an_inflected_form_finds_its_words(tag: str, form: str, name: str) -> None:
    language = LANGUAGES[tag]
    analyses = language.analyse(language.fold(form))
    assert name in {words.iri.fragment for analysis in analyses for words in analysis.words}


def test_entries_of_several_words_are_found_by_the_first_the_longest_first() -> None:
    several = LANGUAGES["en"].multiwords["prime"]
    assert ("prime", "minister") in [words for words, _ in several]
    lengths = [len(words) for words, _ in several]
    assert lengths == sorted(lengths, reverse=True)


SMALL = """
@prefix xx: <https://w3id.org/khabar/lexicon/xx#> .
@prefix kh: <https://w3id.org/khabar/ont#> .
xx:xx a kh:Language ; kh:language "xx" ; kh:script "a-z" ; kh:phrases kh:capitals .
"""
REFUSED = {
    "no script": (
        'kh:script "a-z" ;', "",
        "ontology/languages/xx.ttl, xx:xx: has no kh:script\n  add kh:script"),
    "no way to build phrases": (
        " ; kh:phrases kh:capitals", "",
        "ontology/languages/xx.ttl, xx:xx: has no kh:phrases\n  add kh:phrases"),
    "a rule without an arrow": (
        'kh:script "a-z"', 'kh:script "a-z" ; kh:opens "ab"',
        "ontology/languages/xx.ttl, xx:xx: has the rule 'ab' without '>'\n  write it as 'from>to'"),
    "a clitic without a role": (
        "xx:xx a kh:Language", 'xx:w a kh:Proclitic ; kh:form "w" . xx:xx a kh:Language',
        "ontology/languages/xx.ttl, xx:w: has no kh:role\n  add kh:role"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), REFUSED.values(), ids=REFUSED)
def test_what_a_language_lacks_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert SMALL.count(old) == 1
    path = tmp_path / "ontology" / "languages" / "xx.ttl"
    path.parent.mkdir(parents=True)
    path.write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        read_languages([Turtle.read(path)])
    assert str(caught.value) == message


def test_what_is_kept_of_words_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "LIMIT", 2)
    asked: list[str] = []

    def make(word: str) -> str:
        asked.append(word)
        return word.upper()

    kept = memo.Memo(make)
    assert [kept[word] for word in ("a", "b", "a", "b", "c", "b")] == ["A", "B", "A", "B", "C", "B"]
    assert asked == ["a", "b", "c", "b"]  # with the third, the first two were forgotten
    assert len(kept) == 2
