"""What happened in a world beside its records: mails that would have been sent, calls that were. Bounded; knows no HTTP."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple


class _Entry(NamedTuple):
    kind: str
    at: datetime
    told: Mapping[str, Any]
    size: int


class Journal:
    """The entries of one world, the oldest first.

    Args:
        entries: how many it keeps at most.
        size: how many characters they tell together at most; the newest is kept all the same. Beyond either the oldest goes.

    Attributes:
        forgotten: how many entries have gone since it was last empty.
    """

    __slots__ = ("_bound", "_entries", "_size", "_size_bound", "forgotten")

    def __init__(self, entries: int = 1000, size: int = 1 << 20) -> None:
        self._entries: deque[_Entry] = deque()
        self._size = 0
        self._bound = entries
        self._size_bound = size
        self.forgotten = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, kind: str, at: datetime, told: Mapping[str, Any]) -> None:
        """Note what happened at a moment."""
        entry = _Entry(kind, at, told, len(repr(told)))
        self._entries.append(entry)
        self._size += entry.size
        while len(self._entries) > 1 and (len(self._entries) > self._bound or self._size > self._size_bound):
            self._size -= self._entries.popleft().size
            self.forgotten += 1

    def entries(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the entries, those of one kind if it is given, each with its kind and moment (ISO 8601, UTC)."""
        return [{"kind": one.kind, "at": one.at.isoformat(), **one.told} for one in self._entries if kind in (None, one.kind)]

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()
        self._size = 0
        self.forgotten = 0
