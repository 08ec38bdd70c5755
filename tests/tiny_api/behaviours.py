"""The functions that the harbour's document names: one of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from mockserver.exchange import Answer, Record, Request
from mockserver.functions import Functions
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.stored import Unparsable
from mockserver.view import View, Visibility
from mockserver.worlds import Session

BOATS_PER_CREW = 2
SURVEY = timedelta(days=365)
COURSES: Mapping[str, list[tuple[str, str]]] = {
    "racing": [("conditions[hull][]", "carbon"), ("conditions[length][from]", "10"), ("ordered", "-boats.length")],
    "museum": [("conditions[era]", "old")],
}
THANKS = "<p>Your greeting is noted.</p>"
NOBODY = "<p>Nobody of that name moors here.</p>"


def show_profile(session: Session, request: Request) -> Answer:
    """Answer the sailor who asks."""
    return Answer(record=session.get("sailors", session.caller))


def clear_boat_notes(session: Session, request: Request) -> Answer:
    """Delete the notes on a boat, and answer their ids."""
    found = [note["id"] for note in session.store["notes"].where("boat_id", request.parents["id"]["id"])]
    for key in found:
        session.delete("notes", key)
    return Answer(values={"body": found})


def sign_guestbook(session: Session, request: Request) -> Answer:
    """Note a guest's greeting on the first boat of the sailor whom the form names, and lead the guest on."""
    boat = next(iter(session.store["boats"].where("owner_id", session.caller)), None)
    if boat is None:
        return Answer(status=200, values={"body": NOBODY})
    session.create("notes", {"boat_id": boat["id"], "content": request.body["content"]})
    if "next" in request.body:
        return Answer(headers={"Location": request.body["next"]})
    return Answer(status=200, values={"body": THANKS})


def complete_boat(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the caller as owner of a boat without one."""
    return {} if record["owner_id"] is not None else {"owner_id": session.caller}


def log_mooring(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Note that a boat has moored or cast off, under the name of the watch that saw it, unless the request is to be silent."""
    before, after = change.before, change.after
    if before is None or after is None or before["moored"] == after["moored"] or session.input("silent"):
        return
    watch = session.request.headers.get("Watch") if session.request else None
    seen = "Moored" if after["moored"] else "Cast off"
    session.create("notes", {"boat_id": after["id"], "content": f"{seen}, seen by the {watch} watch" if watch else seen})


def tell_owner(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Send a mail to the owner of a boat that was written, if the request says so."""
    owner = session.get("sailors", change.after["owner_id"]) if change.after is not None and sent.get("notify") else None
    if change.after is not None and owner is not None:
        session.journal("mail", {"to": owner["first_name"], "subject": f"About {change.after['name']}"})


def plan_repair(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return when a new repair is ready."""
    return {"ready_at": session.now + timedelta(hours=record["hours"])} if before is None else {}


def finish_repairs(session: Session) -> None:
    """Finish the repairs whose hours have passed."""
    for repair in session.store["repairs"].where("done", False):
        if repair["ready_at"] <= session.now:
            session.amend("repairs", repair["id"], {"done": True})


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


def last_note(view: View, record: Record) -> Record | None:
    """Return the newest note on a boat."""
    return max(view.store["notes"].where("boat_id", record["id"]), key=lambda note: (note["created_at"], note["id"]), default=None)


def boats_afloat(view: View, record: Record) -> list[Record]:
    """Return the boats of a crew that are out."""
    return [boat for boat in view.store["boats"].where("crew_id", record["id"]) if not boat["moored"]]


def caller_is_aboard(view: View, record: Record) -> bool:
    """Return whether the sailor who asks sails with a crew."""
    return view.caller in record["sailor_ids"]


def guest_key(view: View, record: Record) -> str | None:
    """Return what names a sailor in the forms of guests."""
    return view.form_id(record)


def world_name(view: View, record: Record) -> str:
    """Return the name of the world in which a sailor sails."""
    return view.world


def course_of(session: Session, collection: str, value: str) -> list[tuple[str, str]]:
    """Return the parameters that a course stands for."""
    if value not in COURSES:
        raise Unparsable(f"one of {', '.join(COURSES)}")
    return COURSES[value]


def repairs_with_done(session: Session, value: Any, query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Return a test for repairs that are not done, or for all."""
    return lambda record: value or not record["done"]


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
    behaviours={"show_profile": show_profile, "clear_boat_notes": clear_boat_notes, "sign_guestbook": sign_guestbook},
    prepare={"complete_boat": complete_boat, "plan_repair": plan_repair},
    effects={"log_mooring": log_mooring, "tell_owner": tell_owner},
    rules={"crew_has_a_boat_to_spare": crew_has_a_boat_to_spare, "crew_is_not_disbanded": crew_is_not_disbanded},
    values={
        "survey_due": survey_due,
        "last_note": last_note,
        "boats_afloat": boats_afloat,
        "caller_is_aboard": caller_is_aboard,
        "guest_key": guest_key,
        "world_name": world_name,
    },
    filters={"of_era": of_era, "of_marks": of_marks, "repairs_with_done": repairs_with_done},
    expansions={"course_of": course_of},
    orders={"order_by_boats": order_by_boats},
    settle={"finish_repairs": finish_repairs},
    allowed={"harbour_master_only": harbour_master_only},
    visible={"boats_of_caller": boats_of_caller},
)
