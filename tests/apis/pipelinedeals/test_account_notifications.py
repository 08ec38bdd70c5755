"""Account notifications: each caller's own, read or not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.pipelinedeals.client import Client
from tests.apis.pipelinedeals.moments import SHOWN

PATH = "/account_notifications/88120.json"


def changed(client: Client, **attributes: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.put(PATH, {"account_notification": attributes})
    return made


def test_a_notification_is_shown_as_the_reference_prints_it(tomas: Client) -> None:
    assert tomas.get(PATH) == {
        "id": 88120,
        "account_id": None,
        "user_id": 312,
        "text": 'Your import of 40 people is complete.<br/><a href="/imports">See it</a>',
        "read_at": None,
        "seen": False,
        "created_at": "2018/06/12 06:00:00 -0500",
        "updated_at": "2018/06/12 06:00:00 -0500",
    }


def test_callers_see_their_own(mira: Client, tomas: Client, dee: Client) -> None:
    assert [client.ids("/account_notifications.json") for client in (mira, tomas, dee)] == [[88121, 88122, 88123], [88120], [88124]]
    assert mira.get("/account_notifications.json")["pagination"]["total"] == 3


def test_those_of_others_are_not_found(mira: Client) -> None:
    mira.get(PATH, status=404)
    assert mira.put(PATH, {"account_notification": {"read_at": None}}, status=404) == {"error": "Not found"}
    mira.get("/account_notifications/1.json", status=404)


@pytest.mark.parametrize("moment", ["2018-06-15T09:30:00-05:00", "2018-06-15T14:30:00Z", "2018-06-15 09:30:00", "2018/06/15 09:30:00 -0500"])
def test_a_notification_that_was_read_is_seen(tomas: Client, moment: str) -> None:
    notification = changed(tomas, read_at=moment, seen=True)
    assert (notification["read_at"], notification["seen"], notification["updated_at"]) == ("2018/06/15 09:30:00 -0500", True, SHOWN)
    assert tomas.get(PATH) == notification


def test_seen_alone_changes_nothing(tomas: Client) -> None:
    before = tomas.get(PATH)
    assert changed(tomas, seen=True) == before
    assert tomas.get(PATH) == before


def test_null_makes_it_unread(mira: Client) -> None:
    path = "/account_notifications/88122.json"
    assert mira.get(path)["seen"] is True
    notification = mira.put(path, {"account_notification": {"read_at": None}})
    assert (notification["read_at"], notification["seen"]) == (None, False)


def test_the_rest_is_read_only(tomas: Client) -> None:
    before = tomas.get(PATH)
    assert changed(tomas, text="Hello", user_id=311, id=1, account_id=2071) == before


def test_what_is_no_moment_is_refused(tomas: Client) -> None:
    assert tomas.refused_fields(tomas.put, PATH, {"account_notification": {"read_at": "just now"}}) == ["read_at"]


def test_without_the_envelope_a_write_is_refused(tomas: Client) -> None:
    answer = tomas.put(PATH, {"read_at": None}, status=400)
    assert answer == {"error": "param is missing or the value is empty: account_notification"}


@pytest.mark.parametrize(("method", "path"), [("POST", "/account_notifications.json"), ("DELETE", PATH)])
def test_they_are_neither_made_nor_deleted(tomas: Client, method: str, path: str) -> None:
    assert tomas.send(method, path).status_code == 405


def test_attrs_chooses_the_keys(tomas: Client) -> None:
    assert tomas.get(PATH, {"attrs": "seen"}) == {"seen": False}
