"""Whole graphs as data, the ontology as a page too, and the few other IRIs of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from flask import Blueprint, Response, abort

from khabar.publish import diagram, protocol
from khabar.publish.protocol import HTML, TURTLE
from khabar.publish.representations import DATA, REPRESENTATIONS, chosen, data, split
from khabar.publish.site import page, site, view
from khabar.publish.terms import KINDS, definitions
from khabar.publish.things import is_known

blueprint = Blueprint("graphs", __name__)


@blueprint.get("/graph/<path:name>")
def graph(name: str) -> Response:
    """All that one named graph says, and what is said of it."""
    stem, format_ = split(name)
    iri = f"{site().dataset.base}graph/{stem}"
    if not view().snapshot.has_graph(iri):
        abort(404)
    format_ = format_ or chosen((*DATA, HTML))
    # There is no page about a graph: a browser, too, gets its data.
    return data(_of_graph(iri), TURTLE if format_ is HTML else format_, stem)


def _of_graph(iri: str) -> Iterator[ox.Quad]:
    yield from view().snapshot.quads(iri)
    yield from view().snapshot.description(iri)


@blueprint.get("/ont")
@blueprint.get("/ont.<suffix>")
@blueprint.get("/ont/<version>")
def ontology(suffix: str | None = None, version: str | None = None) -> Response:
    """The ontology, for people and for programs; its version is the one that the graph was built with."""
    reader = view()
    iri = f"{site().dataset.base}graph/ontology"
    is_there = version is None or is_known(f"{site().dataset.base}ont/{version}")
    if not reader.snapshot.has_graph(iri) or not is_there:
        abort(404)
    format_ = protocol.named(suffix, REPRESENTATIONS) if suffix else chosen()
    if format_ is None:
        abort(404)
    if format_ is not HTML:
        return data(_of_graph(iri), format_, "ontology")
    terms = definitions(reader)
    response = page(
        "ontology.html", terms=terms, kinds=KINDS, formats=DATA, tree=diagram.tree(terms),
        relations=diagram.relations(terms),
    )  # fmt: skip
    response.vary.add("Accept")
    return response


@blueprint.get("/lexicon/<name>")
def lexicon(name: str) -> Response:
    """The words and frames of one language, with which articles were read."""
    stem, format_ = split(name)
    base = site().dataset.base
    iri = f"{base}graph/lexicon"
    if not view().snapshot.has_graph(iri):
        abort(404)
    start = f"<{base}lexicon/{stem}#"
    quads = [quad for quad in view().snapshot.quads(iri) if str(quad.subject).startswith(start)]
    if not quads:
        abort(404)
    format_ = format_ or chosen((*DATA, HTML))
    return data(quads, TURTLE if format_ is HTML else format_, stem)


@blueprint.get("/<any(dataset, maintainers):name>")
@blueprint.get("/<any(dataset, maintainers):name>.<suffix>")
def other(name: str, suffix: str | None = None) -> Response:
    """What is said of the dataset, or of those who maintain it."""
    iri = f"{site().dataset.base}{name}"
    if not is_known(iri):
        abort(404)
    format_ = protocol.named(suffix, DATA) if suffix else chosen((*DATA, HTML))
    if format_ is None:
        abort(404)
    return data(view().snapshot.description(iri), TURTLE if format_ is HTML else format_, name)
