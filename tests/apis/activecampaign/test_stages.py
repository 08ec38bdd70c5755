"""Stages: their order, and what their deals and pipelines follow."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.apis.activecampaign.stages import first_stage
from tests.apis.activecampaign.account import Account

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


def orders(account: Account, group: int) -> dict[int, int]:
    return {stage["id"]: stage["order"] for stage in account.store["dealStages"].where("group", group)}


def created(account: Account, query: dict[str, str] | None = None, **attributes: Any) -> int:
    return int(account.call("create_deal_stage", query=query, body={"dealStage": {"title": "Quote", "group": 3, **attributes}})["dealStage"]["id"])


@pytest.mark.parametrize(("group", "order"), [(3, 4), (7, 7), (6, 1)])
def test_a_new_stage_comes_last(account: Account, group: int, order: int) -> None:
    assert account.record("dealStages", created(account, group=group))["order"] == order


def test_the_first_stage_has_the_lowest_order_not_the_lowest_id(account: Account) -> None:
    assert [first_stage(account.session(), group) for group in (3, 7, 6, 99, None)] == [11, 21, None, None, None]


def test_without_reorder_orders_may_be_equal(account: Account) -> None:
    key = created(account, {"reorder": "0"}, order=2)
    assert orders(account, 3) == {11: 1, 12: 2, 13: 3, key: 2}


def test_reorder_numbers_the_pipeline_and_of_equal_orders_the_newest_comes_first(account: Account) -> None:
    key = created(account, {"reorder": "1"}, order=2)
    assert orders(account, 3) == {11: 1, key: 2, 12: 3, 13: 4}
    assert account.record("dealStages", 12)["udate"] is None


def test_reorder_closes_gaps_on_an_update(account: Account) -> None:
    account.call("update_deal_stage", 24, query={"reorder": "1"}, body={"dealStage": {"order": 0}})
    assert orders(account, 7) == {24: 1, 21: 2, 20: 3, 23: 4, 22: 5}
    assert orders(account, 3) == {11: 1, 12: 2, 13: 3}


def test_a_written_stage_moves_the_udate_of_its_pipeline(account: Account) -> None:
    account.call("update_deal_stage", 17, body={"dealStage": {"title": "In"}})
    assert account.record("dealGroups", 5)["udate"] == NOW
    assert account.record("dealGroups", 3)["udate"] != NOW


def test_a_stage_that_moves_takes_its_deals_along(account: Account) -> None:
    deals = [deal["id"] for deal in account.store["deals"].where("stage", 11)]
    account.call("update_deal_stage", 11, body={"dealStage": {"group": 5}})
    assert {account.deal(key)["group"] for key in deals} == {5}
    assert account.activities(210) == [("d_groupid", "5", "3", 0)]
    assert (account.deal(210)["activitycount"], account.deal(210)["mdate"]) == (3, NOW)
    assert [account.record("dealGroups", key)["udate"] for key in (3, 5)] == [NOW, NOW]


def test_a_deleted_stage_takes_its_deals_along_and_leaves_the_orders(account: Account) -> None:
    deals = [deal["id"] for deal in account.store["deals"].where("stage", 12)]
    account.call("delete_deal_stage", 12)
    assert orders(account, 3) == {11: 1, 13: 3}
    assert [account.store["deals"].get(key) for key in deals] == [None] * len(deals)


def test_all_deals_of_a_stage_move_and_each_leaves_an_activity(account: Account) -> None:
    keys = [deal["id"] for deal in account.store["deals"].where("stage", 11)]
    answer = account.call("move_deals_to_stage", 11, body={"deal": {"stage": "13"}})
    assert [int(deal["id"]) for deal in answer["deals"]] == keys
    assert {deal["stage"] for deal in answer["deals"]} == {"13"}
    assert {tuple(account.activities(key)) for key in keys} == {(("d_stageid", "13", "11", 0),)}
    assert account.store["deals"].where("stage", 11) == []


def test_an_empty_stage_moves_nothing(account: Account) -> None:
    assert account.call("move_deals_to_stage", 24, body={"deal": {"stage": 21}}) == {"deals": []}


def test_a_stage_may_be_its_own_target_and_nothing_changes(account: Account) -> None:
    before = account.contents()
    answer = account.call("move_deals_to_stage", 12, body={"deal": {"stage": 12}})
    assert "207" in [deal["id"] for deal in answer["deals"]]
    assert account.contents() == before


@pytest.mark.parametrize(("target", "code"), [(17, "target-stage"), (99, "related")])
def test_a_foreign_or_unknown_target_is_refused(account: Account, target: int, code: str) -> None:
    assert account.refusals("move_deals_to_stage", 11, body={"deal": {"stage": target}}) == [("/deal/stage", code)]


def test_a_stage_of_an_unknown_pipeline_is_refused(account: Account) -> None:
    assert account.refusals("create_deal_stage", body={"dealStage": {"title": "Quote", "group": 99}}) == [("/dealStage/group", "related")]
