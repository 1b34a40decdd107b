"""Facts to quads: what one article states, in which words, and what it names.

Three graphs take part.  `graph/KEY` holds the plain triples, the statements, and the spans that are
their evidence; `graph/text/KEY` the text that the spans count in; `graph/meta` what is known of the
article itself.  Every IRI is under the default base: `store` moves them where a server can answer.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final
from urllib.parse import quote

from rdflib import Literal, URIRef

from khabar.model import Article, Entity, Fact, Period, Quad, Reading, Span
from khabar.vocab import (
    BASE,
    ITSRDF,
    KH,
    NIF,
    PROV,
    RDF,
    SCHEMA,
    SKOS,
    XSD,
    article_iri,
    graph_iri,
    statement_iri,
    text_graph_iri,
)

META: Final = BASE["graph/meta"]

Term = URIRef | Literal
Triple = tuple[URIRef, URIRef, Term]

# Characters that no IRI may hold (RFC 3987); letters of other scripts are allowed and stay readable.
_FORBIDDEN_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


def assemble(reading: Reading) -> tuple[Quad, ...]:
    """The quads of one article, in its three graphs: the same reading gives the same tuple.

    Raises ValueError when a span does not lie within the text: a bug of the stage that made it.
    """
    article = reading.article
    statements = _merge(article, reading.facts)
    facts = _in_graph(graph_iri(article.key), _facts(reading, statements))
    text = _in_graph(text_graph_iri(article.key), _text(article))
    meta = _in_graph(META, _metadata(article))
    return tuple(dict.fromkeys((*facts, *text, *meta)))


def _in_graph(graph: URIRef, triples: Iterable[Triple]) -> Iterator[Quad]:
    return (Quad(*triple, graph) for triple in triples)


def _facts(reading: Reading, statements: dict[URIRef, list[Fact]]) -> Iterator[Triple]:
    article = reading.article
    for same in statements.values():
        if same[0].status == KH.asserted:
            yield same[0].subject, same[0].predicate, _term(same[0].object)
    for iri, same in statements.items():
        yield from _statement(article, iri, same)
    for entity in reading.entities:
        yield from _entity(article, entity)
    for span in _spans(reading):
        yield from _span(article, span)


# --- statements


def _merge(article: Article, facts: Iterable[Fact]) -> dict[URIRef, list[Fact]]:
    """The facts by statement, the most trustworthy first: said twice is still one statement."""
    statements: dict[URIRef, list[Fact]] = {}
    for fact in facts:
        statements.setdefault(_identity(article, fact), []).append(fact)
    for same in statements.values():
        same.sort(key=lambda fact: (-fact.confidence, sorted(fact.evidence), fact.frame))
    return statements


def _identity(article: Article, fact: Fact) -> URIRef:
    # The status takes part: what an article asserts and what it lets somebody deny are two statements.
    return statement_iri(
        article.key,
        fact.subject,
        fact.predicate,
        _key(fact.object),
        *(f"{predicate} {_key(value)}" for predicate, value in _qualifiers(fact)),
        _period_key(fact.when),
        fact.status,
        fact.attributed_to or "",
    )


def _qualifiers(fact: Fact) -> list[tuple[URIRef, Term]]:
    return sorted(fact.qualifiers, key=lambda qualifier: (qualifier[0], _key(qualifier[1])))


def _key(term: Term) -> str:
    """A term as one string: no two terms share it, and no version of rdflib changes it."""
    term = _term(term)
    if isinstance(term, URIRef):
        return f"<{term}>"
    return f'"{term}"@{term.language}' if term.language else f'"{term}"^^{term.datatype or XSD.string}'


def _period_key(period: Period | None) -> str:
    """Two periods are one when their days are; where no day is known, when their words are."""
    if period is None:
        return ""
    days = (period.when and _key(period.when), period.earliest, period.latest)
    return " ".join(str(day) for day in days) if any(days) else _nfc(period.text)


def _statement(article: Article, iri: URIRef, same: list[Fact]) -> Iterator[Triple]:
    best = same[0]
    yield iri, RDF.type, KH.Statement
    yield iri, RDF.subject, best.subject
    yield iri, RDF.predicate, best.predicate
    yield iri, RDF.object, _term(best.object)
    yield iri, KH.status, best.status
    yield from ((iri, predicate, _term(value)) for predicate, value in _qualifiers(best))
    if best.attributed_to is not None:
        yield iri, KH.attributedTo, best.attributed_to
    if best.when is not None:
        yield from _time(article, iri, best.when)
    if article.published is not None:
        yield iri, KH.asOf, _day(article.published)
    yield iri, KH.confidence, _decimal(best.confidence)
    yield iri, KH.frame, best.frame
    yield iri, KH.statedIn, article_iri(article.key)
    for span in sorted({span for fact in same for span in fact.evidence}):
        yield iri, KH.evidence, span_iri(article.key, span)


def _time(article: Article, iri: URIRef, period: Period) -> Iterator[Triple]:
    if period.when is not None:
        yield iri, KH.when, _term(period.when)
    if period.earliest is not None:
        yield iri, KH.earliest, _day(period.earliest)
    if period.latest is not None:
        yield iri, KH.latest, _day(period.latest)
    yield iri, KH.whenText, _words(period.text, article.language)


# --- entities, mentions and spans


def _entity(article: Article, entity: Entity) -> Iterator[Triple]:
    yield entity.iri, RDF.type, entity.type
    for name in _names(article, entity):
        yield entity.iri, SKOS.altLabel, _words(name, article.language)
    for mention in entity.mentions:
        yield span_iri(article.key, mention.span), ITSRDF.taIdentRef, entity.iri


def _names(article: Article, entity: Entity) -> Iterable[str]:
    """What the article calls it by name: not «the platform», which names something else elsewhere.

    A name printed only in an inflected form gives way to the label that it is a form of.
    """
    labels = [label for label in entity.labels if label.language in (None, article.language)]
    names = {str(label) for label in labels}
    printed = dict.fromkeys(mention.surface for mention in entity.mentions if mention.surface in names)
    return printed or [str(label) for label in labels[:1]] or [entity.mentions[0].surface]


def _spans(reading: Reading) -> list[Span]:
    evidence = {span for fact in reading.facts for span in fact.evidence}
    return sorted(evidence | {mention.span for entity in reading.entities for mention in entity.mentions})


def span_iri(key: str, span: Span) -> URIRef:
    """The IRI of a stretch of an article's text: a fragment in the manner of RFC 5147."""
    return URIRef(f"{article_iri(key)}#char={span.start},{span.end}")


def _span(article: Article, span: Span) -> Iterator[Triple]:
    if not 0 <= span.start < span.end <= len(article.text):
        raise ValueError(f"{article.key}: {span} lies outside a text of {len(article.text)} code points")
    iri = span_iri(article.key, span)
    yield iri, RDF.type, KH.Span
    yield iri, NIF.referenceContext, _context(article)
    yield iri, NIF.beginIndex, _integer(span.start)
    yield iri, NIF.endIndex, _integer(span.end)
    # Not normalised again: it must equal the text at these very offsets.
    yield iri, NIF.anchorOf, Literal(article.text[span.start : span.end], lang=article.language.lower())


# --- the article itself


def _context(article: Article) -> URIRef:
    return URIRef(f"{article_iri(article.key)}#text")


def _text(article: Article) -> Iterator[Triple]:
    yield _context(article), RDF.type, NIF.Context
    yield _context(article), NIF.isString, Literal(article.text, lang=article.language.lower())


def _metadata(article: Article) -> Iterator[Triple]:
    iri, graph = article_iri(article.key), graph_iri(article.key)
    yield iri, RDF.type, KH.Article
    yield iri, SCHEMA.inLanguage, Literal(article.language)
    yield iri, SCHEMA.sha256, Literal(hashlib.sha256(article.text.encode()).hexdigest())
    if article.title:
        yield iri, SCHEMA.headline, _words(article.title, article.language)
    if article.published is not None:
        yield iri, SCHEMA.datePublished, _day(article.published)
    if article.address:
        yield iri, SCHEMA.url, _address(article.address)
    if article.publisher:
        yield iri, SCHEMA.publisher, Literal(_nfc(article.publisher))
    if article.author:
        yield iri, SCHEMA.author, Literal(_nfc(article.author))
    yield graph, RDF.type, PROV.Bundle
    yield graph, PROV.wasDerivedFrom, iri


def _address(address: str) -> Term:
    if not re.match(r"https?://", address):
        return Literal(_nfc(address))
    return URIRef(_FORBIDDEN_IN_IRI.sub(lambda match: quote(match[0], safe=""), _nfc(address)))


# --- literals, each in the one lexical form that the store would give it too


def _term(term: Term) -> Term:
    if isinstance(term, URIRef):
        return term
    if term.language:
        return _words(str(term), term.language)
    return Literal(_nfc(str(term)), datatype=term.datatype, normalize=False)


def _words(text: str, language: str) -> Literal:
    return Literal(_nfc(text), lang=language.lower())


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)


def _decimal(number: float) -> Literal:
    """At most four places, without idle zeros: 0.8, not 0.80; and 1, not 1.0."""
    return Literal(f"{number:.4f}".rstrip("0").rstrip("."), datatype=XSD.decimal, normalize=False)


def _day(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=XSD.date)
