"""Todo templates: their types and items, and the tasks that applying one leaves on a record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mockserver.clock import FrozenClock
from tests.apis.pipelinedeals.client import Client

RECORDS = [
    ("/deals", "deal", "Deal", 90412, {"name": "Lamp"}),
    ("/people", "person", "Person", 70331, {"first_name": "Lea"}),
    ("/companies", "company", "Company", 5520, {"name": "Lamp works"}),
]


def test_a_template_is_shown_with_its_items_and_their_categories(mira: Client) -> None:
    template = mira.get("/admin/todo_templates/501.json")
    assert template["todo_template_types"] == [{"id": 511, "template_type": "people"}]
    items = [
        {"id": 601, "event_category_id": 93, "due_date": 1, "description": "Send thank-you mail", "event_category": {"id": 93, "name": "Email"}},
        {"id": 602, "event_category_id": 91, "due_date": 5, "description": "Call about next steps", "event_category": {"id": 91, "name": "Call"}},
    ]
    expected = [{**item, "todo_template_id": 501, "account_id": 2071} for item in items]
    assert [{name: shown[name] for name in expected[0]} for shown in template["todo_template_items"]] == expected


def test_an_item_by_itself_is_shown_without_the_category(mira: Client) -> None:
    assert "event_category" not in mira.get("/admin/todo_template_items/602.json")


def test_an_item_of_no_category_shows_none(mira: Client) -> None:
    items = {item["id"]: item for item in mira.get("/admin/todo_templates/504.json")["todo_template_items"]}
    assert (items[613]["event_category"], items[613]["due_date"]) == (None, None)


@pytest.mark.parametrize("kind", ["deals", "people", "companies"])
def test_the_list_of_types_follows_the_type(mira: Client, kind: str) -> None:
    template = mira.post("/admin/todo_templates.json", {"todo_template": {"name": "First aid", "template_type": kind, "is_default": True}})
    assert ([one["template_type"] for one in template["todo_template_types"]], template["is_default"]) == ([kind], True)
    template = mira.put(f"/admin/todo_templates/{template['id']}.json", {"todo_template": {"template_type": None}})
    assert template["todo_template_types"] == []


def test_a_new_item_joins_its_template(mira: Client) -> None:
    item = {"todo_template_id": 505, "description": "Wax the hull", "event_category_id": 94, "due_date": "7"}
    made = mira.post("/admin/todo_template_items.json", {"todo_template_item": item})
    assert made["due_date"] == 7
    assert [one["id"] for one in mira.get("/admin/todo_templates/505.json")["todo_template_items"]] == [made["id"]]


@pytest.mark.parametrize(
    ("attributes", "field"),
    [({"todo_template_id": 999}, "todo_template_id"), ({"event_category_id": 999}, "event_category_id"), ({"due_date": "tomorrow"}, "due_date")],
)
def test_an_item_names_what_exists_and_days(mira: Client, attributes: dict[str, Any], field: str) -> None:
    item = {"todo_template_id": 505, "description": "Wax the hull", **attributes}
    assert mira.refused_fields(mira.post, "/admin/todo_template_items.json", {"todo_template_item": item}) == [field]


def test_a_deleted_template_takes_its_items_and_leaves_its_tasks(mira: Client) -> None:
    mira.put("/people/70331.json", {"person": {"summary": "Met at the fair."}, "todo_template_id": 501})
    tasks = mira.ids("/people/70331/calendar_entries.json")
    assert len(tasks_of(mira, "/people", 70331)) == 2
    mira.delete("/admin/todo_templates/501.json")
    mira.get("/admin/todo_template_items/601.json", status=404)
    assert mira.ids("/people/70331/calendar_entries.json") == tasks


# --- applying ---


def tasks_of(client: Client, path: str, key: int) -> list[dict[str, Any]]:
    """Return the entries of the record that the fixtures do not have."""
    return [entry for entry in client.entries(f"{path}/{key}/calendar_entries.json") if entry["id"] > 155332]


@pytest.mark.parametrize(("path", "envelope", "kind", "key", "attributes"), RECORDS)
def test_a_new_record_gets_a_task_for_each_item(tomas: Client, path: str, envelope: str, kind: str, key: int, attributes: dict[str, Any]) -> None:
    made = tomas.post(f"{path}.json", {envelope: attributes, "todo_template_id": 501})["id"]
    tasks = tasks_of(tomas, path, made)
    assert [(task["name"], task["due_date"], task["category"]["name"]) for task in tasks] == [
        ("Send thank-you mail", "2018/06/16", "Email"),
        ("Call about next steps", "2018/06/20", "Call"),
    ]
    assert {(task["type"], task["owner_id"], task["association_type"], task["association_id"]) for task in tasks} == {
        ("CalendarTask", 312, kind, made)
    }


@pytest.mark.parametrize(("path", "envelope", "kind", "key", "attributes"), RECORDS)
def test_so_does_a_changed_one(tomas: Client, path: str, envelope: str, kind: str, key: int, attributes: dict[str, Any]) -> None:
    tomas.put(f"{path}/{key}.json", {envelope: attributes, "todo_template_id": 504, "todo_template_user_id": 313})
    tasks = tasks_of(tomas, path, key)
    assert [(task["name"], task["due_date"], task["owner_id"]) for task in tasks] == [
        ("Call the front desk", "2018/06/17", 313),
        ("Ask for a reference", None, 313),
    ]


def test_a_person_of_whom_nothing_known_is_said_gets_the_tasks_too(mira: Client) -> None:
    key = mira.post("/people.json", {"person": {"unheard_of": 1}, "todo_template_id": 501})["id"]
    assert len(tasks_of(mira, "/people", key)) == 2
    mira.put(f"/people/{key}.json", {"person": {"unheard_of": 1}, "todo_template_id": 501})
    assert len(tasks_of(mira, "/people", key)) == 4


def test_a_company_that_is_made_on_the_way_gets_none(mira: Client) -> None:
    made = mira.post("/deals.json", {"deal": {"name": "Lamp", "company_name": "Lamp works"}, "todo_template_id": 501})
    tasks = mira.entries(f"/companies/{made['company_id']}/calendar_entries.json")
    assert {task["association_type"] for task in tasks} == {"Deal"}


def test_days_count_from_the_callers_today(mira: Client, dee: Client, clock: FrozenClock) -> None:
    clock.move(timedelta(hours=8, minutes=30))  # 18:30 in Chicago, 00:30 of the next day in Lisbon
    days = {}
    for client in (mira, dee):
        key = client.post("/deals.json", {"deal": {"name": "Lamp"}, "todo_template_id": "503"})["id"]
        days[client] = {task["name"]: task["due_date"] for task in tasks_of(client, "/deals", key)}["Mail a brochure"]
    assert list(days.values()) == ["2018/06/15", "2018/06/16"]


def test_without_a_template_no_task_is_made(mira: Client) -> None:
    key = mira.post("/deals.json", {"deal": {"name": "Lamp"}, "todo_template_id": None})["id"]
    assert tasks_of(mira, "/deals", key) == []


@pytest.mark.parametrize("beside", [{"todo_template_id": 999}, {"todo_template_id": 501, "todo_template_user_id": 999}])
def test_a_template_or_user_that_does_not_exist_is_refused(mira: Client, beside: dict[str, int]) -> None:
    before = mira.ids("/deals.json")
    assert mira.refused_fields(mira.post, "/deals.json", {"deal": {"name": "Lamp"}, **beside}) == [list(beside)[-1]]
    assert mira.ids("/deals.json") == before
