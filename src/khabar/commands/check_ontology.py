"""khabar check-ontology: an ontology, and a sample of data under it, before a reasoner and our own shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from khabar.commands.outcome import Status
from khabar.commands.reports import FAIL_ON, FORMAT, MESSAGES, OUTPUT
from khabar.errors import KhabarError
from khabar.graph.documents import Document, open_document
from khabar.graph.shapes import shapes_of
from khabar.resources import folder
from khabar.validation.axioms import Axioms, sample_of
from khabar.validation.checking import Outcome, check
from khabar.validation.found import Found, numbered
from khabar.validation.render import FORMATS
from khabar.validation.rules import Rules
from khabar.validation.sources import expand
from khabar.validation.verdict import Verdict

PATIENCE: Final = 60  # seconds


@click.command("check-ontology")
@click.argument("data", metavar="[DATA...]", nargs=-1)
@click.option("--ontology", metavar="FILE", type=Path, help="Check this one, not khabar's own.")
@click.option(
    "--reasoner/--no-reasoner", default=True, show_default=True, help="Ask HermiT, which needs Java."
)
@click.option(
    "--time-limit",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    default=PATIENCE,
    show_default=True,
    help="Give HermiT so long, once for the axioms and once for the sample.",
)
@click.option(
    "--sample",
    metavar="N",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Show HermiT the first N nodes of DATA; it takes minutes over thousands.",
)
@FORMAT
@OUTPUT
@FAIL_ON
@MESSAGES
def command(
    data: tuple[str, ...],
    ontology: Path | None,
    reasoner: bool,
    time_limit: float,
    sample: int,
    format_: str,
    output: Path | None,
    fail_on: str,
    language: str | None,
) -> Status:
    """Check an ontology: labels, domains and ranges by shapes, consistency by HermiT, and DATA for classes
    that exclude each other.

    \b
    Example:
      khabar check-ontology graph.ttl --language ar
    """
    path = ontology or folder("ontology") / "khabar.ttl"
    document = open_document(path, name=None if ontology else "khabar.ttl")
    documents = [named.open() for named in expand(data)]
    quality = open_document(folder("ontology") / "quality.ttl")
    document.quads()  # says where it is no RDF
    outcome = check([document], Rules((quality,), path, ours=False), lambda text, tag: ())
    shapes = shapes_of([quality])
    axioms = Axioms(document, shapes)
    found = [*outcome.found, *(conflict for d in documents for conflict in axioms.conflicts(d))]
    if reasoner:
        found += axioms.reasoned(time_limit)
        if documents:
            found += _of_sample(axioms, documents, sample, time_limit)
    notes = () if reasoner else ("Note: HermiT was not asked whether the axioms hold together.",)
    verdict = Verdict(_with(outcome, found), fail_on, language=language, notes=notes)
    report = FORMATS[format_](verdict, shapes)
    if output is None:
        click.echo(report, nl=False)
    else:
        _write(output, click.unstyle(report))
    return Status.GOOD if verdict.conforms else Status.PARTLY


def _of_sample(axioms: Axioms, documents: Sequence[Document], most: int, seconds: float) -> list[Found]:
    sample = sample_of(documents, most)
    return [found for found in axioms.reasoned(seconds, sample) if found.result.value is None]


def _with(outcome: Outcome, found: Sequence[Found]) -> Outcome:
    return replace(outcome, found=numbered(found))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise KhabarError(
            where=str(path), problem=f"cannot be written: {error.strerror}", fix="check the folder"
        ) from error
