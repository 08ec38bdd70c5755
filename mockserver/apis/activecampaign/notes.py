"""Notes on deals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.apis.activecampaign.activities import record_activity
from mockserver.exchange import Record
from mockserver.rendering import View
from mockserver.store import Change
from mockserver.worlds import Session

_OWNER_WORDS = {"Activity": "activity", "Deal": "deal", "DealTask": "dealTask", "Subscriber": "contact", "CustomerAccount": "customerAccount"}


def complete_note(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A new note is written by the caller.

    Observed: recording of 2020.
    """
    return {"user": session.caller} if before is None else {}


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
