"""Activities: what counts, and how they are listed."""

from datetime import UTC, datetime

import pytest

from mockserver.apis.activecampaign.activities import record_activity
from tests.apis.activecampaign.account import Account

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "counted"), [("note", True), ("task", True), ("d_stageid", True), ("title", True), ("contact", False), ("", False), ("email", False)]
)
def test_all_but_creation_contacts_and_email_count_and_move_mdate(account: Account, kind: str, counted: bool) -> None:
    before = account.deal(207)
    record_activity(account.session(6), 207, kind, "add", about=7)
    made = account.store["dealActivities"].where("deal", 207)[-1]
    assert (made["dataType"], made["dataAction"], made["dataOldval"], made["dataId"], made["user"], made["cdate"]) == (kind, "add", "", 7, 6, NOW)
    assert account.deal(207)["activitycount"] == before["activitycount"] + counted
    assert account.deal(207)["mdate"] == (NOW if counted else before["mdate"])


def test_a_deal_that_is_gone_has_no_activities(account: Account) -> None:
    record_activity(account.session(), 99, "note", "add")
    record_activity(account.session(), None, "note", "add")
    assert account.store["dealActivities"].next_key == account.service.worlds.fixtures["dealActivities"].next_key


def test_counts_of_the_fixtures_follow_the_same_rule(account: Account) -> None:
    uncounted = ("contact", "email", "connection_email", "LinkData")
    for deal in account.store["deals"]:
        told = [one for one in account.store["dealActivities"].where("deal", deal["id"]) if one["dataType"] not in uncounted]
        assert (deal["id"], len(told)) == (deal["id"], deal["activitycount"])


@pytest.mark.parametrize(("exclude", "kinds"), [("email", set()), ("other", {"email"}), ("", {"email"})])
def test_exclude_email_leaves_out_all_kinds_of_email(account: Account, exclude: str, kinds: set[str]) -> None:
    told = account.call("list_activities_of_deal", 207, query={"exclude": exclude})["dealActivities"]
    assert {one["dataType"] for one in told} & {"email", "connection_email", "LinkData"} == kinds


def test_the_list_prints_zero_for_no_stage(account: Account) -> None:
    told = account.call("list_deal_activities", query={"deal": "207"})["dealActivities"]
    assert [(one["d_stageid"], one["stage"]) for one in told if one["dataType"] in ("d_stageid", "note")] == [("12", "12"), ("0", None)]
