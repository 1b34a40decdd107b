"""The arrows between the modules, read from their imports, and what may not stand in their words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
import rdflib

ROOT: Final = Path(__file__).parents[1]
SOURCE: Final = ROOT / "src" / "khabar"
FILES: Final = sorted([*SOURCE.rglob("*.py"), ROOT / "server.py"])

# What each layer may import: a module belongs to the longest name that begins its own.
VALUES: Final = {"errors", "vocab", "model", "processes", "resources", "version"}
MAY_IMPORT: Final[dict[str, set[str]]] = {
    **dict.fromkeys(VALUES, VALUES),
    "knowledge": VALUES,
    "text": VALUES | {"knowledge"},
    "graph": VALUES | {"knowledge"},
    "dumps": VALUES | {"knowledge", "graph"},
    "validation": VALUES | {"knowledge", "graph"},
    "remote": VALUES | {"graph"},
    "publish": VALUES | {"knowledge", "graph", "dumps", "validation", "remote"},
    "settings": VALUES,
    "extraction": VALUES | {"knowledge", "text"},
    "jsonlines": VALUES | {"knowledge"},
    "show": VALUES | {"jsonlines"},
    "explained": VALUES | {"show"},
    "scoring": VALUES | {"knowledge", "text", "jsonlines"},
    "evaluation": VALUES | {"knowledge", "text", "jsonlines", "scoring"},
    "examining": VALUES | {"knowledge", "text", "graph", "extraction"},
    "building": VALUES | {"knowledge", "text", "graph", "extraction", "examining"},
    "removing": VALUES | {"knowledge", "text", "graph", "building"},
    "spark": VALUES | {"knowledge", "text", "graph", "extraction", "examining"},
    "watching": VALUES | {"knowledge", "text", "graph", "dumps", "building"},
    "ingesting": VALUES | {"knowledge", "text", "graph", "publish", "examining", "building"},
    "__init__": VALUES | {"knowledge", "text", "graph", "extraction", "jsonlines", "evaluation", "building"},
    "commands": {"*"},
    "cli": VALUES | {"commands"},
    "__main__": {"cli"},
    "server": {"*"},
}
TOP: Final = {
    "commands",
    "server",
    "publish.worker",
    "publish.writer",
    "ingesting",
    "publish.validator",
}  # programs of their own
HOMES: Final = {  # the only modules that may import the library; rdflib's terms and pyoxigraph's go anywhere
    "babel": {"publish"},
    "backports": {"publish.encoding", "dumps.packing"},
    "click": {"cli", "commands", "publish.validation", "validation.render.text"},
    "feedparser": {"text.feed"},
    "flask": {"publish", "server"},
    "lxml": {"text.html"},
    "owlready2": {"knowledge.ontology"},
    "prometheus_client": {"publish.metrics"},
    "py3langid": {"text.identifier"},
    "pyarrow": {"dumps.columns"},
    "pyshacl": {"graph.reference"},
    "pyspark": {"spark"},
    "requests": {"remote.client"},
    "trafilatura": {"text.html"},
    "urllib3": {"remote.client"},
    "waitress": {"publish"},
    "warcio": {"text.archive"},
    "werkzeug": {"publish"},
}
STANDARD: Final = {"FOAF", "ORG", "OWL", "PROV", "RDF", "RDFS", "SH", "SKOS", "XSD"}


def module(file: Path) -> str:
    """The name of FILE's module without the package's, such as knowledge.ontology."""
    if not file.is_relative_to(SOURCE):
        return file.stem
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


@cache
def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_bytes())


def imports(file: Path) -> Iterator[str]:
    """The full name of each module that FILE imports."""
    for node in ast.walk(parse(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}, line {node.lineno}: write the whole name of the module"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if is_module(name) else str(node.module) for name in inner)


def is_module(name: str) -> bool:
    """Whether the dotted NAME is a module of ours, and not a function inside one."""
    path = ROOT / "src" / Path(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def within(name: str, layers: set[str]) -> bool:
    return any(name == layer or name.startswith(f"{layer}.") for layer in layers)


@pytest.mark.parametrize("file", FILES, ids=module)
def test_imports_go_one_way(file: Path) -> None:
    name = module(file)
    layer = name.partition(".")[0]
    assert layer in MAY_IMPORT, f"{file.name} is in no layer: give it one here"
    allowed = MAY_IMPORT[layer]
    for imported in imports(file):
        inside = imported.removeprefix("khabar.") if imported.startswith("khabar.") else None
        if imported == "khabar":
            inside = "__init__"
        if inside is not None and allowed != {"*"}:
            assert within(inside, allowed | {layer}), f"{name} imports {imported}, which is not below it"


@pytest.mark.parametrize("file", FILES, ids=module)
def test_each_library_has_one_home(file: Path) -> None:
    for imported in imports(file):
        homes = HOMES.get(imported.partition(".")[0])
        assert homes is None or within(module(file), homes), f"{imported} belongs into {homes}"


@pytest.mark.parametrize("file", FILES, ids=module)
def test_no_function_imports(file: Path) -> None:
    functions = [n for n in ast.walk(parse(file)) if isinstance(n, ast.FunctionDef)]
    inner = [n for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert not [n.lineno for n in inner]


@pytest.mark.parametrize("file", FILES, ids=module)
def test_terms_of_standard_vocabularies_exist(file: Path) -> None:
    used = {
        (node.value.id, node.attr)
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in STANDARD
    }
    assert not [f"{name}:{term}" for name, term in sorted(used) if term not in getattr(rdflib, name)]


@pytest.mark.parametrize("file", FILES, ids=module)
def test_only_the_top_knows_the_clock_and_the_environment(file: Path) -> None:
    if within(module(file), TOP):
        return
    asked = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    forbidden = {"os.environ", "os.getenv", "time.time", "time.time_ns", "datetime.now", "date.today"}
    assert not asked & (forbidden | {"sys.argv", "sys.stdin", "sys.stdout"})


def strings(file: Path) -> Iterator[tuple[int, str]]:
    """The string literals of FILE that are no docstrings, each with its line."""
    tree = parse(file)
    said = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


@pytest.mark.parametrize("file", FILES, ids=module)
def test_no_word_of_a_language_is_python(file: Path) -> None:
    script = re.compile("[\u0400-\u052f\u0620-\u063f\u0641-\u064a\u066e-\u06d3]")  # the tatweel is no letter
    assert not [(line, text) for line, text in strings(file) if script.search(text)]


@pytest.mark.parametrize("file", FILES, ids=module)
def test_no_language_is_named_in_python(file: Path) -> None:
    tags = {tags.stem for tags in (ROOT / "ontology" / "languages").glob("*.ttl")} | {"ar", "en", "ru"}
    assert not [(line, text) for line, text in strings(file) if text in tags]
