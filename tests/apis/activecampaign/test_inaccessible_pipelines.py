"""Which pipelines of some deals a user may not manage."""

import pytest

from mockserver.apis.activecampaign.conventions import CONVENTIONS
from mockserver.refusals import Category, Refusal
from tests.apis.activecampaign.account import Account


def found(account: Account, user: str, deals: str) -> list[int]:
    """Return the pipelines that are told; a single deal, since repeated names are a matter of HTTP."""
    query = {"userId": user, "dealIds[]": deals}
    return [int(one["id"]) for one in account.call("get_inaccessible_deal_groups", query=query)["dealGroups"]]


@pytest.mark.parametrize(("user", "deal", "pipelines"), [("4", "183", [7]), ("4", "207", []), ("4", "181", []), ("1", "183", []), ("4", "999", [])])
def test_a_pipeline_is_told_that_the_user_may_not_manage(account: Account, user: str, deal: str, pipelines: list[int]) -> None:
    assert found(account, user, deal) == pipelines


def test_an_administrator_may_manage_a_pipeline_of_no_group(account: Account) -> None:
    account.call("update_deal_group", 7, body={"dealGroup": {"groups": []}})
    assert found(account, "1", "183") == []
    assert found(account, "6", "183") == [7]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "Parameter userId is required."),
        ({"dealIds[]": "207"}, "Parameter userId is required."),
        ({"userId": "4"}, "Parameter dealIds is required."),
        ({"userId": "999", "dealIds[]": "207"}, "User was not found."),
    ],
)
def test_what_is_missing_is_told_one_at_a_time(account: Account, query: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        account.call("get_inaccessible_deal_groups", query=query)
    assert (refused.value.category, refused.value.status) == (Category.RULE, 422)
    assert CONVENTIONS.errors.body(refused.value, 422, ("status",)) == {
        "errors": [{"status": 422, "title": "Invalid Input Parameter", "detail": sentence}]
    }


def test_the_pipelines_stand_without_their_stages(account: Account) -> None:
    answer = account.call("get_inaccessible_deal_groups", query={"userId": "6", "dealIds": "183"})
    assert [one.keys() & {"stages", "count"} for one in answer["dealGroups"]] == [set()]
