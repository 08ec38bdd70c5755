"""Calendar entries: events and tasks, what a write completes and refuses, completing and deleting, and how they are listed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mockserver.clock import FrozenClock
from tests.apis.pipelinedeals.client import Client
from tests.apis.pipelinedeals.moments import SHOWN

EVENT = {"type": "CalendarEvent", "name": "Lunch", "start_time": "2018-06-25 12:00:00", "end_time": "2018-06-25 13:30:00"}
SERIES = [155320, 155321, 155322, 155330, 155331]
ACTIVE = [155298, *range(155305, 155313), *range(155314, 155319), *SERIES]


def created(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/calendar_entries.json", {"calendar_entry": attributes})
    return made


def changed(client: Client, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/calendar_entries/{key}.json", {"calendar_entry": attributes})
    return made


def refused(client: Client, **attributes: Any) -> list[str]:
    return client.refused_fields(client.post, "/calendar_entries.json", {"calendar_entry": attributes})


def notes_of(client: Client, path: str) -> set[str]:
    return {note["content"] for note in client.entries(path)}


# --- what an entry shows ---


def test_a_task_is_shown_as_the_reference_prints_it(tomas: Client) -> None:
    expected = {
        "id": 155310,
        "type": "CalendarTask",
        "name": "Send mounting drawings",
        "description": None,
        "owner_id": 312,
        "owner": {"id": 312, "first_name": "Tomas", "last_name": "Lindqvist"},
        "category_id": 94,
        "category": {"id": 94, "name": "To-do"},
        "start_time": None,
        "end_time": None,
        "all_day": True,
        "due_date": "2018/06/20",
        "complete": False,
        "completed_at": None,
        "association_type": "Deal",
        "association_id": 90412,
        "association": {"id": 90412, "name": "Tide gauge refit"},
        "company_id": 5520,
        "associated_company": {"id": 5520, "name": "Saltmarsh Survey Ltd"},
        "active": True,
        "rrule": None,
        "rdate": None,
        "exrule": None,
        "exdate": None,
        "base_entry_id": None,
        "part_of_recurring_series": False,
        "recurrence_end": None,
        "google_calendar_id": None,
        "created_at": "2018/06/14 09:15:02 -0500",
        "updated_at": "2018/06/14 09:15:02 -0500",
    }
    entry = tomas.get("/calendar_entries/155310.json")
    assert {name: entry[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("key", "association"),
    [
        (155318, {"id": 5522, "name": "Port of Heron Bay"}),
        (
            155306,
            {
                "id": 70331,
                "first_name": "Ingrid",
                "last_name": "Vale",
                "phone": "555-0142",
                "mobile": "555-0177",
                "email": "ingrid.vale@saltmarsh.example",
            },
        ),
        (155316, None),
    ],
)
def test_an_entry_shows_what_it_is_for(mira: Client, key: int, association: dict[str, Any] | None) -> None:
    assert mira.get(f"/calendar_entries/{key}.json")["association"] == association


def test_an_event_has_a_beginning_and_an_end_and_no_day(mira: Client) -> None:
    event = mira.get("/calendar_entries/155314.json")
    assert (event["start_time"], event["end_time"]) == ("2018/06/19 12:00:00 -0500", "2018/06/19 13:00:00 -0500")
    assert (event["due_date"], event["all_day"], event["google_calendar_id"]) == (None, False, "4f2a9c0b7d")


# --- what a new entry is given ---


def test_a_name_alone_makes_a_task_of_the_callers(tomas: Client) -> None:
    task = created(tomas, name="Sweep the shed")
    assert (task["type"], task["owner_id"], task["owner"]["first_name"], task["all_day"]) == ("CalendarTask", 312, "Tomas", True)
    assert (task["due_date"], task["start_time"], task["end_time"], task["association"], task["company_id"]) == (None, None, None, None, None)
    assert (task["complete"], task["completed_at"], task["active"], task["part_of_recurring_series"]) == (False, None, True, False)


def test_a_new_event_takes_part_of_a_day(mira: Client) -> None:
    event = created(mira, **EVENT)
    assert (event["all_day"], event["start_time"], event["end_time"]) == (False, "2018/06/25 12:00:00 -0500", "2018/06/25 13:30:00 -0500")
    assert created(mira, **EVENT, all_day=True)["all_day"] is True


def test_a_task_takes_the_whole_day_unless_it_says_otherwise(mira: Client) -> None:
    assert created(mira, name="Call", all_day=False)["all_day"] is False


def test_an_owner_is_accepted(mira: Client) -> None:
    assert created(mira, name="Sweep the shed", owner_id=313)["owner"] == {"id": 313, "first_name": "Dee", "last_name": "Alvarado"}


@pytest.mark.parametrize("due", ["2018-06-20", "2018/06/20", "2018/06/30", "2018-06-30"])
def test_a_day_is_written_with_hyphens_or_slashes_and_read_with_slashes(mira: Client, due: str) -> None:
    assert created(mira, name="Sweep the shed", due_date=due)["due_date"] == due.replace("-", "/")


@pytest.mark.parametrize(
    ("kind", "key", "company"),
    [("Deal", 90412, 5520), ("Person", 70352, 5523), ("Company", 5525, 5525), ("Person", 70361, None), ("Deal", 90424, None)],
)
def test_the_company_is_that_of_what_the_entry_is_for(mira: Client, kind: str, key: int, company: int | None) -> None:
    entry = created(mira, name="Call", association_type=kind, association_id=key)
    assert (entry["company_id"], entry["associated_company"] and entry["associated_company"]["id"]) == (company, company)
    assert entry["association_id"] == key


def test_a_company_of_its_own_stays_until_the_entry_is_for_something_else(mira: Client) -> None:
    entry = created(mira, name="Call", association_type="Deal", association_id=90412, company_id=5525)
    assert (entry["company_id"], changed(mira, entry["id"], name="Call again")["company_id"]) == (5525, 5525)
    assert changed(mira, entry["id"], association_id=90417)["company_id"] == 5521


def test_an_entry_of_a_deal_appears_under_its_company(mira: Client) -> None:
    key = created(mira, name="Call", association_type="Deal", association_id=90417)["id"]
    assert key in mira.ids("/companies/5521/calendar_entries.json")
    assert key in mira.ids("/deals/90417/calendar_entries.json")


def test_the_earliest_open_entry_is_the_next_of_its_deal(mira: Client) -> None:
    key = created(mira, name="Call", due_date="2018-06-18", association_type="Deal", association_id=90412)["id"]
    deal = mira.get("/deals/90412.json")
    assert (deal["next_entry_id"], deal["next_entry_name"], deal["next_entry_due"], deal["next_entry_all_day"]) == (key, "Call", "2018/06/18", True)
    changed(mira, key, complete=True)
    assert mira.get("/deals/90412.json")["next_entry_name"] == "Send mounting drawings"


def test_an_event_that_is_next_tells_its_beginning(mira: Client) -> None:
    created(mira, **{**EVENT, "start_time": "2018-06-16 09:00:00"}, association_type="Deal", association_id=90412)
    deal = mira.get("/deals/90412.json")
    assert (deal["next_entry_name"], deal["next_entry_due"], deal["next_entry_all_day"]) == ("Lunch", "2018/06/16 09:00:00 -0500", False)


# --- changes ---


def test_only_what_is_sent_changes(mira: Client) -> None:
    before = mira.get("/calendar_entries/155310.json")
    assert changed(mira, 155310, description="As PDF") == {**before, "description": "As PDF", "updated_at": SHOWN}


def test_null_clears(mira: Client) -> None:
    entry = changed(mira, 155310, due_date=None, category_id=None)
    assert (entry["due_date"], entry["category_id"], entry["category"]) == (None, None, None)


def test_a_change_to_what_it_was_leaves_its_date(mira: Client) -> None:
    assert changed(mira, 155310, name="Send mounting drawings", complete=False)["updated_at"] == "2018/06/14 09:15:02 -0500"


def test_read_only_and_unknown_attributes_are_ignored(mira: Client) -> None:
    before = mira.get("/calendar_entries/155310.json")
    sent = {"id": 1, "completed_at": SHOWN, "base_entry_id": 155320, "part_of_recurring_series": True, "google_calendar_id": "x", "colour": "red"}
    assert changed(mira, 155310, **sent) == before


def test_a_completed_task_has_a_moment_and_leaves_a_note_on_what_it_is_for(tomas: Client) -> None:
    entry = changed(tomas, 155310, complete=True)
    assert (entry["complete"], entry["completed_at"]) == (True, SHOWN)
    note = max(tomas.entries("/deals/90412/notes.json"), key=lambda one: int(one["id"]))
    assert (note["content"], note["note_category"]["name"]) == ('completed task titled "Send mounting drawings".', "CalendarTask")
    assert (note["primary_association_type"], note["primary_association_id"], note["user_id"], note["company_id"]) == ("Deal", 90412, 312, 5520)


def test_an_entry_for_nothing_is_completed_without_a_note(mira: Client) -> None:
    before = mira.ids("/notes.json")
    assert changed(mira, 155317, complete=True)["completed_at"] == SHOWN
    assert mira.ids("/notes.json") == before


@pytest.mark.parametrize(("key", "path"), [(155306, "/people/70331/notes.json"), (155318, "/companies/5522/notes.json")])
def test_so_does_one_for_a_person_or_a_company(tomas: Client, key: int, path: str) -> None:
    before = notes_of(tomas, path)
    name = changed(tomas, key, complete=True)["name"]
    assert notes_of(tomas, path) - before == {f'completed task titled "{name}".'}


def test_a_task_is_completed_once(tomas: Client, clock: FrozenClock) -> None:
    changed(tomas, 155310, complete=True)
    written = len(tomas.ids("/deals/90412/notes.json"))
    clock.move(timedelta(hours=1))
    assert changed(tomas, 155310, complete=True, description="Done")["completed_at"] == SHOWN
    assert len(tomas.ids("/deals/90412/notes.json")) == written


def test_a_reopened_task_loses_the_moment(tomas: Client) -> None:
    assert changed(tomas, 155307, complete=False)["completed_at"] is None


@pytest.mark.parametrize("yes", [True, "true", 1, "1"])
def test_yes_is_said_in_four_ways(mira: Client, yes: Any) -> None:
    assert changed(mira, 155310, complete=yes)["complete"] is True


def test_an_inactive_entry_is_in_no_list_but_can_be_read(mira: Client) -> None:
    changed(mira, 155310, active=False)
    assert 155310 not in mira.ids("/calendar_entries.json")
    assert 155310 not in mira.ids("/deals/90412/calendar_entries.json")
    assert 155310 in mira.ids("/calendar_entries.json", {"conditions[include_inactive]": "true"})
    assert mira.get("/calendar_entries/155310.json")["active"] is False
    assert mira.get("/deals/90412.json")["next_entry_id"] != 155310


# --- deleting ---


def test_a_deleted_entry_answers_its_id_and_is_gone(mira: Client) -> None:
    assert mira.delete("/calendar_entries/155310.json", status=200) == [155310]
    mira.get("/calendar_entries/155310.json", status=404)
    assert 155310 not in mira.ids("/calendar_entries.json", {"conditions[include_inactive]": "true"})


def test_a_deleted_task_is_no_longer_the_next_of_its_deal(mira: Client) -> None:
    mira.delete("/calendar_entries/155310.json", status=200)
    assert mira.get("/deals/90412.json")["next_entry_name"] == "Send tide table"


def test_a_deleted_close_date_task_leaves_its_deal(mira: Client) -> None:
    mira.delete("/calendar_entries/155298.json", status=200)
    assert mira.get("/deals/90412.json")["expected_close_date_event_id"] is None


# --- what is refused ---


def test_an_empty_envelope_is_refused_for_its_name(mira: Client) -> None:
    answer = mira.post("/calendar_entries.json", {"calendar_entry": {}}, status=422)
    assert answer == [{"field": "name", "msg": "can't be blank", "humanized_field": "Name"}]


@pytest.mark.parametrize("name", ["", " ", None])
def test_a_blank_name_is_refused(mira: Client, name: str | None) -> None:
    assert refused(mira, name=name) == ["name"]
    assert mira.refused_fields(mira.put, "/calendar_entries/155310.json", {"calendar_entry": {"name": name}}) == ["name"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"start_time": None, "end_time": None}, ["start_time", "end_time"]),
        ({"end_time": None}, ["end_time"]),
        ({"start_time": None}, ["start_time"]),
        ({"end_time": "2018-06-25 11:59:59"}, ["end_time"]),
        ({"type": "Party"}, ["type"]),
        ({"start_time": "noon"}, ["start_time"]),
        ({"owner_id": 999}, ["owner_id"]),
        ({"category_id": 999}, ["category_id"]),
        ({"association_type": "Deal", "association_id": 99999}, ["association_id"]),
        ({"association_type": "Planet", "association_id": 3}, ["association_type"]),
        ({"due_date": "2018-02-30"}, ["due_date"]),
        ({"complete": "perhaps"}, ["complete"]),
    ],
)
def test_an_event_needs_times_in_order_and_ids_that_exist(mira: Client, changes: dict[str, Any], fields: list[str]) -> None:
    assert refused(mira, **{**EVENT, **changes}) == fields


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"association_type": "Deal"}, "association_id"),
        ({"association_id": 90412}, "association_type"),
    ],
)
def test_the_kind_and_the_id_of_what_an_entry_is_for_go_together(mira: Client, attributes: dict[str, Any], field: str) -> None:
    assert refused(mira, name="Call", **attributes) == [field]


def test_another_kind_under_which_the_id_names_nothing_is_refused(mira: Client) -> None:
    body = {"calendar_entry": {"association_type": "Person"}}
    assert mira.refused_fields(mira.put, "/calendar_entries/155310.json", body) == ["association_type"]


@pytest.mark.parametrize("name", ["association_type", "association_id"])
def test_an_entry_is_taken_off_what_it_is_for(mira: Client, name: str) -> None:
    entry = changed(mira, 155310, **{name: None})
    assert (entry["association_type"], entry["association_id"], entry["association"]) == (None, None, None)
    assert 155310 not in mira.ids("/deals/90412/calendar_entries.json")


def test_an_event_may_end_when_it_begins(mira: Client) -> None:
    assert created(mira, **{**EVENT, "end_time": EVENT["start_time"]})["end_time"] == "2018/06/25 12:00:00 -0500"


def test_an_event_cannot_lose_its_end(mira: Client) -> None:
    assert mira.refused_fields(mira.put, "/calendar_entries/155314.json", {"calendar_entry": {"end_time": None}}) == ["end_time"]


def test_a_task_cannot_become_an_event_without_times(mira: Client) -> None:
    body = {"calendar_entry": {"type": "CalendarEvent"}}
    assert sorted(mira.refused_fields(mira.put, "/calendar_entries/155310.json", body)) == ["end_time", "start_time"]


def test_an_unknown_entry_is_not_found(mira: Client) -> None:
    path = "/calendar_entries/99999.json"
    told = [mira.get(path, status=404), mira.put(path, {"calendar_entry": {"name": ""}}, status=404), mira.delete(path, status=404)]
    assert told == [{"error": "Not found"}] * 3


# --- lists ---


def test_active_entries_are_listed_by_id(mira: Client) -> None:
    answer = mira.get("/calendar_entries.json")
    assert [entry["id"] for entry in answer["entries"]] == ACTIVE
    assert answer["pagination"] == {"page": 1, "page_var": "page", "per_page": 200, "pages": 1, "total": 19}


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"conditions[named]": "Send mounting drawings"}, [155310]),
        ({"conditions[named]": "mounting"}, []),
        ({"conditions[kind]": "event"}, [155305, 155309, 155312, 155314, 155316, 155320, 155321, 155322]),
        ({"conditions[kind]": "task"}, [155298, 155306, 155307, 155308, 155310, 155311, 155315, 155317, 155318, 155330, 155331]),
        ({"conditions[owner_id]": 311}, [155312, 155316, 155317]),
        ({"conditions[completed]": "true"}, [155305, 155307, 155309]),
        ({"conditions[incomplete]": "true"}, [key for key in ACTIVE if key not in (155305, 155307, 155309)]),
        ({"conditions[late]": "true"}, [155318]),
        ({"conditions[today]": "true"}, [155306]),
        ({"conditions[tomorrow]": "true"}, [155311]),
        ({"conditions[this_week]": "true"}, [155306, 155311]),
        ({"conditions[next_week]": "true"}, [155310, 155312, 155314, 155320]),
        ({"conditions[future]": "true"}, [155298, 155315, 155316, 155321, 155322, 155330, 155331]),
        ({"conditions[within][from_date]": "2018-07-01", "conditions[within][to_date]": "2018-07-09"}, [155316, 155330, 155331]),
        ({"conditions[within][from_date]": "2018-08-21"}, [155298, 155322]),
        ({"conditions[within][to_date]": "2018-05-21"}, [155305, 155309]),
        ({"conditions[starting_at]": "2018-05-21 10:00:00"}, [155305]),
        ({"conditions[ending_at]": "2018/05/21 12:30:00 -0500"}, [155305]),
        ({"conditions[someday]": "true"}, [155308, 155317]),
        ({"conditions[recurrences_of]": 155320}, [155320, 155321, 155322]),
        ({"conditions[recurrences_of]": 155330}, [155330, 155331]),
        ({"conditions[recurrences_of]": 155330, "conditions[include_inactive]": "true"}, [155330, 155331, 155332]),
        ({"conditions[non_recurring]": "true"}, [key for key in ACTIVE if key not in SERIES]),
        ({"conditions[base_entries]": "true"}, [155320, 155330]),
        ({"conditions[include_inactive]": "true"}, sorted([*ACTIVE, 155313, 155332])),
        ({"conditions[include_inactive]": "false"}, ACTIVE),
        ({"conditions[calendar_entry_modified][from_date]": "2018-06-13"}, [155306, 155310]),
        ({"conditions[calendar_entry_modified][to_date]": "2018-05-03"}, [155298, 155309, 155317]),
        ({"deal_id": 90412}, [155298, 155305, 155310, 155330, 155331]),
        ({"person_id": 70331}, [155306, 155309, 155314, 155315]),
        ({"company_id": 5522}, [155312, 155318]),
        ({"deal_id": 90412, "conditions[kind]": "event"}, [155305]),
        ({"conditions[colour]": "red"}, ACTIVE),
    ],
)
def test_entries_are_filtered(mira: Client, query: dict[str, Any], keys: list[int]) -> None:
    assert mira.ids("/calendar_entries.json", query) == keys


def test_what_is_late_changes_with_the_day(mira: Client, clock: FrozenClock) -> None:
    clock.move(timedelta(days=1))
    assert mira.ids("/calendar_entries.json", {"conditions[late]": "true"}) == [155306, 155318]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("this_week", ["2018/06/11", "2018/06/17"]),
        ("next_week", ["2018/06/18", "2018/06/24"]),
        ("future", ["2018/06/25"]),
        ("late", ["2018/06/10", "2018/06/11"]),
    ],
)
def test_weeks_begin_on_monday(mira: Client, condition: str, expected: list[str]) -> None:
    for day in (10, 11, 17, 18, 24, 25):
        created(mira, name="Wax the hull", due_date=f"2018-06-{day}")
    found = mira.entries("/calendar_entries.json", {"conditions[named]": "Wax the hull", f"conditions[{condition}]": "true"})
    assert [entry["due_date"] for entry in found] == expected


def test_an_event_is_late_once_it_has_begun(mira: Client) -> None:
    begun = created(mira, **{**EVENT, "start_time": "2018-06-15 09:59:59"})["id"]
    begins = created(mira, **{**EVENT, "start_time": "2018-06-15 10:00:00"})["id"]
    late = mira.ids("/calendar_entries.json", {"conditions[late]": "true"})
    assert (begun in late, begins in late) == (True, False)


def test_what_is_today_is_the_callers_day(dee: Client, tomas: Client, clock: FrozenClock) -> None:
    key = created(dee, name="Early", due_date="2018-06-16", association_type="Company", association_id=5520)["id"]
    clock.move(timedelta(hours=8))  # 18:00 in Chicago, 00:00 of the next day in Lisbon
    assert key in dee.ids("/calendar_entries.json", {"conditions[today]": "true"})
    assert key in tomas.ids("/calendar_entries.json", {"conditions[tomorrow]": "true"})


@pytest.mark.parametrize(
    ("sort", "first"),
    [("calendar_entries.name", 155306), ("-calendar_entries.name", 155315), ("-calendar_entries.id", 155331), ("calendar_entries.colour", 155298)],
)
def test_entries_are_sorted(mira: Client, sort: str, first: int) -> None:
    assert mira.ids("/calendar_entries.json", {"sort": sort})[0] == first


def test_a_saved_search_lists_its_entries(mira: Client) -> None:
    keys = mira.ids("/calendar_entries.json", {"search_id": 7745})
    assert keys == [155298, 155306, 155308, 155310, 155311, 155315, 155317, 155318, 155330, 155331]
    assert mira.ids("/calendar_entries.json", {"search_id": 7745, "deal_id": 90412}) == [155298, 155310, 155330, 155331]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "invalid"},
        {"conditions[kind]": "party"},
        {"conditions[within][from_date]": "soon"},
        {"conditions[late]": "perhaps"},
        {"search_id": 99999},
        {"search_id": 7744},
    ],
)
def test_unreadable_parameters_are_refused(mira: Client, query: dict[str, Any]) -> None:
    assert list(mira.get("/calendar_entries.json", query, status=422)) == ["errors"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/deals/90412/calendar_entries.json", {"deal_id": 90412}),
        ("/people/70331/calendar_entries.json", {"person_id": 70331}),
        ("/companies/5520/calendar_entries.json", {"company_id": 5520}),
    ],
)
def test_a_sub_collection_is_the_filtered_list(mira: Client, path: str, query: dict[str, Any]) -> None:
    assert mira.get(path) == mira.get("/calendar_entries.json", query)
    assert mira.entries(path)
    for more in (
        {"conditions[kind]": "task"},
        {"conditions[include_inactive]": "true"},
        {"conditions[within][from_date]": "2018-06-15"},
        {"per_page": 2},
    ):
        assert mira.get(path, more) == mira.get("/calendar_entries.json", {**query, **more})


def test_an_id_of_another_kind_is_not_meant(mira: Client) -> None:
    key = created(mira, name="Odd", association_type="Company", association_id=5520)["id"]
    assert mira.ids("/calendar_entries.json", {"deal_id": 5520}) == []
    mira.get("/deals/5520/calendar_entries.json", status=404)
    assert key in mira.ids("/companies/5520/calendar_entries.json")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/deals/99999/calendar_entries.json", 404), ("/people/99999/calendar_entries.json", 404), ("/companies/99999/calendar_entries.json", 403)],
)
def test_a_sub_collection_of_nothing_is_refused(mira: Client, path: str, status: int) -> None:
    assert list(mira.get(path, status=status)) == ["error"]


def test_attrs_chooses_the_keys(mira: Client) -> None:
    assert mira.get("/calendar_entries/155310.json", {"attrs": "id,due_date,nothing"}) == {"id": 155310, "due_date": "2018/06/20"}


def test_entries_for_what_the_caller_does_not_see_are_not_listed(dee: Client) -> None:
    keys = dee.ids("/calendar_entries.json")
    assert {155306, 155307}.isdisjoint(keys)  # for a person and a deal of Tomas
    assert {155298, 155308, 155315, 155318} <= set(keys)  # for a shared deal, for companies, and an own one
    dee.get("/calendar_entries/155306.json", status=404)
