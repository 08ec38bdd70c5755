"""Who sees which deals, people and companies: by level, by the tree of managers, by collaboration, and by what the account shares."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.exchange import Record
from mockserver.store import Store
from mockserver.view import View, Visibility
from mockserver.worlds import Session

_MANAGER, _EXECUTIVE = 2, 3
"""Observed: an administrator has 3, recordings of 2026. Assumed: that 2 manages."""
_OWNERS = {"deals": "user_id", "people": "user_id", "companies": "owner_id"}
_SHARED = {"people": "shared_people", "companies": "shared_companies"}

Sees = Callable[[Record], bool]


def deals_of_caller(session: Session) -> Callable[[Record], Visibility] | None:
    """Return how much of a deal the caller sees: executives all, managers their own and those of users below them, others their own and shared ones.

    Source: the API pages, "visibility"; the changelog, 2013-05-24, collaborators. Assumed: that collaborators see the deal.
    """
    return _test(session, "deals")


def people_of_caller(session: Session) -> Callable[[Record], Visibility] | None:
    """Return how much of a person the caller sees: as of deals, all where the account shares its people.

    Source: the API pages, "visibility". Observed: the account's setting, recordings of 2023. Assumed: its reading.
    """
    return _test(session, "people")


def companies_of_caller(session: Session) -> Callable[[Record], Visibility] | None:
    """Return how much of a company the caller sees: as of people, all where the account shares its companies."""
    return _test(session, "companies")


def _test(session: Session, collection: str) -> Callable[[Record], Visibility] | None:
    user = session.get("users", session.caller)
    if sees_all(session.store, user, collection):
        return None
    sees = sight(session.store, user, collection)
    return lambda record: Visibility.WHOLE if sees(record) else Visibility.HIDDEN


def sight(store: Store, user: Record | None, collection: str) -> Sees:
    """Return whether the user sees a record of deals, people or companies.

    Assumed: everybody sees what nobody owns; no user at all sees the rest.
    """
    if sees_all(store, user, collection):
        return lambda record: True
    owners = _at_or_below(store, user)
    field = _OWNERS[collection]

    def sees(record: Record) -> bool:
        owner = record[field]
        return owner is None or owner in owners or (user is not None and user["id"] in (record.get("shared_user_ids") or ()))

    return sees


def sees_all(store: Store, user: Record | None, collection: str) -> bool:
    """Return whether the user sees every record of deals, people or companies: an executive, or where the account shares them."""
    if user is not None and (user["level"] or 0) >= _EXECUTIVE:
        return True
    settings = next((account["visibility_settings"] for account in store["accounts"]), None)
    return collection in _SHARED and _SHARED[collection] in (settings or "")


def _at_or_below(store: Store, user: Record | None) -> set[int]:
    """Return the ids of the user and, if it manages, of all users below it in the tree of managers."""
    if user is None:
        return set()
    found = {user["id"]}
    if (user["level"] or 0) < _MANAGER:
        return found
    waiting = [user["id"]]
    while waiting:
        manager = waiting.pop()
        below = [one["id"] for one in store["users"] if one["manager_id"] == manager and one["id"] not in found]
        found.update(below)
        waiting += below
    return found


# --- who may be told ---


def deal_notify_user_ids(view: View, record: Record) -> list[int]:
    """Return the ids of the active users who see the deal, without the caller.

    Source: the changelog, 2013-05-24. Observed: empty where the caller is alone. Assumed: the rule.
    """
    return users_who_see(view.store, view.caller, "deals", record)


def person_notify_user_ids(view: View, record: Record) -> list[int]:
    """Return the ids of the active users who see the person; otherwise as `deal_notify_user_ids`."""
    return users_who_see(view.store, view.caller, "people", record)


def company_notify_user_ids(view: View, record: Record) -> list[int]:
    """Return the ids of the active users who see the company; otherwise as `deal_notify_user_ids`."""
    return users_who_see(view.store, view.caller, "companies", record)


def users_who_see(store: Store, caller: int, collection: str, record: Record) -> list[int]:
    """Return the ids of the active users other than the caller who see a record of deals, people or companies, ascending."""
    active = (user for user in store["users"] if user["deleted_at"] is None and user["id"] != caller)
    return sorted(user["id"] for user in active if sight(store, user, collection)(record))
