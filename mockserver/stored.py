"""The stored types: how a value of a request, a fixture or a query becomes the one form in which records are kept and compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from mockserver.clock import EARLIEST, LATEST, clamp


class StoredType(StrEnum):
    """The stored types of `x-mock-stored`."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    JSON = "json"


FROM_JSON_TYPE = {
    "string": StoredType.TEXT,
    "integer": StoredType.INTEGER,
    "number": StoredType.DECIMAL,
    "boolean": StoredType.BOOLEAN,
    "array": StoredType.JSON,
    "object": StoredType.JSON,
}

_MOMENT = re.compile(
    r"(?P<year>\d{4})[-/](?P<month>\d{2})[-/](?P<day>\d{2})"
    r"(?:[Tt ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)? ?(?P<zone>[Zz]|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_LIKE_YEAR_0 = 4
"""A year with the calendar of the year 0, which Python lacks and RFC 3339 has."""
_MAX_EXPONENT = 400
"""More than a float's; what lies beyond costs time and memory and has no meaning."""
_AMERICAN_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)


class Unparsable(ValueError):
    """A value that does not stand for its stored type; the message says what was expected."""


def parse_instant(text: str, zone: tzinfo) -> datetime:
    """Return the instant in UTC, in whole seconds, that an ISO 8601 date or date-time stands for.

    Args:
        text: `2024-03-18`, `2024-03-18T09:42:11-05:00`, `2024-03-18 09:42:11`; slashes for dashes; a leap second is the next second.
        zone: of a text without offset.

    Instants that some zone cannot show become the nearest that all can.

    Raises:
        Unparsable: the text is no date of the calendar, or no date at all.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise Unparsable("a date or a date-time (ISO 8601)")
    part = match.groupdict(default="0")
    year, second = int(part["year"]), int(part["second"])
    if second > 60:
        raise Unparsable("a date-time with seconds up to 60")
    try:
        moment = datetime(
            year or _LIKE_YEAR_0, int(part["month"]), int(part["day"]), int(part["hour"]), int(part["minute"]), min(second, 59), tzinfo=UTC
        )
    except ValueError as error:
        raise Unparsable("a date that the calendar has") from error
    if year == 0:
        return EARLIEST
    try:
        moment += timedelta(seconds=1 if second == 60 else 0)
        offset = _offset(match["zone"])
        return clamp(moment.replace(tzinfo=zone).astimezone(UTC) if offset is None else moment - offset)
    except OverflowError:
        return LATEST if year > 1 else EARLIEST


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if text in "Zz":
        return timedelta()
    size = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return -size if text[0] == "-" else size


def parse_date(text: str) -> date:
    """Return the date that `2024-03-18`, `2024/03/18`, `03/18/2024` or the beginning of a date-time stands for.

    A date of the year 0 is the first that can be kept.

    Raises:
        Unparsable: the text is no date of the calendar.
    """
    american = _AMERICAN_DATE.fullmatch(text)
    if american:
        text = f"{american[3]}-{american[1]}-{american[2]}"
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise Unparsable("a date (YYYY-MM-DD)")
    year = int(match["year"])
    try:
        day = date(year or _LIKE_YEAR_0, int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise Unparsable("a date that the calendar has") from error
    return day if year else date.min


def _parse_text(value: Any, zone: tzinfo) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else str(value)


def _parse_integer(value: Any, zone: tzinfo) -> int:
    if isinstance(value, int):
        return int(value)
    return int(_parse_decimal(value, zone))


def _parse_decimal(value: Any, zone: tzinfo) -> Decimal:
    try:
        number = Decimal(str(int(value) if isinstance(value, bool) else value))
    except InvalidOperation as error:
        raise Unparsable("a number") from error
    if not number.is_finite() or abs(number.adjusted()) > _MAX_EXPONENT:
        raise Unparsable("a number of a sensible size")
    return number


def _parse_boolean(value: Any, zone: tzinfo) -> bool:
    if value in (0, 1):
        return bool(value)
    known = {"0": False, "1": True, "false": False, "true": True}
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise Unparsable("0 or 1")


def _parse_date(value: Any, zone: tzinfo) -> date:
    return parse_date(str(value))


def _parse_instant(value: Any, zone: tzinfo) -> datetime:
    return parse_instant(str(value), zone)


def _parse_json(value: Any, zone: tzinfo) -> Any:
    return value


PARSERS: dict[StoredType, Callable[[Any, tzinfo], Any]] = {
    StoredType.TEXT: _parse_text,
    StoredType.INTEGER: _parse_integer,
    StoredType.DECIMAL: _parse_decimal,
    StoredType.BOOLEAN: _parse_boolean,
    StoredType.DATE: _parse_date,
    StoredType.INSTANT: _parse_instant,
    StoredType.JSON: _parse_json,
}


def parse_stored(kind: StoredType, value: Any, zone: tzinfo) -> Any:
    """Return the value in its stored form; None stays None.

    Raises:
        Unparsable: the value does not stand for the type.
    """
    return None if value is None else PARSERS[kind](value, zone)
