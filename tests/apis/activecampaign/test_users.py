"""Users by the names that they are known by."""

import pytest

from mockserver.apis.activecampaign.users import get_user_by_email, get_user_by_username
from mockserver.exchange import Request
from mockserver.refusals import Category, Refusal
from tests.apis.activecampaign.account import Account


@pytest.mark.parametrize("caller", [1, 4, 6])
def test_the_current_user_is_the_one_of_the_credential(account: Account, caller: int) -> None:
    assert account.call("get_current_user", caller=caller)["user"]["id"] == str(caller)


@pytest.mark.parametrize(
    ("lookup", "name", "value"),
    [
        (get_user_by_email, "email", "tomas.alder@kitehouse.example"),
        (get_user_by_email, "email", "Tomas.Alder@Kitehouse.Example"),
        (get_user_by_username, "username", "talder"),
        (get_user_by_username, "username", "TALDER"),
    ],
)
def test_a_user_is_found_by_address_and_username_in_any_case(account: Account, lookup: object, name: str, value: str) -> None:
    assert callable(lookup)
    assert lookup(account.session(), Request({name: value}, {}, None, {}, {})).record["id"] == 4


@pytest.mark.parametrize(("lookup", "name"), [(get_user_by_email, "email"), (get_user_by_username, "username")])
def test_a_name_that_nobody_has_is_missing(account: Account, lookup: object, name: str) -> None:
    assert callable(lookup)
    with pytest.raises(Refusal) as refused:
        lookup(account.session(), Request({name: "alder"}, {}, None, {}, {}))
    assert refused.value.category is Category.MISSING_RECORD
    reason = refused.value.violations[0]
    assert (reason.resource, dict(reason.values)) == ("User", {"id": "alder"})


def test_no_user_shows_a_token(account: Account) -> None:
    assert [user.keys() & {"apiToken", "admin", "groups"} for user in account.call("list_users")["users"]] == [set()] * 3
