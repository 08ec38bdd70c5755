"""The only reader of time and randomness: clocks, and tokens that follow from a seed."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
LATEST = datetime(9999, 12, 29, tzinfo=UTC)
"""Bounds that every zone can show: instants are clamped to them."""


def clamp(moment: datetime) -> datetime:
    """Return the moment, or the nearest one that can be shown in every zone."""
    return min(max(moment, EARLIEST), LATEST)


def later(moment: datetime, delta: timedelta) -> datetime:
    """Return the moment moved by delta, never outside the bounds of `clamp`."""
    try:
        return clamp(moment + delta)
    except OverflowError:
        return LATEST if delta > timedelta() else EARLIEST


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return LATEST if moment.year > 1 else EARLIEST


class Clock(Protocol):
    """Tells the time in UTC, in whole seconds, since no API here shows less."""

    def now(self) -> datetime:
        """Return the current moment."""
        ...


class SystemClock:
    """The machine's clock; one datetime serves a whole second."""

    def __init__(self) -> None:
        self._second = 0
        self._moment = EARLIEST

    def now(self) -> datetime:
        """Return the machine's time, cut to the second."""
        second = int(time.time())
        if second != self._second:
            self._second, self._moment = second, datetime.fromtimestamp(second, UTC)
        return self._moment


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self._moment = clamp(_in_utc(moment).replace(microsecond=0))

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._moment

    def move(self, delta: timedelta) -> None:
        """Move the clock."""
        self._moment = later(self._moment, delta)


def monotonic_seconds() -> float:
    """Return seconds from a clock that never goes back, for ages that no client sees."""
    return time.monotonic()


def token(length: int, *parts: object) -> str:
    """Return `length` (at most 64) lower-case hex digits that follow from the parts alone."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:length]


def request_id(*parts: Any) -> str:
    """Return a UUID that follows from the parts alone, the last of which is a count."""
    *begin, number = parts
    return f"{_id_begin(*begin)}{number:012x}"


@lru_cache(maxsize=4096)
def _id_begin(*parts: object) -> str:
    digits = token(18, *parts)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-"
