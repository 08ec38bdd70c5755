"""Tasks and their types: completion, the deal's next task, activities, dates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.apis.activecampaign.tasks import due_test
from tests.apis.activecampaign.account import Account

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)
DUE = "2024-03-26T09:00:00-05:00"
DUE_UTC = datetime(2024, 3, 26, 14, tzinfo=UTC)


def created(account: Account, caller: int = 1, **attributes: Any) -> dict[str, Any]:
    body = {"relid": 207, "duedate": DUE, "dealTasktype": 1, **attributes}
    made: dict[str, Any] = account.call("create_deal_task", body={"dealTask": body}, caller=caller)["dealTask"]
    return made


def changed(account: Account, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = account.call("update_deal_task", key, body={"dealTask": attributes})["dealTask"]
    return made


def next_of(account: Account, deal: int) -> tuple[int | None, datetime | None]:
    return account.deal(deal)["nexttask"], account.deal(deal)["nextdate"]


# --- completion ---


def test_a_new_task_is_for_its_creator_and_takes_a_quarter_of_an_hour(account: Account) -> None:
    task = account.record("dealTasks", int(created(account, caller=6)["id"]))
    assert (task["user"], task["assignee"], task["edate"] - task["duedate"], task["donedate"]) == (6, 6, timedelta(minutes=15), None)


@pytest.mark.parametrize(("assignee", "kept"), [("4", 4), (None, None)])
def test_an_assignee_that_is_sent_is_kept(account: Account, assignee: str | None, kept: int | None) -> None:
    assert account.record("dealTasks", int(created(account, assignee=assignee)["id"]))["assignee"] == kept


def test_the_owner_type_says_whose_the_task_is(account: Account) -> None:
    made = created(account, ownerType="contact", relid="35")
    assert (made["reltype"], made["owner"], made["relid"]) == ("Subscriber", {"type": "contact", "id": "35"}, "35")
    assert created(account)["owner"] == {"type": "deal", "id": "207"}


def test_the_end_moves_along_with_the_due_date_unless_it_is_sent(account: Account) -> None:
    changed(account, 412, duedate=DUE)
    assert account.record("dealTasks", 412)["edate"] == DUE_UTC + timedelta(minutes=15)
    changed(account, 412, duedate="2024-03-27T09:00:00-05:00", edate="2024-03-27T12:00:00-05:00")
    assert account.record("dealTasks", 412)["edate"] == datetime(2024, 3, 27, 17, tzinfo=UTC)


def test_the_moment_of_completion_is_kept_until_the_task_is_opened_again(account: Account) -> None:
    changed(account, 412, status=1)
    assert account.record("dealTasks", 412)["donedate"] == NOW
    changed(account, 415, status="1", note="Once more")
    assert account.record("dealTasks", 415)["donedate"] == datetime(2024, 3, 27, 16, 40, 2, tzinfo=UTC)
    changed(account, 412, status=0)
    assert account.record("dealTasks", 412)["donedate"] is None


@pytest.mark.parametrize(
    ("attributes", "pointer"),
    [
        ({"relid": 99}, "relid"),
        ({"relid": 207, "ownerType": "contact"}, "relid"),
        ({"dealTasktype": 99}, "dealTasktype"),
        ({"assignee": 99}, "assignee"),
    ],
)
def test_a_task_for_what_does_not_exist_is_refused(account: Account, attributes: dict[str, Any], pointer: str) -> None:
    body = {"dealTask": {"relid": 207, "duedate": DUE, "dealTasktype": 1, **attributes}}
    assert account.refusals("create_deal_task", body=body) == [(f"/dealTask/{pointer}", "related")]


def test_another_kind_of_owner_must_have_the_tasks_id(account: Account) -> None:
    assert account.refusals("update_deal_task", 412, body={"dealTask": {"ownerType": "contact"}}) == [("/dealTask/ownerType", "related-kind")]
    assert changed(account, 412, ownerType="contact", relid=31)["owner"] == {"type": "contact", "id": "31"}


# --- the deal's next task ---


def test_an_earlier_task_becomes_the_next_one(account: Account) -> None:
    key = int(created(account)["id"])
    assert next_of(account, 207) == (key, DUE_UTC)


def test_a_later_task_does_not(account: Account) -> None:
    created(account, duedate="2024-05-01")
    assert next_of(account, 207)[0] == 412


def test_of_tasks_due_at_the_same_moment_the_oldest_is_next(account: Account) -> None:
    created(account, duedate="2024-03-27T10:00:00-05:00")
    assert next_of(account, 207)[0] == 412


def test_a_first_task_becomes_the_next_one(account: Account) -> None:
    key = int(created(account, relid=211)["id"])
    assert next_of(account, 211) == (key, DUE_UTC)


@pytest.mark.parametrize("changes", [{"status": 1}, {"ownerType": "contact", "relid": 31}, {"relid": 211}, None])
def test_a_deal_whose_last_task_is_done_given_away_or_deleted_has_next_task_zero(account: Account, changes: dict[str, Any] | None) -> None:
    if changes is None:
        account.call("delete_deal_task", 412)
    else:
        changed(account, 412, **changes)
    assert next_of(account, 207) == (0, None)
    deal = account.call("get_deal", 207)["deal"]
    assert (deal["nexttaskid"], deal["nextTask"], deal["nextdate"]) == ("0", None, None)


def test_the_other_deal_gets_the_task_that_is_given_to_it(account: Account) -> None:
    changed(account, 412, relid=211)
    assert next_of(account, 211) == (412, account.record("dealTasks", 412)["duedate"])
    assert account.activities(211) == [("task", "add", "", 412)]


def test_a_done_task_that_is_opened_again_is_next(account: Account) -> None:
    changed(account, 415, status=0)
    assert next_of(account, 208)[0] == 415


def test_the_next_task_follows_its_new_date(account: Account) -> None:
    key = int(created(account, duedate="2024-03-28")["id"])
    changed(account, 412, duedate="2024-03-29")
    assert next_of(account, 207)[0] == key
    changed(account, 412, duedate=DUE)
    assert next_of(account, 207) == (412, DUE_UTC)


def test_a_task_of_a_contact_with_the_deals_id_is_not_the_deals(account: Account) -> None:
    account.session().create("dealTasks", {"relid": 211, "reltype": "Subscriber", "dealTasktype": 1, "duedate": DUE_UTC})
    assert next_of(account, 211) == (None, None)
    assert account.activities(211) == []


def test_next_tasks_of_the_fixtures_follow_the_same_rule(account: Account) -> None:
    for deal in account.store["deals"]:
        tasks = [task for task in account.store["dealTasks"].where("relid", deal["id"]) if task["reltype"] == "Deal"]
        open_ones = sorted((task["duedate"], task["id"]) for task in tasks if task["status"] == 0)
        assert (deal["id"], deal["nexttask"]) == (deal["id"], open_ones[0][1] if open_ones else 0 if tasks else None)
        assert (deal["id"], deal["nextdate"]) == (deal["id"], open_ones[0][0] if open_ones else None)


# --- activities ---


def test_a_task_leaves_an_activity_when_it_is_made_and_when_it_is_done(account: Account) -> None:
    key = int(created(account)["id"])
    changed(account, key, title="Call twice")
    changed(account, key, status=1)
    changed(account, key, status=1)
    account.call("delete_deal_task", key)
    assert account.activities(207) == [("task", "add", "", key), ("task", "done", "", key)]
    assert account.deal(207)["activitycount"] == 6


# --- lists ---


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, {"overdue"}), (0, {"upcoming"}), (86400, {"upcoming"}), (86401, {"scheduled"}), (None, {"no-task"})],
)
def test_a_due_date_has_one_word(seconds: int | None, words: set[str]) -> None:
    due = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert {word for word in ("overdue", "upcoming", "scheduled", "no-task") if due_test(word, NOW)(due)} == words


def test_words_leave_out_tasks_that_are_done(account: Account) -> None:
    found = {word: account.keys("list_deal_tasks", "dealTasks", {"filters[duedate_range]": word}) for word in ("overdue", "upcoming", "scheduled")}
    open_ones = account.keys("list_deal_tasks", "dealTasks", {"filters[status]": "0"})
    assert sorted(key for keys in found.values() for key in keys) == open_ones


@pytest.mark.parametrize("between", [" ", "+"])
def test_a_range_of_days_includes_both_in_the_accounts_zone(account: Account, between: str) -> None:
    for due in ("2031-05-01T04:59:59Z", "2031-05-01T05:00:00Z", "2031-05-04T04:59:59Z", "2031-05-04T05:00:00Z"):
        created(account, duedate=due)
    keys = account.keys("list_deal_tasks", "dealTasks", {"filters[duedate_range]": f"2031-05-01{between}2031-05-03"})
    assert [account.record("dealTasks", key)["duedate"].isoformat() for key in keys] == ["2031-05-01T05:00:00+00:00", "2031-05-04T04:59:59+00:00"]


def test_a_range_with_a_day_that_the_calendar_has_not_is_no_error(account: Account) -> None:
    assert account.keys("list_deal_tasks", "dealTasks", {"filters[duedate_range]": "2031-02-30 2031-02-31"}) == []


# --- types ---


def test_a_type_keeps_who_made_it_and_who_wrote_it_last(account: Account) -> None:
    made = account.call("create_deal_tasktype", body={"dealTasktype": {"title": "Fitting"}}, caller=4)["dealTasktype"]
    account.call("update_deal_tasktype", int(made["id"]), body={"dealTasktype": {"status": 1}}, caller=6)
    kept = account.record("dealTasktypes", int(made["id"]))
    assert (made["created_by"], kept["created_by"], kept["updated_by"], kept["status"]) == ("4", 4, 6, 1)


def test_no_type_can_be_deleted(account: Account) -> None:
    assert account.call("delete_deal_tasktype") == {}


def test_two_types_have_no_title_in_common(account: Account) -> None:
    assert account.refusals("create_deal_tasktype", body={"dealTasktype": {"title": "CALL"}}) == [("/dealTasktype/title", "unique")]


def test_all_tasks_of_a_type_move_with_their_deals_beside_them(account: Account) -> None:
    keys = [task["id"] for task in account.store["dealTasks"].where("dealTasktype", 1)]
    answer = account.call("move_tasks_to_tasktype", 1, body={"dealTask": {"dealTasktype": "3"}})
    assert [int(task["id"]) for task in answer["dealTasks"]] == keys
    assert {task["dealTasktype"] for task in answer["dealTasks"]} == {"3"}
    moved = [account.record("dealTasks", key) for key in keys]
    assert {int(deal["id"]) for deal in answer["deals"]} == {task["relid"] for task in moved if task["reltype"] == "Deal"}
    assert account.activities(207) == []


def test_a_type_without_tasks_moves_nothing_and_names_no_deals(account: Account) -> None:
    made = account.call("create_deal_tasktype", body={"dealTasktype": {"title": "Fitting"}})["dealTasktype"]
    assert account.call("move_tasks_to_tasktype", int(made["id"]), body={"dealTask": {"dealTasktype": 1}}) == {"dealTasks": []}


def test_a_type_may_be_its_own_target_and_nothing_changes(account: Account) -> None:
    before = account.contents()
    assert account.call("move_tasks_to_tasktype", 1, body={"dealTask": {"dealTasktype": 1}})["dealTasks"]
    assert account.contents() == before


def test_an_unknown_target_type_is_refused(account: Account) -> None:
    assert account.refusals("move_tasks_to_tasktype", 1, body={"dealTask": {"dealTasktype": 99}}) == [("/dealTask/dealTasktype", "related")]
