"""Journeys as an ActiveResource client makes them: `.json` paths, one envelope for each kind, and whole records sent back."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.pipelinedeals.client import Client
from tests.apis.pipelinedeals.moments import SHOWN

HEADERS = {"Accept": "application/json", "Content-Type": "application/json"}


class Resource:
    """A record as ActiveResource holds it: every attribute that an answer had.

    Args:
        path: the path of its collection, without the suffix.
        envelope: the root of its JSON.
    """

    def __init__(self, client: Client, path: str, envelope: str, **attributes: Any) -> None:
        self.attributes: dict[str, Any] = dict(attributes)
        self._client, self._path, self._envelope = client, path, envelope

    @property
    def is_new(self) -> bool:
        return "id" not in self.attributes

    @property
    def path(self) -> str:
        return f"{self._path}.json" if self.is_new else f"{self._path}/{self.attributes['id']}.json"

    def find(self, key: int) -> Resource:
        """Return another record of the collection."""
        return Resource(self._client, self._path, self._envelope, id=key).reload()

    def all(self, **query: Any) -> list[Resource]:
        found = self._request("GET", f"{self._path}.json", query)["entries"]
        return [Resource(self._client, self._path, self._envelope, **one) for one in found]

    def reload(self) -> Resource:
        self.attributes = self._request("GET", self.path)
        return self

    def save(self) -> Resource:
        """Send all attributes and take over what is answered."""
        answered = self._request("POST" if self.is_new else "PUT", self.path, json={self._envelope: self.attributes})
        self.attributes.update(answered)
        return self

    def destroy(self) -> int:
        """Delete the record and return the status."""
        answer = self._client.send("DELETE", self.path, headers=HEADERS)
        assert answer.status_code in (200, 204), answer.text
        return answer.status_code

    def exists(self) -> bool:
        return self._client.send("GET", self.path, headers=HEADERS).status_code == 200

    def _request(self, method: str, path: str, query: dict[str, Any] | None = None, **options: Any) -> Any:
        answer: httpx.Response = self._client.send(method, path, query, headers=HEADERS, **options)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer.json()


KINDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "deal": ("/deals", {"name": "Lamp"}, {"summary": "Two lamps."}),
    "person": ("/people", {"first_name": "Lea", "last_name": "Berg"}, {"position": "Pilot"}),
    "company": ("/companies", {"name": "Lamp works"}, {"description": "Lamps."}),
    "note": ("/notes", {"content": "Hello", "deal_id": 90412}, {"title": "Greeting"}),
    "comment": ("/notes/240117/comments", {"comment": "Hello"}, {"comment": "Hello again"}),
    "calendar_entry": ("/calendar_entries", {"name": "Call"}, {"description": "About lamps."}),
    "document": ("/documents", {"title": "a.pdf", "url": "https://files.example/a.pdf", "deal_id": 90412}, {"person_id": 70358}),
    "lead_source": ("/admin/lead_sources", {"name": "Radio"}, {"cost_per_lead_in_cents": 4}),
    "team": ("/admin/teams", {"name": "Night shift"}, {"parent_id": 15}),
    "todo_template": ("/admin/todo_templates", {"name": "First aid"}, {"template_type": "deals"}),
    "deal_custom_field_label": ("/admin/deal_custom_field_labels", {"name": "Depth", "field_type": "numeric"}, {"is_required": True}),
}

each = pytest.mark.parametrize("envelope", KINDS)


def kind(client: Client, envelope: str, **attributes: Any) -> Resource:
    return Resource(client, KINDS[envelope][0], envelope, **attributes)


@each
def test_a_record_lives_from_new_to_destroyed(mira: Client, envelope: str) -> None:
    _, attributes, changes = KINDS[envelope]
    record = kind(mira, envelope, **attributes).save()
    assert not record.is_new
    found = kind(mira, envelope).find(record.attributes["id"])
    assert {name: found.attributes[name] for name in attributes if name != "url"} == {
        name: value for name, value in attributes.items() if name != "url"
    }
    found.attributes.update(changes)
    found.save()
    record.reload()
    assert {name: record.attributes[name] for name in changes} == changes
    assert record.attributes["id"] in [one.attributes["id"] for one in kind(mira, envelope).all(per_page=200)]
    assert record.destroy() == (200 if envelope == "calendar_entry" else 204)
    assert not record.exists()


@each
def test_every_record_can_be_sent_back_as_it_was_read(mira: Client, envelope: str) -> None:
    listed = kind(mira, envelope).all(per_page=200, **{"conditions[include_inactive]": "true"})
    assert listed
    for one in listed:
        record = kind(mira, envelope).find(one.attributes["id"])
        before = dict(record.attributes)
        record.save()
        assert record.reload().attributes == before


@each
def test_entries_of_a_list_can_be_sent_back_too(mira: Client, envelope: str) -> None:
    before = [one.attributes for one in kind(mira, envelope).all(per_page=200)]
    for one in kind(mira, envelope).all(per_page=200):
        one.save()
    assert [one.attributes for one in kind(mira, envelope).all(per_page=200)] == before


@pytest.mark.parametrize("envelope", ["deal", "person", "company", "note", "calendar_entry"])
def test_one_change_in_a_whole_record_changes_it_alone(mira: Client, envelope: str) -> None:
    changes = KINDS[envelope][2]
    for one in kind(mira, envelope).all(per_page=200):
        record = kind(mira, envelope).find(one.attributes["id"])
        expected = {**record.attributes, **changes, "updated_at": SHOWN}
        record.attributes.update(changes)
        record.save()
        assert record.reload().attributes == expected


@pytest.mark.parametrize(
    ("envelope", "key", "changes", "follows"),
    [
        ("deal", 90412, {"value": "900.0"}, {"value_in_cents": 90000}),
        ("deal", 90412, {"value_in_cents": 90000}, {"value": "900.0"}),
        ("deal", 90412, {"deal_stage_id": 45}, {"probability": 75, "deal_stage": {"id": 45, "name": "Negotiation", "percent": 75}}),
        ("deal", 90412, {"user_id": 313}, {"user": {"id": 313, "first_name": "Dee", "last_name": "Alvarado"}}),
        ("deal", 90412, {"company_id": 5525}, {"company": {"id": 5525, "name": "Northlight Research Institute"}}),
        ("person", 70331, {"full_name": "Inga Vale-Roe"}, {"first_name": "Inga", "last_name": "Vale-Roe"}),
        ("person", 70331, {"last_name": "Roe"}, {"full_name": "Ingrid Roe"}),
        ("person", 70331, {"company_id": 5525}, {"company_name": "Northlight Research Institute"}),
        ("person", 70331, {"company_name": "Tern Ferries"}, {"company_id": 5527}),
        ("person", 70331, {"predefined_contacts_tag_ids": [106]}, {"predefined_contacts_tags": [{"id": 106, "name": "VIP"}]}),
        ("company", 5520, {"owner_id": 311}, {"owner": {"id": 311, "first_name": "Mira", "last_name": "Okafor"}}),
        ("note", 240117, {"note_category_id": 81}, {"note_category": {"id": 81, "name": "Appointment"}}),
        ("calendar_entry", 155310, {"complete": True}, {"completed_at": SHOWN}),
        ("calendar_entry", 155310, {"association_id": 90417}, {"association": {"id": 90417, "name": "Turbine inspection kits"}, "company_id": 5521}),
    ],
)
def test_of_two_spellings_in_a_whole_record_the_changed_one_counts(
    mira: Client, envelope: str, key: int, changes: dict[str, Any], follows: dict[str, Any]
) -> None:
    record = kind(mira, envelope).find(key)
    record.attributes.update(changes)
    record.save().reload()
    expected = {**changes, **follows}
    assert {name: record.attributes[name] for name in expected} == expected


def test_a_refused_record_stays_as_it_was(mira: Client) -> None:
    record = kind(mira, "company").find(5520)
    before = dict(record.attributes)
    answer = mira.send("PUT", record.path, json={"company": {**before, "name": ""}}, headers=HEADERS)
    assert (answer.status_code, [one["field"] for one in answer.json()]) == (422, ["name"])
    assert record.reload().attributes == before


def test_what_one_client_holds_for_long_overwrites_what_another_wrote(mira: Client, tomas: Client) -> None:
    held = kind(mira, "company").find(5520)
    tomas.put("/companies/5520.json", {"company": {"city": "Kelpton"}})
    held.attributes["fax"] = "555-0199"
    held.save()
    company = tomas.get("/companies/5520.json")
    assert (company["city"], company["fax"]) == ("Brineport", "555-0199")
