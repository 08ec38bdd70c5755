"""Deals: what a write completes, what follows from it, and what their answers add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from mockserver.apis.pipelinedeals.associations import release_associated
from mockserver.apis.pipelinedeals.companies import company_id_of
from mockserver.apis.pipelinedeals.custom_fields import merged_custom_fields
from mockserver.apis.pipelinedeals.owners import differs, ids_of, kept_stamps, mail_owner
from mockserver.exchange import Answer, Record
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.view import ABSENT, View
from mockserver.worlds import Session

_LOST, _WON = 0, 100
_CENT = Decimal("0.01")
_YES = (True, 1, "1", "true")
_CLOSE_DATE_TASK = "Expected close date"
_MILESTONE = "Milestone"
_TOTALLED = ("numeric", "currency")

# --- writing ---


def complete_deal(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a deal: an owner, its value, source, probability, closed time and people, and a company by its name.

    Source: the API pages. Observed: the caller as owner, recordings of 2013 and 2026.
    """
    return {
        "user_id": session.caller if record["user_id"] is None else record["user_id"],
        "value": _value(before, record, sent),
        "custom_fields": merged_custom_fields(session, "deal", before, sent),
        "shared_user_ids": ids_of(record["shared_user_ids"]),
        **_source(before, record, sent),
        **_progress(session, before, record, sent),
        **_people(session, record),
        **company_id_of(session, before, record, sent),
        **kept_stamps(session, before, record),
    }


def _value(before: Record | None, record: Record, sent: Mapping[str, Any]) -> Decimal | None:
    """Return the value in whole cents: `value`, or `value_in_cents` where only that differs from what is stored.

    Source: value_in_cents is deprecated. Assumed: which of the two counts.
    """
    value: Decimal | None = record["value"]
    old = None if before is None else before["value"]
    if "value_in_cents" in sent and value == old:
        cents = sent["value_in_cents"]
        value = None if cents in (None, "") else Decimal(str(cents)) / 100
    return None if value is None else value.quantize(_CENT).normalize() + 0


def _source(before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lead source that was sent as `deal_source`, unless `source_id` says otherwise.

    Observed: old clients.
    """
    if "deal_source" not in sent or differs("source_id", before, record, sent):
        return {}
    return {"source_id": None if sent["deal_source"] in (None, "") else int(sent["deal_source"])}


def _progress(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the probability, that of a new stage unless it is sent, and when the deal was closed: at 0 and 100, unless the moment is sent.

    Observed: recordings of 2013 and 2026. Assumed: what is sent and differs from what is stored wins.
    """
    probability = record["probability"]
    stage = session.get("deal_stages", record["deal_stage_id"])
    if stage is not None and differs("deal_stage_id", before, record, sent) and not differs("probability", before, record, sent):
        probability = stage["percent"]
    made = {"probability": probability}
    old = None if before is None else before["probability"]
    if probability == old or differs("closed_time", before, record, sent):
        return made
    closed = probability in (_LOST, _WON)
    return {**made, "closed_time": (record["closed_time"] or session.now) if closed else None}


def _people(session: Session, record: Record) -> dict[str, Any]:
    """Return the people of the deal, its primary contact always among them.

    Observed: recordings of 2026. Assumed: that one left out comes back.
    """
    keys, primary = ids_of(record["person_ids"]), record["primary_contact_id"]
    joins = primary not in keys and session.get("people", primary) is not None
    return {"person_ids": [*keys, primary] if joins else keys}


def deal_source_exists(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a `deal_source` that names no lead source.

    Assumed: as `source_id`.
    """
    if record is None or "deal_source" not in sent or "source_id" in sent or record["source_id"] is None:
        return
    if session.get("lead_sources", record["source_id"]) is None:
        yield Violation("body", "/deal/deal_source", "related", "no record of lead_sources has this id", "deal", "deal_source")


# --- what follows ---


def keep_close_date_task(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A deal with an expected close date has a task due that day, which moves and goes with it.

    Observed: its creation, recordings of 2013. Assumed: that it moves and goes.
    """
    deal = change.after
    if deal is None or (None if change.before is None else change.before["expected_close_date"]) == deal["expected_close_date"]:
        return
    task = session.get("calendar_entries", deal["expected_close_date_event_id"])
    due = deal["expected_close_date"]
    if due is None:
        session.amend("deals", deal["id"], {"expected_close_date_event_id": None})
        if task is not None:
            session.delete("calendar_entries", task["id"])
    elif task is None:
        made = session.create("calendar_entries", _close_date_task(session, deal))
        session.amend("deals", deal["id"], {"expected_close_date_event_id": made["id"]})
    else:
        session.update("calendar_entries", task["id"], {"due_date": due})


def _close_date_task(session: Session, deal: Record) -> dict[str, Any]:
    milestone = next((one["id"] for one in session.store["event_categories"] if one["name"] == _MILESTONE), None)
    return {
        "type": "CalendarTask",
        "name": _CLOSE_DATE_TASK,
        "owner_id": deal["user_id"],
        "category_id": milestone,
        "all_day": True,
        "due_date": deal["expected_close_date"],
        "association_type": "Deal",
        "association_id": deal["id"],
        "company_id": deal["company_id"],
    }


def mail_deal_owner(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A new owner is told by mail.

    Assumed: what the mail is for; the parameters are in the later specification.
    """
    mail_owner(session, change, "user_id")


def release_deal(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """What belonged to a deleted deal is let go.

    Assumed: all of it.
    """
    if change.before is not None and change.after is None:
        release_associated(session, "Deal", change.before["id"])


# --- reading ---


def deal_value_in_cents(view: View, record: Record) -> int | None:
    """Return the value in hundredths.

    Source: the API pages, deprecated.
    """
    return None if record["value"] is None else int(record["value"] * 100)


def deal_currency(view: View, record: Record) -> dict[str, Any]:
    """Return the account's currency; answers to writes add its id.

    Source: the changelog, 2017-10-17. Observed: the id, recordings of 2026.
    """
    account = next(iter(view.store["accounts"]))
    currency = account["currency"]
    request = view.session.request
    written = request is not None and request.body is not None
    names = ("id", "code", "symbol", "name") if written else ("code", "symbol", "name")
    return {name: currency[name] for name in names}


def next_entry_id(view: View, record: Record) -> int | None:
    """Return the id of the deal's next open calendar entry: the earliest by due date or start, of equal ones the newest.

    Source: the changelog, 2012-01-25. Observed: the names, recordings of 2026. Assumed: that entries without a date come last.
    """
    entry = _next_entry(view, record)
    return None if entry is None else int(entry["id"])


def next_entry_name(view: View, record: Record) -> str | None:
    """Return the name of the deal's next entry; otherwise as `next_entry_id`."""
    entry = _next_entry(view, record)
    return None if entry is None else str(entry["name"])


def next_entry_due(view: View, record: Record) -> date | datetime | None:
    """Return the due date of the deal's next entry if it is a task, its start if it is an event; otherwise as `next_entry_id`."""
    entry = _next_entry(view, record)
    found: date | datetime | None = None if entry is None else entry["due_date"] or entry["start_time"]
    return found


def next_entry_all_day(view: View, record: Record) -> bool | None:
    """Return whether the deal's next entry takes whole days; otherwise as `next_entry_id`."""
    entry = _next_entry(view, record)
    return None if entry is None else bool(entry["all_day"])


def _next_entry(view: View, record: Record) -> Record | None:
    entries = view.store["calendar_entries"].where("association_id", record["id"])
    open_ones = [entry for entry in entries if entry["association_type"] == "Deal" and entry["active"] and not entry["complete"]]
    return min(open_ones, key=lambda entry: _place(view, entry), default=None)


def _place(view: View, entry: Record) -> tuple[bool, float, int]:
    due, start = entry["due_date"], entry["start_time"]
    moment = start if due is None else datetime.combine(due, time.min, tzinfo=view.zone)
    return moment is None, 0.0 if moment is None else moment.timestamp(), -entry["id"]


def deal_totals(view: View, answer: Answer) -> Any:
    """Return the sums over all deals that match, of values and of custom fields that are numbers, if the request asks for them.

    Observed: the parameter, in clients. Assumed: the shape.
    """
    if view.session.input("totals") not in _YES:
        return ABSENT
    deals = answer.values["selection"].cut(0, None)
    totals = {"value": _money(sum((deal["value"] or Decimal() for deal in deals), Decimal()))}
    for label in view.store["deal_custom_field_labels"]:
        if label["field_type"] in _TOTALLED:
            values = [(deal["custom_fields"] or {}).get(str(label["id"])) for deal in deals]
            totals[f"custom_label_{label['id']}"] = _money(sum((Decimal(str(value)) for value in values if value is not None), Decimal()))
    return totals


def _money(amount: Decimal) -> str:
    text = format(amount.normalize() + 0, "f")
    return text if "." in text else f"{text}.0"
