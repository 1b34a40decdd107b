"""One article to what it states: segment, recognise, link, relate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from rdflib import URIRef

from khabar.errors import ReadError
from khabar.knowledge import Knowledge, load
from khabar.model import Article, Fact, Reading
from khabar.processes import spread
from khabar.text.discourse import Discourse
from khabar.text.link import link
from khabar.text.recognise import recognise
from khabar.text.relate import relate
from khabar.text.segment import quotations, segment


def extract(article: Article, knowledge: Knowledge) -> Reading:
    """The facts of ARTICLE with the entities they are about; raises ReadError for an unknown language.

    Deterministic and offline: the same article and Turtle give the same Reading.
    """
    language = knowledge.languages.get(article.language)
    if language is None:
        raise ReadError(
            where=article.origin or article.key,
            problem=f"is in {article.language!r}, which no file in ontology/languages describes",
            fix=f"give one of {', '.join(sorted(knowledge.languages))}, or add a language file",
        )
    sentences = segment(article, language)
    discourse = Discourse(article, knowledge)
    linked = link(recognise(article, sentences, knowledge), discourse)
    facts = relate(article, linked, discourse, quotations(article.text), knowledge)
    return Reading(article, discourse.entities(_named(facts)), facts)


def extract_all(articles: Iterable[Article], knowledge: Knowledge, jobs: int = 1) -> Iterator[Reading]:
    """Extract ARTICLES in their order, in at most JOBS processes; the readings are the same."""
    work = partial(extract, knowledge=knowledge)
    yield from spread(work, articles, jobs, prepare=_extractor, given=(knowledge.folder,))


def _extractor(knowledge: Path) -> Callable[[Article], Reading]:
    return partial(extract, knowledge=load(knowledge))


def _named(facts: Iterable[Fact]) -> set[URIRef]:
    """Every entity that a fact is about or mentions."""
    found: set[URIRef] = set()
    for fact in facts:
        values = (fact.subject, fact.object, fact.attributed_to, *(v for _, v in fact.qualifiers))
        found.update(v for v in values if isinstance(v, URIRef))
    return found
