"""Custom fields of deals: their definitions (`dealCustomFieldMeta`) and what deals have in them (`dealCustomFieldData`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import Any

from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Violation
from mockserver.stored import StoredType, Unparsable, parse_date, parse_instant, parse_stored
from mockserver.worlds import Session

_CHOICES = frozenset({"dropdown", "multiselect", "radio", "checkbox"})
_CURRENCY = "currency"
_BUILT_IN = frozenset({"DEAL_TITLE", "DEAL_VALUE", "DEAL_CURRENCY", "DEAL_STATUS", "DEAL_STAGE", "DEAL_PIPELINE", "DEAL_OWNER", "DEAL_DESCRIPTION"})
"""Personalizations that deals have without custom fields. Observed: the first. Assumed: the others."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_CENTS = re.compile(r"[+-]?[0-9]{1,16}", re.ASCII)
_LARGEST_AMOUNT = 2**53 - 1
_OFFSET = re.compile(r"[T ].*([Zz]|[+-][0-9]{2}:?[0-9]{2})", re.ASCII | re.IGNORECASE)
_QUOTED_LENGTH = 80
_WRITTEN = ("fieldValue", "fieldCurrency", "originalValue")

# --- definitions ---


def complete_deal_custom_field_metum(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Say what follows from the attributes sent: options of choices only, a currency of amounts only; of a new field its place and personalization.

    Source: "Create a custom field meta". Observed: createdBy and updatedBy in 2026. Assumed: what they hold; a new label leaves the personalization.
    """
    currency = record["fieldDefaultCurrency"]
    made = {
        "fieldOptions": record["fieldOptions"] if record["fieldType"] in _CHOICES else None,
        "fieldDefault": _default_value(session, record["fieldDefault"]),
        "fieldDefaultCurrency": currency.lower() if currency and record["fieldType"] == _CURRENCY else None,
    }
    if before is not None:
        return {**made, "updatedBy": session.caller}
    others = list(session.store["dealCustomFieldMeta"])
    place = record["displayOrder"] if record["displayOrder"] is not None else max((one["displayOrder"] or 0 for one in others), default=0) + 1
    taken = _BUILT_IN.union(one["personalization"] for one in others)
    return {**made, "createdBy": session.caller, "displayOrder": place, "personalization": free_personalization(record["fieldLabel"], taken)}


def _default_value(session: Session, value: Any) -> Any:
    """Return the default with a number as its digits."""
    return value if value is None or isinstance(value, list) else parse_stored(StoredType.TEXT, value, session.zone)


def free_personalization(label: str, taken: frozenset[str]) -> str:
    """Return the personalization of a field with this label: `Sail size` → `DEAL_SAIL_SIZE`; with `_1`, `_2` ... behind it where that is taken.

    Observed: recordings of 2020; the label `title` gave `DEAL_TITLE_1`.
    """
    name = "DEAL_" + re.sub(r"[^A-Z0-9]", "_", label.upper())
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


# --- what a value may be ---


def parse_value(kind: str, value: Any) -> Any:
    """Return a value as it is kept for a field of this type; null stays null. What is kept is parsed to itself.

    Raises:
        Unparsable: the type does not take it.

    Source: "Create a custom field value", the table of types. Observed: choices are not compared with the options. Assumed: a number is a text's
    digits; what dates, numbers and amounts become.
    """
    return None if value is None else _PARSERS[kind](value)


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Unparsable("a text")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Unparsable("an array of texts")
    return value


def _date(value: Any) -> str:
    return parse_date(_text(value)).isoformat()


def _moment(value: Any) -> str:
    text = _text(value)
    if not _OFFSET.search(text):
        raise Unparsable("a date and time with offset (ISO 8601)")
    parse_instant(text, UTC)
    return text


def _number(value: Any) -> str:
    text = _text(value)
    if not _NUMBER.fullmatch(text):
        raise Unparsable("a number")
    return text


def _cents(value: Any) -> int:
    text = _text(value)
    if not _CENTS.fullmatch(text) or abs(int(text)) > _LARGEST_AMOUNT:
        raise Unparsable("a whole number of hundredths")
    return int(text)


_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("text", "textarea", "hidden", "dropdown", "radio"), _text),
    **dict.fromkeys(("multiselect", "checkbox"), _texts),
    "date": _date,
    "datetime": _moment,
    "number": _number,
    _CURRENCY: _cents,
}


# --- values of deals ---


def complete_deal_custom_field_datum(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Keep value and currency as the field's type keeps them, and the value from before, which the answer to a write shows.

    Observed: originalValue, recordings of 2020. Assumed: an amount without a currency has the field's.
    """
    field = session.get("dealCustomFieldMeta", record["customFieldId"])
    made = {"originalValue": "" if before is None else before["fieldValue"]}
    if field is None or not fits(field, record["fieldValue"]):
        return made
    currency = (record["fieldCurrency"] or field["fieldDefaultCurrency"]) if field["fieldType"] == _CURRENCY else None
    return {**made, "fieldValue": parse_value(field["fieldType"], record["fieldValue"]), "fieldCurrency": currency and currency.lower()}


def fits(field: Record, value: Any) -> bool:
    """Return whether the field takes the value."""
    try:
        parse_value(field["fieldType"], value)
    except Unparsable:
        return False
    return True


def save_value(session: Session, deal: int, row: Mapping[str, Any]) -> Record:
    """Return the deal's value for a field, made or changed: a deal has one for each.

    Args:
        row: `customFieldId`, `fieldValue`, and maybe `fieldCurrency`, as sent; the field exists and takes the value.

    Assumed: a second value takes the place of the first, under its id.
    """
    field = int(row["customFieldId"])
    present = next((one for one in session.store["dealCustomFieldData"].where("dealId", deal) if one["customFieldId"] == field), None)
    if present is not None:
        return change_value(session, present, row)
    fields = {"dealId": deal, "customFieldId": field, "fieldValue": row["fieldValue"], "fieldCurrency": row.get("fieldCurrency")}
    return session.create("dealCustomFieldData", fields)


def change_value(session: Session, present: Record, row: Mapping[str, Any]) -> Record:
    """Return the value that takes this one's place; without `fieldCurrency` an amount keeps its currency."""
    changes = {name: row[name] for name in ("fieldValue", "fieldCurrency") if name in row}
    changed = session.prepared("dealCustomFieldData", present, {**present, **changes}, row)
    return session.update("dealCustomFieldData", present["id"], {name: changed[name] for name in _WRITTEN}, row)


def custom_fields_fit(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse values among a deal's `fields` for fields that do not exist, and values that their field does not take.

    Assumed: not documented for deals; the sentences are those of "Create a custom field value".
    """
    for at, row in enumerate(sent.get("fields") or ()):
        yield from _iter_unfit(session, row, f"/deal/fields/{at}", "deal")


def deal_and_field_exist(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a value of a deal or field that does not exist.

    Assumed: not documented.
    """
    yield from _iter_unrelated(session, sent, "/dealCustomFieldDatum")


def value_fits_field(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a value that its field does not take. Only a new value is quoted.

    Source: "Create a custom field value", "Update a custom field value".
    """
    key = int(sent["customFieldId"]) if before is None else before["customFieldId"]
    field = session.get("dealCustomFieldMeta", key)
    if field is not None and "fieldValue" in sent and not fits(field, sent["fieldValue"]):
        yield _unfit(field, sent["fieldValue"], "/dealCustomFieldDatum/fieldValue", quoted=before is None)


def created_values_fit(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a bulk create for every row of a deal or field that does not exist, or with a value that its field does not take.

    Assumed: refusals of bulk writes are not documented.
    """
    for at, row in enumerate(_rows(session)):
        yield from _iter_unrelated(session, row, f"/{at}", deal_only=True)
        yield from _iter_unfit(session, row, f"/{at}", "dealCustomFieldDatum")


def updated_values_fit(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a bulk update for every row that names no value, or whose value its field does not take.

    Assumed: refusals of bulk writes are not documented.
    """
    for at, row in enumerate(_rows(session)):
        present = session.get("dealCustomFieldData", int(row["id"]))
        if present is None:
            yield _unrelated("id", f"/{at}/id", "dealCustomFieldDatum")
            continue
        field = session.get("dealCustomFieldMeta", present["customFieldId"])
        if field is not None and not fits(field, row["fieldValue"]):
            yield _unfit(field, row["fieldValue"], f"/{at}/fieldValue", quoted=False)


def _rows(session: Session) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = session.request.body if session.request is not None else []
    return rows


def _iter_unrelated(session: Session, row: Mapping[str, Any], pointer: str, *, deal_only: bool = False) -> Iterator[Violation]:
    if session.get("deals", int(row["dealId"])) is None:
        yield _unrelated("dealId", f"{pointer}/dealId", "dealCustomFieldDatum")
    if not deal_only and session.get("dealCustomFieldMeta", int(row["customFieldId"])) is None:
        yield _unrelated("customFieldId", f"{pointer}/customFieldId", "dealCustomFieldDatum")


def _iter_unfit(session: Session, row: Mapping[str, Any], pointer: str, resource: str) -> Iterator[Violation]:
    field = session.get("dealCustomFieldMeta", int(row["customFieldId"]))
    if field is None:
        yield _unrelated("customFieldId", f"{pointer}/customFieldId", resource)
    elif not fits(field, row["fieldValue"]):
        yield _unfit(field, row["fieldValue"], f"{pointer}/fieldValue", quoted=True, resource=resource)


def _unrelated(attribute: str, pointer: str, resource: str) -> Violation:
    return Violation("body", pointer, "related", "no record has this id", resource, attribute)


def _unfit(field: Record, value: Any, pointer: str, *, quoted: bool, resource: str = "dealCustomFieldDatum") -> Violation:
    kind = field["fieldType"]
    shown = f" `{_shown(value)}`" if quoted else ""
    message = f"the value does not fit a custom field of type {kind}"
    return Violation("body", pointer, "unfit-value", message, resource, "fieldValue", (("shown", shown), ("type", kind)))


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _QUOTED_LENGTH else text[: _QUOTED_LENGTH - 3] + "..."


# --- operations ---


def create_deal_custom_field_datum(session: Session, request: Request) -> Answer:
    """Set a deal's value for a field.

    Source: "Create a custom field value".
    """
    return Answer(record=save_value(session, int(request.sent["dealId"]), request.sent), sent=request.sent)


def bulk_create_deal_custom_field_data(session: Session, request: Request) -> Answer:
    """Set many values, in the order of the rows.

    Source: "Bulk create custom field values". Observed: the bare array, recordings of 2020.
    """
    for row in request.body:
        save_value(session, int(row["dealId"]), row)
    return Answer()


def bulk_update_deal_custom_field_data(session: Session, request: Request) -> Answer:
    """Change many values, in the order of the rows, and name them.

    Source: "Bulk update custom field values". Observed: the bare array, recordings of 2020.
    """
    for row in request.body:
        change_value(session, session.store["dealCustomFieldData"].records[int(row["id"])], row)
    keys = ", ".join(str(int(row["id"])) for row in request.body)
    return Answer(values={"message": f"DealCustomFieldDatas with ID(s): {keys} successfully bulk updated."})
