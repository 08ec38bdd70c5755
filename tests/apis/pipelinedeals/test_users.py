"""Users: the list for everybody, the caller's profile, and what administrators see and change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.pipelinedeals.client import DEE, MIRA, TOMAS, Client
from tests.apis.pipelinedeals.moments import SHOWN

TOMAS_SHOWN = {
    "id": 312,
    "account_id": 2071,
    "first_name": "Tomas",
    "last_name": "Lindqvist",
    "full_name": "Tomas Lindqvist",
    "name": "tlindqvist",
    "email": "tomas@harborline.example",
    "other_emails": [],
    "avatar_thumb_url": None,
    "time_zone": "America/Chicago",
    "level": 2,
    "manager_id": 311,
    "team_id": 15,
    "is_account_admin": False,
    "is_allowed_to_delete": True,
    "is_allowed_to_export": False,
    "is_allowed_to_merge_records": False,
    "is_allowed_to_send_campaigns": True,
    "read_only": False,
    "deleted_at": None,
    "date_format": "us",
    "time_format": "US",
    "mobile_number": "555-0188",
    "work_phone": None,
    "commission_rate": 2.5,
    "last_seen_at": "2018/06/14 08:58:30 -0500",
    "is_google_apps_enabled": False,
    "currency": {"id": 12, "name": "United States Dollar", "code": "USD", "symbol": "$", "decimal_places": 2},
    "visible_teams": [{"id": 15, "name": "North desk"}],
    "updated_at": "2018/06/01 07:44:10 -0500",
}


def changed(client: Client, key: int, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(f"/admin/users/{key}.json", {"user": attributes})
    return made


@pytest.mark.parametrize("path", ["/users/312.json", "/admin/users/312.json"])
def test_a_user_is_shown_as_the_reference_prints_it(mira: Client, path: str) -> None:
    user = mira.get(path)
    assert {name: user[name] for name in TOMAS_SHOWN} == TOMAS_SHOWN
    assert "account_key" not in user


def test_the_profile_is_the_caller_with_all_keys(tomas: Client) -> None:
    profile = tomas.get("/profile.json")
    assert {name: profile[name] for name in TOMAS_SHOWN} == TOMAS_SHOWN
    assert (len(profile["api_key"]), profile["account_key"]) == (20, "d7Rk2MxQpL9sVtYw4ZbN6cHf1JgA8eTuXo")


@pytest.mark.parametrize("user", [MIRA, TOMAS, DEE])
def test_everybody_has_a_profile_and_sees_the_users(mira: Client, user: int) -> None:
    client = mira.as_user(user)
    assert client.get("/profile.json")["id"] == user
    assert client.ids("/users.json") == [311, 312, 313]


def test_users_see_their_own_api_key_and_administrators_all(tomas: Client, mira: Client) -> None:
    own = tomas.get("/profile.json")["api_key"]
    assert [user.get("api_key") for user in tomas.entries("/users.json")] == [None, own, None]
    assert tomas.get("/users/312.json")["api_key"] == own
    assert "api_key" not in tomas.get("/users/311.json")
    assert "api_key" not in mira.get("/users/312.json")
    assert mira.get("/admin/users/312.json")["api_key"] == own
    assert all(user["api_key"] for user in mira.entries("/admin/users.json"))


@pytest.mark.parametrize("path", ["/users.json", "/users/{}.json", "/profile.json", "/admin/users.json", "/admin/users/{}.json"])
def test_every_answer_tells_time_zone_and_w2lid(mira: Client, path: str) -> None:
    answer = mira.get(path.format(311))
    user = answer["entries"][0] if "entries" in answer else answer
    assert (user["id"], user["time_zone"], len(user["w2lid"])) == (311, "America/Chicago", 12)
    assert set(user["w2lid"]) <= set("0123456789abcdef")


def test_w2lids_differ_between_users(mira: Client) -> None:
    known = [user["w2lid"] for user in mira.entries("/users.json")]
    assert len(set(known)) == 3


@pytest.mark.parametrize("path", ["/users.json", "/admin/users.json"])
@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, [311, 312, 313]),
        ({"conditions[email]": "tomas"}, [312]),
        ({"conditions[email]": "tomas@harborline.example"}, [312]),
        ({"conditions[admin]": "true"}, [311]),
        ({"conditions[admin]": "false"}, [312, 313]),
        ({"conditions[user_level]": 2}, [312]),
        ({"conditions[including_inactive]": "true"}, [311, 312, 313, 314]),
        ({"conditions[including_inactive]": "false"}, [311, 312, 313]),
        ({"conditions[including_inactive]": "true", "conditions[user_level]": 1}, [313, 314]),
    ],
)
def test_users_are_filtered(mira: Client, path: str, query: dict[str, Any], keys: list[int]) -> None:
    answer = mira.get(path, query)
    assert ([user["id"] for user in answer["entries"]], answer["pagination"]["total"]) == (keys, len(keys))


def test_an_inactive_user_can_be_read(mira: Client) -> None:
    assert mira.get("/users/314.json")["deleted_at"] == "2018/02/28 17:00:00 -0600"


@pytest.mark.parametrize(("path", "status"), [("/users/99.json", 403), ("/admin/users/99.json", 404)])
def test_an_absent_user_is_forbidden_and_to_administrators_not_found(mira: Client, path: str, status: int) -> None:
    assert list(mira.get(path, status=status)) == ["error"]


def test_only_administrators_administer_users(tomas: Client) -> None:
    told = [
        tomas.get("/admin/users.json", status=403),
        tomas.get("/admin/users/312.json", status=403),
        tomas.get("/admin/users/99.json", status=403),
        tomas.put("/admin/users/312.json", {"user": {"first_name": "Tom"}}, status=403),
    ]
    assert told == [{"error": "Permission denied"}] * 4


def test_attrs_chooses_the_keys(mira: Client) -> None:
    assert mira.entries("/users.json", {"attrs": "id,level", "per_page": 1}) == [{"id": 311, "level": 3}]
    assert mira.get("/profile.json", {"attrs": "full_name,nothing"}) == {"full_name": "Mira Okafor"}


# --- changes ---


def test_a_change_answers_little_of_the_user(mira: Client) -> None:
    answer = changed(mira, 313, first_name="Delia")
    assert answer == {
        "id": 313,
        "full_name": "Delia Alvarado",
        "avatar_thumb_url": "https://files.pipeline.example/avatars/313/thumb.png",
        "mfa_enabled": False,
        "mfa_requested_at": None,
    }
    assert (mira.get("/users/313.json")["full_name"], mira.get("/users/313.json")["updated_at"]) == ("Delia Alvarado", SHOWN)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("last_name", "Roe"),
        ("name", "droe"),
        ("email", "droe@harborline.example"),
        ("level", 3),
        ("manager_id", 311),
        ("manager_id", None),
        ("team_id", 16),
        ("is_account_admin", True),
        ("is_allowed_to_export", True),
        ("read_only", True),
        ("date_format", "us"),
        ("mobile_number", "555-0189"),
        ("commission_rate", 3.75),
    ],
)
def test_what_administrators_change_is_read_by_everybody(mira: Client, dee: Client, name: str, value: Any) -> None:
    assert dee.get("/users/313.json")[name] != value
    changed(mira, 313, **{name: value})
    assert dee.get("/users/313.json")[name] == value


def test_read_only_attributes_are_ignored(mira: Client) -> None:
    before = mira.get("/admin/users/313.json")
    changed(mira, 313, id=1, w2lid="ffffffffffff", api_key="x" * 20, last_seen_at=SHOWN, full_name="X Y", account_id=1, colour="red")
    assert mira.get("/admin/users/313.json") == before


def test_a_new_name_is_shown_where_the_user_is_embedded(mira: Client) -> None:
    changed(mira, 312, first_name="Tom")
    assert mira.get("/deals/90412.json")["user"] == {"id": 312, "first_name": "Tom", "last_name": "Lindqvist"}


def test_a_new_executive_sees_every_deal(mira: Client, dee: Client) -> None:
    dee.get("/deals/90414.json", status=404)
    changed(mira, 313, level=3)
    assert dee.get("/deals/90414.json")["name"] == "River logger network"


def test_a_new_administrator_administers_at_once(mira: Client, dee: Client) -> None:
    changed(mira, 313, is_account_admin="1")
    assert dee.ids("/admin/users.json") == [311, 312, 313]


def test_another_time_zone_moves_all_moments_of_that_user_alone(mira: Client, tomas: Client) -> None:
    changed(mira, 312, time_zone="Asia/Tokyo")
    assert tomas.get("/notes/240117.json")["created_at"] == "2018/06/14 23:12:45 +0900"
    assert mira.get("/notes/240117.json")["created_at"] == "2018/06/14 09:12:45 -0500"


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"time_zone": "Atlantis/Capital"}, "time_zone"),
        ({"time_zone": None}, "time_zone"),
        ({"manager_id": 99}, "manager_id"),
        ({"team_id": 99}, "team_id"),
        ({"level": 4}, "level"),
        ({"is_account_admin": "perhaps"}, "is_account_admin"),
    ],
)
def test_values_that_do_not_fit_are_refused(mira: Client, attributes: dict[str, Any], field: str) -> None:
    before = mira.get("/admin/users/312.json")
    assert mira.refused_fields(mira.put, "/admin/users/312.json", {"user": attributes}) == [field]
    assert mira.get("/admin/users/312.json") == before


@pytest.mark.parametrize("manager", [312, 313])
def test_a_manager_is_neither_the_user_nor_below(mira: Client, manager: int) -> None:
    assert mira.refused_fields(mira.put, "/admin/users/312.json", {"user": {"manager_id": manager}}) == ["manager_id"]


def test_users_are_neither_made_nor_deleted(mira: Client) -> None:
    assert [mira.send(method, path).status_code for method, path in (("POST", "/users.json"), ("DELETE", "/admin/users/313.json"))] == [405, 405]
