"""What deals, people and companies have in common when they are written: stamps that may be sent, ids in lists, and mail to a new owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.exchange import Record
from mockserver.store import Change
from mockserver.worlds import Session

_NO = (False, 0, "0", "false")


def differs(name: str, before: Record | None, record: Record, sent: Mapping[str, Any]) -> bool:
    """Return whether the request sent an attribute that differs from what is stored; on a create, whether it sent it.

    Clients put a whole fetched record back: what they did not touch says nothing. Observed: recordings of 2013.
    """
    return name in sent and (before is None or record[name] != before[name])


def ids_of(value: Iterable[Any] | None) -> list[int]:
    """Return the ids as numbers, each once, in the order given."""
    return list(dict.fromkeys(int(one) for one in value or ()))


def kept_stamps(session: Session, before: Record | None, record: Record) -> dict[str, Any]:
    """Return the moments of create and last change for those that were sent as null: they stay as they were.

    Source: both are writable. Assumed: null says nothing.
    """
    names = [name for name in ("created_at", "updated_at") if record[name] is None]
    return {name: session.now if before is None else before[name] for name in names}


def mail_owner(session: Session, change: Change, field: str) -> None:
    """Record the mail to a new owner other than the caller, unless the request declines it.

    Source: the changelog, 2016-02-23. Observed: the parameters of creates and of other records, in the later specification. Assumed: that one's own
    assignments are not mailed, and that `deliver_reassignment_email` may stand in the body.
    """
    before, record = change.before, change.after
    if record is None or record[field] in (None, session.caller) or (before is not None and before[field] == record[field]):
        return
    flag = "deliver_assignment_email" if before is None else "deliver_reassignment_email"
    if _asked(session, flag) not in _NO:
        event = "assignment" if before is None else "reassignment"
        session.journal("mail", {"event": event, "to_user_id": record[field], "collection": change.collection, "id": record["id"]})


def _asked(session: Session, name: str) -> Any:
    """Return what the request says of a flag, in the query or beside the envelope; None if it says nothing."""
    asked = session.input(name)
    body = session.request.body if session.request is not None else None
    return body.get(name) if asked is None and isinstance(body, dict) else asked
