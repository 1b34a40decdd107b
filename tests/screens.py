"""Takes the screenshots of the README: `make screens` builds the graph of examples/ and visits its pages."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright
from web import served

from khabar import knowledge
from khabar.building import build
from khabar.resources import folder as resource_folder
from khabar.text.read import read

TARGET: Final = Path(__file__).parents[1] / "docs" / "screens"
COUNCIL: Final = "مجلس مدن طريق الحرير"
SIZE: Final = (900, 600)  # pixels
WIDE: Final = (1200, 800)  # from which on the facts of an article are beside it
PHONE: Final = (390, 600)


def main() -> None:
    """Write one PNG for each page of the README."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder, known = Path(scratch) / "graph", knowledge.load()
        sources = sorted(resource_folder("examples").glob("*.md"))
        build(read(sources, languages=known.languages), folder, knowledge=known)
        with served(folder, publish_text=True) as address, sync_playwright() as playwright:
            root = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=root)
            for name, size, language, visit in (
                ("body", PHONE, "ar", body), ("compare", SIZE, "en", compare),
                ("article", WIDE, "ar", article), ("sparql", SIZE, "en", sparql),
            ):  # fmt: skip
                page = browser.new_page(viewport={"width": size[0], "height": size[1]})
                visit(page, address, language)
                page.wait_for_timeout(300)
                page.screenshot(path=TARGET / f"{name}.png")
                page.close()
            browser.close()


def body(page: Page, address: str, language: str) -> None:
    """What is known of a body, with the sentence behind a fact."""
    page.goto(f"{address}/search?lang={language}&q={COUNCIL}")
    page.get_by_role("link", name=COUNCIL, exact=True).first.click()
    page.locator("dd summary").first.click()
    page.locator("h1").scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.querySelector('h1').offsetTop - 20)")


def compare(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/compare?lang={language}&kind=contradiction")


def article(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/article/ar-cities-council-session.html?lang={language}")
    page.evaluate("scrollTo(0, document.querySelector('h1').offsetTop - 20)")


def sparql(page: Page, address: str, language: str) -> None:
    """An example in the editor, what it finds as a timeline."""
    page.goto(f"{address}/sparql?lang={language}")
    page.get_by_role("button", name="Run").click()
    page.locator("nav.views a", has_text="Timeline").click()
    page.locator("#results figure").wait_for()
    page.evaluate("scrollTo(0, document.querySelector('h1').offsetTop - 20)")


if __name__ == "__main__":
    main()
