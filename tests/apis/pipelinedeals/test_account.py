"""The account: itself and all its lookups in one answer, a little otherwise than their own lists show them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.pipelinedeals.client import Client

KEYS = {
    "id",
    "company_name",
    "currency_id",
    "currency",
    "currency_symbol",
    "date_format",
    "time_format",
    "visibility_settings",
    "milestone_event_category_id",
    "total_company_count",
}
LISTS = {
    "deal_stages": [41, 42, 43, 44, 45, 46],
    "deal_loss_reasons": [131, 132, 133],
    "deal_pipelines": [7],
    "note_categories": [81, 82, 83, 84, 85, 86],
    "note_categories_with_system_categories": [*range(1, 9), *range(81, 87)],
    "event_categories": [91, 92, 93, 94, 95],
    "lead_sources": [61, 62, 63, 64, 65, 66],
    "lead_statuses": [71, 72, 73, 74, 75, 76],
    "predefined_contacts_tags": [101, 102, 103, 104, 105, 106, 107],
    "document_tags": [111, 112, 113, 114, 115],
    "revenue_types": list(range(121, 129)),
    "teams": [15, 16, 17, 18],
    "users": [311, 312, 313],
    "inactive_users": [314],
    "deal_custom_field_labels": [301, 302, 303, 304],
    "person_custom_field_labels": [321, 322, 323],
    "company_custom_field_labels": [331, 332, 333],
    "custom_field_groups": list(range(401, 410)),
    "todo_templates": [501, 502, 503, 504, 505],
}


def one(client: Client, name: str, key: int) -> dict[str, Any]:
    """Return what the account shows of one of its lookups."""
    found: dict[str, Any] = next(shown for shown in client.get("/account.json")[name] if shown["id"] == key)
    return found


def test_the_account_has_these_keys(mira: Client) -> None:
    assert KEYS | set(LISTS) <= set(mira.get("/account.json"))


def test_the_account_is_shown_as_the_reference_prints_it(mira: Client) -> None:
    expected = {
        "id": 2071,
        "company_name": "Harborline Instruments",
        "currency_id": 12,
        "currency_symbol": "$",
        "currency": {"id": 12, "decimal_places": 2, "code": "USD", "symbol": "$", "name": "United States Dollar"},
        "date_format": "us",
        "time_format": "us",
        "visibility_settings": "private_people_shared_companies",
        "milestone_event_category_id": 95,
        "total_company_count": 8,
    }
    account = mira.get("/account.json")
    assert {name: account[name] for name in expected} == expected


def test_it_is_for_every_user(mira: Client, dee: Client) -> None:
    assert {name: dee.get("/account.json")[name] for name in KEYS} == {name: mira.get("/account.json")[name] for name in KEYS}


@pytest.mark.parametrize(("name", "keys"), LISTS.items())
def test_it_holds_all_of_a_lookup(mira: Client, name: str, keys: list[int]) -> None:
    assert sorted(shown["id"] for shown in mira.get("/account.json")[name]) == keys


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("deal_stages", {"id": 46, "percent": 100, "name": "Won", "account_id": 2071, "deal_pipeline_id": 7}),
        ("lead_statuses", {"id": 75, "hex_color": "eb8614", "name": "Warm"}),
        (
            "lead_sources",
            {
                "id": 64,
                "name": "Trade Show",
                "people_count": None,
                "cost_per_lead_in_cents": 1200,
                "flat_fee_in_cents": None,
                "is_system_lead_source": False,
            },
        ),
        ("event_categories", {"id": 95, "name": "Milestone", "account_id": 2071, "is_system_category": True}),
        ("event_categories", {"id": 91, "name": "Call", "is_system_category": False}),
        ("todo_templates", {"id": 501, "name": "After a trade show"}),
    ],
)
def test_a_lookup_is_shown_a_little_otherwise_than_in_its_own_list(mira: Client, name: str, expected: dict[str, Any]) -> None:
    shown = one(mira, name, expected["id"])
    assert {key: shown[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("predefined_contacts_tags", 101, {"id": 101, "name": "Decision Maker"}),
        ("document_tags", 113, {"id": 113, "name": "Proposal"}),
        ("teams", 17, {"id": 17, "name": "Dock crew", "parent_id": 16}),
    ],
)
def test_tags_and_teams_are_short(mira: Client, name: str, key: int, expected: dict[str, Any]) -> None:
    assert one(mira, name, key) == expected


def test_lead_statuses_have_a_position_and_neither_they_nor_sources_have_dates(mira: Client) -> None:
    statuses = mira.get("/account.json")["lead_statuses"]
    assert sorted(status["position"] for status in statuses) == [1, 2, 3, 4, 5, 6]
    assert not {"created_at", "updated_at"} & {key for shown in statuses for key in shown}
    assert not {"created_at", "updated_at"} & set(one(mira, "lead_sources", 64))


def test_attrs_chooses_the_keys(mira: Client) -> None:
    assert mira.get("/account.json", {"attrs": "id,company_name,nothing"}) == {"id": 2071, "company_name": "Harborline Instruments"}
    assert list(mira.get("/account.json", {"attrs": "deal_stages"})) == ["deal_stages"]


def test_what_administrators_add_is_in_the_account(mira: Client) -> None:
    key = mira.post("/admin/lead_sources.json", {"lead_source": {"name": "Radio"}})["id"]
    mira.post("/companies.json", {"company": {"name": "Lamp works"}})
    assert one(mira, "lead_sources", key)["name"] == "Radio"
    assert mira.get("/account.json")["total_company_count"] == 9


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_it_is_only_read(mira: Client, method: str) -> None:
    assert mira.send(method, "/account.json").status_code == 405
