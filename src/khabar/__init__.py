"""khabar reads news into an RDF graph, each fact with the words that state it.

    knowledge = khabar.load_knowledge()
    articles = [a for a in khabar.read(["news"], languages=knowledge.languages) if isinstance(a, Article)]
    reading = khabar.extract(articles[0], knowledge)  # what one article states
    report = khabar.build(articles, Path("graph"), knowledge=knowledge)  # a graph on disk

Each function is documented where it is defined; docs/architecture.md has the whole road.
"""

from khabar.build import BuildReport, build
from khabar.errors import KhabarError, ReadError
from khabar.evaluate import evaluate
from khabar.extract import extract
from khabar.graph.load import load_data
from khabar.graph.shapes import load_shapes
from khabar.graph.validate import validate
from khabar.knowledge import Knowledge
from khabar.knowledge import load as load_knowledge
from khabar.lines import lines
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
