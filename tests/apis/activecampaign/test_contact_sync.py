"""Contacts by their e-mail address: created or updated in one request, and updated by id."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.apis.activecampaign.contacts import sync_contact
from mockserver.exchange import Answer, Request
from tests.apis.activecampaign.account import Account

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


def synced(account: Account, **sent: Any) -> Answer:
    return sync_contact(account.session(), Request({}, {}, None, sent, {}))


def test_an_address_that_nobody_has_makes_a_contact(account: Account) -> None:
    answer = synced(account, email="rosa@galesports.example", firstName="Rosa")
    assert answer.status == 201
    assert answer.record is not None
    made = account.record("contacts", answer.record["id"])
    assert (made["email"], made["firstName"], made["lastName"], len(made["hash"])) == ("rosa@galesports.example", "Rosa", "", 32)


def test_the_contact_with_the_address_gets_what_was_sent(account: Account) -> None:
    count = len(account.store["contacts"])
    answer = synced(account, email="DENIZ.kaya@harborkite.example", phone=372)
    assert answer.status == 200
    assert len(account.store["contacts"]) == count
    known = account.record("contacts", 32)
    assert (known["phone"], known["firstName"], known["udate"]) == ("372", "Deniz", NOW)


def test_the_two_answers_have_keys_of_their_own(account: Account) -> None:
    new = account.call("sync_contact", body={"contact": {"email": "rosa@galesports.example"}})["contact"]
    known = account.call("sync_contact", body={"contact": {"email": "rosa@galesports.example", "firstName": "Rosa"}})["contact"]
    assert known["id"] == new["id"]
    assert "hash" not in new
    assert "hash" in known


def test_what_is_no_attribute_of_a_contact_is_neither_kept_nor_answered(account: Account) -> None:
    sent = {"email": "deniz.kaya@harborkite.example", "hash": "0" * 32, "udate": "2020-01-01T00:00:00+00:00"}
    before = account.record("contacts", 32)["hash"]
    answer = account.call("sync_contact", body={"contact": sent})["contact"]
    assert (answer["hash"], answer["udate"]) == (before, "2024-03-25T10:00:00-05:00")


def test_an_update_leaves_out_the_keys_that_the_service_leaves_out(account: Account) -> None:
    left_out = {"last_click_date", "last_open_date", "last_mpp_open_date", "whatsapp_id", "whatsapp_username"}
    shown = account.call("get_contact", 32)["contact"].keys()
    changed = account.call("update_contact", 32, body={"contact": {"firstName": "Denise"}})["contact"].keys()
    beside = {"deals", "fieldValues", "geoIps", "contactLists", "contactAutomations", "accountContacts"}
    assert shown - changed == left_out | beside


@pytest.mark.parametrize("operation_id", ["update_contact", "patch_contact"])
def test_the_address_of_another_contact_is_refused(account: Account, operation_id: str) -> None:
    taken = {"contact": {"email": "Deniz.Kaya@harborkite.example"}}
    assert account.refusals(operation_id, 31, body=taken) == [("/contact/email", "unique")]
    assert account.call(operation_id, 32, body=taken)["contact"]["email"] == "Deniz.Kaya@harborkite.example"


def test_a_contact_stands_with_its_deals_and_its_place_beside_it(account: Account) -> None:
    answer = account.call("get_contact", 32)
    deals = [deal["id"] for deal in account.store["deals"].where("contact", 32)]
    assert [int(deal["id"]) for deal in answer["deals"]] == deals
    assert answer["contact"]["deals"] == [str(key) for key in deals]
    assert [one["id"] for one in answer["accountContacts"]] == answer["contact"]["accountContacts"] != []
    assert answer["fieldValues"] == answer["contact"]["fieldValues"] == []


def test_a_deal_goes_on_naming_a_contact_that_is_deleted(account: Account) -> None:
    account.call("delete_contact", 31)
    assert account.deal(207)["contact"] == 31
    assert account.store["contacts"].get(31) is None


def test_a_phone_number_is_found_by_its_beginning(account: Account) -> None:
    found = account.keys("list_contacts", "contacts", {"phone": "+372 5550 1"})
    assert found == [31, 32]
    assert account.keys("list_contacts", "contacts", {"phone": "5550"}) == []


def test_one_contact_can_be_left_out(account: Account) -> None:
    every = account.keys("list_contacts", "contacts")
    assert account.keys("list_contacts", "contacts", {"exclude": "31"}) == [key for key in every if key != 31]


def test_the_page_says_which_status_was_asked_for(account: Account) -> None:
    assert account.call("list_contacts")["meta"]["page_input"]["status"] == -1
    assert account.call("list_contacts", query={"status": "1"})["meta"]["page_input"]["status"] == 1
