"""Finished answers, kept as long as there is room: the least recently used goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")

LARGEST_SHARE: Final = 8  # nothing that takes more than one part in so many of all the room is kept


class Cache(Generic[Value]):
    """A bounded mapping from what was asked to what was answered."""

    def __init__(self, room: int) -> None:
        """ROOM is in bytes; 0 keeps nothing."""
        self.room, self.taken = room, 0
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Value | None:
        """What is kept under KEY, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep VALUE under KEY; SIZE is what it takes, in bytes."""
        if size * LARGEST_SHARE > self.room:
            return
        with self._lock:
            if key in self._kept:
                self.taken -= self._kept.pop(key)[1]
            self._kept[key] = value, size
            self.taken += size
            while self.taken > self.room:
                _, (_, freed) = self._kept.popitem(last=False)
                self.taken -= freed
