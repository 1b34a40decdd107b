"""khabar reads news into an RDF graph, each fact with the words that state it.

    knowledge = khabar.load_knowledge()
    articles = [a for a in khabar.read(["news"], languages=knowledge.languages) if isinstance(a, Article)]
    reading = khabar.extract(articles[0], knowledge)  # what one article states
    report = khabar.build(articles, Path("graph"), knowledge=knowledge)  # a graph on disk

Each function is documented where it is defined; docs/architecture.md has the whole road.  What is named
here is imported when it is first asked for (PEP 562): a query need not wait for the extractor.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khabar.building import BuildReport, build
    from khabar.errors import KhabarError, ReadError
    from khabar.evaluation import evaluate
    from khabar.extraction import extract
    from khabar.graph.load import load_data
    from khabar.graph.shapes import load_shapes
    from khabar.graph.validate import validate
    from khabar.jsonlines import lines
    from khabar.knowledge import Knowledge
    from khabar.knowledge import load as load_knowledge
    from khabar.model import Article, Entity, Fact, Mention, Period, Reading, Span
    from khabar.text.read import read
    from khabar.version import __version__

__all__ = [
    "Article",
    "BuildReport",
    "Entity",
    "Fact",
    "KhabarError",
    "Knowledge",
    "Mention",
    "Period",
    "ReadError",
    "Reading",
    "Span",
    "__version__",
    "build",
    "evaluate",
    "extract",
    "lines",
    "load_data",
    "load_knowledge",
    "load_shapes",
    "read",
    "validate",
]

_HOMES = {
    "khabar.building": ("BuildReport", "build"),
    "khabar.errors": ("KhabarError", "ReadError"),
    "khabar.evaluation": ("evaluate",),
    "khabar.extraction": ("extract",),
    "khabar.graph.load": ("load_data",),
    "khabar.graph.shapes": ("load_shapes",),
    "khabar.graph.validate": ("validate",),
    "khabar.jsonlines": ("lines",),
    "khabar.knowledge": ("Knowledge", "load_knowledge"),
    "khabar.model": ("Article", "Entity", "Fact", "Mention", "Period", "Reading", "Span"),
    "khabar.text.read": ("read",),
    "khabar.version": ("__version__",),
}
_ELSEWHERE = {"load_knowledge": "load"}  # what a name is called at home, where it stands beside its kind


def __getattr__(name: str) -> object:
    for module, names in _HOMES.items():
        if name in names:
            globals()[name] = value = getattr(import_module(module), _ELSEWHERE.get(name, name))
            return value
    raise AttributeError(f"module 'khabar' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
