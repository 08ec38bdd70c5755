"""Outcomes of tasks, which types of tasks have them, and what becomes of both."""

import pytest

from tests.apis.activecampaign.account import Account

# --- outcomes ---


def test_a_sentiment_is_kept_and_answered_in_capitals(account: Account) -> None:
    answer = account.call("create_task_outcome", body={"taskOutcome": {"title": "Moved on", "sentiment": "Negative"}})["taskOutcome"]
    assert answer["sentiment"] == "NEGATIVE"
    assert account.record("taskOutcomes", int(answer["id"]))["sentiment"] == "NEGATIVE"


def test_disabled_is_answered_empty_if_it_was_not_sent(account: Account) -> None:
    sent = {"title": "Moved on", "sentiment": "Negative", "disabled": 1}
    assert account.call("create_task_outcome", body={"taskOutcome": sent})["taskOutcome"]["disabled"] == "1"
    silent = account.call("create_task_outcome", body={"taskOutcome": {"title": "Stayed", "sentiment": "Positive"}})["taskOutcome"]
    assert silent["disabled"] == ""
    assert account.call("get_task_outcome", int(silent["id"]))["taskOutcome"]["disabled"] == "0"


def test_an_outcome_keeps_its_creator_and_who_wrote_it_last(account: Account) -> None:
    answer = account.call("create_task_outcome", body={"taskOutcome": {"title": "Moved on", "sentiment": "Neutral"}}, caller=4)
    key = int(answer["taskOutcome"]["id"])
    account.call("update_task_outcome", key, body={"taskOutcome": {"title": "Moved away"}}, caller=6)
    shown = account.call("get_task_outcome", key)["taskOutcome"]
    assert (shown["created_by"], shown["updated_by"], shown["title"], shown["sentiment"]) == ("4", "6", "Moved away", "NEUTRAL")


def test_the_title_of_another_outcome_is_refused_in_any_case(account: Account) -> None:
    taken = {"taskOutcome": {"title": "no ANSWER", "sentiment": "Neutral"}}
    assert account.refusals("create_task_outcome", body=taken) == [("/taskOutcome/title", "title-in-use")]
    assert account.refusals("update_task_outcome_by_its_documented_path", 1, body=taken) == [("/taskOutcome/title", "title-in-use")]


def test_an_outcome_keeps_its_own_title(account: Account) -> None:
    assert account.call("update_task_outcome", 3, body={"taskOutcome": {"title": "NO ANSWER"}})["taskOutcome"]["title"] == "NO ANSWER"


@pytest.mark.parametrize(("number", "kept"), [("1", [2]), ("2", [3, 5]), ("3", [1, 4])])
def test_outcomes_are_filtered_by_the_number_of_their_sentiment(account: Account, number: str, kept: list[int]) -> None:
    assert account.keys("list_task_outcomes", "taskOutcomes", {"filters[sentiment]": number}) == kept


@pytest.mark.parametrize("operation_id", ["delete_task_outcome", "delete_task_outcome_by_its_documented_path"])
def test_an_outcome_that_is_deleted_leaves_tasks_and_types_without_it(account: Account, operation_id: str) -> None:
    tasks = [task["id"] for task in account.store["dealTasks"] if task["outcomeId"] == 2]
    assert tasks
    account.call(operation_id, 2)
    assert {account.record("dealTasks", key)["outcomeId"] for key in tasks} == {None}
    assert account.call("get_deal_tasktype", 6)["dealTasktype"]["outcomes"] == ["4"]


def test_a_task_cannot_have_an_outcome_that_does_not_exist(account: Account) -> None:
    body = {"dealTask": {"status": 1, "outcomeId": 999}}
    assert account.refusals("update_deal_task", 412, body=body) == [("/dealTask/outcomeId", "related")]


# --- outcomes of task types ---


def test_the_outcomes_of_a_type_stand_in_their_order(account: Account) -> None:
    assert account.call("get_deal_tasktype", 6)["dealTasktype"]["outcomes"] == ["4", "2"]


def test_a_new_outcome_of_a_type_comes_last_and_names_who_gave_it(account: Account) -> None:
    answer = account.call("create_tasktype_outcome_rel", body={"tasktypeOutcomeRel": {"tasktype": 6, "outcome": "3"}}, caller=4)
    rel = answer["tasktypeOutcomeRel"]
    assert (rel["display_order"], rel["tasktype"], rel["tasktype_id"], rel["createdBy"]) == ("2", 6, "6", "4")
    assert account.call("get_deal_tasktype", 6)["dealTasktype"]["outcomes"] == ["4", "2", "3"]
    assert account.call("get_task_outcome", 3)["taskOutcome"]["dealTasktype_ids"] == ["1", "6"]


def test_the_first_outcome_of_a_type_has_place_nought(account: Account) -> None:
    answer = account.call("create_tasktype_outcome_rel", body={"tasktypeOutcomeRel": {"tasktype": 5, "outcome": 1}})
    assert answer["tasktypeOutcomeRel"]["display_order"] == "0"


def test_an_outcome_can_be_given_its_place(account: Account) -> None:
    body = {"tasktypeOutcomeRel": {"tasktype": 6, "outcome": 3, "display_order": 0}}
    assert account.call("create_tasktype_outcome_rel", body=body)["tasktypeOutcomeRel"]["display_order"] == 0
    assert account.call("get_deal_tasktype", 6)["dealTasktype"]["outcomes"] == ["4", "3", "2"]


def test_an_outcome_that_a_type_has_is_refused(account: Account) -> None:
    body = {"tasktypeOutcomeRel": {"tasktype": "6", "outcome": "2"}}
    assert account.refusals("create_tasktype_outcome_rel", body=body) == [("/tasktypeOutcomeRel/outcome", "outcome-in-use")]


def test_tasks_keep_an_outcome_that_their_type_loses(account: Account) -> None:
    account.call("delete_tasktype_outcome_rel", 1)
    assert account.call("get_deal_tasktype", 6)["dealTasktype"]["outcomes"] == ["4"]
    assert account.record("dealTasks", 423)["outcomeId"] == 2


# --- reminders ---


def test_a_task_that_is_deleted_takes_its_reminders_along(account: Account) -> None:
    account.call("delete_deal_task", 412)
    assert account.store["taskNotifications"].where("dealTask", 412) == []


def test_a_reminder_is_answered_as_it_was_sent(account: Account) -> None:
    answer = account.call("create_task_notification", body={"taskNotification": {"dealTask": "412", "interval": "123"}})["taskNotification"]
    assert (answer["dealTask"], answer["interval"]) == ("412", "123")
    assert account.record("taskNotifications", int(answer["id"]))["interval"] == 123
