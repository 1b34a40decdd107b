"""Names across scripts, and what may be one thing in a graph."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from khabar import knowledge
from khabar.building import build
from khabar.cli import main
from khabar.graph.folder import open_snapshot
from khabar.graph.identity import Proposal, proposals
from khabar.model import Article
from khabar.publish.app import create_app
from khabar.vocab import OWL, RDFS

KNOWN = knowledge.load()
SAME = [  # one invented person a row, as Arabic, English and Russian write the name
    "سامي الخطيب | Sami Khatib | Сами Хатиб",
    "غولنارا أوسبانوفا | Gulnara Ospanova | Гульнара Оспанова",
    "جمشيد كريموف | Jamshid Karimov | Джамшид Каримов",
    "شيرين يوسفي | Shirin Yusufi | Ширин Юсуфи",
    "بختيار زاكيروف | Bakhtiyar Zakirov | Бахтияр Закиров",
    "تشينغيز بولاتوف | Chingiz Bulatov | Чингиз Булатов",
    "ماريا فيدوروفا | Maria Fedorova | Мария Фёдорова",
    "يرلان جاكسيليكوف | Yerlan Zhaksylykov | Ерлан Жаксылыков",
]
OTHER = ["Sami Khatib | Samir Khalil", "Gulnara Ospanova | Gulmira Usenova", "Ann Lee | Anna Lind"]


def skeleton(name: str, language: str) -> tuple[str, ...]:
    return KNOWN.languages[language].skeleton(name)


@pytest.mark.parametrize("names", SAME)
def test_a_name_has_one_skeleton_in_three_scripts(names: str) -> None:
    arabic, english, russian = names.split(" | ")
    found = {skeleton(arabic.replace("ال", ""), "ar"), skeleton(english, "en"), skeleton(russian, "ru")}
    assert len(found) == 1


@pytest.mark.parametrize("names", OTHER)
def test_other_names_have_other_skeletons(names: str) -> None:
    one, other = names.split(" | ")
    assert skeleton(one, "en") != skeleton(other, "en")


AR = "قالت غولنارا أوسبانوفا، وزيرة الخارجية الكازاخية، إن الوفد وصل إلى القاهرة."
EN = "Gulnara Ospanova, foreign minister of Kazakhstan, visited Cairo on Monday."
RU = "Министр иностранных дел Казахстана Гульнара Оспанова посетила Каир."
COUNCIL_AR = "ترأست النرويج مجلس المدن الجبلية في عام 2021، وترأسته بيرو في عام 2022."
COUNCIL_EN = "Norway chaired the Council of Mountain Cities in 2021. Peru chaired the council in 2022."
ANOTHER_EN = (
    "Norway chaired the Union of Harbour Towns in 2021. Peru chaired the Union of Harbour Towns in 2023."
)
SUMMITS = (
    "The Astana Steppe Forum 2017 took place in Astana. Norway hosted the Astana Steppe Forum 2017.",
    "The Astana Steppe Forum 2020 took place in Astana. Norway hosted the Astana Steppe Forum 2020.",
)


def found_in(folder: Path, *texts: tuple[str, str]) -> list[Proposal]:
    articles = [
        Article(f"a-{n}", tag, text, published=date(2023, 12, 6)) for n, (tag, text) in enumerate(texts)
    ]
    build(articles, folder, knowledge=KNOWN)
    return proposals(open_snapshot(folder), KNOWN)


def told(found: list[Proposal]) -> list[tuple[str, str, bool, int]]:
    """For each: the longest name of either, whether named alike, and how much they share."""
    names = [sorted(str(max(t.names, key=len)) for t in (p.left, p.right)) for p in found]
    return [(a, b, p.named_alike, len(p.shared)) for (a, b), p in zip(names, found, strict=True)]


def linked(folder: Path) -> set[frozenset[str]]:
    """The names of things that the graph links by itself."""
    store, same = open_snapshot(folder), ox.NamedNode(OWL.sameAs)
    graph = ox.NamedNode("https://w3id.org/khabar/graph/entities")
    pairs = store.quads_for_pattern(None, same, None, graph)

    def name(node: object) -> str:
        assert isinstance(node, ox.NamedNode)
        labels = store.quads_for_pattern(node, ox.NamedNode(RDFS.label), None, graph)
        return str(next(label.object for label in labels)).partition("@")[0].strip('"')

    ours = (q for q in pairs if "/id/x-" in str(q.object))
    return {frozenset((name(q.subject), name(q.object))) for q in ours}


PERSON = {
    frozenset({"Gulnara Ospanova", "Гульнара Оспанова"}),
    frozenset({"Gulnara Ospanova", "غولنارا أوسبانوفا"}),
    frozenset({"Гульнара Оспанова", "غولنارا أوسبانوفا"}),
}


def test_a_person_in_three_scripts_who_holds_one_post_is_one(tmp_path: Path) -> None:
    found = told(found_in(tmp_path / "g", ("ar", AR), ("en", EN), ("ru", RU)))
    assert linked(tmp_path / "g") == PERSON
    assert not [row for row in found if row[2]]


def test_the_page_of_a_person_leads_to_the_other_names(tmp_path: Path) -> None:
    found_in(tmp_path / "g", ("ar", AR), ("en", EN), ("ru", RU))
    label = ox.Literal("Gulnara Ospanova", language="en")
    (quad,) = open_snapshot(tmp_path / "g").quads_for_pattern(
        None, ox.NamedNode(RDFS.label), label, ox.DefaultGraph()
    )
    assert isinstance(quad.subject, ox.NamedNode)
    client = create_app(tmp_path / "g").test_client()
    page = client.get(f"/id/{quad.subject.value.rpartition('/')[2]}.html").text
    assert "Гульнара Оспанова" in page
    assert "غولنارا أوسبانوفا" in page


def test_a_name_alone_is_only_a_proposal(tmp_path: Path) -> None:
    visited = "Gulnara Ospanova visited Cairo on Monday."
    found = told(found_in(tmp_path / "g", ("en", visited), ("ru", RU)))
    assert linked(tmp_path / "g") == set()
    assert [row[:3] for row in found] == [("Gulnara Ospanova", "Гульнара Оспанова", True)]


def test_links_do_not_depend_on_the_builds_before(tmp_path: Path) -> None:
    found_in(tmp_path / "g", ("ar", AR), ("en", EN), ("ru", RU))
    found_in(tmp_path / "g", ("ar", AR), ("en", EN), ("ru", RU))
    assert linked(tmp_path / "g") == PERSON
    found_in(tmp_path / "g", ("ar", "لا شيء يقال هنا عن أحد من الناس في هذا المقال."), ("en", EN))
    assert linked(tmp_path / "g") == {frozenset({"Gulnara Ospanova", "Гульнара Оспанова"})}


def test_a_curator_parts_what_was_linked(tmp_path: Path) -> None:
    found_in(tmp_path / "g", ("en", EN), ("ru", RU))
    store = open_snapshot(tmp_path / "g")
    graph = ox.NamedNode("https://w3id.org/khabar/graph/entities")
    (link,) = (
        q
        for q in store.quads_for_pattern(None, ox.NamedNode(OWL.sameAs), None, graph)
        if "/x-" in str(q.object)
    )
    pair = [str(node)[1:-1] for node in (link.subject, link.object)]
    decided = ["curate", "different-from", str(tmp_path / "g"), *pair, "--by", "A", "--reason", "two women"]
    assert CliRunner().invoke(main, decided).exit_code == 0
    assert linked(tmp_path / "g") == set()
    assert found_in(tmp_path / "g", ("en", EN), ("ru", RU)) == []
    assert linked(tmp_path / "g") == set()


def test_a_body_that_each_language_translates_is_known_by_its_chairs(tmp_path: Path) -> None:
    found = told(found_in(tmp_path / "g", ("ar", COUNCIL_AR), ("en", COUNCIL_EN), ("en", ANOTHER_EN)))
    assert found == [("Council of Mountain Cities", "مجلس المدن الجبلية", False, 2)]


def test_years_tell_two_things_apart(tmp_path: Path) -> None:
    assert found_in(tmp_path / "g", *(("en", text) for text in SUMMITS)) == []


def test_what_is_decided_is_not_proposed_again(tmp_path: Path) -> None:
    (proposal,) = found_in(tmp_path / "g", ("ar", COUNCIL_AR), ("en", COUNCIL_EN))
    for verb in (OWL.sameAs, OWL.differentFrom):
        store = ox.Store()
        store.extend(open_snapshot(tmp_path / "g"))
        store.add(ox.Quad(*map(ox.NamedNode, (proposal.right.iri, verb, proposal.left.iri))))
        assert proposals(store, KNOWN) == []


def test_the_command(tmp_path: Path) -> None:
    found_in(tmp_path / "g", ("ar", COUNCIL_AR), ("en", COUNCIL_EN))
    merges = ["merges", str(tmp_path / "g")]
    shown = CliRunner().invoke(main, merges)
    assert shown.exit_code == 0
    assert "id:norway kh:chairs 2021; id:peru kh:chairs 2022" in shown.stdout
    (line,) = (
        CliRunner().invoke(main, ["merges", str(tmp_path / "g"), "--format", "jsonl"]).stdout.splitlines()
    )
    proposal = json.loads(line)
    assert not proposal["named_alike"]
    assert [fact["year"] for fact in proposal["both"]] == ["2021", "2022"]
    words = {
        word for fact in proposal["both"] for said in fact["one"] + fact["other"] for word in said["words"]
    }
    assert all(any(word in text for text in (COUNCIL_AR, COUNCIL_EN)) for word in words)
