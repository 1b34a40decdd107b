"""Sentences and quotations, each marked in a line that a reader of the language can check."""

from __future__ import annotations

import pytest

from khabar import knowledge
from khabar.model import Article
from khabar.text.segment import quotations, segment

KNOWLEDGE = knowledge.load()

SENTENCES = {  # where a sentence ends, a bar
    "ar": (
        "افتُتح المعرض.|وحضره الوزير.",
        "افتُتح المعرض في الميدان.|وشدد الوزير على أهميته.|",
        "حماية حقوق الأطفال.|وشدد المجلس على ذلك.",
        "هل ينجح الحوار؟|نعم!|بالتأكيد",
        "بلغت النسبة 3.5 في المئة.|ثم ارتفعت.",
        "قال: «انتهى العمل.»|ثم غادر.",
        "العنوان الأول\n|والنص بعده",
        "انتظر…|ثم تكلم.",
    ),
    "en": (
        "The council met.|It adjourned.",
        "Mr. Smith met Dr. Lee.|They agreed.",
        "The U.S. delegation left.|It was late.",
        "J. K. Brown spoke.|Nobody answered.",
        "Prices rose 3.5 percent.|Then they fell.",
        "It met in St. Andrews on 4 Jan. 2021.|Nobody came.",
        "Will it rain?|No!|Perhaps",
        "She said: “It is over.”|He left.",
        "A headline\n|The text",
        "The report (see no. 4) is out.|Read it.",
    ),
    "ru": (
        "Совет собрался.|Заседание закрыто.",
        "А. В. Петров выступил.|Ему ответили.",
        "В 2021 г. совет собрался.|Он работал.",
        "Выделено 3.5 млн руб. на ремонт.|Работы начаты.",
        "Будет ли дождь?|Нет!|Возможно",
        "Он сказал: «Все готово.»|И ушел.",
        "Заголовок\n|Текст",
    ),
}


@pytest.mark.parametrize(
    ("language", "marked"), [(tag, row) for tag, rows in SENTENCES.items() for row in rows]
)
def test_sentences_end_where_a_reader_ends_them(language: str, marked: str) -> None:
    text = marked.replace("|", "")
    article = Article("any", language, text)
    found = [text[s.span.start : s.span.end] for s in segment(article, KNOWLEDGE.languages[language])]
    assert found == [part.strip() for part in marked.split("|") if part.strip()]


TOKENS = {
    "ar": ("وقالت الأمينة،«نعم»", "وقالت الأمينة ، « نعم »"),
    "marks stay in their word": ("افتُتِحَ مؤتـــمر", "افتُتِحَ مؤتـــمر"),
    "en": ("Norway's co-chair paid 3.5m.", "Norway 's co-chair paid 3.5 m ."),
    "ru": ("Вице-премьер (2021 г.)", "Вице-премьер ( 2021 г . )"),
}


@pytest.mark.parametrize(("text", "expected"), TOKENS.values(), ids=TOKENS)
def test_tokens(text: str, expected: str) -> None:
    language = "ru" if "г" in text else "en" if text.isascii() else "ar"
    sentences = segment(Article("any", language, text), KNOWLEDGE.languages[language])
    assert " ".join(token.surface for s in sentences for token in s.tokens) == expected
    assert all(text[t.span.start : t.span.end] == t.surface for s in sentences for t in s.tokens)


QUOTATIONS = {  # the words of each quotation in square brackets
    "Arabic": "قال: «[العمل مستمر]» وأضاف: «[لن نتوقف]».",
    "English": "“[It goes on,]” she said. “[It must.]”",
    "Russian": "Он сказал: «[Работа идет]», — и „[скоро закончится]“.",
    "straight": 'She said: "[It goes on]" and left.',
    "spaces inside the marks": "قال: « [العمل مستمر] ».",
    "an empty one": "He wrote «» and “ ”.",
    "unclosed: it ends with its sentence": "قال: “[العمل مستمر.] وغادر القاعة",
    "unclosed before another": "قال: “[العمل مستمر.] وأضاف: “[لن نتوقف.]”",
    "unclosed before a line ends": "He said: “[It goes on.] Then\nhe left",
    "unclosed without a stop": "قال: «العمل مستمر",
    "a closing mark alone": "It goes on” he said.",
    "one inside another": "“[He said «yes» to us]”",
}


@pytest.mark.parametrize("marked", QUOTATIONS.values(), ids=QUOTATIONS)
def test_quotations(marked: str) -> None:
    text = marked.replace("[", "").replace("]", "")
    shown = text
    for quotation in reversed(quotations(text)):
        start, end = quotation.words
        assert quotation.marked.covers(quotation.words)
        shown = f"{shown[:start]}[{shown[start:end]}]{shown[end:]}"
    assert shown == marked
