"""Conditions that several lists share: days up to which something happened, and owners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockserver.exchange import Record
from mockserver.stored import parse_date
from mockserver.worlds import Session

Matches = Callable[[Record], bool]


def until_day(session: Session, field: str, value: Any) -> Matches:
    """Return a test for records whose moment in the field lies on the day or before it, in the caller's zone; without a moment they are dropped.

    Raises:
        Unparsable: the value is no day.
    """
    day, zone = parse_date(str(value)), session.zone

    def matches(record: Record) -> bool:
        moment = record[field]
        return moment is not None and bool(moment.astimezone(zone).date() <= day)

    return matches


def created_until(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep what was created on the day or before.

    Source: the API pages, date ranges. Assumed: the caller's zone.
    """
    return until_day(session, "created_at", value)


def modified_until(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep what was changed last on the day or before; otherwise as `created_until`."""
    return until_day(session, "updated_at", value)


def closed_until(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep what was closed on the day or before; otherwise as `created_until`."""
    return until_day(session, "closed_time", value)


def converted_until(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep who became a contact on the day or before; otherwise as `created_until`."""
    return until_day(session, "converted_at", value)


def imported_until(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep what was imported on the day or before; otherwise as `created_until`."""
    return until_day(session, "imported_at", value)


def owned_by_any(session: Session, value: Iterable[Any], query: Mapping[str, Any]) -> Matches:
    """Keep records of one of the owners; with `all` among them every record.

    Observed: clients.
    """
    wanted = set(map(str, value))
    return lambda record: "all" in wanted or str(_owner(record)) in wanted


def _owner(record: Record) -> Any:
    return record["user_id"] if "user_id" in record else record["owner_id"]


def text_in(fields: tuple[str, ...], value: str) -> Matches:
    """Return a test for records with the text in one of the fields, without regard to case."""
    wanted = value.casefold()
    return lambda record: any(wanted in text.casefold() for name in fields if (text := record[name]))
