"""What happened to deals: how an activity is written, and how activities are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.exchange import Record
from mockserver.view import View
from mockserver.worlds import Session

_EMAIL_KINDS = frozenset({"email", "connection_email", "LinkData"})
_UNCOUNTED_KINDS = _EMAIL_KINDS | {"", "contact"}


def record_activity(
    session: Session, deal: int | None, kind: str, action: object, *, about: int = 0, old: object = "", stage: int | None = None
) -> None:
    """Write an activity of a deal in the caller's name, count it, and move the deal's mdate; of a deal that is gone, nothing.

    A deal counts 1 right after creation, where two activities are written, one of them about the contact. So neither the creation nor contacts count.

    Args:
        kind: the activity's dataType: empty for the creation, `contact`, `task`, `note`, `d_stageid` ..., or the name of the attribute that changed.
        action: `add`, `edit`, `done`, `delete`, or the new value.
        about: id of the contact, task or note.
        old: the old value.
        stage: the stage that the deal came to.

    Observed: count 1 after the creation. Assumed: what else counts, and that what counts moves mdate, as in recordings of notes.
    """
    record = session.get("deals", deal)
    if record is None:
        return
    words = {"dataType": kind, "dataAction": _text(action), "dataOldval": _text(old), "dataId": about}
    session.create("dealActivities", {"deal": deal, "user": session.caller, "stage": stage, **words})
    if kind not in _UNCOUNTED_KINDS:
        session.amend("deals", record["id"], {"activitycount": (record["activitycount"] or 0) + 1, "mdate": session.now})


def _text(value: object) -> str:
    return "" if value is None else str(value)


def activity_stage_id(view: View, record: Record) -> int:
    """Return the stage's id, 0 where the activity is not about a stage.

    Source: "List all deal activities".
    """
    return int(record["stage"] or 0)


def exclude_activities(session: Session, value: str, query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Keep activities that are not about e-mail if the value is `email`; with any other value keep all.

    Source: the published specification of 2026. Assumed: other values are ignored.
    """
    left_out = _EMAIL_KINDS if value == "email" else frozenset()
    return lambda record: record["dataType"] not in left_out
