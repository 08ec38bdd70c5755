"""Webhooks, which are kept as they were sent."""

from mockserver.apis.activecampaign.webhooks import EVENTS
from tests.apis.activecampaign.account import Account

SENT = {"name": "Won deals", "url": "https://hooks.kitehouse.example/won", "events": ["deal_update"], "sources": ["api", "admin"]}


def test_a_webhook_is_for_any_list_unless_it_names_one(account: Account) -> None:
    answer = account.call("create_webhook", body={"webhook": SENT})["webhook"]
    assert (answer["listid"], answer["links"]) == ("0", [])
    assert account.call("create_webhook", body={"webhook": {**SENT, "listid": 4}})["webhook"]["listid"] == 4


def test_a_webhook_reads_as_it_was_sent(account: Account) -> None:
    key = int(account.call("create_webhook", body={"webhook": SENT})["webhook"]["id"])
    shown = account.call("get_webhook", key)["webhook"]
    assert {name: shown[name] for name in SENT} == SENT


def test_events_that_are_sent_replace_the_former_ones(account: Account) -> None:
    account.call("update_webhook", 1, body={"webhook": {"events": ["deal_add"]}})
    assert account.record("webhooks", 1)["events"] == ["deal_add"]
    assert account.record("webhooks", 1)["sources"] == ["public", "admin", "api", "system"]


def test_the_events_stand_in_the_order_of_the_alphabet_each_once(account: Account) -> None:
    answer = account.call("list_webhook_events")
    assert answer["webhookEvents"] == sorted(set(EVENTS))
    assert answer["meta"] == {"total": len(EVENTS)}


def test_the_webhooks_of_the_fixtures_are_for_events_that_there_are(account: Account) -> None:
    assert {event for hook in account.store["webhooks"] for event in hook["events"]} - set(EVENTS) == set()
