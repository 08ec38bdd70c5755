"""A sorted sequence that never changes: adding and removing make a new one that shares nearly all of the old."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

_CHUNK = 256


class SortedSequence:
    """Distinct comparable items in ascending order, in chunks of at most `2 * 256`.

    Adding, removing and slicing at an offset cost one chunk and a glance at each chunk's length: microseconds at 100,000 items.
    """

    __slots__ = ("_chunks", "_size")

    def __init__(self, items: Iterable[Any] = ()) -> None:
        ordered = sorted(items)
        self._chunks: tuple[tuple[Any, ...], ...] = tuple(tuple(ordered[at : at + _CHUNK]) for at in range(0, len(ordered), _CHUNK))
        self._size = len(ordered)

    @classmethod
    def presorted(cls, ordered: Sequence[Any]) -> SortedSequence:
        """Return the sequence of items that are distinct and in ascending order already."""
        return cls._with(tuple(tuple(ordered[at : at + _CHUNK]) for at in range(0, len(ordered), _CHUNK)), len(ordered))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._chunks)

    def __reversed__(self) -> Iterator[Any]:
        return chain.from_iterable(map(reversed, reversed(self._chunks)))

    def add(self, item: Any) -> SortedSequence:
        """Return the sequence with the item; the same sequence if it holds it already."""
        at = self._chunk_of(item)
        if at == len(self._chunks):
            at -= 1
        if at < 0:
            return self._with((((item,)),), 1)
        chunk = self._chunks[at]
        spot = bisect_left(chunk, item)
        if spot < len(chunk) and chunk[spot] == item:
            return self
        chunk = (*chunk[:spot], item, *chunk[spot:])
        parts = (chunk,) if len(chunk) <= 2 * _CHUNK else (chunk[:_CHUNK], chunk[_CHUNK:])
        return self._with((*self._chunks[:at], *parts, *self._chunks[at + 1 :]), self._size + 1)

    def remove(self, item: Any) -> SortedSequence:
        """Return the sequence without the item; the same sequence if it does not hold it."""
        at = self._chunk_of(item)
        if at == len(self._chunks):
            return self
        chunk = self._chunks[at]
        spot = bisect_left(chunk, item)
        if chunk[spot] != item:
            return self
        rest = chunk[:spot] + chunk[spot + 1 :]
        return self._with((*self._chunks[:at], *((rest,) if rest else ()), *self._chunks[at + 1 :]), self._size - 1)

    def changed(self, gone: Iterable[Any], new: Iterable[Any]) -> SortedSequence:
        """Return the sequence without some items and with others; items after all others are added at once."""
        made = self
        for item in gone:
            made = made.remove(item)
        added = sorted(new)
        if len(added) > 1 and (not made._chunks or made._chunks[-1][-1] < added[0]):
            return made._extended(added)
        for item in added:
            made = made.add(item)
        return made

    def _extended(self, added: list[Any]) -> SortedSequence:
        """Return the sequence with distinct ascending items after its last one."""
        *full, last = self._chunks or ((),)
        tail = (*last, *added)
        return self._with((*full, *(tail[at : at + _CHUNK] for at in range(0, len(tail), _CHUNK))), self._size + len(added))

    def cut(self, offset: int, limit: int) -> list[Any]:
        """Return at most `limit` items from the offset on."""
        found: list[Any] = []
        for chunk in self._chunks:
            if offset >= len(chunk):
                offset -= len(chunk)
                continue
            found.extend(chunk[offset : offset + limit - len(found)])
            offset = 0
            if len(found) >= limit:
                break
        return found

    def cut_reversed(self, offset: int, limit: int) -> list[Any]:
        """Return at most `limit` items from the offset on, counted from the end and in descending order."""
        stop = max(self._size - offset, 0)
        start = max(stop - limit, 0)
        return self.cut(start, stop - start)[::-1] if stop > start else []

    def _chunk_of(self, item: Any) -> int:
        low, high = 0, len(self._chunks)
        while low < high:
            middle = (low + high) // 2
            if self._chunks[middle][-1] < item:
                low = middle + 1
            else:
                high = middle
        return low

    @classmethod
    def _with(cls, chunks: tuple[tuple[Any, ...], ...], size: int) -> SortedSequence:
        made = cls.__new__(cls)
        made._chunks = chunks
        made._size = size
        return made


EMPTY = SortedSequence()
