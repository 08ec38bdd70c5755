"""Series of calendar entries: on which days a rule recurs, what its entries share, and what changing and deleting does to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.pipelinedeals.client import Client
from tests.apis.pipelinedeals.moments import SHOWN

EVENT = {"type": "CalendarEvent", "name": "Site visit", "start_time": "2018-06-21 10:00:00", "end_time": "2018-06-21 12:30:00"}
FRIDAY = "2018-06-15"


def created(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/calendar_entries.json", {"calendar_entry": {"name": "Clean the mast", **attributes}})
    return made


def changed(client: Client, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/calendar_entries/{key}.json", {"calendar_entry": attributes})
    return made


def series(client: Client, base: int) -> list[dict[str, Any]]:
    """Return the active entries of the series, its base first."""
    return client.entries("/calendar_entries.json", {"conditions[recurrences_of]": base})


def days(client: Client, **attributes: Any) -> list[str]:
    """Return the days of the series that a new task begins, without the year 2018."""
    return [entry["due_date"].removeprefix("2018/") for entry in series(client, created(client, **attributes)["id"])]


# --- on which days ---


@pytest.mark.parametrize(
    ("rrule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["06/15", "06/16", "06/17"]),
        ("FREQ=WEEKLY;COUNT=3", ["06/15", "06/22", "06/29"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=3", ["06/15", "06/29", "07/13"]),
        ("FREQ=WEEKLY;BYDAY=MO,FR;COUNT=4", ["06/15", "06/18", "06/22", "06/25"]),
        ("FREQ=MONTHLY;COUNT=3", ["06/15", "07/15", "08/15"]),
        ("FREQ=MONTHLY;BYDAY=3FR;COUNT=3", ["06/15", "07/20", "08/17"]),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1;COUNT=4", ["06/15", "06/30", "07/15", "07/31"]),
        ("FREQ=YEARLY;COUNT=2", ["06/15", "2019/06/15"]),
        ("FREQ=YEARLY;BYMONTH=6,12;COUNT=3", ["06/15", "12/15", "2019/06/15"]),
        ("FREQ=DAILY;UNTIL=20180617", ["06/15", "06/16", "06/17"]),
        ("FREQ=DAILY;UNTIL=20180617T235959Z", ["06/15", "06/16", "06/17"]),
        ("FREQ=DAILY;COUNT=1", ["06/15"]),
        ("FREQ=DAILY;UNTIL=20180101", ["06/15"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", ["06/15"]),
        ("freq=weekly;count=2", ["06/15", "06/22"]),
    ],
)
def test_a_series_has_the_days_of_its_rule(mira: Client, rrule: str, expected: list[str]) -> None:
    assert days(mira, due_date=FRIDAY, rrule=rrule) == expected


def test_months_without_the_day_are_left_out(mira: Client) -> None:
    assert days(mira, due_date="2018-01-31", rrule="FREQ=MONTHLY;COUNT=3") == ["01/31", "03/31", "05/31"]


def test_a_leap_day_comes_back_in_leap_years(mira: Client) -> None:
    assert days(mira, due_date="2020-02-29", rrule="FREQ=YEARLY;COUNT=3") == ["2020/02/29", "2024/02/29", "2028/02/29"]


def test_a_series_never_goes_on_after_the_calendar(mira: Client) -> None:
    assert days(mira, due_date="9999-12-31", rrule="FREQ=DAILY;COUNT=5") == ["9999/12/31"]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"rdate": "20180620,20180627"}, ["06/15", "06/20", "06/27"]),
        ({"rrule": "FREQ=DAILY;COUNT=2", "rdate": "20180620"}, ["06/15", "06/16", "06/20"]),
        ({"rrule": "FREQ=DAILY;COUNT=4", "exdate": "20180616"}, ["06/15", "06/17", "06/18"]),
        ({"rrule": "FREQ=DAILY;COUNT=5", "exrule": "FREQ=DAILY;INTERVAL=2"}, ["06/15", "06/16", "06/18"]),
    ],
)
def test_days_are_added_and_left_out(mira: Client, rules: dict[str, str], expected: list[str]) -> None:
    assert days(mira, due_date=FRIDAY, **rules) == expected


@pytest.mark.parametrize("rrule", ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=DAILY;COUNT=500", "FREQ=DAILY;UNTIL=20991231"])
def test_a_series_has_fifty_two_instances_at_most(mira: Client, rrule: str) -> None:
    base = created(mira, due_date=FRIDAY, rrule=rrule)
    assert sum(entry["base_entry_id"] == base["id"] for entry in series(mira, base["id"])) == 52


def test_events_keep_their_time_of_day_and_their_length_when_the_clocks_change(mira: Client) -> None:
    base = created(mira, **{**EVENT, "start_time": "2018-10-29 10:00:00", "end_time": "2018-10-29 12:30:00"}, rrule="FREQ=WEEKLY;COUNT=2")
    assert [(entry["start_time"], entry["end_time"]) for entry in series(mira, base["id"])] == [
        ("2018/10/29 10:00:00 -0500", "2018/10/29 12:30:00 -0500"),
        ("2018/11/05 10:00:00 -0600", "2018/11/05 12:30:00 -0600"),
    ]


# --- what its entries say ---


def test_the_event_of_the_reference_visits_three_times(mira: Client) -> None:
    base = created(mira, **EVENT, rrule="FREQ=MONTHLY;COUNT=3", association_type="Company", association_id=5520)
    found = series(mira, base["id"])
    assert [entry["start_time"][:10] for entry in found] == ["2018/06/21", "2018/07/21", "2018/08/21"]
    assert found[0] == base
    assert (base["base_entry_id"], base["part_of_recurring_series"], base["rrule"]) == (None, True, "FREQ=MONTHLY;COUNT=3")
    assert [(entry["base_entry_id"], entry["part_of_recurring_series"], entry["rrule"]) for entry in found[1:]] == [(base["id"], True, None)] * 2


def test_instances_are_like_their_base(mira: Client) -> None:
    of = {"association_type": "Deal", "association_id": 90417, "category_id": 91, "description": "With ladder", "owner_id": 313}
    base = created(mira, due_date=FRIDAY, rrule="FREQ=DAILY;COUNT=2", **of)
    own = {"id", "due_date", "rrule", "base_entry_id"}
    first, second = ({name: value for name, value in entry.items() if name not in own} for entry in series(mira, base["id"]))
    assert first == second
    assert second["associated_company"] == {"id": 5521, "name": "Gannet Offshore"}


@pytest.mark.parametrize(
    ("attributes", "end"),
    [
        ({"due_date": FRIDAY, "rrule": "FREQ=WEEKLY;COUNT=3"}, "2018/06/29"),
        ({"due_date": FRIDAY, "rrule": "FREQ=DAILY;UNTIL=20180617"}, "2018/06/17"),
        ({**EVENT, "rrule": "FREQ=MONTHLY;COUNT=3"}, "2018/08/21 10:00:00 -0500"),
        ({"due_date": FRIDAY, "rrule": "FREQ=WEEKLY"}, None),
        ({"due_date": FRIDAY}, None),
    ],
)
def test_the_end_of_a_series_is_told_by_each_entry_if_there_is_one(mira: Client, attributes: dict[str, Any], end: str | None) -> None:
    base = created(mira, **attributes)
    assert {entry["recurrence_end"] for entry in [base, *series(mira, base["id"])]} == {end}


def test_instances_are_entries_of_their_deal(mira: Client) -> None:
    base = created(mira, due_date="2018-06-16", rrule="FREQ=DAILY;COUNT=2", association_type="Deal", association_id=90417)
    keys = [entry["id"] for entry in series(mira, base["id"])]
    assert mira.ids("/deals/90417/calendar_entries.json") == keys
    changed(mira, base["id"], complete=True)
    assert mira.get("/deals/90417.json")["next_entry_id"] == keys[1]


# --- changes ---


def test_a_rule_makes_an_entry_the_base_of_a_series(mira: Client) -> None:
    assert changed(mira, 155310, rrule="FREQ=WEEKLY;COUNT=2")["part_of_recurring_series"] is True
    assert [entry["due_date"] for entry in series(mira, 155310)] == ["2018/06/20", "2018/06/27"]


def test_another_rule_makes_the_instances_anew(mira: Client) -> None:
    base = created(mira, due_date=FRIDAY, rrule="FREQ=WEEKLY;COUNT=3")["id"]
    changed(mira, base, rrule="FREQ=DAILY;COUNT=2")
    assert [entry["due_date"] for entry in series(mira, base)] == ["2018/06/15", "2018/06/16"]


def test_another_day_of_the_base_moves_its_instances(mira: Client) -> None:
    base = created(mira, due_date=FRIDAY, rrule="FREQ=WEEKLY;COUNT=2")["id"]
    changed(mira, base, due_date="2018-06-18")
    assert [entry["due_date"] for entry in series(mira, base)] == ["2018/06/18", "2018/06/25"]


def test_without_its_rule_an_entry_is_in_no_series(mira: Client) -> None:
    base = created(mira, due_date=FRIDAY, rrule="FREQ=WEEKLY;COUNT=3")["id"]
    assert changed(mira, base, rrule=None)["part_of_recurring_series"] is False
    assert [entry["id"] for entry in series(mira, base)] in ([], [base])
    assert mira.delete(f"/calendar_entries/{base}.json", status=200) == [base]


def test_a_base_that_is_sent_back_as_it_was_read_keeps_its_instances(mira: Client) -> None:
    before = series(mira, 155320)
    mira.put("/calendar_entries/155320.json", {"calendar_entry": before[0]})
    assert series(mira, 155320) == before


def test_an_instance_changes_alone(mira: Client) -> None:
    changed(mira, 155321, name="Long site visit")
    assert [entry["name"] for entry in series(mira, 155320)] == ["Site visit", "Long site visit", "Site visit"]


# --- deleting ---


def test_deleting_a_base_answers_the_ids_of_the_series(mira: Client) -> None:
    assert mira.delete("/calendar_entries/155320.json", status=200) == [155320, 155321, 155322]
    assert mira.delete("/calendar_entries/155330.json", status=200) == [155330, 155331, 155332]


def test_a_deleted_series_is_only_marked(mira: Client) -> None:
    mira.delete("/calendar_entries/155320.json", status=200)
    assert series(mira, 155320) == []
    assert {key: mira.get(f"/calendar_entries/{key}.json")["active"] for key in (155320, 155321, 155322)} == dict.fromkeys(
        (155320, 155321, 155322), False
    )
    assert {155320, 155321, 155322} <= set(mira.ids("/calendar_entries.json", {"conditions[include_inactive]": "true"}))


def test_deleting_an_instance_answers_and_marks_it_alone(mira: Client) -> None:
    assert mira.delete("/calendar_entries/155321.json", status=200) == [155321]
    assert (mira.get("/calendar_entries/155321.json")["active"], mira.get("/calendar_entries/155321.json")["updated_at"]) == (False, SHOWN)
    assert [entry["id"] for entry in series(mira, 155320)] == [155320, 155322]


def test_a_new_series_is_deleted_with_its_base(mira: Client) -> None:
    base = created(mira, due_date=FRIDAY, rrule="FREQ=DAILY;COUNT=4")["id"]
    keys = [entry["id"] for entry in series(mira, base)]
    assert mira.delete(f"/calendar_entries/{base}.json", status=200) == keys
    assert len(keys) == 4


# --- what is refused ---


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rrule", "weekly"),
        ("rrule", "FREQ=SOMETIMES"),
        ("rrule", "COUNT=3"),
        ("rrule", "FREQ=WEEKLY;COUNT=0"),
        ("rrule", "FREQ=WEEKLY;COUNT=-1"),
        ("rrule", "FREQ=WEEKLY;COUNT=two"),
        ("rrule", "FREQ=DAILY;UNTIL=soon"),
        ("rrule", "FREQ=DAILY;UNTIL=20180230"),
        ("rrule", "FREQ=WEEKLY;BYDAY=XX"),
        ("exrule", "weekly"),
        ("rdate", "soon"),
        ("exdate", "2018"),
    ],
)
def test_what_is_no_rule_is_refused(mira: Client, name: str, text: str) -> None:
    body = {"calendar_entry": {"name": "Clean the mast", "due_date": FRIDAY, name: text}}
    assert mira.refused_fields(mira.post, "/calendar_entries.json", body) == [name]
    assert mira.refused_fields(mira.put, "/calendar_entries/155310.json", {"calendar_entry": {name: text}}) == [name]


def test_a_refused_series_leaves_nothing(mira: Client) -> None:
    before = mira.ids("/calendar_entries.json")
    mira.refused_fields(mira.post, "/calendar_entries.json", {"calendar_entry": {"name": "", "due_date": FRIDAY, "rrule": "FREQ=DAILY;COUNT=3"}})
    assert mira.ids("/calendar_entries.json") == before
