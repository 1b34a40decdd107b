"""khabar: reads news into an RDF graph, each fact with the words that state it."""

from khabar.version import __version__

__all__ = ["__version__"]
