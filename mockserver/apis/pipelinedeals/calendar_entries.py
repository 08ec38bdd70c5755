"""Calendar entries: what a write completes and refuses, series of them, what completing and deleting does, and how they are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mockserver.apis.pipelinedeals.conditions import Matches
from mockserver.apis.pipelinedeals.recurrence import Unreadable, parse_days, parse_rule, series_days
from mockserver.apis.pipelinedeals.visibility import sees_all, sight
from mockserver.clock import clamp
from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.stored import parse_date
from mockserver.view import View, Visibility
from mockserver.worlds import Session

_ENTRIES = "calendar_entries"
_EVENT, _TASK = "CalendarEvent", "CalendarTask"
_SUBJECTS = {"Deal": ("deals", "deal_id"), "Company": ("companies", "company_id"), "Person": ("people", "person_id")}
"""Collection, and attribute of a note, by `association_type`."""
_SHOWN = {"Deal": ("id", "name"), "Company": ("id", "name"), "Person": ("id", "first_name", "last_name", "phone", "mobile", "email")}
"""Observed: recordings of 2026."""
_RULES = ("rrule", "exrule")
_DATES = ("rdate", "exdate")
_SERIES = ("rrule", "rdate", "exrule", "exdate", "type", "start_time", "end_time", "due_date")
"""What makes the others of a series anew when it changes."""
_COPIED = ("type", "name", "description", "owner_id", "category_id", "all_day", "association_type", "association_id", "company_id")

# --- writing ---


def complete_calendar_entry(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Say what follows from the attributes: owner, times that fit the type, association and company, series, moment of completion.

    Source: the API pages. Observed: the company, recordings of 2026. Assumed: that a type or id sent as null takes the other along.
    """
    is_task = record["type"] != _EVENT
    made: dict[str, Any] = {
        "owner_id": session.caller if record["owner_id"] is None else record["owner_id"],
        "completed_at": _completed_at(session, before, record),
        **({"start_time": None, "end_time": None} if is_task else {"due_date": None}),
        **_association(before, record, sent),
    }
    made["company_id"] = _company(session, before, {**record, **made}, sent)
    if before is None and "all_day" not in sent and record["base_entry_id"] is None:
        made["all_day"] = is_task or bool(record["all_day"])
    made["part_of_recurring_series"] = record["base_entry_id"] is not None or bool(record["rrule"] or record["rdate"])
    return made


def _completed_at(session: Session, before: Record | None, record: Record) -> datetime | None:
    if not record["complete"]:
        return None
    moment: datetime = record["completed_at"] if before is not None and before["complete"] else session.now
    return moment


def _association(before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return none at all where the type is taken away, or the id and the type is not sent."""
    untyped = "association_type" in sent and sent["association_type"] is None
    taken = before is not None and "association_id" in sent and record["association_id"] is None and "association_type" not in sent
    return {"association_type": None, "association_id": None} if untyped or taken else {}


def _company(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> int | None:
    """Return the company that is given, else that of what the entry is for; one that is moved to another record follows it."""
    given: int | None = record["company_id"]
    moved = before is None or any(record[name] != before[name] for name in ("association_type", "association_id"))
    if not moved or (given is not None and (before is None or given != before["company_id"])):
        return given
    collection, _ = _SUBJECTS.get(record["association_type"], ("", ""))
    subject = session.get(collection, record["association_id"]) if collection else None
    if subject is None:
        return given
    found: int | None = subject["id"] if collection == "companies" else subject["company_id"]
    return given if found is None else found


def event_has_times(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse an event without a beginning or an end, and one that ends before it begins.

    Source: the API pages ask for both. Assumed: the order.
    """
    if record is None or record["type"] != _EVENT:
        return
    missing = [name for name in ("start_time", "end_time") if record[name] is None]
    for name in missing:
        yield _violation(name, "required", "an event begins and ends")
    if not missing and record["end_time"] < record["start_time"]:
        yield _violation("end_time", "before-start", "an event does not end before it begins")


def entry_association_exists(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a type without an id, an id without a type, and another type under which the id names nothing; an id that is sent is looked up as any.

    Assumed: not documented.
    """
    if record is None:
        return
    kind, key = record["association_type"], record["association_id"]
    if (kind is None) != (key is None):
        name = "association_type" if kind is None else "association_id"
        yield _violation(name, "required", "association_type and association_id go together")
    elif kind is not None and "association_type" in sent and "association_id" not in sent and session.get(_SUBJECTS[kind][0], key) is None:
        yield _violation("association_type", "related", "no record of this type has the association_id")


def recurrence_readable(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse what is no recurrence rule or list of dates.

    Source: iCalendar. Assumed: that it is refused.
    """
    for name in (*_RULES, *_DATES):
        text = record[name] if record is not None and name in sent else None
        if not text:
            continue
        try:
            _ = parse_rule(text) if name in _RULES else parse_days(text)
        except Unreadable as error:
            yield _violation(name, "format", f"expected {error}")


def _violation(name: str, code: str, message: str) -> Violation:
    return Violation("body", f"/calendar_entry/{name}", code, message, "calendar_entry", name)


# --- series ---


def expand_recurrence(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Make the others of the series that an entry begins; where its rule or its time has changed, those that were there give way.

    Source: the attributes, the API pages. Assumed: that they are made at once, 52 at most, and what a change does.
    """
    before, base = change.before, change.after
    if base is None or base["base_entry_id"] is not None:
        return
    if before is None and not base["part_of_recurring_series"]:
        return
    if before is not None and all(before[name] == base[name] for name in _SERIES):
        return
    for old in session.store[_ENTRIES].where("base_entry_id", base["id"]):
        session.delete(_ENTRIES, old["id"])
    first = _day(base, session)
    if base["part_of_recurring_series"] and first is not None:
        for day in series_days(base, first):
            session.create(_ENTRIES, _instance(session, base, day - first))


def _instance(session: Session, base: Record, after: timedelta) -> dict[str, Any]:
    """Return an entry of the series so long after the first, at the same time of day in the caller's zone."""
    made = {name: base[name] for name in _COPIED}
    for name in ("start_time", "end_time"):
        made[name] = None if base[name] is None else _moved(session, base[name], after)
    due = base["due_date"]
    return {**made, "due_date": None if due is None else due + after, "base_entry_id": base["id"], "part_of_recurring_series": True}


def _moved(session: Session, moment: datetime, after: timedelta) -> datetime:
    try:
        local = moment.astimezone(session.zone).replace(tzinfo=None) + after
        return clamp(local.replace(tzinfo=session.zone).astimezone(UTC))
    except OverflowError:  # the end of the calendar
        return moment


def recurrence_end(view: View, record: Record) -> datetime | str | None:
    """Return when the last of the series begins, of tasks the day on which it is due; None without a series, or if its rule names no end.

    Observed: the key, recordings of 2013 to 2026. Assumed: what it says.
    """
    base = record if record["base_entry_id"] is None else view.store[_ENTRIES].get(record["base_entry_id"])
    if base is None or not base["part_of_recurring_series"] or (base["rrule"] and not parse_rule(base["rrule"]).ends):
        return None
    series = [base, *view.store[_ENTRIES].where("base_entry_id", base["id"])]
    starts = [one["start_time"] for one in series if one["start_time"] is not None]
    if starts:
        last: datetime = max(starts)
        return last
    days = [one["due_date"] for one in series if one["due_date"] is not None]
    return f"{max(days):%Y/%m/%d}" if days else None


# --- completing and deleting ---


def note_completion(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """An entry that is completed leaves a note on what it is for.

    Observed: the words for tasks, recordings of 2026. Assumed: those for events, and that a new entry which is complete leaves none.
    """
    before, entry = change.before, change.after
    if before is None or entry is None or before["complete"] or not entry["complete"]:
        return
    collection, attribute = _SUBJECTS.get(entry["association_type"], ("", ""))
    if not collection or session.get(collection, entry["association_id"]) is None:
        return
    category = next((one["id"] for one in session.store["note_categories"] if one["is_system_category"] and one["name"] == entry["type"]), None)
    word = "event" if entry["type"] == _EVENT else "task"
    note = {"content": f'completed {word} titled "{entry["name"]}".', "note_category_id": category, attribute: entry["association_id"]}
    session.create("notes", note)


def delete_calendar_entry(session: Session, request: Request) -> Answer:
    """Delete the entry, of the first of a series the whole series, and answer the ids; entries of a series are only marked as not active.

    Source: the changelog, 2012-01-31. Observed: the mark, tests on the live API, 2015. Assumed: one of a series.
    """
    entry = request.parents["id"]
    if not entry["part_of_recurring_series"]:
        session.delete(_ENTRIES, entry["id"])
        return Answer(values={"body": [entry["id"]]})
    others = session.store[_ENTRIES].where("base_entry_id", entry["id"])
    keys = sorted(one["id"] for one in (entry, *others))
    for key in keys:
        session.update(_ENTRIES, key, {"active": False})
    return Answer(values={"body": keys})


# --- what an entry says of others, and who sees it ---


def entry_association(view: View, record: Record) -> dict[str, Any] | None:
    """Return what the entry is for: a deal or company by name, a person with phone, mobile and e-mail; None where the caller does not see it.

    Observed: recordings of 2026, where writes answer null. Assumed: that writes answer it too.
    """
    kind = record["association_type"]
    subject = view.store[_SUBJECTS[kind][0]].get(record["association_id"]) if kind is not None else None
    if subject is None or view.visible(_SUBJECTS[kind][0], subject) is Visibility.HIDDEN:
        return None
    return {name: subject[name] for name in _SHOWN[kind]}


def visible_calendar_entries(session: Session) -> Callable[[Record], Visibility] | None:
    """Return how much of an entry the caller sees: all of it where the caller owns it, or sees what it is for.

    Assumed: an entry for nothing is seen by whoever sees its owner's deals.
    """
    user = session.get("users", session.caller)
    if sees_all(session.store, user, "deals"):
        return None
    tests = {collection: sight(session.store, user, collection) for collection, _ in _SUBJECTS.values()}

    def visible(record: Record) -> Visibility:
        kind = record["association_type"]
        subject = session.get(_SUBJECTS[kind][0], record["association_id"]) if kind is not None else None
        if record["owner_id"] == session.caller:
            return Visibility.WHOLE
        seen = tests["deals"]({"user_id": record["owner_id"]}) if subject is None else tests[_SUBJECTS[kind][0]](subject)
        return Visibility.WHOLE if seen else Visibility.HIDDEN

    return visible


# --- lists: by kind, state and what they are for ---


def active_entries(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries that are active; with `true` all.

    Observed: tests on the live API, 2015.
    """
    return lambda record: value or bool(record["active"])


def entries_of_kind(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep tasks or events.

    Observed: tests on the live API, 2015.
    """
    return lambda record: record["type"] == (_EVENT if value == "event" else _TASK)


def incomplete_entries(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries that are not complete; with `false` those that are.

    Observed: true, tests on the live API, 2015. Assumed: false.
    """
    return lambda record: bool(record["complete"]) is not value


def entries_of_deal(session: Session, value: int, query: Mapping[str, Any]) -> Matches:
    """Keep entries for the deal.

    Observed: a client of 2013.
    """
    return lambda record: record["association_type"] == "Deal" and record["association_id"] == value


def entries_of_person(session: Session, value: int, query: Mapping[str, Any]) -> Matches:
    """Keep entries for the person.

    Observed: a client of 2013.
    """
    return lambda record: record["association_type"] == "Person" and record["association_id"] == value


def recurrences_of(session: Session, value: int, query: Mapping[str, Any]) -> Matches:
    """Keep the series that begins with this entry, which is among them.

    Observed: tests on the live API, 2015. Assumed: that the first one is among them.
    """
    return lambda record: value == record["base_entry_id"] or (value == record["id"] and bool(record["part_of_recurring_series"]))


def non_recurring_entries(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries in no series; with `false` all.

    Observed: true, tests on the live API, 2015. Assumed: false.
    """
    return lambda record: not (value and record["part_of_recurring_series"])


def base_entries(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries with which a series begins; with `false` all.

    Observed: true, tests on the live API, 2015. Assumed: false.
    """
    return lambda record: not value or (record["part_of_recurring_series"] and record["base_entry_id"] is None)


# --- lists: by day, the due one of tasks and the first one of events, in the caller's zone ---


def someday_entries(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep tasks that are due on no day; with `false` all.

    Observed: true, tests on the live API, 2015. Assumed: false.
    """
    return lambda record: not value or (record["type"] == _TASK and record["due_date"] is None)


def late_entries(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries that are not complete, of tasks those due before today, of events those that began before now; with `false` all.

    Observed: true, tests on the live API, 2015. Assumed: the rule.
    """
    today = _today(session)

    def is_late(record: Record) -> bool:
        if record["complete"]:
            return False
        start, due = record["start_time"], record["due_date"]
        return (start is not None and start < session.now) or (start is None and due is not None and due < today)

    return lambda record: not value or is_late(record)


def entries_today(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries of today; with `false` all.

    Observed: true, tests on the live API, 2015. Assumed: false.
    """
    return _within(session, value, 0, 0)


def entries_tomorrow(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries of tomorrow; otherwise as `entries_today`."""
    return _within(session, value, 1, 1)


def entries_this_week(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries from Monday to Sunday of this week; otherwise as `entries_today`.

    Assumed: on which day a week begins.
    """
    monday = -_today(session).weekday()
    return _within(session, value, monday, monday + 6)


def entries_next_week(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries from Monday to Sunday of the next week; otherwise as `entries_this_week`."""
    monday = 7 - _today(session).weekday()
    return _within(session, value, monday, monday + 6)


def future_entries(session: Session, value: bool, query: Mapping[str, Any]) -> Matches:
    """Keep entries after the next week; otherwise as `entries_this_week`."""
    return _within(session, value, 14 - _today(session).weekday(), None)


def entries_from(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep entries of this day or later ones.

    Observed: tests on the live API, 2015.
    """
    wanted = parse_date(str(value))
    return lambda record: (day := _day(record, session)) is not None and day >= wanted


def entries_to(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep entries of this day or earlier ones; otherwise as `entries_from`."""
    wanted = parse_date(str(value))
    return lambda record: (day := _day(record, session)) is not None and day <= wanted


def _within(session: Session, value: bool, begin: int, end: int | None) -> Matches:
    """Return the test for entries so many days from today, both ends included; everything passes where the flag is not set."""
    today = _today(session)

    def matches(record: Record) -> bool:
        day = _day(record, session)
        away = None if day is None else (day - today).days
        return not value or (away is not None and away >= begin and (end is None or away <= end))

    return matches


def _today(session: Session) -> date:
    return session.now.astimezone(session.zone).date()


def _day(record: Record, session: Session) -> date | None:
    """Return the day on which a task is due or an event begins, in the caller's zone; None of a task that is due on no day."""
    start: datetime | None = record["start_time"]
    due: date | None = record["due_date"]
    return due if start is None else start.astimezone(session.zone).date()
