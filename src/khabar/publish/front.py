"""What an operator may set for a front, apart from what one query may take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from khabar.publish.clients import Network
from khabar.publish.metrics import QueryLog

LOCAL: Final = "local"
ALL: Final = "all"
OFF: Final = "off"


class Front(NamedTuple):
    """How a front treats its clients."""

    budget: float = 60.0  # seconds of work a client may ask for in a minute; 0 means without limit
    burst: float = 120.0  # seconds of work that a client may save up
    cache: int = 32 << 20  # bytes, of finished answers
    proxies: tuple[Network, ...] = ()  # whose word on the address of a client is taken
    metrics: str = LOCAL  # who may read /metrics: LOCAL is this machine, else ALL or OFF
    log: QueryLog | None = None
    clock: Callable[[], float] | None = None  # seconds since 1970; without it nothing is told of an age


FRONT: Final = Front()
