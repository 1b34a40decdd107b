"""Versions over HTTP: what a program that downloads may rely on, asked of a real server."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dumped import changed, published, unzipped
from values import arabic, russian
from web import served

from khabar.dumps.manifest import read

FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = changed(tmp_path_factory.mktemp("graph") / "g", [arabic(), russian()])
    published(folder)
    changed(folder, [russian("new")])
    published(folder, 1)
    return folder


@pytest.fixture(scope="module")
def site(graph: Path) -> Iterator[str]:
    with served(graph, workers=1) as address:
        yield address


def get(site: str, path: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    connection = HTTPConnection(urlsplit(site).netloc, timeout=20)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    try:
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_every_file_of_a_version_is_served_as_it_is(site: str, graph: Path) -> None:
    manifest = read(graph / "dumps/latest")
    for file in manifest.files:
        status, headers, body = get(site, f"/dump/{manifest.version}/{file.name}")
        assert (status, len(body), hashlib.sha256(body).hexdigest()) == (200, file.bytes, file.sha256), (
            file.name
        )
        assert headers["Cache-Control"] == FOREVER
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Last-Modified"] == "Sat, 21 Nov 2026 12:00:00 GMT"
    for name in ("manifest.json", "SHA256SUMS"):
        assert (
            get(site, f"/dump/{manifest.version}/{name}")[2] == (graph / "dumps/latest" / name).read_bytes()
        )
    assert get(site, "/dump/2026.11.20/khabar.nq.gz")[1]["Content-Disposition"] == (
        'attachment; filename="khabar-2026.11.20.nq.gz"'
    )


def test_latest_is_asked_again_each_time(site: str) -> None:
    status, headers, _ = get(site, "/dump/latest/khabar.nq.gz")
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=0, must-revalidate")
    assert headers["Content-Location"] == "/dump/2026.11.21/khabar.nq.gz"
    for condition in ({"If_None_Match": headers["ETag"]}, {"If_Modified_Since": headers["Last-Modified"]}):
        status, again, body = get(site, "/dump/latest/khabar.nq.gz", **condition)
        assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])
    assert get(site, "/dump/latest/khabar.nq.gz", If_None_Match='"other"')[0] == 200


def test_a_download_is_gone_on_with(site: str, graph: Path) -> None:
    whole = (graph / "dumps/latest/khabar.nq.gz").read_bytes()
    status, headers, body = get(site, "/dump/latest/khabar.nq.gz", Range="bytes=100-")
    assert (status, body) == (206, whole[100:])
    assert headers["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    etag = headers["ETag"]
    assert get(site, "/dump/latest/khabar.nq.gz", Range="bytes=100-", If_Range=etag)[0] == 206
    assert get(site, "/dump/latest/khabar.nq.gz", Range="bytes=100-", If_Range='"other"')[0] == 200
    assert get(site, "/dump/latest/khabar.nq.gz", Range=f"bytes={len(whole)}-")[0] == 416
    head = get(site, "/dump/latest/khabar.nq.gz", "HEAD")
    assert (head[0], head[1]["Content-Length"], head[2]) == (200, str(len(whole)), b"")
    assert head[1]["Accept-Ranges"] == "bytes"


def test_a_content_is_packed_as_the_client_accepts(site: str, graph: Path) -> None:
    plain = unzipped(graph / "dumps/latest", "khabar.nq")
    tags = set()
    for accepted, encoding in (
        ("gzip", "gzip"), ("zstd, gzip", "zstd"), ("zstd;q=0.5, gzip", "gzip"), ("", None), ("br", None),
        ("gzip;q=0", None), ("identity", None),
    ):  # fmt: skip
        status, headers, body = get(site, "/dump/latest/khabar.nq", Accept_Encoding=accepted)
        assert (status, headers["Content-Encoding"]) == (200, encoding), accepted
        assert headers["Content-Type"].startswith("application/n-quads")
        assert "Accept-Encoding" in headers["Vary"]
        if encoding == "gzip":
            body = gzip.decompress(body)
        elif encoding == "zstd":
            body = subprocess.run(["zstd", "-dc"], input=body, check=True, capture_output=True).stdout
        assert body == plain
        tags.add(headers["ETag"])
    assert len(tags) == 3  # each way to pack it has a tag of its own
    assert get(site, "/dump/latest/ontology.ttl", Accept_Encoding="")[1]["Content-Encoding"] is None
    assert get(site, "/dump/latest/ontology.ttl", Accept_Encoding="gzip")[1]["Content-Encoding"] == "gzip"
    # A file that is packed already is what was asked for, and not an encoding of something else.
    assert get(site, "/dump/latest/khabar.nq.gz", Accept_Encoding="gzip")[1]["Content-Encoding"] is None


def test_no_path_leads_elsewhere(site: str, graph: Path) -> None:
    (graph / "dumps" / "latest" / "stray.txt").write_text("not listed")
    for path in (
        "../khabar.json", "%2e%2e/khabar.json", "latest/%2e%2e%2fmanifest.json", "latest/..",
        "latest/stray.txt", ".lock", "latest/feed", "2026.11.21/nothing", "2020.01.01/khabar.nq.gz",
        "2026.11.21/.hidden",
    ):  # fmt: skip
        assert get(site, f"/dump/{path}")[0] == 404, path
    (graph / "dumps" / "latest" / "stray.txt").unlink()


def test_the_feed_is_served(site: str, graph: Path) -> None:
    status, headers, root = get(site, "/feed/")
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=0, must-revalidate")
    assert b"2026.11.21-1.trig" in root
    status, headers, body = get(site, "/feed/2026.11.20-1.trig", Accept_Encoding="gzip")
    assert (status, headers["Cache-Control"], headers["Content-Encoding"]) == (200, FOREVER, "gzip")
    assert gzip.decompress(body) == get(site, "/feed/2026.11.20-1.trig", Accept_Encoding="")[2]
    assert get(site, "/feed/atom.xml")[1]["Content-Type"].startswith("application/atom+xml")
    assert get(site, "/feed/feed.json")[1]["Content-Type"].startswith("application/feed+json")
    assert get(site, "/feed/nothing")[0] == 404


def test_the_page_lists_versions_and_files(site: str) -> None:
    for language in ("ar", "en", "ru"):
        text = get(site, f"/dump/?lang={language}", Accept="text/html")[2].decode()
        assert text.index("2026.11.21") < text.index("2026.11.20")
        assert "/dump/2026.11.21/khabar.nq.gz" in text
