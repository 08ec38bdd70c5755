"""Values as an API shows or reads them → what can be said of two of them: yes, no, or nothing. Written apart from the mock, so that it judges it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

Verdict = bool | None
"""None: it cannot be told from outside."""


class Kind(StrEnum):
    """What a rendered value stands for."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    OTHER = "other"


_KINDS = {
    "text": Kind.TEXT,
    "integer": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "date": Kind.MOMENT,
    "instant": Kind.MOMENT,
    "json": Kind.OTHER,
    "string": Kind.TEXT,
    "number": Kind.NUMBER,
}
_MOMENT = re.compile(
    r"(\d{4})[-/](\d{2})[-/](\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?([Zz]|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_DIGITS = re.compile(r"\^(-\?)?\[0-9\](\+|\{1,[0-9]+\})\$")
_SOME_ZONE = timedelta(hours=14)
"""No zone is further from UTC."""


def kind_of(schema: Mapping[str, Any]) -> Kind:
    """Return what values of a resolved property schema stand for; a text that can only be digits is a number."""
    if "x-mock-stored" not in schema and _DIGITS.fullmatch(schema.get("pattern", "")):
        return Kind.NUMBER
    return _KINDS.get(schema.get("x-mock-stored") or schema.get("type") or "", Kind.OTHER)


@dataclass(frozen=True, slots=True)
class Span:
    """All that a value may stand for: from `low` to `high`, both included; the same for a value that is exact."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or date-time as it was written.

    Attributes:
        day: the date in the zone in which it was written.
        span: the instants that it may stand for, in UTC; a text without offset may be of any zone.
        dated: whether it is a date alone.
    """

    day: date
    span: Span
    dated: bool = False


def parse_moment(value: Any) -> Moment | None:
    """Return what `2024-03-18`, `2024-03-18T09:42:11-05:00` or `2024/03/18 09:42:11 -0500` stands for; None for anything else."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        naive = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(int(second or 0), 59), tzinfo=UTC)
        if zone is not None:
            exact = naive - _offset(zone)
            return Moment(naive.date(), Span(exact, exact))
        return Moment(naive.date(), Span(naive - _SOME_ZONE, naive + _SOME_ZONE), hour is None)
    except (ValueError, OverflowError):
        return None


def _offset(text: str) -> timedelta:
    if text in "Zz":
        return timedelta()
    size = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return -size if text[0] == "-" else size


def parse_number(value: Any) -> Decimal | None:
    """Return the number that a JSON number or a text of digits stands for, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def parse_boolean(value: Any) -> bool | None:
    """Return what 0, 1, true or false stands for, as JSON or as a text; None for anything else."""
    return {"0": False, "1": True, "false": False, "true": True}.get(str(value).lower())


def span_of(kind: Kind, value: Any) -> Span | None:
    """Return what an ordered value may stand for; None where it cannot be read, or has no order that is the same everywhere."""
    if kind is Kind.NUMBER:
        number = parse_number(value)
        return None if number is None else Span(number, number)
    if kind is Kind.MOMENT:
        moment = parse_moment(value)
        return None if moment is None else moment.span
    return None


def _spans(kind: Kind, value: Any, wanted: Any, scale: int) -> tuple[Span | None, Span | None]:
    """Return what two values may stand for, that they can be compared; two dates are of one zone."""
    if kind is Kind.MOMENT:
        shown, asked = parse_moment(value), parse_moment(wanted)
        if shown is not None and asked is not None and shown.dated and asked.dated:
            return Span(shown.day, shown.day), Span(asked.day, asked.day)
    asked_span = span_of(kind, wanted)
    if asked_span is not None and scale != 1:
        asked_span = Span(asked_span.low * scale, asked_span.high * scale)
    return span_of(kind, value), asked_span


# --- filters ---


def satisfies(operator: str, kind: Kind, value: Any, wanted: Any, scale: int = 1) -> Verdict:
    """Return whether a record that shows `value` belongs into the answer to a filter that was sent `wanted`.

    Args:
        scale: how many of the shown unit make one of the filter's.
    """
    if operator == "exists":
        asked = parse_boolean(wanted)
        return None if asked is None else (value not in (None, [], {})) == asked
    if isinstance(value, list):
        return _some([satisfies(operator, kind, one, wanted, scale) for one in value])
    if operator == "any-of":
        parts = wanted if isinstance(wanted, list) else str(wanted).split(",")
        return _some([_equal(kind, value, part, scale) for part in parts])
    if operator == "equals":
        return _equal(kind, value, wanted, scale)
    if value is None:
        return False
    if operator == "contains":
        return None if isinstance(value, (dict, bool)) else str(wanted).casefold() in str(value).casefold()
    if operator == "same-day":
        return _same_day(value, wanted)
    return _compared(operator, *_spans(kind, value, wanted, scale))


def _some(verdicts: list[Verdict]) -> Verdict:
    if any(verdicts):
        return True
    return None if None in verdicts else False


def _equal(kind: Kind, value: Any, wanted: Any, scale: int) -> Verdict:
    if kind is Kind.TEXT:
        return None if isinstance(value, (dict, list)) else isinstance(value, str) and value.casefold() == str(wanted).casefold()
    if kind is Kind.BOOLEAN:
        asked = parse_boolean(wanted)
        return None if asked is None else parse_boolean(value) is asked
    shown, asked_span = _spans(kind, value, wanted, scale)
    if asked_span is None:
        return None
    if shown is None:
        return False if value is None else None
    if shown.high < asked_span.low or shown.low > asked_span.high:
        return False
    return True if shown.low == shown.high == asked_span.low == asked_span.high else None


def _same_day(value: Any, wanted: Any) -> Verdict:
    shown, asked = parse_moment(value), parse_moment(wanted)
    if shown is None or asked is None:
        return None
    apart = abs((shown.day - asked.day).days)
    return apart == 0 if apart != 1 else None


def _compared(operator: str, shown: Span | None, asked: Span | None) -> Verdict:
    if shown is None or asked is None:
        return None
    if operator in ("before", "at-most"):
        shown, asked = asked, shown
        operator = "after" if operator == "before" else "at-least"
    if operator == "after":
        return True if shown.low > asked.high else False if shown.high <= asked.low else None
    return True if shown.low >= asked.high else False if shown.high < asked.low else None


# --- orders ---

_WORD = re.compile(r"[0-9a-z]*", re.ASCII)


def comes_before(kind: Kind, one: Any, other: Any) -> Verdict:
    """Return True where `one` comes strictly before `other` upwards, False where strictly after.

    None for ties, and for what databases order each in their way: texts are told apart by the ASCII letters and digits with which they begin.
    """
    if kind is Kind.TEXT:
        return _word_before(one, other) if isinstance(one, str) and isinstance(other, str) else None
    if kind is Kind.MOMENT:
        first, second = parse_moment(one), parse_moment(other)
        if first is None or second is None:
            return None
        if first.span.low == first.span.high and second.span.low == second.span.high:
            return None if first.span == second.span else bool(first.span.low < second.span.low)
        return None if first.span.low == second.span.low else bool(first.span.low < second.span.low)
    left, right = span_of(kind, one), span_of(kind, other)
    return None if left is None or right is None or left == right else bool(left.low < right.low)


def _word_before(one: str, other: str) -> Verdict:
    left, right = (match[0] if (match := _WORD.match(text.casefold())) else "" for text in (one, other))
    size = min(len(left), len(right))
    return None if left[:size] == right[:size] else left[:size] < right[:size]


# --- what was written, and what is read afterwards ---


def stands_for(read: Any, sent: Any) -> Verdict:
    """Return whether a value that is read may be the one that was sent, in whatever type; None where their forms do not compare."""
    if isinstance(sent, (dict, list)) or isinstance(read, (dict, list)):
        return None
    if sent is None or read is None:
        return (read in (None, "", "0", 0)) if sent is None else sent in ("", 0, "0")
    if isinstance(sent, bool) or isinstance(read, bool):
        return parse_boolean(read) is parse_boolean(sent)
    numbers = parse_number(read), parse_number(sent)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0] == numbers[1]
    moments = parse_moment(read), parse_moment(sent)
    if moments[0] is not None and moments[1] is not None:
        one, other = moments[0].span, moments[1].span
        return bool(one.low <= other.high and other.low <= one.high)
    return str(read).casefold() == str(sent).casefold()
