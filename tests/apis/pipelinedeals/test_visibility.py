"""Who sees what: executives, managers and basic users, collaborators, the people that an account keeps private and the companies that it shares."""

from typing import Any

import pytest

from tests.apis.pipelinedeals.client import DEE, MIRA, TOMAS, Client

OF_MIRA = {90416, 90420, 90423}
OF_TOMAS = {90412, 90414, 90415, 90419, 90422, 90424}
OF_DEE = {90413, 90417, 90418, 90421}
PEOPLE = {
    MIRA: {70358, 70367, 70376},
    TOMAS: {70331, 70352, 70361, 70364, 70373},
    DEE: {70346, 70355, 70370, 70382},
}
OF_NOBODY = 70379
"""A person without an owner: the sources do not say who sees it."""


# --- lists ---


def test_executives_see_every_deal(mira: Client) -> None:
    assert set(mira.ids("/deals.json")) == OF_MIRA | OF_TOMAS | OF_DEE


def test_managers_see_their_own_deals_and_those_of_users_below_them(tomas: Client) -> None:
    assert set(tomas.ids("/deals.json")) == OF_TOMAS | OF_DEE


def test_basic_users_see_their_own_deals_and_those_shared_with_them(dee: Client) -> None:
    assert set(dee.ids("/deals.json")) == OF_DEE | {90412}


def test_private_people_are_seen_as_deals_are(mira: Client) -> None:
    seen = {user: set(mira.as_user(user).ids("/people.json")) - {OF_NOBODY} for user in PEOPLE}
    assert seen[MIRA] == PEOPLE[MIRA] | PEOPLE[TOMAS] | PEOPLE[DEE]
    assert seen[TOMAS] == PEOPLE[TOMAS] | PEOPLE[DEE]
    assert seen[DEE] == PEOPLE[DEE]


@pytest.mark.parametrize("user", [MIRA, TOMAS, DEE])
def test_shared_companies_are_seen_by_all(mira: Client, user: int) -> None:
    assert mira.get("/account.json")["visibility_settings"] == "private_people_shared_companies"
    assert sorted(mira.as_user(user).ids("/companies.json")) == list(range(5520, 5528))


def test_a_list_counts_and_sums_only_what_is_seen(dee: Client) -> None:
    answer = dee.get("/deals.json", {"totals": "true", "per_page": "2"})
    assert (answer["pagination"]["total"], answer["pagination"]["pages"]) == (5, 3)
    assert answer["totals"]["value"] == "114300.5"


def test_conditions_find_only_what_is_seen(dee: Client) -> None:
    assert dee.ids("/deals.json", {"conditions[deal_owner]": "312"}) == [90412]
    assert dee.ids("/deals.json", {"conditions[deal_id]": "90414,90417"}) == [90417]


# --- one record ---


@pytest.mark.parametrize(
    ("path", "body"), [("/deals/90414.json", {"deal": {"name": "Mine"}}), ("/people/70331.json", {"person": {"first_name": "Mine"}})]
)
def test_what_is_not_seen_is_not_found_and_stays(mira: Client, dee: Client, path: str, body: dict[str, Any]) -> None:
    before = mira.get(path)
    assert dee.get(path, status=404) == dee.put(path, body, status=404) == dee.delete(path, status=404) == {"error": "Not found"}
    assert mira.get(path) == before


@pytest.mark.parametrize(
    "path",
    [
        "/deals/90414/notes.json",
        "/deals/90414/people.json",
        "/deals/90414/calendar_entries.json",
        "/people/70331/deals.json",
        "/people/70331/notes.json",
        "/people/70331/calendar_entries.json",
    ],
)
def test_below_what_is_not_seen_nothing_is_found(mira: Client, dee: Client, path: str) -> None:
    assert mira.entries(path)
    assert dee.get(path, status=404) == {"error": "Not found"}


@pytest.mark.parametrize(("path", "keys"), [("/companies/5520/deals.json", [90412, 90413]), ("/companies/5520/people.json", [70346, 70382])])
def test_below_a_shared_company_only_what_is_seen_is_listed(dee: Client, path: str, keys: list[int]) -> None:
    answer = dee.get(path)
    assert [entry["id"] for entry in answer["entries"]] == keys
    assert answer["pagination"]["total"] == len(keys)


@pytest.mark.parametrize(
    ("path", "kind", "name", "keys"),
    [("/deals/90412.json", "deal", "person_ids", [70331, 70346, 70352]), ("/people/70346.json", "person", "deal_ids", [90412, 90414])],
)
def test_what_is_seen_in_part_stays_whole_when_it_is_put_back(mira: Client, dee: Client, path: str, kind: str, name: str, keys: list[int]) -> None:
    before = mira.get(path)
    dee.put(path, {kind: dee.get(path)})
    assert mira.get(path) == before
    assert before[name] == keys


def test_what_is_seen_may_be_changed_and_deleted(tomas: Client) -> None:
    assert tomas.put("/deals/90417.json", {"deal": {"name": "Kits"}})["name"] == "Kits"
    tomas.delete("/deals/90417.json")


# --- what changes who sees ---


def test_collaborators_see_a_deal_as_long_as_it_is_shared(mira: Client, dee: Client) -> None:
    dee.get("/deals/90420.json", status=404)
    mira.put("/deals/90420.json", {"deal": {"shared_user_ids": [DEE]}})
    assert dee.get("/deals/90420.json")["user_id"] == MIRA
    mira.put("/deals/90420.json", {"deal": {"shared_user_ids": []}})
    dee.get("/deals/90420.json", status=404)


def test_a_new_owner_sees_and_the_old_one_no_longer_does(mira: Client, dee: Client) -> None:
    mira.put("/deals/90413.json", {"deal": {"user_id": MIRA}})
    mira.put("/deals/90420.json", {"deal": {"user_id": DEE}})
    assert set(dee.ids("/deals.json")) == OF_DEE - {90413} | {90412, 90420}


def test_a_new_deal_is_seen_above_but_not_below(tomas: Client, dee: Client, mira: Client) -> None:
    key = tomas.post("/deals.json", {"deal": {"name": "Lamp"}})["id"]
    assert key in mira.ids("/deals.json")
    assert key not in dee.ids("/deals.json")


def test_a_lead_assigned_to_a_user_is_the_users(mira: Client, dee: Client) -> None:
    key = mira.post("/people.json", {"person": {"full_name": "Ruth Orne", "type": "Lead", "user_id": DEE}})["id"]
    assert dee.put(f"/people/{key}.json", {"person": {"position": "Pilot"}})["position"] == "Pilot"


def test_another_level_shows_more(mira: Client, dee: Client) -> None:
    mira.put("/admin/users/313.json", {"user": {"level": 3}})
    assert set(dee.ids("/deals.json")) == OF_MIRA | OF_TOMAS | OF_DEE


def test_a_user_without_a_manager_is_below_nobody(mira: Client, tomas: Client) -> None:
    mira.put("/admin/users/313.json", {"user": {"manager_id": None}})
    assert set(tomas.ids("/deals.json")) == OF_TOMAS


def test_a_basic_user_sees_nobody_below(mira: Client, tomas: Client) -> None:
    mira.put("/admin/users/312.json", {"user": {"level": 1}})
    assert set(tomas.ids("/deals.json")) == OF_TOMAS


# --- who may be told ---


@pytest.mark.parametrize(
    ("path", "caller", "users"),
    [
        ("/deals/90412.json", MIRA, [TOMAS, DEE]),
        ("/deals/90412.json", TOMAS, [MIRA, DEE]),
        ("/deals/90414.json", MIRA, [TOMAS]),
        ("/deals/90416.json", MIRA, []),
        ("/people/70331.json", MIRA, [TOMAS]),
        ("/people/70346.json", DEE, [MIRA, TOMAS]),
        ("/companies/5520.json", DEE, [MIRA, TOMAS]),
    ],
)
def test_who_sees_a_record_may_be_told(mira: Client, path: str, caller: int, users: list[int]) -> None:
    assert sorted(mira.as_user(caller).get(path)["possible_notify_user_ids"]) == users
