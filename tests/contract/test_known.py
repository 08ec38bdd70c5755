from __future__ import annotations

from random import Random
from typing import Any

import pytest

from mockserver.contract.claims import Claims
from mockserver.contract.client import Client
from mockserver.contract.known import Known, gather, in_type, is_id
from tests.contract.subjects import fresh_target, shipped_document

MANY = range(200)


@pytest.fixture(scope="module")
def known() -> Known:
    target = fresh_target("activecampaign", writes=False)
    with Client(target) as client:
        return gather(client, Claims(target.document))


def place(label: str) -> Any:
    return Claims(shipped_document("activecampaign")).by_label[label]


def test_lists_and_what_they_hold_beside_are_gathered(known: Known) -> None:
    assert {"deals", "contacts", "dealStages", "notes", "dealCustomFieldData"} <= known.rows.keys()


def test_ids_in_relations_are_gathered_without_a_list_of_their_records(known: Known) -> None:
    assert not known.rows.get("users", {}).keys() - known.ids["users"].keys()
    assert len(known.ids["users"]) > 1


def test_a_record_of_the_path_is_a_known_one(known: Known) -> None:
    for seed in MANY:
        assert known.path(place("GET /dealTasks/{id}"), Random(seed))["id"] in known.ids["dealTasks"]


def test_a_parent_in_the_path_is_that_of_the_record(known: Known) -> None:
    for seed in MANY:
        ids = known.path(place("PUT /deals/{id}/notes/{noteId}"), Random(seed))
        note = known.rows["notes"][ids["noteId"]]
        assert note["relid"] == ids["id"] or note["reltype"] != "Deal"


def test_relations_of_a_body_are_replaced_in_their_own_types(known: Known) -> None:
    body = {"deal": {"title": "Kite", "contact": 99999, "stage": "99999", "value": 12}}
    for seed in MANY:
        made = known.related(body, "deals", Random(seed))["deal"]
        assert isinstance(made["contact"], int)
        assert isinstance(made["stage"], str)
        assert {str(made["contact"])} <= known.ids["contacts"].keys()
        assert {made["stage"]} <= known.ids["dealStages"].keys()
        assert (made["title"], made["value"]) == ("Kite", 12)


def test_ids_of_one_record_come_together_in_about_half_of_the_cases(known: Known) -> None:
    pairs = {(deal["stage"], deal["group"]) for deal in known.rows["deals"].values() if "stage" in deal}
    made = [known.related({"deal": {"stage": "1", "group": "1"}}, "deals", Random(seed))["deal"] for seed in MANY]
    together = sum((one["stage"], one["group"]) in pairs for one in made)
    assert len(MANY) // 2 <= together < len(MANY)


@pytest.mark.parametrize("value", [None, -1, 2**31, "abc", "1234567890", True, 1.5])
def test_what_is_no_id_stays_as_it_is(known: Known, value: Any) -> None:
    body = {"deal": {"contact": value}}
    assert known.related(body, "deals", Random(0)) == body


@pytest.mark.parametrize(("value", "expected"), [(0, True), (2**31 - 1, True), ("000", True), ("²", False), ("", False), (False, False)])
def test_what_could_be_an_id(value: Any, *, expected: bool) -> None:
    assert is_id(value) is expected


def test_an_id_takes_the_type_of_another_value() -> None:
    assert (in_type(1, "7"), in_type("1", "7")) == (7, "7")
