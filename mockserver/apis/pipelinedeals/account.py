"""The account as one bundle: itself, and every lookup that its administrators keep, as `GET /account.json` answers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mockserver.apis.pipelinedeals.custom_fields import GROUPS
from mockserver.exchange import Answer, Record, Request
from mockserver.view import View
from mockserver.worlds import Session

ACCOUNTS = "accounts"

_Records = Callable[[View, Record], Sequence[Record]]


def get_account(session: Session, request: Request) -> Answer:
    """Return the account, of which each world has one.

    Observed: recordings of 2024.
    """
    return Answer(record=next(iter(session.store[ACCOUNTS])))


# --- single values ---


def account_of_record(view: View, record: Record) -> int:
    """Return the id of the account."""
    key: int = next(iter(view.store[ACCOUNTS]))["id"]
    return key


def total_company_count(view: View, record: Record) -> int:
    """Return how many companies there are."""
    return len(view.store["companies"])


def is_system_category(view: View, record: Record) -> bool:
    """Return whether the system gives the category.

    Observed: recordings of 2024.
    """
    return bool(record["is_system_category"])


def is_system_lead_source(view: View, record: Record) -> bool:
    """Return that the system does not give the source.

    Observed: false, recordings of 2024. Assumed: of every source.
    """
    return False


def place_of_lead_status(view: View, record: Record) -> int:
    """Return the place of a lead status by name, from 1.

    Observed: recordings of 2024.
    """
    return [status["id"] for status in view.store["lead_statuses"]].index(record["id"]) + 1


# --- lists of lookups ---


def every(collection: str) -> _Records:
    """Return a function of VALUES that returns all records of the collection in its default order."""
    return lambda view, record: list(view.store[collection])


def account_note_categories(view: View, record: Record) -> list[Record]:
    """Return the categories of notes that administrators keep: those of the system are not among them.

    Observed: recordings of 2024.
    """
    return [category for category in view.store["note_categories"] if not category["is_system_category"]]


def account_users(view: View, record: Record) -> list[Record]:
    """Return the active users."""
    return [user for user in view.store["users"] if user["deleted_at"] is None]


def account_inactive_users(view: View, record: Record) -> list[Record]:
    """Return the users who were deactivated."""
    return [user for user in view.store["users"] if user["deleted_at"] is not None]


def account_custom_field_groups(view: View, record: Record) -> list[Record]:
    """Return the groups of custom fields of all kinds, by id."""
    return sorted((group for name in GROUPS for group in view.store[name]), key=lambda group: int(group["id"]))


VALUES: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "account_note_categories": account_note_categories,
        "account_note_categories_with_system_categories": every("note_categories"),
        "account_users": account_users,
        "account_inactive_users": account_inactive_users,
        "account_custom_field_groups": account_custom_field_groups,
        **{
            f"account_{name}": every(name)
            for name in (
                "deal_stages",
                "deal_loss_reasons",
                "event_categories",
                "lead_sources",
                "lead_statuses",
                "predefined_contacts_tags",
                "document_tags",
                "revenue_types",
                "teams",
                "deal_custom_field_labels",
                "person_custom_field_labels",
                "company_custom_field_labels",
                "todo_templates",
            )
        },
    }
)
"""The lists of the account by the names under which VALUES has them; each function returns records, which are shown by the shape of the property."""
