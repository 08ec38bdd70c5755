"""People, contacts and leads: what a write completes, their deals from this side, and how they are searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus

from mockserver.apis.pipelinedeals.associations import release_associated
from mockserver.apis.pipelinedeals.companies import company_id_of
from mockserver.apis.pipelinedeals.conditions import Matches, text_in
from mockserver.apis.pipelinedeals.custom_fields import merged_custom_fields
from mockserver.apis.pipelinedeals.owners import ids_of, mail_owner
from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.view import View
from mockserver.worlds import Session

_IMAGE = "//assets.pipeline.example/images/thumb/missing.png"
_MAP = "http://maps.google.com/maps?q="
_WON = 100
_YES = (True, 1, "1", "true")

_EMAILS = ("email", "email2", "home_email")
_PHONES = ("phone", "home_phone", "mobile")
_CITIES = ("work_city", "home_city")
_STATES = ("work_state", "home_state")
_ZIPS = ("work_postal_code", "home_postal_code")

# --- writing ---


def complete_person(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a person: an owner, names, a company by its name, the moment of a conversion; empty e-mail addresses are none.

    Source: the API pages: full_name and company_name. Observed: the caller as owner. Assumed: when a lead is converted.
    """
    made: dict[str, Any] = {name: record[name] or None for name in _EMAILS}
    made |= _names(before, record, sent) | company_id_of(session, before, record, sent)
    made["image_thumb_url"] = record["image_thumb_url"] or _IMAGE
    made["predefined_contacts_tag_ids"] = ids_of(record["predefined_contacts_tag_ids"])
    made["custom_fields"] = merged_custom_fields(session, "person", before, sent)
    if before is None and "user_id" not in sent and record["user_id"] is None:
        made["user_id"] = session.caller
    if before is not None and before["type"] == "Lead" and record["type"] == "Contact":
        made["converted_at"] = session.now
    return made


def _names(before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return first and last name as `full_name` says, where it differs from what is stored and neither of them does.

    Source: writing splits at the space. Assumed: at the first one, and which spelling counts.
    """
    if "full_name" not in sent or (before is not None and str(sent["full_name"] or "") == full_name(before)):
        return {}
    if any(name in sent and (before is None or record[name] != before[name]) for name in ("first_name", "last_name")):
        return {}
    first, _, last = str(sent["full_name"] or "").strip().partition(" ")
    return {"first_name": first or None, "last_name": last.strip() or None}


def deals_of_person_exist(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse ids of deals that do not exist.

    Assumed: as for other ids.
    """
    if any(session.get("deals", key) is None for key in ids_of(sent.get("deal_ids"))):
        yield Violation("body", "/person/deal_ids", "related", "no record of deals has this id", "person", "deal_ids")


def person_email_is_free(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a new person with an e-mail address of another, if the request asks to check for duplicates.

    Observed: the parameter, in the later specification. Assumed: all three addresses, without regard to case.
    """
    if before is not None or record is None or session.input("check_for_duplicates") not in _YES:
        return
    used = {other[name].casefold() for other in session.store["people"] for name in _EMAILS if other[name]}
    for name in _EMAILS:
        if record[name] and record[name].casefold() in used:
            yield Violation("body", f"/person/{name}", "taken", "has already been taken", "person", name)


def place_person_in_deals(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """The person is on the deals of `deal_ids` and on no others; a deal that it leaves has it no longer as primary contact.

    Source: the changelog, 2012-02-07. Assumed: that the whole list is replaced.
    """
    person = change.after
    if person is None or "deal_ids" not in sent:
        return
    key, wanted = person["id"], ids_of(sent["deal_ids"])
    held = {deal["id"]: deal for deal in session.store["deals"].where("person_ids", key)}
    for number, deal in held.items():
        if number not in wanted:
            primary = deal["primary_contact_id"]
            rest = [one for one in deal["person_ids"] if one != key]
            session.update("deals", number, {"person_ids": rest, "primary_contact_id": None if primary == key else primary})
    for number in wanted:
        if number not in held:
            joined = session.store["deals"].records[number]
            session.update("deals", number, {"person_ids": [*(joined["person_ids"] or ()), key]})


def mail_person_owner(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A new owner is told by mail.

    Observed: the parameters, in the later specification.
    """
    mail_owner(session, change, "user_id")


def release_person(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """What belonged to a deleted person is let go.

    Assumed: all of it.
    """
    if change.before is not None and change.after is None:
        release_associated(session, "Person", change.before["id"])


# --- reading ---


def full_name(record: Record) -> str:
    """Return first and last name, joined by a space."""
    return " ".join(name for name in (record["first_name"], record["last_name"]) if name)


def person_full_name(view: View, record: Record) -> str:
    """Return first and last name, joined by a space.

    Source: the API pages.
    """
    return full_name(record)


def person_total_pipeline(view: View, record: Record) -> str | int:
    """Return in lists the value of the person's open deals as a text, elsewhere 0.

    Observed: recordings of 2023 and 2026. Assumed: that an open deal is one without a closed time.
    """
    return _total(view, record, won=False)


def person_won_deals_total(view: View, record: Record) -> str | int:
    """Return in lists the value of the person's won deals, those with a probability of 100; otherwise as `person_total_pipeline`."""
    return _total(view, record, won=True)


def _total(view: View, record: Record, *, won: bool) -> str | int:
    if view.answer.record is not None:
        return 0
    deals = view.store["deals"].where("person_ids", record["id"])
    counted = [deal for deal in deals if (deal["probability"] == _WON if won else deal["closed_time"] is None)]
    total = format(sum((deal["value"] or Decimal() for deal in counted), Decimal()).normalize(), "f")
    return total if "." in total else f"{total}.0"


def person_map_url(view: View, record: Record) -> str:
    """Return the link to a map of the address at work: its first line and city.

    Observed: recordings of 2026.
    """
    return _MAP + quote_plus(", ".join(part for part in (record["work_address_1"], record["work_city"]) if part))


# --- conditions ---


def people_named(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep people with the text in their full name.

    Observed: the later specification.
    """
    wanted = value.casefold()
    return lambda record: wanted in full_name(record).casefold()


def people_with_email(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep people with the text in one of their three e-mail addresses.

    Observed: the condition, in the later specification. Assumed: which fields it asks for.
    """
    return text_in(_EMAILS, value)


def people_with_phone(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep people with the text in one of their telephone numbers; otherwise as `people_with_email`."""
    return text_in(_PHONES, value)


def people_in_city(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep people with the text in the city at work or at home; otherwise as `people_with_email`."""
    return text_in(_CITIES, value)


def people_in_state(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep people with the text in the state at work or at home; otherwise as `people_with_email`."""
    return text_in(_STATES, value)


def people_with_zip(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep people with the text in the postal code at work or at home; otherwise as `people_with_email`."""
    return text_in(_ZIPS, value)


def people_about(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep people with the text in first name, last name, e-mail address or the company's name.

    Observed: the condition `person_simple_search`, in the later specification.
    """
    wanted = value.casefold()
    own = text_in(("first_name", "last_name", *_EMAILS), value)

    def matches(record: Record) -> bool:
        company = session.get("companies", record["company_id"])
        return own(record) or (company is not None and wanted in (company["name"] or "").casefold())

    return matches


# --- conditions of deals that ask for their people ---


def deals_with_person_named(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with a person who has the text in the full name.

    Observed: the condition, in the later specification.
    """
    return _on_deals(session, people_named(session, value, query))


def deals_with_person_email(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with a person who has the text in an e-mail address; otherwise as `deals_with_person_named`."""
    return _on_deals(session, people_with_email(session, value, query))


def deals_with_person_phone(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with a person who has the text in a telephone number; otherwise as `deals_with_person_named`."""
    return _on_deals(session, people_with_phone(session, value, query))


def deals_with_person_city(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with a person in a city with this text; otherwise as `deals_with_person_named`."""
    return _on_deals(session, people_in_city(session, value, query))


def deals_with_person_state(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with a person in a state with this text; otherwise as `deals_with_person_named`."""
    return _on_deals(session, people_in_state(session, value, query))


def deals_with_person_zip(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep deals with a person who has the text in a postal code; otherwise as `deals_with_person_named`."""
    return _on_deals(session, people_with_zip(session, value, query))


def _on_deals(session: Session, matches: Matches) -> Matches:
    people = session.store["people"]
    return lambda deal: any(matches(person) for key in deal["person_ids"] or () if (person := people.get(key)) is not None)
