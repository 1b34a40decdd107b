"""The words of a dataset, to be found however they are spelt: an index of SQLite beside each snapshot.

It holds the literals that are text, folded as the languages' Turtle says, once as they are and once
without the short words that Arabic writes before them.  Texts of articles are not in the default
graph, and so not in here.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import pyoxigraph as ox

from khabar.errors import QueryError, StoreError
from khabar.knowledge.folding import Folding

NAME: Final = "search.sqlite"  # inside a snapshot
SECONDS: Final = 1.0  # that one search may take
STEPS: Final = 50_000  # of SQLite's machine, between two looks at the clock
MOST_WORDS: Final = 16  # of one search; what comes after them is not looked for

SCHEMA: Final = """
CREATE TABLE literal (
  id INTEGER PRIMARY KEY, subject TEXT, property TEXT, value TEXT, language TEXT,
  UNIQUE (subject, property, value, language)
);
CREATE VIRTUAL TABLE folded USING fts5 (
  words, stems, tokenize = "unicode61 remove_diacritics 0", prefix = '2 3'
);
"""
# A word as it stands counts more than what may be inside one, a short literal more than a long one.
SEARCH: Final = """
SELECT subject, property, value, language, bm25(folded, 4.0, 1.0) AS rank
FROM folded JOIN literal ON literal.id = folded.rowid
WHERE folded MATCH ? AND substr(subject, 1, ?) = ?
ORDER BY rank, length(value), subject, property LIMIT ?
"""

Row = tuple[str, str, str, str]  # subject, property, value, language


class Quads(Protocol):
    """As much of a store as is read here."""

    def quads_for_pattern(
        self, subject: None, predicate: None, object: None, graph_name: ox.DefaultGraph | None, /
    ) -> Iterator[ox.Quad]:
        """Its quads."""


class Found(NamedTuple):
    """A literal that holds the words."""

    subject: str
    property: str
    value: str
    language: str  # a tag, or ""
    score: float  # higher is better; comparable within one search

    def told(self) -> dict[str, object]:
        """It as JSON."""
        return {
            "iri": self.subject, "property": self.property, "value": self.value,
            "language": self.language, "score": self.score,
        }  # fmt: skip


def write(store: Quads, folder: Path, before: Path | None, *, everywhere: bool, hidden: str) -> None:
    """Write the index of STORE into FOLDER; what the index BEFORE it has is taken from there.

    EVERYWHERE: of the named graphs, too; HIDDEN: not of subjects whose IRI begins so.  Raises StoreError.
    """
    path = folder / NAME
    try:
        if before is not None and (before / NAME).is_file():
            shutil.copyfile(before / NAME, path)
        with closing(sqlite3.connect(path)) as database:
            # Nobody sees it before it is complete: a crash leaves no index, and no snapshot either.
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            _update(database, set(_texts(store, everywhere=everywhere, hidden=hidden)))
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            where=str(path), problem=f"cannot be written: {error}", fix="check permissions and free space"
        ) from error


def _texts(store: Quads, *, everywhere: bool, hidden: str) -> Iterator[Row]:
    """The literals that are text; to go through all quads is faster than to have the engine choose."""
    for quad in store.quads_for_pattern(None, None, None, None if everywhere else ox.DefaultGraph()):
        value, subject = quad.object, quad.subject
        if not (isinstance(value, ox.Literal) and isinstance(subject, ox.NamedNode)):
            continue
        is_text = value.language or value.datatype == _STRING
        if is_text and not (hidden and subject.value.startswith(hidden)):
            yield subject.value, quad.predicate.value, value.value, value.language or ""


def _update(database: sqlite3.Connection, rows: set[Row]) -> None:
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'literal'").fetchone():
        database.executescript(SCHEMA)
    held = set(database.execute("SELECT subject, property, value, language FROM literal"))
    folding = Folding.load()
    known = lru_cache(maxsize=100_000)(folding.stems)  # most words come again and again
    for row in held - rows:
        where = "subject = ? AND property = ? AND value = ? AND language = ?"
        database.execute(f"DELETE FROM folded WHERE rowid = (SELECT id FROM literal WHERE {where})", row)
        database.execute(f"DELETE FROM literal WHERE {where}", row)
    for row in sorted(rows - held):
        added = database.execute("INSERT INTO literal VALUES (NULL, ?, ?, ?, ?)", row)
        words = folding.words(row[2])
        stems = (stem for word in words for stem in known(word))
        folded = added.lastrowid, " ".join(words), " ".join(stems)
        database.execute("INSERT INTO folded (rowid, words, stems) VALUES (?, ?, ?)", folded)
    database.commit()


def search(
    folder: Path, words: str, *, limit: int, begins: bool = False, subjects: str = ""
) -> Sequence[Found]:
    """The literals that hold all WORDS, the best first, at most LIMIT of them.

    BEGINS: the last word may be the beginning of one.  SUBJECTS: only those whose IRI begins so.
    Raises QueryError when it takes too long.
    """
    match = _match(Folding.load(), words, begins=begins)
    if not match or not (folder / NAME).is_file():
        return ()
    end = time.monotonic() + SECONDS
    with closing(_opened(folder)) as database:
        database.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        try:
            rows = database.execute(SEARCH, (match, len(subjects), subjects, limit)).fetchall()
        except sqlite3.OperationalError as error:
            raise QueryError(
                where="search", problem=f"was stopped: {error}", fix="look for more or for rarer words"
            ) from error
    return [Found(s, p, value, language, round(-rank, 4)) for s, p, value, language, rank in rows]


def _opened(folder: Path) -> sqlite3.Connection:
    """The index in FOLDER, which nobody writes to."""
    return sqlite3.connect(f"{(folder / NAME).absolute().as_uri()}?immutable=1", uri=True)


def literals(folder: Path, properties: Sequence[str], *, subjects: str) -> Iterator[tuple[str, str]]:
    """The literals of PROPERTIES, each after its subject, whose IRI begins with SUBJECTS."""
    if not (folder / NAME).is_file():
        return
    marks = ", ".join("?" * len(properties))
    query = f"SELECT subject, value FROM literal WHERE property IN ({marks}) AND substr(subject, 1, ?) = ?"
    with closing(_opened(folder)) as database:
        yield from database.execute(query, (*properties, len(subjects), subjects))


def things(found: Iterable[Found], base: str) -> list[Found]:
    """The best literal of each thing, and of each article any of its words; in the order of FOUND.

    A statement has no name, and who makes it is found, too: statements are left out.
    """
    articles, best = f"{base}article/", dict[str, Found]()
    for one in found:
        iri = one.subject.partition("#")[0] if one.subject.startswith(articles) else one.subject
        if not iri.startswith(f"{base}id/s-"):
            best.setdefault(iri, one._replace(subject=iri))
    return list(best.values())


def _match(folding: Folding, text: str, *, begins: bool) -> str:
    """What FTS5 is to match; all is quoted, so nothing is taken for an operator:
    https://www.sqlite.org/fts5.html#full_text_query_syntax
    """
    words = folding.words(text)[:MOST_WORDS]
    parts = []
    for number, word in enumerate(words, 1):
        star = " *" if begins and number == len(words) else ""
        either = " OR ".join(_quoted(form) + star for form in (word, *folding.bare(word)))
        parts.append(f"({either})")
    return " AND ".join(parts)


def _quoted(word: str) -> str:
    doubled = word.replace('"', '""')
    return f'"{doubled}"'


_STRING: Final = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")
