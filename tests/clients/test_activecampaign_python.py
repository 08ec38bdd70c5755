"""The client `activecampaign-python` against the mock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.environments import Environment
from tests.clients.fixture_files import ids, records
from tests.clients.mocks import Mock

pytestmark = pytest.mark.clients


@pytest.fixture
def journey(request: pytest.FixtureRequest, activecampaign_python: Environment, mock: Mock, token: str) -> Any:
    """Return what the client saw on the journey that the test names."""
    return activecampaign_python.answer("activecampaign_python.py", mock.account, token, request.param)


@pytest.mark.parametrize("journey", ["deals"], indirect=True)
def test_a_deal_lives_from_creation_to_deletion(journey: dict[str, Any]) -> None:
    created, read = journey["created"], journey["read"]
    assert journey["keys"] == ["contacts", "deal", "dealGroups", "dealStages"]
    assert (created["value"], created["status"], created["group"]) == (45000, 0, "5")
    assert (read["value"], read["status"], read["stage"], read["owner"]) == ("47500", "1", "18", "4")
    assert (journey["note"]["note"], journey["note"]["relid"]) == ("Bring mast and boom", created["id"])
    assert [deal["id"] for deal in journey["found"]] == [created["id"]]
    assert {(one["dataType"], one["dataAction"], one["dataOldval"]) for one in journey["activities"]} >= {
        ("", "add", ""),
        ("contact", "add", ""),
        ("d_stageid", "18", "17"),
        ("status", "1", "0"),
        ("value", "47500", "45000"),
    }
    assert journey["deleted"] == {}
    assert journey["gone"] == {"message": f"No Result found for Deal with id {created['id']}"}


@pytest.mark.parametrize("journey", ["paging"], indirect=True)
def test_pages_joined_are_the_list(journey: dict[str, Any]) -> None:
    assert [len(page) for page in journey["pages"]] == [10, 10, 10, 10, 4, 0]
    read = [int(number) for page in journey["pages"] for number in page]
    assert read == sorted(ids("deals"))
    assert set(journey["totals"]) == {len(read)}


@pytest.mark.parametrize("journey", ["lists"], indirect=True)
def test_lists_are_filtered_and_ordered(journey: dict[str, Any]) -> None:
    open_deals = [deal for deal in records("deals") if deal.get("status", 0) == 0 and deal["group"] == 3]
    values = [int(value) for _, _, value in journey["deals"]]
    assert {(status, group) for status, group, _ in journey["deals"]} == {("0", "3")}
    assert values == sorted((int(deal["value"]) for deal in open_deals), reverse=True)
    assert {int(number) for number in journey["pipelines"]} == ids("dealGroups")
    assert journey["stages"] == ["17", "18", "19"]
    assert {int(number) for number in journey["fields"]} == ids("dealCustomFieldMeta")
    assert journey["values"] == len(ids("dealCustomFieldData"))
    assert journey["values of a deal"] == [207, 207, 207]
    assert journey["tags"] == ["vip", "VIP 2023"]
    assert journey["users"] == ["praman", "talder", "wokafor"]
    assert (journey["me"], journey["by e-mail"], journey["by name"]) == ("praman", "1", "4")
    assert journey["webhooks"] == len(ids("webhooks"))


@pytest.mark.parametrize("journey", ["lists"], indirect=True)
def test_its_path_of_webhook_events_is_taken_for_an_id(journey: dict[str, Any]) -> None:
    # The service documents /webhook/events; the client asks for /webhooks/events.
    assert journey["webhook events"]["errors"][0]["source"] == {"parameter": "id"}


@pytest.mark.parametrize("journey", ["contacts"], indirect=True)
def test_a_contact_is_made_synced_tagged_and_deleted(journey: dict[str, Any]) -> None:
    number = journey["created"]["id"]
    assert journey["synced"] == number
    assert [error["code"] for error in journey["again"]["errors"]] == ["duplicate"]
    assert (journey["read"]["firstName"], journey["read"]["phone"]) == ("Rosa", "+49 30 5550")
    assert journey["tagged"] == [journey["tag"]]
    assert journey["with the tag"] == [number]
    assert journey["updated"] == "Kuhn-Sato"
    assert (journey["untagged"], journey["tags left"], journey["deleted"]) == ({}, [], {})
    assert journey["gone"] == {"message": f"No Result found for Subscriber with id {number}"}


@pytest.mark.parametrize("journey", ["contacts"], indirect=True)
def test_scores_of_a_contact_are_read(journey: dict[str, Any]) -> None:
    expected = {str(row["id"]) for row in records("scoreValues") if row.get("contact") == 31}
    assert {row["id"] for row in journey["scores"]} == expected
    assert expected


@pytest.mark.parametrize("journey", ["tasks"], indirect=True)
def test_a_task_is_the_next_of_its_deal_until_it_is_done(journey: dict[str, Any]) -> None:
    assert journey["next"] == journey["created"]
    assert journey["done"] == "1"
    assert journey["open"]
    assert journey["created"] not in journey["open"]
    assert journey["deleted"] == {}
    assert journey["gone"] == {"message": f"No Result found for DealTask with id {journey['created']}"}


@pytest.mark.parametrize("journey", ["errors"], indirect=True)
def test_errors_are_bodies_as_the_service_sends_them(journey: dict[str, Any]) -> None:
    assert journey["missing"] == {"message": "No Result found for Deal with id 99999"}
    assert {error["code"] for error in journey["refused"]["errors"]} == {"field_missing"}
    assert "The deal value was not provided." in {error["title"] for error in journey["refused"]["errors"]}
    assert journey["forbidden"] == {"message": "Forbidden"}
    assert journey["not served"] == {"message": "No route found"}


def test_it_speaks_https_with_a_certificate_that_it_is_told_to_trust(activecampaign_python: Environment, secure_mock: Mock, token: str) -> None:
    trusting = {"REQUESTS_CA_BUNDLE": secure_mock.certificate}
    seen = activecampaign_python.answer("activecampaign_python.py", secure_mock.origin, token, "tasks", variables=trusting)
    assert (seen["next"], seen["done"]) == (seen["created"], "1")
