"""Why each fact was found, as one page of HTML that needs nothing else: the article, and its words marked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Final

from khabar import show
from khabar.model import Fact, Reading

_QUOTED: Final = re.compile("“[^“”]*”")
_STYLE: Final = """
:root { color-scheme: light dark; --edge: #8886; --mark: #ffd54f66; }
body { font: 1rem/1.7 system-ui, "Noto Sans", "Noto Naskh Arabic", sans-serif; margin: 0 auto;
  max-width: 80rem; padding: 1rem; }
section { display: grid; gap: 2rem; border-block-start: 1px solid var(--edge); padding-block: 1rem; }
@media (min-width: 56rem) {
  section { grid-template-columns: 1fr 1fr; align-items: start; }
  section > p { position: sticky; inset-block-start: 1rem; max-height: 96vh; overflow: auto; }
}
h1, h2 { line-height: 1.3; } h2 { grid-column: 1 / -1; margin: 0; }
[lang=ar] { font-size: 1.1em; }
p { margin-block: 0 1em; white-space: pre-wrap; overflow-wrap: anywhere; }
mark { background: var(--mark); color: inherit; padding-block: .1em; border-radius: .15em; }
sup a { text-decoration: none; padding-inline: .15em; font-size: .8em; }
ol { list-style: none; margin: 0; padding: 0; }
li { border: 1px solid var(--edge); border-radius: .4rem; padding: .6rem .8rem; margin-block-end: .8rem; }
li:target { outline: 2px solid; } li > strong { display: block; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .3rem 0 0;
  font-size: .9em; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
"""


def page(readings: Iterable[Reading], prefixes: Mapping[str, str]) -> Iterator[str]:
    """The page in pieces, an article each; each text runs in the direction of its letters."""
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>khabar explain</title>\n<style>{_STYLE}</style>\n<h1>Why each fact was found</h1>\n"
    )
    for number, reading in enumerate(readings, start=1):
        yield _article(reading, f"a{number}", prefixes)


def _article(reading: Reading, name: str, prefixes: Mapping[str, str]) -> str:
    article = reading.article
    written = f'lang="{escape(article.language)}" dir="auto"'
    facts = show.explained(reading, prefixes)
    items = "\n".join(_fact(f"{name}-{n}", n, rows) for n, rows in enumerate(facts, start=1))
    return (
        f"<section>\n<h2 {written}>{escape(article.title or article.key)}</h2>\n"
        f"<p {written}>{_marked(article.text, reading.facts, name)}</p>\n"
        f"<ol>\n{items or '<li>No frame of the lexicon matched.</li>'}\n</ol>\n</section>\n"
    )


def _fact(anchor: str, number: int, rows: Sequence[tuple[str, str]]) -> str:
    (_, head), *rest = rows
    terms = "".join(f'<dt>{escape(name)}</dt><dd dir="auto">{_isolated(text)}</dd>' for name, text in rest)
    return f'<li id="{anchor}"><strong dir="auto">{number}. {_isolated(head)}</strong><dl>{terms}</dl></li>'


def _isolated(text: str) -> str:
    """TEXT with each of its quotations running in a direction of its own."""
    return _QUOTED.sub(r"<bdi>\g<0></bdi>", escape(text))


def _marked(text: str, facts: Sequence[Fact], name: str) -> str:
    """TEXT with the words of each fact marked, and the numbers of the facts where their words begin."""
    begun: defaultdict[int, list[int]] = defaultdict(list)
    depth: defaultdict[int, int] = defaultdict(int)
    for number, fact in enumerate(facts, start=1):
        for span in fact.evidence:
            begun[span.start].append(number)
            depth[span.start] += 1
            depth[span.end] -= 1
    pieces, open_spans = [], 0
    for start, end in pairwise(sorted({0, len(text), *depth})):
        open_spans += depth[start]
        links = "".join(f'<sup><a href="#{name}-{n}">{n}</a></sup>' for n in begun[start])
        words = escape(text[start:end])
        pieces.append(f"{links}<mark>{words}</mark>" if open_spans else words)
    return "".join(pieces)
