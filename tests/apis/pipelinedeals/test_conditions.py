"""What narrows, orders, cuts and thins out the lists of deals, people and companies: conditions, sort, pages, attrs, totals."""

from typing import Any

import pytest

from tests.apis.pipelinedeals.client import DEE, Client

DEALS = [90412, 90421, 90424, 90413, 90417, 90414, 90419, 90416, 90415, 90420, 90422, 90418, 90423]
PEOPLE = [70346, 70331, 70370, 70379, 70355, 70361, 70352, 70382, 70364, 70358, 70367, 70376, 70373]
COMPANIES = [5520, 5527, 5521, 5523, 5525, 5522, 5526, 5524]
EVERYTHING = {"/deals.json": DEALS, "/people.json": PEOPLE, "/companies.json": COMPANIES}
LISTS = list(EVERYTHING)


def among(everything: list[int], found: list[int]) -> list[int]:
    """Return what was found in the list's usual order."""
    return [key for key in everything if key in found]


# --- without conditions ---


@pytest.mark.parametrize("path", LISTS)
def test_a_list_begins_with_what_changed_last(mira: Client, path: str) -> None:
    assert mira.ids(path) == EVERYTHING[path]
    stamps = [entry["updated_at"] for entry in mira.entries(path)]
    assert stamps == sorted(stamps, reverse=True)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/deals", {"deal": {"name": "B"}}), ("/companies", {"company": {"name": "B"}}), ("/people", {"person": {"first_name": "Noam"}})],
)
def test_of_records_changed_at_once_the_newest_is_first(mira: Client, path: str, body: dict[str, Any]) -> None:
    keys = [mira.post(f"{path}.json", body)["id"] for _ in range(3)]
    assert mira.ids(f"{path}.json")[:3] == keys[::-1]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_says_where_its_page_stands(mira: Client, path: str) -> None:
    total = len(EVERYTHING[path])
    assert mira.get(path)["pagination"] == {"page": 1, "page_var": "page", "per_page": 200, "pages": 1, "total": total}


@pytest.mark.parametrize("path", LISTS)
def test_pages_part_a_list(mira: Client, path: str) -> None:
    pages = mira.get(path, {"per_page": 3})["pagination"]["pages"]
    assert [key for page in range(1, pages + 1) for key in mira.ids(path, {"per_page": 3, "page": page})] == EVERYTHING[path]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_past_the_end_is_empty(mira: Client, path: str) -> None:
    answer = mira.get(path, {"page": 9})
    assert (answer["entries"], answer["pagination"]["page"], answer["pagination"]["total"]) == ([], 9, len(EVERYTHING[path]))


@pytest.mark.parametrize("path", LISTS)
def test_a_page_holds_200_at_most(mira: Client, path: str) -> None:
    assert mira.get(path, {"per_page": 10000})["pagination"]["per_page"] == 200


# --- conditions ---


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"conditions[deal_name]": "TIDE"}, [90412]),
        ({"conditions[deal_name]": "al"}, [90420]),
        ({"conditions[person_full_name]": "ingrid v"}, [90412, 90415, 90416]),
        ({"conditions[person_email]": "Gannet"}, [90417, 90418]),
        ({"conditions[person_phone]": "0602"}, [90419]),
        ({"conditions[person_city]": "elbhaven"}, [90412, 90413, 90414, 90415]),
        ({"conditions[person_state]": "wa"}, [90416]),
        ({"conditions[person_work_zip]": "97103"}, [90417, 90418]),
        ({"conditions[person_zip]": "98368"}, [90416]),
        ({"conditions[person_company_name]": "gannet"}, [90417, 90418]),
        ({"conditions[deal_id]": "90412,90420"}, [90412, 90420]),
        ({"conditions[deal_stage][]": ["42", "43"]}, [90413, 90416, 90421, 90424]),
        ({"conditions[deal_stage][0]": "42", "conditions[deal_stage][1]": "43"}, [90413, 90416, 90421, 90424]),
        ({"conditions[deal_stage]": "41"}, [90418, 90420]),
        ({"conditions[deal_source][]": "64"}, [90412, 90415, 90421]),
        ({"conditions[deal_owner]": "311"}, [90416, 90420, 90423]),
        ({"conditions[deal_owner]": "all"}, DEALS),
        ({"conditions[deal_value][from]": "100", "conditions[deal_value][to]": "5000"}, [90415, 90418, 90423]),
        ({"conditions[deal_value][from]": "64000"}, [90417, 90419]),
        ({"conditions[deal_value][to]": "950.75"}, [90423, 90424]),
        ({"conditions[deal_percentage][from]": "75", "conditions[deal_percentage][to]": "100"}, [90414, 90415, 90417, 90423]),
        ({"conditions[deal_percentage][to]": "0"}, [90418, 90420]),
        ({"conditions[exp_close][from_date]": "2018-07-02", "conditions[exp_close][to_date]": "2018-08-10"}, [90414, 90416, 90417]),
        ({"conditions[deal_created][from_date]": "2018-06-01", "conditions[deal_created][to_date]": "2018-06-30"}, [90413, 90424]),
        ({"conditions[deal_modified][from_date]": "2018-06-12", "conditions[deal_modified][to_date]": "2018-06-13"}, [90413, 90421, 90424]),
        ({"conditions[deal_closed_time][from_date]": "2018-05-12"}, [90415, 90420]),
        ({"conditions[deal_closed_time][to_date]": "2018-03-20"}, [90418, 90423]),
        ({"conditions[custom_label_301]": "po-"}, [90412]),
        ({"conditions[custom_label_302][]": "901"}, [90413]),
        ({"conditions[custom_label_302][]": ["901", "902"]}, [90412, 90413]),
        ({"conditions[custom_label_303][]": "911"}, [90412, 90414]),
        ({"company_id": "5521"}, [90417, 90418]),
        ({"conditions[deal_stage]": "41", "conditions[deal_owner]": "313"}, [90418]),
        ({"conditions[deal_value][from]": "20000", "company_id": "5521"}, [90417]),
    ],
)
def test_deals_are_found_by_conditions(mira: Client, query: dict[str, Any], keys: list[int]) -> None:
    assert mira.ids("/deals.json", query) == among(DEALS, keys)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"conditions[person_name]": "ANA"}, [70361]),
        ({"conditions[person_full_name]": "a de"}, [70361]),
        ({"conditions[person_email]": "@brandt"}, [70346, 70352]),
        ({"conditions[person_phone]": "0142"}, [70331]),
        ({"conditions[person_position]": "survey"}, [70346, 70382]),
        ({"conditions[person_company_name]": "TERN"}, [70370]),
        ({"conditions[person_city]": "brineport"}, [70331, 70373, 70382]),
        ({"conditions[person_state]": "me"}, [70331, 70373, 70382]),
        ({"conditions[person_zip]": "98368"}, [70358]),
        ({"conditions[person_simple_search]": "tobias"}, [70373]),
        ({"conditions[person_simple_search]": "castell"}, [70376]),
        ({"conditions[person_simple_search]": "elio@"}, [70379]),
        ({"conditions[person_simple_search]": "port of"}, [70358]),
        ({"conditions[person_id]": "70331,70361"}, [70331, 70361]),
        ({"conditions[person_owner][]": "313"}, [70346, 70355, 70370, 70382]),
        ({"conditions[person_status][]": "75"}, [70331, 70370]),
        ({"conditions[person_status][0]": "71", "conditions[person_status][1]": "72"}, [70361, 70364, 70376]),
        ({"conditions[lead_source][]": "64"}, [70331, 70370]),
        ({"conditions[person_type]": "Lead"}, [70346, 70361, 70370, 70376, 70379]),
        ({"conditions[person_type]": "Contact", "conditions[person_owner]": "313"}, [70355, 70382]),
        ({"conditions[person_created][from_date]": "2018-03-01", "conditions[person_created][to_date]": "2018-03-31"}, [70352, 70376]),
        ({"conditions[person_modified][from_date]": "2018-06-12", "conditions[person_modified][to_date]": "2018-06-13"}, [70331, 70370, 70379]),
        ({"conditions[person_converted][from_date]": "2018-05-01"}, [70331]),
        ({"conditions[person_converted][to_date]": "2018-04-10"}, [70352]),
        ({"conditions[custom_label_321][from_date]": "2019-01-01"}, [70346, 70364]),
        ({"conditions[custom_label_321][from]": "2018-11-05", "conditions[custom_label_321][to]": "2019-03-31"}, [70331, 70346]),
        ({"conditions[custom_label_322]": "true"}, [70331, 70364]),
        ({"company_id": "5520"}, [70331, 70346, 70382]),
        ({"deal_id": "90412"}, [70331, 70346, 70352]),
        ({"deal_id": "90412", "company_id": "5520"}, [70331, 70346]),
    ],
)
def test_people_are_found_by_conditions(mira: Client, query: dict[str, Any], keys: list[int]) -> None:
    assert mira.ids("/people.json", query) == among(PEOPLE, keys)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"conditions[company_name]": "LTD"}, [5520]),
        ({"conditions[company_description]": "water"}, [5526]),
        ({"conditions[company_email]": "pilotage"}, [5522]),
        ({"conditions[company_phone]": "0455"}, [5523]),
        ({"conditions[company_fax]": "0600"}, [5525]),
        ({"conditions[company_address]": "quay"}, [5520]),
        ({"conditions[company_address2]": "unit"}, [5521]),
        ({"conditions[company_city]": "stavemouth"}, [5521, 5527]),
        ({"conditions[company_state]": "or"}, [5521, 5527]),
        ({"conditions[company_zip]": "9710"}, [5521, 5527]),
        ({"conditions[company_country]": "usa"}, [5520, 5521, 5522, 5524, 5527]),
        ({"conditions[company_id]": "5520,5527"}, [5520, 5527]),
        ({"conditions[company_owner][]": ["311", "312"]}, [5520, 5522, 5525, 5526]),
        ({"conditions[company_created][from_date]": "2018-01-01", "conditions[company_created][to_date]": "2018-02-28"}, [5521, 5526]),
        ({"conditions[company_modified][from_date]": "2018-06-09", "conditions[company_modified][to_date]": "2018-06-11"}, [5521, 5523]),
        ({"conditions[company_imported_at][from_date]": "2017-12-01"}, [5525]),
        ({"conditions[company_imported_at][to_date]": "2017-11-30"}, [5522]),
        ({"conditions[custom_label_331][]": ["921", "923"]}, [5520, 5523]),
        ({"conditions[custom_label_332][from]": "10", "conditions[custom_label_332][to]": "20"}, [5521]),
        ({"conditions[company_city]": "stavemouth", "conditions[custom_label_331]": "922"}, [5521]),
    ],
)
def test_companies_are_found_by_conditions(mira: Client, query: dict[str, Any], keys: list[int]) -> None:
    assert mira.ids("/companies.json", query) == among(COMPANIES, keys)


def test_an_amount_in_a_custom_field_is_found_in_its_range(mira: Client) -> None:
    for key, amount in ((90412, 500), (90413, 250.5), (90414, 90)):
        mira.put(f"/deals/{key}.json", {"deal": {"custom_fields": {"custom_label_304": amount}}})
    assert sorted(mira.ids("/deals.json", {"conditions[custom_label_304][from]": "250.5", "conditions[custom_label_304][to]": "500"})) == [
        90412,
        90413,
    ]
    assert mira.ids("/deals.json", {"conditions[custom_label_304][to]": "100"}) == [90414]


def test_days_are_those_of_the_callers_zone(mira: Client, dee: Client) -> None:
    body = {"name": "Late", "user_id": DEE, "created_at": "2018/06/10 23:30:00 -0500"}
    key = mira.post("/deals.json", {"deal": body})["id"]
    day = {"conditions[deal_created][from_date]": "2018-06-11", "conditions[deal_created][to_date]": "2018-06-11"}
    assert mira.ids("/deals.json", day) == []
    assert dee.ids("/deals.json", day) == [key]


@pytest.mark.parametrize("path", LISTS)
def test_unknown_conditions_and_parameters_are_ignored(mira: Client, path: str) -> None:
    assert mira.ids(path, {"conditions[colour]": "red", "colour": "red", "conditions[custom_label_999]": "x"}) == EVERYTHING[path]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/deals.json", "page"),
        ("/deals.json", "per_page"),
        ("/deals.json", "conditions[deal_created][from_date]"),
        ("/deals.json", "conditions[exp_close][to_date]"),
        ("/deals.json", "conditions[deal_value][from]"),
        ("/deals.json", "conditions[custom_label_304][from]"),
        ("/people.json", "page"),
        ("/people.json", "conditions[person_modified][to_date]"),
        ("/people.json", "conditions[person_converted][from_date]"),
        ("/companies.json", "page"),
        ("/companies.json", "conditions[company_created][to_date]"),
        ("/companies.json", "conditions[custom_label_332][to]"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(mira: Client, path: str, parameter: str) -> None:
    answer = mira.get(path, {parameter: "soon"}, status=422)
    assert list(answer) == ["errors"]
    assert answer["errors"]
    assert all(isinstance(one, str) for one in answer["errors"])


# --- sort ---


@pytest.mark.parametrize(
    ("path", "column", "field"),
    [
        ("/deals.json", "deals.name", "name"),
        ("/deals.json", "deals.owner_id", "user_id"),
        ("/deals.json", "deals.source_id", "source_id"),
        ("/deals.json", "deals.percentage", "probability"),
        ("/deals.json", "deals.expected_close_date", "expected_close_date"),
        ("/deals.json", "deals.created_at", "created_at"),
        ("/deals.json", "deals.closed_time", "closed_time"),
        ("/people.json", "people.created_at", "created_at"),
        ("/companies.json", "companies.name", "name"),
        ("/companies.json", "companies.created_at", "created_at"),
    ],
)
def test_a_list_is_sorted_by_a_column(mira: Client, path: str, column: str, field: str) -> None:
    for sign, downwards in (("", False), ("-", True)):
        told = mira.entries(path, {"sort": sign + column})
        values = [entry[field] for entry in told if entry[field] is not None]
        assert values == sorted(values, reverse=downwards)
        assert sorted(EVERYTHING[path]) == sorted(entry["id"] for entry in told)
        assert EVERYTHING[path] != [entry["id"] for entry in told]


@pytest.mark.parametrize(("path", "column"), [("/deals.json", "deals"), ("/people.json", "people"), ("/companies.json", "companies")])
def test_a_list_may_begin_with_what_has_waited_longest(mira: Client, path: str, column: str) -> None:
    assert mira.ids(path, {"sort": f"{column}.updated_at"}) == EVERYTHING[path][::-1]
    assert mira.ids(path, {"sort": f"-{column}.updated_at"}) == EVERYTHING[path]


@pytest.mark.parametrize("column", ["deals.owner_id", "-deals.owner_id", "deals.closed_time"])
def test_pages_of_equals_never_overlap(mira: Client, column: str) -> None:
    pages = [mira.ids("/deals.json", {"sort": column, "per_page": 2, "page": page}) for page in range(1, 8)]
    assert sorted(key for page in pages for key in page) == sorted(DEALS)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("column", ["colour", "-deals.colour", "name;drop", ""])
def test_an_unknown_column_leaves_the_usual_order(mira: Client, path: str, column: str) -> None:
    assert mira.ids(path, {"sort": column}) == EVERYTHING[path]


def test_sorted_lists_are_cut_into_pages(mira: Client) -> None:
    assert mira.ids("/deals.json", {"sort": "deals.name", "per_page": 3, "page": 2}) == [90419, 90423, 90416]


# --- attrs ---


@pytest.mark.parametrize("path", LISTS)
def test_entries_have_only_the_attributes_asked_for(mira: Client, path: str) -> None:
    answer = mira.get(path, {"attrs": "id,updated_at,colour"})
    assert {tuple(sorted(entry)) for entry in answer["entries"]} == {("id", "updated_at")}
    assert answer["pagination"]["total"] == len(EVERYTHING[path])


@pytest.mark.parametrize(
    ("path", "key", "body"),
    [
        ("/deals", 90412, {"deal": {"name": "Lamp"}}),
        ("/people", 70331, {"person": {"first_name": "Ruth"}}),
        ("/companies", 5520, {"company": {"name": "Beacon"}}),
    ],
)
def test_one_record_has_only_the_attributes_asked_for(mira: Client, path: str, key: int, body: dict[str, Any]) -> None:
    asked = {"attrs": "custom_fields,id,colour"}
    assert set(mira.get(f"{path}/{key}.json", asked)) == {"custom_fields", "id"}
    assert set(mira.post(f"{path}.json", body, asked)) == {"custom_fields", "id"}
    assert set(mira.put(f"{path}/{key}.json", body, asked)) == {"custom_fields", "id"}


# --- totals ---


def test_totals_sum_up_all_deals_that_match(mira: Client) -> None:
    assert mira.get("/deals.json", {"totals": "true"})["totals"]["value"] == "293951.25"
    assert mira.get("/deals.json", {"totals": "true", "per_page": "2", "page": "3"})["totals"]["value"] == "293951.25"
    assert mira.get("/deals.json", {"totals": "true", "conditions[deal_stage]": "45"})["totals"]["value"] == "96000.0"


@pytest.mark.parametrize("flag", ["true", "1"])
def test_totals_count_archived_deals_and_leave_out_those_without_a_value(mira: Client, flag: str) -> None:
    keys = {"conditions[deal_id]": "90422,90423,90424"}
    assert mira.get("/deals.json", {"totals": flag, **keys})["totals"]["value"] == "950.75"


def test_totals_of_nothing_are_zero(mira: Client) -> None:
    assert mira.get("/deals.json", {"totals": "true", "conditions[deal_name]": "zzz"})["totals"]["value"] == "0.0"


def test_totals_sum_up_custom_fields_that_are_amounts(mira: Client) -> None:
    for key, amount in ((90412, 500), (90413, 250.5)):
        mira.put(f"/deals/{key}.json", {"deal": {"custom_fields": {"custom_label_304": amount}}})
    totals = mira.get("/deals.json", {"totals": "true"})["totals"]
    assert totals["custom_label_304"] == "750.5"
    assert "custom_label_301" not in totals


@pytest.mark.parametrize("query", [{}, {"totals": "false"}])
def test_there_are_no_totals_unless_they_are_asked_for(mira: Client, query: dict[str, str]) -> None:
    assert "totals" not in mira.get("/deals.json", query)


# --- who may be told ---


@pytest.mark.parametrize(("path", "key", "users"), [("/deals", 90412, [312, 313]), ("/people", 70331, [312]), ("/companies", 5520, [312, 313])])
def test_entries_say_who_may_be_told_where_it_is_asked_for(mira: Client, path: str, key: int, users: list[int]) -> None:
    told = {entry["id"]: entry["possible_notify_user_ids"] for entry in mira.entries(f"{path}.json", {"include_notify_user_ids": "true"})}
    assert told[key] == users
