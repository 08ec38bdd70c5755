"""Companies: what a write completes, which names are taken, and how others find a company by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.apis.pipelinedeals.associations import release_associated
from mockserver.apis.pipelinedeals.conditions import Matches, text_in
from mockserver.apis.pipelinedeals.custom_fields import merged_custom_fields
from mockserver.apis.pipelinedeals.owners import kept_stamps, mail_owner
from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.worlds import Session

_IMAGE = "//assets.pipeline.example/images/thumb/missing_company.png"
_PHONES = ("phone1", "phone2", "phone3", "phone4")
_YES = (True, 1, "1", "true")


def complete_company(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what the request left out of custom fields and stamps; a company without an image has the usual one.

    Source: the changelog, 2018-03-06, images. Assumed: that null brings the usual image back.
    """
    made = {"custom_fields": merged_custom_fields(session, "company", before, sent), "image_thumb_url": record["image_thumb_url"] or _IMAGE}
    return {**made, **kept_stamps(session, before, record)}


def company_name_is_free(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a new company with the name of another, if the request asks to check for duplicates.

    Observed: the parameter, in the later specification. Assumed: the words, and that case does not matter.
    """
    checked = before is None and record is not None and session.input("check_for_duplicates") in _YES
    if checked and record is not None and record["name"] and company_named(session, record["name"]) is not None:
        yield Violation("body", "/company/name", "taken", "has already been taken", "company", "name")


def mail_company_owner(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A new owner is told by mail.

    Source: the changelog, 2016-02-23.
    """
    mail_owner(session, change, "owner_id")


def release_company(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """What belonged to a deleted company is let go.

    Assumed: all of it.
    """
    if change.before is not None and change.after is None:
        release_associated(session, "Company", change.before["id"])


# --- by name ---


def company_named(session: Session, name: str) -> Record | None:
    """Return the first company of this name, without regard to case and outer spaces; None without one."""
    wanted = name.strip().casefold()
    found = [company for company in session.store["companies"] if (company["name"] or "").strip().casefold() == wanted]
    return min(found, key=lambda company: int(company["id"]), default=None)


def company_id_of(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the company that a deal or person gets by `company_name`: the one of that name, a new one, or none for a blank name.

    Of `company_id` and `company_name` the one that differs from what is stored counts, of two that differ `company_id`.

    Source: "company_name" of people. Assumed: which of two counts, and what a blank name does.
    """
    old = None if before is None else before["company_id"]
    if "company_name" not in sent or ("company_id" in sent and record["company_id"] != old):
        return {}
    name = str(sent["company_name"] if sent["company_name"] is not None else "").strip()
    if not name:
        return {"company_id": None}
    held = session.get("companies", old)
    if held is not None and held["name"] == name:
        return {}
    company = company_named(session, name) or session.create("companies", {"name": name})
    return {"company_id": company["id"]}


# --- conditions ---


def company_phone_contains(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep companies with the text in one of their four telephone numbers.

    Observed: the condition, tests on the live API. Assumed: all four numbers.
    """
    return text_in(_PHONES, value)
