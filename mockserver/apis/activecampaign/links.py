"""Where the `links` of records lead that no relation alone can follow: to one record of several kinds, or to one that need not exist."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Category, Refusal, Violation
from mockserver.worlds import Session

_COLLECTIONS = {
    "account": "accounts",
    "contact": "contacts",
    "deal": "deals",
    "dealActivity": "dealActivities",
    "dealTask": "dealTasks",
    "note": "notes",
}
_TASK_OWNERS = {"Deal": "deal", "Subscriber": "contact"}
_NOTE_OWNERS = {"Activity": "dealActivity", "CustomerAccount": "account", "Deal": "deal", "DealTask": "dealTask", "Subscriber": "contact"}
_ACTIVITY_SUBJECTS = {"contact": "contact", "note": "note", "task": "dealTask"}

# --- to one record of several kinds -----------------------------------------------------------------------------------------------------------------


def get_owner_of_deal_task(session: Session, request: Request) -> Answer:
    """Return the deal or contact that the task is for.

    Observed: the link. Assumed: the answer.
    """
    task = request.parents["id"]
    return _one_of(session, _TASK_OWNERS, task["reltype"], task["relid"], "Owner")


def get_owner_of_note(session: Session, request: Request) -> Answer:
    """Return the record that the note is about.

    Observed: the link. Assumed: the answer.
    """
    note = request.parents["id"]
    return _one_of(session, _NOTE_OWNERS, note["reltype"], note["relid"], "Owner")


def get_activity_of_deal_activity(session: Session, request: Request) -> Answer:
    """Return the contact, task or note that the activity is about; what is about the deal alone, or about e-mail, leads to nothing.

    Observed: the link. Assumed: the answer.
    """
    activity = request.parents["id"]
    return _one_of(session, _ACTIVITY_SUBJECTS, activity["dataType"], activity["dataId"], "Activity")


def _one_of(session: Session, words: Mapping[str, str], kind: str, key: int | None, label: str) -> Answer:
    """Return the key under the word of its kind, as a linked record, beside which the answer shows the record itself."""
    word = words.get(kind, "")
    if not word or session.get(_COLLECTIONS[word], key) is None:
        raise _nothing_linked(label)
    return Answer(record={**dict.fromkeys(_COLLECTIONS), word: key})


# --- to a record that need not exist ----------------------------------------------------------------------------------------------------------------


def get_next_task_of_deal(session: Session, request: Request) -> Answer:
    """Return the deal's next open task.

    Observed: the link. Assumed: the answer.
    """
    return _existing(session.get("dealTasks", request.parents["id"]["nexttask"]), "DealTask")


def get_done_automation_of_deal_task(session: Session, request: Request) -> Answer:
    """Return the automation that starts when the task is done. A task keeps any id that it is given, since automations cannot be made here.

    Observed: the link. Assumed: the answer.
    """
    return _existing(session.get("automations", request.parents["id"]["doneAutomation"]), "Automation")


def _existing(record: Record | None, label: str) -> Answer:
    if record is None:
        raise _nothing_linked(label)
    return Answer(record=record)


def _nothing_linked(label: str) -> Refusal:
    """Return the refusal of a link that leads to nothing, in the words for a missing record.

    Assumed: not documented.
    """
    return Refusal(Category.MISSING_RECORD, [Violation("path", "id", "missing", f"no {label} is linked", label, "id", (("id", 0),))])
