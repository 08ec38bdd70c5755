"""Custom fields of deals, people and companies: their definitions (labels, dropdown entries, groups), and the values that records have in them.

A record keeps its values under the hidden field `custom_fields`, by the label's id as text: `{"301": "PO-7716", "302": 902, "303": [911, 913]}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from mockserver.apis.pipelinedeals.conditions import Matches
from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.store import Change, Store
from mockserver.stored import Unparsable, parse_date
from mockserver.view import ABSENT, View
from mockserver.worlds import Session

LABELS: Mapping[str, str] = {kind: f"{kind}_custom_field_labels" for kind in ("deal", "person", "company")}
"""The collection of labels for each kind of record, by the key of one record in envelopes."""
GROUPS = tuple(f"{kind}_custom_field_groups" for kind in LABELS)
ENTRIES = "custom_field_label_dropdown_entries"

_SEVERAL = frozenset({"multi_select", "multi_association"})
_CHOICES = frozenset({"dropdown", "multi_select"})
_LARGEST_NUMBER = 2**53 - 1
_LARGEST_KEY = 999_999_999
_KEY = re.compile(r"custom_label_([0-9]{1,9})", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)

# --- labels, entries, groups ---


def complete_deal_custom_field_label(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Number a new custom field of deals and give it a place; see `_complete_label`."""
    return _complete_label(session, "deal", before, record)


def complete_person_custom_field_label(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Number a new custom field of people and give it a place; see `_complete_label`."""
    return _complete_label(session, "person", before, record)


def complete_company_custom_field_label(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Number a new custom field of companies and give it a place; see `_complete_label`."""
    return _complete_label(session, "company", before, record)


def _complete_label(session: Session, kind: str, before: Record | None, record: Record) -> dict[str, Any]:
    """Return the id of a new label, from the series of all three kinds, and the last place for one without a place.

    Observed: one series; the places, recordings of 2024. Assumed: that null asks for the last place too.
    """
    made = {} if before is not None else {"id": _next_key(session.store, LABELS.values())}
    return made if record["position"] is not None else {**made, "position": _last(session.store[LABELS[kind]]) + 1}


def number_custom_field_group(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the id of a new group, from the series of all three kinds.

    Assumed: one series, as that of labels.
    """
    return {} if before is not None else {"id": _next_key(session.store, GROUPS)}


def complete_dropdown_entry(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return of which kind the entry's label is, and the last place among the label's entries for an entry without a place.

    Observed: places are counted for each label, recordings of 2024.
    """
    label = record["custom_field_label_id"]
    made: dict[str, Any] = {"label_kind": kind_of_label(session.store, label)}
    if record["position"] is None:
        made["position"] = _last(session.store[ENTRIES].where("custom_field_label_id", label)) + 1
    return made


def touch_label_of_entry(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Set the `updated_at` of the label whose entries changed.

    Observed: of a new entry, recordings of 2024. Assumed: of changed and deleted ones.
    """
    if change.before == change.after:
        return
    for entry in (change.before, change.after):
        label = None if entry is None else find_label(session.store, entry["custom_field_label_id"])
        if label is not None:
            session.amend(LABELS[kind_of_label(session.store, label["id"]) or ""], label["id"], {"updated_at": session.now})


def label_takes_entries(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse an entry of a label that does not exist, or that is no dropdown and no multi_select.

    Assumed: not recorded.
    """
    label = find_label(session.store, record["custom_field_label_id"])
    if label is None or label["field_type"] not in _CHOICES:
        pointer = "/custom_field_label_dropdown_entry/custom_field_label_id"
        message = "no custom field of type dropdown or multi_select has this id"
        yield Violation("body", pointer, "related", message, "custom_field_label_dropdown_entry", "custom_field_label_id")


def dropdown_entries_of_label(view: View, record: Record) -> Any:
    """Return the entries of a dropdown or a multi_select, as records by position; ABSENT for labels of other types.

    Observed: recordings of 2024 and 2026.
    """
    if record["field_type"] not in _CHOICES:
        return ABSENT
    entries = view.store[ENTRIES].where("custom_field_label_id", record["id"])
    return sorted(entries, key=lambda entry: (entry["position"], entry["id"]))


def type_of_custom_field_group(view: View, record: Record) -> str:
    """Return whose fields the group holds: `DealCustomFieldGroup` ..."""
    kind = next((kind for kind, name in zip(LABELS, GROUPS, strict=True) if view.store[name].get(record["id"]) is not None), "deal")
    return f"{kind.capitalize()}CustomFieldGroup"


def find_label(store: Store, key: int | None) -> Record | None:
    """Return the label with this id, of whichever kind; None without one."""
    kind = kind_of_label(store, key)
    return None if kind is None or key is None else store[LABELS[kind]].get(key)


def kind_of_label(store: Store, key: int | None) -> str | None:
    """Return the kind of record whose label has this id: `deal`, `person` or `company`; None without one."""
    return next((kind for kind, name in LABELS.items() if key is not None and store[name].get(key) is not None), None)


def _next_key(store: Store, names: Any) -> int:
    return max(store[name].next_key for name in names)


def _last(records: Any) -> int:
    return max((record["position"] or 0 for record in records), default=0)


# --- what a value may be ---


def parse_value(store: Store, label: Record, value: Any) -> Any:
    """Return a value as it is kept for this label: texts, numbers, ids and lists of ids; dates as `2018-11-05`. What is kept is parsed to itself.

    Null, and an empty text but for texts, is no value: an empty list where the label holds several.

    Raises:
        Unparsable: the label does not take it.

    Source: the API pages, for multi_select. Observed: the other types, recordings of 2013; an array of one entry in a dropdown, a client of 2014.
    Assumed: what is refused.
    """
    kind = label["field_type"]
    if kind in _SEVERAL:
        keys = [_id(one) for one in _as_list(value) if one not in (None, "")]
        return list(dict.fromkeys(_checked(store, label, key) for key in keys))
    if isinstance(value, list) and kind == "dropdown" and len(value) <= 1:
        value = value[0] if value else None
    if value is None or (value == "" and kind != "text"):
        return None
    return _checked(store, label, _id(value)) if kind == "dropdown" else _PARSERS[kind](value)


def _checked(store: Store, label: Record, key: int) -> int:
    """Return the key of an entry, which must be one of the label's own."""
    if label["field_type"] in _CHOICES and not _is_entry_of(store, label, key):
        raise Unparsable("an entry of this field")
    return key


def _is_entry_of(store: Store, label: Record, key: int) -> bool:
    entry = store[ENTRIES].get(key)
    return entry is not None and entry["custom_field_label_id"] == label["id"]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Unparsable("a text or a number")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _id(value: Any) -> int:
    text = _text(value)
    if not text.isascii() or not text.isdigit() or int(text[:10]) > _LARGEST_KEY:
        raise Unparsable("an id")
    return int(text)


def _number(value: Any) -> int | float:
    try:
        number = Decimal(_text(value).strip())
    except InvalidOperation as error:
        raise Unparsable("a number") from error
    if not number.is_finite() or abs(number) > _LARGEST_NUMBER:
        raise Unparsable("a number of a sensible size")
    return int(number) if number == number.to_integral_value() else float(number)


def _date(value: Any) -> str:
    return parse_date(_text(value)).isoformat()


def _flag(value: Any) -> bool:
    found = {"0": False, "false": False, "1": True, "true": True}.get(str(value).lower())
    if found is None:
        raise Unparsable("true or false")
    return found


_PARSERS: Mapping[str, Callable[[Any], Any]] = {"text": _text, "numeric": _number, "currency": _number, "date": _date, "boolean": _flag}

# --- values of records ---


def deal_custom_fields(view: View, record: Record) -> dict[str, Any]:
    """Return a deal's values for all custom fields of deals; see `shown_values`."""
    return shown_values(view.store, "deal", record)


def person_custom_fields(view: View, record: Record) -> dict[str, Any]:
    """Return a person's values for all custom fields of people; see `shown_values`."""
    return shown_values(view.store, "person", record)


def company_custom_fields(view: View, record: Record) -> dict[str, Any]:
    """Return a company's values for all custom fields of companies; see `shown_values`."""
    return shown_values(view.store, "company", record)


def shown_values(store: Store, kind: str, record: Record) -> dict[str, Any]:
    """Return the object `custom_fields` of a record: a key for each label of its kind, by position, null or an empty list without a value.

    Source: the changelog, 2012-01-30. Observed: recordings of 2013 to 2026; dates with slashes, recordings of 2013. Assumed: that a deleted label or
    entry goes from all records at once.
    """
    return {f"custom_label_{label['id']}": _shown(label, current_value(store, label, record)) for label in store[LABELS[kind]]}


def current_value(store: Store, label: Record, record: Record) -> Any:
    """Return the record's value for the label as it is kept, without entries that are gone."""
    value = (record.get("custom_fields") or {}).get(str(label["id"]))
    kind = label["field_type"]
    if kind == "date" and value is not None:
        return value.replace("/", "-")
    if kind == "multi_select":
        return [key for key in value or () if _is_entry_of(store, label, key)]
    if kind == "dropdown":
        return value if value is not None and _is_entry_of(store, label, value) else None
    return [] if value is None and kind in _SEVERAL else value


def _shown(label: Record, value: Any) -> Any:
    return value.replace("-", "/") if label["field_type"] == "date" and value is not None else value


def merged_custom_fields(session: Session, kind: str, before: Record | None, sent: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a record keeps as its `custom_fields`: what was sent on top of what it had; None for a record that never had any.

    For functions of PREPARE. A value that does not fit is left out: `custom_fields_fit` refuses it. Writing back what was read changes nothing.

    Args:
        kind: `deal`, `person` or `company`.
        sent: the attributes sent; under `custom_fields` the values by `custom_label_301`.

    Assumed: keys that are not sent stay; unknown ones are ignored.
    """
    former: dict[str, Any] | None = (before or {}).get("custom_fields")
    values = dict(former or {})
    for label, value in _iter_sent(session, kind, sent):
        try:
            parsed = parse_value(session.store, label, value)
        except Unparsable:
            continue
        if parsed is None or parsed == []:
            values.pop(str(label["id"]), None)
        else:
            values[str(label["id"])] = parsed
    return former if values == (former or {}) else values


def custom_fields_fit(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse values among the `custom_fields` of a deal, person or company that their custom field does not take.

    Assumed: not recorded; the attribute is `custom_label_302`.
    """
    kind = _kind_sent(session, sent)
    if kind is not None:
        yield from iter_unfit(session, kind, sent)


def _kind_sent(session: Session, sent: Mapping[str, Any]) -> str | None:
    """Return under which envelope key the request sent these custom fields; None if it sent none."""
    body = session.request.body if session.request is not None else None
    envelopes = {kind: body.get(kind) for kind in LABELS} if isinstance(body, Mapping) and "custom_fields" in sent else {}
    holding = (kind for kind, one in envelopes.items() if isinstance(one, Mapping) and one.get("custom_fields") == sent["custom_fields"])
    return next(holding, None)


def iter_unfit(session: Session, kind: str, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield a violation for each value among the `custom_fields` sent that its custom field does not take."""
    for label, value in _iter_sent(session, kind, sent):
        try:
            parse_value(session.store, label, value)
        except Unparsable as error:
            name = f"custom_label_{label['id']}"
            yield Violation("body", f"/{kind}/custom_fields/{name}", "unfit-value", f"expected {error}", kind, name)


def _iter_sent(session: Session, kind: str, sent: Mapping[str, Any]) -> Iterator[tuple[Record, Any]]:
    """Yield the labels of this kind that a value was sent for, each with the value; whatever else was sent is ignored."""
    values = sent.get("custom_fields")
    for name, value in values.items() if isinstance(values, Mapping) else ():
        match = _KEY.fullmatch(name)
        label = session.store[LABELS[kind]].get(int(match[1])) if match else None
        if label is not None:
            yield label, value


# --- filters ---


def custom_label_condition(session: Session, value: Mapping[str, list[Any]], query: Mapping[str, Any]) -> Matches:
    """Return a test for records that meet every `conditions[custom_label_301]` of the query: the values by the ids of labels.

    Texts are found by a part, dropdowns and multi_selects by any of the entries, the rest by equality. A field that does not exist is ignored.

    Raises:
        Unparsable: a value does not stand for the field's type.

    Observed: recordings of 2013. Assumed: that unknown fields are ignored.
    """
    return _every(_condition(session.store, label, wanted) for label, wanted in _iter_labelled(session.store, value))


def custom_label_from(session: Session, value: Mapping[str, Any], query: Mapping[str, Any]) -> Matches:
    """Return a test for records with the value or more in the custom field, a number or a date; otherwise as `custom_label_condition`."""
    return _every(_bound(session.store, label, wanted, lowest=True) for label, wanted in _iter_labelled(session.store, value))


def custom_label_to(session: Session, value: Mapping[str, Any], query: Mapping[str, Any]) -> Matches:
    """Return a test for records with the value or less in the custom field, a number or a date; otherwise as `custom_label_condition`."""
    return _every(_bound(session.store, label, wanted, lowest=False) for label, wanted in _iter_labelled(session.store, value))


def _every(tests: Iterable[Matches]) -> Matches:
    all_tests = list(tests)
    return lambda record: all(test(record) for test in all_tests)


def _iter_labelled(store: Store, values: Mapping[str, Any]) -> Iterator[tuple[Record, Any]]:
    """Yield the labels that exist with what is wanted of each."""
    for number, wanted in values.items():
        label = find_label(store, int(number)) if _NUMBER.fullmatch(number) else None
        if label is not None:
            yield label, wanted


def _condition(store: Store, label: Record, wanted: list[Any]) -> Matches:
    kind = label["field_type"]
    if kind in _CHOICES or kind in _SEVERAL:
        keys = {_id(one) for each in wanted for one in str(each).split(",")}
        return lambda record: not keys.isdisjoint(_as_list(current_value(store, label, record)))
    if kind == "text":
        parts = [_text(one).casefold() for one in wanted]
        return lambda record: any(one in (current_value(store, label, record) or "").casefold() for one in parts)
    exact = [_PARSERS[kind](one) for one in wanted]
    return lambda record: current_value(store, label, record) in exact


def _bound(store: Store, label: Record, wanted: Any, *, lowest: bool) -> Matches:
    if label["field_type"] not in ("numeric", "currency", "date"):
        raise Unparsable("no range: the field is neither a number nor a date")
    bound = _PARSERS[label["field_type"]](wanted)

    def within(record: Record) -> bool:
        value = current_value(store, label, record)
        return value is not None and bool(value >= bound if lowest else value <= bound)

    return within
