"""Documents: what a write completes and refuses, how an upload ends, and how they are listed. Nothing is fetched: the address decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from mockserver.apis.pipelinedeals.conditions import Matches
from mockserver.apis.pipelinedeals.notes import ASSOCIATIONS, company_of_association, visible_by_association, without_association
from mockserver.apis.pipelinedeals.owners import ids_of
from mockserver.clock import later
from mockserver.exchange import Record
from mockserver.refusals import Violation
from mockserver.view import View, Visibility
from mockserver.worlds import Session

_PENDING, _COMPLETE, _ERROR = 1, 2, 3
_STATES = {_PENDING: "pending", _COMPLETE: "complete", _ERROR: "error"}
"""Source: the API pages."""

_DURATION = timedelta(seconds=2)
"""From the write to the end of the upload. Observed: a few seconds, recordings of 2026."""
_LINK_LIFE = timedelta(hours=1)
_MISSING = "missing"
_NOT_FOUND = "Server responded with 404 Not Found"
"""Observed: recordings of 2026."""

_ENDINGS = {
    "spreadsheets": "csv ods tsv xls xlsm xlsx",
    "images": "bmp gif jpeg jpg png svg tif tiff webp",
    "documents": "doc docx odt pages rtf txt",
    "pdfs": "pdf",
    "presentations": "key odp ppt pptx",
}
"""Observed: the types, recordings of 2026. Assumed: which endings belong to them."""
_TYPES = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_WORDS = {"deal_id": "deals", "person_id": "people", "company_id": "companies"}

# --- writing ---


def complete_document(session: Session, before: Record | None, record: Record, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in the company and the owner; an address that is sent begins an upload, while size, etag and old error stay.

    Observed: recordings of 2026. Assumed: that a document without a title is named after its address, and without that after what it is.
    """
    made: dict[str, Any] = {
        "company_id": company_of_association(session, before, record, sent),
        "owner_id": session.caller if record["owner_id"] is None else record["owner_id"],
        "document_tag_ids": ids_of(record["document_tag_ids"]),
    }
    if "url" in sent:
        made |= {"url": sent["url"], "uploaded_at": session.now, "upload_status": _PENDING}
        made["title"] = record["title"] or _name_in(sent["url"])
    return made


def _name_in(url: str) -> str:
    """Return the end of the address's path, `document` where there is none."""
    return unquote(PurePosixPath(_path_of(url)).name) or "document"


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # brackets that hold no address
        return url


def document_has_association(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse a document of nothing.

    Assumed: as of notes.
    """
    yield from without_association("document", record)


def title_needs_url(session: Session, before: Record | None, record: Record | None, sent: Mapping[str, Any]) -> Iterator[Violation]:
    """Refuse another title without an address.

    Observed: the two go together, recordings of 2026. Assumed: that it is refused otherwise.
    """
    if before is not None and record is not None and record["title"] != before["title"] and "url" not in sent:
        yield Violation("body", "/document/url", "required", "another title needs the url too", "document", "url")


# --- the end of an upload ---


def finish_uploads(session: Session) -> None:
    """End the uploads that are due by now: two seconds after their write, as a success or, of an address with `missing` in its path, as a failure.

    The document counts as written at the moment when the upload ended, which does not depend on who looks when.

    Source: the three states, and the message. Observed: etag and size, recordings of 2026. Assumed: which addresses fail, and both values.
    """
    for document in list(session.store["documents"]):
        started = document["uploaded_at"]
        if document["upload_status"] != _PENDING or started is None:
            continue
        ended = later(started, _DURATION)
        if ended <= session.now:
            session.update("documents", document["id"], {**_outcome(session, document["url"] or ""), "updated_at": ended})


def _outcome(session: Session, url: str) -> dict[str, Any]:
    if _MISSING in _path_of(url):
        return {"upload_status": _ERROR, "upload_status_error_message": _NOT_FOUND}
    size = Decimal(int(session.token(4, "size", url), 16) + 100) / 100
    return {"upload_status": _COMPLETE, "upload_status_error_message": None, "size_in_k": size, "etag": session.token(32, "etag", url)}


# --- derived properties ---


def upload_state(view: View, record: Record) -> str:
    """Return the state of the upload in a word.

    Source: the API pages.
    """
    return _STATES[record["upload_status"]]


def document_type(view: View, record: Record) -> str:
    """Return what kind of file the end of its title says that it is.

    Observed: recordings of 2026.
    """
    return type_of(record)


def type_of(record: Record) -> str:
    """Return what kind of file the end of the title says that it is: `pdfs`, `images` ..., `others`."""
    _, dot, ending = (record["title"] or "").rpartition(".")
    return _TYPES.get(ending.casefold(), "others") if dot else "others"


def public_link(view: View, record: Record) -> str:
    """Return a signed address that expires an hour after the document was last written.

    Source: the API pages. Observed: the form, recordings of 2013 and 2026. Assumed: how long it lives; the address leads nowhere.
    """
    expires = int(later(record["updated_at"], _LINK_LIFE).timestamp())
    signature = view.session.token(16, "public_link", record["id"], expires)
    name = quote(record["title"] or "document", safe="")
    return f"https://files.pipeline.example/documents/{record['id']}/{name}?Expires={expires}&Signature={signature}"


# --- lists ---


def documents_of_type(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep documents of the type; `all` keeps all.

    Observed: tests on the live API, 2015.
    """
    return lambda record: value in ("all", type_of(record))


def documents_associated_with(session: Session, value: str, query: Mapping[str, Any]) -> Matches:
    """Keep documents that are first of all a deal's, a person's or a company's; `all` keeps all, other words none.

    Observed: the words, tests on the live API, 2015. Assumed: what they mean.
    """
    return lambda record: value in ("all", _association(record))


def _association(record: Record) -> str | None:
    return next((_WORDS[name] for name in ASSOCIATIONS if record[name] is not None), None)


def visible_documents(session: Session) -> Callable[[Record], Visibility] | None:
    """Return how much of a document the caller sees: all of it where the caller sees what it is of first, or owns it.

    Assumed: as of notes.
    """
    return visible_by_association(session, "owner_id")
