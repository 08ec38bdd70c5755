"""Deals: what is shown, written and refused, and how stage, probability, people, dates and tasks hang together."""

from datetime import timedelta
from typing import Any

import pytest

from mockserver.clock import FrozenClock
from tests.apis.pipelinedeals.client import DEE, MIRA, TOMAS, Client
from tests.apis.pipelinedeals.moments import SHOWN

LATER = "2018/06/15 11:00:00 -0500"
BLANK_NAME = [{"field": "name", "msg": "can't be blank", "humanized_field": "Name"}]


def created(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/deals.json", {"deal": {"name": "Lamp", **attributes}})
    return made


def changed(client: Client, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/deals/{key}.json", {"deal": attributes})
    return made


def deal(client: Client, key: int) -> dict[str, Any]:
    shown: dict[str, Any] = client.get(f"/deals/{key}.json")
    return shown


# --- what is shown ---


def test_a_deal_is_shown_with_all_that_belongs_to_it(tomas: Client) -> None:
    shown = deal(tomas, 90412)
    for collaborator in shown["collaborators"]:
        collaborator.pop("api_key", None)  # may be left out
    expected = {
        "id": 90412,
        "name": "Tide gauge refit",
        "summary": "Replace six float gauges with radar units.",
        "user_id": 312,
        "user": {"id": 312, "first_name": "Tomas", "last_name": "Lindqvist"},
        "status": 3,
        "value": "18450.0",
        "value_in_cents": 1845000,
        "currency": {"code": "USD", "symbol": "$", "name": "United States Dollar"},
        "probability": 50,
        "deal_stage_id": 44,
        "deal_stage": {"id": 44, "name": "Presentation", "percent": 50},
        "expected_close_date": "2018/09/28",
        "expected_close_date_event_id": 155298,
        "closed_time": None,
        "is_archived": False,
        "is_example": None,
        "import_id": None,
        "source_id": 64,
        "source": {"id": 64, "name": "Trade Show"},
        "primary_contact_id": 70331,
        "primary_contact": {"id": 70331, "first_name": "Ingrid", "last_name": "Vale"},
        "person_ids": [70331, 70346, 70352],
        "people": [
            {"id": 70331, "first_name": "Ingrid", "last_name": "Vale"},
            {"id": 70346, "first_name": "Oskar", "last_name": "Brandt"},
            {"id": 70352, "first_name": "Noor", "last_name": "Haddad"},
        ],
        "shared_user_ids": [313],
        "collaborators": [{"id": 313, "first_name": "Dee", "last_name": "Alvarado"}],
        "company_id": 5520,
        "company": {"id": 5520, "name": "Saltmarsh Survey Ltd"},
        "deal_loss_reason_id": None,
        "deal_loss_reason_notes": None,
        "deal_loss_reason": None,
        "revenue_type_id": 124,
        "revenue_type": {"id": 124, "name": "Project"},
        "next_entry_id": 155310,
        "next_entry_name": "Send mounting drawings",
        "next_entry_due": "2018/06/20",
        "next_entry_all_day": True,
        "custom_fields": {"custom_label_301": "PO-7716", "custom_label_302": 902, "custom_label_303": [911, 913], "custom_label_304": 1500},
        "possible_notify_user_ids": [311, 313],
        "created_at": "2018/05/02 10:41:07 -0500",
        "updated_at": "2018/06/14 09:12:45 -0500",
    }
    assert {name: shown.get(name, "absent") for name in expected} == expected


def test_what_a_deal_lacks_is_null_or_empty_and_its_source_absent(mira: Client) -> None:
    shown = deal(mira, 90422)
    assert "source" not in shown
    nulls = ["status", "value", "value_in_cents", "probability", "deal_stage", "expected_close_date", "closed_time", "source_id", "primary_contact"]
    assert {shown[name] for name in [*nulls, "deal_loss_reason", "revenue_type", "summary", "import_id"]} == {None}
    assert (shown["shared_user_ids"], shown["collaborators"]) == ([], [])


def test_the_reason_of_a_loss_is_shown_by_name(mira: Client) -> None:
    shown = deal(mira, 90418)
    assert shown["deal_loss_reason"] == {"id": 133, "name": "Price"}
    assert shown["deal_loss_reason_notes"] == "Bought second hand."


def test_the_currency_has_its_id_in_answers_to_writes_alone(mira: Client) -> None:
    key = created(mira)["id"]
    written = {"id": 12, "code": "USD", "symbol": "$", "name": "United States Dollar"}
    assert created(mira)["currency"] == changed(mira, key, name="Lens")["currency"] == written
    assert deal(mira, key)["currency"] == {"code": "USD", "symbol": "$", "name": "United States Dollar"}


def test_only_a_shown_deal_says_who_may_be_told(mira: Client) -> None:
    made = created(mira)
    assert "possible_notify_user_ids" in deal(mira, made["id"])
    assert "possible_notify_user_ids" not in made
    assert "possible_notify_user_ids" not in changed(mira, made["id"], name="Lens")
    assert not any("possible_notify_user_ids" in entry for entry in mira.entries("/deals.json"))


@pytest.mark.parametrize("method", ["get", "put", "delete"])
@pytest.mark.parametrize("key", ["99", "0", "999999999"])
def test_a_deal_that_does_not_exist_is_not_found(mira: Client, method: str, key: str) -> None:
    body = ({"deal": {"name": ""}},) if method == "put" else ()
    assert getattr(mira, method)(f"/deals/{key}.json", *body, status=404) == {"error": "Not found"}


# --- create ---


def test_a_new_deal_of_a_name_alone_is_the_callers_and_otherwise_empty(dee: Client) -> None:
    made = created(dee)
    assert (made["name"], made["user_id"], made["user"]["first_name"]) == ("Lamp", DEE, "Dee")
    assert (made["deal_stage_id"], made["probability"], made["status"], made["value"]) == (None, None, None, None)
    assert (made["is_archived"], made["person_ids"], made["people"], made["collaborators"]) == (False, [], [], [])
    assert made["custom_fields"] == {"custom_label_301": None, "custom_label_302": None, "custom_label_303": [], "custom_label_304": None}


def test_a_new_deal_is_created_and_changed_now(mira: Client) -> None:
    made = created(mira)
    assert (made["created_at"], made["updated_at"]) == (SHOWN, SHOWN)


def test_a_new_deal_is_shown_and_listed_as_it_was_answered(mira: Client) -> None:
    made = created(mira, value=12, deal_stage_id=44, person_ids=[70361], custom_fields={"custom_label_301": "PO-1"})
    shown, listed = deal(mira, made["id"]), mira.entries("/deals.json")[0]
    for name in ("id", "value", "deal_stage", "people", "custom_fields", "probability"):
        assert made[name] == shown[name] == listed[name]


def test_created_at_and_updated_at_may_be_written(mira: Client) -> None:
    made = created(mira, created_at="2017/01/02 03:04:05 -0600", updated_at="2018/01/02 03:04:05 -0600")
    assert (made["created_at"], made["updated_at"]) == ("2017/01/02 03:04:05 -0600", "2018/01/02 03:04:05 -0600")
    again = changed(mira, 90412, created_at="2016/01/02 03:04:05 -0600")
    assert again["created_at"] == "2016/01/02 03:04:05 -0600"


def test_moments_that_are_sent_as_null_are_as_usual(mira: Client) -> None:
    made = created(mira, created_at=None, updated_at=None)
    assert (made["created_at"], made["updated_at"]) == (SHOWN, SHOWN)
    assert changed(mira, 90412, created_at=None)["created_at"] == "2018/05/02 10:41:07 -0500"


@pytest.mark.parametrize("attributes", [{}, {"name": ""}, {"name": "  "}, {"name": None}, {"summary": "No name"}])
def test_a_deal_without_a_name_is_refused(mira: Client, attributes: dict[str, Any]) -> None:
    assert mira.post("/deals.json", {"deal": attributes}, status=422) == BLANK_NAME


@pytest.mark.parametrize("body", [{}, {"person": {"name": "Lamp"}}, {"name": "Lamp"}])
def test_a_body_without_the_envelope_is_refused(mira: Client, body: dict[str, Any]) -> None:
    missing = {"error": "param is missing or the value is empty: deal"}
    assert mira.post("/deals.json", body, status=400) == missing
    assert mira.put("/deals/90412.json", body, status=400) == missing


def test_what_is_unknown_or_cannot_be_written_is_ignored(mira: Client) -> None:
    made = created(mira, id=5, colour="red", user={"id": 313}, currency={"code": "EUR"}, next_entry_id=155310, deal_stage={"id": 44}, import_id=7)
    assert (made["user_id"], made["currency"]["code"], made["next_entry_id"], made["deal_stage_id"], made["import_id"]) == (
        311,
        "USD",
        None,
        None,
        None,
    )
    assert made["id"] > 90424
    assert "colour" not in made


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("user_id", 99),
        ("deal_stage_id", 99),
        ("source_id", 99),
        ("deal_source", 99),
        ("primary_contact_id", 99),
        ("company_id", 99),
        ("deal_loss_reason_id", 99),
        ("revenue_type_id", 99),
        ("person_ids", [70331, 99]),
        ("shared_user_ids", [99]),
    ],
)
def test_an_id_of_nothing_is_refused(mira: Client, attribute: str, value: Any) -> None:
    before = deal(mira, 90412)
    assert mira.refused_fields(mira.post, "/deals.json", {"deal": {"name": "Lamp", attribute: value}}) == [attribute]
    assert mira.refused_fields(mira.put, "/deals/90412.json", {"deal": {"name": "Lamp", attribute: value}}) == [attribute]
    assert deal(mira, 90412) == before


def test_an_id_of_nothing_is_said_to_be_invalid(mira: Client) -> None:
    problems = mira.post("/deals.json", {"deal": {"name": "Lamp", "company_id": 99}}, status=422)
    assert [(one["field"], one["msg"]) for one in problems] == [("company_id", "is invalid")]


def test_every_attribute_that_is_wrong_is_named(mira: Client) -> None:
    assert set(mira.refused_fields(mira.post, "/deals.json", {"deal": {"name": "L", "company_id": 99, "source_id": 99}})) == {
        "company_id",
        "source_id",
    }


@pytest.mark.parametrize("probability", [-1, 101])
def test_a_probability_outside_a_hundred_is_refused(mira: Client, probability: int) -> None:
    assert mira.refused_fields(mira.post, "/deals.json", {"deal": {"name": "Lamp", "probability": probability}}) == ["probability"]


@pytest.mark.parametrize(
    ("sent", "shown", "cents"),
    [
        (5000, "5000.0", 500000),
        ("5000", "5000.0", 500000),
        ("18450.5", "18450.5", 1845050),
        (12.34, "12.34", 1234),
        (0, "0.0", 0),
        (None, None, None),
    ],
)
def test_a_value_is_a_number_or_a_text_and_is_answered_as_a_text(mira: Client, sent: Any, shown: str | None, cents: int | None) -> None:
    made = created(mira, value=sent)
    assert (made["value"], made["value_in_cents"]) == (shown, cents)


def test_numbers_and_texts_are_taken_for_each_other(mira: Client) -> None:
    made = created(mira, name=7, company_id="5522", person_ids=["70358"], is_archived="1", probability="30")
    assert (made["name"], made["company_id"], made["person_ids"], made["is_archived"], made["probability"]) == ("7", 5522, [70358], True, 30)


def test_a_form_makes_a_deal_likewise(mira: Client) -> None:
    form = {
        "deal[name]": "Lamp",
        "deal[value]": "12.5",
        "deal[person_ids][]": ["70331", "70346"],
        "deal[custom_fields][custom_label_301]": "PO-2",
    }
    response = mira.send("POST", "/deals.json", data=form)
    assert response.status_code == 200, response.text
    made = response.json()
    assert (made["name"], made["value"], made["person_ids"], made["custom_fields"]["custom_label_301"]) == ("Lamp", "12.5", [70331, 70346], "PO-2")


def test_the_keys_of_a_form_may_stand_in_the_query(mira: Client) -> None:
    response = mira.send("POST", "/deals.json", {"deal[name]": "Lamp", "deal[company_id]": "5522"})
    assert response.status_code == 200, response.text
    assert (response.json()["name"], response.json()["company_id"]) == ("Lamp", 5522)


# --- update ---


def test_what_is_not_sent_stays(mira: Client, clock: FrozenClock) -> None:
    before = deal(mira, 90412)
    clock.move(timedelta(hours=1))
    changed(mira, 90412, summary="Six gauges.")
    assert deal(mira, 90412) == {**before, "summary": "Six gauges.", "updated_at": LATER}


@pytest.mark.parametrize(
    ("attribute", "shown"),
    [
        ("summary", ["summary"]),
        ("value", ["value", "value_in_cents"]),
        ("deal_stage_id", ["deal_stage_id", "deal_stage"]),
        ("company_id", ["company_id", "company"]),
        ("revenue_type_id", ["revenue_type_id", "revenue_type"]),
        ("primary_contact_id", ["primary_contact_id", "primary_contact"]),
        ("status", ["status"]),
    ],
)
def test_null_clears(mira: Client, attribute: str, shown: list[str]) -> None:
    after = changed(mira, 90412, **{attribute: None})
    assert [after[name] for name in shown] == [None] * len(shown)


def test_a_source_that_is_cleared_is_no_longer_shown(mira: Client) -> None:
    assert "source" not in changed(mira, 90412, source_id=None)


def test_lists_of_ids_are_replaced(mira: Client) -> None:
    assert changed(mira, 90412, shared_user_ids=[311, 312])["shared_user_ids"] == [311, 312]
    assert changed(mira, 90412, shared_user_ids=[])["collaborators"] == []


def test_embedded_records_follow_their_ids_at_once(mira: Client) -> None:
    after = changed(mira, 90412, source_id=65, user_id=313, company_id=5522, deal_stage_id=45, revenue_type_id=121, deal_loss_reason_id=131)
    assert after["source"] == {"id": 65, "name": "Website"}
    assert after["user"]["first_name"] == "Dee"
    assert (after["company"]["name"], after["deal_stage"]["name"]) == ("Port of Heron Bay", "Negotiation")
    assert (after["revenue_type"]["name"], after["deal_loss_reason"]["name"]) == ("New", "Competitor")


def test_a_deal_may_be_put_back_whole(mira: Client, clock: FrozenClock) -> None:
    before = deal(mira, 90412)
    clock.move(timedelta(hours=1))
    mira.put("/deals/90412.json", {"deal": before})
    assert deal(mira, 90412) == before


def test_a_deal_may_be_put_back_whole_in_another_zone(dee: Client, clock: FrozenClock) -> None:
    before = deal(dee, 90413)
    assert before["updated_at"] == "2018/06/12 16:30:00 +0100"
    clock.move(timedelta(hours=1))
    dee.put("/deals/90413.json", {"deal": before})
    assert deal(dee, 90413) == before


def test_an_update_without_a_change_leaves_updated_at(mira: Client, clock: FrozenClock) -> None:
    clock.move(timedelta(hours=1))
    assert changed(mira, 90412, name="Tide gauge refit", value="18450")["updated_at"] == "2018/06/14 09:12:45 -0500"
    assert changed(mira, 90412, unheard_of=1)["updated_at"] == "2018/06/14 09:12:45 -0500"


@pytest.mark.parametrize("name", ["", " ", None])
def test_a_name_cannot_be_taken_away(mira: Client, name: str | None) -> None:
    assert mira.put("/deals/90412.json", {"deal": {"name": name}}, status=422) == BLANK_NAME


# --- two spellings of one thing ---


@pytest.mark.parametrize("changes", [{"value": "20000.5"}, {"value_in_cents": 2000050}])
def test_of_value_and_cents_the_changed_one_counts(mira: Client, changes: dict[str, Any]) -> None:
    after = mira.put("/deals/90412.json", {"deal": {**deal(mira, 90412), **changes}})
    assert (after["value"], after["value_in_cents"]) == ("20000.5", 2000050)


def test_cents_alone_make_the_value(mira: Client) -> None:
    assert created(mira, value_in_cents=12550)["value"] == "125.5"


def test_an_old_client_may_say_deal_source(mira: Client) -> None:
    assert created(mira, deal_source=65)["source"] == {"id": 65, "name": "Website"}
    assert changed(mira, 90412, deal_source=62)["source_id"] == 62


def test_a_company_is_found_by_its_name(mira: Client) -> None:
    total = len(mira.ids("/companies.json"))
    assert created(mira, company_name="Port of Heron Bay")["company_id"] == 5522
    assert len(mira.ids("/companies.json")) == total


def test_a_company_is_created_by_its_name(mira: Client) -> None:
    made = created(mira, company_name="Beacon Optics")
    assert made["company"] == {"id": made["company_id"], "name": "Beacon Optics"}
    assert mira.get(f"/companies/{made['company_id']}.json")["name"] == "Beacon Optics"


# --- stage, probability, closed time ---


@pytest.mark.parametrize(("stage", "percent"), [(42, 10), (43, 25), (45, 75), (46, 100), (41, 0)])
def test_a_stage_sets_the_probability(mira: Client, stage: int, percent: int) -> None:
    assert created(mira, deal_stage_id=stage)["probability"] == percent
    assert changed(mira, 90412, deal_stage_id=stage)["probability"] == percent


def test_a_probability_beside_the_stage_is_kept(mira: Client) -> None:
    assert created(mira, deal_stage_id=45, probability=20)["probability"] == 20
    after = changed(mira, 90412, deal_stage_id=45, probability=20)
    assert (after["deal_stage_id"], after["probability"]) == (45, 20)


def test_a_probability_does_not_move_the_stage(mira: Client) -> None:
    after = changed(mira, 90412, probability=0)
    assert (after["probability"], after["deal_stage_id"]) == (0, 44)


@pytest.mark.parametrize("changes", [{"probability": 0}, {"probability": 100}, {"deal_stage_id": 41}, {"deal_stage_id": 46}])
def test_a_won_or_lost_deal_is_closed_now(mira: Client, changes: dict[str, Any]) -> None:
    assert created(mira, **changes)["closed_time"] == SHOWN
    assert changed(mira, 90412, **changes)["closed_time"] == SHOWN


def test_a_closed_deal_stays_closed_when_it_was(mira: Client) -> None:
    assert changed(mira, 90415, probability=0)["closed_time"] == "2018/05/25 16:00:00 -0500"


@pytest.mark.parametrize("changes", [{"probability": 1}, {"probability": 99}, {"deal_stage_id": 43}])
def test_an_unlikely_deal_is_open_again(mira: Client, changes: dict[str, Any]) -> None:
    after = changed(mira, 90418, **changes)
    assert after["closed_time"] is None
    assert after["deal_loss_reason_id"] == 133


def test_a_closed_time_that_is_sent_counts(mira: Client) -> None:
    after = changed(mira, 90412, probability=100, closed_time="2018-06-01 10:00:00")
    assert after["closed_time"] == "2018/06/01 10:00:00 -0500"
    again = changed(mira, 90412, probability=60, closed_time="2018-06-02 10:00:00")
    assert again["closed_time"] == "2018/06/02 10:00:00 -0500"


def test_another_percent_of_a_stage_leaves_its_deals(mira: Client) -> None:
    mira.put("/admin/deal_stages/44.json", {"deal_stage": {"percent": 60}})
    assert deal(mira, 90412)["probability"] == 50
    assert deal(mira, 90412)["deal_stage"]["percent"] == 60


def test_a_stage_that_is_deleted_leaves_its_deals_without_one(mira: Client) -> None:
    mira.delete("/admin/deal_stages/44.json")
    shown = deal(mira, 90412)
    assert (shown["deal_stage_id"], shown["deal_stage"], shown["probability"]) == (None, None, 50)


# --- people ---


def test_a_primary_contact_that_is_cleared_stays_among_the_people(mira: Client) -> None:
    after = changed(mira, 90412, primary_contact_id=None)
    assert (after["primary_contact_id"], after["person_ids"]) == (None, [70331, 70346, 70352])


def test_a_person_is_on_a_deal_once(mira: Client) -> None:
    assert created(mira, person_ids=[70346, 70331, "70346"], primary_contact_id=70331)["person_ids"] == [70346, 70331]


def test_the_primary_contact_joins_the_people(mira: Client) -> None:
    assert created(mira, primary_contact_id=70361)["person_ids"] == [70361]
    assert changed(mira, 90412, primary_contact_id=70361)["person_ids"] == [70331, 70346, 70352, 70361]


def test_a_primary_contact_that_is_left_out_comes_back(mira: Client) -> None:
    after = changed(mira, 90412, person_ids=[70346])
    assert sorted(after["person_ids"]) == [70331, 70346]
    assert after["primary_contact_id"] == 70331


def test_the_people_of_a_deal_have_it_among_their_deals(mira: Client) -> None:
    changed(mira, 90412, primary_contact_id=None, person_ids=[70361])
    assert 90412 in mira.get("/people/70361.json")["deal_ids"]
    assert 90412 not in mira.get("/people/70346.json")["deal_ids"]


# --- the expected close date ---


def task(client: Client, key: int) -> dict[str, Any]:
    shown: dict[str, Any] = client.get(f"/calendar_entries/{key}.json")
    return shown


def test_an_expected_close_date_makes_a_task(mira: Client) -> None:
    made = created(mira, expected_close_date="2018-10-05", company_id=5522)
    assert made["expected_close_date"] == "2018/10/05"
    entry = task(mira, made["expected_close_date_event_id"])
    assert (entry["type"], entry["name"], entry["due_date"]) == ("CalendarTask", "Expected close date", "2018/10/05")
    assert entry["category"] == {"id": 95, "name": "Milestone"}
    assert (entry["association_type"], entry["association_id"], entry["company_id"]) == ("Deal", made["id"], 5522)


def test_the_task_may_be_the_next_entry(mira: Client) -> None:
    made = created(mira, expected_close_date="2018-10-05")
    assert next_entry(mira, made["id"]) == [made["expected_close_date_event_id"], "Expected close date", "2018/10/05", True]


def test_a_date_for_a_deal_that_had_none_makes_a_task(mira: Client) -> None:
    after = changed(mira, 90422, expected_close_date="2018-10-05")
    assert task(mira, after["expected_close_date_event_id"])["association_id"] == 90422


def test_a_deleted_task_leaves_the_deal(mira: Client) -> None:
    mira.delete("/calendar_entries/155298.json", status=200)
    assert deal(mira, 90412)["expected_close_date_event_id"] is None


def test_the_task_moves_with_the_expected_close_date(mira: Client) -> None:
    assert changed(mira, 90412, expected_close_date="2018/11/02")["expected_close_date_event_id"] == 155298
    assert task(mira, 155298)["due_date"] == "2018/11/02"


def test_the_task_goes_with_the_expected_close_date(mira: Client) -> None:
    after = changed(mira, 90412, expected_close_date=None)
    assert (after["expected_close_date"], after["expected_close_date_event_id"]) == (None, None)
    assert 155298 not in mira.ids("/calendar_entries.json")


# --- the next entry ---


def add_entry(client: Client, key: int, **attributes: Any) -> int:
    body = {"type": "CalendarTask", "name": "Look", "association_type": "Deal", "association_id": key, **attributes}
    return int(client.post("/calendar_entries.json", {"calendar_entry": body})["id"])


def next_entry(client: Client, key: int) -> list[Any]:
    shown = deal(client, key)
    return [shown[f"next_entry_{name}"] for name in ("id", "name", "due", "all_day")]


def test_a_deal_without_open_entries_has_no_next_one(mira: Client) -> None:
    assert next_entry(mira, 90422) == next_entry(mira, 90414) == [None] * 4


def test_the_next_entry_is_the_earliest(mira: Client) -> None:
    key = add_entry(mira, 90412, due_date="2018-06-18")
    assert next_entry(mira, 90412) == [key, "Look", "2018/06/18", True]


def test_an_event_is_due_at_its_start(mira: Client) -> None:
    event = {"type": "CalendarEvent", "name": "Visit", "start_time": "2018-06-19 09:00:00", "end_time": "2018-06-19 10:00:00"}
    key = add_entry(mira, 90412, **event)
    assert next_entry(mira, 90412) == [key, "Visit", "2018/06/19 09:00:00 -0500", False]


@pytest.mark.parametrize("changes", [{"complete": True}, {"active": False}, {"association_type": "Company", "association_id": 5522}])
def test_an_entry_that_is_over_makes_way(mira: Client, changes: dict[str, Any]) -> None:
    mira.put("/calendar_entries/155310.json", {"calendar_entry": changes})
    assert next_entry(mira, 90412)[:3] == [155330, "Send tide table", "2018/07/02"]


def test_an_entry_without_a_date_does_not_go_before_one_with_a_date(mira: Client) -> None:
    add_entry(mira, 90412)
    assert next_entry(mira, 90412)[0] == 155310


def test_of_entries_of_the_same_day_the_newest_is_next(mira: Client) -> None:
    key = add_entry(mira, 90412, due_date="2018-06-20")
    assert next_entry(mira, 90412)[0] == key


# --- todo templates ---


def test_a_todo_template_makes_tasks_on_the_deal(mira: Client) -> None:
    made = mira.post("/deals.json", {"deal": {"name": "Lamp"}, "todo_template_id": 502})
    tasks = mira.entries(f"/deals/{made['id']}/calendar_entries.json")
    assert [(one["name"], one["due_date"], one["category_id"], one["owner_id"]) for one in tasks] == [
        ("Call to confirm the brief", "2018/06/16", 91, MIRA),
        ("Send mounting drawings", "2018/06/18", 94, MIRA),
        ("Visit the site", "2018/06/24", 92, MIRA),
        ("Mail the proposal", "2018/06/25", 93, MIRA),
    ]
    assert {one["type"] for one in tasks} == {"CalendarTask"}


def test_a_todo_template_may_be_for_somebody_else_and_on_an_old_deal(mira: Client) -> None:
    mira.put("/deals/90422.json", {"deal": {"summary": "Old."}, "todo_template_id": 502, "todo_template_user_id": 313})
    assert {one["owner_id"] for one in mira.entries("/deals/90422/calendar_entries.json")} == {DEE}


def test_an_unknown_todo_template_is_refused(mira: Client) -> None:
    total = len(mira.ids("/deals.json"))
    assert mira.refused_fields(mira.post, "/deals.json", {"deal": {"name": "Lamp"}, "todo_template_id": 99}) == ["todo_template_id"]
    assert len(mira.ids("/deals.json")) == total


# --- notes and comments ---


def test_a_note_touches_the_deal_and_its_company(mira: Client) -> None:
    mira.post("/notes.json", {"note": {"content": "Called.", "deal_id": 90422}})
    assert deal(mira, 90422)["updated_at"] == SHOWN
    assert mira.get("/companies/5524.json")["updated_at"] == SHOWN


def test_a_comment_touches_the_deal_and_its_company(mira: Client) -> None:
    mira.post("/notes/240119/comments.json", {"comment": {"comment": "Good."}})
    assert deal(mira, 90414)["updated_at"] == SHOWN
    assert mira.get("/companies/5523.json")["updated_at"] == SHOWN


# --- mails ---


def test_a_new_owner_is_told(mira: Client) -> None:
    key = created(mira, user_id=TOMAS)["id"]
    changed(mira, key, user_id=DEE)
    assert mira.mails() == [
        {"event": "assignment", "to_user_id": TOMAS, "collection": "deals", "id": key},
        {"event": "reassignment", "to_user_id": DEE, "collection": "deals", "id": key},
    ]


def test_who_takes_a_deal_over_is_not_told(mira: Client) -> None:
    created(mira)
    changed(mira, 90412, user_id=MIRA)
    changed(mira, 90413, name="Sensors")
    assert mira.mails() == []


def test_no_mail_is_sent_where_the_request_declines_it(mira: Client) -> None:
    mira.post("/deals.json", {"deal": {"name": "Lamp", "user_id": TOMAS}}, {"deliver_assignment_email": "false"})
    mira.put("/deals/90412.json", {"deal": {"user_id": DEE}}, {"deliver_reassignment_email": "false"})
    assert mira.mails() == []


def test_a_refused_request_sends_no_mail(mira: Client) -> None:
    mira.put("/deals/90412.json", {"deal": {"user_id": DEE, "company_id": 99}}, status=422)
    assert mira.mails() == []
    assert deal(mira, 90412)["user_id"] == TOMAS


# --- delete ---


def test_a_mail_is_noted_when_it_would_be_sent(mira: Client) -> None:
    changed(mira, 90412, user_id=DEE)
    changed(mira, 90412, user_id=DEE)
    assert len(mira.mails()) == 1


def test_a_deleted_deal_is_gone(mira: Client) -> None:
    response = mira.send("DELETE", "/deals/90412.json")
    assert (response.status_code, response.content) == (204, b"")
    mira.get("/deals/90412.json", status=404)
    mira.delete("/deals/90412.json", status=404)
    assert 90412 not in mira.ids("/deals.json")


def test_the_people_of_a_deleted_deal_stay(mira: Client) -> None:
    mira.delete("/deals/90412.json")
    assert mira.get("/people/70331.json")["deal_ids"] == [90415, 90416]
    assert mira.get("/people/70331.json")["deals"] == [{"id": 90415, "name": "Quay lamp monitoring"}, {"id": 90416, "name": "Pilot boat display"}]


def test_the_entries_of_a_deleted_deal_become_inactive(mira: Client) -> None:
    mira.delete("/deals/90412.json")
    assert not set(mira.ids("/calendar_entries.json")) & {155298, 155305, 155310, 155330, 155331}
    assert task(mira, 155310)["active"] is False


def test_notes_and_documents_of_a_deleted_deal_stay_with_their_company(mira: Client) -> None:
    mira.delete("/deals/90412.json")
    for path in ("/notes/240117.json", "/documents/48207.json"):
        shown = mira.get(path)
        assert (shown["deal_id"], shown["deal"], shown["company_id"]) == (None, None, 5520)


def test_notes_and_documents_of_a_deleted_deal_alone_are_deleted(mira: Client) -> None:
    note = mira.post("/notes.json", {"note": {"content": "Alone.", "deal_id": 90424}})["id"]
    mira.delete("/deals/90424.json")
    mira.get(f"/notes/{note}.json", status=404)
    mira.get("/documents/48205.json", status=404)
    assert mira.get("/notes/240121.json")["person_id"] == 70361
