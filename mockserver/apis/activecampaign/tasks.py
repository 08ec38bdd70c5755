"""Tasks and their types: what follows for the deal that a task is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from mockserver.apis.activecampaign.activities import record_activity
from mockserver.clock import later
from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.view import View
from mockserver.worlds import Session

_DONE = 1
_RELTYPES = {"deal": "Deal", "contact": "Subscriber"}
_OWNER_TYPES = {"Deal": "deal", "Subscriber": "contact"}
_LENGTH = timedelta(minutes=15)

# --- tasks ---


def complete_deal_task(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Say what follows from the attributes sent: reltype, end, moment of completion; of a new task also creator and assignee.

    Source: "Create a task", "Update a task". Assumed: a task is for its creator unless said otherwise.
    """
    made = {
        "reltype": _RELTYPES.get(sent.get("ownerType", ""), record["reltype"]),
        "note": record["note"] or "",
        "edate": _end(before, record, sent),
        "donedate": _done_at(session, before, record),
    }
    if before is None:
        made["user"] = session.caller
        made["assignee"] = record["assignee"] if "assignee" in sent else session.caller
    return made


def _end(before: Record | None, record: Record, sent: Mapping[str, Any]) -> datetime | None:
    """Return when the task ends: as sent, else a quarter of an hour after it is due; it moves along with the due date.

    Assumed: from the documentation's examples.
    """
    ends: datetime | None = record["edate"]
    if "edate" in sent or record["duedate"] is None:
        return ends
    if before is None or ends is None or before["duedate"] is None:
        return later(record["duedate"], _LENGTH)
    return later(ends, record["duedate"] - before["duedate"])


def _done_at(session: Session, before: Record | None, record: Record) -> datetime | None:
    """Return the moment at which the task was done, None while it is open.

    Observed: the two states. Assumed: reopening takes the moment away.
    """
    if record["status"] != _DONE:
        return None
    stays = before is not None and before["status"] == _DONE
    moment: datetime = record["donedate"] if stays else session.now
    return moment


def task_owner_exists(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse another `ownerType` under which the task's id names nothing; an id that is sent is looked up as any related one.

    Assumed: not documented.
    """
    if record is None or "relid" in sent or "ownerType" not in sent:
        return
    if session.get("deals" if record["reltype"] == "Deal" else "contacts", record["relid"]) is None:
        word = _OWNER_TYPES[record["reltype"]]
        yield Violation("body", "/dealTask/ownerType", "related-kind", f"no {word} has the task's relid", "dealTask", "ownerType", (("kind", word),))


def refresh_next_task(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Find the next task anew of the deal that a task is for, and of the one that it was for.

    The next task is the open one that is due first, of equal dates the oldest. A deal that had tasks and has none open has next task 0.

    Observed: the three states, recordings of 2019 and 2026. Assumed: the rule.
    """
    for deal in dict.fromkeys(_deal_of(task) for task in (change.before, change.after)):
        if session.get("deals", deal) is None or deal is None:
            continue
        tasks = [task for task in session.store["dealTasks"].where("relid", deal) if task["reltype"] == "Deal" and task["status"] != _DONE]
        due, key = min(((task["duedate"], task["id"]) for task in tasks), default=(None, 0))
        session.amend("deals", deal, {"nexttask": key, "nextdate": due})


def _deal_of(task: Record | None) -> int | None:
    key: int | None = task["relid"] if task is not None and task["reltype"] == "Deal" else None
    return key


def record_task_activity(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A deal that is given a task gets the activity task/add, one whose task is done task/done; other edits leave none.

    Source: the type, "List all deal activities". Assumed: the words.
    """
    before, task = change.before, change.after
    deal = _deal_of(task)
    if task is None or deal is None:
        return
    if _deal_of(before) != deal:
        record_activity(session, deal, "task", "add", about=task["id"])
    if before is not None and before["status"] != _DONE and task["status"] == _DONE:
        record_activity(session, deal, "task", "done", about=task["id"])


def task_owner(view: View, record: Record) -> dict[str, str]:
    """Return kind and id of the deal or contact that the task is for, under the words of requests.

    Source: "Retrieve a task".
    """
    return {"type": _OWNER_TYPES[record["reltype"]], "id": str(record["relid"])}


def due_test(word: str, now: datetime) -> Callable[[datetime | None], bool]:
    """Return the test of a due date: `overdue` is past, `upcoming` within 24 hours, `scheduled` later than that, `no-task` none at all.

    Source: "Deal", the values of nextdate_range. Assumed: what is due now is upcoming, and so is what is due in exactly 24 hours.
    """
    soon = later(now, timedelta(hours=24))
    tests: dict[str, Callable[[datetime | None], bool]] = {
        "overdue": lambda due: due is not None and due < now,
        "upcoming": lambda due: due is not None and now <= due <= soon,
        "scheduled": lambda due: due is not None and due > soon,
        "no-task": lambda due: due is None,
    }
    return tests[word]


def task_due_in_range(session: Session, value: str, query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Keep tasks due from one day to another, both included, in the caller's zone; or open tasks that a word of `due_test` describes.

    Source: the published specification of 2026. Assumed: the words leave out tasks that are done; a day that the calendar has not is the one after.
    """
    if not value[0].isdigit():
        test = due_test(value, session.now)
        return lambda record: record["status"] != _DONE and test(record["duedate"])
    first, last = value[:10], value[-10:]
    return lambda record: record["duedate"] is not None and first <= record["duedate"].astimezone(session.zone).date().isoformat() <= last


# --- types of tasks ---


def complete_deal_tasktype(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Keep who created a type and who last updated it.

    Observed: recordings of 2021. Assumed: a new type has no one who updated it.
    """
    return {"created_by" if before is None else "updated_by": session.caller}


def delete_deal_tasktype(session: Session, request: Request) -> Answer:
    """Refuse, with an empty object, whatever the id: types can be disabled but no longer deleted.

    Source: "Delete a task type".
    """
    return Answer(status=403, values={"body": {}})


def target_tasktype_exists(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a target type that does not exist.

    Assumed: not documented.
    """
    if session.get("dealTasktypes", int(sent["dealTasktype"])) is None:
        yield Violation("body", "/dealTask/dealTasktype", "related", "no task type has this id", "dealTask", "dealTasktype")


def move_tasks_to_tasktype(session: Session, request: Request) -> Answer:
    """Give every task of the type the one that the body names; answer those tasks. To its own type nothing moves.

    Source: "Move tasks to a different task type".
    """
    own, target = request.parents["id"]["id"], int(request.sent["dealTasktype"])
    tasks = session.store["dealTasks"].where("dealTasktype", own)
    if target != own:
        tasks = [session.update("dealTasks", task["id"], {"dealTasktype": target}) for task in tasks]
    return Answer(records=tasks)
