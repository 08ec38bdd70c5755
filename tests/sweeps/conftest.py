"""Senders with worlds of their own, and the last word: no application has broken its contract."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.sweeps.calls import Sender
from tests.sweeps.subjects import STARTED, Subject


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made
    assert [health for health in (app.health() for app in STARTED) if health["broken_contract"]] == []


@pytest.fixture
def sender(runner: asyncio.Runner) -> Callable[..., Sender]:
    """Return a maker of senders, each in a fresh world."""

    def make(subject: Subject, credential: str | None = "", *, rate_limits: bool = False) -> Sender:
        return Sender(subject, runner, credential=credential, rate_limits=rate_limits)

    return make
