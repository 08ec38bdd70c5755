"""Teams: their tree, their permissions and their members."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.pipelinedeals.client import Client


def created(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/admin/teams.json", {"team": {"name": "Night shift", **attributes}})
    return made


def changed(client: Client, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/admin/teams/{key}.json", {"team": attributes})
    return made


def place(client: Client, key: int) -> tuple[int, int]:
    team = client.get(f"/admin/teams/{key}.json")
    return team["height"], team["depth"]


def test_the_height_of_a_team_is_not_known_when_it_is_made(mira: Client) -> None:
    team = created(mira)
    assert (team["height"], team["account_id"]) == (None, 2071)
    assert place(mira, team["id"]) == (0, 0)


@pytest.mark.parametrize(("key", "expected"), [(15, (0, 0)), (16, (2, 0)), (17, (1, 1)), (18, (0, 2))])
def test_height_and_depth_are_its_place_in_the_tree(mira: Client, key: int, expected: tuple[int, int]) -> None:
    assert place(mira, key) == expected


def test_the_tree_grows_with_a_child(mira: Client) -> None:
    key = created(mira, parent_id=18)["id"]
    assert (place(mira, key), place(mira, 16)) == ((0, 3), (3, 0))
    assert changed(mira, key, parent_id=None)["parent_id"] is None
    assert place(mira, 16) == (2, 0)


@pytest.mark.parametrize("parent", [16, 17, 18])
def test_a_team_is_neither_its_own_parent_nor_below_itself(mira: Client, parent: int) -> None:
    assert mira.refused_fields(mira.put, "/admin/teams/16.json", {"team": {"parent_id": parent}}) == ["parent_id"]
    assert place(mira, 16) == (2, 0)


def test_a_parent_that_does_not_exist_is_refused(mira: Client) -> None:
    assert mira.refused_fields(mira.post, "/admin/teams.json", {"team": {"name": "Night shift", "parent_id": 99}}) == ["parent_id"]


def test_permissions_are_written_one_by_one(mira: Client) -> None:
    before = mira.get("/admin/teams/16.json")["permissions"]
    after = changed(mira, 16, permissions={"member": {"deal": {"visibility_level": "everyone"}}})["permissions"]
    assert after["member"]["deal"] == {"visibility_level": "everyone"}
    assert {**after, "member": {**after["member"], "deal": before["member"]["deal"]}} == before


def test_a_deleted_team_leaves_its_members_and_its_children(mira: Client) -> None:
    mira.delete("/admin/teams/15.json")
    mira.delete("/admin/teams/17.json")
    assert [mira.get(f"/users/{key}.json")["team_id"] for key in (312, 313)] == [None, None]
    assert mira.get("/admin/teams/18.json")["parent_id"] is None


def test_a_user_joins_a_team(mira: Client) -> None:
    key = created(mira)["id"]
    mira.put("/admin/users/313.json", {"user": {"team_id": key}})
    user = mira.get("/users/313.json")
    assert (user["team_id"], user["visible_teams"]) == (key, [{"id": key, "name": "Night shift"}])
