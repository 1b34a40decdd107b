"""Reading: every way an article may come, and every way it may be no article."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import ReadError
from khabar.model import Article
from khabar.text.found import LARGEST
from khabar.text.language import recognise_language
from khabar.text.read import canonical, clean, read
from khabar.vocab import digest


@dataclass(frozen=True)
class Alphabet:
    """As much of a language as its recognition asks for."""

    tag: str
    letters: re.Pattern[str]
    common_words: frozenset[str]

    def fold(self, text: str) -> str:
        return text.casefold()


LANGUAGES = {
    "ar": Alphabet("ar", re.compile("[\u0621-\u064a]"), frozenset("في من على إلى أن التي".split())),
    "en": Alphabet("en", re.compile("[A-Za-z]"), frozenset("the of in a to and by".split())),
    "ru": Alphabet("ru", re.compile("[А-Яа-яЁё]"), frozenset("в и на с по что не".split())),
}
TEXT = "The forum opened in Amman."
KINDS = (
    ".atom, .htm, .html, .json, .jsonl, .markdown, .md, .ndjson, .rss, .text, .txt, "
    ".warc, .warc.gz, .xhtml, .xml"
)


def read_all(*sources: str | Path, stdin: bytes | None = None) -> list[Article | ReadError]:
    return list(read(sources, languages=LANGUAGES, stdin=None if stdin is None else io.BytesIO(stdin)))


def read_one(source: str | Path, content: str | bytes) -> Article:
    Path(source).write_bytes(content if isinstance(content, bytes) else content.encode())
    (article,) = read_all(source)
    assert isinstance(article, Article), article
    return article


def refusal(source: str | Path, content: str | bytes) -> str:
    """The whole message for a file of that CONTENT, its folder left out."""
    Path(source).write_bytes(content if isinstance(content, bytes) else content.encode())
    (error,) = read_all(source)
    assert isinstance(error, ReadError), error
    return str(error).replace(f"{Path(source).parent}/", "")


def test_a_plain_text_is_all_text(tmp_path: Path) -> None:
    article = read_one(tmp_path / "a.txt", f"\n{TEXT}\n\nIt closed on Friday.\n")
    assert article.text == f"{TEXT}\n\nIt closed on Friday."
    assert (article.language, article.title, article.published) == ("en", None, None)
    assert article.key == digest(article.text)
    assert article.origin == str(tmp_path / "a.txt")


def test_front_matter_is_no_text(tmp_path: Path) -> None:
    content = f"""---
# a comment, and a list that another program reads
tags:
  - forum
id: Amman Forum
title: "Forum: the opening"
published: 2023-10-17
lang: en-GB
source: https://Example.org/news/1#top
publisher: Example News
author: A. Writer
---

{TEXT}
"""
    for name in ("a.md", "a.txt"):
        assert read_one(tmp_path / name, content) == Article(
            key="amman-forum",
            language="en",
            text=TEXT,
            title="Forum: the opening",
            published=date(2023, 10, 17),
            address="https://example.org/news/1",
            publisher="Example News",
            author="A. Writer",
            origin=str(tmp_path / name),
        )


def test_a_first_heading_is_the_title_of_markdown_only(tmp_path: Path) -> None:
    marked = read_one(tmp_path / "a.md", f"# The opening #\n\n{TEXT}")
    plain = read_one(tmp_path / "a.txt", f"# The opening\n\n{TEXT}")
    assert (marked.title, marked.text) == ("The opening", TEXT)
    assert (plain.title, plain.text) == (None, f"# The opening\n\n{TEXT}")


CORPUS = {
    "id": "opening-en",
    "lang": "en",
    "title": "The opening",
    "published": "2023-10-17",
    "source": {"url": "https://example.org/1", "publisher": "Example News", "repo": "example/news"},
    "text": f" {TEXT}\n",
    "facts": [],
}


def test_the_corpus_format_keeps_its_offsets(tmp_path: Path) -> None:
    article = read_one(tmp_path / "a.json", json.dumps(CORPUS, indent=1))
    assert article.text == f" {TEXT}\n"  # the gold counts from here, so nothing is trimmed
    assert (article.key, article.title) == ("opening-en", "The opening")
    assert article.published == date(2023, 10, 17)
    assert (article.address, article.publisher) == ("https://example.org/1", "Example News")


def test_json_lines_are_read_one_by_one_and_a_bad_line_spoils_no_other(tmp_path: Path) -> None:
    lines = [json.dumps(CORPUS), "", '{"text": ', json.dumps({**CORPUS, "id": "second"})]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    first, error, second = read_all(tmp_path / "a.jsonl")
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.origin, second.key) == (f"{tmp_path}/a.jsonl, line 1", "second")
    assert str(error).startswith(f"{tmp_path}/a.jsonl, line 3, column 10: is not JSON: expecting value\n")


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        (TEXT, [digest(TEXT)]),
        (json.dumps(CORPUS, indent=1), ["opening-en"]),
        ("\ufeff" + json.dumps(CORPUS) + "\n" + json.dumps({**CORPUS, "id": "b"}), ["opening-en", "b"]),
    ],
    ids=["text", "one JSON article", "JSON lines"],
)
def test_standard_input_may_hold_any_kind(content: str, keys: list[str]) -> None:
    articles = read_all("-", stdin=content.encode())
    assert [a.key for a in articles if isinstance(a, Article)] == keys


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b/2.txt", "b/1.MD", "a.txt", ".c.txt", ".hidden/d.txt", "README.md", "picture.png"):
        (tmp_path / name).write_text(f"{TEXT} This is {name}.", encoding="utf-8")
    names = [a.origin.removeprefix(f"{tmp_path}/") for a in read_all(tmp_path) if isinstance(a, Article)]
    assert names == ["a.txt", "b/1.MD", "b/2.txt"]


def test_the_next_source_is_not_touched_before_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")

    def sources() -> Iterator[Path]:
        yield tmp_path / "a.txt"
        raise AssertionError("asked for the second source")

    first = next(read(sources(), languages=LANGUAGES))
    assert isinstance(first, Article)


def test_text_is_cleaned_and_the_joiners_stay(tmp_path: Path) -> None:
    raw = "\ufeffThe\x00 cafe\u0301 of \u202eAmman\u202c\r\nمی\u200cخواهم \u200fin\u200d a\u2028line\ttwo"
    cleaned = "The café of Amman\nمی\u200cخواهم \u200fin\u200d a\nline\ttwo"
    assert read_one(tmp_path / "a.txt", f"---\nlanguage: en\n---\n{raw}").text == cleaned


@given(st.text())
def test_cleaning_is_done_once(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned.encode() is not None


KEYS = {  # id, address, text -> key
    "a slug": ("Opening_EN 1", "https://example.org/1", "opening-en-1"),
    "letters a slug would lose": ("افتتاح 1", "https://example.org/1", digest("افتتاح 1")),
    "a name our graphs need": ("Meta", None, digest("Meta")),
    "too long": ("a" * 101, None, digest("a" * 101)),
    "no letter at all": ("!!!", None, digest("!!!")),
    "an address": (None, "HTTPS://Example.org:443/%d9%86?utm_source=x&p=1#top", digest("https://example.org/%D9%86?p=1")),
    "only a text": (None, None, digest(TEXT)),
    "a number": (17, None, "17"),
}  # fmt: skip


@pytest.mark.parametrize(("identifier", "url", "key"), KEYS.values(), ids=KEYS)
def test_an_article_keeps_its_key(tmp_path: Path, identifier: object, url: str | None, key: str) -> None:
    value = {"id": identifier, "source": {"url": url}, "text": TEXT}
    assert read_one(tmp_path / "a.json", json.dumps(value)).key == key


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://example.org", "http://example.org/"),
        ("http://user:secret@example.org:8080/a b", "http://example.org:8080/a%20b"),
        ("https://example.org/خبر", "https://example.org/%D8%AE%D8%A8%D8%B1"),
        ("https://[2001:DB8::1]/?q=<x>", "https://[2001:db8::1]/?q=%3Cx%3E"),
    ],
)
def test_an_address_has_one_way_of_writing(written: str, meant: str) -> None:
    assert canonical(written) == meant
    assert canonical(meant) == meant


@pytest.mark.parametrize("address", ["ftp://a.org/1", "https://", "https://[::1", "https://a.org:x/", "news"])
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|URL|Port"):
        canonical(address)


WRITTEN_IN = {
    "عُقد المنتدى في عمّان، وشاركت فيه وفود من دول عدة.": "ar",
    "The forum in Amman was opened by the minister.": "en",
    "Форум прошёл в Аммане, и в нём участвовали делегации.": "ru",
    "Форум прошёл в Amman (the forum) и завершился.": "ru",
    "The president of Poland met Łukasz Wójcik in Kraków.": "pl",  # too short to tell from Polish
    "The minister met Erdoğan in Ankara on the eve of the forum.": "en",
    "Der Bundeskanzler traf gestern den Präsidenten des Landes.": "de",
    "Der Minister war in Berlin und Bonn, was in der Stadt niemand gewusst hatte.": "de",
    "Він приїхав на форум і сказав, що не залишиться в місті.": "uk",
    "A la suite de la réunion, a déclaré le président, le pays a choisi.": "fr",
    "رئیس جمهور روز گذشته در تهران با وزیر دیدار کرد و درباره همکاری گفت‌وگو کردند.": "fa",
    "وزیر اعظم نے کہا ہے کہ حکومت عوام کی خدمت کرے گی۔": "ur",
    "Президент қала мен ауыл туралы сөз сөйледі.": "kk",
    "这是一条新闻。": "zh",
    "1 2 3 !": None,
    "The forum was opened in Amman. Форум открылся в Аммане. افتتح المنتدى في عمّان.": None,
}


@pytest.mark.parametrize(("text", "tag"), WRITTEN_IN.items())
def test_a_language_is_recognised_by_its_letters_and_function_words(text: str, tag: str | None) -> None:
    assert recognise_language(text, LANGUAGES) == tag


REFUSED = {
    "a.txt": {
        "": "a.txt: is empty\n  write an article into it, or leave it out",
        " \n\t\n": "a.txt: has no text\n  write some, or leave it out",
        "caf\xe9": "a.txt, byte 3: is not UTF-8: 0xe9 cannot stand here\n"
        "  convert it, for example with: iconv -f WINDOWS-1256 -t UTF-8",
        "Der Bundeskanzler traf gestern den Minister.": "a.txt: seems to be in 'de', "
        "a language that khabar does not know\n"
        "  leave it out; or if it is in one of ar, en, ru, say so with language: or --language",
        "1 2 3 !": "a.txt: is in no language that khabar recognises, or in several\n"
        "  give its language, one of: ar, en, ru",
        "---\ntitle: x\n": "a.txt, line 1: opens front matter with ---, but no line closes it\n"
        "  end it with a line ---, or begin the text with another line",
        "---\ntitle\n---\nThe text.": "a.txt, line 2: is front matter without a colon\n"
        "  write key: value, such as published: 2023-12-06",
        "---\npublished: 6.12.2023\n---\nThe text.": "a.txt: was published on '6.12.2023', which is no date\n"
        "  write it as YYYY-MM-DD, or leave it out",
        "---\npublished: 2023-02-30\n---\nA text.": "a.txt: was published on '2023-02-30', which is no date\n"
        "  write it as YYYY-MM-DD, or leave it out",
        "---\nlang: fr\n---\nMot.": "a.txt: is said to be in 'fr', a language that khabar does not know\n"
        "  give its language, one of: ar, en, ru",
        "---\nsource: https://[x\n---\nA.": "a.txt: has the source 'https://[x', which is no web address\n"
        "  write it in full, as https://example.org/news/1, or leave it out",
        "a" * (LARGEST + 1): "a.txt: is larger than the 20 MiB an article may have\n"
        "  split it into articles, one a file or one a line of a .jsonl file",
    },
    "a.json": {
        '{"text":\n "a",}': "a.json, line 2, column 6: is not JSON: "
        "expecting property name enclosed in double quotes\n"
        '  correct it there; an article is {"id": …, "title": …, "published": …, "lang": …, "text": …}',
        "[" * 100_000: "a.json: is JSON that no article needs: a number too long, or lists too deep\n"
        '  an article is {"id": …, "title": …, "published": …, "lang": …, "text": …}',
        '{"text": null}': "a.json: is JSON, but no article: it has no text\n"
        '  an article is {"id": …, "title": …, "published": …, "lang": …, "text": …}; '
        "several go into a .jsonl file, one a line",
        '{"text": "\\ud800 \\u0000"}': "a.json: has no text\n  write some, or leave it out",
    },
    "a.jsonl": {"\n\n": "a.jsonl: is empty\n  write one article a line, or leave it out"},
    "a.pdf": {"%PDF": f"a.pdf: khabar does not read .pdf files\n  convert or rename it to one of {KINDS}"},
}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [(name, content, message) for name, rows in REFUSED.items() for content, message in rows.items()],
    ids=lambda value: repr(value[:30]),
)
def test_what_is_no_article_is_refused_in_one_clear_line(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    assert refusal(tmp_path / name, content.encode("latin-1")) == message


def test_a_line_that_never_ends_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"[" * (2 * LARGEST + 5) + b"\n" + json.dumps(CORPUS).encode())
    error, article = read_all(path)
    assert str(error).startswith(f"{path}, line 1: is larger than the 20 MiB an article may have\n")
    assert isinstance(article, Article)
    assert article.origin == f"{path}, line 2"


def test_a_missing_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    missing, long, article = read_all(tmp_path / "b.txt", tmp_path / ("c" * 300), tmp_path / "a.txt")
    assert str(missing) == (
        f"{tmp_path}/b.txt: does not exist\n  check the name, or write - for standard input"
    )
    assert str(long).endswith(": cannot be read: file name too long\n  check its name and its permissions")
    assert isinstance(article, Article)


@pytest.fixture
def stranger() -> Iterator[None]:
    """Someone without the right to read every file, as root has it."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


def test_files_that_one_may_not_read_are_named(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.owner() == tmp_path.owner() and folder.is_relative_to(tempfile.gettempdir()):
            folder.chmod(0o755)
    (tmp_path / "locked").mkdir(mode=0o000)
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "a.txt").chmod(0o000)
    request.getfixturevalue("stranger")
    file, folder_error = read_all(tmp_path)
    fix = "cannot be read: permission denied\n  check its name and its permissions"
    assert str(file) == f"{tmp_path}/a.txt: {fix}"
    assert str(folder_error) == f"{tmp_path}/locked: {fix}"


def test_a_folder_with_nothing_to_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "picture.png").touch()
    (error,) = read_all(tmp_path)
    assert str(error) == (f"{tmp_path}: holds no file that khabar reads\n  put articles into it: {KINDS}")


def test_one_key_is_one_article(tmp_path: Path) -> None:
    for name, value in {
        "a": CORPUS,
        "b": {**CORPUS, "title": None},
        "c": {**CORPUS, "text": "The other text."},
    }.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    first, error = read_all(tmp_path)  # b is a again
    assert isinstance(first, Article)
    assert str(error) == (
        f"{tmp_path}/c.json: has the key opening-en of {tmp_path}/a.json, but another text\n"
        "  give one of the two another id"
    )


def test_without_standard_input_there_is_none() -> None:
    (error,) = read_all("-")
    assert str(error) == "-: there is no standard input here\n  name a file"


def test_nothing_is_empty_standard_input() -> None:
    (error,) = read_all("-", stdin=b"")
    assert str(error) == "standard input: is empty\n  write an article into it, or leave it out"
