"""Reading the web: pages, feeds and archives, whole, broken and hostile."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from khabar import knowledge
from khabar.errors import ReadError
from khabar.model import Article
from khabar.text.html import plain
from khabar.text.read import read

ADDRESS = "https://news.example/ar/1"
FIRST = "ترأست كازاخستان منتدى المياه في عام 2024، بحسب ما أعلنته وزارة الخارجية في بيان لها."
SECOND = "وقالت الوزيرة إن «المياه حق للجميع»، وأضافت أن بلادها تدعم المنتدى وأهدافه."
LINKED = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
  {"@type": "WebSite", "name": "no article"},
  {"@type": ["NewsArticle"], "headline": "كازاخستان ترأس المنتدى", "datePublished": "2024-05-02T10:00:00+03:00",
   "author": [{"@type": "Person", "name": "ليلى حسن"}, {"name": "سامي عمر"}],
   "publisher": {"@type": "Organization", "name": "وكالة السهوب"}, "inLanguage": "ar"}]}</script>"""
OPENED = """<meta property="og:title" content="كازاخستان ترأس المنتدى"><meta property="og:site_name" content="وكالة السهوب">
  <meta property="article:published_time" content="2024-05-02"><meta name="author" content="ليلى حسن, سامي عمر">"""
BODY = f"""<nav><a href="/">الرئيسية</a> <a href="/1">سياسة</a></nav><article><h1>كازاخستان ترأس المنتدى</h1>
  <p>{FIRST}</p><p style="display: none">كلمات لا يراها القارئ في هذه الصفحة أبدا.</p><p hidden>ولا هذه أيضا.</p><p>{SECOND}</p>
  </article><aside><h2>اقرأ أيضا</h2><ul><li><a href="/2">خبر آخر</a></li></ul></aside><script>alert("x")</script>"""


def page(described: str = LINKED, *, lang: str = "ar", address: str = ADDRESS, body: str = BODY) -> str:
    link = f'<link rel="canonical" href="{address}?utm_source=feed#top">'
    head = f'<meta charset="utf-8"><title>a title of the site</title>{link}{described}'
    return f'<!DOCTYPE html><html lang="{lang}" dir="rtl"><head>{head}</head><body>{body}</body></html>'


def read_all(path: Path, content: str | bytes) -> list[Article | ReadError]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read([path], languages=knowledge.load().languages))


def told(found: Iterable[Article | ReadError]) -> list[str]:
    """The keys of articles, and the problems of what is none."""
    return [f.title or "untitled" if isinstance(f, Article) else f.problem for f in found]


# --- pages


@pytest.mark.parametrize("described", [LINKED, OPENED], ids=["schema.org", "OpenGraph"])
def test_what_a_page_says_of_its_article(described: str, tmp_path: Path) -> None:
    (article,) = read_all(tmp_path / "a.html", page(described))
    assert isinstance(article, Article)
    assert (article.title, article.published) == ("كازاخستان ترأس المنتدى", date(2024, 5, 2))
    assert (article.publisher, article.author) == ("وكالة السهوب", "ليلى حسن, سامي عمر")
    assert (article.address, article.language) == (ADDRESS, "ar")
    assert article.text == f"{FIRST}\n{SECOND}"  # no menu, no title, nothing hidden


def test_the_encoding_that_a_page_declares(tmp_path: Path) -> None:
    declared = page().replace("utf-8", "windows-1256").encode("windows-1256")
    (article,) = read_all(tmp_path / "a.html", declared)
    assert isinstance(article, Article)
    assert article.text == f"{FIRST}\n{SECOND}"


def test_a_text_that_is_given_whole_is_taken_as_it_is(tmp_path: Path) -> None:
    whole = " ".join([FIRST, SECOND] * 3)
    linked = LINKED.replace('"inLanguage"', f'"articleBody": "{whole}", "inLanguage"')
    (article,) = read_all(tmp_path / "a.html", page(linked))
    assert isinstance(article, Article)
    assert article.text == whole


def test_a_teaser_is_not_the_text(tmp_path: Path) -> None:
    teaser = f"{FIRST} " * 5 + "…"
    linked = LINKED.replace('"inLanguage"', f'"articleBody": "{teaser}", "inLanguage"')
    (article,) = read_all(tmp_path / "a.html", page(linked))
    assert isinstance(article, Article)
    assert article.text == f"{FIRST}\n{SECOND}"


def test_a_template_may_name_a_wrong_language_that_we_know(tmp_path: Path) -> None:
    (article,) = read_all(tmp_path / "a.html", page(OPENED, lang="en-US"))
    assert isinstance(article, Article)
    assert article.language == "ar"
    (error,) = read_all(tmp_path / "a.html", page(OPENED, lang="fa"))
    assert told([error]) == ["is said to be in 'fa', a language that khabar does not know"]


def test_a_page_from_standard_input() -> None:
    found = read(["-"], languages=knowledge.load().languages, stdin=io.BytesIO(page().encode()))
    assert told(found) == ["كازاخستان ترأس المنتدى"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (page(body="<nav><a href='/'>home</a></nav>"), "is a page without an article"),
        ("", "is empty"),
        ("<!--" * 100_000, "is no HTML page"),
        (f"<p>{'a' * 6_000_000}</p>", "is larger than the 5 MiB a page may have"),
        (
            f"<p {' '.join(f'a{i}' for i in range(100_000))}>x</p>",
            "has an element of more than 1000 attributes",
        ),
        (
            f'<p b=">" {" ".join(f"a{i}=1" for i in range(100_000))}>x</p>',
            "has an element of more than 1000 attributes",
        ),
        (
            f"<html><body>{'<div>' * 20_000}{FIRST}{'</div>' * 20_000}</body></html>",
            "is a page without an article",
        ),
    ],
    ids=["menu", "empty", "comments", "large", "attributes", "attributes behind a quote", "deep"],
)
def test_no_article(content: str, problem: str, tmp_path: Path) -> None:
    assert told(read_all(tmp_path / "a.html", content)) == [problem]


def test_blocks_become_lines() -> None:
    assert plain("a <b>b</b><p>c<br>d</p><script>e</script>f<!-- g -->h<p hidden>i</p>") == "a b\nc\nd\nfh"


# --- feeds

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Steppe News</title><language>en</language>
  <item><title>A forum &amp;amp; its chair</title><link>https://news.example/1</link><dc:creator>Ann Lee</dc:creator>
    <pubDate>Thu, 02 May 2024 23:00:00 GMT</pubDate><description>A forum …</description>
    <content:encoded><![CDATA[<p>Norway chaired the Water Forum in 2024, the ministry said.</p><p>It was the second.</p>]]></content:encoded></item>
  <item><title>Nothing</title><link>https://news.example/2</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Steppe News</title><entry><id>tag:news.example,2024:1</id>
  <title>A forum</title><updated>2024-05-02T10:00:00Z</updated><author><name>Ann Lee</name></author>
  <content type="html">&lt;p&gt;Norway chaired the Water Forum in 2024, the ministry said.&lt;/p&gt;</content></entry></feed>"""


def test_the_entries_of_a_feed(tmp_path: Path) -> None:
    article, empty = read_all(tmp_path / "a.rss", RSS)
    assert isinstance(article, Article)
    assert article.text == "Norway chaired the Water Forum in 2024, the ministry said.\nIt was the second."
    assert (article.title, article.published) == ("A forum & its chair", date(2024, 5, 2))
    assert (article.publisher, article.author) == ("Steppe News", "Ann Lee")
    assert (article.address, article.language) == ("https://news.example/1", "en")
    assert str(empty) == f"{tmp_path}/a.rss, entry 2: has no text\n  read the page that it links to instead"


def test_an_atom_feed(tmp_path: Path) -> None:
    (article,) = read_all(tmp_path / "a.atom", ATOM)
    assert isinstance(article, Article)
    assert (article.title, article.published, article.author) == ("A forum", date(2024, 5, 2), "Ann Lee")


def test_a_feed_cut_short_gives_what_comes_before(tmp_path: Path) -> None:
    article, _, broken = read_all(tmp_path / "a.xml", RSS[: RSS.index("<title>Nothing") + 12])
    assert isinstance(article, Article)
    assert told([broken])[0].startswith("is a broken feed: ")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("<?xml version='1.0'?><root/>", "is a feed without entries"),
        ("no feed", "is no feed: <unknown>:2:0: syntax error"),
        ('<!DOCTYPE l [<!ENTITY a "b">]><rss><channel/></rss>', "declares entities, which no feed needs"),
    ],
)
def test_no_feed(content: str, problem: str, tmp_path: Path) -> None:
    assert told(read_all(tmp_path / "a.xml", content)) == [problem]


# --- archives

HTML = "text/html; charset=utf-8"


def archive(*records: tuple[str, bytes, str], packed: bool = True) -> bytes:
    """A WARC file of responses: address, body and type of each."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=packed)
    for address, body, kind in records:
        encoding = [("Content-Encoding", "gzip")] if body.startswith(b"\x1f\x8b") else []
        headers = StatusAndHeaders("200 OK", [("Content-Type", kind), *encoding], protocol="HTTP/1.1")
        record = writer.create_warc_record(address, "response", io.BytesIO(body), http_headers=headers)
        writer.write_record(record)
    return file.getvalue()


def crawl(*, packed: bool) -> bytes:
    other = page(address="https://news.example/ar/2").replace("2024", "2023")
    return archive(
        ("https://news.example/p.png", b"\x89PNG", "image/png"),
        ("https://news.example/one", page().encode(), HTML),
        ("https://news.example/none", b"<html><body></body></html>", HTML),
        ("https://news.example/two", gzip.compress(other.encode()), HTML),
        packed=packed,
    )


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_the_pages_of_an_archive(name: str, tmp_path: Path) -> None:
    one, none, two = read_all(tmp_path / name, crawl(packed=name.endswith("gz")))
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert (one.address, two.address) == (ADDRESS, "https://news.example/ar/2")
    assert str(none).startswith(f"{tmp_path}/{name}, https://news.example/none: is ")


@pytest.mark.parametrize("packed", [False, True])
def test_an_archive_cut_anywhere_gives_what_comes_before(packed: bool, tmp_path: Path) -> None:
    whole = crawl(packed=packed)
    for end in range(100, len(whole) - 50, len(whole) // 20):
        found = told(read_all(tmp_path / "a.warc", whole[:end]))
        assert len(found) <= 3
        assert len(found) == 3 or found[-1].startswith("breaks off or is damaged: "), end


def test_an_archive_that_unpacks_without_end(tmp_path: Path) -> None:
    page_bomb = gzip.compress(b"<p>a</p>" * 20_000_000)
    found = read_all(tmp_path / "a.warc", archive(("https://news.example/b", page_bomb, HTML), packed=False))
    assert told(found) == ["is larger than the 5 MiB a page may have"]
    found = read_all(tmp_path / "a.warc.gz", gzip.compress(bytes(200_000_000)))
    assert told(found) == ["breaks off or is damaged: a record unpacks to more than a hundred times its size"]


def test_no_archive(tmp_path: Path) -> None:
    (problem,) = told(read_all(tmp_path / "a.warc", b"no archive"))
    assert problem.startswith("breaks off or is damaged: Unknown archive format")
    assert told(read_all(tmp_path / "a.warc", b"")) == ["is empty"]


# --- without the libraries


def test_what_to_install(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(page(), encoding="utf-8")
    code = (
        "import sys; sys.modules['trafilatura'] = None\n"
        "from khabar import knowledge, read\n"
        f"(e,) = read([{str(path)!r}], languages=knowledge.load().languages); print(e)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "needs a library to be read" in shown
    assert 'install what reads the web: pip install "khabar[web]"' in shown
