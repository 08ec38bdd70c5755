"""Notes on records of every kind: what stands beside them, and how they move from one record to another."""

from datetime import UTC, datetime

import pytest

from tests.apis.activecampaign.account import Account

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "key", "envelope"),
    [
        ("Subscriber", 31, "contacts"),
        ("Subscriber", 21, "contacts"),
        ("CustomerAccount", 21, "accounts"),
        ("Deal", 207, "deals"),
        ("CustomerAccount", 9, "accounts"),
        ("DealTask", 412, "dealTasks"),
        ("Activity", 9031, "dealActivities"),
    ],
)
def test_the_record_that_a_note_is_about_stands_beside_it(account: Account, kind: str, key: int, envelope: str) -> None:
    answer = account.call("create_note", body={"note": {"note": "Blue", "relid": key, "reltype": kind}}, caller=6)
    assert answer.keys() == {envelope, "note"}
    assert [record["id"] for record in answer[envelope]] == [str(key)]
    assert (answer["note"]["relid"], answer["note"]["is_draft"], answer["note"]["user"]) == (key, "", "6")


@pytest.mark.parametrize("key", [31, "31"])
def test_the_owner_of_a_new_note_has_the_id_as_it_was_sent(account: Account, key: object) -> None:
    answer = account.call("create_note", body={"note": {"note": "Blue", "relid": key, "reltype": "Subscriber"}})
    assert answer["note"]["owner"] == {"type": "contact", "id": key}
    assert account.call("get_note", int(answer["note"]["id"]))["note"]["owner"] == {"type": "contact", "id": "31"}


def test_a_contact_moves_when_it_is_given_a_note(account: Account) -> None:
    answer = account.call("create_note", body={"note": {"note": "Blue", "relid": 31, "reltype": "Subscriber"}})
    assert answer["contacts"][0]["udate"] == "2024-03-25T10:00:00-05:00"
    assert account.record("contacts", 31)["udate"] == NOW


def test_an_edited_note_leaves_the_contact_alone(account: Account) -> None:
    before = account.record("contacts", 31)["udate"]
    account.call("update_note", 73, body={"note": {"note": "Speaks Latvian, too."}})
    assert account.record("contacts", 31)["udate"] == before


def test_a_note_on_a_deal_leaves_an_activity_and_shows_the_count_from_before(account: Account) -> None:
    answer = account.call("create_note", body={"note": {"note": "Blue", "relid": 207, "reltype": "Deal"}})
    assert [deal["activitycount"] for deal in answer["deals"]] == ["4"]
    assert account.activities(207) == [("note", "add", "", int(answer["note"]["id"]))]


def test_a_note_moves_to_another_record(account: Account) -> None:
    answer = account.call("patch_note", 73, body={"note": {"relid": "9", "reltype": "CustomerAccount"}})["note"]
    assert (answer["relid"], answer["owner"], answer["note"]) == ("9", {"type": "customerAccount", "id": "9"}, "Speaks Estonian, German and English.")


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ({"reltype": "DealTask"}, ("/note/reltype", "related-kind")),
        ({"relid": 999}, ("/note/relid", "related")),
        ({"relid": 999, "reltype": "DealTask"}, ("/note/relid", "related")),
    ],
)
def test_a_note_is_about_a_record_that_exists(account: Account, sent: dict[str, object], refused: tuple[str, str]) -> None:
    assert account.refusals("update_note", 73, body={"note": sent}) == [refused]


def test_a_kind_alone_may_change_where_the_id_names_a_record_of_it(account: Account) -> None:
    made = account.call("create_note", body={"note": {"note": "Blue", "relid": 21, "reltype": "Subscriber"}})["note"]
    assert account.call("update_note", int(made["id"]), body={"note": {"reltype": "CustomerAccount"}})["note"]["owner"]["type"] == "customerAccount"


def test_a_note_goes_with_the_record_that_it_is_about(account: Account) -> None:
    account.call("delete_contact", 31)
    assert account.store["notes"].get(73) is None
