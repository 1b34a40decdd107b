"""What arrives is built, once; what cannot be read or reached holds up nothing else."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_build import ARTICLE, LATER

from khabar.errors import ReadError
from khabar.examining import as_json
from khabar.graph.folder import hold
from khabar.knowledge import Knowledge, load
from khabar.watching import Watch

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>News</title><language>ar</language><item><guid>https://example.org/later</guid>
<link>https://example.org/later</link><pubDate>Mon, 08 Jan 2024 08:00:00 GMT</pubDate>
<title>العنوان</title><description>ترأست تركمانستان حوار نساء آسيا الوسطى عام 2022.</description>
</item></channel></rss>
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def test_what_arrives_is_built_once_and_only_when_it_has_stopped_growing(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    inbox, out, told = tmp_path / "inbox", tmp_path / "g", list[str]()
    inbox.mkdir()
    (inbox / "a.json").write_text(as_json(ARTICLE))
    watch = Watch([str(inbox)], knowledge)
    first = watch.round(out, tell=told.append)
    assert first is not None
    assert first.built == ("dialogue",)
    assert watch.round(out, tell=told.append) is None
    (inbox / "b.json").write_text(as_json(LATER)[:40])
    assert watch.round(out, tell=told.append) is None  # it may be growing
    (inbox / "b.json").write_text(as_json(LATER))
    assert watch.round(out, tell=told.append) is None
    second = watch.round(out, tell=told.append)
    assert second is not None
    assert (second.built, second.snapshot, told) == (("later",), 2, [])
    again = Watch([str(inbox)], knowledge).round(out, tell=told.append)
    assert again is not None
    assert (again.unchanged, again.snapshot) == (("dialogue", "later"), 2)


def test_a_file_that_cannot_be_read_is_told_once(knowledge: Knowledge, tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "bad.json").write_text("{}")
    watch = Watch([str(tmp_path / "inbox")], knowledge)
    assert watch.round(tmp_path / "g", tell=told.append) is None
    assert watch.round(tmp_path / "g", tell=told.append) is None
    assert len(told) == 1
    assert "bad.json" in told[0]


def test_a_folder_that_another_writes_is_tried_again(knowledge: Knowledge, tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "a.json").write_text(as_json(ARTICLE))
    Watch([str(tmp_path / "a.json")], knowledge).round(tmp_path / "g", tell=told.append)
    watch = Watch([str(tmp_path / "a.json")], knowledge)
    with hold(tmp_path / "g"):
        assert watch.round(tmp_path / "g", tell=told.append) is None
    assert f"is being written by process {os.getpid()}" in told[0]
    report = watch.round(tmp_path / "g", tell=told.append)
    assert report is not None
    assert report.unchanged == ("dialogue",)


@pytest.fixture
def feed() -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/news.rss?all=1"
            self.send_response(200 if found else 500)
            self.end_headers()
            self.wfile.write(FEED.encode() if found else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_feed_is_fetched_and_one_that_fails_holds_up_no_other(
    feed: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    told: list[str] = []
    watch = Watch([f"{feed}/broken.rss", f"{feed}/news.rss?all=1"], knowledge)
    report = watch.round(tmp_path / "g", tell=told.append)
    assert report is not None, told
    assert len(report.built) == 1
    assert len(told) == 1
    assert told[0].startswith(f"{feed}/broken.rss: answers with status 500")
    again = watch.round(tmp_path / "g", tell=told.append)
    assert again is not None
    assert (again.unchanged, again.snapshot) == (report.built, 1)


def test_what_is_not_there_is_told_at_once(knowledge: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="does not exist"):
        Watch([str(tmp_path / "none")], knowledge)
