"""A graph in another store: sent once, whatever the store does on the way; errors that say what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from stores import Liar, free_port, hang_up, lying, say
from web import built

from khabar.errors import StoreError
from khabar.graph.changes import Shared
from khabar.graph.checkpoint import BOOKS
from khabar.graph.folder import snapshot_path
from khabar.remote.client import Client
from khabar.remote.mirror import marker_graph, mirror, read_marker
from khabar.remote.profile import LostError, Profile, RemoteError, profiles
from khabar.vocab import DEFAULT_BASE

BASE: Final = DEFAULT_BASE
MARKER: Final = ox.NamedNode(marker_graph(BASE))
SMALL: Final = replace(profiles()["sparql"], triples=400)  # so that a small graph is many batches
NAMED: Final = replace(SMALL, default_graph="named")
QUICK: Final = 0.01  # seconds before the second attempt
NOTE: Final = (
    "INSERT DATA { GRAPH <http://example.org/notes> { <urn:a> <urn:b> "
    '"\\"1\\"\\n", "2"@en, 3, true, _:blank } }'
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("mirror") / "graph")


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "graph")


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying() as found:
        yield found


def published(folder: Path, *, with_texts: bool = False, facts: str = "") -> set[ox.Quad]:
    """What a store must hold: the snapshot, perhaps with its default graph in the graph of FACTS."""
    found = set()
    for quad in ox.Store.read_only(str(snapshot_path(folder))):
        if quad.graph_name == BOOKS:
            continue
        if isinstance(quad.graph_name, ox.DefaultGraph) and facts:
            quad = ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(facts))
        if with_texts or "graph/text/" not in str(quad.graph_name):
            found.add(quad)
    return found


def held(liar: Liar) -> set[ox.Quad]:
    return {quad for quad in liar.store if quad.graph_name != MARKER}


def change(folder: Path, update: str) -> None:
    with Shared.open(folder, None) as store:
        store.update(update, BASE, None)
        store.publish()


# --- what is sent


@pytest.mark.parametrize("profile", [SMALL, NAMED], ids=["real", "named"])
@pytest.mark.parametrize("with_texts", [False, True], ids=["facts", "texts"])
def test_store_holds_what_is_published(folder: Path, liar: Liar, profile: Profile, with_texts: bool) -> None:
    told = mirror(folder, liar.client(profile), with_texts=with_texts)
    facts = f"{BASE}graph/facts" if profile is NAMED else ""
    assert held(liar) == published(folder, with_texts=with_texts, facts=facts)
    assert told.sent == len(held(liar))
    assert told.batches == -(-told.sent // 400)


def test_second_time_nothing_is_sent(folder: Path, liar: Liar) -> None:
    client = liar.client(SMALL)
    mirror(folder, client)
    asked = liar.asked
    assert mirror(folder, client).sent == 0
    assert liar.asked == asked


def test_only_what_is_different_is_sent(folder: Path, liar: Liar) -> None:
    client = liar.client(SMALL)
    mirror(folder, client)
    change(folder, NOTE)
    assert mirror(folder, client).sent == 10  # five, in their graph and in the default one
    assert len(held(liar)) == len(published(folder))
    change(folder, "DELETE WHERE { GRAPH <http://example.org/notes> { ?s ?p ?o } }")
    assert mirror(folder, client).sent == 10
    assert held(liar) == published(folder)


def test_texts_come_and_go_as_asked(folder: Path, liar: Liar) -> None:
    client = liar.client(SMALL)
    for with_texts in (False, True, False):
        mirror(folder, client, with_texts=with_texts)
        assert held(liar) == published(folder, with_texts=with_texts)


def test_graph_of_others_is_left_alone(folder: Path, liar: Liar) -> None:
    theirs = ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("c"), ox.NamedNode("urn:g"))
    liar.store.add(theirs)
    mirror(folder, liar.client(NAMED))
    mirror(folder, liar.client(NAMED), replace=True)
    assert held(liar) == published(folder, facts=f"{BASE}graph/facts") | {theirs}


# --- a store that does not do its part


@pytest.mark.parametrize("behaviour", [name for name in Liar.DOES if name != "well"])
@pytest.mark.parametrize("at", [0, 2, -1], ids=["first", "middle", "last"])
def test_lost_answer(folder: Path, liar: Liar, behaviour: str, at: int) -> None:
    client = liar.client(SMALL, answer=0.3)
    batches = -(-len(published(folder)) // 400) + 1  # the last one only says that it was the last
    liar.updates = ["well"] * (at % batches) + [behaviour]
    told = mirror(folder, client, pause=QUICK)
    assert held(liar) == published(folder)
    assert read_marker(client, BASE)[0] is not None
    # What was done in spite of all is not sent again.
    done = behaviour.endswith("after") or behaviour == "half"
    assert liar.asked == batches + (0 if done else 1)
    assert told.sent == len(held(liar))


def test_store_that_stays_away(folder: Path, liar: Liar) -> None:
    client = liar.client(SMALL)
    liar.updates = ["well", "well"] + ["failed"] * 5
    with pytest.raises(LostError, match="failed \\(HTTP 500\\): out of threads") as caught:
        mirror(folder, client, pause=QUICK)
    assert "give the same command again" in caught.value.fix
    asked, liar.updates = liar.asked, []
    told = mirror(folder, client, pause=QUICK)
    assert held(liar) == published(folder)
    assert told.batches == liar.asked - asked - 1 == -(-len(published(folder)) // 400) - 2


def test_newer_build_while_an_older_is_on_its_way(folder: Path, liar: Liar) -> None:
    client = liar.client(SMALL)
    liar.updates = ["well", "well", "failed after"] + ["failed"] * 5
    with pytest.raises(LostError):
        mirror(folder, client, pause=QUICK)
    change(folder, NOTE)
    liar.updates = []
    mirror(folder, client, pause=QUICK)
    assert len(held(liar)) == len(published(folder))


def test_killed_at_every_batch(folder: Path, liar: Liar) -> None:
    """As if the process had ended there: nothing is lost, nothing twice, nothing to repair."""

    class Killed(Exception):
        pass

    class Dying(Client):
        left = 0

        def update(self, text: str) -> None:
            if self.left == 0:
                raise Killed
            self.left -= 1
            super().update(text)
            if self.left == 0:
                raise Killed

    client = Dying(liar.address, SMALL)
    runs = 0
    while True:
        client.left, runs = 2, runs + 1
        try:
            mirror(folder, client)
            break
        except Killed:
            assert runs < 50
    assert runs > 3
    assert held(liar) == published(folder)


# --- a store that is not what it was


def test_store_that_was_emptied(folder: Path, liar: Liar) -> None:
    client = liar.client(SMALL)
    mirror(folder, client)
    liar.store.clear()
    with pytest.raises(RemoteError, match="does not hold any more what was sent") as caught:
        mirror(folder, client)
    assert "--replace-store" in caught.value.fix
    mirror(folder, client, replace=True)
    assert held(liar) == published(folder)


def test_store_of_another_folder(folder: Path, liar: Liar, tmp_path: Path) -> None:
    client = liar.client(SMALL)
    mirror(built(tmp_path / "other"), client)
    with pytest.raises(RemoteError, match="was filled from another folder"):
        mirror(folder, client)


def test_store_with_graphs_of_that_name(folder: Path, liar: Liar) -> None:
    liar.store.update(f"INSERT DATA {{ GRAPH <{BASE}graph/meta> {{ <urn:a> <urn:b> 1 }} }}")
    with pytest.raises(RemoteError, match="that no khabar build has put there"):
        mirror(folder, liar.client(SMALL))
    assert liar.asked == 0


# --- answers that are none


def cut_rows(handler: BaseHTTPRequestHandler) -> None:
    text = '{"head":{"vars":["text"]},"results":{"bindings":[]}}'
    say(handler, 200, text, "application/sparql-results+json", X_SPARQL_MaxRows="10000")


ANSWERS: Final = {
    "a page": (lambda h: say(h, 200, "<html>Welcome</html>", "text/html"), "broke off its answer"),
    "another JSON": (lambda h: say(h, 200, '{"ok": true}'), "does not answer as a SPARQL store does"),
    "elsewhere": (lambda h: say(h, 302, "", Location="http://example.org/"), "which we do not follow"),
    "not found": (lambda h: say(h, 404, "no such repository"), "(HTTP 404): no such repository"),
    "a failure": (lambda h: say(h, 503, "starting"), "failed (HTTP 503): starting"),
    "nothing": (hang_up, "has hung up"),
    "a part": (cut_rows, "gives only a part of the answer"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_that_is_none(folder: Path, liar: Liar, name: str) -> None:
    answer, problem = ANSWERS[name]
    liar.answers = [answer]
    with pytest.raises(RemoteError) as caught:
        mirror(folder, liar.client(SMALL), pause=QUICK)
    assert problem in caught.value.problem
    assert caught.value.where == liar.address
    assert liar.asked == 0


def test_nobody_there(folder: Path) -> None:
    client = Client(f"http://127.0.0.1:{free_port()}", SMALL)
    with pytest.raises(RemoteError) as caught:
        mirror(folder, client, pause=QUICK)
    assert caught.value.problem == "cannot be reached"


@pytest.mark.parametrize("address", ["localhost:3030", "ftp://localhost/", "http://", "http://a/?query="])
def test_no_address(address: str) -> None:
    with pytest.raises(StoreError, match="is not the address of a store"):
        Client(address, SMALL)


# --- passwords


def test_password_is_shown_to_the_store_and_to_nobody_else(folder: Path) -> None:
    with lying(password="hidden-0815") as liar:
        mirror(folder, liar.client(SMALL, user="khabar", password="hidden-0815"))
        assert held(liar) == published(folder)
        for client in (
            liar.client(SMALL, user="khabar", password="wrong-4711"),
            Client(liar.address.replace("//", "//khabar:wrong-4711@"), SMALL),
        ):
            with pytest.raises(RemoteError) as caught:
                mirror(folder, client)
            assert str(caught.value) == (
                f"{liar.address}: does not accept our key (HTTP 401)\n"
                "  set KHABAR_STORE_USER and KHABAR_STORE_PASSWORD, or KHABAR_STORE_TOKEN"
            )
        written = "".join(path.read_text() for path in (folder / "mirrors").rglob("*.json"))
        assert liar.address in written
        assert "hidden" not in written + "".join(map(str, liar.store))


def test_command_line(liar: Liar, tmp_path: Path) -> None:
    """The exit status is 2, nothing is built, and the password is in no line."""
    liar.password = "right"
    article = tmp_path / "news.txt"
    article.write_text("Jordan chaired the Council of Towns in 2019.")
    command = [sys.executable, "-m", "khabar", "build", str(article), "--out", str(tmp_path / "graph")]
    command += ["--store", liar.address, "--store-user", "khabar"]
    for password, status in (("wrong-4711", 2), ("right", 0)):
        environment = os.environ | {"KHABAR_STORE_PASSWORD": password}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == status, done.stderr
        assert password not in done.stdout + done.stderr.replace(str(tmp_path), "")
        assert (tmp_path / "graph").exists() == (status == 0)
    assert f"triples to {liar.address} in " in done.stdout
    assert held(liar) == published(tmp_path / "graph")


# --- the profiles


def test_profiles_are_whole() -> None:
    for name, profile in profiles().items():
        assert profile.name == name
        assert profile.default_graph in ("real", "named")
        assert profile.dataset in ("protocol", "define")
        assert profile.key in ("basic", "digest", "bearer")
    assert {name for name, profile in profiles().items() if profile.tested} == {
        "sparql",
        "virtuoso",
        "oxigraph",
    }


def test_state_is_readable(folder: Path, liar: Liar) -> None:
    mirror(folder, liar.client(SMALL))
    (path,) = (path for path in (folder / "mirrors").rglob("*.json") if path.name != "seal.json")
    assert json.loads(path.read_text())["store"] == liar.address
