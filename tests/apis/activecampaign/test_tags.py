"""Tags: which texts are refused, how tags are searched and ordered, and what follows when a contact is given one."""

from datetime import UTC, datetime

import pytest

from mockserver.apis.activecampaign.tags import create_contact_tag
from mockserver.exchange import Request
from tests.apis.activecampaign.account import Account

NOW = datetime(2024, 3, 25, 15, tzinfo=UTC)


def status_of(account: Account, contact: str, tag: str) -> int | None:
    return create_contact_tag(account.session(), Request({}, {}, None, {"contact": contact, "tag": tag}, {})).status


# --- tags ---


def test_a_tag_of_the_same_kind_is_refused_in_any_case(account: Account) -> None:
    assert account.refusals("create_tag", body={"tag": {"tag": "VIP"}}) == [("/tag/tag", "tag-in-use")]
    assert account.refusals("update_tag", 2, body={"tag": {"tag": "Vip"}}) == [("/tag/tag", "tag-in-use")]


def test_a_tag_of_another_kind_may_say_the_same(account: Account) -> None:
    assert account.call("create_tag", body={"tag": {"tag": "vip", "tagType": "template"}})["tag"]["tagType"] == "template"


def test_another_kind_may_be_refused_too(account: Account) -> None:
    account.call("create_tag", body={"tag": {"tag": "vip", "tagType": "template"}})
    assert account.refusals("update_tag", 3, body={"tag": {"tagType": "template"}}) == [("/tag/tag", "tag-in-use")]


def test_a_tag_keeps_its_own_text(account: Account) -> None:
    assert account.call("update_tag", 3, body={"tag": {"tag": "VIP", "description": "At once"}})["tag"]["tag"] == "VIP"


def test_a_new_tag_is_answered_without_what_was_not_sent(account: Account) -> None:
    assert account.call("create_tag", body={"tag": {"tag": 2024}})["tag"].keys() == {"tag", "tagType", "cdate", "links", "id"}


@pytest.mark.parametrize(
    ("operator", "text", "kept"),
    [
        ("eq", "VIP", [3]),
        ("neq", "VIP", [1, 2, 4, 5, 6]),
        ("contains", "VIP", [3, 5]),
        ("starts_with", "Vip ", [5]),
        ("starts_with", "not", []),
        ("lt", "Newsletter", [4, 6]),
        ("lte", "Newsletter", [2, 4, 6]),
        ("gt", "Newsletter", [1, 3, 5]),
        ("gte", "Newsletter", [1, 2, 3, 5]),
    ],
)
def test_tags_are_searched_without_regard_to_case(account: Account, operator: str, text: str, kept: list[int]) -> None:
    assert account.keys("list_tags", "tags", {f"filters[search][{operator}]": text}) == kept


@pytest.mark.parametrize(("direction", "order"), [("asc", [4, 6, 2, 1, 3, 5]), ("DESC", [5, 3, 1, 2, 6, 4])])
def test_tags_are_ordered_by_their_text(account: Account, direction: str, order: list[int]) -> None:
    assert account.keys("list_tags", "tags", {"orders[search]": direction}) == order


def test_by_weight_the_same_text_comes_first_and_what_begins_with_it_next(account: Account) -> None:
    made = [account.call("create_tag", body={"tag": {"tag": text}})["tag"]["id"] for text in ("book fair", "fairs and shows", "Fair")]
    within, begins, same = map(int, made)
    assert account.keys("list_tags", "tags", {"search": "fair", "orders[search]": "Weight"}) == [same, begins, within, 1]
    assert account.keys("list_tags", "tags", {"filters[search][contains]": "FAIR", "orders[search]": "weight"}) == [same, begins, within, 1]


# --- tags of contacts ---


def test_a_tag_is_put_on_a_contact_once(account: Account) -> None:
    assert [status_of(account, "32", "3"), status_of(account, "32", "3"), status_of(account, "32", "2")] == [201, 200, 201]
    assert [place["tag"] for place in account.store["contactTags"].where("contact", 32)] == [3, 2]


def test_a_tag_that_is_there_already_changes_nothing(account: Account) -> None:
    before = account.contents()
    assert status_of(account, "31", "3") == 200
    assert account.contents() == before


def test_a_new_tag_of_a_contact_has_the_contact_beside_it(account: Account) -> None:
    answer = account.call("create_contact_tag", body={"contactTag": {"contact": 32, "tag": "3", "cdate": "2020-01-01"}})
    assert [contact["id"] for contact in answer["contacts"]] == ["32"]
    assert answer["contactTag"].keys() == {"contact", "tag", "cdate", "links", "id"}
    assert (answer["contactTag"]["contact"], answer["contactTag"]["tag"]) == (32, "3")
    assert account.record("contactTags", int(answer["contactTag"]["id"]))["cdate"] == NOW


def test_contact_and_tag_move_when_the_tag_is_put_on(account: Account) -> None:
    answer = account.call("create_contact_tag", body={"contactTag": {"contact": "32", "tag": "3"}})
    assert answer["contacts"][0]["udate"] == "2024-03-25T10:00:00-05:00"
    assert account.record("contacts", 32)["udate"] == account.record("tags", 3)["updated_timestamp"] == NOW


def test_contact_and_tag_move_when_the_tag_is_taken_off(account: Account) -> None:
    account.call("delete_contact_tag", 45)
    assert account.record("contacts", 31)["udate"] == account.record("tags", 3)["updated_timestamp"] == NOW
    assert account.call("get_tag", 3)["tag"]["subscriber_count"] == "0"


def test_a_tag_that_is_deleted_leaves_its_contacts(account: Account) -> None:
    account.call("delete_tag", 3)
    assert account.store["contactTags"].where("contact", 31) == []
    assert account.store["contacts"].get(31) is not None


def test_a_contact_that_is_deleted_leaves_its_tags(account: Account) -> None:
    account.call("delete_contact", 33)
    assert account.store["contactTags"].where("contact", 33) == []
    assert account.store["tags"].get(1) is not None


@pytest.mark.parametrize(("contact", "tag", "missing"), [("999", "3", "contact"), ("31", "999", "tag"), ("999", "999", "contact")])
def test_who_does_not_exist_is_told_first(account: Account, contact: str, tag: str, missing: str) -> None:
    assert account.refusals("create_contact_tag", body={"contactTag": {"contact": contact, "tag": tag}}) == [
        (f"/contactTag/{missing}", "nothing-to-tag")
    ]
