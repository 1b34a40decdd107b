"""What a page says in its head for search engines, in the words of schema.org."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from khabar.publish.dataset import Row
from khabar.publish.interface import Text
from khabar.publish.views import Fact, Thing, View, value

Described = dict[str, object]  # a node of JSON-LD
SCHEMA: Final = "https://schema.org/"
MOST: Final = 40  # names and things in one page


def _node(type_: str, iri: str, **members: object) -> Described:
    kept = {name: member for name, member in members.items() if member}
    return {"@context": SCHEMA.rstrip("/"), "@type": type_, "@id": iri} | kept


def thing(view: View, iri: str) -> Described:
    """A person, body, place, event or other thing."""
    names = view.names(iri)[:MOST]
    return _node(
        _type(view, [cls.iri for cls in view.classes(iri)]),
        iri,
        name=_in_language(view.thing(iri).name),
        alternateName=[_in_language(name) for name in names if name != view.thing(iri).name],
        sameAs=[other.thing.iri for other in view.identities(iri)],
    )


def _type(view: View, classes: list[str]) -> str:
    """The nearest of schema.org's classes that CLASSES are kinds of."""
    above: dict[str, list[str]] = {}
    for row in view.snapshot.once("superclasses.rq"):
        above.setdefault(value(row["class"]), []).append(value(row["super"]))
    seen: set[str] = set()
    while classes:
        known = [cls.removeprefix(SCHEMA) for cls in classes if cls.startswith(SCHEMA)]
        if known:
            return known[0]
        seen.update(classes)
        classes = [higher for cls in classes for higher in above.get(cls, ()) if higher not in seen]
    return "Thing"


def statement(view: View, fact: Fact) -> Described:
    """A statement, as a claim: what is said, and where it appears."""
    ends = [fact.subject, *([fact.object] if isinstance(fact.object, Thing) else [])]
    return _node(
        "Claim",
        fact.iri,
        text=" … ".join("".join(words for words, _ in quote.pieces) for quote in fact.quotations),
        about=[_reference(end) for end in ends],
        appearance={"@id": fact.article.iri, "@type": "NewsArticle", "name": fact.article.name.value},
    )


def article(view: View, iri: str, known: Row, facts: Iterable[Fact]) -> Described:
    """A news article, and what it speaks of."""
    publisher, author = value(known.get("publisher")), value(known.get("author"))
    about = dict.fromkeys(_ends(facts))
    return _node(
        "NewsArticle",
        iri,
        headline=value(known.get("headline")),
        inLanguage=value(known.get("language")),
        datePublished=value(known.get("published")),
        publisher={"@type": "Organization", "name": publisher} if publisher else None,
        author={"@type": "Person", "name": author} if author else None,
        url=value(known.get("address")),
        mentions=[_reference(thing) for thing in list(about)[:MOST]],
    )


def dataset(view: View, words: Mapping[str, Text], distributions: Iterable[tuple[str, str]]) -> Described:
    """The whole graph: WORDS are its name and description, DISTRIBUTIONS addresses with media types."""
    base = view.snapshot.base
    return _node(
        "Dataset",
        f"{base}dataset",
        name=words["name"].value,
        description=words["description"].value,
        inLanguage=words["name"].language,
        url=base,
        isAccessibleForFree=True,
        dateModified=view.today,
        distribution=[
            {"@type": "DataDownload", "contentUrl": address, "encodingFormat": media_type}
            for address, media_type in distributions
        ],
    )


def _ends(facts: Iterable[Fact]) -> Iterable[Thing]:
    for fact in facts:
        yield fact.subject
        if isinstance(fact.object, Thing):
            yield fact.object


def _reference(thing: Thing) -> Described:
    return {"@id": thing.iri, "name": thing.name.value}


def _in_language(text: Text) -> object:
    return {"@value": text.value, "@language": text.language} if text.language else text.value
