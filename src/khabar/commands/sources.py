"""What is read: the knowledge, and the articles of some sources, with a bar for those who wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain

import click

from khabar.commands.lasting import lasting
from khabar.commands.outcome import Status, complain
from khabar.errors import ReadError
from khabar.knowledge import Knowledge, load
from khabar.model import Article
from khabar.text.read import read


def load_knowledge() -> Knowledge:
    """The shipped knowledge; raises KnowledgeError."""
    with lasting():
        return load()


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
                if found.published is not None and found.published > date.today():
                    complain(
                        f"{found.origin}: was published on {found.published}, which is still to come; "
                        "dates that are told from it may be wrong"
                    )
                yield found
