"""What stands before the application: answers that are kept, clients that have asked too much, the end.

It is WSGI and not Flask, because an answer that is kept is given several times faster so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final, NamedTuple

from werkzeug.http import is_resource_modified

from khabar.errors import StoreError
from khabar.publish import clients
from khabar.publish.budget import Budget
from khabar.publish.cache import Cache
from khabar.publish.clients import Environ
from khabar.publish.dataset import Dataset
from khabar.publish.front import Front
from khabar.publish.keys import Keys
from khabar.publish.metrics import Metrics
from khabar.publish.protocol import PROBLEM, Refusal, problem

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# What the application tells us, and we it, in the environment of a request.
CLIENT: Final = "khabar.client"  # whom its work is charged to; empty: nobody counts
ROUTE: Final = "khabar.route"  # the rule that matched, for the metrics
SPENT: Final = "khabar.spent"  # seconds that a worker was at work for it
ENTRY: Final = "khabar.entry"  # what the log shall say of its query
KEEP: Final = "khabar.keep"  # the entity tag of an answer that may be given again
RAISED: Final = "khabar.raised"  # why a query is not answered: Flask is to say so

OPERATION: Final = ("/healthz", "/readyz", "/metrics")  # always answered, never charged
KEPT_OVERHEAD: Final = 5000  # bytes: about what the headers of an answer and its places in the cache take
LONGEST_KEY: Final = 8192  # characters of a query string
REQUEST_HEADERS: Final = ("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE")


class Kept(NamedTuple):
    """An answer as it was sent."""

    headers: Headers
    body: bytes
    etag: str
    modified: str
    entry: dict[str, object]  # of the log


class Door:
    """A WSGI application around another one."""

    def __init__(
        self,
        inner: Application,
        dataset: Dataset,
        front: Front,
        metrics: Metrics,
        cache: Cache[Any],
        keys: Keys,
    ) -> None:
        self.inner, self.dataset, self.front, self.metrics, self.cache = inner, dataset, front, metrics, cache
        self.keys = keys
        self.budget = Budget(front.budget, front.burst)
        self.is_closing = False

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        begin = time.monotonic()
        if environ["PATH_INFO"] in OPERATION:
            return self.inner(environ, protected(start_response))
        key = self._key(environ)
        if key is not None and not self.is_closing:
            kept = self.cache.get(key)
            if kept is not None:
                return self._give(kept, environ, start_response, begin)
        client = self._client(environ)
        refusal = self._refusal(client)
        if refusal is not None:
            return self._refuse(refusal, environ, start_response, begin)
        environ[CLIENT] = client
        return self._pass(environ, start_response, key, begin)

    def _client(self, environ: Environ) -> str:
        """Whom to count the work for: the key that is shown, else the address; empty without a limit."""
        if not self.budget.is_limited:
            return ""
        scheme, _, secret = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer":
            with suppress(StoreError):  # the application knows what to say of keys that cannot be read
                key = self.keys.find(secret.strip())
                if key is not None:
                    return f"key {key.name}"
        return clients.address(environ, self.front.proxies)

    def _pass(
        self, environ: Environ, start_response: StartResponse, key: tuple[str, ...] | None, begin: float
    ) -> Iterable[bytes]:
        """Have the application answer; count, charge and keep what it says."""
        said: list[Any] = [500, []]

        def start(status: str, headers: Headers, error: Any = None) -> Any:
            said[:] = int(status[:3]), protect(headers)
            return start_response(status, said[1], *([error] if error else []))

        try:
            body = self.inner(environ, start)
            etag = environ.get(KEEP)
            if key is not None and etag and said[0] == 200 and environ["REQUEST_METHOD"] == "GET":
                whole = _whole(body)
                self._keep(key, said[1], whole, etag, environ.get(ENTRY, {}))
                return [whole]
            return body
        finally:
            seconds = time.monotonic() - begin
            self.budget.charge(environ[CLIENT], environ.get(SPENT, seconds))
            self._record(environ, said[0], said[1], seconds)

    def _key(self, environ: Environ) -> tuple[str, ...] | None:
        """What two requests have in common that get the same answer, or None where none is kept."""
        query = environ.get("QUERY_STRING", "")
        if environ["PATH_INFO"] != "/sparql" or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        if not self.cache.room or not query or len(query) > LONGEST_KEY:
            return None
        if "HTTP_AUTHORIZATION" in environ:  # whether a key is good, only the application knows
            return None
        accepted = [environ.get(name, "") for name in REQUEST_HEADERS]
        try:
            snapshot = self.dataset.snapshot().id
        except StoreError:  # the application knows what to say of it
            return None
        return (snapshot, environ.get("SCRIPT_NAME", ""), query, *accepted)

    def _keep(
        self, key: tuple[str, ...], headers: Headers, body: bytes, etag: str, entry: dict[str, object]
    ) -> None:
        modified = next((value for name, value in headers if name == "Last-Modified"), "")
        size = len(body) + sum(map(len, key)) + KEPT_OVERHEAD
        self.cache.put(key, Kept(headers, body, etag, modified, entry | {"cache": "hit"}), size)

    def _give(
        self, kept: Kept, environ: Environ, start_response: StartResponse, begin: float
    ) -> Iterable[bytes]:
        environ[ROUTE], environ[ENTRY] = "/sparql", kept.entry
        conditional = "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ
        if conditional and not is_resource_modified(environ, etag=kept.etag, last_modified=kept.modified):
            left_out = ("Content-Length", "Content-Type", "Content-Encoding", "Content-Disposition")
            headers = [(name, value) for name, value in kept.headers if name not in left_out]
            start_response("304 NOT MODIFIED", headers)
            environ[ENTRY] = kept.entry | {"cache": "unchanged"}
            self._record(environ, 304, headers, time.monotonic() - begin)
            return []
        start_response("200 OK", list(kept.headers))
        self._record(environ, 200, kept.headers, time.monotonic() - begin)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [kept.body]

    def _refusal(self, client: str) -> Refusal | None:
        if self.is_closing:
            return Refusal(
                status=503, code="closing", where="server", problem="it is about to stop",
                fix="ask again in a moment", headers={"Retry-After": "5", "Connection": "close"},
            )  # fmt: skip
        wait = self.budget.wait(client)
        if wait:
            return Refusal(
                status=429,
                code="budget",
                where="client",
                problem=f"it has used its {self.front.budget:g} seconds of work a minute",
                fix=f"ask again in {wait} seconds, or take the dump",
                headers={"Retry-After": str(wait)},
            )
        return None

    def _refuse(
        self, refusal: Refusal, environ: Environ, start_response: StartResponse, begin: float
    ) -> Iterable[bytes]:
        """Refuse without asking the application: a server with too much to do has no time for pages."""
        body = problem(refusal)
        headers = [
            ("Content-Type", PROBLEM), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"),
            *ALWAYS, *refusal.headers.items(),
            *(OPEN.items() if may_be_read(environ) else ()),
        ]  # fmt: skip
        status = {429: "429 TOO MANY REQUESTS", 503: "503 SERVICE UNAVAILABLE"}[refusal.status]
        start_response(status, headers)
        self._record(environ, refusal.status, headers, time.monotonic() - begin)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _record(self, environ: Environ, status: int, headers: Headers, seconds: float) -> None:
        route = environ.get(ROUTE, "other")
        self.metrics.answered(route, status, seconds)
        if SPENT in environ and environ[SPENT]:
            self.metrics.worked(environ[SPENT])
        entry = environ.get(ENTRY, {})
        if "cache" in entry:
            self.metrics.came(entry["cache"])
        if self.front.log is None or route != "/sparql":
            return
        size = next((int(value) for name, value in headers if name == "Content-Length"), None)
        self.front.log.write({"status": status, "ms": round(seconds * 1000, 1), "bytes": size} | entry)


def may_be_read(environ: Environ) -> bool:
    """Whether scripts of every site may see the answer: it was not asked to write anything."""
    return environ["REQUEST_METHOD"] in ("GET", "HEAD") or environ["PATH_INFO"] == "/sparql"


def _whole(body: Iterable[bytes]) -> bytes:
    """All of what an application says; it is closed as a server would close it."""
    try:
        return b"".join(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


FRESH: Final = "max-age=60, stale-while-revalidate=600"  # of Cache-Control
# On every answer that only reads: scripts of every site may see it.
OPEN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Disposition, Content-Location, Content-Range, ETag, Link, Retry-After"
    ),
}
# Nothing is loaded but our own style sheet, font and icon; no script runs.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# On every answer: closed to scripts and frames in a browser, unless it brings a policy of its own.
PROTECTION: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ALWAYS: Final = list(PROTECTION.items())


def protect(headers: Headers) -> Headers:
    """HEADERS, and those of PROTECTION that they do not have."""
    has = {name for name, _ in headers}
    return headers + [(name, value) for name, value in ALWAYS if name not in has]


def protected(start_response: StartResponse) -> StartResponse:
    """One that protects all that it is told."""
    return lambda status, headers, *error: start_response(status, protect(headers), *error)
