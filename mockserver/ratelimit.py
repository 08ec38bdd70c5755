"""How many requests a window of time admits. Does not know which API has which limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from mockserver.worlds import World

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in a window of whole seconds, for one world or for each caller in it.

    Attributes:
        limit_header, remaining_header: names of headers that tell the state, empty for none.
        reset_header: that of the header that tells the Unix second at which the window ends.
        per_caller: callers count for themselves.
        from_first: a window begins with the first request in it; without it windows follow each other by the clock.
        counts_before: what remains is told as it was before the request.
        retry_after: a refused request is told with `Retry-After` in how many whole seconds the window ends.
        refused_count: refused requests count, too.
        always_told: the headers are told also where the limit is not enforced: a full window each time.
    """

    requests: int
    window_seconds: int
    limit_header: str = ""
    remaining_header: str = ""
    reset_header: str = ""
    per_caller: bool = False
    from_first: bool = False
    counts_before: bool = False
    retry_after: bool = True
    refused_count: bool = True
    always_told: bool = False

    def admit(self, world: World, caller: int, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count a request; return whether it is admitted, and the headers that tell the state."""
        second = int(now.timestamp())
        who = caller if self.per_caller else 0
        begun, before = world.windows.get(who, (second, 0))
        if not begun <= second < begun + self.window_seconds:
            begun, before = second, 0
        if not self.from_first:
            begun, before = self._by_the_clock(second, begun, before)
        admitted = before < self.requests
        after = before + 1 if admitted or self.refused_count else before
        world.windows[who] = (begun, after)
        return admitted, self._told(before if self.counts_before else after, begun, None if admitted else second)

    def full(self, now: datetime) -> Mapping[str, str]:
        """Return the headers of a window in which nothing is counted."""
        return _full(self, int(now.timestamp())) if self.always_told else _NOTHING

    def _by_the_clock(self, second: int, begun: int, before: int) -> tuple[int, int]:
        start = second - second % self.window_seconds
        return (begun, before) if begun == start else (start, 0)

    def _told(self, counted: int, begun: int, refused_at: int | None) -> dict[str, str]:
        end = begun + self.window_seconds
        told = {self.limit_header: self.requests, self.remaining_header: max(self.requests - counted, 0), self.reset_header: end}
        headers = {name: str(value) for name, value in told.items() if name}
        if refused_at is not None and self.retry_after:
            headers["Retry-After"] = str(end - refused_at)
        return headers


@lru_cache(maxsize=4)
def _full(limit: Limit, second: int) -> Mapping[str, str]:
    return limit._told(0, second, None)
