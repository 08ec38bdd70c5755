"""The rate limit: ten calls in five seconds for each user, told by headers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest

from mockserver.app import MockApp
from mockserver.clock import FrozenClock
from tests.apis.pipelinedeals.client import DEE, Client
from tests.apis.pipelinedeals.moments import NOW

LIMIT, REMAINING, RESET = "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"


@pytest.fixture(scope="module")
def limited(serve: Callable[[bool], MockApp]) -> MockApp:
    return serve(True)


@pytest.fixture
def user(limited: MockApp, runner: asyncio.Runner, account: str) -> Client:
    return Client(limited, runner, account)


@pytest.fixture
def pass_seconds(limited: MockApp) -> Iterator[Callable[[int], None]]:
    """Return a function that moves the clock; it is set back when the test ends."""
    clock = limited.clock
    assert isinstance(clock, FrozenClock)
    yield lambda seconds: clock.move(timedelta(seconds=seconds))
    clock.move(NOW - clock.now())


def spend(client: Client, calls: int) -> list[httpx.Response]:
    return [client.send("GET", "/profile.json", {"attrs": "id"}) for _ in range(calls)]


def test_what_remains_is_told_as_it_was_before_the_call(user: Client) -> None:
    answers = spend(user, 10)
    assert [answer.headers[REMAINING] for answer in answers] == ["10", "9", "8", "7", "6", "5", "4", "3", "2", "1"]
    assert {answer.headers[LIMIT] for answer in answers} == {"10"}
    assert {answer.status_code for answer in answers} == {200}


def test_the_eleventh_call_is_refused(user: Client) -> None:
    answer = spend(user, 11)[-1]
    assert (answer.status_code, answer.json()) == (429, {"error": "Rate limit exceeded"})
    assert (answer.headers[LIMIT], answer.headers[REMAINING]) == ("10", "0")
    assert "Retry-After" not in answer.headers


def test_reset_is_the_second_at_which_the_window_ends(user: Client, pass_seconds: Callable[[int], None]) -> None:
    assert spend(user, 1)[0].headers[RESET] == str(int(NOW.timestamp()) + 5)
    pass_seconds(3)
    assert spend(user, 1)[0].headers[RESET] == str(int(NOW.timestamp()) + 5)


def test_a_window_begins_with_its_first_call(user: Client, pass_seconds: Callable[[int], None]) -> None:
    pass_seconds(2)
    spend(user, 10)
    pass_seconds(4)
    assert spend(user, 1)[0].status_code == 429
    pass_seconds(1)
    answer = spend(user, 1)[0]
    assert (answer.status_code, answer.headers[REMAINING]) == (200, "10")


def test_users_count_for_themselves(user: Client) -> None:
    spend(user, 11)
    assert spend(user.as_user(DEE), 1)[0].headers[REMAINING] == "10"


def test_refused_calls_do_not_count_and_change_nothing(user: Client, pass_seconds: Callable[[int], None]) -> None:
    spend(user, 10)
    assert [user.send("DELETE", "/notes/240117.json").status_code for _ in range(3)] == [429] * 3
    pass_seconds(5)
    assert user.get("/notes/240117.json")["id"] == 240117


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/notes/240117.json", 204),
        ("GET", "/deals/1.json", 404),
        ("GET", "/companies/1.json", 403),
        ("POST", "/deals.json", 400),
        ("GET", "/deals.json", 200),
    ],
)
def test_every_answer_tells_the_state(user: Client, method: str, path: str, status: int) -> None:
    answer = user.send(method, path)
    assert (answer.status_code, answer.headers[REMAINING]) == (status, "10")
    assert spend(user, 1)[0].headers[REMAINING] == "9"


def test_without_limits_nothing_is_refused_and_a_full_window_is_told(mira: Client) -> None:
    answers = spend(mira, 30)
    assert {answer.status_code for answer in answers} == {200}
    assert {(answer.headers[LIMIT], answer.headers[REMAINING]) for answer in answers} == {("10", "10")}
