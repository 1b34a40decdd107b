"""The pages in a real browser: what a visitor does, with and without scripts, by mouse and by keyboard."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from test_linked import hostile
from web import built, served

from khabar import knowledge
from khabar.building import build
from khabar.publish.editor import has_editor
from khabar.resources import folder as resource_folder
from khabar.text.read import read

LANGUAGES: Final = ("ar", "en", "ru")
COUNCIL: Final = (
    "مجلس مدن طريق الحرير"  # of two of the examples, which do not agree on who chaired it in 2022
)
DRAWN: Final = """PREFIX kh: <https://w3id.org/khabar/ont#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT ?body ?chair ?from (1 AS ?n) {
  ?s rdf:predicate kh:chairs ; rdf:subject ?chair ; rdf:object ?body ; kh:earliest ?from
}"""
PAGES: Final = (
    "/", "/search?q=kaz", "/sparql", "/sparql?query=SELECT*{?s ?p ?o} LIMIT 5", "/sparql?query=SELECT",
    *(f"/sparql?view={view}&query={quote(DRAWN)}" for view in ("chart", "timeline", "map", "links")),
    "/ont.html", "/dump/", "/class/", "/class/Person", "/class/Article", "/chairs/", "/compare", "/timeline",
    "/map", "/validation", "/shapes", "/status", "/validate", "/validate?example=1", "/about",
    "/id/kazakhstan.html", "/around/kazakhstan",
    "/article/ar-women-technology.html", "/nothing-here",
)  # fmt: skip
# What chromium would ask its maker for by itself (updates, accounts) goes to a port where nobody listens.
ALONE: Final = (
    "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=127.0.0.1",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server in front of the examples, with their texts."""
    folder, known = tmp_path_factory.mktemp("browser") / "graph", knowledge.load()
    sources = sorted(resource_folder("examples").glob("*.md"))
    build(read(sources, languages=known.languages), folder, knowledge=known)
    with served(folder, publish_text=True) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    options = list(ALONE) + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=options)
        yield launched
        launched.close()


class Visit:
    """A window whose complaints are kept: what a page must not do."""

    def __init__(self, browser: Browser, address: str, *, scripts: bool = True, width: int = 1100) -> None:
        self.address = address
        self.context = browser.new_context(
            java_script_enabled=scripts, viewport={"width": width, "height": 800}, locale="en-GB"
        )
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._watch(request.url))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"a dialog: {dialog.message}"))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "the server responded with a status of 40" not in text:
            self.complaints.append(text)

    def _watch(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.address).netloc:
            self.complaints.append(f"a request to {url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visit(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    visiting = Visit(browser, site, scripts=request.param)
    yield visiting
    visiting.context.close()
    assert visiting.complaints == []


# --- what a visitor does


def test_search_and_open_the_evidence_of_a_fact(visit: Visit) -> None:
    page = visit.go("/?lang=ar")
    page.get_by_role("searchbox").fill(COUNCIL)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=COUNCIL, exact=True).first.click()
    expect(page.locator("h1")).to_have_text(COUNCIL)
    row = page.locator("dd", has_text="المغرب").first
    expect(row.locator("mark").first).to_be_hidden()
    row.locator("summary").click()
    expect(row.locator("mark", has_text="المغرب")).to_be_visible()
    expect(row.locator("blockquote")).to_have_attribute("dir", "rtl")


def test_switch_the_language(visit: Visit) -> None:
    page = visit.go("/id/kazakhstan.html")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("h1")).to_have_text("كازاخستان")
    page.get_by_role("link", name="تصفّح").click()  # the language stays
    expect(page.locator("html")).to_have_attribute("lang", "ar")


def test_run_a_question(visit: Visit) -> None:
    page = visit.go("/?lang=en")
    page.get_by_role("link", name="Who chairs what, and when?").click()
    expect(page.locator("table tbody tr").first).to_be_visible()
    page.get_by_role("button", name="Run").click()
    expect(page.locator("table")).to_contain_text("Uzbekistan")


def test_follow_a_contradiction_to_both_articles(visit: Visit) -> None:
    seen = []
    for side in (0, 1):
        page = visit.go("/?lang=en")
        page.get_by_role("link", name=re.compile("disagreement")).click()
        dispute = page.locator(".dispute", has_text=COUNCIL)
        dispute.locator(".side").nth(side).locator(".source a").first.click()
        expect(page.locator(".text mark").first).to_be_visible()  # the article, with its evidence marked
        seen.append(page.locator("h1").inner_text())
    assert seen[0] != seen[1]


def test_go_from_the_text_to_a_fact_and_back(visit: Visit) -> None:
    page = visit.go("/article/ar-women-technology.html?lang=ar")
    number = page.locator("a.number").first
    target = number.get_attribute("href") or ""
    number.click()
    assert page.url.endswith(target)
    page.locator(target).get_by_role("link", name="في النص").click()
    assert page.url.endswith("#w-1")


def test_by_keyboard_alone(visit: Visit) -> None:
    page = visit.go("/id/kazakhstan.html?lang=en")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator("dd summary:focus").count():
            break
    page.keyboard.press("Enter")
    expect(page.locator("dd details[open] blockquote").first).to_be_visible()


# --- the editor of /sparql


@pytest.fixture
def editing(browser: Browser, site: str) -> Iterator[Visit]:
    """A visit to the editor, which must be there in CI."""
    if not has_editor():
        assert "CI" not in os.environ, "make lint has not fetched the editor"
        pytest.skip("this checkout was installed without npm")
    visiting = Visit(browser, site)
    visiting.go("/sparql?lang=en")
    yield visiting
    visiting.context.close()
    assert visiting.complaints == []


def text_of(page: Page) -> str:
    """What the editor that is shown holds."""
    return str(page.evaluate("document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.getValue()"))


def write(page: Page, text: str) -> None:
    """Write TEXT instead of what the editor holds, as one who types does."""
    page.locator(".tabPanel.active .CodeMirror-lines").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_write_a_query_with_completion_and_run_it(editing: Visit) -> None:
    page = editing.page
    write(page, "PREFIX kh: <https://w3id.org/khabar/ont#>\nSELECT ?a ?b { ?a kh:chai")
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hint", has_text="kh:chairs")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type(" ?b }")
    assert text_of(page).endswith("?a kh:chairs ?b }")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#results table")).to_contain_text("Uzbekistan")
    assert "kh%3Achairs" in page.url  # the address is the link to share
    page.get_by_role("link", name="Links").click()
    expect(page.locator("#results svg .edge").first).to_be_attached()
    page.reload()
    expect(page.locator("#results svg .edge").first).to_be_attached()
    assert text_of(page).endswith("?a kh:chairs ?b }")


def test_a_prefix_of_ours_is_added_when_it_is_used(editing: Visit) -> None:
    write(editing.page, "SELECT * { ?a kh:")
    expect(editing.page.locator(".tabPanel.active .CodeMirror-lines")).to_contain_text(
        "PREFIX kh: <https://w3id.org/khabar/ont#>"
    )


def test_queries_have_tabs_that_are_still_there_later(editing: Visit) -> None:
    page = editing.page
    page.get_by_role("button", name="New query").click()
    write(page, "ASK { ?s ?p ?o }")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#results .answer")).to_have_text("Yes")
    page.get_by_role("tab").first.click()
    expect(page.locator("#results .answer")).to_have_count(0)
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("#results .answer")).to_have_text("Yes")
    editing.go("/sparql?lang=ar")
    expect(page.get_by_role("tab")).to_have_count(2)
    assert text_of(page) == "ASK { ?s ?p ?o }"
    for _ in range(2):
        page.locator(".tab.active .closeTab").click()
    expect(page.get_by_role("tab")).to_have_count(1)


def test_an_error_is_shown_where_the_rows_would_be(editing: Visit) -> None:
    write(editing.page, "SELECT")
    editing.page.keyboard.press("Control+Enter")
    expect(editing.page.get_by_role("alert")).to_contain_text("line 1")
    expect(editing.page.get_by_role("button", name="Run")).to_be_enabled()


def test_arabic_has_a_font_where_the_system_has_none(editing: Visit) -> None:
    faces = (
        "document.fonts.load('{weight} 20px \"Khabar Naskh\"', 'خبر').then(faces => faces.map(f => f.status))"
    )
    assert editing.page.evaluate(faces.format(weight=400)) == ["loaded"]
    assert editing.page.evaluate(faces.format(weight=700)) == ["loaded"]


def test_the_editor_is_no_trap_for_the_keyboard(editing: Visit) -> None:
    page = editing.page
    page.locator(".tabPanel.active .CodeMirror-lines").click()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()


def test_the_editor_says_when_the_server_is_gone(editing: Visit) -> None:
    editing.page.route("**/sparql?*query=*", lambda route: route.abort())
    editing.page.get_by_role("button", name="Run").click()
    expect(editing.page.get_by_role("alert")).to_have_text("The server cannot be reached.")
    editing.complaints.clear()  # the browser's, of the request that it could not make


# --- every page


def test_a_page_that_shuts_people_out_is_found_out(browser: Browser, site: str) -> None:
    visit = Visit(browser, site)
    visit.page.set_content('<main><img src="/x.png"><p style="color: #bbb">pale</p><button></button></main>')
    found = {(v["id"], v["impact"]) for v in Axe().run(visit.page).response["violations"]}
    assert {("image-alt", "critical"), ("color-contrast", "serious"), ("button-name", "critical")} <= found
    visit.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_shuts_anybody_out(browser: Browser, site: str, language: str) -> None:
    """axe-core finds nothing serious, and nothing is wider than a phone."""
    visit, axe, found = Visit(browser, site, width=360), Axe(), []
    council = (
        visit.go(f"/search?lang={language}&q={COUNCIL}").locator("main .list a").first.get_attribute("href")
    )
    name = urlsplit(council or "").path.rpartition("/")[2]
    statement = visit.go("/?lang=en").locator(".card .source .quiet").get_attribute("href")
    for path in (*PAGES, f"/id/{name}.html", f"/chairs/{name}", urlsplit(statement or "").path):
        page = visit.go(f"{path}{'&' if '?' in path else '?'}lang={language}")
        page.evaluate("document.querySelectorAll('details').forEach(element => element.open = true)")
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path} is {width} wide"] if width > 360 else []
        for violation in axe.run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = [node["html"] for node in violation["nodes"][:2]]
                found.append(f"{path}: {violation['id']} {nodes}")
    visit.context.close()
    assert found == []
    assert visit.complaints == []


def test_dark_pages_have_contrast(browser: Browser, site: str) -> None:
    visit = Visit(browser, site)
    visit.page.emulate_media(color_scheme="dark")
    for path in ("/", "/compare", "/id/kazakhstan.html", "/timeline", "/sparql"):
        violations = Axe().run(visit.go(path), options={"runOnly": ["color-contrast"]}).response["violations"]
        assert [violation["nodes"][0]["html"] for violation in violations] == [], path
    visit.context.close()


def test_hostile_names_do_nothing_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    with served(built(tmp_path / "graph", more=hostile())) as address:
        visit = Visit(browser, address)
        for number in range(0, 26, 2):
            visit.go(f"/id/h{number}.html")
            visit.go(f"/article/h{number}.html")
        visit.go("/compare")
        visit.go("/?lang=ar")
        everything = quote("SELECT * { ?s ?p ?o FILTER(contains(str(?s), '/h')) }")
        for view in ("table", "links"):
            visit.go(f"/sparql?view={view}&query={everything}")
        visit.context.close()
    assert visit.complaints == []
