"""What a request, a fixture or a query says becomes the one stored form, or is refused with what was expected."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import jsonschema_rs
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from mockserver.clock import EARLIEST, LATEST
from mockserver.stored import StoredType, Unparsable, parse_date, parse_instant, parse_stored

CHICAGO = ZoneInfo("America/Chicago")
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
DATE_TIME = jsonschema_rs.Draft4Validator({"format": "date-time"}, validate_formats=True)
DATE = jsonschema_rs.Draft4Validator({"format": "date"}, validate_formats=True)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


# --- instants ---


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2024-03-18T09:42:11-05:00", utc(2024, 3, 18, 14, 42, 11), id="an offset"),
        pytest.param("2024-03-18T09:42:11-0500", utc(2024, 3, 18, 14, 42, 11), id="an offset without a colon"),
        pytest.param("2024-03-18T09:42:11+05:30", utc(2024, 3, 18, 4, 12, 11), id="half an hour"),
        pytest.param("2024-03-18T09:42:11-00:00", utc(2024, 3, 18, 9, 42, 11), id="an unknown offset"),
        pytest.param("2024-03-18T09:42:11Z", utc(2024, 3, 18, 9, 42, 11), id="UTC"),
        pytest.param("2024-03-18t09:42:11z", utc(2024, 3, 18, 9, 42, 11), id="lower case"),
        pytest.param("2024-03-18 09:42:11Z", utc(2024, 3, 18, 9, 42, 11), id="a space"),
        pytest.param("2024-03-18 09:42:11 -0500", utc(2024, 3, 18, 14, 42, 11), id="a space before the offset"),
        pytest.param("2024-03-18T09:42:11", utc(2024, 3, 18, 14, 42, 11), id="in the zone given"),
        pytest.param("2024-01-18T09:42:11", utc(2024, 1, 18, 15, 42, 11), id="in the zone's winter"),
        pytest.param("2024-03-18T09:42", utc(2024, 3, 18, 14, 42), id="without seconds"),
        pytest.param("2024-03-18", utc(2024, 3, 18, 5), id="the beginning of a day"),
        pytest.param("2024/03/18", utc(2024, 3, 18, 5), id="slashes"),
        pytest.param("2024/03/18 09:42:11", utc(2024, 3, 18, 14, 42, 11), id="slashes and a time"),
        pytest.param("2024-03-18T09:42:11.999999999Z", utc(2024, 3, 18, 9, 42, 11), id="a fraction is cut off"),
        pytest.param("2016-12-31T23:59:60Z", utc(2017, 1, 1), id="a leap second is the next second"),
        pytest.param("2016-12-31T18:59:60.5-05:00", utc(2017, 1, 1), id="a leap second elsewhere"),
        pytest.param("2024-02-29T00:00:00Z", utc(2024, 2, 29), id="a leap day"),
        pytest.param("2024-03-10T02:30:00", utc(2024, 3, 10, 8, 30), id="a time that the clocks skip"),
        pytest.param("2024-11-03T01:30:00", utc(2024, 11, 3, 6, 30), id="a time that comes twice is the first"),
    ],
)
def test_a_text_stands_for_an_instant(text: str, moment: datetime) -> None:
    assert parse_instant(text, CHICAGO) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("0000-01-01T00:00:00Z", EARLIEST),
        ("0000-02-29", EARLIEST),
        ("0001-01-01T00:00:00+23:59", EARLIEST),
        ("0001-01-01T00:00:00-23:59", EARLIEST),
        ("0001-01-01", EARLIEST),
        ("9999-12-31T23:59:59Z", LATEST),
        ("9999-12-31T23:59:59-23:59", LATEST),
        ("9999-12-31T23:59:60Z", LATEST),
        ("9999-12-31", LATEST),
        ("9999-06-30T23:59:59-23:59", utc(9999, 7, 1, 23, 58, 59)),
    ],
)
@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Niue")], ids=str)
def test_an_instant_at_the_ends_of_time_is_the_nearest_that_every_zone_can_show(text: str, moment: datetime, zone: Any) -> None:
    assert parse_instant(text, zone) == moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "date-time"),
        ("soon", "date-time"),
        ("2024-3-18", "date-time"),
        ("2024-03-18T", "date-time"),
        ("2024-03-18T09", "date-time"),
        ("2024-03-18T09:42:11,5Z", "date-time"),
        ("2024-03-18Z", "date-time"),
        ("12024-03-18", "date-time"),
        ("-2024-03-18", "date-time"),
        ("2024-03-18T09:42:11Z ", "date-time"),
        ("2024-03-18\n", "date-time"),
        ("٢٠٢٤-03-18", "date-time"),
        ("2024-02-30", "calendar"),
        ("2023-02-29T00:00:00Z", "calendar"),
        ("0000-02-30", "calendar"),
        ("2024-13-01", "calendar"),
        ("2024-00-01", "calendar"),
        ("2024-03-18T24:00:00Z", "calendar"),
        ("2024-03-18T09:60:00Z", "calendar"),
        ("2024-03-18T09:42:61Z", "seconds up to 60"),
    ],
)
def test_another_text_is_unparsable(text: str, expected: str) -> None:
    with pytest.raises(Unparsable, match=expected):
        parse_instant(text, UTC)


DIGITS = st.text("0123456789", max_size=5)
MOMENT = st.from_regex(r"\d{4}[-/]\d{2}[-/]\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})?", fullmatch=True)
PIECES = [*"-/T tZz:+.,\x00", "2024-02-29", "0000-01-01", "9999-12-31", "T23:59:60", "-23:59", "+99:99"]
NEARLY = st.lists(DIGITS | st.sampled_from(PIECES), max_size=9)


@given(st.text() | NEARLY.map("".join) | MOMENT, ZONES)
def test_no_text_raises_anything_but_unparsable(text: str, zone: ZoneInfo) -> None:
    for kind in StoredType:
        try:
            value = parse_stored(kind, text, zone)
        except Unparsable as error:
            assert str(error)  # noqa: PT017  # whether it is raised is left open
        else:
            if kind is StoredType.INSTANT:
                assert EARLIEST <= value <= LATEST
                assert (value.utcoffset(), value.microsecond) == (timedelta(), 0)


FULL_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
FULL_TIME = r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,12})?"


@given(st.from_regex(FULL_DATE + FULL_TIME, fullmatch=True), st.from_regex(r"[Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]", fullmatch=True))
@example("0000-02-29T00:00:00", "Z")
@example("9999-12-31T23:59:59", "-23:59")
@example("1990-12-31T15:59:60", "-08:00")
@settings(max_examples=40)
def test_what_json_schema_calls_a_date_time_stands_for_an_instant(text: str, offset: str) -> None:
    assume(DATE_TIME.is_valid(text + offset))
    parse_instant(text + offset, UTC)


@given(st.datetimes(timezones=ZONES | st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))), ZONES)
@settings(max_examples=60)
def test_an_instant_written_with_its_offset_is_read_back(moment: datetime, zone: ZoneInfo) -> None:
    offset = moment.utcoffset()
    assume(offset is not None and not offset.total_seconds() % 60 and 1 < moment.year < 9999)
    assert parse_instant(moment.isoformat(), zone) == moment.replace(microsecond=0).astimezone(UTC)


# --- dates ---


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-18", date(2024, 3, 18)),
        ("2024/03/18", date(2024, 3, 18)),
        ("03/18/2024", date(2024, 3, 18)),
        ("2024-03-18T23:59:59-05:00", date(2024, 3, 18)),
        ("9999-12-31", date.max),
        ("0001-01-01", date.min),
        ("0000-02-29", date.min),
    ],
)
def test_a_text_stands_for_a_date(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize("text", ["", "today", "18/03/2024", "03/18/24", "2024-02-30", "0000-02-30", "3/18/2024", "2024-03-18 x"])
def test_another_text_is_no_date(text: str) -> None:
    with pytest.raises(Unparsable, match="a date"):
        parse_date(text)


@given(st.from_regex(FULL_DATE, fullmatch=True))
@example("0000-02-29")
@settings(max_examples=40)
def test_what_json_schema_calls_a_date_stands_for_one(text: str) -> None:
    assume(DATE.is_valid(text))
    parse_date(text)


# --- the other types ---


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("text", "a", "a"),
        ("text", 5, "5"),
        ("text", 5.0, "5"),
        ("text", 1e22, "10000000000000000000000"),
        ("text", 1.5, "1.5"),
        ("text", True, "1"),
        ("text", False, "0"),
        ("integer", 7, 7),
        ("integer", "7", 7),
        ("integer", "-7", -7),
        ("integer", 7.0, 7),
        ("integer", True, 1),
        ("integer", "1e3", 1000),
        ("decimal", 7, Decimal(7)),
        ("decimal", 1.5, Decimal("1.5")),
        ("decimal", 0.1, Decimal("0.1")),
        ("decimal", "12.50", Decimal("12.50")),
        ("decimal", True, Decimal(1)),
        ("boolean", True, True),
        ("boolean", 0, False),
        ("boolean", "1", True),
        ("boolean", "FALSE", False),
        ("date", "2024-03-18", date(2024, 3, 18)),
        ("instant", "2024-03-18T00:00:00Z", utc(2024, 3, 18)),
        ("json", {"a": [1]}, {"a": [1]}),
    ],
)
def test_a_value_stands_for_its_stored_form(kind: str, value: Any, stored: Any) -> None:
    found = parse_stored(StoredType(kind), value, UTC)
    assert found == stored
    assert type(found) is type(stored)


@pytest.mark.parametrize("kind", list(StoredType))
def test_null_stays_null(kind: StoredType) -> None:
    assert parse_stored(kind, None, UTC) is None


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("integer", "", "number"),
        ("integer", "7 kites", "number"),
        ("integer", [], "number"),
        ("integer", "nan", "number"),
        ("integer", "1e401", "sensible size"),
        ("decimal", "1.2.3", "number"),
        ("decimal", "NaN", "sensible size"),
        ("decimal", "sNaN", "sensible size"),
        ("decimal", "-Infinity", "sensible size"),
        ("decimal", "1e999999999", "sensible size"),
        ("decimal", "1e-999999999", "sensible size"),
        ("boolean", 2, "0 or 1"),
        ("boolean", "yes", "0 or 1"),
        ("boolean", [], "0 or 1"),
        ("date", 20240318, "a date"),
        ("instant", 1710720000, "date-time"),
    ],
)
def test_another_value_is_unparsable(kind: str, value: Any, expected: str) -> None:
    with pytest.raises(Unparsable, match=expected):
        parse_stored(StoredType(kind), value, UTC)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
json_values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars, max_size=2)


@given(json_values)
def test_no_json_value_raises_anything_but_unparsable(value: Any) -> None:
    for kind in StoredType:
        try:
            parse_stored(kind, value, CHICAGO)
        except Unparsable as error:
            assert str(error)  # noqa: PT017  # whether it is raised is left open


@given(st.lists(st.sampled_from(["nan", "sNaN", "inf", "-Infinity", "1e9999"]) | st.text(".0123456789e-", max_size=5), max_size=9))
def test_stored_numbers_compare(texts: list[str]) -> None:
    found = []
    for text in texts:
        try:
            found.append(parse_stored(StoredType.DECIMAL, text, UTC))
        except Unparsable:
            continue
    assert sorted(sorted(found, reverse=True)) == sorted(found)
