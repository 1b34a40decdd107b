"""The formats that every thing of ours can be had in, and quads written in one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox
from flask import Response, request

from khabar.publish import protocol
from khabar.publish.protocol import HTML, JSONLD, TRIG, TURTLE, Format
from khabar.publish.site import link, view
from khabar.publish.views import PREFIXES

# The first is what `*/*` gets: a person who follows a link, and curl without a header.
REPRESENTATIONS: Final = (HTML, TURTLE, JSONLD, protocol.NTRIPLES, TRIG, protocol.RDFXML, protocol.NQUADS)
DATA: Final = REPRESENTATIONS[1:]
WITH_GRAPHS: Final = (TRIG, protocol.NQUADS)


def split(name: str) -> tuple[str, Format | None]:
    """A name of ours and the format that its suffix asks for."""
    stem, dot, suffix = name.rpartition(".")
    format_ = next((format_ for format_ in REPRESENTATIONS if format_.name == suffix), None)
    format_ = format_ or (JSONLD if suffix == "json" else None)
    return (stem, format_) if dot and stem and format_ else (name, None)


def chosen(formats: tuple[Format, ...] = REPRESENTATIONS) -> Format:
    """The format that the request asks for, by `format=` or Accept; refuses what there is not."""
    return protocol.choose(request.args.get("format"), request.headers.get("Accept"), formats)


def data(quads: Iterable[ox.Quad], format_: Format, name: str = "khabar") -> Response:
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
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)[:80]
    response.headers["Content-Disposition"] = f'inline; filename="{kept}.{format_.name}"'
    response.vary.add("Accept")
    return response


def signpost(response: Response, path: str, shown: Format, iri: str, types: Iterable[str] = ()) -> Response:
    """Tell programs where they are: what to cite, and the same in other formats.

    https://signposting.org/FAIR/ says how; PATH is that of the thing, without a suffix.
    """
    links = [f'<{iri}>; rel="cite-as"', f'<{view().snapshot.base}dataset>; rel="collection"']
    links += [f'<{type_}>; rel="type"' for type_ in types]
    for other in REPRESENTATIONS:
        address, of_type = link(f"{path}.{other.name}"), f'type="{other.media_type}"'
        if other is not shown:
            links.append(f'<{address}>; rel="alternate"; {of_type}')
        if shown is HTML and other is not HTML:
            links.append(f'<{address}>; rel="describedby"; {of_type}')
    if shown is not HTML:
        links.append(f'<{link(f"{path}.{HTML.name}")}>; rel="describes"; type="{HTML.media_type}"')
    for one in links:
        response.headers.add("Link", one)
    return response
