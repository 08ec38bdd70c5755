"""Web-to-leads: what a form on somebody's own pages sends becomes a lead, and the browser is led on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from mockserver.apis.pipelinedeals.companies import company_named
from mockserver.exchange import Answer, Record, Request
from mockserver.worlds import Session

_YES = (True, 1, "1", "true")
_EMAILS = ("email", "email2", "home_email")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+", re.ASCII)
_NOTE = re.compile(r"note_([1-9][0-9]{0,2})", re.ASCII)
_ATTRIBUTES = (
    "first_name last_name full_name email email2 home_email phone home_phone mobile fax position summary website "
    "linked_in_url facebook_url twitter instant_message "
    "work_address_1 work_address_2 work_city work_state work_postal_code work_country "
    "home_address_1 home_address_2 home_city home_state home_postal_code home_country"
).split()
_KNOWN = re.compile(
    r"w2lid|thank_you_page|developer_mode|prevent_duplicates|assign_to_id|notification_ignore(\[\])?|company\[name\]|note(_title)?_[1-9][0-9]{0,2}"
    rf"|person\[({'|'.join(_ATTRIBUTES)})\]|person\[custom_fields\]\[custom_label_[0-9]{{1,9}}\](\[\])?",
    re.ASCII,
)
_IN_URL = "%/:?#[]@!$&'()*+,;=-._~"


def create_web_lead(session: Session, request: Request) -> Answer:
    """Make a lead of the form's fields, and lead the browser on; in the developer mode answer a page that says what was understood instead.

    Source: the API pages. Assumed: an unknown user or an invalid lead is led on likewise, and nothing is made.
    """
    form: Mapping[str, Any] = request.body or {}
    user = _user(session)
    reasons = list(_iter_reasons(user, form))
    person = _receive(session, user, form) if user is not None and not reasons else None
    if form.get("developer_mode") in _YES:
        return Answer(status=200, values={"body": _page(form, person, reasons)})
    return Answer(status=302, headers={"Location": _next_page(request, form)})


def _user(session: Session) -> Record | None:
    """Return the active user that the form's `w2lid` names, in whose name it acts."""
    user = session.get("users", session.caller)
    return None if user is None or user["deleted_at"] is not None else user


def _iter_reasons(user: Record | None, form: Mapping[str, Any]) -> Iterator[str]:
    """Yield why the form makes no lead.

    Assumed: a lead needs a name or an e-mail address.
    """
    lead = _attributes(form)
    if user is None:
        yield "The w2lid is unknown"
    if not any(lead.get(name) for name in ("first_name", "last_name", "full_name", *_EMAILS)):
        yield "A name or an e-mail address is needed"
    for name in _EMAILS:
        if lead.get(name) and not _ADDRESS.fullmatch(lead[name]):
            yield f"person[{name}] is no e-mail address"


def _attributes(form: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes of the lead that are not blank."""
    person = form.get("person")
    if not isinstance(person, Mapping):
        return {}
    return {name: person[name].strip() for name in _ATTRIBUTES if isinstance(person.get(name), str) and person[name].strip()}


def _receive(session: Session, user: Record, form: Mapping[str, Any]) -> Record:
    """Return the person who was made, or found by an e-mail address where duplicates are to be prevented, with the form as notes.

    Source: the API pages. Assumed: all that is written is written by the user of the w2lid.
    """
    found = _known(session, form) if form.get("prevent_duplicates") in _YES else None
    if found is not None:
        content = "\n".join(f"{name}: {value}" for name, value in _iter_known(form))
        session.create("notes", {"person_id": found["id"], "title": "Web lead", "content": content})
        person = found
    else:
        person = _made(session, user, form)
        for title, content in _iter_notes(form):
            session.create("notes", {"person_id": person["id"], "title": title, "content": content})
    _mail(session, person, form)
    return person


def _known(session: Session, form: Mapping[str, Any]) -> Record | None:
    """Return the first person with one of the form's e-mail addresses, in whatever case."""
    lead = _attributes(form)
    wanted = {lead[name].casefold() for name in _EMAILS if name in lead}
    found = [person for person in session.store["people"] if wanted & {(person[name] or "").casefold() for name in _EMAILS}]
    return min(found, key=lambda person: int(person["id"]), default=None)


def _made(session: Session, user: Record, form: Mapping[str, Any]) -> Record:
    """Return the new lead of the user, or of the one that the form assigns it to: who is told of the form and not of the assignment.

    Source: the changelog, 2018-05-09. Assumed: an unknown user is assigned nothing.
    """
    assigned = session.get("users", _number(form.get("assign_to_id")))
    owner = user if assigned is None or assigned["deleted_at"] is not None else assigned
    sent: dict[str, Any] = dict(_attributes(form))
    values = form["person"].get("custom_fields")
    if isinstance(values, Mapping):
        sent["custom_fields"] = values
    plain = {name: value for name, value in sent.items() if name not in ("custom_fields", "full_name")}
    fields = {**plain, "type": "Lead", "user_id": user["id"], "company_id": _company(session, form)}
    made = session.insert("people", session.prepared("people", None, session.complete("people", fields), sent), sent)
    session.amend("people", made["id"], {"user_id": owner["id"]})
    return session.store["people"].records[made["id"]]


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, str)) and re.fullmatch(r"[0-9]{1,9}", str(value), re.ASCII) else None


def _company(session: Session, form: Mapping[str, Any]) -> int | None:
    """Return the id of the company with the form's name, which is made where there is none; None without a name."""
    company = form.get("company")
    name = company.get("name") if isinstance(company, Mapping) else None
    if not isinstance(name, str) or not name.strip():
        return None
    found = company_named(session, name) or session.create("companies", {"name": name.strip()})
    return int(found["id"])


def _iter_notes(form: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Yield title and text of the form's notes, by their number."""
    numbers = sorted(int(match[1]) for name in form if (match := _NOTE.fullmatch(name)))
    for number in numbers:
        title, text = form.get(f"note_title_{number}"), form[f"note_{number}"]
        if isinstance(text, str) and text.strip():
            yield title if isinstance(title, str) and title else None, text


def _iter_known(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the form's fields that mean something here, as they were named, with their values.

    Assumed: whatever else a form holds is told nobody.
    """
    yield from ((name, value) for name, value in _iter_fields(form) if _KNOWN.fullmatch(name))


def _iter_fields(form: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    """Yield the form's fields as they were named, `person[first_name]`, with their values."""
    for key, value in form.items():
        name = f"{within}[{key}]" if within else str(key)
        if isinstance(value, Mapping):
            yield from _iter_fields(value, name)
        elif isinstance(value, list):
            yield from ((f"{name}[]", str(one)) for one in value)
        elif value is not None:
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _mail(session: Session, person: Record, form: Mapping[str, Any]) -> None:
    """Record the mail to the person's owner, without the fields that the form wants left out.

    Source: the changelog, 2017-09-01. Assumed: a comma list, or the field repeated.
    """
    said = form.get("notification_ignore") or ()
    left_out = {name.strip() for one in (said if isinstance(said, list) else [said]) for name in str(one).split(",")} if said else set()
    told = {name: value for name, value in _iter_known(form) if name not in left_out and not name.startswith("notification_ignore")}
    if person["user_id"] is not None:
        session.journal("mail", {"event": "web_lead", "to_user_id": person["user_id"], "collection": "people", "id": person["id"], "fields": told})


def _next_page(request: Request, form: Mapping[str, Any]) -> str:
    """Return where the browser is led: `thank_you_page`, else the page it came from, else `/`; line breaks are left out, the rest stands for a URL.

    Source: the API pages. Assumed: `/`.
    """
    asked = form.get("thank_you_page")
    page = asked if isinstance(asked, str) and asked.strip() else request.headers.get("Referer", "")
    return quote("".join(page.splitlines()).strip(), safe=_IN_URL) or "/"


def _page(form: Mapping[str, Any], person: Record | None, reasons: list[str]) -> str:
    """Return the page of the developer mode: whether the lead is valid, and what was sent.

    Source: the API pages. Assumed: how it looks.
    """
    verdict = "The lead is not valid" if person is None else f"The lead is valid: person {person['id']}"
    told = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in _iter_known(form))
    return f"<!DOCTYPE html><html><head><title>Web lead</title></head><body><h1>{verdict}</h1><ul>{told}</ul><table>{rows}</table></body></html>"
