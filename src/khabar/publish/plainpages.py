"""The pages of a plain dataset, of which nothing is known but that it is RDF: the form for queries."""

from __future__ import annotations

from flask import Blueprint, Response

from khabar.publish.site import link

blueprint = Blueprint("plain", __name__)


@blueprint.get("/")
def home() -> Response:
    """See other: the endpoint, where a person finds the form and a program the description."""
    return Response(status=303, headers={"Location": link("/sparql")})
