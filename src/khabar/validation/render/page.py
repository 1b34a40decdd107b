"""A report as one page of HTML that needs nothing else: for a mail, an artifact, a reader of Arabic."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from rdflib import Literal

from khabar.graph.report import local, short
from khabar.graph.shapes import Shapes
from khabar.validation.found import Found
from khabar.validation.verdict import LEVELS, Verdict
from khabar.validation.words import Words

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --soft: #666; --line: #d5d5d5;
  --back: #f5f5f3 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e6; --paper: #181818; --soft: #a5a5a5; --line: #3d3d3d; --back: #242424 } }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.6 system-ui, sans-serif;
  color: var(--ink); background: var(--paper) }
h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin: 0 }
article { border: 1px solid var(--line); border-inline-start: .3rem solid var(--mark); border-radius: .3rem;
  padding: .7rem 1rem; margin: 1rem 0; overflow-wrap: anywhere }
.violation { --mark: #c62828 } .warning { --mark: #b26a00 } .info { --mark: #1565c0 }
.level { color: var(--mark); font-weight: 600 }
pre { background: var(--back); padding: .5rem; overflow-x: auto; margin: .5rem 0; white-space: pre }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem;
  margin: .5rem 0; font-size: .92rem }
dt { color: var(--soft) } dd { margin: 0; min-width: 0 }
blockquote { margin: .5rem 0; padding-inline-start: .8rem; border-inline-start: .2rem solid var(--line) }
mark { background: #ffe58a; color: #1c1c1c } bdi, code { overflow-wrap: anywhere }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr } dd { margin-block-end: .4rem } }
"""


def as_html(verdict: Verdict, shapes: Shapes) -> str:
    """The page, in the language of the messages, and in its direction."""
    words = Words(verdict.language)
    head = (
        f'<!DOCTYPE html>\n<html lang="{words.language}" dir="{words.direction}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(words['title'])}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )
    return head + "".join(f"{line}\n" for line in _body(verdict, words)) + "</body>\n</html>\n"


def _body(verdict: Verdict, words: Words) -> Iterator[str]:
    yield f"<h1>{escape(words['title'])}: {escape(words['conforms' if verdict.conforms else 'fails'])}</h1>"
    counts = [
        f"{number} {words[f'{level}s']}"
        for level, number in verdict.counts.items()
        if number or level != "info"
    ]
    if verdict.before is not None:
        counts += [f"{verdict.known} {words['known']}", f"{len(verdict.gone)} {words['gone']}"]
    counts += [f"{verdict.outcome.graphs} {words['graphs']}", f"{verdict.outcome.triples} {words['triples']}"]
    yield f"<p>{escape(' · '.join(counts))}</p>"
    for note in verdict.notes:
        yield f'<p dir="auto">{escape(note)}</p>'
    for found in sorted(verdict.shown, key=lambda found: LEVELS.index(found.level)):
        yield from _result(found, verdict, words)
    if hidden := len(verdict.new) - len(verdict.shown):
        yield f"<p>{hidden} {escape(words['more'])}</p>"


def _result(found: Found, verdict: Verdict, words: Words) -> Iterator[str]:
    result, place = found.result, found.place
    yield f'<article class="{found.level}" id="r{found.id}">'
    level = f'<span class="level">{escape(words[found.level])}</span>'
    yield f"<h2>{level}: <bdi>{escape(result.name)}</bdi></h2>"
    messages = [
        message for message in result.messages if message.language == verdict.language
    ] or result.messages
    yield from (f"<p {_language(message)}>{escape(message)}</p>" for message in messages)
    if place is not None and place.text is not None:
        yield f'<pre dir="ltr">{escape(_marked(place.text, place.column or 1))}</pre>'
    if found.quote is not None:
        yield _quoted(found, words)
    yield "<dl>"
    if place is not None:
        at = ":".join(str(part) for part in (place.file, place.line, place.column) if part is not None)
        yield _pair(words["place"], at)
    yield _pair(words["node"], str(result.focus))
    if result.path:
        yield _pair(words["path"], result.path)
    if result.value is not None:
        yield _pair(words["value"], short(result.value))
    yield _pair(words["rule"], f"{local(found.rule)} ({found.id})")
    yield "</dl>\n</article>"


def _quoted(found: Found, words: Words) -> str:
    quote = found.quote
    assert quote is not None
    sentence = escape(quote.sentence)
    marked = sentence.replace(escape(quote.words), f"<mark>{escape(quote.words)}</mark>", 1)
    article = f"<bdi>{escape(local(quote.article))}</bdi>"
    place = f"{escape(words['sentence'])}: {article}, {escape(words['characters'])} "
    return (
        f'<blockquote lang="{escape(quote.language)}" dir="auto">{marked}</blockquote>'
        f"<p>{place}<bdi>{quote.begin}–{quote.end}</bdi></p>"
    )


def _pair(name: str, value: str) -> str:
    return f"<dt>{escape(name)}</dt><dd><bdi>{escape(value)}</bdi></dd>"


def _language(message: Literal) -> str:
    return f'lang="{escape(message.language)}" dir="auto"' if message.language else 'dir="auto"'


def _marked(text: str, column: int) -> str:
    return f"{text.expandtabs(1)}\n{' ' * (column - 1)}^"
