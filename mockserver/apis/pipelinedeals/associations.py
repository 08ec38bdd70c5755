"""What becomes of calendar entries, notes and documents when the deal, person or company that they belong to is deleted."""

from __future__ import annotations

from mockserver.worlds import Session

_FIELDS = ("deal_id", "person_id", "company_id")


def release_associated(session: Session, kind: str, key: int) -> None:
    """Close the calendar entries of a deleted record, and let go of its notes and documents; those of nothing else are deleted.

    Args:
        kind: `Deal`, `Person` or `Company`.

    Assumed: all of it.
    """
    for entry in session.store["calendar_entries"].where("association_id", key):
        if entry["association_type"] == kind and entry["active"]:
            session.update("calendar_entries", entry["id"], {"active": False})
    for collection in ("notes", "documents"):
        _let_go(session, collection, f"{kind.lower()}_id", key)


def _let_go(session: Session, collection: str, field: str, key: int) -> None:
    for record in session.store[collection].where(field, key):
        if any(record[name] is not None for name in _FIELDS if name != field):
            session.amend(collection, record["id"], {field: None})
        else:
            session.delete(collection, record["id"])
