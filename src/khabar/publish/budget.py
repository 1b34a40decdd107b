"""How much work each client may ask for: a bucket of seconds, which time fills again.

Requests are not counted but the seconds they take, so that many short queries are no way around it:
those once brought down a service that looked only at long ones.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

LEAST: Final = 0.001  # seconds that any request costs
MOST_CLIENTS: Final = 20_000  # that are remembered; a bucket takes about 200 bytes


class Budget:
    """A bucket of seconds for each client."""

    def __init__(
        self, per_minute: float = 60.0, burst: float = 120.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """PER_MINUTE and BURST are seconds of work; 0 a minute means without limit."""
        self.per_second, self.burst = per_minute / 60, burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # seconds left, at which time
        self._lock = threading.Lock()

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit at all."""
        return self.per_second > 0

    def wait(self, client: str) -> int:
        """For how many whole seconds the CLIENT must wait until it may ask again; 0 when it may."""
        if not self.is_limited or client not in self._buckets:
            return 0
        with self._lock:
            left = self._left(client)
        return 0 if left > 0 else math.ceil((LEAST - left) / self.per_second)

    def charge(self, client: str, seconds: float) -> None:
        """Take what a request of the CLIENT has cost."""
        if not self.is_limited:
            return
        with self._lock:
            left = self._left(client) - max(seconds, LEAST)
            self._buckets[client] = max(left, -self.burst), self._clock()
            self._buckets.move_to_end(client)
            if len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)

    def _left(self, client: str) -> float:
        left, when = self._buckets.get(client, (self.burst, self._clock()))
        return min(self.burst, left + (self._clock() - when) * self.per_second)
