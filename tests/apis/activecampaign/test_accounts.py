"""Accounts: their names, owners and numbers, and that contacts name the account in which they have their place."""

from typing import Any

import pytest

from mockserver.apis.activecampaign.accounts import account_contact_count, account_deal_count
from mockserver.apis.activecampaign.conventions import CONVENTIONS
from mockserver.exchange import Answer, Request
from mockserver.refusals import Category, Refusal, Violation
from mockserver.view import View, always_whole
from tests.apis.activecampaign.account import Account


def counting(account: Account, query: dict[str, Any]) -> View:
    session = account.session()
    session.request = Request({}, query, None, {}, {})
    return View(session, "", Answer(), always_whole)


def place(account: Account, contact: int) -> int:
    return int(account.store["accountContacts"].where("contact", contact)[0]["id"])


# --- accounts ---


def test_a_new_account_is_owned_by_who_creates_it(account: Account) -> None:
    answer = account.call("create_account", body={"account": {"name": "Tern Rigging"}}, caller=6)["account"]
    assert answer["owner"] == "6"
    assert "accountUrl" not in answer
    assert (answer["fields"], answer["customFieldSaveStatus"]) == ([], {"status": "success"})


def test_a_new_account_may_name_its_owner(account: Account) -> None:
    answer = account.call("create_account", body={"account": {"name": "Tern Rigging", "owner": 4}}, caller=6)["account"]
    assert answer["owner"] == 4
    assert account.record("accounts", int(answer["id"]))["owner"] == 4


def test_an_update_without_an_owner_leaves_it(account: Account) -> None:
    answer = account.call("update_account", 12, body={"account": {"name": "Tanabe"}}, caller=6)["account"]
    assert answer["owner"] is None
    assert account.record("accounts", 12)["owner"] is None


def test_the_name_of_another_account_is_refused_in_any_case(account: Account) -> None:
    assert account.refusals("create_account", body={"account": {"name": "GALE sports"}}) == [("/account/name", "account-name")]
    assert account.refusals("update_account", 9, body={"account": {"name": "Gale Sports"}}) == [("/account/name", "account-name")]


def test_an_account_keeps_its_own_name(account: Account) -> None:
    assert account.call("update_account", 14, body={"account": {"name": "GALE SPORTS"}})["account"]["name"] == "GALE SPORTS"


def test_a_name_in_use_is_refused_in_the_words_of_the_documentation() -> None:
    reason = Violation("body", "/account/name", "account-name", "", "account", "name", (("name", "Gale Sports"),))
    assert CONVENTIONS.errors.body(Refusal(Category.RULE, [reason], 422), 422, ("field",)) == {
        "errors": [
            {
                "title": 'An account named "Gale Sports" already exists. Please choose a new name.',
                "detail": "",
                "code": "duplicate",
                "source": {"pointer": "/data/attributes/name"},
            }
        ]
    }


def test_contacts_and_deals_are_counted_if_asked_for(account: Account) -> None:
    view, gale = counting(account, {"count_deals": True}), account.record("accounts", 14)
    assert account_contact_count(view, gale) == len([one for one in account.store["contacts"] if one["account"] == 14]) > 1
    assert account_deal_count(view, gale) == len([one for one in account.store["deals"] if one["account"] == 14]) > 0


@pytest.mark.parametrize("query", [{}, {"count_deals": False}])
def test_contacts_and_deals_are_not_counted_unasked(account: Account, query: dict[str, Any]) -> None:
    view, gale = counting(account, query), account.record("accounts", 14)
    assert (account_contact_count(view, gale), account_deal_count(view, gale)) == (0, 0)


def test_an_account_that_is_deleted_leaves_contacts_and_deals_without_one(account: Account) -> None:
    contacts = [one["id"] for one in account.store["contacts"] if one["account"] == 14]
    deals = [one["id"] for one in account.store["deals"] if one["account"] == 14]
    account.call("delete_account", 14)
    assert {account.record("contacts", key)["account"] for key in contacts} == {None}
    assert {account.deal(key)["account"] for key in deals} == {None}
    assert account.store["accountContacts"].where("account", 14) == []
    assert [note for note in account.store["notes"] if note["reltype"] == "CustomerAccount" and note["relid"] == 14] == []


# --- contacts in accounts ---


def test_the_contacts_of_the_fixtures_name_the_accounts_in_which_they_have_their_places(account: Account) -> None:
    named = {one["id"]: one["account"] for one in account.store["contacts"] if one["account"] is not None}
    assert named == {one["contact"]: one["account"] for one in account.store["accountContacts"]}


def test_a_contact_names_the_account_that_it_is_put_into(account: Account) -> None:
    answer = account.call("create_account_contact", body={"accountContact": {"account": 9, "contact": "31"}})["accountContact"]
    assert (answer["account"], answer["contact"]) == (9, "31")
    assert "jobTitle" not in answer
    contact = account.call("get_contact", 31)
    assert (contact["contact"]["orgid"], contact["contact"]["orgname"], contact["contact"]["organization"]) == ("9", "Harbor Kite Co", "9")
    assert contact["contact"]["accountContacts"] == [answer["id"]]
    assert [one["jobTitle"] for one in contact["accountContacts"]] == [""]


def test_another_account_takes_the_contact_along(account: Account) -> None:
    account.call("update_account_contact", place(account, 32), body={"accountContact": {"account": 14}})
    assert account.record("contacts", 32)["account"] == 14


def test_another_contact_leaves_the_former_one_without_an_account(account: Account) -> None:
    account.call("update_account_contact", place(account, 32), body={"accountContact": {"contact": 31}})
    assert (account.record("contacts", 31)["account"], account.record("contacts", 32)["account"]) == (9, None)


def test_another_job_title_leaves_the_contact_where_it_is(account: Account) -> None:
    answer = account.call("update_account_contact", place(account, 32), body={"accountContact": {"jobTitle": 7}})["accountContact"]
    assert (answer["jobTitle"], answer["contact"]) == (7, "32")
    assert account.record("contacts", 32)["account"] == 9


def test_a_contact_that_is_taken_out_names_no_account(account: Account) -> None:
    account.call("delete_account_contact", place(account, 32))
    assert account.record("contacts", 32)["account"] is None


def test_a_contact_that_is_deleted_leaves_no_place(account: Account) -> None:
    account.call("delete_contact", 32)
    assert account.store["accountContacts"].where("contact", 32) == []


def test_a_contact_belongs_to_one_account_at_most(account: Account) -> None:
    assert account.refusals("create_account_contact", body={"accountContact": {"account": 9, "contact": 22}}) == [
        ("/accountContact/contact", "has-account")
    ]
    assert account.refusals("update_account_contact", place(account, 32), body={"accountContact": {"contact": 22}}) == [
        ("/accountContact/contact", "has-account")
    ]


def test_the_same_contact_once_more_is_no_other_one(account: Account) -> None:
    answer = account.call("update_account_contact", place(account, 32), body={"accountContact": {"contact": 32, "account": 9}})
    assert answer["accountContact"]["contact"] == 32


def test_a_contact_with_an_account_is_refused_at_both_attributes() -> None:
    reason = Violation("body", "/accountContact/contact", "has-account", "Taken.", "accountContact", "account,contact")
    told = CONVENTIONS.errors.body(Refusal(Category.RULE, [reason], 422), 422, ("field",))["errors"][0]
    assert (told["title"], told["code"], told["source"]) == ("Taken.", "field_invalid", {"pointer": "/data/attributes/account,contact"})
