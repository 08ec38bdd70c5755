"""Outcomes of tasks, and which types of tasks can have them (`tasktypeOutcomeRels`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.view import View
from mockserver.worlds import Session

_SENTIMENTS = {"1": "NEGATIVE", "2": "NEUTRAL", "3": "POSITIVE"}

# --- outcomes ---


def complete_task_outcome(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the sentiment in capitals, who wrote the outcome last, and of a new one who created it.

    Source: "Create a task outcome", "List all task outcomes".
    """
    created = {"created_by": session.caller} if before is None else {}
    return {"sentiment": record["sentiment"].upper(), "updated_by": session.caller, **created}


def outcome_title_is_free(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse the title of another outcome; a title that stays is not looked at.

    Source: "Create a task outcome", "Update a task outcome". Assumed: without regard to case.
    """
    if record is None or (before is not None and _folded(before) == _folded(record)):
        return
    own = None if before is None else before["id"]
    if any(_folded(outcome) == _folded(record) for outcome in session.store["taskOutcomes"] if outcome["id"] != own):
        message = "A task outcome with the same title already exists."
        yield Violation("body", "/taskOutcome/title", "title-in-use", message, "taskOutcome", "title")


def _folded(outcome: Record) -> str:
    title: str = outcome["title"]
    return title.casefold()


def outcome_sentiment(view: View, record: Record) -> str:
    """Return the sentiment as it is kept, not as it was sent.

    Source: "Create a task outcome".
    """
    sentiment: str = record["sentiment"]
    return sentiment


def sent_disabled(view: View, record: Record) -> Any:
    """Return whether the outcome is out of use if the request says so, empty if it is silent.

    Source: "Create a task outcome".
    """
    return record["disabled"] if "disabled" in view.sent else ""


def outcome_of_sentiment(session: Session, value: str, query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Keep outcomes of the sentiment: 1 negative, 2 neutral, 3 positive.

    Source: "List all task outcomes".
    """
    return lambda record: record["sentiment"] == _SENTIMENTS[value]


# --- outcomes of task types ---


def complete_tasktype_outcome_rel(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A new outcome of a task type keeps who gave it, and comes last unless it is given a place.

    Source: the keys, "List all task type - outcome relations". Assumed: the place.
    """
    if before is not None:
        return {}
    places = [one["display_order"] for one in session.store["tasktypeOutcomeRels"].where("tasktype", record["tasktype"])]
    place = record["display_order"] if "display_order" in sent else max(places, default=-1) + 1
    return {"created_by": session.caller, "display_order": place}


def tasktype_lacks_outcome(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse an outcome that the task type has already.

    Assumed: not documented.
    """
    if record is None:
        return
    given = session.store["tasktypeOutcomeRels"].where("tasktype", record["tasktype"])
    if any(one["outcome"] == record["outcome"] for one in given):
        message = "The task type has this outcome already."
        yield Violation("body", "/tasktypeOutcomeRel/outcome", "outcome-in-use", message, "tasktypeOutcomeRel", "outcome")
