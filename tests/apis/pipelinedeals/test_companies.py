"""Companies: owners, images, duplicates, notes beside them, and the 403 of those that do not exist."""

from datetime import timedelta
from typing import Any

import pytest

from mockserver.clock import FrozenClock
from tests.apis.pipelinedeals.client import DEE, TOMAS, Client
from tests.apis.pipelinedeals.moments import SHOWN

BLANK_NAME = [{"field": "name", "msg": "can't be blank", "humanized_field": "Name"}]


def created(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/companies.json", {"company": {"name": "Beacon Optics", **attributes}})
    return made


def changed(client: Client, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/companies/{key}.json", {"company": attributes})
    return made


def company(client: Client, key: int) -> dict[str, Any]:
    shown: dict[str, Any] = client.get(f"/companies/{key}.json")
    return shown


# --- what is shown ---


def test_a_company_is_shown_with_all_that_belongs_to_it(tomas: Client) -> None:
    expected = {
        "id": 5520,
        "name": "Saltmarsh Survey Ltd",
        "description": "Coastal mapping and tide records.",
        "email": "office@saltmarsh.example",
        "web": "https://saltmarsh.example",
        "fax": None,
        "address_1": "4 Quay Lane",
        "address_2": None,
        "city": "Brineport",
        "state": "ME",
        "postal_code": "04101",
        "country": "USA",
        "phone1": "555-0140",
        "phone1_desc": "Front desk",
        "phone2": None,
        "phone2_desc": None,
        "phone3": None,
        "phone3_desc": None,
        "phone4": None,
        "phone4_desc": None,
        "owner_id": 312,
        "owner": {"id": 312, "first_name": "Tomas", "last_name": "Lindqvist"},
        "image_thumb_url": "https://files.pipeline.example/companies/5520/thumb.png",
        "image_mobile_url": "https://files.pipeline.example/companies/5520/mobile.png",
        "custom_fields": {"custom_label_331": 921, "custom_label_332": 40, "custom_label_333": []},
        "possible_notify_user_ids": [311, 313],
        "total_pipeline": 0,
        "won_deals_total": 0,
        "import_id": None,
        "created_at": "2017/11/20 14:05:51 -0600",
        "updated_at": "2018/06/14 09:12:45 -0500",
    }
    shown = company(tomas, 5520)
    assert {name: shown.get(name, "absent") for name in expected} == expected


def test_a_company_of_nobody_has_no_owner(mira: Client) -> None:
    shown = company(mira, 5524)
    assert shown["owner_id"] is None
    assert "owner" not in shown


def test_what_stands_in_answers_to_writes_is_not_in_lists(mira: Client) -> None:
    names = {"possible_notify_user_ids", "total_pipeline", "won_deals_total"}
    made = created(mira)
    for answer in (made, changed(mira, made["id"], city="Kelpton"), company(mira, made["id"])):
        assert names <= set(answer)
        assert (answer["total_pipeline"], answer["won_deals_total"]) == (0, 0)
    assert not any(names & set(entry) for entry in mira.entries("/companies.json"))


def test_the_notes_of_a_company_are_shown_where_they_are_asked_for(mira: Client) -> None:
    notes = mira.get("/companies/5521.json", {"associations": "notes"})["notes"]
    assert [(note["id"], note["content"]) for note in notes] == [(240115, "Gannet has a new crew boat, ask in autumn.")]
    assert "notes" not in company(mira, 5521)


# --- companies that do not exist ---


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_a_company_that_does_not_exist_is_forbidden(mira: Client, method: str) -> None:
    body: list[Any] = [{"company": {}}] if method == "put" else []
    assert getattr(mira, method)("/companies/99.json", *body, status=403) == {"error": "Permission denied"}


def test_a_deleted_company_does_not_exist(mira: Client) -> None:
    assert mira.send("DELETE", "/companies/5520.json").status_code == 204
    mira.get("/companies/5520.json", status=403)
    assert 5520 not in mira.ids("/companies.json")


# --- create ---


def test_a_new_company_of_a_name_alone_belongs_to_nobody(mira: Client) -> None:
    made = created(mira)
    assert (made["owner_id"], made["custom_fields"]) == (None, {"custom_label_331": None, "custom_label_332": None, "custom_label_333": []})
    assert "owner" not in made
    assert (made["created_at"], made["updated_at"]) == (SHOWN,) * 2


def test_a_company_without_an_image_has_the_usual_one(mira: Client) -> None:
    assert created(mira)["image_thumb_url"].endswith("/images/thumb/missing_company.png")


def test_an_image_may_be_given(mira: Client) -> None:
    assert created(mira, image_thumb_url="https://files.example/optics.png")["image_thumb_url"] == "https://files.example/optics.png"
    assert changed(mira, 5520, image_thumb_url="https://files.example/marsh.png")["image_thumb_url"] == "https://files.example/marsh.png"


def test_a_company_is_read_as_it_was_written(mira: Client) -> None:
    sent = {
        "description": "Lenses.",
        "email": "hi@optics.example",
        "web": "https://optics.example",
        "phone4": "1",
        "phone4_desc": "Night",
        "state": "OR",
    }
    key = created(mira, **sent, owner_id=313)["id"]
    shown = company(mira, key)
    assert {name: shown[name] for name in sent} == sent
    assert shown["owner"] == {"id": 313, "first_name": "Dee", "last_name": "Alvarado"}


def test_created_at_and_updated_at_may_be_written(mira: Client) -> None:
    made = created(mira, created_at="2017/01/02 03:04:05 -0600", updated_at="2018/01/02 03:04:05 -0600")
    assert (made["created_at"], made["updated_at"]) == ("2017/01/02 03:04:05 -0600", "2018/01/02 03:04:05 -0600")


@pytest.mark.parametrize("attributes", [{}, {"name": ""}, {"name": None}, {"city": "Kelpton"}])
def test_a_company_without_a_name_is_refused(mira: Client, attributes: dict[str, Any]) -> None:
    assert mira.post("/companies.json", {"company": attributes}, status=422) == BLANK_NAME


def test_a_name_cannot_be_taken_away(mira: Client) -> None:
    assert mira.put("/companies/5520.json", {"company": {"name": ""}}, status=422) == BLANK_NAME


def test_a_body_without_the_envelope_is_refused(mira: Client) -> None:
    assert mira.post("/companies.json", {"name": "Beacon"}, status=400) == {"error": "param is missing or the value is empty: company"}


def test_an_owner_who_does_not_exist_is_refused(mira: Client) -> None:
    assert mira.refused_fields(mira.post, "/companies.json", {"company": {"name": "Beacon", "owner_id": 99}}) == ["owner_id"]
    assert mira.refused_fields(mira.put, "/companies/5520.json", {"company": {"owner_id": 99}}) == ["owner_id"]


@pytest.mark.parametrize("flag", ["true", "1"])
def test_a_duplicate_is_refused_only_where_it_is_asked_for(mira: Client, flag: str) -> None:
    body = {"company": {"name": "Tern Ferries"}}
    assert mira.refused_fields(mira.post, "/companies.json", body, {"check_for_duplicates": flag}) == ["name"]
    mira.post("/companies.json", body, {"check_for_duplicates": "false"})
    mira.post("/companies.json", body)


def test_a_new_name_is_no_duplicate(mira: Client) -> None:
    mira.post("/companies.json", {"company": {"name": "Beacon Optics"}}, {"check_for_duplicates": "true"})


# --- update ---


def test_what_is_not_sent_stays(mira: Client, clock: FrozenClock) -> None:
    before = company(mira, 5520)
    clock.move(timedelta(hours=1))
    changed(mira, 5520, fax="555-0149")
    assert company(mira, 5520) == {**before, "fax": "555-0149", "updated_at": "2018/06/15 11:00:00 -0500"}


def test_a_company_may_be_put_back_whole(mira: Client, clock: FrozenClock) -> None:
    before = company(mira, 5520)
    clock.move(timedelta(hours=1))
    mira.put("/companies/5520.json", {"company": before})
    assert company(mira, 5520) == before


def test_null_clears(mira: Client) -> None:
    after = changed(mira, 5520, owner_id=None, description=None, phone1=None)
    assert (after["owner_id"], after["description"], after["phone1"]) == (None, None, None)
    assert "owner" not in after


# --- todo templates ---


def test_a_todo_template_makes_tasks_on_the_company(mira: Client) -> None:
    made = mira.post("/companies.json", {"company": {"name": "Beacon Optics"}, "todo_template_id": 504})
    tasks = mira.entries(f"/companies/{made['id']}/calendar_entries.json")
    assert [(one["name"], one["due_date"], one["category_id"], one["association_type"]) for one in tasks] == [
        ("Call the front desk", "2018/06/17", 91, "Company"),
        ("Ask for a reference", None, None, "Company"),
    ]


# --- mails ---


def test_a_new_owner_is_told(mira: Client) -> None:
    key = created(mira, owner_id=TOMAS)["id"]
    changed(mira, key, owner_id=DEE)
    assert mira.mails() == [
        {"event": "assignment", "to_user_id": TOMAS, "collection": "companies", "id": key},
        {"event": "reassignment", "to_user_id": DEE, "collection": "companies", "id": key},
    ]


@pytest.mark.parametrize(
    ("query", "beside"),
    [({"deliver_reassignment_email": "false"}, {}), ({}, {"deliver_reassignment_email": False}), ({"deliver_reassignment_email": "0"}, {})],
)
def test_the_mail_to_a_new_owner_may_be_declined(mira: Client, query: dict[str, str], beside: dict[str, bool]) -> None:
    after = mira.put("/companies/5520.json", {"company": {"owner_id": DEE}, **beside}, query)
    assert (after["owner_id"], mira.mails()) == (DEE, [])


def test_the_mail_may_be_asked_for(mira: Client) -> None:
    mira.put("/companies/5520.json", {"company": {"owner_id": DEE}}, {"deliver_reassignment_email": "true"})
    assert [mail["to_user_id"] for mail in mira.mails()] == [DEE]


def test_a_new_company_may_be_assigned_without_a_mail(mira: Client) -> None:
    mira.post("/companies.json", {"company": {"name": "Beacon", "owner_id": DEE}}, {"deliver_assignment_email": "false"})
    assert mira.mails() == []


# --- notes ---


def test_a_note_touches_the_company(mira: Client) -> None:
    mira.post("/notes.json", {"note": {"content": "Called.", "company_id": 5524}})
    assert company(mira, 5524)["updated_at"] == SHOWN


# --- delete ---


def test_deals_and_people_of_a_deleted_company_stay_without_one(mira: Client) -> None:
    mira.delete("/companies/5520.json")
    assert (mira.get("/deals/90412.json")["company_id"], mira.get("/deals/90412.json")["company"]) == (None, None)
    shown = mira.get("/people/70331.json")
    assert (shown["company_id"], shown["company_name"]) == (None, None)
    assert "company" not in shown


def test_notes_and_documents_of_a_deleted_company_stay_where_they_belong_to_more(mira: Client) -> None:
    mira.delete("/companies/5520.json")
    assert (mira.get("/notes/240117.json")["company_id"], mira.get("/notes/240117.json")["deal_id"]) == (None, 90412)
    assert mira.get("/documents/48201.json")["company_id"] is None
    mira.get("/notes/240120.json", status=404)


def test_documents_of_a_deleted_company_alone_are_deleted(mira: Client) -> None:
    mira.delete("/companies/5521.json")
    mira.get("/documents/48203.json", status=404)
    mira.get("/notes/240115.json", status=404)
