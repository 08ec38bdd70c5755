"""Calls wait in a bounded queue and are sent beside the requests; every attempt is in the journal of its world."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.automations import Action, Automation, Call
from mockserver.clock import FrozenClock
from mockserver.journal import Journal
from mockserver.outgoing import NotThisMachine, Outgoing

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)
AT = "2024-03-25T15:00:00+00:00"


class Receiver:
    """Sends nothing: answers with a status or an error, once the gate is open."""

    def __init__(self, outcome: int | Exception = 200, *, closed: bool = False) -> None:
        self.outcome = outcome
        self.gate = asyncio.Event()
        self.at_once = self.most_at_once = 0
        self.got: list[Any] = []
        if not closed:
            self.gate.set()

    async def post(self, url: str, parameters: Mapping[str, Any]) -> int:
        self.got.append(parameters["which"])
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.gate.wait()
        finally:
            self.at_once -= 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def call(which: int = 1, email: str | None = None) -> Call:
    return Call(Automation("On made", "cup", Action.CREATED, "http://localhost/made", email), {"which": which})


def outgoing(receiver: Receiver, **bounds: int) -> Outgoing:
    return Outgoing(FrozenClock(NOW), sender=receiver, **bounds)  # type: ignore[arg-type]


async def rest() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def attempted(receiver: Receiver, email: str | None = None) -> list[dict[str, Any]]:
    journal = Journal()
    outgoing(receiver).submit([call(email=email)], journal)
    await rest()
    return journal.entries()


def noted(**outcome: Any) -> dict[str, Any]:
    return {"kind": "call", "at": AT, "automation": "On made", "url": "http://localhost/made", "parameters": {"which": 1}, **outcome}


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_call_that_is_answered_with_2xx_is_sent(status: int) -> None:
    assert asyncio.run(attempted(Receiver(status), "a@b.example")) == [noted(outcome="sent", status=status)]


@pytest.mark.parametrize(
    ("outcome", "expected", "why"),
    [
        pytest.param(500, {"outcome": "failed", "status": 500, "error": "answered with 500"}, "answered with 500", id="another status"),
        pytest.param(302, {"outcome": "failed", "status": 302, "error": "answered with 302"}, "answered with 302", id="a redirect"),
        pytest.param(TimeoutError(), {"outcome": "failed", "error": "no answer in time"}, "no answer in time", id="no answer"),
        pytest.param(ConnectionError("no"), {"outcome": "failed", "error": "ConnectionError: no"}, "ConnectionError: no", id="no connection"),
        pytest.param(
            NotThisMachine("192.0.2.1"),
            {"outcome": "refused", "reason": "192.0.2.1 is not this machine; --allow-outgoing"},
            "192.0.2.1 is not this machine; --allow-outgoing",
            id="another machine",
        ),
    ],
)
def test_any_other_outcome_is_told_and_mailed_to_the_address_for_failures(outcome: Any, expected: dict[str, Any], why: str) -> None:
    assert asyncio.run(attempted(Receiver(outcome))) == [noted(**expected)]
    mail = {"kind": "mail", "at": AT, "event": "automation_failed", "to": "a@b.example", "automation": "On made", "url": "http://localhost/made"}
    assert asyncio.run(attempted(Receiver(outcome), "a@b.example")) == [noted(**expected), {**mail, "reason": why}]


def test_no_more_calls_are_under_way_than_the_bound_and_all_are_sent() -> None:
    async def run() -> tuple[Receiver, Journal]:
        receiver, journal = Receiver(closed=True), Journal()
        outgoing(receiver, at_once=3).submit(map(call, range(10)), journal)
        await rest()
        assert receiver.got == [0, 1, 2]
        assert len(journal) == 0
        receiver.gate.set()
        await rest()
        return receiver, journal

    receiver, journal = asyncio.run(run())
    assert receiver.got == list(range(10))
    assert receiver.most_at_once == 3
    assert [entry["outcome"] for entry in journal.entries()] == ["sent"] * 10


def test_what_finds_a_full_queue_fails_at_once_and_is_never_sent() -> None:
    async def run() -> tuple[Receiver, list[dict[str, Any]]]:
        receiver, journal = Receiver(closed=True), Journal()
        sending = outgoing(receiver, at_once=1, waiting=2)
        sending.submit([call(0)], journal)
        sending.submit([call(1), call(2), call(3, "a@b.example")], journal)
        full = journal.entries()
        receiver.gate.set()
        await rest()
        sending.submit([call(4)], journal)
        await rest()
        return receiver, full

    receiver, full = asyncio.run(run())
    assert [(entry["kind"], entry.get("error")) for entry in full] == [("call", "2 calls are waiting already"), ("mail", None)]
    assert full[1]["reason"] == "2 calls are waiting already"
    assert receiver.got == [0, 1, 2, 4]


def test_attempts_stand_in_the_journal_that_they_came_with() -> None:
    async def run() -> list[list[Any]]:
        sending, journals = outgoing(Receiver(500)), [Journal(), Journal(), Journal()]
        for number, journal in enumerate(journals[:2]):
            sending.submit([call(number)], journal)
        await rest()
        return [[entry["parameters"]["which"] for entry in journal.entries()] for journal in journals]

    assert asyncio.run(run()) == [[0], [1], []]


def test_at_the_end_what_is_under_way_and_what_waits_is_given_up() -> None:
    async def run() -> tuple[Receiver, Journal]:
        receiver, journal = Receiver(closed=True), Journal()
        sending = outgoing(receiver, at_once=1)
        sending.submit([call(0), call(1)], journal)
        await rest()
        assert receiver.at_once == 1
        sending.close()
        await rest()
        assert (receiver.got, receiver.at_once, len(journal)) == ([0], 0, 0)
        receiver.gate.set()
        sending.submit([call(2)], journal)
        await rest()
        return receiver, journal

    receiver, journal = asyncio.run(run())
    assert receiver.got == [0, 2]
    assert [entry["parameters"]["which"] for entry in journal.entries()] == [2]
