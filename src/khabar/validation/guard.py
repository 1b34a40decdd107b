"""What a change of a built graph would break, before it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pyoxigraph as ox

from khabar.graph.report import Result
from khabar.graph.validate import Beside, validate_quads, validate_store
from khabar.validation.found import identify
from khabar.validation.rules import ARTICLES, Rules, general, local
from khabar.validation.units import flat, stored_articles, stored_keys


class Guard:
    """The rules of `khabar validate DIR`, asked of the articles that a change touches and what it names."""

    def __init__(self, rules: Rules, base: str) -> None:
        shapes = rules.shapes(base)
        self._base, self._engine = base, rules.engine
        self._local, self._general = local(shapes, ARTICLES), general(shapes, ARTICLES)
        self._axioms = Beside(rules.axioms(base))

    def __call__(self, before: ox.Store, after: ox.Store, changed: Collection[ox.Quad]) -> tuple[Result, ...]:
        """The violations in AFTER that are not in BEFORE, where CHANGED is what tells them apart.

        A graph that breaks a rule already can be changed, and so be mended.
        """
        known = {identify(result) for result in self._violations(before, changed)}
        return tuple(one for one in self._violations(after, changed) if identify(one) not in known)

    def _violations(self, store: ox.Store, changed: Collection[ox.Quad]) -> Iterator[Result]:
        prefix = f"{self._base}graph/"
        graphs = {quad.graph_name.value for quad in changed if isinstance(quad.graph_name, ox.NamedNode)}
        touched = {graph.removeprefix(prefix).removeprefix("text/") for graph in graphs}
        keys = [key for key in stored_keys(store, self._base) if key in touched]
        for article in stored_articles(store, self._base, keys):
            report = validate_quads(flat(article.quads()), self._local, self._axioms, engine=self._engine)
            yield from report.violations
        terms = {term for quad in changed for term in (quad.subject, quad.object)}
        around = {term for term in terms if isinstance(term, ox.NamedNode)}
        yield from validate_store(store, self._general, around=around).violations
