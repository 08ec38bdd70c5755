"""Single stored values → JSON: the formats of an API, and the type that a property's schema asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Final

from mockserver.spec import Document
from mockserver.stored import StoredType
from mockserver.validation import allowed_types

Scalar = Callable[[Any, tzinfo], Any]
"""From a stored value and the caller's zone to JSON."""

_DATE: Final = "{0.year:04d}-{0.month:02d}-{0.day:02d}"


@dataclass(frozen=True, slots=True)
class InstantFormat:
    """How an instant is written: a `str.format` template over the datetime `0` (None: ISO 8601 with offset), in UTC or the caller's zone."""

    template: str | None = None
    utc: bool = False

    def write(self, moment: datetime | None, zone: tzinfo) -> str | None:
        """Return the text of the moment; None stays None."""
        return None if moment is None else _written(self.template, moment, UTC if self.utc else zone)


@lru_cache(maxsize=1 << 15)
def _written(template: str | None, moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    if offset % _MINUTE:  # as zones had before they were standardized; texts have whole minutes
        local = moment.astimezone(timezone(round(offset / _MINUTE) * _MINUTE))
    return local.isoformat(timespec="seconds") if template is None else template.format(local)


_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Formats:
    """How an API writes dates and decimals: by the schema's `format`.

    Attributes:
        decimals: how many decimals a decimal text has at least, and otherwise no needless ones.
    """

    instants: Mapping[str, InstantFormat] = field(default_factory=lambda: {"date-time": InstantFormat()})
    dates: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, int] = field(default_factory=dict)
    links: str = "links"


def compile_scalar(document: Document, formats: Formats, stored: StoredType | None, prop: Mapping[str, Any]) -> Scalar:
    """Return the function that writes values of this stored type as the property's schema asks.

    Args:
        stored: None for a computed value, whose type is seen when it comes.
    """
    types = allowed_types(prop, document.resolve)
    read: Mapping[str, Any] = prop.get("x-mock-read") or {}
    wanted = read["type"] if read.get("type") in types else _first_type(document, prop)
    name = str(prop.get("format") or read.get("format", ""))
    if stored is None:
        return _computed(formats, name, wanted)
    if stored is StoredType.INSTANT:
        return formats.instants.get(name, InstantFormat()).write
    if stored is StoredType.DATE:
        template = formats.dates.get(name, _DATE)
        return lambda value, zone: None if value is None else template.format(value)
    if stored is StoredType.BOOLEAN and wanted != "boolean":
        return _flag_text if wanted == "string" else _flag_number
    if stored is StoredType.DECIMAL:
        if wanted != "string":
            return _decimal_number
        return partial(_padded_decimal, formats.decimals[name]) if name in formats.decimals else _decimal_text
    return as_text if stored is StoredType.INTEGER and wanted == "string" else as_it_is


def _computed(formats: Formats, name: str, wanted: str | None) -> Scalar:
    instant, day = formats.instants.get(name, InstantFormat()), formats.dates.get(name, _DATE)

    def scalar(value: Any, zone: tzinfo) -> Any:
        if isinstance(value, datetime):
            return instant.write(value, zone)
        if isinstance(value, date):
            return day.format(value)
        if isinstance(value, (int, Decimal)) and wanted == "string":
            return str(int(value)) if isinstance(value, bool) else format(value, "f" if isinstance(value, Decimal) else "d")
        return _decimal_number(value, zone) if isinstance(value, Decimal) else value

    return scalar


def _first_type(document: Document, prop: Mapping[str, Any]) -> str | None:
    prop = document.resolve(prop)
    if "type" in prop:
        return str(prop["type"])
    parts = (*prop.get("anyOf", ()), *prop.get("oneOf", ()), *prop.get("allOf", ()))
    return next((found for part in parts if (found := _first_type(document, part))), None)


def as_it_is(value: Any, zone: tzinfo) -> Any:
    """Return the value."""
    return value


def as_text(value: Any, zone: tzinfo) -> str | None:
    """Return the value's text; None stays None."""
    return None if value is None else str(value)


def _flag_text(value: bool | None, zone: tzinfo) -> str | None:
    return None if value is None else ("1" if value else "0")


def _flag_number(value: bool | None, zone: tzinfo) -> int | None:
    return None if value is None else int(value)


def _decimal_text(value: Decimal | None, zone: tzinfo) -> str | None:
    return None if value is None else format(value, "f")


def _padded_decimal(least: int, value: Decimal | None, zone: tzinfo) -> str | None:
    if value is None:
        return None
    whole, _, fraction = format(value, "f").partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    return f"{whole}.{fraction}" if fraction else whole


def _decimal_number(value: Decimal | None, zone: tzinfo) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
