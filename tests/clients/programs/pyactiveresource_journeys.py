"""Journeys with the client `pyactiveresource`: `pyactiveresource_journeys.py SITE KEY JOURNEY` prints what it saw, as JSON.

The client is made for services that list bare arrays and take no key in the query; the class `PipelineDeals` is all that it needs for this one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from pyactiveresource.activeresource import ActiveResource, Errors
from pyactiveresource.connection import ClientError, ForbiddenAccess, ResourceInvalid, ResourceNotFound


class FieldErrors(Errors):  # type: ignore[misc]  # the client has no types
    """Errors of an answer that is an array of field, msg and humanized_field."""

    def from_json(self, json_string: bytes) -> None:
        for one in json.loads(json_string):
            self.add(one["field"], one["msg"])


class PipelineDeals(ActiveResource):  # type: ignore[misc]  # the client has no types
    """What all resources of the service have in common: the key, the envelope of lists, and the form of errors."""

    key = ""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.errors = FieldErrors(self)

    @classmethod
    def _query_string(cls, query_options: dict[str, Any] | None) -> str:
        query: str = super()._query_string({"api_key": PipelineDeals.key, **(query_options or {})})
        return query

    @classmethod
    def _build_collection(cls, elements: dict[str, Any], prefix_options: Any = None, headers: Any = None) -> Any:
        found = super()._build_collection(elements["entries"], prefix_options, headers)
        found.metadata["pagination"] = elements["pagination"]
        return found


class Deal(PipelineDeals):
    """A deal."""


class Person(PipelineDeals):
    """A person."""


class Company(PipelineDeals):
    """A company."""


class Note(PipelineDeals):
    """A note."""


class Comment(PipelineDeals):
    """A comment on the note that `note_id` names."""


class CalendarEntry(PipelineDeals):
    """A calendar entry."""


class LeadSource(PipelineDeals):
    """A lookup, below /admin."""


def life(kind: type[PipelineDeals], attributes: dict[str, Any], changes: dict[str, Any], **prefix: Any) -> dict[str, Any]:
    """Return what is seen of a record from its creation to its end."""
    record = kind(attributes, prefix)
    seen: dict[str, Any] = {"saved": record.save(), "created": record.to_dict()}
    found = kind.find(record.id, **prefix)
    for name, value in changes.items():
        setattr(found, name, value)
    seen |= {"updated": found.save(), "valid": found.is_valid()}
    record.reload()
    seen |= {"reloaded": record.to_dict(), "listed": record.id in [one.id for one in kind.find(per_page=200, **prefix)]}
    seen["exists"] = kind.exists(record.id, **prefix)
    record.destroy()
    return {**seen, "exists after": kind.exists(record.id, **prefix)}


def deals() -> dict[str, Any]:
    return life(Deal, {"name": "Lamp", "value": 900, "person_ids": [70331], "custom_fields": {"custom_label_302": 901}}, {"deal_stage_id": 46})


def people() -> dict[str, Any]:
    return life(Person, {"full_name": "Lea Berg", "email": "lea@berg.example"}, {"company_name": "Tern Ferries"})


def companies() -> dict[str, Any]:
    return life(Company, {"name": "Größe & Söhne"}, {"city": "Kelpton"})


def comments() -> dict[str, Any]:
    return life(Comment, {"comment": "Hello"}, {"comment": "Hello again"}, note_id=240117)


def lookups() -> dict[str, Any]:
    return life(LeadSource, {"name": "Radio"}, {"cost_per_lead_in_cents": 4})


def entries() -> dict[str, Any]:
    made = CalendarEntry.create({"name": "Wax the hull", "due_date": "2018-06-20", "rrule": "FREQ=DAILY;COUNT=3"})
    series = [one.id for one in CalendarEntry.find(conditions={"recurrences_of": made.id})]
    deleted = CalendarEntry.connection.delete(CalendarEntry._element_path(made.id), CalendarEntry.headers)
    return {"id": made.id, "series": series, "deleted": json.loads(deleted.body), "left": CalendarEntry.find(made.id).active}


def whole() -> dict[str, Any]:
    """Save every record as it was read; return which are not as they were."""
    changed: dict[str, Any] = {}
    for kind in (Deal, Person, Company, Note, CalendarEntry):
        before = {one.id: kind.find(one.id).to_dict() for one in kind.find(per_page=200)}
        saved = [kind.find(key).save() for key in before]
        after = {key: kind.find(key).to_dict() for key in before}
        changed[kind.__name__] = [len(before), all(saved), [key for key in before if before[key] != after[key]]]
    return changed


def lists() -> dict[str, Any]:
    pages = [Person.find(per_page=5, page=page) for page in (1, 2, 3, 4)]
    return {
        "pages": [[one.id for one in page] for page in pages],
        "pagination": pages[0].metadata["pagination"],
        "filtered": [one.id for one in Deal.find(conditions={"deal_stage": [44, 45], "deal_value": {"from": 30000}}, sort="deals.name")],
        "sub-collection": [one["id"] for one in Deal.find(90412).get("people")["entries"]],
        "from": [one.id for one in Person.find(from_=f"{PipelineDeals.prefix_source}deals/90412/people.json")],
        "first": Note.find_first(deal_id=90424).content,
        "me": PipelineDeals.find_one(f"{PipelineDeals.prefix_source}profile.json").full_name,
    }


def errors() -> dict[str, Any]:
    company = Company({"name": " "})
    person = Person.find(70331)
    person.email, person.lead_status_id = "negative_email", 999
    seen: dict[str, Any] = {"blank": [company.save(), company.errors.errors], "person": [person.save(), person.errors.errors]}
    seen["not found"] = _raised(ResourceNotFound, lambda: Deal.find(99999))
    seen["forbidden"] = _raised(ForbiddenAccess, lambda: Company.find(99999))
    seen["unreadable"] = _raised(ResourceInvalid, lambda: Deal.find(page="invalid"))
    PipelineDeals.key = "an-invalid-key"
    seen["key"] = _raised(ClientError, lambda: Deal.find(90412))
    return seen


def _raised(expected: type[ClientError], ask: Callable[[], Any]) -> Any:
    try:
        ask()
    except expected as error:
        return [error.response.code, json.loads(error.response.body)]
    return None


JOURNEYS: dict[str, Callable[[], dict[str, Any]]] = {
    journey.__name__: journey for journey in (deals, people, companies, comments, lookups, entries, whole, lists, errors)
}

if __name__ == "__main__":
    PipelineDeals.site, PipelineDeals.key, name = sys.argv[1:]
    Comment.prefix_source = f"{PipelineDeals.prefix_source}notes/${{note_id}}/"
    LeadSource.prefix_source = f"{PipelineDeals.prefix_source}admin/"
    json.dump(JOURNEYS[name](), sys.stdout)
