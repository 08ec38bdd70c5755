"""The client `active-campaign-api-node` against the mock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.environments import Environment
from tests.clients.fixture_files import ids, records
from tests.clients.mocks import Mock

pytestmark = pytest.mark.clients


@pytest.fixture
def journey(request: pytest.FixtureRequest, active_campaign_api_node: Environment, mock: Mock, token: str) -> Any:
    """Return what the client saw on the journey that the test names."""
    return active_campaign_api_node.answer("active_campaign_api_node.js", mock.account, token, request.param)


@pytest.mark.parametrize("journey", ["pipelines"], indirect=True)
def test_a_deleted_pipeline_takes_its_stages_and_deals_along(journey: dict[str, Any]) -> None:
    assert journey["status"] == 200
    assert journey["automatic"] == ["To Contact", "In Contact", "Follow Up"]
    assert (journey["stages"], journey["last"]) == (4, "Signed and paid")
    assert (journey["updated"], journey["found"]) == ("Kite and sail school", [True])
    assert journey["deleted"] == {}
    assert (journey["deal"]["status"], journey["stage"]["status"]) == (404, 404)


@pytest.mark.parametrize("journey", ["deals"], indirect=True)
def test_writes_echo_the_types_that_were_sent(journey: dict[str, Any]) -> None:
    assert journey["statuses"] == [201, 200, 201]
    assert journey["echoed"] == [31, 9900, "12000", 2]
    read = journey["read"]
    assert (read["contact"], read["value"], read["status"], read["group"]) == ("31", "12000", "2", "3")


@pytest.mark.parametrize("journey", ["deals"], indirect=True)
def test_a_deleted_deal_takes_its_secondary_contacts_along(journey: dict[str, Any]) -> None:
    assert (journey["second"]["contact"], journey["second"]["role"], journey["seconds"]) == ("35", "1", 1)
    assert journey["note"] == "Call in May"
    assert journey["deleted"] == {}
    assert (journey["gone"]["status"], journey["secondGone"]["status"]) == (404, 404)


@pytest.mark.parametrize("journey", ["lists"], indirect=True)
def test_lists_are_paged_filtered_and_ordered(journey: dict[str, Any]) -> None:
    titles = [deal["title"] for deal in records("deals") if deal.get("status", 0) == 0]
    assert sorted(journey["titles"]) == sorted(titles)
    assert [title.casefold() for title in journey["titles"]] == sorted(title.casefold() for title in titles)
    assert (journey["statuses"], journey["totals"]) == (["0"], [len(titles)])
    assert journey["contacts"] == ["35", "31"]
    assert (journey["scores"], journey["tags"]) == (len(ids("scores")), len(ids("tags")))
    assert journey["me"] == "praman"


@pytest.mark.parametrize("journey", ["fields"], indirect=True)
def test_custom_fields_are_made_filled_and_deleted_with_their_values(journey: dict[str, Any]) -> None:
    assert journey["bulk"] == {"message": "The bulk insert was successful."}
    assert (journey["label"], journey["one"], journey["deals"]) == ("Line length", "26", [[208, "30"]])
    assert journey["deleted"] == {"message": "DealCustomFieldMeta deleted."}
    assert (journey["gone"]["status"], journey["gone"]["data"]) == (404, {"errors": [{"status": 404, "title": "Not Found"}]})


@pytest.mark.parametrize("journey", ["others"], indirect=True)
def test_accounts_tasks_notes_and_webhooks_are_made_and_deleted(journey: dict[str, Any]) -> None:
    assert journey["statuses"] == [201, 201]
    assert (journey["account"], journey["link"], journey["task"]) == ("Kite school", "Teacher", True)
    assert [task["dealTasktype"] for task in journey["moved"]["dealTasks"]] == ["1"]
    assert (journey["note"], journey["hook"]) == ("Windy", ["deal_add"])
    assert journey["deleted"] == [{}, {}, {}, {}]


@pytest.mark.parametrize("journey", ["others"], indirect=True)
def test_what_the_service_refuses_rejects_the_promise(journey: dict[str, Any]) -> None:
    assert journey["typeKept"]["status"] == 403
    assert journey["again"]["status"] == 422
    assert journey["again"]["data"]["errors"][0]["title"].startswith("This contact is already associated with an account.")


@pytest.mark.parametrize("journey", ["errors"], indirect=True)
def test_errors_are_rejections_with_the_services_body(journey: dict[str, Any]) -> None:
    missing = {"message": "No Result found for Deal with id 99999"}
    assert journey["missing"] == {"message": "Request failed with status code 404", "status": 404, "data": missing}
    assert journey["refused"]["status"] == 400
    assert {error["code"] for error in journey["refused"]["data"]["errors"]} == {"field_missing"}
    assert (journey["forbidden"]["status"], journey["forbidden"]["data"]) == (403, {"message": "Forbidden"})
    assert (journey["notServed"]["status"], journey["notServed"]["data"]) == (404, {"message": "No route found"})


@pytest.mark.parametrize("journey", ["errors"], indirect=True)
def test_where_it_departs_from_the_documentation_it_is_refused(journey: dict[str, Any]) -> None:
    # Documented are PUT /dealStages/{id}/deals, PATCH /dealCustomFieldData/bulkUpdate and a note's number in its path.
    assert [journey[name]["status"] for name in ("moveByPost", "bulkByPut", "noteWithoutNumber")] == [405, 405, 400]


def test_it_speaks_https_with_a_certificate_that_it_is_told_to_trust(active_campaign_api_node: Environment, secure_mock: Mock, token: str) -> None:
    trusting = {"NODE_EXTRA_CA_CERTS": secure_mock.certificate}
    seen = active_campaign_api_node.answer("active_campaign_api_node.js", secure_mock.origin, token, "pipelines", variables=trusting)
    assert (seen["status"], seen["deleted"]) == (201, {})
