"""Todo templates: their kinds, and the tasks that are made from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.worlds import Session

_ASSOCIATIONS = {"deals": "Deal", "people": "Person", "companies": "Company"}
_ENVELOPES = {"deals": "deal", "people": "person", "companies": "company"}
_FIRST_TYPE = 511
_TEMPLATE, _USER = "todo_template_id", "todo_template_user_id"


def complete_todo_template(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The list of types holds the template's type, under an id of its own; without a type it is empty.

    Observed: the list, recordings of 2023. Assumed: that it follows the type.
    """
    kind, types = record["template_type"], record["todo_template_types"] or []
    if [one["template_type"] for one in types] == ([] if kind is None else [kind]):
        return {"todo_template_types": types}
    return {"todo_template_types": [] if kind is None else [{"id": _next_type(session), "template_type": kind}]}


def _next_type(session: Session) -> int:
    used = (one["id"] for template in session.store["todo_templates"] for one in template["todo_template_types"] or ())
    return max(used, default=_FIRST_TYPE - 1) + 1


# --- applying a template: of creates and updates of deals, people and companies ---


def todo_template_exists(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a template, or a user to do its tasks, that does not exist.

    Assumed: not recorded.
    """
    for name, collection in ((_TEMPLATE, "todo_templates"), (_USER, "users")):
        key = _beside(session, name)
        if key is not None and session.get(collection, key) is None:
            yield Violation("body", f"/{name}", "related", f"no record of {collection} has this id", "", name)


def apply_todo_template(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A template that the request names beside the envelope leaves a task on the record for each of its items.

    Observed: the keys, in catalogues of the later API. Assumed: what a task takes from its item, and that days count from today in the caller's zone.
    """
    template = _beside(session, _TEMPLATE) if _is_asked_for(session, change, sent) else None
    if template is None or change.after is None:
        return
    owner = _beside(session, _USER) or session.caller
    for item in list(session.store["todo_template_items"].where("todo_template_id", template)):
        task = _task(session, item)
        place = {"association_type": _ASSOCIATIONS[change.collection], "association_id": change.after["id"], "owner_id": owner}
        session.create("calendar_entries", {**task, **place})


def _is_asked_for(session: Session, change: Change, sent: Mapping[str, Any]) -> bool:
    """Return whether the request itself makes this change, be it of nothing that is known; otherwise it follows from one that it makes."""
    request = session.request
    if request is None or sent:
        return bool(sent)
    if change.before is None:
        return isinstance(request.body, dict) and _ENVELOPES[change.collection] in request.body
    return any(change.before is named for named in request.parents.values())


def _task(session: Session, item: Record) -> dict[str, Any]:
    """Return the fields of a calendar task that follow from an item."""
    today, days = session.now.astimezone(session.zone).date(), item["due_date"]
    return {
        "type": "CalendarTask",
        "name": item["description"],
        "category_id": item["event_category_id"],
        "due_date": None if days is None else today + timedelta(days=days),
        "all_day": True,
    }


def _beside(session: Session, name: str) -> int | None:
    """Return an id that stands beside the envelope of the request's body, None without one."""
    body = session.request.body if session.request is not None else None
    value = body.get(name) if isinstance(body, dict) else None
    return None if value in (None, "") else int(value)
