"""Lookups that administrators keep (stages, statuses, categories ...): who may ask for them, their places, and which of them stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.worlds import Session

# --- who may ask ---


def administrator_only(session: Session) -> bool:
    """Return whether the caller is an account administrator.

    Observed: the readme of the official gem: administrative data are for administrators. Assumed: of reads too.
    """
    caller = session.get("users", session.caller)
    return caller is not None and bool(caller["is_account_admin"])


# --- places ---


def last_position(session: Session, collection: str, record: Record) -> dict[str, Any]:
    """Return the place after the last record of the collection for a record without one, else nothing.

    Observed: recordings of 2023. Assumed: that null asks for it too.
    """
    if record["position"] is not None:
        return {}
    places = (other["position"] for other in session.store[collection] if other["position"] is not None)
    return {"position": max(places, default=0) + 1}


def complete_deal_status(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A status of deals without a position comes last; see `last_position`."""
    return last_position(session, "deal_statuses", record)


def complete_deal_loss_reason(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A loss reason without a position comes last; see `last_position`."""
    return last_position(session, "deal_loss_reasons", record)


def complete_event_category(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A category of calendar entries without a position comes last; see `last_position`."""
    return last_position(session, "event_categories", record)


def complete_revenue_type(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A revenue type without a position comes last; see `last_position`."""
    return last_position(session, "revenue_types", record)


def keep_one_default_revenue_type(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A revenue type that is the default takes over from the former one.

    Assumed: at most one is the default; the updated_at of the former one stays.
    """
    if change.after is None or not change.after["is_default"]:
        return
    for other in list(session.store["revenue_types"]):
        if other["is_default"] and other["id"] != change.after["id"]:
            session.amend("revenue_types", other["id"], {"is_default": False})


# --- what stays as it is ---


def built_in_status_stays(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse to change or delete a status of deals that is built in.

    Observed: `editable` false in recordings of 2026. Assumed: the refusal.
    """
    if before is not None and not before["editable"]:
        yield _unchangeable("deal_status")


def system_note_category_stays(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse to change or delete a category that the system gives to its own notes.

    Observed: such categories are in the account and not among those of administrators, recordings of 2023. Assumed: the refusal.
    """
    if before is not None and before["is_system_category"]:
        yield _unchangeable("note_category")


def system_event_category_stays(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse to change or delete Milestone, the category that the system gives to expected close dates.

    Observed: a flag in the account, recordings of 2023. Assumed: the refusal.
    """
    if before is not None and before["is_system_category"]:
        yield _unchangeable("event_category")


def _unchangeable(singular: str) -> Violation:
    return Violation("body", f"/{singular}", "built-in", "is built in", singular, "base")
