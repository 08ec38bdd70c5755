"""How many requests a window of time admits. Does not know which API has which limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mockserver.worlds import World


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in a window of whole seconds, for one world.

    Attributes:
        limit_header, remaining_header: names of headers that tell the state, empty for none.
    """

    requests: int
    window_seconds: int
    limit_header: str = ""
    remaining_header: str = ""

    def admit(self, world: World, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count a request; return whether it is admitted, and the headers that tell the state (with `Retry-After` in whole seconds if it is not)."""
        second = int(now.timestamp())
        window = second // self.window_seconds
        count = world.window[1] + 1 if world.window[0] == window else 1
        world.window = (window, count)
        told = {self.limit_header: str(self.requests), self.remaining_header: str(max(self.requests - count, 0))}
        headers = {name: value for name, value in told.items() if name}
        if count <= self.requests:
            return True, headers
        return False, {**headers, "Retry-After": str((window + 1) * self.window_seconds - second)}
