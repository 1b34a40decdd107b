"""The explanation as a page: every word of the article, marked where facts were found."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from click.testing import CliRunner

from khabar.cli import main

TEXT = "ترأست النرويج مجلس المدن الجبلية في عام 2021. وقال <الأمين> إن «الجبال & المدن» بخير."


def explain(folder: Path, text: str, name: str = "a.md") -> str:
    path = folder / name
    path.write_text(f"---\ntitle: عنوان\nlanguage: ar\n---\n{text}\n", encoding="utf-8")
    shown = CliRunner().invoke(main, ["explain", str(path), "--format", "html"])
    assert (shown.exit_code, shown.stderr) == (0, "")
    return shown.stdout


def test_the_text_is_whole_and_its_evidence_marked(tmp_path: Path) -> None:
    page = explain(tmp_path, TEXT)
    (written,) = re.findall(r'<p lang="ar" dir="auto">(.*?)</p>', page, re.DOTALL)
    without_links = re.sub(r"<sup>.*?</sup>", "", written)
    assert unescape(re.sub(r"</?mark>", "", without_links)) == TEXT
    assert "<mark>ترأست النرويج مجلس المدن الجبلية في عام 2021</mark>" in without_links
    for number in re.findall(r'href="#(a1-\d+)"', written):
        assert f'<li id="{number}">' in page


def test_an_article_without_facts_says_so(tmp_path: Path) -> None:
    assert "No frame of the lexicon matched." in explain(tmp_path, "لا شيء يحدث هنا في هذا اليوم من الأيام.")
