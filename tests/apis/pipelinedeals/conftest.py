"""The served document and fixtures at a moment that stands still; a fresh world for each test, and its users as HTTP clients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from mockserver.app import MockApp, create_app
from mockserver.clock import FrozenClock
from mockserver.settings import Settings
from tests.apis.pipelinedeals.client import DEE, MIRA, TOMAS, Client
from tests.apis.pipelinedeals.moments import NOW
from tests.bundles import CACHE


@pytest.fixture(scope="session")
def serve() -> Callable[[bool], MockApp]:
    """Return a maker of applications that serve this API alone, with its rate limits or without."""
    return lambda rate_limits: create_app(Settings(apis=("pipelinedeals",), clock=NOW, rate_limits=rate_limits, cache=CACHE))


@pytest.fixture(scope="session")
def app(serve: Callable[[bool], MockApp]) -> Iterator[MockApp]:
    made = serve(False)
    yield made
    assert made.health()["broken_contract"] == 0


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture
def account(request: pytest.FixtureRequest) -> str:
    """Return the name of an account, and so a world, of the test's own."""
    name: str = request.node.nodeid
    return "".join(letter if letter.isalnum() else "-" for letter in name).replace("invalid", "inval-id")


@pytest.fixture
def mira(app: MockApp, runner: asyncio.Runner, account: str) -> Client:
    """User 311: administrator, executive (level 3), in Chicago."""
    return Client(app, runner, account, MIRA)


@pytest.fixture
def tomas(mira: Client) -> Client:
    """User 312: manager (level 2) below Mira, in Chicago."""
    return mira.as_user(TOMAS)


@pytest.fixture
def dee(mira: Client) -> Client:
    """User 313: basic user (level 1) below Tomas, in Lisbon."""
    return mira.as_user(DEE)


@pytest.fixture
def clock(app: MockApp) -> Iterator[FrozenClock]:
    """Return the clock of the application; it is set back when the test ends."""
    assert isinstance(app.clock, FrozenClock)
    yield app.clock
    app.clock.move(NOW - app.clock.now())
