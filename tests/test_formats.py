"""Stored values are written as the schema and the API's formats ask, whatever they are."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.clock import EARLIEST, LATEST
from mockserver.formats import Formats, InstantFormat, compile_scalar
from mockserver.spec import Document
from mockserver.stored import StoredType, Unparsable, parse_instant, parse_stored
from tests.models import document

CHICAGO = ZoneInfo("America/Chicago")
DOCUMENT = Document(document(), "library")
NAMES = sorted(available_timezones())
DATE_TIME = jsonschema_rs.Draft4Validator({"format": "date-time"}, validate_formats=True)
instants = st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None)).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))
zones = st.sampled_from(NAMES).map(ZoneInfo)
PLAIN = InstantFormat("{0.year:04d}-{0.month:02d}-{0.day:02d} {0.hour:02d}:{0.minute:02d}:{0.second:02d}")


@settings(max_examples=200)
@given(instants, zones)
def test_every_instant_is_written_in_every_zone_and_read_back(moment: datetime, zone: ZoneInfo) -> None:
    text = InstantFormat().write(moment, zone)
    assert text is not None
    assert DATE_TIME.is_valid(text), text
    assert parse_instant(text, UTC) == moment
    assert len(PLAIN.write(moment, zone) or "") == 19
    assert InstantFormat(utc=True).write(moment, zone) == InstantFormat().write(moment, UTC)


def test_the_ends_of_time_are_written_in_every_zone() -> None:
    for zone in map(ZoneInfo, NAMES):
        for moment in (EARLIEST, LATEST):
            text = InstantFormat().write(moment, zone) or ""
            assert DATE_TIME.is_valid(text), text
            assert parse_instant(text, UTC) == moment


@pytest.mark.parametrize(
    ("form", "zone", "text"),
    [
        (InstantFormat(), CHICAGO, "2024-03-18T09:42:11-05:00"),
        (InstantFormat(), UTC, "2024-03-18T14:42:11+00:00"),
        (InstantFormat(utc=True), CHICAGO, "2024-03-18T14:42:11+00:00"),
        (InstantFormat(), timezone(timedelta(hours=5, minutes=30)), "2024-03-18T20:12:11+05:30"),
        (PLAIN, CHICAGO, "2024-03-18 09:42:11"),
        (InstantFormat("{0.year:04d}/{0.month:02d}/{0.day:02d}", utc=True), ZoneInfo("Asia/Tokyo"), "2024/03/18"),
    ],
)
def test_an_instant_is_written_in_its_format(form: InstantFormat, zone: Any, text: str) -> None:
    assert form.write(datetime(2024, 3, 18, 14, 42, 11, tzinfo=UTC), zone) == text


def test_an_offset_with_seconds_is_written_in_whole_minutes_and_means_the_same_instant() -> None:
    moment = datetime(1880, 1, 1, tzinfo=UTC)
    assert InstantFormat().write(moment, CHICAGO) == "1879-12-31T18:09:00-05:51"
    assert parse_instant("1879-12-31T18:09:00-05:51", UTC) == moment


def test_an_early_year_has_four_digits() -> None:
    assert InstantFormat().write(EARLIEST, UTC) == "0001-01-03T00:00:00+00:00"


NOON = datetime(2024, 3, 18, 17, tzinfo=UTC)
FORMATS = Formats(instants={"date-time": InstantFormat(), "stamp": PLAIN}, dates={"american": "{0.month:02d}/{0.day:02d}/{0.year:04d}"})


@pytest.mark.parametrize(
    ("kind", "prop", "stored", "shown"),
    [
        ("text", {"type": "string"}, "a", "a"),
        ("integer", {"type": "integer"}, 7, 7),
        ("integer", {"type": "string"}, 7, "7"),
        ("integer", {"$ref": "#/components/schemas/Book/properties/copies"}, 7, "7"),
        ("integer", {"anyOf": [{"type": "string"}, {"type": "integer"}]}, 7, "7"),
        ("decimal", {"type": "number"}, Decimal("12.50"), 12.5),
        ("decimal", {"type": "number"}, Decimal("7.00"), 7),
        ("decimal", {"type": "string"}, Decimal("12.50"), "12.50"),
        ("decimal", {"type": "string"}, Decimal("1E+3"), "1000"),
        ("boolean", {"type": "boolean"}, True, True),
        ("boolean", {"type": "integer"}, True, 1),
        ("boolean", {"type": "string"}, True, "1"),
        ("boolean", {"type": "string"}, False, "0"),
        ("date", {"type": "string"}, date(2024, 3, 8), "2024-03-08"),
        ("date", {"type": "string", "format": "american"}, date(2024, 3, 8), "03/08/2024"),
        ("instant", {"type": "string", "format": "date-time"}, NOON, "2024-03-18T12:00:00-05:00"),
        ("instant", {"type": "string", "format": "stamp"}, NOON, "2024-03-18 12:00:00"),
        ("instant", {"type": "string"}, NOON, "2024-03-18T12:00:00-05:00"),
        ("json", {}, {"a": [1]}, {"a": [1]}),
    ],
)
def test_a_stored_value_is_written_in_the_type_of_its_property(kind: str, prop: dict[str, Any], stored: Any, shown: Any) -> None:
    found = compile_scalar(DOCUMENT, FORMATS, StoredType(kind), prop)(stored, CHICAGO)
    assert found == shown
    assert type(found) is type(shown)


@pytest.mark.parametrize("kind", list(StoredType))
@pytest.mark.parametrize("wanted", ["string", "integer", "number", "boolean"])
def test_null_stays_null(kind: StoredType, wanted: str) -> None:
    assert compile_scalar(DOCUMENT, FORMATS, kind, {"type": wanted, "nullable": True})(None, CHICAGO) is None


@pytest.mark.parametrize(
    ("wanted", "value", "shown"),
    [
        ("string", 7, "7"),
        ("string", True, "1"),
        ("string", Decimal("1.50"), "1.50"),
        ("string", Decimal("1E+3"), "1000"),
        ("number", Decimal("1.50"), 1.5),
        ("number", Decimal("2.00"), 2),
        ("integer", 7, 7),
        ("string", NOON, "2024-03-18T12:00:00-05:00"),
        ("string", date(2024, 3, 8), "2024-03-08"),
        ("string", None, None),
    ],
)
def test_a_computed_value_is_written_by_what_it_is(wanted: str, value: Any, shown: Any) -> None:
    found = compile_scalar(DOCUMENT, FORMATS, None, {"type": wanted})(value, CHICAGO)
    assert found == shown
    assert type(found) is type(shown)


def test_a_computed_date_or_instant_is_written_in_the_propertys_format() -> None:
    assert compile_scalar(DOCUMENT, FORMATS, None, {"type": "string", "format": "american"})(date(2024, 3, 8), CHICAGO) == "03/08/2024"
    assert compile_scalar(DOCUMENT, FORMATS, None, {"type": "string", "format": "stamp"})(NOON, CHICAGO) == "2024-03-18 12:00:00"


def test_a_shape_writes_the_type_of_the_read_shape_where_it_admits_both() -> None:
    prop = {"anyOf": [{"type": "string"}, {"type": "integer"}], "x-mock-read": {"type": "integer"}}
    assert compile_scalar(DOCUMENT, FORMATS, StoredType.INTEGER, prop)(7, CHICAGO) == 7


@given(st.text(".0123456789eE+-", max_size=12) | st.floats().map(repr))
def test_every_stored_number_is_written(text: str) -> None:
    try:
        value = parse_stored(StoredType.DECIMAL, text, UTC)
    except Unparsable:
        return
    shown = compile_scalar(DOCUMENT, FORMATS, StoredType.DECIMAL, {"type": "string"})(value, UTC)
    assert Decimal(shown) == value
    number = compile_scalar(DOCUMENT, FORMATS, StoredType.DECIMAL, {"type": "number"})(value, UTC)
    json.dumps(number, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [("5000", "5000.0"), ("18450.00", "18450.0"), ("0.25", "0.25"), ("-3.10", "-3.1"), ("1E+3", "1000.0"), (None, None)],
)
def test_a_decimal_may_have_so_many_decimals_at_least_and_no_needless_ones(value: str | None, text: str | None) -> None:
    formats = Formats(decimals={"money": 1})
    prop = {"type": "string", "nullable": True, "format": "money"}
    write = compile_scalar(DOCUMENT, formats, StoredType.DECIMAL, prop)
    assert write(value and Decimal(value), UTC) == text
