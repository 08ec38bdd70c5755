"""Web-to-leads: what a form on somebody's own pages leaves behind, where the browser is led, and whom it tells."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from mockserver.app import MockApp
from tests.apis.pipelinedeals.client import DEE, TOMAS, Client

ADDRESS = "http://pipeline.example/pipelinedeals/web_lead"
THANKS = "https://harborline.example/thanks"
NORA = {"person[first_name]": "Nora", "person[last_name]": "Hadid", "person[email]": "nora@example.org"}


Fields = Mapping[str, Any]
NOTHING: Fields = {}


def form_key(client: Client, user: int = TOMAS) -> str:
    """Return the w2lid of a user."""
    key: str = client.as_user(user).get("/profile.json")["w2lid"]
    return key


def send_form(client: Client, fields: Fields = NOTHING, user: int = TOMAS, headers: dict[str, str] | None = None) -> httpx.Response:
    """Send the form of a user; fields that are `...` are left out."""
    form = {"w2lid": form_key(client, user), **NORA, **fields}
    data = {name: value for name, value in form.items() if value is not ...}
    return client.send("POST", ADDRESS, keyed=False, data=data, headers=headers)


def sent(client: Client, fields: Fields = NOTHING, user: int = TOMAS) -> dict[str, Any]:
    """Send the form of a user and return the lead that it makes."""
    before = set(client.ids("/people.json"))
    assert send_form(client, fields, user).status_code == 302
    (key,) = set(client.ids("/people.json")) - before
    lead: dict[str, Any] = client.get(f"/people/{key}.json")
    return lead


def contents(client: Client) -> list[Any]:
    """Return what a form could change."""
    return [client.get(path) for path in ("/people.json", "/companies.json", "/notes.json")]


# --- the lead ---


def test_a_form_makes_a_lead_of_the_user_whose_form_it_is(mira: Client) -> None:
    lead = sent(mira, {"person[phone]": "555-0900", "person[linked_in_url]": "https://www.linkedin.com/in/nora-example"})
    assert (lead["type"], lead["full_name"], lead["email"]) == ("Lead", "Nora Hadid", "nora@example.org")
    assert (lead["phone"], lead["linked_in_url"]) == ("555-0900", "https://www.linkedin.com/in/nora-example")
    assert (lead["user_id"], lead["created_at"]) == (TOMAS, "2018/06/15 10:00:00 -0500")


def test_the_form_key_is_the_users_own(mira: Client) -> None:
    assert sent(mira, user=DEE)["user_id"] == DEE


def test_a_lead_goes_to_the_account_of_its_key(app: MockApp, runner: asyncio.Runner, mira: Client) -> None:
    other = Client(app, runner, "another account")
    before = contents(other)
    sent(mira)
    assert form_key(other) != form_key(mira)
    assert contents(other) == before


def test_the_form_key_of_the_fixtures_is_kept_in_their_own_account(app: MockApp, runner: asyncio.Runner) -> None:
    listed = Client(app, runner, "")
    listed.key = "Hq3Zs8LmP0vT6yKcW1bN"
    assert listed.get("/profile.json")["w2lid"] == "9c41e07ab35d"


@pytest.mark.parametrize("address", ["/pipelinedeals/web_lead", "/web_lead", "/pipelinedeals/api/v3/web_lead"])
def test_the_form_is_taken_beside_the_api_and_below_it(mira: Client, address: str) -> None:
    form = {"w2lid": form_key(mira), **NORA}
    assert mira.send("POST", f"http://pipeline.example{address}", keyed=False, data=form).status_code == 302
    assert mira.entries("/people.json")[0]["full_name"] == "Nora Hadid"


@pytest.mark.parametrize("name", ["type", "user_id"])
def test_what_makes_a_lead_a_lead_is_not_taken_from_the_form(mira: Client, name: str) -> None:
    lead = sent(mira, {f"person[{name}]": {"type": "Contact", "user_id": "311"}[name]})
    assert (lead["type"], lead["user_id"]) == ("Lead", TOMAS)


def test_a_lead_may_be_assigned_to_another_user(mira: Client) -> None:
    assert sent(mira, {"assign_to_id": "313"})["user_id"] == DEE


def test_other_attributes_of_a_person_are_taken(mira: Client) -> None:
    fields = {"person[position]": "Diver", "person[work_city]": "Kelpton", "person[website]": "https://nora.example", "person[twitter]": "@nora"}
    lead = sent(mira, fields)
    assert (lead["position"], lead["work_city"], lead["website"], lead["twitter"]) == ("Diver", "Kelpton", "https://nora.example", "@nora")


def test_custom_fields_are_taken(mira: Client) -> None:
    lead = sent(mira, {"person[custom_fields][custom_label_321]": "2019-05-01", "person[custom_fields][custom_label_322]": "true"})
    assert lead["custom_fields"] == {"custom_label_321": "2019/05/01", "custom_label_322": True, "custom_label_323": None}


@pytest.mark.parametrize("fields", [{"person[email]": ...}, {"person[first_name]": ..., "person[last_name]": ...}, {"person[first_name]": ""}])
def test_a_name_or_an_email_address_is_enough(mira: Client, fields: dict[str, Any]) -> None:
    assert sent(mira, fields)["type"] == "Lead"


def test_a_company_is_found_by_its_name(mira: Client) -> None:
    total = len(mira.ids("/companies.json"))
    assert sent(mira, {"company[name]": "Tern Ferries"})["company_id"] == 5527
    assert len(mira.ids("/companies.json")) == total


def test_a_company_is_created_by_its_name(mira: Client) -> None:
    lead = sent(mira, {"company[name]": "Beacon Optics"})
    assert lead["company_name"] == "Beacon Optics"
    assert mira.get(f"/companies/{lead['company_id']}.json")["name"] == "Beacon Optics"


def test_notes_are_left_on_the_lead(mira: Client) -> None:
    lead = sent(mira, {"note_title_1": "Question", "note_1": "Do you rent gauges?", "note_2": "In blue?"})
    notes = mira.entries(f"/people/{lead['id']}/notes.json")
    assert [(note["title"], note["content"]) for note in notes] == [("Question", "Do you rent gauges?"), (None, "In blue?")]


def test_a_blank_note_is_not_left(mira: Client) -> None:
    assert mira.ids(f"/people/{sent(mira, {'note_1': ' ', 'note_title_1': 'Question'})['id']}/notes.json") == []


# --- where the browser is led ---


def test_the_browser_is_led_to_the_page_that_thanks(mira: Client) -> None:
    response = send_form(mira, {"thank_you_page": THANKS}, headers={"Referer": "https://harborline.example/contact"})
    assert (response.status_code, response.headers["Location"], response.content) == (302, THANKS, b"")


def test_without_such_a_page_the_browser_is_led_back(mira: Client) -> None:
    response = send_form(mira, headers={"Referer": "https://harborline.example/contact"})
    assert (response.status_code, response.headers["Location"]) == (302, "https://harborline.example/contact")


def test_without_any_page_the_browser_is_led_to_the_root(mira: Client) -> None:
    response = send_form(mira)
    assert (response.status_code, response.headers["Location"]) == (302, "/")


# --- developer mode ---


def test_the_developer_mode_answers_a_page(mira: Client) -> None:
    key = form_key(mira)
    response = send_form(mira, {"developer_mode": "true", "thank_you_page": THANKS})
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert key in response.text
    assert "nora@example.org" in response.text


def test_the_page_tells_valid_and_invalid_leads_apart(mira: Client) -> None:
    valid = send_form(mira, {"developer_mode": "true"})
    wrong = send_form(mira, {"developer_mode": "true", **dict.fromkeys(NORA, ...)})
    assert (valid.status_code, wrong.status_code) == (200, 200)
    assert "not valid" in wrong.text
    assert "not valid" not in valid.text


def test_the_page_does_not_run_what_was_sent(mira: Client) -> None:
    assert "<script>" not in send_form(mira, {"developer_mode": "true", "person[last_name]": "<script>alert(1)</script>"}).text


def test_without_the_developer_mode_there_is_no_page(mira: Client) -> None:
    assert send_form(mira, {"developer_mode": "false"}).status_code == 302


# --- duplicates ---


@pytest.mark.parametrize(("field", "address"), [("person[email]", "pilar.q@example.org"), ("person[email2]", "pilar@gannet.example")])
def test_a_known_address_is_not_made_again_but_noted(mira: Client, field: str, address: str) -> None:
    people, notes = mira.ids("/people.json"), mira.ids("/people/70355/notes.json")
    response = send_form(mira, {"prevent_duplicates": "true", "person[email]": ..., field: address, "person[position]": "Diver"})
    assert response.status_code == 302
    assert sorted(mira.ids("/people.json")) == sorted(people)
    (note,) = [one for one in mira.entries("/people/70355/notes.json") if one["id"] not in notes]
    assert address in note["content"]
    assert "Diver" in note["content"]
    assert mira.get("/people/70355.json")["position"] == "Fleet manager"


def test_an_unknown_address_is_made_though_duplicates_are_prevented(mira: Client) -> None:
    assert sent(mira, {"prevent_duplicates": "true"})["email"] == "nora@example.org"


@pytest.mark.parametrize("fields", [{}, {"prevent_duplicates": "false"}])
def test_a_known_address_is_made_again_unless_it_is_prevented(mira: Client, fields: dict[str, str]) -> None:
    assert sent(mira, {**fields, "person[email]": "pilar@gannet.example"})["id"] != 70355


# --- forms that make no lead ---


@pytest.mark.parametrize(
    "fields",
    [
        {"w2lid": "ffffffffffff"},
        {"w2lid": ...},
        {"w2lid": ""},
        dict.fromkeys(NORA, ...),
        {"person[email]": "no address"},
    ],
)
def test_a_form_that_is_no_lead_leads_on_and_changes_nothing(mira: Client, fields: dict[str, Any]) -> None:
    before = contents(mira)
    response = send_form(mira, {"thank_you_page": THANKS, **fields})
    assert (response.status_code, response.headers["Location"]) == (302, THANKS)
    assert (contents(mira), mira.mails()) == (before, [])


# --- mails ---


def test_the_owner_is_told_what_was_sent(mira: Client) -> None:
    lead = sent(mira, {"assign_to_id": "313"})
    (mail,) = mira.mails()
    assert (mail["to_user_id"], mail["collection"], mail["id"]) == (DEE, "people", lead["id"])
    assert (mail["fields"]["person[first_name]"], mail["fields"]["person[email]"]) == ("Nora", "nora@example.org")


@pytest.mark.parametrize(
    "ignored",
    [
        {"notification_ignore": "person[email]"},
        {"notification_ignore": "note_1,person[email]"},
        {"notification_ignore[]": ["person[email]", "note_1"]},
    ],
)
def test_the_mail_leaves_out_what_it_is_told_to(mira: Client, ignored: dict[str, Any]) -> None:
    lead = sent(mira, ignored)
    (mail,) = mira.mails()
    assert "person[email]" not in mail["fields"]
    assert mail["fields"]["person[last_name]"] == "Hadid"
    assert lead["email"] == "nora@example.org"
