"""The journey of a real integration, with a stock HTTP client against a started server."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.server.process import Served, serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving("--clock", "2024-03-25T15:00:00Z") as running:
        yield running


@pytest.fixture
def client(served: Served, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    headers = {"Api-Token": request.node.name}
    with httpx.Client(base_url=served.base("activecampaign", "/api/3"), headers=headers, timeout=30) as made:
        yield made


def listed(client: httpx.Client, path: str, key: str, **parameters: str) -> list[str]:
    answer = client.get(path, params={name.replace("__", "[", 1).replace("__", "]"): value for name, value in parameters.items()})
    assert answer.status_code in (200, 201), answer.text
    return [record["id"] for record in answer.json()[key]]


def test_a_pipeline_grows_from_nothing_to_won_deals(client: httpx.Client) -> None:
    made = client.post("/dealGroups", json={"dealGroup": {"title": "Kite school", "currency": "eur", "autoassign": 1, "allusers": 1}}).json()
    pipeline, stages = made["dealGroup"]["id"], [stage["id"] for stage in made["dealStages"]]
    assert [stage["title"] for stage in made["dealStages"]] == ["To Contact", "In Contact", "Follow Up"]
    assert made["dealGroup"]["stages"] == stages

    extra = client.post("/dealStages", json={"dealStage": {"title": "Signed", "group": pipeline}}).json()["dealStage"]
    assert client.get(f"/dealGroups/{pipeline}").json()["dealGroup"]["stages"] == [*stages, extra["id"]]

    contact = client.post("/contacts", json={"contact": {"email": "lea@school.example", "firstName": "Lea", "lastName": "Berg"}}).json()["contact"]
    deals = []
    for number in range(25):
        body = {"title": f"Course {number:02d}", "value": 10000 + number, "currency": "eur", "contact": contact["id"], "group": pipeline}
        answer = client.post("/deals", json={"deal": body})
        assert answer.status_code == 201
        deal = answer.json()["deal"]
        assert deal["value"] == 10000 + number
        assert str(deal["stage"]) == stages[0]
        deals.append(deal["id"])
    owners = {client.get(f"/deals/{deal}").json()["deal"]["owner"] for deal in deals}
    assert owners == {"1", "4", "6"}

    pages = [client.get("/deals", params={"filters[group]": pipeline, "limit": 10, "offset": offset}).json() for offset in (0, 10, 20, 30)]
    assert [deal["id"] for page in pages for deal in page["deals"]] == deals
    assert {page["meta"]["total"] for page in pages} == {25}
    assert pages[0]["meta"]["currencies"] == {
        "EUR": {"total": "25", "value": str(sum(10000 + n for n in range(25))), "currency": "EUR", "isDisabled": False}
    }

    won = client.put(f"/deals/{deals[0]}", json={"deal": {"status": 1, "stage": extra["id"]}})
    assert won.status_code == 200
    assert client.get(f"/deals/{deals[0]}").json()["deal"]["status"] == "1"
    activities = client.get(f"/deals/{deals[0]}/dealActivities").json()["dealActivities"]
    assert {(one["dataType"], one["dataAction"]) for one in activities} >= {
        ("", "add"),
        ("contact", "add"),
        ("status", "1"),
        ("d_stageid", extra["id"]),
    }

    moved = client.put(f"/dealStages/{stages[0]}/deals", json={"deal": {"stage": stages[1]}}).json()["deals"]
    assert [deal["id"] for deal in moved] == deals[1:]
    assert listed(client, "/deals", "deals", filters__stage__=stages[0]) == []

    assert client.delete(f"/dealGroups/{pipeline}").json() == {}
    assert client.get(f"/deals/{deals[3]}").status_code == 404
    assert listed(client, "/deals", "deals", filters__group__=pipeline) == []


def test_tasks_drive_the_next_action_of_a_deal(client: httpx.Client) -> None:
    deal = client.post(
        "/deals", json={"deal": {"title": "Sails", "value": 1, "currency": "usd", "contact": "31", "stage": "11", "owner": "4"}}
    ).json()["deal"]["id"]
    assert client.get(f"/deals/{deal}").json()["deal"]["nexttaskid"] is None

    def task(due: str) -> str:
        answer = client.post("/dealTasks", json={"dealTask": {"relid": deal, "duedate": due, "dealTasktype": "1", "title": "Call"}})
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["dealTask"]["id"]
        return made

    late, soon = task("2024-04-20T10:00:00-05:00"), task("2024-03-25T18:00:00-05:00")
    seen = client.get(f"/deals/{deal}").json()["deal"]
    assert (seen["nexttaskid"], seen["nextTask"], seen["nextdate"]) == (soon, soon, "2024-03-25T18:00:00-05:00")
    assert deal in listed(client, "/deals", "deals", filters__nextdate_range__="upcoming")

    assert client.put(f"/dealTasks/{soon}", json={"dealTask": {"status": 1}}).status_code == 201
    assert client.get(f"/deals/{deal}").json()["deal"]["nexttaskid"] == late
    assert client.delete(f"/dealTasks/{late}").json() == {}
    seen = client.get(f"/deals/{deal}").json()["deal"]
    assert (seen["nexttaskid"], seen["nextTask"], seen["nextdate"]) == ("0", None, None)
    assert client.get(f"/dealTasks/{soon}").json()["dealTask"]["donedate"] == "2024-03-25T10:00:00-05:00"


def test_custom_fields_travel_with_deals(client: httpx.Client) -> None:
    field = client.post("/dealCustomFieldMeta", json={"dealCustomFieldMetum": {"fieldLabel": "Line length", "fieldType": "number"}}).json()
    number = int(field["dealCustomFieldMetum"]["id"])
    assert field["dealCustomFieldMetum"]["personalization"] == "DEAL_LINE_LENGTH"
    body = {
        "title": "Lines",
        "value": 1,
        "currency": "usd",
        "contact": "31",
        "stage": "11",
        "owner": "4",
        "fields": [{"customFieldId": number, "fieldValue": "25"}],
    }
    deal = client.post("/deals", json={"deal": body}).json()["deal"]
    assert deal["fields"] == [{"customFieldId": number, "fieldValue": "25", "dealId": deal["id"]}]
    rows = client.get("/dealCustomFieldData", params={"filters[dealId]": deal["id"]}).json()["dealCustomFieldData"]
    assert [(row["customFieldId"], row["fieldValue"]) for row in rows] == [(number, "25")]
    included = client.get(f"/deals/{deal['id']}", params={"include": "dealCustomFieldData"}).json()
    assert included["deal"]["dealCustomFieldData"] == [rows[0]["id"]]
    assert client.delete(f"/dealCustomFieldMeta/{number}").json() == {"message": "DealCustomFieldMeta deleted."}
    assert client.get(f"/dealCustomFieldData/{rows[0]['id']}").status_code == 404


def test_secondary_contacts_and_roles(client: httpx.Client) -> None:
    answer = client.post("/contactDeals", json={"contactDeal": {"deal": "207", "contact": "35", "role": 1}})
    assert answer.status_code == 200
    made = answer.json()["contactDeal"]
    again = client.post("/contactDeals", json={"contactDeal": {"deal": "207", "contact": "35"}})
    assert again.status_code == 422
    assert again.json()["errors"][0]["title"] == "The given contact is already associated to the deal"
    client.delete("/dealRoles/1").raise_for_status()
    assert client.get(f"/contactDeals/{made['id']}").json()["contactDeal"]["role"] is None
    assert "207" in [row["deal"] for row in client.get("/contacts/35/contactDeals").json()["contactDeals"]]
    assert client.delete(f"/contactDeals/{made['id']}").json() == {}


def test_errors_look_like_the_services(client: httpx.Client) -> None:
    missing = client.get("/dealStages/8888")
    assert (missing.status_code, missing.json()) == (404, {"message": "No Result found for DealStage with id 8888"})
    assert client.get("/dealCustomFieldMeta/8888").json() == {"errors": [{"status": 404, "title": "Not Found"}]}
    nobody = client.get("/deals", headers={"Api-Token": "INVALID-1"})
    assert (nobody.status_code, nobody.json()) == (403, {"message": "Forbidden"})
    withdrawn = client.delete("/dealTasktypes/1")
    assert (withdrawn.status_code, withdrawn.json()) == (403, {})
    blank = client.post("/contactDeals", json={"contactDeal": {"deal": "207"}})
    assert blank.status_code == 422
    assert blank.json()["errors"] == [
        {
            "title": "The contactDeal contact was not provided.",
            "detail": "",
            "code": "field_missing",
            "source": {"pointer": "/data/attributes/contact"},
        }
    ]
    assert '"count":1' in blank.headers["X-Mock-Violations"]
    assert client.post("/deals", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert client.put("/deals").headers["Allow"] == "GET, HEAD, POST"


def test_links_lead_back_to_this_server(client: httpx.Client, served: Served) -> None:
    deal = client.get("/deals/207").json()["deal"]
    assert all(link.startswith(served.origin) for link in deal["links"].values())
    assert client.get(deal["links"]["dealActivities"]).status_code == 200


def test_the_documents_own_base_path_answers_too(served: Served) -> None:
    with httpx.Client(headers={"Api-Token": "own-base"}) as client:
        answer = client.get(f"{served.origin}/api/3/deals/207")
    assert answer.json()["deal"]["links"]["contact"] == f"{served.origin}/api/3/deals/207/contact"


def test_health_counts_no_broken_contract(served: Served) -> None:
    health = httpx.get(f"{served.origin}/_mock/health").json()
    assert health["status"] == "ok"
    assert health["broken_contract"] == 0
