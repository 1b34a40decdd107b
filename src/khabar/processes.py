"""Work in other processes: spread over several, or in one that can be stopped."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice
from math import ceil
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

CHUNK: Final = 8  # items handed to a process at a time
AHEAD: Final = 8  # chunks that are under way for each process

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
    """WORK done on ITEMS in at most JOBS processes; the answers come in the order of the items.

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
        rest = chain(first, waiting)
        chunks = iter(lambda: list(islice(rest, CHUNK)), [])
        under_way = deque(pool.submit(_do, chunk) for chunk in islice(chunks, processes * AHEAD))
        while under_way:
            answers = under_way.popleft().result()
            # Handed out before these are used: so nobody waits while the caller does what is left to it.
            under_way.extend(pool.submit(_do, chunk) for chunk in islice(chunks, 1))
            yield from answers


def within(seconds: float, work: Callable[[], None]) -> bool:
    """Do WORK in a process of its own, and whether it was done in so many SECONDS; else it is killed.

    What it raises is raised here.
    """
    ours, theirs = Pipe(duplex=False)
    process = get_context("fork").Process(target=_report, args=(work, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            return False
        raised: BaseException | None = ours.recv()
    except EOFError as error:
        process.join()
        raise ChildProcessError(f"it ended with status {process.exitcode}") from error
    finally:
        process.kill()
        process.join()
        ours.close()
    if raised is not None:
        raise raised
    return True


def _report(work: Callable[[], None], ours: Connection) -> None:
    try:
        work()
        ours.send(None)
    except Exception as error:
        ours.send(error)


def _begin(prepare: Callable[..., Callable[[Any], Any]], given: tuple[object, ...]) -> None:
    global _work
    _work = prepare(*given)


def _do(items: list[Any]) -> list[Any]:
    return [_work(item) for item in items]
