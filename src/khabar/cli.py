"""The command line: parse, call the library, show.  Results go to stdout, all else to stderr."""

from __future__ import annotations

import gc
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final

import click
import pyoxigraph as ox

from khabar import show
from khabar.build import build
from khabar.errors import KhabarError, QueryError, ReadError
from khabar.evaluate import evaluate, load_gold
from khabar.extract import extract
from khabar.graph import serialise, store
from khabar.graph.assemble import assemble
from khabar.graph.load import base_of, load_data, moved_graph
from khabar.graph.shapes import load_shapes
from khabar.graph.terms import to_ox
from khabar.graph.validate import validate
from khabar.knowledge import Knowledge, load, records
from khabar.lines import Line, lines
from khabar.model import Article, Reading
from khabar.publish.app import create_app, serve
from khabar.resources import folder as shipped
from khabar.settings import NAME, read_settings
from khabar.text.read import read
from khabar.version import __version__
from khabar.vocab import DEFAULT_BASE

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_GARBAGE: Final = 50_000  # objects made before the garbage collector looks
DEMO: Final = Path(__file__).with_name("demo")
PREFIXES: Final = serialise.prefixes(DEFAULT_BASE)
SELECTED: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "xml": ox.QueryResultsFormat.XML,
}


class Status(IntEnum):
    """What a command exits with."""

    GOOD = 0
    PARTLY = 1  # done, but not all of it is good
    FAILED = 2  # could not do it
    INTERRUPTED = 130  # as shells say it


class Failure(click.ClickException):
    """A KhabarError on its way out."""

    exit_code = Status.FAILED

    def show(self, file: IO[Any] | None = None) -> None:
        complain(self.message)


class Commands(click.Group):
    """The one place where an outcome becomes an exit status."""

    def invoke(self, ctx: click.Context) -> None:
        # The knowledge is some hundred thousand objects that live to the end: searching them for garbage
        # again and again took a quarter of the time of building one article (2.0 s of user time to 1.5 s).
        gc.set_threshold(_GARBAGE)
        try:
            status = super().invoke(ctx)
        except KhabarError as error:
            raise Failure(str(error)) from error
        except KeyboardInterrupt:
            status = Status.INTERRUPTED
        ctx.exit(status or Status.GOOD)


def complain(message: str) -> None:
    """Say what went wrong, on a line of its own even where a progress bar stands."""
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    click.echo(f"{start}khabar: {message}", err=True)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, to be told how many of how many are done; None where nobody would see it."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield advance


class Sources:
    """The articles of some sources as they are read; what is no article is reported and counted."""

    def __init__(self, sources: Iterable[str], knowledge: Knowledge, language: str | None = None) -> None:
        self._found = read(sources, languages=knowledge.languages, language=language, stdin=sys.stdin.buffer)
        self._refused = 0

    def articles(self) -> Iterable[Article]:
        """All of them; raises click.exceptions.Exit if there is none, before anything else is begun."""
        accepted = self._accepted()
        first = next(accepted, None)
        if first is None:
            raise click.exceptions.Exit(Status.FAILED)
        return chain([first], accepted)

    @property
    def status(self) -> Status:
        """The status of a command that did well by every article that there was."""
        return Status.PARTLY if self._refused else Status.GOOD

    def _accepted(self) -> Iterator[Article]:
        for found in self._found:
            if isinstance(found, ReadError):
                self._refused += 1
                complain(str(found))
            else:
                yield found


def configure(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Take the defaults of the options from --config FILE, and below them from DIR/khabar.toml."""
    if value is None:
        return value
    known = ctx.default_map or {}
    if param.name == "config":
        ctx.default_map = {**known, **read_settings(Path(value))}
    elif (path := Path(value) / NAME).is_file():
        ctx.default_map = {**read_settings(path), **known}
    return value


# Parameters that several commands share

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

SRC: Final[Decorator] = click.argument("sources", metavar="SRC...", nargs=-1, required=True)
DIR: Final[Decorator] = click.argument("folder", metavar="DIR", is_eager=True, callback=configure)
CONFIG: Final[Decorator] = click.option(
    "--config",
    metavar="FILE",
    envvar="KHABAR_CONFIG",
    is_eager=True,
    expose_value=False,
    callback=configure,
    help=f"Take the defaults of these options from a TOML file; DIR/{NAME} needs no naming.",
)
LANGUAGE: Final[Decorator] = click.option(
    "--language",
    metavar="TAG",
    envvar="KHABAR_LANGUAGE",
    help="The language of articles that do not state theirs; without it, it is recognised.",
)
TEXTS: Final[Decorator] = click.option(
    "--publish-text/--no-publish-text",
    default=False,
    envvar="KHABAR_PUBLISH_TEXT",
    help="Give whole texts of articles, too, not only the words that state a fact.",
)


def formats(*names: str, default: str | None = None) -> Decorator:
    """The option --format."""
    return click.option(
        "--format",
        type=click.Choice(names),
        default=default,
        show_default=True,
        help="How to write the result.",
    )


@click.group(cls=Commands, epilog="Exit status: 0 good; 1 done, but not all is good; 2 could not do it.")
@click.version_option(__version__, prog_name="khabar", message="%(prog)s %(version)s")
def main() -> None:
    """Read news in Arabic, English and Russian into an RDF graph, each fact with the words that state it."""


@main.command("extract")
@SRC
@formats("table", "jsonl", "turtle", default="table")
@LANGUAGE
@CONFIG
def extract_command(sources: tuple[str, ...], format: str, language: str | None) -> Status:
    """Show the facts that articles state.

    SRC is a file (.txt, .md, .json, .jsonl), a folder of them, or - for standard input.

    \b
    Example:
      khabar extract examples --format jsonl
    """
    knowledge = load()
    found = Sources(sources, knowledge, language)
    WRITERS[format](extract(article, knowledge) for article in found.articles())
    return found.status


def _write_table(readings: Iterable[Reading]) -> None:
    known = records.load()
    click.echo(show.lines_table(line for reading in readings for line in lines(reading, known)))


def _write_jsonl(readings: Iterable[Reading]) -> None:
    known = records.load()
    for reading in readings:
        for line in lines(reading, known):
            click.echo(json.dumps(line, ensure_ascii=False))


def _write_turtle(readings: Iterable[Reading]) -> None:
    graph = ox.Store()
    for s, p, o, name in (quad for reading in readings for quad in assemble(reading)):
        if not store.is_text_graph(name, DEFAULT_BASE):
            graph.add(ox.Quad(ox.NamedNode(s), ox.NamedNode(p), to_ox(o)))
    serialise.dump(graph, "turtle", sys.stdout.buffer, DEFAULT_BASE)


WRITERS: Final = {"table": _write_table, "jsonl": _write_jsonl, "turtle": _write_turtle}


@main.command("explain")
@SRC
@LANGUAGE
@CONFIG
def explain_command(sources: tuple[str, ...], language: str | None) -> Status:
    """Show why each fact was found: the words, the frame that matched, what each name was taken for.

    \b
    Example:
      khabar explain examples/ar-dialogue-review.md
    """
    knowledge = load()
    found = Sources(sources, knowledge, language)
    for article in found.articles():
        click.echo(f"{show.explanation(extract(article, knowledge), PREFIXES)}\n")
    return found.status


@main.command("build")
@SRC
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    envvar="KHABAR_DIR",
    is_eager=True,
    callback=configure,
    help="The folder of the graph; it may exist already.",
)
@click.option(
    "--base",
    metavar="IRI",
    default=DEFAULT_BASE,
    show_default=True,
    envvar="KHABAR_BASE",
    help="Mint IRIs under this address; the first build fixes it.",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    envvar="KHABAR_JOBS",
    help="Extract in N processes; the graph is the same.",
)
@LANGUAGE
@click.option("--source-date-epoch", type=int, envvar="SOURCE_DATE_EPOCH", hidden=True)
@CONFIG
def build_command(
    sources: tuple[str, ...],
    out: str,
    base: str,
    jobs: int,
    language: str | None,
    source_date_epoch: int | None,
) -> Status:
    """Build a validated graph of articles, or add articles to one.

    SRC is a file (.txt, .md, .json, .jsonl), a folder of them, or - for standard input.

    \b
    Example:
      khabar build examples --out graph
    """
    knowledge = load()
    found = Sources(sources, knowledge, language)
    articles = found.articles()
    with progress("building") as shown:
        report = build(
            articles,
            Path(out),
            knowledge=knowledge,
            base=base,
            jobs=jobs,
            progress=shown,
            source_date_epoch=source_date_epoch,
        )
    click.echo(report.text)
    return found.status if report.good else Status.PARTLY


@main.command("validate")
@click.argument("data", metavar="DATA...", type=Path, nargs=-1, required=True)
@click.option(
    "--shapes", metavar="FILE", type=Path, multiple=True, help="Check by these, not by khabar's own."
)
def validate_command(data: tuple[Path, ...], shapes: tuple[Path, ...]) -> Status:
    """Check DATA against SHACL shapes: RDF files, or built folders.

    \b
    Example:
      khabar validate graph
    """
    graph = load_data(data)
    base = base_of(graph)
    paths = shapes or tuple(sorted(shipped("shapes").glob("*.ttl")))
    report = validate(graph, load_shapes(paths, base), moved_graph(load().ontology.graph, base))
    click.echo(report.text, nl=False)
    return Status.GOOD if report.conforms else Status.PARTLY


@main.command("query")
@DIR
@click.argument("sparql", required=False)
@click.option(
    "-f", "--file", metavar="FILE", type=click.File(encoding="utf-8"), help="Read the query from it."
)
@formats("table", "turtle", *SELECTED)
@CONFIG
def query_command(folder: str, sparql: str | None, file: IO[str] | None, format: str | None) -> None:
    """Ask a built graph in SPARQL; the prefixes of its dumps need no declaration.

    \b
    Example:
      khabar query graph 'SELECT ?who ?what { ?who kh:chairs ?what }'
    """
    text = sparql if file is None else file.read()
    if text is None or (sparql is not None and file is not None):
        raise click.UsageError("Give one query: as an argument, or with -f FILE.")
    prefixes = serialise.prefixes(store.describe(Path(folder)).base)
    answer = store.query(store.open_snapshot(Path(folder)), text, prefixes=prefixes)
    _write_answer(answer, format or ("turtle" if isinstance(answer, ox.QueryTriples) else "table"), prefixes)


def _write_answer(answer: Answer, format: str, prefixes: dict[str, str]) -> None:
    """Write a query's answer to stdout; raises QueryError for a format that cannot hold it."""
    if isinstance(answer, ox.QueryTriples) != (format == "turtle"):
        fits = "turtle" if isinstance(answer, ox.QueryTriples) else f"table, {', '.join(SELECTED)}"
        raise QueryError(
            where="query", problem=f"has an answer that is no {format}", fix=f"use --format {fits}"
        )
    if isinstance(answer, ox.QueryTriples):
        ox.serialize(answer, sys.stdout.buffer, ox.RdfFormat.TURTLE, prefixes=prefixes)
    elif format == "table":
        click.echo(show.answer(answer, prefixes))
    else:
        answer.serialize(sys.stdout.buffer, SELECTED[format])


@main.command("dump")
@DIR
@formats(*serialise.FORMATS, default="turtle")
@TEXTS
@CONFIG
def dump_command(folder: str, format: str, publish_text: bool) -> None:
    """Write a whole graph: sorted, so that two builds can be compared line by line.

    \b
    Example:
      khabar dump graph --format nquads > graph.nq
    """
    snapshot, base = store.open_snapshot(Path(folder)), store.describe(Path(folder)).base
    serialise.dump(snapshot, format, sys.stdout.buffer, base, publish_text=publish_text)


@main.command("serve")
@DIR
@click.option("--host", default="127.0.0.1", show_default=True, envvar="KHABAR_HOST", help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    envvar="KHABAR_PORT",
    help="Where to listen, too.",
)
@TEXTS
@CONFIG
def serve_command(folder: str, host: str, port: int, publish_text: bool) -> None:
    """Serve a built graph: pages, RDF for every IRI, and SPARQL.

    \b
    Example:
      khabar serve graph --port 8000
    """
    app = create_app(Path(folder), publish_text=publish_text)
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Open http://{shown}:{port}/ in a browser; Ctrl+C ends it.", err=True)
    with suppress(KeyboardInterrupt):
        serve(app, host, port)


@main.command("evaluate")
@click.argument("gold", metavar="GOLD...", nargs=-1, required=True)
@formats("table", "json", "markdown", default="table")
@click.option("--fail-under", metavar="F", type=click.FloatRange(0, 1), help="Exit with 1 if F1 is below F.")
@click.option("--misses", is_flag=True, help="List what was missed, and what was wrong.")
def evaluate_command(gold: tuple[str, ...], format: str, fail_under: float | None, misses: bool) -> Status:
    """Measure the extraction against articles that people have annotated: JSON files, or folders of them.

    \b
    Example:
      khabar evaluate examples/gold --fail-under 0.5
    """
    knowledge, known = load(), records.load()
    languages = knowledge.languages

    def found(article: Article) -> list[Line]:
        return lines(extract(article, knowledge), known)

    score = evaluate(load_gold(gold, languages=languages), found, records=known, languages=languages)
    write = {"table": score.table, "json": score.json, "markdown": score.markdown}[format]
    click.echo(write(misses=misses))
    return Status.PARTLY if fail_under is not None and score.f1 < fail_under else Status.GOOD


@main.command("demo")
def demo_command() -> Status:
    """Build the example articles in a temporary folder, and ask the graph five questions.

    \b
    Example:
      khabar demo
    """
    examples, knowledge = shipped("examples"), load()
    with tempfile.TemporaryDirectory(prefix="khabar-") as scratch:
        graph = Path(scratch) / "graph"
        found = Sources([str(examples)], knowledge)
        click.echo(build(found.articles(), graph, knowledge=knowledge).text)
        snapshot = store.open_snapshot(graph)
        for path in sorted(DEMO.glob("*.rq")):
            question = path.read_text("utf-8")
            answer = store.query(snapshot, question)
            if isinstance(answer, ox.QuerySolutions):
                click.echo(f"\n{question.splitlines()[0].removeprefix('# ')}\n")
                click.echo(show.answer(answer, PREFIXES))
    click.echo("\nNow build a graph to keep, and open it in a browser:")
    click.echo(f"  khabar build {examples} --out graph\n  khabar serve graph")
    return found.status
