"""Dumps: what each format holds, and that it is always the same bytes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import arabic, russian

from khabar.graph.assemble import assemble
from khabar.graph.checkpoint import BOOKS
from khabar.graph.folder import open_snapshot
from khabar.graph.serialise import FORMATS, Texts, dump
from khabar.graph.store import Store
from khabar.model import Reading
from khabar.vocab import DEFAULT_BASE, RDFS, SKOS

BASE = "http://localhost:8000/"
RDF_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "ntriples": ox.RdfFormat.N_TRIPLES,
}


def built(folder: Path, readings: Iterable[Reading], base: str = DEFAULT_BASE) -> ox.Store:
    with Store.create(folder, base) as store:
        for reading in readings:
            store.replace(reading.article.key, assemble(reading))
        store.publish()
    return open_snapshot(folder)


def dumped(
    snapshot: ox.Store,
    format: str,
    base: str = DEFAULT_BASE,
    *,
    publish_text: bool = False,
    limit: int | None = None,
) -> bytes:
    stream = io.BytesIO()
    dump(snapshot, format, stream, base, Texts(publish_text, limit))
    return stream.getvalue()


def parsed(data: bytes, format: str) -> set[ox.Quad]:
    return set(ox.parse(data, format=RDF_FORMATS[format]))


@pytest.mark.parametrize("base", [DEFAULT_BASE, BASE], ids=["default", "local"])
@pytest.mark.parametrize("format", FORMATS)
def test_a_dump_read_back_is_the_snapshot(format: str, base: str, tmp_path: Path) -> None:
    snapshot = built(tmp_path / "g", [arabic(), russian()], base)
    quads = set(snapshot)
    if format in ("nquads", "trig"):
        hidden = (ox.DefaultGraph(), BOOKS)
        expected = {q for q in quads if q.graph_name not in hidden}
        assert parsed(dumped(snapshot, format, base, publish_text=True), format) == expected
        expected = {q for q in expected if "/graph/text/" not in str(q.graph_name)}
    else:
        expected = {q for q in quads if isinstance(q.graph_name, ox.DefaultGraph)}
    assert parsed(dumped(snapshot, format, base), format) == expected


@pytest.mark.parametrize("format", FORMATS)
def test_the_order_of_articles_leaves_no_trace(format: str, tmp_path: Path) -> None:
    one = built(tmp_path / "one", [arabic(), russian()])
    other = built(tmp_path / "other", [russian("gone"), russian(), arabic()])
    with Store.open(tmp_path / "other") as store:
        store.remove("gone")
        store.publish()
    other = open_snapshot(tmp_path / "other")
    assert dumped(one, format) == dumped(other, format)


def test_the_hash_seed_leaves_no_trace(tmp_path: Path) -> None:
    code = """
import io, sys
from pathlib import Path
from test_dump import arabic, built, dumped, russian
snapshot = built(Path(sys.argv[1]), [arabic(), russian()])
for format in ("nquads", "turtle", "trig", "jsonld", "ntriples"):
    sys.stdout.buffer.write(dumped(snapshot, format))
"""
    path = os.pathsep.join([*sys.path, str(Path(__file__).parent)])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / seed)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "42")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 10_000


def test_turtle_is_grouped_prefixed_and_readable(tmp_path: Path) -> None:
    text = dumped(built(tmp_path / "g", [russian()]), "turtle").decode()
    assert text.startswith(
        "@base <https://w3id.org/khabar/> .\n@prefix dcat: <http://www.w3.org/ns/dcat#> .\n"
    )
    assert (
        "\n<article/dialogue-ru#char=0,9> a kh:Span ;\n"
        '    nif:anchorOf "Казахстан"@ru ;\n'
        "    nif:beginIndex 0 ;\n"
        "    nif:endIndex 9 ;\n"
        "    nif:referenceContext <article/dialogue-ru#text> ;\n"
        "    itsrdf:taIdentRef id:kazakhstan .\n"
    ) in text
    assert ('\nid:kazakhstan a kh:Country ;\n    skos:altLabel "Казахстан"@ru ;\n    kh:chairs id:x-') in text


def test_a_text_is_in_no_dump_unless_asked_for(tmp_path: Path) -> None:
    snapshot = built(tmp_path / "g", [arabic()])
    for format in FORMATS:
        assert arabic().article.text.encode() not in dumped(snapshot, format)
    assert arabic().article.text.encode() in dumped(snapshot, "nquads", publish_text=True)
    assert arabic().article.text.encode() in dumped(snapshot, "trig", publish_text=True)


def test_quotations_are_cut_in_every_format(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    snapshot = built(folder, [arabic()])
    for format in FORMATS:
        cut = dumped(snapshot, format, limit=30).decode()
        assert "ترأست أوزبكستان حوار نساء…" in cut
        assert "ترأست أوزبكستان حوار نساء " not in cut
        lines = parsed(cut.encode(), format)
        whole = parsed(dumped(snapshot, format), format)
        names = {quad for quad in whole if quad.predicate.value.startswith((RDFS, SKOS))}
        assert len(lines) == len(whole)
        assert names <= lines
    command = [sys.executable, "-m", "khabar", "dump", str(folder), "--format", "nquads"]
    told = {
        name: subprocess.run([*command, *options], capture_output=True, check=True).stdout
        for name, options in (
            ("cut", ("--quotation-limit", "30")),
            ("default", ()),
            ("all", ("--quotation-limit", "30", "--publish-text")),
        )
    }  # fmt: skip
    assert told["cut"] == dumped(snapshot, "nquads", limit=30)
    assert told["default"] == dumped(snapshot, "nquads", limit=300)
    assert told["all"] == dumped(snapshot, "nquads", publish_text=True)
    assert len(set(told.values())) == 3


IRIS = st.sampled_from(
    ["x:a", "http://e/", "http://e/é#ح", DEFAULT_BASE, *(DEFAULT_BASE + rest for rest in (
        "id/a", "id/a.b", "id/a.", "id/-a", "id/1", "id/", "id/a:b", "id/a/b", "id/ا", "ont#x", "x:y",
        "graph/text/a", "article/k#char=1,2", "article/k#text", "dataset", "a'b", "id/a~b", "id/a;b=c%20d",
    ))]
)  # fmt: skip
TAGS = st.sampled_from(["ar", "en", "ru-Latn", "x-a-1"])
XSD_TYPES = st.sampled_from(["string", "integer", "decimal", "boolean", "date", "gYear", "double", "anyURI"])
WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "007",
        "1.50",
        "-1",
        "+1.",
        ".5",
        "true",
        "1",
        "2023",
        "a\\u0041",
        'q"""',
        "\u2028\u0085\u000c",
        "a\r\n\tb\\",
    ]
)
TERMS = (
    IRIS.map(ox.NamedNode)
    | st.builds(lambda words, tag: ox.Literal(words, language=tag), WORDS, TAGS)
    | st.builds(
        lambda words, name: ox.Literal(
            words, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#" + name)
        ),
        WORDS,
        XSD_TYPES,
    )
)
TRIPLES = st.builds(ox.Triple, IRIS.map(ox.NamedNode), IRIS.map(ox.NamedNode), TERMS)


@given(st.lists(TRIPLES, max_size=8))
def test_any_triples_survive_every_format(triples: list[ox.Triple]) -> None:
    store = ox.Store()
    for triple in triples:
        for graph in (ox.DefaultGraph(), ox.NamedNode(DEFAULT_BASE + "graph/a")):
            store.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
    for format in FORMATS:
        named = format in ("nquads", "trig")
        expected = {q for q in store if isinstance(q.graph_name, ox.NamedNode) == named}
        again = ox.Store()  # literals take the same lexical forms there
        again.extend(parsed(dumped(store, format), format))
        assert set(again) == expected, format
