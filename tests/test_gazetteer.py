"""The gazetteer: the things everybody knows, what each is called, and what is refused at load."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import URIRef

from khabar.errors import KnowledgeError
from khabar.knowledge.gazetteer import Entry, Gazetteer
from khabar.knowledge.turtle import Turtle
from khabar.resources import folder
from khabar.vocab import BASE, KH, WD

FOLDER = folder("ontology")
GAZETTEER = Gazetteer.load(Turtle.read(FOLDER / "gazetteer.ttl", FOLDER / "names.ttl"))
COUNTRIES = [entry for entry in GAZETTEER.entries.values() if entry.type == KH.Country]

ISO = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
""".split()

# Territories with few or no inhabitants, for which the Arabic press has no adjective of its own.
NO_DEMONYM = {"BV", "CK", "CX", "GS", "HM", "IM", "PM", "TC", "TF", "UM"}

# The ids that the data model calls sure; any other comes from country-coder.
SURE = {
    "kazakhstan": "Q232", "uzbekistan": "Q265", "turkmenistan": "Q874", "kyrgyzstan": "Q813",
    "tajikistan": "Q863", "un": "Q1065", "eu": "Q458", "undp": "Q161718", "un-women": "Q641576",
    "almaty": "Q35493", "central-asia": "Q27275",
}  # fmt: skip

# Name, language, thing, kind: rows that a reader of the language can check.
NAMES = """
كازاخستان | ar | kazakhstan | label
جمهورية كازاخستان | ar | kazakhstan | alternative
قازاخستان | ar | kazakhstan | alternative
كازاخي | ar | kazakhstan | demonym
كازاخستاني | ar | kazakhstan | demonym
Қазақстан | kk | kazakhstan | label
Казахстаном | ru | kazakhstan | hidden
Республике Казахстан | ru | kazakhstan | hidden
казахстанский | ru | kazakhstan | demonym
Kazakhstani | en | kazakhstan | demonym
الجمهورية القيرغيزية | ar | kyrgyzstan | alternative
جمهورية قيرغيزستان | ar | kyrgyzstan | alternative
Kyrgyz Republic | en | kyrgyzstan | alternative
Киргизия | ru | kyrgyzstan | label
Кыргызстане | ru | kyrgyzstan | hidden
المملكة المغربية | ar | morocco | alternative
مملكة النرويج | ar | norway | alternative
روسيا الاتحادية | ar | russia | alternative
США | ru | united-states | acronym
Соединёнными Штатами | ru | united-states | hidden
أمريكي | ar | united-states | demonym
أميركي | ar | united-states | demonym
UK | en | united-kingdom | acronym
بريطاني | ar | united-kingdom | demonym
سعودي | ar | saudi-arabia | demonym
إماراتي | ar | united-arab-emirates | demonym
الكورية الجنوبية | ar | south-korea | demonym
Египта | ru | egypt | hidden
Филиппин | ru | philippines | hidden
واشنطن | ar | washington | label
أستانة | ar | astana | alternative
ألما آتا | ar | almaty | alternative
Алма-Ате | ru | almaty | hidden
بشكيك | ar | bishkek | alternative
طشقند | ar | tashkent | label
دوشانبي | ar | dushanbe | alternative
عشق آباد | ar | ashgabat | label
Москвой | ru | moscow | hidden
Казанью | ru | kazan | hidden
Ростове-на-Дону | ru | rostov-on-don | hidden
آسيا الوسطى | ar | central-asia | label
المغرب العربي | ar | maghreb | label
المحيط الهندي | ar | indian-ocean | label
هيئة الأمم المتحدة للمساواة بين الجنسين وتمكين المرأة | ar | un-women | alternative
هيئة الأمم المتحدة للمرأة | ar | un-women | label
برنامج الأمم المتحدة الإنمائي | ar | undp | label
UNDP | ar | undp | acronym
ПРООН | ru | undp | acronym
Программой развития ООН | ru | undp | hidden
مركز الأمم المتحدة الإقليمي للدبلوماسية الوقائية لآسيا الوسطى | ar | unrcca | label
الجامعة العربية | ar | arab-league | alternative
جامعة الدول العربية | ar | arab-league | label
Лиги арабских государств | ru | arab-league | hidden
ОБСЕ | ru | osce | acronym
الاتحاد الأوربي | ar | eu | alternative
Большой семёркой | ru | g7 | hidden
"""

ROWS = [tuple(part.strip() for part in line.split("|")) for line in NAMES.strip().splitlines()]


def thing(slug: str) -> Entry:
    return GAZETTEER.entries[BASE[f"id/{slug}"]]


def languages(entry: Entry) -> set[str | None]:
    return {label.language for label in entry.labels}


def fold(text: str, language: str) -> str:
    """As loosely as any reader compares: without marks, hamza, case."""
    if language == "ar":
        bare = "".join(c for c in text if unicodedata.category(c) != "Mn" and c != "ـ")
        return bare.translate(str.maketrans("أإآٱىة", "اااايه"))
    return text.casefold().replace("ё", "е")


# --- what is there


@pytest.mark.parametrize(("name", "language", "slug", "kind"), ROWS, ids=lambda part: part)
def test_a_name_stands_for_the_thing_that_readers_mean(
    name: str, language: str, slug: str, kind: str
) -> None:
    found = [(iri, k) for text, iri, k in GAZETTEER.names(language) if text == name]
    assert found == [(thing(slug).iri, kind)]


def test_every_country_of_iso_3166_has_names_in_all_languages() -> None:
    assert {entry.notation for entry in COUNTRIES} == {*ISO, "XK"}  # Kosovo has the code users agreed on
    assert [entry.iri for entry in COUNTRIES if languages(entry) != {"ar", "en", "ru", "kk"}] == []


def test_every_inhabited_country_has_an_arabic_nisba() -> None:
    without = {e.notation for e in COUNTRIES if not any(d.language == "ar" for d in e.demonyms)}
    assert without == NO_DEMONYM


def test_an_arabic_nisba_is_masculine_and_indefinite() -> None:
    single = [str(d) for e in COUNTRIES for d in e.demonyms if d.language == "ar" and " " not in d]
    assert [d for d in single if not d.endswith("ي") or d.startswith("ال")] == []


def test_a_russian_demonym_is_a_masculine_adjective() -> None:
    adjectives = [str(d) for e in COUNTRIES for d in e.demonyms if d.language == "ru"]
    assert [a for a in adjectives if not re.fullmatch("[а-яё-]+(ский|цкий|овый)", a)] == ["сахарави"]


@pytest.mark.parametrize(
    ("kind", "least"),
    [(KH.Country, 250), (KH.City, 350), (KH.Region, 20), (KH.Organization, 130), (KH.Platform, 15)],
)
def test_there_is_enough_of_each(kind: URIRef, least: int) -> None:
    assert Counter(entry.type for entry in GAZETTEER.entries.values())[kind] >= least


def test_everything_has_a_label_in_each_language_of_the_news() -> None:
    assert [e.iri for e in GAZETTEER.entries.values() if not languages(e) >= {"ar", "en", "ru"}] == []


def test_a_capital_lies_in_its_country() -> None:
    assert [
        (entry.iri, capital)
        for entry in COUNTRIES
        for capital in entry.capital
        if entry.iri not in GAZETTEER.entries[capital].part_of
    ] == []


def test_whole_and_part_never_go_in_circles() -> None:
    for entry in GAZETTEER.entries.values():
        seen, above = {entry.iri}, list(entry.part_of)
        while above:
            iri = above.pop()
            assert iri not in seen or iri != entry.iri, f"{entry.iri} is part of itself"
            if iri not in seen:
                seen.add(iri)
                above += GAZETTEER.entries[iri].part_of


def test_names_are_composed_and_free_of_stray_marks() -> None:
    names = [str(n) for e in GAZETTEER.entries.values() for n in (*e.labels, *e.alternatives, *e.hidden)]
    assert [n for n in names if n != unicodedata.normalize("NFC", n) or "ـ" in n.replace("الـ", "")] == []
    persian_or_urdu = re.compile("[\u0649\u064a]?[\u06a9\u06af\u06cc\u067e\u0686\u06be]")
    arabic = [str(n) for e in GAZETTEER.entries.values() for n in e.labels if n.language == "ar"]
    assert [n for n in arabic if persian_or_urdu.search(n)] == []


def test_every_name_is_written_in_the_script_of_its_language() -> None:
    strange = {"ar": "[А-яA-Za-z]", "ru": "[\u0600-\u06ff]", "en": "[А-я\u0600-\u06ff]"}
    entries = GAZETTEER.entries.values()
    names = [n for e in entries for n in (*e.labels, *e.alternatives, *e.hidden, *e.demonyms)]
    assert [n for n in names if n.language in strange and re.search(strange[n.language], n)] == []


# --- names of two things


def shared(language: str) -> Iterator[tuple[str, frozenset[URIRef]]]:
    """Folded names that two things have, and the things."""
    owners: defaultdict[str, set[URIRef]] = defaultdict(set)
    for text, iri, _ in GAZETTEER.names(language, ambiguous=True):
        owners[fold(text, language)].add(iri)
    return ((name, frozenset(iris)) for name, iris in owners.items() if len(iris) > 1)


@pytest.mark.parametrize("language", ["ar", "en", "ru", "kk"])
def test_no_two_things_share_a_name_unless_they_say_so(language: str) -> None:
    """Even when compared loosely: the gazetteer itself only checks the exact spelling."""
    silent = [
        (name, sorted(iris))
        for name, iris in shared(language)
        for first in iris
        if not iris <= {first} | GAZETTEER.entries[first].ambiguous_with
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("name", "language", "likelier"),
    [
        ("عمان", "ar", "oman"),
        ("طرابلس", "ar", "tripoli"),
        ("الكونغو", "ar", "democratic-republic-of-the-congo"),
        ("Тунис", "ru", "tunisia"),
        ("Алжир", "ru", "algeria"),
    ],
)
def test_of_two_things_with_one_name_the_likelier_stands_first(
    name: str, language: str, likelier: str
) -> None:
    assert next(iri for text, iri, _ in GAZETTEER.names(language) if text == name) == thing(likelier).iri


@pytest.mark.parametrize(
    ("language", "word"),
    [
        *(("ar", word) for word in "مالي ماليه صور لفيف مشهد قم كان سيول مجري".split()),
        *(("en", word) for word in "Nice Tyre Mary".split()),
        *(("ru", word) for word in "Того Тир Тигр".split()),
    ],
)
def test_a_name_that_is_a_common_word_comes_only_when_asked_for(language: str, word: str) -> None:
    assert word not in {text for text, _, _ in GAZETTEER.names(language)}
    assert word in {text for text, _, _ in GAZETTEER.names(language, ambiguous=True)}
    assert word in GAZETTEER.ambiguous(language)


# --- Wikidata


def test_wikidata_ids_are_well_formed() -> None:
    ids = [str(iri) for entry in GAZETTEER.entries.values() for iri in entry.same_as]
    assert [iri for iri in ids if not re.fullmatch(re.escape(WD) + r"Q[1-9]\d*", iri)] == []
    assert [iri for iri, count in Counter(ids).items() if count > 1] == []


def test_the_sure_wikidata_ids_are_those_of_the_model() -> None:
    assert {slug: [str(iri).removeprefix(WD) for iri in thing(slug).same_as] for slug in SURE} == {
        slug: [number] for slug, number in SURE.items()
    }


def test_only_countries_regions_and_the_sure_things_have_wikidata_ids() -> None:
    others = {str(e.iri).rpartition("/")[2] for e in GAZETTEER.entries.values()
              if e.same_as and e.type not in (KH.Country, KH.Region)}  # fmt: skip
    assert others <= set(SURE)


# --- names of people


@pytest.mark.parametrize(
    ("language", "least", "names"),
    [
        ("ar", 500, "محمد فاطمة دانيا يرلان قربانقلي فلاديمير أنطونيو أورسولا"),
        ("en", 500, "John Yerlan Shavkat Emmanuel Ursula"),
        ("ru", 300, "Ерлан Ерланом Касым-Жомарта Сергея Ольгой Павлу"),
    ],
)
def test_given_names_are_known(language: str, least: int, names: str) -> None:
    known = GAZETTEER.given_names(language)
    assert len(known) >= least
    assert [name for name in names.split() if name not in known] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("ar", "علي هدى منى عمر باسم صادق أشرف آلان جورجيا"), ("en", "Chad Jordan Grace Will Mark May Paris"),
     ("ru", "Вера Надежды Любовью Роман Дании Рано")],
)  # fmt: skip
def test_given_names_that_are_words_or_places_come_only_when_asked_for(language: str, words: str) -> None:
    folded = {fold(name, language) for name in GAZETTEER.given_names(language)}
    assert [word for word in words.split() if fold(word, language) in folded] == []
    assert set(words.split()) <= GAZETTEER.given_names(language, ambiguous=True)


@pytest.mark.parametrize("language", ["ar", "en", "ru"])
def test_no_sure_given_name_is_a_name_of_the_gazetteer(language: str) -> None:
    things = {fold(text, language) for text, _, _ in GAZETTEER.names(language)}
    given = {fold(name, language) for name in GAZETTEER.given_names(language)}
    assert sorted(given & things) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", "عبد أبو بن ابن آل بو ولد"),
        ("en", "von van de al el bin bint"),
        ("ru", "фон ван де аль бин оглы"),
    ],
)
def test_particles_are_known(language: str, words: str) -> None:
    assert set(words.split()) <= GAZETTEER.particles(language)


def test_a_language_nobody_has_written_has_no_names() -> None:
    answers = GAZETTEER.given_names("xx"), GAZETTEER.particles("xx"), GAZETTEER.ambiguous("xx")
    assert answers == (frozenset(),) * 3


# --- what is refused

PREFIXES = """\
@prefix id: <https://w3id.org/khabar/id/> .
@prefix kh: <https://w3id.org/khabar/ont#> .
@prefix names: <https://w3id.org/khabar/names#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wd: <http://www.wikidata.org/entity/> .
"""
CITY = 'a kh:City ; rdfs:label "Osh"@en'

WRONG = {
    "no class": (
        'id:osh rdfs:label "Osh"@en .',
        "id:osh: is nothing, not one thing of a class that the gazetteer holds\n"
        "  give it one of kh:Agreement, kh:Campaign, kh:Ceremony, kh:City, kh:Conference, kh:Country, "
        "kh:Election, kh:Event, kh:Exhibition, kh:Forum, kh:Meeting, kh:NewsAgency, kh:Organization, "
        "kh:Person, kh:Place, kh:Platform, kh:Post, kh:Region, kh:Session, kh:Summit, kh:Topic, kh:Work",
    ),
    "unknown class": (
        'id:osh a kh:Town ; rdfs:label "Osh"@en .',
        "id:osh: is kh:Town, not one thing of a class that the gazetteer holds\n"
        "  give it one of kh:Agreement, kh:Campaign, kh:Ceremony, kh:City, kh:Conference, kh:Country, "
        "kh:Election, kh:Event, kh:Exhibition, kh:Forum, kh:Meeting, kh:NewsAgency, kh:Organization, "
        "kh:Person, kh:Place, kh:Platform, kh:Post, kh:Region, kh:Session, kh:Summit, kh:Topic, kh:Work",
    ),
    "misspelt property": (
        f'id:osh {CITY} ; kh:demonim "Oshi"@en .',
        "id:osh: says kh:demonim, which the gazetteer does not know\n"
        "  use a, rdfs:label, skos:altLabel, skos:hiddenLabel, kh:demonym, kh:ambiguousName, "
        "kh:acronym, skos:notation, kh:partOf, kh:capital, kh:ambiguousWith, owl:sameAs",
    ),
    "no label": (
        'id:osh a kh:City ; skos:altLabel "Osh"@en .',
        "id:osh: has no rdfs:label\n  give it one in each language that is known, at least in English",
    ),
    "two labels": (
        f'id:osh {CITY} , "Oš"@en , "Ош"@ru .',
        "id:osh: has 2 labels in the language en\n"
        "  keep the best as rdfs:label, and make the others skos:altLabel",
    ),
    "no language": (
        'id:osh a kh:City ; rdfs:label "Osh" .',
        'id:osh: gives rdfs:label "Osh" without a language\n  write its language after it, as in "Osh"@en',
    ),
    "spaces": (
        'id:osh a kh:City ; rdfs:label "Osh "@en .',
        'id:osh: gives rdfs:label the value "Osh "@en, which is no name\n'
        "  write a text in quotes, without spaces at its ends or two in a row",
    ),
    "text for a thing": (
        f'id:osh {CITY} ; kh:partOf "Kyrgyzstan" .',
        'id:osh: gives kh:partOf the value "Kyrgyzstan", which is no IRI\n'
        "  write a prefixed name, as in id:kazakhstan or wd:Q232",
    ),
    "unknown whole": (
        f"id:osh {CITY} ; kh:partOf id:kirgizstan .",
        "id:osh: says kh:partOf id:kirgizstan, which the gazetteer does not hold\n"
        "  correct the name, or add id:kirgizstan",
    ),
    "unknown capital": (
        'id:kyrgyzstan a kh:Country ; rdfs:label "Kyrgyzstan"@en ; kh:capital id:frunze .',
        "id:kyrgyzstan: says kh:capital id:frunze, which the gazetteer does not hold\n"
        "  correct the name, or add id:frunze",
    ),
    "one name for two": (
        f'id:osh {CITY} . id:osh-region a kh:Region ; rdfs:label "Osh Region"@en ; skos:altLabel "Osh"@en .',
        'id:osh-region: has the name "Osh"@en, which id:osh has too\n'
        "  take it from one of them, or let each say kh:ambiguousWith the other",
    ),
    "only one says so": (
        f'id:osh {CITY} . id:osh-region a kh:Region ; kh:ambiguousWith id:osh ; rdfs:label "Osh"@en .',
        'id:osh-region: has the name "Osh"@en, which id:osh has too\n'
        "  take it from one of them, or let each say kh:ambiguousWith the other",
    ),
    "acronym in every language": (
        f'id:osh {CITY} ; kh:acronym "OS" .'
        'id:open a kh:Platform ; rdfs:label "Open"@en ; kh:acronym "OS"@ru .',
        'id:open: has the name "OS"@ru, which id:osh has too\n'
        "  take it from one of them, or let each say kh:ambiguousWith the other",
    ),
    "ambiguous, but no name": (
        f'id:osh {CITY} ; kh:ambiguousName "Och"@fr .',
        'id:osh: marks "Och"@fr as ambiguous, which is none of its names\n'
        "  write it also as rdfs:label, skos:altLabel or kh:demonym, or drop the mark",
    ),
    "one Wikidata id for two": (
        f'id:osh {CITY} ; owl:sameAs wd:Q1 . id:uzgen a kh:City ; rdfs:label "Uzgen"@en ; owl:sameAs wd:Q1 .',
        "id:uzgen: has the Wikidata id http://www.wikidata.org/entity/Q1, which id:osh has too\n"
        "  look it up, and correct the wrong one",
    ),
    "one code for two": (
        'id:a a kh:Country ; rdfs:label "A"@en ; skos:notation "AA" .'
        'id:b a kh:Country ; rdfs:label "B"@en ; skos:notation "AA" .',
        "id:b: has the code AA, which id:a has too\n  look it up, and correct the wrong one",
    ),
    "given name without a language": (
        'names:en kh:givenName "Askar" .',
        'names:en: gives kh:givenName the value "Askar", which has no language\n'
        '  write the text and its language, as in "Askar"@en',
    ),
}


def load(path: Path, text: str) -> Gazetteer:
    file = path / "ontology" / "gazetteer.ttl"
    file.parent.mkdir()
    file.write_text(PREFIXES + text, encoding="utf-8")
    return Gazetteer.load(Turtle.read(file))


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused_with_its_place_and_cure(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load(tmp_path, text)
    assert str(caught.value) == f"ontology/gazetteer.ttl, {message}"


def test_two_things_may_share_a_name_when_both_say_so(tmp_path: Path) -> None:
    gazetteer = load(
        tmp_path,
        f"id:osh {CITY} ; kh:ambiguousWith id:osh-region ."
        'id:osh-region a kh:Region ; kh:ambiguousWith id:osh ; rdfs:label "Osh"@en .',
    )
    assert [iri for _, iri, _ in gazetteer.names("en")] == [BASE["id/osh"], BASE["id/osh-region"]]
