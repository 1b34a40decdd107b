"""Hand-made values: what the extractor would say of articles in our own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rdflib import Literal, URIRef

from khabar.model import Article, Entity, Fact, Mention, Period, Reading, Span
from khabar.vocab import BASE, KH, ORG, RDF, XSD, entity_iri

FRAME = BASE["lexicon/test#frame"]
ID = {name: BASE[f"id/{name}"] for name in ("kazakhstan", "uzbekistan", "undp", "astana")}
DIALOGUE = entity_iri("Organization", "حوار نساء آسيا الوسطى")
SPEAKER = entity_iri("Person", "ليلى رحيموفا")
POST = entity_iri("Post", "منسقة الحوار")
FORUM = entity_iri("Event", "المنتدى")

CHAIRS = (
    "ترأست أوزبكستان حوار نساء آسيا الوسطى عام 2021. ترأست كازاخستان الحوار عام 2023. "
    "ويدعم برنامج الأمم المتحدة الإنمائي الحوار. وقالت ليلى رحيموفا، منسقة الحوار، إن «العمل مستمر». "
    "وسيعقد المنتدى في أستانا."
)
RUSSIAN = "Казахстан председательствовал в Диалоге женщин Центральной Азии в 2023 году."


def span(text: str, words: str, nth: int = 1) -> Span:
    """Where WORDS stand in TEXT for the nth time."""
    start = -1
    for _ in range(nth):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


def entity(
    text: str, iri: URIRef, type_: URIRef, language: str, *names: str, others: tuple[str, ...] = ()
) -> Entity:
    """An entity mentioned by each of NAMES and, not by name, by each of OTHERS; each once."""
    mentions = tuple(Mention(span(text, words), words, type_) for words in (*names, *others))
    labels = tuple(Literal(name, lang=language) for name in names)
    return Entity(iri, type_, labels, tuple(sorted(mentions, key=lambda m: m.span)))


def year(text: str, words: str, number: int) -> Period:
    """A whole year."""
    when = Literal(str(number), datatype=XSD.gYear)
    return Period(words, span(text, words), when, date(number, 1, 1), date(number, 12, 31))


def fact(text: str, s: URIRef, p: URIRef, o: URIRef | Literal, words: str, **more: object) -> Fact:
    """A fact whose evidence is WORDS; asserted unless MORE says otherwise."""
    stated = Fact(s, p, o, KH.asserted, (span(text, words),), FRAME, confidence=0.9)
    return replace(stated, **more)  # type: ignore[arg-type]


def arabic(key: str = "dialogue-ar") -> Reading:
    """Two chairs, a supporter, a speaker with her post and words, and a planned forum."""
    text = CHAIRS
    entities = (
        entity(text, ID["uzbekistan"], KH.Country, "ar", "أوزبكستان"),
        entity(text, ID["kazakhstan"], KH.Country, "ar", "كازاخستان"),
        entity(text, ID["undp"], KH.Organization, "ar", "برنامج الأمم المتحدة الإنمائي"),
        entity(text, ID["astana"], KH.City, "ar", "أستانا"),
        entity(text, DIALOGUE, KH.Platform, "ar", "حوار نساء آسيا الوسطى", others=("الحوار",)),
        entity(text, SPEAKER, KH.Person, "ar", "ليلى رحيموفا"),
        entity(text, POST, KH.Post, "ar", "منسقة الحوار"),
        entity(text, FORUM, KH.Forum, "ar", "المنتدى"),
    )
    quoted = ((KH.quotation, Literal(True)),)
    facts = (
        fact(text, ID["uzbekistan"], KH.chairs, DIALOGUE, "ترأست أوزبكستان حوار نساء آسيا الوسطى عام 2021",
             when=year(text, "عام 2021", 2021)),
        fact(text, ID["kazakhstan"], KH.chairs, DIALOGUE, "ترأست كازاخستان الحوار عام 2023",
             when=year(text, "عام 2023", 2023)),
        fact(text, ID["undp"], KH.supports, DIALOGUE, "ويدعم برنامج الأمم المتحدة الإنمائي الحوار",
             confidence=0.8),
        fact(text, SPEAKER, KH.holdsPost, POST, "ليلى رحيموفا، منسقة الحوار"),
        fact(text, POST, ORG.postIn, DIALOGUE, "منسقة الحوار"),
        fact(text, SPEAKER, KH.said, Literal("العمل مستمر", lang="ar"),
             "وقالت ليلى رحيموفا، منسقة الحوار، إن «العمل مستمر»", qualifiers=quoted),
        fact(text, FORUM, RDF.type, KH.Forum, "وسيعقد المنتدى في أستانا", status=KH.planned),
        fact(text, FORUM, KH.tookPlaceIn, ID["astana"], "وسيعقد المنتدى في أستانا", status=KH.planned),
    )  # fmt: skip
    article = Article(
        key, "ar", text, title="رئاسة الحوار", published=date(2023, 12, 6),
        address="https://example.org/a?q=رئاسة", publisher="وكالة المثال", author="سلمى",
    )  # fmt: skip
    return Reading(article, tuple(sorted(entities, key=lambda e: e.iri)), facts)


def russian(key: str = "dialogue-ru") -> Reading:
    """The same chair of 2023 in another source, which has no date of its own."""
    text, body = RUSSIAN, "Диалоге женщин Центральной Азии"
    entities = (
        entity(text, ID["kazakhstan"], KH.Country, "ru", "Казахстан"),
        entity(text, DIALOGUE, KH.Platform, "ru", body),
    )
    chairs = fact(text, ID["kazakhstan"], KH.chairs, DIALOGUE, text[:-1], when=year(text, "2023 году", 2023))
    return Reading(Article(key, "ru", text), entities, (chairs,))
