"""Clocks tell whole seconds within what every zone can show, and tokens follow from their parts alone."""

import re
import uuid
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.clock import EARLIEST, LATEST, FrozenClock, SystemClock, clamp, later, monotonic_seconds, request_id, token

NOON = datetime(2024, 3, 18, 12, tzinfo=UTC)
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
parts = st.lists(st.text(st.characters()) | st.integers(), max_size=3)


@given(st.datetimes(timezones=st.just(UTC)), st.timedeltas())
def test_a_moment_moved_by_anything_stays_within_bounds(moment: datetime, delta: timedelta) -> None:
    moved = later(moment, delta)
    assert EARLIEST <= moved <= LATEST
    assert EARLIEST <= clamp(moment) <= LATEST
    if EARLIEST < moved < LATEST:
        assert moved - moment == delta


@pytest.mark.parametrize(
    ("moment", "nearest"),
    [
        (datetime.min.replace(tzinfo=UTC), EARLIEST),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=5))), EARLIEST),
        (datetime.max.replace(tzinfo=UTC), LATEST),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))), LATEST),
        (NOON, NOON),
    ],
)
def test_a_moment_beyond_the_bounds_becomes_the_nearest(moment: datetime, nearest: datetime) -> None:
    assert FrozenClock(moment).now() == nearest
    assert clamp(moment) == nearest


def test_every_zone_can_show_the_bounds() -> None:
    for zone in map(ZoneInfo, available_timezones()):
        assert EARLIEST.astimezone(zone) == EARLIEST
        assert LATEST.astimezone(zone) == LATEST


@given(st.datetimes(timezones=offsets))
@example(datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))))
@example(datetime.min.replace(tzinfo=timezone(timedelta(hours=5))))
def test_a_frozen_clock_stands_at_a_whole_second_in_utc(moment: datetime) -> None:
    now = FrozenClock(moment).now()
    assert EARLIEST <= now <= LATEST
    assert (now.utcoffset(), now.microsecond) == (timedelta(), 0)
    if EARLIEST < now < LATEST:
        assert now == moment.replace(microsecond=0)


def test_a_frozen_clock_stands_still_until_it_is_moved() -> None:
    frozen = FrozenClock(NOON)
    assert frozen.now() == frozen.now() == NOON
    frozen.move(timedelta(hours=-1))
    assert frozen.now() == NOON - timedelta(hours=1)
    frozen.move(timedelta.max)
    assert frozen.now() == LATEST
    frozen.move(timedelta.min)
    assert frozen.now() == EARLIEST


def test_the_systems_clock_is_cut_to_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    system = SystemClock()
    for second in (1710763200.0, 1710763200.999, 1710763201.5, 1710763200.0):
        monkeypatch.setattr("mockserver.clock.time.time", lambda second=second: second)
        assert system.now() == datetime.fromtimestamp(int(second), UTC)


def test_monotonic_seconds_never_go_back() -> None:
    assert monotonic_seconds() <= monotonic_seconds()


@given(st.integers(0, 64), parts)
def test_a_token_is_so_many_hex_digits_and_follows_from_its_parts(length: int, given_parts: list[object]) -> None:
    made = token(length, *given_parts)
    assert re.fullmatch(f"[0-9a-f]{{{length}}}", made)
    assert made == token(length, *given_parts)
    assert token(64, *given_parts).startswith(made)


def test_parts_are_not_run_together() -> None:
    assert len({token(64), token(64, ""), token(64, "", ""), token(64, "ab"), token(64, "a", "b"), token(64, "b", "a")}) >= 5


@given(parts, st.integers(0, 10**9))
def test_a_request_id_is_a_uuid_of_version_4(given_parts: list[object], count: int) -> None:
    made = uuid.UUID(request_id(*given_parts, count))
    assert (made.version, made.variant) == (4, uuid.RFC_4122)
    assert str(made) == request_id(*given_parts, count) != request_id(*given_parts, count + 1)
