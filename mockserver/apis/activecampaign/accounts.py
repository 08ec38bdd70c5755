"""Accounts that contacts and deals belong to, and the contacts' places in them (`accountContacts`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.view import View
from mockserver.worlds import Session

_NAME_LENGTH = 200

# --- accounts ---


def complete_account(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A new account is owned by who creates it unless it names its owner.

    Observed: recording of 2026.
    """
    return {"owner": session.caller} if before is None and record["owner"] is None else {}


def account_name_is_free(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse the name of another account; a name that stays is not looked at.

    Source: "Create an account". Assumed: without regard to case, and of an update too.
    """
    if record is None or (before is not None and _folded(before) == _folded(record)):
        return
    own = None if before is None else before["id"]
    if any(_folded(account) == _folded(record) for account in session.store["accounts"] if account["id"] != own):
        values = (("name", record["name"][:_NAME_LENGTH]),)
        yield Violation("body", "/account/name", "account-name", "another account has this name", "account", "name", values)


def _folded(account: Record) -> str:
    name: str = account["name"]
    return name.casefold()


def account_contact_count(view: View, record: Record) -> int:
    """Return how many contacts belong to the account if the request asks to count, else 0.

    Source: "List all accounts".
    """
    return _count(view, "accountContacts", record)


def account_deal_count(view: View, record: Record) -> int:
    """Return how many deals are of the account; otherwise as `account_contact_count`."""
    return _count(view, "deals", record)


def _count(view: View, collection: str, account: Record) -> int:
    return len(view.store[collection].keys_where("account", account["id"]) or ()) if view.session.input("count_deals") else 0


# --- contacts in accounts ---


def contact_is_without_account(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a contact that belongs to an account already; the contact of the place itself is not looked at.

    Source: "Create an association". Assumed: of an update too.
    """
    if record is None or (before is not None and before["contact"] == record["contact"]):
        return
    if session.store["accountContacts"].where("contact", record["contact"]):
        message = "This contact is already associated with an account. We currently do not support contacts on multiple accounts."
        yield Violation("body", "/accountContact/contact", "has-account", message, "accountContact", "account,contact")


def name_account_of_contact(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A contact names the account in which it has its place, and none without a place.

    Source: "Accounts": they took the place of organizations. Assumed: the contact's organization follows.
    """
    before, place = change.before, change.after
    left = session.get("contacts", before["contact"]) if before is not None else None
    if before is not None and left is not None and left["account"] == before["account"]:
        session.amend("contacts", left["id"], {"account": None})
    if place is not None and session.get("contacts", place["contact"]) is not None:
        session.amend("contacts", place["contact"], {"account": place["account"]})
