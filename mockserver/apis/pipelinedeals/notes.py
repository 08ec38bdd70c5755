"""Notes and their comments: what a write completes, whom it tells and touches, what it refuses, and who sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mockserver.apis.pipelinedeals.owners import ids_of, kept_stamps
from mockserver.apis.pipelinedeals.visibility import sees_all, sight, users_who_see
from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.store import Change, Store
from mockserver.view import View, Visibility
from mockserver.worlds import Session

ASSOCIATIONS = {"deal_id": ("Deal", "deals"), "person_id": ("Person", "people"), "company_id": ("Company", "companies")}
"""What notes and documents are on: the kind and the collection by attribute, the primary one first.

Source: the three kinds, the API pages. Observed: the deal comes first, recordings of 2026. Assumed: the rest of the order.
"""
_EMAIL = "Email"

# --- writing a note ---


def complete_note(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in the company of the deal or person; a new note is by the caller, and tells the caller of comments unless it says otherwise.

    Source: the API pages. Observed: company and notify_user_ids, recordings of 2026. Assumed: that moments sent as null stay as they are.
    """
    made: dict[str, Any] = {
        "company_id": company_of_association(session, before, record, sent),
        "notify_user_ids": ids_of(record["notify_user_ids"]),
        "is_sent_message": record["is_sent_message"] if _is_email(session, record) else None,
        **kept_stamps(session, before, record),
    }
    if before is None:
        made["user_id"] = session.caller if record["user_id"] is None else record["user_id"]
        made["created_by_user_id"] = session.caller
        if not record["notify_user_ids"] and "notify_user_ids" not in sent:
            made["notify_user_ids"] = [session.caller]
    return made


def company_of_association(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> int | None:
    """Return the company of a note or document: the one that is given, else that of its deal, else that of its person.

    One that moves to another deal or person follows it, unless another company is sent beside.

    Observed: the deal's, recordings of 2026. Assumed: the person's, and that it follows.
    """
    given: int | None = record["company_id"]
    moved = before is not None and any(record[name] != before[name] for name in ("deal_id", "person_id"))
    if before is not None and not moved:
        return given
    if given is not None and (before is None or given != before["company_id"]):
        return given
    for name in ("deal_id", "person_id"):
        other = session.get(ASSOCIATIONS[name][1], record[name])
        if other is not None and other["company_id"] is not None:
            return int(other["company_id"])
    return given


def _is_email(session: Session, record: Record) -> bool:
    category = session.get("note_categories", record["note_category_id"])
    return category is not None and category["name"] == _EMAIL


def note_has_association(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a note on nothing.

    Observed: one is asked for, in the later specification. Assumed: which attribute is blamed.
    """
    yield from without_association("note", record)


def without_association(singular: str, record: Record | None) -> Iterator[Violation]:
    """Refuse a record that names neither deal nor person nor company."""
    if record is not None and all(record[name] is None for name in ASSOCIATIONS):
        yield Violation("body", f"/{singular}/deal_id", "required", "a deal, a person or a company is needed", singular, "deal_id")


def notify_users_possible(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse to tell users who do not see the note; those who do not exist are refused as such.

    Source: the changelog, 2013-05-24. Assumed: that others are refused.
    """
    if record is None or "notify_user_ids" not in sent:
        return
    possible = {session.caller, *users_who_see_note(session.store, session.caller, record)}
    if any(key not in possible and session.get("users", key) is not None for key in record["notify_user_ids"]):
        yield Violation("body", "/note/notify_user_ids", "not-included", "users who see the note are needed", "note", "notify_user_ids")


# --- what follows from a note ---


def touch_noted(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Deal, person and company of a note that is new or has changed were written at this moment.

    Observed: deal and company, by comments, recordings of 2026. Assumed: by notes too, and the person.
    """
    note = change.after
    if note is not None and has_changed(change):
        for name, (_, collection) in ASSOCIATIONS.items():
            touch(session, collection, note[name])


def has_changed(change: Change) -> bool:
    """Return whether the write made the record, or another one of it; the moment of the write does not count."""
    before, after = change.before, change.after
    if before is None or after is None:
        return before is not after
    return any(value != before[name] for name, value in after.items() if name != "updated_at")


def touch(session: Session, collection: str, key: int | None) -> None:
    """Mark the record as written at this moment, if there is one."""
    if session.get(collection, key) is not None and key is not None:
        session.amend(collection, key, {"updated_at": session.now})


def mail_note(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Record the mails about a new note: to those it names, but for the author.

    Source: what notify_user_ids is for. Assumed: that a new note is mailed as its comments are.
    """
    note = change.after
    if change.before is None and note is not None:
        _mail(session, note["notify_user_ids"], note["user_id"], {"event": "note", "collection": "notes", "id": note["id"]})


def _mail(session: Session, users: Iterable[int] | None, author: int, told: Mapping[str, Any]) -> None:
    for user in users or ():
        if user != author:
            session.journal("mail", {"to_user_id": user, **told})


# --- what a note says of others ---


def primary_association_type(view: View, record: Record) -> str | None:
    """Return what the note is on first: `Deal`, else `Person`, else `Company`.

    Source: the API pages. Observed: the deal comes first, recordings of 2026.
    """
    name = _primary(record)
    return None if name is None else ASSOCIATIONS[name][0]


def primary_association_id(view: View, record: Record) -> int | None:
    """Return the id of what the note is on first; otherwise as `primary_association_type`."""
    name = _primary(record)
    return None if name is None else int(record[name])


def _primary(record: Record) -> str | None:
    return next((name for name in ASSOCIATIONS if record[name] is not None), None)


def possible_notify_user_ids(view: View, record: Record) -> list[int]:
    """Return the ids of the active users, but for the caller, who see what the note is on.

    Source: the changelog, 2013-05-24. Observed: nobody where the caller is alone, recordings of 2026. Assumed: the rule.
    """
    return users_who_see_note(view.store, view.caller, record)


def users_who_see_note(store: Store, caller: int, record: Record) -> list[int]:
    """Return the ids of the active users, but for the caller, who see what the record is on first; ascending."""
    name = _primary(record)
    collection = ASSOCIATIONS[name][1] if name is not None else ""
    subject = store[collection].get(record[name]) if name is not None else None
    return [] if subject is None else users_who_see(store, caller, collection, subject)


# --- who sees notes and documents ---


def visible_notes(session: Session) -> Callable[[Record], Visibility] | None:
    """Return how much of a note the caller sees: all of it where the caller sees what it is on first, or wrote it.

    Assumed: as for what it is on; the API pages speak of deals and people only.
    """
    return visible_by_association(session, "user_id")


def visible_by_association(session: Session, owner: str) -> Callable[[Record], Visibility] | None:
    """Return the test of records that deals, people and companies have: whole for their owner, and for whoever sees what they are on first."""
    user = session.get("users", session.caller)
    if sees_all(session.store, user, "deals"):
        return None
    tests = {collection: sight(session.store, user, collection) for _, collection in ASSOCIATIONS.values()}

    def visible(record: Record) -> Visibility:
        name = _primary(record)
        if name is None or record[owner] == session.caller:
            return Visibility.WHOLE
        collection = ASSOCIATIONS[name][1]
        subject = session.get(collection, record[name])
        return Visibility.WHOLE if subject is None or tests[collection](subject) else Visibility.HIDDEN

    return visible


# --- comments ---


def complete_comment(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A new comment is by the caller unless it says otherwise; who edits may be named as a person too.

    Source: edited_by_person_id, the API pages. Observed: edited_by_user_id, recordings of 2026. Assumed: which of the two counts.
    """
    made = {"user_id": session.caller if record["user_id"] is None else record["user_id"]}
    if "edited_by_person_id" in sent and "edited_by_user_id" not in sent:
        editor = sent["edited_by_person_id"]
        made["edited_by_user_id"] = None if editor in (None, "") else int(editor)
    return made


def comment_editor_exists(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse an editor that does not exist under the name of the API pages; under the other one it is looked up as any related record.

    Assumed: not documented.
    """
    editor = None if "edited_by_user_id" in sent else sent.get("edited_by_person_id")
    if editor not in (None, "") and session.get("users", int(editor)) is None:
        yield Violation("body", "/comment/edited_by_person_id", "related", "no user has this id", "comment", "edited_by_person_id")


def touch_commented(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """The note of a comment that is new or has changed was written at this moment, and so were the note's deal and company.

    Observed: recordings of 2026.
    """
    comment = change.after
    note = session.get("notes", comment["note_id"]) if comment is not None and has_changed(change) else None
    if note is None:
        return
    touch(session, "notes", note["id"])
    touch(session, "deals", note["deal_id"])
    touch(session, "companies", note["company_id"])


def mail_comment(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """Record the mails about a new comment: to those whom the note names, but for the author.

    Source: the API pages, the changelog, 2013-05-24. Assumed: that authors are not told of their own.
    """
    comment = change.after
    note = session.get("notes", comment["note_id"]) if comment is not None and change.before is None else None
    if comment is not None and note is not None:
        _mail(session, note["notify_user_ids"], comment["user_id"], {"event": "comment", "collection": "comments", "id": comment["id"]})
