"""Notes on deals: their activities, and the count of the deal beside them."""

from datetime import UTC, datetime

import pytest

from mockserver.apis.activecampaign.notes import note_owner
from mockserver.exchange import Answer
from mockserver.view import View, always_whole
from tests.apis.activecampaign.account import Account

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


def test_a_new_note_shows_the_deal_with_the_count_from_before(account: Account) -> None:
    answer = account.call("create_deal_note", 207, body={"note": {"note": "Blue"}}, caller=6)
    key = int(answer["note"]["id"])
    assert [deal["activitycount"] for deal in answer["deals"]] == ["4"]
    assert answer["note"]["user"] == answer["note"]["userid"] == "6"
    assert answer["note"]["owner"] == {"type": "deal", "id": "207"}
    assert account.activities(207) == [("note", "add", "", key)]
    assert (account.deal(207)["activitycount"], account.deal(207)["mdate"]) == (5, NOW)


def test_an_edited_note_keeps_its_writer_and_counts_once_more(account: Account) -> None:
    answer = account.call("update_deal_note", 207, 71, body={"note": {"note": "Green"}})
    assert [deal["activitycount"] for deal in answer["deals"]] == ["5"]
    assert answer["note"]["user"] == "4"
    assert account.record("notes", 71)["mdate"] == NOW
    assert account.activities(207) == [("note", "edit", "", 71)]


def test_the_same_text_once_more_leaves_no_activity(account: Account) -> None:
    account.call("update_deal_note", 207, 71, body={"note": {"note": account.record("notes", 71)["note"]}})
    assert account.activities(207) == []
    assert account.deal(207)["activitycount"] == 4


def test_a_note_on_something_else_leaves_no_activity(account: Account) -> None:
    account.session().create("notes", {"note": "Left", "reltype": "Subscriber", "relid": 207})
    assert account.activities(207) == []


@pytest.mark.parametrize(("key", "word"), [(68, "activity"), (71, "deal"), (73, "contact"), (75, "customerAccount"), (76, "dealTask")])
def test_the_owner_of_a_note_has_the_newer_word_for_its_kind(account: Account, key: int, word: str) -> None:
    note = account.record("notes", key)
    assert note_owner(View(account.session(), "", Answer(), always_whole), note) == {"type": word, "id": str(note["relid"])}
