"""A page or RDF for each thing, statement and article, as the client prefers."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from flask import Blueprint, Response, abort, redirect, request

from khabar.publish import bands, described, disagreements, readings
from khabar.publish.around import around
from khabar.publish.interface import Text
from khabar.publish.protocol import HTML
from khabar.publish.representations import chosen, data, signpost, split
from khabar.publish.sections import elsewhere, is_quote, sections
from khabar.publish.site import link, page, site, view
from khabar.publish.views import Fact, Facts, Thing, value

blueprint = Blueprint("things", __name__)


@blueprint.get("/<any(id, article):kind>/<name>")
def thing(kind: str, name: str) -> Response:
    """See other: a page about the thing, or data about it (https://www.w3.org/TR/cooluris/#r303gendocument)."""
    stem, format_ = split(name)
    iri = f"{site().dataset.base}{kind}/{stem}"
    if not is_known(iri):
        abort(404)
    if (merged := _replacement(iri)) is not None:
        return _as_flask(redirect(merged if format_ is None else f"{merged}.{format_.name}", 301))
    if format_ is None:
        format_ = chosen()
        response = _as_flask(redirect(link(f"/{kind}/{stem}.{format_.name}", **_kept()), 303))
        response.vary.update(("Accept", "Accept-Language"))
        return response
    if format_ is HTML:
        response = _article(iri) if kind == "article" else _entity(iri)
    else:
        response = data(_of_article(iri) if kind == "article" else _about(iri), format_, stem)
    types = [value(row["class"]) for row in view().snapshot.select("classes.rq", this=ox.NamedNode(iri))]
    return signpost(response, f"/{kind}/{stem}", format_, iri, sorted(types))


def _kept() -> dict[str, str]:
    return {"page": request.args["page"]} if "page" in request.args else {}


def _as_flask(response: object) -> Response:
    if not isinstance(response, Response):
        raise TypeError("a redirect of Flask is a Response of Flask")
    return response


def is_known(iri: str) -> bool:
    """Whether anything is said of an IRI, or of something by way of it."""
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        return False
    return bool(view().snapshot.select("exists.rq", this=node))


def thing_asked(name: str) -> str:
    """The IRI of the thing of that name, which must be there; a statement is none."""
    iri = f"{site().dataset.base}id/{name}"
    if not is_known(iri) or view().fact(iri) is not None:
        abort(404)
    return iri


def _replacement(iri: str) -> str | None:
    """The address of the thing that an IRI has been merged into."""
    rows = view().snapshot.select("replaced.rq", this=ox.NamedNode(iri))
    base = site().dataset.base
    found = (value(row["other"]) for row in rows if value(row["other"]).startswith(f"{base}id/"))
    other = next((other for other in found if other != iri), None)
    return None if other is None else link("/" + other.removeprefix(base))


def page_asked() -> int:
    """The page that `?page=` asks for; the first, if it is no number."""
    asked = request.args.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1


# --- pages


def _entity(iri: str) -> Response:
    reader = view()
    fact = reader.fact(iri)
    if fact is not None:
        return _statement(fact)
    same = reader.same(iri)
    facts = reader.facts(same, page_asked())
    shown = reader.thing(iri)
    return page(
        "entity.html",
        thing=shown,
        names=_other_names(shown),
        classes=reader.classes(iri),
        identities=reader.identities(iri),
        sections=sections(reader, same, facts.facts),
        quotes=[fact for fact in facts.facts if is_quote(reader, fact) and fact.subject.iri in same],
        elsewhere=elsewhere(same, facts.facts),
        facts=facts,
        chart=bands.chart((_other_end(fact, same), fact) for fact in facts.facts if fact.ends & {*same}),
        has_chairs=any(_is_chaired(fact, same) for fact in facts.facts),
        disputes=[dispute for dispute in disagreements.disputes(reader.snapshot) if dispute.about in same],
        described=described.thing(reader, iri),
        tab="facts",
    )


def _other_names(thing: Thing) -> list[Text]:
    """The names under which a thing is not shown, each once, whatever languages it is a name in."""
    names = {name.value: name for name in reversed(view().names(thing.iri))}
    names.pop(thing.name.value, None)
    return list(reversed(names.values()))


def _other_end(fact: Fact, iris: tuple[str, ...]) -> Thing | Text:
    return fact.subject if fact.subject.iri not in iris else fact.object


def _is_chaired(fact: Fact, iris: tuple[str, ...]) -> bool:
    is_chair = fact.predicate.iri == f"{view().vocabulary}chairs"
    return is_chair and isinstance(fact.object, Thing) and fact.object.iri in iris


def _statement(fact: Fact) -> Response:
    reader = view()
    ends = (fact.subject.iri, fact.object.iri) if isinstance(fact.object, Thing) else None
    bound = {"subject": ox.NamedNode(ends[0]), "object": ox.NamedNode(ends[1])} if ends else {}
    alike = reader.snapshot.select("alike.rq", **bound) if bound else []
    others = [
        other
        for other in reader.facts_of(value(row["statement"]) for row in alike)
        if other.iri != fact.iri and other.predicate == fact.predicate
    ]
    return page("statement.html", fact=fact, others=others, described=described.statement(reader, fact))


@blueprint.get("/around/<name>")
def neighbourhood(name: str) -> Response:
    """A thing in the middle of what it is related to."""
    iri, reader = thing_asked(name), view()
    same = reader.same(iri)
    facts = reader.facts(same)
    return page(
        "around.html",
        thing=reader.thing(iri),
        classes=reader.classes(iri),
        around=around(reader, same, facts.facts),
        facts=facts,
        has_chairs=any(_is_chaired(fact, same) for fact in facts.facts),
        tab="around",
    )


def _article(iri: str) -> Response:
    reader = view()
    known = next(iter(reader.snapshot.select("article.rq", this=ox.NamedNode(iri))), None)
    if known is None:
        abort(404)
    found = reader.facts((iri,), page_asked())
    stated = (fact for fact in found.facts if fact.article.iri == iri)
    in_order = sorted(stated, key=lambda fact: (fact.begin, fact.iri))
    text = _text(iri)
    return page(
        "article.html",
        article=reader.thing(iri),
        known={name: reader.shown(term) for name, term in known.items() if name not in ("this", "address")},
        address=value(known.get("address")),
        facts=Facts(tuple(in_order), found.total, found.page, found.pages),
        text_shown=text,
        paragraphs=readings.paragraphs(text.value, in_order) if text else (),
        described=described.article(reader, iri, known, in_order),
    )


def _text(iri: str) -> Text | None:
    """The text of an article, if texts are published."""
    base = site().dataset.base
    if not site().dataset.publish_text:
        return None
    graph = iri.replace(f"{base}article/", f"{base}graph/text/")
    rows = view().snapshot.select("text.rq", graph=ox.NamedNode(graph))
    shown = view().shown(rows[0]["text"]) if rows else None
    return shown if isinstance(shown, Text) else None


# --- data


def _about(iri: str) -> Iterator[ox.Quad]:
    """The quads about a thing: its own, those that lead to it, and its statements with their evidence."""
    snapshot = view().snapshot
    yield from snapshot.description(iri)
    yield from snapshot.links_to(iri)
    for row in snapshot.select("statements.rq", this=ox.NamedNode(iri)):
        yield from _with_evidence(value(row["statement"]))
    if view().fact(iri) is not None:
        yield from _with_evidence(iri)


def _with_evidence(statement: str) -> Iterator[ox.Quad]:
    evidence = f"{view().vocabulary}evidence"
    for quad in view().snapshot.description(statement):
        yield quad
        if quad.predicate.value == evidence and isinstance(quad.object, ox.NamedNode):
            yield from view().snapshot.description(quad.object.value)


def _of_article(iri: str) -> Iterator[ox.Quad]:
    """The quads about an article: its own, and all of its graph, where its spans have their IRIs."""
    snapshot = view().snapshot
    yield from snapshot.description(iri)
    graph = iri.replace(f"{snapshot.base}article/", f"{snapshot.base}graph/")
    if snapshot.has_graph(graph):
        yield from snapshot.quads(graph)
        yield from snapshot.description(graph)
