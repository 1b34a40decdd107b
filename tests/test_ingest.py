"""Articles sent to a server: accepted when they are on disk, read soon after, and each only once."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_build import ARTICLE, LATER
from werkzeug.test import TestResponse

from khabar.building import build
from khabar.errors import StoreError
from khabar.examining import as_json
from khabar.graph.store import Store
from khabar.graph.waiting import waiting
from khabar.knowledge import load
from khabar.publish.app import create_app
from khabar.publish.keys import add


class Server:
    """An application that may be written to, with a key for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = add(folder, "sender", ("ingest",), date(2026, 1, 1))
        self.app = create_app(folder, workers=1, writable=True)

    def post(self, body: str, media_type: str = "application/json", **headers: str) -> TestResponse:
        headers.setdefault("Authorization", f"Bearer {self.key}")
        return self.app.test_client().post(
            "/articles", data=body.encode(), content_type=media_type, headers=headers
        )

    def has(self, key: str) -> bool:
        query = f"ASK {{ <https://w3id.org/khabar/article/{key}> ?p ?o }}"
        answer = self.app.test_client().get("/sparql", query_string={"query": query, "format": "json"})
        return bool(json.loads(answer.data)["boolean"])

    def kill(self) -> None:
        """Kill the process that writes."""
        writer = self.app.extensions["khabar"].writer
        writer._end()


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "g"
    build([ARTICLE], folder, knowledge=load())
    return folder


@pytest.fixture
def server(graph: Path, tmp_path: Path) -> Iterator[Server]:
    shutil.copytree(graph, tmp_path / "g")
    found = Server(tmp_path / "g")
    yield found
    found.app.extensions["khabar"].close()


def eventually(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def opened(folder: Path) -> Store:
    """The store, when nobody writes."""
    while True:
        try:
            return Store.open(folder)
        except StoreError:
            time.sleep(0.05)


def test_an_article_is_accepted_and_then_it_is_in_the_graph(server: Server) -> None:
    answer = server.post(as_json(LATER))
    assert (answer.status_code, answer.headers["Location"]) == (202, "https://w3id.org/khabar/article/later")
    assert answer.json == {"articles": [{"key": "later", "iri": "https://w3id.org/khabar/article/later"}]}
    assert "Access-Control-Allow-Origin" not in answer.headers
    eventually(lambda: server.has("later"))
    lines = "".join(json.dumps(json.loads(as_json(article))) + "\n" for article in (ARTICLE, LATER))
    again = server.post(lines, "application/x-ndjson")
    assert again.status_code == 202
    eventually(lambda: not (server.folder / "waiting").exists())
    with opened(server.folder) as store:
        assert store.articles() == ["dialogue", "later"]
        assert waiting(store.dataset) == []


def test_what_was_accepted_is_read_after_a_crash(server: Server) -> None:
    assert server.post(as_json(LATER)).status_code == 202
    server.kill()
    second = create_app(server.folder, workers=1, writable=True)
    eventually(lambda: server.has("later"))
    second.extensions["khabar"].close()


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        ("{}", "application/json", 400, "article"),
        ("", "application/json", 400, "article"),
        ('{"text": "A dog barks."}\n{"id": 7', "application/x-ndjson", 400, "article"),
        ("<html>", "text/html", 415, "media-type"),
    ],
)
def test_what_is_no_article_is_refused_and_nothing_is_taken(
    body: str, media_type: str, status: int, code: str, server: Server
) -> None:
    answer = server.post(body, media_type)
    assert answer.status_code == status, answer.data
    assert answer.json is not None
    assert answer.json["type"].endswith(code)
    with opened(server.folder) as store:
        assert waiting(store.dataset) == []


def test_only_a_key_for_it_sends_articles(server: Server) -> None:
    assert server.post(as_json(LATER), Authorization="").status_code == 401
    other = add(server.folder, "editor", ("update",), date(2026, 1, 1))
    answer = server.post(as_json(LATER), Authorization=f"Bearer {other}")
    assert (answer.status_code, answer.json and answer.json["type"][-5:]) == (403, "scope")
