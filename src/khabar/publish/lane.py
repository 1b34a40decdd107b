"""The short way of a plain query: from the environment of WSGI to its answer.

Most requests to an endpoint are a GET of a program that wants what the query gives.  For a query of a third
of a millisecond Flask and the views around it take longer than all else together, so these do without.  What
is out of the ordinary goes the usual way, and so does what a person is to read: a refusal that is to be a
page is handed on, and nothing runs twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from khabar.errors import KhabarError
from khabar.publish import protocol
from khabar.publish.answers import Answer
from khabar.publish.clients import Environ
from khabar.publish.door import FRESH, OPEN, RAISED, ROUTE, Application, StartResponse
from khabar.publish.pool import Gone, Replaced
from khabar.publish.protocol import ANSWERS, HTML, PROBLEM, Refusal
from khabar.publish.running import Runner

PATH: Final = "/sparql"
FOUND: Final = [*OPEN.items(), ("Cache-Control", f"public, {FRESH}")]


class Lane:
    """A WSGI application around Flask's."""

    def __init__(self, inner: Application, runner: Runner, *, is_private: bool) -> None:
        self.inner, self.runner, self.is_private = inner, runner, is_private

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        answer = self._answer(environ) if self._is_plain(environ) else None
        if answer is None:
            return self.inner(environ, start_response)
        environ[ROUTE] = PATH
        names = {name for name, _ in answer.headers}
        more = FOUND if answer.status < 400 else OPEN.items()
        headers = answer.headers + [(name, value) for name, value in more if name not in names]
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase.upper()}", headers)
        return [answer.body] if isinstance(answer.body, bytes) else answer.body

    def _is_plain(self, environ: Environ) -> bool:
        return (
            environ["PATH_INFO"] == PATH
            and environ["REQUEST_METHOD"] == "GET"
            and not self.is_private
            and "HTTP_AUTHORIZATION" not in environ
        )

    def _answer(self, environ: Environ) -> Answer | None:
        try:
            return self._asked(environ)
        except Replaced:  # the usual way asks the newest snapshot
            return None
        except Refusal as refusal:
            if not protocol.prefers_html(environ.get("HTTP_ACCEPT")):
                return _refused(refusal)
            environ[RAISED] = refusal
            return None
        except (KhabarError, Gone) as error:
            environ[RAISED] = error
            return None

    def _asked(self, environ: Environ) -> Answer | None:
        arguments = _arguments(environ.get("QUERY_STRING", ""))
        if "query" not in arguments:
            return None
        runner = self.runner
        asked = protocol.parameters("GET", "", arguments, {}, b"")
        shown = runner.dataset.snapshot()
        query = runner.inspect(asked.text, shown)
        formats = (*ANSWERS[query.form], HTML)
        format_ = protocol.choose(_first(arguments, "format"), environ.get("HTTP_ACCEPT"), formats)
        if format_ is HTML:
            return None
        return runner.answer(environ, shown, query, asked, format_, _first(arguments, "timeout"))


def _refused(refusal: Refusal) -> Answer:
    """What goes wrong, for a program."""
    body = protocol.problem(refusal)
    headers = [("Content-Type", PROBLEM), ("Content-Length", str(len(body))), *refusal.headers.items()]
    return Answer(refusal.status, [*headers, ("Vary", "Accept")], body, "")


def _arguments(written: str) -> dict[str, list[str]]:
    """The arguments of a query string; none of one that is not UTF-8, which is for the usual way to judge."""
    try:
        return parse_qs(written, keep_blank_values=True, errors="strict") if written.isascii() else {}
    except ValueError:
        return {}


def _first(arguments: dict[str, list[str]], name: str) -> str | None:
    return arguments.get(name, [None])[0]
