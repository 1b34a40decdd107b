"""The errors a person can put right; anything else is a bug, and should crash."""

from __future__ import annotations


class KhabarError(Exception):
    """Something a person can put right: where it is, what is wrong, and what to do."""

    def __init__(self, *, where: str, problem: str, fix: str) -> None:
        super().__init__(f"{where}: {problem}\n  {fix}")
        self.where = where
        self.problem = problem
        self.fix = fix

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process boundaries (build --jobs), and keyword-only arguments do not pickle.
        return _revive, (type(self), self.where, self.problem, self.fix)


def _revive(kind: type[KhabarError], where: str, problem: str, fix: str) -> KhabarError:
    return kind(where=where, problem=problem, fix=fix)


class KnowledgeError(KhabarError):
    """The Turtle in ontology/ or shapes/ says something that cannot be used."""


class ReadError(KhabarError):
    """A source cannot be read as an article."""


class StoreError(KhabarError):
    """A folder is not a built graph of ours, or cannot be written, or is damaged."""


class LockedError(StoreError):
    """A folder is being written by another process; later it may be free."""


class ForbiddenError(StoreError):
    """What is to be changed is not for others to change."""


class QueryError(KhabarError):
    """A SPARQL query is wrong, or asks for what is not allowed."""


class ServeError(KhabarError):
    """The web front cannot start as it was asked to."""


class JournalError(StoreError):
    """The journal of a folder is damaged, or that of another dataset."""
