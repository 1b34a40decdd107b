"""A page or RDF for each IRI of ours, as the client prefers, and the pages that lead to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response, abort, redirect, request

from khabar.publish import protocol
from khabar.publish.protocol import HTML, JSONLD, TRIG, TURTLE, Format
from khabar.publish.site import link, page, site, view, with_links
from khabar.publish.views import KINDS, PREFIXES, Thing

# The first is what `*/*` gets: a person who follows a link, and curl without a header.
REPRESENTATIONS: Final = (HTML, TURTLE, JSONLD, protocol.NTRIPLES, TRIG, protocol.RDFXML, protocol.NQUADS)
DATA: Final = REPRESENTATIONS[1:]
WITH_GRAPHS: Final = (TRIG, protocol.NQUADS)

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> Response:
    """What the graph is, how much is in it, one of its facts, and the ways in."""
    reader = view()
    snapshot, interface = reader.snapshot, reader.interface
    example = next(
        (
            fact
            for tag in [interface.example_language, *(language.tag for language in interface.languages)]
            for row in snapshot.once("example.rq", language=ox.Literal(tag))
            for fact in reader.facts(row["statement"].value).facts
        ),
        None,
    )
    counted = {
        row["class"].value.rpartition("#")[2]: row["number"].value for row in snapshot.once("numbers.rq")
    }
    articles = [
        (reader.thing(row["article"].value), reader.shown(row["published"]) if "published" in row else None)
        for row in snapshot.once("articles.rq")
    ]
    home_page = page(
        "home.html",
        example=example,
        numbers=[
            (counted.get(cls, "0"), name)
            for cls, name in (
                ("Article", "articles"), ("Statement", "statements"), ("Person", "people"),
                ("Organization", "bodies"), ("Event", "events"),
            )
        ],
        articles=articles,
        questions=interface.questions(reader.language),
    )  # fmt: skip
    return with_links(home_page)


@blueprint.get("/search")
def search() -> Response:
    """The things whose name contains some words."""
    words = request.args.get("q", "").strip()[:200]
    return page("search.html", words_asked=words, found=_search(words))


def _search(words: str) -> list[Thing]:
    if not words:
        return []
    rows = view().snapshot.select("search.rq", needle=ox.Literal(words.lower()))
    return [view().thing(row["thing"].value) for row in rows]


def not_found() -> Response:
    """A page for an address that names nothing: what has such a name, or what holds one of its words."""
    words = request.path.rpartition("/")[2].rpartition(".")[0] or request.path.rpartition("/")[2]
    words = words.replace("-", " ").replace("_", " ").strip()
    found = _search(words) or [thing for word in words.split() if len(word) > 3 for thing in _search(word)]
    return page("not-found.html", 404, words_asked=words, found=list(dict.fromkeys(found))[:12])


# --- one thing


@blueprint.get("/<any(id, article):kind>/<name>")
def thing(kind: str, name: str) -> Response:
    """See other: a page about the thing, or data about it (https://www.w3.org/TR/cooluris/#r303gendocument)."""
    stem, format_ = _split(name)
    iri = f"{site().dataset.base}{kind}/{stem}"
    if not _is_known(iri):
        abort(404)
    if format_ is None:
        format_ = protocol.choose(request.args.get("format"), request.headers.get("Accept"), REPRESENTATIONS)
        response = redirect(link(f"/{kind}/{stem}.{format_.name}"), 303)
        response.vary.update(("Accept", "Accept-Language"))
        return _as_flask(response)
    response_ = _html(kind, iri) if format_ is HTML else _data(_about(iri), format_)
    others = (other for other in REPRESENTATIONS if other is not format_)
    for other in others:
        address = link(f"/{kind}/{stem}.{other.name}")
        response_.headers.add("Link", f'<{address}>; rel="alternate"; type="{other.media_type}"')
    return response_


def _as_flask(response: object) -> Response:
    if not isinstance(response, Response):
        raise TypeError("a redirect of Flask is a Response of Flask")
    return response


def _split(name: str) -> tuple[str, Format | None]:
    """A name of ours and the format that its suffix asks for."""
    stem, dot, suffix = name.rpartition(".")
    format_ = next((format_ for format_ in REPRESENTATIONS if format_.name == suffix), None)
    format_ = format_ or (JSONLD if suffix == "json" else None)
    return (stem, format_) if dot and stem and format_ else (name, None)


def _is_known(iri: str) -> bool:
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        return False
    return bool(view().snapshot.select("exists.rq", this=node))


def _html(kind: str, iri: str) -> Response:
    return _article(iri) if kind == "article" else _entity(iri)


def _entity(iri: str) -> Response:
    reader = view()
    facts, is_cut = reader.facts(iri)
    if len(facts) == 1 and facts[0].iri == iri:
        return page("statement.html", fact=facts[0])
    also, identities = reader.identities(iri)
    return page(
        "entity.html",
        thing=reader.thing(iri),
        names=[name for name in reader.names(iri) if name != reader.thing(iri).name],
        classes=reader.classes(iri),
        also=also,
        identities=identities,
        sections=reader.sections(iri, facts),
        quotes=[fact for fact in facts if reader.is_quote(fact) and fact.subject.iri == iri],
        elsewhere=reader.elsewhere(iri, facts),
        is_cut=is_cut,
    )


def _article(iri: str) -> Response:
    reader = view()
    known = next(iter(reader.snapshot.select("article.rq", this=ox.NamedNode(iri))), None)
    if known is None:
        abort(404)
    facts, is_cut = reader.facts(iri)
    in_order = sorted(facts, key=lambda fact: (fact.begin, fact.iri))
    graph = iri.replace(f"{site().dataset.base}article/", f"{site().dataset.base}graph/text/")
    texts = (
        reader.snapshot.select("text.rq", graph=ox.NamedNode(graph)) if site().dataset.publish_text else []
    )
    return page(
        "article.html",
        article=reader.thing(iri),
        known={name: reader.shown(term) for name, term in known.items() if name not in ("this", "address")},
        address=known["address"].value if "address" in known else None,
        facts=[fact for fact in in_order if fact.article.iri == iri],
        is_cut=is_cut,
        full_text=reader.shown(texts[0]["text"]) if texts else None,
    )


def _about(iri: str) -> Iterator[ox.Quad]:
    """The quads about a thing: its own, those that lead to it, and its statements with their evidence."""
    snapshot = view().snapshot
    evidence = f"{snapshot.base}ont#evidence"
    yield from snapshot.description(iri)
    yield from snapshot.links_to(iri)
    for row in snapshot.select("statements.rq", this=ox.NamedNode(iri)):
        for quad in snapshot.description(row["statement"].value):
            yield quad
            if quad.predicate.value == evidence and isinstance(quad.object, ox.NamedNode):
                yield from snapshot.description(quad.object.value)


def _data(quads: Iterable[ox.Quad], format_: Format) -> Response:
    """Quads as a file: sorted, so that the same graph gives the same bytes."""
    base = view().snapshot.base
    in_order = sorted(set(quads), key=str)
    triples = dict.fromkeys(quad.triple for quad in in_order)
    body = ox.serialize(
        in_order if format_ in WITH_GRAPHS else triples,
        format=ox.RdfFormat.from_media_type(format_.media_type),
        prefixes=PREFIXES | {"kh": f"{base}ont#", "id": f"{base}id/"},
    )
    response = Response(body or b"", content_type=f"{format_.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="khabar.{format_.name}"'
    response.vary.add("Accept")
    return response


# --- graphs, the ontology


@blueprint.get("/graph/<path:name>")
def graph(name: str) -> Response:
    """All that one named graph says."""
    stem, format_ = _split(name)
    iri = f"{site().dataset.base}graph/{stem}"
    if not view().snapshot.has_graph(iri):
        abort(404)
    accept = request.headers.get("Accept")
    format_ = format_ or protocol.choose(request.args.get("format"), accept, (*DATA, HTML))
    # There is no page about a graph: a browser, too, gets its data.
    return _data(view().snapshot.quads(iri), TURTLE if format_ is HTML else format_)


@blueprint.get("/ont")
@blueprint.get("/ont.<suffix>")
def ontology(suffix: str | None = None) -> Response:
    """The ontology, for people and for programs."""
    reader = view()
    iri = f"{site().dataset.base}graph/ontology"
    if not reader.snapshot.has_graph(iri):
        abort(404)
    format_ = protocol.named(suffix, REPRESENTATIONS) if suffix else None
    if suffix and format_ is None:
        abort(404)
    format_ = format_ or protocol.choose(
        request.args.get("format"), request.headers.get("Accept"), REPRESENTATIONS
    )
    if format_ is not HTML:
        return _data(reader.snapshot.quads(iri), format_)
    response = page("ontology.html", terms=reader.definitions(), kinds=KINDS, formats=DATA)
    response.vary.add("Accept")
    return response
