"""The functions that the harbour's document names: one of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from mockserver.exchange import Answer, Record, Request
from mockserver.functions import Functions
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.view import View, Visibility
from mockserver.worlds import Session

BOATS_PER_CREW = 2
SURVEY = timedelta(days=365)


def show_profile(session: Session, request: Request) -> Answer:
    """Answer the sailor who asks."""
    return Answer(record=session.get("sailors", session.caller))


def clear_boat_notes(session: Session, request: Request) -> Answer:
    """Delete the notes on a boat, and answer their ids."""
    found = [note["id"] for note in session.store["notes"].where("boat_id", request.parents["id"]["id"])]
    for key in found:
        session.delete("notes", key)
    return Answer(values={"body": found})


def complete_boat(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the caller as owner of a boat without one."""
    return {} if record["owner_id"] is not None else {"owner_id": session.caller}


def log_mooring(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Note that a boat has moored or cast off, unless the request is to be silent."""
    before, after = change.before, change.after
    if before is None or after is None or before["moored"] == after["moored"] or session.input("silent"):
        return
    session.create("notes", {"boat_id": after["id"], "content": "Moored" if after["moored"] else "Cast off"})


def crew_has_a_boat_to_spare(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> Iterable[Violation]:
    """Refuse a third boat for a crew."""
    crew = record["crew_id"]
    if crew is not None and (before is None or before["crew_id"] != crew) and len(session.store["boats"].where("crew_id", crew)) >= BOATS_PER_CREW:
        yield Violation("body", "/boat/crew_id", "crew-full", f"has {BOATS_PER_CREW} boats already", "boat", "crew_id")


def crew_is_not_disbanded(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterable[Violation]:
    """Refuse to delete a crew that was disbanded."""
    if before is not None and record is None and before["disbanded"]:
        yield Violation("path", "id", "disbanded", "is kept for the records", "crew", "id")


def survey_due(view: View, record: Record) -> datetime | None:
    """Return the moment a year after the last survey."""
    last: datetime | None = record["surveyed_at"]
    return None if last is None else last + SURVEY


def of_era(session: Session, value: Any, query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Return a test for boats built before the year 2000, or since; a boat of unknown age is of neither."""
    return lambda record: record["built"] is not None and (record["built"].year < 2000) == (value == "old")


def of_marks(session: Session, value: Mapping[str, str], query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Return a test for boats with all of these marks."""
    return lambda record: all((record["marks"] or {}).get(mark) == wanted for mark, wanted in value.items())


def order_by_boats(session: Session) -> Callable[[Record], Any]:
    """Return the number of a crew's boats as its place in the order."""
    return lambda record: len(session.store["boats"].where("crew_id", record["id"]))


def boats_of_caller(session: Session) -> Callable[[Record], Visibility] | None:
    """Return how much a sailor sees: the harbour master everything, others their own boats."""
    sailor = session.get("sailors", session.caller)
    if sailor is None or sailor["harbour_master"]:
        return None
    return lambda record: Visibility.WHOLE if record["owner_id"] == session.caller else Visibility.HIDDEN


def harbour_master_only(session: Session) -> bool:
    """Return whether the harbour master asks."""
    sailor = session.get("sailors", session.caller)
    return sailor is not None and bool(sailor["harbour_master"])


FUNCTIONS = Functions(
    behaviours={"show_profile": show_profile, "clear_boat_notes": clear_boat_notes},
    prepare={"complete_boat": complete_boat},
    effects={"log_mooring": log_mooring},
    rules={"crew_has_a_boat_to_spare": crew_has_a_boat_to_spare, "crew_is_not_disbanded": crew_is_not_disbanded},
    values={"survey_due": survey_due},
    filters={"of_era": of_era, "of_marks": of_marks},
    orders={"order_by_boats": order_by_boats},
    allowed={"harbour_master_only": harbour_master_only},
    visible={"boats_of_caller": boats_of_caller},
)
