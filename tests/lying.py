"""A server of static files that may lie, stop or lead elsewhere, and the lies it may tell of a version."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from dumped import unzipped

Lie = Callable[[str, bytes], bytes]  # what is sent for a path, and what should be


class Quiet(SimpleHTTPRequestHandler):
    """A static file server, which may lie, stop or lead elsewhere."""

    lie: Lie = staticmethod(lambda path, data: data)
    endless = ""
    stops = False
    redirect: tuple[str, str] | None = None
    asked: list[tuple[str, str | None]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Range"]))
        if self.redirect and self.path.endswith(self.redirect[0]):
            self.send_response(302)
            self.send_header("Location", self.redirect[1] + self.path)
            self.end_headers()
            return
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        data = type(self).lie(self.path, path.read_bytes())
        self.send_response(200)
        if self.endless and self.path.endswith(self.endless):
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.stops:
            time.sleep(1)
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path, **how: Any) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """A server for the files of FOLDER, and what it was asked for."""
    asked: list[tuple[str, str | None]] = []
    how = {name: staticmethod(value) if name == "lie" else value for name, value in how.items()}
    handler = type("Handler", (Quiet,), {"asked": asked, **how})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up on it
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()


def as_manifest(change: dict[str, Any]) -> Lie:
    """A server whose every manifest says something else."""

    def lie(path: str, data: bytes) -> bytes:
        return json.dumps(json.loads(data) | change).encode() if path.endswith("manifest.json") else data

    return lie


def garbled(name: str) -> Lie:
    """A server that changes one byte of a file."""
    return lambda path, data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:] if path.endswith(name) else data


def repacked(name: str, change: Callable[[bytes], bytes]) -> Lie:
    """A server that lies about the content of a file, and whose sums all agree with the lie."""

    def lie(path: str, data: bytes) -> bytes:
        if path.endswith(f"2026.11.21/{name}.gz"):
            return gzip.compress(change(gzip.decompress(data)), mtime=0)
        if not path.endswith(("latest/manifest.json", "2026.11.21/manifest.json", "2026.11.21/SHA256SUMS")):
            return data
        folder = "latest" if "latest" in path else "2026.11.21"
        return restated(path, data, name, change, folder)

    return lie


DUMPS: list[Path] = []


def restated(path: str, data: bytes, name: str, change: Callable[[bytes], bytes], folder: str) -> bytes:
    content = change(unzipped(DUMPS[-1] / "2026.11.21", name))
    packed = gzip.compress(content, mtime=0)
    now = hashlib.sha256(packed).hexdigest()
    before = hashlib.sha256((DUMPS[-1] / "2026.11.21" / f"{name}.gz").read_bytes()).hexdigest()
    if path.endswith("SHA256SUMS"):
        return data.replace(before.encode(), now.encode())
    told = json.loads(data)
    for file in told["files"]:
        if file["name"] == f"{name}.gz":
            file |= {"bytes": len(packed), "sha256": now, "content_bytes": len(content)}
            file |= {"content_sha256": hashlib.sha256(content).hexdigest()}
    return json.dumps(told).encode()


def without_first_change(patch: bytes) -> bytes:
    lines = patch.splitlines(keepends=True)
    return b"".join(lines[:3] + lines[4:])


def other_base(path: str, data: bytes) -> bytes:
    if not path.endswith("manifest.json"):
        return data
    told = json.loads(data)
    told["changes"] = (told["changes"] or {}) | {"base_sha256": "0" * 64} if told["changes"] else None
    return json.dumps(told).encode()
