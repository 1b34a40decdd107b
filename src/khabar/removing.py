"""Articles out of a built graph: exactly what they say goes, and what only they have named."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from khabar.building import describe_all
from khabar.errors import KhabarError
from khabar.graph import quarantine
from khabar.graph.folder import describe
from khabar.graph.locking import locked
from khabar.graph.metadata import runs
from khabar.graph.store import Store
from khabar.graph.takedown import key_mark, marks, taken_down, tombstones
from khabar.knowledge import Knowledge
from khabar.model import Article
from khabar.resources import folder as resources
from khabar.text.read import read


def remove(
    folder: Path,
    names: Iterable[str],
    *,
    knowledge: Knowledge,
    takedown: bool = False,
    source_date_epoch: int | None = None,
) -> tuple[int, tuple[str, ...]]:
    """Take articles, given by their keys or IRIs, out of the graph in FOLDER.

    TAKEDOWN: nothing of them is left on disk, neither in the journal nor in a snapshot or a dump, and they
    do not come back; what keeps them out is hashes.  Returns the snapshot, and the keys; raises
    KhabarError if an article is not there, and then nothing is removed.
    """
    base = describe(folder).base
    keys = tuple(sorted({name.removeprefix(f"{base}article/") for name in names}))
    with Store.open(folder, base) as store:
        marked = {key: _marks(store.path, key, knowledge) for key in keys} if takedown else {}
        gone = taken_down(store.dataset)
        known = {*store.articles(), *(aside.key for aside in quarantine.aside(store.path))}
        missing = [key for key in keys if key not in known and not marked.get(key, set()) & gone]
        if missing:
            raise KhabarError(
                where=str(folder),
                problem=f"holds no article {', '.join(missing)}",
                fix=f"khabar list {folder} shows the keys; nothing was removed",
            )
        store.exchange(set(), tombstones(mark for marks_ in marked.values() for mark in marks_))
        store.remove(*keys)
        for key in keys:
            quarantine.forget(store.path, key)
        made_by = runs(knowledge.folder, sorted(resources("shapes").glob("*.ttl")))
        describe_all(store, knowledge, made_by.values(), source_date_epoch)
        if not takedown:
            return store.publish(), keys
        _delete(store.path / "dumps")
        shutil.rmtree(store.path / "reports", ignore_errors=True)
        return store.forget_the_past(), keys


def _delete(dumps: Path) -> None:
    """Delete all versions, unless one is just being made: then LockedError is raised."""
    if dumps.is_dir():
        with locked(dumps):
            shutil.rmtree(dumps)


def _marks(folder: Path, key: str, knowledge: Knowledge) -> frozenset[str]:
    """What an article is known by, as far as it is still there."""
    name = f"{quote(key, safe='')}.json"
    paths = [path for path in (folder / "articles" / name, folder / quarantine.NAME / name) if path.is_file()]
    found = (
        article for article in read(paths, languages=knowledge.languages) if isinstance(article, Article)
    )
    return frozenset({key_mark(key)}.union(*map(marks, found)))
