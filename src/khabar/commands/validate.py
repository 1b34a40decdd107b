"""khabar validate: check RDF data against SHACL shapes."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click

from khabar.commands.options import jobs
from khabar.commands.outcome import Status, complain
from khabar.commands.reports import FAIL_ON, FORMAT, MESSAGES, OUTPUT
from khabar.errors import KhabarError, ReadError
from khabar.graph.documents import FORMATS as SYNTAXES
from khabar.graph.documents import Document, open_document
from khabar.graph.shapes import Shapes
from khabar.graph.triples import Triples
from khabar.graph.validate import COMPILED, ENGINES
from khabar.knowledge import load_language
from khabar.knowledge.turtle import parsed
from khabar.model import Article
from khabar.resources import folder as shipped
from khabar.text.segment import segment
from khabar.validation.checking import Outcome, Unchecked, check
from khabar.validation.coverage import as_text as as_coverage
from khabar.validation.coverage import cover
from khabar.validation.explained import explain
from khabar.validation.profile import named, own_shapes
from khabar.validation.render import FORMATS
from khabar.validation.rules import Rules
from khabar.validation.sources import STDIN, Named, expand, from_endpoint, from_stdin
from khabar.validation.verdict import Verdict, read_known, write_baseline
from khabar.validation.wellformed import examine
from khabar.validation.words import Words

Source = Named | Document
PROFILED: Final = 20  # files that are asked which profile they conform to


@click.command("validate")
@click.argument("data", metavar="DATA...", nargs=-1)
@click.option("--shapes", metavar="FILE", multiple=True, help="Check by these, not by khabar's own.")
@FORMAT
@OUTPUT
@FAIL_ON
@click.option("--baseline", metavar="FILE", type=Path, help="Leave out the results that FILE knows.")
@click.option("--update-baseline", is_flag=True, help="Write all results into the baseline instead.")
@click.option("--diff", metavar="OLD", type=Path, help="Show only what is new since OLD, a report in JSON.")
@click.option("--max-results", metavar="N", type=click.IntRange(0), help="Show at most N results; all count.")
@click.option("--explain", "explained", metavar="ID", help="Tell all of the result with that id.")
@click.option(
    "--article",
    "articles",
    metavar="KEY",
    multiple=True,
    help="Check only this article of a built graph, and what it names.",
)
@click.option("--coverage", is_flag=True, help="Tell instead which shapes DATA put to the test.")
@click.option(
    "--each", is_flag=True, help="Let every file stand alone, as in a folder with one article a file."
)
@click.option(
    "--input-format", type=click.Choice(list(SYNTAXES)), help="What DATA is, whatever its name says."
)
@click.option(
    "--endpoint", metavar="URL", multiple=True, help="Fetch the default graph behind a SPARQL endpoint."
)
@MESSAGES
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=COMPILED,
    show_default=True,
    help="pyshacl is the reference implementation, alone; the other finds the same, sooner.",
)
@click.option(
    "--check-shapes/--no-check-shapes",
    default=True,
    show_default=True,
    help="Refuse shapes that break the rules of SHACL itself.",
)
@jobs("Check articles or files in N processes; the report is the same.")
@click.option("--time-limit", metavar="SECONDS", type=click.IntRange(1), help="Give up after so long.")
@click.option("--fail-on-empty", is_flag=True, help="Fail if no shape found anything to look at.")
def command(
    data: tuple[str, ...],
    shapes: tuple[str, ...],
    format_: str,
    output: Path | None,
    explained: str | None,
    endpoint: tuple[str, ...],
    input_format: str | None,
    time_limit: int | None,
    fail_on_empty: bool,
    **options: Any,
) -> Status:
    """Check DATA against SHACL shapes: RDF files, folders, patterns, built graphs, or - for standard input.

    \b
    Example:
      khabar validate graph
      khabar validate data.ttl --shapes shapes.ttl --format sarif --output report.sarif
    """
    logging.getLogger("rdflib").setLevel(logging.ERROR)  # which warns of every literal that is ill-formed
    try:
        with _limited(time_limit):
            sources = _sources(data, endpoint, input_format)
            rules, notes = _rules(sources, shapes, options["engine"], strict=options["check_shapes"])
            verdict, loaded = _judged(sources, rules, notes, options)
    except Unchecked as error:
        for one in error.errors:
            complain(str(one))
        return Status.FAILED
    except (KhabarError, click.ClickException):
        raise
    except Exception as error:  # 1 means that the data is at fault, and nothing else may
        raise KhabarError(
            where="validation",
            problem=f"broke off: {type(error).__name__}: {error}",
            fix="try --engine pyshacl, and report the data and the shapes that did it",
        ) from error
    empty = verdict.outcome.targeted == 0
    if options["update_baseline"]:
        return _update(options["baseline"], verdict)
    if options["coverage"]:
        ontology = Triples(parsed(shipped("ontology") / "khabar.ttl"))
        click.echo(as_coverage(cover(verdict.outcome, loaded, ontology)), nl=False)
        return Status.GOOD
    report = explain(verdict, explained, loaded) if explained else FORMATS[format_](verdict, loaded)
    _write(report, output)
    if empty and fail_on_empty:
        return Status.FAILED
    return Status.GOOD if verdict.conforms else Status.PARTLY


def _sources(names: Sequence[str], endpoints: Sequence[str], format_: str | None) -> list[Source]:
    if not names and not endpoints:
        raise click.UsageError("Name DATA: files, folders, patterns, a built graph, or - for standard input.")
    found: list[Source] = []
    for name in names:
        found += [from_stdin(sys.stdin.buffer, format_)] if name == STDIN else expand([name], format_)
    return [*dict.fromkeys(found), *map(from_endpoint, endpoints)]


def _rules(
    sources: Sequence[Source], names: Sequence[str], engine: str, *, strict: bool
) -> tuple[Rules, tuple[str, ...]]:
    ontology = shipped("ontology") / "khabar.ttl"
    documents = tuple(open_document(source.path, source.format) for source in expand(names))
    if not documents:
        files = [source for source in sources if isinstance(source, Document) or not source.built]
        documents = _profile(files) or ()
    if documents:
        return Rules(documents, ontology, ours=False, engine=engine), examine(documents, strict=strict)
    return Rules(own_shapes(), ontology, engine=engine), ()


def _profile(files: Sequence[Source]) -> tuple[Document, ...] | None:
    """The shapes that the first files name: a profile is said of a dataset, and not of each of many files."""
    opened = []
    for file in files[:PROFILED]:
        try:
            document = file if isinstance(file, Document) else file.open()
            document.quads()
        except ReadError:
            continue  # the check will say so, together with all others
        opened.append(document)
    return named(opened)


def _judged(
    sources: Sequence[Source], rules: Rules, notes: tuple[str, ...], options: dict[str, Any]
) -> tuple[Verdict, Shapes]:
    if options["update_baseline"] and options["baseline"] is None:
        raise click.UsageError("--update-baseline needs --baseline FILE.")
    if options["language"] is not None:
        Words(options["language"])
    known = options["diff"] or (None if options["update_baseline"] else options["baseline"])
    before = None if known is None else read_known(known)
    outcome = check(
        sources, rules, _sentences, each=options["each"], jobs=options["jobs"], articles=options["articles"]
    )
    notes = (*notes, *outcome.notes, *_unaimed(outcome))
    verdict = Verdict(outcome, options["fail_on"], before, options["max_results"], options["language"], notes)
    return verdict, rules.shapes(None)


def _unaimed(outcome: Outcome) -> tuple[str, ...]:
    if outcome.targeted:
        return ()
    return ("Warning: no shape found anything to look at in this data, so nothing was checked.",)


def _update(path: Path, verdict: Verdict) -> Status:
    write_baseline(path, verdict.outcome.found)
    click.echo(f"{path}: {len(verdict.outcome.found)} results are known from now on")
    return Status.GOOD


def _write(report: str, output: Path | None) -> None:
    if output is None:
        click.echo(report, nl=False)
        return
    try:
        output.write_text(click.unstyle(report), encoding="utf-8")
    except OSError as error:
        raise KhabarError(
            where=str(output), problem=f"cannot be written: {error.strerror}", fix="check the folder"
        ) from error


def _sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end; none in a language that khabar does not read."""
    known = load_language(language)
    if known is None:
        return []
    article = Article(key="", text=text, language=language)
    return [(sentence.span.start, sentence.span.end) for sentence in segment(article, known)]


# --- patience


class _limited:
    """Ends what runs inside it after so many SECONDS; raises KhabarError."""

    def __init__(self, seconds: int | None) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        if self._seconds is not None:
            signal.signal(signal.SIGALRM, self._end)
            signal.alarm(self._seconds)

    def __exit__(self, *_: object) -> None:
        if self._seconds is not None:
            signal.alarm(0)

    def _end(self, _: int, __: FrameType | None) -> None:
        raise KhabarError(
            where="validation",
            problem=f"took longer than {self._seconds} seconds",
            fix="check less at a time, or look for a shape that is slow; --time-limit says how long to wait",
        )
