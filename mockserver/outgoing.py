"""Calls that leave the mock: waiting in a bounded queue, sent beside the requests, each attempt in its world's journal."""

from __future__ import annotations

import asyncio
import importlib
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from mockserver.automations import Call
from mockserver.clock import Clock
from mockserver.journal import Journal

CALL_HEADER = "X-Mock-Automation"
"""Marks our own calls: what one of them writes in a mock calls out no more, or it might never end."""


class Sender(Protocol):
    """What sends one call."""

    async def post(self, url: str, parameters: Mapping[str, Any]) -> int:
        """Return the status that answers."""
        ...


class NotThisMachine(Exception):
    """The target has no address of this machine; as text, what it has instead."""


class _Waiting(NamedTuple):
    call: Call
    journal: Journal


class Outgoing:
    """The calls of one server.

    Args:
        anywhere: other machines than this one may be called.
        sender: sends calls; without one it is made for the first of them.
        at_once: how many calls are under way at most.
        waiting: how many more may wait; what comes then fails at once.
    """

    def __init__(self, clock: Clock, *, anywhere: bool = False, sender: Sender | None = None, at_once: int = 16, waiting: int = 1000) -> None:
        self._clock = clock
        self._anywhere = anywhere
        self._sender = sender
        self._at_once = at_once
        self._bound = waiting
        self._waiting: deque[_Waiting] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    def submit(self, calls: Iterable[Call], journal: Journal) -> None:
        """Take calls whose attempts the journal will hold; nothing is waited for."""
        for call in calls:
            if len(self._waiting) >= self._bound:
                self._fail(call, journal, "failed", {"error": f"{self._bound} calls are waiting already"})
            else:
                self._waiting.append(_Waiting(call, journal))
                self._start()

    def close(self) -> None:
        """Give up what is waiting and what is under way."""
        self._waiting.clear()
        for task in self._under_way:
            task.cancel()

    def _start(self) -> None:
        while self._waiting and len(self._under_way) < self._at_once:
            task = asyncio.get_running_loop().create_task(self._attempt(*self._waiting.popleft()))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            self._start()

    async def _attempt(self, call: Call, journal: Journal) -> None:
        try:
            if self._sender is None:
                self._sender = await asyncio.to_thread(self._load)
            status = await self._sender.post(call.automation.url, call.parameters)
        except NotThisMachine as error:
            self._fail(call, journal, "refused", {"reason": f"{error} is not this machine; --allow-outgoing"})
        except TimeoutError:
            self._fail(call, journal, "failed", {"error": "no answer in time"})
        except Exception as error:  # noqa: BLE001 -- whatever a stranger's URL and server do, the journal tells it
            self._fail(call, journal, "failed", {"error": f"{type(error).__name__}: {error}"[:200]})
        else:
            if 200 <= status < 300:
                self._note(call, journal, "sent", {"status": status})
            else:
                self._fail(call, journal, "failed", {"status": status, "error": f"answered with {status}"})

    def _load(self) -> Sender:
        sender: Sender = importlib.import_module("mockserver.sending").Sender(anywhere=self._anywhere)
        return sender

    def _fail(self, call: Call, journal: Journal, outcome: str, told: Mapping[str, Any]) -> None:
        self._note(call, journal, outcome, told)
        name, email = call.automation.name, call.automation.failure_email
        if email is not None:
            why = told.get("reason") or told["error"]
            mail = {"event": "automation_failed", "to": email, "automation": name, "url": call.automation.url, "reason": why}
            journal.add("mail", self._clock.now(), mail)

    def _note(self, call: Call, journal: Journal, outcome: str, told: Mapping[str, Any]) -> None:
        name, url = call.automation.name, call.automation.url
        journal.add("call", self._clock.now(), {"automation": name, "url": url, "parameters": call.parameters, "outcome": outcome, **told})
