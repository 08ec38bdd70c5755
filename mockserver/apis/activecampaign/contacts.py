"""Contacts, and their places in deals as secondary contacts (`contactDeals`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.apis.activecampaign.activities import record_activity
from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.stored import StoredType, parse_stored
from mockserver.view import View
from mockserver.worlds import Session

_ABOUT = ("firstName", "lastName", "email", "phone")
_SYNCED = ("email", "firstName", "lastName", "phone")

# --- contacts ---


def complete_contact(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A new contact has a hash that never changes.

    Observed: recordings of 2026. Assumed: what it follows from.
    """
    return {"hash": session.token(32, "contact", session.store["contacts"].next_key)} if before is None else {}


def _contact_with(session: Session, email: str) -> Record | None:
    wanted = email.casefold()
    return next((contact for contact in session.store["contacts"] if (contact["email"] or "").casefold() == wanted), None)


def sync_contact(session: Session, request: Request) -> Answer:
    """Give the contact with the e-mail address what was sent, or create it.

    Source: "Sync a contact's data". Observed: the two statuses and answers, recordings of 2020 to 2026.
    """
    sent = {name: request.sent[name] for name in _SYNCED if name in request.sent}
    fields = {name: parse_stored(StoredType.TEXT, value, session.zone) for name, value in sent.items()}
    known = _contact_with(session, fields["email"])
    if known is not None:
        return Answer(record=session.update("contacts", known["id"], fields, sent), sent=sent, status=200)
    record = session.prepared("contacts", None, session.complete("contacts", fields), sent)
    return Answer(record=session.insert("contacts", record, sent), sent=sent, status=201)


def touch_contact(session: Session, key: int | None) -> None:
    """Move the udate of a contact that something was attached to or taken from; of a contact that is gone, nothing.

    Observed: notes and tags, recordings of 2020 and 2026.
    """
    if key is not None and session.get("contacts", key) is not None:
        session.amend("contacts", key, {"udate": session.now})


def account_name(session: Session, record: Record | None) -> str | None:
    """Return the name of the account of a contact or deal, None without one."""
    account = session.get("accounts", record["account"]) if record is not None else None
    name: str | None = account["name"] if account is not None else None
    return name


def contact_orgid(view: View, record: Record) -> int:
    """Return the account's id, 0 for none.

    Observed: recordings of 2026.
    """
    return int(record["account"] or 0)


def contact_orgname(view: View, record: Record) -> str:
    """Return the account's name, empty for none.

    Observed: recordings of 2026.
    """
    return account_name(view.session, record) or ""


def contact_email_domain(view: View, record: Record) -> str:
    """Return what follows the @ of the e-mail address.

    Observed: recordings of 2026.
    """
    return str(record["email"] or "").rpartition("@")[2]


def search_contacts(session: Session, value: str, query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Keep contacts with the text in first name, last name, both together, e-mail address, phone or the account's name.

    Source: "List all contacts". Assumed: without regard to case.
    """
    wanted = value.casefold()

    def matches(record: Record) -> bool:
        texts = [record[name] for name in _ABOUT]
        texts += [f"{record['firstName']} {record['lastName']}", account_name(session, record)]
        return any(wanted in text.casefold() for text in texts if text)

    return matches


def phone_begins(session: Session, value: str, query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Keep contacts whose phone number begins with the text.

    Source: "List all contacts".
    """
    return lambda record: (record["phone"] or "").startswith(value)


def exclude_contact(session: Session, value: int, query: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Keep all contacts but the one with this id.

    Source: "List all contacts".
    """
    return lambda record: bool(record["id"] != value)


def contacts_page_input(view: View, answer: Answer) -> dict[str, Any]:
    """Return how the request was understood.

    Observed: the keys, recordings of 2026. Assumed: the values of what the mock does not have.
    """
    request = view.session.request
    query = request.query if request is not None else {}
    fixed = {"segmentid": None, "formid": 0, "listid": 0, "sort": None, "seriesid": 0, "waitid": 0, "forceQuery": 0}
    page = {"limit": answer.values["limit"], "offset": answer.values["offset"]}
    asked = {"tagid": query.get("tagid") or 0, "search": query.get("search"), "status": query.get("status", -1)}
    return {**fixed, **page, **asked, "cacheid": view.session.token(32, "contacts", *sorted(f"{name}={value}" for name, value in query.items()))}


# --- secondary contacts ---


def contact_not_yet_in_deal(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a contact that stands in the deal already, as another secondary contact or as the primary one. A pair that stays is not looked at.

    Source: "Create a secondary contact". Assumed: the primary contact.
    """
    if record is None or (before is not None and _pair(before) == _pair(record)):
        return
    deal = session.get("deals", record["deal"])
    primary = deal is not None and deal["contact"] is not None and deal["contact"] == record["contact"]
    places = session.store["contactDeals"].where("deal", record["deal"])
    own = None if before is None else before["id"]
    if primary or any(place["contact"] == record["contact"] and place["id"] != own for place in places):
        message = "The given contact is already associated to the deal"
        yield Violation("body", "/contactDeal/contact", "already-associated", message, "contactDeal", "contact")


def _pair(place: Record) -> tuple[int | None, int | None]:
    return place["deal"], place["contact"]


def record_contact_activity(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A deal that is given a contact gets the activity contact/add, one that loses a contact contact/delete; another role leaves none.

    Source: the type and `add`, "List all deal activities". Assumed: `delete`.
    """
    before, place = change.before, change.after
    if before is not None and place is not None and _pair(before) == _pair(place):
        return
    if before is not None:
        record_activity(session, before["deal"], "contact", "delete", about=before["contact"])
    if place is not None:
        record_activity(session, place["deal"], "contact", "add", about=place["contact"])
