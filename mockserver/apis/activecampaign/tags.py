"""Tags, how they are searched, and what follows when a contact is given one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.apis.activecampaign.contacts import touch_contact
from mockserver.derived import sort_key
from mockserver.exchange import Answer, Record, Request
from mockserver.refusals import Violation
from mockserver.store import Change
from mockserver.worlds import Session

Matches = Callable[[Record], bool]

_SEARCHES = ("search", "filters[search][contains]", "filters[search][starts_with]", "filters[search][eq]")
_TEXT_LENGTH = 150

# --- tags ---


def tag_is_new(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse the text of another tag of the same kind; a tag that stays as it is is not looked at.

    Observed: the words, in an issue of a client of 2023; without regard to case, in another. Assumed: of an update too.
    """
    if record is None or (before is not None and _folded(before) == _folded(record)):
        return
    own = None if before is None else before["id"]
    if any(_folded(tag) == _folded(record) for tag in session.store["tags"] if tag["id"] != own):
        message = f"Duplicate entry '{record['tagType']}-{record['tag'][:_TEXT_LENGTH]}' for key 'typetag'"
        yield Violation("body", "/tag/tag", "tag-in-use", message, "tag", "tag")


def _folded(tag: Record) -> tuple[str, str]:
    return tag["tagType"], tag["tag"].casefold()


def tag_differs(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep tags with another text.

    Source: "List all tags". Assumed, as for the filters below: without regard to case.
    """
    return lambda record: record["tag"].casefold() != value.casefold()


def tag_begins(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep tags that begin with the text."""
    return lambda record: record["tag"].casefold().startswith(value.casefold())


def tag_before(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep tags before the text in the alphabet."""
    return lambda record: record["tag"].casefold() < value.casefold()


def tag_up_to(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep tags before the text in the alphabet, and the text itself."""
    return lambda record: record["tag"].casefold() <= value.casefold()


def tag_after(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep tags after the text in the alphabet."""
    return lambda record: record["tag"].casefold() > value.casefold()


def tag_from(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep tags after the text in the alphabet, and the text itself."""
    return lambda record: record["tag"].casefold() >= value.casefold()


def tag_search_order(session: Session) -> Callable[[Record], Any]:
    """Return the order by text; by `weight` what was searched for comes first, then what begins with it (later by text), then the rest.

    Source: "List all tags". Assumed: of equal weight by text; which parameter is taken for what was searched for.
    """
    if str(session.input("orders[search]")).casefold() != "weight":
        return lambda record: sort_key(record["tag"])
    wanted = str(next((text for text in map(session.input, _SEARCHES) if text is not None), "")).casefold()
    return lambda record: (not record["tag"].casefold().startswith(wanted), sort_key(record["tag"]))


# --- tags of contacts ---


def contact_and_tag_exist(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a contact or a tag that does not exist, the contact first.

    Source: "Add a tag to contact", for the contact. Assumed: for the tag.
    """
    for attribute, collection, message in (("contact", "contacts", "Contact not found"), ("tag", "tags", "Tag not found")):
        if session.get(collection, int(sent[attribute])) is None:
            yield Violation("body", f"/contactTag/{attribute}", "nothing-to-tag", message, "contactTag", attribute)
            return


def create_contact_tag(session: Session, request: Request) -> Answer:
    """Put the tag on the contact; a tag that is there already is answered as it is, with 200.

    Source: "Add a tag to contact". Observed: the second answer, recording of 2026.
    """
    fields = {name: int(request.sent[name]) for name in ("contact", "tag")}
    places = session.store["contactTags"].where("contact", fields["contact"])
    known = next((place for place in places if place["tag"] == fields["tag"]), None)
    if known is not None:
        return Answer(record=known, status=200)
    sent = {name: request.sent[name] for name in fields}
    return Answer(record=session.create("contactTags", fields), sent=sent, status=201)


def touch_tagged_contact(session: Session, change: Change, sent: Mapping[str, Any]) -> None:
    """A contact that is given a tag or loses one was changed at this moment, and so was the tag.

    Observed: both, when a tag is put on, recordings of 2020 and 2026. Assumed: when it is taken off.
    """
    for place in (change.before, change.after):
        if place is None:
            continue
        touch_contact(session, place["contact"])
        if session.get("tags", place["tag"]) is not None:
            session.amend("tags", place["tag"], {"updated_timestamp": session.now})
