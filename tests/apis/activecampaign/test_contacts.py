"""Contacts, and their places in deals."""

from typing import Any

import pytest

from tests.apis.activecampaign.account import Account


def added(account: Account, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = account.call("create_contact_deal", body={"contactDeal": {"deal": "207", "contact": 35, **attributes}})
    return made


# --- contacts ---


def test_a_new_contact_has_a_hash_that_two_worlds_agree_on(account: Account) -> None:
    body = {"contact": {"email": "ilse@galesports.example"}}
    keys = [one.call("create_contact", body=body)["contact"]["id"] for one in (account, Account(account.service))]
    contact = account.record("contacts", int(keys[0]))
    assert keys[0] == keys[1]
    assert len(contact["hash"]) == 32
    assert contact["hash"] != account.record("contacts", 31)["hash"]


def test_an_email_address_is_there_once(account: Account) -> None:
    assert account.refusals("create_contact", body={"contact": {"email": "MARTA.ilves@harborkite.example"}}) == [("/contact/email", "unique")]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ilves", [31]),
        ("MARTA IL", [31]),
        ("deniz kaya", [32]),
        ("@kiteclub", [47]),
        ("555 0147", [47]),
        ("nordwind", [21, 26, 43]),
        ("none of these", []),
    ],
)
def test_search_looks_at_names_email_phone_and_account(account: Account, search: str, found: list[int]) -> None:
    assert account.keys("list_contacts", "contacts", {"search": search}) == found


def test_account_and_domain_are_derived(account: Account) -> None:
    shown = {int(contact["id"]): contact for contact in account.call("list_contacts", query={"limit": "100"})["contacts"]}
    told = [(shown[key]["orgid"], shown[key]["orgname"], shown[key]["organization"], shown[key]["email_domain"]) for key in (32, 31)]
    assert told == [("9", "Harbor Kite Co", "9", "harborkite.example"), ("0", "", None, "harborkite.example")]


def test_page_input_tells_how_the_request_was_understood(account: Account) -> None:
    query = {"search": "ilves", "tagid": "3", "limit": "500", "offset": "1"}
    told = account.call("list_contacts", query=query)["meta"]["page_input"]
    assert (told["search"], told["tagid"], told["limit"], told["offset"]) == ("ilves", 3, 100, 1)
    silent = account.call("list_contacts")["meta"]["page_input"]
    assert (silent["search"], silent["tagid"], silent["limit"], silent["offset"]) == (None, 0, 20, 0)
    assert account.call("list_contacts", query=dict(reversed(query.items())))["meta"]["page_input"]["cacheid"] == told["cacheid"] != silent["cacheid"]


# --- secondary contacts ---


def test_a_secondary_contact_is_told_but_not_counted(account: Account) -> None:
    before = account.deal(207)
    answer = added(account)
    assert (answer["contactDeal"]["deal"], answer["contactDeal"]["contact"]) == ("207", 35)
    assert account.activities(207) == [("contact", "add", "", 35)]
    assert (account.deal(207)["activitycount"], account.deal(207)["mdate"]) == (before["activitycount"], before["mdate"])


def test_a_contact_that_leaves_a_deal_is_told(account: Account) -> None:
    account.call("delete_contact_deal", 58)
    assert account.activities(207) == [("contact", "delete", "", 32)]


def test_another_contact_in_the_same_place_leaves_and_comes(account: Account) -> None:
    account.call("update_contact_deal", 58, body={"contactDeal": {"contact": "35"}})
    assert account.activities(207) == [("contact", "delete", "", 32), ("contact", "add", "", 35)]


def test_another_role_leaves_no_activity(account: Account) -> None:
    account.call("update_contact_deal", 58, body={"contactDeal": {"role": None, "contact": 32}})
    assert account.activities(207) == []
    assert account.record("contactDeals", 58)["role"] is None


@pytest.mark.parametrize(
    ("attributes", "reasons"),
    [
        ({"contact": 32}, [("/contactDeal/contact", "already-associated")]),
        ({"contact": "31"}, [("/contactDeal/contact", "already-associated")]),
        ({"contact": 99}, [("/contactDeal/contact", "related")]),
        ({"deal": 99}, [("/contactDeal/deal", "related")]),
        ({"role": 99}, [("/contactDeal/role", "related")]),
    ],
)
def test_a_contact_stands_in_a_deal_once(account: Account, attributes: dict[str, Any], reasons: list[tuple[str, str]]) -> None:
    assert account.refusals("create_contact_deal", body={"contactDeal": {"deal": 207, "contact": 35, **attributes}}) == reasons


def test_an_update_may_not_make_a_pair_that_there_is(account: Account) -> None:
    assert account.refusals("update_contact_deal", 58, body={"contactDeal": {"contact": 31}}) == [("/contactDeal/contact", "already-associated")]
    assert account.refusals("update_contact_deal", 57, body={"contactDeal": {"deal": 207}}) == [("/contactDeal/contact", "already-associated")]


def test_a_contact_may_stand_in_a_deal_of_an_account_alone(account: Account) -> None:
    assert added(account, deal=223)["contactDeal"]["deal"] == 223


def test_a_deleted_role_is_taken_from_its_contacts(account: Account) -> None:
    account.call("delete_deal_role", 2)
    assert account.record("contactDeals", 58)["role"] is None


def test_a_contact_has_lists_of_the_deals_it_stands_in(account: Account) -> None:
    answer = account.call("list_contact_deals_of_contact", 32)
    assert [int(one["id"]) for one in answer["contactDeals"]] == [57, 58]
    assert [int(one["id"]) for one in answer["contacts"]] == [42, 31]
    assert [int(one["id"]) for one in account.call("list_deals_of_contact", 32)["deals"]] == [208]
