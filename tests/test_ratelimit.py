"""A window of time admits so many requests of a world, and says when to come back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mockserver.ratelimit import Limit
from mockserver.worlds import World
from tests.models import empty_store

START = datetime(2024, 3, 18, 12, 0, 0, tzinfo=UTC)
LIMIT = Limit(3, 10, "X-Limit", "X-Left")


def world() -> World:
    return World("me", empty_store())


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def test_a_window_admits_its_requests_and_no_more() -> None:
    mine = world()
    answers = [LIMIT.admit(mine, at(second)) for second in (0, 4, 4, 9)]
    assert [admitted for admitted, _ in answers] == [True, True, True, False]
    assert [headers["X-Left"] for _, headers in answers] == ["2", "1", "0", "0"]
    assert {headers["X-Limit"] for _, headers in answers} == {"3"}


def test_the_next_window_begins_anew() -> None:
    mine = world()
    for _ in range(5):
        LIMIT.admit(mine, at(9))
    assert LIMIT.admit(mine, at(10)) == (True, {"X-Limit": "3", "X-Left": "2"})


def test_retry_after_says_when_the_window_ends_and_only_to_the_refused() -> None:
    mine = world()
    for _ in range(3):
        assert "Retry-After" not in LIMIT.admit(mine, at(7))[1]
    assert LIMIT.admit(mine, at(7))[1]["Retry-After"] == "3"
    assert LIMIT.admit(mine, at(9))[1]["Retry-After"] == "1"


def test_worlds_do_not_count_for_each_other() -> None:
    mine, other = world(), world()
    for _ in range(4):
        LIMIT.admit(mine, at(0))
    assert LIMIT.admit(other, at(0))[0]


def test_a_limit_without_header_names_tells_nothing_but_when_to_come_back() -> None:
    quiet, mine = Limit(1, 1), world()
    assert quiet.admit(mine, at(0)) == (True, {})
    assert quiet.admit(mine, at(0)) == (False, {"Retry-After": "1"})


@given(st.lists(st.integers(0, 40), max_size=30).map(sorted), st.integers(1, 4), st.integers(1, 15))
def test_no_window_admits_more_than_its_requests_and_retry_after_always_helps(seconds: list[int], requests: int, size: int) -> None:
    limit, mine = Limit(requests, size), world()
    admitted: dict[int, int] = {}
    for second in seconds:
        passed, headers = limit.admit(mine, at(second))
        window = int(at(second).timestamp()) // size
        if passed:
            admitted[window] = admitted.get(window, 0) + 1
        else:
            assert admitted[window] == requests
            assert Limit(requests, size).admit(fresh_copy(mine), at(second + int(headers["Retry-After"])))[0]
    assert all(count <= requests for count in admitted.values())


def fresh_copy(mine: World) -> World:
    made = world()
    made.window = mine.window
    return made
