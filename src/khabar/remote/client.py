"""A store that is asked over HTTP, as the SPARQL 1.1 Protocol has it: https://www.w3.org/TR/sparql11-protocol/

Both queries and updates are forms that are posted: Virtuoso never answers a query that is sent as a body of
its own, and an address has no room for a long one.  Nothing is sent anywhere but to the one address given:
no redirect is followed, and neither a proxy nor a name of the environment is taken.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from urllib3.exceptions import NewConnectionError

from khabar.errors import StoreError
from khabar.remote.profile import DEFINE, JSON, CutError, LostError, Profile, RemoteError

CONNECT: Final = 10.0  # seconds until it must have taken our call
ANSWER: Final = 120.0  # seconds that it may be silent, where nobody asks for less
CHUNK: Final = 1 << 16  # bytes
MOST: Final = 1 << 30  # bytes of an answer, where nobody asks for less
SHOWN: Final = 300  # characters of what a store says of its troubles
ROWS_CUT: Final = "X-SPARQL-MaxRows"  # a header of Virtuoso's: there would have been more
PARTIAL: Final = "X-SQL-State"  # another one: it ran out of time, and this is only a part

T = TypeVar("T")

# Virtuoso has no truth values: it keeps 1 and 0, and answers ASK with a row.
_BOOLEAN: Final = re.compile(
    rb'("datatype":\s*"http://www\.w3\.org/2001/XMLSchema#boolean",\s*"value":\s*)"([01])"'
)
_ASKED: Final = "__ASK_RETVAL"


class Bearer(AuthBase):
    """A token: https://www.rfc-editor.org/rfc/rfc6750#section-2.1"""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class Client:
    """One store, asked by any number of threads."""

    def __init__(
        self,
        address: str,
        profile: Profile,
        *,
        user: str | None = None,
        password: str | None = None,
        token: str | None = None,
        answer: float = ANSWER,
    ) -> None:
        """ANSWER is how many seconds the store may be silent.  Raises StoreError for what is no address."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise StoreError(
                where="--store",
                problem="is not the address of a store",
                fix="write one such as http://localhost:7878, without anything after a question mark",
            )
        host = parts.netloc.rpartition("@")[2]
        self.address = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        self.profile = profile
        self._secrets = [secret for secret in (password, parts.password, token) if secret]
        self._auth = _auth(profile, user or parts.username, password or parts.password, token)
        self._answer = answer
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = self._auth
        has_key = self._auth is not None
        self._query = self.address + (profile.query if has_key else profile.without_key or profile.query)
        self._update = self.address + profile.update

    def ask(
        self,
        query: str,
        media_type: str = JSON,
        *,
        default: Sequence[str] = (),
        named: Sequence[str] = (),
        seconds: float | None = None,
        most: int | None = None,
    ) -> bytes:
        """The whole answer to a query, of at most MOST bytes; see profile.Remote."""
        form = self._form(query, default, named)
        end = time.monotonic() + seconds if seconds is not None else None
        with self._post(self._query, form, media_type, seconds or self._answer) as response:
            self._check(response)
            content = self._read(response, most or MOST, end)
            self._check_whole(response, media_type, content)
        return _usual(content) if media_type == JSON else content

    def update(self, text: str) -> None:
        """Have it run an update; see profile.Remote."""
        with self._post(self._update, {self.profile.parameter: text}, "*/*", self._answer) as response:
            self._check(response)
            self._read(response, MOST, None)

    def _form(self, query: str, default: Sequence[str], named: Sequence[str]) -> dict[str, object]:
        """What is posted: https://www.w3.org/TR/sparql11-protocol/#dataset"""
        if self.profile.dataset != DEFINE:
            return {"query": query, "default-graph-uri": [*default], "named-graph-uri": [*named]}
        lines = [f"define input:default-graph-uri <{graph}>" for graph in default]
        lines += [f"define input:named-graph-uri <{graph}>" for graph in named]
        return {"query": "\n".join([*lines, query])}

    def _post(self, address: str, form: Any, media_type: str, silent: float) -> requests.Response:
        def send() -> requests.Response:
            return self._session.post(
                address, data=form, headers={"Accept": media_type}, timeout=(min(CONNECT, silent), silent),
                allow_redirects=False, stream=True,
            )  # fmt: skip

        return self._guarded(send)

    def _guarded(self, do: Callable[[], T]) -> T:
        """What DO gives; what the network says of it as our own errors."""
        try:
            return do()
        except requests.ConnectTimeout as error:
            raise self._unreachable("takes no call") from error
        except requests.Timeout as error:
            raise self._lost(f"did not answer in {self._answer:g} seconds") from error
        except requests.exceptions.SSLError as error:
            raise self._unreachable("cannot prove who it is (TLS)") from error
        except requests.ConnectionError as error:
            if isinstance(getattr(next(iter(error.args), None), "reason", None), NewConnectionError):
                raise self._unreachable("cannot be reached") from error
            raise self._lost("has hung up") from error
        except requests.RequestException as error:
            raise self._lost(f"broke off its answer ({type(error).__name__})") from error

    def _read(self, response: requests.Response, most: int, end: float | None) -> bytes:
        content = bytearray()

        def read() -> None:
            for chunk in response.iter_content(CHUNK):
                content.extend(chunk)
                if len(content) > most:
                    raise CutError(
                        where=self.address, problem="gives a larger answer than allowed", fix="ask for less"
                    )
                if end is not None and time.monotonic() > end:
                    raise TimeoutError

        self._guarded(read)
        return bytes(content)

    def _check(self, response: requests.Response) -> None:
        """Raise RemoteError for an answer that is none."""
        status = response.status_code
        if status < 300:
            return
        if status in (401, 403):
            problem = "wants a name and a password" if self._auth is None else "does not accept our key"
            raise RemoteError(
                where=self.address,
                problem=f"{problem} (HTTP {status})",
                fix="set KHABAR_STORE_USER and KHABAR_STORE_PASSWORD, or KHABAR_STORE_TOKEN",
            )
        if status < 400:
            raise RemoteError(
                where=self.address,
                problem=f"sends us to another address (HTTP {status}), which we do not follow",
                fix="name that address with --store",
            )
        said = self._shown(response)
        if status >= 500:
            raise self._lost(f"failed (HTTP {status}){said}")
        raise RemoteError(
            where=self.address,
            problem=f"refuses what it was asked (HTTP {status}){said}",
            fix="look whether --store and --store-kind are those of this store",
        )

    def _check_whole(self, response: requests.Response, media_type: str, content: bytes) -> None:
        """Raise CutError for a part of an answer that would pass as the whole."""
        if ROWS_CUT in response.headers or PARTIAL in response.headers:
            raise CutError(
                where=self.address,
                problem="gives only a part of the answer",
                fix="add LIMIT, or have the store give more rows and take more time",
            )
        if media_type == JSON and not content.rstrip().endswith(b"}"):
            raise self._lost("broke off its answer")

    def _shown(self, response: requests.Response) -> str:
        """The first line of what a store says of its troubles, without anything secret."""
        text = self._read(response, MOST, None).decode("utf-8", "replace").strip()
        line = next(iter(text.splitlines()), "")[:SHOWN]
        for secret in self._secrets:
            line = line.replace(secret, "…")
        return f": {line}" if line and "<" not in line[:1] else ""

    def _unreachable(self, problem: str) -> LostError:
        return LostError(
            where=self.address,
            problem=problem,
            fix="look whether it runs, and whether --store is its address",
        )

    def _lost(self, problem: str) -> LostError:
        return LostError(
            where=self.address, problem=problem, fix="look at its log; then give the same command again"
        )


def _auth(profile: Profile, user: str | None, password: str | None, token: str | None) -> AuthBase | None:
    if token:
        return Bearer(token)
    if user is None and password is None:
        return None
    kind = HTTPDigestAuth if profile.key == "digest" else HTTPBasicAuth
    return kind(user or "", password or "")


def _usual(content: bytes) -> bytes:
    """JSON results as the recommendation has them: https://www.w3.org/TR/sparql11-results-json/"""
    if _ASKED.encode() in content[:500]:
        rows = json.loads(content)["results"]["bindings"]
        return json.dumps({"head": {}, "boolean": bool(rows and rows[0][_ASKED]["value"] == "1")}).encode()
    return _BOOLEAN.sub(lambda match: match[1] + (b'"true"' if match[2] == b"1" else b'"false"'), content)
