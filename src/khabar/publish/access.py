"""Who may do what: a key in a header, and nothing that a browser would send by itself.

There are no cookies and no passwords, so no form on another site can act for anybody, and where one
may write there is no CORS at all (https://www.rfc-editor.org/rfc/rfc6750).
"""

from __future__ import annotations

from typing import Final

from flask import Response, g, request

from khabar.publish import door
from khabar.publish.keys import Key
from khabar.publish.protocol import Refusal, read_only
from khabar.publish.site import site
from khabar.publish.writing import Writer

UPDATE: Final = "/update"  # which only writes
ARTICLES: Final = "/articles"  # likewise
GRAPHS: Final = "/data"  # which reads by GET, and writes by other methods


def current_key() -> Key | None:
    """The key that the request bears; raises Refusal (401) for one that is none."""
    if "key" not in g:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            g.key = None
        elif scheme.lower() != "bearer":
            raise _unauthorised("keys are sent as Authorization: Bearer …")
        else:
            g.key = site().keys.find(secret.strip())
            if g.key is None:
                raise _unauthorised("this is not a key of this server", error="invalid_token")
    found: Key | None = g.key
    return found


def require(scope: str) -> None:
    """Raise Refusal (401 or 403) unless the request bears a key for SCOPE."""
    key = current_key()
    if key is None:
        raise _unauthorised("this needs a key")
    if not key.allows(scope):
        raise Refusal(
            status=403, code="scope", where=f"key {key.name}", problem=f"it is not for {scope}",
            fix=f"ask the operator for a key with the scope {scope}",
            headers={"WWW-Authenticate": _challenge("insufficient_scope", scope)},
        )  # fmt: skip


def require_to_read() -> None:
    """Before every request: a private server answers only those who have a key, whatever it is for.

    Its style and its health are nobody's secret.
    """
    is_preflight = request.method == "OPTIONS"  # https://fetch.spec.whatwg.org/#cors-preflight-request
    is_open = request.endpoint == "static" or request.path in door.OPERATION
    if site().is_private and not is_preflight and not is_open:
        require("read")


def writer_for_request(scope: str = "update") -> Writer:
    """The writer; raises Refusal unless there is one and the request bears a key for SCOPE."""
    writer = site().writer
    if writer is None:
        raise read_only()
    require(scope)
    return writer


def allow_origins(response: Response) -> None:
    """Open to the scripts of every site what only reads."""
    is_preflight = request.method == "OPTIONS"
    is_graph = f"{request.path}/".startswith(f"{GRAPHS}/")
    writes = request.path in (UPDATE, ARTICLES) or (
        is_graph and request.method not in ("GET", "HEAD", "OPTIONS")
    )
    if writes:
        return
    headers = response.headers
    headers.update(door.OPEN)
    if is_preflight:
        posts = "" if is_graph else ", POST"
        headers["Access-Control-Allow-Methods"] = f"GET, HEAD{posts}, OPTIONS"
        headers["Access-Control-Allow-Headers"] = (
            "Accept, Authorization, Content-Type, If-None-Match, If-Range, Range"
        )
        headers["Access-Control-Max-Age"] = "86400"


def _unauthorised(problem: str, *, error: str = "") -> Refusal:
    return Refusal(
        status=401, code="key", where="Authorization", problem=problem,
        fix="send Authorization: Bearer and a key that khabar key add has shown",
        headers={"WWW-Authenticate": _challenge(error)},
    )  # fmt: skip


def _challenge(error: str = "", scope: str = "") -> str:
    """https://www.rfc-editor.org/rfc/rfc6750#section-3"""
    more = {"error": error, "scope": scope}
    return ", ".join(
        ['Bearer realm="khabar"', *(f'{name}="{value}"' for name, value in more.items() if value)]
    )
