"""Users: the caller, what users see of each other, and what administrators may make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Violation
from mockserver.view import View
from mockserver.worlds import Session


def get_profile(session: Session, request: Request) -> Answer:
    """Return the caller.

    Source: the changelog, 2013-11-07.
    """
    return Answer(record=session.get("users", session.caller))


def user_full_name(view: View, record: Record) -> str:
    """Return first and last name with a space between them."""
    return " ".join(part for part in (record["first_name"], record["last_name"]) if part)


def own_api_key(view: View, record: Record) -> str | None:
    """Return the key of the user who asks; None for other users.

    Assumed: not recorded.
    """
    key: str | None = record["api_key"] if record["id"] == view.caller else None
    return key


def user_api_key(view: View, record: Record) -> str:
    """Return the user's key, an empty text for one without.

    Observed: administrators see all keys, recordings of 2026.
    """
    return record["api_key"] or ""


def user_w2lid(view: View, record: Record) -> str:
    """Return what names the user to web-to-lead forms: every world has its own, as the fixtures have them where their keys lead.

    Source: the changelog, 2016-02-24.
    """
    w2lid: str = view.form_id(record) or record["w2lid"]
    return w2lid


def including_inactive(session: Session, value: Any, query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Return a test for active users, or with true for all.

    Observed: clients.
    """
    return lambda record: bool(value) or record["deleted_at"] is None


def time_zone_exists(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a time zone that is no name of the IANA database.

    Observed: IANA names, recordings of 2026. Assumed: the refusal.
    """
    if "time_zone" in sent and not _is_zone(record["time_zone"]):
        yield Violation("body", "/user/time_zone", "unknown-zone", "expected the name of a time zone (IANA)", "user", "time_zone")


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def manager_is_above(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a manager who is the user, or who is somewhere below the user.

    Assumed: not recorded; managers make a tree.
    """
    if before is None or record["manager_id"] is None or record["manager_id"] == before["manager_id"]:
        return
    if before["id"] in _line(session, record["manager_id"]):
        yield Violation("body", "/user/manager_id", "cycle", "expected a user who is not below this one", "user", "manager_id")


def _line(session: Session, key: int | None) -> list[int]:
    """Return the keys of a user and of all who are above, the nearest first."""
    found: list[int] = []
    while key is not None and key not in found:
        found.append(key)
        user = session.get("users", key)
        key = None if user is None else user["manager_id"]
    return found
