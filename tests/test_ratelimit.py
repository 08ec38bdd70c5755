"""A window of time admits so many requests of a world, and says when to come back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

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
    answers = [LIMIT.admit(mine, 1, at(second)) for second in (0, 4, 4, 9)]
    assert [admitted for admitted, _ in answers] == [True, True, True, False]
    assert [headers["X-Left"] for _, headers in answers] == ["2", "1", "0", "0"]
    assert {headers["X-Limit"] for _, headers in answers} == {"3"}


def test_the_next_window_begins_anew() -> None:
    mine = world()
    for _ in range(5):
        LIMIT.admit(mine, 1, at(9))
    assert LIMIT.admit(mine, 1, at(10)) == (True, {"X-Limit": "3", "X-Left": "2"})


def test_retry_after_says_when_the_window_ends_and_only_to_the_refused() -> None:
    mine = world()
    for _ in range(3):
        assert "Retry-After" not in LIMIT.admit(mine, 1, at(7))[1]
    assert LIMIT.admit(mine, 1, at(7))[1]["Retry-After"] == "3"
    assert LIMIT.admit(mine, 1, at(9))[1]["Retry-After"] == "1"


def test_worlds_do_not_count_for_each_other() -> None:
    mine, other = world(), world()
    for _ in range(4):
        LIMIT.admit(mine, 1, at(0))
    assert LIMIT.admit(other, 1, at(0))[0]


def test_a_limit_without_header_names_tells_nothing_but_when_to_come_back() -> None:
    quiet, mine = Limit(1, 1), world()
    assert quiet.admit(mine, 1, at(0)) == (True, {})
    assert quiet.admit(mine, 1, at(0)) == (False, {"Retry-After": "1"})


@given(st.lists(st.integers(0, 40), max_size=30).map(sorted), st.integers(1, 4), st.integers(1, 15))
def test_no_window_admits_more_than_its_requests_and_retry_after_always_helps(seconds: list[int], requests: int, size: int) -> None:
    limit, mine = Limit(requests, size), world()
    admitted: dict[int, int] = {}
    for second in seconds:
        passed, headers = limit.admit(mine, 1, at(second))
        window = int(at(second).timestamp()) // size
        if passed:
            admitted[window] = admitted.get(window, 0) + 1
        else:
            assert admitted[window] == requests
            assert Limit(requests, size).admit(fresh_copy(mine), 1, at(second + int(headers["Retry-After"])))[0]
    assert all(count <= requests for count in admitted.values())


def fresh_copy(mine: World) -> World:
    made = world()
    made.windows = dict(mine.windows)
    return made


def test_callers_of_a_world_may_count_for_themselves() -> None:
    limit, mine = Limit(1, 10, per_caller=True), world()
    assert [limit.admit(mine, caller, at(0))[0] for caller in (1, 2, 1, 2)] == [True, True, False, False]


def test_a_window_may_begin_with_its_first_request() -> None:
    limit, mine = Limit(2, 5, remaining_header="X-Left", reset_header="X-Ends", from_first=True, counts_before=True, retry_after=False), world()
    told = [limit.admit(mine, 1, at(second)) for second in (3, 4, 7, 8)]
    ends = [str(int(at(second).timestamp())) for second in (8, 8, 8, 13)]
    assert told == [
        (True, {"X-Left": "2", "X-Ends": ends[0]}),
        (True, {"X-Left": "1", "X-Ends": ends[1]}),
        (False, {"X-Left": "0", "X-Ends": ends[2]}),
        (True, {"X-Left": "2", "X-Ends": ends[3]}),
    ]


@given(st.lists(st.integers(0, 60), max_size=40).map(sorted), st.integers(1, 4), st.integers(1, 15))
def test_refused_requests_need_not_count_and_windows_from_the_first_do_not_overlap(seconds: list[int], requests: int, size: int) -> None:
    limit, mine = Limit(requests, size, reset_header="X-Ends", from_first=True, refused_count=False), world()
    admitted: dict[str, int] = {}
    for second in seconds:
        passed, headers = limit.admit(mine, 1, at(second))
        assert int(at(second).timestamp()) < int(headers["X-Ends"]) <= int(at(second).timestamp()) + size
        admitted[headers["X-Ends"]] = admitted.get(headers["X-Ends"], 0) + passed
        assert passed or admitted[headers["X-Ends"]] == requests
    assert all(count <= requests for count in admitted.values())
    ends = sorted(map(int, admitted))
    assert all(later - earlier >= size for earlier, later in pairwise(ends))


def test_a_limit_that_is_always_told_tells_a_full_window_where_it_is_not_enforced() -> None:
    told = Limit(3, 10, "X-Limit", "X-Left", "X-Ends", always_told=True)
    assert told.full(at(4)) == {"X-Limit": "3", "X-Left": "3", "X-Ends": str(int(at(14).timestamp()))}
    assert LIMIT.full(at(4)) == {}


def test_a_limit_that_is_always_told_counts_where_it_is_enforced() -> None:
    told, mine = Limit(2, 10, remaining_header="X-Left", always_told=True), world()
    assert [told.admit(mine, 1, at(0))[1]["X-Left"] for _ in range(3)] == ["1", "0", "0"]
