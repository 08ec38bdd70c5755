"""The loader `dlt`, with its REST source, against the mock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.clients.environments import Environment, private_settings
from tests.clients.fixture_files import ids, records
from tests.clients.mocks import Mock

pytestmark = pytest.mark.clients

TABLES = {
    "account_contacts": "accountContacts",
    "accounts": "accounts",
    "contact_deals": "contactDeals",
    "contact_tags": "contactTags",
    "contacts": "contacts",
    "deal_activities": "dealActivities",
    "deal_custom_field_data": "dealCustomFieldData",
    "deal_custom_field_meta": "dealCustomFieldMeta",
    "deal_groups": "dealGroups",
    "deal_roles": "dealRoles",
    "deal_stages": "dealStages",
    "deal_tasks": "dealTasks",
    "deal_tasktypes": "dealTasktypes",
    "deals": "deals",
    "notes": "notes",
    "scores": "scores",
    "tags": "tags",
    "task_outcomes": "taskOutcomes",
    "users": "users",
    "webhooks": "webhooks",
}


def loaded(dlt: Environment, mock: Mock, token: str, folder: Path) -> dict[str, Any]:
    """Return what a load says; all it keeps stays in the folder."""
    answer: dict[str, Any] = dlt.answer("dlt_load.py", mock.account, token, str(folder), variables=private_settings(folder))
    return answer


def test_every_record_is_loaded_once(dlt: Environment, mock: Mock, token: str, tmp_path: Path) -> None:
    rows = loaded(dlt, mock, token, tmp_path)["rows"]
    tasks_of_deals = len([task for task in records("dealTasks") if task["reltype"] == "Deal"])
    expected = {table: len(ids(collection)) for table, collection in TABLES.items()} | {"tasks_of_deals": tasks_of_deals}
    assert rows == {table: [number, number] for table, number in expected.items()}


def test_a_later_load_reads_the_deals_that_changed_since(dlt: Environment, mock: Mock, token: str, tmp_path: Path) -> None:
    first = loaded(dlt, mock, token, tmp_path)
    assert (first["deal 207"], first["read"]["deals"]) == (["207", "Autumn kite order", "0", "1849900"], len(ids("deals")))
    with mock.http(token) as client:
        client.put("/deals/207", json={"deal": {"status": 1, "value": 2000000}}).raise_for_status()
    later = loaded(dlt, mock, token, tmp_path)
    assert later["deal 207"] == ["207", "Autumn kite order", "1", "2000000"]
    assert later["read"]["deals"] == 1
    assert later["rows"]["deals"] == first["rows"]["deals"]
