from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract.checks import disorders, leaks, missing_properties, refusals
from mockserver.contract.claims import Claims, ListClaim
from mockserver.spec import Document, Place, load_document
from tests.contract.subjects import shipped_document
from tests.tiny_api.api import HARBOUR


def claim(label: str) -> ListClaim:
    return Claims(shipped_document("activecampaign")).lists_by_label[label]


def place(**rules: int) -> Place:
    return Place("post", "/deals", {"responses": {}, "x-mock-rules": rules}, [])


def leaked(label: str, parameter: str, wanted: Any, records: list[dict[str, Any]]) -> list[str]:
    its = claim(label)
    one = next(one for one in its.filters if one.parameter == parameter)
    return [failure.message for failure in leaks(its, one, wanted, records)]


def test_a_record_that_a_filter_excludes_is_found_by_its_id() -> None:
    records = [{"id": "1", "stage": "11"}, {"id": "2", "stage": "12"}, {"id": "3", "stage": "13"}]
    assert leaked("GET /deals", "filters[stage]", 11, records) == ['filters[stage]=11: record 2 has stage "12"']


def test_records_that_match_and_stubs_that_do_not_tell_are_fine() -> None:
    assert leaked("GET /deals", "filters[stage]", 11, [{"id": "1", "stage": "11"}, {"id": "2", "title": "a stub"}]) == []


def test_a_scale_counts_in_hundreds() -> None:
    assert leaked("GET /deals", "filters[minimum_value]", 10, [{"id": "1", "value": "1000"}]) == []
    assert leaked("GET /deals", "filters[minimum_value]", 10, [{"id": "1", "value": "999"}]) != []


def test_a_filter_that_is_a_function_is_not_judged() -> None:
    assert leaked("GET /deals", "filters[search]", "kite", [{"id": "1", "title": "boat"}]) == []


def disordered(label: str, parameter: str, direction: str, records: list[dict[str, Any]]) -> list[str]:
    its = claim(label)
    order = next(one for one in its.orders if one.parameter == parameter)
    return [failure.message for failure in disorders(its, order, direction, records)]


@pytest.mark.parametrize(("direction", "values"), [("ASC", "9 9 10"), ("desc", "10 9 9")])
def test_numbers_in_order(direction: str, values: str) -> None:
    assert disordered("GET /deals", "orders[value]", direction, [{"value": value} for value in values.split()]) == []


@pytest.mark.parametrize(("direction", "values"), [("ASC", "10 9"), ("DESC", "9 10"), ("ASC", "1 3 2")])
def test_numbers_out_of_order(direction: str, values: str) -> None:
    assert len(disordered("GET /deals", "orders[value]", direction, [{"value": value} for value in values.split()])) == 1


def test_ties_are_ordered_by_the_next_field() -> None:
    first, second = {"count": "2", "cdate": "2024-01-01T00:00:00Z"}, {"count": "2", "cdate": "2024-01-02T00:00:00Z"}
    assert disordered("GET /dealGroups", "orders[popular]", "ASC", [first, second]) == []
    assert len(disordered("GET /dealGroups", "orders[popular]", "ASC", [second, first])) == 1
    assert disordered("GET /dealGroups", "orders[popular]", "DESC", [second, first]) == []


def test_a_column_is_an_order_both_ways_if_records_show_it() -> None:
    its = Claims(load_document(HARBOUR.document, None)).lists_by_label["GET /boats.json"]
    assert [(order.upwards, order.downwards) for order in its.orders] == [("boats.name", "-boats.name"), ("boats.length", "-boats.length")]
    (by_name, _), boats = its.orders, [{"name": "Alba"}, {"name": "Bora"}]
    assert list(disorders(its, by_name, "boats.name", boats)) == []
    assert len(list(disorders(its, by_name, "-boats.name", boats))) == 1


def test_a_refusal_with_the_status_of_a_rule_is_fine() -> None:
    assert list(refusals(place(related=422), 422, {})) == []


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_statuses_that_no_schema_can_rule_out_need_no_rule(status: int) -> None:
    assert list(refusals(place(), status, {})) == []


@pytest.mark.parametrize(("rules", "status"), [({}, 400), ({"related": 422}, 400), ({"related": 400}, 422), ({}, 415)])
def test_a_refusal_with_another_status_has_no_rule(rules: dict[str, int], status: int) -> None:
    (failure,) = refusals(place(**rules), status, {})
    assert failure.subject == str(status)


@pytest.mark.parametrize(("told", "found"), [({"stage": "rule"}, []), ({"stage": "value"}, ["value"]), ({}, []), ("no object", [])])
def test_a_mock_that_names_the_stage_is_held_to_the_rules(told: Any, found: list[str]) -> None:
    failures = refusals(place(related=422), 422, {"x-mock-violations": json.dumps(told)})
    assert [failure.subject for failure in failures] == found


def thin(**properties: dict[str, Any]) -> tuple[Claims, dict[str, Any]]:
    schema = {"type": "object", "x-mock-collection": {"collection": "people"}, "properties": properties}
    raw = {"openapi": "3.0.3", "x-mock-api": "a", "paths": {}, "components": {"schemas": {"Person": schema}}}
    return Claims(Document(raw, "a")), {"type": "array", "items": {"$ref": "#/components/schemas/Person"}}


def test_a_property_that_is_always_there_is_missed() -> None:
    claims, schema = thin(id={}, name={}, age={"x-mock-present": "list"})
    assert list(missing_properties(claims, schema, [{"id": 1, "name": "a", "age": 3}, {"id": 2}])) == ["/1/name"]


def test_a_property_that_is_there_sometimes_is_not_missed() -> None:
    claims, schema = thin(id={}, age={"x-mock-present": "selected"})
    assert list(missing_properties(claims, schema, [{"id": 1}])) == []


def test_a_schema_that_says_itself_what_is_required_is_left_to_it() -> None:
    claims, schema = thin(id={}, name={})
    said = {**claims.document.schemas["Person"], "required": ["id"]}
    assert list(missing_properties(claims, {**schema, "items": said}, [{"id": 1}])) == []


def test_what_is_no_record_is_not_looked_at() -> None:
    claims, _ = thin(id={})
    assert list(missing_properties(claims, {"type": "object", "properties": {"note": {}}}, {})) == []


def test_a_record_may_be_any_of_its_alternatives() -> None:
    claims, schema = thin(id={}, name={})
    stub = {"type": "object", "x-mock-shape": {"collection": "people"}, "properties": {"id": {}}}
    assert list(missing_properties(claims, {"anyOf": [schema["items"], stub]}, {"id": 1})) == []
