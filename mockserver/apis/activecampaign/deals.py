"""Deals: what a write completes and leaves behind, what it refuses, how they are searched and ordered, and who sees them whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from mockserver.apis.activecampaign.activities import record_activity
from mockserver.apis.activecampaign.contacts import account_name
from mockserver.apis.activecampaign.custom_fields import save_value
from mockserver.apis.activecampaign.pipelines import assigned_owner, managed_pipelines
from mockserver.apis.activecampaign.stages import first_stage
from mockserver.apis.activecampaign.tasks import due_test
from mockserver.derived import sort_key
from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.view import ABSENT, View, Visibility
from mockserver.worlds import Session

_KINDS = {
    "group": "d_groupid",
    "stage": "d_stageid",
    "status": "status",
    "owner": "userid",
    "title": "title",
    "value": "value",
    "currency": "currency",
    "percent": "percent",
    "description": "description",
}
"""The activity that a change of each attribute leaves, in the order of several. Observed: the first four. Assumed: the others."""

_ANY_TAG, _NO_TAG = -1, -2
_FIELD_KEYS = ("customFieldId", "fieldValue", "fieldCurrency")

Matches = Callable[[Record], bool]

# --- writing ---


def complete_deal(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the currency in lower case and null as unset; a new deal gets what its pipeline or stage says.

    Source: "Create a deal". Observed: recordings of 2020 and 2026.
    """
    made = {"currency": record["currency"].lower(), "percent": record["percent"] or 0, "description": record["description"] or ""}
    return made if before is not None else {**made, **_beginnings(session, record)}


def _beginnings(session: Session, record: Record) -> dict[str, Any]:
    """Return what a new deal was not given: the stage's pipeline, the pipeline's first stage, the owner that it assigns; and the deal's marks.

    Observed: its own id as nextdealid, eight digits as hash. Assumed: what the hash follows from.
    """
    key = session.store["deals"].next_key
    stage = session.get("dealStages", record["stage"])
    pipeline = stage["group"] if record["group"] is None and stage is not None else record["group"]
    return {
        "group": pipeline,
        "stage": first_stage(session, pipeline) if record["stage"] is None else record["stage"],
        "owner": assigned_owner(session, pipeline) if record["owner"] is None else record["owner"],
        "hash": session.token(8, "deal", key),
        "nextdealid": key,
    }


def stage_in_pipeline(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a stage of another pipeline than the deal's, and a new deal in a pipeline without stages; ids that name nothing are refused as such.

    Source: the stage must belong to the pipeline. Assumed: the words, and that a new pipeline needs a stage of it beside it.
    """
    pipeline = session.get("dealGroups", record["group"]) if record is not None else None
    if record is None or pipeline is None:
        return
    stage = session.get("dealStages", record["stage"])
    if record["stage"] is None:
        yield Violation("body", "/deal/stage", "required", "the pipeline has no stage", "deal", "stage")
    elif stage is not None and stage["group"] != pipeline["id"]:
        yield Violation("body", "/deal/stage", "foreign-stage", "The stage does not belong to the pipeline", "deal", "stage")


def owner_assignable(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a new deal without an owner in a pipeline that assigns none.

    Source: "Create a deal". Assumed: a pipeline with nobody to assign to assigns none.
    """
    if record is not None and record["owner"] is None and session.get("dealGroups", record["group"]) is not None:
        yield Violation("body", "/deal/owner", "required", "the pipeline assigns no owner", "deal", "owner")


def contact_or_account_stays(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse to take away the last of contact and account.

    Source: the specification of 2026 asks for one of them. Assumed: of an update too.
    """
    if record is None or record["contact"] is not None or record["account"] is not None:
        return
    taken = next((name for name in ("contact", "account") if name in sent), None)
    if taken is not None:
        yield Violation("body", f"/deal/{taken}", "required", "a deal has a contact or an account", "deal", taken)


def save_custom_fields(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """The values among `fields` become the deal's custom field values.

    Source: "Create a deal".
    """
    if change.after is None:
        return
    for row in sent.get("fields") or ():
        save_value(session, change.after["id"], row)


def record_deal_activities(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A new deal leaves an activity, and one for its contact; a written one leaves an activity for each attribute that changed.

    Source: "List all deal activities". Observed: changes of stage, pipeline, status and owner. Assumed: plain edits.
    """
    before, deal = change.before, change.after
    if deal is None:
        return
    if before is None:
        record_activity(session, deal["id"], "", "add")
    else:
        for name, kind in _KINDS.items():
            if before[name] != deal[name]:
                record_activity(session, deal["id"], kind, deal[name], old=before[name], stage=deal["stage"] if name == "stage" else None)
    if deal["contact"] is not None and (before is None or before["contact"] != deal["contact"]):
        record_activity(session, deal["id"], "contact", "add", about=deal["contact"])


def bulk_owners_exist(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a bulk update for every owner that does not exist.

    Source: "Bulk update deal owners".
    """
    body = session.request.body if session.request is not None else {}
    for at, row in enumerate(body.get("deals", ())):
        if session.get("users", int(row["ownerId"])) is None:
            values = (("owner", int(row["ownerId"])), ("deal", int(row["id"])))
            yield Violation("body", f"/deals/{at}/ownerId", "unknown-owner", "no user has this id", "deal", "ownerId", values)


def bulk_update_deals(session: Session, request: Request) -> Answer:
    """Give deals new owners; answer which changed, which had that owner already, and which do not exist.

    Source: "Bulk update deal owners". Assumed: what `failed` holds.
    """
    told: dict[str, list[str]] = {"success": [], "nochange": [], "failed": []}
    for row in request.body.get("deals", ()):
        key, owner = int(row["id"]), int(row["ownerId"])
        deal = session.get("deals", key)
        if deal is not None and deal["owner"] != owner:
            session.update("deals", key, {"owner": owner})
        told["failed" if deal is None else "nochange" if deal["owner"] == owner else "success"].append(str(key))
    return Answer(values=told)


# --- derived properties ---


def next_task(view: View, record: Record) -> Any:
    """Return the next open task: absent if the deal never had a task, null if none is open.

    Observed: recordings of 2019 and 2026.
    """
    return ABSENT if record["nexttask"] is None else record["nexttask"] or None


def currency_totals(view: View, answer: Answer) -> Any:
    """Return number and sum of the deals that match, by currency in upper case; an empty array for none.

    Observed: recordings of 2020 and 2026. Assumed: the order of the currencies.
    """
    tally = answer.values["selection"].tally("currency")
    return {code.upper(): _currency_total(code.upper(), *tally[code]) for code in sorted(tally)} or []


def _currency_total(code: str, count: int, total: int) -> dict[str, Any]:
    return {"total": str(count), "value": str(total), "currency": code, "isDisabled": False}


def sent_fields(view: View, record: Record) -> list[dict[str, Any]]:
    """Return the custom field values that were sent, as they were sent, each with the deal's id.

    Source: "Create a deal".
    """
    rows = view.sent.get("fields") or ()
    return [{**{name: row[name] for name in _FIELD_KEYS if name in row}, "dealId": str(record["id"])} for row in rows]


def custom_field_save_status(view: View, record: Record) -> dict[str, str]:
    """Return success: values that do not fit are refused before.

    Observed: recordings of 2026.
    """
    return {"status": "success"}


# --- filters ---


def search_deals(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with the text in the place that `filters[search_field]` names: title, contact, org, or all of them.

    Source: "Deal". Assumed: all by default; contains, without regard to case.
    """
    wanted = value.casefold()
    tests: dict[str, Matches] = {
        "title": lambda record: wanted in record["title"].casefold(),
        "contact": _search_contact(session, wanted),
        "org": lambda record: any(wanted in name.casefold() for name in _organization_names(session, record)),
    }
    field = query.get("filters[search_field]", "all")
    return tests[field] if field in tests else lambda record: any(test(record) for test in tests.values())


def _search_contact(session: Session, wanted: str) -> Matches:
    """Return the test of the primary contact: the first word in the first name, the rest in the last name.

    Source: "Deal".
    """
    first, _, last = wanted.strip().partition(" ")

    def matches(record: Record) -> bool:
        contact = session.get("contacts", record["contact"])
        if contact is None:
            return False
        return first in (contact["firstName"] or "").casefold() and last.strip() in (contact["lastName"] or "").casefold()

    return matches


def _organization_names(session: Session, record: Record) -> list[str]:
    """Return the names of the contact's account and of the deal's own, those that there are."""
    return [name for name in (account_name(session, session.get("contacts", record["contact"])), account_name(session, record)) if name]


def next_task_due(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals by when their next open task is due.

    Source: "Deal". Assumed: the next open task is looked at.
    """
    test = due_test(value, session.now)
    return lambda record: test(record["nextdate"])


def contact_tagged(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals whose primary contact has the tag; -1: any tag, -2: none, as a deal without a contact.

    Source: "Deal", its table. Assumed: deals without a contact.
    """
    wanted = int(value)

    def matches(record: Record) -> bool:
        tags = [place["tag"] for place in session.store["contactTags"].where("contact", record["contact"])]
        return bool(tags) == (wanted == _ANY_TAG) if wanted in (_ANY_TAG, _NO_TAG) else wanted in tags

    return matches


def of_organization(session: Session, value: int, query: Mapping[str, Any]) -> Matches:
    """Keep deals whose primary contact belongs to the account, or whose account it is.

    Source: "Deal". Assumed: the deal's own account.
    """

    def matches(record: Record) -> bool:
        contact = session.get("contacts", record["contact"])
        return bool(record["account"] == value or (contact is not None and contact["account"] == value))

    return matches


def score_above(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with more than this in the score, as `<id of the score>:<value>`; a deal without a value in it does not match.

    Source: "Deal". Assumed: deals without a value.
    """
    return _score_test(session, value, lambda points, wanted: points > wanted)


def score_below(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with less than this in the score; otherwise as `score_above`."""
    return _score_test(session, value, lambda points, wanted: points < wanted)


def score_equal(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with exactly this in the score; otherwise as `score_above`."""
    return _score_test(session, value, lambda points, wanted: points == wanted)


def _score_test(session: Session, value: str, test: Callable[[int, int], bool]) -> Matches:
    score, wanted = (int(part) for part in value.split(":"))
    values = session.store["scoreValues"]
    return lambda record: any(one["score"] == score and test(one["scoreValue"], wanted) for one in values.where("deal", record["id"]))


# --- orders ---


def contact_organization_name(session: Session) -> Callable[[Record], Any]:
    """Return the order by the name of the contact's account, or else of the deal's own.

    Source: "Deal". Assumed: the deal's own.
    """
    return lambda record: sort_key(next(iter(_organization_names(session, record)), None))


def next_action(session: Session) -> Callable[[Record], tuple[int, datetime]]:
    """Return the order: deals with a next task in the future by its due date, then deals without one, then overdue ones by due date.

    Source: "Deal".
    """

    def place(record: Record) -> tuple[int, datetime]:
        due = record["nextdate"]
        if due is None:
            return 1, session.now
        return (2 if due < session.now else 0), due

    return place


# --- visibility ---


def deal_visibility(session: Session) -> Callable[[Record], Visibility] | None:
    """Return how much the caller sees: administrators all, others stubs of deals in pipelines that none of their groups may manage.

    Source: "Deal". Observed: the stubs, recordings of 2026. Assumed: administrators may manage every pipeline.
    """
    caller = session.get("users", session.caller)
    if caller is None or caller["admin"]:
        return None
    managed = managed_pipelines(session, caller["groups"] or ())
    return lambda record: Visibility.WHOLE if record["group"] in managed else Visibility.STUB
