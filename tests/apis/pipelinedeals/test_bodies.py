"""The ways to send a write: JSON, a form, bracketed keys in the query, and for documents multipart; they mean the same."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.apis.pipelinedeals.client import Client

OWN = {"id", "created_at", "updated_at", "next_entry_id", "expected_close_date_event_id", "public_link"}


def without_own(answer: httpx.Response) -> dict[str, Any]:
    """Return a record without what differs between two equal ones."""
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in answer.json().items() if name not in OWN}


WRITES = [
    ("/deals.json", "deal", {"name": "Lamp", "value": "12.5", "deal_stage_id": "44", "is_archived": "true", "summary": "Größe & <b>"}),
    ("/deals.json", "deal", {"name": "Lamp", "person_ids": ["70331", "70346"], "custom_fields": {"custom_label_301": "PO-1"}}),
    ("/deals.json", "deal", {"name": "Lamp", "custom_fields": {"custom_label_302": "901", "custom_label_303": ["911", "912"]}}),
    ("/people.json", "person", {"full_name": "Lea Berg", "email": "lea@berg.example", "predefined_contacts_tag_ids": ["101", "106"]}),
    ("/companies.json", "company", {"name": "Lamp works", "owner_id": "312"}),
    ("/notes.json", "note", {"content": "Hello + goodbye = 100%", "deal_id": "90412", "notify_user_ids": ["312", "313"]}),
    ("/calendar_entries.json", "calendar_entry", {"name": "Call", "due_date": "2018-06-20", "association_type": "Deal", "association_id": "90412"}),
    (
        "/documents.json",
        "document",
        {"title": "a.pdf", "url": "https://files.example/a.pdf?x=1&y=2", "deal_id": "90412", "document_tag_ids": ["111"]},
    ),
    ("/notes/240117/comments.json", "comment", {"comment": "Hello"}),
    ("/admin/lead_sources.json", "lead_source", {"name": "Radio", "cost_per_lead_in_cents": "12"}),
    ("/admin/todo_template_items.json", "todo_template_item", {"todo_template_id": "505", "description": "Wax", "due_date": "3"}),
]


def pairs(key: str, value: Any) -> list[tuple[str, str]]:
    """Return the bracketed keys for a value, as in `deal[person_ids][]`."""
    if isinstance(value, dict):
        return [pair for name, inner in value.items() for pair in pairs(f"{key}[{name}]", inner)]
    if isinstance(value, list):
        return [(f"{key}[]", inner) for inner in value]
    return [(key, value)]


def form(envelope: str, attributes: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, list[str]] = {}
    for key, value in pairs(envelope, attributes):
        told.setdefault(key, []).append(value)
    return told


@pytest.mark.parametrize(("path", "envelope", "attributes"), WRITES)
def test_a_form_means_what_json_means(mira: Client, path: str, envelope: str, attributes: dict[str, Any]) -> None:
    expected = without_own(mira.send("POST", path, json={envelope: attributes}))
    assert without_own(mira.send("POST", path, data=form(envelope, attributes))) == expected


@pytest.mark.parametrize(("path", "envelope", "attributes"), WRITES)
def test_so_do_bracketed_keys_in_the_query(mira: Client, path: str, envelope: str, attributes: dict[str, Any]) -> None:
    expected = without_own(mira.send("POST", path, json={envelope: attributes}))
    assert without_own(mira.send("POST", path, form(envelope, attributes))) == expected


@pytest.mark.parametrize(("path", "envelope", "attributes"), [write for write in WRITES if write[1] == "document"])
def test_documents_may_be_sent_as_multipart(mira: Client, path: str, envelope: str, attributes: dict[str, Any]) -> None:
    expected = without_own(mira.send("POST", path, json={envelope: attributes}))
    parts = [(key, (None, value)) for key, value in pairs(envelope, attributes)]
    assert without_own(mira.send("POST", path, files=parts)) == expected


def test_a_document_is_updated_by_multipart(mira: Client) -> None:
    parts = {"document[title]": (None, "plan.png"), "document[url]": (None, "https://files.example/plan.png")}
    answer = mira.send("PUT", "/documents/48207.json", files=parts)
    assert (answer.status_code, answer.json()["title"], answer.json()["upload_state"]) == (200, "plan.png", "pending")


@pytest.mark.parametrize("way", ["form", "query"])
def test_an_update_is_sent_in_these_ways_too(mira: Client, way: str) -> None:
    told = {"deal[name]": "Lamp", "deal[person_ids][]": ["70331"], "deal[custom_fields][custom_label_302]": "903"}
    answer = mira.send("PUT", "/deals/90412.json", data=told) if way == "form" else mira.send("PUT", "/deals/90412.json", told)
    deal = answer.json()
    assert (answer.status_code, deal["name"], deal["person_ids"], deal["custom_fields"]["custom_label_302"]) == (200, "Lamp", [70331], 903)
    assert deal["summary"] == "Replace six float gauges with radar units."


def test_an_empty_text_of_a_form_clears(mira: Client) -> None:
    answer = mira.send("PUT", "/notes/240117.json", data={"note[note_category_id]": ""})
    assert (answer.status_code, answer.json()["note_category_id"]) == (200, None)
    answer = mira.send("PUT", "/deals/90412.json", data={"deal[expected_close_date]": "", "deal[value]": ""})
    assert (answer.status_code, answer.json()["expected_close_date"], answer.json()["value"]) == (200, None, None)


@pytest.mark.parametrize("key", ["note[notify_user_ids][]", "note[notify_user_ids]"])
def test_a_list_of_one_empty_text_is_empty(mira: Client, key: str) -> None:
    answer = mira.send("PUT", "/notes/240117.json", data={key: ""})
    assert (answer.status_code, answer.json()["notify_user_ids"]) == (200, [])


def test_other_records_are_not_sent_as_multipart(mira: Client) -> None:
    assert mira.send("POST", "/notes.json", files={"note[content]": (None, "Hello"), "note[deal_id]": (None, "90412")}).status_code == 415


def test_bytes_are_no_address_of_a_document(mira: Client) -> None:
    answer = mira.send("POST", "/documents.json", files={"document[url]": ("a.pdf", b"%PDF"), "document[deal_id]": (None, "90412")})
    assert (answer.status_code, [one["field"] for one in answer.json()]) == (422, ["url"])


def test_head_answers_like_get_without_a_body(mira: Client) -> None:
    answer = mira.send("HEAD", "/deals/90412.json")
    assert (answer.status_code, answer.content, int(answer.headers["Content-Length"]) > 100) == (200, b"", True)
    assert mira.send("HEAD", "/deals/1.json").status_code == 404


def test_what_stands_beside_the_envelope_is_sent_in_these_ways_too(mira: Client) -> None:
    made = mira.send("POST", "/deals.json", data={"deal[name]": "Lamp", "todo_template_id": "501"}).json()
    assert [entry["name"] for entry in mira.entries(f"/deals/{made['id']}/calendar_entries.json")] == ["Send thank-you mail", "Call about next steps"]


def test_parameters_and_bracketed_keys_may_share_the_query(mira: Client) -> None:
    assert mira.send("POST", "/notes.json", {"note[content]": "Hello", "note[deal_id]": "90412", "attrs": "content"}).json() == {"content": "Hello"}


def test_the_rest_of_the_envelope_may_come_in_the_body(mira: Client) -> None:
    answer = mira.send("POST", "/notes.json", {"note[deal_id]": "90412"}, data={"note[content]": "Hello"})
    assert (answer.status_code, answer.json()["deal_id"], answer.json()["content"]) == (200, 90412, "Hello")


def test_bracketed_keys_in_the_query_of_a_read_are_ignored(mira: Client) -> None:
    assert mira.get("/deals/90412.json", {"deal[name]": "Lamp"})["name"] == "Tide gauge refit"


@pytest.mark.parametrize("way", ["json", "form", "query"])
def test_refusals_are_the_same_in_every_way(mira: Client, way: str) -> None:
    attributes = {"name": " ", "probability": "101"}
    options: dict[str, Any] = {"json": {"deal": attributes}} if way == "json" else {"data": form("deal", attributes)} if way == "form" else {}
    answer = mira.send("POST", "/deals.json", form("deal", attributes) if way == "query" else None, **options)
    assert (answer.status_code, sorted(one["field"] for one in answer.json())) == (422, ["name", "probability"])


@pytest.mark.parametrize("data", [{}, {"name": "Lamp"}, {"deal": "Lamp"}, {"deals[name]": "Lamp"}])
def test_a_form_needs_the_envelope(mira: Client, data: dict[str, str]) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert mira.send("POST", "/deals.json", data=data, headers=headers).status_code == 400


def test_a_charset_may_be_said(mira: Client) -> None:
    content = '{"note": {"content": "Größe", "deal_id": 90412}}'.encode()
    answer = mira.send("POST", "/notes.json", content=content, headers={"Content-Type": "application/json; charset=utf-8"})
    assert (answer.status_code, answer.json()["content"]) == (200, "Größe")


def test_an_accept_header_is_not_needed_and_any_is_answered_with_json(mira: Client) -> None:
    for accept in ("application/json", "*/*", "text/html", "application/xml"):
        answer = mira.send("GET", "/deals/90412.json", headers={"Accept": accept})
        assert (answer.status_code, answer.json()["id"]) == (200, 90412)
