"""Files of another khabar over HTTP, of which nothing is believed: not how long they are, nor from where."""

from __future__ import annotations

import hashlib
import os
import urllib.request
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from time import monotonic
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from khabar.dumps.manifest import File
from khabar.dumps.versions import DumpError
from khabar.version import __version__

TIMEOUT: Final = 30.0  # seconds without a byte
PATIENCE: Final = 60.0  # seconds after which a download must have been
SLOWEST: Final = 512  # bytes a second
BLOCK: Final = 2**18  # bytes

_PARTIAL: Final = 206


class MissingError(DumpError):
    """The server does not have what was asked for."""


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only on one host: a mirror must not become a way into other networks."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        is_upgrade = (old.scheme, new.scheme) == ("http", "https") and old.netloc == new.netloc
        if not is_upgrade and (old.scheme, old.netloc) != (new.scheme, new.netloc):
            raise _refused(req.full_url, f"redirects to another host, {new.netloc or newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Remote:
    """The dumps that are served at an ADDRESS; raises DumpError if it is none."""

    def __init__(self, address: str, *, timeout: float = TIMEOUT, patience: float = PATIENCE) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise DumpError(
                where=address,
                problem="is not the address of dumps",
                fix="give one that begins with http:// or https://, such as https://example.org/dump/",
            )
        self.address = address if address.endswith("/") else f"{address}/"
        self._timeout = timeout
        self._patience = patience
        self._opener = urllib.request.build_opener(_SameHost)

    def read(self, name: str, limit: int) -> bytes:
        """All of a file that has at most LIMIT bytes; raises DumpError, or MissingError."""
        with self._open(name, {}) as answer:
            data = bytearray()
            for block in self._blocks(answer, self.address + name):
                data += block
                if len(data) > limit:
                    raise _refused(self.address + name, f"is longer than {limit} bytes")
        return bytes(data)

    def download(self, name: str, file: File, target: Path) -> None:
        """Bring FILE to TARGET, going on where an earlier attempt has ended; raises DumpError."""
        part = target.with_name(f"{target.name}.part")
        if part.exists() and not 0 < part.stat().st_size < file.bytes:
            part.unlink()
        has_begun = part.exists()
        self._fetch(name, file, part)
        if sum_of(part) != file.sha256:
            part.unlink()
            if not has_begun:
                raise _refused(self.address + name, "does not have the sum that the manifest promises")
            self._fetch(name, file, part)  # perhaps it was the beginning that was wrong
            if sum_of(part) != file.sha256:
                part.unlink()
                raise _refused(self.address + name, "does not have the sum that the manifest promises")
        part.replace(target)

    def _fetch(self, name: str, file: File, part: Path) -> None:
        begun = part.stat().st_size if part.exists() else 0
        address = self.address + name
        with self._open(name, {"Range": f"bytes={begun}-"} if begun else {}) as answer:
            if begun and not _goes_on(answer, begun):
                begun = 0
            with part.open("ab" if begun else "wb") as out:
                try:
                    for block in self._blocks(answer, address):
                        begun += len(block)
                        if begun > file.bytes:
                            raise _refused(address, f"is longer than the {file.bytes} bytes of the manifest")
                        out.write(block)
                finally:
                    out.flush()
                    os.fsync(out.fileno())
        if begun < file.bytes:
            raise _refused(address, f"ends after {begun} of {file.bytes} bytes", fix="pull again to go on")

    def _open(self, name: str, headers: dict[str, str]) -> Any:
        address = self.address + name
        request = urllib.request.Request(address, headers={"User-Agent": f"khabar/{__version__}", **headers})
        try:
            return self._opener.open(request, timeout=self._timeout)
        except HTTPError as error:
            error.close()
            if error.code in (404, 410):
                raise MissingError(where=address, problem="is not there", fix="check the address") from error
            raise _refused(address, f"answers with status {error.code}") from error
        except (URLError, OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise _refused(address, f"cannot be reached: {_plain(reason)}", fix="try again later") from error

    def _blocks(self, answer: Any, address: str) -> Any:
        start, received = monotonic(), 0
        try:
            while block := answer.read1(BLOCK):
                received += len(block)
                passed = monotonic() - start
                if passed > self._patience and received < SLOWEST * passed:
                    raise _refused(address, "comes too slowly", fix="try again later")
                yield block
        except (OSError, HTTPException) as error:
            raise _refused(address, f"breaks off: {_plain(error)}", fix="pull again to go on") from error


def _goes_on(answer: Any, begun: int) -> bool:
    """Whether the server sends what follows the bytes that we have (RFC 9110, section 14.4)."""
    given = str(answer.headers.get("Content-Range", ""))
    return answer.status == _PARTIAL and given.startswith(f"bytes {begun}-")


def sum_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _plain(error: object) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()[0]


def _refused(address: str, problem: str, fix: str = "tell whoever runs the server") -> DumpError:
    return DumpError(where=address, problem=problem, fix=f"{fix}; the mirror is as it was")
