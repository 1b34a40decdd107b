"""What every request of the web front needs: the dataset, the reader's language, links, and pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from flask import Response, current_app, g, make_response, render_template, request

from khabar.publish import protocol
from khabar.publish.cache import Cache
from khabar.publish.dataset import Dataset, Snapshot, query_text
from khabar.publish.door import Door
from khabar.publish.examples import Example
from khabar.publish.front import Front
from khabar.publish.interface import Interface, Language, Text
from khabar.publish.keys import Keys
from khabar.publish.metrics import Metrics
from khabar.publish.pool import Pool
from khabar.publish.running import Runner
from khabar.publish.views import View
from khabar.publish.writing import Writer


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of one running web front."""

    dataset: Dataset
    pool: Pool
    interface: Interface
    runner: Runner
    keys: Keys
    writer: Writer | None  # None: nothing may be written
    is_private: bool  # whether a key is needed even to read
    examples: tuple[Example, ...]  # of queries; none for a dataset of which nothing is known
    front: Front
    cache: Cache[Any]
    metrics: Metrics
    door: Door

    def close(self) -> None:
        """End all processes that we have started."""
        self.pool.close()
        if self.writer is not None:
            self.writer.close()


def site() -> Site:
    """The parts of the application that answers the current request."""
    found: Site = current_app.extensions["khabar"]
    return found


def language() -> Language:
    """The language of the interface: `?lang=`, else what the browser asks for, else the first."""
    if "language" not in g:
        g.language = _language()
    found: Language = g.language
    return found


def _language() -> Language:
    known = site().interface.languages
    tags = [language.tag for language in known]
    asked = site().interface.language(request.args.get("lang", ""))
    return asked or site().interface.language(request.accept_languages.best_match(tags) or "") or known[0]


def snapshot() -> Snapshot:
    """The graph: one snapshot for the whole request."""
    if "snapshot" not in g:
        g.snapshot = site().dataset.snapshot()
    found: Snapshot = g.snapshot
    return found


def newer_snapshot() -> None:
    """Go on with the newest snapshot, for the one that this request began with is gone."""
    g.pop("snapshot", None)
    g.pop("view", None)


def view() -> View:
    """The graph as the current reader sees it."""
    if "view" not in g:
        g.view = View(snapshot(), site().interface, language())
    found: View = g.view
    return found


def text(name: str) -> Text:
    """A text of the interface in the reader's language."""
    return site().interface.text(name, language())


def counted(name: str, number: int) -> Text:
    """A text with a number in it, in the reader's language."""
    return site().interface.counted(name, number, language())


def link(path: str, **arguments: str) -> str:
    """An address of ours: under the prefix that the server is mounted at, in the language chosen."""
    if "lang" in request.args:
        arguments = {"lang": language().tag} | arguments
    path, mark, fragment = path.partition("#")
    question = f"?{_written(*arguments.items())}" if arguments else ""
    place = quote(fragment, safe="/?:@=,") if fragment else ""
    return f"{request.script_root}{_quoted(path)}{question}{mark}{place}"


@lru_cache(maxsize=1_000)
def _written(*arguments: tuple[str, str]) -> str:
    """The arguments of an address: a page has a hundred links with the same ones."""
    return urlencode(arguments)


@lru_cache(maxsize=10_000)
def _quoted(path: str) -> str:
    """A path names a thing, so it is quoted just once; a `%` that an IRI holds is data, too."""
    return quote(path, safe="/:@!$&*+,;=~")


def address(path: str) -> str:
    """A path of ours as the whole address that the client reaches it by."""
    return request.url_root.rstrip("/") + path


def in_language(other: Language) -> str:
    """The address of the current page in another language of the interface."""
    arguments = request.args.to_dict() | {"lang": other.tag}
    return link(request.path, **arguments)


def href(iri: str) -> str | None:
    """Where to follow an IRI: ours on this server, others on the web, and nothing else at all."""
    base = site().dataset.base
    if iri.startswith((f"{base}id/", f"{base}article/", f"{base}graph/", f"{base}ont#")):
        return link("/" + iri.removeprefix(base))
    if iri.startswith(f"{base}lexicon/") and view().snapshot.has_graph(f"{base}graph/lexicon"):
        return link("/" + iri.removeprefix(base))
    return iri if iri.startswith(("http://", "https://")) and not iri.startswith(base) else None


def example(name: str) -> str:
    """The text of one of the example queries, as it can be sent to any endpoint."""
    return next(one.query for one in site().examples if one.iri.endswith(f"/{name}"))


def behind(name: str, **bindings: ox.NamedNode) -> str:
    """The query behind a page, for any endpoint: queries/NAME with its bindings written out."""
    base = site().dataset.base
    query = query_text(name).replace("<ont#>", f"<{base}ont#>").replace("<id/>", f"<{base}id/>")
    values = "".join(f"VALUES ?{variable} {{ {term} }}\n" for variable, term in bindings.items())
    return query + values


def prefers_html() -> bool:
    """Whether the client would rather read a page than a problem in JSON."""
    return protocol.prefers_html(request.headers.get("Accept"))


def with_links(response: Response) -> Response:
    """Say where the service and the dataset are described (https://www.rfc-editor.org/rfc/rfc8288)."""
    response.headers.add("Link", f'<{link("/sparql")}>; rel="service"; type="application/sparql-query"')
    response.headers.add("Link", f'<{link("/openapi.json")}>; rel="service-desc"; type="application/json"')
    response.headers.add("Link", f'<{link("/.well-known/void")}>; rel="describedby"; type="text/turtle"')
    return response


@cache
def has_font() -> bool:
    """Whether this installation was built with the Arabic font: see hatch_build.py."""
    return Path(__file__).with_name("static").joinpath("vendor", "naskh.woff2").is_file()


def page(template: str, status: int = 200, **values: object) -> Response:
    """One HTML page."""
    context: dict[str, object] = {
        "text": text, "counted": counted, "href": href, "link": link, "in_language": in_language,
        "view": view, "language": language(), "languages": site().interface.languages,
        "interface": site().interface, "examples": site().examples,
        "is_plain": site().dataset.is_plain, "has_font": has_font(),
    }  # fmt: skip
    response = make_response(render_template(template, **context, **values), status)
    response.vary.add("Accept-Language")
    return response
