"""Validation: ours against pyshacl alone, over the same articles, some of them faulty; one verdict."""

from __future__ import annotations

from typing import Final

import pyshacl
from measure import articles, cpu, seconds, show, times
from rdflib import RDF, SH, Graph, Literal

from khabar.building import Examiner
from khabar.graph.shapes import ARTICLE, Shapes, load_shapes
from khabar.graph.terms import copied, objects, subjects
from khabar.graph.validate import axioms, validate
from khabar.knowledge import Knowledge, load
from khabar.resources import folder
from khabar.vocab import KH, NIF

RUNS: Final = 3
Verdict = set[tuple[str, ...]]


def graphs(knowledge: Knowledge, examine: Examiner) -> list[Graph]:
    """The graph of each example beside the axioms; in every other one two faults are planted."""
    found = []
    for n, article in enumerate(articles(knowledge)):
        data = copied(quad[:3] for quad in examine(article).quads)
        if n % 2:
            statement = min(subjects(data, RDF.type, KH.Statement))
            span = min(objects(data, statement, KH.evidence))
            data.remove((statement, KH.status, None))
            data.set((span, NIF.anchorOf, Literal("nowhere")))
        found.append(data + axioms(knowledge.ontology.graph))
    return found


def ours(data: Graph, shapes: Shapes) -> Verdict:
    """What khabar says."""
    results = validate(data, shapes).results
    return {tuple(map(str, (r.focus, r.value, r.shape, r.component, r.severity))) for r in results}


def alone(data: Graph, shapes: Graph) -> Verdict:
    """What pyshacl says by itself."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", js=False, inplace=True)
    fields = (SH.focusNode, SH.value, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity)
    return {tuple(str(report.value(node, f)) for f in fields) for node in report.objects(None, SH.result)}


def main() -> None:
    """Compare the verdicts, then the times."""
    knowledge = load()
    loaded = load_shapes(sorted(folder("shapes").glob("*.ttl")))
    shapes = loaded.scoped(ARTICLE)
    plain = copied(shapes.graph)
    for shape in set(loaded.targeted()) - set(shapes.targeted()):
        plain.add((shape, SH.deactivated, Literal(True)))
    found = graphs(knowledge, Examiner(knowledge, loaded))
    verdicts = [ours(data, shapes) for data in found]
    if verdicts != [alone(data, plain) for data in found]:
        raise SystemExit("validation: khabar and pyshacl do not agree; see tests/test_validate.py")
    faults = sum(map(len, verdicts))
    mine = cpu(lambda: [ours(data, shapes) for data in found], RUNS) / len(found)
    peer = cpu(lambda: [alone(data, plain) for data in found], RUNS) / len(found)
    rows = [("", "an article", "ratio"), ("khabar", seconds(mine), times(1))]
    rows += [("pyshacl alone", seconds(peer), times(peer / mine))]
    show(f"Validation of {len(found)} articles; both find the same {faults} faults", rows)


if __name__ == "__main__":
    main()
