"""The table of what is mocked."""

from __future__ import annotations

import json

from mockserver.apis import shipped_api
from mockserver.listing import Row, as_objects, as_table, list_operations
from mockserver.operations import load_model
from mockserver.spec import load_document
from tests.bundles import CACHE


def rows() -> list[Row]:
    api = shipped_api("activecampaign")
    return list_operations(api.name, load_model(load_document(api.document, CACHE), api.functions))


def test_every_operation_has_a_row() -> None:
    api = shipped_api("activecampaign")
    assert len(rows()) == sum(1 for _ in load_document(api.document, CACHE).iter_operations())


def test_a_row_tells_what_the_operation_acts_on_and_its_statuses() -> None:
    found = {row.operation: row for row in rows()}
    assert (found["create_deal"].method, found["create_deal"].path, found["create_deal"].acts_on) == ("POST", "/deals", "create deals")
    assert set(found["create_deal"].statuses) >= {201, 400, 403, 413, 415, 429}
    assert found["delete_deal_tasktype"].acts_on.startswith("behaviour")


def test_the_weakest_standing_counts() -> None:
    found = {row.operation: row.standing for row in rows()}
    assert found["get_root"] == "Assumed"
    assert set(found.values()) <= {"Source", "Observed", "Assumed"}


def test_columns_are_aligned() -> None:
    lines = as_table(rows()).splitlines()
    at = lines[0].index("operation")
    assert all(line[at - 1] == " " and line[at] != " " for line in lines)


def test_objects_are_json() -> None:
    assert json.loads(json.dumps(as_objects(rows())))[0]["api"] == "activecampaign"
