"""Pipelines: first stages, members, and whom new deals are assigned to."""

from typing import Any

import pytest

from mockserver.apis.activecampaign.pipelines import assigned_owner, managed_pipelines
from tests.apis.activecampaign.account import Account


def created(account: Account, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = account.call("create_deal_group", body={"dealGroup": {"title": "Kite school", "currency": "EUR", **attributes}})
    return made


def pipeline(account: Account, **attributes: Any) -> int:
    return int(created(account, **attributes)["dealGroup"]["id"])


def owner_of_new_deal(account: Account, group: int, value: int = 100, **attributes: Any) -> int:
    body = {"title": "A deal", "value": value, "currency": "eur", "contact": 31, "group": group, **attributes}
    return int(account.call("create_deal", body={"deal": body})["deal"]["owner"])


def test_a_new_pipeline_has_three_stages_without_dates(account: Account) -> None:
    answer = created(account)
    told = [(stage["title"], stage["color"], stage["order"], stage["cdate"], stage["udate"]) for stage in answer["dealStages"]]
    assert told == [("To Contact", "19CCA3", "1", None, None), ("In Contact", "5487FF", "2", None, None), ("Follow Up", "FBD965", "3", None, None)]
    assert answer["dealGroup"]["stages"] == [stage["id"] for stage in answer["dealStages"]]


def test_the_currency_is_echoed_and_kept_in_lower_case(account: Account) -> None:
    answer = created(account)["dealGroup"]
    assert answer["currency"] == "EUR"
    assert account.record("dealGroups", int(answer["id"]))["currency"] == "eur"


def test_an_edited_pipeline_gets_no_more_stages(account: Account) -> None:
    account.call("update_deal_group", 6, body={"dealGroup": {"title": "Still empty"}})
    assert account.store["dealStages"].where("group", 6) == []


def test_users_and_groups_stand_beside_the_pipeline_if_they_were_sent(account: Account) -> None:
    answer = created(account, users=["6", 4, 6], groups=[2])
    assert [place["user"] for place in answer["dealGroupUsers"]] == ["6", "4"]
    assert answer["dealGroup"]["dealGroupUsers"] == [place["id"] for place in answer["dealGroupUsers"]]
    assert [place["groupid"] for place in answer["dealGroupGroups"]] == ["2"]
    assert all(place["cdate"] is None for place in answer["dealGroupUsers"] + answer["dealGroupGroups"])
    assert "dealGroupUsers" not in created(account)


def test_members_that_are_sent_replace_the_former_ones_and_others_stay(account: Account) -> None:
    account.call("update_deal_group", 3, body={"dealGroup": {"users": [1]}})
    assert [place["user"] for place in account.store["dealGroupUsers"].where("dealGroup", 3)] == [1]
    assert [place["group"] for place in account.store["dealGroupGroups"].where("dealGroup", 3)] == [2]
    account.call("update_deal_group", 3, body={"dealGroup": {"users": []}})
    assert account.store["dealGroupUsers"].where("dealGroup", 3) == []


def test_members_that_do_not_exist_are_refused(account: Account) -> None:
    body = {"dealGroup": {"title": "T", "currency": "usd", "users": [4, 99], "groups": ["77"]}}
    reasons = [("/dealGroup/users/1", "related-kind"), ("/dealGroup/groups/0", "related-kind")]
    assert account.refusals("create_deal_group", body=body) == reasons
    assert account.refusals("update_deal_group", 3, body=body) == reasons


def test_a_deleted_pipeline_takes_stages_deals_and_members_along(account: Account) -> None:
    deals = account.store["deals"].where("group", 3)
    account.call("delete_deal_group", 3)
    assert account.store["dealStages"].where("group", 3) == []
    assert [account.store["deals"].get(deal["id"]) for deal in deals] == [None] * len(deals)
    assert account.store["dealGroupUsers"].where("dealGroup", 3) == account.store["dealGroupGroups"].where("dealGroup", 3) == []
    assert [one["relid"] for one in account.store["dealTasks"] if one["reltype"] == "Deal" and account.store["deals"].get(one["relid"]) is None] == []


# --- whom new deals are assigned to ---


def test_users_of_the_pipeline_take_turns(account: Account) -> None:
    group = pipeline(account, autoassign=1, users=["6", "4"])
    assert [owner_of_new_deal(account, group) for _ in range(5)] == [6, 4, 6, 4, 6]


def test_all_users_take_turns_by_id_if_the_pipeline_says_so(account: Account) -> None:
    group = pipeline(account, autoassign="1", allusers=True, users=[6])
    assert [owner_of_new_deal(account, group) for _ in range(4)] == [1, 4, 6, 1]


def test_the_turn_goes_on_after_an_owner_that_was_sent(account: Account) -> None:
    group = pipeline(account, autoassign=1, users=[1, 4, 6])
    assert [owner_of_new_deal(account, group), owner_of_new_deal(account, group, owner=4), owner_of_new_deal(account, group)] == [1, 4, 6]


def test_the_turn_begins_anew_after_an_owner_from_outside(account: Account) -> None:
    group = pipeline(account, autoassign=1, users=[4, 6])
    assert [owner_of_new_deal(account, group, owner=1), owner_of_new_deal(account, group)] == [1, 4]


def test_by_value_the_user_with_the_lowest_sum_is_next(account: Account) -> None:
    group = pipeline(account, autoassign=2, users=[4, 6])
    assert [owner_of_new_deal(account, group, value) for value in (500, 300, 100, 200, 50)] == [4, 6, 6, 6, 4]


def test_an_owner_that_is_sent_is_taken(account: Account) -> None:
    assert owner_of_new_deal(account, 3, owner="1") == 1


@pytest.mark.parametrize("attributes", [{}, {"autoassign": 0, "users": [4]}, {"autoassign": 1}, {"autoassign": 2}])
def test_a_pipeline_that_assigns_nobody_needs_an_owner(account: Account, attributes: dict[str, Any]) -> None:
    group = pipeline(account, **attributes)
    body = {"title": "A deal", "value": 1, "currency": "eur", "contact": 31, "group": group}
    assert account.refusals("create_deal", body={"deal": body}) == [("/deal/owner", "required")]


def test_an_unknown_pipeline_assigns_nobody(account: Account) -> None:
    assert assigned_owner(account.session(), 99) is None
    assert assigned_owner(account.session(), None) is None


@pytest.mark.parametrize(("groups", "managed"), [([], {3, 5, 6}), ([2], {3, 5, 6}), ([1], {3, 5, 6, 7})])
def test_a_pipeline_is_managed_by_all_groups_or_by_its_own(account: Account, groups: list[int], managed: set[int]) -> None:
    assert managed_pipelines(account.session(), groups) == managed
