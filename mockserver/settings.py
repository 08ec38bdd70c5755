"""What a server is started with; filled once by a door, read by the wiring."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Options of one server.

    Attributes:
        apis: names of shipped APIs or paths of documents; empty for all that are shipped.
        profile: `documented` or `observed`.
        clock: the moment at which the clock stands still; None for the machine's clock.
        rate_limits: whether rate limits are enforced.
        strict_credentials: whether only credentials of the fixtures are accepted.
        fixtures: folder with a folder of fixtures per API, in place of the shipped ones.
        validate_responses: whether answers are held to the document.
        seed: what ids, hashes and tokens follow from.
        max_worlds, idle_seconds: bounds of worlds.
        cache: folder for bundled documents; None keeps them in memory.
        loopback: whether only this machine can reach the server.
        allow_outgoing: whether automations may call other machines than this one.
        admin_token: what opens `/_mock/` to other machines; None opens it to none.
    """

    apis: tuple[str, ...] = field(default=())
    profile: str = "documented"
    clock: datetime | None = None
    rate_limits: bool = False
    strict_credentials: bool = False
    fixtures: Path | None = None
    validate_responses: bool = True
    seed: int = 0
    max_worlds: int = 1000
    idle_seconds: float = 6 * 3600
    cache: Path | None = None
    loopback: bool = True
    admin_token: str | None = None
    allow_outgoing: bool = False
