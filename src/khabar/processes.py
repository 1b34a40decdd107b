"""Work spread over processes, each of which prepares itself once; answers come in the order of the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice
from math import ceil
from multiprocessing import get_context
from typing import Any, Final, TypeVar

CHUNK: Final = 8  # items handed to a process at a time
BATCH: Final = 64  # items that are under way at a time

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_work: Callable[[Any], Any]  # of this process


def spread(
    work: Callable[[Item], Answer],
    items: Iterable[Item],
    jobs: int,
    *,
    prepare: Callable[..., Callable[[Item], Answer]],
    given: tuple[object, ...],
) -> Iterator[Answer]:
    """WORK done on ITEMS in at most JOBS processes.

    Where one is enough, this one does it.  The others each call PREPARE with what is GIVEN to make their
    own WORK: to load the knowledge is faster than to send it.
    """
    waiting = iter(items)
    first = list(islice(waiting, jobs * CHUNK)) if jobs > 1 else []
    processes = min(jobs, ceil(len(first) / CHUNK))
    if processes <= 1:
        yield from map(work, chain(first, waiting))
        return
    start = (prepare, given)
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin, initargs=start) as pool:
        for batch in chain([first], iter(lambda: list(islice(waiting, BATCH)), [])):
            yield from pool.map(_do, batch, chunksize=CHUNK)


def _begin(prepare: Callable[..., Callable[[Any], Any]], given: tuple[object, ...]) -> None:
    global _work
    _work = prepare(*given)


def _do(item: Any) -> Any:
    return _work(item)
