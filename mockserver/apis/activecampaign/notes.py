"""Notes on deals, contacts and other records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.apis.activecampaign.activities import record_activity
from mockserver.apis.activecampaign.contacts import touch_contact
from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.view import View
from mockserver.worlds import Session

_OWNER_WORDS = {"Activity": "activity", "Deal": "deal", "DealTask": "dealTask", "Subscriber": "contact", "CustomerAccount": "customerAccount"}
_SUBJECTS = {
    "Activity": ("activity", "dealActivities"),
    "Deal": ("deal", "deals"),
    "DealTask": ("task", "dealTasks"),
    "Subscriber": ("contact", "contacts"),
    "CustomerAccount": ("account", "accounts"),
}
"""The relation that names the record that a note is about, and the record's collection, by reltype."""


def complete_note(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A note names what it is about by a relation of its own as well, so that it can stand beside the note; a new note is written by the caller.

    Observed: recordings of 2020 and 2026.
    """
    subjects = {relation: record["relid"] if kind == record["reltype"] else None for kind, (relation, _) in _SUBJECTS.items()}
    return {**subjects, "user": session.caller} if before is None else subjects


def note_subject_exists(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse another `reltype` under which the note's id names nothing; an id that is sent is looked up as any related one.

    Assumed: not documented.
    """
    if record is None or "relid" in sent or "reltype" not in sent:
        return
    if session.get(_SUBJECTS[record["reltype"]][1], record["relid"]) is None:
        word = _OWNER_WORDS[record["reltype"]]
        yield Violation("body", "/note/reltype", "related-kind", f"no {word} has the note's relid", "note", "reltype", (("kind", word),))


def record_note_activity(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A new note on a deal leaves the activity note/add, another text note/edit; an edit that changes nothing leaves none.

    Source: type and dataId, "List all deal activities". Observed: a new note counts. Assumed: the words, and that an edit counts.
    """
    before, note = change.before, change.after
    if note is None or note["reltype"] != "Deal":
        return
    if before is None:
        record_activity(session, note["relid"], "note", "add", about=note["id"])
    elif before["note"] != note["note"]:
        record_activity(session, note["relid"], "note", "edit", about=note["id"])


def touch_noted_contact(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A contact that is given a note was changed at this moment.

    Observed: recording of 2026. Assumed: edits leave the contact alone.
    """
    if change.before is None and change.after is not None and change.after["reltype"] == "Subscriber":
        touch_contact(session, change.after["relid"])


def sent_note_owner(view: View, record: Record) -> dict[str, Any]:
    """Return kind and id of the record that the note is about, the id as it was sent.

    Observed: contacts, recording of 2026.
    """
    return {**note_owner(view, record), "id": view.sent.get("relid", str(record["relid"]))}


def note_owner(view: View, record: Record) -> dict[str, str]:
    """Return kind and id of the record that the note is about.

    Observed: deals, recording of 2020. Assumed: the words for other kinds.
    """
    return {"type": _OWNER_WORDS[record["reltype"]], "id": str(record["relid"])}


def activitycount_before_note(view: View, record: Record) -> int:
    """Return how many activities the deal counted before the note that was just written.

    Observed: recording of 2020.
    """
    return int(record["activitycount"]) - 1
