"""Articles sent to a built graph: accepted when they are in the journal, read and published soon after."""

from __future__ import annotations

import json
from typing import Final

from flask import Blueprint, Response, request

from khabar.publish.access import writer_for_request
from khabar.publish.protocol import Refusal

JSON: Final = "application/json"
LINES: Final = ("application/x-ndjson", "application/jsonl")

blueprint = Blueprint("ingest", __name__)


@blueprint.route("/articles", methods=["POST"])
def articles() -> Response:
    """Accept articles, if the request bears a key for it; the same again changes nothing."""
    writer = writer_for_request("ingest")
    if request.mimetype not in (JSON, *LINES):
        raise Refusal(
            status=415, code="media-type", where="Content-Type",
            problem=f"{request.mimetype or 'no media type'} is not how articles are sent",
            fix=f"send {JSON}, one article, or {LINES[0]}, one a line",
        )  # fmt: skip
    accepted = writer.accept(request.get_data())
    if not accepted:
        raise Refusal(code="article", where="body", problem="holds no article", fix="send one at least")
    response = Response(json.dumps({"articles": accepted}) + "\n", status=202, content_type=JSON)
    if len(accepted) == 1:
        response.headers["Location"] = accepted[0]["iri"]
    return response
