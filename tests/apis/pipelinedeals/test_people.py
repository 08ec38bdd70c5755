"""People: names, kinds, companies by name, tags, deals from this side, duplicates, and what becomes of what belonged to them."""

from datetime import timedelta
from typing import Any

import pytest

from mockserver.clock import FrozenClock
from tests.apis.pipelinedeals.client import DEE, MIRA, TOMAS, Client


def created(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/people.json", {"person": attributes})
    return made


def changed(client: Client, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/people/{key}.json", {"person": attributes})
    return made


def person(client: Client, key: int) -> dict[str, Any]:
    shown: dict[str, Any] = client.get(f"/people/{key}.json")
    return shown


# --- what is shown ---


def test_a_person_is_shown_with_all_that_belongs_to_it(tomas: Client) -> None:
    shown = person(tomas, 70331)
    expected = {
        "id": 70331,
        "full_name": "Ingrid Vale",
        "first_name": "Ingrid",
        "last_name": "Vale",
        "type": "Contact",
        "position": "Harbour engineer",
        "summary": None,
        "website": None,
        "phone": "555-0142",
        "home_phone": None,
        "mobile": "555-0177",
        "fax": None,
        "email": "ingrid.vale@saltmarsh.example",
        "email2": None,
        "home_email": None,
        "company_id": 5520,
        "company_name": "Saltmarsh Survey Ltd",
        "company": {"id": 5520, "name": "Saltmarsh Survey Ltd"},
        "user_id": 312,
        "user": {"id": 312, "first_name": "Tomas", "last_name": "Lindqvist"},
        "lead_status": {"id": 75, "name": "Warm", "hex_color": "eb8614"},
        "lead_source": {"id": 64, "name": "Trade Show"},
        "predefined_contacts_tag_ids": [101],
        "predefined_contacts_tags": [{"id": 101, "name": "Decision Maker"}],
        "custom_fields": {"custom_label_321": "2018/11/05", "custom_label_322": True, "custom_label_323": None},
        "work_address_1": "4 Quay Lane",
        "work_address_2": None,
        "work_city": "Brineport",
        "work_state": "ME",
        "work_postal_code": "04101",
        "work_country": "USA",
        "home_city": None,
        "facebook_url": None,
        "linked_in_url": "https://www.linkedin.com/in/ingrid-vale-example",
        "twitter": None,
        "instant_message": None,
        "viewed_at": "2018/06/13 16:02:11 -0500",
        "unsubscribed": False,
        "bounced": False,
        "possible_notify_user_ids": [311],
        "total_pipeline": 0,
        "won_deals_total": 0,
        "created_at": "2018/04/19 08:30:00 -0500",
        "updated_at": "2018/06/13 16:02:11 -0500",
    }
    assert {name: shown.get(name, "absent") for name in expected} == expected
    assert shown["image_thumb_url"].endswith("/images/thumb/missing.png")
    assert shown["image_mobile_url"].endswith("/images/mobile/missing.png")


def test_a_person_shows_the_deals_that_name_it(mira: Client) -> None:
    shown = person(mira, 70331)
    assert shown["deal_ids"] == [90412, 90415, 90416]
    assert {one["id"]: one["name"] for one in shown["deals"]} == {
        90412: "Tide gauge refit",
        90415: "Quay lamp monitoring",
        90416: "Pilot boat display",
    }


def test_a_person_without_a_company_has_no_such_key(mira: Client) -> None:
    shown = person(mira, 70361)
    assert "company" not in shown
    assert (shown["company_id"], shown["company_name"]) == (None, None)


def test_a_person_of_nobody_has_no_user(mira: Client) -> None:
    shown = person(mira, 70379)
    assert (shown["user_id"], shown["user"], shown["lead_source"]) == (None, None, None)


def test_who_may_be_told_stands_in_answers_to_writes_but_not_in_lists(mira: Client) -> None:
    made = created(mira, first_name="Ruth")
    for answer in (made, changed(mira, made["id"], first_name="Ruth Ann"), person(mira, made["id"])):
        assert answer["possible_notify_user_ids"] == []
    assert not any("possible_notify_user_ids" in entry for entry in mira.entries("/people.json"))


def test_only_lists_sum_up_the_deals_of_a_person(mira: Client) -> None:
    listed = {entry["id"]: (entry["total_pipeline"], entry["won_deals_total"]) for entry in mira.entries("/people.json")}
    assert listed[70331] == ("31350.0", "5000.0")
    assert listed[70355] == ("64000.0", "0.0")
    assert listed[70376] == ("0.0", "0.0")
    assert (person(mira, 70331)["total_pipeline"], changed(mira, 70331, fax="1")["won_deals_total"]) == (0, 0)


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_a_person_that_does_not_exist_is_not_found(mira: Client, method: str) -> None:
    body = ({"person": {"email": "none"}},) if method == "put" else ()
    assert getattr(mira, method)("/people/99.json", *body, status=404) == {"error": "Not found"}


# --- create ---


def test_nothing_is_required_of_a_person(dee: Client) -> None:
    made = dee.post("/people.json", {"person": {"summary": None}})
    assert (made["type"], made["user_id"], made["full_name"]) == ("Contact", DEE, "")
    assert (made["deal_ids"], made["deals"], made["predefined_contacts_tags"]) == ([], [], [])
    assert (made["created_at"][:10], made["unsubscribed"], made["bounced"]) == ("2018/06/15", False, False)


def test_a_new_person_may_belong_to_nobody(mira: Client) -> None:
    assert created(mira, first_name="Ruth", user_id=None)["user"] is None


def test_a_person_is_read_as_it_was_written(mira: Client) -> None:
    sent = {"first_name": "Ruth", "position": "Pilot", "fax": "1", "home_city": "Kelpton", "twitter": "@ruth", "email2": "ruth@example.org"}
    key = created(mira, **sent, lead_status_id=72, lead_source_id=65)["id"]
    shown = person(mira, key)
    assert {name: shown[name] for name in sent} == sent
    assert shown["lead_status"] == {"id": 72, "name": "Cold", "hex_color": "1480eb"}
    assert shown["lead_source"] == {"id": 65, "name": "Website"}


def test_an_image_may_be_given(mira: Client) -> None:
    assert created(mira, image_thumb_url="https://files.example/ruth.png")["image_thumb_url"] == "https://files.example/ruth.png"


@pytest.mark.parametrize("body", [{}, {"deal": {"first_name": "Ruth"}}])
def test_a_body_without_the_envelope_is_refused(mira: Client, body: dict[str, Any]) -> None:
    assert mira.post("/people.json", body, status=400) == {"error": "param is missing or the value is empty: person"}


@pytest.mark.parametrize("attribute", ["email", "email2", "home_email"])
def test_what_is_no_email_address_is_refused(mira: Client, attribute: str) -> None:
    assert mira.refused_fields(mira.post, "/people.json", {"person": {attribute: "negative_email"}}) == [attribute]
    assert mira.refused_fields(mira.put, "/people/70331.json", {"person": {attribute: "negative_email"}}) == [attribute]
    assert person(mira, 70331)["email"] == "ingrid.vale@saltmarsh.example"


@pytest.mark.parametrize("kind", ["Alien", None, 1])
def test_a_person_is_a_contact_or_a_lead(mira: Client, kind: Any) -> None:
    assert mira.refused_fields(mira.put, "/people/70331.json", {"person": {"type": kind}}) == ["type"]


def test_a_refused_email_address_is_named_in_words(mira: Client) -> None:
    (problem,) = mira.post("/people.json", {"person": {"email": "negative_email"}}, status=422)
    assert (problem["field"], problem["humanized_field"]) == ("email", "Email")


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("lead_status_id", 99),
        ("lead_source_id", 99),
        ("company_id", 99),
        ("user_id", 99),
        ("predefined_contacts_tag_ids", [101, 99]),
        ("deal_ids", [90412, 99]),
    ],
)
def test_an_id_of_nothing_is_refused(mira: Client, attribute: str, value: Any) -> None:
    before = person(mira, 70331)
    assert mira.refused_fields(mira.post, "/people.json", {"person": {attribute: value}}) == [attribute]
    assert mira.refused_fields(mira.put, "/people/70331.json", {"person": {"fax": "1", attribute: value}}) == [attribute]
    assert person(mira, 70331) == before


@pytest.mark.parametrize(("address", "flag"), [("oskar@brandt.example", "true"), ("OSKAR@brandt.example", "true"), ("pilar.q@example.org", "1")])
def test_a_duplicate_is_refused_only_where_it_is_asked_for(mira: Client, address: str, flag: str) -> None:
    body = {"person": {"first_name": "Ole", "email": address}}
    assert mira.refused_fields(mira.post, "/people.json", body, {"check_for_duplicates": flag}) == ["email"]
    mira.post("/people.json", body, {"check_for_duplicates": "false"})
    mira.post("/people.json", body)


def test_a_new_address_is_no_duplicate(mira: Client) -> None:
    mira.post("/people.json", {"person": {"email": "ole@example.org"}}, {"check_for_duplicates": "true"})


# --- names ---


@pytest.mark.parametrize(
    ("full_name", "first", "last"),
    [("Ana de Sousa", "Ana", "de Sousa"), ("Ruth Orne", "Ruth", "Orne"), ("Ruth", "Ruth", None)],
)
def test_a_full_name_is_split_at_the_first_space(mira: Client, full_name: str, first: str, last: str | None) -> None:
    made = created(mira, full_name=full_name)
    assert (made["full_name"], made["first_name"], made["last_name"]) == (full_name, first, last)


def test_a_full_name_is_joined_of_what_there_is(mira: Client) -> None:
    assert person(mira, 70373)["full_name"] == "Tobias"
    assert created(mira, last_name="Orne")["full_name"] == "Orne"


@pytest.mark.parametrize(
    ("changes", "full_name"),
    [({"full_name": "Inga Sund"}, "Inga Sund"), ({"last_name": "Sund"}, "Ingrid Sund"), ({"first_name": "Inga"}, "Inga Vale")],
)
def test_of_two_spellings_of_a_name_the_changed_one_counts(mira: Client, changes: dict[str, str], full_name: str) -> None:
    assert mira.put("/people/70331.json", {"person": {**person(mira, 70331), **changes}})["full_name"] == full_name


def test_a_first_name_of_two_words_stays_when_it_is_put_back(mira: Client) -> None:
    made = created(mira, first_name="Mary Ann", last_name="Orne")
    after = mira.put(f"/people/{made['id']}.json", {"person": {**person(mira, made["id"]), "fax": "1"}})
    assert (after["full_name"], after["first_name"], after["last_name"]) == ("Mary Ann Orne", "Mary Ann", "Orne")


# --- update ---


def test_what_is_not_sent_stays(mira: Client, clock: FrozenClock) -> None:
    before = person(mira, 70331)
    clock.move(timedelta(hours=1))
    changed(mira, 70331, fax="555-0143")
    assert person(mira, 70331) == {**before, "fax": "555-0143", "updated_at": "2018/06/15 11:00:00 -0500"}


def test_a_person_may_be_put_back_whole(mira: Client, clock: FrozenClock) -> None:
    before = person(mira, 70331)
    clock.move(timedelta(hours=1))
    mira.put("/people/70331.json", {"person": before})
    assert person(mira, 70331) == before


def test_null_clears(mira: Client) -> None:
    after = changed(mira, 70331, email=None, lead_status_id=None, lead_source_id=None, company_id=None, mobile=None)
    assert (after["email"], after["lead_status"], after["lead_source"], after["mobile"]) == (None, None, None, None)
    assert "company" not in after


def test_tags_are_replaced(mira: Client) -> None:
    after = changed(mira, 70331, predefined_contacts_tag_ids=[104, 106])
    assert after["predefined_contacts_tags"] == [{"id": 104, "name": "Partner"}, {"id": 106, "name": "VIP"}]
    assert changed(mira, 70331, predefined_contacts_tag_ids=[])["predefined_contacts_tags"] == []


def test_a_lead_that_becomes_a_contact_is_converted_now(mira: Client) -> None:
    assert changed(mira, 70361, type="Contact")["type"] == "Contact"
    assert mira.ids("/people.json", {"conditions[person_converted][from_date]": "2018-06-15"}) == [70361]


# --- company by name ---


def test_a_company_is_found_by_its_name(mira: Client) -> None:
    total = len(mira.ids("/companies.json"))
    assert created(mira, company_name="Tern Ferries")["company"] == {"id": 5527, "name": "Tern Ferries"}
    assert changed(mira, 70361, company_name="Gannet Offshore")["company_id"] == 5521
    assert len(mira.ids("/companies.json")) == total


def test_a_company_is_created_by_its_name(mira: Client) -> None:
    made = changed(mira, 70361, company_name="Beacon Optics")
    assert made["company_name"] == "Beacon Optics"
    assert mira.get(f"/companies/{made['company_id']}.json")["name"] == "Beacon Optics"


@pytest.mark.parametrize("name", ["", None])
def test_a_blank_company_name_clears_the_company(mira: Client, name: str | None) -> None:
    assert changed(mira, 70331, company_name=name)["company_id"] is None


@pytest.mark.parametrize("changes", [{"company_id": 5522}, {"company_name": "Port of Heron Bay"}])
def test_of_company_id_and_name_the_changed_one_counts(mira: Client, changes: dict[str, Any]) -> None:
    assert mira.put("/people/70331.json", {"person": {**person(mira, 70331), **changes}})["company"] == {"id": 5522, "name": "Port of Heron Bay"}


# --- deals ---


def test_a_new_person_may_be_put_on_deals(mira: Client) -> None:
    made = created(mira, full_name="Ruth Orne", deal_ids=[90422, 90424])
    assert made["deal_ids"] == [90422, 90424]
    assert mira.get("/deals/90422.json")["person_ids"] == [70373, made["id"]]


def test_the_deals_of_a_person_are_replaced(mira: Client) -> None:
    after = changed(mira, 70352, deal_ids=[90412, 90422])
    assert after["deal_ids"] == [90412, 90422]
    assert mira.get("/deals/90422.json")["person_ids"] == [70373, 70352]
    assert 70352 not in mira.get("/deals/90415.json")["person_ids"]


def test_other_attributes_leave_the_deals(mira: Client) -> None:
    assert changed(mira, 70352, fax="1")["deal_ids"] == [90412, 90413, 90414, 90415]


# --- todo templates ---


def test_a_todo_template_makes_tasks_on_the_person(mira: Client) -> None:
    made = mira.post("/people.json", {"person": {"full_name": "Ruth Orne"}, "todo_template_id": 501, "todo_template_user_id": 312})
    tasks = mira.entries(f"/people/{made['id']}/calendar_entries.json")
    assert [(one["name"], one["due_date"], one["owner_id"]) for one in tasks] == [
        ("Send thank-you mail", "2018/06/16", TOMAS),
        ("Call about next steps", "2018/06/20", TOMAS),
    ]


# --- mails ---


def test_a_new_owner_is_told(mira: Client) -> None:
    key = created(mira, first_name="Ruth", user_id=TOMAS)["id"]
    changed(mira, key, user_id=DEE)
    assert mira.mails() == [
        {"event": "assignment", "to_user_id": TOMAS, "collection": "people", "id": key},
        {"event": "reassignment", "to_user_id": DEE, "collection": "people", "id": key},
    ]


def test_no_mail_is_sent_where_it_is_declined_or_to_oneself(mira: Client) -> None:
    mira.post("/people.json", {"person": {"user_id": TOMAS}}, {"deliver_assignment_email": "false"})
    mira.put("/people/70331.json", {"person": {"user_id": DEE}}, {"deliver_reassignment_email": "false"})
    changed(mira, 70331, user_id=MIRA)
    assert mira.mails() == []


# --- delete ---


def test_a_deleted_person_is_gone(mira: Client) -> None:
    assert mira.send("DELETE", "/people/70331.json").status_code == 204
    mira.get("/people/70331.json", status=404)
    assert 70331 not in mira.ids("/people.json")


def test_a_deleted_person_leaves_the_deals(mira: Client) -> None:
    mira.delete("/people/70331.json")
    shown = mira.get("/deals/90412.json")
    assert (shown["person_ids"], shown["primary_contact_id"], shown["primary_contact"]) == ([70346, 70352], None, None)


def test_notes_and_documents_of_a_deleted_person_stay_with_their_company_or_deal(mira: Client) -> None:
    mira.delete("/people/70331.json")
    for path in ("/notes/240104.json", "/documents/48201.json"):
        assert (mira.get(path)["person_id"], mira.get(path)["company_id"]) == (None, 5520)
    mira.delete("/people/70361.json")
    assert mira.get("/notes/240121.json")["deal_id"] == 90424
    mira.get("/documents/48204.json", status=404)


def test_the_entries_of_a_deleted_person_become_inactive(mira: Client) -> None:
    mira.delete("/people/70331.json")
    assert mira.get("/calendar_entries/155306.json")["active"] is False


# --- lookups in use ---


@pytest.mark.parametrize(
    ("path", "name", "left"),
    [
        ("/admin/lead_statuses/75.json", "lead_status", None),
        ("/admin/lead_sources/64.json", "lead_source", None),
        ("/admin/predefined_contacts_tags/101.json", "predefined_contacts_tags", []),
    ],
)
def test_a_lookup_that_is_deleted_is_cleared(mira: Client, path: str, name: str, left: Any) -> None:
    mira.delete(path)
    assert person(mira, 70331)[name] == left
